"""What a site's ``robots.txt`` allows (RFC 9309), and what its pages say about being kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import httpx
from protego import Protego

from community.fetching.outcomes import SAVE_IT, Failed, Refused
from community.html.markup import Element

TOKEN = "community-fetch"  # the name by which a robots.txt may address us
MOST_BYTES = 512 * 1024  # of a robots.txt that are parsed; RFC 9309 asks for at least 500 KiB
_FRESH = timedelta(hours=24)
_LONGEST_DELAY = 300.0  # seconds between requests that we are ready to keep
_AGENT = re.compile(r"^\s*([A-Za-z][\w-]*)\s*:\s*(.*)$", re.S)
_VALUED = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A robots.txt as it was read: its parsed rules, or a verdict over the whole site."""

    verdict: Literal["rules", "none", "unreachable"]
    read_at: datetime
    parsed: Any = None
    told: str = ""

    def allows(self, url: str) -> bool:
        """Whether we may ask for a URL."""
        if self.parsed is None:
            return self.verdict == "none"
        return bool(self.parsed.can_fetch(url, TOKEN))

    def gap(self) -> float:
        """Seconds between requests that the site asks for (Crawl-delay, Request-rate)."""
        if self.parsed is None:
            return 0.0
        rate = self.parsed.request_rate(TOKEN)
        asked = rate.seconds / rate.requests if rate else 0.0
        return max(asked, float(self.parsed.crawl_delay(TOKEN) or 0.0))


def read(status: int, body: bytes, now: datetime) -> Rules:
    """The rules that an answer to ``/robots.txt`` means.

    2xx is parsed, 4xx means that there are no rules; 429 and all else that nobody may be asked.
    """
    if 200 <= status < 300:
        text = body[:MOST_BYTES].decode("utf-8-sig", "replace")
        return Rules(verdict="rules", read_at=now, parsed=Protego.parse(text))
    if 400 <= status < 500 and status != 429:
        return Rules(verdict="none", read_at=now, told=f"robots.txt: {status}")
    return unreachable(now, f"robots.txt answered {status}")


def unreachable(now: datetime, told: str) -> Rules:
    """Rules of a site that could not be asked for them: all is forbidden."""
    return Rules(verdict="unreachable", read_at=now, told=told)


class Robots:
    """The rules of each site, asked for once and kept for a day at most.

    Args:
        ask: gives the rules of an origin (``https://host``).
        now: the wall clock.
    """

    def __init__(self, ask: Callable[[httpx.URL], Rules], now: Callable[[], datetime]) -> None:
        self._ask, self._now = ask, now
        self._known: dict[str, Rules] = {}

    def rules(self, url: httpx.URL) -> Rules:
        """The rules of a URL's site."""
        origin = str(url.copy_with(raw_path=b"/robots.txt"))
        kept = self._known.get(origin)
        if kept is None or self._now() - kept.read_at > _FRESH:
            kept = self._known[origin] = self._ask(httpx.URL(origin))
        return kept

    def check(self, url: httpx.URL) -> str:
        """What the rules say about a URL, in words for the log.

        Raises:
            Refused: they forbid it, or could not be read.
            Failed: they ask for longer pauses than we keep.
        """
        rules = self.rules(url)
        if rules.verdict == "unreachable":
            advice = "try again later"
            raise Refused(str(url), f"{rules.told}; without it nothing is fetched", advice)
        if not rules.allows(str(url)):
            raise Refused(str(url), "the site's robots.txt forbids it", SAVE_IT)
        if rules.gap() > _LONGEST_DELAY:
            reason = f"the site's robots.txt asks for {rules.gap():g} s between requests"
            raise Failed(str(url), reason, SAVE_IT)
        return "allowed" if rules.verdict == "rules" else f"allowed ({rules.told})"


def reservation(headers: httpx.Headers, root: Element | None) -> str | None:
    """Why a page may not be kept, by its own word; None where it does not mind.

    Read are ``X-Robots-Tag``, ``<meta name="robots">`` and the reservation against text and data
    mining (TDMRep). ``noindex`` counts on pages alone: on answers of an interface it says that
    the address is no search result, and every WordPress sends it there.
    """
    told = [word for value in headers.get_list("x-robots-tag") for word in _directives(value)]
    reserved = headers.get("tdm-reservation", "").strip() == "1"
    if root is not None:
        for meta in root.iter("meta"):
            name, content = (meta.get("name") or "").strip().lower(), meta.get("content") or ""
            if name in ("robots", TOKEN):
                told += _directives(content)
            reserved = reserved or (name == "tdm-reservation" and content.strip() == "1")
    forbidden = {"noarchive", "noindex", "none"} if root is not None else {"noarchive", "none"}
    for word in told:
        if word in forbidden:
            return f"the site asks for it not to be kept ({word})"
    return "the site reserves text and data mining (tdm-reservation)" if reserved else None


def _directives(value: str) -> list[str]:
    """Directives of a header or meta tag that are meant for us."""
    named = _AGENT.match(value)
    if named and named[1].lower() not in _VALUED:
        if named[1].lower() not in (TOKEN, "*"):
            return []
        value = named[2]
    return [word.strip().lower() for word in value.split(",")]
