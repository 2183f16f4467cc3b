"""One polite, safe GET: checked address, robots, pause, tries, redirects, caps.

::

    URL ─check─▶ robots ─▶ pause ─▶ guarded connection ─▶ status ─┬─ 2xx, 304 ─▶ body under its cap
      ▲                                                          ├─ 429, 5xx, broken ─▶ try again
      └────────────── redirect, checked like the first ──────────┴─ 401, 403 … ─▶ refused
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

from community.fetching import bodies, robots
from community.fetching.addresses import check, pair_of, parsed
from community.fetching.guard import GuardedBackend, GuardedTransport
from community.fetching.options import FetchOptions
from community.fetching.outcomes import SAVE_IT, Failed, Outside, Refused
from community.fetching.waiting import LONGEST, Pacing, before_retry, exhausted, retry_after

TRIES = 3
_REDIRECTS = 5
_TIMEOUT = httpx.Timeout(connect=10, read=20, write=10, pool=5)
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_MOVED = frozenset({301, 302, 303, 307, 308})
_TURNED_AWAY = frozenset({401, 402, 403, 429})
_PATIENCE = 3  # times in a row that a host may turn us away before it is left alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a GET gave. `asked` is the address asked for, `url` where redirects led from there;
    `status` 304 has no body."""

    asked: str
    url: str
    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)
    kind: bodies.Kind
    at: str  # ISO 8601, UTC, when it was answered
    robots: str


class Client:
    """Asks for pages; remembers what each host's robots.txt says and when it was asked last."""

    def __init__(self, options: FetchOptions, world: Outside, version: str) -> None:
        self._options, self._world = options, world
        self._backend = GuardedBackend(world, options.allow)
        self._http = httpx.Client(
            transport=GuardedTransport(self._backend), trust_env=False, timeout=_TIMEOUT
        )
        self._headers = _introduction(options.contact, version)
        self.pacing = Pacing(options.delay, world)
        self._robots = robots.Robots(self._rules, world.now)
        self._turned_away: dict[str, int] = {}
        self._stopped: dict[str, str] = {}

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def allowed(self, url: str) -> str:
        """What robots.txt says about a URL, asking for no page.

        Raises:
            Refused, Failed: it may not be fetched.
        """
        target = parsed(url)
        check(target, self._options.allow)
        return self._permitted(target)

    def get(self, url: str, validators: Mapping[str, str] | None = None) -> Answer:
        """The answer to a GET, redirects followed.

        Args:
            validators: ``If-None-Match`` and ``If-Modified-Since`` of a copy at hand.

        Raises:
            Refused: by us or by the site.
            Failed: no usable answer.
        """
        target = parsed(url)
        check(target, self._options.allow)
        for _ in range(_REDIRECTS + 1):
            verdict = self._permitted(target)
            status, headers, body = self._ask(target, validators or {})
            at = self._world.now().isoformat(timespec="seconds")
            if status in _MOVED and "location" in headers:
                target = self._moved(target, headers["location"])
                continue
            kind = self._accepted(target, status, headers, body)
            return Answer(
                asked=url, url=str(target), status=status, headers=headers, body=body, kind=kind,
                at=at, robots=verdict,
            )  # fmt: skip
        raise Failed(url, f"is redirected more than {_REDIRECTS} times", "check the URL")

    # ---- one step ---------------------------------------------------------------------------

    def _permitted(self, target: httpx.URL) -> str:
        if target.host in self._stopped:
            raise Refused(str(target), self._stopped[target.host], "try again another day")
        verdict = self._robots.check(target)
        self.pacing.slow_down(target.host, self._robots.rules(target).gap())
        return verdict

    def _moved(self, source: httpx.URL, location: str) -> httpx.URL:
        try:
            target = parsed(str(source.join(location)))
        except (httpx.InvalidURL, ValueError) as error:
            raise Failed(str(source), "is redirected to no address") from error
        if source.scheme == "https" and target.scheme == "http":
            raise Refused(str(source), "is redirected from https to http", SAVE_IT)
        if pair_of(target) in self._options.allow and pair_of(source) not in self._options.allow:
            raise Refused(str(source), f"is redirected to {target.host}, which it may not name")
        check(target, self._options.allow)
        return target

    def _accepted(
        self, target: httpx.URL, status: int, headers: httpx.Headers, body: bytes
    ) -> bodies.Kind:
        url, host = str(target), target.host
        if status in _TURNED_AWAY:
            self._count(host, status)
            told = "needs a login" if status == 401 else "is not open to us"
            raise Refused(url, f"{told} ({status})", SAVE_IT)
        self._turned_away.pop(host, None)
        if status == 304:
            return "html"
        if status in (404, 410):
            raise Failed(url, f"is gone ({status})", "check the address")
        if not 200 <= status < 300:
            raise Failed(url, f"the site answered {status}", "try again later")
        return bodies.kind_of(headers, body, url)

    def _count(self, host: str, status: int) -> None:
        times = self._turned_away[host] = self._turned_away.get(host, 0) + 1
        if times >= _PATIENCE or status == 429:
            self._stopped[host] = f"{host} has turned us away ({status}) and is left alone"

    # ---- one request, tried again where that is of use --------------------------------------

    def _ask(
        self, target: httpx.URL, extra: Mapping[str, str], *, cut: int | None = None
    ) -> tuple[int, httpx.Headers, bytes]:
        """Status, headers and body; the body of what is no success is not read."""
        url, broken = str(target), ""
        for attempt in range(1, TRIES + 1):
            asked = None
            self.pacing.wait(target.host)
            try:
                status, headers, body = self._once(target, extra, cut)
                asked = retry_after(headers, self._world.now())
                self._heed(target.host, headers)
                if status not in _AGAIN or attempt == TRIES:
                    return status, headers, body
            except httpx.TimeoutException:
                broken = "did not answer in time"
            except httpx.TransportError as error:
                broken = f"the connection failed: {error}"
            finally:
                self.pacing.asked(target.host)
            if attempt < TRIES:
                self._hold(target, attempt, asked)
        raise Failed(url, broken, "try again later")

    def _hold(self, target: httpx.URL, attempt: int, asked: float | None) -> None:
        try:
            self.pacing.hold(target.host, before_retry(str(target), attempt, asked))
        except Failed as error:  # nothing else is asked of a host that wants us away for long
            self._stopped[target.host] = error.reason
            raise

    def _once(
        self, target: httpx.URL, extra: Mapping[str, str], cut: int | None
    ) -> tuple[int, httpx.Headers, bytes]:
        self._http.cookies.clear()  # nobody is recognised from one page to the next
        self._backend.deadline.start(self._options.total)
        url = str(target)
        with self._http.stream("GET", target, headers={**self._headers, **extra}) as response:
            body = b""
            if 200 <= response.status_code < 300:
                if cut is None:
                    bodies.check_kind(response.headers, url)
                body = bodies.read(
                    response, url, cut or self._options.max_bytes, cut=cut is not None
                )
            return response.status_code, response.headers, body

    def _heed(self, host: str, headers: httpx.Headers) -> None:
        renewed = exhausted(headers, self._world.now())
        if renewed is not None:
            self.pacing.hold(host, min(renewed, LONGEST))

    def _rules(self, origin: httpx.URL) -> robots.Rules:
        """The rules of a site; redirects of its robots.txt are followed under the same guard."""
        target, now = origin, self._world.now()
        try:
            for _ in range(_REDIRECTS + 1):
                status, headers, body = self._ask(target, {}, cut=robots.MOST_BYTES)
                if status not in _MOVED or "location" not in headers:
                    return robots.read(status, body, now)
                target = self._moved(target, headers["location"])
        except (Failed, Refused) as error:
            if isinstance(error, Refused) and target == origin:
                raise  # the site itself is out of bounds, not its robots.txt alone
            return robots.unreachable(now, f"robots.txt could not be read: {error.reason}")
        return robots.unreachable(now, "robots.txt is redirected too often")


def _introduction(contact: str | None, version: str) -> dict[str, str]:
    """Headers that say who asks, and how to reach them."""
    about = f" (+{contact})" if contact and "@" not in contact else ""
    told = {
        "User-Agent": f"{robots.TOKEN}/{version}{about}",
        "Accept": "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.5",
        "Accept-Encoding": "gzip",
        "Accept-Language": "*",
    }
    if contact and "@" in contact:
        told["User-Agent"] += f" (+mailto:{contact})"
        told["From"] = contact
    return told


Get = Callable[[str], Answer]
