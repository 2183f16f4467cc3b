"""Reads a saved HTML page with a discussion: blog comments or a forum's posts, and the article.

There are no templates: `community.html.items` learns the page's own pattern. What a page does
not hold (further pages of comments, a frame with comments of another site) is noted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from community.errors import SourceError
from community.html import pages
from community.html.charsets import MAX_BYTES, looks_like_html
from community.html.documents import document
from community.types import Page, RawDocument

_NAME = "discussion_html"
_SURE = 2  # contributions from which on a page is certainly a discussion


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads saved discussion pages."""

    def sniff(self, page: Page) -> float:
        """How sure it is that the page is HTML with contributions."""
        if page.size > MAX_BYTES or not looks_like_html(page.head):
            return 0.0
        try:
            _, found = pages.opened(page.read(), page.key)
        except SourceError:  # the article reader, which takes all HTML, raises it when it reads
            return 0.0
        if len(found.items) >= _SURE:
            return 0.9
        return 0.6 if found.items else 0.0

    def read(self, page: Page) -> Iterable[RawDocument]:
        """The page as one document.

        Raises:
            SourceError: not text, too large, or nested too deep.
        """
        root, found = pages.opened(page.read(), page.key)
        made = document(root, found, page, _NAME)
        pages.closed()
        yield made


def make() -> Reader:
    """A reader of saved HTML discussions."""
    return Reader()
