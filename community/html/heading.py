"""What a page says of itself: title, publication time, author, address, language."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from community.html import dates as comment_dates
from community.html.markup import Element, names, text_of, walk

_SIGNED = re.compile(r"(?:^|[\s_-])(?:author|byline)(?:$|[\s_-])")
_LED = re.compile(
    r"^(?:view all posts by|written by|posted by|author:|by|von|par|por|di|door)\s+", re.I
)
_ELSEWHERE = re.compile(
    r"(?:^|\s)(?:widget_|recent|related|sidebar|comments?(?:-area|-list)?(?:\s|$))"
)
_SIGNERS = frozenset(["a", "span", "p", "div", "address", "strong", "b", "em", "cite", "li", "td"])
_TITLE_TAIL = re.compile(r"\s+[|–—·»:-]\s+[^|–—·»]{2,60}$")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a page says of itself."""

    title: str | None
    published_at: str | None
    author: str | None
    url: str | None
    lang: str | None


def heading(root: Element, skip: Collection[Element] = ()) -> Heading:
    """Title, publication time, author, address and language; `skip` holds the contributions."""
    data = list(_linked_data(root))
    metas = _metas(root)
    published = comment_dates.iso(
        next((v for d in data if isinstance(v := d.get("datePublished"), str)), None)
    ) or next(
        (
            when
            for key in ("article:published_time", "datepublished", "citation_publication_date",
                        "citation_date", "dc.date", "dcterms.date", "date", "pubdate")
            if (when := comment_dates.iso((metas.get(key) or "").replace("/", "-")))
        ),
        None,
    ) or _printed_time(root, skip)  # fmt: skip
    canonical = root.find(".//link[@rel='canonical']")
    address = (canonical.get("href") if canonical is not None else None) or metas.get("og:url")
    return Heading(
        title=_title(root, metas, skip),
        published_at=published.iso if published else None,
        author=_author(root, metas, data, skip),
        url=address or None,
        lang=root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or None,
    )


def _metas(root: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in root.iter("meta"):
        key = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        value = " ".join((meta.get("content") or "").split())
        if key and value:
            found.setdefault(key.lower(), value)
    return found


def _linked_data(root: Element) -> Iterator[dict[str, Any]]:
    """Objects of the page's JSON-LD that are articles; what is not JSON says nothing."""
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        try:
            found = json.loads(script.text or "")
        except (json.JSONDecodeError, RecursionError):  # broken on many pages; meta tags remain
            continue
        for one in found if isinstance(found, list) else [found]:
            graph = one.get("@graph", [one]) if isinstance(one, dict) else []
            for node in graph if isinstance(graph, list) else []:
                if isinstance(node, dict) and re.search(
                    r"Article|BlogPosting|WebPage|Posting|Report", str(node.get("@type"))
                ):
                    yield node


def _title(root: Element, metas: dict[str, str], skip: Collection[Element]) -> str | None:
    stated = metas.get("og:title") or metas.get("citation_title") or metas.get("headline")
    page = root.find(".//title")
    whole = " ".join((page.text or "").split()) if page is not None else ""
    heads = [
        (words, node.tag)
        for node in root.iter("h1", "h2", "h3")
        if not _within(node, skip) and (words := text_of(node, most=300))
    ]
    for words, _ in heads:  # what stands on the page, where its own title agrees
        if stated and words in stated and len(words) > 0.6 * len(stated):
            return words
    agreed = [words for words, tag in heads if tag != "h3" and not stated and words in whole]
    first = next((words for words, tag in heads if tag == "h1"), None)
    return stated or max(agreed, key=len, default=None) or _TITLE_TAIL.sub("", whole) or first


def _author(
    root: Element, metas: dict[str, str], data: list[dict[str, Any]], skip: Collection[Element]
) -> str | None:
    stated = metas.get("author") or metas.get("citation_author") or metas.get("dc.creator")
    for node in data:
        if stated:
            break
        people = node.get("author")
        names_ = [
            person.get("name") if isinstance(person, dict) else person
            for person in (people if isinstance(people, list) else [people])
        ]
        stated = ", ".join(name for name in names_ if isinstance(name, str)) or None
    if stated and not stated.startswith("http"):
        return stated
    for node in walk(root, skip):
        marks = f"{node.get('rel') or ''} {names(node)}"
        if _SIGNED.search(marks) and node.tag in _SIGNERS and not _aside(node):
            words = _LED.sub("", text_of(node, most=80))
            if 1 < len(words) <= 80:
                return words
    return None


def _printed_time(root: Element, skip: Collection[Element]) -> comment_dates.When | None:
    for node in walk(root, skip):
        stamp = node.get("datetime") or (
            node.get("content") if "datepublished" in names(node) else None
        )
        found = comment_dates.iso(stamp)
        if found:
            return found
    return None


def _aside(node: Element) -> bool:
    """Whether a name stands in a form, a menu or a list of other pages and their authors."""
    return any(
        above.tag in ("nav", "aside", "form")
        or (above.tag not in ("html", "body") and _ELSEWHERE.search(names(above)))
        for above in node.iterancestors()
    )


def _within(node: Element, skip: Collection[Element]) -> bool:
    return node in skip or any(above in skip for above in node.iterancestors())
