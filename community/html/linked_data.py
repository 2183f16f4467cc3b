"""Discussions as pages state them for search engines: JSON-LD of schema.org, nested or by pointer.

It is evidence beside the markup: it gives exact times, ids and parents where the markup has none,
and the posts themselves only where the markup holds fewer.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from community.html.markup import Element

_TYPES = re.compile(r"(?:DiscussionForumPosting|SocialMediaPosting|Question|Answer|Comment)$")
_OPENERS = re.compile(r"(?:DiscussionForumPosting|SocialMediaPosting|Question)$")
_ARTICLES = re.compile(r"(?:Article|BlogPosting|Recipe|Product|NewsArticle|WebPage)$")
_BELOW = ("comment", "suggestedAnswer", "acceptedAnswer", "answer")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,400}>")
_MOST = 20_000  # nodes of a page's data looked at
_LONGEST = 8 * 1024 * 1024  # characters of one script


@dataclass(frozen=True, slots=True)
class Told:
    """A contribution as a page's data states it; `parent` indexes the one it answers."""

    text: str
    parent: int | None = None
    opener: bool = False
    native_id: str | None = None
    author: str | None = None
    posted_at: str | None = None


def documents(root: Element) -> Iterator[Any]:
    """The JSON-LD of a page; what is not JSON says nothing."""
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "") or len(script.text or "") > _LONGEST:
            continue
        try:
            yield json.loads(script.text or "", strict=False)
        except (json.JSONDecodeError, RecursionError):  # broken on many pages; the markup remains
            continue


def told(root: Element) -> list[Told]:
    """The contributions that a page's data states, in their order; parents before children."""
    found: list[Told] = []
    names: dict[str, int] = {}
    parents: list[str | None] = []
    # a stack, not recursion: nesting is the page's to choose
    todo: list[tuple[Any, int | None, bool]] = []
    todo.extend((data, None, False) for data in reversed(list(documents(root))))
    seen = 0
    while todo and seen < _MOST:
        node, parent, within = todo.pop()
        seen += 1
        if isinstance(node, list):
            todo += [(one, parent, within) for one in reversed(node)]
            continue
        if not isinstance(node, dict) or node.get("@type") == "FAQPage":
            continue
        here = parent
        kind = _kind(node)
        if kind and (text := _words(node)):
            here = len(found)
            identity = _identity(node)
            names.setdefault(str(node.get("@id") or identity or here), here)
            parents.append(_pointer(node))
            opener = bool(_OPENERS.search(kind)) and parent is None
            found.append(
                Told(text, parent, opener, identity, _name(node.get("author")), _when(node))
            )
        below = [(node[key], here, True) for key in _BELOW if key in node]
        above = [(node[key], parent, False) for key in ("@graph", "mainEntity") if key in node]
        todo += (below + above)[::-1]
    return [
        _pointed(one, names.get(pointer) if pointer else None, n)
        for n, (one, pointer) in enumerate(zip(found, parents, strict=True))
    ]


def is_article(root: Element) -> bool:
    """Whether a page's data calls it an article, and not a discussion."""
    kinds: list[str] = []
    for data in documents(root):
        for one in data if isinstance(data, list) else [data]:
            graph = one.get("@graph", [one]) if isinstance(one, dict) else []
            kinds += [str(node.get("@type")) for node in graph or [] if isinstance(node, dict)]
    if any(_OPENERS.search(kind) or kind.endswith("QAPage") for kind in kinds):
        return False
    return any(_ARTICLES.search(kind) and kind != "WebPage" for kind in kinds)


def _pointed(one: Told, parent: int | None, n: int) -> Told:
    if one.parent is not None or parent is None or parent >= n:
        return one
    return Told(one.text, parent, one.opener, one.native_id, one.author, one.posted_at)


def _kind(node: dict[str, Any]) -> str:
    kinds = node.get("@type")
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if isinstance(kind, str) and _TYPES.search(kind):
            return kind
    return ""


def _words(node: dict[str, Any]) -> str:
    for key in ("text", "articleBody", "commentText", "description"):
        value = node.get(key)
        if isinstance(value, str) and value.strip():
            return html.unescape(_TAG.sub(" ", value)) if "<" in value or "&" in value else value
    return ""


def _name(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name") or value.get("alternateName")
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _when(node: dict[str, Any]) -> str | None:
    for key in ("dateCreated", "datePublished", "dateSubmitted", "uploadDate"):
        if isinstance(node.get(key), str):
            return str(node[key])
    return None


def _identity(node: dict[str, Any]) -> str | None:
    """The last part of what names a contribution: its fragment, or the end of its path."""
    for key in ("identifier", "@id", "url"):
        value = node.get(key)
        if isinstance(value, (str, int)) and str(value).strip():
            last = re.split(r"[#/?=&]", str(value).strip().rstrip("/#"))[-1]
            if last and len(last) <= 64:
                return last
    return None


def _pointer(node: dict[str, Any]) -> str | None:
    value = node.get("parentItem")
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@id") or value.get("url")
    return value if isinstance(value, str) else None
