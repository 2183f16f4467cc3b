"""YouTube's comments: Takeout, the Data API, and what downloaders write."""

from __future__ import annotations

import csv
import io
import json
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community import assembly, threads
from community.analysis import choose
from community.errors import CommunityError, SourceError
from community.readers import youtube
from community.types import Page, RawDocument


def page(found: Any, key: str = "comments") -> Page:
    data = found if isinstance(found, bytes) else json.dumps(found).encode()
    return Page(key=key, head=data[: 64 * 1024], size=len(data), open=partial(BytesIO, data))


def read(found: Any) -> list[RawDocument]:
    made = page(found)
    steps = assembly.steps(assembly.load_codebook(None), coders=())
    assert choose(steps, made)[0] == "youtube"
    return list(youtube.make().read(made))


def words(document: RawDocument) -> list[str]:
    return [post.span.of(document.text) for post in document.posts]


def takeout(header: str, *rows: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([header.split(","), *rows])
    return out.getvalue().encode()


OWN = "UC" + "x" * 22
HEADERS = (
    "Comment ID,Channel ID,Comment Create Timestamp,Price,Parent Comment ID,Post ID,Video ID,"
    "Comment Text,Top-level Comment ID",
    "Comment ID,Channel ID,Comment create timestamp,Price,Parent comment ID,Post ID,Video ID,"
    "Comment text,Top-Level Comment ID",
    "Kommentar-ID,Kanal-ID,Zeitstempel der Erstellung des Kommentars,Preis,"
    "ID des übergeordneten Kommentars,Beitrags-ID,Video-ID,Kommentartext,"
    "Kommentar-ID der obersten Ebene",
)


@pytest.mark.parametrize("header", HEADERS, ids=["title", "sentence", "german"])
def test_takeout_gives_a_document_per_video_with_plain_words(header: str) -> None:
    first, second = read(
        takeout(
            header,
            ["Ugx1", OWN, "2021-03-04T05:06:07Z", "0", "", "", "vid01", '{"text":"I was there."}', ""],
            ["Ugx1.9a", OWN, "2021-03-05T05:06:07Z", "0", "Ugx1", "", "vid01",
             '{"text":"And "},{"text":"again"},{"text":"\\nsoon."}', "Ugx1"],
            ["Ugy2", OWN, "2021-03-06T05:06:07.123Z", "0", "", "", "vid02",
             '{"takeoutSegments":[{"text":"See "},{"text":"this","link":{"linkUrl":"https://x.example"}}]}', ""],
            ["Ugz9.2", OWN, "2021-03-06T06:06:07Z", "0", "Ugz9", "", "vid02", '{"text":"Not so."}', "Ugz9"],
        )
    )  # fmt: skip
    assert (first.thread_key, second.thread_key) == ("vid01", "vid02")
    assert words(first) == ["I was there.", "And again\nsoon."]
    assert first.posts[1].parent_native_id == "Ugx1"
    assert first.posts[0].posted_at == "2021-03-04T05:06:07+00:00"
    assert first.posts[0].author_native_id == OWN or first.posts[0].author == OWN
    assert words(second) == ["See this", "Not so."]
    assert not second.complete
    assert "own comments" in (second.note or "")
    thread, _ = threads.build(second, source="x")
    assert [post.gap for post in thread.posts] == [False, True]


def test_comments_on_posts_are_kept_apart_from_those_on_videos() -> None:
    documents = read(
        takeout(
            HEADERS[0],
            ["Ugx1", OWN, "2021-03-04T05:06:07Z", "0", "", "", "vid01", '{"text":"On a video."}', ""],
            ["Ugx2", OWN, "2021-03-04T05:06:08Z", "0", "", "", "vid01", '{"text":"Again."}', ""],
            ["Ugx3", OWN, "2021-03-04T05:06:09Z", "0", "", "post77", "", '{"text":"On a post."}', ""],
        )
    )  # fmt: skip
    assert [document.thread_key for document in documents] == ["vid01", "post77"]


def test_words_that_only_begin_with_a_bracket_stay() -> None:
    assert youtube.segments("{so it is}") == "{so it is}"
    assert youtube.segments("[1, 2]") == "[1, 2]"
    assert youtube.segments("plain") == "plain"


DOWNLOADED = [
    {"cid": "Ugx1", "text": "I was there.", "time": "2 years ago", "author": "@ann",
     "channel": "UCa", "votes": "3", "replies": "1", "photo": "https://x.example/p", "heart": False,
     "reply": False, "time_parsed": 1600000000.5},
    {"cid": "Ugx1.9b", "text": "Me too > you", "time": "1 year ago", "author": "@bob",
     "channel": "UCb", "votes": "0", "photo": "https://x.example/p", "heart": False, "reply": True},
]  # fmt: skip


def test_a_downloaded_reply_s_id_begins_with_that_of_its_parent() -> None:
    by_line = "".join(json.dumps(row) + "\n" for row in DOWNLOADED).encode()
    for found in (by_line, DOWNLOADED, {"comments": DOWNLOADED}):
        (document,) = read(found)
        first, second = document.posts
        assert words(document) == ["I was there.", "Me too > you"]
        assert (first.parent_native_id, second.parent_native_id) == (None, "Ugx1")
        assert (first.author, first.author_native_id) == ("@ann", "UCa")
        assert (first.posted_at, first.time_precision) == ("2020-09-13T12:26:40+00:00", "relative")
        assert (second.posted_at, second.time_precision) == (None, "relative")


def test_a_video_s_facts_with_its_comments_are_read() -> None:
    info = {
        "id": "vid01", "title": "A walk", "extractor": "youtube", "comment_count": 5,
        "webpage_url": "https://www.youtube.com/watch?v=vid01",
        "comments": [
            {"id": "Ugx1", "parent": "root", "text": "Nice.", "author": "@ann", "author_id": "UCa",
             "timestamp": 1600000000, "author_is_uploader": True},
            {"id": "Ugx1.2", "parent": "Ugx1", "text": "Very.", "author": "@bob"},
        ],
    }  # fmt: skip
    (document,) = read(info)
    assert (document.title, document.thread_key) == ("A walk", "vid01")
    assert document.note == "3 of 5 comments are not in the file"
    assert document.posts[0].platform_role == "post author"
    assert [post.parent_native_id for post in document.posts] == [None, "Ugx1"]


def said(name: str, text: str, **more: Any) -> dict[str, Any]:
    snippet = {
        "textDisplay": f"<b>{text}</b>", "textOriginal": text, "authorDisplayName": "@ann",
        "authorChannelId": {"value": "UCa"}, "publishedAt": "2021-03-04T05:06:07Z",
    }  # fmt: skip
    return {"kind": "youtube#comment", "id": name, "snippet": snippet | more}


def answered(name: str, text: str, count: int, *replies: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "youtube#commentThread", "id": name,
        "snippet": {"videoId": "vid01", "channelId": "UCz", "totalReplyCount": count,
                    "topLevelComment": said(name, text, videoId="vid01")},
        "replies": {"comments": list(replies)},
    }  # fmt: skip


def pages(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"kind": "youtube#commentThreadListResponse", "items": list(items)} | more


def test_the_data_api_s_threads_have_their_replies_the_oldest_first() -> None:
    late = said("Ugx1.b", "Later", publishedAt="2021-04-04T05:06:07Z", parentId="Ugx1")
    soon = said("Ugx1.a", "Sooner", authorChannelId={"value": "UCz"}, parentId="Ugx1")
    found = pages(answered("Ugx1", "First", 2, late, soon), answered("Ugx2", "Second", 0))
    (document,) = read(found)
    assert words(document) == ["First", "Sooner", "Later", "Second"]
    assert [post.parent_native_id for post in document.posts] == [None, "Ugx1", "Ugx1", None]
    assert document.posts[1].platform_role == "post author"
    assert document.posts[0].posted_at == "2021-03-04T05:06:07+00:00"
    assert (document.thread_key, document.complete) == ("vid01", True)
    assert document.url == "https://www.youtube.com/watch?v=vid01"


def test_what_the_api_did_not_give_is_said() -> None:
    (document,) = read(pages(answered("Ugx1", "First", 7), nextPageToken="abc"))
    assert document.note == (
        "7 replies are not in the file; further pages of comments are not in the file"
    )
    reply = said("Ugx1.a", "Answer", parentId="Ugx1")
    listed = {"kind": "youtube#commentListResponse", "items": [reply]}
    several = [pages(answered("Ugx1", "First", 1), nextPageToken="a"), pages(), listed]
    (document,) = read(several)
    assert document.complete
    assert document.posts[1].parent_native_id == "Ugx1"
    with pytest.raises(SourceError, match="no comment"):
        read(pages())


def test_what_is_not_youtube_s_is_left_alone() -> None:
    sniff = youtube.make().sniff
    assert sniff(page(b"id,text\n1,words here\n")) == 0
    assert sniff(page(b'{"id": 1, "text": "words"}\n')) == 0
    assert sniff(page(b"<html><body>youtube#comment</body></html>")) == 0


SHAPES: list[bytes] = [
    takeout(HEADERS[0], ["Ugx1", OWN, "2021-03-04T05:06:07Z", "0", "", "", "v", '{"text":"Hi."}', ""]),
    "".join(json.dumps(row) + "\n" for row in DOWNLOADED).encode(),
    json.dumps(pages(answered("Ugx1", "First", 1, said("Ugx1.a", "x")))).encode(),
]  # fmt: skip


@given(st.sampled_from(SHAPES), st.data())
def test_damaged_files_are_read_or_refused(whole: bytes, data: st.DataObject) -> None:
    raw = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    made = page(bytes(raw))
    youtube.make().sniff(made)
    try:
        for document in youtube.make().read(made):
            threads.build(document, source="x")
    except CommunityError:
        return
