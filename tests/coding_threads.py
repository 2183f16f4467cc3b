"""Threads of one or more short posts, for the coders' tests."""

from __future__ import annotations

from community.types import Document, Post, Span, Thread


def thread_of(*texts: str, title: str | None = None, lang: str | None = None) -> Thread:
    """A thread in which each post answers the first; the document begins with two blank lines, so
    that offsets into the post and into the document differ."""
    posts: list[Post] = []
    document_text = "\n\n"
    for position, text in enumerate(texts):
        span = Span(len(document_text), len(document_text) + len(text))
        document_text += text + "\n\n"
        posts.append(
            Post(
                id=f"p{position}",
                document_id="d",
                thread_id="d",
                position=position,
                span=span,
                text=text,
                parent_id="p0" if position else None,
                own=(span,) if text else (),
                lang=lang,
            )
        )
    document = Document(
        id="d", source="d", reader="test", text=document_text, kind="discussion", title=title
    )
    return Thread(document=document, posts=tuple(posts))
