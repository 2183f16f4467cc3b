"""The document that a flattened page becomes, whatever found its posts."""

from __future__ import annotations

from dataclasses import dataclass

from community.flat.furniture import Article
from community.types import Page, RawDocument, RawPost


@dataclass(frozen=True, slots=True, kw_only=True)
class Flat:
    """A flattened page: its words, what tells of its article, and the posts found in it.

    `about` is whose article it is; `author` of it, where another place than `about` names one.
    """

    reader: str
    words: str
    about: Article
    posts: tuple[RawPost, ...] = ()
    author: str | None = None
    complete: bool = True
    notes: tuple[str | None, ...] = ()


def document(page: Page, flat: Flat) -> RawDocument:
    """The document of a flattened page; empty notes are left out."""
    about = flat.about
    return RawDocument(
        reader=flat.reader,
        text=flat.words,
        title=about.title,
        title_span=about.title_span,
        article=about.spans,
        posts=flat.posts,
        complete=flat.complete,
        note="; ".join(note for note in flat.notes if note) or None,
        url=page.url,
        published_at=about.published_at,
        article_author=flat.author or about.author,
    )
