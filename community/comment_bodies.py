"""What a contribution says: its body, the passages it quotes, and whether it is still there."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from community import comment_dates
from community.comment_parents import REPLIES
from community.markup import Element, classes, names, text_of, walk
from community.types import RawQuote, Span, Status

# names of the element that holds the words, best first; a name never holds author or date
_BODY = tuple(
    re.compile(pattern)
    for pattern in (
        r"^(?:bbwrapper|commtext|js-post__content-text|postcontent|comment-content|comment-?text|"
        r"comment_?text|comment__content|comment__text|wp-block-comment-content|usertext-body|"
        r"messagetext|post_body|post-body|comment__body-text|e-content)$",
        r"^(?:text|articlebody|commenttext)$",
        r"(?:comment|cmt|post|message|msg|reply)[-_]{0,2}(?:content|text|body|message|inner|copy)s?$"
        r"|(?:comment|post|reply)(?:content|text|body)$|^the-?comment|thiscommentbody",
        r"^(?:content|body|post|message|md|inner|text|entry-content|description|cooked|richtext)$",
    )
)
_CONTROL = re.compile(
    r"avatar|gravatar|signature|(?:^|[\s_-])sig\d*(?:\s|$)|edited|modified|lastedit|edit-?link|"
    r"(?:^|[\s_-])(?:reply|respond|replybox\S*|actions?|likes?|votes?|voting|ratings?|share|sharing|"
    r"report|flag|buttons?|toolbar|permalink|says|vcard|signoff|reactions?\S*)(?:\s|$)|reply-?link|"
    r"comment-?meta|comment_?meta|commentmetadata|comment-?author|comment_?author|comment-?date|"
    r"comment-?header|comment-?footer|comment-?reply|comment-?actions|post-?author|post-?meta|"
    r"awaiting|expandlink|user-?info|user-?details|user-?extras|postprofile|poster_?info|"
    r"message-?cell--user|message-?attribution|post-?number|thread-toggle|js-selecttoquoteend|"
    r"screen-reader|sr-only|heartbeats|itemtags|notice"
)
_QUOTE = re.compile(
    r"(?:^|\s)(?:bbcodeblock--quote|bbcodequote|bbcode_quote|quotemessage|ipsquote|quotecontent|"
    r"quote|quote_?block|block-?quote|quotebox|quote-?container|mycode_quote|bbc_standard_quote|"
    r"bbc_alternate_quote|bbc-block)(?:\s|$)"
)
_HEADER = re.compile(
    r"quote-?header|quote-?title|quote_?controls|bbcodeblock-title|bbcodeblock-expandlink|attribution|"
    r"bbcode_postedby|ipsquote_citation|quote-?author|quote-?info|topslice_quote|botslice_quote|"
    r"expandlink|quote-?by|quote-?expand"
)
_WROTE = re.compile(
    r"^(?:\([^()]{4,40}\)\s*)?(?:(?:quote|zitat|citation|cita)(?: from| von| de)?:?\s+)?(?:originally posted by:?\s+|"
    r"posted by:?\s+|zitat von:?\s+)?(?P<name>.{1,80}?)(?:\s+(?:wrote|said|says|schrieb|hat geschrieben|"
    r"hat gesagt|sagte|a écrit|a dit|escribió|dijo|ha scritto|schreef|disse|skrev)\b.*|\s+on\s+.*|\s*:\s*)?$",
    re.I | re.S,
)
_POINTER = re.compile(r"(?:post|msg|pid=|[?&;]p=|#p|id=|comment-?|#c)[-: _]{0,2}(\d+)", re.I)
_POINTERS = (
    "data-source", "data-post", "data-post-id", "data-ipsquote-contentcommentid", "data-quoted-id",
    "data-content-id",
)  # fmt: skip
_QUOTED = (
    "data-quote",
    "data-author",
    "data-username",
    "data-ipsquote-username",
    "data-quote-author",
)
_GONE = re.compile(
    r"^\W*(?:\[\s*(?:deleted|removed|gelöscht|entfernt|supprimé|eliminado)[^\]]{0,40}\]|"
    r"(?:this|dieser|diese|ce|cet|este|questo|deze) (?:comment|post|message|reply|kommentar|beitrag|"
    r"nachricht|commentaire|mensaje|comentario|commento|messaggio|reactie) (?:has been|was|wurde|ist|a été|"
    r"ha sido|è stato|is)\b.{0,80})\W*$",
    re.I,
)
_BY_AUTHOR = re.compile(r"author|user|autor|verfasser|nutzer|auteur|\[\s*deleted|utente", re.I)
_GONE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:deleted|removed)(?:$|\s|[_-](?:comment|notice|post|msg|message))"
)
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
    return Body(own, _densest(holder, drop) if holder is element else holder, drop)


def _nested(element: Element, others: Collection[Element]) -> set[Element]:
    """What belongs to other items: lists of replies, else the items themselves."""
    stop: set[Element] = set()
    for node in walk(element, others):
        if node is not element and REPLIES.search(names(node)) and not _holds_words(node, others):
            stop.add(node)
    return stop | set(others)


def _holds_words(node: Element, others: Collection[Element]) -> bool:
    """Whether a list of replies holds words of its own, more than a toggle."""
    return len(text_of(node, others, most=_LONGEST_NOTICE)) > _LONGEST_NOTICE // 2


def _named_body(element: Element, nodes: Sequence[Element], stop: set[Element]) -> Element | None:
    for sure, pattern in zip((True, True, False, False), _BODY, strict=True):
        for node in nodes:
            if node is element or node.tag in ("a", "span", "label", "h1", "h2", "h3", "h4"):
                if node is element or "commtext" not in classes(node):
                    continue
            marks = [*classes(node), (node.get("itemprop") or "").lower()]
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
        if inner is not node and not _in_quote(inner, node):
            if inner.tag == "time" or re.search(
                r"(?:^|[\s_-])(?:vcard|commentmetadata|comment-?meta|comment-?author|author|fn|poster|"
                r"user-?name\S*|post-?date|postprofile|author-?name)(?:\s|$)",
                names(inner),
            ):
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
        if node.tag in ("form", "nav", "time") or (marks.strip() and _CONTROL.search(marks)):
            if not any(pattern.search(token) for pattern in _BODY[:3] for token in classes(node)):
                found.add(node)
        elif _HEADER.search(marks) or (_titles(node) and _in_quote(node, holder)):
            found.add(node)
    return found


def _titles(node: Element) -> bool:
    return node.tag == "cite" or bool({"title", "quotetitle"} & set(classes(node)))


def _densest(element: Element, drop: set[Element]) -> Element:
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


def is_quote(node: Element) -> bool:
    """Whether an element is marked up as a quotation."""
    if node.tag == "blockquote":
        return not re.search(r"postcontent|messagetext", names(node))
    return node.tag in ("aside", "div", "td", "section") and bool(_QUOTE.search(names(node)))


def _notice(element: Element, nodes: Sequence[Element], stop: set[Element]) -> Element | None:
    """The element that stands for a contribution taken away, or not let through yet."""
    for node in nodes:
        if _GONE_CLASS.search(names(node)):
            words = text_of(node, stop, most=_LONGEST_NOTICE)
            if words and len(words) <= _LONGEST_NOTICE and (node is not element or _GONE.match(words)):
                return node
    return None


def status_of(words: str) -> Status:
    """Whether a body is only the notice that stands for one taken away."""
    if len(words) <= _LONGEST_NOTICE and _GONE.match(words.strip()):
        return "deleted" if _BY_AUTHOR.search(words) else "removed"
    return "present"


def quote(node: Element, span: Span, host: str) -> RawQuote:
    """What the markup says of a quotation: whose words, of which post, when, and from where."""
    header = _header(node)
    name = next((node.get(key) for key in _QUOTED if node.get(key)), None)
    pointer = None
    for key in _POINTERS:
        value = node.get(key) or ""
        match = _POINTER.search(value) or re.fullmatch(r"\W*(\d+)\W*", value)
        pointer = pointer or (match[1] if match else None)
    link = node.get("cite") or ""
    for above in header:
        for inner in above.iter("a"):
            href = inner.get("href") or ""
            link = link or href
            match = _POINTER.search(href)
            pointer = pointer or (match[1] if match else inner.get("data-post-id"))
    match = _POINTER.search(link)
    pointer = pointer or (match[1] if match else None)
    words = next((text for above in header if (text := text_of(above, most=160))), "")
    if not name and any(char.isalnum() for char in words):
        wrote = _WROTE.match(words)
        name = wrote["name"].strip(" :") if wrote else None
    stamp = comment_dates.epoch(node.get("data-ipsquote-timestamp") or node.get("data-date") or "")
    stamp = stamp or comment_dates.printed(words, lang="", us=True)
    away = urlsplit(link).hostname or ""
    return RawQuote(
        span=span,
        author=name or None,
        native_id=pointer,
        posted_at=stamp.iso if stamp else None,
        external=bool(away and host and away != host and pointer is None),
    )


def _header(node: Element) -> list[Element]:
    """Title elements of a quotation: within it, or right before it."""
    found = [
        inner
        for inner in walk(node)
        if inner is not node and (_HEADER.search(names(inner)) or _titles(inner))
    ]
    before = node.getprevious()
    while before is not None and before.tag == "br":
        before = before.getprevious()
    if before is not None and _HEADER.search(names(before)):
        found.append(before)
    return found[:3]
