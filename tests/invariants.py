"""What holds for every thread, whatever was read: used by tests and by the fuzzing."""

from __future__ import annotations

from community import threads
from community.types import Page, Post, RawDocument, Span, Thread


def built(raw: RawDocument, page: Page) -> Thread:
    """The thread of a raw document, every law checked."""
    thread, problems = threads.build(raw, source=page.key, retrieved_at=page.retrieved_at)
    assert all(isinstance(told, str) and told for told in problems)
    check(thread)
    return thread


def check(thread: Thread) -> None:
    """Raises AssertionError where a thread breaks a law."""
    document, posts = thread.document, thread.by_id()
    assert len(posts) == len(thread.posts), "two posts have one id"
    text = document.text
    text.encode("utf-8")  # no half surrogates: every file must take it
    assert "\x00" not in text
    for span in (*document.article, *([document.title_span] if document.title_span else [])):
        _inside(span, Span(0, len(text)))
    for position, post in enumerate(thread.posts):
        assert post.position == position
        _check_post(post, text)
        _check_place(post, posts)
    _no_cycles(thread.posts, posts)


def _inside(span: Span, whole: Span) -> None:
    assert whole.start <= span.start <= span.end <= whole.end, f"{span} is not in {whole}"


def _check_post(post: Post, text: str) -> None:
    _inside(post.span, Span(0, len(text)))
    assert post.text == text[post.span.start : post.span.end], "text differs from its slice"
    for quote in post.quotes:
        _inside(quote.span, post.span)
    end = post.span.start
    for own in post.own:
        _inside(own, post.span)
        assert own.start >= end, "own stretches overlap"
        end = own.end
    for name in (post.author, post.native_id, post.posted_at, post.url, post.platform_role):
        assert name is None or (isinstance(name, str) and name), "an empty or non-text field"
        if name:
            name.encode("utf-8")
            assert "\x00" not in name


def _check_place(post: Post, posts: dict[str, Post]) -> None:
    if post.parent_id is not None:
        assert post.parent_id in posts, "a parent that is not on the page"
        assert not post.gap
        assert post.depth == posts[post.parent_id].depth + 1
    assert post.answers_id is None or post.answers_id in posts


def _no_cycles(ordered: tuple[Post, ...], posts: dict[str, Post]) -> None:
    done: set[str] = set()
    for post in ordered:
        chain: list[str] = []
        at: str | None = post.id
        while at is not None and at not in done:
            assert at not in chain[-1:] and len(chain) <= len(ordered), "a cycle of parents"
            chain.append(at)
            at = posts[at].parent_id
        done.update(chain)
