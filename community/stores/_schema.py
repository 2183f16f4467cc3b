"""The schema of a study's database: an ordered list of migrations, one transaction each."""

from __future__ import annotations

from community import rows
from community.tables import TABLES

APPLICATION_ID = 0x434D5459  # "CMTY"

DOCUMENT_COLUMNS = (
    "document_id",
    "source",
    "thread_key",
    "reader",
    "text",
    "kind",
    "title",
    "title_span",
    "article",
    "article_author",
    "complete",
    "note",
    "url",
    "published_at",
    "retrieved_at",
    "lang",
)
_SQL_TYPES = {
    "string": "TEXT",
    "integer": "INTEGER",
    "number": "REAL",
    "probability": "REAL",
    "boolean": "INTEGER",
}


# columns that a later migration added; the table is made without them
_ADDED = {"claims": ("kept_text", "known_as", "given_id")}


def _child(table: str) -> list[str]:
    kinds = {column.name: _SQL_TYPES[column.kind] for column in TABLES[table].columns}
    names = [name for name in rows.columns(table) if name not in _ADDED.get(table, ())]
    columns = [f'"{name}" {kinds.get(name, "TEXT")}' for name in names]
    if table in rows.VERSIONED:
        columns += ["first_run INTEGER NOT NULL", "last_run INTEGER"]
    body = ", ".join(["doc INTEGER NOT NULL", "ord INTEGER NOT NULL", *columns])
    live = " WHERE last_run IS NULL" if table in rows.VERSIONED else ""
    return [
        f'CREATE TABLE "{table}" ({body})',
        f'CREATE INDEX "{table}_doc" ON "{table}" (doc, ord){live}',
    ]


_SAID = ("quoted_numbers", "questions")

_FIRST = [
    "CREATE TABLE runs (number INTEGER PRIMARY KEY, started_at TEXT NOT NULL, finished_at TEXT,"
    " meta TEXT)",
    "CREATE TABLE sources (key TEXT PRIMARY KEY, path TEXT NOT NULL, fingerprint TEXT,"
    " vanished INTEGER NOT NULL DEFAULT 0)",
    "CREATE TABLE source_problems (source TEXT NOT NULL, subject TEXT NOT NULL,"
    ' stage TEXT NOT NULL, reason TEXT NOT NULL, "where" TEXT)',
    "CREATE TABLE documents (seq INTEGER PRIMARY KEY, document_id TEXT NOT NULL UNIQUE,"
    " source TEXT NOT NULL, ordinal INTEGER NOT NULL, thread_key TEXT NOT NULL,"
    " fingerprint TEXT NOT NULL, linked TEXT, vanished INTEGER NOT NULL DEFAULT 0,"
    " text TEXT NOT NULL, text_sha256 TEXT NOT NULL, kind TEXT NOT NULL, title TEXT,"
    " title_span TEXT, article TEXT NOT NULL, article_author TEXT, reader TEXT NOT NULL,"
    " complete INTEGER NOT NULL, note TEXT, url TEXT, published_at TEXT, retrieved_at TEXT,"
    " lang TEXT)",
    "CREATE INDEX documents_order ON documents (source, ordinal)",
    "CREATE TABLE ledger (mention_id TEXT PRIMARY KEY, claim_id TEXT NOT NULL,"
    " version_group TEXT NOT NULL, flags TEXT, trial TEXT)",
    *[statement for table in rows.CHILDREN if table not in _SAID for statement in _child(table)],
    # for those who open the database in R, Python or Datasette: posts with their words
    "CREATE VIEW posts_text AS SELECT posts.*, coalesce(kept_text, substr(documents.text,"
    ' posts."start" + 1, posts."end" - posts."start")) AS text, documents.document_id'
    " FROM posts JOIN documents ON documents.seq = posts.doc WHERE last_run IS NULL",
]

# rows of `topics` belong to no document: theirs is number 0. A row of `post_topics` without a topic
# is that of a post which was looked at and has none.
_TOPICS = [
    *[statement for table in rows.DISCOVERED for statement in _child(table)],
    "CREATE TABLE topic_runs (first_run INTEGER NOT NULL, last_run INTEGER, digest TEXT NOT NULL,"
    " method TEXT, reason TEXT, told TEXT NOT NULL)",
]

# claims whose words stand in no document (of a registry's fields, of a table), and what is known of
# them beside what is published
_CLAIMS_WORDS = [f"ALTER TABLE claims ADD COLUMN {name} TEXT" for name in _ADDED["claims"]]

# what posts say of the ledger beside links
_SPOKEN = [statement for table in _SAID for statement in _child(table)]

MIGRATIONS: tuple[list[str], ...] = (_FIRST, _TOPICS, _CLAIMS_WORDS, _SPOKEN)
