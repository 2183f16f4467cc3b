"""Reads posts in a table: CSV, TSV, JSON lines or a JSON array, whatever its columns are called.

What a column holds is told by its name, in many languages, and by its content; the user may say it
by hand, for all tables or for those whose key matches a pattern. Each thread is a document; a file
without a thread column is one thread. Rows need no order: what memory does not hold is grouped on
disk. A table with the columns of ``claims.csv``, or a few of them, is a ledger.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

from community.errors import SourceError
from community.spool import grouped
from community.tabular import ledger as claim_rows
from community.tabular import maps, threads, times
from community.tabular.columns import Columns, knows
from community.tabular.maps import Told
from community.tabular.rows import Rows, form_of, header_of
from community.types import Page, RawDocument

_NAME = "table"
_KEYED = re.compile(
    rb'"(?:text|body|comment|content|message|utterance|selftext|reply_to|speaker)"\s*:'
)
_CALLED = re.compile(r"\.[ct]sv(?:\.(?:gz|bz2|xz|zst))?$", re.I)
_POSTS = 3  # kinds of columns from which on a table is surely one of posts


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads tables of posts and of claims; `told` names columns by hand."""

    told: Told = ()

    streams: ClassVar[bool] = True

    def sniff(self, page: Page) -> float:
        """How much the first lines look like a table of posts or of claims."""
        form = form_of(page.head)
        if form is None:
            return 0.0
        given = maps.given(self.told, page.key)
        if form != "csv":
            named = any(f'"{name}"'.encode() in page.head for name in given.values())
            return _json_sniff(page, form, named)
        header = header_of(page.head)
        if claim_rows.is_ledger(header) or (given and set(given.values()) & set(header)):
            return 0.95
        known = knows(header)
        if known >= _POSTS:
            return 0.9
        return 0.6 if known or _CALLED.search(page.key) else 0.1

    def read(self, page: Page) -> Iterable[RawDocument]:
        """One document per thread, or the one ledger.

        Raises:
            SourceError: no table, no column with words, or a map that does not fit it.
        """
        form = form_of(page.head)
        if form is None:
            advice = "give CSV, or one JSON object per line"
            raise SourceError(page.key, "no table of posts", advice)
        if _is_ledger(page, form):
            return [claim_rows.document(page, _NAME)]
        return _threads(page, Rows(page, form), maps.given(self.told, page.key))


def make(*, columns: Mapping[str, str | Mapping[str, str]] | None = None) -> Reader:
    """A reader of tables.

    Args:
        columns: what holds what, told by hand: ``{"text": "Feedback"}``; under a pattern of keys,
            for the tables that match it: ``{"survey/*.csv": {"text": "Feedback"}}``. A column ""
            says that there is none.
    """
    return Reader(maps.told(columns or {}))


def _json_sniff(page: Page, form: str, named: bool) -> float:
    if named:
        return 0.96
    return (0.8 if form == "jsonl" else 0.6) if _KEYED.search(page.head) else 0.2


def _is_ledger(page: Page, form: str) -> bool:
    if form == "csv":
        return claim_rows.is_ledger(header_of(page.head))
    rows = Rows(page, "jsonl" if form == "jsonl" else "json")
    return (b'"endpoint"' in page.head or b'"claim_id"' in page.head) and any(
        claim_rows.is_ledger(rows.header) for _ in islice(rows, 1)
    )


def _threads(page: Page, rows: Rows, given: Mapping[str, str]) -> Iterator[RawDocument]:
    table = maps.look(page, rows.form, given)
    order = times.Order()

    def items() -> Iterator[tuple[str, threads.Item]]:
        for row in rows:
            made = threads.item(row, table.columns)
            order.take(made.get("timestamp", ""))
            yield threads.key(row, table.columns), made

    cut: dict[str, int] = {}
    frame: threads.Frame | None = None
    told = 0
    for name, group in grouped(items(), cut):
        if frame is None:  # all rows have been read by now
            frame = _frame(page, table.columns, order, rows)
        yield threads.thread(name, group, frame, rows.problems[told:], cut.get(name, 0))
        told = len(rows.problems)
    if frame is None:
        detail = f": {rows.problems[0]}" if rows.problems else ""
        raise SourceError(page.key, f"a table without rows{detail}", "look at its first lines")


def _frame(page: Page, found: Columns, order: times.Order, rows: Rows) -> threads.Frame:
    first = found.month_first if found.month_first is not None else order.told()
    if first is None and order.seen:
        rows.tell(f"column {found.timestamp!r}: {order.why()}; say dates=dmy or dates=mdy")
    return threads.Frame(page=page, reader=_NAME, found=found, month_first=first)
