"""A study's database: SQLite in WAL mode, one writer, readers never blocked.

One transaction per document. A row that is superseded keeps its place with `last_run`; a row that
did not change is not touched, so that `first_run` says since when it holds.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from community import rows
from community.discovery.nouns import Found
from community.errors import StoreError
from community.ids import sha256
from community.linked import Linked
from community.stores import _topics
from community.stores._schema import APPLICATION_ID, DOCUMENT_COLUMNS, MIGRATIONS
from community.types import Coding, Document, Ledger, Mention, Problem, Span, Thread

Row = tuple[Any, ...]
_TABLES = "SELECT name FROM sqlite_master WHERE type='table'"


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of a document: where it is, and what its analysis was made from."""

    seq: int
    document_id: str
    thread_key: str
    fingerprint: str


class SqliteStore:
    """The database of one study. Use as a context manager; one instance per process.

    Raises (any method):
        StoreError: the file is locked, damaged, not ours, of a newer version, or the disk is full.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        with self._wrapped():
            self._db = self._connect(read_only)
            self._migrate(read_only)
            self._tables = {name for (name,) in self._db.execute(_TABLES)}

    def __enter__(self) -> SqliteStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the file."""
        self._db.close()

    # -- opening -------------------------------------------------------------------------------

    def _connect(self, read_only: bool) -> sqlite3.Connection:
        if not read_only and not self.path.exists():
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        mode = "ro" if read_only else "rw"
        uri = f"{self.path.resolve().as_uri()}?mode={mode}"
        db = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=30)
        db.execute("PRAGMA trusted_schema=OFF")
        db.execute("PRAGMA cell_size_check=ON")
        if not read_only:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
            db.execute("PRAGMA secure_delete=ON")  # erased words are overwritten
        return db

    def _migrate(self, read_only: bool) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        (owner,) = self._db.execute("PRAGMA application_id").fetchone()
        if version and owner != APPLICATION_ID:
            raise StoreError(str(self.path), "is not a study's database")
        if version > len(MIGRATIONS):
            advice = "install the newer version"
            raise StoreError(str(self.path), f"has schema {version}, newer than ours", advice)
        if read_only:
            return
        for number, statements in enumerate(MIGRATIONS[version:], version + 1):
            with self.transaction():
                for statement in statements:
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA application_id={APPLICATION_ID}")
                self._db.execute(f"PRAGMA user_version={number}")

    @contextmanager
    def _wrapped(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            advice = "see `community doctor`; nothing stored before is lost"
            raise StoreError(str(self.path), str(error), advice) from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing."""
        with self._wrapped():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _all(self, sql: str, args: Sequence[Any] = ()) -> list[Row]:
        with self._wrapped():
            return self._db.execute(sql, args).fetchall()

    # -- runs and sources ----------------------------------------------------------------------

    def start_run(self, started_at: str) -> int:
        """Number of the run: a new one, or that of a run which was killed and is now resumed."""
        open_ = self._all("SELECT number FROM runs WHERE finished_at IS NULL")
        if open_:
            return int(open_[0][0])
        with self.transaction() as db:
            return int(
                db.execute("INSERT INTO runs (started_at) VALUES (?)", (started_at,)).lastrowid or 0
            )

    def finish_run(self, number: int, finished_at: str, meta: Mapping[str, Any]) -> None:
        """Closes a run with what it has to say."""
        with self.transaction() as db:
            db.execute(
                "UPDATE runs SET finished_at=?, meta=? WHERE number=?",
                (finished_at, json.dumps(meta, sort_keys=True), number),
            )

    def last_run(self) -> dict[str, Any]:
        """What the last finished run said of itself; empty before the first."""
        found = self._all(
            "SELECT meta FROM runs WHERE finished_at IS NOT NULL ORDER BY number DESC LIMIT 1"
        )
        return dict(json.loads(found[0][0])) if found else {}

    def sources(self) -> dict[str, tuple[str, str | None]]:
        """Key → (path, fingerprint of what was read from it) of every source ever read."""
        found = self._all("SELECT key, path, fingerprint FROM sources")
        return {key: (path, fingerprint) for key, path, fingerprint in found}

    def put_source(
        self, key: str, path: str, fingerprint: str | None, problems: Iterable[Problem] = ()
    ) -> None:
        """Records that a source was read to its end, and what went wrong with it."""
        with self.transaction() as db:
            db.execute(
                "INSERT INTO sources (key, path, fingerprint) VALUES (?,?,?) ON CONFLICT (key) DO"
                " UPDATE SET path=excluded.path, fingerprint=excluded.fingerprint, vanished=0",
                (key, path, fingerprint),
            )
            db.execute("DELETE FROM source_problems WHERE source=?", (key,))
            made = [(key, *rows.problem_row(p)) for p in dict.fromkeys(problems)]
            db.executemany("INSERT INTO source_problems VALUES (?,?,?,?,?)", made)

    def mark_vanished(self, keys: Iterable[str]) -> None:
        """Flags sources that are no longer there; what they gave stays."""
        with self.transaction() as db:
            db.executemany(
                "UPDATE sources SET vanished=1, fingerprint=NULL WHERE key=?", [(k,) for k in keys]
            )

    def forget_missing(self, source: str, document_ids: set[str]) -> None:
        """Flags documents of a source that a complete re-read no longer gave."""
        gone = [k.seq for k in self.known(source) if k.document_id not in document_ids]
        here = [k.seq for k in self.known(source) if k.document_id in document_ids]
        with self.transaction() as db:
            db.executemany("UPDATE documents SET vanished=1 WHERE seq=?", [(s,) for s in gone])
            db.executemany("UPDATE documents SET vanished=0 WHERE seq=?", [(s,) for s in here])

    # -- documents -----------------------------------------------------------------------------

    def known(self, source: str) -> list[Known]:
        """Documents that a source gave so far."""
        sql = "SELECT seq, document_id, thread_key, fingerprint FROM documents WHERE source=?"
        return [Known(*row) for row in self._all(sql, (source,))]

    def put(self, document: Document, made: Mapping[str, list[Row]], **facts: Any) -> None:
        """Replaces what one document gave, in one transaction.

        Args:
            document: the document.
            made: its rows by table (`community.rows.of_analysis`).
            facts: `fingerprint`, `ordinal` (its place in its source) and `run` (number).
        """
        run = facts["run"]
        with self.transaction() as db:
            seq = self._put_document(db, document, facts)
            for table, new in made.items():
                _replace(db, table, seq, new, run)

    def _put_document(
        self, db: sqlite3.Connection, document: Document, facts: Mapping[str, Any]
    ) -> int:
        told = _document_row(document) | {
            "fingerprint": facts["fingerprint"],
            "ordinal": facts["ordinal"],
            "linked": None,
            "vanished": 0,
        }
        names = ", ".join(told)
        marks = ", ".join("?" * len(told))
        updates = ", ".join(f"{name}=excluded.{name}" for name in told if name != "document_id")
        (seq,) = db.execute(
            f"INSERT INTO documents ({names}) VALUES ({marks})"
            f" ON CONFLICT (document_id) DO UPDATE SET {updates} RETURNING seq",
            tuple(told.values()),
        ).fetchone()
        return int(seq)

    def documents(self) -> Iterator[tuple[int, Document]]:
        """Every document with its number, in publication order: by source, then as it came."""
        sql = f"SELECT seq, {', '.join(DOCUMENT_COLUMNS)} FROM documents ORDER BY source, ordinal"
        with self._wrapped():
            for seq, *values in self._db.execute(sql):
                yield seq, _document(values)

    def document(self, seq: int) -> Document:
        """One document by its number."""
        names = ", ".join(DOCUMENT_COLUMNS)
        return _document(self._all(f"SELECT {names} FROM documents WHERE seq=?", (seq,))[0])

    def current(self, table: str, seq: int) -> list[Row]:
        """A document's current rows of a table, in document order; none of a table that a study
        read only, and written by an older version, does not have yet."""
        if table not in self._tables:
            return []
        names = ", ".join(f'"{c}"' for c in rows.columns(table))
        live = " AND last_run IS NULL" if table in rows.VERSIONED else ""
        return self._all(f'SELECT {names} FROM "{table}" WHERE doc=?{live} ORDER BY ord', (seq,))

    def thread(self, seq: int) -> Thread:
        """A stored thread."""
        return rows.to_thread(
            self.document(seq), self.current("posts", seq), self.current("quotes", seq)
        )

    def codings(self, seq: int) -> list[Coding]:
        """A document's current codings."""
        spans: dict[str, list[Span]] = {}
        for coding_id, start, end in self.current("evidence", seq):
            spans.setdefault(coding_id, []).append(Span(start, end))
        found = self.current("codings", seq)
        return [rows.to_coding(row, spans.get(row[0], ())) for row in found]

    def linked(self, seq: int) -> Linked:
        """A document's current links, quoted numbers and questions."""
        return rows.to_linked({table: self.current(table, seq) for table in rows.LINKED})

    # -- ledger and links ----------------------------------------------------------------------

    def mentions(self) -> list[tuple[str, Mention]]:
        """Every current mention with its id, in publication order."""
        at = rows.columns("claims").index("mention_id")
        found = []
        for seq, document_id in self._all(
            "SELECT seq, document_id FROM documents ORDER BY source, ordinal"
        ):
            stated = self.current("claims", seq)
            text = self._text(seq) if stated else ""
            for row in stated:
                found.append((row[at], rows.to_mention(row, document_id, text)))
        return found

    def _text(self, seq: int) -> str:
        return str(self._all("SELECT text FROM documents WHERE seq=?", (seq,))[0][0])

    def put_ledger(self, ledger: Ledger, ids: Mapping[Mention, str]) -> None:
        """Replaces the ledger; `ids` gives each mention's id."""
        made = [
            (
                ids[mention],
                claim.id,
                claim.version_group,
                ";".join(claim.flags) or None,
                claim.best().trial,
            )
            for claim in ledger.claims
            for mention in claim.mentions
        ]
        with self.transaction() as db:
            db.execute("DELETE FROM ledger")
            db.executemany("INSERT INTO ledger VALUES (?,?,?,?,?)", made)

    def unlinked(self, fingerprint: str) -> list[int]:
        """Numbers of the documents whose links were not made from this ledger and linker."""
        sql = (
            "SELECT seq FROM documents WHERE linked IS NOT ? AND kind != 'article'"
            " ORDER BY source, ordinal"
        )
        return [seq for (seq,) in self._all(sql, (fingerprint,))]

    def put_linked(self, seq: int, linked: Linked, *, fingerprint: str, run: int) -> None:
        """Replaces a document's links, quoted numbers and questions, in one transaction."""
        with self.transaction() as db:
            for table, new in rows.of_linked(linked).items():
                _replace(db, table, seq, new, run)
            db.execute("UPDATE documents SET linked=? WHERE seq=?", (fingerprint, seq))

    # -- topics --------------------------------------------------------------------------------

    def posts_digest(self) -> str:
        """A hash over every current post: its words, state and author."""
        with self._wrapped():
            return _topics.digest(self._db)

    def foreign_posts(self) -> set[str]:
        """Ids of posts in a language that the codebook does not cover."""
        with self._wrapped():
            return _topics.foreign(self._db)

    def topics(self) -> Found | None:
        """What the last run found out about topics; None where none has looked."""
        with self._wrapped():
            return _topics.load(self._db)

    def put_topics(self, found: Found) -> None:
        """Replaces the topics and whose post is in which, in one transaction."""
        with self.transaction() as db:
            _topics.put(db, found, _replace)

    def put_problems(self, problems: Iterable[Problem]) -> None:
        """Replaces the problems that belong to no source."""
        with self.transaction() as db:
            db.execute("DELETE FROM source_problems WHERE source=''")
            made = [("", *rows.problem_row(problem)) for problem in problems]
            db.executemany("INSERT INTO source_problems VALUES (?,?,?,?,?)", made)

    # -- for the snapshot ----------------------------------------------------------------------

    def ledger_of(self) -> dict[str, Row]:
        """Mention id → (claim id, version group, flags of the claim, its trial)."""
        found = self._all("SELECT mention_id, claim_id, version_group, flags, trial FROM ledger")
        return {row[0]: row[1:] for row in found}

    def problems(self) -> list[Row]:
        """Problems that belong to no document, in order of their sources."""
        sql = 'SELECT subject, stage, reason, "where" FROM source_problems ORDER BY source, rowid'
        return self._all(sql)

    def vanished(self) -> tuple[set[str], set[str]]:
        """Keys of vanished sources, and ids of documents that their sources no longer give."""
        keys = {key for (key,) in self._all("SELECT key FROM sources WHERE vanished=1")}
        ids = {i for (i,) in self._all("SELECT document_id FROM documents WHERE vanished=1")}
        return keys, ids

    def check(self) -> list[str]:
        """What SQLite's own integrity check finds; empty when sound."""
        found = [str(row[0]) for row in self._all("PRAGMA integrity_check")]
        return [] if found == ["ok"] else found


def _document_row(document: Document) -> dict[str, Any]:
    told = {name: getattr(document, name) for name in DOCUMENT_COLUMNS if name != "document_id"}
    title = document.title_span
    told |= {
        "document_id": document.id,
        "complete": int(document.complete),
        "article": json.dumps([[s.start, s.end] for s in document.article]),
        "title_span": json.dumps([title.start, title.end]) if title else None,
        "text_sha256": sha256(document.text),
    }
    return told


def _document(values: Sequence[Any]) -> Document:
    told = dict(zip(DOCUMENT_COLUMNS, values, strict=True))
    told["id"] = told.pop("document_id")
    told["complete"] = bool(told["complete"])
    told["article"] = tuple(Span(a, b) for a, b in json.loads(told["article"]))
    told["title_span"] = Span(*json.loads(told["title_span"])) if told["title_span"] else None
    return Document(**told)


def _replace(db: sqlite3.Connection, table: str, seq: int, new: list[Row], run: int) -> None:
    """Makes `new` the current rows: the same ones stay as they are, the others are superseded."""
    names = ", ".join(f'"{c}"' for c in rows.columns(table))
    versioned = table in rows.VERSIONED
    live = " AND last_run IS NULL" if versioned else ""
    kept: dict[Row, list[int]] = {}
    for rowid, *values in db.execute(
        f'SELECT rowid, {names} FROM "{table}" WHERE doc=?{live}', (seq,)
    ):
        kept.setdefault(tuple(values), []).append(rowid)
    fresh, moved = [], []
    for order, row in enumerate(new):
        same = kept.get(row)
        if same:
            moved.append((order, same.pop()))
        else:
            fresh.append((seq, order, *row, *((run, None) if versioned else ())))
    gone = [(rowid,) for rowids in kept.values() for rowid in rowids]
    if versioned:
        # a row that this very run made (and was then killed) leaves no trace
        db.executemany(f'DELETE FROM "{table}" WHERE rowid=? AND first_run={int(run)}', gone)
        db.executemany(f'UPDATE "{table}" SET last_run={int(run) - 1} WHERE rowid=?', gone)
    else:
        db.executemany(f'DELETE FROM "{table}" WHERE rowid=?', gone)
    db.executemany(f'UPDATE "{table}" SET ord=? WHERE rowid=? AND ord!=?1', moved)
    if fresh:
        marks = ",".join("?" * len(fresh[0]))
        told = f"doc, ord, {names}" + (", first_run, last_run" if versioned else "")
        db.executemany(f'INSERT INTO "{table}" ({told}) VALUES ({marks})', fresh)
