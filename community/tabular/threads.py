"""Rows of one thread to a `RawDocument`.

A row is first made an item, which holds what a post needs and no more, so that many can wait for
their thread in little room.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from community.records import values
from community.records.documents import Head, Record, document
from community.tabular import bbcode, contents, times
from community.tabular.columns import Columns
from community.tabular.rows import Row
from community.types import Page, RawDocument

Item = dict[str, Any]

_NOTHING = frozenset({"", "null", "none", "nan", "na", "n/a", "nil", "undefined", "-1", "0"})
_IDS = frozenset({"id", "parent_id", "thread_id", "author_id"})
_RE = re.compile(r"^(?:(?:re|aw|sv|antw|rv)\s*:\s*)+", re.I)
_PREFIX = re.compile(r"^t\d_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What all threads of a table have in common.

    `month_first` says how dates in figures are meant, `note` why every thread is incomplete.
    """

    page: Page
    reader: str
    found: Columns
    month_first: bool | None = None
    note: str | None = None


def key(row: Row, found: Columns) -> str:
    """The thread that a row belongs to."""
    return _whole(contents.cell_words(row.cells.get(found.thread_id))) if found.thread_id else ""


def _whole(words: str) -> str:
    """An id without the ".0" that spreadsheets give to numbers."""
    return words[:-2] if words.endswith(".0") and words[:-2].isdigit() else words


def item(row: Row, found: Columns) -> Item:
    """A row's cells by what they hold, as words."""
    made: Item = {"line": row.line}
    for role, name in found.roles().items():
        if role == "text":
            cell = row.cells.get(name)
            words = "" if isinstance(cell, (dict, list, bool)) else values.text(cell)
        else:
            words = contents.cell_words(row.cells.get(name))
        if role in _IDS:
            words = _whole(words)
        if words:
            made[role] = words
    meta = row.cells.get("meta")
    if "title" not in made and isinstance(meta, dict):  # ConvoKit keeps it with whatever there is
        title = values.text(meta.get("title") or meta.get("subject"))
        made |= {"title": title} if title else {}
    return made


def thread(
    name: str, items: Sequence[Item], frame: Frame, problems: Sequence[str], lost: int = 0
) -> RawDocument:
    """One thread's items, in their order, as a document.

    Args:
        name: the thread's key.
        items: its rows.
        frame: what they share with the table's other threads.
        problems: those met on the way.
        lost: how many rows there were too many to be held.
    """
    title = next((words for row in items if (words := _title(row))), None)
    ids = {row["id"] for row in items if "id" in row}
    wrong = list(problems)
    records = []
    for row in items:
        made = _record(row, title, name, ids, frame)
        if not made.body.strip() and not made.heading:
            column = frame.found.text
            wrong.append(f"line {row['line']}: no words in column {column!r}; row left out")
            continue
        records.append(made)
    notes = [frame.note] if frame.note else []
    notes += [f"{lost} rows were left out: the thread is too large"] if lost else []
    head = Head(
        reader=frame.reader,
        thread_key=name,
        title=title,
        url=(items[0].get("url") if items else None) or frame.page.url,
        note="; ".join(notes) or None,
        problems=tuple(wrong),
    )
    return document(head, records)


def _title(row: Item) -> str:
    return _RE.sub("", values.line(row.get("title")))


def _record(row: Item, title: str | None, name: str, ids: set[str], frame: Frame) -> Record:
    own = _title(row)
    body = row.get("text", "")
    marked = bbcode.as_html(body)
    when = times.when(row.get("timestamp", ""), frame.month_first)
    return Record(
        native_id=row.get("id"),
        parent=_parent(row, name, ids),
        body=body if marked is None else marked,
        markup=None if marked is None else True,
        heading=own if own and own != title and body else None,
        author=values.name(row.get("author")),
        author_native_id=values.person(row.get("author_id")),
        posted_at=when.iso if when else None,
        time_precision=when.precision if when else None,
        addressee=values.name(row.get("addressee")),
        url=row.get("url"),
    )


def _parent(row: Item, name: str, ids: set[str]) -> str | None:
    """A row's pointer to the one it answers; what points to the thread itself is none."""
    parent = str(row.get("parent_id", ""))
    bare = _PREFIX.sub("", parent)
    parent = parent if parent in ids else bare if bare in ids else parent
    if parent not in ids and (
        parent.lower() in _NOTHING or parent == name or parent.startswith("t3_")
    ):
        return None  # answers the thread itself, which is no row
    return parent if parent and parent != row.get("id") else None
