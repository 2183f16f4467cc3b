"""Tables of articles as lines of one figure each: "row | column | figure".

Cells that span rows and columns fill all of them; a line whose only words stand in its first cell
heads those below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from community.readers._article_xml import words
from community.xml.nodes import Node

_MOST_ROWS = 2000
_MOST_COLUMNS = 60
_MOST_SPAN = 200
_FIGURE = re.compile(r"\d")
_EMPTY = frozenset({"", "-", "–", "—", "…", "...", "NA", "N/A", "·"})
_Grid = list[list[str]]


def lines(table: Node) -> Iterator[str]:
    """A line for each cell that holds a figure; a table without figures gives none."""
    head = _grid([row for part in table.children("thead") for row in part.children("tr")])
    body = [row for part in table.children("tbody") for row in part.children("tr")]
    grid = _grid(body or table.children("tr"))
    if not head and grid and not any(_FIGURE.search(cell) for cell in grid[0][1:]):
        head, grid = grid[:1], grid[1:]
    columns = _columns(head)
    above = ""
    for row in grid:
        label, figures = row[0] if row else "", row[1:]
        if label and all(cell in _EMPTY or cell == label for cell in figures):
            above = label
            continue
        name = f"{above}, {label}" if above and above != label else label
        for at, cell in enumerate(figures, 1):
            if cell not in _EMPTY and _FIGURE.search(cell):
                column = columns[at] if at < len(columns) else ""
                yield " | ".join(part for part in (name, column, cell) if part)


def _columns(head: _Grid) -> list[str]:
    """The heading of each column, from all its lines."""
    width = max(map(len, head), default=0)
    told = []
    for at in range(width):
        cells = [row[at] for row in head if at < len(row) and row[at] not in _EMPTY]
        told.append(", ".join(dict.fromkeys(cells)))
    return told


def _grid(rows: list[Node]) -> _Grid:
    """Rows of equal columns, a spanning cell repeated in all that it covers."""
    grid: _Grid = []
    hanging: dict[int, tuple[int, str]] = {}  # column → (rows to go, words)
    for row in rows[:_MOST_ROWS]:
        out: list[str] = []
        cells = [part for part in row.parts if isinstance(part, Node) and part.name in ("td", "th")]
        for cell in cells:
            _fill(out, hanging)
            told, down = words(cell), _span(cell, "rowspan")
            for _ in range(_span(cell, "colspan")):
                if len(out) < _MOST_COLUMNS:
                    if down > 1:
                        hanging[len(out)] = (down - 1, told)
                    out.append(told)
        _fill(out, hanging)
        grid.append(out)
    return grid


def _fill(out: list[str], hanging: dict[int, tuple[int, str]]) -> None:
    while (found := hanging.get(len(out))) is not None:
        left, told = found
        if left > 1:
            hanging[len(out)] = (left - 1, told)
        else:
            del hanging[len(out)]
        out.append(told)


def _span(cell: Node, name: str) -> int:
    value = cell.get(name)
    return min(max(1, int(value)), _MOST_SPAN) if re.fullmatch(r"[0-9]{1,4}", value) else 1
