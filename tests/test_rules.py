"""The rules coder: minimal pairs per stance, evidence, abstention, scores."""

from __future__ import annotations

import pickle

import pytest
from coding_threads import thread_of
from hypothesis import given, settings
from hypothesis import strategies as st

from community.codebook import default, parse
from community.coders import rules
from community.types import Coded, Coding, Thread

EXPERIENCE, DOCTORS, COURSE = "treatment-experience", "neurologist-distrust", "progression-concern"


def _code(*texts: str, title: str | None = None) -> tuple[Thread, Coded]:
    thread = thread_of(*texts, title=title)
    return thread, rules.make()(thread)


def _stances(text: str, code: str) -> list[tuple[str | None, str | None]]:
    _, coded = _code(text)
    return [(c.whose, c.polarity) for c in coded.codings if c.code == code and not c.abstained]


def _sentiment(text: str) -> str:
    _, coded = _code(text)
    (value,) = [c.code for c in coded.codings if c.layer == "sentiment"]
    return value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # the base and its mirror image
        ("I was on Tysabri for a year and it worked well.", [("self", "good")]),
        ("I was on Tysabri for a year and it did not work.", [("self", "bad")]),
        ("I was on Tysabri for a year.", [("self", "neutral")]),
        ("I was on Tysabri. It worked well but the side effects were bad.", [("self", "mixed")]),
        # another experiencer
        ("My wife was on Tysabri for a year and it worked well.", [("close", "good")]),
        ("A man in our group was on Tysabri and it worked well.", [("others", "good")]),
        # not real
        ("I would love to be on Tysabri.", []),
        ("If I had been on Tysabri it would have worked well.", []),
        ("Were you on Tysabri?", []),
        ("Tysabri is given every four weeks.", []),
        ("I was never on Tysabri.", []),
        # sought, refused
        ("I applied for HSCT and was turned down.", [("self", "bad")]),
        ("I applied for HSCT in June.", [("self", "neutral")]),
        ("my neuro refused to give me lemtrada", [("self", "bad")]),
        # a diet is a treatment, a diagnosis is not
        ("I cut out sugar and I feel so much better.", [("self", "good")]),
        ("I saw the consultant and was diagnosed in June.", []),
        # outcome by negation
        ("i had hsct in 2014, no relapses since", [("self", "good")]),
        ("i had hsct in 2014 and relapsed in 2016", [("self", "bad")]),
    ],
)
def test_treatment_experience_flips_and_holds(text: str, expected: list[tuple[str, str]]) -> None:
    assert _stances(text, EXPERIENCE) == expected


def test_experiences_of_two_people_are_two_codings_and_of_one_person_one() -> None:
    text = (
        "I had HSCT and it worked well. I took fampridine and it did not help. "
        "My brother was on Copaxone for years."
    )
    assert _stances(text, EXPERIENCE) == [("close", "neutral"), ("self", "mixed")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My neurologist would not listen to me.", "distrust"),
        ("My neurologist listened to me.", "trust"),
        ("She is a wonderful neurologist.", "trust"),
        ("He is a useless neurologist.", "distrust"),
        ("I need to find a good neurologist.", None),
        ("My neurologist saw me on Tuesday.", None),
        ("My sister would not listen to me.", None),
        ("the doctors have no idea what they are doing", "distrust"),
        ("My GP was rude, but the consultant was kind and listened.", "mixed"),
    ],
)
def test_judgement_of_doctors_flips_and_holds(text: str, expected: str | None) -> None:
    assert [p for _, p in _stances(text, DOCTORS)] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I am getting worse and I am so scared.", "worried"),
        ("I am not getting worse, I have been in remission for years.", "hopeful"),
        ("My walking is going downhill.", "worried"),
        ("I have fully recovered and I am back to work.", "hopeful"),
        ("Progression was measured at week 96.", None),
        ("The meeting is at ten.", None),
    ],
)
def test_concern_about_the_course_flips_and_holds(text: str, expected: str | None) -> None:
    assert [p for _, p in _stances(text, COURSE)] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I am so happy, this is wonderful news!", "positive"),
        ("I am so sad, this is horrible news.", "negative"),
        ("My MRI came back negative and there are no new lesions, I feel great", "positive"),
        ("The clinic opens at nine.", "neutral"),
        ("Where is the clinic?", "neutral"),
    ],
)
def test_sentiment_follows_the_feeling(text: str, expected: str) -> None:
    assert _sentiment(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # said straight, and the same words meant the other way
        ("Thanks a lot for explaining it so kindly!", "positive"),
        ("Thanks for nothing, another letter that says no.", "negative"),
        ("How wonderful, I am so happy for them!", "positive"),
        ("Another refusal, what a joke, I have had enough.", "negative"),
        ("Lovely nurses, I am so grateful.", "positive"),
        ("Yeah right, and nobody told us about the risks.", "negative"),
        ("It was brutal, and I am so happy and grateful that I did it, no regrets!", "mixed"),
    ],
)
def test_sarcasm_counts_as_what_it_means(text: str, expected: str) -> None:
    assert _sentiment(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("At our clinic we offer HSCT to people with new lesions.", []),
        ("I had HSCT at that clinic, new lesions two years later.", [("self", "bad")]),
        ("Had HSCT. Five years out, not one relapse and back at work.", [("self", "good")]),
        ("My wife had HSCT. Five years out, not one relapse.", [("close", "good")]),
        ("We flew to Mexico for HSCT, no relapses since but the infection was awful.",
         [("self", "mixed")]),
    ],
)  # fmt: skip
def test_a_course_told_in_fragments_belongs_to_the_person_told_of(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert _stances(text, EXPERIENCE) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My neurologist laughed.", "distrust"),
        ("My sister laughed.", None),
        ("The neurologist explained everything.", "trust"),
        ("The leaflet explained everything.", None),
        ("He is more honest than any neurologist I ever saw, a straight doctor.", "mixed"),
        ("My neuro (lovely man) saw me in June.", "trust"),
    ],
)
def test_doctors_are_judged_by_what_they_do(text: str, expected: str | None) -> None:
    assert [p for _, p in _stances(text, DOCTORS)] == ([expected] if expected else [])


def test_a_short_post_about_nothing_is_talk_among_members() -> None:
    _, coded = _code("Of course you would, Bob.")
    assert [c.code for c in coded.codings if c.layer == "topic"] == ["community"]


def test_the_relapses_that_did_not_come_are_no_grief() -> None:
    assert _sentiment("No relapses since my transplant and no side effects at all.") == "positive"


def test_every_coding_has_evidence_within_the_post_and_the_strongest_first() -> None:
    thread, coded = _code(
        "Hello all. The weather is fine. I was on Rebif for a year and it did nothing for me."
    )
    (experience,) = [c for c in coded.codings if c.code == EXPERIENCE]
    first = experience.evidence[0].of(thread.document.text)
    assert first in thread.posts[0].text
    assert "did nothing for me" in first
    span = thread.posts[0].span
    for coding in coded.codings:
        assert coding.evidence
        assert all(span.start <= e.start < e.end <= span.end for e in coding.evidence)


def test_a_probability_stands_for_every_code_once_and_negatives_too() -> None:
    _, coded = _code("The shop is closed today.", "I was on Rebif.")
    codes = [code.code for code in default().codes]
    for post in ("p0", "p1"):
        scored = [score.code for score in coded.scores if score.post_id == post]
        assert sorted(scored) == sorted(codes)
    assert all(0 <= score.probability <= 1 for score in coded.scores)


def test_a_score_in_the_band_is_an_abstention_with_its_reason() -> None:
    wide = parse('extends = "ms-stem-cell"\nname = "w"\nband = [0.0, 1.0]', "w.toml")
    coded = rules.make(codebook=wide)(thread_of("I was on Rebif and it helped."))
    unsure = [c for c in coded.codings if c.layer == "stance"]
    assert unsure
    assert all(c.abstained and c.reason == "band" for c in unsure)


@pytest.mark.parametrize(
    "text",
    [
        "Ich habe die Therapie vor zwei Jahren gemacht und es geht mir nicht gut.",
        "J'ai eu la greffe et je suis très contente avec le résultat.",
        "Мне сделали пересадку в прошлом году и стало лучше",
    ],
)
def test_another_language_abstains_on_every_code(text: str) -> None:
    _, coded = _code(text)
    assert coded.codings
    assert all(c.abstained and c.reason == "language" for c in coded.codings)
    assert not coded.scores
    assert {c.layer for c in coded.codings} == {"topic", "sentiment", "stance"}


def test_the_language_that_the_source_states_is_believed() -> None:
    coded = rules.make()(thread_of("ok", lang="de"))
    assert all(c.reason == "language" for c in coded.codings)
    coded = rules.make()(thread_of("thank you", lang="en-GB"))
    assert not any(c.reason == "language" for c in coded.codings)


def test_no_more_topics_than_the_codebook_allows() -> None:
    text = (
        "The trial had no placebo arm, my neurologist refused, insurance would not pay, the side "
        "effects scare me, work is hard, my legs are weak, the newspaper called it a miracle cure."
    )
    _, coded = _code(text)
    assert len([c for c in coded.codings if c.layer == "topic"]) == default().max_topics


def test_a_bare_answer_takes_a_little_from_what_it_answers() -> None:
    _, coded = _code("Has anyone tried fasting or a keto diet for this?", "Not me.")
    chances = {s.code: s.probability for s in coded.scores if s.post_id == "p1"}
    topics = {c.code: chances[c.code] for c in default().layer("topic")}
    assert max(topics, key=lambda code: topics[code]) == "other-treatment"


def test_mine_is_a_treatment_where_the_thread_is_about_one() -> None:
    question = "Who here has had HSCT or Tysabri, and did it work, are you in remission?"
    _, coded = _code(question, "I had mine in 2015.")
    given = [c for c in coded.codings if c.post_id == "p1" and c.code == EXPERIENCE]
    assert [c.whose for c in given] == ["self"]
    _, coded = _code("I had mine in 2015.")
    assert not [c for c in coded.codings if c.code == EXPERIENCE]


def test_the_coder_pickles_and_gives_the_same_again() -> None:
    thread = thread_of("I was on Rebif and it helped, thank you all.")
    coder = rules.make()
    again = pickle.loads(pickle.dumps(coder))
    assert again(thread) == coder(thread)


def test_removed_and_empty_posts_are_not_coded() -> None:
    assert rules.make()(thread_of("", "   ")) == Coded()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=120), max_size=4))
def test_any_text_can_be_coded(texts: list[str]) -> None:
    coded = rules.make()(thread_of(*texts))
    assert all(isinstance(coding, Coding) for coding in coded.codings)
