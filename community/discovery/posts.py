"""Posts of a thread as discovery sees them: what is left of them, without those who wrote it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from community.discovery.nouns import Said
from community.privacy import is_shared, mask, name_pattern, site_of
from community.types import Post, Thread


def said(thread: Thread, foreign: Collection[str]) -> Iterator[Said]:
    """The posts of a thread whose words are there, in page order.

    Names of the page's authors, contacts and links are masked (`community.privacy.mask`); quoted
    words are left out.

    Args:
        thread: the thread.
        foreign: ids of posts in a language that the codebook does not cover.
    """
    names = name_pattern(post.author for post in thread.posts if post.author)
    site = site_of(thread.document.url, thread.document.source)
    for post in thread.posts:
        text = _own(post)
        if post.status == "present" and text.strip():
            yield Said(
                post_id=post.id,
                text=mask(text, names),
                writer=_writer(post, site),
                foreign=post.id in foreign,
            )


def _own(post: Post) -> str:
    """The poster's own words; a line break stands where others' are left out."""
    at = post.span.start
    return "\n".join(post.text[span.start - at : span.end - at] for span in post.own)


def _writer(post: Post, site: str) -> str:
    name = post.author_native_id or (None if is_shared(post.author) else post.author)
    return f"{site}\x00{name.casefold()}" if name else f"\x00{post.id}"
