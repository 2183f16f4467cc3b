"""Reads feeds, RSS 0.9 to 2.0 and Atom: comments of WordPress and others, or articles.

Comments are grouped by the page that they stand on, the oldest first; a feed of articles gives a
document for each that has words. A feed holds the newest items only: what answers an older comment
is a gap.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from community import spool
from community.errors import SourceError
from community.readers import _feed_items as feed_items
from community.records import endings, order
from community.records.documents import Head, Record, document
from community.types import Page, RawDocument
from community.xml.nodes import Node
from community.xml.roots import root
from community.xml.streams import Rows

_NAME = "feed"
_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_ITEM = re.compile(rb"<(?:\w+:)?(?:item|entry)\b", re.I)
# what platforms put before the title of what is commented on
_LABEL = re.compile(
    r"^(?:comments?|kommentare?r?|commentaires?|comentarios?|comentários?|commenti|reacties|"
    r"komentarze|komentáře|комментарии)\b(?:[^:]{0,15}:\s+|\s+(?:on|zu|sur|en|su|op|do|к)\s+)",
    re.I,
)
_SHORTEST = 20  # words of an article; a teaser of less says nothing


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads feeds of any size."""

    streams = True

    def sniff(self, page: Page) -> float:
        """0.92 for RSS and Atom; readers that know their platform's feeds are surer."""
        if root(page.head) not in _ROOTS:
            return 0.0
        return 0.92 if _ITEM.search(page.head.replace(b"\x00", b"")) else 0.5

    def read(self, page: Page) -> Iterable[RawDocument]:
        """Each page that is commented on, or each article, as a document.

        Raises:
            SourceError: no XML, hostile, or no item with words in it.
        """
        feed = _Feed(page)
        found = False
        for made in endings.told(feed.documents(), feed.told):
            found = True
            yield made
        if not found:
            told = "; ".join(feed.told()) or "a feed without an item that has words"
            raise SourceError(page.key, told, "save the pages that it names")


def make() -> Reader:
    """A reader of feeds."""
    return Reader()


@dataclass(slots=True)
class _Feed:
    """A feed while it is read."""

    page: Page
    title: str | None = None
    link: str = ""
    lang: str | None = None
    pages: set[str] = field(default_factory=set)
    short: int = 0
    problems: list[str] = field(default_factory=list)

    def told(self) -> list[str]:
        """What was damaged or left out."""
        short = f"{self.short} items with hardly a word left out"
        return self.problems + ([short] if self.short else [])

    def documents(self) -> Iterator[RawDocument]:
        """One per page or article, in the order of the file."""
        for key, items in spool.grouped(self._items()):
            comments = [item for item in items if item["page"]]
            articles = [item for item in items if not item["page"]]
            if comments:
                yield self._discussion(key, comments, articles[0] if articles else None)
                continue
            for nth, item in enumerate(articles):
                made = self._article(f"{key}#{nth + 1}" if nth else key, item)
                if made is not None:
                    yield made

    def _items(self) -> Iterator[tuple[str, dict[str, Any]]]:
        rows = Rows(self.page, {"item", "entry", "title", "link", "language"})
        for row in rows:
            if row.name not in ("item", "entry"):
                self._about(row)
                continue
            item = feed_items.item(row)
            if item["page"] and feed_items.is_ping(item["body"]):
                continue
            if item["page"] and len(self.pages) < 2:
                self.pages.add(item["page"])
            yield item["key"], item
        self.problems += rows.problems

    def _about(self, row: Node) -> None:
        """What the feed says of itself."""
        words = row.text().strip()
        if row.above not in ("channel", "feed"):
            return
        if row.name == "title":
            self.title = self.title or words or None
        elif row.name == "language":
            self.lang = self.lang or words or None

    def _discussion(
        self, key: str, comments: list[dict[str, Any]], article: dict[str, Any] | None
    ) -> RawDocument:
        comments = order.by_time(comments, lambda item: str(item["when"] or "") or None)
        known = {item["id"] for item in comments}
        ids = {item["guid"]: item["id"] for item in comments if item["guid"]}
        records = []
        for item in comments:
            parent = ids.get(item["parent"] or "", item["parent"])
            if parent is not None and parent not in known and not parent.isalnum():
                parent = None  # in Atom, what answers the page itself names the page
            records.append(_record(item, parent))
        missing = sum(r.parent is not None and r.parent not in known for r in records)
        title = self.title if len(self.pages) == 1 else _topic(comments)
        head = Head(
            reader=_NAME,
            thread_key=key,
            title=article["title"] if article else _LABEL.sub("", title or "") or None,
            article=article["body"] if article else None,
            article_author=article["author"] if article else None,
            published_at=article["when"] if article else None,
            url=article["link"] if article else comments[0]["page"],
            lang=self.lang,
            note=f"{missing} of the comments answered are not in the feed" if missing else None,
        )
        return document(head, records)

    def _article(self, key: str, item: dict[str, Any]) -> RawDocument | None:
        if len(item["body"].split()) < _SHORTEST:
            self.short += 1
            return None
        note = None if item["full"] else "the feed gives its description, perhaps not all of it"
        head = Head(
            reader=_NAME,
            thread_key=key,
            title=item["title"],
            article=item["body"],
            article_author=item["author"],
            published_at=item["when"],
            url=item["link"] or None,
            lang=self.lang,
            note=note,
        )
        return document(head, ())


def _topic(items: list[dict[str, Any]]) -> str | None:
    """The title that all items of a page share: forums give every post its topic's."""
    titles = {re.sub(r"^re:\s*", "", item["title"] or "", flags=re.I) for item in items}
    return titles.pop() or None if len(titles) == 1 and len(items) > 1 else None


def _record(item: dict[str, Any], parent: str | None) -> Record:
    return Record(
        native_id=item["id"] or None,
        parent=parent,
        body=item["body"],
        markup=item["markup"],
        author=item["author"],
        posted_at=item["when"],
        time_precision=item["precision"],
        addressee=item["addressee"],
        url=item["link"] or None,
    )
