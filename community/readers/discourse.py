"""Reads Discourse's JSON: topics (``/t/ID.json``), their further pages, and lists of posts.

A file may hold several pages of one topic, and several topics: each topic is a document. The opener
is a post. Small actions ("closed this topic") are no posts, and whispers among staff are left out;
what was deleted or hidden keeps its place. Posts that the topic counts and the file lacks make it
incomplete.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from community.errors import SourceError
from community.records import values
from community.records.documents import Head, Record, document
from community.records.json_pages import head_text, objects
from community.records.json_pages import values as read_values
from community.types import Page, RawDocument, Status

_NAME = "discourse"
_TOPIC = re.compile(r'"post_stream"\s*:\s*\{')
_POST = re.compile(r'"(?:cooked|raw)"\s*:')
_NUMBERED = re.compile(r'"post_number"\s*:')
_PLACED = re.compile(r'"(?:topic_id|topic_slug|post_type|reply_to_post_number|trust_level)"\s*:')
_SMALL_ACTION, _WHISPER = 3, 4
_TALK = (None, 1, 2)  # types of posts that a topic counts: of members, and of moderators


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads topics and their posts."""

    def sniff(self, page: Page) -> float:
        """0.97 for topics, and for lists of posts."""
        text = head_text(page.head)
        if not text:
            return 0.0
        if _TOPIC.search(text) and (_POST.search(text) or _NUMBERED.search(text)):
            return 0.97
        return 0.97 if all(p.search(text) for p in (_POST, _NUMBERED, _PLACED)) else 0.0

    def read(self, page: Page) -> Iterable[RawDocument]:
        """Each topic as a document.

        Raises:
            SourceError: not JSON, or no post in it.
        """
        found, problems = read_values(page)
        topics = _topics(found)
        if not any(topic.posts for topic in topics.values()):
            advice = "save the topic as JSON: its address with .json at the end"
            raise SourceError(page.key, "no post in it", advice)
        shown = {key: topic for key, topic in topics.items() if topic.posts}
        for at, (key, topic) in enumerate(shown.items()):
            head = topic.head(key if len(shown) > 1 else "", page, problems if at == 0 else ())
            yield document(head, topic.records(_origin(page)))


def make() -> Reader:
    """A reader of Discourse's JSON."""
    return Reader()


@dataclass(slots=True)
class _Topic:
    """What the file says of one topic, over all its pages."""

    id: str = ""
    about: dict[str, Any] = field(default_factory=dict)
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)  # by number; the last one counts
    stream: dict[str, None] = field(default_factory=dict)  # ids of all posts
    counted: int = 0

    def add(self, post: dict[str, Any]) -> None:
        """Takes a post in, from whichever page."""
        number = values.identity(post.get("post_number"))
        self.posts[number or f"without number {len(self.posts)}"] = post
        self.counted = max(self.counted, values.count(post.get("posts_count")) or 0)

    def tell(self, about: dict[str, Any]) -> None:
        """Takes in what a page says of the topic as a whole."""
        stream = about["post_stream"].get("stream")
        for name in stream if isinstance(stream, list) else ():
            if key := values.identity(name):
                self.stream[key] = None
        self.about.update({k: v for k, v in about.items() if v is not None and k != "post_stream"})
        self.counted = max(self.counted, values.count(about.get("posts_count")) or 0)

    def records(self, origin: str) -> Iterator[Record]:
        """The posts in the order of their numbers."""
        for number, post in sorted(self.posts.items(), key=_order):
            if _type(post) not in (_SMALL_ACTION, _WHISPER):
                yield _record(number, post, origin)

    def head(self, key: str, page: Page, problems: tuple[str, ...]) -> Head:
        """What is said of the topic as a whole."""
        first = min(self.posts.items(), key=_order)[1]
        title = self.about.get("title") or first.get("topic_title")
        whispers = sum(_type(post) == _WHISPER for post in self.posts.values())
        if whispers:
            problems = (*problems, f"{whispers} whispers among staff: left out")
        begun = values.when(self.about.get("created_at"), utc=True)
        return Head(
            reader=_NAME,
            thread_key=key,
            title=values.line(title) or None,
            published_at=begun.iso if begun else None,
            url=self._address(first, page),
            note=self._note(),
            problems=problems,
            topic=self.id or None,
        )

    def _address(self, first: dict[str, Any], page: Page) -> str | None:
        origin = _origin(page)
        if not origin or not self.id:
            return page.url
        slug = values.text(self.about.get("slug") or first.get("topic_slug")) or "-"
        return f"{origin}/t/{slug}/{self.id}"

    def _note(self) -> str | None:
        """What the file lacks of the topic, by the topic's own list, else by its count."""
        here = {values.identity(post.get("id")) for post in self.posts.values()}
        if self.stream:
            total, missing = len(self.stream), sum(name not in here for name in self.stream)
        else:
            told = sum(_type(post) in _TALK for post in self.posts.values())
            total, missing = self.counted, self.counted - told
        if missing <= 0:
            return None
        return f"{missing} of {total} posts are not in the file"


def _topics(found: list[Any]) -> dict[str, _Topic]:
    topics: dict[str, _Topic] = {}
    for item in objects(found, leaf=lambda item: _is_topic(item) or _is_post(item)):
        if _is_topic(item):
            posts = list(filter(_is_post, values.children(item["post_stream"], "posts")))
            key = values.identity(item.get("id")) or _topic_id(posts[0] if posts else {})
            topics.setdefault(key, _Topic(key)).tell(item)
            for post in posts:
                topics[key].add(post)
        elif _is_post(item):
            key = _topic_id(item)
            topics.setdefault(key, _Topic(key)).add(item)
    return topics


def _is_topic(item: dict[str, Any]) -> bool:
    return isinstance(item.get("post_stream"), dict)


def _is_post(item: Any) -> bool:
    return isinstance(item, dict) and "post_number" in item and ("cooked" in item or "raw" in item)


def _topic_id(post: dict[str, Any]) -> str:
    return values.identity(post.get("topic_id")) or ""


def _order(entry: tuple[str, dict[str, Any]]) -> tuple[int, int]:
    number = values.count(entry[0])
    return (0, number) if number is not None else (1, 0)


def _type(post: dict[str, Any]) -> int | None:
    return values.count(post.get("post_type"))


def _record(number: str, post: dict[str, Any], origin: str) -> Record:
    cooked = values.text(post.get("cooked"))
    answered = post.get("reply_to_user")
    when = values.when(post.get("created_at"), utc=True)
    address = values.text(post.get("post_url"))
    parent = values.identity(post.get("reply_to_post_number"))
    return Record(
        native_id=values.identity(post.get("post_number")),
        parent=parent if parent != number else None,
        body=cooked or values.text(post.get("raw")),
        markup=bool(cooked),
        author=values.name(post.get("username")) or values.name(post.get("name")),
        author_native_id=values.person(post.get("user_id")),
        platform_role=_role(post),
        posted_at=when.iso if when else None,
        time_precision=when.precision if when else None,
        status=_status(post),
        addressee=values.name(answered.get("username")) if isinstance(answered, dict) else None,
        url=origin + address if origin and address.startswith("/") else None,
    )


def _status(post: dict[str, Any]) -> Status:
    if values.flag(post.get("user_deleted")):
        return "deleted"
    if values.flag(post.get("deleted_at")):
        who = post.get("deleted_by")
        by = values.name(who.get("username")) if isinstance(who, dict) else None
        return "deleted" if by and by == values.name(post.get("username")) else "removed"
    return "removed" if values.flag(post.get("hidden")) else "present"


def _role(post: dict[str, Any]) -> str | None:
    """What the site says the author is: the office, and the title it prints."""
    office = next((o for o in ("admin", "moderator", "staff") if values.flag(post.get(o))), "")
    title = values.line(post.get("user_title"))
    if title.lower() == office:
        title = ""
    return ", ".join(part for part in (office, title) if part) or None


def _origin(page: Page) -> str:
    """The site's address, "" where the page does not tell."""
    try:
        parts = urlsplit(page.url or "")
    except ValueError:  # an address that is none
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else ""
