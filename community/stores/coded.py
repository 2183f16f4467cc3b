"""What a study's coders said of some of its posts, as rows of labels: what measuring needs.

Read as found, whatever the study's profile is: only figures leave, and evidence is compared by the
words as they stand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from community.labels.files import Row
from community.labels.nouns import Passage
from community.privacy import Profile
from community.quality.nouns import KnownPost
from community.stores.snapshot import StudySnapshot
from community.stores.sqlite import SqliteStore
from community.tables import TABLES

_AS_FOUND = Profile(key=b"", identities="keep")


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """Posts in document order, the rows of every coder about them, and the coders' probabilities by
    coder, code and post."""

    posts: tuple[KnownPost, ...]
    rows: tuple[Row, ...]
    scores: Mapping[str, Mapping[str, Mapping[str, float]]]


def coded(database: Path, wanted: Collection[str]) -> Coded:
    """Reads the posts of a study that are wanted, by their ids or native ids.

    Raises:
        StoreError: the database cannot be used.
    """
    with SqliteStore(database, read_only=True) as store:
        snapshot = StudySnapshot(store, _AS_FOUND)
        posts = tuple(_posts(snapshot, wanted))
        ids = {post.id for post in posts}
        scores: dict[str, dict[str, dict[str, float]]] = {}
        for row in _rows(snapshot, "scores", ids):
            by_code = scores.setdefault(row["coder"], {})
            by_code.setdefault(row["code"], {})[row["post_id"]] = row["probability"]
        return Coded(posts=posts, rows=tuple(_labels(snapshot, ids)), scores=scores)


def _rows(
    snapshot: StudySnapshot, table: str, ids: Collection[str] | None = None
) -> Iterator[dict[str, Any]]:
    names = TABLES[table].names()
    at = names.index("post_id") if ids is not None else 0
    for row in snapshot.rows(table):
        if ids is None or row[at] in ids:
            yield dict(zip(names, row, strict=True))


def _posts(snapshot: StudySnapshot, wanted: Collection[str]) -> Iterator[KnownPost]:
    for row in _rows(snapshot, "posts"):
        if row["post_id"] in wanted or row["native_id"] in wanted:
            yield KnownPost(
                id=row["post_id"],
                native_id=row["native_id"],
                thread=row["thread_id"],
                text=row["text"] or "",
                start=row["start"] or 0,
                role=row["role"] or "unknown",
                status=row["status"],
            )


def _labels(snapshot: StudySnapshot, ids: Collection[str]) -> Iterator[Row]:
    codings = {row["coding_id"]: row for row in _rows(snapshot, "codings", ids)}
    passages: dict[str, list[Passage]] = {}
    for row in _rows(snapshot, "evidence"):
        if row["coding_id"] in codings and row["end"] > row["start"]:
            passage = Passage(start=row["start"], end=row["end"])
            passages.setdefault(row["coding_id"], []).append(passage)
    for coding_id, row in codings.items():
        yield Row(
            line=0,
            post_id=row["post_id"],
            layer=row["layer"],
            code=row["code"],
            polarity=row["polarity"],
            whose=row["whose"],
            abstained=row["abstained"],
            coder=row["coder"],
            evidence=tuple(passages.get(coding_id, ())),
        )
