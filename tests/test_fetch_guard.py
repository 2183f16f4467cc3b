"""Nothing but public addresses is connected to, whatever a URL, a name or a redirect says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpcore
import pytest
from fetching import Desk, page, post
from hypothesis import given
from hypothesis import strategies as st
from servers.misbehaving import Reply, serving

import community
from community.fetching.addresses import check_ip, parsed
from community.fetching.guard import GuardedBackend
from community.fetching.outcomes import Failed, Outside, Refused
from community.fetching.paging import mark
from community.fetching.urls import file_name, plain

FIRST = page(post(1, "I walk my dog again, twice a day."), post(2, "Stairs are still hard for me."))

NOT_PUBLIC = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.7", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1", "203.0.113.9", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "168.63.129.16", "::", "::1", "fe80::1", "fc00::1",
    "fd00:ec2::254", "ff02::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe",
    "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "2002:7f00:1::", "2002:808:808::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "::7f00:1", "fec0::1", "fe80::1%eth0",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with serving() as server:
        yield Desk(server, tmp_path / "study")


class Door(httpcore.NetworkBackend):
    """The last step to the network: notes whom it is asked to call, and calls nobody."""

    def __init__(self) -> None:
        self.called: list[tuple[str, int]] = []

    def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore.NetworkStream:
        self.called.append((host, port))
        raise httpcore.ConnectError("nobody is there")


def backend(door: Door, names: dict[str, Sequence[str]], allow: Any = frozenset()) -> Any:
    return GuardedBackend(Outside(resolve=lambda host, _port: names[host]), allow, door)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    with pytest.raises(Refused):
        check_ip("name.example", address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_not(address: str) -> None:
    check_ip("name.example", address)


@given(st.ip_addresses())
def test_every_address_is_judged_without_a_crash(address: Any) -> None:
    try:
        check_ip("name.example", str(address))
    except Refused:
        return
    assert address.is_global


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_a_name_that_leads_there_is_not_connected_to(address: str) -> None:
    door = Door()
    with pytest.raises(Refused, match=r"public Internet|plain IP"):
        backend(door, {"name.example": ["8.8.8.8", address]}).connect_tcp("name.example", 80)
    assert door.called == []


def test_the_connection_goes_to_the_address_that_was_checked_and_the_name_is_asked_once() -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34"] if len(asked) == 1 else ["127.0.0.1"]

    door = Door()
    with pytest.raises(httpcore.ConnectError):
        GuardedBackend(Outside(resolve=resolve), frozenset(), door).connect_tcp("name.example", 443)
    assert door.called == [("93.184.216.34", 443)] and asked == ["name.example"]


def test_a_vouched_pair_is_that_pair_alone() -> None:
    door = Door()
    guard = backend(door, {"127.0.0.1": ["127.0.0.1"]}, frozenset({("127.0.0.1", 8089)}))
    with pytest.raises(httpcore.ConnectError):
        guard.connect_tcp("127.0.0.1", 8089)
    with pytest.raises(Refused):
        guard.connect_tcp("127.0.0.1", 8090)
    assert door.called == [("127.0.0.1", 8089)]


def test_a_name_without_an_address_is_told() -> None:
    def resolve(_host: str, _port: int) -> list[str]:
        raise OSError("Name or service not known")

    with pytest.raises(Failed, match="not known"):
        GuardedBackend(Outside(resolve=resolve), frozenset(), Door()).connect_tcp("x.example", 80)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/", "file:///etc/passwd", "gopher://example.org", "javascript:alert(1)",
        "http://", "http:///p", "example.org/p", "http://user@example.org/",
        "http://user:secret@example.org/", "http://example.org\\@127.0.0.1/", "http://exa mple.org/",
        "http://example.org/\r\nX: y", "http://example.org/" + "a" * 3000, "http://[::1", "",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_of_a_page_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        parsed(url)


def test_a_password_in_a_url_is_not_repeated() -> None:
    with pytest.raises(Refused) as caught:
        parsed("http://ines:geheim@example.org/")
    assert "geheim" not in str(caught.value)


@given(st.text(max_size=60))
def test_any_text_as_a_url_is_taken_or_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"http://example.org/{text}"):
        try:
            taken = parsed(url)
            assert taken.scheme in ("http", "https") and plain(str(taken))
            assert file_name(str(taken), "html") and mark(str(taken)).path
        except Refused:
            continue


def entries(desk: Desk, url: str, **given: Any) -> Any:
    done = desk.fetch(url, **given)
    assert len(done.entries) == 1 and desk.files() == []
    return done.entries[0]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://[::1]/", "http://10.0.0.1/p", "http://169.254.169.254/latest",
        "http://[::ffff:127.0.0.1]/", "http://0/", "http://2130706433/", "http://0x7f.1/",
        "https://127.0.0.1/",
    ],
)  # fmt: skip
def test_literal_addresses_in_every_spelling_are_refused(desk: Desk, url: str) -> None:
    import socket

    desk.names |= {
        host: [str(item[4][0]) for item in socket.getaddrinfo(host, 80)]
        for host in ("0", "2130706433", "0x7f.1")
    }
    entry = entries(desk, url)
    assert entry.outcome == "refused" and "public Internet" in entry.note
    assert desk.server.asked == []


@pytest.mark.parametrize("port", [22, 25, 8080, 6379, 99999])
def test_other_ports_than_those_of_the_web_are_refused(desk: Desk, port: int) -> None:
    assert "only 80 and 443" in entries(desk, f"http://example.org:{port}/").note


def test_a_name_that_resolves_to_a_private_address_is_refused(desk: Desk) -> None:
    desk.names["inside.example"] = ["192.168.0.10"]
    entry = entries(desk, "http://inside.example/p")
    assert entry.outcome == "refused" and "192.168.0.10" in entry.note


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{other}/secret", "http://127.0.0.1/", "http://10.1.2.3/", "//10.1.2.3/x",
        "http://[::1]:{port}/", "http://localhost:{port}/", "http://169.254.169.254/latest/meta-data",
        "http://inside.example/", "file:///etc/passwd", "http://u:p@127.0.0.1:{port}/ok",
    ],
)  # fmt: skip
def test_a_redirect_from_a_vouched_server_to_anything_else_is_refused(
    desk: Desk, target: str
) -> None:
    desk.names |= {"inside.example": ["10.9.9.9"], "localhost": ["127.0.0.1"]}
    with serving() as other:
        other.routes["/secret"] = Reply(FIRST)
        location = target.format(other=other.port, port=desk.server.port)
        desk.server.routes |= {
            "/p": Reply(status=302, headers={"Location": location}), "/ok": Reply(FIRST)
        }  # fmt: skip
        entry = entries(desk, "/p")
        assert entry.outcome == "refused", entry
        assert other.asked == [] and desk.server.paths() == ["/p"]


def test_a_redirect_cannot_reach_a_vouched_pair_from_outside() -> None:
    """A public site that knows of a vouched pair must not lead us there."""
    import httpx

    from community.fetching.client import Client

    options = community.FetchOptions(allow=frozenset({("127.0.0.1", 8089)}))
    client = Client(options, Outside(), "0")
    with pytest.raises(Refused, match="may not name"):
        client._moved(httpx.URL("http://public.example/"), "http://127.0.0.1:8089/")


def test_a_redirect_from_https_to_http_is_refused() -> None:
    import httpx

    from community.fetching.client import Client

    client = Client(community.FetchOptions(), Outside(), "0")
    with pytest.raises(Refused, match="https to http"):
        client._moved(httpx.URL("https://public.example/"), "http://public.example/")


def test_redirects_in_a_circle_end(desk: Desk) -> None:
    desk.server.routes |= {
        "/a": Reply(status=302, headers={"Location": "/b"}),
        "/b": Reply(status=307, headers={"Location": "/a"}),
    }
    entry = entries(desk, "/a")
    assert entry.outcome == "failed" and "redirected" in entry.note
    assert len(desk.server.paths()) == 6


def test_robots_txt_cannot_lead_inside_either(desk: Desk) -> None:
    desk.server.routes |= {
        "/robots.txt": Reply(status=301, headers={"Location": "http://10.0.0.1/robots.txt"}),
        "/p": Reply(FIRST),
    }
    entry = entries(desk, "/p")
    assert entry.outcome == "refused" and desk.server.paths() == []


def test_links_of_a_page_cannot_lead_inside(desk: Desk) -> None:
    head = (
        '<link rel="https://api.w.org/" href="http://10.0.0.1/wp-json/">'
        '<link rel="alternate" type="application/json" href="http://10.0.0.1/wp-json/wp/v2/posts/3">'
        '<link rel="alternate" type="application/atom+xml" href="http://10.0.0.2/feeds/7/comments/default">'
        '<link rel="next" href="http://10.0.0.3/p?page=2"><base href="http://10.0.0.4/">'
    )
    links = '<a href="//10.0.0.5/p?page=2" rel=next>2</a><a href="?page=3">3</a>'
    desk.server.routes["/p"] = Reply(
        page(post(1, "Words."), post(2, "More."), head=head, links=links)
    )
    done = desk.fetch("/p")
    assert [entry.outcome for entry in done.entries] == ["new"]
    assert desk.server.paths() == ["/p"]


def test_the_environment_names_no_way_around(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    desk.server.routes["/p"] = Reply(FIRST)
    assert desk.fetch("/p").entries[0].outcome == "new"


def test_a_log_from_a_stranger_reads_and_deletes_nothing_outside(
    desk: Desk, tmp_path: Path
) -> None:
    import hashlib
    import json

    desk.server.routes["/p"] = Reply(FIRST)
    victim = tmp_path / "victim.html"
    victim.write_text("mine", encoding="utf-8")
    desk.fetch("/p")
    url = desk.server.url("/p")
    digest = hashlib.sha256(b"mine").hexdigest()
    for name in ("../../victim.html", str(victim)):
        line = {"asked": url, "url": url, "at": "2026-01-01T00:00:00+00:00", "outcome": "new",
                "file": name, "sha256": digest, "etag": '"x"', "bytes": 4}  # fmt: skip
        with open(desk.study / "fetch.jsonl", "a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
    desk.fetch("/p")
    assert victim.read_text(encoding="utf-8") == "mine"
    assert "if-none-match" not in desk.server.asked[-1].headers


def test_a_certificate_that_nobody_vouches_for_is_not_accepted(desk: Desk, tmp_path: Path) -> None:
    import shutil
    import ssl
    import subprocess
    import threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out",
         str(certificate), "-days", "2", "-subj", "/CN=own.test"],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    class Silent(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """The handshake fails: that is the point."""

    server = Silent(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        options = community.FetchOptions(allow=frozenset({("own.test", port)}))
        done = community.fetch(
            [f"https://own.test:{port}/"], study=desk.study, options=options, world=desk.outside()
        )
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
    assert done.entries[0].outcome == "refused" and "certificate" in (done.entries[0].note or "")
