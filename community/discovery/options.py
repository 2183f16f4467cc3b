"""How a study wants its topics: light to import and to pickle; the work waits for the call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from community.discovery.nouns import Found, Said

MOST_TOPICS = 50  # more is no overview


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """Finds topics; `count` says how many are wanted, None by the number of posts."""

    count: int | None = None

    def __call__(
        self, posts: Iterable[Said], *, authors: Iterable[str | None], before: Found, run: int
    ) -> Found:
        """See `community.discovery.topics.discover`."""
        from community.discovery.topics import discover

        return discover(posts, authors=authors, before=before, run=run, count=self.count)
