"""Quoted words: found in a post's text or given by its markup, and traced to what they repeat.

A quotation is a block between quote marks (one may be missing, where the words repeat an earlier
post), a run of ``> `` lines, markup, or an unmarked sentence that repeats the article or an earlier
post word for word. Scare quotes and short phrases are not quotations. Tracing works on shingles of
five folded words, looked up in one pass over the document, so it is linear in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from typing import Literal, NamedTuple

from community import headers
from community.marks import MARK, SHORTEST, Marked, marked
from community.text import Word, lines, subtract, trim, words
from community.types import RawDocument, Span

_SHORTEST_BARE = 8  # words of an unmarked repeat
_SHORTEST_EXTERNAL = 8  # words of a quotation inside a line that nothing on the page repeats
_SHINGLE = 5
_MOST_PLACES = 8  # places remembered per shingle
_ENOUGH = 0.3  # of a quotation's shingles must stand in the source (ellipses, typing errors)
_TWICE = 0.9  # of a post's words repeat another's: it was sent twice, and is no quotation
_BOILERPLATE = 4  # posts that share an unmarked line: a signature or footer, not a quotation
_RE = re.compile(r"re\b[:\s]\s*", re.IGNORECASE)

Source = int | Literal["article", "external"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """A quotation and what it repeats: the index of a post, the article, or something else."""

    span: Span
    outer: Span
    of: Source
    header: headers.Header | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A post read for quotations. `own` is what remains; `addressee` is named by a bare header."""

    quotes: tuple[Traced, ...] = ()
    own: tuple[Span, ...] = ()
    addressee: headers.Header | None = None


# ---- what they repeat -------------------------------------------------------------------------


class _Region(NamedTuple):
    start: int
    end: int
    owner: Source


class _Match(NamedTuple):
    first: int  # token indices into the document, half-open
    last: int
    source: int  # token index where the source begins


class _Index:
    """Where the shingles that matter stand, and who says them there."""

    def __init__(self, raw: RawDocument, marks: list[tuple[Marked, ...]]) -> None:
        self.words = words(raw.text)
        self.starts = [word.start for word in self.words]
        taken = [quote.outer for quotes in marks for quote in quotes]
        self.regions = _regions(raw, taken)
        self.region_starts = [region.start for region in self.regions]
        self.heads = {n: self._heads(raw, n) for n in range(len(raw.posts))}
        wanted = {self.shingle(i) for heads in self.heads.values() for i in heads}
        for quote in (quote for quotes in marks for quote in quotes):
            wanted.update(self.shingle(i) for i in self.within(quote.span)[: 1 - _SHINGLE or None])
        self.places = self._places(wanted)

    def shingle(self, i: int) -> tuple[str, ...]:
        """Five folded words from token `i`."""
        return tuple(word.folded for word in self.words[i : i + _SHINGLE])

    def within(self, span: Span) -> range:
        """Token indices inside a stretch."""
        return range(bisect_left(self.starts, span.start), bisect_left(self.starts, span.end))

    def owner(self, i: int) -> Source | None:
        """Who says token `i` in their own words; None inside quotations and outside all posts."""
        word = self.words[i]
        at = bisect_right(self.region_starts, word.start) - 1
        if at < 0 or self.regions[at].end <= word.start:
            return None
        return self.regions[at].owner

    def _heads(self, raw: RawDocument, n: int) -> list[int]:
        """Tokens of post `n` at which an unmarked repeat may begin: line and sentence starts."""
        inside = self.within(raw.posts[n].span)
        found = []
        for i in inside[: len(inside) - _SHORTEST_BARE + 1 or None] if inside else ():
            before = raw.text[self.words[i - 1].end if i else 0 : self.words[i].start]
            starts = i == inside.start or "\n" in before or any(c in '.?!…:"“„«»' for c in before)
            if starts or _after_re(self.words, i, inside.start):
                found.append(i)
        return found

    def _places(self, wanted: set[tuple[str, ...]]) -> dict[tuple[str, ...], list[int]]:
        places: dict[tuple[str, ...], list[int]] = {}
        for i in range(len(self.words) - _SHINGLE + 1):
            shingle = self.shingle(i)
            if shingle in wanted and self.owner(i) is not None:
                known = places.setdefault(shingle, [])
                if len(known) < _MOST_PLACES:
                    known.append(i)
        return places


def _after_re(found: list[Word], i: int, first: int) -> bool:
    return i == first + 1 and found[first].folded == "re"


def _regions(raw: RawDocument, taken: list[Span]) -> list[_Region]:
    """Who says what in their own words: article, title and posts without marked quotations."""
    holes = sorted(taken)
    spans: list[tuple[Span, Source]] = [(span, "article") for span in raw.article]
    if raw.title_span:
        spans.append((raw.title_span, "article"))
    spans += [(post.span, n) for n, post in enumerate(raw.posts)]
    starts = [hole.start for hole in holes]
    regions = []
    for span, owner in spans:
        inside = holes[bisect_left(starts, span.start) : bisect_left(starts, span.end)]
        left = subtract(raw.text, span, inside)
        regions += [_Region(piece.start, piece.end, owner) for piece in left]
    return sorted(regions)


def read(raw: RawDocument) -> tuple[Reading, ...]:
    """Quotations, own words and addressee of every post of a document, in page order."""
    marks = [marked(raw.text, post) for post in raw.posts]
    natives: dict[str, int] = {}
    for n, post in enumerate(raw.posts):
        if post.native_id is not None:
            natives.setdefault(post.native_id, n)
    index = _Index(raw, marks)
    return tuple(_read_post(raw, n, marks[n], index, natives) for n in range(len(raw.posts)))


def _read_post(
    raw: RawDocument, n: int, marks: tuple[Marked, ...], index: _Index, natives: dict[str, int]
) -> Reading:
    post = raw.posts[n]
    traced = []
    for quote in marks:
        of = _trace(raw, n, quote, index, natives)
        if of is not None:
            outer = quote.outer
            traced.append(Traced(span=quote.span, outer=outer, of=of, header=quote.header))
    traced += _repeats(raw, n, index, [quote.outer for quote in traced])
    holes = [quote.outer for quote in traced]
    addressee, place = _bare_header(raw.text, post.span, holes)
    if place:
        holes.append(place)
    quotes = tuple(sorted(traced, key=lambda quote: quote.span))
    return Reading(quotes=quotes, own=subtract(raw.text, post.span, holes), addressee=addressee)


def _bare_header(
    text: str, post: Span, holes: list[Span]
) -> tuple[headers.Header | None, Span | None]:
    """A pasted header at the start of a post, outside quotations: it names who is addressed."""
    first = next(lines(text, post))
    place = trim(text, first.start, first.end)
    if place.end == post.end or any(hole.overlaps(place) for hole in holes):
        return None, None
    header = headers.dated(first.text)
    return (header, place) if header else (None, None)


def _trace(
    raw: RawDocument, n: int, quote: Marked, index: _Index, natives: dict[str, int]
) -> Source | None:
    """Whose words a marked quotation repeats; None where it is no quotation after all."""
    if quote.external:
        return "external"
    if quote.native_id in natives and natives[quote.native_id] != n:
        return natives[quote.native_id]
    inside = index.within(quote.span)
    shingles = [index.shingle(i) for i in inside[: len(inside) - _SHINGLE + 1]]
    if len(inside) < _SHINGLE:
        shingles = []
    votes: Counter[Source] = Counter()
    for shingle in shingles:
        owners = {index.owner(i) for i in index.places.get(shingle, ())}
        votes.update(owner for owner in owners if owner is not None and owner != n)
    if votes:
        best = max(votes.values())
        if best >= max(1, _ENOUGH * len(shingles)):
            return _nearest([owner for owner, vote in votes.items() if vote == best], n)
    if quote.header and quote.header.author:
        named = _last_by(raw, n, quote.header.author)
        if named is not None and (len(inside) < SHORTEST or raw.flat):
            return named
    enough = quote.block or len(inside) >= _SHORTEST_EXTERNAL
    return "external" if enough else None


def _nearest(owners: list[Source], n: int) -> Source:
    """Of equally good sources the first on the page; an earlier post before a later one."""
    earlier = [owner for owner in owners if not isinstance(owner, int) or owner < n]
    pool = earlier or owners
    posts = [owner for owner in pool if isinstance(owner, int)]
    return min(posts) if posts and "article" not in pool else pool[0] if not posts else "article"


def _last_by(raw: RawDocument, n: int, author: str) -> int | None:
    name = author.casefold().strip()
    for i in range(n - 1, -1, -1):
        if (raw.posts[i].author or "").casefold().strip() == name:
            return i
    return None


def _repeats(raw: RawDocument, n: int, index: _Index, taken: list[Span]) -> list[Traced]:
    """Unmarked (or half-marked) sentences that repeat the article or an earlier post."""
    post = raw.posts[n]
    inside = index.within(post.span)
    found: list[Traced] = []
    done = -1
    for i in index.heads[n]:
        if i < done or any(hole.start <= index.words[i].start < hole.end for hole in taken):
            continue
        match = _longest(index, i, inside.stop, n)
        if match is None:
            continue
        repeat = _as_quote(raw, n, index, match, inside)
        if repeat and not any(repeat.outer.overlaps(hole) for hole in taken):
            found.append(repeat)
            done = match.last
    repeated = sum(len(index.within(quote.span)) for quote in found)
    return found if repeated < _TWICE * len(inside) else []


def _longest(index: _Index, i: int, stop: int, n: int) -> _Match | None:
    """The longest earlier passage that token `i` begins to repeat."""
    best: _Match | None = None
    places = index.places.get(index.shingle(i), [])
    said_by = {index.owner(place) for place in places}
    if len(said_by - {"article", n}) >= _BOILERPLATE:
        return None
    for place in places:
        owner = index.owner(place)
        if owner == n or owner is None or (isinstance(owner, int) and owner > n):
            continue
        length = 0
        while (
            i + length < stop
            and place + length < len(index.words)
            and index.words[i + length].folded == index.words[place + length].folded
            and index.owner(place + length) == owner
        ):
            length += 1
        if best is None or length > best.last - best.first:
            best = _Match(i, i + length, place)
    return best


def _as_quote(
    raw: RawDocument, n: int, index: _Index, match: _Match, inside: range
) -> Traced | None:
    """A repeat as a quotation, if it is long enough and ends where a sentence or line ends."""
    text, post = raw.text, raw.posts[n].span
    count = match.last - match.first
    owner = index.owner(match.source)
    if owner is None or (isinstance(owner, int) and _same_author(raw, owner, n)):
        return None
    start, end = index.words[match.first].start, index.words[match.last - 1].end
    tail = text[end : index.words[match.last].start] if match.last < inside.stop else "\n"
    if not any(char in '\n.?!…"”“»;:' for char in tail):
        return None
    outer_start, outer_end, marks = _with_marks(text, post, start, end)
    if count < (SHORTEST if marks else _SHORTEST_BARE):
        return None
    while end < outer_end and text[end] in ".?!…)":
        end += 1
    return Traced(span=Span(start, end), outer=Span(outer_start, max(outer_end, end)), of=owner)


def _with_marks(text: str, post: Span, start: int, end: int) -> tuple[int, int, bool]:
    """A repeat with the stray quote mark, closing punctuation and ``Re`` that belong to it."""
    left, right, marks = start, end, False
    while right < post.end and text[right] in ".?!…)":
        right += 1
    if right < post.end and MARK.match(text, right):
        right, marks = right + 1, True
    if left > post.start and MARK.match(text, left - 1):
        left, marks = left - 1, True
    line = max(text.rfind("\n", 0, left) + 1, post.start)
    head = text[line:left]
    if _RE.fullmatch(head.lstrip() or "-"):
        left, marks = left - len(head.lstrip()), True
    return left, right, marks


def _same_author(raw: RawDocument, one: int, other: int) -> bool:
    a, b = raw.posts[one].author, raw.posts[other].author
    return a is not None and a == b
