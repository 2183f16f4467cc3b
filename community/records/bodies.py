"""A body as an export holds it, HTML or plain, appended to a document's text."""

from __future__ import annotations

import html
import re

from community import addresses
from community.errors import SourceError
from community.html.markup import Element, TextBuilder, classes, names, parse, walk
from community.html.quotes import is_header, is_quote, is_title, quote
from community.text import newlines
from community.types import RawQuote, Span

_MARKUP = re.compile(
    r"<(?:p|br|div|blockquote|aside|ul|ol)\b[^<>]{0,400}>|</(?:p|a|b|i|em|strong)>", re.I
)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#x[0-9a-f]{1,6});", re.I)
# a page that is linked, shown with its title and first words: they are nobody's of the thread
_PREVIEW = re.compile(r"(?:^|\s)(?:onebox|link-?preview|wp-embedded-content|bookmark-card)(?:\s|$)")
_CONTROLS = re.compile(
    r"(?:^|\s)(?:poll-info\S*|poll-buttons|quote-controls|lightbox-?meta|cooked-selection-barrier|"
    r"screen-reader-text|sr-only)(?:\s|$)"
)


def is_markup(words: str) -> bool:
    """Whether a body is HTML rather than text that happens to hold a ``<``."""
    return bool(_MARKUP.search(words))


def append(
    words: str,
    builder: TextBuilder,
    *,
    markup: bool | None = None,
    host: str = "",
    topic: str | None = None,
) -> tuple[Span | None, tuple[RawQuote, ...]]:
    """Appends a body as a paragraph.

    Args:
        words: the body as the source holds it.
        builder: the document's text so far.
        markup: whether it is HTML; None looks at the words.
        host: host name of the page; what is quoted from another one is external.
        topic: id of the topic; what is quoted from another one is external.

    Returns:
        The body's span (None: it has no words), and the quotations that its markup shows.
    """
    if not words.strip():
        return None, ()
    if not (is_markup(words) if markup is None else markup):
        if markup is None and _ENTITY.search(words):  # escaped on its way, and never shown so
            words = html.unescape(words)
        return builder.add_text(newlines(words)), ()
    if "<" not in words and "&" not in words:
        return builder.add_text(" ".join(words.split())), ()
    try:
        body = parse(words, "body")
    except SourceError:  # nested beyond the parser's depth, or tags alone: the words are kept
        return builder.add_text(" ".join(_TAG.sub(" ", words).split())), ()
    rendered = builder.add(body, mark=_is_marked, drop=_controls(body))
    return rendered.span, tuple(_quote(node, span, host, topic) for node, span in rendered.marks)


def _is_marked(node: Element) -> bool:
    return is_quote(node) or _is_preview(node)


def _is_preview(node: Element) -> bool:
    return bool(_PREVIEW.search(names(node)))


def _quote(node: Element, span: Span, host: str, topic: str | None) -> RawQuote:
    """What the markup says of a quotation; one of another topic or page is external."""
    if _is_preview(node) and not is_quote(node):
        away = addresses.host(_link(node))
        return RawQuote(span=span, external=not host or away != host)
    try:
        found = quote(node, span, host)
    except ValueError:  # an address in it is none: brackets that hold no host
        return RawQuote(span=span)
    other = (node.get("data-topic") or "").strip()
    if topic and other and other != topic:
        return RawQuote(span=span, author=found.author, posted_at=found.posted_at, external=True)
    return found


def _link(node: Element) -> str:
    """The address that a preview shows; "" where it has none that can be read."""
    link = node.get("data-onebox-src") or next(
        (inner.get("href") for inner in node.iter("a") if inner.get("href")), ""
    )
    return link if re.match(r"https?://[^\s\[\]]+$", link) else ""


def _controls(body: Element) -> set[Element]:
    """Elements that are no words of the poster: who is quoted, counts of votes, sizes of images."""
    found: set[Element] = set()
    for node in walk(body):
        size = "meta" in classes(node) and "lightbox" in classes(node.getparent())
        control = size or is_header(node) or _CONTROLS.search(names(node))
        if control or (is_title(node) and _within_quote(node, body)):
            found.add(node)
    return found


def _within_quote(node: Element, top: Element) -> bool:
    above = node.getparent()
    while above is not None and above is not top:
        if is_quote(above):
            return True
        above = above.getparent()
    return False
