"""A snapshot's rows, gathered by document: one document in memory at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from community.contracts import Snapshot
from community.errors import StoreError
from community.tables import TABLES

Values = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A document and the rows about its posts: codings and links by post, spans of evidence (into
    the document's text) by coding."""

    document: Values
    posts: list[Values]
    codings: dict[str, list[Values]]
    evidence: dict[str, list[tuple[int, int]]]
    links: dict[str, list[Values]]


def values(snapshot: Snapshot, table: str) -> Iterator[Values]:
    """Rows of a published table by column name."""
    names = TABLES[table].names()
    for row in snapshot.rows(table):
        yield dict(zip(names, row, strict=True))


class _Ahead:
    """Rows that stand in document order, taken as far as they belong to what is wanted."""

    def __init__(self, snapshot: Snapshot, table: str, key: str) -> None:
        self.table, self._key = table, key
        self._rows = values(snapshot, table)
        self.next = next(self._rows, None)

    def take(self, wanted: Collection[str]) -> Iterator[Values]:
        while self.next is not None and self.next[self._key] in wanted:
            row, self.next = self.next, next(self._rows, None)
            yield row


def bundles(snapshot: Snapshot) -> Iterator[Bundle]:
    """Every document that has posts, in order, with the rows about them.

    Raises:
        StoreError: rows about posts do not stand in the order of their documents.
    """
    posts = _Ahead(snapshot, "posts", "document_id")
    codings = _Ahead(snapshot, "codings", "post_id")
    evidence = _Ahead(snapshot, "evidence", "coding_id")
    links = _Ahead(snapshot, "links", "post_id")
    for document in values(snapshot, "documents"):
        mine = list(posts.take((document["document_id"],)))
        ids = {post["post_id"] for post in mine}
        coded = list(codings.take(ids))
        spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for row in evidence.take({coding["coding_id"] for coding in coded}):
            spans[row["coding_id"]].append((row["start"], row["end"]))
        linked = _by_post(links.take(ids))
        if mine:
            yield Bundle(
                document=document,
                posts=mine,
                codings=_by_post(iter(coded)),
                evidence=dict(spans),
                links=linked,
            )
    for rest in (posts, codings, evidence, links):
        if rest.next is not None:
            reason = f"a row of {rest.table} stands apart from its document"
            raise StoreError("study.db", reason, "run the study again, then export it")


def _by_post(rows: Iterator[Values]) -> dict[str, list[Values]]:
    made: dict[str, list[Values]] = defaultdict(list)
    for row in rows:
        made[row["post_id"]].append(row)
    return dict(made)


def spans_of(bundle: Bundle, coding: Values) -> list[tuple[int, int]]:
    """Where the evidence of a coding stands in its document; empty where it has none."""
    found = bundle.evidence.get(coding["coding_id"], [])
    if not found and coding["evidence_start"] is not None:
        found = [(coding["evidence_start"], coding["evidence_end"])]
    return [(start, end) for start, end in dict.fromkeys(found) if end > start]
