"""Whom a contribution answers by the page's own structure: pointer, depth mark, or nesting.

A pointer to another item's id is the best evidence. Next a mark of depth that every item carries
(class ``depth-2``, an attribute, an indent): broken markup inside one comment swallows those after
it, and a depth mark survives that. Last, nesting: the item that an item stands in, or the item
before the list of replies that it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from community.html.items import Item
from community.html.markup import Element, classes, names, walk

_DEPTH_CLASS = re.compile(r"^(?:comment-?|cmt-?|reply-?)?(?:depth|level|indent|lvl)[-_]?(\d{1,3})$")
_DEPTH_ATTRIBUTES = (
    "data-depth",
    "data-level",
    "depth",
    "aria-level",
    "data-nesting-level",
    "indent",
)
_PARENT_ATTRIBUTES = (
    "data-parent-id", "data-parent", "data-parentid", "data-comment-parent",
    "data-parent-comment-id",
    "data-in-reply-to", "data-reply-to-id", "data-parent-post-id", "parentid",
)  # fmt: skip
_INDENT = re.compile(r"(?:margin|padding)-left:\s*(\d{1,4})(?:\.\d+)?px")
REPLIES = re.compile(r"(?:^|[\s_-])(?:children|child|replies|nested|indented|subcomments|thread)\b")
_IN_REPLY = re.compile(
    r"^(?:parent|in[ -]reply[ -]to|als antwort auf|antwort auf|en réponse à)\b", re.I
)
_FRAGMENT = re.compile(r"#[A-Za-z_-]*(\d+|[0-9a-f]{16,})$")


@dataclass(frozen=True, slots=True)
class Place:
    """Index of the item answered (None: none), whether one is missing, and the rank of nesting."""

    parent: int | None = None
    gap: bool = False
    level: int = 0


def places(items: Sequence[Item]) -> tuple[list[Place], bool]:
    """Where each item stands, and whether the page is flat: no pointer, depth or nesting at all."""
    pointed = _pointers(items)
    depths = _depths(items)
    nested = _nesting(items) if depths is None else None
    found: list[Place] = []
    stack: list[tuple[int, int]] = []
    for at in range(len(items)):
        parent, gap = None, False
        if depths is not None:
            parent, gap = _above(stack, depths, at)
            stack.append((depths[at], at))
        elif nested is not None:
            parent = nested[at]
        if at in pointed:
            parent, gap = pointed[at], pointed[at] is None
        level = found[parent].level + 1 if parent is not None else int(gap)
        found.append(Place(parent, gap, level))
    flat = depths is None and all(place.parent is None and not place.gap for place in found)
    return found, flat


def _above(stack: list[tuple[int, int]], depths: list[int], at: int) -> tuple[int | None, bool]:
    """The nearest item before with a smaller depth; a jump of more than one step is a gap."""
    depth = depths[at]
    while stack and stack[-1][0] >= depth:
        stack.pop()
    steps = sorted(set(depths))
    rank = steps.index(depth)
    if not stack:
        return None, rank > 0
    if steps.index(stack[-1][0]) < rank - 1:
        return None, True
    return stack[-1][1], False


def _pointers(items: Sequence[Item]) -> dict[int, int | None]:
    """Items that name the item they answer; None where that one is not on the page."""
    at_id = {item.native_id: at for at, item in enumerate(items) if item.native_id}
    members = {item.element for item in items}
    found: dict[int, int | None] = {}
    for at, item in enumerate(items):
        named = _named(item.element, members - {item.element})
        if not named:
            continue
        target = at_id.get(named)
        if target is not None and target < at:
            found[at] = target
        elif target is None and named.isdigit() and int(named) > 0 and _is_attribute(item.element):
            found[at] = None
    return found


def _is_attribute(element: Element) -> bool:
    return any(element.get(name) for name in _PARENT_ATTRIBUTES)


def _named(element: Element, stop: set[Element]) -> str | None:
    for name in _PARENT_ATTRIBUTES:
        value = element.get(name) or ""
        if value.startswith("t3_"):  # a submission, not a comment
            return None
        if value:
            return re.sub(r"^.*?([0-9a-z]+)$", r"\1", value)
    for node in walk(element, stop):
        if node.tag != "a":
            continue
        words = (node.text or "").strip()
        if _IN_REPLY.match(words) or _IN_REPLY.match((node.get("class") or "").strip()):
            match = _FRAGMENT.search(node.get("href") or "")
            if match:
                return match[1]
    return None


def _depths(items: Sequence[Item]) -> list[int] | None:
    """The depth that each item is marked with; None where one of them has no mark."""
    depths = []
    for item in items:
        depth = _depth(item.element)
        if depth is None:
            return None
        depths.append(depth)
    return depths


def _depth(element: Element) -> int | None:
    for token in classes(element):
        match = _DEPTH_CLASS.match(token)
        if match:
            return int(match[1])
    inner = [
        element,
        *list(element)[:3],
        *[grand for child in list(element)[:3] for grand in child],
    ]
    for node in inner[:12]:
        if not isinstance(node.tag, str):
            continue
        for name in _DEPTH_ATTRIBUTES:
            value = node.get(name) or ""
            if value.isdigit() and len(value) < 4:
                return int(value)
    match = _INDENT.search(element.get("style") or "")
    return int(match[1]) if match else None


def _nesting(items: Sequence[Item]) -> list[int | None]:
    at = {item.element: index for index, item in enumerate(items)}
    holds: dict[Element, list[int]] = {}
    for item in items:
        for above in item.element.iterancestors():
            holds.setdefault(above, []).append(at[item.element])
    return [_nested_in(item.element, at, holds) for item in items]


def _nested_in(
    element: Element, at: dict[Element, int], holds: dict[Element, list[int]]
) -> int | None:
    """The item around an element, or the one before the list of replies that it stands in."""
    node = element
    while (above := node.getparent()) is not None:
        if node is not element and (node.tag in ("ul", "ol", "dl") or REPLIES.search(names(node))):
            before = _before(node, at, holds)
            if before is not None:
                return before
        if above in at:
            return at[above]
        node = above
    return None


def _before(node: Element, at: dict[Element, int], holds: dict[Element, list[int]]) -> int | None:
    """The only item in the nearest earlier sibling that has one."""
    sibling = node.getprevious()
    while sibling is not None:
        if sibling in at:
            return at[sibling]
        inside = holds.get(sibling, [])
        if inside:
            return inside[0] if len(inside) == 1 else None
        sibling = sibling.getprevious()
    return None
