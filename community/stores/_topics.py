"""What discovery found, in a study's database: the current topics, whose post is in which, and what
the run that found them said. Plain values all; what is superseded stays with `last_run`."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from community.discovery.nouns import Change, Found, Placed, Topic

Row = tuple[Any, ...]
Replace = Callable[[sqlite3.Connection, str, int, list[Row], int], None]
NO_DOCUMENT = 0  # the number under which rows stand that are about all documents together
_SEPARATOR = ";"


def digest(db: sqlite3.Connection) -> str:
    """A hash over all that topics are made of: every current post's words, state and author."""
    made = hashlib.sha256()
    for row in db.execute(
        "SELECT post_id, status, text_sha256, own, author, author_native_id, lang FROM posts"
        " WHERE last_run IS NULL ORDER BY post_id, doc"
    ):
        made.update(repr(row).encode("utf-8", "surrogatepass"))
    return made.hexdigest()


def foreign(db: sqlite3.Connection) -> set[str]:
    """Posts on which a coder abstained because of their language."""
    sql = "SELECT DISTINCT post_id FROM codings WHERE last_run IS NULL AND reason='language'"
    return {post_id for (post_id,) in db.execute(sql)}


def load(db: sqlite3.Connection) -> Found | None:
    """What the last run found; None where none has looked."""
    sql = "SELECT first_run, digest, method, reason, told FROM topic_runs WHERE last_run IS NULL"
    run = db.execute(sql).fetchone()
    if run is None:
        return None
    number, mark, method, reason, told = run
    more = json.loads(told)
    topics = db.execute(
        "SELECT topic_id, label, terms, posts, example_post_id, since_run FROM topics"
        " WHERE last_run IS NULL ORDER BY ord"
    )
    placed = db.execute(
        "SELECT post_id, topic_id, score FROM post_topics WHERE last_run IS NULL ORDER BY post_id"
    ).fetchall()
    return Found(
        topics=tuple(_topic(row) for row in topics),
        placed=tuple(Placed(post_id=p, topic_id=t, score=s) for p, t, s in placed if t),
        unplaced=tuple(post for post, topic, _ in placed if not topic),
        changes=tuple(Change(**change) for change in more["changes"]),
        counts=more["counts"],
        method=method,
        reason=reason,
        wanted=more["wanted"],
        ids=more["ids"],
        run=number,
        digest=mark,
    )


def _topic(row: Row) -> Topic:
    topic_id, label, terms, posts, example, since = row
    listed = tuple(terms.split(_SEPARATOR)) if terms else ()
    return Topic(id=topic_id, label=label, terms=listed, posts=posts, example=example, since=since)


def put(db: sqlite3.Connection, found: Found, replace: Replace) -> None:
    """Makes `found` what is current; `replace` is the store's own way to replace rows.

    To be called within a transaction.
    """
    topics: list[Row] = [
        (t.id, t.label, _SEPARATOR.join(t.terms) or None, t.posts, t.example, t.since)
        for t in found.topics
    ]
    replace(db, "topics", NO_DOCUMENT, topics, found.run)
    about: dict[str, Row] = {post: (post, None, None) for post in found.unplaced}
    about |= {p.post_id: (p.post_id, p.topic_id, p.score) for p in found.placed}
    by_document: dict[int, list[Row]] = {
        doc: [] for (doc,) in db.execute("SELECT DISTINCT doc FROM post_topics")
    }
    for doc, post in db.execute(
        "SELECT doc, post_id FROM posts WHERE last_run IS NULL ORDER BY doc, ord"
    ).fetchall():
        if post in about:
            by_document.setdefault(doc, []).append(about.pop(post))
    for doc, made in by_document.items():
        replace(db, "post_topics", doc, made, found.run)
    told = {
        "changes": [asdict(change) for change in found.changes],
        "counts": dict(found.counts),
        "wanted": found.wanted,
        "ids": found.ids,
    }
    db.execute("DELETE FROM topic_runs WHERE first_run=?", (found.run,))
    db.execute("UPDATE topic_runs SET last_run=? WHERE last_run IS NULL", (found.run - 1,))
    db.execute(
        "INSERT INTO topic_runs VALUES (?,NULL,?,?,?,?)",
        (found.run, found.digest, found.method, found.reason, json.dumps(told, sort_keys=True)),
    )
