"""Reads comments as WordPress's REST API gives them, with or without the post they stand under.

A page is an array of comments (``/wp/v2/comments``), an object with a ``post`` and its
``comments``, posts that embed their replies, or WordPress.com's list of replies. Each post with its
comments is a document: the post is the article. Comments come in the order of time; pingbacks and
what was never approved are left out, what went to the bin keeps its place. Addresses of commenters
are not read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from community import addresses
from community.errors import SourceError
from community.html.dates import When
from community.records import values
from community.records.documents import Head, Record, document
from community.records.json_pages import head_text, objects
from community.records.json_pages import values as read_values
from community.types import Page, RawDocument

_NAME = "wordpress_rest"
_RENDERED = re.compile(r'"content"\s*:\s*\{[^{}]{0,60}?"(?:rendered|protected)"\s*:')
_COMMENT = re.compile(r'"author_name"\s*:|"in-reply-to"\s*:|"author_avatar_urls"\s*:')
_POST = re.compile(r'"comment_status"\s*:')
_DOT_COM = re.compile(r'"raw_content"\s*:|"avatar_URL"\s*:')
_NO_COMMENT = re.compile(r"ping|track|mention|order|note|log|like|repost")
_WAITING = ("hold", "spam", "unapproved", "0", "pending")
_BIN = ("trash", "post-trashed", "deleted")
_PAGING = re.compile(r"/comment-page-\d+/?$")
_PAGE_SIZES = (10, 100)  # how many comments a page of the API holds: by default, and at most


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads comments, and posts with their comments."""

    def sniff(self, page: Page) -> float:
        """0.97 for comments of the API; 0.9 for posts with none in sight."""
        text = head_text(page.head)
        if not text:
            return 0.0
        if _DOT_COM.search(text) and '"ID"' in text and '"parent"' in text and '"post"' in text:
            return 0.95
        if not _RENDERED.search(text):
            return 0.0
        if _COMMENT.search(text) and '"parent"' in text:
            return 0.97
        return 0.9 if _POST.search(text) else 0.0

    def read(self, page: Page) -> Iterable[RawDocument]:
        """Each post with its comments as a document.

        Raises:
            SourceError: not JSON, or neither a comment nor a post in it.
        """
        found, problems = read_values(page)
        threads = _threads(found)
        if not threads:
            advice = "save what /wp-json/wp/v2/comments?post=ID gives"
            raise SourceError(page.key, "no comment and no post in it", advice)
        for at, (key, thread) in enumerate(threads.items()):
            told = problems if at == 0 else ()
            records = list(thread.records())
            yield document(thread.head(key if len(threads) > 1 else "", page, told), records)


def make() -> Reader:
    """A reader of WordPress's REST API."""
    return Reader()


@dataclass(slots=True)
class _Thread:
    """One post and its comments."""

    post: dict[str, Any] = field(default_factory=dict)
    comments: dict[str, dict[str, Any]] = field(default_factory=dict)  # by id; the fullest counts
    total: int = 0

    def add(self, comment: dict[str, Any]) -> None:
        """Takes a comment in; the same one may be embedded elsewhere, with fewer fields."""
        key = values.identity(_id(comment)) or f"without id {len(self.comments)}"
        if len(comment) >= len(self.comments.get(key, ())):
            self.comments[key] = comment

    def records(self) -> Iterator[Record]:
        """The comments that are comments, in the order of time."""
        owner = values.person(_user(self.post))
        shown = [(c, _when(c)) for c in self.comments.values() if _state(c) != "out"]
        for comment, when in sorted(shown, key=lambda entry: _moment(*entry)):
            user = values.person(_user(comment))
            author = comment.get("author")
            named = author.get("name") if isinstance(author, dict) else comment.get("author_name")
            yield Record(
                native_id=values.identity(_id(comment)),
                parent=_parent(comment),
                body=_body(comment),
                markup=True,
                author=values.name(named),
                author_native_id=user,
                platform_role="post author" if user and user == owner else None,
                posted_at=when.iso if when else None,
                time_precision=when.precision if when else None,
                status="removed" if _state(comment) == "bin" else "present",
                url=_link(comment) or None,
            )

    def head(self, key: str, page: Page, problems: tuple[str, ...]) -> Head:
        """What is said of the post."""
        links = (_link(comment) for comment in self.comments.values())
        first = next((link for link in links if link), "")
        when = _when(self.post)
        return Head(
            reader=_NAME,
            thread_key=key,
            title=values.line(_words(self.post.get("title"))) or None,
            article=_body(self.post) or None,
            article_author=_writer(self.post),
            published_at=when.iso if when else None,
            url=_link(self.post) or _PAGING.sub("/", addresses.without_fragment(first)) or page.url,
            note=self._note(),
            problems=(*problems, *self._left_out()),
        )

    def _note(self) -> str | None:
        missing = self.total - len(self.comments)
        return f"{missing} of {self.total} comments are not in the file" if missing > 0 else None

    def _left_out(self) -> Iterator[str]:
        waiting = Counter(
            values.text(comment.get("status")).lower()
            for comment in self.comments.values()
            if _state(comment) == "out" and not _pinged(comment)
        )
        for status, number in sorted(waiting.items()):
            yield f"{number} comments with status {status}: left out"
        if not self.total and not self.post and len(self.comments) in _PAGE_SIZES:
            told = f"exactly {len(self.comments)} comments, as many as one page of the API holds"
            yield f"{told}: there may be more"


def _threads(found: list[Any]) -> dict[str, _Thread]:
    """Posts and comments by the id of the post."""
    posts: dict[str, dict[str, Any]] = {}
    told: list[tuple[str, dict[str, Any]]] = []
    totals: list[int] = []
    for item in objects(found, leaf=lambda item: _is_comment(item) or _is_post(item)):
        if _is_comment(item):
            told.append((_post_id(item), item))
            posts.update((_post_id(item), post) for post in _linked(item, "up") if _is_post(post))
        elif _is_post(item):
            key = values.identity(_id(item)) or ""
            posts[key] = item
            told += [(_post_id(c) or key, c) for c in _linked(item, "replies") if _is_comment(c)]
        elif isinstance(item.get("comments"), list):
            totals.append(values.count(item.get("total", item.get("found"))) or 0)
    threads: dict[str, _Thread] = {key: _Thread(post) for key, post in posts.items()}
    alone = next(iter(posts)) if len(posts) == 1 else ""
    for key, comment in told:
        threads.setdefault(key or alone, _Thread()).add(comment)
    if len(threads) == 1:  # a count that the page gives is then of this post's comments
        next(iter(threads.values())).total = sum(totals)
    return threads


def _is_comment(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and "content" in item
        and "title" not in item
        and "parent" in item
        and ("author_name" in item or "post" in item)
    )


def _is_post(item: Any) -> bool:
    if not isinstance(item, dict) or "title" not in item:
        return False
    rendered = isinstance(item.get("content"), dict) or isinstance(item.get("title"), dict)
    return rendered and ("link" in item or "content" in item)


def _id(item: dict[str, Any]) -> Any:
    return item.get("id", item.get("ID"))


def _linked(item: dict[str, Any], name: str) -> Iterator[Any]:
    """What an object embeds under a name: lists, and lists of lists."""
    for value in values.children(item.get("_embedded"), name):
        yield from value if isinstance(value, list) else (value,)


def _post_id(comment: dict[str, Any]) -> str:
    post = comment.get("post")
    return values.identity(_id(post) if isinstance(post, dict) else post) or ""


def _parent(comment: dict[str, Any]) -> str | None:
    parent = comment.get("parent")
    return values.identity(_id(parent) if isinstance(parent, dict) else parent)


def _user(item: dict[str, Any]) -> Any:
    author = item.get("author")
    return _id(author) if isinstance(author, dict) else author


def _words(value: Any) -> str:
    """A field that may come rendered."""
    return values.text(value.get("rendered") if isinstance(value, dict) else value)


def _body(item: dict[str, Any]) -> str:
    return _words(item.get("content"))


def _link(item: dict[str, Any]) -> str:
    link = values.text(item.get("link", item.get("URL")))
    return link if link.startswith(("http://", "https://")) else ""


def _writer(post: dict[str, Any]) -> str | None:
    """The name of the post's author, where the page tells more than a number."""
    for value in (*_linked(post, "author"), post.get("author"), post.get("yoast_head_json")):
        if isinstance(value, dict):
            name = values.name(value.get("name")) or values.name(value.get("author"))
            if name:
                return name
    return None


def _when(item: dict[str, Any]) -> When | None:
    """The time in UTC where the page has it; the site's own clock states no zone."""
    return values.when(item.get("date_gmt"), utc=True) or values.when(item.get("date"))


def _moment(comment: dict[str, Any], when: When | None) -> tuple[bool, str, int]:
    return (when is None, (when.iso or "") if when else "", values.count(_id(comment)) or 0)


def _pinged(comment: dict[str, Any]) -> bool:
    return bool(_NO_COMMENT.search(values.text(comment.get("type")).lower()))


def _state(comment: dict[str, Any]) -> str:
    """Whether a comment is shown ("in"), keeps its place ("bin"), or is left out ("out")."""
    status = values.text(comment.get("status")).lower()
    if _pinged(comment) or status in _WAITING:
        return "out"
    return "bin" if status in _BIN else "in"
