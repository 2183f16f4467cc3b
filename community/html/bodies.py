"""What a contribution says: where its body is, and whether it is still there."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from community.html import authors as comment_authors
from community.html import dates as comment_dates
from community.html import fields
from community.html.markup import Element, classes, is_small, names, text_of, walk
from community.html.notices import LONGEST, by_author, is_gone, is_gone_name
from community.html.parents import REPLIES
from community.html.quotes import is_header, is_quote, is_title
from community.types import Status

# names of the element that holds the words, best first; a name never holds author or date
_BODY = tuple(
    re.compile(pattern)
    for pattern in (
        r"^(?:bbwrapper|commtext|js-post__content-text|postcontent|comment-content|comment-?text|"
        r"comment_?text|comment__content|comment__text|wp-block-comment-content|usertext-body|"
        r"messagetext|post_body|post-body|comment__body-text|e-content)$",
        r"^(?:text|articlebody|commenttext)$",
        r"(?:comment|cmt|post|message|msg|reply)[-_]{0,2}(?:content|text|body|message|inner|"
        r"copy)s?$"
        r"|(?:comment|post|reply)(?:content|text|body)$|^the-?comment|thiscommentbody",
        r"^(?:content|body|post|message|md|inner|text|entry-content|description|cooked|richtext)$"
        r"|[-_](?:text|content|body|message|richtext)$",
    )
)
_CONTROL = re.compile(
    r"avatar|gravatar|signature|(?:^|[\s_-])sig\d*(?:\s|$)|edited|modified|lastedit|edit-?link|"
    r"(?:^|[\s_-])(?:reply|respond|replybox\S*|actions?|likes?|votes?|voting|ratings?|share|"
    r"sharing|"
    r"report|flag|buttons?|toolbar|permalink|says|vcard|signoff|reactions?\S*)(?:\s|$)|"
    r"reply-?link|"
    r"comment-?meta|comment_?meta|commentmetadata|comment-?author|comment_?author|comment-?date|"
    r"comment-?header|comment-?footer|comment-?reply|comment-?actions|post-?author|post-?meta|"
    r"awaiting|expandlink|user-?info|user-?details|user-?extras|postprofile|poster_?info|"
    r"message-?cell--user|message-?attribution|post-?number|thread-toggle|js-selecttoquoteend|"
    r"screen-reader|sr-only|heartbeats|itemtags|notice"
)
_LONGEST_LABEL = 60  # characters of a name or a date with what leads to it
_LONGEST_NOTE = 120  # characters of a line that says when and by whom something was edited
_MOST_PARTS = 60  # elements in a label
_SIGNATURE = re.compile(
    r"(?:^|[\s_-])(?:vcard|commentmetadata|comment-?meta|comment-?author|author|fn|poster|"
    r"user-?name\S*|post-?(?:date|time|by|info)|postprofile|author-?name|byline|posted-?(?:by|on|"
    r"at)|"
    r"time-?ago|relative-?time\S*|(?:comment|reply)[-_]?(?:user|date|time|by|info))(?:\s|$)"
)
_INLINE = ("a", "b", "strong", "i", "em", "code", "cite", "span", "label", "h1", "h2", "h3", "h4")
_TOGGLE = re.compile(r"(?:^|[\s_-])(?:replies|children)(?:$|[\s_-])")
_HELD = re.compile(r"awaiting-?moderation")


_NOTHING = fields.Fields()


@dataclass(frozen=True, slots=True)
class Body:
    """Where a contribution's words are, and what around and in them is not words."""

    own: tuple[Element, ...]  # the item's elements outside its body and outside other items
    element: Element
    drop: frozenset[Element]
    status: Status = "present"


def body(element: Element, within: Collection[Element], learned: fields.Fields = _NOTHING) -> Body:
    """Finds the words of an item.

    `within` are the elements of the items directly in it; `learned` tells what comparison with the
    other items says of this one.
    """
    stop = _nested(element, within)
    nodes = list(walk(element, stop))
    notice = _notice(element, nodes, stop)
    if notice is not None:
        status: Status = "deleted" if by_author(text_of(notice, stop)) else "removed"
        return Body(tuple(n for n in nodes if n is not notice), notice, frozenset(stop), status)
    holder, named = _named_body(element, nodes, stop, learned.signed.get(element))
    if holder is None or (not named and element in learned.bodies):
        holder = learned.bodies.get(element, element)
    inside = list(walk(holder, stop)) if holder is not element else nodes
    labels = set() if named else _labels(inside)
    around = set(nodes)
    if holder is not element:
        around = {inner for label in labels for inner in walk(label, stop)}
    held_in = set(inside)
    quoted = _quoted(nodes, element)
    own = tuple(
        node for node in nodes if (node not in held_in or node in around) and node not in quoted
    )
    held = next((node for node in nodes if _HELD.search(names(node))), None)
    if held is not None and not text_of(holder, stop | _controls(holder, stop), most=1):
        return Body(own, held, frozenset(stop), "removed")  # not let through yet: no words shown
    drop = frozenset(stop | _controls(holder, stop) | labels)
    drop |= _furniture(element, holder, learned, drop)
    if not text_of(holder, drop, most=1):  # what was taken for a control or a label holds the words
        drop = _innermost(drop, stop)
        drop |= _furniture(element, holder, learned, drop)
    return Body(own, _densest(holder, drop) if holder is element else holder, drop)


def _quoted(nodes: Sequence[Element], element: Element) -> set[Element]:
    """Elements in quotations: what they say of author and time is of another contribution."""
    return {
        inner for node in nodes if node is not element and is_quote(node) for inner in node.iter()
    }


def _furniture(
    element: Element, holder: Element, learned: fields.Fields, drop: Collection[Element]
) -> set[Element]:
    """What comparison says to be no words, unless nothing would be left."""
    found = {
        node for node in walk(holder, drop) if node in learned.furniture and node is not holder
    }
    if holder is element and element in learned.signed:
        found.add(learned.signed[element])
    return found if found and text_of(holder, found | set(drop), most=1) else set()


def _innermost(drop: Collection[Element], stop: Collection[Element]) -> frozenset[Element]:
    """What is left out, without what only holds other parts that are."""
    around = {above for node in drop for above in node.iterancestors()}
    return frozenset(node for node in drop if node in stop or node not in around)


def _nested(element: Element, others: Collection[Element]) -> set[Element]:
    """What belongs to other items: lists of replies, else the items themselves."""
    around = {above for other in others for above in other.iterancestors()}
    stop: set[Element] = set()
    for node in walk(element, others):
        if node is element or not REPLIES.search(names(node)):
            continue
        if (node in around or _TOGGLE.search(names(node))) and not _holds_words(node, others):
            stop.add(node)
    return stop | set(others)


def _holds_words(node: Element, others: Collection[Element]) -> bool:
    """Whether a list of replies holds words of its own, more than a toggle."""
    return len(text_of(node, others, most=LONGEST)) > LONGEST // 2


def _named_body(
    element: Element, nodes: Sequence[Element], stop: set[Element], signer: Element | None
) -> tuple[Element | None, bool]:
    """The element named as the words of an item, and whether it holds them alone."""
    spare: Element | None = None
    for sure, pattern in zip((True, True, False, False), _BODY, strict=True):
        for node in nodes:
            if node is element or (node.tag in _INLINE and "commtext" not in classes(node)):
                continue
            if not any(pattern.search(mark) for mark in _marks(node)):
                continue
            if _signed(node, stop, signer):  # it holds who and when too; rather one within it
                spare = node if sure and spare is None else spare
                continue
            drop = stop | _controls(node, stop)
            if text_of(node, drop, most=40) or _quotes_only(node):
                return node, True
    return spare, False


def _marks(node: Element) -> list[str]:
    told = ((node.get(key) or "").lower() for key in ("itemprop", "data-role"))
    return [*classes(node), *told]


def _quotes_only(node: Element) -> bool:
    return any(is_quote(inner) for inner in node.iter())


def _signed(node: Element, stop: set[Element], signer: Element | None) -> bool:
    """Whether an element also holds who and when: then it is not the body alone."""
    if signer is not None and node in signer.iterancestors():
        return True
    for inner in walk(node, stop):
        if inner is node or _in_quote(inner, node):
            continue
        if inner.tag == "time" and not comment_dates.is_other(inner):
            return True
        if _SIGNATURE.search(names(inner)):
            return True
    return False


def _in_quote(node: Element, top: Element) -> bool:
    while node is not None and node is not top:
        if is_quote(node):
            return True
        node = node.getparent()
    return False


def _controls(holder: Element, stop: set[Element]) -> set[Element]:
    """Elements that are no words of the poster: buttons, names, dates, signatures, notices."""
    found: set[Element] = set()
    for node in walk(holder, stop):
        if node is holder or node in found:
            continue
        marks = names(node)
        if node.tag in ("form", "nav", "time", "button") or (
            marks.strip() and _CONTROL.search(marks) and not is_quote(node)
        ):
            if not any(pattern.search(token) for pattern in _BODY[:3] for token in classes(node)):
                found.add(node)
        elif (
            is_header(node)
            or (is_title(node) and _in_quote(node, holder))
            or (_is_edit(node) and text_of(holder, {*stop, *found, node}, most=1))
        ):
            found.add(node)
    return found


def _is_edit(node: Element) -> bool:
    """Whether an element only says when its contribution was edited, and perhaps by whom."""
    if not is_small(node, _MOST_PARTS // 4) or node.tag in ("a", "li"):
        return False
    dated = next((inner for inner in node.iter() if inner.tag == "time"), None)
    if dated is None or not comment_dates.is_other(dated):
        return False
    words = text_of(node, most=_LONGEST_NOTE + 1)
    return len(words) <= _LONGEST_NOTE and comment_dates.JOINED.match(words) is not None


def _labels(nodes: Sequence[Element]) -> set[Element]:
    """Names and dates that stand among the words of an item without a body of its own."""
    found: set[Element] = set()
    for node in nodes[1:]:
        if not is_small(node, _MOST_PARTS):
            continue
        words = text_of(node, most=_LONGEST_LABEL + 1)
        above = node.getparent()
        if len(words) > _LONGEST_LABEL or above in found or _in_running_text(node, above):
            continue
        if comment_dates.is_label(words) or comment_authors.is_name(node) or _stamped(node):
            found.add(node)
    return found


def _in_running_text(node: Element, above: Element) -> bool:
    """Whether an element is a part of a sentence."""
    if above.tag not in ("p", "li", "blockquote", "div", "td") or node.tag not in _INLINE:
        return False
    pieces = [above.text or "", *(child.tail or "" for child in above)]
    return sum(len(piece.strip()) for piece in pieces) > _LONGEST_LABEL // 2


def _stamped(node: Element) -> bool:
    """Whether an element, or the only one in it, carries a date for machines."""
    for _ in range(_MOST_PARTS):
        if len(node) != 1 or (node.text or "").strip():
            break
        if comment_dates.machine(node):
            return True
        node = node[0]
    return comment_dates.machine(node) is not None


def _densest(element: Element, drop: Collection[Element]) -> Element:
    """The innermost element that holds nearly all words left after `drop`."""
    total = len(text_of(element, drop))
    node = element
    while total:
        best = next(
            (
                child
                for child in node
                if isinstance(child.tag, str)
                and child not in drop
                and child.tag not in ("p", "blockquote", "ul", "ol", "pre", "b", "i", "a", "br")
                and len(text_of(child, drop)) >= 0.75 * total
            ),
            None,
        )
        if best is None:
            return node
        node = best
    return node


def _notice(element: Element, nodes: Sequence[Element], stop: set[Element]) -> Element | None:
    """The element that stands for a contribution taken away, or not let through yet."""
    for node in nodes:
        if is_gone_name(names(node)):
            words = text_of(node, stop, most=LONGEST)
            if words and len(words) <= LONGEST and (node is not element or is_gone(words)):
                return node
    return None
