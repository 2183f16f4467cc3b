"""Words reduced to what is searched by: folded, without function words, suffixes taken off.

The stemmer is Porter's (1980, Program 14, 130-137). Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from community.text import words

_FUNCTION_WORDS = (
    "a about after all also am an and any are as at be because been before being between both but "
    "by can could did do does during each for from had has have he her here his how i if in into "
    "is it its me more most my no not of on or other our out over she should so some such than "
    "that the their them then there these they this those to under up us very was we were what "
    "when where which while who will with would you your"
)
_FUNCTION = frozenset(_FUNCTION_WORDS.split())
_VOWELS = "aeiou"
_SECOND = (
    ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"),
    ("abli", "able"), ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"),
    ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"), ("iveness", "ive"),
    ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"),
)  # fmt: skip
_THIRD = (
    ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""),
    ("ness", ""),
)  # fmt: skip
_FOURTH = (
    "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ion", "ism", "ate", "iti",
    "ous", "ive", "ize", "al", "er", "ic", "ou",
)  # fmt: skip
_REMEMBERED = 100_000  # words whose stems are kept
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def content(text: str) -> list[tuple[str, str]]:
    """The words of a text that are searched by, in order, as (stem, word as folded)."""
    folded = (word.folded for word in words(text))
    return [(stem(word), word) for word in folded if word not in _FUNCTION]


def pairs(stems: Sequence[str]) -> list[str]:
    """Neighbouring stems, joined."""
    return [f"{a} {b}" for a, b in pairwise(stems)]


def numbers(text: str) -> frozenset[float]:
    """The numbers that a text writes in digits, 0 and 1 left out: they tell little."""
    found = (float(number.replace(",", ".")) for number in _NUMBER.findall(text))
    return frozenset(number for number in found if number > 1)


@lru_cache(maxsize=_REMEMBERED)
def stem(word: str) -> str:
    """A folded word without its suffixes; what is no plain English word stays as it is."""
    word = word.removesuffix("'s")
    if len(word) <= 2 or not (word.isascii() and word.isalpha()):
        return word
    word = _tense(_plural(word))
    if word.endswith("y") and _has_vowel(word[:-1]):
        word = word[:-1] + "i"
    word = _fourth(_swapped(_swapped(word, _SECOND), _THIRD))
    if word.endswith("e"):
        bare = word[:-1]
        size = _measure(bare)
        if size > 1 or (size == 1 and not _short(bare)):
            word = bare
    return word[:-1] if word.endswith("ll") and _measure(word) > 1 else word


def _plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _tense(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    for ending in ("ed", "ing"):
        bare = word.removesuffix(ending)
        if bare == word or not _has_vowel(bare):
            continue
        if bare.endswith(("at", "bl", "iz")) or (_measure(bare) == 1 and _short(bare)):
            return bare + "e"
        double = len(bare) > 1 and bare[-1] == bare[-2] and _consonant(bare, len(bare) - 1)
        return bare[:-1] if double and bare[-1] not in "lsz" else bare
    return word


def _swapped(word: str, endings: Sequence[tuple[str, str]]) -> str:
    for ending, instead in endings:
        if word.endswith(ending):
            bare = word[: -len(ending)]
            return bare + instead if _measure(bare) > 0 else word
    return word


def _fourth(word: str) -> str:
    for ending in _FOURTH:
        if word.endswith(ending):
            bare = word[: -len(ending)]
            right = _measure(bare) > 1 and (ending != "ion" or bare.endswith(("s", "t")))
            return bare if right else word
    return word


def _consonant(word: str, at: int) -> bool:
    if word[at] == "y":
        return at == 0 or not _consonant(word, at - 1)
    return word[at] not in _VOWELS


def _measure(word: str) -> int:
    """How often a consonant follows a vowel."""
    kinds = [_consonant(word, at) for at in range(len(word))]
    return sum(not a and b for a, b in pairwise(kinds))


def _has_vowel(word: str) -> bool:
    return any(not _consonant(word, at) for at in range(len(word)))


def _short(word: str) -> bool:
    """Whether a word ends in consonant, vowel, consonant, the last none of w, x, y."""
    last = len(word) - 1
    return (
        last >= 2
        and _consonant(word, last)
        and not _consonant(word, last - 1)
        and _consonant(word, last - 2)
        and word[-1] not in "wxy"
    )
