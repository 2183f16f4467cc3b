"""Quotations as a page marks them up: where they are, and what the markup says of their source."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from community.html import dates as comment_dates
from community.html.markup import Element, classes, names, text_of, walk
from community.types import RawQuote, Span

_QUOTE = re.compile(
    r"(?:^|\s)(?:bbcodeblock--quote|bbcodequote|bbcode_quote|quotemessage|ipsquote|quotecontent|"
    r"quote|quote_?block|block-?quote|quotebox|quote-?container|mycode_quote|bbc_standard_quote|"
    r"bbc_alternate_quote|bbc-block)(?:\s|$)"
)
_HEADER = re.compile(
    r"quote-?header|quote-?title|quote_?controls|bbcodeblock-title|bbcodeblock-expandlink|"
    r"attribution|"
    r"bbcode_postedby|ipsquote_citation|quote-?author|quote-?info|topslice_quote|botslice_quote|"
    r"expandlink|quote-?by|quote-?expand"
)
_WROTE = re.compile(
    r"^(?:\([^()]{4,40}\)\s*)?(?:(?:quote|zitat|citation|cita)(?: from| von|"
    r" de)?:?\s+)?(?:originally posted by:?\s+|"
    r"posted by:?\s+|zitat von:?\s+)?(?P<name>.{1,80}?)(?:\s+(?:wrote|said|says|schrieb|"
    r"hat geschrieben|"
    r"hat gesagt|sagte|a écrit|a dit|escribió|dijo|ha scritto|schreef|disse|skrev)\b.*|"
    r"\s+on\s+.*|\s*:\s*)?$",
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


def is_quote(node: Element) -> bool:
    """Whether an element is marked up as a quotation."""
    if node.tag == "blockquote":
        return not re.search(r"postcontent|messagetext", names(node))
    return node.tag in ("aside", "div", "td", "section") and bool(_QUOTE.search(names(node)))


def is_title(node: Element) -> bool:
    """Whether an element within a quotation says whose words they are."""
    return (
        node.tag == "cite" or bool({"title", "quotetitle"} & set(classes(node))) or is_header(node)
    )


def is_header(node: Element) -> bool:
    """Whether an element is named as the title, or as a control, of a quotation."""
    return bool(_HEADER.search(names(node)))


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
    found = [inner for inner in walk(node) if inner is not node and is_title(inner)]
    before = node.getprevious()
    while before is not None and before.tag == "br":
        before = before.getprevious()
    if before is not None and is_header(before):
        found.append(before)
    return found[:3]
