"""What a post's own words show of whom it speaks to: overlap, questions, thanks, pronouns."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from community.text import words
from community.types import Post, Thread

_THANKS = re.compile(
    r"\s*(?:many\s+)?(?:thanks|thank you|thankyou|thx|ta|cheers|danke|merci|gracias|hvala|grazie)\b",
    re.IGNORECASE,
)
_YOU = re.compile(
    r"\b(?:you|your|yours|you're|you've|u|du|dein\w*|dir|dich|ihr|ihnen|sie)\b", re.IGNORECASE
)
_AGREES = re.compile(
    r"\s*(?:me too|same here|same|agreed?|exactly|they (?:do|did|are|were|have|will|can)|"
    r"it (?:is|was|does|did|would|will|can)|so (?:do|did|am|is|are) |that (?:is|was|would)|"
    r"that's|yes|yep|no|not|nope|true|right|indeed|oh|lol|haha|of course|because|i do|i did|"
    r"i am|i have|hear hear|this[.!]|\+1|genau|stimmt|ja|nein)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\?(?!\w)")
_STEM = re.compile(r"(?:'s|ies|ing|ed|es|s|en|er|e)$")
_SHORTEST = 3
_FUNCTION_WORDS = frozenset(
    """about above after again all also am an and any are aren't as at be because been before being
    below between both but by can can't cannot could couldn't did didn't do does doesn't doing don't
    down during each even ever every few for from further get gets getting go goes going gone got had
    hadn't has hasn't have haven't having he he's her here hers herself him himself his how i i'd i'll
    i'm i've if in into is isn't it it's its itself just let like lot made make makes many may me might
    mine more most much must my myself need never no nor not now of off on once one only or other our
    ours out over own really same say says said she she's should shouldn't since so some something
    still such take than that that's the their theirs them themselves then there there's these they
    they'd they'll they're they've thing things think this those though through to too under until up
    us very want was wasn't way we we'd we'll we're we've well went were weren't what what's when where
    which while who why will with won't would wouldn't yes yet you you'd you'll you're you've your
    yours yourself know good see look time first come back thanks thank comment post article people
    der die das und oder aber nicht ist sind war waren ein eine einen einem einer auch auf aus bei bin
    da dass dem den des du er es für hat habe haben hier ich ihr im in ja kann mal man mehr mein mit
    nach noch nur schon sein sich sie so um uns von vor was wenn wie wir wird zu zum zur""".split()
)


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


def stems(text: str) -> list[str]:
    """Content words of a text, endings cut."""
    found = []
    for word in words(text):
        if len(word.folded) >= _SHORTEST and word.folded not in _FUNCTION_WORDS:
            stem = _STEM.sub("", word.folded)
            found.append(stem if len(stem) >= _SHORTEST else word.folded)
    return found


def read(thread: Thread) -> dict[str, Wording]:
    """The wording of every post, by post id; words are weighted by their rarity on the page."""
    bags = {post.id: Counter(stems(post.own_text())) for post in thread.posts}
    spread = Counter(word for bag in bags.values() for word in bag)
    for span in thread.document.article:
        spread.update(set(stems(span.of(thread.document.text))))
    count = len(bags) + 1
    return {
        post.id: _wording(post, _weighted(bags[post.id], spread, count)) for post in thread.posts
    }


def _weighted(bag: Counter[str], spread: Counter[str], count: int) -> dict[str, float]:
    found = {w: (1 + math.log(n)) * math.log(1 + count / spread[w]) for w, n in bag.items()}
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
