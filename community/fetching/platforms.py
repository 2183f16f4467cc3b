"""Which platform offers more than its page, and by which door."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from community.fetching import blogger, discourse, wordpress
from community.fetching.better import Better
from community.fetching.client import Answer, Get
from community.html.markup import Element

_REDDIT = re.compile(r"(/(?:r|user)/[^/]+/comments/[0-9a-z]+(?:/[^/]*)?)/?(?:[0-9a-z]*/?)$", re.I)
_FINDERS = (wordpress.find, discourse.find, blogger.find)


def direct(url: str) -> str | None:
    """The address of the same discussion as data, where the page's address alone tells it.

    Reddit gives every thread as JSON under its own address; Hacker News through the search that
    it names as its interface.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if host == "reddit.com" or host.endswith(".reddit.com"):
        found = _REDDIT.match(parts.path) if not parts.path.endswith(".json") else None
        if found:
            query = "raw_json=1&limit=500"
            path = found[1].rstrip("/") + ".json"
            return f"{parts.scheme}://{parts.netloc}{path}?{query}"
    if host == "news.ycombinator.com" and parts.path == "/item":
        number = parse_qs(parts.query).get("id", [""])[0]
        if number.isascii() and number.isdigit():
            return f"https://hn.algolia.com/api/v1/items/{number}"
    return None


def better(page: Answer, root: Element, get: Get, most: int) -> Better | None:
    """The discussion of a page from its platform's interface; None where the page is the best.

    Args:
        get: a polite GET.
        most: pages that may be asked for.

    Raises:
        Refused, Failed: there is an interface, and it may not be used or does not answer.
    """
    for find in _FINDERS:
        found = find(page, root, get, most)
        if found is not None:
            return found
    return None
