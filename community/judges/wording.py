"""What a post's own words show of whom it speaks to: overlap, questions, thanks, pronouns."""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise

from scipy import sparse

from community import lexicon
from community.types import Post, Thread

_THANKS = re.compile(
    r"\s*(?:many\s+)?(?:thanks|thank you|thankyou|thx|ta|cheers|danke|merci|gracias|grazie|"
    r"obrigad[oa]|bedankt|dank u|takk|tack|tak|kiitos|dziękuję|dzięki|děkuji|hvala|köszönöm)\b",
    re.IGNORECASE,
)
_YOUR = frozenset(
    (
        "your", "dein", "deine", "deinem", "deinen", "deiner", "deines", "euer", "eure", "eurem",
        "euren", "eurer", "eures",
    )
)  # fmt: skip
_YOU = _YOUR | frozenset(
    ("you", "yours", "you're", "you've", "u", "du", "dir", "dich", "ihr", "ihnen", "sie")
)
_MY = frozenset(
    (
        "my", "our", "mein", "meine", "meinem", "meinen", "meiner", "meines", "unser", "unsere",
        "unserem", "unseren", "unserer",
    )
)  # fmt: skip
_AGREES = re.compile(
    r"\s*(?:me too|same here|same|agreed?|exactly|they (?:do|did|are|were|have|will|can)|"
    r"it (?:is|was|does|did|would|will|can)|so (?:do|did|am|is|are) |that (?:is|was|would)|"
    r"that's|yes|yep|no|not|nope|true|right|indeed|oh|ah|aha|i see|i understand|lol|haha|of course|"
    r"because|i do|i did|i am|i have|hear hear|this[.!]|\+1|genau|stimmt|ja|nein)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\?(?!\w)")
_STEM = re.compile(r"(?:'s|ies|ing|ed|es|s|en|er|e)$")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_FIRST = re.compile(r"(?<=[.!?…])\s|\n")
_SHORTEST = 3
_SHORT = 100.0  # squared weight of a few rare words
_STEEP = 1.5  # the more, the less common words tie two posts together
_TOPICAL = math.log(1 / 0.3) ** _STEEP  # weight of a word that three posts of ten would hold
_RARE = 0.005  # share of posts that a stem has which the background does not list
_WEIGHT_OF_RARE = math.log(1 / _RARE) ** _STEEP


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
    claims: frozenset[str]  # stems of what it calls "my" or "our"
    credits: frozenset[str]  # stems of what it calls "your"


def own_words(post: Post) -> str:
    """What `Post.own_text` gives, without work where all words are the poster's own."""
    return post.text if post.own == (post.span,) else post.own_text()


@cache
def _function_words() -> frozenset[str]:
    group = (t for t in lexicon.packaged("address").terms if t.group == "function-word")
    return frozenset(spelling for term in group for spelling in term.spellings)


def is_common(word: str) -> bool:
    """Whether a folded word is one that many posts hold, so that it hardly names anybody."""
    stem = _stem(word)
    return not stem or stem in _weights()


def stems(text: str) -> list[str]:
    """Content words of a text, endings cut."""
    return [stem for stem in map(_stem, _tokens(text)) if stem]


def _tokens(text: str) -> list[str]:
    return _WORD.findall(text.replace("’", "'").casefold())


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    """What is left of a folded word without its ending; nothing of a word without content."""
    if len(word) < _SHORTEST or word in _function_words():
        return ""
    stem = _STEM.sub("", word)
    return stem if len(stem) >= _SHORTEST else word


def read(thread: Thread) -> dict[str, Wording]:
    """The wording of every post, by post id.

    Words are weighted by their rarity in a fixed background (``rarity.toml``): rarity counted on
    the page would let a new comment change every other post.
    """
    document = thread.document
    topical = {stem for span in document.article for stem in stems(span.of(document.text))}
    return {post.id: _wording(post, topical) for post in thread.posts}


@cache
def _weights() -> dict[str, float]:
    """Weight of each stem that is not rare."""
    file = resources.files("community").joinpath("data", "rarity.toml")
    share = tomllib.loads(file.read_text(encoding="utf-8"))["share"]
    return {stem: math.log(1 / value) ** _STEEP for stem, value in share.items()}


def _weighted(bag: Counter[str], topical: set[str]) -> dict[str, float]:
    """Unit vector of a bag of stems; what the article speaks of is common on its page."""
    weights = _weights()
    found = {}
    for stem, n in bag.items():
        weight = weights.get(stem, _WEIGHT_OF_RARE)
        if stem in topical:
            weight = min(weight, _TOPICAL)
        found[stem] = weight if n == 1 else (1 + math.log(n)) * weight
    # two short posts that share one word are not as close as two long ones that share all
    norm = math.sqrt(_SHORT + sum(value * value for value in found.values()))
    return {word: value / norm for word, value in found.items()}


def _wording(post: Post, topical: set[str]) -> Wording:
    own = own_words(post).strip()
    tokens = _tokens(own)
    found = set(tokens)
    return Wording(
        vector=_weighted(Counter(filter(None, map(_stem, tokens))), topical),
        asks=_ASKS.search(own) is not None,
        thanks=_THANKS.match(own) is not None,
        speaks_to=not found.isdisjoint(_YOU),
        agrees=_AGREES.match(own) is not None,
        first_sentence=_FIRST.split(own, maxsplit=1)[0],
        own=own,
        claims=_behind(tokens, _MY) if not found.isdisjoint(_MY) else frozenset(),
        credits=_behind(tokens, _YOUR) if not found.isdisjoint(_YOUR) else frozenset(),
    )


def _behind(tokens: Sequence[str], owners: frozenset[str]) -> frozenset[str]:
    """Stems of the words right behind "my" or "your"."""
    pairs = (_stem(word) for owner, word in pairwise(tokens) if owner in owners)
    return frozenset(stem for stem in pairs if stem)


def matrix(found: Sequence[Wording]) -> sparse.csr_matrix:
    """The vectors of several posts as rows."""
    numbers: dict[str, int] = {}
    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for wording in found:
        columns += [numbers.setdefault(stem, len(numbers)) for stem in wording.vector]
        values += wording.vector.values()
        ends.append(len(columns))
    return sparse.csr_matrix((values, columns, ends), shape=(len(found), max(1, len(numbers))))


def overlap(one: Wording, other: Wording) -> float:
    """Cosine of two posts' rare words, 0 to 1."""
    small, large = sorted((one.vector, other.vector), key=len)
    return sum(value * large[word] for word, value in small.items() if word in large)


def overlaps(one: Wording, others: Iterable[Wording]) -> float:
    """The highest overlap with any of several posts; 0 if there are none."""
    return max((overlap(one, other) for other in others), default=0.0)
