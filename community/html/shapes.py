"""A page's visible elements in document order, with what the learner of patterns asks of them.

Whether one element holds another, how many characters stand in it, and which of some elements stand
first in it are all answered from positions in document order, so a page of any size is one walk.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from community.html.markup import INVISIBLE, Element


@dataclass(slots=True)
class Tree:
    """Visible elements in document order; element `i` holds the elements ``i + 1 … end[i] - 1``."""

    nodes: list[Element] = field(default_factory=list)
    at: dict[Element, int] = field(default_factory=dict)
    end: list[int] = field(default_factory=list)
    up: list[int] = field(default_factory=list)  # -1 for the root
    _mass: list[int] = field(default_factory=list)  # characters in the elements before each
    _linked: list[int] = field(default_factory=list)

    def mass(self, i: int) -> int:
        """Characters of text in an element, without white space at the ends of its pieces."""
        return self._mass[self.end[i]] - self._mass[i]

    def between(self, i: int, j: int) -> int:
        """Characters of text in the elements from `i` on up to `j`."""
        return self._mass[j] - self._mass[i]

    def linked(self, i: int) -> int:
        """Characters of text in an element that stand in links."""
        return self._linked[self.end[i]] - self._linked[i]

    def holds(self, i: int, j: int) -> bool:
        """Whether element `i` is `j` or around it."""
        return i <= j < self.end[i]

    def first(self, i: int, ordered: Sequence[int]) -> int | None:
        """The first of some elements (in ascending order) that stands in element `i`."""
        place = bisect_left(ordered, i)
        if place < len(ordered) and ordered[place] < self.end[i]:
            return ordered[place]
        return None

    def children(self, i: int) -> list[int]:
        """The visible elements directly in an element."""
        found, child = [], i + 1
        while child < self.end[i]:
            found.append(child)
            child = self.end[child]
        return found

    def path(self, i: int, length: int) -> tuple[str, ...]:
        """Tags of an element and of those around it, innermost first."""
        found: list[str] = []
        while i >= 0 and len(found) < length:
            found.append(str(self.nodes[i].tag))
            i = self.up[i]
        return tuple(found)


def tree(root: Element) -> Tree:
    """Indexes the visible elements of a page."""
    made = Tree()
    open_: list[int] = []
    links = 0
    mass: list[int] = []
    linked: list[int] = []
    events = etree.iterwalk(root, events=("start", "end"))
    for event, node in events:
        if not isinstance(node.tag, str) or node.tag in INVISIBLE:
            if event == "start":
                events.skip_subtree()
            continue
        if event == "end":
            made.end[open_.pop()] = len(made.nodes)
            links -= node.tag == "a"
            continue
        i = len(made.nodes)
        made.nodes.append(node)
        made.at[node] = i
        made.up.append(open_[-1] if open_ else -1)
        made.end.append(i + 1)
        open_.append(i)
        links += node.tag == "a"
        own = len((node.text or "").strip())
        own += sum(len(child.tail.strip()) for child in node if child.tail)
        mass.append(own)
        linked.append(own if links else 0)
    made._mass = _sums(mass)
    made._linked = _sums(linked)
    return made


def _sums(values: Sequence[int]) -> list[int]:
    sums = [0]
    for value in values:
        sums.append(sums[-1] + value)
    return sums
