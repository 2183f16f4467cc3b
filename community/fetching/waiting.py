"""How long to wait: between requests to one host, and before trying again."""

from __future__ import annotations

import math
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx

from community.fetching.outcomes import Failed, Outside

LONGEST = 300.0  # seconds that we wait because a site asks for it; longer: come back another time
_BACKOFF = 10.0  # seconds before the second try, doubled before the third
_EPOCH = 10**8  # a reset beyond this is a point in time, not a number of seconds


class Pacing:
    """One request at a time per host, with a pause after each.

    Args:
        delay: seconds between the end of one request and the start of the next.
        world: clock, sleep, and the jitter that lengthens pauses by up to a fifth.
    """

    def __init__(self, delay: float, world: Outside) -> None:
        self._delay, self._world = delay, world
        self._next: dict[str, float] = {}
        self._gaps: dict[str, float] = {}

    def slow_down(self, host: str, gap: float) -> None:
        """The host itself asks for a pause of this many seconds; the longer one counts."""
        self._gaps[host] = max(gap, self._gaps.get(host, 0.0))

    def gap(self, host: str) -> float:
        """Seconds between two requests to a host."""
        return max(self._delay, self._gaps.get(host, 0.0))

    def wait(self, host: str) -> None:
        """Sleeps until the host may be asked again."""
        left = self._next.get(host, 0.0) - self._world.clock()
        if host in self._next and left > 0:
            self._world.sleep(left)

    def asked(self, host: str) -> None:
        """A request to the host has just ended."""
        pause = self.gap(host) * (1 + self._world.jitter() / 5)
        self._next[host] = max(self._next.get(host, 0.0), self._world.clock() + pause)

    def hold(self, host: str, seconds: float) -> None:
        """No request to the host for this many seconds from now."""
        until = self._world.clock() + seconds
        self._next[host] = max(self._next.get(host, until), until)


def retry_after(headers: httpx.Headers, now: datetime) -> float | None:
    """Seconds that ``Retry-After`` asks for, given as seconds or as a date; None without it."""
    told = headers.get("retry-after", "").strip()
    if not told:
        return None
    if told.isascii() and told.isdigit():
        return float(told[:9])
    try:
        return max(0.0, (parsedate_to_datetime(told) - now).total_seconds())
    except (ValueError, TypeError, OverflowError):  # no date, or one without its zone
        return None


def exhausted(headers: httpx.Headers, now: datetime) -> float | None:
    """Seconds until a spent allowance (``X-RateLimit-Remaining`` below 1) is renewed, else None."""
    left, reset = _number(headers, "remaining"), _number(headers, "reset")
    if left is None or reset is None or left >= 1:
        return None
    return max(0.0, reset - now.timestamp()) if reset > _EPOCH else max(0.0, reset)


def _number(headers: httpx.Headers, name: str) -> float | None:
    told = headers.get(f"x-ratelimit-{name}", headers.get(f"ratelimit-{name}", ""))
    try:
        value = float(told)
    except ValueError:  # absent, or structured in a newer way that we need not read
        return None
    return value if math.isfinite(value) else None


def before_retry(url: str, attempt: int, asked: float | None) -> float:
    """Seconds before the next try.

    Args:
        attempt: number of tries made so far.
        asked: seconds that the site asked for.

    Raises:
        Failed: the site wants us away for longer than we wait.
    """
    if asked is not None and asked > LONGEST:
        minutes = math.ceil(asked / 60)
        raise Failed(url, f"the site asks for a pause of {minutes} minutes", "try again then")
    return asked if asked is not None else _BACKOFF * 2 ** (attempt - 1)
