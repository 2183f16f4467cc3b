"""Contributions that stand among the others and were not taken for some: above all those deleted.

A platform leaves a line where a post was taken away. It has no date, often no author, and other
class names than its neighbours, but it stands where they stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from community.html.markup import Element, classes, text_of
from community.html.native_ids import own_id
from community.html.notices import is_gone, is_gone_name

_LONGEST = 200  # characters of a line that stands for a post taken away


def deleted(elements: Sequence[Element]) -> list[Element]:
    """Siblings of contributions that stand for one taken away, in page order."""
    if len(elements) < 2:
        return []
    outer = alone(elements)
    members = set(outer) | set(elements)
    around = {element for member in members for element in member.iterancestors()}
    tags = Counter(str(element.tag) for element in outer)
    parents = dict.fromkeys(
        above for element in (*outer, *elements) if (above := element.getparent()) is not None
    )
    found: dict[Element, None] = {}
    for above in parents:
        if above in members:
            continue
        for child in above:
            if not isinstance(child.tag, str) or child in members or child in around:
                continue
            if (child.tag in tags or own_id(child)) and _is_gone(child):
                found[child] = None
    return list(found)


def _is_gone(element: Element) -> bool:
    words = text_of(element, most=_LONGEST + 1)
    if not words or len(words) > _LONGEST:
        return False
    if is_gone(words):
        return True
    marks = [
        token for node in element.iter() if isinstance(node.tag, str) for token in classes(node)
    ]
    return any(is_gone_name(token) for token in marks)


def alone(elements: Sequence[Element]) -> list[Element]:
    """For each contribution the outermost element that holds no other one."""
    holds: Counter[Element] = Counter()
    for element in elements:
        holds[element] += 1
        holds.update(element.iterancestors())
    outer = []
    for element in elements:
        node = element
        while (above := node.getparent()) is not None and holds[above] == 1 and above.tag != "body":
            node = above
        outer.append(node)
    return outer
