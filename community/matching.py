"""What becomes of posts when a page is read again: edited, withdrawn, or only fallen off the page.

Pure. A post with a native id is the same post for ever. One without is known by its words, so an
edit would make it another: `keep_ids` finds its predecessor. `settle` keeps what must not be lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from community.types import Analysis, Coding, Post, Span, Thread

# two texts this similar at the same place are one edited post; below it they are two posts
_EDITED = 0.6
_COMPARED = 4000  # characters compared of each; the ratio of two rants is not worth more


def _place(post: Post) -> tuple[object, ...]:
    return (post.parent_id, post.author, post.depth)


def _similarity(a: Post, b: Post) -> float:
    matcher = SequenceMatcher(None, a.text[:_COMPARED], b.text[:_COMPARED], autojunk=False)
    if matcher.real_quick_ratio() < _EDITED or matcher.quick_ratio() < _EDITED:
        return 0.0
    return matcher.ratio()


def _predecessors(new: Iterable[Post], old: Iterable[Post]) -> dict[str, str]:
    """New id → old id, for posts that stand where a similar post stood."""
    waiting: dict[tuple[object, ...], list[Post]] = {}
    for post in old:
        waiting.setdefault(_place(post), []).append(post)
    found = {}
    for post in new:
        candidates = waiting.get(_place(post), [])
        scored = [(_similarity(post, old_post), -i) for i, old_post in enumerate(candidates)]
        best = max(scored, default=(0.0, 0))
        if best[0] >= _EDITED:
            found[post.id] = candidates.pop(-best[1]).id
    return found


def renamed(thread: Thread, ids: Mapping[str, str]) -> Thread:
    """The thread with some posts' ids replaced, wherever they stand."""
    if not ids:
        return thread

    def of(name: str | None) -> str | None:
        return ids.get(name, name) if name else name

    posts = tuple(
        replace(
            post,
            id=ids.get(post.id, post.id),
            parent_id=of(post.parent_id),
            answers_id=of(post.answers_id),
            quotes=tuple(replace(q, of=ids.get(q.of, q.of)) for q in post.quotes),
        )
        for post in thread.posts
    )
    return replace(thread, posts=posts)


def keep_ids(thread: Thread, previous: Thread | None) -> Thread:
    """The thread with edited posts under the ids that they had before."""
    if previous is None:
        return thread
    now, before = thread.by_id(), previous.by_id()
    new = [p for p in thread.posts if p.id not in before and p.native_id is None]
    old = [
        p
        for p in previous.posts
        if p.id not in now and p.native_id is None and p.status == "present"
    ]
    return renamed(thread, _predecessors(new, old))


def _gone(post: Post) -> Post:
    """A post that a complete page no longer has: without its words."""
    nothing = Span(0, 0)
    return replace(
        post,
        span=nothing,
        text="",
        quotes=(),
        own=(),
        role_span=None,
        status="withdrawn",
        parent_id=None,
        answers_id=None,
        gap=post.gap or post.parent_id is not None,
    )


def _kept(post: Post) -> Post:
    """A post that a page did not reach this time: its words are kept apart from the page's."""
    if not len(post.span):
        return post
    own = tuple(Span(s.start - post.span.start, s.end - post.span.start) for s in post.own)
    return replace(post, span=Span(0, 0), quotes=(), own=own, role_span=None)


def settle(analysis: Analysis, previous: Thread | None, codings: Sequence[Coding]) -> Analysis:
    """The analysis with the posts that are missing from it.

    Args:
        analysis: what the document gave this time.
        previous: the thread as stored.
        codings: its codings as stored.

    Returns:
        the analysis; of a complete page, missing posts are withdrawn (words erased, codings kept
        for the counts); of an incomplete one they stay as they were.
    """
    if previous is None:
        return analysis
    here = analysis.thread.by_id()
    missing = [post for post in previous.posts if post.id not in here]
    if not missing:
        return analysis
    complete = analysis.thread.document.complete
    change = _gone if complete else _kept
    stay = {post.id: post if post.status == "withdrawn" else change(post) for post in missing}
    posts = (*analysis.thread.posts, *stay.values())
    kept = tuple(replace(c, evidence=()) for c in codings if c.post_id in stay)
    return replace(
        analysis,
        thread=replace(analysis.thread, posts=posts),
        codings=(*analysis.codings, *kept),
    )
