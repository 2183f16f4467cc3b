"""Discourse's JSON: topics, their pages, and what the site marks as gone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mutated_json
import pytest
from hypothesis import given, settings
from mutated_json import page

from community import threads
from community.errors import SourceError
from community.readers import discourse
from community.types import RawDocument


def post(number: int, **more: Any) -> dict[str, Any]:
    data = {
        "id": 500 + number,
        "username": "marta",
        "name": "Marta K",
        "created_at": f"2024-03-0{min(number, 9)}T08:15:30.120Z",
        "cooked": f"<p>Words of post {number}</p>",
        "post_number": number,
        "post_type": 1,
        "reply_to_post_number": None,
        "topic_id": 31,
        "topic_slug": "stairs-and-rest",
        "user_id": 7,
        "admin": False,
        "moderator": False,
        "staff": False,
        "hidden": False,
        "user_deleted": False,
        "deleted_at": None,
        "post_url": f"/t/stairs-and-rest/31/{number}",
    }
    return data | more


def topic(*posts: dict[str, Any], stream: list[int] | None = None, **more: Any) -> dict[str, Any]:
    held: dict[str, Any] = {"posts": list(posts)}
    if stream is not None:
        held["stream"] = stream
    return {
        "post_stream": held,
        "id": 31,
        "title": "Stairs & rest",
        "slug": "stairs-and-rest",
    } | more


def read(found: Any, **more: Any) -> RawDocument:
    (document,) = discourse.make().read(page(found, **more))
    return document


def words(document: RawDocument) -> list[str]:
    return [each.span.of(document.text) for each in document.posts]


def test_a_topic_gives_its_posts_with_the_numbers_they_answer() -> None:
    document = read(topic(post(1), post(2, username="ivo"), post(3, reply_to_post_number=2)))
    assert [(p.native_id, p.parent_native_id) for p in document.posts] == [
        ("1", None), ("2", None), ("3", "2"),
    ]  # fmt: skip
    assert words(document) == ["Words of post 1", "Words of post 2", "Words of post 3"]
    assert document.title == "Stairs & rest"
    assert document.complete
    first = document.posts[0]
    assert (first.author, first.author_native_id) == ("marta", "7")
    assert first.posted_at == "2024-03-01T08:15:30+00:00"


def test_a_quotation_points_to_the_post_of_this_topic_and_to_no_other_topic_s() -> None:
    quote = '<aside class="quote" data-username="{}" data-post="2" data-topic="{}"><div class="title">{}:</div><blockquote><p>{}</p></blockquote></aside>'
    said = "Resting before noon changed how far I get"
    body = quote.format("ivo", 31, "ivo", said) + "<p>Same for me.</p>"
    away = quote.format("ivo", 99, "ivo", "Quite another talk altogether it was") + "<p>Old.</p>"
    document = read(
        topic(
            post(1), post(2, cooked=f"<p>{said}.</p>"), post(3, cooked=body), post(4, cooked=away)
        )
    )
    thread, _ = threads.build(document, source="x")
    here, there = thread.posts[2].quotes[0], thread.posts[3].quotes[0]
    assert here.of == thread.posts[1].id
    assert here.span.of(document.text) == said
    assert there.of == "external"
    assert "ivo:" not in document.text


def test_previews_of_linked_pages_are_quoted_and_counts_of_a_poll_are_no_words() -> None:
    box = '<aside class="onebox allowlistedgeneric" data-onebox-src="https://else.example/a"><header class="source">else.example</header><article class="onebox-body"><h3>A headline elsewhere</h3><p>Its first words.</p></article></aside>'
    poll = '<div class="poll"><div class="poll-container"><ul><li>Mornings</li><li>Evenings</li></ul></div><div class="poll-info">12 voters</div></div>'
    picture = '<div class="lightbox-wrapper"><a class="lightbox" href="x.png"><img src="x.png"><div class="meta"><span class="filename">x.png</span> 800x600</div></a></div>'
    document = read(
        topic(post(1, cooked=f"<p>Look here</p>{box}{poll}{picture}<p>What do you say?</p>"))
    )
    thread, _ = threads.build(document, source="x")
    assert [quote.of for quote in thread.posts[0].quotes] == ["external"]
    own = " ".join(thread.posts[0].own_text().split())
    assert own == "Look here Mornings Evenings What do you say?"


def test_what_was_deleted_or_hidden_keeps_its_place_without_words() -> None:
    document = read(
        topic(
            post(1),
            post(2, user_deleted=True, cooked="<p>(post deleted by author)</p>"),
            post(3, hidden=True, cooked="<p>Buy my tea</p>", reply_to_post_number=2),
            post(4, deleted_at="2024-03-09T00:00:00Z", deleted_by={"username": "boss"}),
            post(5, deleted_at="2024-03-09T00:00:00Z", deleted_by={"username": "marta"}),
        )
    )
    assert [p.status for p in document.posts] == [
        "present", "deleted", "removed", "removed", "deleted",
    ]  # fmt: skip
    assert document.posts[2].parent_native_id == "2"
    assert "tea" not in document.text


def test_small_actions_are_no_posts_and_whispers_stay_among_staff() -> None:
    closed = post(2, post_type=3, action_code="closed.enabled", cooked="")
    whisper = post(3, post_type=4, cooked="<p>Shall we ban him?</p>")
    document = read(topic(post(1), closed, whisper, post(4, post_type=2)))
    assert [p.native_id for p in document.posts] == ["1", "4"]
    assert "ban" not in document.text
    assert any("whisper" in problem for problem in document.problems)


def test_offices_and_titles_are_what_the_site_says_of_the_author() -> None:
    document = read(
        topic(
            post(1, admin=True, moderator=True, staff=True),
            post(2, moderator=True, staff=True, user_title="Nurse"),
            post(3, user_title="Regular"),
            post(4),
        )
    )
    assert [p.platform_role for p in document.posts] == [
        "admin",
        "moderator, Nurse",
        "Regular",
        None,
    ]


def test_posts_that_the_topic_lists_and_the_file_lacks_are_told() -> None:
    document = read(topic(post(1), post(2), stream=[501, 502, 503, 504]))
    assert not document.complete
    assert document.note == "2 of 4 posts are not in the file"
    counted = read({"post_stream": {"posts": [post(1, posts_count=9)]}, "id": 31})
    assert counted.note == "8 of 9 posts are not in the file"
    assert read(topic(post(1), post(2), stream=[501, 502], posts_count=7)).complete


def test_pages_of_one_topic_become_one_document_however_they_are_put_together() -> None:
    first = topic(post(1), post(2), stream=[501, 502, 503])
    more = {"post_stream": {"posts": [post(3), post(2)]}, "id": 31}
    one = json.dumps(first)
    together = [
        json.dumps([first, more]),
        f"{one}\n{json.dumps(more)}\n",
        one + json.dumps(more),
        json.dumps(first, indent=1) + "\n" + json.dumps(more, indent=1),
    ]
    for text in together:
        document = read(text.encode())
        assert [p.native_id for p in document.posts] == ["1", "2", "3"]
        assert document.complete


def test_a_list_of_posts_of_several_topics_gives_a_document_for_each() -> None:
    listed = [post(1), post(1, topic_id=32, topic_title="Another"), post(2)]
    documents = list(discourse.make().read(page({"latest_posts": listed})))
    assert [(d.thread_key, len(d.posts)) for d in documents] == [("31", 2), ("32", 1)]
    assert documents[1].title == "Another"


def test_addresses_come_from_where_the_page_was_fetched() -> None:
    document = read(topic(post(1)), url="https://talk.example/t/31.json")
    assert document.url == "https://talk.example/t/stairs-and-rest/31"
    assert document.posts[0].url == "https://talk.example/t/stairs-and-rest/31/1"
    assert read(topic(post(1))).posts[0].url is None


def test_only_topics_and_posts_are_taken_for_discourse() -> None:
    reader = discourse.make()
    assert reader.sniff(page(topic(post(1)))) > 0.95
    assert reader.sniff(page(b"\xef\xbb\xbf" + json.dumps([post(1)]).encode())) > 0.95
    long = topic(post(1, cooked="x" * 200_000))
    assert reader.sniff(page(long)) > 0.95
    for other in ({"topic_list": {"topics": []}}, [{"id": 1, "text": "cooked"}], b"<html>", b"["):
        assert reader.sniff(page(other)) == 0.0


def test_a_file_without_posts_is_refused_with_advice() -> None:
    with pytest.raises(SourceError, match="no post in it"):
        list(discourse.make().read(page({"post_stream": {"posts": []}, "id": 1})))
    with pytest.raises(SourceError, match="not JSON"):
        list(discourse.make().read(page(b'{"post_stream": {"posts": [')))
    with pytest.raises(SourceError, match="nested too deep"):
        list(discourse.make().read(page(b'{"post_stream":' * 100_000)))


QUOTING = '<aside class="quote" data-username="marta" data-post="1" data-topic="31"><blockquote><p>Words of post 1</p></blockquote></aside><p>Yes</p>'
SAMPLE = [
    topic(post(1, moderator=True), post(2, cooked=QUOTING, reply_to_post_number=1), stream=[501, 502, 503]),
    {"post_stream": {"posts": [post(3, reply_to_user={"username": "marta"}, post_type=2)]}, "id": 31},
    [post(4, topic_id=32, deleted_at="2024-03-09T00:00:00Z", deleted_by={"username": "x"})],
]  # fmt: skip


@given(found=mutated_json.mutated(SAMPLE))
@settings(max_examples=300, deadline=None)
def test_whatever_stands_in_the_fields_the_laws_hold(found: Any) -> None:
    mutated_json.check(discourse.make(), found)


def test_the_real_topic_is_read_as_its_gold_says(shared: Path) -> None:
    for path in sorted(shared.glob("pages/discourse_*.gold.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        document = read((path.parent / gold["file"]).read_bytes())
        thread, _ = threads.build(document, source="x")
        known = thread.by_id()
        assert len(thread.posts) == gold["n"]
        for post_, want in zip(thread.posts, gold["posts"], strict=True):
            parent = known[post_.parent_id].native_id if post_.parent_id else None
            assert (post_.native_id, parent, post_.depth) == (
                want["id"],
                want["parent"],
                want["depth"],
            )
            assert post_.author == want["author"]
            assert bool(post_.platform_role) == (want["role"] is not None)
            assert post_.posted_at == want["date"][:19] + "+00:00"
            targets = [known[q.of].native_id for q in post_.quotes if q.of in known]
            outer = [q["post_id"] for q in want["quotes"]]
            assert set(targets) <= set(outer)
            assert bool(targets) == bool(outer)
