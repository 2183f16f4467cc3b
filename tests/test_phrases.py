"""Phrases are found wherever they stand, longest first, under all their labels."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from community.coding.phrases import Phrases

WORDS = st.sampled_from(["no", "new", "pain", "."])
PHRASES = st.lists(
    st.tuples(st.sampled_from("abc"), st.lists(WORDS, min_size=1, max_size=3).map(tuple)),
    max_size=8,
)


def found(
    phrases: Phrases[str], words: list[str]
) -> list[tuple[int, int, tuple[tuple[str, ...], ...]]]:
    return phrases.find(words, map(phrases.begin, words))


@given(PHRASES, PHRASES, st.lists(WORDS, max_size=12))
def test_every_phrase_is_found_wherever_it_stands(
    one: list[tuple[str, tuple[str, ...]]],
    other: list[tuple[str, tuple[str, ...]]],
    words: list[str],
) -> None:
    wanted = []
    for start in range(len(words)):
        for end in range(len(words), start, -1):
            stretch = tuple(words[start:end])
            labels = tuple(
                tuple(dict.fromkeys(label for label, phrase in kind if phrase == stretch))
                for kind in (one, other)
            )
            if any(labels):
                wanted.append((start, end, labels))
    assert found(Phrases(one, other), words) == wanted


def test_a_list_without_phrases_finds_nothing() -> None:
    assert found(Phrases(), ["no", "pain"]) == []
