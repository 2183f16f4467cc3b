"""A body as an export holds it, HTML or plain, appended to a document's text."""

from __future__ import annotations

import re

from community.errors import SourceError
from community.html.markup import TextBuilder, parse
from community.html.quotes import is_quote, quote
from community.text import newlines
from community.types import RawQuote, Span

_MARKUP = re.compile(
    r"<(?:p|br|div|blockquote|aside|ul|ol)\b[^<>]{0,400}>|</(?:p|a|b|i|em|strong)>", re.I
)
_TAG = re.compile(r"<[^<>]{0,2000}>")


def is_markup(words: str) -> bool:
    """Whether a body is HTML rather than text that happens to hold a ``<``."""
    return bool(_MARKUP.search(words))


def append(
    words: str, builder: TextBuilder, *, markup: bool | None = None, host: str = ""
) -> tuple[Span | None, tuple[RawQuote, ...]]:
    """Appends a body as a paragraph.

    Args:
        words: the body as the source holds it.
        builder: the document's text so far.
        markup: whether it is HTML; None looks at the words.
        host: host name of the page; what is quoted from another one is external.

    Returns:
        The body's span (None: it has no words), and the quotations that its markup shows.
    """
    if not words.strip():
        return None, ()
    if not (is_markup(words) if markup is None else markup):
        return builder.add_text(newlines(words)), ()
    if "<" not in words and "&" not in words:
        return builder.add_text(" ".join(words.split())), ()
    try:
        body = parse(words, "body")
    except SourceError:  # nested beyond the parser's depth, or tags alone: the words are kept
        return builder.add_text(" ".join(_TAG.sub(" ", words).split())), ()
    rendered = builder.add(body, mark=is_quote)
    return rendered.span, tuple(quote(node, span, host) for node, span in rendered.marks)
