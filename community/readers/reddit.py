"""Reads Reddit's API JSON: a submission and its comments, as two listings.

The submission is a post of its own; ``more`` stubs and "continue this thread" make the thread
incomplete. What was deleted or removed keeps its place, with the notice that stands for it. Bodies
stay as written, in Markdown: its ``>`` lines are told from own words where every text's are, when
the thread is built.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from community.errors import SourceError
from community.html import dates as comment_dates
from community.html.markup import TextBuilder
from community.tabular.rows import loaded
from community.text import newlines
from community.types import Page, RawDocument, RawPost, Span, Status

_NAME = "reddit"
_SITE = "https://www.reddit.com"
_LISTING = re.compile(rb'"kind"\s*:\s*"(?:Listing|t[13])"')
_THING = re.compile(rb'"kind"\s*:\s*"t[13]"|"(?:link_id|subreddit)"')
_GONE: dict[str, Status] = {
    "[deleted]": "deleted",
    "[deleted by user]": "deleted",
    "[removed]": "removed",
    "[ removed by reddit ]": "removed",
    "[removed by reddit]": "removed",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads submissions with their comments."""

    def sniff(self, page: Page) -> float:
        """0.9 for listings of submissions and comments."""
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
        for thing in _things(found if isinstance(found, list) else [found]):
            key = _link(thing["kind"], thing["data"]) or key
            threads.setdefault(key, _Thread()).add(thing["kind"], thing["data"])
        if not any(thread.posts for thread in threads.values()):
            advice = "save the thread as JSON: its address with .json at the end"
            raise SourceError(page.key, "no submission and no comment in it", advice)
        alone = len(threads) == 1
        for key, thread in threads.items():
            if thread.posts:
                yield thread.document("" if alone else key, page)


def make() -> Reader:
    """A reader of Reddit's API JSON."""
    return Reader()


def _things(found: list[Any]) -> Iterator[dict[str, Any]]:
    """Submissions, comments and stubs in the order of the page, replies after what they answer."""
    stack = list(reversed(found))
    while stack:
        thing = stack.pop()
        if not isinstance(thing, dict):
            continue
        data = thing.get("data")
        if thing.get("kind") == "Listing" and isinstance(data, dict):
            stack.extend(reversed(data.get("children") or []))
        elif thing.get("kind") in ("t1", "t3", "more") and isinstance(data, dict):
            yield thing
            stack.append(data.get("replies") or None)
        elif isinstance(data, list):
            stack.extend(reversed(data))


def _link(kind: str, data: dict[str, Any]) -> str:
    """The submission that a thing belongs to; a stub does not say, and follows the one before."""
    if kind == "t3":
        return _name("t3", data)
    return str(data.get("link_id") or "")


def _name(kind: str, data: dict[str, Any]) -> str:
    return str(data.get("name") or f"{kind}_{data.get('id', '')}")


@dataclass(slots=True)
class _Thread:
    """One submission's posts while they are read."""

    builder: TextBuilder = field(default_factory=TextBuilder)
    posts: list[RawPost] = field(default_factory=list)
    title: str | None = None
    url: str | None = None
    op: str = ""
    missing: int = 0
    cut: bool = False

    def add(self, kind: str, data: dict[str, Any]) -> None:
        """Takes a submission, a comment or a stub in."""
        if kind == "more":
            self.missing += int(data.get("count") or 0)
            self.cut = True
            return
        spans: list[Span] = []
        if kind == "t3":
            spans += self._head(data)
        words = html.unescape(str(data.get("selftext" if kind == "t3" else "body") or ""))
        status = _status(words, data)
        if status != "present" and words.strip().lower() not in _GONE:
            words = ""  # what its author took back is not shown, also where a dump still has it
        span = self.builder.add_text(newlines(words))
        if span:
            spans.append(span)
        end = spans[-1].end if spans else self.builder.length
        whole = Span(spans[0].start if spans else end, end)
        self.posts.append(self._post(kind, data, status, RawPost(span=whole)))

    def _head(self, data: dict[str, Any]) -> list[Span]:
        self.title = html.unescape(str(data.get("title") or "")).strip() or None
        self.url = _address(data)
        self.op = str(data.get("author") or "")
        # the title is the submission's words: no `title_span`, which would make them an article's
        span = self.builder.add_text(self.title) if self.title else None
        return [span] if span else []

    def _post(self, kind: str, data: dict[str, Any], status: Status, body: RawPost) -> RawPost:
        author = str(data.get("author") or "")
        if author.lower() in _GONE:
            author = ""
        parent = str(data.get("parent_id") or "") if kind == "t1" else ""
        if parent.startswith("t3_") and not any(p.native_id == parent for p in self.posts[:1]):
            parent = ""  # comments saved without their submission: they are the first posts
        when = comment_dates.epoch(data.get("created_utc") or "")
        return replace(
            body,
            native_id=_name(kind, data),
            parent_native_id=parent or None,
            author=author or None,
            author_native_id=str(data.get("author_fullname") or "") or None,
            platform_role=self._role(kind, data, author),
            posted_at=when.iso if when else None,
            time_precision=when.precision if when else None,
            status=status,
            url=_address(data),
        )

    def _role(self, kind: str, data: dict[str, Any], author: str) -> str | None:
        if data.get("distinguished"):
            return str(data["distinguished"])
        # old listings lack is_submitter: the submission's author tells as much
        asked = kind == "t3" or data.get("is_submitter") or (author and author == self.op)
        return "post author" if asked and author else None

    def document(self, key: str, page: Page) -> RawDocument:
        """The submission as a document."""
        note = None
        if self.cut:
            count = f"{self.missing} comments" if self.missing else "comments"
            note = f"{count} behind “more” are not in the file"
        return RawDocument(
            thread_key=key,
            reader=_NAME,
            pointers=True,
            text=self.builder.text(),
            title=self.title,
            posts=tuple(self.posts),
            complete=note is None,
            note=note,
            url=self.url or page.url,
            published_at=self.posts[0].posted_at if self.title else None,
        )


def _address(data: dict[str, Any]) -> str | None:
    return _SITE + str(data["permalink"]) if data.get("permalink") else None


def _status(words: str, data: dict[str, Any]) -> Status:
    found = _GONE.get(words.strip().lower())
    meta = data.get("_meta") or {}
    if found is None and isinstance(meta, dict) and meta.get("was_deleted_later"):
        return "removed" if str(meta.get("removal_type", "")).startswith("removed") else "deleted"
    return found or "present"
