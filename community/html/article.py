"""The article of an HTML page: its paragraphs, page furniture left out.

The container is the element that a page marks as its article's body, else the one that holds most
running text: each paragraph votes for its parent, and half for its grandparent, with its length,
less what is linked (after Kohlschütter, Fankhauser and Nejdl, "Boilerplate Detection using Shallow
Text Features", WSDM 2010, and Arc90's Readability).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator

from community.html.markup import Element, TextBuilder, names, text_of, walk
from community.types import Span

_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|social|sharedaddy|related|newsletter|cookies?|consent|promo|"
    r"advert\S*|"
    r"ads?|sponsored|sidebar|breadcrumbs?|tags?|tag-links|tags-links|cat-links|entry-footer|"
    r"entry-meta|post-meta|article-meta|meta|byline|posted-on|author-?(?:bio|box|info|card|name)|"
    r"bio|"
    r"navigation|pagination|nav-links|jp-relatedposts|widget|comments?|comments-area|comment-list|"
    r"respond|subscribe|subscription|signup|donate|read-?more|more-stories|recommended|popular|"
    r"trending|"
    r"print|toolbar|toc|screen-reader|sr-only|skip-link|copyright|disclaimer-box|disqus_thread|"
    r"banner|"
    r"menu|masthead|colophon|mc_embed_signup|rating|likes|views|teaser|boilerplate|"
    r"contact(?:s|-info)?|media-contacts?)(?:$|[\s_-])"
)
_KEEPS = re.compile(r"(?:article|entry|post|story|main|page)[-_]{0,2}(?:content|body|text|inner)")
_BODY = re.compile(
    r"(?:^|[\s_-])(?:articlebody|article-?body|article-?content|article-?text|entry-content|"
    r"post-content|"
    r"post-body|story-?body|story-?content|td-post-content|node-content|field-name-body|rich-text|"
    r"single-content|blog-post-content|article__body|article__content|c-article-body)(?:$|\s|[_-])"
)
_OUTSIDE = frozenset(["nav", "footer", "aside", "form"])
_ROLES = frozenset(
    ["navigation", "banner", "contentinfo", "complementary", "search", "dialog", "form", "alert"]
)
_PARAGRAPH = frozenset(["p", "pre", "blockquote", "li", "td", "dd", "h2", "h3"])
_LOOSE = frozenset(["div", "td", "section", "article", "main", "body"])
_LEAST = 25  # characters of a paragraph that may vote
_LEAST_ARTICLE = 140  # characters below which there is no article
_MOST_LINKED = 0.5  # share of a block's characters in links above which it is a list of links
_MOST_TEXT = 0.4  # share of a page's running text above which no name makes an element furniture


def article(
    root: Element, builder: TextBuilder, title: str | None, skip: Collection[Element] = ()
) -> tuple[Span, ...]:
    """Appends the article's paragraphs to a text, and tells where each stands.

    `skip` holds what belongs to others (comments); the line that repeats `title` is left out.
    """
    container, holds = _container(root, skip)
    drop = _furniture(container, title, holds, skip) | set(skip)
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
        named = (
            bool(_FURNITURE.search(marks)) and not _KEEPS.search(marks) and node.tag != "article"
        )
    return named and holds[node] < _MOST_TEXT * max(holds.values(), default=0.0) + 1


def _furniture(
    container: Element,
    title: str | None,
    holds: dict[Element, float],
    skip: Collection[Element],
) -> set[Element]:
    """What within the article's container is not article."""
    found: set[Element] = set()
    for node in walk(container, skip):
        if node is container:
            continue
        if (
            _is_furniture(node, holds)
            or node.tag in ("figure", "h1", "time", "button")
            or (node.tag in ("h2", "header") and title and text_of(node, most=400) == title)
        ):
            found.add(node)
        elif node.tag in ("ul", "ol", "div", "p") and len(node.findall(".//a")) >= 3:
            words = len(text_of(node))
            if words and _linked(node) > _MOST_LINKED * words and words < 2000:
                found.add(node)
    return found
