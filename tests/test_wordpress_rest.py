"""Comments as WordPress's REST API gives them."""

from __future__ import annotations

import json
from typing import Any

import mutated_json
import pytest
from hypothesis import given, settings
from mutated_json import page

from community import threads
from community.errors import SourceError
from community.readers import wordpress_rest
from community.types import RawDocument


def comment(number: int, parent: int = 0, **more: Any) -> dict[str, Any]:
    data = {
        "id": number,
        "post": 12,
        "parent": parent,
        "author": 0,
        "author_name": "Jonas &amp; Co",
        "author_url": "",
        "author_email": "jonas@mail.example",
        "author_ip": "198.51.100.7",
        "date": f"2023-05-{number:02}T14:00:00",
        "date_gmt": f"2023-05-{number:02}T12:00:00",
        "content": {"rendered": f"<p>Comment number {number}</p>\n"},
        "link": f"https://blog.example/walking/comment-page-1/#comment-{number}",
        "status": "approved",
        "type": "comment",
        "author_avatar_urls": {"24": "https://pictures.example/jonas"},
        "meta": [],
    }
    return data | more


def article(**more: Any) -> dict[str, Any]:
    data = {
        "id": 12,
        "date": "2023-05-01T09:00:00",
        "date_gmt": "2023-05-01T07:00:00",
        "link": "https://blog.example/walking/",
        "type": "post",
        "author": 3,
        "title": {"rendered": "Walking &#8211; <em>slowly</em>"},
        "content": {"rendered": "<p>The hill behind our house is steep.</p>", "protected": False},
        "comment_status": "open",
    }
    return data | more


def read(found: Any) -> RawDocument:
    (document,) = wordpress_rest.make().read(page(found))
    return document


def test_an_array_of_comments_is_read_in_the_order_of_time_with_its_parents() -> None:
    document = read([comment(3, 2), comment(2, 1), comment(1), comment(4, 77)])
    assert [(p.native_id, p.parent_native_id) for p in document.posts] == [
        ("1", None), ("2", "1"), ("3", "2"), ("4", "77"),
    ]  # fmt: skip
    first = document.posts[0]
    assert first.author == "Jonas & Co"
    assert first.posted_at == "2023-05-01T12:00:00+00:00"
    assert document.url == "https://blog.example/walking/"
    thread, _ = threads.build(document, source="x")
    assert [post.depth for post in thread.posts[:3]] == [0, 1, 2]
    assert thread.posts[3].gap


def test_the_post_is_the_article_and_its_author_is_known_among_the_comments() -> None:
    found = {
        "post": article(),
        "comments": [comment(1), comment(2, 1, author=3, author_name="Ute")],
    }
    document = read(found)
    assert document.title == "Walking – slowly"
    (span,) = document.article
    assert span.of(document.text) == "The hill behind our house is steep."
    assert [p.platform_role for p in document.posts] == [None, "post author"]
    assert document.published_at == "2023-05-01T07:00:00+00:00"
    assert document.complete


def test_without_greenwich_time_the_site_s_own_clock_states_no_zone() -> None:
    document = read([comment(1, date_gmt=None), comment(2, date_gmt="0000-00-00T00:00:00")])
    assert [p.posted_at for p in document.posts] == ["2023-05-01T14:00:00", "2023-05-02T14:00:00"]


def test_pings_and_comments_never_approved_are_left_out_and_the_bin_keeps_its_place() -> None:
    document = read(
        [
            comment(1, type="pingback"),
            comment(2, type="trackback"),
            comment(3, status="spam"),
            comment(4, status="hold"),
            comment(5, status="trash"),
            comment(6, 5, type=""),
        ]
    )
    assert [(p.native_id, p.status) for p in document.posts] == [("5", "removed"), ("6", "present")]
    assert any("spam" in problem for problem in document.problems)
    assert any("hold" in problem for problem in document.problems)


def test_addresses_of_commenters_are_nowhere() -> None:
    told = repr(read([comment(1), comment(2, author_name="lena@mail.example")]))
    assert "mail.example" not in told
    assert "198.51" not in told
    assert "pictures" not in told


def test_comments_of_several_posts_are_a_document_each() -> None:
    reader = wordpress_rest.make()
    found = [comment(1), comment(2, post=13), comment(3, 1)]
    documents = list(reader.read(page(found)))
    assert [(d.thread_key, len(d.posts)) for d in documents] == [("12", 2), ("13", 1)]


def test_posts_that_embed_their_replies_bring_them_along() -> None:
    slim = {k: v for k, v in comment(1).items() if k not in ("post", "status", "date_gmt", "meta")}
    post = article(_embedded={"author": [{"name": "Ute"}], "replies": [[slim, slim]]})
    document = read([post])
    assert [p.native_id for p in document.posts] == ["1"]
    assert document.article_author == "Ute"
    assert document.article


def test_a_total_that_the_page_states_tells_what_is_missing() -> None:
    document = read({"post": article(), "comments": [comment(1)], "total": 5})
    assert document.note == "4 of 5 comments are not in the file"
    full = read([comment(n) for n in range(1, 11)])
    assert full.complete
    assert any("may be more" in problem for problem in full.problems)


def test_wordpress_com_s_replies_are_read_too() -> None:
    def reply(number: int, parent: Any) -> dict[str, Any]:
        return {
            "ID": number,
            "post": {"ID": 5, "title": "Sleep", "type": "post", "link": "https://x.example/p"},
            "author": {
                "ID": 8,
                "email": "a@mail.example",
                "name": "Ada",
                "avatar_URL": "https://g",
            },
            "date": f"2022-01-0{number}T10:00:00+01:00",
            "URL": f"https://ada.example/sleep/#comment-{number}",
            "content": f"<p>Reply {number}</p>\n",
            "raw_content": f"Reply {number}",
            "status": "approved",
            "parent": parent,
            "type": "comment",
        }

    found = {"found": 3, "comments": [reply(1, False), reply(2, {"ID": 1, "type": "comment"})]}
    assert wordpress_rest.make().sniff(page(found)) > 0.9
    document = read(found)
    assert [(p.native_id, p.parent_native_id, p.author) for p in document.posts] == [
        ("1", None, "Ada"), ("2", "1", "Ada"),
    ]  # fmt: skip
    assert document.note == "1 of 3 comments are not in the file"
    assert "mail.example" not in repr(document)


def test_a_post_without_comments_is_an_article() -> None:
    document = read({"post": article(), "comments": []})
    assert not document.posts
    assert document.article


def test_comments_are_known_and_other_json_is_not() -> None:
    reader = wordpress_rest.make()
    slim = {name: comment(1)[name] for name in ("id", "post", "parent", "author_name", "content")}
    for found in ([comment(1)], {"post": article(), "comments": [slim]}, [slim, comment(2)]):
        assert reader.sniff(page(found)) > 0.95
    assert reader.sniff(page([comment(1, content={"rendered": "x" * 99_999})])) > 0.95
    for other in ([{"content": "words", "author_name": "A"}], {"rendered": 1}, b"<!doctype html>"):
        assert reader.sniff(page(other)) == 0.0


def test_what_holds_no_comment_is_refused() -> None:
    with pytest.raises(SourceError, match="no comment"):
        list(wordpress_rest.make().read(page({"code": "rest_forbidden", "data": {"status": 401}})))
    with pytest.raises(SourceError, match="not JSON"):
        list(wordpress_rest.make().read(page(json.dumps([comment(1)]).encode()[:-9])))


EMBEDDED = article(
    id=13, _embedded={"author": [{"name": "Ute"}], "replies": [[comment(9, post=13)]]}
)
SAMPLE = [
    {
        "post": article(),
        "comments": [comment(1), comment(2, 1, author=3), comment(3, 2, status="trash")],
    },
    EMBEDDED,
    comment(7, post=14, type="pingback"),
    {
        "found": 2,
        "comments": [
            {
                "ID": 1,
                "post": {"ID": 5},
                "author": {"ID": 1, "name": "A"},
                "parent": {"ID": 2},
                "content": "x",
            }
        ],
    },
]


@given(found=mutated_json.mutated(SAMPLE))
@settings(max_examples=300, deadline=None)
def test_whatever_stands_in_the_fields_the_laws_hold(found: Any) -> None:
    mutated_json.check(wordpress_rest.make(), found)
