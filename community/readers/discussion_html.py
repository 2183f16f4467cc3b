"""Reads a saved HTML page with a discussion: blog comments or a forum's posts, and the article.

There are no templates: `community.comment_items` learns the page's own pattern. What a page does
not hold (further pages of comments, a frame with comments of another site) is noted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from community import comment_authors, comment_bodies, comment_dates, comment_items, page_article
from community.comment_items import Item, Items
from community.comment_parents import Place, places
from community.completeness import missing
from community.markup import MAX_BYTES, Element, TextBuilder, parse, text_of, walk
from community.types import Page, RawDocument, RawPost, RawQuote, Span

_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|div|article|section|table|ul|ol|li)\b", re.I)
_XML = re.compile(rb"^\s*(?:\xef\xbb\xbf)?<\?xml[^>]*>\s*(?:<!--.*?-->\s*)*<(?!!doctype html|html)", re.I | re.S)
_SURE = 2  # contributions from which on a page is certainly a discussion


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads saved discussion pages."""

    name: str = "discussion_html"

    def sniff(self, page: Page) -> float:
        """How sure it is that the page is HTML with contributions."""
        if not _HTML.search(page.head) or _XML.match(page.head) or page.size > MAX_BYTES:
            return 0.0
        found = comment_items.find(parse(page.read(), page.key))
        if len(found.items) >= _SURE:
            return 0.9
        return 0.6 if found.items else 0.0

    def read(self, page: Page) -> Iterable[RawDocument]:
        """The page as one document.

        Raises:
            SourceError: not HTML, too large, or nested too deep.
        """
        root = parse(page.read(), page.key)
        yield _document(root, page, self.name)


def make() -> Reader:
    """A reader of saved HTML discussions."""
    return Reader()


def _document(root: Element, page: Page, reader: str) -> RawDocument:
    found = comment_items.find(root)
    elements = {item.element for item in found.items}
    head = page_article.heading(root, elements)
    builder = TextBuilder()
    title_span = builder.add_text(head.title) if head.title else None
    stretches = () if found.forum else page_article.article(root, builder, head.title, elements)
    posts, flat = _posts(found, builder, page, head)
    note = missing(root, found, len(posts))
    return RawDocument(
        reader=reader,
        text=builder.text(),
        title=head.title,
        title_span=title_span,
        article=stretches,
        posts=posts,
        complete=note is None,
        note=note,
        url=page.url or head.url,
        published_at=None if found.forum else head.published_at,
        article_author=None if found.forum else head.author,
        lang=head.lang,
        flat=flat,
    )


def _posts(
    found: Items, builder: TextBuilder, page: Page, head: page_article.Heading
) -> tuple[tuple[RawPost, ...], bool]:
    where, flat = places(found.items)
    elements = [item.element for item in found.items]
    host = urlsplit(page.url or head.url or "").hostname or ""
    us = comment_dates.month_first(
        (text_of(node, most=400) for node in elements), head.lang
    )
    named = all(item.native_id for item in found.items)
    posts: list[RawPost] = []
    for item, place in zip(found.items, where, strict=True):
        others = set(elements) - {item.element}
        post = _post(item, comment_bodies.body(item, others), builder, host)
        if post is None:
            continue
        stamp = comment_dates.when(
            list(post.own), lang=head.lang, us=us, now=page.retrieved_at
        )
    return tuple(posts), flat
