"""Disqus' export: threads by page, tombstones, and who is a guest."""

from __future__ import annotations

from pathlib import Path

import pytest
from export_pages import built, found_in, gold_of, mutations, page, read, survives, words
from hypothesis import given, settings
from hypothesis import strategies as st

from community.errors import SourceError
from community.readers import disqus
from community.types import RawDocument

HEAD = (
    '<?xml version="1.0" encoding="utf-8"?><disqus xmlns="http://disqus.com"'
    ' xmlns:dsq="http://disqus.com/disqus-internals"><category dsq:id="1"><title>General</title></category>'
)


def thread(number: int, link: str, title: str = "On sleep", **more: str) -> str:
    inner = "".join(f"<{k}>{v}</{k}>" for k, v in more.items())
    return (
        f'<thread dsq:id="{number}"><id/><link>{link}</link><title>{title}</title><message/>'
        "<author><name>Site</name><email>site@blog.example</email></author>"
        f"<createdAt>2020-01-01T00:00:00Z</createdAt>{inner}</thread>"
    )


def post(number: int, of: int, body: str, parent: int | None = None, **more: str) -> str:
    author = more.pop(
        "author", "<name>Ann</name><username>ann7</username><isAnonymous>false</isAnonymous>"
    )
    fields = {"createdAt": "2020-02-03T04:05:06Z", "isDeleted": "false", "isSpam": "false"} | more
    inner = "".join(f"<{k}>{v}</{k}>" for k, v in fields.items())
    above = f'<parent dsq:id="{parent}"/>' if parent else ""
    return (
        f'<post dsq:id="{number}"><id/><message><![CDATA[{body}]]></message>{inner}'
        f"<author><email>ann@mail.example</email>{author}</author>"
        f'<ipAddress>192.0.2.7</ipAddress><thread dsq:id="{of}"/>{above}</post>'
    )


def documents(*parts: str) -> list[RawDocument]:
    return read(disqus.make(), HEAD + "".join(parts) + "</disqus>")


def test_interleaved_posts_go_to_their_threads() -> None:
    found = documents(
        thread(1, "https://b.example/a"), thread(2, "https://b.example/b", "Tom &amp;amp; I"), thread(3, "https://b.example/c"),
        post(10, 1, "<p>I sleep badly.</p>"), post(11, 2, "<p>b</p>"), post(12, 1, "<p>So do I<br>now</p>", 10),
    )  # fmt: skip
    assert [(d.thread_key, d.title, d.url) for d in found] == [
        ("1", "On sleep", "https://b.example/a"),
        ("2", "Tom & I", "https://b.example/b"),
    ]
    assert words(found[0]) == ["I sleep badly.", "So do I\nnow"]
    assert [p.parent_native_id for p in found[0].posts] == [None, "10"]
    first = found[0].posts[0]
    assert (first.author, first.author_native_id, first.posted_at) == (
        "Ann",
        "ann7",
        "2020-02-03T04:05:06+00:00",
    )
    assert all(d.published_at is None for d in found)


def test_what_was_deleted_or_is_spam_keeps_its_place_without_words() -> None:
    (found,) = documents(
        thread(1, "https://b.example/a"),
        post(10, 1, "takenback", isDeleted="true"), post(11, 1, "cheap", 10, isSpam="true"), post(12, 1, "Still here", 11),
    )  # fmt: skip
    assert [p.status for p in found.posts] == ["deleted", "removed", "present"]
    assert built(found).posts[2].depth == 2
    assert not any(gone in found.text for gone in ("takenback", "cheap"))


def test_threads_of_one_page_are_one_document() -> None:
    found = documents(
        thread(1, "http://www.b.example/a/"), thread(2, "https://b.example/a?utm_source=x#disqus_thread"), thread(3, "https://b.example/a?p=2"),
        post(10, 2, "second", createdAt="2020-03-01T00:00:00Z"), post(11, 1, "first", createdAt="2020-02-01T00:00:00Z"), post(12, 3, "other"),
    )  # fmt: skip
    assert [d.thread_key for d in found] == ["1", "3"]
    assert words(found[0]) == ["first", "second"]


def test_comments_of_a_thread_that_is_not_there_are_kept_and_empty_threads_are_not() -> None:
    found = documents(
        thread(1, ""),
        thread(2, "https://b.example/b"),
        post(10, 99, "lost"),
        post(11, 1, "no link"),
    )
    assert {(d.thread_key, d.url) for d in found} == {("99", None), ("1", None)}


def test_a_thread_taken_down_is_left_out_and_said_to_be() -> None:
    (found,) = documents(
        thread(1, "https://b.example/a", isDeleted="true"), thread(2, "https://b.example/b"), post(10, 1, "gone"), post(11, 2, "here"),
    )  # fmt: skip
    assert found.thread_key == "2"
    assert any("1 deleted thread" in told for told in found.problems)
    assert "gone" not in repr(found)


def test_guests_have_no_account_and_addresses_are_nowhere() -> None:
    guest = "<name>Passer-by</name><username>x</username><isAnonymous>true</isAnonymous>"
    mailed = "<name>eve@mail.example</name><username>eve@mail.example</username><isAnonymous>false</isAnonymous>"
    (found,) = documents(
        thread(1, "https://b.example/a"),
        post(10, 1, "a", author=guest),
        post(11, 1, "b", author=mailed),
    )
    assert [(p.author_native_id, p.platform_role) for p in found.posts] == [
        (None, "guest"),
        (None, None),
    ]
    assert found.posts[0].author == "Passer-by"
    assert "mail.example" not in repr(found)
    assert "192.0.2" not in repr(found)


def test_the_damage_of_real_exports_is_read_over() -> None:
    body = HEAD + thread(1, "https://b.example/a") + post(10, 1, "fine") + "</disqus>"
    damaged = "4" + body.replace('dsq:id="10"', "dsq:id=10").replace('dsq:id="1"', "dsq:id = 1")
    (found,) = read(disqus.make(), damaged)
    assert (found.thread_key, found.posts[0].native_id, words(found)) == ("1", "10", ["fine"])


def test_an_export_without_comments_is_said_to_have_none() -> None:
    with pytest.raises(SourceError, match="no comment"):
        documents(thread(1, "https://b.example/a"))


def test_more_posts_than_memory_should_hold_are_grouped() -> None:
    parts = [thread(n, f"https://b.example/{n}") for n in range(50)]
    parts += [post(1000 + n, n % 50, f"words of {n}") for n in range(5000)]
    found = documents(*parts)
    assert [len(d.posts) for d in found] == [100] * 50
    assert words(found[7])[1] == "words of 57"


def test_only_disqus_is_disqus() -> None:
    sniff = disqus.make().sniff
    assert sniff(page("<rss><thread/></rss>")) == 0
    assert sniff(page("<html><div id='disqus_thread'></div>")) == 0
    assert disqus.make().streams


VALID = (
    HEAD + thread(1, "https://b.example/a") + thread(2, "https://b.example/a") + post(10, 1, "<p>one</p>")
    + post(11, 2, "<p>two &amp; a <b>half</b></p>", 10) + post(12, 1, "x", 10, isDeleted="true") + "</disqus>"
).encode()  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(st.data())
def test_mutated_exports_are_read_or_refused(data: st.DataObject) -> None:
    survives(disqus.make(), data.draw(mutations(VALID)))


def test_real_exports_give_every_post(shared: Path) -> None:
    for path in sorted((shared / "pages").glob("disqus_*.xml")):
        assert found_in(read(disqus.make(), path.read_bytes())) == gold_of(path)
