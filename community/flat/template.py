"""Learn from a text itself how it marks where a post begins: its bylines, their parts, their side.

What recurs is the template: a time or "NAME says" in every post, at the same distance a name,
around them the same labels, counts and buttons. Nothing is known of any site: where the name stands
is learned too (`community.flat.places`), and how far a byline reaches (`community.flat.extents`).
"""

from __future__ import annotations

import bisect
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from community.flat.extents import closed, extended_by, profiles_are_others, stands_below
from community.flat.heads import Head, is_value
from community.flat.places import named
from community.flat.rows import Row, is_end, is_heading, recurring

_ANCHORS = ("said", "verb", "signed", "date")
_NEAR = 3  # rows between the parts of one byline
_WINDOW = 9  # rows around a time in which its name and labels stand
_TINY = 4  # characters of "on" between a name and its date
_SHORT = 60  # characters of a row of a byline
_OFTEN = 3  # times that a heading does not occur
_COVERED = 0.6  # share of bylines in which a place must hold a name
_MOSTLY = 0.75  # share of bylines of one form from which others are no bylines of posts
_FEW_BEHIND = 0.5  # share of bylines below the reply form that are other matter


@dataclass(frozen=True, slots=True)
class Template:
    """The bylines of a text in order; `below`: they stand under their posts' words."""

    heads: tuple[Head, ...]
    below: bool = False
    heading: int | None = None  # row of the heading of the comments
    end: int = 0  # row at which the discussion ends


def learn(rows: Sequence[Row]) -> Template | None:
    """The bylines of a text; None where it has fewer than two."""
    counts = recurring(rows)
    heads = _groups(rows)
    if len(heads) < 2:
        heads = _labelled(rows)
    if len(heads) < 2:
        heads = _numbered(rows)
    heads, heading, end = _within(rows, heads)
    if len(heads) < 2:
        return None
    heads = named(rows, heads, counts)
    heads = _complete(heads)
    if len(heads) < 2:
        return None
    names = frozenset(head.author.casefold() for head in heads if head.author)
    extended = [extended_by(rows, head, counts, names) for head in heads]
    extended = [
        replace(head, first=max(head.first, before.last + 1)) if before else head
        for before, head in zip([None, *extended], extended, strict=False)
    ]
    below = profiles_are_others(rows, heads) or stands_below(rows, extended, heading, end)
    if below:
        extended = [closed(rows, head) for head in heads]
    return Template(tuple(extended), below, heading, end)


def _groups(rows: Sequence[Row]) -> list[Head]:
    """Times and "NAME says" that stand together, as one byline each."""
    heads: list[Head] = []
    dated = _dated_labels(rows)
    for at, row in enumerate(rows):
        if row.kind not in _ANCHORS or _joined_at(rows, at, dated):
            continue
        head = Head(at, at, at, row.author, row.moment, row.kind in ("said", "verb"), row.native_id)
        if heads and _one(rows, heads[-1], head):
            last = heads[-1]
            heads[-1] = replace(
                last,
                last=at,
                author=last.author or head.author,
                moment=last.moment or head.moment,
                said=last.said or head.said,
                native_id=last.native_id or head.native_id,
            )
        else:
            heads.append(head)
    return heads


def _dated_labels(rows: Sequence[Row]) -> frozenset[str]:
    """Labels that recur, mostly with a date in the row below them ("Member since")."""
    counts = recurring(rows)
    dated = Counter(
        row.norm
        for row, below in itertools.pairwise(rows)
        if row.kind == "label" and below.kind == "date"
    )
    return frozenset(n for n, times in dated.items() if counts[n] > 1 and 2 * times > counts[n])


def _joined_at(rows: Sequence[Row], at: int, dated: frozenset[str]) -> bool:
    """Whether a date is the value of a label above it, of those that mostly have dates."""
    if rows[at].kind != "date" or not is_value(rows, at):
        return False
    return rows[at - 1].moment is None and rows[at - 1].norm in dated


def _one(rows: Sequence[Row], a: Head, b: Head) -> bool:
    """Whether two are parts of one byline: near, and neither repeats what the other says."""
    between = rows[a.last + 1 : b.first]
    if len(between) > _NEAR or any(len(row.bare) > _SHORT for row in between):
        return False
    if any(row.kind in ("button", "removed", "notice") for row in between):
        return False
    words = [row for row in between if row.kind == "text" and len(row.bare) > _TINY]
    ranks = a.said and b.author is None and all(row.is_name for row in words)
    spoken = len(words) == 1 and words[0] is between[-1] and rows[b.first].kind == "verb"
    if words and not ranks and not spoken:
        return False
    if a.moment and b.moment:
        same = a.moment.relative or b.moment.relative or a.moment.iso == b.moment.iso
        return same and (a.author is None or b.author is None or a.author == b.author)
    if a.said and b.said:
        return False
    return bool(a.author is None or b.author is None or a.author == b.author)


def _labelled(rows: Sequence[Row]) -> list[Head]:
    """Bylines of a text whose times all stand behind one label that is not of the member."""
    labels = Counter(row.label for row in rows if row.kind == "label" and row.moment)
    if not labels:
        return []
    label, times = labels.most_common(1)[0]
    if times < 2:
        return []
    return [
        Head(at, at, at, None, row.moment)
        for at, row in enumerate(rows)
        if row.kind == "label" and row.moment and row.label == label
    ]


def _numbered(rows: Sequence[Row]) -> list[Head]:
    """Bylines of a text without times whose posts are numbered ("#1", "#2", …)."""
    heads: list[Head] = []
    number = 0
    for at, row in enumerate(rows):
        if row.kind == "count" and row.bare.startswith("#") and row.bare[1:].strip().isdigit():
            here = int(row.bare[1:])
            if here == number + 1 or not heads:
                heads.append(Head(at, at, at))
                number = here
    return heads


def _within(rows: Sequence[Row], heads: list[Head]) -> tuple[list[Head], int | None, int]:
    """The bylines between the heading of the comments and what stands below them."""
    heading = _heading(rows, heads)
    if heading is not None:
        heads = [head for head in heads if head.first > heading]
    end = len(rows)
    firsts = [head.first for head in heads]
    for at in range(heads[0].first + 1 if heads else 0, len(rows)):
        if is_end(rows[at]):
            behind = len(heads) - bisect.bisect_right(firsts, at)
            if behind <= _FEW_BEHIND * len(heads):
                end = at
                break
    return [head for head in heads if head.last < end], heading, end


def _heading(rows: Sequence[Row], heads: Sequence[Head]) -> int | None:
    """The row of the heading of the comments: the first byline stands right below it, and most
    others follow. None where no row is one."""
    counts = recurring(rows)
    firsts = [head.first for head in heads]
    best: tuple[bool, int] | None = None
    for at, row in enumerate(rows):
        if row.kind == "button" or counts[row.norm] >= _OFTEN or not is_heading(row):
            continue
        below = bisect.bisect_right(firsts, at)
        after = len(firsts) - below
        if not after or after < _COVERED * len(heads):
            continue
        near = firsts[below] - at <= _WINDOW
        if best is None or (near and not best[0]):
            best = (near, at)
    return best[1] if best else None


def _complete(heads: list[Head]) -> list[Head]:
    """Without dates that stand alone in a text whose bylines have names (posts mention dates), and
    without the article's own byline above bylines of another kind."""
    named = [head for head in heads if head.author is not None]
    if len(named) >= max(2, _COVERED * len(heads)):
        heads = named
    timed = [head for head in heads if head.moment is not None]
    if len(heads) > len(timed) >= max(2, _MOSTLY * len(heads)):
        says = 2 * sum(head.said for head in heads) > len(heads)
        # where dates mark the posts, "NAME wrote:" without one stands above a quotation
        heads = [head for head in heads if head.moment is not None or (head.said and says)]
    if sum(head.said for head in heads) >= _MOSTLY * len(heads):
        heads = [head for head in heads if head.said]
    absolute = [head for head in heads if _is_absolute(head)]
    if len(absolute) >= _MOSTLY * len(heads):  # "6 years ago" tells when a thread was last changed
        heads = [head for head in heads if _is_absolute(head) or head.said]
    days = sum(head.moment is not None and head.moment.precision == "day" for head in absolute)
    if days <= (1 - _MOSTLY) * len(absolute):  # teasers and sentences have days, posts have times
        heads = [
            h for h in heads if not (_is_absolute(h) and h.moment and h.moment.precision == "day")
        ]
    return heads


def _is_absolute(head: Head) -> bool:
    return head.moment is not None and head.moment.iso is not None
