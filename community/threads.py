"""Build a thread from a raw document: ids, parents, gaps, quotes, and what quotations recover.

Parents come from pointers, else from levels, else (in a flat forum) from the first quoted post.
A pointer to a post that is not on the page is a gap, not an error; duplicates, self-parents and
cycles are repaired and reported. Nothing here recurses, so nesting may be as deep as it likes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from community import marks, quotes
from community.ids import document_id, stable_id
from community.text import UNWRITABLE, subtract, trim, words
from community.types import Document, Kind, Post, Quote, RawDocument, RawPost, Thread


@dataclass(slots=True)
class _Place:
    """Where a post hangs, while that is being found out. `parent` indexes the posts."""

    parent: int | None = None
    gap: bool = False
    depth: int = 0


def build(
    raw: RawDocument, *, source: str, retrieved_at: str | None = None
) -> tuple[Thread, tuple[str, ...]]:
    """The thread of a raw document, and what had to be repaired or was odd.

    Args:
        raw: what a reader read; its posts in page order.
        source: key of the source in the study.
        retrieved_at: when the page was fetched, ISO 8601.

    Returns:
        The thread, in which every parent is on the page, no chain of parents has a cycle, and
        each post's text is the document's text at its span; and the problems, in page order.
    """
    raw, problems = _repaired(raw)
    key = document_id(source, raw.thread_key)
    readings = quotes.read(raw)
    places, more = _places(raw, readings)
    names = _post_ids(raw, key)
    posts = tuple(_post(raw, n, readings[n], places[n], names, key) for n in range(len(raw.posts)))
    posts = _recovered(posts, readings)
    thread = Thread(document=_document(raw, key, source, retrieved_at), posts=posts)
    return thread, (*raw.problems, *problems, *more)


def _document(raw: RawDocument, key: str, source: str, retrieved_at: str | None) -> Document:
    kind: Kind = "article"
    if raw.posts:
        kind = "both" if raw.article else "discussion"
    return Document(
        id=key,
        source=source,
        thread_key=raw.thread_key,
        reader=raw.reader,
        text=raw.text,
        kind=kind,
        title=raw.title,
        title_span=raw.title_span,
        article=raw.article,
        article_author=raw.article_author,
        complete=raw.complete,
        note=raw.note,
        url=raw.url,
        published_at=raw.published_at,
        retrieved_at=retrieved_at,
        lang=raw.lang,
        pointers=raw.pointers,
        study=raw.study,
    )


def _writable(words: str | None) -> str | None:
    """A field as any file takes it; None where nothing is left of it."""
    return (UNWRITABLE.sub("\ufffd", words).strip() or None) if words else None


def _named(post: RawPost) -> RawPost:
    """The post with its names, ids and address as any file takes them."""
    return replace(
        post,
        native_id=_writable(post.native_id),
        parent_native_id=_writable(post.parent_native_id),
        author=_writable(post.author),
        author_native_id=_writable(post.author_native_id),
        platform_role=_writable(post.platform_role),
        url=_writable(post.url),
    )


def _repaired(raw: RawDocument) -> tuple[RawDocument, list[str]]:
    """Text and names as any file takes them, spans trimmed and kept on the page; a post given
    twice under one native id kept once."""
    raw = replace(
        raw,
        text=UNWRITABLE.sub("\ufffd", raw.text),
        title=_writable(raw.title),
        article_author=_writable(raw.article_author),
        url=_writable(raw.url),
        posts=tuple(_named(post) for post in raw.posts),
    )
    problems: list[str] = []
    seen: dict[str, str] = {}
    posts: list[RawPost] = []
    for post in raw.posts:
        end = min(post.span.end, len(raw.text))
        span = trim(raw.text, min(post.span.start, end), end)
        if post.native_id is not None:
            words_there = seen.get(post.native_id)
            if words_there is not None:
                same = words_there == span.of(raw.text)
                outcome = (
                    "left out: it repeats the first" if same else "kept under an id of its own"
                )
                problems.append(f"post id {post.native_id} occurs again at {span.start}; {outcome}")
                if same:
                    continue
            seen.setdefault(post.native_id, span.of(raw.text))
        posts.append(replace(post, span=span))
    return replace(raw, posts=tuple(posts)), problems


# ---- ids --------------------------------------------------------------------------------------


def _post_ids(raw: RawDocument, key: str) -> list[str]:
    """An id per post: of its native id, else of its own words; repeats are counted."""
    counts: Counter[tuple[str, ...]] = Counter()
    names = []
    for post in raw.posts:
        basis = ("native", post.native_id) if post.native_id is not None else _own_words(raw, post)
        nth = counts[basis]
        counts[basis] += 1
        # the first of a native id has no number, so that a later duplicate cannot change it
        numbered = post.native_id is None or nth > 0
        names.append(stable_id("post", key, *basis, nth if numbered else None))
    return names


def _own_words(raw: RawDocument, post: RawPost) -> tuple[str, str]:
    """The words a post does not mark as quoted: they depend on no other post of the page."""
    holes = [quote.outer for quote in marks.marked(raw.text, post)]
    pieces = subtract(raw.text, post.span, holes) or (post.span,)
    return "words", " ".join(word.folded for piece in pieces for word in words(raw.text, piece))


# ---- parents ----------------------------------------------------------------------------------


def _places(
    raw: RawDocument, readings: tuple[quotes.Reading, ...]
) -> tuple[list[_Place], list[str]]:
    natives: dict[str, int] = {}
    for n, post in enumerate(raw.posts):
        if post.native_id is not None:
            natives.setdefault(post.native_id, n)
    places = _from_levels(raw.posts)
    problems: list[str] = []
    for n, post in enumerate(raw.posts):
        if post.parent_native_id:
            _from_pointer(n, post, natives, places[n], problems)
        elif raw.flat and post.level is None and not post.gap:
            sources = (quote.of for quote in readings[n].quotes)
            places[n].parent = next((of for of in sources if isinstance(of, int)), None)
    _break_cycles(raw.posts, places, problems)
    _measure(places)
    return places, problems


def _from_levels(posts: tuple[RawPost, ...]) -> list[_Place]:
    """Parents by nesting: the last post one level up, unless a level was skipped."""
    places = []
    above: list[tuple[int, int]] = []  # (level, index), levels rising
    for n, post in enumerate(posts):
        if post.level is None:
            places.append(_Place(gap=post.gap))
            continue
        while above and above[-1][0] >= post.level:
            above.pop()
        place = _Place(gap=post.gap, depth=post.level)
        if post.level > 0 and not post.gap and not post.parent_native_id:
            if above and above[-1][0] == post.level - 1:
                place.parent = above[-1][1]
            else:
                place.gap = True
        above.append((post.level, n))
        places.append(place)
    return places


def _from_pointer(
    n: int, post: RawPost, natives: dict[str, int], place: _Place, problems: list[str]
) -> None:
    parent = natives.get(post.parent_native_id or "")
    place.parent, place.gap = parent, parent is None
    if parent is None:
        place.depth = max(post.level or 0, 1)
    elif parent == n:
        place.parent = None
        problems.append(f"post {post.native_id} names itself as its parent; taken as a first post")


def _break_cycles(posts: tuple[RawPost, ...], places: list[_Place], problems: list[str]) -> None:
    """Cut each cycle of parents at its first post on the page."""
    done = [False] * len(places)
    for start in range(len(places)):
        chain: list[int] = []
        on_chain: set[int] = set()
        at: int | None = start
        while at is not None and not done[at] and at not in on_chain:
            chain.append(at)
            on_chain.add(at)
            at = places[at].parent
        if at is not None and at in on_chain:
            first = min(chain[chain.index(at) :])
            places[first].parent = None
            name = posts[first].native_id or f"at {posts[first].span.start}"
            problems.append(f"parents run in a circle through post {name}; cut there")
        for n in chain:
            done[n] = True


def _measure(places: list[_Place]) -> None:
    """Depths from parents; a post without one on the page keeps the depth it was laid out at."""
    known: set[int] = set()
    for start in range(len(places)):
        chain = []
        at: int | None = start
        while at is not None and at not in known:
            chain.append(at)
            at = places[at].parent
        for n in reversed(chain):
            parent = places[n].parent
            if parent is not None:
                places[n].depth = places[parent].depth + 1
            elif not places[n].gap:
                places[n].depth = 0
            known.add(n)


# ---- posts ------------------------------------------------------------------------------------


def _post(
    raw: RawDocument,
    n: int,
    reading: quotes.Reading,
    place: _Place,
    names: list[str],
    key: str,
) -> Post:
    post = raw.posts[n]
    quoted = tuple(
        Quote(span=quote.span, of=names[quote.of] if isinstance(quote.of, int) else quote.of)
        for quote in reading.quotes
    )
    answered = _addressed(raw, n, place)
    return Post(
        id=names[n],
        document_id=key,
        thread_id=key,
        position=n,
        span=post.span,
        text=post.span.of(raw.text),
        depth=place.depth,
        native_id=post.native_id,
        parent_id=None if place.parent is None else names[place.parent],
        parent_native_id=post.parent_native_id or None,
        gap=place.gap,
        answers_id=None if answered is None else names[answered],
        answers_score=None if answered is None else 0.95,
        answers_reason=None if answered is None else "the page names the addressee",
        author=post.author,
        author_native_id=post.author_native_id,
        platform_role=post.platform_role,
        posted_at=post.posted_at,
        time_precision=post.time_precision,
        status=post.status,
        url=post.url,
        quotes=quoted,
        own=reading.own,
    )


def _addressed(raw: RawDocument, n: int, place: _Place) -> int | None:
    """The post of the addressee that the source itself names ("Reply to NAME"): the parent if it
    is theirs, else their last one above."""
    name = (raw.posts[n].addressee or "").casefold().strip()
    if not name:
        return None
    above = [place.parent] if place.parent is not None else []
    above += range(n - 1, -1, -1)
    for m in above:
        if m != n and (raw.posts[m].author or "").casefold().strip() == name:
            return m
    return None


def _recovered(posts: tuple[Post, ...], readings: tuple[quotes.Reading, ...]) -> tuple[Post, ...]:
    """Author and time that a later quotation's header gives to the post it repeats."""
    found = list(posts)
    for reading in readings:
        for quote in reading.quotes:
            if not isinstance(quote.of, int) or quote.header is None:
                continue
            post, header = found[quote.of], quote.header
            if post.author is None and header.author:
                found[quote.of] = post = replace(post, author=header.author)
            if post.posted_at is None and header.posted_at:
                found[quote.of] = replace(
                    post, posted_at=header.posted_at, time_precision=header.precision
                )
    return tuple(found)
