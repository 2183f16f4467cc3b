"""How far bylines reach, and on which side of their posts' words they stand."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from community.flat.heads import Head, is_value
from community.flat.rows import Row, starting

_WINDOW = 9  # rows around a time in which its name and labels stand
_SHORT = 60  # characters of a row of a byline


def extended_by(
    rows: Sequence[Row], head: Head, counts: Counter[str], names: frozenset[str]
) -> Head:
    """A byline with the counts, labels, titles, repeated names and addressees around it."""
    first, last = head.first, head.last
    name = (head.author or "").casefold()
    floor = max(0, first - _WINDOW)
    while first > floor and _goes_above(rows[first - 1], name):
        first -= 1
    for at in range(last + 1, min(len(rows), last + 1 + _WINDOW)):
        row = rows[at]
        if row.kind in ("count", "button", "label", "notice") or row.bare.casefold() == name:
            last = at
            continue
        if len(row.bare) > _SHORT or row.kind not in ("text", "date"):
            break
        begun = at - 1 == last and not addressee(rows[last:at], names)
        if addressee(rows[at : at + 2], names) or (begun and addressee(rows[last : at + 1], names)):
            last = at
            continue
        value = is_value(rows, at)
        title = any(other.kind == "label" for other in rows[at + 1 : at + 3])
        if not (value or title or (counts[row.norm] > 3 and row.bare[-1:] == ":")):
            break
        last = at
    return replace(head, first=first, last=last)


def addressee(rows: Sequence[Row], names: frozenset[str]) -> str | None:
    """Whom a row names as the one answered ("In reply to NAME"), the name maybe in the next row:
    somebody who has written on the page (`names`, folded)."""
    match = starting("addressee").match(rows[0].bare) if rows else None
    if not match:
        return None
    name = rows[0].bare[match.end() :].strip(" :@,|·»>")
    if not name and len(rows) > 1:
        name = rows[1].bare.strip(" :@,|·»>")
    return name if name.casefold() in names else None


def _goes_above(row: Row, name: str) -> bool:
    if row.kind == "count" and row.bare[:1] not in "+-":
        return True
    words = row.bare.casefold().strip(" :")
    return bool(name) and (words == name or (len(words) <= 2 and name.startswith(words[:1])))


def closed(rows: Sequence[Row], head: Head) -> Head:
    """A byline below its post: with the counts and buttons around it, without what follows."""
    last = head.last
    ceiling = min(len(rows), last + 1 + _WINDOW)
    while last + 1 < ceiling and rows[last + 1].kind in ("count", "button"):
        last += 1
    return replace(head, last=last)


def profiles_are_others(rows: Sequence[Row], heads: Sequence[Head]) -> bool:
    """Whether the profile that follows a byline is mostly somebody else's: the next post's writer.

    Where it is, bylines stand below the words that they sign.
    """
    names = {head.author.casefold() for head in heads if head.author}
    own = others = 0
    for head in heads[:-1]:
        if not head.author:
            continue
        for at in range(head.last + 1, min(len(rows), head.last + 4)):
            words = rows[at].bare.casefold()
            profile = any(row.kind == "label" for row in rows[at + 1 : at + 3])
            told = [name for name in names if words.startswith(name)] if profile else []
            if told:
                own += head.author.casefold() in told
                others += head.author.casefold() not in told
            if told or rows[at].kind == "text":
                break
    return others >= 2 and others > 2 * own


def stands_below(rows: Sequence[Row], heads: list[Head], heading: int | None, end: int) -> bool:
    """Whether bylines stand below the words they sign."""
    if any(head.said for head in heads):
        return False
    evidence = 0.0
    if heading is not None:
        above = [row for row in rows[heading + 1 : heads[0].first] if row.kind == "text"]
        evidence += 1.0 if any(len(row.bare) > 20 for row in above) else -1.0
    under = [row for row in rows[heads[-1].last + 1 : end] if row.kind in ("text", "removed")]
    evidence += -1.0 if under[:3] else 1.0
    buttons = 0
    for before, head in itertools.pairwise(heads):
        buttons += head.first - 1 > before.last and rows[head.first - 1].kind == "button"
    return evidence - (1.0 if buttons > len(heads) / 3 else 0.0) > 0
