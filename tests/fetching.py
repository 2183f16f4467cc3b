"""What the tests of fetching share: a clock that only sleeping moves, and pages in real shapes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from servers.misbehaving import Server

import community
from community.fetching.job import Fetched
from community.fetching.outcomes import Outside

START = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@dataclass
class Time:
    """Passes only while somebody sleeps."""

    passed: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds

    def now(self) -> datetime:
        return START + timedelta(seconds=self.passed)


@dataclass
class Desk:
    """Somebody who fetches into a study from a server of ours."""

    server: Server
    study: Path
    time: Time = field(default_factory=Time)
    names: dict[str, list[str]] = field(default_factory=dict)

    def outside(self) -> Outside:
        return Outside(
            now=self.time.now,
            clock=lambda: self.time.passed,
            sleep=self.time.sleep,
            resolve=self.resolve,
            jitter=lambda: 0.0,
        )

    def resolve(self, host: str, _port: int) -> Sequence[str]:
        if host in self.names:
            return self.names[host]
        if host == "127.0.0.1" or host.endswith(".test"):
            return ["127.0.0.1"]
        raise OSError("no such name here")

    def options(self, hosts: Sequence[str] = ("127.0.0.1",), **given: Any) -> Any:
        allow = frozenset((host, self.server.port) for host in hosts)
        return community.FetchOptions(allow=allow, **given)

    def fetch(
        self, *paths: str, hosts: Sequence[str] = ("127.0.0.1",), outside: Any = None, **given: Any
    ) -> Fetched:
        urls = [path if "://" in path else self.server.url(path) for path in paths]
        return community.fetch(
            urls,
            study=self.study,
            options=self.options(hosts, **given),
            world=outside or self.outside(),
        )

    def files(self) -> list[str]:
        return sorted(path.name for path in (self.study / "sources").glob("*"))

    def text(self, name: str) -> str:
        return (self.study / "sources" / name).read_text(encoding="utf-8")

    def log(self) -> list[dict[str, Any]]:
        lines = (self.study / "fetch.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]


def post(number: int, words: str, author: str = "ines") -> str:
    return (
        f'<li id="comment-{number}" class="comment depth-1"><article class="comment-body">'
        f'<footer class="comment-meta"><b class="fn">{author}</b> <time '
        f'datetime="2024-05-0{number % 9 + 1}T10:00:00+00:00">May {number % 9 + 1}, 2024</time>'
        f'</footer><div class="comment-content"><p>{words}</p></div></article></li>'
    )


def page(
    *posts: str, head: str = "", links: str = "", title: str = "Walking after the infusion"
) -> str:
    article = "<p>Our clinic followed the people it treated and reports how far they walk now.</p>"
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title>{head}</head>"
        f'<body><article id="post-9"><h1>{title}</h1>{article}</article>'
        f'<ol class="comment-list">{"".join(posts)}</ol>{links}</body></html>'
    )
