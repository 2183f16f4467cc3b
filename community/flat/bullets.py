"""Bulleted outlines in plain text: items, their levels and their stretches, whoever printed them.

Extractors print nested lists with different bullets, indents and continuation columns. Nothing is
assumed here but that a level has one column and one kind of bullet: both are counted per outline,
depth is the rank of a column, and a line that merely begins like a bullet (a reader's own list)
belongs to the item in which it stands.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from community import dates
from community.text import Line, lines

_BULLET = re.compile(
    r"(?P<indent>[ \t\xa0]*)(?P<glyph>[•◦▪●○□☆■★*+o\-–]|(?P<number>\d{1,4})\.)(?P<space>\s+|$)"
)
# Glyphs that one printer cycles through, level by level.
_FAMILIES = (frozenset("•◦▪●○□☆■★"), frozenset("*+o□"), frozenset("-–"))
_NUMBER = "#"
_TAB = 4  # columns
_DATE = re.compile(r"\s*\d{1,2}\.\s+\w+\.?\s+\d{4}")
_HEADING = re.compile(r"#{1,6}\s|\* \* \*\s*$|-{3,}\s*$")


class Item(NamedTuple):
    """A list item: its level (0 = outermost of its outline), and its content, bullet excluded."""

    level: int
    start: int
    end: int
    number: int | None = None
    gap: bool = False  # an empty bullet stands where its parent should
    restarted: bool = False  # its list's numbering starts anew: it may hang on a lost item


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A run of items; `start` and `end` enclose it, bullets included."""

    items: tuple[Item, ...]
    start: int
    end: int
    glyph: str  # of the outermost level; "#" for numbers
    step: int  # columns from one level to the next; 0 where there is one level


@dataclass(frozen=True, slots=True)
class _Bullet:
    line: int
    column: int
    right: int  # column of the bullet's last character
    text_column: int
    glyph: str
    number: int | None
    begin: int  # offset of the line
    content: int  # offset of what follows the bullet


def outlines(text: str, opens: Callable[[int], bool] = lambda at: False) -> list[Outline]:
    """All outlines of a text, in order.

    `opens` tells whether a post's byline stands at an offset. Where several items of a run begin
    with one, the run is narrowed to bullets like theirs: menus around a discussion fall away.
    """
    rows = list(lines(text))
    found = []
    hanging = _hangs(rows)
    for run, last in _runs(rows, hanging):
        outline = _outline(text, rows, *_narrowed(rows, run, last, opens, hanging))
        if outline:
            found.append(outline)
    return found


def _column(words: str, at: int) -> int:
    """The column of a line's character `at`, with tabs as wide as editors show them."""
    return len(words[:at].expandtabs(_TAB)) if "\t" in words[:at] else at


def _indent(line: Line) -> int:
    return _column(line.text, line.indent)


def _bullets(row: int, line: Line) -> list[_Bullet]:
    """The bullets that a line begins with: mostly none or one, two where a parent is empty."""
    found: list[_Bullet] = []
    at = 0
    if _DATE.match(line.text) and dates.find(line.text.strip(), anchored=True):
        return found  # "23. June 2016" at the start of a line is no numbered item
    while match := _BULLET.match(line.text, at):
        number = match["number"]
        column = _column(line.text, match.start("glyph"))
        found.append(
            _Bullet(
                line=row,
                column=column,
                right=_column(line.text, match.end("glyph") - 1),
                text_column=_column(line.text, match.end()) + (not match["space"]),
                glyph=_NUMBER if number else match["glyph"],
                number=int(number) if number else None,
                begin=line.start,
                content=line.start + match.end(),
            )
        )
        at = match.end()
        if len(match["space"]) < 3:  # a bullet right behind a bullet is the item's own text
            break
    return found


def _hangs(rows: list[Line]) -> bool:
    """Whether the printer indents only an item's first line (html2text): text at column 0 stands
    between a bullet and the next of its list, or between a bullet and a deeper one."""
    hanging = indented = plain = 0
    telling = False
    before: _Bullet | None = None
    between: list[int] = []
    for n, line in enumerate(rows):
        if line.blank:
            continue
        bullets = _bullets(n, line)
        if not bullets or bullets[0].glyph not in (_NUMBER, "*") or not bullets[0].column:
            between.append(_indent(line))
            if _HEADING.match(line.text):
                before = None
            continue
        bullet = bullets[-1]
        if before is not None and between and between[-1] == 0:
            hanging += 1
            follows = bullet.number is not None and bullet.number == (before.number or 0) + 1
            telling |= follows or bullet.column > before.column + 1
        elif before is not None:
            indented += bool(between)
            plain += not between
        before, between = bullet, []
    return hanging > indented and (telling or hanging > plain)


def _runs(rows: list[Line], hanging: bool) -> list[tuple[list[_Bullet], int]]:
    """Bullets that no dedented line separates, each run with the first line after it."""
    runs: list[tuple[list[_Bullet], int]] = []
    run: list[_Bullet] = []
    leftmost = 0
    alone = False  # the line above held a bullet and nothing else
    for n, line in enumerate(rows):
        if line.blank:
            continue
        bullets = [] if hanging and _HEADING.match(line.text) else _bullets(n, line)
        if bullets and hanging and bullets[0].column == 0:
            bullets = []
        if bullets:
            if not run:
                leftmost = bullets[0].text_column
            leftmost = min(leftmost, bullets[0].text_column)
            run += bullets
        elif run and not alone:
            dedented = _indent(line) < max(1, leftmost - 2)
            if _HEADING.match(line.text) if hanging else dedented:
                runs.append((run, n))
                run = []
        alone = bool(bullets) and bullets[-1].content >= line.end
    if run:
        runs.append((run, len(rows)))
    return runs


def _narrowed(
    rows: list[Line],
    run: list[_Bullet],
    last: int,
    opens: Callable[[int], bool],
    hanging: bool,
) -> tuple[list[_Bullet], int]:
    """The part of a run whose bullets introduce bylines; the run itself if that is not several."""
    keys = _keys(run)
    kind_of = [(keys[id(bullet)], bullet.glyph) for bullet in run]
    signed = [n for n, bullet in enumerate(run) if opens(bullet.content)]
    with_byline = Counter(kind_of[n] for n in signed)
    all_of_kind = Counter(kind_of)
    kinds = {kind for kind, n in with_byline.items() if 2 * n >= all_of_kind[kind]}
    signed = [n for n in signed if kind_of[n] in kinds]
    if len(signed) < 2:
        return run, last
    part = [run[n] for n in range(signed[0], signed[-1] + 1) if kind_of[n] in kinds]
    final = run[signed[-1]]
    leftmost = min(bullet.text_column for bullet in part)
    for bullet in run[signed[-1] + 1 :]:
        if bullet.column <= final.column:
            last = min(last, bullet.line)
    if hanging:
        return part, last
    alone = final.content >= rows[final.line].end  # lynx: the next line may stand further left
    for n in range(final.line + 1 + alone, last):
        if not rows[n].blank and _indent(rows[n]) < leftmost - 2:
            return part, n
    return part, last


# ---- one outline ------------------------------------------------------------------------------


def _outline(text: str, rows: list[Line], run: list[_Bullet], last: int) -> Outline | None:
    keys = _keys(run)
    kept = _kept(run, keys)
    if not kept:
        return None
    columns = sorted({keys[id(bullet)] for bullet in kept})
    rank = {column: level for level, column in enumerate(columns)}
    end = rows[last].start if last < len(rows) else len(text)
    stops = [bullet.begin for bullet in kept[1:]] + [end]
    found: list[tuple[_Bullet, Item]] = []
    for bullet, stop in zip(kept, stops, strict=True):
        stop = max(stop, bullet.content) if stop >= bullet.content else bullet.content
        item = Item(rank[keys[id(bullet)]], bullet.content, stop, bullet.number)
        found.append((bullet, item))
    items = _with_gaps(text, found)
    if not items:
        return None
    top = min(kept, key=lambda bullet: keys[id(bullet)])
    return Outline(
        items=items,
        start=kept[0].begin,
        end=end,
        glyph=top.glyph,
        step=columns[1] - columns[0] if len(columns) > 1 else 0,
    )


def _keys(run: list[_Bullet]) -> dict[int, int]:
    """The column that tells a bullet's level: its left edge, or its right edge where numbers are
    aligned at the dot; columns one apart are one level."""
    numbers = [bullet for bullet in run if bullet.number is not None]
    lefts = {bullet.column for bullet in numbers}
    rights = {bullet.right for bullet in numbers}
    by_right = len(rights) < len(lefts)
    keys = {}
    for bullet in run:
        aligned = by_right and bullet.number is not None
        keys[id(bullet)] = bullet.right - 1 if aligned else bullet.column
    merged: dict[int, int] = {}
    for key in sorted(set(keys.values())):
        merged[key] = merged.get(key - 1, key)
    return {name: merged[key] for name, key in keys.items()}


def _kept(run: list[_Bullet], keys: dict[int, int]) -> list[_Bullet]:
    """The bullets of the outline itself, without those that readers typed into their text."""
    glyphs: dict[int, Counter[str]] = defaultdict(Counter)
    for bullet in run:
        glyphs[keys[id(bullet)]][bullet.glyph] += 1
    top = glyphs[min(glyphs)].most_common(1)[0][0]
    known: dict[int, str] = {}
    for column in sorted(glyphs):
        allowed = [g for g, _ in glyphs[column].most_common() if _fits(g, top)]
        if allowed:
            known[column] = allowed[0]
    steps = [b - a for a, b in zip(sorted(known), sorted(known)[1:], strict=False)]
    step = max(set(steps), key=lambda s: (steps.count(s), s)) if steps else 0
    kept: list[_Bullet] = []
    for bullet in run:
        column = keys[id(bullet)]
        if known.get(column) != bullet.glyph:
            continue
        here = keys[id(kept[-1])] if kept else column
        if column > here and step > 2 and column - here < step - 2:
            continue  # at the text's own column: typed by the reader
        kept.append(bullet)
    return kept


def _fits(glyph: str, top: str) -> bool:
    """Whether a printer that puts `top` before outermost items prints `glyph` before inner ones."""
    if glyph == top or top == _NUMBER:
        return True
    return any(glyph in family and top in family for family in _FAMILIES)


def _with_gaps(text: str, found: list[tuple[_Bullet, Item]]) -> tuple[Item, ...]:
    """Items with content; what an empty bullet or a restarted numbering betrays is noted."""
    items: list[Item] = []
    numbers: list[int] = []  # last number seen per level of the current branch
    lost: list[bool] = []  # whether the list open at a level hangs on an empty item
    anew: list[bool] = []  # whether its numbering started again below the same item
    counts = any(item.level > 0 and (item.number or 0) > 1 for _, item in found)
    for bullet, item in found:
        level = item.level
        again = counts and level > 0 and len(numbers) > level and bullet.number is not None
        del lost[level + 1 :], anew[level + 1 :]
        lost += [False] * (level + 1 - len(lost))
        anew += [False] * (level + 1 - len(anew))
        anew[level] = anew[level] or (again and numbers[level] >= (bullet.number or 0))
        del numbers[level + 1 :]
        numbers += [0] * (level + 1 - len(numbers))
        numbers[level] = bullet.number or 0
        if not text[item.start : item.end].strip():
            lost.append(True)
            continue
        items.append(item._replace(gap=level > 0 and lost[level], restarted=anew[level]))
    return tuple(items)
