"""Lines of flattened text, each told by what it is made of: names, dates, buttons, labels, words.

Blank lines are left out, links and pictures of Markdown are unwrapped. A line's kind is what it can
be by itself; whether it is the byline of a post is learned from the whole text
(`community.flat.template`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from community import dates, headers
from community.flat import bylines, furniture, when
from community.flat.turns import terms
from community.types import Span

Kind = Literal[
    "said", "verb", "signed", "date", "button", "count", "label", "notice", "removed", "text"
]

_EDGE = " \t\xa0|·•,;:-–—()*_#/@»›→▸\u200e\u200f\u200b\ufeff"
_COUNT = re.compile(
    r"[#№]?\s?\d{1,12}\.?|-\d{1,4}|[▲▼△▽↑↓⇧⇩👍👎❤♥]\s?\d{0,5}|[#|·•/\-–—*_()\[\]]+"
    r"|[+-]?\d{1,6}\s?(?:points?|pts|punkte?|puntos?|punti|votes?|stimmen|views?)"
)
_CELLS = re.compile(r"\s*\|\s*(?:\|\s*)*|\s*\t\s*|\s{3,}")
_ON = re.compile(r"(?:^|\s)(?:on|am|le|el|il|op|den|dne|dnia|at|um|em|o|,)$", re.IGNORECASE)
_BY = re.compile(
    r"^(?:by|von|par|por|da|di|door|av|af|przez|od|posted by|comment by|written by|commented by|"
    r"geschrieben von|verfasst von|posté par|publicado por|escrito por|from|submitted by|"
    r"author|autor|auteur|name)\b\s*:?\s+",
    re.IGNORECASE,
)
_POSTED = re.compile(
    r"^(?:posted|written|published|commented|replied|created|sent|submitted|date|on|geschrieben|"
    r"verfasst|erstellt|veröffentlicht|gepostet|posté|publié|écrit|envoyé|le|publicado|escrito|"
    r"enviado|el|pubblicato|inviato|scritto|geplaatst|op|skrevet|skrivet|napisano|napisany|"
    r"wysłano|wysłany|vloženo|napsal|добавлено|отправлено|post|subject)\b"
    r"(?:\s+(?:on|at|am|um|le|el|il|op|den))?$",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    rf"(?:^|(?<=[\s,]))(?:{dates.WEEKDAY}|mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|"
    r"jeu|ven|sam|dim|mié|jue|vie|sáb|gio|pon|wt|śr|czw|pt|sob|ndz|ma|wo|vr|za|zo|tir|ons|tor|fre|lör|"
    r"lør|søn|sön|пн|вт|ср|чт|пт|сб|вс)\.?$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"[#№]\s?\d")
_POINTS = re.compile(
    r"(?:\s*[+-]?\d{1,6}\s?(?:points?|pts|punkte?|votes?|likes?))+$", re.IGNORECASE
)
_BY_LABEL = re.compile(
    r"^(?:from|by|posted by|written by|author|name|von|verfasst von|geschrieben von|de|par|"
    r"posté par|auteur|autor|por|publicado por|da|scritto da|autore|door|van|"
    r"geplaatst door|av|af|od|autor)"
    r"\s?:\s+(?P<name>\S.*)$",
    re.IGNORECASE,
)
_INITIAL = re.compile(r"(?:^|\s)[^\W\d_]{1,3}\.$")
_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}(?:\s?[ap]m)?")
_LATE = 24  # characters that may stand behind a byline's date
_LONGEST = 160  # characters of a byline
_LABEL_LEAST = 5  # letters; a shorter word in front of a date is a preposition


@dataclass(frozen=True, slots=True)
class Row:
    """A line that is not blank: its offsets, its words without markup, and what it may be."""

    start: int
    end: int
    indent: int
    bare: str
    kind: Kind
    norm: str  # folded, digits as 0: equal for a form that recurs
    author: str | None = None
    moment: when.Moment | None = None
    label: str = ""  # what stands in front of a date, folded
    native_id: str | None = None

    @property
    def is_name(self) -> bool:
        """Whether the whole line may be a name."""
        return self.kind == "text" and could_be_name(self.bare)


def could_be_name(words: str) -> bool:
    """Whether words have the shape of a name and not of a sentence or label."""
    bare = words.strip(_EDGE)
    if not headers.is_name(bare) or bare.casefold() in terms("member") or _CLOCK.fullmatch(bare):
        return False
    if bare[-1:] in ".…" and not _INITIAL.search(bare):
        return False
    if not any(c.isalpha() for c in bare) or _POSTED.match(bare) or _NUMBERED.search(bare):
        return False
    first = bare.split()[0]
    return not (
        (len(bare.split()) > 1 and first.isdigit()) or (bare[:1].islower() and bare.count(" ") > 1)
    )


@cache
def starting(group: str) -> re.Pattern[str]:
    """A pattern for what begins with a term of a group of ``flat.toml``."""
    names = "|".join(sorted(map(re.escape, terms(group)), key=len, reverse=True))
    return re.compile(rf"(?:{names})(?!\w)", re.IGNORECASE)


@cache
def _containing(group: str) -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, terms(group)), key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{names})(?!\w)", re.IGNORECASE)


@cache
def _member() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, terms("member")), key=len, reverse=True))
    return re.compile(rf"(?:{names})(?:\(\w\))?\s*(?::(?![()DPp])|$)", re.IGNORECASE)


def norm(words: str) -> str:
    """A line as it recurs: folded, numbers alike, white space squeezed."""
    return re.sub(r"\d+", "0", " ".join(words.casefold().split()))


def read(text: str, within: Span, us: bool | None = None) -> list[Row]:
    """The rows of a stretch of text, in order."""
    found = []
    at = within.start
    while (line := bylines.logical(text, at, within.end)) is not None:
        begin = line.start
        left = text.rfind("\n", 0, begin) + 1
        indent = len(text[left:begin].expandtabs(4))
        raw = text[begin : line.end].strip()
        if not line.bare and removed(raw):  # "[deleted]" is no picture's alternative text
            line = line._replace(bare=raw)
        found.append(_row(line, indent, us))
        at = line.end
    return found


def _row(line: bylines.Logical, indent: int, us: bool | None) -> Row:
    words = _CELLS.sub(" ", line.bare).strip(" |\t") if len(line.bare) < 400 else line.bare
    bare = re.sub(r"^(?:avatar\b(?: for)?|photo of|profilbild von)\s+|\s+avatar$", "", words,
                  flags=re.IGNORECASE).strip()  # fmt: skip
    kind, author, moment, label = classify(bare, us)
    return Row(
        start=line.start,
        end=line.end,
        indent=indent,
        bare=bare,
        kind=kind,
        norm=norm(bare[:_LONGEST]),
        author=author,
        moment=moment,
        label=label,
        native_id=line.anchor,
    )


def classify(bare: str, us: bool | None) -> tuple[Kind, str | None, when.Moment | None, str]:
    """What a line may be by itself: kind, author, time, and the label in front of the time."""
    if len(bare) > _LONGEST:
        return "text", None, None, ""
    if not bare.strip(_EDGE) or _COUNT.fullmatch(bare):
        return "count", None, None, ""
    if removed(bare):
        return "removed", None, None, ""
    if bare.strip(_EDGE).casefold() in terms("badge"):
        return "count", None, None, ""
    if bylines.is_button(re.sub(r"^\d+\s", "", bare)) or _buttons_glued(bare):
        return "button", None, None, ""
    moment = when.find(bare, us)
    notice = len(bare) < 120 and len(bare.split()) <= 16 and _containing("notice").search(bare)
    if notice and not (moment and moment.end <= notice.start()):
        return "notice", None, None, ""
    if moment:
        return _dated(bare, moment)
    if _member().match(bare) and len(bare) < 80:
        return "label", None, None, bare.split(":")[0].casefold()
    by = _BY_LABEL.match(bare)
    if by and could_be_name(by["name"]):
        return "signed", by["name"].strip(_EDGE), None, ""
    said = bylines.said(bare)
    if said and bare[-1:] not in ".!?":
        return "said", said, None, ""
    if bare.rstrip(" :…").casefold() in bylines.verbs():
        return "verb", None, None, ""
    return "text", None, None, ""


def _buttons_glued(bare: str) -> bool:
    """Buttons that an extractor ran together ("ReplyDelete", "LikeLiked by 2 people")."""
    split = re.sub(r"(?<=[^\W\d_])(?=[A-ZÄÖÜÉÓÁ])(?<![A-ZÄÖÜÉÓÁ])", " ", bare)
    return split != bare and len(split) < 60 and bylines.is_button(split)


def _dated(bare: str, moment: when.Moment) -> tuple[Kind, str | None, when.Moment | None, str]:
    before = _ON.sub("", bare[: moment.start].strip(_EDGE)).strip(_EDGE)
    before = "" if _COUNT.fullmatch(before) else _POINTS.sub("", before).strip(_EDGE)
    before = re.sub(r"^\d{1,4}[.)]\s+", "", before)
    before = _WEEKDAY.sub("", before).strip(_EDGE)
    before = re.sub(rf"{_NUMBERED.pattern}+.{{0,4}}$", "", before).strip(_EDGE)
    after = bare[moment.end :].strip(_EDGE + "[]↓↑⇩")
    named = bare[: moment.start].rstrip().endswith(":") and not _POSTED.match(before)
    named = named and len(before.split()[-1] if before.split() else "") > _LABEL_LEAST
    if _member().match(before + ":") or named:
        return "label", None, moment, norm(before)
    quoting = bare.rstrip(" ↑").endswith(":") and set(after.casefold().split()) & bylines.verbs()
    if quoting or (bare.endswith(":") and bylines.said(after)):
        return "text", None, None, ""  # "On DATE, NAME wrote:" stands above a quotation
    short = len(after) <= _LATE and len(after.split()) <= 3 and after[-1:] not in ".!?…"
    control = bylines.is_button(after) or _COUNT.fullmatch(after) is not None
    control = control or (len(after) < 60 and _containing("notice").search(after) is not None)
    if after and not (control or short):
        named = could_be_name(after) and not before
        by = _BY.match(after)
        if by and could_be_name(after[by.end() :]):
            return "signed", after[by.end() :].strip(_EDGE), moment, norm(before)
        return ("signed", after, moment, "") if named else ("text", None, None, "")
    if not before or _POSTED.match(before):
        by = _BY.match(after)
        tail = after[by.end() :] if by else ""
        if tail and could_be_name(tail):
            return "signed", tail.strip(_EDGE), moment, ""
        named = bool(after) and after[:1].isupper() and not control
        if named and could_be_name(after) and moment.end > 8:
            return "signed", after, moment, ""
        return "date", None, moment, norm(before)
    said = bylines.said(before)
    name = said or _BY.sub("", before).strip(_EDGE)
    name = re.sub(r"\s+\d{1,6}$|\s*\([^()]*\)?$", "", name) or name
    if could_be_name(name):
        return "signed", name, moment, norm(before)
    return "text", None, None, ""


def removed(bare: str) -> str | None:
    """``removed`` or ``deleted`` where a line is the notice of a comment taken away, else None."""
    words = bare.strip(" []().…*_-–—|").casefold()
    if not words or len(words) > 90 or len(words.split()) > 12:
        return None
    match = starting("removed").match(words)
    if not match:
        return None
    short = match[0] in ("removed", "deleted", "gelöscht", "entfernt", "supprimé", "eliminado",
                         "rimosso", "verwijderd")  # fmt: skip
    if short and words != match[0]:
        return None
    if short and bare.strip()[:1] not in "[(":
        return None
    return "deleted" if _containing("by-author").search(words) else "removed"


def recurring(rows: Sequence[Row]) -> Counter[str]:
    """How often each form of line occurs in a text."""
    return Counter(row.norm for row in rows)


def is_end(row: Row) -> bool:
    """Whether a row opens what stands below a discussion."""
    bare = row.bare.lstrip("([*_ ")
    return furniture.is_tail(bare) or (len(bare) < 120 and starting("end").match(bare) is not None)


def is_heading(row: Row) -> bool:
    """Whether a row is the heading of the comments ("12 comments")."""
    return furniture.is_comments_heading(row.bare)
