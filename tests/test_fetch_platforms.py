"""Where a platform offers more than its page: Discourse, Reddit, Hacker News, Blogger, WordPress."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fetching import Desk, page, post
from hypothesis import given
from hypothesis import strategies as st
from servers.misbehaving import Asked, Reply, serving

from community.fetching.client import Answer
from community.fetching.outcomes import Failed, Refused
from community.fetching.platforms import better, direct
from community.html.markup import parse


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with serving() as server:
        yield Desk(server, tmp_path / "study")


def data(told: Any, **headers: str) -> Reply:
    return Reply(json.dumps(told), kind="application/json; charset=utf-8", headers=headers)


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("https://www.reddit.com/r/ms/comments/abc12/walking_again/",
         "https://www.reddit.com/r/ms/comments/abc12/walking_again.json?raw_json=1&limit=500"),
        ("https://old.reddit.com/r/ms/comments/abc12",
         "https://old.reddit.com/r/ms/comments/abc12.json?raw_json=1&limit=500"),
        ("https://www.reddit.com/r/ms/comments/abc12/walking_again.json", None),
        ("https://www.reddit.com/r/ms/", None),
        ("https://notreddit.com/r/ms/comments/abc12/x/", None),
        ("https://news.ycombinator.com/item?id=123", "https://hn.algolia.com/api/v1/items/123"),
        ("https://news.ycombinator.com/item?id=../../x", None),
        ("https://news.ycombinator.com/news", None),
    ],
)  # fmt: skip
def test_some_addresses_tell_where_the_data_lie(page: str, address: str | None) -> None:
    assert direct(page) == address


def test_a_reddit_thread_is_kept_as_data_and_read_as_one(desk: Desk) -> None:
    listing = [
        {"kind": "Listing", "data": {"children": [{"kind": "t3", "data": {
            "id": "abc12", "name": "t3_abc12", "title": "Walking again", "author": "ines",
            "selftext": "Does anybody run after treatment?", "created_utc": 1700000000.0,
            "permalink": "/r/ms/comments/abc12/walking_again/", "subreddit": "ms"}}]}},
        {"kind": "Listing", "data": {"children": [{"kind": "t1", "data": {
            "id": "c1", "name": "t1_c1", "parent_id": "t3_abc12", "link_id": "t3_abc12",
            "author": "olav", "body": "I do, slowly.", "created_utc": 1700000100.0,
            "replies": ""}}]}},
    ]  # fmt: skip
    host = "www.reddit.com"
    desk.names[host] = ["127.0.0.1"]
    path = "/r/ms/comments/abc12/walking_again"
    desk.server.routes[f"{host} {path}.json?raw_json=1&limit=500"] = data(listing)
    done = desk.fetch(desk.server.url(f"{path}/?utm_source=share", host), hosts=[host])
    assert [entry.outcome for entry in done.entries] == ["new"]
    assert json.loads(desk.text(done.entries[0].file)) == listing
    assert done.entries[0].file.startswith("reddit.com-r-ms-comments-abc12-walking-again-")


def topic(numbers: range, stream: range) -> dict[str, Any]:
    posts = [
        {"id": 100 + n, "post_number": n, "username": f"u{n}", "cooked": f"<p>Contribution {n}.</p>",
         "reply_to_post_number": None, "created_at": "2024-05-01T10:00:00.000Z"}
        for n in numbers
    ]  # fmt: skip
    return {
        "id": 7,
        "title": "Walking",
        "post_stream": {"posts": posts, "stream": [100 + n for n in stream]},
    }


DISCOURSE = "<meta name=generator content='Discourse 3.3.0 - https://github.com/discourse'>"


def discourse(desk: Desk, size: int) -> None:
    def batch(asked: Asked) -> Reply:
        wanted = [int(n) - 100 for n in re.findall(r"post_ids(?:\[\]|%5B%5D)=(\d+)", asked.path)]
        assert wanted and len(wanted) <= 20
        return data(topic(range(wanted[0], wanted[-1] + 1), range(0)))

    class Routes(dict[str, Any]):
        def get(self, key: str, default: Any = None) -> Any:
            return batch if key.startswith("/t/7/posts.json?") else super().get(key, default)

    desk.server.routes = Routes()
    desk.server.routes["/t/walking/7"] = Reply(page(head=DISCOURSE))
    desk.server.routes["/t/walking/7/33"] = Reply(page(head=DISCOURSE))
    desk.server.routes["/t/7.json"] = data(topic(range(1, min(size, 20) + 1), range(1, size + 1)))


def test_a_discourse_topic_is_one_file_with_all_its_posts(desk: Desk) -> None:
    discourse(desk, 55)
    done = desk.fetch("/t/walking/7", "/t/walking/7/33")
    assert [entry.outcome for entry in done.entries] == ["new", "duplicate"]
    told = json.loads(desk.text(done.entries[0].file))
    assert [p["post_number"] for p in told["post_stream"]["posts"]] == list(range(1, 56))
    assert "Discourse" in done.entries[0].note and len(done.entries[0].parts) == 3


def test_the_page_limit_holds_for_posts_too_and_is_told(desk: Desk) -> None:
    discourse(desk, 55)
    entry = desk.fetch("/t/walking/7", pages=2).entries[0]
    assert "15 of 55 posts" in entry.note
    assert len(json.loads(desk.text(entry.file))["post_stream"]["posts"]) == 40


def test_the_page_is_kept_where_the_interface_does_not_serve(desk: Desk) -> None:
    desk.server.routes |= {
        "/robots.txt": Reply("User-agent: *\nDisallow: /*.json", kind="text/plain"),
        "/t/walking/7": Reply(page(post(1, "One."), post(2, "Two."), head=DISCOURSE)),
    }
    entry = desk.fetch("/t/walking/7").entries[0]
    assert entry.outcome == "new" and entry.file.endswith(".html") and "robots.txt" in entry.note


def blogger(desk: Desk, on_page: int, in_all: int) -> None:
    base = desk.server.url("/feeds/55/comments/default")
    head = f'<link rel="alternate" type="application/atom+xml" href="{base}">'
    items = "".join(
        f'<li class="comment" id="c{900000 + n}"><p>Words {n}.</p></li>' for n in range(on_page)
    )
    desk.server.routes["/2024/05/walking.html"] = Reply(page(items, head=head))

    def entry(n: int) -> dict[str, Any]:
        return {
            "id": {"$t": f"tag:blogger.com,1999:blog-3.post-{900000 + n}"},
            "content": {"$t": f"Words {n}."},
        }

    for start in (1, 201):
        numbers = range(start - 1, min(in_all, start + 199))
        feed = {
            "openSearch$totalResults": {"$t": str(in_all)},
            "entry": [entry(n) for n in numbers],
        }
        query = f"alt=json&orderby=published&max-results=200&start-index={start}"
        desk.server.routes[f"/feeds/55/comments/default?{query}"] = data({"feed": feed})
    desk.server.routes["/feeds/posts/default/55?alt=json"] = data(
        {"entry": {"title": {"$t": "Walking"}}}
    )


def test_a_blogger_page_is_kept_while_it_is_whole(desk: Desk) -> None:
    blogger(desk, 3, 3)
    assert desk.fetch("/2024/05/walking.html").entries[0].file.endswith(".html")


def test_a_blogger_feed_is_kept_where_the_page_shows_a_part(desk: Desk) -> None:
    blogger(desk, 3, 230)
    entry = desk.fetch("/2024/05/walking.html").entries[0]
    told = json.loads(desk.text(entry.file))
    assert (
        len(told["feed"]["entry"]) == 231 and told["feed"]["entry"][0]["title"]["$t"] == "Walking"
    )
    assert desk.files() == [entry.file]


# ---- WordPress: what a site may do other than a fresh one ------------------------------------------


def wordpress(desk: Desk, comments: list[dict[str, Any]], *shown: str, status: int = 200) -> None:
    root = desk.server.url("/wp-json/")
    head = (
        f'<link rel="https://api.w.org/" href="{root}">'
        f'<link rel="alternate" type="application/json" href="{root}wp/v2/posts/9">'
    )
    told = {"id": 9, "title": {"rendered": "Walking"}, "content": {"rendered": "<p>Far.</p>", "protected": False},
            "link": desk.server.url("/walking/"), "author": 3, "guid": "x"}  # fmt: skip

    def answer(asked: Asked) -> Reply:
        if asked.path.startswith("/wp-json/wp/v2/posts/9"):
            return data(told, **{"X-Robots-Tag": "noindex"})
        number = int((re.findall(r"[?&]page=(\d+)", asked.path) or ["1"])[0])
        listed = comments[100 * (number - 1) : 100 * number]
        reply = data(listed, **{"X-WP-Total": str(len(comments)), "X-Robots-Tag": "noindex"})
        return reply if status == 200 else Reply("{}", status=status, kind="application/json")

    class Routes(dict[str, Any]):
        def get(self, key: str, default: Any = None) -> Any:
            return answer if key.startswith("/wp-json/wp/v2/") else super().get(key, default)

    desk.server.routes = Routes()
    desk.server.routes["/walking/"] = Reply(page(*shown, head=head))


def comment(number: int, parent: int = 0) -> dict[str, Any]:
    return {"id": number, "post": 9, "parent": parent, "author": 0, "author_name": "ines",
            "author_avatar_urls": {"24": "https://secure.gravatar.example/avatar/0123"},
            "author_email": "ines@example.org", "author_ip": "198.51.100.7",
            "date_gmt": "2024-05-01T10:00:00", "content": {"rendered": f"<p>Words {number}.</p>"},
            "status": "approved", "type": "comment"}  # fmt: skip


def test_the_interface_replaces_the_page_and_personal_fields_stay_away(desk: Desk) -> None:
    wordpress(
        desk, [comment(n, n - 1) for n in range(1, 231)], post(1, "Words 1."), post(2, "Words 2.")
    )
    done = desk.fetch("/walking/")
    assert [entry.outcome for entry in done.entries] == ["new"]
    text = desk.text(done.entries[0].file)
    told = json.loads(text)
    assert [c["id"] for c in told["comments"]] == list(range(1, 231)) and told["total"] == 230
    assert (
        told["comments"][7]["parent"] == 7 and told["post"]["content"]["rendered"] == "<p>Far.</p>"
    )
    assert "@" not in text and "198.51" not in text and "avatar" not in text


def test_the_page_stays_where_the_interface_lacks_a_comment_that_it_shows(desk: Desk) -> None:
    wordpress(desk, [comment(1)], post(1, "Words 1."), post(2, "Words 2."))
    assert desk.fetch("/walking/").entries[0].file.endswith(".html")


def test_a_pingback_on_the_page_is_no_comment_that_is_lacking(desk: Desk) -> None:
    pingback = '<li id="comment-8" class="pingback even"><p>Pingback: elsewhere</p></li>'
    wordpress(desk, [comment(1)], post(1, "Words 1."), pingback)
    assert desk.fetch("/walking/").entries[0].file.endswith(".json")


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_the_page_stays_where_the_interface_is_closed(desk: Desk, status: int) -> None:
    wordpress(desk, [comment(1)], post(1, "Words 1."), post(2, "Words 2."), status=status)
    entry = desk.fetch("/walking/").entries[0]
    assert entry.outcome == "new" and entry.file.endswith(".html") and "interface" in entry.note


def test_an_article_without_comments_stays_a_page(desk: Desk) -> None:
    wordpress(desk, [])
    assert desk.fetch("/walking/").entries[0].file.endswith(".html")


def test_a_page_that_was_kept_goes_when_the_interface_has_it_all(desk: Desk) -> None:
    wordpress(desk, [comment(1)], post(1, "Words 1."), post(2, "Words 2."))
    desk.fetch("/walking/")
    wordpress(desk, [comment(1), comment(2, 1)], post(1, "Words 1."), post(2, "Words 2."))
    done = desk.fetch("/walking/")
    assert [entry.outcome for entry in done.entries] == ["new", "removed"]
    assert [name.rpartition(".")[2] for name in desk.files()] == ["json"]


# ---- whatever a page and an interface may say --------------------------------------------------------

HREFS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "http://f.example/wp-json/", "http://f.example/?rest_route=/", "http://[bad", "//",
            "http://f.example/wp-json/wp/v2/posts/9", "http://f.example/?p=9", "http://f.example:x/",
            "http://f.example/feeds/9/comments/default", "http://f.example\x7f/", "https://f.example/?p=",
        ]
    ),
)  # fmt: skip
WORTH = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["id", "content", "protected", "link", "feed", "entry", "post_stream", "posts", "stream",
                 "openSearch$totalResults", "$t", "title"]
            ), inner, max_size=4),
    ),
    max_leaves=12,
)  # fmt: skip


@given(
    st.lists(HREFS, min_size=4, max_size=4), st.lists(WORTH, min_size=1, max_size=4), st.booleans()
)
def test_no_page_and_no_interface_breaks_the_choice(
    hrefs: list[str], told: list[Any], is_discourse: bool
) -> None:
    import html

    rels = (
        'rel="https://api.w.org/"', 'rel="alternate" type="application/json"', 'rel="shortlink"',
        'rel="alternate" type="application/atom+xml"',
    )  # fmt: skip
    head = "".join(
        f'<link {rel} href="{html.escape(href)}">' for rel, href in zip(rels, hrefs, strict=True)
    ) + (DISCOURSE if is_discourse else "")
    bodies = iter(told * 5)

    def get(url: str) -> Answer:
        try:
            body = json.dumps(next(bodies)).encode()
        except StopIteration as error:
            raise Failed(url, "has no more to say") from error
        headers = httpx.Headers({"X-WP-Total": "9"})
        return Answer(asked=url, url=url, status=200, headers=headers, body=body, kind="json",
                      at="2026-01-01T00:00:00+00:00", robots="allowed")  # fmt: skip

    home = Answer(asked="http://f.example/t/x/9", url="http://f.example/t/x/9", status=200, kind="html",
                  headers=httpx.Headers(), body=b"", at="", robots="allowed")  # fmt: skip
    try:
        found = better(home, parse(page(head=head), "page"), get, 3)
    except (Refused, Failed):
        return
    assert found is None or json.loads(found.body) is not None
