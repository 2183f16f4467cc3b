"""Tables of articles as lines of one figure each: "Infection in the pump group (n = 50): 12 (24%)".

Cells that span rows and columns fill all of them; a line whose only words stand in its first cell
heads those below it. What a heading says of all figures under it ("n (%)", "mean (SD)") is set
into each, so that a line reads as a sentence of results does.
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
_P = re.compile(r"(?i)^\W*p\W*(?:values?)?\W*$")
_COMPARED = re.compile(r"(?i)\b(?:ratio|difference|reduction|versus|vs)\b")
_PAIR = re.compile(r"([-−–]?\d[\d.,·]*%?)\s?[(\[]\s?([^()\[\]]{1,40}?)\s?[)\]]")
# what a heading says of the figures under it, the special before the general
_FORMS = {
    "mean SD": re.compile(r"(?i),?\s*\bmean\s?(?:\(|±\s?)SD\)?"),
    "median IQR": re.compile(r"(?i),?\s*\bmedian\s?\((?:IQR|interquartile range)\)"),
    "median range": re.compile(r"(?i),?\s*\bmedian\s?\(range\)"),
    "interval share": re.compile(r"(?i),?\s*(?:%|per ?cent)\s?\(95\s?% CI\)"),
    "interval": re.compile(r"(?i),?\s*\(95\s?% CI\)"),
    "count": re.compile(
        r"(?i),?\s*(?:\b(?:n|no\.?|number)(?: of (?:patients|participants))?\s?)\(%\)"
    ),
    "share": re.compile(r"(?i),\s*%|\(%\)|\s%$"),
}


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
                if not _P.match(column):
                    yield _said(name, column, cell)


def _said(label: str, column: str, cell: str) -> str:
    """A figure as a sentence would put it."""
    form = next((f for f, pattern in _FORMS.items() if pattern.search(f"{label} {column}")), "")
    for pattern in _FORMS.values():
        label, column = (pattern.sub(" ", words).strip(" ,;:–-") for words in (label, column))
    figure = _formed(form, cell)
    column = re.sub(r"(?i)^(?:treatment |study )?(?:groups?|arms?),\s", "", column)
    if not column or column.lower() in ("value", "all", "total", "overall", "all patients"):
        return f"{label}: {figure}"
    if _COMPARED.search(column):
        return f"{label}: {column.lower()} {figure}"
    size = re.search(r"\s*\(?\b[nN]\s?=\s?(\d[\d,]*)\)?", column)
    arm = column.replace(size[0], " ").strip(" ,;") if size else column
    of = f" (n = {size[1]})" if size else ""
    group = "" if re.search(r"(?i)\b(?:group|arm|cohort)\b", arm) else " group"
    return f"{label} in the {arm}{group}{of}: {figure}"


def _formed(form: str, cell: str) -> str:
    """A cell with the marks that its heading gives for all of them."""
    told = _PAIR.fullmatch(cell)
    if told is None or not form:
        bare = form in ("share", "interval share") and re.fullmatch(r"\d+(?:\.\d+)?", cell)
        return f"{cell}%" if bare else cell
    first, second = told[1], told[2]
    if form == "count":
        return f"{first} ({second.rstrip('%')}%)"
    if form in ("interval", "interval share"):
        mark = "%" if form == "interval share" and not first.endswith("%") else ""
        return f"{first}{mark} (95% CI {second})"
    if form == "share":
        return f"{first.rstrip('%')}% ({second})"
    measure, spread = form.split()
    return f"{measure} {first} ({spread} {second})"


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
