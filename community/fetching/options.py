"""What a fetch may cost and who is behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from dataclasses import dataclass

from community.errors import UsageError

DELAY = 5.0  # seconds between two requests to one host
PAGES = 20  # of one discussion
MAX_BYTES = 10 * 1024 * 1024  # of one answer, unpacked
TOTAL = 60.0  # seconds for one request, from its connection to its last byte
_LEAST_DELAY = 1.0
_MOST_PAGES = 1000
_MOST_BYTES = 64 * 1024 * 1024  # larger pages are not read either
_CONTACT = re.compile(r"https?://[\x21-\x7e]{3,150}|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchOptions:
    """How to fetch.

    `pages` of one discussion at most; `delay` seconds between two requests to one host, and
    `total` for one request; `max_bytes` of one answer, unpacked; `contact` a mail address or page
    by which a site can reach you; `dry_run` asks for each site's robots.txt and nothing else;
    `progress` is told stage, done, total. `allow` holds (host, port) pairs that may be fetched
    from although they are not public: for tests on one's own machine, and never filled from a
    study, a page or a redirect.

    Raises:
        UsageError: a value is out of range.
    """

    pages: int = PAGES
    delay: float = DELAY
    total: float = TOTAL
    max_bytes: int = MAX_BYTES
    contact: str | None = None
    dry_run: bool = False
    allow: Set[tuple[str, int]] = frozenset()
    progress: Callable[[str, int, int | None], None] = lambda _stage, _done, _total: None

    def __post_init__(self) -> None:
        if not 1 <= self.pages <= _MOST_PAGES:
            raise UsageError("--pages", f"is {self.pages}", f"1 to {_MOST_PAGES}")
        if not self.delay >= _LEAST_DELAY:
            raise UsageError("--delay", f"is {self.delay:g} s", f"at least {_LEAST_DELAY:g}")
        if not 1 <= self.max_bytes <= _MOST_BYTES:
            raise UsageError("--max-size", "is out of range", f"up to {_MOST_BYTES >> 20} MB")
        if self.contact is not None and not _CONTACT.fullmatch(self.contact):
            advice = "a mail address, or the address of a page about your project"
            raise UsageError("--contact", f"is {self.contact[:60]!r}", advice)
