"""Which post answers a question: candidates, what speaks for each, and a chance.

Pure. A candidate stands below the question, is by another author, and is addressed to it: it
answers the post (as judged, else by layout), quotes it, names its author first, or answers such an
answer. Its `EVIDENCE` is weighed as log odds by the weights of ``data/answered.toml``; the first
candidate whose chance is at least an even one answers. The weights are set by hand: the chance
orders candidates, and is no calibrated probability.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from community.errors import CodebookError
from community.linking.asking import Asked, hits
from community.linking.match import sigmoid
from community.linking.scope import Scopes
from community.linking.targets import cut
from community.text import words
from community.types import Post, Thread

_FILE = "answered.toml"
EVIDENCE = (
    "bias", "direct", "quotes", "names", "nested", "first", "length", "short", "asks", "only asks",
    "thanks", "same", "unknown", "overlap", "yes", "number", "professional", "lived", "thanked",
    "later",
)  # fmt: skip
_QUANTITY = frozenset(["long", "many", "much", "often", "old", "far", "soon", "high"])
_MOST = 12  # candidates of one question
_NEXT = 30  # posts below a question in which its author may be named
_EVEN = 0.5
_FEW = 4  # words of a reply that hardly says anything
_HEAD = 60  # characters in which a reply names whom it answers


@cache
def weights() -> Mapping[str, float]:
    """The weights of the model, by evidence.

    Raises:
        CodebookError: the packaged file breaks its own rules.
    """
    text = resources.files("community").joinpath("data", _FILE).read_text(encoding="utf-8")
    told: Mapping[str, float] = tomllib.loads(text)["weights"]
    if set(told) != set(EVIDENCE):
        raise CodebookError(_FILE, f"weights must be {', '.join(EVIDENCE)}")
    return told


@dataclass(frozen=True, slots=True)
class Reply:
    """What the words of a post say as an answer to anything."""

    stems: frozenset[str]
    words: int
    asks: bool
    only_asks: bool
    opening: frozenset[str]  # lists of cues that open it
    cues: frozenset[str]
    counted: bool
    lived: bool


class Answers:
    """Who answers the questions of a thread; each post is read for it once.

    Args:
        thread: the posts.
        scopes: their readings.
        asked: the questions of every post.
    """

    def __init__(
        self, thread: Thread, scopes: Scopes, asked: Mapping[str, Sequence[Asked]]
    ) -> None:
        self.thread, self.scopes, self.asked = thread, scopes, asked
        self._replies: dict[str, Reply] = {}
        self._below: dict[str, set[int]] = {}  # places of posts that answer, or quote, a post
        for place, other in enumerate(thread.posts):
            above = {other.answers_id, other.parent_id, *(quote.of for quote in other.quotes)}
            for name in above - {None}:
                self._below.setdefault(name or "", set()).add(place)

    def best(self, post: Post, one: Asked) -> tuple[Post, float] | None:
        """The first post that answers a question of `post`, with its chance; None where none is
        likely to."""
        for candidate, told in self.evidence(post, one):
            chance = sigmoid(sum(weights()[name] * value for name, value in told.items()))
            if chance >= _EVEN:
                return candidate, chance
        return None

    def evidence(self, post: Post, one: Asked) -> Iterator[tuple[Post, dict[str, float]]]:
        """Candidates in page order, each with its evidence by name."""
        direct: set[str] = set()
        count = 0
        for place in self._places(post):
            other = self.thread.posts[place]
            if other.position <= post.position or other.status != "present" or not other.own:
                continue
            told = _address(post, other, direct)
            if _same_author(post, other) or not any(told.values()):
                continue
            if told["direct"] or told["quotes"]:
                direct.add(other.id)
            told |= {"bias": 1.0, "first": float(not count), "later": math.log1p(count)}
            told |= self._words(post, other, one)
            told["thanked"] = float(self._thanked(post, other))
            yield other, told
            count += 1
            if count >= _MOST:
                return

    def _places(self, post: Post) -> list[int]:
        """Places where a candidate may stand: what answers or quotes the post, what answers that,
        and the next posts, which may name its author."""
        below = self._below.get(post.id, set())
        further = {p for place in below for p in self._below.get(self._id(place), ())}
        near = range(post.position + 1, min(post.position + _NEXT, len(self.thread.posts)))
        return sorted({*below, *further, *near})

    def _id(self, place: int) -> str:
        return self.thread.posts[place].id

    def _reply(self, post: Post) -> Reply:
        if post.id not in self._replies:
            reading = self.scopes.reading(post)
            tokens = [t for clause in reading.tokens for t in clause]
            asking = {reading.clauses[q.clauses[0]].sentence for q in self.asked.get(post.id, ())}
            cues = hits(tokens, "reply")
            self._replies[post.id] = Reply(
                stems=cut(t.folded for t in tokens),
                words=len(tokens),
                asks=bool(asking),
                only_asks=len(asking) >= len({clause.sentence for clause in reading.clauses}),
                opening=frozenset(name for at, _, name in cues if at <= 1),
                cues=frozenset(name for _, _, name in cues),
                counted=bool(reading.numbers),
                lived=reading.has("self") or reading.has("close"),
            )
        return self._replies[post.id]

    def _words(self, post: Post, other: Post, one: Asked) -> dict[str, float]:
        """What the words of question and candidate say."""
        reply, question = self._reply(other), self.scopes.reading(post)
        asking = [t.folded for c in one.clauses for t in question.tokens[c]]
        wanted = cut(asking)
        return {
            "length": math.log1p(reply.words),
            "short": float(reply.words < _FEW),
            "asks": float(reply.asks),
            "only asks": float(reply.asks and reply.only_asks),
            "thanks": float("thanks" in reply.opening),
            "same": float("same" in reply.cues),
            "unknown": float("unknown" in reply.cues),
            "overlap": len(wanted & reply.stems) / math.sqrt(len(wanted) + 1),
            "yes": float(one.polar and "yes" in reply.opening),
            "number": float(reply.counted and bool(_QUANTITY & set(asking))),
            "professional": float(other.role == "professional"),
            "lived": float(one.personal and reply.lived),
        }

    def _thanked(self, post: Post, other: Post) -> bool:
        """Whether who asked thanks for the candidate."""
        for place in sorted(self._below.get(other.id, ())):
            later = self.thread.posts[place]
            if later.id != post.id and _same_author(post, later):
                tokens = [t for clause in self.scopes.reading(later).tokens for t in clause]
                if any(at <= 2 and name == "thanks" for at, _, name in hits(tokens[:8], "reply")):
                    return True
        return False


def _address(post: Post, other: Post, direct: Collection[str]) -> dict[str, float]:
    """How a post is addressed to another that asks; `direct` are those that answer that one."""
    above = other.answers_id or other.parent_id
    return {
        "direct": float(post.id in (above, other.parent_id)),
        "quotes": float(any(quote.of == post.id for quote in other.quotes)),
        "names": float(_named(post, other)),
        "nested": float(above in direct),
    }


def _same_author(post: Post, other: Post) -> bool:
    return post.author is not None and post.author == other.author


def _named(post: Post, other: Post) -> bool:
    """Whether a post names the author of another in its first words."""
    if not post.author:
        return False
    head = {w.folded for w in words(other.own_text().lstrip()[:_HEAD])}
    names = [w.folded for w in words(post.author)]
    return bool(names) and names[0] in head and len(names[0]) > 2
