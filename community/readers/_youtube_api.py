"""What YouTube's Data API says of comments: threads of two levels, and lists of replies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from community.errors import SourceError
from community.records import json_pages, values
from community.records.documents import Head, Record, document
from community.types import Page, RawDocument

_WATCH = "https://www.youtube.com/watch?v="
_LEAVES = ("youtube#commentThread", "youtube#comment")


@dataclass(slots=True)
class _Video:
    """A video's comments while they are read, and how many replies each says to have."""

    records: dict[str, Record] = field(default_factory=dict)
    replies: dict[str, int] = field(default_factory=dict)

    def missing(self) -> int:
        """How many replies there are that were not fetched."""
        here = Counter(record.parent for record in self.records.values())
        return sum(max(0, count - here[name]) for name, count in self.replies.items())


def read(page: Page, reader: str) -> Iterator[RawDocument]:
    """Each video's comments as a document.

    Raises:
        SourceError: no comment in it.
    """
    found, problems = json_pages.values(page)
    videos: dict[str, _Video] = {}
    more, key = False, ""
    for data in json_pages.objects(found, lambda value: value.get("kind") in _LEAVES):
        kind = data.get("kind")
        if kind in _LEAVES:
            key = _snippet(data, "videoId") or _snippet(_top(data), "videoId") or key
            _take(videos.setdefault(key, _Video()), data)
        elif str(kind).endswith("ListResponse"):
            more = bool(data.get("nextPageToken"))
    videos = {key: video for key, video in videos.items() if video.records}
    if not videos:
        raise SourceError(page.key, "no comment in it", "fetch commentThreads with part=snippet")
    for key, video in videos.items():
        missing = video.missing()
        notes = [f"{missing} replies are not in the file"] if missing else []
        notes += ["further pages of comments are not in the file"] if more else []
        head = Head(
            reader=reader,
            thread_key=key,
            url=_WATCH + key if key else page.url,
            note="; ".join(notes) or None,
            problems=problems,
        )
        problems = ()
        yield document(head, video.records.values())


def _field(data: Any, name: str) -> Any:
    snippet = data.get("snippet") if isinstance(data, dict) else None
    return snippet.get(name) if isinstance(snippet, dict) else None


def _snippet(data: Any, name: str) -> str:
    return values.text(_field(data, name))


def _top(data: dict[str, Any]) -> Any:
    return _field(data, "topLevelComment")


def _take(video: _Video, data: dict[str, Any]) -> None:
    owner = _snippet(data, "channelId")
    if data.get("kind") == "youtube#comment":
        _add(video, data, _snippet(data, "parentId"), owner)
        return
    top = _top(data)
    if not isinstance(top, dict):
        return
    _add(video, top, "", owner)
    replies = [r for r in values.children(data.get("replies"), "comments") if isinstance(r, dict)]
    name = values.text(top.get("id"))
    video.replies[name] = values.count(_field(data, "totalReplyCount")) or 0
    # the API gives the latest first
    for reply in sorted(replies, key=lambda r: _snippet(r, "publishedAt")):
        _add(video, reply, _snippet(reply, "parentId") or name, owner)


def _add(video: _Video, data: dict[str, Any], parent: str, owner: str) -> None:
    name = values.identity(data.get("id"))
    snippet = data.get("snippet")
    if name is None or not isinstance(snippet, dict):
        return
    told = snippet.get("authorChannelId")
    channel = values.person(told.get("value") if isinstance(told, dict) else told)
    original = values.text(snippet.get("textOriginal"))
    when = values.when(snippet.get("publishedAt"), utc=True)
    video.records[name] = Record(
        native_id=name,
        parent=parent or None,
        body=original or values.text(snippet.get("textDisplay")),
        markup=None if original == "" else False,
        author=values.name(snippet.get("authorDisplayName")),
        author_native_id=channel,
        platform_role="post author" if channel and channel == owner else None,
        posted_at=when.iso if when else None,
        time_precision=when.precision if when else None,
    )
