"""Tell an article from the furniture of its page, in plain text.

Newsletter boxes, lists of other videos and articles, share buttons, captions and copyright lines
are known by general cues: headings from a word list (``furniture.toml``), and the shape of lines
(short, without a sentence's end, repeated). Reference lists are kept apart from the article.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from community import dates, headers, lexicon
from community.text import Line, lines, squeeze, trim
from community.types import Span

_TOP_LINES = 30  # lines in which a page states its date and author
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*(?:\s*\[?\d{1,3}(?:[,–-]\d{1,3})*\]?)?$|[:;]$")
_FIGURE = re.compile(r"\d\s?%|\bp\s?[<=>]\s?0|\bCI\b|\d\s(?:patients|months|years)")
_BULLET = re.compile(r"^\s*(?:[•◦▪●○□*+–-]|\d{1,2}[.)])\s+")
_CITATION = (
    re.compile(r"\bet al\b|\b[A-Z][a-zé]+ [A-Z]{1,3}(?:,|\.)"),
    re.compile(r"\bdoi\b|\bdoi\.org|\bPMID\b|\bAccessed\b|\bpublished online\b", re.IGNORECASE),
    re.compile(r"\b(?:19|20)\d\d\b\s*[;.:)]|\b\d{4};\d+|\(\d{4}\)"),
    re.compile(
        r"\d+\s?\(\d+\)\s?[:;]|\d+:\s?[eE]?\d+[-–]\d+|\bed(?:s|itors)?\.|\bNEJM\b|\bLancet\b"
    ),
)
_ENTRY = re.compile(
    r"(?:\[?\d{1,3}[.)\]]\s+|sources?:\s+|•\s+)?(?:[A-Z][\w'-]+ [A-Z]{1,3}[,.]|\d+\.)"
)
_YOU = re.compile(r"\b(?:you|your|du|dein\w*|ihr\w*|sie|votre|vous)\b", re.IGNORECASE)
_POSTSCRIPT = re.compile(r"P\.?\s?S\.?:?\s+\w")
_NEXT = re.compile(r"(?:next|previous|prev|older|newer)\b.{0,25}:\s", re.IGNORECASE)
_BY_AND_DATE = re.compile(r"\b(?:by|von|par|por)\s+(?P<name>\S.*)$")
_BY = re.compile(
    r"^(?:written\s+)?(?:by|von|par|por|author|autor)\s*:?\s+(?P<name>\S.*)$", re.IGNORECASE
)
_NUMBER = re.compile(r"\(?(\d{1,5})\)?\s")
_LONG = 80  # characters from which a line without a full stop may still be prose
_WRAPPED = 50  # characters that all lines but the last of a wrapped paragraph have


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What a text says besides furniture."""

    title: str | None = None
    title_span: Span | None = None
    spans: tuple[Span, ...] = ()
    references: tuple[Span, ...] = ()
    published_at: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class _Unit:
    """A paragraph or a line."""

    span: Span
    words: str  # squeezed


@cache
def terms(group: str) -> frozenset[str]:
    """Spellings of a group of ``furniture.toml``, lower case."""
    found = (term for term in lexicon.packaged("furniture").terms if term.group == group)
    return frozenset(spelling for term in found for spelling in term.spellings)


@cache
def _boxes() -> frozenset[str]:
    """Headings of boxes that stand in the middle of an article."""
    ids = ("newsletter", "advertisement", "share")
    found = (t for t in lexicon.packaged("furniture").terms if t.group == "section" and t.id in ids)
    return frozenset(spelling for term in found for spelling in term.spellings)


@cache
def _promotion() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, terms("promotion")))), re.IGNORECASE)


@cache
def _tail() -> re.Pattern[str]:
    forms = (t for t in lexicon.packaged("furniture").terms if t.id == "reply-form")
    names = [re.escape(spelling) for term in forms for spelling in term.spellings]
    return re.compile(rf"(?:{'|'.join(sorted(names, key=len, reverse=True))})\b", re.IGNORECASE)


@cache
def _counted() -> re.Pattern[str]:
    """ "12 comments", "comments (12)" and the like, as `bare` gives them."""
    names = "|".join(sorted(map(re.escape, terms("comments")), key=len, reverse=True))
    return re.compile(rf"(?:this post has )?\(?\d+\)?\s+(?:{names})\b|(?:{names})\s*\(\d+\)$")


@cache
def _references() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, terms("references")), key=len, reverse=True))
    return re.compile(rf"(?:{names})\s*:", re.IGNORECASE)


def bare(line: str) -> str:
    """A line as headings are compared: lower case, without Markdown, bullets and colons."""
    return squeeze(re.sub(r"^[\s#>*_•|-]+|[\s:*_|.…!-]+$", "", line)).casefold()


def is_tail(line: str) -> bool:
    """Whether a line opens what stands below a discussion: the reply form and its notes."""
    return len(line) < 200 and _tail().match(bare(line)) is not None


def is_comments_heading(line: str) -> bool:
    """Whether a line is a heading such as "12 comments" or "3 thoughts on …"."""
    words = bare(line)
    if not words or len(words) > 200:
        return False
    if words in terms("comments"):
        return True
    return _counted().match(words) is not None


def announced(words: str, start: int) -> int | None:
    """The number of comments in the heading above (or at) offset `start`, if one states it."""
    near = words[max(0, start - 600) : start + 200].split("\n")
    for line in reversed([line for line in near if line.strip()][-10:]):
        match = _NUMBER.search(bare(line) + " ")
        if match and is_comments_heading(line):
            return int(match[1])
    return None


def missing(words: str, start: int, posts: int) -> str | None:
    """A note that fewer posts were read than the heading at `start` announces, if that is so."""
    stated = announced(words, start)
    if stated is None or stated <= posts:
        return None
    return f"the page announces {stated} comments; {posts} are here"


def article(text: str, within: Span | None = None) -> Article:
    """The article in `text` (or in its stretch `within`), furniture left out."""
    stretch = Span(0, len(text)) if within is None else within
    units = _units(text, stretch)
    if not units:
        return Article()
    named = next((name for line in lines(text) if (name := _named_title(line.text))), None)
    title = _title(units, named)
    end = next((n for n, unit in enumerate(units) if n and is_tail(unit.words)), len(units))
    body = [unit for unit in units[:end] if unit is not title]
    kept, references = _sorted_out(body)
    top = units[:_TOP_LINES]
    return Article(
        title=re.sub(r"^#+\s*", "", title.words) if title else None,
        title_span=title.span if title else None,
        spans=_joined(text, [title, *kept] if title else kept),
        references=_joined(text, references),
        published_at=_published(top),
        author=_author(units),
    )


def _named_title(line: str) -> str | None:
    """The article's title in a heading such as ``4 thoughts on "TITLE"``, as `bare` gives it."""
    if not 0 < len(line) < 300 or not is_comments_heading(line):
        return None
    match = re.search(r"[\"“„«](?P<title>.{3,})[\"”“»]\s*$", line.strip())
    return bare(match["title"]) if match else None


def _units(text: str, stretch: Span) -> list[_Unit]:
    """Paragraphs where the text is wrapped, else lines."""
    found: list[_Unit] = []
    block: list[Line] = []
    for line in [*lines(text, stretch), Line(stretch.end, stretch.end, "")]:
        if not line.blank:
            block.append(line)
            continue
        for group in _grouped(block):
            span = trim(text, group[0].start, group[-1].end)
            found.append(_Unit(span, squeeze(span.of(text))))
        block = []
    return found


def _grouped(block: list[Line]) -> list[list[Line]]:
    """A block's lines, together where they are one wrapped paragraph."""
    widths = [len(line.text.strip()) for line in block[:-1]]
    wrapped = bool(widths) and min(widths) >= _WRAPPED and max(widths) <= 120
    if wrapped and not any(_BULLET.match(line.text) for line in block[1:]):
        return [block]
    return [[line] for line in block]


def _title(units: list[_Unit], named: str | None) -> _Unit | None:
    """The line that the heading of the comments names, else a Markdown heading, else the first
    line of several words that is no menu."""
    for unit in units:
        if named and bare(unit.words) == named:
            return unit
    for unit in units:
        if unit.words.startswith("# "):
            return unit
    for unit in units[:_TOP_LINES]:
        if _BULLET.match(unit.words) or len(unit.words) > 600 or "](" in unit.words:
            continue
        furniture = bare(unit.words) in terms("section") or bare(unit.words) in terms("tail")
        if len(unit.words.split()) >= 3 and not furniture:
            return unit
    return None


def is_citation(line: str) -> bool:
    """Whether a line looks like an entry of a reference list."""
    if len(line) >= 700 or _is_long_prose(line):
        return False
    cues = sum(bool(cue.search(line)) for cue in _CITATION)
    return cues >= 3 or (cues == 2 and _ENTRY.match(line) is not None)


def _is_prose(words: str) -> bool:
    """Whether a unit is made of sentences."""
    if _POSTSCRIPT.match(words):
        return True
    return len(words) >= 40 and _SENTENCE_END.search(words) is not None


def _sorted_out(units: list[_Unit]) -> tuple[list[_Unit], list[_Unit]]:
    """Units of the article, and units of the reference list; the rest is furniture."""
    counts = Counter(unit.words for unit in units)
    kept: list[_Unit] = []
    references: list[_Unit] = []
    section = ""  # furniture heading above, whose matter lasts until prose resumes
    for unit in units:
        words = unit.words
        opened = _opens(words)
        if opened:
            section = opened
            if opened == "references" and is_citation(words):
                references.append(unit)
            continue
        if is_citation(words):
            references.append(unit)
            continue
        if section and not _resumes(words, section, kept):
            continue
        section = ""
        if _is_article(words, counts[words]):
            kept.append(unit)
    kept = _with_headings(units, _without_repeats(kept), counts)
    return kept, references


def _is_long_prose(words: str) -> bool:
    return len(re.findall(r"[a-z]{3}[.!?][\"”’)]?\s+[A-Z“\"]", words)) >= 3


def _opens(words: str) -> str:
    """The kind of furniture that a line is the heading of, or ""."""
    line = bare(words)
    if line in terms("references") or _references().match(words):
        return "references"
    if line in terms("section") or line in terms("tail"):
        return "box" if line in _boxes() else "section"
    if "©" in words or is_comments_heading(words) or _NEXT.match(words):
        return "section"
    short = len(words) < 80 and not _SENTENCE_END.search(words)
    return "box" if short and _promotion().search(words) else ""


def _resumes(words: str, section: str, kept: list[_Unit]) -> bool:
    """Whether a unit below a furniture heading belongs to the article again."""
    if not _is_prose(words) or _promotion().search(words):
        return False
    if section == "box" and not _YOU.search(words):
        return True  # a box has a few lines to its reader, and the article goes on
    return len(words) >= (150 if kept else 80)


def _is_article(words: str, times: int) -> bool:
    if len(words) < 300 and _promotion().search(words):
        return False
    if _is_prose(words):
        return True
    if times > 1:
        return False
    item = _BULLET.match(words)
    if item:
        return len(words.split()) >= 5 and "](" not in words
    if _FIGURE.search(words) and len(words.split()) >= 4:
        return True
    return len(words) >= _LONG and " " in words and words.count(",") < len(words) / 25


def _without_repeats(units: list[_Unit]) -> list[_Unit]:
    """Each unit once: teasers and captions repeat what the article says."""
    seen: set[str] = set()
    found = []
    for unit in units:
        if unit.words not in seen:
            found.append(unit)
        seen.add(unit.words)
    return found


def _with_headings(units: list[_Unit], kept: list[_Unit], counts: Counter[str]) -> list[_Unit]:
    """Headings between two units of the article belong to it too."""
    chosen = set(map(id, kept))
    found: list[_Unit] = []
    for before, unit, after in zip([None, *units], units, [*units[1:], None], strict=False):
        follows = bool(found) and before is found[-1]
        leads = after is not None and id(after) in chosen
        if id(unit) in chosen or (follows and leads and _is_heading(unit.words, counts)):
            found.append(unit)
    return found


def _is_heading(words: str, counts: Counter[str]) -> bool:
    if len(words) >= _LONG or counts[words] > 1 or _opens(words) or _promotion().search(words):
        return False
    listed = re.search(r"\||  |\[|\]\(|©", words) or bare(words) in terms("comments")
    return not listed and not dates.find(words) and not is_citation(words) and not _BY.match(words)


def _joined(text: str, units: list[_Unit]) -> tuple[Span, ...]:
    """Spans of units, one for those that only white space separates."""
    spans: list[Span] = []
    for unit in sorted(units, key=lambda unit: unit.span):
        if spans and not text[spans[-1].end : unit.span.start].strip():
            spans[-1] = Span(spans[-1].start, unit.span.end)
        else:
            spans.append(unit.span)
    return tuple(spans)


def _published(units: list[_Unit]) -> str | None:
    """The date that a line at the top consists of, but for a label or a name."""
    for unit in units:
        stamp = dates.find(unit.words) if len(unit.words) <= 100 else None
        if stamp and not _SENTENCE_END.search(unit.words[stamp.end :] or "-"):
            rest = unit.words[: stamp.start] + unit.words[stamp.end :]
            if len(rest.split()) <= 8:
                return stamp.iso
    return None


def _author(units: list[_Unit]) -> str | None:
    for unit in units:
        if len(unit.words) > 90:
            continue
        dated = dates.find(unit.words)
        match = _BY.match(unit.words) or (_BY_AND_DATE.search(unit.words) if dated else None)
        if match:
            name = match["name"]
            stamp = dates.find(name)
            name = (name[: stamp.start] if stamp else name).split(" | ")[0].strip(" ,|·–—-")
            if headers.is_name(name) and name[:1].isalnum():
                return name
    return None
