"""Excel: ``study.xlsx``, a sheet per table, and before them what every column means.

XlsxWriter writes it rather than openpyxl: row by row in flat memory, the same bytes for the same
rows, and without another package. A cell that a spreadsheet would run as a formula is text here,
and carries Excel's own mark of text (the apostrophe that is no part of the value), so that it stays
text when somebody edits it.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from community.contracts import Row, Snapshot
from community.errors import UsageError
from community.exporters import _csv_rows
from community.interchange.layout import storable
from community.tables import TABLES, Kind, Table

_ROWS = 1_048_576  # of a sheet; Excel has no more
_CELL = 32_767  # characters of a cell; likewise
_CHUNK = 1 << 16
_THEN = datetime(2000, 1, 1, tzinfo=UTC)
_RUNS = re.compile(_csv_rows.GUARDED_CELL.replace("^'", "^", 1))
_ABOUT = (
    "Codes are given by machine and not verified unless the column 'coder' says human.",
    "An empty cell means: not stated. Offsets are Unicode code points, half-open, into the"
    " document's text.",
    "A table that does not fit on a sheet goes on in one with a number after its name.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcelExporter:
    """Writes the named tables into one workbook."""

    tables: tuple[str, ...]

    def __call__(self, snapshot: Snapshot) -> Iterator[tuple[str, Iterable[bytes]]]:
        """The workbook's name and bytes.

        Raises:
            UsageError: XlsxWriter is not installed.
        """
        yield "study.xlsx", _chunks(snapshot, self.tables)


def make(*, tables: Iterable[str] = _csv_rows.NAMES) -> ExcelExporter:
    """The exporter.

    Args:
        tables: which tables to write; by default all but the scores, which are too many.
    """
    return ExcelExporter(tables=tuple(tables))


def _chunks(snapshot: Snapshot, tables: tuple[str, ...]) -> Iterator[bytes]:
    try:
        import xlsxwriter
    except ImportError as error:
        advice = "pip install community[excel]"
        raise UsageError("XlsxWriter", "is not installed", advice) from error
    with tempfile.TemporaryDirectory(prefix="community-") as folder:
        path = Path(folder) / "study.xlsx"
        options = {"constant_memory": True, "tmpdir": folder, "default_date_format": ""}
        with xlsxwriter.Workbook(str(path), options) as book:
            book.set_properties({"title": str(snapshot.meta.get("study") or ""), "created": _THEN})
            _fill(_Book(book), snapshot, tables)
        with path.open("rb") as stream:
            while data := stream.read(_CHUNK):
                yield data


@dataclass
class _Book:
    """A workbook under construction, and how many cells had to be cut."""

    book: Any
    cut: int = 0
    formats: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.formats["head"] = self.book.add_format({"bold": True})
        self.formats["text"] = self.book.add_format({"quote_prefix": True})

    def sheet(self, name: str, heads: Iterable[str]) -> Any:
        made = self.book.add_worksheet(name)
        made.freeze_panes(1, 0)
        for at, head in enumerate(heads):
            made.write_string(0, at, head, self.formats["head"])
        return made

    def write(self, sheet: Any, row: int, at: int, kind: Kind, value: object) -> None:
        if value is None:
            return
        if kind == "boolean":
            sheet.write_boolean(row, at, bool(value))
        elif kind != "string":
            told: float = value  # type: ignore[assignment]
            # Excel has no numbers that are none
            if told - told == 0:
                sheet.write_number(row, at, round(told, 4) if kind == "probability" else told)
        else:
            text = storable(str(value))
            if len(text) > _CELL:
                self.cut += 1
                text = text[: _CELL - 1] + "…"
            guard = self.formats["text"] if _RUNS.match(text) else None
            sheet.write_string(row, at, text, guard)


def _fill(book: _Book, snapshot: Snapshot, tables: tuple[str, ...]) -> None:
    first = book.book.add_worksheet("read me")
    _dictionary(book, tables)
    for name in tables:
        _table(book, TABLES[name], snapshot.rows(name) if TABLES[name].computed else iter(()))
    notes = [f"Study: {snapshot.meta.get('study') or ''}", *_ABOUT]
    options = snapshot.meta.get("options")
    if isinstance(options, dict):
        notes.append(f"Profile: {options.get('profile')}")
    if book.cut:
        notes.append(
            f"{book.cut} cells were longer than {_CELL} characters, and end in an ellipsis."
        )
    for row, note in enumerate(notes):
        book.write(first, row, 0, "string", note)


def _dictionary(book: _Book, tables: tuple[str, ...]) -> None:
    heads = ("table", "one row per", "column", "type", "meaning", "values", "refers to")
    sheet, row = book.sheet("dictionary", heads), 0
    for name in tables:
        table = TABLES[name]
        for column in table.columns:
            row += 1
            values, to = ", ".join(column.enum), column.references
            told = (name, table.about, column.name, column.kind, column.about, values, to)
            for at, value in enumerate(told):
                book.write(sheet, row, at, "string", value or None)


def _table(book: _Book, table: Table, rows: Iterator[Row]) -> None:
    kinds = [column.kind for column in table.columns]
    sheet, number, at_row = book.sheet(table.name, table.names()), 1, 0
    for row in rows:
        at_row += 1
        if at_row == _ROWS:
            number, at_row = number + 1, 1
            sheet = book.sheet(f"{table.name} {number}", table.names())
        for at, (kind, value) in enumerate(zip(kinds, row, strict=True)):
            book.write(sheet, at_row, at, kind, value)
