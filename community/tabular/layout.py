"""How a file of delimited cells is laid out: its delimiter, the lines above its rows, its columns.

Told from the first bytes alone. Exporters write lines above the header (what was exported, and
when), researchers leave the header out, spreadsheets write ``sep=;`` first.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from community.html import dates as comment_dates
from community.tabular import names
from community.text import legacy_charset

_DELIMITERS = ",;\t|"
_ROWS = 60  # rows of the head that are looked at
_SAME = 0.9  # share of rows that have the same number of cells
_FEW = 2  # rows below the first, with fewer of which only a header that reads like one tells
_MOST_ABOVE = 20  # lines above the header
_WIDE = 4  # columns from which lines with one or two cells are no rows
_LONG = 60  # characters of a column's name, usually
_FEW_WORDS = 4  # spaces from which a cell is a sentence rather than a name
_SEP = re.compile(r'"?sep=(.)"?\r?\n?', re.I)
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_LINK = re.compile(r"https?://\S+$", re.I)


@dataclass(frozen=True, slots=True)
class Layout:
    """`above` lines stand before the header; without a header the columns are named by number."""

    delimiter: str
    columns: tuple[str, ...]
    above: int = 0
    headless: bool = False


def charset_of(head: bytes) -> str:
    """The charset in which a table's first bytes are most likely written."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    cut = head[:-4] if len(head) > 1000 else head  # the last character may be cut in two
    for end in range(len(cut), max(0, len(cut) - 4), -1):
        try:
            cut[:end].decode("utf-8")
        except UnicodeDecodeError:  # damaged there, or another charset
            continue
        return "utf-8-sig"
    return legacy_charset(cut) or "cp1252"


def text_of(head: bytes) -> str:
    """A page's first bytes as text."""
    return head.decode(charset_of(head), "replace").lstrip("\ufeff")


def layout(head: bytes) -> Layout | None:
    """The layout of delimited cells; None where the bytes look like none."""
    text = text_of(head)
    if text.lstrip().startswith("<") or not text.strip():
        return None
    skipped = len(text) - len(text.lstrip("\r\n"))
    marked = _SEP.match(text, skipped)
    start = marked.end() if marked else skipped
    lines = text[start:].splitlines(keepends=True)
    if len(lines) > 1 and len(head) > 1000 and not lines[-1].endswith(("\n", "\r")):
        lines.pop()  # cut off by the end of the head
    above = text.count("\n", 0, start)
    marks = marked[1] if marked else _DELIMITERS
    tried = [_tried(lines, mark) for mark in marks]
    best = max(tried, key=lambda t: t[0])
    return _laid_out(best[1], best[2], above) if best[0] > (0.0, 0) else None


def _tried(lines: Sequence[str], delimiter: str) -> tuple[tuple[float, int], str, list[list[str]]]:
    """How well a delimiter fits: the share of rows as wide as most, and their width."""
    rows = []
    try:
        for cells in csv.reader(lines, delimiter=delimiter):
            rows.append(cells)
            if len(rows) >= _ROWS:
                break
    except csv.Error:  # a cell without end: the rows before it tell
        pass
    widths = Counter(len(row) for row in rows if any(row))
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    if width < 2:
        return ((0.0, 0) if not _is_one_column(rows) else (0.01, 1)), delimiter, rows
    return (round(count / sum(widths.values()), 2), width), delimiter, rows


def _is_one_column(rows: Sequence[Sequence[str]]) -> bool:
    return len(rows) > 1 and len(rows[0]) == 1 and names.of(rows[0][0]).exact == "text"


def _laid_out(delimiter: str, rows: list[list[str]], above: int) -> Layout | None:
    filled = [row for row in rows if any(row)]
    width = Counter(map(len, filled)).most_common(1)[0][0]
    at = 0
    while width >= _WIDE and at < min(_MOST_ABOVE, len(rows) - 1) and _is_above(rows[at], width):
        at += 1
    first, rest = rows[at], [row for row in rows[at + 1 :] if any(row)]
    same = sum(len(row) == len(first) for row in rest)
    even = len(rest) >= _FEW and same >= _SAME * len(rest)
    if not (even or _reads_like_header(first)):
        return None
    if even and _is_row(first, rest):
        columns = tuple(f"column {n}" for n in range(1, len(first) + 1))
        return Layout(delimiter, columns, above + at, headless=True)
    return Layout(delimiter, _unique(first), above + at)


def _is_above(row: Sequence[str], width: int) -> bool:
    return len(row) < width / 2 or sum(map(bool, row)) <= 2


def _reads_like_header(cells: Sequence[str]) -> bool:
    bare = [cell.strip() for cell in cells]
    named = [cell for cell in bare if cell and len(cell) < _LONG and cell.count(" ") < 8]
    alone = len(bare) == 1 and names.of(bare[0]).exact == "text"
    return (len(bare) > 1 or alone) and len(named) == len(bare) == len(set(bare))


def _unique(cells: Sequence[str]) -> tuple[str, ...]:
    """Columns' names, each once: a nameless one by its number, a repeated one with a count."""
    found: list[str] = []
    for number, cell in enumerate(cells, 1):
        name = cell.strip().lstrip("\ufeff") or f"column {number}"
        again = sum(other == name or other.startswith(f"{name} (") for other in found)
        found.append(f"{name} ({again + 1})" if name in found else name)
    return tuple(found)


def _is_row(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Whether the first line is a row like the others, and names no columns."""
    kinds = [_kind([row[n] for row in rest if n < len(row)]) for n in range(len(first))]
    own = [_kind([cell]) for cell in first]
    alike = {kind for kind, mine in zip(kinds, own, strict=True) if kind and kind == mine}
    if alike & {"date", "link"}:
        return True
    if any(mine and kind and kind != mine for kind, mine in zip(kinds, own, strict=True)):
        return False
    named = any(names.of(cell).role for cell in first if cell.count(" ") < _FEW_WORDS)
    return bool(alike) and not named


def _kind(cells: Sequence[str]) -> str:
    """What all cells of a column look like that hold something: "" where they are plain words."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return ""
    if all(_NUMBER.fullmatch(cell) for cell in filled):
        return "number"
    if all(len(cell) < _LONG and comment_dates.is_label(cell) for cell in filled):
        return "date"
    if all(_LINK.match(cell) for cell in filled):
        return "link"
    return "words" if all(cell.count(" ") >= 5 for cell in filled) else ""
