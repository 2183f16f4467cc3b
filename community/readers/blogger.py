"""Reads what Blogger gives: feeds of comments (Atom or JSON), and exports of a whole blog.

The export of before 2018 and the ``feed.atom`` of Google Takeout hold posts and comments as entries
of one feed. Entries are grouped by post outside memory; a post is the article of the document in
which its comments stand. Replies point to comments by a link or an element of their own, as the
feed's ``thr:in-reply-to`` names the post.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from community import spool
from community.errors import SourceError
from community.readers import _blogger_entries as blogger_entries
from community.records import endings, order
from community.records.documents import Head, Record, document
from community.types import Page, RawDocument
from community.xml.nodes import Node
from community.xml.roots import root
from community.xml.streams import Rows

_NAME = "blogger"
_MARKS = re.compile(
    rb"schemas\.google\.com/blogger/|tag:blogger\.com,|<blogger:\w|>Blogger</generator>", re.I
)
_JSON = re.compile(rb'"feed"\s*:\s*\{')
_JSON_MARKS = re.compile(rb"tag:blogger\.com,|schemas\.google\.com\\?/blogger|\"Blogger\"")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads Blogger's feeds and exports of any size."""

    streams = True

    def sniff(self, page: Page) -> float:
        """0.96 for what bears Blogger's marks, in XML or JSON."""
        head = page.head.replace(b"\x00", b"")
        if blogger_entries.starts_json(head):
            return 0.96 if _JSON.search(head[:2000]) and _JSON_MARKS.search(head) else 0.0
        return 0.96 if root(head) in ("feed", "entry") and _MARKS.search(head) else 0.0

    def read(self, page: Page) -> Iterable[RawDocument]:
        """Each post with its comments as a document.

        Raises:
            SourceError: neither XML nor JSON, hostile, or nothing in it that was public.
        """
        blog = _Blog(page)
        found = False
        for made in endings.told(blog.documents(), blog.told):
            found = True
            yield made
        if not found:
            told = "; ".join(blog.told()) or "no post and no comment in it"
            raise SourceError(page.key, told, "export the blog again")


def make() -> Reader:
    """A reader of Blogger's feeds and exports."""
    return Reader()


@dataclass(slots=True)
class _Blog:
    """A feed or an export while it is read."""

    page: Page
    title: str | None = None
    announced: int = 0
    first: str | None = None  # the post of the first comment
    single: bool = True  # all comments are of one post
    left_out: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def told(self) -> list[str]:
        """What was damaged or left out."""
        return self.problems + [f"{n} {what} left out" for what, n in self.left_out.items()]

    def documents(self) -> Iterator[RawDocument]:
        """One per post, in the order of the file."""
        for key, parts in spool.grouped(self._parts()):
            post = next((part for part in parts if part["kind"] == "post"), None)
            if post and post["status"] == "hidden":
                self.left_out["posts that the blog does not show"] += 1
                continue
            comments = [part for part in parts if part["kind"] == "comment"]
            shown = [part for part in comments if part["status"] != "hidden"]
            if len(shown) < len(comments):
                self.left_out["comments that the blog does not show"] += len(comments) - len(shown)
            if shown or (post and post["body"].strip()):
                shown = order.by_time(shown, lambda part: str(part["when"] or "") or None)
                head = self._head(key, post, shown, len(comments))
                yield document(head, (_record(part, post) for part in shown))

    def _parts(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for row in self._rows():
            words = row.text().strip() if row.name != "entry" else ""
            if row.name == "totalresults" and words.isdecimal() and len(words) < 9:
                self.announced = int(words)
            elif row.name == "title" and row.above == "feed":
                self.title = words or None
            elif row.name == "entry" and (part := blogger_entries.part(row)):
                if part["kind"] == "comment":
                    self.first = self.first or part["post"]
                    self.single = self.single and part["post"] == self.first
                yield part["post"], part

    def _rows(self) -> Iterator[Node]:
        if blogger_entries.starts_json(self.page.head.replace(b"\x00", b"")):
            yield from blogger_entries.json_rows(self.page)
            return
        rows = Rows(self.page, {"entry", "totalresults", "title"})
        yield from rows
        self.problems += rows.problems

    def _head(
        self, key: str, post: dict[str, Any] | None, shown: list[dict[str, Any]], held: int
    ) -> Head:
        # a feed of one post's comments announces them in its head, a post in its own entry
        announced = post["announced"] if post else self.announced if self.single else 0
        title = post["title"] if post else self.title if self.single else None
        missing = announced - held
        return Head(
            reader=_NAME,
            thread_key=key,
            title=title,
            article=post["body"] if post else None,
            article_author=post["author"] if post else None,
            published_at=post["when"] if post else None,
            url=post["link"] if post else next((p["link"] for p in shown if p["link"]), None),
            note=f"{missing} comments of the post are not in the file" if missing > 0 else None,
        )


def _record(part: dict[str, Any], post: dict[str, Any] | None) -> Record:
    by_author = bool(post and part["user"] and part["user"] == post["user"])
    return Record(
        native_id=part["id"] or None,
        parent=part["parent"],
        body=part["body"],
        markup=True,
        author=part["author"],
        author_native_id=part["user"],
        platform_role="post author" if by_author else None,
        posted_at=part["when"],
        time_precision=part["precision"],
        status=part["status"],
    )
