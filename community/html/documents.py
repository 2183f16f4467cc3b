"""A parsed HTML page with its contributions to one `RawDocument`: title, article, then posts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from community.html import article as page_article
from community.html import authors as comment_authors
from community.html import bodies as comment_bodies
from community.html import dates as comment_dates
from community.html import fields
from community.html import heading as page_heading
from community.html import quotes as comment_quotes
from community.html.completeness import capped, missing
from community.html.identities import Item, Items, inside
from community.html.linked_data import told
from community.html.markup import Element, TextBuilder, address, text_of
from community.html.notices import status_of
from community.html.parents import Place, places
from community.html.told import joined
from community.types import Page, RawDocument, RawPost, Span


def document(root: Element, found: Items, page: Page, reader: str) -> RawDocument:
    """The page as one document; `found` are its contributions (none: an article alone)."""
    elements = {item.element for item in found.items}
    head = page_heading.heading(root, elements)
    builder = TextBuilder()
    title_span = builder.add_text(head.title) if head.title else None
    stretches = () if found.forum else page_article.article(root, builder, head.title, elements)
    posts, flat = _posts(found, builder, page, head)
    posts = joined(posts, builder.text(), told(root)) if posts else posts
    note = missing(root, found, len(posts))
    return RawDocument(
        reader=reader,
        text=builder.text(),
        title=head.title,
        title_span=title_span,
        article=stretches,
        posts=posts,
        complete=note is None,
        note=note or capped(found.items),
        url=page.url or head.url,
        published_at=None if found.forum else head.published_at,
        article_author=None if found.forum else head.author,
        lang=head.lang,
        flat=flat,
    )


def _posts(
    found: Items, builder: TextBuilder, page: Page, head: page_heading.Heading
) -> tuple[tuple[RawPost, ...], bool]:
    """The contributions in page order, and whether the page is flat."""
    nested = inside(found.items)
    where, flat = places(found.items, nested)
    if found.opener and (not flat or found.tree):
        where, flat = [where[0], *(_below(place) for place in where[1:])], False
    host = address(page.url or head.url or "").hostname or ""
    lines = (text_of(item.element, most=400) for item in found.items)
    dating = _Dating(head.lang, comment_dates.month_first(lines, head.lang), page.retrieved_at)
    named = all(item.native_id for item in found.items)
    learned = found.learned or fields.learn([item.element for item in found.items], nested)
    bodies = [
        comment_bodies.body(item.element, nested.get(item.element, set()), learned)
        for item in found.items
    ]
    signers = comment_authors.reconciled(
        [
            comment_authors.author(i.element, b.own)
            for i, b in zip(found.items, bodies, strict=True)
        ],
        [learned.authors.get(item.element) for item in found.items],
        [comment_authors.by_line(body.own) for body in bodies],
    )
    posts = []
    for item, place, body, signer in zip(found.items, where, bodies, signers, strict=True):
        above = found.items[place.parent].native_id if place.parent is not None else None
        posts.append(
            replace(
                _post(item, body, builder, host),
                author=signer,
                parent_native_id=above if named else None,
                level=None if named or flat else place.level,
                gap=place.gap,
                **dating.of(body),
            )
        )
    return comment_quotes.resolved(posts, builder.text()), flat


def _below(place: Place) -> Place:
    """A place under the post that opens the thread."""
    if place.parent is None and not place.gap:
        return Place(0, False, 1)
    return replace(place, level=place.level + 1)


@dataclass(frozen=True, slots=True)
class _Dating:
    """How the page writes its dates."""

    lang: str | None
    us: bool
    now: str | None

    def of(self, body: comment_bodies.Body) -> dict[str, Any]:
        found = comment_dates.when(list(body.own), lang=self.lang, us=self.us, now=self.now)
        if found is None:
            return {}
        return {"posted_at": found.iso, "time_precision": found.precision}


def _post(item: Item, body: comment_bodies.Body, builder: TextBuilder, host: str) -> RawPost:
    rendered = builder.add(
        body.element,
        drop=body.drop,
        mark=lambda node: node is not body.element and comment_quotes.is_quote(node),
    )
    span = rendered.span or Span(builder.length, builder.length)
    status = body.status
    if status == "present":
        status = status_of(builder.since(span.start))
    present = status == "present"
    quotes = (comment_quotes.quote(node, where, host) for node, where in rendered.marks)
    return RawPost(
        span=span,
        native_id=item.native_id,
        author_native_id=comment_authors.native_id(item.element, body.own),
        platform_role=comment_authors.platform_role(item.element, body.own),
        status=status,
        addressee=comment_authors.addressee(body.own),
        quotes=tuple(quotes) if present else (),
        url=_address(item, body.own),
    )


def _address(item: Item, own: Sequence[Element]) -> str | None:
    """The contribution's own absolute address, where the page links it."""
    for node in own if item.native_id else ():
        href = node.get("href") or ""
        if href.startswith("http") and re.search(
            rf"[#=/.-]\D{{0,12}}{re.escape(item.native_id or '')}$", href
        ):
            return str(href)
    return None
