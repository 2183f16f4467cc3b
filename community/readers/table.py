"""Reads posts in a table: CSV, TSV, JSON lines or a JSON array, with the usual column names.

Our own names, ConvoKit's and 4CAT's are known; a column of running words is found by its content.
Each thread is a document; a file without a thread column is one thread. A CSV or JSON lines file
larger than `_HELD` bytes is streamed if its rows are sorted by thread; unsorted, its threads are
held in memory up to `_MOST_HELD` characters. A CSV with the columns of ``claims.csv`` is a ledger.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, islice

from community.errors import SourceError
from community.html.markup import TextBuilder
from community.tabular import ledger as claim_rows
from community.tabular.columns import Columns, columns, knows
from community.tabular.rows import Row, Rows, form_of, header_of
from community.tabular.threads import document
from community.types import Page, RawDocument

_NAME = "table"
_SAMPLED = 60  # rows looked at to tell which column holds the words
_HELD = 32 * 1024 * 1024  # bytes up to which a file is simply held
_MOST_HELD = 256 * 1024 * 1024  # characters of an unsorted file
_KEYED = re.compile(
    rb'"(?:text|body|comment|content|message|utterance|selftext|reply_to|speaker)"\s*:'
)
_POSTS = 3  # kinds of columns from which on a table is surely one of posts


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads tables of posts and of claims; `mapped` names columns (role, column) by hand."""

    mapped: tuple[tuple[str, str], ...] = ()

    def sniff(self, page: Page) -> float:
        """How much the first lines look like a table of posts or of claims."""
        form = form_of(page.head)
        if form is None:
            return 0.0
        if form != "csv":
            return (0.8 if form == "jsonl" else 0.6) if _KEYED.search(page.head) else 0.2
        header = header_of(page.head)
        if claim_rows.is_ledger(header):
            return 0.95
        known = knows(header)
        if known >= _POSTS:
            return 0.9
        named = page.key.lower().endswith((".csv", ".tsv"))
        return 0.6 if known or (named and len(header) > 1) else 0.1

    def read(self, page: Page) -> Iterable[RawDocument]:
        """One document per thread, or the one ledger.

        Raises:
            SourceError: no table, no column with words, or too large to group.
        """
        form = form_of(page.head)
        if form is None:
            advice = "give CSV with a header row, or one JSON object per line"
            raise SourceError(page.key, "no table of posts", advice)
        rows = Rows(page, form)
        sample = list(islice(rows, _SAMPLED))
        if rows.header and claim_rows.is_ledger(rows.header):
            return [_ledger(page, form)]
        if not sample:
            detail = f": {rows.problems[0]}" if rows.problems else ""
            raise SourceError(page.key, f"a table without rows{detail}", "look at its first lines")
        found = columns(rows.header, [row.cells for row in sample], page.key, dict(self.mapped))
        return _threads(page, rows, found)


def make(*, columns: Mapping[str, str] | None = None) -> Reader:
    """A reader of tables. `columns` tells by hand what holds what: ``{"text": "Feedback"}``."""
    return Reader(tuple(sorted((columns or {}).items())))


def _threads(page: Page, rows: Rows, found: Columns) -> Iterator[RawDocument]:
    fresh = Rows(page, rows.form)
    big = page.size > _HELD
    if big and _is_sorted(Rows(page, rows.form), found):
        told = 0
        for key, rows_of in groupby(fresh, key=lambda row: _key(row, found)):
            made = document(key, list(rows_of), found, page, tuple(fresh.problems[told:]))
            told = len(fresh.problems)
            yield made
        return
    groups: dict[str, list[Row]] = {}
    held = 0
    for row in fresh:
        if big:
            held += sum(len(str(cell)) for cell in row.cells.values())
            if held > _MOST_HELD:
                reason = f"more than {_MOST_HELD} characters, not sorted by thread"
                advice = (
                    f"sort the file by {found.thread_id or 'thread_id'}, and give CSV or JSON lines"
                )
                raise SourceError(page.key, reason, advice)
        groups.setdefault(_key(row, found), []).append(row)
    for at, (key, group) in enumerate(groups.items()):
        yield document(key, group, found, page, tuple(fresh.problems) if at == 0 else ())


def _key(row: Row, found: Columns) -> str:
    cell = row.cells.get(found.thread_id) if found.thread_id else None
    return str(cell).strip() if cell is not None else ""


def _is_sorted(rows: Rows, found: Columns) -> bool:
    """Whether the rows of each thread stand together."""
    seen: set[str] = set()
    last: str | None = None
    for row in rows:
        key = _key(row, found)
        if key != last:
            if key in seen:
                return False
            seen.add(key)
            last = key
    return True


def _ledger(page: Page, form: str) -> RawDocument:
    rows = Rows(page, "csv" if form == "csv" else "jsonl")
    builder = TextBuilder()
    mentions, problems = [], []
    for row in rows:
        mention, wrong = claim_rows.mention(row.cells, page.key, builder)
        problems += [f"line {row.line}: {words}" for words in wrong]
        mentions += [mention] if mention else []
    return RawDocument(
        reader=_NAME,
        text=builder.text(),
        problems=(*rows.problems, *problems),
        ledger=tuple(mentions),
        url=page.url,
    )
