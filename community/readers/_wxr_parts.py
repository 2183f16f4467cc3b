"""Kinds of content in a WordPress export that need more than their own item: bbPress, whose topics
and replies are items that point to each other, and articles with what plug-ins put into them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from community import spool
from community.records import people, typed, values
from community.records.documents import Head, Record, document
from community.types import Page, RawDocument
from community.xml.nodes import Node
from community.xml.streams import Rows

_NAME = "wxr"
_KINDS = frozenset({"topic", "reply"})
_SHOWN = frozenset({"publish", "closed", ""})
# [gallery ids="1,2"], [/caption]: what the site's software replaces; "[sic]" is none
_SHORTCODE = re.compile(
    r"\[[a-z][\w-]{1,40}(?:\s+[\w-]{1,40}=(?:\"[^\"\]]{0,500}\"|'[^'\]]{0,500}'|[^\s\]\"']{1,200}))"
    r"{1,30}\s*/?\]|\[/[a-z][\w-]{1,40}\]|\[(?:gallery|embed|audio|video|playlist|more|toc)\]",
    re.I,
)
_BLOCKS = "<!-- wp:"  # the block editor writes paragraphs out


def article(words: str) -> str:
    """The HTML of a post as its export holds it, without what plug-ins would replace."""
    plain = _SHORTCODE.sub(" ", words)
    return plain if _BLOCKS in plain else typed.with_breaks(plain)


def is_part(item: Node) -> bool:
    """Whether an item is a topic or a reply of a forum."""
    return item.words("post_type") in _KINDS and not item.children("comment")


def threads(page: Page, seen: set[str], lang: str | None) -> Iterator[RawDocument]:
    """Each topic with its replies as a document; `seen` are thread keys that are taken."""
    for topic, parts in spool.grouped(_parts(page)):
        shown = [part for part in parts if part["status"] in _SHOWN]
        opener = next((part for part in shown if part["id"] == topic), None)
        if not shown or (opener is None and any(part["id"] == topic for part in parts)):
            continue  # taken down, or not published yet
        key = f"topic-{topic}" if topic in seen else topic
        head = Head(
            reader=_NAME,
            thread_key=key,
            title=opener["title"] if opener else None,
            url=opener["link"] if opener else None,
            published_at=opener["when"] if opener else None,
            lang=lang,
            note=None if opener else "the topic that is answered is not in the file",
        )
        yield document(head, (_record(part, topic) for part in shown))


def _parts(page: Page) -> Iterator[tuple[str, dict[str, Any]]]:
    for item in Rows(page, {"item"}):
        if not is_part(item):
            continue
        name = item.words("post_id")
        body = item.child("encoded", within="content")
        when = values.when(item.words("post_date_gmt"), utc=True)
        part = {
            "id": name,
            "status": item.words("status"),
            "title": typed.line(item.words("title")) or None,
            "link": item.words("link") or None,
            "author": people.name(item.words("creator")),
            "when": when.iso if when else None,
            "body": body.text() if body else "",
            "answers": _meta(item, "_bbp_reply_to"),
        }
        reply = item.words("post_type") == "reply"
        yield (item.words("post_parent") or name) if reply else name, part


def _meta(item: Node, key: str) -> str | None:
    for meta in item.children("postmeta"):
        if meta.words("meta_key") == key:
            return values.identity(meta.words("meta_value"))
    return None


def _record(part: dict[str, Any], topic: str) -> Record:
    opener = part["id"] == topic
    return Record(
        native_id=part["id"] or None,
        parent=None if opener else part["answers"] or topic,
        body=typed.with_breaks(part["body"]),
        markup=True,
        author=part["author"],
        posted_at=part["when"],
        time_precision="second" if part["when"] else None,
    )
