"""A claim carries the words that state it: from the extractor and from tables, through the store."""

from __future__ import annotations

import csv
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

import community
from community import rows
from community.ids import document_id
from community.results import claims
from community.stores._schema import _ADDED, APPLICATION_ID, MIGRATIONS
from community.stores.sqlite import SqliteStore
from community.types import Document, Mention, Span, Thread

ARTICLE = (
    "In the Norland trial, 40 people with multiple sclerosis had a stem cell transplant."
    " Event-free survival was 71% at three years. Nobody died."
)
DOCUMENT = Document(
    id=document_id("a.txt", ""),
    source="a.txt",
    thread_key="",
    reader="text",
    text=ARTICLE,
    kind="article",
    article=(Span(0, len(ARTICLE)),),
)
ROW = Mention(
    document_id=DOCUMENT.id,
    span=Span(0, 0),
    endpoint="event-free survival",
    value=71.0,
    unit="%",
    text="words of a registry's field",
)


def table(folder: Path) -> list[dict[str, str]]:
    with (folder / "claims.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def put(store: SqliteStore, mentions: list[Mention], run: int = 1) -> None:
    made = {"claims": list(rows.mention_rows(mentions, DOCUMENT.text))}
    store.put(DOCUMENT, made, fingerprint="x", ordinal=0, run=run)


def test_what_the_extractor_finds_carries_the_words_at_its_span() -> None:
    found = claims.make()(Thread(document=DOCUMENT, posts=()))
    assert found
    assert all(m.text == m.span.of(ARTICLE) for m in found)


def test_words_of_the_document_are_kept_once_and_come_back(tmp_path: Path) -> None:
    found = list(claims.make()(Thread(document=DOCUMENT, posts=())))
    with SqliteStore(tmp_path / "study.db") as store:
        put(store, found)
        assert [mention for _, mention in store.mentions()] == found
    with sqlite3.connect(tmp_path / "study.db") as db:
        assert {kept for (kept,) in db.execute("SELECT kept_text FROM claims")} == {None}


def test_words_that_stand_in_no_document_are_kept_with_the_claim(tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "study.db") as store:
        put(store, [ROW, replace(ROW, value=None, text=None)])
        assert [m.text for _, m in store.mentions()] == [ROW.text, None]


def test_a_database_of_the_version_before_gets_the_column(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    names = [name for name in rows.columns("claims") if name not in _ADDED["claims"]]
    (row,) = rows.mention_rows([replace(ROW, span=Span(84, 127), text=None)])
    told = dict(zip(rows.columns("claims"), row, strict=True))
    with sqlite3.connect(path) as db:
        for statement in (*MIGRATIONS[0], *MIGRATIONS[1]):
            db.execute(statement)
        marks = ",".join("?" * (len(names) + 4))
        cells = (1, 0, *(told[name] for name in names), 1, None)
        db.execute(f"INSERT INTO claims VALUES ({marks})", cells)
        db.execute(f"PRAGMA application_id={APPLICATION_ID}")
        db.execute("PRAGMA user_version=2")
    with SqliteStore(path) as store:
        put(store, [replace(ROW, span=Span(84, 127), text=Span(84, 127).of(ARTICLE))], run=2)
        ((_, mention),) = store.mentions()
    assert mention.text == Span(84, 127).of(ARTICLE)
    with sqlite3.connect(path) as db:  # the same row: not superseded by the run
        assert db.execute("SELECT first_run, last_run FROM claims").fetchall() == [(1, None)]


@pytest.mark.parametrize("text", ["Ten of 14 were event-free, 71 %.", ""])
def test_a_claims_table_gives_its_words_back(tmp_path: Path, text: str) -> None:
    source = tmp_path / "in" / "claims.csv"
    source.parent.mkdir()
    source.write_text(f'endpoint,value,unit,text\nevent-free survival,71,%,"{text}"\n')
    community.analyze([source], study=tmp_path / "study", out=tmp_path / "out")
    (row,) = table(tmp_path / "out")
    assert row["text"] == (text or "event-free survival 71 %")
