"""Quotations as a post marks them itself: by markup, ``> `` lines, or a pair of quote marks.

What they repeat is traced in `community.quotes`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from community import headers
from community.text import Line, lines, trim, words
from community.types import RawPost, RawQuote, Span

SHORTEST = 6  # words; shorter phrases in quote marks are scare quotes and names
_LONGEST = 4000  # characters between two quote marks
MARK = re.compile(r"[\"“”„‟«»]")
_FAMILY = {'"': '"', "“": "“", "”": "“", "„": "“", "‟": "“", "«": "«", "»": "«"}
_BEFORE_OPEN = "([{-–—>:*_"
_AFTER_CLOSE = ".,;:!?)]}…-–—*_"
_COMPARISON = re.compile(r">=?\s*\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A quotation as its marks show it: its words (`span`), and all that is not the poster's own
    (`outer`: marks and header too). `block`: it fills whole lines."""

    span: Span
    outer: Span
    block: bool = True
    header: headers.Header | None = None
    native_id: str | None = None
    external: bool = False


class _Mark(NamedTuple):
    at: int
    family: str
    opens: bool
    closes: bool


def marked(text: str, post: RawPost) -> tuple[Marked, ...]:
    """Quotations that the post itself marks: markup, ``> `` lines, and pairs of quote marks."""
    found = [_from_markup(text, post.span, quote) for quote in post.quotes]
    found += _angle_lines(text, post.span)
    for pair in _pairs(text, post.span):
        if not any(pair.outer.overlaps(other.outer) for other in found):
            found.append(pair)
    return tuple(sorted(found, key=lambda quote: quote.span))


def _from_markup(text: str, post: Span, quote: RawQuote) -> Marked:
    start = max(post.start, min(quote.span.start, post.end))
    inner = trim(text, start, max(start, min(quote.span.end, post.end)))
    header = headers.Header(quote.author, quote.posted_at)
    known = header if quote.author or quote.posted_at else None
    return Marked(
        span=inner,
        outer=inner,
        header=known,
        native_id=quote.native_id,
        external=quote.external,
    )


def _angle_lines(text: str, post: Span) -> list[Marked]:
    """Runs of lines that begin with ``>``, as mail and Markdown quote."""
    found: list[Marked] = []
    run: list[Line] = []
    before: Line | None = None
    for line in [*lines(text, post), Line(post.end, post.end, "")]:
        bare = line.text.lstrip()
        if bare.startswith(">") and not (not run and _COMPARISON.match(bare)):
            run.append(line)
            continue
        if run:
            inner = trim(text, run[0].start, run[-1].end)
            words_at = inner.start
            while words_at < inner.end and text[words_at] in "> \t":
                words_at += 1
            header = headers.said(before.text) if before else None
            start = trim(text, before.start, before.end).start if before and header else inner.start
            span = Span(words_at, inner.end)
            found.append(Marked(span=span, outer=Span(start, inner.end), header=header))
            run = []
        before = None if line.blank and before is None else (line if not line.blank else before)
    return [quote for quote in found if len(quote.span)]


def _marks(text: str, post: Span) -> list[_Mark]:
    """Quote marks in a post, with what each may do where it stands."""
    found = []
    for match in MARK.finditer(text, post.start, post.end):
        at, mark = match.start(), match.group()
        left = text[at - 1] if at > post.start else " "
        right = text[at + 1] if at + 1 < post.end else " "
        opens = (left.isspace() or left in _BEFORE_OPEN) and not right.isspace()
        closes = not left.isspace() and (right.isspace() or right in _AFTER_CLOSE)
        if mark == "”" and not opens:
            closes = True
        if mark in "«»" and left.isspace() and right.isspace():  # French spacing
            opens, closes = mark == "«", mark == "»"
        if mark == "„" or (mark == "“" and not closes):
            opens = True
        found.append(_Mark(at, _FAMILY[mark], opens, closes and not opens))
    return found


def _pairs(text: str, post: Span) -> list[Marked]:
    """Stretches between an opening mark and the next closing one of its family."""
    found = []
    opened: _Mark | None = None
    for mark in _marks(text, post):
        if opened and (mark.family != opened.family) and mark.at - opened.at < _LONGEST:
            continue  # marks of another family inside a quotation belong to it
        if mark.closes and opened and mark.at - opened.at <= _LONGEST:
            pair = _between(text, post, opened.at, mark.at)
            if pair:
                found.append(pair)
            opened = None
        elif mark.opens:
            opened = mark
    return found


def _between(text: str, post: Span, opening: int, closing: int) -> Marked | None:
    """The quotation between two marks; None where it is a phrase, or two marks that do not pair."""
    inner = trim(text, opening + 1, closing)
    block = _line_start(text, opening, post) and _line_end(text, closing + 1, post)
    if not block and "\n\n" in text[opening:closing]:
        return None
    header, start = _inner_header(text, inner)
    before, outer_start = _line_before(text, opening, post) if block else (None, opening)
    if before:
        header = header or before
    else:
        outer_start = opening
    span = trim(text, start, inner.end)
    if not header and len(words(text, span)) < SHORTEST:
        return None
    outer = Span(outer_start, closing + 1)
    return Marked(span=span, outer=outer, block=block, header=header)


def _inner_header(text: str, inner: Span) -> tuple[headers.Header | None, int]:
    """A pasted header in the first line of a quotation, and where its words begin."""
    first = next(lines(text, inner))
    header = headers.dated(first.text) or headers.said(first.text)
    if header and first.end < inner.end:
        return header, first.end + 1
    return None, inner.start


def _line_before(text: str, at: int, post: Span) -> tuple[headers.Header | None, int]:
    """The attribution line above a quotation that opens at `at`, and where it starts."""
    above = trim(text, post.start, text.rfind("\n", post.start, at) + 1 or post.start)
    if not len(above):
        return None, at
    start = max(text.rfind("\n", above.start, above.end) + 1, above.start)
    return headers.said(text[start : above.end]), start


def _line_start(text: str, at: int, post: Span) -> bool:
    """Whether nothing but space stands between a line's start and `at`: looks no further back
    than to the first word, for a line may hold very many marks."""
    while at > post.start and text[at - 1] != "\n":
        at -= 1
        if not text[at].isspace():
            return False
    return True


def _line_end(text: str, at: int, post: Span) -> bool:
    while at < post.end and text[at] != "\n":
        if text[at] not in " \t\xa0.,;:":
            return False
        at += 1
    return True
