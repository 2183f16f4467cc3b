"""A parsed HTML page with its contributions to one `RawDocument`: title, article, then posts."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from community.html import addressees, fields
from community.html import article as page_article
from community.html import authors as comment_authors
from community.html import bodies as comment_bodies
from community.html import dates as comment_dates
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
    earlier: set[str] = set()
    lines = (text_of(item.element, most=400) for item in found.items)
    dating = _Dating(head.lang, comment_dates.month_first(lines, head.lang), page.retrieved_at)
    named = all(item.native_id for item in found.items)
    learned = found.learned or fields.learn([item.element for item in found.items], nested)
    printed = [_Printed.of(item, nested.get(item.element, set()), learned) for item in found.items]
    posts = []
    for one, place, author in zip(printed, where, _authors(printed, learned), strict=True):
        above = found.items[place.parent].native_id if place.parent is not None else None
        posts.append(
            replace(
                _post(one, builder, host, earlier),
                author=author,
                parent_native_id=above if named else None,
                level=None if named or flat else place.level,
                gap=place.gap,
                **dating.of(one.body),
            )
        )
        earlier |= {one.item.native_id} if one.item.native_id else set()
    posts = list(comment_quotes.resolved(posts, builder.text()))
    if flat:
        posts = list(addressees.answered(posts, [one.labels for one in printed]))
    return tuple(posts), flat


@dataclass(frozen=True, slots=True)
class _Printed:
    """A contribution, where its words are, and what says whom it answers."""

    item: Item
    body: comment_bodies.Body
    labels: Sequence[addressees.Label]
    aside: frozenset[Element]

    @classmethod
    def of(cls, item: Item, stop: Collection[Element], learned: fields.Fields) -> _Printed:
        """Looks for them; `stop` are the elements of the contributions within."""
        body = comment_bodies.body(item.element, stop, learned)
        labels = addressees.labels(item.element, body.own)
        return cls(item, body, labels, frozenset(addressees.parts(labels)))


def _authors(printed: Sequence[_Printed], learned: fields.Fields) -> list[str | None]:
    compared = [learned.authors.get(one.item.element) for one in printed]
    made = [comment_authors.Printed(p.item.element, p.body.own, p.aside) for p in printed]
    return comment_authors.reconciled(
        comment_authors.named(made),
        compared,
        [comment_authors.by_line(one.body.own) for one in printed],
    )


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


def _post(one: _Printed, builder: TextBuilder, host: str, earlier: Collection[str]) -> RawPost:
    item, body = one.item, one.body
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
    quotes = (comment_quotes.quote(node, where, host, earlier) for node, where in rendered.marks)
    own = [node for node in body.own if node not in one.aside]
    return RawPost(
        span=span,
        native_id=item.native_id,
        author_native_id=comment_authors.native_id(item.element, own),
        platform_role=comment_authors.platform_role(item.element, body.own),
        status=status,
        addressee=next((label.name for label in one.labels if label.name), None),
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
