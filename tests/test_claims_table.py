"""Claims that a researcher brings in a table: any of the columns, ids kept as given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from export_pages import page

import community
from community.errors import SourceError
from community.readers import table
from community.tables import TABLES
from community.tabular.ledger import is_ledger
from community.types import RawDocument


def one(text: str) -> RawDocument:
    given = page(text, "claims.csv")
    assert table.make().sniff(given) > 0.9
    (found,) = table.make().read(given)
    return found


def test_an_id_and_words_are_a_claim_and_its_result_is_read_from_them() -> None:
    found = one(
        "claim_id,text\n"
        'C1,"In the ORBIT-2 trial, nausea occurred in 8% of patients at 2 years."\n'
        "C2,Vitamin C makes one immortal.\n"
    )
    first, second = found.ledger
    assert (first.given_id, first.endpoint, first.value, first.unit) == ("C1", "nausea", 8, "%")
    assert (first.trial, first.timepoint_months) == ("ORBIT-2", 24)
    assert (
        first.span.of(found.text)
        == "In the ORBIT-2 trial, nausea occurred in 8% of patients at 2 years."
    )
    assert (second.given_id, second.endpoint, second.value) == ("C2", "statement", None)


def test_trial_endpoint_value_and_unit_are_a_claim() -> None:
    (claim,) = one("Trial,Endpoint,Value,Unit,Timepoint\nORBIT-2,nausea,8,%,2 years\n").ledger
    assert (claim.trial, claim.value, claim.unit, claim.timepoint_months) == ("ORBIT-2", 8, "%", 24)
    assert claim.given_id is None


@pytest.mark.parametrize(
    ("cell", "value", "unit", "counts"),
    [
        ("69%", 69, "%", (None, None)),
        ("20/29", 20, "patients", (20, 29)),
        ("0", 0, None, (None, None)),
    ],
)
def test_values_as_people_write_them(
    cell: str, value: float, unit: str | None, counts: tuple[int | None, int | None]
) -> None:
    (claim,) = one(f"claim_id,endpoint,value\nC1,relapse,{cell}\n").ledger
    assert (claim.value, claim.unit, (claim.numerator, claim.denominator)) == (value, unit, counts)


def test_columns_of_posts_and_of_our_other_tables_are_no_ledger() -> None:
    assert not is_ledger(["id", "text", "author"])
    assert not is_ledger(
        ["post_id", "start", "end", "text", "value", "unit", "claim_id", "verdict"]
    )
    assert not is_ledger(["claim_id", "text", "author"])
    assert is_ledger(["Claim ID", "Claim", "note"])


def test_a_table_without_a_claim_is_told() -> None:
    with pytest.raises(SourceError, match="no claim"):
        list(table.make().read(page("claim_id,text\nC1,\n", "claims.csv")))


def test_json_lines_of_claims_are_a_ledger() -> None:
    rows = [{"claim_id": 7, "text": "Nausea occurred in 8% of patients."}]
    given = page("\n".join(map(json.dumps, rows)) + "\n", "claims.jsonl")
    (found,) = table.make().read(given)
    assert [m.given_id for m in found.ledger] == ["7"]


def rows_of(sources: list[Path], study: Path) -> list[dict[str, Any]]:
    result = community.analyze([str(source) for source in sources], study=study)
    with community.opened(result.study) as snapshot:
        names = TABLES["claims"].names()
        return [dict(zip(names, row, strict=True)) for row in snapshot.rows("claims")]


def test_ids_of_a_ledger_stand_in_the_export_whatever_articles_come(tmp_path: Path) -> None:
    claims, posts, article = (tmp_path / n for n in ("claims.csv", "posts.csv", "news.txt"))
    claims.write_text(
        "claim_id,trial,endpoint,value,unit,timepoint\n"
        "efs;5,PUMP-2,event-free survival,69.2,%,5 years\n"
        "efs-3,PUMP-2,event-free survival,78.4,%,3 years\n"
    )
    posts.write_text(
        "id,text\n1,So 69% in PUMP-2 were event-free after five years. Is that good?\n2,No idea.\n"
    )
    article.write_text(
        "PUMP-2 reports\n\nIn the PUMP-2 trial, event-free survival was 69% at 5 years.\n\n"
        "The PUMP-2 trial enrolled 24 patients with oedema, and most of them were well.\n"
    )
    first = rows_of([claims, posts], tmp_path / "s")
    told = {(r["claim_id"], r["value"]) for r in first if not r["post_id"]}
    assert told == {("efs;5", 69.2), ("efs-3", 78.4)}
    assert all("id:" not in (r["flags"] or "") for r in first)
    again = rows_of([claims, posts, article], tmp_path / "s")
    held = [r for r in again if r["endpoint"] == "event-free survival"]
    assert {r["claim_id"] for r in held} == {"efs;5", "efs-3"} and len(held) > 2
    assert len({r["version_group"] for r in held}) == 1
