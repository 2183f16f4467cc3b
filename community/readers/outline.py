"""Reader for text outlines: a discussion that an extractor flattened to nested bullets.

Browsers' text modes and extractors (Resiliparse, html2text, inscriptis, w3m, lynx, elinks) print
nested comments as nested lists, each in its own way; `community.flat.bullets` reads them all. What
stands above the list is the article, what stands below it is the page's tail. Bylines inside the
items become author and time, and stay outside the post where they stand above or below its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from community import text
from community.errors import SourceError
from community.flat import bodies, bullets, bylines, documents, furniture, outlines
from community.types import Page, RawDocument, RawPost, Span

_ALL_SIGNED = 0.8  # from here on an item without a byline is a reader's own list
_MOST_SNIFFED = 4 * 1024 * 1024  # bytes; of a larger page, its head
_PING = re.compile(r"(?:pingback|trackback)\s*:", re.IGNORECASE)
_LOST_BELOW = 100  # no post shorter than this: the extractor took short ones for teasers
_FEW = 8  # posts from which that tells something
_COUNT = re.compile(r"\(?(\d{1,5})\)?\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineReader:
    """Reads nested bullets as posts."""

    asked_last: ClassVar[bool] = True

    def sniff(self, page: Page) -> float:
        """High where the text holds an outline of comments, not merely lists."""
        head = page.head.lstrip()[:64].lower()
        if head.startswith((b"<!doctype", b"<html", b"<?xml", b"{", b"[{")):
            return 0.0
        try:
            words = text.decode(page.read() if page.size <= _MOST_SNIFFED else page.head, page.key)
        except SourceError:  # not text; the reader of last resort says so
            return 0.0
        found = outlines.discussion(words)
        return found.sureness if found else 0.0

    def read(self, page: Page) -> Iterator[RawDocument]:
        """The page as one document.

        Raises:
            SourceError: the page is not text.
        """
        words = text.decode(page.read(), page.key)
        found = outlines.discussion(words)
        yield documents.document(page, _flat(words, found))


def make() -> OutlineReader:
    """A reader for flattened discussions."""
    return OutlineReader()


def _flat(words: str, found: outlines.Found | None) -> documents.Flat:
    if found is None:
        return documents.Flat(reader="outline", words=words, about=furniture.article(words))
    about = furniture.article(words, Span(0, _article_end(words, found.outline.start)))
    below = furniture.article(words, Span(found.outline.end, len(words)))
    posts = _posts(words, found)
    lost = _losses(words, found, posts)
    return documents.Flat(
        reader="outline",
        words=words,
        about=about,
        author=about.author or below.author,
        posts=posts,
        complete=lost is None,
        notes=(lost,),
    )


def _article_end(words: str, start: int) -> int:
    """Where the article ends: at the heading of the comments, or of the author's box, above."""
    end = start
    for line in text.lines(words, Span(max(0, start - 4000), start)):
        if furniture.is_comments_heading(line.text) or furniture.is_tail(line.text):
            end = min(end, line.start)
    return end


# ---- posts ------------------------------------------------------------------------------------


def _posts(words: str, found: outlines.Found) -> tuple[RawPost, ...]:
    """Items as posts; readers' own lists go to the post they stand in."""
    share = sum(byline.strength > 0 for byline in found.read) / len(found.read)
    posts: list[RawPost] = []
    for item, byline in zip(found.outline.items, found.read, strict=True):
        body = byline.body if found.signed else _without_buttons(words, item)
        unsigned = found.signed and byline.strength == 0 and share >= _ALL_SIGNED
        ping = _PING.match(words[item.start : item.end].lstrip()) is not None
        if unsigned and posts and not ping and not _continues(found.outline, item):
            last = posts.pop()
            posts.append(replace(last, span=Span(last.span.start, max(last.span.end, body.end))))
            continue
        if not len(body) or ping:
            continue
        if found.signed:
            posts.append(_signed_post(words, item, byline))
        else:
            gap = item.gap or item.restarted
            posts.append(RawPost(span=body, level=item.level, gap=gap))
    if posts:
        posts[-1] = replace(posts[-1], span=_cut_tail(words, posts[-1].span))
    return tuple(posts)


def _continues(outline: bullets.Outline, item: bullets.Item) -> bool:
    """Whether an item's number goes on where its list's last number stopped."""
    before = outline.items[: outline.items.index(item)]
    last = next((other for other in reversed(before) if other.level == item.level), None)
    if item.number is None or last is None or last.number is None:
        return False
    return last.number < item.number <= last.number + 2


def _signed_post(words: str, item: bullets.Item, byline: bylines.Byline) -> RawPost:
    return RawPost(
        span=bodies.trimmed(words, byline.body, byline.author),
        native_id=byline.native_id,
        level=item.level,
        gap=item.gap,
        author=byline.author,
        posted_at=byline.posted_at,
        time_precision="relative" if byline.relative else byline.precision,
    )


def _without_buttons(words: str, item: bullets.Item) -> Span:
    """An item's words without the buttons below them, whatever stands above."""
    stop = bylines.trailing(words, item.start, item.end)
    body = text.trim(words, item.start, stop)
    first = next(text.lines(words, body))
    if first.end < body.end and bylines.is_rating(first.text):
        return text.trim(words, first.end, body.end)
    return body


def _cut_tail(words: str, span: Span) -> Span:
    """The last post without the reply form and widgets that follow it at the same indent."""
    for line in text.lines(words, span):
        if line.start > span.start and furniture.is_tail(line.text):
            stop = bylines.trailing(words, span.start, line.start)
            return text.trim(words, span.start, stop)
    return span


# ---- what is missing --------------------------------------------------------------------------


def _losses(words: str, found: outlines.Found, posts: tuple[RawPost, ...]) -> str | None:
    """What shows that posts are missing, in words; None where nothing does."""
    notes = []
    shortest = min((len(post.span) for post in posts), default=0)
    plain = found.outline.glyph in ("•", "#") and found.outline.step in (0, 2)
    if plain and not found.signed and len(posts) >= _FEW and shortest >= _LOST_BELOW:
        notes.append(
            "short comments are systematically missing from text flattened in main-content mode; "
            f"the shortest here has {shortest} characters"
        )
    above = 0
    for post in posts:
        above += bool(post.gap or ((post.level or 0) > 0 and post is posts[0]))
    if above:
        notes.append("some replies answer posts that are not on the page")
    announced = _announced(words, found.outline.start)
    if announced is not None and announced > len(found.read):
        notes.append(f"the page announces {announced} comments; {len(posts)} are here")
    missing = _missing_numbers(found.outline)
    if missing:
        notes.append(f"the numbering skips {missing} comments")
    return "; ".join(notes) or None


def _announced(words: str, start: int) -> int | None:
    """The number of comments in the heading above them."""
    for line in reversed(outlines.above(words, start)):
        match = _COUNT.search(furniture.bare(line) + " ")
        if match and furniture.is_comments_heading(line):
            return int(match[1])
    return None


def _missing_numbers(outline: bullets.Outline) -> int:
    """Numbers left out at the outermost level of a numbered outline."""
    numbers = [item.number for item in outline.items if item.level == 0 and item.number]
    if len(numbers) < 2 or sorted(set(numbers)) != numbers:
        return 0
    return numbers[-1] - numbers[0] + 1 - len(numbers) + (numbers[0] - 1)
