"""Discourse: the topic as JSON, with who answers whom, and the posts beyond the first twenty.

The file has the shape of ``/t/ID.json`` with all posts asked for in ``post_stream.posts``; what is
missing is told by ``post_stream.stream``, which lists every post of the topic.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import httpx

from community.fetching.better import Better, json_of, one_file
from community.fetching.client import Answer, Get
from community.fetching.outcomes import Failed
from community.html.markup import Element

_TOPIC = re.compile(r"(.*)/t/(?:[^/]+/)?(\d+)(?:/\d+)?/?$")
_BATCH = 20  # posts that Discourse gives at once


def find(page: Answer, root: Element, get: Get, most: int) -> Better | None:
    """The topic of a page, or None where the page is no Discourse topic.

    Args:
        get: a polite GET.
        most: requests for posts that may be made.

    Raises:
        Refused, Failed: the interface may not be used, or does not answer.
    """
    found = _TOPIC.fullmatch(urlsplit(page.url).path)
    if not found or not _is_discourse(root):
        return None
    base = str(httpx.URL(page.url).join(f"{found[1]}/t/{found[2]}"))
    asked = [f"{base}.json"]
    topic = json_of(get(asked[0]))
    posts, stream = _posts(topic)
    have = {post["id"] for post in posts}
    due = [number for number in stream if number not in have]
    for start in range(0, len(due), _BATCH):
        if len(asked) >= most:
            break
        ids = due[start : start + _BATCH]
        asked.append(f"{base}/posts.json?" + "&".join(f"post_ids[]={number}" for number in ids))
        posts += _posts(json_of(get(asked[-1])))[0]
    place = {number: at for at, number in enumerate(stream)}
    posts.sort(key=lambda post: place.get(post["id"], len(place)))
    topic["post_stream"]["posts"] = posts
    lost = len(stream) - len({post["id"] for post in posts} & set(stream))
    note = f"{lost} of {len(stream)} posts not asked for; more with --pages" if lost else None
    return Better(
        source="Discourse JSON", home=base, body=one_file(topic), parts=tuple(asked), note=note
    )


def _posts(topic: Any) -> tuple[list[dict[str, Any]], list[int]]:
    stream = topic.get("post_stream") if isinstance(topic, dict) else None
    posts = stream.get("posts") if isinstance(stream, dict) else None
    if not isinstance(stream, dict) or not isinstance(posts, list):
        raise Failed("Discourse", "gave no posts")
    numbers = stream.get("stream")
    listed = [n for n in numbers if type(n) is int] if isinstance(numbers, list) else []
    return [
        post for post in posts if isinstance(post, dict) and type(post.get("id")) is int
    ], listed


def _is_discourse(root: Element) -> bool:
    for meta in root.iter("meta"):
        if (meta.get("name") or "").lower() == "generator":
            return (meta.get("content") or "").lower().startswith("discourse")
    return False
