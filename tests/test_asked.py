"""Questions: what asks, what it asks about, who answers, and whether the ledger does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_links import LEDGER, thread

from community.linked import Question
from community.linking.asking import questions
from community.linking.relations import read
from community.linking.spoken import make
from community.linking.targets import prepare
from community.types import Thread


def spans(words: str) -> list[str]:
    return [one.span.of(words) for one in questions(read(words))]


def asked(where: Thread) -> tuple[Question, ...]:
    return make()(where, prepare(LEDGER), ()).questions


@pytest.mark.parametrize(
    "words",
    [
        "How long did it last for you?",
        "Does anyone know if it works for progressive MS",
        "I wonder whether they followed the others up.",
        "anyone tried it past 55?",
        "and did the nails go too",
        "Is that right??",
        "nobody uses that dose any more, do they?",
        "What about the liver",
        "I'd like to know which of the two is right.",
    ],
)
def test_what_wants_an_answer_is_a_question_with_or_without_its_mark(words: str) -> None:
    assert spans(words) == [words]


@pytest.mark.parametrize(
    "words",
    [
        "Who knew?",
        "Really?",
        "How are you?",
        "24 people?? My bus holds more.",
        "Would I do it again? Yes.",
        "Which of the three was it? No idea.",
        "Had mine in 2014 and no relapse since.",
        "What I hold on to is that drugs get better.",
        "Do the exercises every day.",
    ],
)
def test_what_is_only_put_as_a_question_is_none(words: str) -> None:
    assert spans(words) == []


def test_a_fragment_belongs_to_the_question_before_it() -> None:
    assert spans("Who is quoted here? The centres?") == ["Who is quoted here? The centres?"]


def test_a_question_refers_to_what_its_sentence_speaks_of() -> None:
    (one,) = asked(thread("They say 72.4% were event free, what does that mean?"))
    assert one.refers_to == "claim:efs"


def test_a_question_takes_the_target_of_the_post_above() -> None:
    where = thread("They report 72.4% event free.", "How was that counted?", parents={1: 0})
    assert asked(where)[0].refers_to == "claim:efs"


def test_the_first_reply_that_answers_is_the_answer_and_thanks_are_none() -> None:
    where = thread(
        "How many had a relapse in the trial?",
        "Same question here, following",
        "About 15 in 100 had a relapse within the five years, the paper says.",
        "Thanks!",
        parents={1: 0, 2: 0, 3: 2},
    )
    (one,) = [q for q in asked(where) if q.post_id == "p0"]
    assert one.answered_by == "p2"
    assert one.answerer_role == "unknown"
    assert one.score is not None
    assert one.score >= 0.5


def test_who_asks_does_not_answer() -> None:
    where = thread("How long does it last?", "Five years at least, I read.", parents={1: 0})
    same = tuple(replace(post, author="Ivo") for post in where.posts)
    assert asked(replace(where, posts=same))[0].answered_by is None


def test_a_question_without_a_reply_is_open() -> None:
    (one,) = asked(thread("What becomes of those who moved away?"))
    assert (one.answered_by, one.answerer_role, one.score) == (None, None, None)


def test_the_role_of_who_answers_is_told() -> None:
    where = thread("Is it safe?", "Yes, nobody died of it in our unit.", parents={1: 0})
    posts = (where.posts[0], replace(where.posts[1], role="professional"))
    assert asked(replace(where, posts=posts))[0].answerer_role == "professional"


def test_the_ledger_answers_what_it_reports() -> None:
    (one,) = asked(thread("How many of them had thyroid disease afterwards?"))
    assert one.ledger_claim_id == "thyroid"


def test_the_ledger_does_not_answer_for_another_time_or_trial_or_a_person() -> None:
    assert asked(thread("How many had a relapse at ten years?"))[0].ledger_claim_id is None
    assert asked(thread("Did your thyroid go too?"))[0].ledger_claim_id is None


def test_questions_stand_in_page_order() -> None:
    found = asked(thread("How long? And who gets in?", "Where is it done?"))
    assert [q.span for q in found] == sorted(q.span for q in found)


@given(st.text(alphabet="how does it what anyone? know.\n wh,I", max_size=80))
def test_any_text_is_read_and_spans_lie_in_it(text: str) -> None:
    for one in questions(read(text)):
        assert 0 <= one.span.start < one.span.end <= len(text)
