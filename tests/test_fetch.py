"""`community fetch` against a server that misbehaves: what is kept, refused, waited for, told."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fetching import Desk, page, post
from servers.misbehaving import Asked, Reply, serving

import community
from community.errors import UsageError
from community.fetching.outcomes import Outside

FIRST = page(post(1, "I walk my dog again, twice a day."), post(2, "Stairs are still hard for me."))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with serving() as server:
        yield Desk(server, tmp_path / "study")


def only(done: Any) -> Any:
    assert len(done.entries) == 1, done.entries
    return done.entries[0]


# ---- what is kept -----------------------------------------------------------------------------


def test_a_page_lies_in_the_study_as_the_server_sent_it_and_the_log_says_all(desk: Desk) -> None:
    desk.server.routes["/walking?id=3"] = Reply(
        FIRST, headers={"ETag": '"one"', "Last-Modified": "Sun, 01 Mar 2026 00:00:00 GMT"}
    )
    entry = only(desk.fetch("/walking?id=3#comment-2"))
    assert desk.files() == [entry.file]
    assert desk.text(entry.file) == FIRST
    assert entry.file.startswith("127.0.0.1-walking-id-3-") and entry.file.endswith(".html")
    told = desk.log()[0]
    assert told["outcome"] == "new" and told["status"] == 200
    assert told["at"] == "2026-03-04T05:06:12+00:00"  # after the pause that follows robots.txt
    assert told["etag"] == '"one"' and told["bytes"] == len(FIRST.encode())
    assert told["robots"] == "allowed (robots.txt: 404)"
    assert {"sha256", "last_modified", "url", "asked"} <= told.keys()


def test_address_and_time_of_a_fetched_page_reach_the_documents(desk: Desk) -> None:
    desk.server.routes["/walking"] = Reply(FIRST)
    desk.fetch("/walking")
    result = community.rerun(desk.study)
    rows = (result.out / "documents.csv").read_text(encoding="utf-8")  # type: ignore[operator]
    assert desk.server.url("/walking") in rows and "2026-03-04T05:06:12+00:00" in rows
    assert result.documents == 1


def test_the_log_is_no_source(desk: Desk) -> None:
    desk.server.routes["/walking"] = Reply(FIRST)
    desk.fetch("/walking")
    result = community.analyze([desk.study / "sources"], study=desk.study)
    assert result.documents == 1 and result.problems == 0


def test_a_page_without_a_declared_charset_is_kept_as_utf8_by_its_header(desk: Desk) -> None:
    body = FIRST.replace("<meta charset=utf-8>", "").replace("dog", "dóg").encode("iso-8859-2")
    desk.server.routes["/p"] = Reply(body, kind="text/html; charset=ISO-8859-2")
    entry = only(desk.fetch("/p"))
    assert "dóg" in desk.text(entry.file)
    assert "was iso-8859-2" in entry.note


@pytest.mark.parametrize("stated", ["utf-8", "klingon-1", "idna", "hex"])
def test_a_wrong_charset_in_the_header_leaves_the_bytes_alone(desk: Desk, stated: str) -> None:
    body = FIRST.replace("<meta charset=utf-8>", "").replace("dog", "dóg").encode("cp1252")
    desk.server.routes["/p"] = Reply(body, kind=f"text/html; charset={stated}")
    entry = only(desk.fetch("/p"))
    assert (desk.study / "sources" / entry.file).read_bytes() == body


def test_gzip_is_unpacked_and_several_members_too(desk: Desk) -> None:
    data = FIRST.encode()
    packed = gzip.compress(data[:100]) + gzip.compress(data[100:])
    desk.server.routes["/p"] = Reply(packed, headers={"Content-Encoding": "gzip"})
    assert desk.text(only(desk.fetch("/p")).file) == FIRST


# ---- asked again ------------------------------------------------------------------------------


def conditional(etag: str, body: str) -> Any:
    def answer(asked: Asked) -> Reply:
        if asked.headers.get("if-none-match") == etag:
            return Reply(status=304, headers={"ETag": etag})
        return Reply(body, headers={"ETag": etag})

    return answer


def test_an_unchanged_page_is_not_sent_again_and_its_file_stays(desk: Desk) -> None:
    desk.server.routes["/p"] = conditional('"a"', FIRST)
    first = only(desk.fetch("/p"))
    path = desk.study / "sources" / first.file
    before = path.stat().st_mtime_ns
    again = only(desk.fetch("/p"))
    assert (again.outcome, again.status, again.file) == ("unchanged", 304, first.file)
    assert path.stat().st_mtime_ns == before
    assert only(desk.fetch("/p")).outcome == "unchanged"  # a log of unchanged pages serves too


def test_a_changed_page_replaces_its_file_under_the_same_name(desk: Desk) -> None:
    desk.server.routes["/p"] = conditional('"a"', FIRST)
    first = only(desk.fetch("/p"))
    desk.server.routes["/p"] = conditional('"b"', page(post(1, "I walk my dog again.")))
    again = only(desk.fetch("/p"))
    assert (again.outcome, again.file) == ("changed", first.file)
    assert desk.files() == [first.file]
    assert desk.server.asked[-1].headers["if-none-match"] == '"a"'


def test_a_page_that_the_site_calls_fresh_is_not_asked_for(desk: Desk) -> None:
    desk.server.routes["/p"] = Reply(FIRST, headers={"Cache-Control": "public, max-age=3600"})
    desk.fetch("/p")
    asked = len(desk.server.asked)
    assert only(desk.fetch("/p")).outcome == "unchanged"
    assert len(desk.server.asked) == asked
    desk.time.passed += 4000
    desk.fetch("/p")
    assert len(desk.server.asked) > asked


def test_a_lost_file_is_fetched_whole_again(desk: Desk) -> None:
    desk.server.routes["/p"] = conditional('"a"', FIRST)
    first = only(desk.fetch("/p"))
    (desk.study / "sources" / first.file).unlink()
    assert only(desk.fetch("/p")).outcome == "new"
    assert desk.text(first.file) == FIRST


def test_a_file_that_was_edited_by_hand_is_not_overwritten(desk: Desk) -> None:
    desk.server.routes["/p"] = Reply(FIRST)
    first = only(desk.fetch("/p"))
    path = desk.study / "sources" / first.file
    path.write_text("a name taken out", encoding="utf-8")
    again = only(desk.fetch("/p"))
    assert again.outcome == "refused" and "edited" in again.note
    assert path.read_text(encoding="utf-8") == "a name taken out"


def test_a_page_that_is_gone_leaves_the_copy_and_says_so(desk: Desk) -> None:
    desk.server.routes["/p"] = Reply(FIRST)
    first = only(desk.fetch("/p"))
    desk.server.routes["/p"] = Reply("gone", status=410)
    again = only(desk.fetch("/p"))
    assert again.outcome == "failed" and "gone (410)" in again.note and first.file in again.note
    assert desk.files() == [first.file]


def test_a_torn_line_and_foreign_lines_in_the_log_do_no_harm(desk: Desk) -> None:
    desk.server.routes["/p"] = conditional('"a"', FIRST)
    first = only(desk.fetch("/p"))
    log = desk.study / "fetch.jsonl"
    evil = {"asked": "x", "url": "x", "at": "x", "outcome": "new", "file": "../../etc/passwd"}
    whole = log.read_bytes()
    log.write_bytes(b"[1]\n" + json.dumps(evil).encode() + b"\n" + whole + b'{"asked": "htt')
    again = only(desk.fetch("/p"))
    assert (again.outcome, again.file) == ("unchanged", first.file)
    assert json.loads(log.read_text().splitlines()[-1])["outcome"] == "unchanged"


# ---- robots.txt and the site's wishes ----------------------------------------------------------


def test_what_robots_txt_forbids_is_not_asked_for(desk: Desk) -> None:
    rules = "User-agent: *\nDisallow: /private\nUser-agent: community-fetch\nDisallow: /*?x=*$\n"
    desk.server.routes["/robots.txt"] = Reply(rules, kind="text/plain")
    desk.server.routes |= {"/private": Reply(FIRST), "/t?x=1": Reply(FIRST)}
    done = desk.fetch("/t?x=1", "/private")
    assert [entry.outcome for entry in done.entries] == ["refused", "new"]
    assert "robots.txt forbids" in done.entries[0].note and "browser" in done.entries[0].note
    assert desk.server.paths() == ["/private"]
    assert [a.path for a in desk.server.asked].count("/robots.txt") == 1


@pytest.mark.parametrize(
    ("status", "outcome"), [(404, "new"), (403, "new"), (500, "refused"), (503, "refused")]
)
def test_a_missing_robots_txt_allows_and_a_broken_one_forbids(
    desk: Desk, status: int, outcome: str
) -> None:
    desk.server.routes |= {"/robots.txt": Reply("", status=status), "/p": Reply(FIRST)}
    entry = only(desk.fetch("/p"))
    assert entry.outcome == outcome
    if outcome == "refused":
        assert f"robots.txt answered {status}" in entry.note and not desk.server.paths()


def test_robots_txt_is_followed_where_it_is_redirected(desk: Desk) -> None:
    desk.server.routes |= {
        "/robots.txt": Reply(status=301, headers={"Location": "/rules"}),
        "/rules": Reply("User-agent: *\nDisallow: /p", kind="text/plain"),
        "/p": Reply(FIRST),
    }
    assert "robots.txt forbids" in only(desk.fetch("/p")).note


def test_an_endless_robots_txt_is_read_in_part(desk: Desk) -> None:
    rules = "User-agent: *\nDisallow: /p\n" + "# nothing to say\n" * 100_000
    desk.server.routes |= {"/robots.txt": Reply(rules, kind="text/plain"), "/p": Reply(FIRST)}
    assert "robots.txt forbids" in only(desk.fetch("/p")).note


def test_a_day_old_robots_txt_is_asked_for_again(desk: Desk) -> None:
    desk.server.routes["/a"] = desk.server.routes["/b"] = Reply(FIRST)

    def passing(_asked: Asked) -> Reply:
        desk.time.passed += 25 * 3600
        return Reply(FIRST)

    desk.server.routes["/a"] = passing
    desk.fetch("/a", "/b")
    assert [a.path for a in desk.server.asked].count("/robots.txt") == 2


@pytest.mark.parametrize(
    ("head", "headers"),
    [
        ('<meta name="robots" content="NOARCHIVE">', {}),
        ('<meta name="robots" content="noindex, follow">', {}),
        ('<meta name="community-fetch" content="none">', {}),
        ("", {"X-Robots-Tag": "max-snippet: 5, noarchive"}),
        ("", {"X-Robots-Tag": "community-fetch: noarchive"}),
        ("", {"tdm-reservation": "1"}),
        ('<meta name="tdm-reservation" content="1">', {}),
    ],
)
def test_a_page_that_asks_not_to_be_kept_is_not(
    desk: Desk, head: str, headers: dict[str, str]
) -> None:
    desk.server.routes["/p"] = Reply(page(post(1, "Words."), head=head), headers=headers)
    entry = only(desk.fetch("/p"))
    assert entry.outcome == "refused" and ("kept" in entry.note or "mining" in entry.note)
    assert desk.files() == []


def test_what_is_asked_of_other_robots_does_not_bind_us(desk: Desk) -> None:
    head = '<meta name="googlebot" content="noarchive"><meta name="robots" content="max-image-preview:large">'
    desk.server.routes["/p"] = Reply(
        page(post(1, "Words."), head=head), headers={"X-Robots-Tag": "otherbot: noindex"}
    )
    assert only(desk.fetch("/p")).outcome == "new"


# ---- pauses -----------------------------------------------------------------------------------


def test_requests_to_one_host_keep_their_distance_and_come_one_by_one(desk: Desk) -> None:
    for name in "abc":
        desk.server.routes[f"/{name}"] = Reply(page(post(1, f"Words of page {name} alone.")))
    desk.fetch("/a", "/b", "/c")
    assert desk.time.slept == [5.0, 5.0, 5.0]
    assert [asked.path for asked in desk.server.asked] == ["/robots.txt", "/a", "/b", "/c"]


def test_two_hosts_do_not_wait_for_each_other(desk: Desk) -> None:
    desk.server.routes |= {
        "one.test /p": Reply(FIRST),
        "two.test /p": Reply(page(post(7, "Else."))),
    }
    hosts = ("one.test", "two.test")
    desk.fetch(*(desk.server.url("/p", host) for host in hosts), hosts=hosts)
    assert desk.time.slept == [5.0, 5.0]  # after each robots.txt


@pytest.mark.parametrize(
    ("line", "gap"),
    [("Crawl-delay: 17", 17.0), ("Request-rate: 1/30", 30.0), ("Crawl-delay: 1", 5.0)],
)
def test_the_site_may_ask_for_longer_pauses(desk: Desk, line: str, gap: float) -> None:
    desk.server.routes |= {
        "/robots.txt": Reply(f"User-agent: *\n{line}\n", kind="text/plain"),
        "/a": Reply(FIRST),
        "/b": Reply(page(post(1, "Other words on this other page."))),
    }
    desk.fetch("/a", "/b")
    assert desk.time.slept[-1] == gap


def test_a_site_that_asks_for_hours_between_pages_is_left_alone(desk: Desk) -> None:
    rules = "User-agent: *\nCrawl-delay: 86400\n"
    desk.server.routes |= {"/robots.txt": Reply(rules, kind="text/plain"), "/p": Reply(FIRST)}
    assert "86400 s" in only(desk.fetch("/p")).note
    assert desk.server.paths() == []


def once(first: Reply, then: Reply) -> Any:
    given: list[int] = []

    def answer(_asked: Asked) -> Reply:
        given.append(1)
        return first if len(given) == 1 else then

    return answer


def test_retry_after_in_seconds_is_waited_for(desk: Desk) -> None:
    busy = Reply("slow down", status=429, headers={"Retry-After": "77"})
    desk.server.routes["/p"] = once(busy, Reply(FIRST))
    assert only(desk.fetch("/p")).outcome == "new"
    assert 77.0 in desk.time.slept


def test_retry_after_as_a_date_is_waited_for(desk: Desk) -> None:
    busy = Reply("closed", status=503, headers={"Retry-After": "Wed, 04 Mar 2026 05:07:42 GMT"})
    desk.server.routes["/p"] = once(busy, Reply(FIRST))
    assert only(desk.fetch("/p")).outcome == "new"
    assert 90.0 in desk.time.slept  # 05:06:12, when it was asked, to 05:07:42


def test_a_spent_allowance_is_waited_for(desk: Desk) -> None:
    spent = {"X-RateLimit-Remaining": "0.0", "X-RateLimit-Reset": "40"}
    desk.server.routes |= {
        "/a": Reply(FIRST, headers=spent),
        "/b": Reply(page(post(1, "Other words on this other page."))),
    }
    desk.fetch("/a", "/b")
    assert desk.time.slept[-1] == 40.0


def test_who_asks_us_to_stay_away_for_long_is_left_alone(desk: Desk) -> None:
    desk.server.routes["/p"] = Reply("", status=429, headers={"Retry-After": "7200"})
    desk.server.routes["/q"] = Reply(FIRST)
    done = desk.fetch("/p", "/q")
    assert "120 minutes" in done.entries[0].note
    assert done.entries[1].outcome == "refused" and desk.server.paths() == ["/p"]
    assert sum(desk.time.slept) < 60


def test_three_tries_and_no_more(desk: Desk) -> None:
    desk.server.routes["/p"] = Reply("", status=500)
    entry = only(desk.fetch("/p"))
    assert entry.outcome == "failed" and "500" in entry.note
    assert desk.server.paths() == ["/p"] * 3
    assert desk.time.slept == [5.0, 10.0, 20.0]


def test_a_host_that_turns_us_away_three_times_is_left_alone(desk: Desk) -> None:
    for name in "abcde":
        desk.server.routes[f"/{name}"] = Reply("no", status=403)
    done = desk.fetch("/a", "/b", "/c", "/d", "/e")
    assert desk.server.paths() == ["/a", "/b", "/c"]
    assert "left alone" in done.entries[4].note and done.lost == 5


# ---- limits -----------------------------------------------------------------------------------


def dribble(seconds: float) -> Any:
    def write(out: Any) -> None:
        out.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            out.write(b"<p>")
            out.flush()
            time.sleep(0.05)

    return write


def test_a_slow_body_ends_with_the_time_for_the_whole_request(desk: Desk) -> None:
    desk.server.routes["/p"] = Reply(raw=dribble(5))
    outside = Outside(sleep=lambda _s: None, resolve=desk.resolve, jitter=lambda: 0.0)
    entry = only(desk.fetch("/p", outside=outside, total=0.4))
    assert entry.outcome == "failed" and "in time" in entry.note
    assert desk.files() == []


def test_headers_that_never_end_do_so_too(desk: Desk) -> None:
    def write(out: Any) -> None:
        out.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(100):
            out.write(f"X-{number}: y\r\n".encode())
            out.flush()
            time.sleep(0.05)

    desk.server.routes["/p"] = Reply(raw=write)
    outside = Outside(sleep=lambda _s: None, resolve=desk.resolve, jitter=lambda: 0.0)
    assert "in time" in only(desk.fetch("/p", outside=outside, total=0.4)).note


def test_an_endless_body_is_stopped_at_the_cap(desk: Desk) -> None:
    sent = []

    def write(out: Any) -> None:
        out.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        for _ in range(4000):
            out.write(b"x" * 65536)
            sent.append(65536)

    desk.server.routes["/p"] = Reply(raw=write)
    entry = only(desk.fetch("/p", max_bytes=2 * 2**20))
    assert entry.outcome == "refused" and "larger than 2 MiB" in entry.note
    assert sum(sent) < 30 * 2**20 and desk.files() == []


def test_a_gzip_bomb_is_stopped_before_it_unfolds(desk: Desk) -> None:
    packer = zlib.compressobj(wbits=31)
    bomb = b"".join(packer.compress(b"\0" * 2**20) for _ in range(512)) + packer.flush()
    desk.server.routes["/p"] = Reply(bomb, headers={"Content-Encoding": "gzip"})
    assert "larger than 10 MiB" in only(desk.fetch("/p")).note


@pytest.mark.parametrize("coding", ["br", "gzip, gzip", "zstd", "compress"])
def test_a_packing_that_was_not_asked_for_is_refused(desk: Desk, coding: str) -> None:
    desk.server.routes["/p"] = Reply(b"whatever", headers={"Content-Encoding": coding})
    assert "not asked for" in only(desk.fetch("/p")).note


@pytest.mark.parametrize("cut", [b"", b"not gzip at all", gzip.compress(FIRST.encode())[:-30]])
def test_a_damaged_body_is_not_kept(desk: Desk, cut: bytes) -> None:
    desk.server.routes["/p"] = Reply(cut, headers={"Content-Encoding": "gzip"})
    assert only(desk.fetch("/p")).outcome == "failed" and desk.files() == []


def test_a_body_shorter_than_announced_is_not_kept(desk: Desk) -> None:
    def write(out: Any) -> None:
        out.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n<p>")

    desk.server.routes["/p"] = Reply(raw=write)
    entry = only(desk.fetch("/p"))
    assert entry.outcome == "failed" and desk.files() == []
    assert desk.server.paths() == ["/p"] * 3


@pytest.mark.parametrize("kind", ["video/mp4", "application/zip", "image/svg+xml", ""])
def test_only_pages_feeds_and_data_are_kept(desk: Desk, kind: str) -> None:
    desk.server.routes["/p"] = Reply(b"\x00\x01\x02", kind=kind)
    entry = only(desk.fetch("/p"))
    assert entry.outcome == "refused" and "not a page" in entry.note


def test_a_film_that_calls_itself_a_page_is_not_kept(desk: Desk) -> None:
    desk.server.routes["/p"] = Reply(b"\x1aE\xdf\xa3\x00\x00\x00webm")
    assert "no text" in only(desk.fetch("/p")).note


# ---- walls ------------------------------------------------------------------------------------

LOGIN = (
    "<title>Log in · Our forum</title><form><input name=user><input type=password name=pw>"
    "</form><p>Members only.</p>"
)
PAID = (
    '<script type="application/ld+json">{"@type": "Article", "isAccessibleForFree": false}</script>'
)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply("members", status=401), "needs a login"),
        (Reply("pay", status=402), "not open"),
        (Reply(LOGIN), "needs a login"),
        (Reply(page(head=PAID)), "pay wall"),
        (Reply(page() + "<form><input type=password name=post_password></form>"), "password"),
        (Reply("<title>Just a moment...</title><p>Checking."), "test for robots"),
        (Reply(status=302, headers={"Location": "/account/login?back=/p"}), "leads to a login"),
        (Reply(status=302, headers={"Location": "/ucp.php?mode=login"}), "leads to a login"),
    ],
)
def test_walls_are_refused_with_the_advice_to_save_the_page(
    desk: Desk, reply: Reply, words: str
) -> None:
    desk.server.routes |= {
        "/p": reply, "/account/login?back=/p": Reply(LOGIN), "/ucp.php?mode=login": Reply(LOGIN)
    }  # fmt: skip
    entry = only(desk.fetch("/p"))
    assert entry.outcome == "refused" and words in entry.note
    assert "save the page" in entry.note and desk.files() == []


def test_a_redirect_to_an_article_about_a_register_is_no_wall(desk: Desk) -> None:
    desk.server.routes |= {
        "/?p=4": Reply(status=301, headers={"Location": "/2024/patient-register-log-in-numbers/"}),
        "/2024/patient-register-log-in-numbers/": Reply(FIRST),
    }
    assert only(desk.fetch("/?p=4")).outcome == "new"


def test_a_login_form_in_the_corner_of_a_forum_is_no_wall(desk: Desk) -> None:
    corner = "<form action=/login><input name=u><input type=password name=p></form>"
    posts = [post(n, f"Contribution number {n} to this.") for n in range(1, 5)]
    desk.server.routes["/p"] = Reply(page(*posts, links=corner))
    assert only(desk.fetch("/p")).outcome == "new"


# ---- the verb ---------------------------------------------------------------------------------


def test_a_dry_run_asks_for_robots_txt_alone_and_leaves_nothing(desk: Desk) -> None:
    rules = "User-agent: *\nDisallow: /q\nCrawl-delay: 9"
    desk.server.routes |= {"/robots.txt": Reply(rules, kind="text/plain"), "/p": Reply(FIRST)}
    done = desk.fetch("/p", "/q", dry_run=True)
    assert desk.server.paths() == [] and not (desk.study / "sources").exists()
    assert done.entries[0].outcome == "planned" and "9 s apart" in done.entries[0].note
    assert not (desk.study / "fetch.jsonl").exists()


def test_we_say_who_we_are_and_bring_no_cookies(desk: Desk) -> None:
    desk.server.routes |= {
        "/a": Reply(FIRST, headers={"Set-Cookie": "visit=1; Path=/"}),
        "/b": Reply(page(post(1, "Other words on this other page."))),
    }
    desk.fetch("/a", "/b", contact="ines@example.org")
    for asked in desk.server.asked:
        assert asked.headers["user-agent"].startswith("community-fetch/")
        assert asked.headers["from"] == "ines@example.org" and "cookie" not in asked.headers


@pytest.mark.parametrize(
    "given",
    [
        {"pages": 0},
        {"delay": 0.5},
        {"delay": float("nan")},
        {"max_bytes": 0},
        {"contact": "me\r\nX: y"},
    ],
)
def test_options_out_of_range_are_told(given: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        community.FetchOptions(**given)


def test_the_same_page_under_several_addresses_is_kept_once(desk: Desk) -> None:
    desk.server.routes |= {
        "/p": Reply(FIRST),
        "/short": Reply(status=301, headers={"Location": "/p"}),
        "/other": Reply(FIRST),
    }
    done = desk.fetch("/p", "/p?utm_source=mail", "/short", "/other", "/p?sid=ff#c")
    assert len(desk.files()) == 1
    assert [e.outcome for e in done.entries] == ["new"] + ["duplicate"] * 4


def test_an_interrupt_leaves_whole_files_and_a_log_of_them(desk: Desk) -> None:
    def interrupted(_asked: Asked) -> Reply:
        raise_at.append(1)
        return Reply(page(post(3, "Never mind.")))

    raise_at: list[int] = []
    desk.server.routes |= {"/a": Reply(FIRST), "/b": interrupted}
    outside = desk.outside()

    def sleep(seconds: float) -> None:
        desk.time.sleep(seconds)
        if len(desk.time.slept) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.fetch(
            "/a", "/b",
            outside=Outside(now=outside.now, clock=outside.clock, sleep=sleep,
                            resolve=outside.resolve, jitter=outside.jitter),
        )  # fmt: skip
    assert [told["outcome"] for told in desk.log()] == ["new"]
    assert desk.files() == [desk.log()[0]["file"]]
    assert [e.outcome for e in desk.fetch("/a", "/b").entries] == ["unchanged", "new"]
