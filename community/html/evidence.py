"""Whether what was found are contributions: each must say something, and show who, when or how.

Lists of articles, questions of a help page and boxes about people are made alike too. A teaser is
headed by a link to another page and cannot be answered; a help page's entries have neither writer
nor date; a box with who and when has no words. A page is a discussion where most of what was found
shows at least two of: who wrote it, when, a way to answer it or its own address.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from community.html import authors as comment_authors
from community.html import fields
from community.html.dates import is_label
from community.html.identities import Item, Items, inside
from community.html.markup import Element, address, classes, names, text_of, walk
from community.html.native_ids import linked_id, own_id
from community.html.notices import LONGEST, is_gone, is_gone_name
from community.html.signs import is_date, is_reply

_MOST_NODES = 600  # of a contribution looked at
_LONGEST_NAME = 60  # characters
_SHOW = 0.5  # of what was found must be contributions, else the page holds none
_SIGNED = re.compile(
    r"author|\bfn\b|user(?!-select)|poster|nick|commenter|member|by-?line|autor|vcard"
)
_TITLE = re.compile(r"(?:^|[\s_-])(?:title|headline|heading)")
_STAMP = re.compile(r"date|time|datum|published|posted|(?:^|[\s_-])meta(?:$|[\s_-])")
_USUAL = 0.8  # of what was found show two of who, when and how: what does not is none
_PAID = re.compile(r"(?:^|[\s_-])(?:ads?|advert\w*|adsense|dfp|sponsor\w*|promoted)(?:$|[\s_-])")
_PROSE = frozenset(["p", "blockquote", "pre"])
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5"])


@dataclass(frozen=True, slots=True)
class Shown:
    """What one element found shows of a contribution."""

    signed: bool = False
    dated: bool = False
    reached: bool = False  # it can be answered, or has an address or number of its own
    answered: bool = False
    teaser: bool = False
    worded: bool = False
    gone: bool = False

    @property
    def count(self) -> int:
        """How many of who, when and how it shows."""
        return self.signed + self.dated + self.reached


def sifted(found: Items) -> Items:
    """What was found without what cannot be contributions; nothing where most of it cannot."""
    if not found.items:
        return found
    found = replace(found, items=_boxes_out(found.items))
    nested = inside(found.items)
    learned = fields.learn([item.element for item in found.items], nested)
    seen = [shown(item, nested.get(item.element, ()), learned) for item in found.items]
    present = [one for one in seen if not one.gone]
    good = sum(one.count >= 2 and one.worded and not one.teaser for one in present)
    if present and good < _SHOW * sum(one.worded or one.count < 2 for one in present):
        return Items()
    rows = _event_rows(found.items, seen)
    kept = tuple(
        item
        for item, one in zip(found.items, seen, strict=True)
        if _is_one(one, seen, item.element in nested)
        and not _is_paid(item.element)
        and (item.element not in rows or item.element in nested)
    )
    return replace(found, items=kept) if kept else Items()


def _boxes_out(items: Sequence[Item]) -> tuple[Item, ...]:
    """Items without those in others that only say who and when: they tell it of the others."""
    nested = inside(items)
    within = {element for inner in nested.values() for element in inner}
    learned = fields.learn([item.element for item in items], nested)
    kept = []
    for item in items:
        if item.element in within and own_id(item.element) is None:
            one = shown(item, nested.get(item.element, ()), learned)
            if not one.worded and not one.gone:
                continue
        kept.append(item)
    return tuple(kept)


def _is_one(one: Shown, all_: Sequence[Shown], answered: bool) -> bool:
    """Whether an element is a contribution as the others of the page are."""
    if one.gone or (answered and one.worded and one.count):
        return True
    if not one.worded and not one.reached:
        return False
    usual = sum(other.count >= 2 for other in all_) >= _USUAL * len(all_)
    return one.count >= 2 or one.reached or not usual


def _event_rows(items: Sequence[Item], seen: Sequence[Shown]) -> set[Element]:
    """The elements that say what was done to a thread (pinned, closed, renamed), and when.

    They are short, not the first, made otherwise than most, and nobody can answer them or nobody
    wrote them, where most can be answered and are signed.
    """
    marks = Counter(mark for item in items for mark in _made(item.element))
    usual = {mark for mark, count in marks.items() if count >= _USUAL * len(items)}
    signed = sum(one.signed for one in seen) >= _USUAL * len(seen)
    answered = sum(one.answered for one in seen) >= _USUAL * len(seen)
    return {
        item.element
        for item, one in zip(items[1:], seen[1:], strict=True)
        if one.dated
        and not one.gone
        and ((signed and not one.signed) or (answered and not one.answered))
        and not usual <= _made(item.element)
        and len(text_of(item.element, most=LONGEST + 1)) <= LONGEST
    }


def _made(element: Element) -> set[str]:
    """The tag and class names of an element."""
    return {str(element.tag), *classes(element)}


def _is_paid(element: Element) -> bool:
    """Whether an element without a number of its own says that it is an advertisement."""
    return own_id(element) is None and bool(_PAID.search(names(element)))


def shown(item: Item, stop: Collection[Element], learned: fields.Fields) -> Shown:
    """What an element shows; `stop` are the elements of those within it."""
    element = item.element
    nodes = []
    for node in walk(element, stop):
        nodes.append(node)
        if len(nodes) >= _MOST_NODES:
            break
    titles = [node for node in nodes if _leads_away(node, element, item.native_id)]
    answered = any(is_reply(node) for node in nodes)
    signer = learned.signed.get(element)
    dated = any(is_date(node) or _stamped(node) for node in nodes)
    reached = answered or own_id(element) is not None or linked_id(element) is not None
    words = text_of(element, stop, most=LONGEST + 1)
    gone = is_gone(words) or any(is_gone_name(names(node)) for node in nodes)
    skip = {*stop, *titles} | ({signer} if signer is not None else set())
    return Shown(
        signed=_is_signed(element, nodes, titles, signer),
        dated=dated,
        reached=reached,
        answered=answered,
        teaser=bool(titles) and not answered,
        worded=_speaks(nodes, skip),
        gone=gone,
    )


def _is_signed(
    element: Element, nodes: Sequence[Element], titles: Sequence[Element], signer: Element | None
) -> bool:
    """Whether an element says who wrote it, and not only what a teaser is called."""
    if element.get("data-author") or element.get("author"):
        return True
    in_title = {inner for title in titles for inner in title.iter()}
    if signer is not None and signer not in in_title and not _holds(signer, titles):
        return True
    return any(_names_somebody(node) for node in nodes[1:] if node not in in_title)


def _holds(node: Element, others: Collection[Element]) -> bool:
    return any(node in other.iterancestors() for other in others)


def _names_somebody(node: Element) -> bool:
    if node.tag == "cite" or _SIGNED.search(names(node)):
        return bool(text_of(node, most=_LONGEST_NAME))
    if node.tag == "a" and comment_authors.PROFILE.search(node.get("href") or ""):
        return True
    return bool(comment_authors.labelled(node) or comment_authors.beside_date(node))


def _stamped(node: Element) -> bool:
    return "showComment=" in (node.get("href") or "") or (
        bool(_STAMP.search(names(node))) and is_label(text_of(node, most=_LONGEST_NAME))
    )


def _leads_away(node: Element, item: Element, native_id: str | None) -> bool:
    """Whether a node is the link that heads a teaser: it leads to another page, as its title."""
    if node.tag != "a" or not (node.get("href") or "").strip():
        return False
    href = node.get("href") or ""
    if comment_authors.PROFILE.search(href) or href.startswith(("javascript:", "mailto:")):
        return False
    parts = address(href)
    if parts.fragment or re.search(r"\bp=\d|post|comment", parts.query):
        return False
    if native_id and href.rstrip("/").endswith(re.split(r"[-_]", native_id)[-1]):
        return False
    around = _up_to(node, item)
    if any(_SIGNED.search(names(one)) for one in (node, *around)):
        return False  # a profile, wherever the site keeps those
    heads = any(above.tag in _HEADINGS for above in around)
    heads = heads or any(inner.tag in _HEADINGS or _is_title(inner) for inner in node.iter())
    return heads and len(text_of(node, most=_LONGEST_NAME)) > 2


def _is_title(node: Element) -> bool:
    if not isinstance(node.tag, str):
        return False
    return any(_TITLE.search(token) for token in classes(node))


def _up_to(node: Element, top: Element) -> list[Element]:
    found: list[Element] = []
    for above in node.iterancestors():
        if above is top or len(found) > 2:
            break
        found.append(above)
    return found


def _speaks(nodes: Sequence[Element], skip: Collection[Element]) -> bool:
    """Whether an element has words beside who wrote, when, a title that leads away and controls."""
    quiet = set(skip)
    for n, node in enumerate(nodes):
        if node in quiet or node.getparent() in quiet:
            quiet.add(node)
            continue
        if n and _is_label(node):
            quiet.add(node)
            continue
        for words in (node.text, *(child.tail for child in node)):
            bare = (words or "").strip(" \t\r\n·•|–—-,:/\xa0")
            if bare and not is_label(bare) and (node.tag != "a" or not bare.isdigit()):
                return True
    return False


def _is_label(node: Element) -> bool:
    """Whether an element only says who, when, or is a control."""
    if node.tag in ("time", "button", "form", "select", "cite") or is_reply(node):
        return True
    if node.tag == "a" and comment_authors.PROFILE.search(node.get("href") or ""):
        return True
    marks = names(node)
    if not marks.strip():
        return False
    words = text_of(node, most=_LONGEST_NAME + 1)
    if len(words) > _LONGEST_NAME or any(inner.tag in _PROSE for inner in node.iter()):
        return False
    return bool(_SIGNED.search(marks) or _STAMP.search(marks))
