"""Bylines: the lines above or below a post's words that say who wrote it and when.

Extractors leave them as text: ``NAME says:``, a date line, ``NAMEdate`` run together, alt texts of
avatars, ``Reply`` buttons. Links may be Markdown, wrapped over lines. Read where a post begins and
where it ends; whether a page has bylines at all is for the reader of the page to decide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

from community import dates, headers, lexicon
from community.text import lines, trim
from community.types import Span

_MOST_LINES = 8  # lines a byline may take, blank ones not counted
_LONGEST = 160  # characters of a byline's line, links not counted
_LINK = re.compile(r"!?\[([^\[\]]*)\]\(([^()\s]*(?:\([^()]*\)[^()\s]*)*\s*(?:\"[^\"]*\"\s*)?)\)")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_ALT = re.compile(r"\[[^\]\n]{0,40}\](?!\()")
_ANCHOR = re.compile(r"#(?:comment-|c|post-|p|msg|div-comment-|li-comment-)?(\d{3,})\b")
_RELATIVE = re.compile(
    r"(?:\d+|an?|one)\s+(?:second|minute|hour|day|week|month|year)s?\s+ago|"
    r"vor\s+\d+\s+(?:sekunden?|minuten?|stunden?|tag(?:en)?|wochen?|monat(?:en)?|jahr(?:en)?)|"
    r"il y a \d+ \w+|hace \d+ \w+",
    re.IGNORECASE,
)
_RATING = re.compile(
    r"(?:rated\s+)?\d(?:[.,]\d)?\s*(?:/\s*5|(?:out\s+)?of\s+5)?\s*(?:stars?|sterne?|étoiles?)?",
    re.IGNORECASE,
)
_EDGE = " \t\xa0|·•,;:-–—()*_#/@"
_BY = re.compile(r"^(?:by|von|par|por|door|posted by|comment by|written by|from)\s+", re.IGNORECASE)


class Logical(NamedTuple):
    """A line as it reads: its words without markup, the offset behind it, the id of the comment
    that one of its links leads to, and the offset of its first character."""

    bare: str
    end: int
    anchor: str | None
    start: int


class _Read(NamedTuple):
    kind: str  # "said", "signed" (name and date), "date", "name", "button", "empty", "text"
    author: str | None = None
    stamp: dates.Stamp | None = None
    relative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """Who and when, and the words that remain (`body`)."""

    body: Span
    author: str | None = None
    posted_at: str | None = None
    precision: dates.Precision | None = None
    relative: bool = False
    native_id: str | None = None
    strength: int = 0  # 2: a name with "says" or a date; 1: a date alone; 0: nothing


@cache
def _terms(group: str) -> frozenset[str]:
    found = (term for term in lexicon.packaged("furniture").terms if term.group == group)
    return frozenset(spelling for term in found for spelling in term.spellings)


@cache
def _verbs() -> frozenset[str]:
    file = resources.files("community").joinpath("data", "flat.toml")
    more = lexicon.parse(file.read_text(encoding="utf-8"), "flat.toml").terms
    told = (spelling for term in more if term.group == "says" for spelling in term.spellings)
    return _terms("says") | frozenset(told)


@cache
def _said() -> re.Pattern[str]:
    verbs = "|".join(sorted(map(re.escape, _verbs()), key=len, reverse=True))
    return re.compile(
        rf"^(?P<name>.+?)\s+(?:{verbs})\s*(?::|…|\.\.\.)?(?P<rest>.*)$", re.IGNORECASE
    )


@cache
def _buttons() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, _terms("button")), key=len, reverse=True))
    return re.compile(
        rf"(?:(?:{names})(?:\s+to\s+[^\s].{{0,40}})?[\s|·•,()↓↑⇩0-9+\-]*)+", re.IGNORECASE
    )


def verbs() -> frozenset[str]:
    """The verbs of lines such as "NAME says:"."""
    return _verbs()


def said(line: str) -> str | None:
    """The name in a line such as "NAME says:"; None where it is none."""
    match = _said().match(line)
    if match and headers.is_name(match["name"]) and not match["rest"].strip(_EDGE):
        return match["name"].strip(_EDGE)
    return None


def is_rating(line: str) -> bool:
    """Whether a line is the alternative text of a row of stars ("5 stars")."""
    return _RATING.fullmatch(line.strip(_EDGE)) is not None


def is_button(line: str) -> bool:
    """Whether a line is nothing but interface words ("Reply", "Like · Report")."""
    bare = re.sub(r"^\s*\d{1,3}\.\s+", "", line).strip(_EDGE + "[]↓↑⇩")
    return bool(bare) and len(bare) < 80 and _buttons().fullmatch(bare) is not None


def read(text: str, start: int, end: int) -> Byline:
    """The byline of the post that stands from `start` to `end`, and its body."""
    at, head = _leading(text, start, end)
    stop = trailing(text, at, end)
    body = trim(text, at, stop)
    if head.strength == 0:
        foot = _foot(text, body)
        if foot:
            return foot
    return Byline(
        body=body,
        author=head.author,
        posted_at=head.posted_at,
        precision=head.precision,
        relative=head.relative,
        native_id=head.native_id,
        strength=head.strength,
    )


def opens(text: str, start: int, end: int) -> bool:
    """Whether a post's byline, with a name, stands at `start`; `end` bounds the look."""
    return _leading(text, start, end)[1].strength == 2


def _leading(text: str, start: int, end: int) -> tuple[int, Byline]:
    """Where the body begins, and what the lines above it say."""
    at = start
    author: str | None = None
    stamp: dates.Stamp | None = None
    relative = said = False
    native: str | None = None
    for _ in range(_MOST_LINES):
        found = logical(text, at, end)
        if found is None:
            break
        line, after, anchor, _ = found
        read_line = _classify(line)
        if not _belongs(text, read_line, after, end, author is not None, bool(stamp or relative)):
            break
        author = author or read_line.author
        stamp = stamp or read_line.stamp
        relative = relative or read_line.relative
        said = said or read_line.kind == "said"
        native = native or anchor
        at = after
    strength = 2 if author and (said or stamp or relative) else 1 if stamp or relative else 0
    if not strength:
        at = start
    byline = Byline(
        body=Span(at, max(at, end)),
        author=author,
        posted_at=stamp.iso if stamp else None,
        precision=stamp.precision if stamp else None,
        relative=relative,
        native_id=native,
        strength=strength,
    )
    return at, byline


def _belongs(text: str, line: _Read, after: int, end: int, named: bool, dated: bool) -> bool:
    """Whether a line goes on with a byline that has named an author, or a date, so far."""
    if line.kind == "name":
        following = None if named else logical(text, after, end)
        return following is not None and _classify(following[0]).kind in ("date", "said")
    if line.kind == "button":
        return named or dated
    if line.kind == "date":
        return not dated
    if line.kind in ("said", "signed"):
        return not named
    return line.kind == "empty"


def logical(text: str, at: int, end: int) -> Logical | None:
    """The next line from `at` that is not blank, with links unwrapped; None where none is left."""
    while at < end and text[at].isspace():
        at += 1
    if at >= end:
        return None
    begin = at
    stop = text.find("\n", at, end)
    stop = end if stop < 0 else stop
    # a link may be wrapped inside its address or its words
    while stop < end and stop - at < 800 and _open_link(text[at:stop]):
        following = text.find("\n", stop + 1, end)
        stop = end if following < 0 else following
    raw = text[at:stop]
    flat = raw.replace("-\n", "-").replace("\n", " ")
    anchor = _ANCHOR.search(raw.replace("\n", ""))
    bare = _LINK.sub(lambda m: f" {m[1]} ", _IMAGE.sub("", re.sub(r"\]\(\s+", "](", flat)))
    bare = _ALT.sub(" ", bare).replace("**", "").replace("\\.", ".").replace("__", "")
    return Logical(bare.strip(), stop, anchor[1] if anchor and "](" in raw else None, begin)


def _open_link(raw: str) -> bool:
    address, label = raw.rfind("]("), raw.rfind("[")
    if address > label:
        return raw.count("(", address) > raw.count(")", address)
    return label >= 0 and "]" not in raw[label:] and len(raw) - label < 120


def _classify(line: str) -> _Read:
    bare = re.sub(r"^avatar\b(?: for)?\s*|\s+avatar$", "", line, flags=re.IGNORECASE).strip(_EDGE)
    if not bare:
        return _Read("empty")
    if len(bare) > _LONGEST:
        return _Read("text")
    if is_button(bare) or (is_rating(bare) and not bare.isdigit()):
        return _Read("button")
    stamp = dates.find(bare)
    relative = None if stamp else _RELATIVE.search(bare)
    if stamp or relative:
        begin, stop = (stamp.start, stamp.end) if stamp else relative.span()  # type: ignore[union-attr]
        return _dated(bare, begin, stop, stamp)
    name = said(bare)
    if name:
        return _Read("said", name)
    if headers.is_name(bare):
        return _Read("name", bare)
    return _Read("text")


def _dated(bare: str, begin: int, stop: int, stamp: dates.Stamp | None) -> _Read:
    """A line with a date in it: a date line, a signature, or a sentence that mentions a date."""
    after = bare[stop:].strip(_EDGE)
    if after and not is_button(after) and len(after) > 12:
        return _Read("text")
    before = bare[:begin].strip(_EDGE)
    before = re.sub(r"\s+(?:on|am|le|el|il|op)$", "", before, flags=re.IGNORECASE)
    relative = stamp is None
    if before.casefold() in ("", "on", "am", "le", "el", "posted", "posted on", "date"):
        return _Read("date", None, stamp, relative)
    match = _said().match(before)
    name = match["name"] if match and not match["rest"].strip(_EDGE) else before
    name = _BY.sub("", name).strip(_EDGE)
    if headers.is_name(name):
        return _Read("signed", name, stamp, relative)
    return _Read("text")


def trailing(text: str, at: int, end: int) -> int:
    """Where the body ends that begins at `at`: in front of buttons that close it."""
    stop = end
    for line in reversed(list(lines(text, trim(text, at, end)))):
        if line.blank:
            continue
        words_there = _LINK.sub(lambda m: m[1], line.text)
        whole = _wrapped_button(text, line.start, stop)
        if is_button(words_there) or whole:
            stop = line.start
            continue
        if _continues_link(line.text):
            continue  # the lower half of a wrapped link: decided with the line it begins on
        break
    return stop


def _wrapped_button(text: str, start: int, stop: int) -> bool:
    """Whether all from `start` to `stop` is one linked button, its address wrapped."""
    flat = text[start:stop].replace("\n", "").strip()
    return "](" in flat and is_button(_LINK.sub(lambda m: m[1], flat))


def _continues_link(line: str) -> bool:
    bare = line.strip()
    return bare.endswith(")") and " " not in bare and "[" not in bare and "(" not in bare


def _foot(text: str, body: Span) -> Byline | None:
    """A byline below the words: a signature with a date, or a name line and a date line."""
    rows = [line for line in lines(text, body) if not line.blank]
    if len(rows) < 2:
        return None
    last = _classify(rows[-1].text.strip())
    if last.kind not in ("signed", "date") or (last.stamp is None and not last.relative):
        return None
    author, cut = last.author, rows[-1].start
    if last.kind == "date" and len(rows) > 2:
        above = _classify(rows[-2].text.strip())
        if above.kind == "name":
            author, cut = above.author, rows[-2].start
    return Byline(
        body=trim(text, body.start, cut),
        author=author,
        posted_at=last.stamp.iso if last.stamp else None,
        precision=last.stamp.precision if last.stamp else None,
        relative=last.relative,
        strength=2 if author else 1,
    )
