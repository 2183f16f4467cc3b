"""What an entry of a Blogger feed or export says, whichever of its formats it is in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import Any, Literal

from community.html.dates import When, epoch
from community.html.notices import status_of
from community.records import people, typed, values
from community.tabular.rows import loaded
from community.types import Page, Status
from community.xml import entries, gdata
from community.xml.nodes import Node

_CALLBACK = re.compile(rb"\A[^{\[\"]{0,120}\(\s*(?=\{)")
_ENTRY_ID = re.compile(r"\.(?:post|page)-(\d+)\s*$")
_FEED_PATH = re.compile(r"/feeds/(?:\d+/)?(\d+)/comments")
_PARENT_LINK = re.compile(r"/comments/(?:default|full|summary)/(\d+)")
_PROFILE = re.compile(r"/profile/(\d{5,25})|plus\.google\.com/(\d{5,25})")
_SHOWN_AT = re.compile(r"showComment=(\d{12,14})")
_HIDDEN = frozenset({"spam", "pending", "rejected", "draft", "scheduled"})


def starts_json(head: bytes) -> bool:
    """Whether a page is a JSON object, bare or handed to a function as scripts get it."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return start[:1] == b"{" or _CALLBACK.match(start) is not None


def json_rows(page: Page) -> Iterator[Node]:
    """The elements of a feed in JSON: those of the feed, then its entries.

    Raises:
        SourceError: not JSON, too large, or nested too deep.
    """
    data = page.read().strip()
    start = _CALLBACK.match(data)
    if start:
        data = data[start.end() : data.rfind(b"}") + 1]
    found = loaded(replace(page, open=partial(BytesIO, data), head=data[: 1 << 16]))
    feed = found.get("feed") if isinstance(found, dict) else None
    if isinstance(feed, dict):
        for part in gdata.node("feed", feed).parts:
            if isinstance(part, Node):
                yield part


def part(entry: Node) -> dict[str, Any] | None:
    """A post or a comment as JSON can hold it; None for settings and templates.

    "status" is "hidden" for what the blog never showed or shows no more as a whole.
    """
    kind = _kind(entry)
    if kind is None:
        return None
    comment = kind == "comment"
    name = _number(entries.identity(entry))
    body = entries.body(entry).words or entries.summary(entry).words
    status = _status(entry, body, comment)
    when = values.when(entries.when(entry)) or _link_time(entry)
    total = entry.words("total")
    return {
        "kind": kind,
        "id": name,
        "post": _post_of(entry) if comment else name,
        "parent": _parent(entry),
        "title": typed.line(entry.words("title")) or None,
        "link": (_page_of(entry) if comment else entries.link(entry)) or None,
        "author": people.name(entries.author(entry)),
        "user": _profile(entries.author_page(entry)),
        "when": when.iso if when else None,
        "precision": when.precision if when else None,
        "status": status,
        "body": body if status == "present" else "",
        "announced": int(total) if total.isdecimal() and len(total) < 9 else 0,
    }


def _kind(entry: Node) -> str | None:
    named = entry.words("type", within="blogger").lower()
    for category in entry.children("category"):
        if category.get("scheme").endswith("#kind"):
            named = named or category.get("term").rpartition("#")[2].lower()
    if not named:
        answers = entry.child("in-reply-to") is not None
        named = "comment" if answers or "/comments/" in entries.link(entry, "self") else "post"
    return {"comment": "comment", "post": "post", "page": "post"}.get(named)


def _status(entry: Node, body: str, comment: bool) -> Status | Literal["hidden"]:
    told = entry.words("status").lower()
    control = entry.child("control")
    if told in _HIDDEN or (control and control.words("draft").lower() == "yes"):
        return "hidden"
    gone = bool(entry.words("trashed")) or told not in ("", "live")
    if not comment:
        return "hidden" if gone else "present"
    notice = status_of(re.sub(r"<[^<>]{0,400}>", " ", body))
    if notice != "present":
        return notice
    removed = any(
        found.get("name") == "blogger.contentRemoved" and found.get("value") != "false"
        for found in entry.children("extendedproperty")
    )
    return "removed" if removed or gone else "present"


def _number(identity: str) -> str:
    """The number in ``tag:blogger.com,1999:blog-1.post-2``; the id itself where it has none."""
    found = _ENTRY_ID.search(identity)
    return found[1] if found else identity


def _post_of(entry: Node) -> str:
    """The post that a comment belongs to; "" where nothing says it."""
    told = entry.words("parent", within="blogger")
    if told:
        return _number(told)
    answers = entry.child("in-reply-to")
    if answers is not None:
        found = _ENTRY_ID.search(answers.get("ref"))
        found = found or _FEED_PATH.search(answers.get("source"))
        if found:
            return found[1]
    addresses = (entries.link(entry, rel) for rel in ("self", "edit", "related"))
    return next((found[1] for link in addresses if (found := _FEED_PATH.search(link))), "")


def _page_of(entry: Node) -> str:
    """The address of the page on which a comment stands."""
    answers = entry.child("in-reply-to")
    link = (answers.get("href") if answers else "") or entries.link(entry)
    return re.split(r"[?#]", link, maxsplit=1)[0]


def _parent(entry: Node) -> str | None:
    """The comment that a comment answers; None for one on the post."""
    told = entry.words("inreplyto")
    if told:
        return _number(told)
    for node in entry.children("link"):
        found = _PARENT_LINK.search(node.get("href"))
        if node.get("rel") == "related" and found:
            return found[1]
    return None


def _profile(address: str) -> str | None:
    found = _PROFILE.search(address)
    return (found[1] or found[2]) if found else None


def _link_time(entry: Node) -> When | None:
    found = _SHOWN_AT.search(entries.link(entry))
    return epoch(found[1]) if found else None
