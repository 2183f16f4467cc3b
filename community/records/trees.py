"""Posts in JSON of any make: lists of objects, nested or with pointers, found by what they hold.

An object is a post if it has words and says who wrote them, when, or whom they answer; what it
holds in lists are its replies. Other objects are containers, and may be the head of a thread. All
walking is by stacks: nesting may be as deep as the parser lets through.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from community.html.dates import When
from community.records import values
from community.records.dialects import (
    ARTICLES,
    COMMON,
    WRAPPERS,
    Dialect,
    folded,
    folded_keys,
    person,
)
from community.records.fields import BESIDE, Fields, read, replies, unwrapped
from community.records.guesses import guess

_HOLDERS = frozenset({
    "people", "users", "authors", "commenters", "members", "accounts", "profiles", "participants",
})  # fmt: skip
_NO_NAMES = frozenset({*WRAPPERS, "meta", "info", "page_info", "paging"})  # of posts in a map
_MORE = frozenset({
    "has_more", "has_next", "has_next_page", "has_more_replies", "hidden_replies", "more_replies",
    "next_page_token", "next_cursor",
})  # fmt: skip
_COUNTS = frozenset({
    "comment_count", "comments_count", "num_comments", "total_comments", "total_comment_count",
    "total_replies", "reply_count", "replies_count", "total_reply_count",
})  # fmt: skip


@dataclass(slots=True)
class Talk:
    """What is discussed, as far as the page says it."""

    key: str = ""
    title: str = ""
    url: str | None = None
    article: str = ""
    author: str | None = None
    when: When | None = None
    more: bool = False  # the page says that there is more than it holds
    count: int = 0  # of posts, as the page says


@dataclass(slots=True)
class Node:
    """A post found: what it says, the node it is nested in, and what is discussed."""

    fields: Fields
    above: int | None
    talk: Talk
    near: bool = False  # a row: an element of the page's list, or a value of the page
    listed: bool = False  # has a place for replies
    count: int = 0  # of replies, as the page says


@dataclass(slots=True)
class Forest:
    """All posts of a page in its order, and the names of people that it lists apart."""

    nodes: list[Node] = field(default_factory=list)
    people: dict[str, str] = field(default_factory=dict)
    offices: dict[str, str] = field(default_factory=dict)

    def nested(self) -> bool:
        """Whether the page shows by nesting who answers whom."""
        return any(node.above is not None or node.listed for node in self.nodes)

    def simple(self) -> bool:
        """Whether the posts are rows of one list, as a table has them."""
        return all(node.near and node.fields.simple for node in self.nodes)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands while the page is walked."""

    above: int | None = None
    talk: Talk = field(default_factory=Talk)
    sure: bool = False  # an element of a list
    key: str | None = None  # the name it stands under, where it is one of many
    near: bool = True


def find(found: list[Any]) -> Forest:
    """The posts in the values of a page; by names in use, else by what the objects hold."""
    forest = _walked(found, COMMON)
    if not forest.nodes:
        dialect = guess(found)
        if dialect is not None:
            forest = _walked(found, dialect)
    return forest


def _walked(found: list[Any], dialect: Dialect) -> Forest:
    forest = Forest()
    talk = Talk()
    stack: list[tuple[Any, _Place]] = []
    for value in reversed(found):
        stack.append((value, _Place(talk=talk, sure=len(found) > 1)))
    while stack:
        value, place = stack.pop()
        if isinstance(value, list):
            inner = [(one, _inside(place, sure=True, near=place.near)) for one in value]
        elif isinstance(value, dict):
            inner = _object(value, place, forest, dialect)
        else:
            continue
        stack.extend(reversed(inner))
    return forest


def _inside(place: _Place, **changes: Any) -> _Place:
    return replace(_Place(place.above, place.talk, near=False), **changes)


def _object(
    value: dict[str, Any], place: _Place, forest: Forest, dialect: Dialect
) -> list[tuple[Any, _Place]]:
    """Takes an object in; what is to be looked at within it."""
    view, opened = unwrapped(value, dialect)
    fields = read(view, dialect, sure=place.sure)
    if fields is None:
        return _container(value, place, forest)
    if place.above is None and fields.title and ARTICLES.match(values.text(view.get("type"))):
        talk = Talk((fields.id or fields.title) if place.sure else "")
        _discuss(talk, fields)
        return _below(view, opened, _inside(place, talk=talk))
    talk = place.talk
    held = list(replies(view))
    if place.above is None and place.sure and fields.title and held:
        talk = Talk(fields.id or fields.url or fields.title)  # each opener has a thread of its own
    _count(view, talk, top=False)
    node = Node(
        fields=_keyed(fields, place.key),
        above=place.above,
        talk=talk,
        near=place.near and not opened,
        listed=any(isinstance(one, list) or one for one in held),
        count=max(
            (values.count(view.get(name)) or 0 for name in _COUNTS if name in view), default=0
        ),
    )
    forest.nodes.append(node)
    return _below(view, opened, _inside(place, above=len(forest.nodes) - 1, talk=talk))


def _keyed(fields: Fields, key: str | None) -> Fields:
    """The fields with the name that the post stands under as its id, if it has no other."""
    if fields.id is not None or key is None:
        return fields
    return replace(fields, id=values.identity(key))


def _below(
    view: Mapping[str, Any], opened: tuple[str, ...], place: _Place
) -> list[tuple[Any, _Place]]:
    """What a post holds that may be replies: lists, and objects of such a name."""
    found: list[tuple[Any, _Place]] = []
    named = {id(value) for value in replies(view)}
    for name, value in view.items():
        if name in opened or BESIDE.search(name):
            continue
        if isinstance(value, dict) and id(value) in named:
            found += _members(value, place, fewest=1)
        elif isinstance(value, list) and any(isinstance(one, (dict, list)) for one in value):
            found.append((value, place))
    return found


def _discussed(found: dict[str, Any], talk: Talk) -> bool:
    """Takes in what stands beside the comments under the name of an article, if it has words."""
    # an article may state no author and no date; its place makes it one
    fields = read({**folded_keys(found), "id": "article", "replies": []}, COMMON, sure=True)
    if fields is None:
        return False
    _discuss(talk, fields)
    return True


def _discuss(talk: Talk, fields: Fields) -> None:
    """Takes in an article that is commented on."""
    talk.title, talk.url, talk.article = fields.title, fields.url, fields.body
    talk.author, talk.when = fields.author, fields.when


def _container(value: dict[str, Any], place: _Place, forest: Forest) -> list[tuple[Any, _Place]]:
    """What an object holds that is no post; it may be the head of a thread."""
    view = folded_keys(value)
    talk = place.talk
    lists = any(isinstance(one, list) and one for one in view.values())
    if place.above is None and lists:
        title = values.line(next((view[n] for n in COMMON.title if n in view), None))
        url = values.text(view.get("url")) or None
        key = values.identity(view.get("id")) or url or title
        if place.sure and key:
            talk = Talk(key)
        talk.title, talk.url = talk.title or title, talk.url or url
        for one in [one for name, one in view.items() if ARTICLES.match(name)]:
            if isinstance(one, dict) and _discussed(one, talk):
                value = {name: other for name, other in value.items() if other is not one}
    _count(view, talk, top=place.above is None)
    for name in _HOLDERS & view.keys():
        _introduce(view[name], forest)
    return _members(value, _inside(place, talk=talk))


def _members(value: dict[str, Any], place: _Place, fewest: int = 2) -> list[tuple[Any, _Place]]:
    """The values of an object to look at; `fewest` objects under names of their own are a list."""
    names = {name: folded(name) for name in value}
    inner = sum(isinstance(one, dict) for one in value.values())
    keyed = fewest <= inner == len(value) and not _NO_NAMES & set(names.values())
    return [
        (one, _inside(place, sure=keyed, key=name if keyed else None))
        for name, one in value.items()
        if isinstance(one, (dict, list))
        and not BESIDE.search(names[name])
        and names[name] not in _HOLDERS
    ]


def _count(view: Mapping[str, Any], talk: Talk, *, top: bool) -> None:
    """Notes what an object says of posts that are elsewhere."""
    info = view.get("page_info") or view.get("cursor") or view.get("paging")
    for place in (view, folded_keys(info) if isinstance(info, dict) else {}):
        talk.more = talk.more or any(values.flag(place[name]) for name in _MORE & place.keys())
    if top:
        counts = [values.count(view.get(name)) or 0 for name in _COUNTS & view.keys()]
        talk.count = max([talk.count, *counts])


def _introduce(found: Any, forest: Forest) -> None:
    """Takes in names of people that stand apart from what they wrote."""
    for key, one in _persons(found):
        view = folded_keys(one)
        ids = (key, *(view.get(n) for n in ("commenter_hex", "id", "user_id", "uid", "username")))
        name = values.name(person(one))
        office = next((o for n, o in (("is_moderator", "moderator"), ("is_admin", "admin"))
                       if view.get(n) is True), "")  # fmt: skip
        for known in ids:
            if (told := values.person(known)) and name:
                forest.people.setdefault(told, name)
                if office:
                    forest.offices.setdefault(told, office)


def _persons(found: Any) -> Iterator[tuple[Any, dict[str, Any]]]:
    if isinstance(found, dict):
        yield from ((key, one) for key, one in found.items() if isinstance(one, dict))
    elif isinstance(found, list):
        yield from ((None, one) for one in found if isinstance(one, dict))
