"""Relations from a post's own words, in clause context."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.errors import CodebookError
from community.linking.cues import Phrases, cues, parse
from community.linking.relations import decide, read
from community.text import words
from community.types import Span


def relation(text: str, anchor: str, foreign: str = "") -> str:
    """The relation to a target that stands in the clause of the word `anchor`."""
    reading = read(text)

    def holding(word: str) -> set[int]:
        return {i for i, c in enumerate(reading.clauses) if word and word in c.span.of(text)}

    found = decide(reading, holding(anchor), holding(foreign))
    return found.relation if found else "none"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The 80% figure is very impressive.", "supports"),
        ("I agree with the 80% they report.", "supports"),
        ("The 80% is nonsense.", "disputes"),
        ("That 80% is overstated, I have seen the ward.", "disputes"),
        ("80% sounds nice, but how long does it last?", "questions"),
        ("80%, but they only had a handful of people.", "questions"),
        ("80% and no control group.", "questions"),
        ("Can anyone explain the 80% to me?", "asks"),
        ("They wrote 80% in the leaflet.", "mentions"),
    ],
)
def test_a_cue_beside_the_target_gives_the_relation(text: str, expected: str) -> None:
    assert relation(text, "80%") == expected


def test_negation_turns_agreement_into_denial() -> None:
    assert relation("I find the 80% impressive.", "80%") == "supports"
    assert relation("I do not find the 80% impressive.", "80%") == "disputes"


def test_doubt_about_how_long_is_questions_even_when_put_as_a_question() -> None:
    assert relation("80% is lovely. How long will it last?", "80%") == "questions"


def test_doubt_that_follows_takes_agreement_back() -> None:
    assert relation("The 80% is impressive. It is a very small study.", "80%") == "questions"


def test_a_clause_about_another_target_lends_nothing() -> None:
    text = "They report 80%, and the 12% is rubbish."
    assert relation(text, "80%", foreign="12%") == "mentions"
    assert relation(text, "12%", foreign="80%") == "disputes"


def test_a_cue_far_from_the_target_does_not_reach_it() -> None:
    text = "They report 80%. We had soup. It rained. My neighbour says the bus plan is nonsense."
    assert relation(text, "80%") == "mentions"


def test_an_inherited_target_needs_a_relation_in_own_words() -> None:
    assert decide(read("Lovely garden you have there."), ()) is None
    found = decide(read("And how long does it last?"), ())
    assert found is not None
    assert found.relation == "questions"


def test_evidence_is_the_clause_without_its_conjunction() -> None:
    text = "We read it twice, but the 80% is nonsense, as usual."
    reading = read(text)
    anchors = [i for i, c in enumerate(reading.clauses) if "80%" in c.span.of(text)]
    found = decide(reading, anchors)
    assert found is not None
    assert found.evidence.of(text) == "the 80% is nonsense, as usual"


def test_only_own_stretches_are_read() -> None:
    text = '"This is nonsense." They report 80% there.'
    own = Span(text.index("They"), len(text))
    reading = read(text, [own])
    assert all(c.span.start >= own.start for c in reading.clauses)
    found = decide(reading, range(len(reading.clauses)))
    assert found is not None
    assert found.relation == "mentions"


def test_a_negated_relapse_is_a_good_course() -> None:
    def valence(text: str) -> list[float]:
        return [h.value for h in read(text).hits if h.kind == "concept" and h.name == "relapse"]

    assert valence("I had a relapse in spring.") == [-1.0]
    assert valence("I have not had a relapse since.") == [1.0]


def test_patterns_know_endings_numbers_and_gaps() -> None:
    finder = Phrases([("progress*", ("a", "", 1.0)), ("only # ~ people", ("b", "", 1.0))])
    tokens = words("Progressing, with only twenty very nice people")
    assert {(tag[0], at, end) for at, end, tag in finder.find(tokens)} == {("a", 0, 1), ("b", 2, 7)}
    assert not finder.find(words("only twenty of these rather very nice people"))


def test_the_packaged_cues_cover_every_relation() -> None:
    for phrase in ("i agree that", "nonsense", "how long does it last", "can anyone explain"):
        assert cues().phrases.find(words(phrase))


@pytest.mark.parametrize(
    "text",
    [
        "not toml [",
        "version = 1",
        "version=1\ngeneric=[]\n[relation.loves]\nstrong=[]\nstudy=[]\nweak=[]\n[concept]\n"
        "[words]\n[places]\n",
        "version=1\ngeneric=[]\n[relation]\n[concept.pain]\nclaim=[]\n[words]\n[places]\n",
        "version=1\ngeneric=[]\n[relation]\n[concept]\n[words]\nself='i'\n[places]\n",
    ],
)
def test_a_cue_file_that_breaks_its_rules_is_refused_with_its_name(text: str) -> None:
    with pytest.raises(CodebookError, match=r"mine\.toml"):
        parse(text, "mine.toml")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_with_clauses_inside_it_and_in_order(text: str) -> None:
    reading = read(text)
    starts = [clause.span.start for clause in reading.clauses]
    assert starts == sorted(starts)
    assert all(clause.span.end <= len(text) and len(clause.span) for clause in reading.clauses)
    assert all(0 <= hit.clause < len(reading.clauses) for hit in reading.hits)
