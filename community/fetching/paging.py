"""The further pages of a discussion: which links of a page lead to more of it.

A link leads to another page of the *same* discussion if it differs from the discussion's own
address in a page number alone: ``/comment-page-2/``, ``cpage=2``, ``?page=2``, ``&start=15``,
``/page-3``, ``topic=12.30`` and the like. ``rel="next"`` is followed only where the path stays,
because themes also put it on the link to the next article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal
from urllib.parse import urlsplit

from community.fetching.urls import is_trap, joined, plain, query
from community.html.markup import Element, text_of, walk

_NUMBERED = re.compile(
    r"page|cpage|commentpage|paged|pg|pagina|página|seite|sida|strona|side|start|st|offset", re.I
)
_OFFSETS = frozenset({"start", "st", "offset"})  # count posts, from 0
_IN_PATH = re.compile(
    r"/comment-page-(\d{1,5})/?$|/page[-/]?(\d{1,5})/?$|-page-(\d{1,5})(?=(?:\.html?)?$)"
    r"|,(\d{1,6})(?=\.html?$)",
    re.I,
)
_TOPIC = re.compile(r"(\d+)\.(\d{1,6})")  # SMF: topic=ID.OFFSET
_MOST_LINKS = 5000
_MARKED = re.compile(
    r"(?:li-|div-|js-)?(?:comment|post|reply|response|answer|msg|message|pid|entry|elcomment|p|c|t1)"
    r"[-_]?(\d{1,19})(?:[-_]wrap)?",
    re.I,
)
_TEXTS = frozenset({"p", "li", "td", "dd", "blockquote", "h1", "h2", "h3", "time"})
_LINE = 20  # characters from which a line of text tells two pages apart
_LAST = 10**9  # rank of a page whose number is not known
_FURNITURE = 3  # lines in which two views of one page may differ: title, breadcrumbs, page number


Kind = Literal["page", "offset", "comments"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A URL with its page number taken out; `number` is None where it has none."""

    path: str
    params: frozenset[tuple[str, str]]
    number: int | None = None
    kind: Kind = "page"

    @property
    def key(self) -> tuple[Kind, int | None]:
        """What tells this page of a discussion from its others."""
        return self.kind if self.number is not None else "page", self.number


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page; `onward` if it is marked or labelled as the one to the page after it."""

    url: str
    next: bool
    onward: bool


def mark(url: str) -> Mark:
    """Splits a URL into its discussion and its page number."""
    parts = urlsplit(url)
    path, number = parts.path, None
    kind: Kind = "page"
    found = _IN_PATH.search(path)
    if found:
        number = int(next(group for group in found.groups() if group))
        kind = "comments" if found[1] else "offset" if found[4] else "page"
        path = path[: found.start()] + path[found.end() :]
    kept = []
    for key, value in query(url):
        topic = _TOPIC.fullmatch(value) if key.lower() == "topic" else None
        if topic:
            number, kind = int(topic[2]), "offset"
            kept.append((key, topic[1]))
        elif _NUMBERED.fullmatch(key) and value.isascii() and value.isdigit() and len(value) < 7:
            number = int(value)
            name = key.lower()
            kind = "comments" if name == "cpage" else "offset" if name in _OFFSETS else "page"
        else:
            kept.append((key, value))
    return Mark(path.rstrip("/") or "/", frozenset(kept), number, kind)


def links(root: Element, base: str) -> Iterator[Link]:
    """Absolute links of a page to its own host, plain, traps left out."""
    home = root.find(".//base")
    start = (joined(base, home.get("href") or "") if home is not None else None) or base
    host = urlsplit(base).netloc
    for node in islice(root.iter("a", "link"), _MOST_LINKS):
        href = (node.get("href") or "").strip()
        url = joined(start, href) if href else None
        if url and urlsplit(url).netloc == host and not is_trap(url):
            says = "next" in (node.get("rel") or "").lower().split()
            yield Link(plain(url), says, says or (node.text or "").strip() == "2")


def canonical(root: Element, base: str) -> str | None:
    """The address that a page gives as its own."""
    for node in root.iter("link"):
        if "canonical" in (node.get("rel") or "").lower().split() and node.get("href"):
            return joined(base, node.get("href"))
    return None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows: the numbers of its posts (of ids like ``comment-12``), and its longer
    lines of text, as hashes."""

    ids: frozenset[str]
    lines: frozenset[int]

    def within(self, other: Shown) -> bool:
        """Whether this is a view of what `other` shows, and shows nothing more."""
        fresh = len(self.lines - other.lines)
        return bool(self.ids) and self.ids <= other.ids and fresh <= _FURNITURE


def shown(root: Element) -> Shown:
    """What a page shows."""
    ids, lines = set(), set()
    for node in walk(root):
        found = _MARKED.fullmatch(node.get("id") or "")
        if found:
            ids.add(found[1])
        if node.tag in _TEXTS:
            words = text_of(node, most=300)
            if len(words) >= _LINE:
                lines.add(hash(words))
    return Shown(frozenset(ids), frozenset(lines))


@dataclass(slots=True)
class Trail:
    """The pages of one discussion: those seen, and those still to be asked for.

    `start` is the address of the first page, after redirects.
    """

    start: str
    _homes: list[Mark] = field(default_factory=list)
    _seen: set[object] = field(default_factory=set)
    _due: dict[object, tuple[int, int, str]] = field(default_factory=dict)
    _shown: Shown = field(default_factory=lambda: Shown(frozenset(), frozenset()))

    def __post_init__(self) -> None:
        first = mark(self.start)
        self._homes.append(first)
        self._seen |= {plain(self.start), first.key, ("offset", 0)}

    def add(self, root: Element, url: str, shown: Shown) -> bool:
        """Takes in a page; False where it shows nothing that the earlier ones did not show."""
        fresh = not shown.within(self._shown)
        self._shown = Shown(self._shown.ids | shown.ids, self._shown.lines | shown.lines)
        self._seen.add(plain(url))
        own = canonical(root, url)
        if own and len(self._homes) < 2 and urlsplit(own).netloc == urlsplit(self.start).netloc:
            self._homes.append(mark(own))
        for link in links(root, url):
            self._find(link)
        return fresh

    def next(self) -> str | None:
        """The next page to ask for, in the order of their numbers; None after the last."""
        if not self._due:
            return None
        key = min(self._due, key=lambda key: self._due[key])
        url = self._due.pop(key)[2]
        self._seen |= {key, plain(url)}
        return url

    def _find(self, link: Link) -> None:
        if link.url in self._seen:
            return
        here = mark(link.url)
        home = next((home for home in self._homes if _belongs(here, home)), None)
        if home is not None and here.key not in self._seen:
            # ?page=1 is where we began, unless pages count from 0 and it is called the next
            began = here.kind == "page" and here.number == 1 and self._homes[0].number is None
            if not began or link.onward:
                rank = (here.number or 0, len(here.params - home.params), link.url)
                self._due[here.key] = min(rank, self._due.get(here.key, rank))
        elif link.next and any(_steps(here, home) for home in self._homes):
            self._due[link.url] = (_LAST, 0, link.url)


def _belongs(here: Mark, home: Mark) -> bool:
    return here.path == home.path and home.params <= here.params


def _steps(here: Mark, home: Mark) -> bool:
    """Whether two addresses differ in one parameter alone."""
    return here.path == home.path and len({key for key, _ in here.params ^ home.params}) == 1
