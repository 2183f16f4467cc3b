"""The article of an HTML page: its title, author, date and paragraphs, page furniture left out.

The container is the element that a page marks as its article's body, else the one that holds most
running text: each paragraph votes for its parent, and half for its grandparent, with its length,
less what is linked (after Kohlschütter, Fankhauser and Nejdl, "Boilerplate Detection using Shallow
Text Features", WSDM 2010, and Arc90's Readability).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from community import comment_dates
from community.markup import Element, TextBuilder, names, text_of, walk
from community.types import Span

_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|social|sharedaddy|related|newsletter|cookies?|consent|promo|advert\S*|"
    r"ads?|sponsored|sidebar|breadcrumbs?|tags?|tag-links|tags-links|cat-links|entry-footer|"
    r"entry-meta|post-meta|article-meta|meta|byline|posted-on|author-?(?:bio|box|info|card|name)|bio|"
    r"navigation|pagination|nav-links|jp-relatedposts|widget|comments?|comments-area|comment-list|"
    r"respond|subscribe|subscription|signup|donate|read-?more|more-stories|recommended|popular|trending|"
    r"print|toolbar|toc|screen-reader|sr-only|skip-link|copyright|disclaimer-box|disqus_thread|banner|"
    r"menu|masthead|colophon|mc_embed_signup|rating|likes|views|teaser|boilerplate|"
    r"contact(?:s|-info)?|media-contacts?)(?:$|[\s_-])"
)
_KEEPS = re.compile(r"(?:article|entry|post|story|main|page)[-_]{0,2}(?:content|body|text|inner)")
_BODY = re.compile(
    r"(?:^|[\s_-])(?:articlebody|article-?body|article-?content|article-?text|entry-content|post-content|"
    r"post-body|story-?body|story-?content|td-post-content|node-content|field-name-body|rich-text|"
    r"single-content|blog-post-content|article__body|article__content|c-article-body)(?:$|\s|[_-])"
)
_OUTSIDE = frozenset("nav footer aside form".split())
_ROLES = frozenset("navigation banner contentinfo complementary search dialog form alert".split())
_PARAGRAPH = frozenset("p pre blockquote li td dd h2 h3".split())
_LOOSE = frozenset("div td section article main body".split())
_LEAST = 25  # characters of a paragraph that may vote
_LEAST_ARTICLE = 140  # characters below which there is no article
_MOST_LINKED = 0.5  # share of a block's characters in links above which it is a list of links
_SIGNED = re.compile(r"(?:^|[\s_-])(?:author|byline)(?:$|[\s_-])")
_LED = re.compile(r"^(?:view all posts by|written by|posted by|author:|by|von|par|por|di|door)\s+", re.I)
_ELSEWHERE = re.compile(r"(?:^|\s)(?:widget_|recent|related|sidebar|comments?(?:-area|-list)?(?:\s|$))")
_SIGNERS = frozenset("a span p div address strong b em cite li td".split())
_MOST_TEXT = 0.4  # share of a page's running text above which no name makes an element furniture
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


def article(
    root: Element, builder: TextBuilder, title: str | None, skip: Collection[Element] = ()
) -> tuple[Span, ...]:
    """Appends the article's paragraphs to a text, and tells where each stands.

    `skip` holds what belongs to others (comments); the line that repeats `title` is left out.
    """
    container, holds = _container(root, skip)
    drop = _furniture(container, title, holds) | set(skip)
    if len(text_of(container, drop, most=_LEAST_ARTICLE)) < _LEAST_ARTICLE:
        return ()
    span = builder.add(container, drop=drop).span
    return () if span is None else tuple(paragraphs(builder.text(), span))


def paragraphs(text: str, span: Span) -> Iterator[Span]:
    """Stretches of `text` within `span` that blank lines set apart."""
    for match in re.finditer(r"\S(?:[^\n]|\n(?!\n))*", text[span.start : span.end]):
        end = match.start() + len(match.group().rstrip())
        yield Span(span.start + match.start(), span.start + end)


def _container(root: Element, skip: Collection[Element]) -> tuple[Element, dict[Element, float]]:
    """The element that holds the article, and how much running text each element holds."""
    weights = {node: weight for node in walk(root, skip) if (weight := _weight(node, skip))}
    holds: dict[Element, float] = defaultdict(float)
    for node, weight in weights.items():
        for above in (node, *node.iterancestors()):
            holds[above] += weight
    votes: dict[Element, float] = defaultdict(float)
    for node, weight in weights.items():
        above = node if node.tag in _LOOSE else node.getparent()
        if above is not None and not _beside(node, holds):
            votes[above] += weight
            if above.getparent() is not None:
                votes[above.getparent()] += weight / 2
    best = max(votes, key=lambda node: votes[node], default=None)
    if best is None:
        body = root.find("body")
        return (body if body is not None else root), holds
    marked = [
        node
        for node in walk(root, skip)
        if _BODY.search(names(node))
        and holds[node] >= 0.6 * holds[best]
        and not _beside(node, holds)
    ]
    if marked:
        return max(marked, key=lambda node: holds[node]), holds
    for above in best.iterancestors():
        if above.tag == "article" or above.get("role") == "article":
            return above, holds
    return best, holds


def _weight(node: Element, skip: Collection[Element]) -> float:
    """Running text of a paragraph, or of a block that holds text without paragraphs."""
    if node.tag in _LOOSE:
        bare = [node.text or "", *(child.tail or "" for child in node)]
        words = sum(len(part.strip()) for part in bare if len(part.strip()) >= _LEAST)
        return float(words)
    words = len(text_of(node, skip)) if node.tag in _PARAGRAPH else 0
    if words < _LEAST:
        return 0.0
    return words * max(0.0, 1 - _linked(node) / words)


def _linked(node: Element) -> int:
    return sum(len(text_of(link)) for link in node.iter("a"))


def _beside(node: Element, holds: dict[Element, float]) -> bool:
    return any(_is_furniture(above, holds) for above in (node, *node.iterancestors()))


def _is_furniture(node: Element, holds: dict[Element, float]) -> bool:
    """Whether an element is named as page furniture and does not hold most of the running text."""
    if node.tag in ("html", "body", "main"):
        return False
    named = node.tag in _OUTSIDE or (node.get("role") or "") in _ROLES
    if not named:
        marks = names(node)
        named = bool(_FURNITURE.search(marks)) and not _KEEPS.search(marks) and node.tag != "article"
    return named and holds[node] < _MOST_TEXT * max(holds.values(), default=0.0) + 1


def _furniture(
    container: Element, title: str | None, holds: dict[Element, float]
) -> set[Element]:
    """What within the article's container is not article."""
    found: set[Element] = set()
    for node in walk(container):
        if node is container:
            continue
        if _is_furniture(node, holds) or node.tag in ("figure", "h1", "time", "button"):
            found.add(node)
        elif node.tag in ("h2", "header") and title and text_of(node, most=400) == title:
            found.add(node)
        elif node.tag in ("ul", "ol", "div", "p") and len(node.findall(".//a")) >= 3:
            words = len(text_of(node))
            if words and _linked(node) > _MOST_LINKED * words and words < 2000:
                found.add(node)
    return found
