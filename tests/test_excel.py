"""The workbook: every table and what its columns mean, words as they are, and nothing that runs."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from community import plugins
from community.tables import TABLES
from tests.hand_study import HandSnapshot, study

pytest.importorskip("xlsxwriter", reason="XlsxWriter is not installed (extra excel)")
openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed (extra dev)")


def data(snapshot: HandSnapshot) -> bytes:
    ((name, chunks),) = plugins.make("exporters", "excel")(snapshot)
    assert name == "study.xlsx"
    return b"".join(chunks)


def book(snapshot: HandSnapshot) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data(snapshot)))


def test_there_is_a_sheet_per_table_and_the_dictionary_names_every_column() -> None:
    made = book(study())
    tables = [name for name in TABLES if name != "scores"]
    assert made.sheetnames == ["read me", "dictionary", *tables]
    rows = list(made["dictionary"].iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[2]) for row in rows] == [
        (name, column.name) for name in tables for column in TABLES[name].columns
    ]
    assert all(row[4] for row in rows)


def test_cells_are_what_the_study_holds() -> None:
    snapshot = study()
    made = book(snapshot)
    for name in ("posts", "codings", "claims", "links"):
        rows = list(made[name].iter_rows(min_row=2, values_only=True))
        assert len(rows) == len(snapshot.dicts(name))
        heads = TABLES[name].names()
        for row, wanted in zip(rows, snapshot.dicts(name), strict=True):
            for key, value in zip(heads, row, strict=True):
                want = wanted[key]
                if isinstance(want, str):
                    want = want.replace("\ud83d", "\ufffd").replace("\x00", "\ufffd")
                    want = want.replace("\r", "_x000D_")  # as openpyxl leaves it
                assert value == want, (name, key)


def test_what_a_spreadsheet_would_run_is_text_and_stays_it() -> None:
    made = book(study())
    hostile = [
        cell
        for sheet in made
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value[:1] in ("=", "+", "-", "@")
    ]
    assert {"=cmd|' /C calc'!A0", "=ALPHA results: what do you think?"} <= {
        cell.value for cell in hostile
    }
    assert all(cell.data_type in ("s", "inlineStr") for cell in hostile)
    assert all(cell.quotePrefix for cell in hostile)


def test_a_cell_longer_than_excel_takes_is_cut_and_that_is_said() -> None:
    snapshot = study()
    snapshot.put("problems", source="x", stage="read", reason="a" * 40_000)
    made = book(snapshot)
    last = list(made["problems"].iter_rows(values_only=True))[-1]
    assert len(last[2]) == 32_767
    assert last[2].endswith("…")
    notes = [row[0] for row in made["read me"].iter_rows(values_only=True)]
    assert any("1 cells were longer" in note for note in notes if note)


def test_two_exports_are_the_same_bytes(tmp_path: Path) -> None:
    assert data(study()) == data(study())
