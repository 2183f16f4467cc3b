"""What tests of readers of exports share: pages from bytes, mutations, and what must always hold."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from community import threads
from community.errors import CommunityError
from community.types import Page, RawDocument, Thread

MARKS = [b"<", b">", b"&", b"</", b'"', b"<![CDATA[", b"]]>", b"<!--", b"<item>", b"\n\n", b"From ",
         b"--", b"\n", b"\x00", b"\xff", b"=?", b"{", b"]", b"0", b"> "]  # fmt: skip


def page(data: bytes | str, key: str = "export") -> Page:
    data = data.encode() if isinstance(data, str) else data
    return Page(key=key, head=data[: 64 * 1024], size=len(data), open=partial(BytesIO, data))


def read(reader: Any, data: bytes | str) -> list[RawDocument]:
    """All documents of a page, which the reader must have claimed."""
    given = page(data)
    assert reader.sniff(given) > 0.9
    return list(reader.read(given))


def words(document: RawDocument) -> list[str]:
    return [post.span.of(document.text) for post in document.posts]


def built(document: RawDocument) -> Thread:
    """The thread of a document, its invariants checked."""
    thread, _ = threads.build(document, source="export")
    known = thread.by_id()
    for post in thread.posts:
        assert post.text == document.text[post.span.start : post.span.end]
        assert post.parent_id is None or post.parent_id in known
        seen, at = set(), post
        while at.parent_id is not None:
            assert at.id not in seen
            seen.add(at.id)
            at = known[at.parent_id]
        if post.posted_at:
            datetime.fromisoformat(post.posted_at)
        for quote in post.quotes:
            assert post.span.start <= quote.span.start <= quote.span.end <= post.span.end
    for span in document.article:
        assert span.end <= len(document.text)
    document.text.encode("utf-8")
    return thread


def survives(reader: Any, data: bytes) -> None:
    """A reader gives documents that keep their invariants, or one of our errors."""
    given = page(data)
    assert 0 <= reader.sniff(given) <= 1
    keys = []
    with suppress(CommunityError):
        for document in reader.read(given):
            keys.append(document.thread_key)
            built(document)
    assert len(keys) == len(set(keys)), "two documents under one key"


def mutations(valid: bytes) -> st.SearchStrategy[bytes]:
    """A valid file with a few stretches replaced, doubled, or cut off."""

    @st.composite
    def mutated(draw: st.DrawFn) -> bytes:
        data = bytearray(valid)
        for _ in range(draw(st.integers(1, 5))):
            at = draw(st.integers(0, len(data)))
            length = draw(st.integers(0, 40))
            kind = draw(st.sampled_from(["replace", "double", "drop", "cut", "mark"]))
            if kind == "replace":
                data[at : at + length] = draw(st.binary(max_size=length))
            elif kind == "double":
                data[at:at] = data[at : at + length * 5]
            elif kind == "drop":
                del data[at : at + length * 3]
            elif kind == "mark":
                data[at:at] = draw(st.sampled_from(MARKS))
            elif draw(st.booleans()):
                del data[at:]
        return bytes(data)

    return mutated()


def gold_of(path: Path) -> list[tuple[str, str, str, datetime]]:
    """Id, parent, author and time of each post, as the gold beside a page has them."""
    gold = json.loads(path.with_suffix(".gold.json").read_text())["posts"]
    return sorted(
        (p["id"], p["parent"] or "", p["author"], datetime.fromisoformat(p["date"])) for p in gold
    )


def found_in(documents: list[RawDocument]) -> list[tuple[str, str, str, datetime]]:
    """The same of what was read."""
    return sorted(
        (
            post.native_id or "",
            post.parent_native_id or "",
            post.author or "",
            datetime.fromisoformat(post.posted_at or ""),
        )
        for document in documents
        for post in document.posts
    )
