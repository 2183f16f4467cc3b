"""Hacker News: items of both interfaces."""

from __future__ import annotations

import json
from typing import Any

import mutated_json
import pytest
from hypothesis import given, settings
from mutated_json import page

from community import threads
from community.errors import SourceError
from community.readers import hackernews
from community.types import RawDocument


def story(*kids: int, **more: Any) -> dict[str, Any]:
    data = {
        "id": 100,
        "type": "story",
        "by": "petra",
        "time": 1600000000,
        "title": "A pedometer of wood",
        "url": "https://wood.example",
        "score": 9,
        "kids": list(kids),
        "descendants": 0,
    }
    return data | more


def comment(number: int, parent: int, *kids: int, **more: Any) -> dict[str, Any]:
    data = {
        "id": number,
        "type": "comment",
        "by": f"user{number}",
        "time": 1600000000 + number,
        "parent": parent,
        "text": f"Comment {number} &#x2F; first<p>second paragraph",
        "kids": list(kids),
    }
    return data | more


def nested(number: int, parent: int | None, *children: Any, **more: Any) -> dict[str, Any]:
    data = {
        "id": number,
        "created_at": "2020-09-13T12:26:40.000Z",
        "created_at_i": 1600000000 + number,
        "type": "comment" if parent else "story",
        "author": f"user{number}",
        "text": f"<p>Nested {number}</p>" if parent else None,
        "title": None if parent else "A pedometer of wood",
        "points": None,
        "parent_id": parent,
        "story_id": 100 if parent else None,
        "children": list(children),
    }
    return data | more


def read(found: Any) -> RawDocument:
    (document,) = hackernews.make().read(page(found))
    return document


def words(document: RawDocument) -> list[str]:
    return [post.span.of(document.text) for post in document.posts]


def test_items_are_put_together_in_the_order_that_the_site_shows() -> None:
    items = [comment(3, 100), story(2, 3), comment(4, 2), comment(2, 100, 4)]
    document = read(items)
    assert [(p.native_id, p.parent_native_id) for p in document.posts] == [
        ("100", None), ("2", "100"), ("4", "2"), ("3", "100"),
    ]  # fmt: skip
    assert words(document)[:2] == ["A pedometer of wood", "Comment 2 / first\n\nsecond paragraph"]
    assert document.title == "A pedometer of wood"
    assert document.title_span is None  # the submission's own words
    assert document.posts[1].posted_at == "2020-09-13T12:26:42+00:00"
    assert document.complete


def test_lines_of_items_are_read_as_an_array_is() -> None:
    items = [story(2), comment(2, 100)]
    lines = "".join(json.dumps(item) + "\n" for item in items).encode()
    assert words(read(lines)) == words(read(items))


def test_nested_items_keep_their_nesting() -> None:
    found = nested(100, None, nested(2, 100, nested(3, 2)), nested(4, 100))
    document = read(found)
    assert [(p.native_id, p.parent_native_id) for p in document.posts] == [
        ("100", None), ("2", "100"), ("3", "2"), ("4", "100"),
    ]  # fmt: skip


def test_a_submission_with_a_text_has_both_title_and_text() -> None:
    assert words(read([story(text="Ask me <i>anything</i>")])) == [
        "A pedometer of wood\n\nAsk me anything"
    ]


def test_what_was_deleted_or_killed_keeps_its_place() -> None:
    gone = {"id": 2, "type": "comment", "deleted": True, "time": 1, "parent": 100, "kids": [3]}
    document = read([story(2, 4), gone, comment(3, 2), comment(4, 100, dead=True, text="Buy!")])
    assert [p.status for p in document.posts] == ["present", "deleted", "present", "removed"]
    assert "Buy" not in document.text
    assert document.posts[2].parent_native_id == "2"
    hollow = nested(2, 100, nested(3, 2), author=None, text=None)
    assert [p.status for p in read(nested(100, None, hollow)).posts] == [
        "present", "deleted", "present",
    ]  # fmt: skip


def test_items_that_are_named_and_not_there_are_counted() -> None:
    assert read(story(2, 3)).note == "2 comments are not in the file"
    assert read([story(2, descendants=5), comment(2, 100)]).note == "4 comments are not in the file"


def test_angle_brackets_and_repeating_italics_are_quotations() -> None:
    said = "The stairs at the station are the worst part of my day"
    answers = [
        comment(3, 2, text=f"<i>{said}</i><p>There is a lift, at the back."),
        comment(4, 2, text=f"&gt; {said}<p>Agreed."),
        comment(5, 2, text="<i>This I mean quite seriously, all of it</i><p>Go by bike."),
    ]
    document = read([story(2), comment(2, 100, 3, 4, 5, text=f"{said}."), *answers])
    thread, _ = threads.build(document, source="x")
    of = [[quote.of for quote in post.quotes] for post in thread.posts[2:]]
    assert of == [[thread.posts[1].id], [thread.posts[1].id], []]


def test_the_submitter_is_known_among_the_comments() -> None:
    document = read([story(2, 3), comment(2, 100, by="petra"), comment(3, 100)])
    assert [p.platform_role for p in document.posts] == ["post author", "post author", None]


def test_two_submissions_are_two_documents() -> None:
    other = story(6, id=200, title="Another")
    items = [story(2), other, comment(2, 100), comment(6, 200)]
    documents = list(hackernews.make().read(page(items)))
    assert [(d.thread_key, len(d.posts)) for d in documents] == [("100", 2), ("200", 2)]


def test_comments_without_their_submission_are_first_posts_where_it_is_named() -> None:
    document = read([nested(2, 100, nested(3, 2)), nested(4, 100)])
    assert [p.parent_native_id for p in document.posts] == [None, "2", None]
    alone = read(comment(3, 2))
    assert alone.posts[0].parent_native_id == "2"  # of a comment, or of the submission: not told


def test_hits_of_the_search_are_comments_of_their_submissions() -> None:
    hit = {
        "objectID": "7",
        "author": "ruth",
        "comment_text": "Wood warps.",
        "story_id": 100,
        "parent_id": 100,
        "created_at_i": 1600000007,
        "story_title": "A pedometer of wood",
    }
    reply = hit | {"objectID": "8", "comment_text": "Not mine.", "parent_id": 7}
    found = {"hits": [hit, reply], "nbHits": 2}
    assert hackernews.make().sniff(page(found)) > 0.9
    document = read(found)
    assert [(p.native_id, p.parent_native_id, p.author) for p in document.posts] == [
        ("7", None, "ruth"), ("8", "7", "ruth"),
    ]  # fmt: skip


def test_circles_of_parents_end() -> None:
    document = read([comment(1, 2), comment(2, 1), comment(4, 1)])
    thread, problems = threads.build(document, source="x")
    assert len(thread.posts) == 3
    assert any("circle" in problem for problem in problems)
    mutated_json.check(hackernews.make(), [comment(1, 2), comment(2, 3), comment(3, 1)])


def test_items_are_known_and_other_json_is_not() -> None:
    reader = hackernews.make()
    for found in (story(2), comment(2, 1), [story(), comment(2, 100)], nested(100, None)):
        assert reader.sniff(page(found)) > 0.9
    others = [
        {"type": "story", "title": "Once"},
        {"children": [], "id": 1},
        [1, 2],
        b"id,by,text\n",
    ]
    for other in others:
        assert reader.sniff(page(other)) == 0.0


def test_what_holds_no_item_is_refused() -> None:
    with pytest.raises(SourceError, match="no submission"):
        list(hackernews.make().read(page([1, 2, 3])))


SAMPLE = [
    story(2, 3, descendants=4),
    comment(2, 100, 4, text="<i>A pedometer of wood</i><p>yes"),
    comment(3, 100, dead=True),
    comment(4, 2),
    nested(300, None, nested(302, 300, nested(303, 302), author=None, text=None)),
    {"hits": [{"objectID": "7", "comment_text": "Wood.", "story_id": 100, "parent_id": 100}]},
]


@given(found=mutated_json.mutated(SAMPLE))
@settings(max_examples=300, deadline=None)
def test_whatever_stands_in_the_fields_the_laws_hold(found: Any) -> None:
    mutated_json.check(hackernews.make(), found)
