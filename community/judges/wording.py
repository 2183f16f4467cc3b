"""What a post's own words show of whom it speaks to: overlap, questions, thanks, pronouns."""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from community import lexicon
from community.text import words
from community.types import Post, Thread

_THANKS = re.compile(
    r"\s*(?:many\s+)?(?:thanks|thank you|thankyou|thx|ta|cheers|danke|merci|gracias|grazie|"
    r"obrigad[oa]|bedankt|dank u|takk|tack|tak|kiitos|dziękuję|dzięki|děkuji|hvala|köszönöm)\b",
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
_SHORT = 100.0  # squared weight of a few rare words
_STEEP = 1.5  # the more, the less common words tie two posts together
_TOPICAL = math.log(1 / 0.3)  # weight of a word that three posts of ten would hold
_RARE = 0.005  # share of posts that a stem has which the background does not list


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

    Words are weighted by their rarity in a fixed background (``rarity.toml``): rarity counted on
    the page would let a new comment change every other post.
    """
    document = thread.document
    topical = {stem for span in document.article for stem in stems(span.of(document.text))}
    return {
        post.id: _wording(post, _weighted(Counter(stems(post.own_text())), topical))
        for post in thread.posts
    }


@cache
def _rarity() -> dict[str, float]:
    """Weight of each stem that is not rare; "" holds the weight of all others."""
    file = resources.files("community").joinpath("data", "rarity.toml")
    share = tomllib.loads(file.read_text(encoding="utf-8"))["share"]
    return {stem: math.log(1 / value) for stem, value in share.items()} | {"": math.log(1 / _RARE)}


def _weighted(bag: Counter[str], topical: set[str]) -> dict[str, float]:
    """Unit vector of a bag of stems; what the article speaks of is common on its page."""
    rarity = _rarity()
    found = {}
    for stem, n in bag.items():
        weight = rarity.get(stem, rarity[""])
        if stem in topical:
            weight = min(weight, _TOPICAL)
        found[stem] = (1 + math.log(n)) * weight**_STEEP
    # two short posts that share one word are not as close as two long ones that share all
    norm = math.sqrt(_SHORT + sum(value * value for value in found.values()))
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
