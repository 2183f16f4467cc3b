"""Reads Disqus' XML export: every page's comments are a document.

Threads come before all posts, whose threads are interleaved, so posts are grouped outside memory:
first by thread, then by the address of the page, as one page may have several threads. What was
deleted or is spam keeps its place without its words. Addresses are dropped while parsing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from community import spool
from community.errors import SourceError
from community.records import endings, people, typed, values
from community.records.documents import Head, Record, document
from community.types import Page, RawDocument, Status
from community.xml.nodes import Node
from community.xml.roots import root
from community.xml.streams import Rows

_NAME = "disqus"
_TRACKING = re.compile(r"(?:^|&)(?:utm_\w+|fbclid|gclid|replytocom)=[^&]*")
_TOLD = ("title", "article", "link")  # of a page, by the first of its threads that says it
_TRUE = frozenset({"true", "1", "yes"})


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads Disqus exports of any size."""

    streams = True

    def sniff(self, page: Page) -> float:
        """0.97 for what begins as a Disqus export does."""
        return 0.97 if root(page.head) == "disqus" else 0.0

    def read(self, page: Page) -> Iterable[RawDocument]:
        """The comments of each page as a document.

        Raises:
            SourceError: no XML, hostile, or no comment in it.
        """
        export = _Export(page)
        found = False
        for made in endings.told(export.documents(), export.told):
            found = True
            yield made
        if not found:
            told = "; ".join(export.told()) or "no comment in it"
            raise SourceError(page.key, told, "export the comments of the site again")


def make() -> Reader:
    """A reader of Disqus exports."""
    return Reader()


@dataclass(slots=True)
class _Export:
    """An export while it is read."""

    page: Page
    problems: list[str] = field(default_factory=list)
    taken_down: int = 0

    def told(self) -> list[str]:
        """What was damaged or left out."""
        down = f"{self.taken_down} deleted threads left out"
        return self.problems + ([down] if self.taken_down else [])

    def documents(self) -> Iterator[RawDocument]:
        """One per page that has comments, in the order in which the file names the pages."""
        for _, parts in spool.grouped(self._by_address()):
            made = _document(parts)
            if made is not None:
                yield made

    def _by_address(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Threads and posts by the address of their page, or by their thread where it has none."""
        for key, parts in spool.grouped(self._by_thread()):
            thread = next((part for part in parts if "title" in part), None)
            posts = [part for part in parts if "title" not in part]
            if thread and thread["deleted"]:
                self.taken_down += 1
                continue
            if not posts:
                continue
            head = thread or {"id": key, "title": None, "link": None, "article": None}
            address = _canonical(head["link"] or "") or f"thread {key}"
            for part in (head, *posts):
                yield address, part

    def _by_thread(self) -> Iterator[tuple[str, dict[str, Any]]]:
        rows = Rows(self.page, {"thread", "post"})
        for row in rows:
            name = row.get("id") or row.words("id")
            if row.name == "thread":
                yield name, _thread(row, name)
                continue
            thread = row.child("thread")
            yield thread.get("id") if thread else "", _post(row, name)
        self.problems += rows.problems


def _thread(row: Node, name: str) -> dict[str, Any]:
    when = values.when(row.words("createdat"), utc=True)
    return {
        "id": name,
        "title": typed.line(row.words("title")) or None,
        "link": row.words("link") or None,
        "article": row.words("message") or None,
        "when": when.iso if when else None,
        "deleted": row.words("isdeleted").lower() in _TRUE,
    }


def _post(row: Node, name: str) -> dict[str, Any]:
    author, parent = row.child("author"), row.child("parent")
    when = values.when(row.words("createdat"), utc=True)
    status: Status = "present"
    if row.words("isdeleted").lower() in _TRUE:
        status = "deleted"
    elif row.words("isspam").lower() in _TRUE:
        status = "removed"
    return {
        "id": name,
        "parent": parent.get("id") if parent else "",
        "body": row.words("message") if status == "present" else "",
        "status": status,
        "author": people.name(author.words("name")) if author else None,
        "user": _user(author) if author else None,
        "guest": author is not None and _is_guest(author),
        "when": when.iso if when else None,
    }


def _user(author: Node) -> str | None:
    """The account's name; a guest has none, and one that is an address is none."""
    name = author.words("username")
    return None if _is_guest(author) or "@" in name else name or None


def _is_guest(author: Node) -> bool:
    return author.words("isanonymous").lower() in _TRUE


def _canonical(link: str) -> str:
    """An address without what changes while the page stays the same: scheme, fragment, tracking."""
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:  # no address at all: as it stands
        return link
    query = _TRACKING.sub("", parts.query).strip("&")
    path = parts.path.rstrip("/")
    return f"{host}{path}?{query}" if query else f"{host}{path}"


def _document(parts: list[dict[str, Any]]) -> RawDocument | None:
    threads = [part for part in parts if "title" in part]
    posts = [part for part in parts if "title" not in part]
    if not any(post["status"] == "present" and post["body"] for post in posts):
        return None
    first = {name: next((t[name] for t in threads if t.get(name)), None) for name in _TOLD}
    head = Head(
        reader=_NAME,
        thread_key=threads[0]["id"],
        title=first["title"],
        article=first["article"],
        url=first["link"],
    )
    if len(threads) > 1:
        posts.sort(key=lambda post: post["when"] or "")
    return document(head, map(_record, posts))


def _record(post: dict[str, Any]) -> Record:
    return Record(
        native_id=post["id"] or None,
        parent=post["parent"] or None,
        body=typed.shown(post["body"]),
        markup=True,
        author=post["author"],
        author_native_id=post["user"],
        platform_role="guest" if post["guest"] else None,
        posted_at=post["when"],
        time_precision="second" if post["when"] else None,
        status=post["status"],
    )
