"""Reddit's API JSON: listings, stubs, and what was taken away."""

from __future__ import annotations

import json
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from community import threads
from community.errors import SourceError
from community.readers import reddit
from community.types import Page, RawDocument


def page(found: Any, key: str = "thread.json") -> Page:
    data = found if isinstance(found, bytes) else json.dumps(found).encode()
    return Page(key=key, head=data[: 64 * 1024], size=len(data), open=partial(BytesIO, data))


def listing(*children: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"children": list(children)}}


def submission(**more: Any) -> dict[str, Any]:
    data = {
        "id": "s1",
        "name": "t3_s1",
        "title": "A &amp; B",
        "selftext": "Hello",
        "author": "ann",
        "created_utc": 1500000000.0,
        "permalink": "/r/x/comments/s1/a_b/",
        "subreddit": "x",
    }
    return {"kind": "t3", "data": data | more}


def comment(name: str, parent: str, *replies: dict[str, Any], **more: Any) -> dict[str, Any]:
    data = {
        "id": name,
        "name": f"t1_{name}",
        "parent_id": parent,
        "link_id": "t3_s1",
        "author": "bob",
        "body": f"Words of {name}",
        "created_utc": 1500000060,
        "replies": listing(*replies) if replies else "",
    }
    return {"kind": "t1", "data": data | more}


def read(*children: dict[str, Any], top: dict[str, Any] | None = None) -> RawDocument:
    (document,) = reddit.make().read(page([listing(top or submission()), listing(*children)]))
    return document


def words(document: RawDocument) -> list[str]:
    return [post.span.of(document.text) for post in document.posts]


def test_the_submission_is_a_post_and_comments_point_to_what_they_answer() -> None:
    document = read(comment("c1", "t3_s1", comment("c2", "t1_c1")), comment("c3", "t3_s1"))
    assert [(p.native_id, p.parent_native_id) for p in document.posts] == [
        ("t3_s1", None),
        ("t1_c1", "t3_s1"),
        ("t1_c2", "t1_c1"),
        ("t1_c3", "t3_s1"),
    ]
    assert words(document) == ["A & B\n\nHello", "Words of c1", "Words of c2", "Words of c3"]
    assert document.title == "A & B"
    assert document.complete
    assert document.posts[1].posted_at == "2017-07-14T02:41:00+00:00"


def test_a_stub_makes_the_thread_incomplete() -> None:
    stub = {"kind": "more", "data": {"count": 12, "children": ["c9"]}}
    document = read(comment("c1", "t3_s1", stub))
    assert not document.complete
    assert document.note is not None
    assert "12" in document.note
    endless = {"kind": "more", "data": {"count": 0, "id": "_", "children": []}}
    assert not read(comment("c1", "t3_s1", endless)).complete


def test_what_was_taken_away_keeps_its_place() -> None:
    document = read(
        comment("c1", "t3_s1", comment("c2", "t1_c1"), author="[deleted]", body="[deleted]"),
        comment("c3", "t3_s1", body="[removed]"),
        comment("c4", "t3_s1", author="[deleted]"),
    )
    statuses = [post.status for post in document.posts]
    assert statuses == ["present", "deleted", "present", "removed", "present"]
    assert document.posts[1].author is None
    assert document.posts[4].author is None


def test_words_that_a_dump_still_has_but_their_author_took_back_are_not_shown() -> None:
    meta = {"was_deleted_later": True, "removal_type": "deleted"}
    document = read(comment("c1", "t3_s1", body="my secret", _meta=meta))
    assert document.posts[1].status == "deleted"
    assert "secret" not in document.text


def test_quoted_lines_are_quotations_of_the_thread() -> None:
    body = "&gt; I walk every day now\n\nSo do I."
    document = read(comment("c1", "t3_s1", body="I walk every day now, rain or shine."),
                    comment("c2", "t3_s1", body=body))  # fmt: skip
    thread, _ = threads.build(document, source="thread.json", retrieved_at=None)
    (quote,) = thread.posts[2].quotes
    assert quote.span.of(document.text).endswith("I walk every day now")
    assert quote.of == thread.posts[1].id


def test_the_one_who_asked_and_moderators_are_known() -> None:
    document = read(
        comment("c1", "t3_s1", author="ann"),
        comment("c2", "t3_s1", is_submitter=True),
        comment("c3", "t3_s1", distinguished="moderator"),
        comment("c4", "t3_s1"),
    )
    roles = [post.platform_role for post in document.posts]
    assert roles == ["post author", "post author", "post author", "moderator", None]


def test_comments_without_their_submission_are_first_posts() -> None:
    (document,) = reddit.make().read(page(listing(comment("c1", "t3_s1", comment("c2", "t1_c1")))))
    assert [post.parent_native_id for post in document.posts] == [None, "t1_c1"]


def test_several_submissions_are_several_documents() -> None:
    second = submission(id="s2", name="t3_s2", title="Other")
    documents = list(reddit.make().read(page(listing(submission(), second))))
    assert [document.thread_key for document in documents] == ["t3_s1", "t3_s2"]


def test_a_file_that_was_cut_says_where() -> None:
    with pytest.raises(SourceError, match=r"thread\.json: not JSON at line 1, offset"):
        list(reddit.make().read(page(b'[{"kind": "Listing", "data": ')))
    with pytest.raises(SourceError, match="no submission"):
        list(reddit.make().read(page({"kind": "Listing", "data": {"children": []}})))


def test_replies_ten_thousand_deep_are_refused() -> None:
    comment_opens = b'{"kind":"t1","data":{"name":"t1_a","body":"x","replies":'
    deep = comment_opens + b'{"kind":"Listing","data":{"children":['
    data = deep * 10_000 + b"]}}}}" * 10_000
    with pytest.raises(SourceError, match="too deep"):
        list(reddit.make().read(page(data)))


def test_other_json_is_not_reddit() -> None:
    sniff = reddit.make().sniff
    assert sniff(page([listing(submission())])) > 0.9
    assert sniff(page({"post_stream": {"posts": []}})) == 0
    assert sniff(page(b"<html><body>")) == 0


def test_real_threads_give_every_post(shared: Path) -> None:
    for path in sorted((shared / "pages").glob("reddit_json_*.json")):
        if path.name.endswith(".gold.json"):
            continue
        gold = json.loads(path.with_suffix(".gold.json").read_text())["posts"]
        (document,) = reddit.make().read(page(path.read_bytes(), path.name))
        assert [p.native_id for p in document.posts] == [p["id"] for p in gold]
        assert [p.parent_native_id for p in document.posts] == [p["parent"] for p in gold]
        assert [p.author for p in document.posts] == [p["author"] for p in gold]
        stubs = path.read_text().count('"kind": "more"')
        assert document.complete is (stubs == 0)
