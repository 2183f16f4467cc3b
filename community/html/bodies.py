"""What a contribution says: where its body is, and whether it is still there."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from community.html import authors as comment_authors
from community.html import dates as comment_dates
from community.html.markup import Element, classes, names, text_of, walk
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
_GONE = re.compile(
    r"^\W*(?:\[\s*(?:deleted|removed|gelöscht|entfernt|supprimé|eliminado)[^\]]{0,40}\]|"
    r"(?:this|dieser|diese|ce|cet|este|questo|deze) (?:comment|post|message|reply|kommentar|"
    r"beitrag|nachricht|commentaire|mensaje|comentario|commento|messaggio|reactie) "
    r"(?:has been|was|wurde|a été|ha sido|fue|è stato|is)(?: v(?:on|om) .{1,40}?)? "
    r"(?:removed|deleted|hidden|gelöscht|entfernt|supprimé|eliminado|rimosso|verwijderd)"
    r"(?: (?:by|von|vom|durch|par|por|da|dall['’]|door)\b.{1,60})?)\W*$",
    re.I,
)
_BY_AUTHOR = re.compile(r"author|user|autor|verfasser|nutzer|auteur|\[\s*deleted|utente", re.I)
_GONE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:deleted|removed)(?:$|\s|[_-](?:comment|notice|post|msg|message))"
)
_LONGEST_LABEL = 60  # characters of a name or a date with what leads to it
_SIGNATURE = re.compile(
    r"(?:^|[\s_-])(?:vcard|commentmetadata|comment-?meta|comment-?author|author|fn|poster|"
    r"user-?name\S*|post-?date|postprofile|author-?name)(?:\s|$)"
)
_INLINE = ("a", "span", "label", "h1", "h2", "h3", "h4")
_TOGGLE = re.compile(r"(?:^|[\s_-])(?:replies|children)(?:$|[\s_-])")
_HELD = re.compile(r"awaiting-?moderation")
_LONGEST_NOTICE = 160  # characters of a line that stands for a comment taken away


@dataclass(frozen=True, slots=True)
class Body:
    """Where a contribution's words are, and what around and in them is not words."""

    own: tuple[Element, ...]  # the item's elements outside its body and outside other items
    element: Element
    drop: frozenset[Element]
    status: Status = "present"


def body(element: Element, within: Collection[Element]) -> Body:
    """Finds the words of an item; `within` are the elements of the items directly in it."""
    stop = _nested(element, within)
    nodes = list(walk(element, stop))
    notice = _notice(element, nodes, stop)
    if notice is not None:
        by_author = _BY_AUTHOR.search(text_of(notice, stop))
        status: Status = "deleted" if by_author else "removed"
        return Body(tuple(n for n in nodes if n is not notice), notice, frozenset(stop), status)
    holder = _named_body(element, nodes, stop)
    if holder is None:
        holder, inside = element, set()
    else:
        inside = set(walk(holder, stop))
    own = tuple(node for node in nodes if node not in inside)
    held = next((node for node in nodes if _HELD.search(names(node))), None)
    if held is not None and not text_of(holder, stop | _controls(holder, stop), most=1):
        return Body(own, held, frozenset(stop), "removed")  # not let through yet: no words shown
    drop = frozenset(stop | _controls(holder, stop))
    if holder is element:
        drop |= _labels(nodes)
    return Body(own, _densest(holder, drop) if holder is element else holder, drop)


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
    return len(text_of(node, others, most=_LONGEST_NOTICE)) > _LONGEST_NOTICE // 2


def _named_body(element: Element, nodes: Sequence[Element], stop: set[Element]) -> Element | None:
    for sure, pattern in zip((True, True, False, False), _BODY, strict=True):
        for node in nodes:
            if node is element or (node.tag in _INLINE and "commtext" not in classes(node)):
                continue
            marks = [
                *classes(node),
                *((node.get(key) or "").lower() for key in ("itemprop", "data-role")),
            ]
            if any(pattern.search(mark) for mark in marks) and (sure or not _signed(node, stop)):
                drop = stop | _controls(node, stop)
                if text_of(node, drop, most=40) or _quotes_only(node):
                    return node
    return None


def _quotes_only(node: Element) -> bool:
    return any(is_quote(inner) for inner in node.iter())


def _signed(node: Element, stop: set[Element]) -> bool:
    """Whether an element also holds who and when: then it is not the body alone."""
    for inner in walk(node, stop):
        if inner is node or _in_quote(inner, node):
            continue
        if inner.tag == "time" or _SIGNATURE.search(names(inner)):
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
            marks.strip() and _CONTROL.search(marks)
        ):
            if not any(pattern.search(token) for pattern in _BODY[:3] for token in classes(node)):
                found.add(node)
        elif is_header(node) or (is_title(node) and _in_quote(node, holder)):
            found.add(node)
    return found


def _labels(nodes: Sequence[Element]) -> set[Element]:
    """Names and dates that stand among the words of an item without a body of its own."""
    found: set[Element] = set()
    for node in nodes[1:]:
        words = text_of(node, most=_LONGEST_LABEL + 1)
        if len(words) > _LONGEST_LABEL or node.getparent() in found:
            continue
        if comment_dates.is_label(words) or comment_authors.is_name(node):
            found.add(node)
    return found


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
        if _GONE_CLASS.search(names(node)):
            words = text_of(node, stop, most=_LONGEST_NOTICE)
            if (
                words
                and len(words) <= _LONGEST_NOTICE
                and (node is not element or _GONE.match(words))
            ):
                return node
    return None


def status_of(words: str) -> Status:
    """Whether a body is only the notice that stands for one taken away."""
    if len(words) <= _LONGEST_NOTICE and _GONE.match(words.strip()):
        return "deleted" if _BY_AUTHOR.search(words) else "removed"
    return "present"
