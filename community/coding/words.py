"""What the rules ask about a word by itself, found out when it is first met."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from typing import Any

from spacy.tokens import Doc

from community.coding import cues, wordlists

_MOST_KNOWN = 1 << 14  # words of docs remembered, about 5 MB
_LONGEST_KNOWN = 64  # characters
BREAKS = frozenset((*";()–—:[]", "--"))  # a clause begins behind these
_STOPS = frozenset((".", "!", "?", "…"))
_STOP_RUN = re.compile(r"[.!?…]+$")
_CLOSERS = frozenset("\"')]”’")
_LEADING = frozenset(",;:-–—)(")
_TRAILING = frozenset(",;:-–—(")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Word:
    """A token. `width` counts its characters and the space behind it.

    It is `blank` where it is white space; it `ends` a sentence, or `closes` one that has ended, and
    `pauses` if any of these; a clause may begin where it `opens`; `leading` and `trailing` ones are
    trimmed off. `valence` is that of a word, `smile` that of an emoji; it `feels` if it has either.
    `tongues` are the languages whose function word it is, English left out. `branch` is where
    phrases that begin with it are looked up, in words made for a list of phrases.
    """

    text: str
    lower: str
    width: int
    blank: bool = False
    ends: bool = False
    closes: bool = False
    pauses: bool = False
    opens: bool = False
    leading: bool = False
    trailing: bool = False
    valence: float | None = None
    smile: float | None = None
    feels: bool = False
    tongues: tuple[str, ...] = ()
    branch: Any = None


def make_word(typed: str, begin: Callable[[str], Any] | None = None) -> Word:
    """The word of a token.

    Args:
        typed: the token, and the space behind it if there is one.
        begin: gives the `branch` of a word in lower case.
    """
    blank = typed.isspace()
    text = typed if blank else typed.rstrip(" ")
    lower = text.lower()
    ends = text in _STOPS or _STOP_RUN.fullmatch(text) is not None
    closes = text in _CLOSERS
    valence, smile = wordlists.valences().get(lower), wordlists.smiles().get(text)
    return Word(
        text=text,
        lower=lower,
        width=len(typed),
        blank=blank,
        ends=ends,
        closes=closes,
        pauses=blank or ends or closes,
        opens=lower in _openers(),
        leading=blank or text in _LEADING,
        trailing=blank or text in _TRAILING,
        valence=valence,
        smile=smile,
        feels=valence is not None or smile is not None,
        tongues=wordlists.tongues().get(lower, ()) if text.isalpha() else (),
        branch=begin(lower) if begin else None,
    )


_known = lru_cache(maxsize=_MOST_KNOWN)(make_word)


@cache
def _openers() -> frozenset[str]:
    rules = cues.rules()
    return BREAKS | rules.boundary | rules.joining


def words_of(doc: Doc) -> list[Word]:
    """The words of a doc."""
    typed = [token.text_with_ws for token in doc]
    return [_known(t) if len(t) <= _LONGEST_KNOWN else make_word(t) for t in typed]


def starts_of(words: list[Word]) -> list[int]:
    """Where each word starts in its text, in characters, and last where the text ends."""
    return [0, *accumulate([word.width for word in words])]
