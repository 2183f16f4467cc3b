"""A study as its exporters see it: the published tables, in document order, under a profile.

Exporters never see the store. Words are cut out of documents here, masked on the way, and one
document at a time is in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from community import rows
from community.contracts import Snapshot
from community.ids import sha256
from community.privacy import Profile, mask, month, name_pattern, site_of
from community.stores._topics import NO_DOCUMENT
from community.stores.sqlite import SqliteStore
from community.tables import TABLES, Table
from community.types import Document

Row = tuple[Any, ...]
Values = dict[str, Any]
Summaries = Mapping[str, Callable[[Snapshot], Iterator[Row]]]

_TIMES = {"posted_at", "published_at", "retrieved_at", "first_at", "last_at"}
_IDS = {
    "document_id", "thread_id", "post_id", "parent_id", "answers_id", "coding_id", "mention_id",
    "example_post_id", "answered_by", "source", "native_id", "parent_native_id",
}  # fmt: skip
_WORDY = {
    "posts", "quotes", "codings", "evidence", "claims", "links", "quoted_numbers", "questions",
}  # fmt: skip
_WORDS = {"text", "evidence", "title"}
_UNTOLD = "told in the study's own problems.csv alone"
_LENT = "trial-from-title"  # flag of a claim whose study the page names nowhere


@dataclass(frozen=True)
class StudySnapshot:
    """Rows of a study's tables under a profile; satisfies `community.types.Snapshot`.

    `summaries` gives the tables that are computed from other tables.
    """

    store: SqliteStore
    profile: Profile
    meta: dict[str, object] = field(default_factory=dict)
    summaries: Summaries = field(default_factory=dict)
    _made: dict[str, list[Row]] = field(default_factory=dict, repr=False)

    def rows(self, table: str) -> Iterator[Row]:
        """The rows of a published table, in document order.

        Raises:
            KeyError: no such table.
        """
        declared = TABLES[table]
        if table in self.summaries:
            if table not in self._made:  # asked for by several exporters, made once
                self._made[table] = list(self.summaries[table](self))
            yield from self._made[table]
            return
        if not declared.computed:
            return
        shared = self._sharing(declared) if self.profile.sharing else None
        flags = [column.name for column in declared.columns if column.kind == "boolean"]
        names = declared.names()
        for values in self._values(table):
            told = shared(values) if shared else values
            for name in flags:
                told[name] = bool(told[name])
            yield tuple(told.get(name) for name in names)

    # -- tables --------------------------------------------------------------------------------

    def _values(self, table: str) -> Iterator[Values]:
        if table == "problems":
            yield from self._problems()
            return
        if table == "topics":
            names = TABLES["topics"].names()
            for row in self.store.current("topics", NO_DOCUMENT):
                yield dict(zip(names, row, strict=True))
            return
        for seq, document in self.store.documents():
            if table == "documents":
                yield self._document(seq, document)
            else:
                yield from self._children(table, seq, document)

    def _problems(self) -> Iterator[Values]:
        names = TABLES["problems"].names()
        for row in self.store.problems():
            yield dict(zip(names, row, strict=True))
        for seq, _ in self.store.documents():
            for row in self.store.current("problems", seq):
                yield dict(zip(names, row, strict=True))

    def _document(self, seq: int, document: Document) -> Values:
        notes = [document.note]
        if document.source in self._vanished[0]:
            notes.append("source no longer found; these are the rows that it gave when last read")
        elif document.id in self._vanished[1]:
            notes.append("no longer in its source; these are the rows that it gave when last read")
        return {
            "document_id": document.id,
            "source": document.source,
            "title": document.title and self._masked(document.title, self._names(seq, document)),
            "kind": document.kind,
            "reader": document.reader,
            "text_sha256": sha256(document.text),
            "posts": len(self.store.current("posts", seq)),
            "claims": len(self.store.current("claims", seq)),
            "complete": document.complete,
            "note": "; ".join(note for note in notes if note) or None,
            "url": document.url,
            "published_at": document.published_at,
            "retrieved_at": document.retrieved_at,
            "lang": document.lang,
        }

    def _children(self, table: str, seq: int, document: Document) -> Iterator[Values]:
        columns = rows.columns(table)
        # masked once for the whole document, at its own length: every offset stays true
        names = self._names(seq, document) if table in _WORDY else None
        text = self._masked(document.text, names) if table in _WORDY else ""
        for row in self.store.current(table, seq):
            values = dict(zip(columns, row, strict=True))
            values["document_id"] = document.id
            if table == "post_topics" and values["topic_id"] is None:
                continue  # looked at, and without a topic
            if table in ("quotes", "evidence", "quoted_numbers", "questions"):
                values["text"] = _cut(text, values)
            elif table in ("codings", "links"):
                values["evidence"] = _cut(text, values, "evidence_")
            elif table == "posts":
                self._post(document, values, text, names)
            elif table == "claims":
                self._claim(document, values, text, names)
            yield values

    def _post(self, document: Document, values: Values, text: str, names: Any) -> None:
        kept = values.pop("kept_text")
        values["text"] = _cut(text, values) if kept is None else self._masked(kept, names)
        site = site_of(document.url, document.source)
        native = values.pop("author_native_id")
        values["author"] = self.profile.pseudonym(site, values["author"], native)
        values["gap"] = bool(values["gap"])

    def _claim(self, document: Document, values: Values, text: str, names: Any) -> None:
        # an article's words are published; only a poster's are a person's
        kept, posted = values.pop("kept_text"), values["post_id"] is not None
        del values["known_as"], values["given_id"]
        if kept is not None:
            values["text"] = self._masked(kept, names) if posted else kept
        else:
            values["text"] = _cut(text if posted else document.text, values)
        merged = self._ledger.get(values["mention_id"], ("", None, None, None))
        claim_id, group, flags, trial = merged
        both = [flag for flag in (values["flags"], flags) if flag]
        values |= {
            "claim_id": claim_id,
            "version_group": group,
            "trial": trial or values["trial"],
            "flags": ";".join(dict.fromkeys(";".join(both).split(";"))) or None,
        }

    # -- words ---------------------------------------------------------------------------------

    def _masked(self, text: str, names: Any) -> str:
        return text if self.profile.identities == "keep" else mask(text, names)

    def _names(self, seq: int, document: Document) -> Any:
        """Matches the names under which people wrote in a document."""
        if self.profile.identities == "keep":
            return None
        at = rows.columns("posts").index("author")
        return name_pattern(row[at] for row in self.store.current("posts", seq) if row[at])

    @cached_property
    def _ledger(self) -> dict[str, Row]:
        return self.store.ledger_of()

    @cached_property
    def _vanished(self) -> tuple[set[str], set[str]]:
        return self.store.vanished()

    @cached_property
    def _lent(self) -> set[str]:
        """Names of studies that are titles of pages, for want of another."""
        trial, flags = (rows.columns("claims").index(name) for name in ("trial", "flags"))
        return {
            row[trial]
            for seq, _ in self.store.documents()
            for row in self.store.current("claims", seq)
            if _LENT in (row[flags] or "").split(";")
        }

    # -- sharing -------------------------------------------------------------------------------

    def _names_a_source(self, column: str, value: Any) -> bool:
        """Whether a cell leads to a page or a post, and leaves under a key."""
        if column == "trial":
            return value in self._lent
        return column in _IDS or (column == "of" and value not in ("article", "external"))

    def _sharing(self, table: Table) -> Callable[[Values], Values]:
        """What a row may tell outside: keyed ids, months, no words, no addresses."""
        gone = {c.name for c in table.columns if c.personal} | _WORDS
        gone -= {"author", *_IDS}

        def shared(values: Values) -> Values:
            told: Values = {}
            for name, value in values.items():
                if value is None or name in gone:
                    told[name] = None
                elif self._names_a_source(name, value):
                    told[name] = self.profile.keyed("id", value)
                elif name == "refers_to" and value.removeprefix("trial:") in self._lent:
                    told[name] = "trial:" + self.profile.keyed("id", value.removeprefix("trial:"))
                elif name in _TIMES:
                    told[name] = month(value)
                elif table.name == "problems" and name == "reason":
                    told[name] = _UNTOLD  # it quotes ids, columns, and what stands in a line
                else:
                    told[name] = value
            return told

        return shared


def _cut(text: str, values: Values, prefix: str = "") -> str | None:
    """The words at a row's offsets; None where it has none."""
    start = values[f"{prefix}start"]
    return None if start is None else text[start : values[f"{prefix}end"]]
