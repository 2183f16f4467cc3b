"""A page's tree and the contributions found in it, worked out once for sniffing and reading."""

from __future__ import annotations

from functools import lru_cache

from community.html import items
from community.html.identities import Items
from community.html.markup import Element, parse


@lru_cache(maxsize=1)
def opened(data: bytes, subject: str) -> tuple[Element, Items]:
    """The root element of a page and its contributions.

    The last page is kept, since a page is sniffed and then read; `closed` lets go of it. Readers
    do not change the tree.

    Raises:
        SourceError: as `community.html.markup.parse`.
    """
    root = parse(data, subject)
    return root, items.find(root)


def closed() -> None:
    """Forgets the last page: its tree may be ten times its bytes."""
    opened.cache_clear()
