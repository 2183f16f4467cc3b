"""Reads Hacker News: items of its Firebase API, nested items of Algolia's, and search results.

A submission is a post of its own. Replies stand below what they answer, in the order that the site
shows where the items tell it. What was killed or deleted keeps its place; items that others name
and that are not in the file make the thread incomplete.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from community.errors import SourceError
from community.html.dates import When
from community.records import values
from community.records.documents import Head, Record, document
from community.records.json_pages import head_text
from community.records.json_pages import values as read_values
from community.records.lineage import depth_first, roots
from community.types import Page, RawDocument, Status

_NAME = "hackernews"
_SITE = "https://news.ycombinator.com/item?id="
_TYPE = re.compile(r'"type"\s*:\s*"(?:story|comment|job|poll|pollopt)"')
_FIREBASE = re.compile(r'"(?:by|deleted|dead)"\s*:')
_LINKS = re.compile(r'"(?:kids|parent|descendants|score)"\s*:\s*[\[\d]')
_ALGOLIA = re.compile(r'"(?:story_id|created_at_i)"\s*:\s*\d')
_HIT = re.compile(r'"(?:comment_text|story_text|objectID)"\s*:')
_KINDS = ("story", "comment", "job", "poll")
# a paragraph in italics, as quotations are written for want of better means
_ITALIC = re.compile(r"(^|<p>)\s*<i>(.{1,4000}?)</i>\s*(?=<p>|</p>|$)", re.S)
_SHORTEST_QUOTE = 12  # letters of such a paragraph from which repeating the parent is no chance


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads submissions with their comments."""

    def sniff(self, page: Page) -> float:
        """0.95 for items of either API."""
        text = head_text(page.head)
        if not text:
            return 0.0
        if _ALGOLIA.search(text) and (_HIT.search(text) or '"children"' in text):
            return 0.95
        firebase = _TYPE.search(text) and _FIREBASE.search(text) and _LINKS.search(text)
        return 0.95 if firebase else 0.0

    def read(self, page: Page) -> Iterable[RawDocument]:
        """Each submission with its comments as a document.

        Raises:
            SourceError: not JSON, or no item in it.
        """
        found, problems = read_values(page)
        items = _items(found)
        if not items:
            raise SourceError(page.key, "no submission and no comment in it", "save the item again")
        parents = {key: item.parent for key, item in items.items()}
        stories: dict[str, list[str]] = {}
        for key, root in roots(parents).items():
            top = items.get(root)
            named = (top or items[key]).story
            stories.setdefault(named or root, []).append(key)
        for at, (story, keys) in enumerate(stories.items()):
            thread = _Thread(story, {key: items[key] for key in keys})
            told = problems if at == 0 else ()
            yield thread.document(story if len(stories) > 1 else "", page, told)


def make() -> Reader:
    """A reader of Hacker News."""
    return Reader()


@dataclass(slots=True)
class _Item:
    """A submission or a comment, of whichever API."""

    kind: str
    parent: str | None = None
    story: str | None = None  # its submission, if named and not an item of the file
    author: str | None = None
    title: str = ""
    text: str = ""
    when: When | None = None
    status: Status = "present"
    kids: list[str] = field(default_factory=list)
    descendants: int = 0


@dataclass(slots=True)
class _Thread:
    story: str
    items: dict[str, _Item]

    def document(self, key: str, page: Page, problems: tuple[str, ...]) -> RawDocument:
        """The thread as a document."""
        top = self.items.get(self.story) or _Item("story")
        head = Head(
            reader=_NAME,
            thread_key=key,
            title=top.title or None,
            title_stands=False,
            published_at=top.when.iso if top.when else None,
            url=_SITE + self.story if self.story in self.items else page.url,
            note=self._note(top),
            problems=problems,
        )
        return document(head, self._records(top))

    def _records(self, top: _Item) -> Iterator[Record]:
        parents = {key: item.parent for key, item in self.items.items()}
        kids = {key: item.kids for key, item in self.items.items()}
        for key in depth_first(parents, kids):
            item = self.items[key]
            parent = item.parent
            if parent == self.story and self.story not in self.items and item.story:
                parent = None  # comments saved without their submission are the first posts
            above = self.items.get(parent or "")
            role = "post author" if item.author and item.author == top.author else None
            yield Record(
                native_id=key,
                parent=parent,
                heading=item.title or None,
                body=_quoted(item.text, above.text) if above else item.text,
                markup=True,
                author=item.author,
                platform_role=role,
                posted_at=item.when.iso if item.when else None,
                time_precision=item.when.precision if item.when else None,
                status=item.status,
                url=_SITE + key,
            )

    def _note(self, top: _Item) -> str | None:
        named = {kid for item in self.items.values() for kid in item.kids}
        told = sum(item.kind == "comment" for item in self.items.values())
        missing = max(len(named - self.items.keys()), top.descendants - told)
        return f"{missing} comments are not in the file" if missing > 0 else None


def _items(found: list[Any]) -> dict[str, _Item]:
    """All items by id, in the order of the page; nested ones after what they answer."""
    items: dict[str, _Item] = {}
    stack: list[tuple[Any, str | None, str | None]] = [(found, None, None)]
    while stack:
        value, parent, story = stack.pop()
        if isinstance(value, list):
            stack.extend((inner, parent, story) for inner in reversed(value))
            continue
        if not isinstance(value, dict):
            continue
        key = values.identity(value.get("id", value.get("objectID")))
        nested: list[Any] = list(value.values())
        if key and _is_item(value):
            item = _item(value, parent)
            item.story = item.story or story
            if key not in items or items[key].status == "present":
                items[key] = item  # the later copy of an item counts, unless it was gone before
            nested = [value.get(name) for name in ("children", "kids", "comments")]
            parent, story = key, item.story
        stack.extend((inner, parent, story) for inner in reversed(nested))
    return items


def _is_item(value: dict[str, Any]) -> bool:
    kind = values.text(value.get("type"))
    if kind:
        return kind in _KINDS and bool({"by", "author", "deleted", "dead", "time"} & value.keys())
    return "objectID" in value and bool({"comment_text", "story_text", "title"} & value.keys())


def _item(value: dict[str, Any], parent: str | None) -> _Item:
    told = (value.get(name) for name in ("text", "comment_text", "story_text"))
    text = next((words for words in map(values.text, told) if words), "")
    kind = values.text(value.get("type")) or ("comment" if value.get("comment_text") else "story")
    kids = (values.identity(kid) for kid in values.children(value, "kids"))
    named = value.get("by", value.get("author"))
    status: Status = "present"
    if values.flag(value.get("deleted")) or (kind == "comment" and not text and named is None):
        status = "deleted"
    elif values.flag(value.get("dead")) or text.lower() in ("[dead]", "[flagged]"):
        status = "removed"
    times = (value.get(name) for name in ("time", "created_at_i", "created_at", "timestamp"))
    comment = kind == "comment"
    return _Item(
        kind=kind,
        parent=(values.identity(value.get("parent", value.get("parent_id"))) or parent)
        if comment
        else None,
        story=values.identity(value.get("story_id")) if comment else None,
        author=values.name(named),
        title="" if comment else values.line(value.get("title")),
        text=text,
        when=next((when for when in map(values.when, times) if when), None),
        status=status,
        kids=[kid for kid in kids if kid],
        descendants=values.count(value.get("descendants")) or 0,
    )


def _quoted(text: str, answered: str) -> str:
    """A comment's HTML with the italic paragraphs that repeat what it answers as quotations."""
    if "<i>" not in text:
        return text
    said = _letters(answered)

    def mark(match: re.Match[str]) -> str:
        letters = _letters(match[2])
        if len(letters) < _SHORTEST_QUOTE or letters not in said:
            return match[0]
        return f"{match[1]}<blockquote>{match[2]}</blockquote>"

    return _ITALIC.sub(mark, text)


def _letters(markup: str) -> str:
    return "".join(filter(str.isalnum, values.line(markup).casefold()))
