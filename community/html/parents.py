"""Whom a contribution answers by the page's own structure: pointer, depth mark, or nesting.

A pointer to another item's id is the best evidence. Next a mark of depth that every item carries
(class ``depth-2``, an attribute, an indent): broken markup inside one comment swallows those after
it, and a depth mark survives that. Last, nesting: the item that an item stands in, or the item
before the list of replies that it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from community.html.addressees import is_pointed
from community.html.depths import learned, marked
from community.html.identities import Item
from community.html.markup import Element, names, walk

_PARENT_ATTRIBUTES = (
    "data-parent-id", "data-parent", "data-parentid", "data-comment-parent",
    "data-parent-comment-id",
    "data-in-reply-to", "data-reply-to-id", "data-parent-post-id", "parentid",
)  # fmt: skip
REPLIES = re.compile(r"(?:^|[\s_-])(?:children|child|replies|nested|indented|subcomments|thread)\b")
_IN_REPLY = re.compile(
    r"^\W*(?:parent|in[ -]reply[ -]to|(?:als )?antwort (?:auf|an)|en réponse à|en respuesta a|"
    r"em resposta a|in risposta a|(?:in|als) (?:antwoord|reactie) op|som svar på|"
    r"w odpowiedzi (?:na|do)|"
    r"в ответ на)\b",
    re.I,
)
_UPWARD = re.compile(
    r"(?:^|[\s/_-])(?:parent|in-?reply-?to|replied-?to|reply-?to-?(?:post|comment|parent))(?:$|"
    r"[\s/_-])"
)
_MENTION = re.compile(r"mention")
_TARGETS = (
    "data-topid", "data-id", "data-pid", "data-post-id", "data-postid", "data-parent-id",
    "data-comment-id", "data-target-id", "data-reply-to", "data-to-id",
)  # fmt: skip
_FRAGMENT = re.compile(r"#[A-Za-z_-]*(\d+|[0-9a-f]{16,})$")


@dataclass(frozen=True, slots=True)
class Place:
    """Index of the item answered (None: none), whether one is missing, and the rank of nesting."""

    parent: int | None = None
    gap: bool = False
    level: int = 0


def places(
    items: Sequence[Item], inner: Mapping[Element, Collection[Element]]
) -> tuple[list[Place], bool]:
    """Where each item stands, and whether the page is flat: no pointer, depth or nesting at all.

    `inner` gives for an item's element the elements of the items directly in it.
    """
    pointed = _pointers(items, inner)
    elements = [item.element for item in items]
    depths = marked(elements)
    nested = _nesting(items) if depths is None else None
    if nested is not None and all(parent is None for parent in nested):
        depths = learned(elements)
    rank = {depth: step for step, depth in enumerate(sorted(set(depths or ())))}
    ranks = [rank[depth] for depth in depths] if depths is not None else []
    found: list[Place] = []
    stack: list[tuple[int, int]] = []
    for at in range(len(items)):
        parent, gap = None, False
        if depths is not None:
            parent, gap = _above(stack, ranks[at])
            stack.append((ranks[at], at))
        elif nested is not None:
            parent = nested[at]
        if at in pointed:
            parent, gap = pointed[at], pointed[at] is None
        if parent is not None and parent >= at:  # broken markup: what answers cannot come first
            parent = None
        level = found[parent].level + 1 if parent is not None else int(gap)
        found.append(Place(parent, gap, level))
    flat = depths is None and all(place.parent is None and not place.gap for place in found)
    if depths is None and nested is not None and not any(p is not None for p in nested):
        # links to what is answered, on a page without nesting: a forum, in which quotations tell
        # the rest; an attribute that every post has tells all there is
        flat = flat or not any(_is_attribute(element) for element in elements)
    return found, flat


def _above(stack: list[tuple[int, int]], rank: int) -> tuple[int | None, bool]:
    """The nearest item before with a smaller depth; a jump of more than one step is a gap."""
    while stack and stack[-1][0] >= rank:
        stack.pop()
    if not stack:
        return None, rank > 0
    if stack[-1][0] < rank - 1:
        return None, True
    return stack[-1][1], False


def _pointers(
    items: Sequence[Item], inner: Mapping[Element, Collection[Element]]
) -> dict[int, int | None]:
    """Items that name the item they answer; None where that one is not on the page."""
    at_id = {item.native_id: at for at, item in enumerate(items) if item.native_id}
    tails = [re.sub(r"^.*?(\d+)$", r"\1", item.native_id or "") for item in items]
    if len(set(tails)) == len(tails):  # a pointer may leave out what stands before the number
        at_id = {**{tail: at for at, tail in enumerate(tails) if tail}, **at_id}
    found: dict[int, int | None] = {}
    for at, item in enumerate(items):
        named = _named(item.element, inner.get(item.element, ()), at_id)
        if not named or named == item.native_id:
            continue
        target = at_id.get(named)
        if target is not None and target < at:
            found[at] = target
        elif (
            target is None and named.isdecimal() and int(named) > 0 and _is_attribute(item.element)
        ):
            found[at] = None
    return found


def _is_attribute(element: Element) -> bool:
    return any(element.get(name) for name in _PARENT_ATTRIBUTES)


def _named(element: Element, stop: Collection[Element], known: Collection[str]) -> str | None:
    """What an item names as the one it answers: an attribute's value, or the id a link leads to."""
    for name in _PARENT_ATTRIBUTES:
        value = element.get(name) or ""
        if value.startswith("t3_"):  # a submission, not a comment
            return None
        if value:
            return re.sub(r"^.*?([0-9a-z]+)$", r"\1", value)
    for node in walk(element, stop):
        if node.tag != "a":
            continue
        marks = f"{names(node)} {_marks_around(node)} {node.get('component') or ''}"
        words = (node.text or "").strip()
        above = node.getparent()
        before = above.text if above is not None and node.getprevious() is None else None
        if (
            _IN_REPLY.match(words)
            or _IN_REPLY.match(before or "")
            or _UPWARD.search(marks)
            or (_MENTION.search(marks) and _leads(node))
            or is_pointed(node)
        ):
            found = next((one for one in _targets(node) if one in known), None)
            if found:
                return found
            match = _FRAGMENT.search(node.get("href") or "")
            if match and _IN_REPLY.match(words):
                return match[1]
    return None


def _marks_around(node: Element) -> str:
    above = node.getparent()
    return names(above) if above is not None and len(above) == 1 else ""


def _targets(link: Element) -> Iterator[str]:
    """The ids that a link may lead to."""
    for key, value in link.attrib.items():
        if key in _TARGETS and value:
            yield value
            yield re.sub(r"^.*?([0-9a-z]+)$", r"\1", value)
    href = link.get("href") or ""
    for match in re.finditer(
        r"(?:#|/|=)(?:[A-Za-z]+[-_]?)??([0-9a-z]*\d[0-9a-z]*)(?=$|[#?&/])", href[-200:]
    ):
        yield match[1]
    if "#" in href:
        yield href.rpartition("#")[2]


def _leads(link: Element) -> bool:
    """Whether a link stands at the very start of the words it stands in."""
    node = link
    for _ in range(3):
        above = node.getparent()
        if above is None or node.getprevious() is not None or (above.text or "").strip():
            return False
        if above.tag in ("p", "div", "li", "blockquote"):
            return bool(above.tag != "blockquote")
        node = above
    return False


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
        elif node is element.getparent() and node.getprevious() in at:
            return at[node.getprevious()]  # a block of items right after one: its replies
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
