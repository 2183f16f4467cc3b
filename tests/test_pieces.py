"""Words cut piece by piece are those of spaCy's tokeniser, whatever was cut before."""

from __future__ import annotations

import sys
import tracemalloc
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokenizer import Tokenizer

from community.coding.language import blank
from community.coding.pieces import Pieces
from community.coding.words import starts_of

TOKENIZER = cast(Tokenizer, blank().tokenizer)
SHARED = Pieces(TOKENIZER)  # what it remembers of one text must not change another
RULES = sorted(TOKENIZER.rules)
ODD = st.one_of(
    st.sampled_from(RULES),
    st.sampled_from(RULES).flatmap(lambda rule: st.sampled_from([rule[1:], rule[:-1], rule[1:-1]])),
    st.sampled_from(["a", "word", "(", ")", "'", ".", "...", "-", "/", "10", "😂", "www.a.b"]),
)
GAPS = st.sampled_from(["", "", " ", " ", "  ", "\n", " \n ", "\t", "\u00a0", "\u3000", "\x1f"])


def same(text: str) -> None:
    doc, words = TOKENIZER(text), SHARED(text)
    assert [word.text for word in words] == [token.text for token in doc]
    assert [word.lower for word in words] == [token.lower_ for token in doc]
    assert starts_of(words) == [*(token.idx for token in doc), len(text)]


@given(st.text(max_size=80))
def test_any_text_is_cut_as_by_the_tokeniser(text: str) -> None:
    same(text)


@given(st.lists(st.tuples(ODD, GAPS), max_size=9))
def test_smileys_and_contractions_are_cut_as_by_the_tokeniser(parts: list[tuple[str, str]]) -> None:
    same("".join(part + gap for part, gap in parts))


@pytest.mark.parametrize(
    "text",
    [
        "( :D...le",  # the smiley is missed for the like of "(:" over the space
        ":D...le",
        "hen's.i.v . when'll",
        "v_v somethin’/:(( (",
        "He's here,it's late.I'm off",
    ],
)
def test_special_cases_in_the_midst_of_a_piece_depend_on_what_is_around(text: str) -> None:
    same(text)


def test_no_affix_and_no_infix_stands_in_letters_alone() -> None:
    letters = [c for c in map(chr, range(sys.maxunicode + 1)) if c.isalpha()]
    for n in range(0, len(letters), 50):
        text = "".join(letters[n : n + 50])
        assert TOKENIZER.find_suffix(text) == TOKENIZER.find_prefix(text) == 0
        assert TOKENIZER.find_infix(text) == []
    assert not any(TOKENIZER.find_suffix(f"a{c}") for c in letters)


def test_long_words_are_not_kept() -> None:
    cut = Pieces(TOKENIZER)
    tracemalloc.start()
    for n in range(60):
        cut(f"{n:x}" * 100_000)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 5_000_000
