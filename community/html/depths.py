"""How deep each contribution of a flat list stands: learned from any mark that behaves like depth.

Pages write depth as a class (``level-2``, ``twig-2``), an attribute, a margin in any unit, or the
width of an empty cell or image before the words. A mark is believed where every contribution has
it, the first one has the least, no one is more than a step deeper than the one before, and some
share a value; a mark with one of the usual names needs no such proof.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from community.html.markup import Element, classes
from community.html.strays import alone

_NAMED = re.compile(r"^(?:comment-?|cmt-?|reply-?)?(?:depth|level|indent|lvl)[-_]?(\d{1,3})$")
_ATTRIBUTES = ("data-depth", "data-level", "depth", "aria-level", "data-nesting-level", "indent")
_STEM = re.compile(r"^(\D[\w-]*?)[-_]?(\d{1,3})$")
_SIDED = re.compile(
    r"(?:margin|padding)-(?:left|inline-start):\s*(?:calc\()?\s*(\d{1,4}(?:\.\d+)?)\s*(?:px|r?em|%|"
    r"pt|ch)?",
    re.I,
)
_NO_DEPTH = re.compile(
    r"(?:^|[-_])(?:bg|row|alt|odd|even|col|item|no|nr)$|index|position|count|score|votes?|likes?|"
    r"page|order|number|user|author|rank|group|member|role|type|status|state|unread|edit|approved|"
    r"hidden|visible|(?:^|[-_])(?:is|has|can|own|new|flag)(?:$|[-_])"
)
_MOST_DEEP = 60  # values that one mark may have on a page
_FITS = 0.95  # of the contributions follow the rule of one step
_LOOK = 14  # elements at the start of a contribution in which a spacer may stand

Depth = float


def marked(elements: Sequence[Element]) -> list[Depth] | None:
    """The depth that each contribution is marked with under a usual name; None where one is not."""
    found = [_marked(element) for element in elements]
    return None if None in found else [depth for depth in found if depth is not None]


def _marked(element: Element) -> Depth | None:
    for token in classes(element):
        match = _NAMED.match(token)
        if match:
            return float(match[1])
    children = list(element)[:3]
    for node in [element, *children, *[grand for child in children for grand in child]][:12]:
        if not isinstance(node.tag, str):
            continue
        for name in _ATTRIBUTES:
            value = node.get(name) or ""
            if value.isdecimal() and len(value) < 4:
                return float(value)
    return None


def learned(elements: Sequence[Element]) -> list[Depth] | None:
    """The depths that some mark of any name tells; None where none behaves like depth."""
    if len(elements) < 3:
        wrapped = [_indent(node) for node in alone(elements)]
        if None not in wrapped and len(set(wrapped)) > 1:
            return [depth for depth in wrapped if depth is not None]
        return None
    around = alone(elements)
    for source in (
        *_indents(elements, around),
        *_classes(elements, around),
        *_values(elements, around),
    ):
        if all(depth is not None for depth in source):
            depths = [depth for depth in source if depth is not None]
            if behaves(depths):
                return depths
    return None


def behaves(depths: Sequence[Depth]) -> bool:
    """Whether numbers in page order can be depths."""
    steps = sorted(set(depths))
    if not 1 < len(steps) <= _MOST_DEEP or len(steps) == len(depths) or depths[0] != steps[0]:
        return False
    rank = {depth: n for n, depth in enumerate(steps)}
    fit = sum(rank[b] <= rank[a] + 1 for a, b in pairwise(depths))
    back = any(b < a for a, b in pairwise(depths))
    return fit >= _FITS * (len(depths) - 1) and (back or len(depths) < 6)


def _between(outer: Element, element: Element) -> Iterator[Element]:
    """An element and those around it up to `outer`, then the first few within it."""
    node = element
    while node is not None:
        yield node
        if node is outer:
            break
        node = node.getparent()
    for seen, inner in enumerate(outer.iter()):
        if seen > _LOOK:
            return
        if isinstance(inner.tag, str):
            yield inner


def _indents(elements: Sequence[Element], outer: Sequence[Element]) -> Iterator[list[Depth | None]]:
    readers: tuple[Callable[[Element], Depth | None], ...] = (_indent, _spacer)
    for reader in readers:
        found: list[Depth | None] = []
        for element, around in zip(elements, outer, strict=True):
            told = (reader(node) for node in _between(around, element))
            found.append(next((depth for depth in told if depth is not None), None))
        if any(depth is not None for depth in found):
            # what is not pushed in has no spacer, and often no margin either
            yield [0.0 if depth is None else depth for depth in found]


def _indent(node: Element) -> Depth | None:
    match = _SIDED.search(node.get("style") or "")
    return float(match[1]) if match else None


def _spacer(node: Element) -> Depth | None:
    """The width of an empty cell or image."""
    if node.tag not in ("td", "img", "th", "spacer") or (node.text or "").strip():
        return None
    if node.tag == "td" and any(child.tag != "img" for child in node):
        return None
    width = (node.get("width") or "").removesuffix("px")
    return float(width) if width.isdecimal() and len(width) < 5 else None


def _classes(elements: Sequence[Element], outer: Sequence[Element]) -> Iterator[list[Depth | None]]:
    """Numbers at the end of one class stem that all contributions have."""
    stems: Counter[str] = Counter()
    told: list[dict[str, Depth]] = []
    for element, around in zip(elements, outer, strict=True):
        own: dict[str, Depth] = {}
        for node in _between(around, element):
            for token in classes(node):
                match = _STEM.match(token)
                if match and not _NO_DEPTH.search(match[1]):
                    own.setdefault(match[1], float(match[2]))
        told.append(own)
        stems.update(own.keys())
    for stem, count in stems.items():
        found = [own.get(stem) for own in told]
        if count == len(elements) and _even(found):
            yield found


def _values(elements: Sequence[Element], outer: Sequence[Element]) -> Iterator[list[Depth | None]]:
    """Small numbers in one attribute that all contributions have."""
    keys: Counter[str] = Counter()
    told: list[dict[str, Depth]] = []
    for element, around in zip(elements, outer, strict=True):
        own: dict[str, Depth] = {}
        for node in _between(around, element):
            for key, value in node.attrib.items():
                if key.startswith(("data-", "aria-")) and value.isdecimal() and len(value) < 4:
                    own.setdefault(key, float(value))
        told.append(own)
        keys.update(own.keys())
    for key, count in keys.items():
        found = [own.get(key) for own in told]
        if count == len(elements) and not _NO_DEPTH.search(key) and _even(found):
            yield found


def _even(told: Sequence[Depth | None]) -> bool:
    """Whether numbers under a name that says nothing are counted as depths are: 0 1 2, or 0 20 40.

    3 and 6 may be anything: groups, kinds, ranks.
    """
    steps = sorted({depth for depth in told if depth is not None})
    if len(steps) < 2:
        return False
    first, second = steps[:2]
    if first == 1:
        return second == 2
    unit = second if first == 0 else first
    return (first == 0 or len(steps) > 2) and all(depth % unit == 0 for depth in steps)
