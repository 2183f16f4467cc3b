"""What is known of each post of a thread before anybody is judged, in columns.

Everything about a post is read from the post itself and from posts above it, so that a comment
added below changes nothing. Two things belong to the page: whether it nests, and how deep.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from community import headers
from community.judges import authors, naming
from community.judges.wording import Wording, own_words
from community.types import Post, Thread

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_NO_CAP = 1 << 30
_HOST = re.compile(
    r"author|submitter|op\b|staff|admin|moderator|editor|owner|team|blogger|host", re.IGNORECASE
)
_COARSE = ("day", "month", "relative")
_HEAD = 300  # characters in which a post says what it speaks of
_STEP = 90.0  # seconds that a time must go back to count: clocks are printed to the minute
_UP = re.compile(
    r"^\s*\^|\b(?:comment|post|poster|commenter|person|guy|said|as|see|the)\s+above\b|"
    r"\babove\s+(?:comment|post|poster)\b|\bprevious\s+(?:comment|post|poster)\b",
    re.IGNORECASE,
)
_OPENER = re.compile(
    r"\b(?:op|original\s+post(?:er)?|opening\s+post|thread\s*starter|(?:this|your)\s+thread|"
    r"your\s+(?:original\s+|first\s+)?post|topic\s*starter|te)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Columns by position in the thread. Authors are numbers, -1 where nobody can tell."""

    author: Ints
    parent: Ints  # place of the layout's parent, -1: none
    depth: Ints
    time: Floats  # seconds, NaN: none stated
    older_after: Ints  # place of the next post that is older; n: none
    back: Floats  # posts down to this one that are older than the one right above them
    coarse: Floats  # the time is known to the day or worse
    asks: Floats
    thanks: Floats
    you: Floats
    agrees: Floats
    length: Floats  # logarithm of the number of characters
    up: Floats
    of_opener: Floats
    gap: Floats
    present: Floats
    set_off: Floats
    stranger: Floats  # opens with the name of somebody who has not written above
    opening: Ints  # n × 4 authors that the post opens with, -2: none
    passing: Ints
    posts_before: Floats  # logarithm of the number of posts by the same author above, plus one
    host: Floats  # the site says: author of the article or of the opening post, or staff
    own_before: Ints  # place of the same author's previous post, -1: none
    own_after: Ints  # of the next one; n: none
    top: Ints  # place of the last post above at the first level, -1: none
    named_me: Ints  # place of the last post above that opens with this post's author, -1: none
    headers: Mapping[int, headers.Header]  # pasted at the start of a post, by its place
    quoted: Mapping[int, tuple[int, ...]]  # places of the posts that a post quotes
    quotes_first: frozenset[int]  # posts that begin with a quotation
    article: bool
    nests: bool
    shuffled: bool  # times go back somewhere: a nesting printed flat, not a stream
    pointers: bool
    deepest: int


def gather(thread: Thread, wordings: Mapping[str, Wording]) -> Facts:
    """The facts of a thread with at least one post."""
    posts = thread.posts
    place = {post.id: n for n, post in enumerate(posts)}
    nests = any(_hangs(post) for post in posts)
    parents = [place.get(post.parent_id or "", -1) for post in posts]
    numbers, named, strangers = _names(thread)
    before, after = _own(numbers)
    found = [wordings[post.id] for post in posts]
    time = np.array([_seconds(post.posted_at) for post in posts], dtype=np.float64)
    coarse = _flags(post.time_precision in _COARSE for post in posts)
    return Facts(
        author=np.array(numbers, dtype=np.int64),
        parent=np.array(parents if nests else [-1] * len(posts), dtype=np.int64),
        depth=np.array([post.depth if nests else 0 for post in posts], dtype=np.int64),
        time=time,
        older_after=np.array(_older_after(time.tolist()), dtype=np.int64),
        back=_back(time),
        coarse=coarse,
        asks=_flags(w.asks for w in found),
        thanks=_flags(w.thanks for w in found),
        you=_flags(w.speaks_to for w in found),
        agrees=_flags(w.agrees for w in found),
        length=np.array([math.log1p(len(w.own)) for w in found], dtype=np.float64),
        up=_flags(_points_up(w.own[:_HEAD]) for w in found),
        of_opener=_flags(_OPENER.search(w.own[:_HEAD]) is not None for w in found),
        gap=_flags(post.gap for post in posts),
        present=_flags(post.status == "present" for post in posts),
        set_off=_flags(names.set_off for names in named),
        stranger=_flags(strangers),
        opening=np.array(naming.spread([x.opening for x in named]), dtype=np.int64),
        passing=np.array(naming.spread([x.passing for x in named]), dtype=np.int64),
        posts_before=_posts_before(before),
        host=_flags(_HOST.search(post.platform_role or "") is not None for post in posts),
        own_before=np.array(before, dtype=np.int64),
        own_after=np.array(after, dtype=np.int64),
        named_me=np.array(_named_me(numbers, named), dtype=np.int64),
        top=np.array(_tops(thread, nests), dtype=np.int64),
        headers={n: h for n, post in enumerate(posts) if (h := addressee(post)) is not None},
        quoted={
            n: tuple(place[quote.of] for quote in post.quotes if quote.of in place)
            for n, post in enumerate(posts)
            if post.quotes
        },
        quotes_first=frozenset(n for n, post in enumerate(posts) if _opens_quoting(post)),
        article=bool(thread.document.article),
        nests=nests,
        shuffled=bool(len(time)) and bool(_back(time)[-1] > 0),
        pointers=thread.document.pointers,
        deepest=_NO_CAP if thread.document.pointers else max(post.depth for post in posts),
    )


def _points_up(own: str) -> bool:
    folded = own.casefold()
    if "above" not in folded and "previous" not in folded and not folded.startswith("^"):
        return False
    return _UP.search(folded) is not None


def _flags(values: object) -> Floats:
    return np.fromiter(values, dtype=np.float64)  # type: ignore[call-overload, no-any-return]


def _hangs(post: Post) -> bool:
    """Whether a post hangs below another by layout, and not only because it quotes it."""
    if post.gap:
        return True
    return post.parent_id is not None and all(quote.of != post.parent_id for quote in post.quotes)


def _opens_quoting(post: Post) -> bool:
    if not post.quotes:
        return False
    return not post.own or post.own[0].start > post.quotes[0].span.start


def _tops(thread: Thread, nests: bool) -> list[int]:
    found, top = [], -1
    for n, post in enumerate(thread.posts):
        found.append(top)
        if post.depth == 0 or not nests:
            top = n
    return found


def _seconds(stamp: str | None) -> float:
    if stamp is None:
        return math.nan
    try:
        time = datetime.fromisoformat(stamp)
    except ValueError:
        return math.nan  # a month alone
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    return time.timestamp()


def _posts_before(before: list[int]) -> Floats:
    counts = [0] * len(before)
    for n, m in enumerate(before):
        if m >= 0:
            counts[n] = counts[m] + 1
    return np.log1p(np.array(counts, dtype=np.float64))


def _back(time: Floats) -> Floats:
    steps = np.diff(time, prepend=time[:1])
    return np.cumsum(np.nan_to_num(steps) < -_STEP).astype(np.float64)


def _older_after(time: list[float]) -> list[int]:
    """For each post the next one below that is older; comments between a post and its reply on a
    nested page are all younger than the post."""
    found = [len(time)] * len(time)
    waiting: list[int] = []
    for n, now in enumerate(time):
        if math.isnan(now):
            continue
        while waiting and time[waiting[-1]] > now + _STEP:
            found[waiting.pop()] = n
        waiting.append(n)
    return found


def _names(thread: Thread) -> tuple[list[int], list[naming.Named], list[bool]]:
    roll = naming.Roll()
    numbers: list[int] = []
    named: list[naming.Named] = []
    strangers: list[bool] = []
    for post in thread.posts:
        number = roll.enter(post.author, post.author_native_id)
        own = own_words(post)
        names = roll.named(own, number)
        numbers.append(number)
        named.append(names)
        strangers.append(not names.opening and _names_somebody(post, own))
    return numbers, named, strangers


def _names_somebody(post: Post, own: str) -> bool:
    start = own[:60].lstrip()
    if "@" not in start and "," not in start and ":" not in start and "\n" not in start:
        return False
    return any(address.how in ("opening", "at") for address in authors.addresses(post))


def _own(numbers: list[int]) -> tuple[list[int], list[int]]:
    """Places of each author's previous and next post."""
    last: dict[int, int] = {}
    before, after = [-1] * len(numbers), [len(numbers)] * len(numbers)
    for n, number in enumerate(numbers):
        if number < 0:
            continue
        if number in last:
            before[n] = last[number]
            after[last[number]] = n
        last[number] = n
    return before, after


def _named_me(numbers: list[int], named: list[naming.Named]) -> list[int]:
    last: dict[int, int] = {}
    found = []
    for n, number in enumerate(numbers):
        found.append(last.get(number, -1) if number >= 0 else -1)
        for other in named[n].opening:
            last[other] = n
    return found


def addressee(post: Post) -> headers.Header | None:
    """Whom a bare header at the start of a post names; None where it starts with its own words."""
    if not post.own or post.own[0].start == post.span.start:
        return None
    if any(quote.span.start <= post.span.start + 1 for quote in post.quotes):
        return None
    first = post.text.split("\n", 1)[0]
    return headers.dated(first)
