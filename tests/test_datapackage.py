"""datapackage.json: an independent validator accepts it, and notices what is wrong."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from frictionless import Package
from hand_study import HandSnapshot, study

from community.exporters import csv, datapackage, parquet
from community.tables import TABLES


def export(made: HandSnapshot, folder: Path, scores: bool = True) -> dict[str, Any]:
    exporters: list[Any] = [csv.make(), datapackage.make(scores=scores)]
    for exporter in [*exporters, parquet.make()] if scores else exporters:
        for name, parts in exporter(made):
            (folder / name).write_bytes(b"".join(parts))
    found: dict[str, Any] = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return found


def errors(folder: Path) -> list[str]:
    report = Package(str(folder / "datapackage.json")).validate()
    return [str(message) for message in report.flatten(["message"])]


@pytest.mark.parametrize("scores", [True, False])
def test_frictionless_accepts_the_export(tmp_path: Path, scores: bool) -> None:
    export(study(), tmp_path, scores)
    assert errors(tmp_path) == []


def test_frictionless_accepts_an_empty_study(tmp_path: Path) -> None:
    export(HandSnapshot(), tmp_path)
    assert errors(tmp_path) == []


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    export(study(), tmp_path)
    path = tmp_path / "claims.csv"
    path.write_bytes(path.read_bytes().replace(b"62", b"63", 1))
    assert any("hash" in message for message in errors(tmp_path))


def test_a_row_about_no_post_is_noticed(tmp_path: Path) -> None:
    made = study()
    made.put("quotes", post_id="nobody", start=0, end=1, of="article")
    export(made, tmp_path)
    assert any("nobody" in message for message in errors(tmp_path))


def test_every_column_is_described_with_its_type_and_limits(tmp_path: Path) -> None:
    package = export(study(), tmp_path)
    for resource in package["resources"]:
        if resource["name"] != "scores":
            fields = resource["schema"]["fields"]
            assert [f["name"] for f in fields] == list(TABLES[resource["name"]].names())
            assert all(f["description"] for f in fields)
    posts = {f["name"]: f for f in package["resources"][1]["schema"]["fields"]}
    assert posts["gap"]["trueValues"] == ["true"]
    assert posts["role"]["constraints"]["enum"] == ["patient", "carer", "professional", "unknown"]
    keys = package["resources"][1]["schema"]["foreignKeys"]
    assert {"fields": "parent_id", "reference": {"resource": "", "fields": "post_id"}} in keys


def test_sizes_and_hashes_are_those_of_the_files(tmp_path: Path) -> None:
    for resource in export(study(), tmp_path)["resources"]:
        data = (tmp_path / resource["path"]).read_bytes()
        if resource["format"] == "csv":
            assert resource["bytes"] == len(data)
            assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"


def test_without_the_scores_all_resources_are_tables(tmp_path: Path) -> None:
    package = export(study(), tmp_path, scores=False)
    assert package["profile"] == "tabular-data-package"
    assert {r["profile"] for r in package["resources"]} == {"tabular-data-resource"}
