"""Blogger: the feed of a post's comments, where the page shows only some of them.

The page itself is the better source while it is whole: it has the article, the nesting and the
exact times. The feed's file keeps the feed's own shape, its pages joined, with the post's own entry
before those of its comments.
"""

from __future__ import annotations

import re
from typing import Any

from community.fetching.better import Better, json_of, on_site, one_file
from community.fetching.client import Answer, Get
from community.fetching.outcomes import Failed
from community.html.markup import Element

_FEED = re.compile(r"(https?://[^/\s]+)/feeds/(\d+)/comments/default")
_SHOWN = re.compile(r"c(\d{6,25})")
_PER_PAGE = 200


def find(page: Answer, root: Element, get: Get, most: int) -> Better | None:
    """The comments of a Blogger post, or None where the page shows them all.

    Args:
        get: a polite GET.
        most: pages of the feed that may be asked for.

    Raises:
        Refused, Failed: the feed may not be used, or does not answer.
    """
    home = _feed(root)
    if home is None or not on_site(home[0], page.url):
        return None
    asked: list[str] = []
    first, total = _page(home, 1, get, asked)
    entries = _entries(first)
    if total <= len(_shown(root)):
        return None
    while len(entries) < total and len(asked) < most:
        more = _entries(_page(home, len(entries) + 1, get, asked)[0])
        if not more:
            break
        entries += more
    post = f"{home[0]}/feeds/posts/default/{home[1]}?alt=json"
    told = json_of(get(post))
    article = told.get("entry") if isinstance(told, dict) else None
    first["feed"]["entry"] = [article, *entries] if isinstance(article, dict) else entries
    note = f"{len(entries)} of {total} comments" if len(entries) < total else None
    return Better(
        source="Blogger feed", home=page.url, body=one_file(first), parts=(*asked, post), note=note
    )


def _feed(root: Element) -> tuple[str, str] | None:
    """The blog and the post whose comments' feed a page links to."""
    for node in root.iter("link"):
        found = _FEED.match(node.get("href") or "")
        if found and "alternate" in (node.get("rel") or "").lower().split():
            return found[1], found[2]
    return None


def _page(
    home: tuple[str, str], start: int, get: Get, asked: list[str]
) -> tuple[dict[str, Any], int]:
    """One page of the feed, and how many comments the feed has."""
    params = f"alt=json&orderby=published&max-results={_PER_PAGE}&start-index={start}"
    asked.append(f"{home[0]}/feeds/{home[1]}/comments/default?{params}")
    told = json_of(get(asked[-1]))
    if not isinstance(told, dict) or not isinstance(told.get("feed"), dict):
        raise Failed(asked[-1], "gave no feed")
    stated = told["feed"].get("openSearch$totalResults") or {}
    number = str(stated.get("$t", "")) if isinstance(stated, dict) else ""
    return told, int(number) if number.isascii() and number.isdigit() else 0


def _entries(told: dict[str, Any]) -> list[Any]:
    found = told["feed"].get("entry")
    return found if isinstance(found, list) else []


def _shown(root: Element) -> set[str]:
    found = (_SHOWN.fullmatch(node.get("id") or "") for node in root.iter("li", "div", "dt", "a"))
    return {match[1] for match in found if match}
