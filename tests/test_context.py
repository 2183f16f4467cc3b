"""Whose, whether, when: minimal pairs of patients' sentences."""

from __future__ import annotations

import pytest
import spacy
from spacy.tokens import Span

from community.codebook import default
from community.coding.context import Clause, clauses
from community.coding.cues import parse
from community.coding.language import make_nlp
from community.errors import CodebookError


def _at(text: str, word: str) -> tuple[Clause, Span]:
    """The clause in which `word` begins, and the word."""
    doc = make_nlp(default())(text)
    start = text.lower().index(word)
    span = doc.char_span(start, start + len(word), alignment_mode="expand")
    assert span is not None
    clause = span._.patient_context
    assert isinstance(clause, Clause)
    return clause, span


@pytest.mark.parametrize(
    ("text", "word", "who"),
    [
        ("I had HSCT in May", "hsct", "self"),
        ("had hsct last may, feeling ok", "hsct", "self"),
        ("My husband had HSCT in May", "hsct", "close"),
        ("my husband has ms. he had hsct in may", "hsct", "close"),
        ("dh started tysabri", "tysabri", "close"),
        ("my mum's on methotrexate", "methotrexate", "close"),
        ("A friend of mine had HSCT", "hsct", "close"),
        ("someone on here had hsct", "hsct", "others"),
        ("A lady in my group had HSCT", "hsct", "others"),
        ("My neurologist put me on Tysabri", "tysabri", "self"),
        ("they gave me steroids", "steroids", "self"),
        ("HSCT is a treatment for MS", "hsct", "nobody"),
        ("You had HSCT", "hsct", "nobody"),
    ],
)
def test_the_experiencer_is_told_from_the_sentence(text: str, word: str, who: str) -> None:
    assert _at(text, word)[0].experiencer == who


@pytest.mark.parametrize(
    ("text", "word", "negated"),
    [
        ("no relapses since", "relapses", True),
        ("a relapse every month", "relapse", False),
        ("I have not had any relapses", "relapses", True),
        ("i havent had a relapse", "relapse", True),
        ("I haven’t had a relapse", "relapse", True),
        ("I never took steroids", "steroids", True),
        ("no side effects but a relapse in June", "relapse", False),
        ("the scan came back negative", "scan", True),
        ("my test was positive for JC virus", "jc virus", False),
        ("I have no doubt the steroids helped", "steroids", False),
        ("not only the pain got better", "pain", False),
        ("I don't know why the numbness is back", "numbness", False),
    ],
)
def test_negation_reaches_what_it_denies_and_no_further(
    text: str, word: str, negated: bool
) -> None:
    clause, span = _at(text, word)
    assert clause.denies(span) is negated


@pytest.mark.parametrize(
    ("text", "word", "flag", "value"),
    [
        ("if i could afford it i would have hsct", "hsct", "hypothetical", True),
        ("i could afford it so i had hsct", "hsct", "hypothetical", False),
        ("I am thinking about HSCT", "hsct", "hypothetical", True),
        ("i hope to have hsct", "hsct", "wish", True),
        ("I wish I had had HSCT sooner", "hsct", "wish", True),
        ("I used to take steroids", "steroids", "historical", True),
        ("I take steroids", "steroids", "historical", False),
        ("they say hsct stops it", "hsct", "hearsay", True),
        ("I have heard that HSCT helps", "hsct", "hearsay", True),
        ("Has anyone tried fasting", "fasting", "question", True),
        ("do you take steroids?", "steroids", "question", True),
        ("I take steroids, do you?", "steroids", "question", False),
        ("steroids are usually given first", "steroids", "general", True),
    ],
)
def test_flags_are_set_by_cues_and_stay_in_their_clause(
    text: str, word: str, flag: str, value: bool
) -> None:
    assert getattr(_at(text, word)[0], flag) is value


def test_the_component_works_alone_in_any_english_pipeline() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("patient_context")
    (clause,) = clauses(nlp("my husband had it"))
    assert clause.experiencer == "close"
    assert clause.real


def test_cues_are_data_with_strict_keys() -> None:
    assert "dont" in parse("negation = ['do(nt|not)']", "c.toml").negation
    for text in ("negatoin = ['no']", "negation = 'no'", "= 3"):
        with pytest.raises(CodebookError):
            parse(text, "c.toml")
