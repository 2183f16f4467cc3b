"""Rows of one thread to a `RawDocument`."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Sequence
from dataclasses import replace

from community import dates
from community.html import dates as comment_dates
from community.html.bodies import status_of
from community.html.markup import TextBuilder
from community.records import bodies
from community.tabular.columns import Columns
from community.tabular.rows import Row
from community.text import newlines
from community.types import Page, RawDocument, RawPost, Span

_NOTHING = frozenset({"", "null", "none", "nan", "na", "n/a", "nil", "undefined", "-1", "0"})
_NOBODY = frozenset({"", "[deleted]", "[removed]", "null", "none", "nan"})
_RE = re.compile(r"^(?:(?:re|aw|sv|antw|rv)\s*:\s*)+", re.I)
_PREFIX = re.compile(r"^t\d_")


def document(
    key: str, rows: Sequence[Row], found: Columns, page: Page, problems: tuple[str, ...]
) -> RawDocument:
    """One thread's rows, in their order, as a document; `problems` are those met on the way."""
    builder = TextBuilder()
    title = _title(rows, found)
    title_span = builder.add_text(title) if title else None
    ids = {_id(row.cells.get(found.id)) for row in rows} if found.id else set()
    wrong = list(problems)
    posts = []
    for row in rows:
        post = _post(row, found, builder, title)
        if post.status == "present" and not len(post.span):
            wrong.append(f"line {row.line}: no words in column {found.text!r}; row left out")
            continue
        posts.append(_pointed(post, row, found, key, ids))
    first = rows[0].cells
    return RawDocument(
        thread_key=key,
        reader="table",
        pointers=True,
        text=builder.text(),
        title=title,
        title_span=title_span,
        posts=tuple(posts),
        url=(_words(first.get(found.url)) or None) if found.url else page.url,
        problems=tuple(wrong),
    )


def _words(cell: object) -> str:
    """A cell's words; "" where it holds none."""
    if cell is None or isinstance(cell, (dict, list, bool)):
        return ""
    if isinstance(cell, float) and math.isnan(cell):
        return ""
    return newlines(str(cell)).strip()


def _id(cell: object) -> str:
    """A cell as an id: spreadsheets write 12 as 12.0."""
    if isinstance(cell, dict):  # ConvoKit's speaker, as an object
        cell = cell.get("id")
    words = _words(cell)
    return words[:-2] if re.fullmatch(r"\d+\.0", words) else words


def _title(rows: Sequence[Row], found: Columns) -> str | None:
    for row in rows:
        cell = row.cells.get(found.title) if found.title else None
        meta = row.cells.get("meta")
        if cell is None and isinstance(meta, dict):  # ConvoKit keeps it with whatever else there is
            cell = meta.get("title") or meta.get("subject")
        words = _RE.sub("", _words(cell))
        if words:
            return html.unescape(words)
    return None


def _post(row: Row, found: Columns, builder: TextBuilder, title: str | None) -> RawPost:
    cells = row.cells
    own_title = _RE.sub("", html.unescape(_words(cells.get(found.title)))) if found.title else ""
    words = _words(cells.get(found.text))
    status = status_of(words) if words else "present"
    spans: list[Span] = []
    if own_title and own_title != title:  # a table of reviews: each row has its own heading
        spans += [span] if (span := builder.add_text(own_title)) else []
    span, quotes = bodies.append(words, builder)
    spans += [span] if span else []
    at = builder.length
    author = _id(cells.get(found.author)) if found.author else ""
    when, precision = _when(cells.get(found.timestamp) if found.timestamp else None)
    return RawPost(
        span=Span(spans[0].start, spans[-1].end) if spans else Span(at, at),
        native_id=(_id(cells.get(found.id)) or None) if found.id else None,
        author=author if author.lower() not in _NOBODY else None,
        posted_at=when,
        time_precision=precision,  # type: ignore[arg-type]
        status=status,
        quotes=quotes,
        url=(_words(cells.get(found.url)) or None) if found.url else None,
    )


def _when(cell: object) -> tuple[str | None, str | None]:
    words = _words(cell)
    found = comment_dates.iso(words) or comment_dates.epoch(words) if words else None
    if found:
        return found.iso, found.precision
    stamp = dates.find(words) if words else None
    return (stamp.iso, stamp.precision) if stamp else (None, None)


def _pointed(post: RawPost, row: Row, found: Columns, key: str, ids: set[str]) -> RawPost:
    """The post with its pointer to the one it answers, where the table has one."""
    parent = _id(row.cells.get(found.parent_id)) if found.parent_id else ""
    bare = _PREFIX.sub("", parent)
    parent = parent if parent in ids else bare if bare in ids else parent
    if parent not in ids and (
        parent.lower() in _NOTHING or parent == key or parent.startswith("t3_")
    ):
        parent = ""  # answers the thread itself, which is no row
    if parent and parent == post.native_id:
        parent = ""
    return replace(post, parent_native_id=parent or None)
