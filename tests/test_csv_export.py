"""CSV: what stands in the files, and what R, pandas and spreadsheets make of it."""

from __future__ import annotations

import csv
import io
import json
import re

import pandas
import pytest
from hand_study import HandSnapshot, Page, study
from hypothesis import given
from hypothesis import strategies as st

from community.exporters._csv_rows import cell, chunks
from community.exporters.csv import make
from community.exporters.datapackage import make as make_package
from community.tables import TABLES, Column


def files(made: HandSnapshot) -> dict[str, bytes]:
    return {name: b"".join(parts) for name, parts in make()(made)}


def frame(data: bytes) -> pandas.DataFrame:
    return pandas.read_csv(io.BytesIO(data), keep_default_na=False, na_values=[""])


def test_every_table_but_the_scores_has_a_file_with_its_header() -> None:
    made = files(study())
    assert set(made) == {f"{name}.csv" for name in TABLES if name != "scores"}
    for name, table in TABLES.items():
        if name != "scores":
            header = made[f"{name}.csv"].decode("utf-8").split("\n")[0]
            assert header == ",".join(table.names())


def test_a_table_without_rows_is_its_header() -> None:
    assert files(HandSnapshot())["questions.csv"].count(b"\n") == 1


def test_two_exports_are_the_same_bytes() -> None:
    assert files(study()) == files(study())


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("number", 62.0, "62"),
        ("number", 69.2, "69.2"),
        ("number", -0.5, "-0.5"),
        ("number", 0, "0"),
        ("number", -0.0, "0"),
        ("number", 1e300, "1e+300"),
        ("number", None, ""),
        ("number", float("nan"), ""),
        ("probability", 0.9, "0.9000"),
        ("probability", 1, "1.0000"),
        ("integer", 0, "0"),
        ("boolean", 0, "false"),
        ("boolean", True, "true"),
        ("boolean", None, ""),
        ("string", "=1+1", "'=1+1"),
        ("string", "'=1+1", "''=1+1"),
        ("string", "'tis", "'tis"),
        ("string", "-0.5", "'-0.5"),
        ("string", "a=b", "a=b"),
        ("string", "", ""),
    ],
)
def test_a_value_is_written(kind: str, value: object, text: str) -> None:
    assert cell(Column("any", kind, ""), value) == text  # type: ignore[arg-type]


@given(st.text())
def test_the_guard_can_be_undone_as_the_data_package_says(words: str) -> None:
    (part,) = dict(make_package()(HandSnapshot())).values()
    rule = json.loads(b"".join(part))["formulaGuard"]
    written = cell(Column("any", "string", ""), words)
    assert not re.match("[=+\\-@\t\r]", written)
    assert (written[1:] if re.match(rule["pattern"], written) else written) == words


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=1))
def test_any_words_come_back_through_a_csv_reader(many: list[str]) -> None:
    made = HandSnapshot()
    for words in many:
        made.put("problems", source="s", stage="read", reason=words)
    text = b"".join(chunks(made, "problems")).decode("utf-8")
    back = [row[2] for row in csv.reader(io.StringIO(text, newline=""))][1:]
    assert back == [cell(Column("any", "string", ""), words) for words in many]


def test_pandas_reads_every_column_as_what_it_is() -> None:
    made = files(study())
    posts, claims = frame(made["posts.csv"]), frame(made["claims.csv"])
    assert posts["gap"].dtype == bool
    assert posts["depth"].dtype == "int64"
    assert list(claims["value"]) == [62.0, -0.5, 0.0]
    assert claims["ci_low"].isna().sum() == 2
    assert posts["text"][0].endswith("=1+1 is still two.")
    assert posts["text"][2].startswith("<script>")
    assert posts["text"][5].startswith("'-20")
    assert "🎉🧠" in posts["text"][0]


def test_what_utf_8_cannot_hold_is_replaced_one_for_one() -> None:
    words = study().dicts("posts")[-1]["text"]
    read = list(csv.DictReader(io.StringIO(files(study())["posts.csv"].decode(), newline="")))
    assert read[-1]["text"] == words.replace("\ud83d", "\ufffd").replace("\x00", "\ufffd")
    assert len(read[-1]["text"]) == len(words)


def test_a_large_table_leaves_in_pieces() -> None:
    made = HandSnapshot()
    page = Page(made, "long.txt", None)
    for i in range(300):
        page.post(str(i), "word " * 200)
    sizes = [len(part) for part in chunks(made, "posts")]
    assert len(sizes) > 3
    assert max(sizes) < 70_000
