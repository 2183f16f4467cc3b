"""Reader for plain articles: a page of text without a discussion.

The fallback for text. Furniture around the article (newsletter boxes, lists of other articles,
share buttons, copyright) stays in the document's text and outside its article spans, and so does a
reference list, whose DOIs remain readable there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from community import text
from community.flat import bylines, furniture
from community.types import Page, RawDocument

_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<head", b"<body", b"{", b"[{")


_DISCUSSION = 3  # bylines from which a text without bullets looks like a discussion
_FAR = 600  # characters within which a byline ends
_LINE_START = re.compile(r"(?:^|\n)[ \t]*(?=\S)")
_LOOK = 500_000  # characters that are looked at for them
_NOT_SPLIT = (
    "{} lines look like bylines of comments, but no bullets or indents tell the comments apart:"
    " they were read as part of the article"
)


def _bylines(words: str) -> int:
    """Lines of a text at which a signed post may begin."""
    words = words[:_LOOK]
    starts = (match.end() for match in _LINE_START.finditer(words))
    return sum(bylines.opens(words, start, min(len(words), start + _FAR)) for start in starts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleReader:
    """Reads any text as one article."""

    def sniff(self, page: Page) -> float:
        """Low but not nothing for whatever is text: any other reader that knows the page wins."""
        head = page.head.lstrip()[:64].lower()
        if b"\x00" in page.head and not page.head.startswith((b"\xff\xfe", b"\xfe\xff")):
            return 0.0
        if head.startswith(_MARKUP):
            return 0.02
        return 0.1

    def read(self, page: Page) -> Iterator[RawDocument]:
        """The page as one document.

        Raises:
            SourceError: the page is not text.
        """
        words = text.decode(page.read(), page.key)
        found = furniture.article(words)
        signed = _bylines(words)
        yield RawDocument(
            reader="article",
            text=words,
            title=found.title,
            title_span=found.title_span,
            article=found.spans,
            complete=signed < _DISCUSSION,
            note=_NOT_SPLIT.format(signed) if signed >= _DISCUSSION else None,
            url=page.url,
            published_at=found.published_at,
            article_author=found.author,
        )


def make() -> ArticleReader:
    """A reader for plain articles."""
    return ArticleReader()
