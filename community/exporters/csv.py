"""CSV: one file per published table, for R, pandas and spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from community.contracts import Snapshot
from community.exporters import _csv_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvExporter:
    """Writes the named tables."""

    tables: tuple[str, ...] = _csv_rows.NAMES

    def __call__(self, snapshot: Snapshot) -> Iterator[tuple[str, Iterable[bytes]]]:
        """File names and their bytes, in chunks."""
        for name in self.tables:
            yield f"{name}.csv", _csv_rows.chunks(snapshot, name)


def make(*, tables: Iterable[str] = _csv_rows.NAMES) -> CsvExporter:
    """The exporter.

    Args:
        tables: which tables to write; by default all but the scores (see `parquet`).
    """
    return CsvExporter(tables=tuple(tables))
