"""Which posts a post may answer: few, found by place, by name and by quotation.

Below a comment on a nested page these are the posts above in its branch; in a flat stream the last
ones, the opener, and whoever is named. Whatever the place, posts quoted, the last posts of people
named, and the last ones that name the author are candidates too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from community.judges import authors
from community.judges.facts import Facts, Ints
from community.types import Post

NOBODY = -1
_BRANCH = 40  # posts of a branch, nearest first
_STREAM = 20  # posts of a flat stream
_TOP = 8  # posts before a first-level post of a nested page without an article
_NAMED_BACK = 200  # posts in which the last post of somebody named is looked for
_PER_NAME = 2
FAR = 30  # the distance of a candidate that does not stand in the same branch or stream


@dataclass(frozen=True, slots=True)
class Pairs:
    """Candidates of consecutive posts: who may answer whom, the groups of one post together."""

    who: Ints
    whom: Ints  # NOBODY first in each group
    distance: Ints  # 1: right above in the same branch or stream; FAR: elsewhere
    starts: Ints  # where the group of each post begins


def find(posts: Sequence[Post], facts: Facts, first: int, last: int) -> Pairs:
    """Candidates of posts `first` to `last` (excluded)."""
    who: list[int] = []
    whom: list[int] = []
    distance: list[int] = []
    starts: list[int] = []
    place = {post.id: n for n, post in enumerate(posts[:last])}
    recent = _Recent(facts, first)
    for n in range(first, last):
        found = _stream(posts, facts, n)
        for other in _elsewhere(posts, facts, n, place, recent):
            found.setdefault(other, FAR)
        recent.add(n)
        starts.append(len(who))
        others = sorted(found)
        who += [n] * (len(others) + 1)
        whom += [NOBODY, *others]
        distance += [FAR, *(found[other] for other in others)]
    columns = (np.array(x, dtype=np.int64) for x in (who, whom, distance, starts))
    return Pairs(*columns)


class _Recent:
    """The last places of every author above the post in hand."""

    def __init__(self, facts: Facts, first: int) -> None:
        self._authors = facts.author.tolist()
        self._of: dict[int, list[int]] = {}
        for n in range(max(0, first - _NAMED_BACK), first):
            self.add(n)

    def add(self, n: int) -> None:
        if self._authors[n] >= 0:
            self._of.setdefault(self._authors[n], []).append(n)

    def by(self, author: int, n: int) -> list[int]:
        """The last places of an author among the posts looked at."""
        return [m for m in self._of.get(author, [])[-_PER_NAME:] if m >= n - _NAMED_BACK]


def _stream(posts: Sequence[Post], facts: Facts, n: int) -> dict[int, int]:
    """Candidates by place, with their distance."""
    post = posts[n]
    if not facts.nests:
        found = {m: n - m for m in range(max(0, n - _STREAM), n)}
    elif facts.depth[n] > 0 or post.gap:
        return _branch(posts, facts, n)
    elif facts.article:
        return {}
    else:
        found = {m: n - m for m in range(max(0, n - _TOP), n)}
    if n and not facts.article:
        found.setdefault(0, min(n, FAR))
    return found


def _branch(posts: Sequence[Post], facts: Facts, n: int) -> dict[int, int]:
    """Posts above in the same branch, and the parent in any case."""
    found: dict[int, int] = {}
    post, top = posts[n], int(facts.top[n])
    for m in range(n - 1, max(top, n - 1 - _BRANCH), -1):
        if post.gap != posts[m].gap and facts.depth[m] == 1:
            break  # a lost comment stood between the two
        found[m] = n - m
    else:
        if top >= 0 and not post.gap:
            found[top] = n - top
    parent = int(facts.parent[n])
    if parent >= 0 and (parent < n or facts.pointers):
        found.setdefault(parent, abs(n - parent))
    return {m: min(d, FAR - 1) for m, d in found.items()}


def _elsewhere(
    posts: Sequence[Post], facts: Facts, n: int, place: Mapping[str, int], recent: _Recent
) -> list[int]:
    """Candidates by quotation and by name."""
    found = [place[quote.of] for quote in posts[n].quotes if place.get(quote.of, n) < n]
    for author in (*facts.opening[n].tolist(), *facts.passing[n, :1].tolist()):
        if author >= 0:
            found += recent.by(author, n)
    header = facts.headers.get(n)
    if header and header.author:
        named = (m for m in range(n - 1, max(-1, n - 1 - _NAMED_BACK), -1))
        found += [m for m in named if authors.same(header.author, posts[m].author)][:1]
    if not facts.nests:
        found += [m for m in (facts.own_before[n], facts.named_me[n]) if n - _NAMED_BACK <= m >= 0]
    return [int(m) for m in found]
