"""What a post's own words show of whom it speaks to: overlap, questions, thanks, pronouns."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from community import lexicon
from community.text import words
from community.types import Post, Thread

_THANKS = re.compile(
    r"\s*(?:many\s+)?(?:thanks|thank you|thankyou|thx|ta|cheers|danke|merci|gracias|hvala|"
    r"grazie)\b",
    re.IGNORECASE,
)
_YOU = re.compile(
    r"\b(?:you|your|yours|you're|you've|u|du|dein\w*|dir|dich|ihr|ihnen|sie)\b", re.IGNORECASE
)
_AGREES = re.compile(
    r"\s*(?:me too|same here|same|agreed?|exactly|they (?:do|did|are|were|have|will|can)|"
    r"it (?:is|was|does|did|would|will|can)|so (?:do|did|am|is|are) |that (?:is|was|would)|"
    r"that's|yes|yep|no|not|nope|true|right|indeed|oh|ah|aha|i see|i understand|lol|haha|of course|"
    r"because|i do|i did|i am|i have|hear hear|this[.!]|\+1|genau|stimmt|ja|nein)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\?(?!\w)")
_STEM = re.compile(r"(?:'s|ies|ing|ed|es|s|en|er|e)$")
_MINE = re.compile(r"\b(?:my|our|mein\w*|unser\w*)\s+(\w+)", re.IGNORECASE)
_YOURS = re.compile(r"\b(?:your|dein\w*|euer|eure\w*)\s+(\w+)", re.IGNORECASE)
_SHORTEST = 3
_LONG = 9  # letters; longer words are not rarer still


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One post's own words, as far as conversation goes."""

    vector: dict[str, float]
    asks: bool
    thanks: bool
    speaks_to: bool
    agrees: bool
    first_sentence: str
    own: str


@cache
def _function_words() -> frozenset[str]:
    group = (t for t in lexicon.packaged("address").terms if t.group == "function-word")
    return frozenset(spelling for term in group for spelling in term.spellings)


def stems(text: str) -> list[str]:
    """Content words of a text, endings cut."""
    found = []
    for word in words(text):
        if len(word.folded) >= _SHORTEST and word.folded not in _function_words():
            stem = _STEM.sub("", word.folded)
            found.append(stem if len(stem) >= _SHORTEST else word.folded)
    return found


def read(thread: Thread) -> dict[str, Wording]:
    """The wording of every post, by post id.

    Words are weighted by their length, which stands in for their rarity (Zipf's law of
    abbreviation): rarity counted on the page would let a new comment change every other post.
    """
    return {
        post.id: _wording(post, _weighted(Counter(stems(post.own_text()))))
        for post in thread.posts
    }


def _weighted(bag: Counter[str]) -> dict[str, float]:
    found = {w: (1 + math.log(n)) * min(len(w), _LONG) for w, n in bag.items()}
    norm = math.sqrt(sum(value * value for value in found.values())) or 1.0
    return {word: value / norm for word, value in found.items()}


def _wording(post: Post, vector: dict[str, float]) -> Wording:
    own = post.own_text().strip()
    first = re.split(r"(?<=[.!?…])\s|\n", own, maxsplit=1)[0]
    return Wording(
        vector=vector,
        asks=_ASKS.search(own) is not None,
        thanks=_THANKS.match(own) is not None,
        speaks_to=_YOU.search(own) is not None,
        agrees=_AGREES.match(own) is not None,
        first_sentence=first,
        own=own,
    )


def overlap(one: Wording, other: Wording) -> float:
    """Cosine of two posts' rare words, 0 to 1."""
    small, large = sorted((one.vector, other.vector), key=len)
    return sum(value * large[word] for word, value in small.items() if word in large)


def overlaps(one: Wording, others: Iterable[Wording]) -> float:
    """The highest overlap with any of several posts; 0 if there are none."""
    return max((overlap(one, other) for other in others), default=0.0)


def claims(wording: Wording) -> set[str]:
    """Stems of what a post calls its author's own ("my", "our")."""
    return {stem for match in _MINE.finditer(wording.own) for stem in stems(match[1])}


def credits(wording: Wording) -> set[str]:
    """Stems of what a post calls "your"."""
    return {stem for match in _YOURS.finditer(wording.own) for stem in stems(match[1])}
