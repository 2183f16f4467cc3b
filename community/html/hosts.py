"""Two patterns of contributions on one page: answers with comments on them, comments with replies.

Where the elements of one pattern stand in those of another and both are contributions of their own,
all are; where each holds exactly one of the other, one is only the frame of the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from community.html.identities import Item, Items
from community.html.markup import Element, text_of
from community.html.native_ids import inner_id, linked_id, own_id
from community.html.shapes import Tree
from community.html.signs import is_date

_MOST_FRAMES = 0.8  # of the elements hold exactly one of the others: they frame them
_INSIDE = 0.5  # of the elements of a pattern stand in those of the one that hosts them
_LEAST = 15  # characters that a host says itself
_SHOW = 0.6  # of them show a date of their own and say something


def joined(found: Items, others: Iterable[Sequence[Element]], page: Tree) -> Items:
    """Contributions with those of other patterns that host them, or that they host."""
    elements = [item.element for item in found.items]
    more: list[Element] = []
    ordered = sorted(
        others, key=lambda other: sum(page.mass(page.at[e]) for e in other), reverse=True
    )
    for other in ordered:
        known = {*elements, *more}
        if not other or any(element in known for element in other):
            continue
        if _hosts(other, [*elements, *more], page) or (
            len(other) > 1 and _hosts([*elements, *more], other, page)
        ):
            more += other
    if not more:
        return found
    taken = {item.native_id for item in found.items}
    items = list(found.items)
    for element in more:
        number = own_id(element) or inner_id(element) or linked_id(element)
        items.append(Item(element, number if number not in taken else None))
    return replace(found, items=tuple(sorted(items, key=lambda item: page.at[item.element])))


def _hosts(outer: Sequence[Element], inner: Sequence[Element], page: Tree) -> bool:
    """Whether elements hold others as posts hold the comments on them."""
    members = set(outer)
    nearest = []
    for element in inner:
        if element in members:
            return False
        nearest.append(next((node for node in element.iterancestors() if node in members), None))
    held = Counter(node for node in nearest if node is not None)
    if sum(held.values()) < _INSIDE * len(inner) or not held:
        return False
    inside = set(inner)
    if any(element in inside for node in outer for element in node.iterancestors()):
        return False
    framed = sum(held[node] == 1 for node in outer)
    if framed >= _MOST_FRAMES * len(outer) and len(outer) > 1:
        return False
    everything = members | inside
    return _speak(list(held), everything, page) and _speak(inner, everything, page)


def _speak(elements: Sequence[Element], others: set[Element], page: Tree) -> bool:
    """Whether elements have words and dates of their own; the `others`, them included, left out."""
    shown = 0
    for element in elements:
        others.discard(element)
        own = text_of(element, others, most=20 * _LEAST)
        others.add(element)
        if len(own) < _LEAST:
            continue
        start = page.at[element]
        at = start
        while at < page.end[start]:
            if at != start and page.nodes[at] in others:
                at = page.end[at]
                continue
            if is_date(page.nodes[at]):
                shown += 1
                break
            at += 1
    return shown >= _SHOW * len(elements)
