"""Reader for discussions that an extractor flattened without bullets: bylines mark the posts.

A page copied from the browser, the text of an archive, the output of most extractors: a name, a
date, words, "Reply", and so on. Where posts begin is learned from the page
(`community.flat.stream`). Where an extractor for articles left nothing but paragraphs, posts are
guessed (`community.flat.guessed`), and the document says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from community import text
from community.errors import SourceError
from community.flat import documents, furniture, guessed, outlines, stream
from community.types import Page, RawDocument, Span

_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<head", b"<body", b"{", b"[{")
_MOST_SNIFFED = 4 * 1024 * 1024  # bytes; of a larger page, its head
_MORE = 1.25  # times as many posts as an outline has, from which the outline is something else
_MUCH = 0.6  # sureness from which more posts than an outline has are posts indeed
_GUESSED = 0.2  # above an article, below whatever shows its posts
_GUESSES = (
    "boundaries of posts are guesses by their words: this text keeps no bylines, bullets or"
    " indents, so posts may be run together or torn apart (about {} of 10 boundaries are expected"
    " to be right), and nobody knows who wrote them or who answers whom"
)
_CUT = f"posts were read in the first {stream.MOST_READ} characters only"
_FLAT = "this text keeps no nesting: who answers whom is not shown by it"


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamReader:
    """Reads posts between bylines, and guesses posts where a discussion has none."""

    asked_last: ClassVar[bool] = True

    def sniff(self, page: Page) -> float:
        """High where bylines recur, and an outline of comments does not tell more; low, yet above
        that of an article, where a discussion's posts can only be guessed."""
        if page.head.lstrip()[:64].lower().startswith(_MARKUP):
            return 0.0
        try:
            words = text.decode(page.read() if page.size <= _MOST_SNIFFED else page.head, page.key)
        except SourceError:  # not text; the reader of last resort says so
            return 0.0
        signed = stream.read(words)
        outline = outlines.discussion(words)
        sure = _sureness(signed, outline) if signed else 0.0
        if sure or outline or guessed.read(words) is None:
            return sure
        return _GUESSED

    def read(self, page: Page) -> Iterator[RawDocument]:
        """The page as one document.

        Raises:
            SourceError: the page is not text.
        """
        words = text.decode(page.read(), page.key)
        found = stream.read(words)
        if found is not None and found.sureness:
            yield _signed(page, words, found)
        else:
            yield _guessed(page, words, guessed.read(words))


def make() -> StreamReader:
    """A reader for discussions without bullets."""
    return StreamReader()


def _sureness(found: stream.Stream, outline: outlines.Found | None) -> float:
    """How surely a text is a stream of posts, as a number beside those of the other readers."""
    sure = found.sureness
    if outline is None or not sure:
        return sure
    if len(found.posts) > _MORE * len(outline.outline.items):
        return max(sure, min(0.97, outline.sureness + 0.02)) if sure >= _MUCH else sure
    return min(sure, outline.sureness - 0.05)


def _signed(page: Page, words: str, found: stream.Stream) -> RawDocument:
    missing = furniture.missing(words, found.start, len(found.posts))
    cut = _CUT if len(words) > stream.MOST_READ else None
    return documents.document(
        page,
        documents.Flat(
            reader="stream",
            words=words,
            about=furniture.article(words, Span(0, found.start)),
            posts=found.posts,
            complete=missing is None and cut is None,
            notes=(missing, cut, None if found.nested else _FLAT),
        ),
    )


def _guessed(page: Page, words: str, found: guessed.Guess | None) -> RawDocument:
    if found is None:
        about = furniture.article(words, Span(0, len(words)))
        return documents.document(page, documents.Flat(reader="stream", words=words, about=about))
    missing = furniture.missing(words, found.start, len(found.posts))
    return documents.document(
        page,
        documents.Flat(
            reader="stream",
            words=words,
            about=furniture.article(words, Span(0, found.start)),
            posts=found.posts,
            complete=False,
            notes=(_GUESSES.format(round(10 * found.chance)), missing),
        ),
    )
