"""Posts of a discussion whose text keeps neither bullets nor bylines: guesses, and said to be.

Extractors for articles print one line per paragraph, comments below the article. Where the comments
begin is told by a heading, else by where the lines turn from report to talk; where one post ends
is guessed (`community.flat.breaks`), with the help of whatever layout the text has: blank lines,
buttons left over, names on lines of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from community import text as texts
from community.flat import bodies, breaks, furniture, turns
from community.flat import rows as row_kinds
from community.flat.rows import Row
from community.types import RawPost, Span, Status

_LOOK = 400_000  # characters that are looked at
_MOST_ROWS = 6000
_OFTEN = 3  # times that a short line occurs which is furniture
_SHORT = 40  # characters of such a line
_FEW = 3  # posts from which guesses are a discussion
_TALK = 3.0  # log odds of talk, over all lines, from which text without a heading is a discussion
_BUTTONS = 4  # log odds that buttons left between the lines may add: comments have them
_WORDS = 3  # words that lines of talk have on average at least
_LINE = 2.0  # log odds that one line may give
_NAME_WORDS = 3
_BYLINE = 3.0  # log odds of a break at a name on a line of its own, where such names come again
_SURE = 0.8  # mean chance of a break at names on lines of their own that are bylines
_TELLS = 1.2  # log likelihood ratio from which a name on a line of its own is a byline


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """Guessed posts; `start` and `end` enclose the discussion, `chance` is the mean probability of
    the breaks taken, `f1` what they can be expected to score."""

    posts: tuple[RawPost, ...]
    start: int
    end: int
    headed: bool
    talk: float
    chance: float
    f1: float


def read(text: str) -> Guess | None:
    """The posts that a text may hold; None where it does not look like a discussion."""
    found = row_kinds.read(text, Span(0, min(len(text), _LOOK)))[:_MOST_ROWS]
    marks = _marks(found)
    body = [n for n, row in enumerate(found) if n not in marks]
    if len(body) < _FEW:
        return None
    looks = turns.Looks.of([found[n].bare for n in body])
    begin, headed, odds = _begin(found, body, looks)
    end = _end(found, body, begin)
    between = range(body[begin] + 1, body[end - 1])
    odds += min(_BUTTONS, sum(found[n].kind in ("button", "notice") for n in between))
    if end - begin < _FEW or (not headed and odds < _TALK):
        return None
    part = body[begin:end]
    inside = turns.Looks.of([found[n].bare for n in part])
    if sum(len(look.words) for look in inside.lines) < _WORDS * len(part):
        return None
    gaps = [_gap(text, found, part, marks, at) for at in range(1, len(part))]
    scores = breaks.logits(inside) + _signs(inside, gaps)
    chance = breaks.with_layout(scores, gaps)
    taken = _taken(text, found[part[0]].start, chance)
    names = _named(gaps, chance)
    firsts = [0, *(int(n) + 1 for n in np.flatnonzero(taken))]
    lasts = [*firsts[1:], len(part)]
    groups = [[found[n] for n in part[a:b]] for a, b in zip(firsts, lasts, strict=True)]
    posts = tuple(_post(text, group, names) for group in groups)
    expected = 2 * float(chance[taken].sum()) / max(1e-9, float(taken.sum() + chance.sum()))
    return Guess(
        posts=posts,
        start=found[part[0]].start,
        end=posts[-1].span.end,
        headed=headed,
        talk=odds,
        chance=float(chance[taken].mean()) if taken.any() else 0.0,
        f1=expected,
    )


def _marks(found: Sequence[Row]) -> frozenset[int]:
    """Rows that are the page's: buttons, counts, notices, and short lines that come again."""
    counts = row_kinds.recurring(found)
    marks = set()
    for n, row in enumerate(found):
        again = counts[row.norm] >= _OFTEN and len(row.bare) <= _SHORT and row.kind == "text"
        if row.kind in bodies.PLAIN or (
            again and not row.is_name and not bodies.friendly(row.bare)
        ):
            marks.add(n)
    return frozenset(marks)


def _begin(
    found: Sequence[Row], body: Sequence[int], looks: turns.Looks
) -> tuple[int, bool, float]:
    """Where in `body` the discussion begins, whether a heading says so, and its odds of talk."""
    talk = np.clip([breaks.talk(look) for look in looks.lines], -_LINE, _LINE)
    rest = np.cumsum(talk[::-1])[::-1]
    counts = row_kinds.recurring(found)
    for at, row in enumerate(found):
        if row_kinds.is_heading(row) and counts[row.norm] == 1 and row.kind != "button":
            begin = next((k for k, n in enumerate(body) if n > at), len(body))
            if begin < len(body) and rest[begin] > 0:
                return begin, True, float(rest[begin])
    begin = int(np.argmax(rest))
    return begin, False, float(rest[begin])


def _end(found: Sequence[Row], body: Sequence[int], begin: int) -> int:
    for k in range(begin + 1, len(body)):
        if furniture.is_tail(found[body[k]].bare):
            return k
    return len(body)


def _gap(
    text: str, found: Sequence[Row], part: Sequence[int], marks: frozenset[int], at: int
) -> breaks.Gap:
    """The layout in front of row `at` of the discussion."""
    a, b = found[part[at - 1]], found[part[at]]
    blank = text.count("\n", a.end, b.start) > 1
    layout = {
        "blank": "blank" if blank else "none",
        "mark": _mark(found, part, marks, at),
        "mark-below": _mark(found, part, marks, at + 1) if at + 1 < len(part) else "",
        "mark-above": _mark(found, part, marks, at - 1) if at > 1 else "",
        "name": _lone_name(b),
        "name-above": _lone_name(a),
    }
    return breaks.Gap(layout)


def _mark(found: Sequence[Row], part: Sequence[int], marks: frozenset[int], at: int) -> str:
    """The kinds of the page's rows in front of a row."""
    between = [found[n] for n in range(part[at - 1] + 1, part[at]) if n in marks]
    kinds = sorted({row.norm if row.kind == "text" else row.kind for row in between})
    return " ".join(kinds[:3])


def _lone_name(row: Row) -> str:
    short = row.is_name and len(row.bare.split()) <= _NAME_WORDS and not bodies.friendly(row.bare)
    return "name" if short and row.bare[:1].isalnum() and row.bare[-1:].isalnum() else "none"


def _taken(text: str, start: int, chance: np.ndarray) -> np.ndarray:
    """The breaks taken: as many as the page announces, else those of the best expected F1."""
    stated = furniture.announced(text, start)
    if stated is not None and _FEW <= stated <= len(chance) + 1:
        taken = np.zeros(len(chance), dtype=bool)
        taken[np.argsort(-chance, kind="stable")[: stated - 1]] = True
        return taken
    return breaks.chosen(chance)


def _signs(looks: turns.Looks, gaps: Sequence[breaks.Gap]) -> np.ndarray:
    """Log odds for names on lines of their own that are bylines, not signatures: there are several,
    some come again, and few stand below a closing formula."""
    bonus = np.zeros(len(gaps))
    at = [n for n, gap in enumerate(gaps) if gap.layout["name"] == "name"]
    signed = [n for n in at if looks.lines[n].closing or looks.lines[n].thanks_late]
    names = [looks.lines[n + 1].text.casefold() for n in at]
    again = len(names) - len(set(names))
    if len(at) > _FEW and again >= 2 and len(signed) <= len(at) / 4:
        bonus[:] = -_BYLINE
        bonus[at] = _BYLINE
    return bonus


def _named(gaps: Sequence[breaks.Gap], chance: np.ndarray) -> bool:
    """Whether names on lines of their own stand at breaks: they are bylines then."""
    names = np.array([gap.layout["name"] == "name" for gap in gaps])
    if names.sum() < _FEW or names.all():
        return False
    at = float(chance[names].mean())
    else_where = float(chance[~names].mean())
    odds = np.log(max(at, 1e-3) / max(else_where, 1e-3))
    return bool(odds > _TELLS and at > _SURE)


def _post(text: str, group: Sequence[Row], names: bool) -> RawPost:
    author = None
    rows = list(group)
    if names and len(rows) > 1 and _lone_name(rows[0]) == "name":
        author = rows.pop(0).bare
    status: Status = "present"
    if len(rows) == 1 and rows[0].kind == "removed":
        status = "deleted" if row_kinds.removed(rows[0].bare) == "deleted" else "removed"
    span = texts.trim(text, rows[0].start, rows[-1].end)
    return RawPost(span=span, author=author, status=status)
