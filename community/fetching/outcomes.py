"""How an attempt ends that gave no page, and what the outside world is to this package."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from community.errors import SourceError

SAVE_IT = "open it in a browser, save the page, and name the file to `community analyze`"


class Refused(SourceError):
    """The address must not be fetched: by our rules, by the site's, or it needs a login."""


class Failed(SourceError):
    """The address was tried and gave no usable answer."""


def _resolve(host: str, port: int) -> list[str]:
    """Addresses of a host by the system's resolver, each once, in its order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


def _now() -> datetime:
    return datetime.now(UTC)


def _jitter() -> float:
    return random.random()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The outside, as arguments: wall clock (aware UTC), monotonic clock (seconds), sleep
    (seconds), resolver (host, port → addresses), and jitter (0 to 1), which lengthens pauses."""

    now: Callable[[], datetime] = _now
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    resolve: Callable[[str, int], Sequence[str]] = _resolve
    jitter: Callable[[], float] = _jitter
