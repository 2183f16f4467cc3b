"""Dumps of Reddit: one document per submission, whatever the order, the year and the damage."""

from __future__ import annotations

import json
import pickle
from functools import partial
from io import BytesIO
from typing import Any

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community import assembly, plugins, threads
from community.analysis import choose
from community.compression import expanded
from community.errors import CommunityError, SourceError
from community.readers import reddit_dump
from community.types import Page, RawDocument


def page(data: bytes, key: str = "RC_2020-01") -> Page:
    return Page(key=key, head=data[: 64 * 1024], size=len(data), open=partial(BytesIO, data))


def lines(*things: dict[str, Any]) -> bytes:
    return "".join(json.dumps(thing) + "\n" for thing in things).encode()


def submission(name: str = "s1", **more: Any) -> dict[str, Any]:
    return {
        "id": name, "title": "Braces &amp; sticks", "selftext": "Who has one?", "author": "ann",
        "created_utc": 1500000000, "subreddit": "walks", "num_comments": 0, "is_self": True,
        "permalink": f"/r/walks/comments/{name}/_/",
    } | more  # fmt: skip


def comment(ident: str, parent: Any = "t3_s1", link: Any = "t3_s1", **more: Any) -> dict[str, Any]:
    return {
        "id": ident, "parent_id": parent, "link_id": link, "author": "bob",
        "body": f"Words of {ident}", "created_utc": 1500000060, "subreddit": "walks",
    } | more  # fmt: skip


def read(*things: dict[str, Any]) -> list[RawDocument]:
    return list(reddit_dump.make().read(page(lines(*things))))


def one(*things: dict[str, Any]) -> RawDocument:
    (document,) = read(*things)
    return document


def words(document: RawDocument) -> list[str]:
    return [post.span.of(document.text) for post in document.posts]


def test_things_of_many_threads_become_one_document_each() -> None:
    first, second = read(
        comment("c2", "t1_c1", created_utc=1500000099),
        comment("d1", "t3_s2", "t3_s2"),
        submission("s1", num_comments=2),
        comment("c1", created_utc=1500000050),
        submission("s2", title="Other", selftext="", num_comments=1),
    )
    assert (first.thread_key, second.thread_key) == ("t3_s1", "t3_s2")
    assert words(first) == ["Braces & sticks\n\nWho has one?", "Words of c1", "Words of c2"]
    assert [(p.native_id, p.parent_native_id) for p in first.posts] == [
        ("t3_s1", None),
        ("t1_c1", "t3_s1"),
        ("t1_c2", "t1_c1"),
    ]
    assert (first.title, first.title_span, first.complete) == ("Braces & sticks", None, True)
    assert first.url == "https://www.reddit.com/r/walks/comments/s1/_/"
    assert first.published_at == "2017-07-14T02:40:00+00:00"
    assert [post.platform_role for post in first.posts] == ["post author", None, None]
    assert words(second) == ["Other", "Words of d1"]


def test_groups_beyond_memory_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    things = [comment(f"c{n}", link=f"t3_{n % 7}", created_utc=1500000000 - n) for n in range(99)]
    held = read(*things)
    monkeypatch.setattr("community.spool._HELD", 500)
    monkeypatch.setattr("community.spool._BATCH", 10)
    monkeypatch.setattr("community.spool._KEYS", 3)
    assert read(*things) == held
    assert [len(document.posts) for document in held] == [15, 14, 14, 14, 14, 14, 14]


def test_fields_are_read_in_the_types_of_any_year() -> None:
    document = one(
        submission("s1", created_utc="1500000000", num_comments=3),
        comment("c1", created_utc="1500000001", name="t1_c1"),
        comment("c2", int("c1", 36), created_utc=1500000002.0),
        comment("c3", int("s1", 36), "s1", created_utc=None),
    )
    found = {post.native_id: post for post in document.posts}
    assert found["t1_c2"].parent_native_id == "t1_c1"
    assert found["t1_c3"].parent_native_id == "t3_s1"
    assert found["t1_c1"].posted_at == "2017-07-14T02:40:01+00:00"
    assert found["t1_c3"].posted_at is None


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"body": "[deleted]", "author": "[deleted]"}, "deleted"),
        ({"body": "[removed]"}, "removed"),
        ({"body": "[ Removed by Reddit ]"}, "removed"),
        ({"body": "my secret", "_meta": {"was_deleted_later": True}}, "deleted"),
        ({"body": "my secret", "_meta": {"removal_type": "removed"}}, "removed"),
        (
            {"body": "my secret", "_meta": {"was_deleted_later": True, "removal_type": "deleted"}},
            "deleted",
        ),
        ({"body": "my secret", "_meta": {"removal_type": "removed by reddit"}}, "removed"),
        ({"body": "all well", "_meta": {"was_initially_deleted": True,
                                        "removal_type": "deleted"}}, "present"),
        ({"body": "all well", "author": "[deleted]"}, "present"),
    ],
)  # fmt: skip
def test_what_was_taken_back_keeps_its_place_and_loses_its_words(
    more: dict[str, Any], status: str
) -> None:
    document = one(
        submission(num_comments=2), comment("c1", **more), comment("c2", "t1_c1", author="cy")
    )
    gone = document.posts[1]
    assert gone.status == status
    assert "secret" not in repr(document)
    assert ("all well" in document.text) == (status == "present")
    assert document.posts[2].parent_native_id == "t1_c1"
    if more.get("author"):
        assert gone.author is None


def test_a_submission_taken_back_shows_neither_its_words_nor_its_title() -> None:
    for more in (
        {"removed_by_category": "deleted"},
        {"_meta": {"was_deleted_later": True}},
        {"selftext": "[removed]", "removed_by_category": "moderator"},
    ):
        document = one(submission(num_comments=1, **more), comment("c1"))
        assert document.posts[0].status in ("deleted", "removed")
        assert words(document)[0] in ("", "[removed]")
        assert "Braces" not in repr(document)


def test_of_two_looks_the_later_counts_and_what_is_gone_stays_gone() -> None:
    looks = [
        comment("c1", body="first", retrieved_on=10),
        comment("c1", body="edited", retrieved_on=30),
        comment("c1", body="between", retrieved_on=20),
    ]
    assert words(one(*looks)) == ["edited"]
    assert words(one(*looks, comment("c1", body="[deleted]", retrieved_on=15))) == ["[deleted]"]


def test_what_is_not_in_the_file_is_said() -> None:
    document = one(comment("c1"), comment("c2", "t1_c1"))
    assert not document.complete
    assert "submission" in (document.note or "")
    assert [post.parent_native_id for post in document.posts] == [None, "t1_c1"]
    document = one(submission(num_comments=9), comment("c1"))
    assert document.note == "8 of 9 comments are not in the file"
    thread, _ = threads.build(one(comment("c2", "t1_c1")), source="x")
    assert thread.posts[0].gap


def test_lines_that_are_nothing_of_reddit_s_are_told_with_their_number() -> None:
    data = lines(comment("c1")) + b'{"id": 3}\n{"body": "x"\n[]\n' + lines(comment("c2"))
    (document,) = reddit_dump.make().read(page(data))
    assert len(document.posts) == 2
    assert [problem.split(":")[0] for problem in document.problems] == [
        "line 2",
        "line 3",
        "line 4",
    ]
    with pytest.raises(SourceError, match="no submission and no comment"):
        list(reddit_dump.make().read(page(b'{"id": 3}\n')))


def test_a_dump_cut_short_gives_what_it_has_as_incomplete_and_then_says_so() -> None:
    things = lines(*(comment(f"c{n:05}", body=f"Words {n * 7919 % 1000}") for n in range(9000)))
    packed = zstandard.ZstdCompressor(level=1).compress(things)[:-500]
    opener = partial(expanded, partial(BytesIO, packed), "zst", "RC_2020-01")
    cut = Page(key="RC_2020-01", head=things[:5000], size=10**9, open=opener)
    stream = iter(reddit_dump.make().read(cut))
    document = next(stream)
    assert len(document.posts) > 100
    assert not document.complete
    assert "ends too early" in (document.note or "")
    with pytest.raises(SourceError, match="cut short"):
        next(stream)


def test_arrays_as_the_archives_api_gives_them_are_read() -> None:
    things = [submission(num_comments=1), comment("c1")]
    for found in (things, {"data": things}):
        made = page(json.dumps(found).encode(), "found.json")
        assert reddit_dump.make().sniff(made) > 0.9
        (document,) = reddit_dump.make().read(made)
        assert len(document.posts) == 2


def test_of_all_readers_this_one_takes_dumps_and_leaves_the_rest() -> None:
    steps = assembly.steps(assembly.load_codebook(None), coders=())
    for data in (lines(comment("c1")), lines(submission())):
        assert choose(steps, page(data))[0] == "reddit_dump"
        assert choose(steps, page(data, "x.json"))[0] == "reddit_dump"
    sniff = reddit_dump.make().sniff
    assert sniff(page(b'{"id": 1, "text": "words"}\n')) == 0
    assert sniff(page(b'[{"kind": "Listing", "data": {"children": []}}]')) == 0
    assert sniff(page(b"id,body,link_id,created_utc\n1,words,t3_s1,1500000000\n")) == 0
    assert plugins.make("readers", "reddit_dump").streams
    assert pickle.loads(pickle.dumps(reddit_dump.make())) == reddit_dump.make()


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
    | st.sampled_from(["t1_c1", "t3_s1", "[deleted]", "1500000000", "/r/x/"]),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.sampled_from(["was_deleted_later", "removal_type", "x"]), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.dictionaries(st.sampled_from(
    sorted({*submission(), *comment("c1"), "_meta", "retrieved_on", "distinguished", "name",
            "removed_by_category", "is_submitter"})), VALUE, max_size=8), min_size=1, max_size=6))  # fmt: skip
def test_fields_of_any_kind_are_read_or_told(changes: list[dict[str, Any]]) -> None:
    things = [
        (comment(f"c{n}") if n % 2 else submission()) | change for n, change in enumerate(changes)
    ]
    try:
        documents = read(*things)
    except CommunityError:
        return
    for document in documents:
        threads.build(document, source="x")
        assert all(post.span.end <= len(document.text) for post in document.posts)


@given(st.data())
def test_damaged_bytes_are_read_or_refused(data: st.DataObject) -> None:
    raw = bytearray(lines(submission(num_comments=1), comment("c1"), comment("c2", "t1_c1")))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    try:
        for document in reddit_dump.make().read(page(bytes(raw))):
            threads.build(document, source="x")
    except CommunityError:
        return
