"""The id of each contribution on its platform, learned where no usual name gives it.

An attribute that all contributions carry (on their element or on one that wraps it alone), that no
two share, and that holds a number or a key, tells them apart; the likeliest by its name is taken.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from community.html.fields import Fields
from community.html.markup import Element, classes, text_of, walk
from community.html.strays import alone

_KEY = re.compile(r"(?=.*\d)[\w.:-]{1,64}")
_LETTERS = re.compile(r"[\w.:-]{1,64}")
_OTHER = re.compile(
    r"index|number|position|order|time|date|stamp|user|author|owner|name|score|votes?|track|count|"
    r"style|class|href|src|width|height|level|depth|parent|-v-"
)
_LEAD = re.compile(r"[a-zA-Z]+[-_](?=\w)")
_MOST_NODES = 200  # of a contribution looked at
_BLOCKS = 6  # first of its blocks whose attributes may number it
_ANCHORS = 6  # first links of a contribution, one of which may be its anchor
_BEST = (
    "data-comment-id",
    "data-post-id",
    "data-id",
    "data-pid",
    "data-cid",
    "data-tid",
    "data-shortid",
    "id",
    "name",
)


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """An element that is a contribution, its id on the platform, and the pattern it follows."""

    element: Element
    native_id: str | None


@dataclass(frozen=True, slots=True)
class Items:
    """Contributions in page order; `pingbacks` were left out; `forum`: posts, not comments.

    `opener`: the first one opens the thread and stands apart from the others, which in a `tree`
    (a question and its answers) all answer it.
    """

    items: tuple[Item, ...] = ()
    pingbacks: int = 0
    forum: bool = False
    opener: bool = False
    tree: bool = False
    learned: Fields | None = None


def inside(items: Sequence[Item]) -> dict[Element, set[Element]]:
    """For each item's element the elements of the items directly within it."""
    members = {item.element for item in items}
    nested: dict[Element, set[Element]] = {}
    for element in members:
        above = next((node for node in element.iterancestors() if node in members), None)
        if above is not None:
            nested.setdefault(above, set()).add(element)
    return nested


def is_pingback(element: Element) -> bool:
    if {"pingback", "trackback"} & set(classes(element)):
        return True
    return text_of(element, most=20).lower().startswith(("pingback:", "trackback:"))


def given(items: Sequence[Item]) -> tuple[Item, ...]:
    """Items with ids: their own where all have one, else what an attribute of any name tells."""
    if all(item.native_id for item in items) or len(items) < 2:
        return tuple(items)
    own = [item.native_id for item in items if item.native_id]
    if len(own) > 0.5 * len(items):
        return tuple(items)
    told = _told(items)
    keys = Counter(key for one in told for key in one)
    shared = [key for key, count in keys.items() if count == len(items) and _may_tell(key)]
    for key in sorted(shared, key=_rank):
        values = _bare([one[key] for one in told])
        if len(set(values)) == len(values):
            return tuple(
                replace(item, native_id=value) for item, value in zip(items, values, strict=True)
            )
    return tuple(items)


def _is_key(key: str, value: str) -> bool:
    """Whether an attribute may hold an id; of those named so, one in letters alone too."""
    if key not in ("id", "name") and not key.startswith("data-"):
        return False
    named = key in _BEST and key.startswith("data-")
    return bool((_LETTERS if named else _KEY).fullmatch(value))


def _may_tell(key: str) -> bool:
    return key in _BEST or not _OTHER.search(key)


def _bare(values: Sequence[str]) -> list[str]:
    """Values without the word that all of them begin with ("c_", "review-")."""
    led = {match[0] for value in values if (match := _LEAD.match(value))}
    if len(led) != 1 or not all(_LEAD.match(value) for value in values):
        return list(values)
    return [value[len(next(iter(led))) :] for value in values]


def filled(items: Sequence[Item]) -> tuple[Item, ...]:
    """Items with the ids of those that lack one, where an attribute holds the ids of all others."""
    known = [item for item in items if item.native_id]
    if not known or len(known) == len(items):
        return tuple(items)
    told = _told(items)
    for key in sorted({key for one in told for key in one}, key=_rank):
        agree = all(
            one.get(key, "").endswith(item.native_id)
            for item, one in zip(items, told, strict=True)
            if item.native_id
        )
        values = [one.get(key) for one in told]
        if agree and None not in values and len(set(values)) == len(values):
            return tuple(
                item if item.native_id else replace(item, native_id=one[key])
                for item, one in zip(items, told, strict=True)
            )
    return tuple(items)


def _rank(key: str) -> tuple[int, str]:
    if key in _BEST:
        return _BEST.index(key), key
    return len(_BEST) + (not key.endswith("id")), key


def _told(items: Sequence[Item]) -> list[Mapping[str, str]]:
    """What may tell each item from the others, by the name of the attribute."""
    outer = alone([item.element for item in items])
    nested = inside(items)
    return [
        _attributes(item.element, around, nested.get(item.element, ()))
        for item, around in zip(items, outer, strict=True)
    ]


def _attributes(
    element: Element, outer: Element, stop: Collection[Element] = ()
) -> Mapping[str, str]:
    """Attributes of an element and of those that wrap it alone; the innermost counts.

    Next count its anchors and its first blocks; `stop` are the elements of the items in it.
    """
    found: dict[str, str] = {}
    node = element
    while node is not None:
        for key, value in node.attrib.items():
            if _is_key(str(key), value):
                found.setdefault(str(key), value)
        if node is outer:
            break
        node = node.getparent()
    own = list(islice(walk(element, stop), _MOST_NODES))
    for anchor in islice((node for node in own if node.tag == "a"), _ANCHORS):
        name = anchor.get("name") or ("" if anchor.get("href") else anchor.get("id")) or ""
        if anchor.get("id") and anchor.get("href") == f"#{anchor.get('id')}":
            name = anchor.get("id")  # the anchor is a link to itself
        if _KEY.fullmatch(name):
            found.setdefault("name", name)
    for block in own[1:_BLOCKS]:
        if block.tag not in ("div", "article", "section"):
            continue
        for key, value in block.attrib.items():
            if _is_key(str(key), value) and str(key).startswith("data-"):
                found.setdefault(str(key), value)
    before = outer.getprevious()
    if before is not None and before.tag == "a" and not len(before):
        name = before.get("id") or before.get("name") or ""
        if _KEY.fullmatch(name):
            found.setdefault("name", name)
    return found
