"""Joins what a page's data states of its contributions with those that its markup shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lxml import etree

from community.html import dates as comment_dates
from community.html.linked_data import Told
from community.html.markup import UNREADABLE, Element
from community.types import RawPost

_FIRST = 48  # letters and digits with which a post begins, by which it is known again
_SHORT = 3  # letters and digits below which words tell nothing
_SHARE = 0.8  # of the posts must be known again for ids and parents to be taken over


def joined(posts: Sequence[RawPost], text: str, told: Sequence[Told]) -> tuple[RawPost, ...]:
    """Posts with the times, names, ids and parents that the page's data states of them."""
    if not told or not posts:
        return tuple(posts)
    match = _matched([_plain(post.span.of(text)) for post in posts], told)
    known = [told[match[n]] if n in match else None for n in range(len(posts))]
    made = [
        post if one is None else _stated(post, one) for post, one in zip(posts, known, strict=True)
    ]
    numbered = any(post.native_id for post in posts)
    tree = any(one is not None and one.parent is not None for one in known)
    if numbered or not tree or len(match) < _SHARE * len(posts):
        return tuple(made)
    names = {match[n]: (told[match[n]].native_id or f"{n}") for n in match}
    if len(set(names.values())) < len(names):
        return tuple(made)
    return tuple(
        post
        if one is None
        else replace(
            post,
            native_id=names[match[n]],
            parent_native_id=names.get(one.parent) if one.parent is not None else None,
            level=None,
            gap=False,
        )
        for n, (post, one) in enumerate(zip(made, known, strict=True))
    )


def _stated(post: RawPost, one: Told) -> RawPost:
    when = comment_dates.iso(one.posted_at)
    exact = post.posted_at is None or post.time_precision in ("relative", "day", "month")
    if when is not None and exact and when.precision != "day":
        post = replace(post, posted_at=when.iso, time_precision=when.precision)
    if post.author is None and one.author:
        post = replace(post, author=one.author)
    return post


def _matched(words: Sequence[str], told: Sequence[Told]) -> dict[int, int]:
    """For posts the entry with the same first words, each entry taken once, in order."""
    places: dict[str, list[int]] = {}
    for m, one in enumerate(told):
        first = _plain(one.text)[:_FIRST]
        if len(first) >= _SHORT:
            places.setdefault(first, []).append(m)
    found: dict[int, int] = {}
    for n, post in enumerate(words):
        waiting = places.get(post[:_FIRST])
        if waiting:
            found[n] = waiting.pop(0)
    return found


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def elements(told: Sequence[Told]) -> list[Element]:
    """Markup for contributions that a page states and does not show, nested as they answer."""
    made: list[Element] = []
    for n, one in enumerate(told):
        item = etree.Element("div", {"class": "comment", "id": f"comment-{one.native_id or n}"})
        name = etree.SubElement(item, "cite", {"class": "fn"})
        name.text = _clean(one.author or "")
        if one.posted_at:
            etree.SubElement(item, "time", {"datetime": _clean(one.posted_at)})
        body = etree.SubElement(item, "div", {"class": "comment-content"})
        for line in one.text.splitlines():
            if line.strip():
                etree.SubElement(body, "p").text = _clean(line)
        etree.SubElement(item, "div", {"class": "children"})
        if one.parent is not None:
            made[one.parent][-1].append(item)
        made.append(item)
    return made


def _clean(words: str) -> str:
    return UNREADABLE.sub("", words)
