"""Blogger's feeds and exports: posts with their comments, whichever of the formats it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from export_pages import built, mutations, page, read, survives, words
from hypothesis import given, settings
from hypothesis import strategies as st

from community.errors import SourceError
from community.readers import blogger
from community.types import RawDocument

TAG = "tag:blogger.com,1999:blog-5"
HEAD = (
    "<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom'"
    " xmlns:thr='http://purl.org/syndication/thread/1.0' xmlns:app='http://purl.org/atom/app#'"
    " xmlns:gd='http://schemas.google.com/g/2005'"
    " xmlns:openSearch='http://a9.com/-/spec/opensearchrss/1.0/'"
    " xmlns:blogger='http://schemas.google.com/blogger/2018'>"
)
PROFILE = "http://www.blogger.com/profile/0123456789"


def entry(number: int, inner: str, body: str, author: str = "Mira", uri: str = PROFILE) -> str:
    return (
        f"<entry><id>{TAG}.post-{number}</id><published>2020-01-{number % 28 + 1:02}T10:00:00.123+01:00</published>"
        f"<title type='text'>Title {number}</title><content type='html'>{body}</content>"
        f"<author><name>{author}</name><uri>{uri}</uri><email>noreply@blogger.com</email></author>{inner}</entry>"
    )


def kind(name: str) -> str:
    return (
        "<category scheme='http://schemas.google.com/g/2005#kind'"
        f" term='http://schemas.google.com/blogger/2008/kind#{name}'/>"
    )


def old_comment(number: int, of: int, body: str, parent: int | None = None, **more: str) -> str:
    related = (
        f"<link rel='related' href='http://www.blogger.com/feeds/5/{of}/comments/default/{parent}'/>"
        if parent
        else ""
    )
    inner = (
        f"{kind('comment')}<link rel='alternate' href='http://b.example/p{of}.html?showComment=1578650400123#c{number}'/>"
        f"<thr:in-reply-to href='http://b.example/p{of}.html' ref='{TAG}.post-{of}'/>{related}"
    )
    return entry(number, inner + more.pop("inner", ""), body, **more)


def taken(
    number: int,
    of: int | None,
    body: str,
    answers: int | None = None,
    status: str = "LIVE",
    trashed: str = "",
    **more: str,
) -> str:
    above = f"<blogger:parent>{TAG}.post-{of}</blogger:parent>" if of else ""
    to = f"{TAG}.post-{answers}" if answers else ""
    inner = (
        f"{above}<blogger:inReplyTo>{to}</blogger:inReplyTo>"
        f"<blogger:type>{'COMMENT' if of else 'POST'}</blogger:type><blogger:status>{status}</blogger:status>"
        f"<blogger:trashed>{trashed}</blogger:trashed>"
    )
    return entry(number, inner, body, **more)


def documents(*parts: str) -> list[RawDocument]:
    return read(blogger.make(), HEAD + "".join(parts) + "</feed>")


def test_an_export_of_a_blog_gives_posts_with_their_comments() -> None:
    found = documents(
        entry(1, kind("settings"), "en"), entry(2, kind("template"), "&lt;html&gt;"),
        entry(3, kind("post") + "<link rel='alternate' href='http://b.example/p3.html'/>", "&lt;p&gt;We walked.&lt;/p&gt;"),
        entry(4, kind("post"), "Nobody answered"),
        entry(9, kind("post") + "<app:control><app:draft>yes</app:draft></app:control>", "unfinished"),
        old_comment(12, 3, "I walk&lt;br /&gt;too", author="Ann", uri=""),
        old_comment(13, 3, "Thanks!", parent=12),
        old_comment(14, 9, "on a draft"),
    )  # fmt: skip
    assert [(d.thread_key, d.title) for d in found] == [("3", "Title 3"), ("4", "Title 4")]
    first = found[0]
    assert (first.url, first.article_author) == ("http://b.example/p3.html", "Mira")
    assert words(first) == ["I walk\ntoo", "Thanks!"]
    assert [p.parent_native_id for p in first.posts] == [None, "12"]
    assert [p.author_native_id for p in first.posts] == [None, "0123456789"]
    assert [p.platform_role for p in first.posts] == [None, "post author"]
    assert first.posts[0].posted_at == "2020-01-13T10:00:00+01:00"
    assert "unfinished" not in repr(found)
    assert any("1 posts" in told for told in found[-1].problems)


def test_takeout_tells_live_from_trashed_and_spam() -> None:
    (found,) = documents(
        taken(3, None, "We walked."),
        taken(11, 3, "first"),
        taken(12, 3, "binned", answers=11, trashed="2021-01-01T00:00:00Z"),
        taken(13, 3, "pills", status="SPAM"),
        taken(14, 3, "waiting", status="PENDING"),
        taken(15, 3, "reply", answers=12),
        taken(21, None, "draft", status="DRAFT"),
    )
    assert [p.native_id for p in found.posts] == ["11", "12", "15"]
    assert [p.status for p in found.posts] == ["present", "removed", "present"]
    assert [p.parent_native_id for p in found.posts] == [None, "11", "12"]
    assert not any(gone in found.text for gone in ("binned", "pills", "waiting", "draft"))
    assert built(found).posts[2].depth == 2


def json_comment(number: int, body: str, parent: int | None = None, **more: Any) -> dict[str, Any]:
    links = [
        {
            "rel": "self",
            "type": "application/atom+xml",
            "href": f"http://www.blogger.com/feeds/5/3/comments/default/{number}",
        }
    ]
    if parent:
        links.append(
            {
                "rel": "related",
                "href": f"http://www.blogger.com/feeds/5/3/comments/default/{parent}?v=2",
            }
        )
    return {
        "id": {"$t": f"{TAG}.post-{number}"},
        "published": {"$t": f"2020-01-{number:02}T10:00:00.000-08:00"},
        "content": {"type": "html", "$t": body},
        "link": links,
        "author": [{"name": {"$t": "Ann"}, "uri": {"$t": PROFILE}, "email": {"$t": "ann@mail.example"}}],
        "thr$in-reply-to": {"href": "http://b.example/p3.html", "ref": f"{TAG}.post-3"},
    } | more  # fmt: skip


def feed(*entries: dict[str, Any], total: int = 0) -> dict[str, Any]:
    return {"version": "1.0", "encoding": "UTF-8", "feed": {
        "xmlns": "http://www.w3.org/2005/Atom", "id": {"$t": f"{TAG}.post3..comments"},
        "title": {"type": "text", "$t": "Comments on Blog: Walks"},
        "generator": {"$t": "Blogger"}, "openSearch$totalResults": {"$t": str(total)},
        "entry": list(entries)}}  # fmt: skip


def test_a_feed_of_comments_in_json_is_read_oldest_first() -> None:
    removed = {"gd$extendedProperty": [{"name": "blogger.contentRemoved", "value": "true"}]}
    data = feed(
        json_comment(13, "Newest", parent=12),
        json_comment(12, "This comment has been removed by the author.", **removed),
        json_comment(11, "Oldest, p &lt; 0.05"),
        total=5,
    )
    for text in (json.dumps(data), f"// API callback\ngdata.handle({json.dumps(data)});"):
        (found,) = read(blogger.make(), text)
        assert (found.thread_key, found.url) == ("3", "http://b.example/p3.html")
        assert [p.status for p in found.posts] == ["present", "deleted", "present"]
        assert [p.parent_native_id for p in found.posts] == [None, None, "12"]
        assert found.posts[0].span.of(found.text) == "Oldest, p < 0.05"
        assert not found.complete
        assert "2 comments" in (found.note or "")
        assert "mail.example" not in repr(found)


def test_the_same_feed_in_atom_says_the_same() -> None:
    removed = "<gd:extendedProperty name='blogger.contentRemoved' value='true'/>"
    inner = f"<thr:in-reply-to ref='{TAG}.post-3' href='http://b.example/p3.html'/>"
    related = "<link rel='related' href='http://www.blogger.com/feeds/5/3/comments/default/12'/>"
    (found,) = documents(
        "<openSearch:totalResults>3</openSearch:totalResults><title>Comments on Blog: Walks</title>",
        entry(13, inner + related, "Newest"),
        entry(12, inner + removed, "Gelöscht, sagt niemand"),
        entry(11, inner, "Oldest"),
    )
    assert [p.native_id for p in found.posts] == ["11", "12", "13"]
    assert [p.status for p in found.posts] == ["present", "removed", "present"]
    assert found.complete
    assert found.title == "Comments on Blog: Walks"


def test_comments_of_many_posts_are_told_apart() -> None:
    found = documents(old_comment(11, 3, "a"), old_comment(12, 4, "b"), old_comment(13, 3, "c"))
    assert [(d.thread_key, words(d)) for d in found] == [("3", ["a", "c"]), ("4", ["b"])]
    assert all(d.title is None for d in found)


def test_a_feed_of_posts_says_that_its_comments_are_missing() -> None:
    (found,) = documents(entry(3, "<thr:total>7</thr:total>", "We walked."))
    assert not found.posts
    assert found.note == "7 comments of the post are not in the file"


def test_a_time_that_only_the_link_tells_is_found() -> None:
    part = old_comment(11, 3, "a").replace(
        "<published>2020-01-12T10:00:00.123+01:00</published>", ""
    )
    (found,) = documents(part)
    assert found.posts[0].posted_at == "2020-01-10T10:00:00+00:00"


@pytest.mark.parametrize("data", [HEAD + "</feed>", json.dumps(feed())])
def test_a_feed_without_entries_is_said_to_have_none(data: str) -> None:
    with pytest.raises(SourceError, match="no post and no comment"):
        list(blogger.make().read(page(data)))


def test_other_feeds_are_not_bloggers() -> None:
    sniff = blogger.make().sniff
    assert sniff(page("<feed xmlns='http://www.w3.org/2005/Atom'><entry/></feed>")) == 0
    assert sniff(page('{"feed": {"entry": []}}')) == 0
    assert sniff(page("A page about tag:blogger.com,1999 and <feed>")) == 0


ATOM = (HEAD + taken(3, None, "&lt;p&gt;We walked.&lt;/p&gt;") + taken(11, 3, "one") + taken(12, 3, "two", answers=11)
        + old_comment(13, 3, "three", parent=12) + "</feed>").encode()  # fmt: skip
JSON = json.dumps(
    feed(json_comment(11, "one"), json_comment(12, "two", parent=11), total=2)
).encode()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_mutated_exports_are_read_or_refused(data: st.DataObject) -> None:
    survives(blogger.make(), data.draw(mutations(ATOM)))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_mutated_json_is_read_or_refused(data: st.DataObject) -> None:
    survives(blogger.make(), data.draw(mutations(JSON)))
