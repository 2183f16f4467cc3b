"""Decoding, lines, folding: offsets lead back to the text as read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community import text
from community.errors import SourceError
from community.types import Span


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_text_with_or_without_a_byte_order_mark_is_read(charset: str) -> None:
    assert text.decode("Größe µ 69 % — “so”".encode(charset), "x") == "Größe µ 69 % — “so”"


def test_legacy_charset_is_guessed() -> None:
    words = "Die Ärztin sagte, größere Studien wären nötig. Für mich ist das schön. " * 20
    assert text.decode(words.encode("cp1252"), "x") == words


def test_one_damaged_byte_does_not_turn_a_page_into_another_charset() -> None:
    words = "Übung über Länge für größere Züge " * 10
    read = text.decode(words.encode() + b"\xe2\x80 end", "x")
    assert read.startswith(words)
    assert read.endswith("\ufffd end")


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)),
        b"%PDF\x01\x02\x03\x04\x05\x06\x07" * 30,
        b"words and then\x00 a NUL",
    ],
)
def test_what_is_not_text_is_refused_with_its_subject(data: bytes) -> None:
    with pytest.raises(SourceError, match="not text") as caught:
        text.decode(data, "figures/scan.png")
    assert caught.value.subject == "figures/scan.png"


def test_a_broken_utf_16_page_is_refused() -> None:
    with pytest.raises(SourceError, match="UTF-16"):
        text.decode(b"\xff\xfea\x00\x00\xd8", "x")


def test_a_stray_control_character_is_kept() -> None:
    assert text.decode(b"one\x0c two \x07 three", "x") == "one\x0c two \x07 three"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_newlines_are_all_that_decoding_changes(words: str) -> None:
    if len([c for c in words if c < " " or c == "\x7f"]) > 1:
        return
    expected = words.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    assert text.decode(words.encode(), "x") == expected


@given(st.text(alphabet="ab \n\u2028\x0b"))
def test_lines_partition_the_text_at_newlines_only(words: str) -> None:
    found = list(text.lines(words))
    assert "\n".join(line.text for line in found) == words
    assert all(words[line.start : line.end] == line.text for line in found)


@given(st.text(), st.integers(0, 40), st.integers(0, 40))
def test_trim_keeps_everything_that_is_not_blank(words: str, a: int, b: int) -> None:
    start, end = sorted((min(a, len(words)), min(b, len(words))))
    span = text.trim(words, start, end)
    assert span.of(words) == words[start:end].strip() or not len(span)


@given(st.text(alphabet="aB \n\u2019\u2026\u00df\u200b“"))
def test_folding_leads_back_to_the_words_folded(words: str) -> None:
    folded = text.fold(words)
    assert len(folded.offsets) == len(folded.text)
    for at in range(len(folded.text)):
        span = folded.span(at, at + 1)
        assert len(span) == 1
        piece = text.fold(span.of(words)).text or " "
        assert folded.text[at] in piece


def test_folding_makes_typographic_variants_equal() -> None:
    assert text.fold("Don’t  –\nwait…").text == text.fold("don't - wait...").text


def test_subtract_leaves_the_trimmed_rest() -> None:
    words = "ab  [cd]  ef"
    assert text.subtract(words, Span(0, 12), [Span(4, 8)]) == (Span(0, 2), Span(10, 12))


def test_words_fold_case_and_apostrophes() -> None:
    assert [word.folded for word in text.words("Don’t GO")] == ["don't", "go"]
