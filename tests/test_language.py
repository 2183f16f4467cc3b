"""Tokens, sentences and clauses of untidy writing, and the terms found in them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

from community.codebook import default
from community.coding.language import make_nlp, variants
from community.types import Post, Span


def _doc(text: str) -> Doc:
    return make_nlp(default())(text)


def _sentences(text: str) -> list[str]:
    doc = _doc(text)
    return [span.text for span in doc.spans["sentences"]]


def _clauses(text: str) -> list[str]:
    doc = _doc(text)
    return [span.text for span in doc.spans["clauses"]]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("i stopped copaxone.it hurt", ["copaxone", ".", "it"]),
        ("that was 2004.then i moved", ["2004", ".", "then"]),
        ("pain...always pain", ["pain", "...", "always"]),
        ("wrong drug(sorry)", ["drug", "(", "sorry"]),
        ("seen in the U.S. last year", ["U.S.", "last"]),
        ("see www.example.org/a.b now", ["www.example.org/a.b", "now"]),
    ],
)
def test_the_tokeniser_survives_missing_spaces(text: str, tokens: list[str]) -> None:
    found = [token.text for token in _doc(text)]
    assert any(found[i : i + len(tokens)] == tokens for i in range(len(found)))


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It went well. Then it stopped", ["It went well.", "Then it stopped"]),
        ("still tired... still here", ["still tired...", "still here"]),
        ("first line\nsecond line", ["first line", "second line"]),
        ("- one\n- two", ["one", "two"]),
        ("a b c\n\nd e f", ["a b c", "d e f"]),
        ("really?! yes", ["really?!", "yes"]),
    ],
)
def test_sentences_end_at_stops_ellipses_lines_and_bullets(text: str, sentences: list[str]) -> None:
    assert _sentences(text) == sentences


def test_a_line_broken_by_hand_goes_on() -> None:
    text = "this is a long line that the mail program broke after so many characters\nand went on"
    assert len(_sentences(text)) == 1


def test_clauses_begin_at_conjunctions_with_a_subject() -> None:
    assert _clauses("i had hsct but my walking is bad and i use a stick") == [
        "i had hsct",
        "but my walking is bad",
        "and i use a stick",
    ]
    assert _clauses("pain and stiffness") == ["pain and stiffness"]


@pytest.mark.parametrize("written", ["can't", "can’t", "cant"])
def test_apostrophes_do_not_matter(written: str) -> None:
    doc = _doc(f"I {written} cope any more")
    assert any(span.label_ == "progression-concern" for span in doc.spans["cues"])


def test_hyphens_do_not_matter() -> None:
    assert set(variants("flare-up")) == {"flare-up", "flare up", "flareup"}
    for written in ("flare-up", "flare up", "flareup"):
        doc = _doc(f"a {written} again")
        assert any(span.label_ == "outcome-bad" for span in doc.spans["terms"])


def test_the_longest_term_of_a_kind_wins() -> None:
    doc = _doc("I had a stem cell transplant")
    terms = doc.spans["terms"]
    assert [s.text for s in terms if s.label_.startswith("treatment")] == ["stem cell transplant"]


def test_offsets_are_those_of_the_post_and_quoted_words_are_not_read() -> None:
    text = "> I had HSCT\nme too, I had Tysabri"
    span, own = Span(5, 5 + len(text)), Span(5 + 13, 5 + len(text))
    post = Post(
        id="p", document_id="d", thread_id="d", position=0, span=span, text=text, own=(own,)
    )
    doc = make_nlp(default())(post.own_text())
    terms = [t for t in doc.spans["terms"] if t.label_.startswith("treatment")]
    assert [text[t.start_char : t.end_char] for t in terms] == ["Tysabri"]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_cut_into_clauses_that_do_not_overlap(text: str) -> None:
    doc = _doc(text)
    spans = list(doc.spans["clauses"])
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(span.start < span.end for span in spans)
