"""Frictionless Data Package: ``datapackage.json``, which describes every column of every table.

Follows the specification's version 1 (Data Package, Tabular Data Resource, Table Schema), which the
validators in use read. Sizes and hashes are those of the files that the CSV exporter writes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from community.contracts import Snapshot
from community.exporters import _csv_rows
from community.tables import TABLES, Column, Kind, Table

_TYPES: dict[Kind, str] = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "probability": "number",
    "boolean": "boolean",
}
_UNDO = (
    "In string columns a cell that a spreadsheet would run as a formula is guarded by one leading"
    " apostrophe. To have the words as they are, remove the first character of every string cell"
    " that matches the pattern in 'formulaGuard'."
)
_ABOUT = (
    "Discussions of trial results by the people concerned: posts, codes with the words that justify"
    " them, reported results, and which post speaks to which result. Codes are given by machine and"
    " not verified unless the column 'coder' says human. An empty cell means: not stated. Offsets"
    " are Unicode code points, half-open, into the document's text, which text_sha256 names."
)


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES[column.kind],
        "description": column.about,
    }
    limits: dict[str, Any] = {"required": True} if column.required else {}
    if column.enum:
        limits["enum"] = list(column.enum)
    if column.kind == "probability":
        limits |= {"minimum": 0, "maximum": 1}
    if column.kind == "boolean":
        field |= {"trueValues": ["true"], "falseValues": ["false"]}
    return field | ({"constraints": limits} if limits else {})


def _foreign_keys(table: Table) -> list[dict[str, Any]]:
    keys = []
    for column in table.columns:
        if column.references:
            name, _, field = column.references.partition(".")
            target = "" if name == table.name else name
            keys.append({"fields": column.name, "reference": {"resource": target, "fields": field}})
    return keys


def _schema(table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
    }
    if table.key:
        schema["primaryKey"] = list(table.key)
    if keys := _foreign_keys(table):
        schema["foreignKeys"] = keys
    return schema


def _csv_resource(snapshot: Snapshot, table: Table) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    for chunk in _csv_rows.chunks(snapshot, table.name):
        digest.update(chunk)
        size += len(chunk)
    empty = "" if table.computed else " (this version does not compute it: header only)"
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "title": table.name.replace("_", " "),
        "description": f"One row per {table.about}{empty}.",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "doubleQuote": True},
        "bytes": size,
        "hash": f"sha256:{digest.hexdigest()}",
        "schema": _schema(table),
    }


def _scores_resource() -> dict[str, Any]:
    table = TABLES["scores"]
    columns = "; ".join(f"{column.name}: {column.about}" for column in table.columns)
    return {
        "profile": "data-resource",
        "name": table.name,
        "path": "scores.parquet",
        "title": table.name,
        "description": f"One row per {table.about}. Columns: {columns}.",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPackageExporter:
    """Describes the CSV files and, with `scores`, the Parquet file beside them."""

    scores: bool

    def __call__(self, snapshot: Snapshot) -> Iterator[tuple[str, Iterable[bytes]]]:
        """The descriptor's name and bytes."""
        yield "datapackage.json", self._bytes(snapshot)

    def _bytes(self, snapshot: Snapshot) -> Iterator[bytes]:
        resources = [_csv_resource(snapshot, TABLES[name]) for name in _csv_rows.NAMES]
        package = {
            # a package of profile tabular-data-package may hold nothing but tables as text
            "profile": "data-package" if self.scores else "tabular-data-package",
            "name": "community-export",
            "title": str(snapshot.meta.get("study") or "Community export"),
            "version": str(snapshot.meta.get("community") or ""),
            "description": f"{_ABOUT} {_UNDO}",
            "formulaGuard": {"pattern": _csv_rows.GUARDED_CELL, "remove": "the first character"},
            "resources": resources + ([_scores_resource()] if self.scores else []),
        }
        yield json.dumps(package, indent=2, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def make(*, scores: bool = True) -> DataPackageExporter:
    """The exporter.

    Args:
        scores: whether ``scores.parquet`` is written beside the CSV files.
    """
    return DataPackageExporter(scores=scores)
