"""Parquet: ``scores.parquet``, every coder's probability of every code on every post.

Written in row groups as the rows stream, so that memory stays flat; the same rows give the same
bytes with the same version of Arrow.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyarrow
import pyarrow.parquet

from community.contracts import Row, Snapshot
from community.tables import SCORES, Kind

_TYPES: dict[Kind, Any] = {
    "string": pyarrow.string(),
    "integer": pyarrow.int64(),
    "number": pyarrow.float64(),
    "probability": pyarrow.float64(),
    "boolean": pyarrow.bool_(),
}
SCHEMA = pyarrow.schema(
    [
        pyarrow.field(
            column.name,
            _TYPES[column.kind],
            nullable=not column.required,
            metadata={"description": column.about},
        )
        for column in SCORES.columns
    ]
)


def _value(kind: Kind, value: object) -> object:
    if value is None:
        return None
    if kind == "probability":
        return round(float(value), 4)  # type: ignore[arg-type]
    if kind == "string":  # a lone surrogate has no UTF-8
        return str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def _batch(rows: Iterable[Row]) -> Any:
    columns = zip(*rows, strict=True)
    kinds = [column.kind for column in SCORES.columns]
    arrays = [
        pyarrow.array([_value(kind, value) for value in values], type=_TYPES[kind])
        for kind, values in zip(kinds, columns, strict=True)
    ]
    return pyarrow.record_batch(arrays, schema=SCHEMA)


def _chunks(snapshot: Snapshot, row_group: int) -> Iterator[bytes]:
    sink = io.BytesIO()

    def taken() -> bytes:
        made = sink.getvalue()
        sink.seek(0)
        sink.truncate()
        return made

    rows = snapshot.rows("scores")
    output = pyarrow.PythonFile(_Tail(sink), mode="w")
    with pyarrow.parquet.ParquetWriter(output, SCHEMA, compression="zstd") as writer:
        while some := list(islice(rows, row_group)):
            writer.write_batch(_batch(some), row_group_size=row_group)
            yield taken()
    yield taken()


class _Tail(io.RawIOBase):
    """A sink that may be emptied while it is written: its position keeps counting."""

    def __init__(self, buffer: io.BytesIO) -> None:
        super().__init__()
        self._buffer, self._position = buffer, 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        written = self._buffer.write(data)
        self._position += written
        return written

    def tell(self) -> int:
        return self._position


@dataclass(frozen=True, slots=True, kw_only=True)
class ParquetExporter:
    """Writes the scores, `row_group` rows at a time."""

    row_group: int

    def __call__(self, snapshot: Snapshot) -> Iterator[tuple[str, Iterable[bytes]]]:
        """The file's name and its bytes, in chunks."""
        yield "scores.parquet", _chunks(snapshot, self.row_group)


def make(*, row_group: int = 100_000) -> ParquetExporter:
    """The exporter.

    Args:
        row_group: rows that are in memory at a time.
    """
    return ParquetExporter(row_group=row_group)
