"""How a published table becomes CSV: RFC 4180, UTF-8, header row, ``\\n``, empty means not stated.

Shared by the exporter that writes the files and the one that states their sizes and hashes.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterator

from community.contracts import Snapshot
from community.tables import TABLES, Column, Kind

# every table but the scores, which are too many for a spreadsheet
NAMES = tuple(name for name in TABLES if name != "scores")

_CHUNK_CHARACTERS = 1 << 16
# What spreadsheets run as a formula (OWASP, "CSV Injection"; full-width forms included). A cell
# that starts with apostrophes before such a sign gets one more, so that the guard can be undone.
_FORMULA = r"'*[=+\-@\t\r\n＝＋－＠]"
_NEEDS_GUARD = re.compile(_FORMULA)
GUARDED_CELL = f"^'{_FORMULA}"  # what a guarded cell looks like
# code points that no UTF-8 file or no CSV reader takes; one for one, so that offsets stay
_UNWRITABLE = re.compile("[\ud800-\udfff\x00]")


def _string(value: object) -> str:
    text = str(value)
    return f"'{text}" if _NEEDS_GUARD.match(text) else text


def _integer(value: object) -> str:
    return str(int(value))  # type: ignore[call-overload]


def _number(value: object) -> str:
    """The shortest text that reads back as the same number; 62.0 is 62."""
    number = float(value)  # type: ignore[arg-type]
    if math.isnan(number):
        return ""
    if math.isinf(number):
        return "INF" if number > 0 else "-INF"
    return str(int(number)) if number.is_integer() and abs(number) < 1e16 else repr(number)


def _probability(value: object) -> str:
    return f"{float(value):.4f}"  # type: ignore[arg-type]


def _boolean(value: object) -> str:
    return "true" if value else "false"


_WRITERS: dict[Kind, Callable[[object], str]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "probability": _probability,
    "boolean": _boolean,
}


def cell(column: Column, value: object) -> str:
    """One value as it stands in the file; None is empty."""
    return "" if value is None else _WRITERS[column.kind](value)


def chunks(snapshot: Snapshot, name: str) -> Iterator[bytes]:
    """The bytes of one table's CSV file, some 64 KiB at a time; a table that this version does not
    compute is its header alone."""
    table = TABLES[name]
    writers = [_WRITERS[column.kind] for column in table.columns]
    buffer = _Lines()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(table.names())
    for row in snapshot.rows(name) if table.computed else ():
        cells = zip(writers, row, strict=True)
        writer.writerow(["" if value is None else write(value) for write, value in cells])
        if buffer.size >= _CHUNK_CHARACTERS:
            yield _bytes(buffer.taken())
    yield _bytes(buffer.taken())


class _Lines:
    """Takes rows that end in ``\\r\\n``, so that the writer quotes both (RFC 4180; a bare carriage
    return ends a row for many readers), and ends them in ``\\n``."""

    def __init__(self) -> None:
        self._rows: list[str] = []
        self.size = 0

    def write(self, row: str) -> None:
        self._rows.append(row[:-2] + "\n")
        self.size += len(row)

    def taken(self) -> str:
        text = "".join(self._rows)
        self._rows, self.size = [], 0
        return text


def _bytes(text: str) -> bytes:
    return _UNWRITABLE.sub("\ufffd", text).encode("utf-8")
