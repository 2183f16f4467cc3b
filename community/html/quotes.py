"""Quotations as a page marks them up: where they are, and what the markup says of their source."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import islice

from community.html import dates as comment_dates
from community.html.markup import Element, address, classes, is_small, names, text_of, walk
from community.types import RawPost, RawQuote, Span

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
_SAID = (
    r"wrote|writes|said|says|posted|schrieb|hat geschrieben|hat gesagt|sagte|meinte|a écrit|a dit|"
    r"escribió|ha escrito|dijo|escreveu|disse|ha scritto|ha detto|schreef|zei|skrev|sade|sa|"
    r"kirjoitti|sanoi|napisał(?:\(a\)|a)?|pisze|napsal(?:\(a\)|a)?|napísal|писал(?:\(а\)|а)?|"
    r"написал(?:\(а\)|а)?|сказал(?:\(а\)|а)?|пишет|έγραψε|είπε|yazdı|dedi|írta|a scris|je napisao"
)
_BY = (
    r"(?:originally |original )?(?:posted|written|sent) by|zitat von|beitrag von|envoyé par|posté "
    r"par|"
    r"message de|écrit par|publicado por|enviado por|escrito por|originalmente|inviat[oa] da|"
    r"scritto da|postato da|geplaatst door|door|ursprungligen (?:postat|skrivet) av|skrivet av|"
    r"skrevet a[vf]|oprindeligt|kirjoittanut|zamieszczone przez|napisane przez|původně od|"
    r"сообщение от|от|αρχική δημοσίευση από|alıntı yapılan"
)
_LABEL = (
    r"quote|quoting|zitat|citation|cita|citação|citazione|citaat|citat|sitat|lainaus|cytat|citace|"
    r"citát|цитата|παράθεση|alıntı|idézet|引用"
)
_WROTE = re.compile(
    rf"^(?:\([^()]{{4,40}}\)\s*)?(?:(?:{_LABEL})(?: from| von| de| di| van| fra| från)?\s*:?\s+)?"
    rf"(?:(?:{_BY})\s*:?\s+)?@?(?P<name>.{{1,80}}?)"
    rf"(?:\s+(?:{_SAID})(?!\w).*|\s+on\s+.*|\s*:\s*)?$",
    re.I | re.S,
)
_SPOKEN = re.compile(rf"^@?\S.{{0,60}}?\s(?:{_SAID})(?!\w).{{0,80}}$", re.I)
_EXPAND = re.compile(
    r"^(?:click to expand|zum vergrößern anklicken|cliquez pour agrandir|haz clic para expandir|"
    r"clique para expandir|clicca per espandere|klik om te vergroten|klicka för att expandera|"
    r"klikk for å utvide|klikkaa laajentaaksesi|kliknij, aby rozwinąć|нажмите для раскрытия)\W*$",
    re.I,
)
_LINES = frozenset(["p", "div", "span", "strong", "b", "small", "a", "header", "h4", "h5", "em"])
_COLON = re.compile(r":[^\w:]*$")
_NAMED_BY = re.compile(rf"^(?:{_BY})\s*:?\s+\S.{{0,80}}$", re.I)
_ALONE = re.compile(rf"^(?:{_LABEL})\s*:?$", re.I)
_LONGEST_LINE = 110  # characters of a line that says whose words follow
_LONGEST_TRACED = 400  # letters and digits of a quotation by which its source is known
_MOST_TRACED = 50  # posts of one author looked at
_POINTER = re.compile(r"(?:post|msg|pid=|[?&;]p=|#p|id=|comment-?|#c)[-: _/=]{0,2}(\d+)", re.I)
_ANCHOR = re.compile(r"#(\d+)$")
_NO_POST = re.compile(
    r"user|author|member|owner|topic|thread|forum|group|time|date|page|count|score"
)
_POST = re.compile(r"comment|post|message|msg|reply|source|quote")
_LAST_ID = re.compile(r"(?:(?<=^)|(?<=[\W_]))\w*\d\w*$")
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
    if node.tag == "td" and _after_label(node):
        return True
    return node.tag in ("aside", "div", "td", "section") and bool(_QUOTE.search(names(node)))


def _after_label(cell: Element) -> bool:
    """Whether a table's only cell comes after the word "Quote", as old boards print quotations."""
    row = cell.getparent()
    table = next(cell.iterancestors("table"), None)
    if row is None or table is None or len(row) != 1:
        return False
    before = table.getprevious()
    if before is None or before.tag == "table" or len(before) > 2:
        return False
    return bool(_ALONE.match(text_of(before, most=_LONGEST_LINE)))


def is_title(node: Element) -> bool:
    """Whether an element within a quotation says whose words they are."""
    return (
        node.tag == "cite" or bool({"title", "quotetitle"} & set(classes(node))) or is_header(node)
    )


def is_header(node: Element) -> bool:
    """Whether an element is named, or says, that it is the title or a control of a quotation."""
    return bool(_HEADER.search(names(node))) or _says_whose(node)


def _says_whose(node: Element) -> bool:
    """Whether a line says that the words after it are quoted, or whose those are."""
    if node.tag not in _LINES or len(node) > 3 or len(node.text or "") > _LONGEST_LINE:
        return False
    if not is_small(node):
        return False
    above = node.getparent()
    if above is None:
        return False
    words = text_of(node, most=_LONGEST_LINE + 1)
    if not 3 < len(words) <= _LONGEST_LINE:
        return False
    if _EXPAND.match(words):
        return True
    after = node.getnext()
    alone = after is not None and not (node.tail or "").strip()
    spoken = bool(_SPOKEN.match(words) and _COLON.search(words))
    if alone and (after.tag == "table" or is_quote(after)):
        return bool(_ALONE.match(words)) or spoken
    first = node.getprevious() is None and not (above.text or "").strip()
    first = first and (after is not None or bool((node.tail or "").strip()))
    if not first or not is_quote(above):
        return False
    return spoken or bool(_NAMED_BY.match(words)) or (after is not None and _points(node))


def _points(node: Element) -> bool:
    """Whether a line names somebody and links to a post: so quotations begin in any language."""
    strong = node.find("strong") is not None or node.find("b") is not None
    return strong and any(_POINTER.search(a.get("href") or "") for a in node.iter("a"))


def quote(node: Element, span: Span, host: str, earlier: Collection[str] = ()) -> RawQuote:
    """What the markup says of a quotation: whose words, of which post, when, and from where.

    `earlier` are the ids of the posts before: one of them in an attribute is its source.
    """
    header = _header(node)
    name = next((node.get(key) for key in _QUOTED if node.get(key)), None)
    pointer = None
    for key in _POINTERS:
        value = node.get(key) or ""
        match = _POINTER.search(value) or re.fullmatch(r"\W*(\d+)\W*", value)
        pointer = pointer or (match[1] if match else None)
    pointer = pointer or _attributed(node, earlier)
    link = node.get("cite") or ""
    for above in header:
        for inner in above.iter("a"):
            href = inner.get("href") or ""
            link = link or href
            match = _POINTER.search(href)
            pointer = pointer or (match[1] if match else inner.get("data-post-id"))
    match = _POINTER.search(link)
    pointer = pointer or (match[1] if match else None) or _said_in(node)
    words = next((text for above in header if (text := text_of(above, most=160))), "")
    if not name and any(char.isalnum() for char in words):
        wrote = _WROTE.match(words)
        name = wrote["name"].strip(" :") if wrote else None
        if wrote and not _SPOKEN.match(words) and not _NAMED_BY.match(words):
            strong = next((one for above in header for one in above.iter("strong", "b")), None)
            name = (text_of(strong, most=80) if strong is not None else "") or name
    stamp = comment_dates.epoch(node.get("data-ipsquote-timestamp") or node.get("data-date") or "")
    stamp = stamp or comment_dates.printed(words, lang="", us=True)
    away = address(link).hostname or ""
    return RawQuote(
        span=span,
        author=name or None,
        native_id=pointer,
        posted_at=stamp.iso if stamp else None,
        external=bool(away and host and away != host and pointer is None),
    )


def _attributed(node: Element, earlier: Collection[str]) -> str | None:
    """The id of an earlier post that a data attribute of any name holds; ids of posts first."""
    found: dict[bool, str] = {}
    for key, value in node.attrib.items():
        name = str(key).lower()
        if name.startswith("data-") and not _NO_POST.search(name):
            match = _LAST_ID.search(value.strip())
            if match and match[0] in earlier:
                found.setdefault(bool(_POST.search(name)), match[0])
    return found.get(True) or found.get(False)


def _said_in(node: Element) -> str | None:
    """The number of the post to which the words "NAME wrote" at the start of a quotation link."""
    for link in islice(node.iter("a"), 2):
        if re.fullmatch(rf"(?:{_SAID})\W*", text_of(link, most=30), re.I):
            href = link.get("href") or ""
            match = _POINTER.search(href) or _ANCHOR.search(href)
            return match[1] if match else None
    return None


def resolved(posts: Sequence[RawPost], text: str) -> tuple[RawPost, ...]:
    """Posts whose quotations, where only named, point to the post whose words they repeat."""
    plain: list[str] = []
    by_author: dict[str, list[int]] = {}
    found: list[RawPost] = []
    for n, post in enumerate(posts):
        quotes = []
        for quote in post.quotes:
            known = quote
            if quote.native_id is None and quote.author:
                words = _plain(quote.span.of(text))[:_LONGEST_TRACED]
                for m in reversed(by_author.get(quote.author.casefold(), [])[-_MOST_TRACED:]):
                    if words and words in plain[m] and posts[m].native_id:
                        known = replace(quote, native_id=posts[m].native_id)
                        break
            quotes.append(known)
        found.append(replace(post, quotes=tuple(quotes)) if post.quotes else post)
        plain.append(_plain(post.span.of(text)))
        if post.author:
            by_author.setdefault(post.author.casefold(), []).append(n)
    return tuple(found)


def _plain(words: str) -> str:
    return "".join(filter(str.isalnum, words)).casefold()


def _header(node: Element) -> list[Element]:
    """Title elements of a quotation: within it, or right before it."""
    found = [inner for inner in walk(node) if inner is not node and is_title(inner)]
    before = node.getprevious()
    while before is not None and before.tag == "br":
        before = before.getprevious()
    if before is not None and is_header(before):
        found.append(before)
    return found[:3]
