"""Where bylines have their names: the place that most often holds what may be one.

A place is so many rows above or below the time, or a label that recurs. Its rows must be names
mostly, and not always the same one; names that other lines speak of count for more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from community.flat.heads import Head, is_value
from community.flat.rows import Row

_WINDOW = 9  # rows around a time in which its name and labels stand
_SPOKEN_OF = 0.4  # what it counts that names of a place occur in what people write
_MOST_NAMES, _MOST_LINES = 60, 4000
_SHORT = 60  # characters of a row of a byline
_SEVERAL, _MOSTLY_ONE = 5, 0.75
_COVERED = 0.6  # share of bylines in which a place must hold a name


def named(rows: Sequence[Row], heads: list[Head], counts: Counter[str]) -> list[Head]:
    """The bylines with their authors: those that a line states, else those at the learned place."""
    stated = sum(head.author is not None for head in heads)
    if stated >= _COVERED * len(heads):
        return heads
    places = [_places(rows, heads, n, counts) for n in range(len(heads))]
    said = [row.bare.casefold() for row in rows if row.kind == "text" and len(row.bare.split()) > 1]
    best: tuple[float, str] | None = None
    for place in sorted({place for found in places for place in found}):
        spots = [found[place] for found in places if place in found]
        names = [rows[at] for at in spots if _may_sign(rows, at)]
        if len(names) < _COVERED * len(heads):
            continue
        spread = Counter(row.norm for row in names)
        distinct = len(spread)
        if len(names) >= _SEVERAL and max(spread.values()) > _MOSTLY_ONE * len(names):
            continue  # a label: people take turns
        if distinct < 2 or any(counts[row.norm] > 3 * len(heads) for row in names):
            continue
        score = len(names) / len(heads) + 0.3 * distinct / len(names)
        score += _SPOKEN_OF * _spoken_of(names, said) - 0.05 * len(place.split("~")[0])
        if best is None or score > best[0]:
            best = (score, place)
    if best is None:
        return heads
    named = []
    for head, found in zip(heads, places, strict=True):
        at = found.get(best[1])
        if at is None or not _may_sign(rows, at):
            named.append(head)
            continue
        author = head.author or rows[at].bare.strip(" :,|·")
        native = head.native_id or rows[at].native_id
        first, last = min(head.first, at), max(head.last, at)
        named.append(replace(head, first=first, last=last, author=author, native_id=native))
    return named


def _may_sign(rows: Sequence[Row], at: int) -> bool:
    """Whether a row may be a writer's name: no label's value, no letter in place of a picture."""
    return rows[at].is_name and len(rows[at].bare) > 1 and not is_value(rows, at)


def _spoken_of(names: Sequence[Row], said: Sequence[str]) -> float:
    """Share of some names that other lines hold: people are quoted and addressed, ranks are not."""
    known = sorted({row.bare.casefold() for row in names})[:_MOST_NAMES]
    held = [sum(name in line and name != line for line in said[:_MOST_LINES]) for name in known]
    return sum(map(bool, held)) / len(known) if known else 0.0


def _places(rows: Sequence[Row], heads: list[Head], n: int, counts: Counter[str]) -> dict[str, int]:
    """Rows near a byline by where they stand: so many rows above or below it, or a label.

    The number of dashes or pluses is the distance; a label's name follows a tilde.
    """
    head = heads[n]
    floor = heads[n - 1].last if n else -1
    ceiling = heads[n + 1].first if n + 1 < len(heads) else len(rows)
    found: dict[str, int] = {}
    above = _reach(rows, range(head.first - 1, max(floor, head.first - 1 - _WINDOW), -1))
    below = _reach(rows, range(head.last + 1, min(ceiling, head.last + 1 + _WINDOW)))
    for sign, reached in (("-", above), ("+", below)):
        steps = [at for at in reached if rows[at].kind != "count"]
        for k, at in enumerate(steps[:4], 1):
            found[sign * k] = at
    for at in sorted({*above, *below}):
        row = rows[at]
        if row.kind == "label" or (row.kind == "text" and counts[row.norm] >= len(heads) / 2):
            name = row.label or row.norm
            for k in (1, 2):
                if at - k > floor and at - k not in (head.anchor,):
                    found.setdefault(f"{'-' * k}~{name}", at - k)
    return found


def _reach(rows: Sequence[Row], order: range) -> list[int]:
    """Rows from a byline outwards, up to the first that is a post's words or buttons."""
    found = []
    for at in order:
        row = rows[at]
        if row.kind in ("button", "removed", "notice") or len(row.bare) > _SHORT:
            break
        if row.kind == "text" and row.bare[-1:] in ".!?…" and not row.is_name:
            break
        found.append(at)
    return found
