"""Which links lead to more of a discussion, and the names that pages get."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fetching import Desk, page, post
from hypothesis import given
from hypothesis import strategies as st
from servers.misbehaving import Reply, serving

from community.fetching.paging import Trail, mark, shown
from community.fetching.urls import file_name, is_trap, plain
from community.html.markup import parse


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with serving() as server:
        yield Desk(server, tmp_path / "study")


def anchors(*hrefs: str) -> str:
    return "".join(f'<a href="{href}">{n}</a> ' for n, href in enumerate(hrefs, 10))


def followed(start: str, html: str) -> list[str]:
    """Links of one page that are taken for further pages, in the order in which they are asked."""
    root = parse(html, "page")
    trail = Trail(start)
    trail.add(root, start, shown(root))
    found = []
    while (url := trail.next()) is not None:
        found.append(url.removeprefix("http://f.example"))
    return found


@pytest.mark.parametrize(
    ("start", "links", "pages"),
    [
        ("/post/", ["/post/comment-page-2/#c", "/post/comment-page-1/"],
         ["/post/comment-page-1/", "/post/comment-page-2/"]),
        ("/?p=5", ["/?p=5&cpage=2", "/?p=6", "/?p=6&cpage=2", "/?p=5&cpage=2#comment-9"], ["/?p=5&cpage=2"]),
        ("/viewtopic.php?t=7", ["viewtopic.php?f=2&t=7&start=10", "viewtopic.php?t=7&start=20&sid=0af",
                                "viewtopic.php?t=8&start=10", "viewtopic.php?t=7&view=next",
                                "viewtopic.php?t=7&start=0"],
         ["/viewtopic.php?f=2&t=7&start=10", "/viewtopic.php?t=7&start=20"]),
        ("/threads/walk.12/", ["/threads/walk.12/page-2", "/threads/walk.12/page-11", "/threads/run.13/page-2",
                               "/threads/walk.12/post-88", "/threads/walk.12/page-2#post-88"],
         ["/threads/walk.12/page-2", "/threads/walk.12/page-11"]),
        ("/index.php?topic=14.0", ["/index.php?topic=14.15", "/index.php?topic=14.msg99#msg99",
                                   "/index.php?topic=14.0;prev_next=next", "/index.php?topic=15.15"],
         ["/index.php?topic=14.15"]),
        ("/showthread.php?tid=3", ["showthread.php?tid=3&page=2", "showthread.php?tid=3&page=2&s=" + "a" * 32,
                                   "showthread.php?tid=3&action=lastpost", "showthread.php?tid=3&mode=threaded"],
         ["/showthread.php?tid=3&page=2"]),
        ("/thread-3.html", ["thread-3-page-2.html", "thread-4-page-2.html"], ["/thread-3-page-2.html"]),
        ("/topic/9-walk/", ["/topic/9-walk/page/2/", "/topic/9-walk/?page=3", "/topic/9-walk/?do=getNewComment"],
         ["/topic/9-walk/page/2/", "/topic/9-walk/?page=3"]),
        ("/a", ["/a?replytocom=3", "/a?share=x", "/a/feed/", "/b?page=2", "https://else.example/a?page=2",
                "javascript:go(2)", "mailto:x@y.example", "http://[bad", "/a?page=2&replytocom=3"], []),
        ("/a?page=3", ["/a", "/a?page=2", "/a?page=4"], ["/a", "/a?page=2", "/a?page=4"]),
    ],
)  # fmt: skip
def test_links_to_further_pages_are_told_from_others(
    start: str, links: list[str], pages: list[str]
) -> None:
    assert followed(f"http://f.example{start}", page(links=anchors(*links))) == pages


def test_the_page_called_1_is_where_we_began_unless_pages_count_from_0() -> None:
    one = '<a href="?page=1">1</a><a href="?page=2">2</a>'
    zero = '<a href="?page=1">2</a><a href="?page=2">3</a>'
    assert followed("http://f.example/node/5", page(links=one)) == ["/node/5?page=2"]
    assert followed("http://f.example/node/5", page(links=zero)) == [
        "/node/5?page=1",
        "/node/5?page=2",
    ]


def test_rel_next_is_followed_on_the_same_path_alone() -> None:
    other = '<a rel="next" href="/2024/05/another-article/">Next post</a>'
    cursor = '<a rel="next" href="?after=c19">Older</a>'
    assert followed("http://f.example/2024/04/this/", page(links=other)) == []
    assert followed("http://f.example/2024/04/this/", page(links=cursor)) == [
        "/2024/04/this/?after=c19"
    ]


def test_the_canonical_address_names_the_discussion_too() -> None:
    head = '<link rel="canonical" href="http://f.example/viewtopic.php?t=7">'
    links = anchors("/viewtopic.php?t=7&start=10")
    start = "http://f.example/viewtopic.php?p=55"
    assert followed(start, page(head=head, links=links)) == ["/viewtopic.php?t=7&start=10"]


@given(st.text(max_size=80))
def test_no_address_breaks_the_reading_of_page_numbers(text: str) -> None:
    url = f"http://f.example/{text}"
    try:
        plain(url)
    except ValueError:
        return
    assert mark(url).path and is_trap(url) in (True, False)


@given(st.text(max_size=400), st.text(max_size=400))
def test_file_names_are_portable_stable_and_apart(one: str, two: str) -> None:
    urls = [f"http://f.example/{part}".replace("[", "").replace("]", "") for part in (one, two)]
    names = [file_name(url, "html") for url in urls]
    for url, name in zip(urls, names, strict=True):
        assert re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,118}[a-z0-9]", name) and len(name) <= 120
        assert name == file_name(url, "html") != file_name(url, "html", long=True)
    assert (names[0] == names[1]) == (urls[0] == urls[1])


def test_file_names_can_be_read() -> None:
    name = file_name("https://www.forum.example/thread/walking-again.php?page=2", "html")
    assert name.startswith("forum.example-thread-walking-again-page-2-")


# ---- over a server ------------------------------------------------------------------------------


def thread(desk: Desk, pages: int) -> None:
    nav = anchors(*(f"/t?page={n}" for n in range(1, pages + 1)))
    for n in range(1, pages + 1):
        posts = [post(10 * n + k, f"Post {k} of page {n} says its own thing.") for k in range(3)]
        desk.server.routes["/t" if n == 1 else f"/t?page={n}"] = Reply(page(*posts, links=nav))


def test_all_pages_of_a_discussion_are_fetched_once(desk: Desk) -> None:
    thread(desk, 4)
    done = desk.fetch("/t")
    assert [entry.outcome for entry in done.entries] == ["new"] * 4
    assert desk.server.paths() == ["/t", "/t?page=2", "/t?page=3", "/t?page=4"]
    assert len(desk.files()) == 4 and done.lost == 0


def test_the_page_limit_is_told(desk: Desk) -> None:
    thread(desk, 4)
    done = desk.fetch("/t", pages=2)
    assert [entry.outcome for entry in done.entries] == ["new", "new", "refused"]
    assert "--pages" in done.entries[-1].note and done.kept == 2


def test_a_page_that_fails_does_not_cost_the_others(desk: Desk) -> None:
    thread(desk, 4)
    desk.server.routes["/t?page=2"] = Reply("", status=404)
    done = desk.fetch("/t")
    assert [entry.outcome for entry in done.entries] == ["new", "failed", "new", "new"]


def test_a_page_that_shows_nothing_new_is_not_kept(desk: Desk) -> None:
    thread(desk, 2)
    front = desk.server.routes["/t"]
    desk.server.routes["/t?page=3"] = front
    nav = anchors("/t?page=3")
    assert isinstance(front, Reply)
    desk.server.routes["/t?page=2"] = Reply(
        page(post(21, "A post of the second page, alone."), links=nav)
    )
    done = desk.fetch("/t")
    assert [entry.outcome for entry in done.entries] == ["new", "new", "duplicate"]
    assert len(desk.files()) == 2


def test_an_endless_calendar_of_pages_ends_at_the_limit(desk: Desk) -> None:
    def any_page(asked: Any) -> Reply:
        number = int((re.findall(r"page=(\d+)", asked.path) or ["1"])[0])
        words = f"Page number {number} repeats itself with new words {number}."
        return Reply(page(post(number, words), links=anchors(f"/t?page={number + 1}")))

    desk.server.routes["/t"] = any_page
    for n in range(60):
        desk.server.routes[f"/t?page={n}"] = any_page
    assert len(desk.fetch("/t", pages=7).entries) == 8


def test_pages_that_a_thread_no_longer_has_are_taken_away(desk: Desk) -> None:
    thread(desk, 3)
    desk.fetch("/t")
    desk.server.routes.clear()
    thread(desk, 2)
    done = desk.fetch("/t")
    assert [entry.outcome for entry in done.entries] == ["changed", "changed", "removed"]
    assert len(desk.files()) == 2


def test_nothing_is_taken_away_where_a_page_could_not_be_fetched(desk: Desk) -> None:
    thread(desk, 3)
    desk.fetch("/t")
    desk.server.routes["/t?page=3"] = Reply("", status=500)
    assert desk.fetch("/t").lost == 1
    assert len(desk.files()) == 3
    desk.fetch("/t", pages=1)
    assert len(desk.files()) == 3
