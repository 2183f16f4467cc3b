"""Reads a saved HTML page without contributions: an article, a press release, an abstract."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from community.errors import SourceError
from community.html import pages
from community.html.charsets import looks_like_html
from community.html.documents import document
from community.html.identities import Items
from community.types import Page, RawDocument

_NAME = "article_html"


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads any HTML page as an article; below every reader that finds contributions."""

    def sniff(self, page: Page) -> float:
        """0.3 for whatever is HTML."""
        return 0.3 if looks_like_html(page.head) else 0.0

    def read(self, page: Page) -> Iterable[RawDocument]:
        """The page as one document.

        Raises:
            SourceError: not text, too large, nested too deep, or without any words.
        """
        root, _ = pages.opened(page.read(), page.key)
        found = document(root, Items(), page, _NAME)
        pages.closed()
        if not found.text.strip():
            raise SourceError(page.key, "an HTML page without words", "save it after it has loaded")
        yield found


def make() -> Reader:
    """A reader of saved HTML articles."""
    return Reader()
