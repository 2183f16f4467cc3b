"""Reads Reddit's API JSON: a submission and its comments, as two listings.

The submission is a post of its own; ``more`` stubs and "continue this thread" make the thread
incomplete. What was deleted or removed keeps its place without its words. Bodies stay as written,
in Markdown: its ``>`` lines are told from own words where every text's are, when the thread is
built.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from community.errors import SourceError
from community.records import reddit, values
from community.records.documents import Head, Record, document
from community.tabular.rows import loaded
from community.types import Page, RawDocument

_NAME = "reddit"
_LISTING = re.compile(rb'"kind"\s*:\s*"(?:Listing|t[13])"')
_THING = re.compile(rb'"kind"\s*:\s*"t[13]"|"(?:link_id|subreddit)"')


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads submissions with their comments."""

    def sniff(self, page: Page) -> float:
        """0.95 for listings of submissions and comments."""
        start = page.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        if start not in (b"[", b"{") or not _LISTING.search(page.head):
            return 0.0
        return 0.95 if _THING.search(page.head) else 0.0

    def read(self, page: Page) -> Iterable[RawDocument]:
        """Each submission with its comments as one document.

        Raises:
            SourceError: not JSON, or no submission and no comment in it.
        """
        found = loaded(page)
        threads: dict[str, _Thread] = {}
        key = ""
        for kind, data in _things(found if isinstance(found, list) else [found]):
            key = _link(kind, data) or key
            threads.setdefault(key, _Thread()).add(kind, data)
        full = {key: thread for key, thread in threads.items() if thread.records}
        if not full:
            advice = "save the thread as JSON: its address with .json at the end"
            raise SourceError(page.key, "no submission and no comment in it", advice)
        alone = len(threads) == 1
        for key, thread in full.items():
            yield thread.document("" if alone else key, page)


def make() -> Reader:
    """A reader of Reddit's API JSON."""
    return Reader()


def _things(found: list[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Submissions, comments and stubs in the order of the page, replies after what they answer."""
    stack = list(reversed(found))
    while stack:
        thing = stack.pop()
        if not isinstance(thing, dict):
            continue
        data, kind = thing.get("data"), thing.get("kind")
        if kind == "Listing":
            stack.extend(reversed(values.children(data, "children")))
        elif kind in ("t1", "t3", "more") and isinstance(data, dict):
            yield kind, data
            stack.append(data.get("replies") or None)
        elif isinstance(data, list):
            stack.extend(reversed(data))


def _link(kind: str, data: dict[str, Any]) -> str:
    """The submission that a thing belongs to; a stub does not say, and follows the one before."""
    if kind == "t3":
        return reddit.name("t3", data)
    return reddit.fullname(data.get("link_id"), "t3")


@dataclass(slots=True)
class _Thread:
    """One submission's posts while they are read."""

    records: list[Record] = field(default_factory=list)
    title: str | None = None
    opener: str | None = None
    missing: int = 0
    cut: bool = False

    def add(self, kind: str, data: dict[str, Any]) -> None:
        """Takes a submission, a comment or a stub in."""
        if kind == "more":
            self.missing += values.count(data.get("count")) or 0
            self.cut = True
            return
        if kind == "t3":
            self.title = reddit.title(data)
            self.opener = reddit.author(data)
        made = reddit.record(kind, data, self.opener)
        if kind == "t3" and reddit.is_notice(made.body):
            made = replace(made, heading=self.title)  # the site goes on showing it
        top = self.records[0].native_id if self.records else None
        if (made.parent or "").startswith("t3_") and made.parent != top:
            made = replace(made, parent=None)  # saved without their submission: the first posts
        self.records.append(made)

    def document(self, key: str, page: Page) -> RawDocument:
        """The submission as a document."""
        note = None
        if self.cut:
            count = f"{self.missing} comments" if self.missing else "comments"
            note = f"{count} behind “more” are not in the file"
        first = self.records[0]
        head = Head(
            reader=_NAME,
            thread_key=key,
            title=self.title,
            # the title is the submission's words, and stands in its post
            title_stands=False,
            published_at=first.posted_at if self.title else None,
            url=(first.url if self.title else None) or page.url,
            note=note,
        )
        return document(head, self.records)
