"""Posts of a text that keeps their bylines and no bullets: what stands between two bylines.

Bodies go without the buttons, counts and labels at their ends, without the writer's profile and
signature, and a notice of removal becomes a tombstone. Depth comes from indents where the text
keeps them; where it does not, nobody knows who answers whom, and the posts say so.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from community import text as texts
from community.flat import bodies, extents, template, when
from community.flat import rows as row_kinds
from community.flat.heads import Head
from community.flat.rows import Row
from community.flat.turns import terms
from community.types import RawPost, Span, Status

MOST_READ = 500_000  # characters that are read; what is longer is read as far
_SEVERAL = 4  # posts from which times of day tell something
_TIMED = 0.75  # share of posts with a time of day
_SURE = 0.4  # signs of a discussion from which bylines are those of posts
_TALK = re.compile(r"[?!]|[:;]-?[()]|@\w")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """The posts of a text with bylines; `start` and `end` enclose the discussion."""

    posts: tuple[RawPost, ...]
    start: int
    end: int
    nested: bool  # whether indents show who answers whom
    signed: float  # share of posts with author and time
    talk: float  # share of posts that sound like talk
    headed: bool  # whether a heading announces comments
    replies: bool  # whether buttons close the posts
    timed: bool  # whether most posts have a time of day, or a relative time: teasers have days

    @property
    def sureness(self) -> float:
        """How surely these are posts of a discussion (0..1): lists of articles have dates too."""
        if len(self.posts) < (2 if self.headed or self.replies else 3):
            return 0.0
        signs = 0.15 * (self.timed and len(self.posts) >= _SEVERAL)
        signs += 0.3 * self.signed + 0.25 * self.headed + 0.25 * self.replies + 0.3 * self.talk
        return min(0.9, 0.25 + signs) if signs >= _SURE else 0.0


@dataclass(frozen=True, slots=True)
class _Part:
    """A byline and the rows of the words that it signs."""

    head: Head
    rows: tuple[Row, ...]


def read(text: str) -> Stream | None:
    """The posts of a text by its bylines; None where it has fewer than two."""
    within = Span(0, min(len(text), MOST_READ))
    us = when.month_first(text[: within.end].split("\n"))
    found = row_kinds.read(text, within, us)
    learned = template.learn(found)
    if learned is None:
        return None
    parts = _parts(found, learned)
    counts = row_kinds.recurring(found)
    closing = _closing(parts)
    parts = [piece for part in parts for piece in _with_tombstones(part, closing)]
    trimmed = [
        _Part(part.head, bodies.own(part.rows, part.head.author, counts, closing)) for part in parts
    ]
    trimmed = _joined(trimmed)
    writers = frozenset(part.head.author for part in trimmed if part.head.author)
    trimmed = [_Part(_split(part.head, writers), part.rows) for part in trimmed]
    kept = [part for part in trimmed if part.rows and not bodies.is_ping(part.rows[0])]
    if len(kept) < 2:
        return None
    levels = _levels([found[part.head.anchor].indent for part in kept])
    names = frozenset(part.head.author.casefold() for part in kept if part.head.author)
    posts = tuple(
        _post(text, part, level, found, names) for part, level in zip(kept, levels, strict=True)
    )
    first = found[learned.heading] if learned.heading is not None else None
    start = first.start if first else min(found[kept[0].head.first].start, posts[0].span.start)
    return Stream(
        posts=posts,
        start=start,
        end=max(posts[-1].span.end, found[kept[-1].head.last].end),
        nested=levels[0] is not None,
        signed=sum(p.author is not None and bool(p.time_precision) for p in posts) / len(posts),
        talk=sum(_talks(post.span.of(text)) for post in posts) / len(posts),
        headed=first is not None,
        replies=bool(closing),
        timed=sum(p.time_precision in ("minute", "second", "relative") for p in posts)
        >= _TIMED * len(posts),
    )


def _talks(words: str) -> bool:
    if _TALK.search(words):
        return True
    return any(word in terms("me") or word in terms("you") for word in words.casefold().split())


def _parts(found: Sequence[Row], learned: template.Template) -> list[_Part]:
    """Each byline with the rows above or below it that are nobody else's."""
    parts = []
    heads = learned.heads
    if not learned.below:
        for n, head in enumerate(heads):
            stop = heads[n + 1].first if n + 1 < len(heads) else learned.end
            parts.append(_Part(head, tuple(found[head.last + 1 : stop])))
        return parts
    sizes = [b.first - a.last - 1 for a, b in itertools.pairwise(heads)]
    for n, head in enumerate(heads):
        if n:
            begin = heads[n - 1].last + 1
        elif learned.heading is not None:
            begin = learned.heading + 1
        else:  # nothing tells where the first begins: as long as the others
            begin = max(0, head.first - max(1, int(median(sizes))))
        parts.append(_Part(head, tuple(found[begin : head.first])))
    return parts


def _with_tombstones(part: _Part, closing: frozenset[str]) -> list[_Part]:
    """A part, and apart from it the notices of removed posts that follow where its post ends."""
    pieces: list[_Part] = []
    begin, head = 0, part.head
    for n, row in enumerate(part.rows):
        above = part.rows[n - 1] if n else None
        if row.kind != "removed" or above is None:
            continue
        if above.kind in bodies.PLAIN or above.norm in closing or above.kind == "removed":
            pieces.append(_Part(head, part.rows[begin:n]))
            begin, head = n, replace(part.head, author=None, moment=None, native_id=None)
    return [*pieces, _Part(head, part.rows[begin:])]


def _joined(parts: Sequence[_Part]) -> list[_Part]:
    """Parts, the time below a post given to the post whose writer stands above it."""
    joined: list[_Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        alone = not part.rows and part.head.author is None and part.head.moment is not None
        if alone and last is not None and last.rows and last.head.moment is None:
            joined[-1] = _Part(replace(last.head, moment=part.head.moment), last.rows)
        else:
            joined.append(part)
    return joined


def _split(head: Head, names: frozenset[str]) -> Head:
    """A byline whose author an extractor ran together with the one answered ("Ann Bo")."""
    author = head.author or ""
    for at in range(3, len(author) - 2):
        if author[at - 1] == " " and author[at:] in names:
            return replace(head, author=author[:at].rstrip(" ›>→»·"))
    return head


def _closing(parts: Sequence[_Part]) -> frozenset[str]:
    """Lines that end most posts: a button ("Reply"), a link to the top, a title again."""
    late: Counter[str] = Counter()
    early: Counter[str] = Counter()
    for part in parts[:-1]:
        here: set[str] = set()
        for n, row in enumerate(part.rows):
            if row.kind not in ("button", "notice", "text") or len(row.bare) > bodies.SHORT:
                continue
            tail = part.rows[n:]
            ends = (
                n > 0
                and len(tail) <= bodies.PROFILE
                and all(len(r.bare) <= bodies.SHORT for r in tail)
            )
            if ends and not bodies.friendly(row.bare):
                here.add(row.norm)
            elif n > 0:
                early[row.norm] += 1
        late.update(here)
    enough = max(2, (len(parts) - 1) / 2)
    return frozenset(n for n, times in late.items() if times >= enough and early[n] <= times / 5)


def _levels(indents: Sequence[int]) -> list[int | None]:
    """Ranks of the bylines' indents; None for all where they show no nesting."""
    columns: list[int] = []
    for indent in sorted(set(indents)):
        if not columns or indent > columns[-1] + 1:
            columns.append(indent)
    none: list[int | None] = [None] * len(indents)
    if len(columns) < 2 or len(columns) > max(2, len(indents) / 2):
        return none
    ranks = [max(n for n, column in enumerate(columns) if column <= i) for i in indents]
    jumps = sum(b > a + 1 for a, b in zip([-1, *ranks], ranks, strict=False))
    if jumps > 0.15 * len(ranks):
        return none
    return list(ranks)


def _post(
    text: str, part: _Part, level: int | None, found: Sequence[Row], names: frozenset[str]
) -> RawPost:
    head = part.head
    span = texts.trim(text, part.rows[0].start, part.rows[-1].end)
    status: Status = "present"
    if len(part.rows) == 1 and part.rows[0].kind == "removed":
        status = "deleted" if row_kinds.removed(part.rows[0].bare) == "deleted" else "removed"
    moment = head.moment
    header = found[head.first : head.last + 2]
    told = (extents.addressee(header[n : n + 2], names) for n in range(len(header)))
    addressee = next((name for name in told if name), None)
    return RawPost(
        span=span,
        native_id=head.native_id,
        level=level,
        author=head.author,
        posted_at=moment.iso if moment else None,
        time_precision=None
        if moment is None
        else "relative"
        if moment.relative
        else moment.precision,
        status=status,
        addressee=addressee,
    )
