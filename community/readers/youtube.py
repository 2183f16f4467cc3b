"""Reads YouTube comments: Takeout's CSV, the Data API's JSON, and what downloaders write.

Takeout holds the comments of one account, their words in JSON segments; the Data API holds threads
of two levels; downloaders write a line (or a list) of comments, where a reply's id begins with the
id of the comment that it answers, or names its parent. One document per video.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from community.errors import SourceError
from community.readers import _youtube_api
from community.records import json_pages, values
from community.records.documents import Head, Record, document
from community.spool import grouped
from community.tabular import maps, streams, threads
from community.tabular.columns import Columns
from community.tabular.names import folded
from community.tabular.rows import Rows, form_of, header_of, opening
from community.types import Page, RawDocument

_NAME = "youtube"
_SEGMENTS = re.compile(rb'\{""(?:text|takeoutSegments)""\s*:')
_API = re.compile(rb'"youtube#comment(?:Thread)?(?:ListResponse)?"')
_INFO = re.compile(rb'"(?:extractor|extractor_key)"\s*:\s*"[Yy]ou[Tt]ube')
_OWN = "a Takeout export has one account's own comments, not those that they answer"
_TOP = frozenset({"", "root"})


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads comments on videos."""

    streams: ClassVar[bool] = True

    def sniff(self, page: Page) -> float:
        """0.97 for comments as YouTube's exports, API and downloaders have them."""
        return 0.97 if _way(page) else 0.0

    def read(self, page: Page) -> Iterable[RawDocument]:
        """One document per video.

        Raises:
            SourceError: no comment in it.
        """
        way = _way(page)
        if way is None:
            raise SourceError(page.key, "no comments of YouTube", "give its export as it is")
        return way(page)


def make() -> Reader:
    """A reader of YouTube comments."""
    return Reader()


def _way(page: Page) -> Callable[[Page], Iterable[RawDocument]] | None:
    """The function that reads a page, by how it begins."""
    form = form_of(page.head)
    if form == "csv":
        known = {folded(name) for name in header_of(page.head)}
        takeout = {"comment_id", "comment_text"} <= known and "channel_id" in known
        return _takeout if takeout or _SEGMENTS.search(page.head) else None
    if form is None:
        return None
    if _API.search(page.head):
        return partial(_youtube_api.read, reader=_NAME)
    if _INFO.search(page.head):
        return _info
    first = next(opening(page.head, form, 1), None)
    return _downloaded if isinstance(first, dict) and _is_download(first) else None


def _is_download(found: dict[str, Any]) -> bool:
    return {"cid", "text"} <= found.keys() and bool({"votes", "channel", "heart"} & found.keys())


# ---- Takeout -----------------------------------------------------------------------------------


def _takeout(page: Page) -> Iterator[RawDocument]:
    rows = Rows(page, "csv")
    found = maps.look(page, "csv", {}).columns
    post = next((name for name in header_of(page.head) if folded(name) == "post_id"), None)

    def items() -> Iterator[tuple[str, threads.Item]]:
        for row in rows:
            made = threads.item(row, found)
            made["text"] = segments(made.get("text", ""))
            on = threads.key(row, found) or values.text(row.cells.get(post or ""))
            yield on, made

    yield from _grouped(page, rows, found, items())


def _grouped(
    page: Page, rows: Rows, found: Columns, items: Iterator[tuple[str, threads.Item]]
) -> Iterator[RawDocument]:
    frame = threads.Frame(page=page, reader=_NAME, found=found, note=_OWN)
    cut: dict[str, int] = {}
    told = 0
    for name, group in grouped(items, cut):
        yield threads.thread(name, group, frame, rows.problems[told:], cut.get(name, 0))
        told = len(rows.problems)


def segments(words: str) -> str:
    """The words of a cell of JSON segments; the cell itself where it is none.

    Segments come one by one, set apart by commas, or as a list.
    """
    bare = words.strip()
    if not bare.startswith(("{", "[")):
        return words
    try:
        found = streams.parsed(bare if bare.startswith("[") else f"[{bare}]")
    except (ValueError, RecursionError):  # words that begin with a bracket
        return words
    told = [_segment(item) for item in _flat(found)]
    return "".join(told) if any(told) else words


def _flat(found: list[Any]) -> Iterator[Any]:
    for item in found:
        inner = item.get("takeoutSegments") if isinstance(item, dict) else None
        yield from inner if isinstance(inner, list) else [item]


def _segment(found: Any) -> str:
    text = found.get("text") if isinstance(found, dict) else None
    return text if isinstance(text, str) else ""


# ---- downloaders -------------------------------------------------------------------------------


def _downloaded(page: Page) -> Iterator[RawDocument]:
    rows = Rows(page, form_of(page.head) or "jsonl")
    records = []
    for row in rows:
        if "text" in row.cells and values.identity(row.cells.get("cid")):
            records.append(_download(row.cells))
        else:
            rows.tell(f"line {row.line}: no comment; row left out")
    if not records:
        raise SourceError(page.key, "no comment in it", "download the comments again")
    yield document(Head(reader=_NAME, url=page.url, problems=tuple(rows.problems)), records)


def _download(data: dict[str, Any]) -> Record:
    name = values.text(data["cid"])
    parent, dot, _ = name.partition(".")
    when = values.when(data.get("time_parsed"))  # counted back from "2 years ago"
    return Record(
        native_id=name,
        parent=parent if dot else None,
        body=values.text(data.get("text")),
        markup=False,
        author=values.name(data.get("author")),
        author_native_id=values.person(data.get("channel")),
        posted_at=when.iso if when else None,
        time_precision="relative" if when or data.get("time") else None,
    )


def _info(page: Page) -> Iterator[RawDocument]:
    """A video's facts with its comments, as yt-dlp writes them."""
    found, problems = json_pages.values(page)
    video = found[0] if found and isinstance(found[0], dict) else {}
    comments = [c for c in values.children(video, "comments") if isinstance(c, dict)]
    if not comments:
        raise SourceError(page.key, "no comments in it", "download it again with its comments")
    total = values.count(video.get("comment_count")) or 0
    missing = total - len(comments)
    head = Head(
        reader=_NAME,
        thread_key=values.identity(video.get("id")) or "",
        title=values.line(video.get("title")) or None,
        url=values.text(video.get("webpage_url")) or page.url,
        note=f"{missing} of {total} comments are not in the file" if missing > 0 else None,
        problems=problems,
    )
    yield document(head, map(_of_info, comments))


def _of_info(data: dict[str, Any]) -> Record:
    parent = values.text(data.get("parent"))
    when = values.when(data.get("timestamp"))
    return Record(
        native_id=values.identity(data.get("id")),
        parent=None if parent in _TOP else parent,
        body=values.text(data.get("text")),
        markup=False,
        author=values.name(data.get("author")),
        author_native_id=values.person(data.get("author_id")),
        platform_role="post author" if data.get("author_is_uploader") is True else None,
        posted_at=when.iso if when else None,
        time_precision="relative" if when else None,
    )
