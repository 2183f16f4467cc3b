"""When a contribution was made, from its markup: machine-readable first, printed text last."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal

import dateparser

from community import dates
from community.html.markup import Element, names, text_of

Precision = Literal["second", "minute", "day", "month", "relative"]

_ISO = re.compile(
    r"^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(?:\.\d+)?\s*(Z|"
    r"[+-]\d{2}:?\d{2})?)?$",
    re.I,
)
_EPOCHS = (
    "data-time",
    "data-timestamp",
    "data-utime",
    "data-epoch",
    "data-unixtime",
    "data-created",
)
_SHOW_COMMENT = re.compile(r"showComment=(\d{12,14})")
_EDITED = re.compile(r"edit|modif|lastupdate|datemodified|joined|member-?since|signature|userinfo")
_DATED = re.compile(r"date|time|datum|published|metadata|permalink|posted|smalltext|ago\b|meta\b")
_DATE_NAME = re.compile(r"date(?!join)|time|datum|published|posted|permalink")
_JOINED = re.compile(
    r"\b(?:join(?:ed)?|registered|member since|mitglied seit|registriert|dabei seit|inscri\w+|"
    r"miembro desde|iscritto|edited|bearbeitet|modified|modifié|editado)\b",
    re.I,
)
_SLASHED = re.compile(r"(?<!\d)(\d{1,2})[/-](\d{1,2})[/-]((?:19|20)\d\d)(?!\d)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_CLOCK = re.compile(r"\d[:.h]\d\d|\d\s?[ap]\.?m", re.I)
_RELATIVE = re.compile(
    r"\b(?:ago|yesterday|today|just now|heute|gestern|hier|hoy|ayer|oggi|ieri|vandaag|gisteren)\b"
    r"|^(?:vor|il y a|hace)\s+(?:\d|ein|une?\b)",
    re.I,
)
_MOST_BESIDE = 20  # characters beside a date on a line that only says when
_LINE = 120  # characters; a longer string is no date line


@dataclass(frozen=True, slots=True)
class When:
    """ISO 8601 (None: only a relative date without a clock to count from) and how precise."""

    iso: str | None
    precision: Precision


def epoch(value: object) -> When | None:
    """A time in seconds or milliseconds since 1970, as UTC; None where the value is none."""
    try:
        seconds = float(str(value).strip())
    except ValueError:  # not a number: some other kind of time
        return None
    if seconds > 1e11:
        seconds /= 1000
    if not 1e8 < seconds < 5e9:  # 1973 to 2128: before that, numbers are counts and ids
        return None
    moment = datetime.fromtimestamp(int(seconds), UTC)
    return When(moment.isoformat(timespec="seconds"), "second")


def iso(value: str | None) -> When | None:
    """A date in ISO 8601 as sites write it, its offset kept where stated; None if it is none."""
    match = _ISO.match((value or "").strip())
    if not match:
        return None
    day, minutes, seconds, zone = match.groups()
    if not minutes:
        text, precision = day, "day"
    else:
        text, precision = f"{day}T{minutes}{seconds or ''}", "second" if seconds else "minute"
    try:
        datetime.fromisoformat(text)
    except ValueError:  # the right shape, and no date of the calendar
        return None
    if zone:
        text += "+00:00" if zone in "Zz" else f"{zone[:3]}:{zone[-2:]}"
    return When(text, precision)  # type: ignore[arg-type]


def month_first(strings: Iterable[str], lang: str | None) -> bool:
    """Whether a page writes 3/4 for the 4th of March: its own dates tell, else its language."""
    for words in strings:
        for first, second, _ in _SLASHED.findall(words):
            if int(first) > 12:
                return False
            if int(second) > 12:
                return True
    return (lang or "en-us").lower() in ("en", "en-us", "en_us")


def when(own: list[Element], *, lang: str | None, us: bool, now: str | None) -> When | None:
    """When the contribution with these elements (document order) was made; None where not stated.

    `us` reads 3/4 as the 4th of March; `now`, ISO 8601, is what relative dates count from.
    """
    stated = [node for node in own if not _in_edit_note(node)]
    for node in stated:
        found = _machine(node)
        if found:
            return found
    strict = [node for node in stated if _DATE_NAME.search(names(node))]
    lines = [line for node in (*strict, *stated) for line in _lines(node)]
    for words in lines:
        found = printed(words, lang=(lang or "")[:2].lower(), us=us)
        if found:
            return found
    relative = [line for line in lines if len(line) < 40 and _RELATIVE.search(line)]
    told = [_relative(line, (lang or "")[:2].lower(), now) for line in relative]
    return next((found for found in told if found.iso), told[0] if told else None)


def _in_edit_note(node: Element) -> bool:
    above = node.getparent()
    marks = names(node) + " " + (names(above) if above is not None else "")
    return bool(_EDITED.search(marks))


def _machine(node: Element) -> When | None:
    found = iso(node.get("datetime"))
    if found and found.precision != "day":
        return found
    for name in _EPOCHS:
        value = epoch(node.get(name) or "")
        if value:
            return value
    show = _SHOW_COMMENT.search(node.get("href") or "")
    if show:
        return epoch(show[1])
    if found:
        return found
    if "date" in (node.get("itemprop") or "").lower():
        return iso(node.get("content"))
    title = node.get("title") or ""
    return iso(title) if title[:2] in ("19", "20") else None


def _lines(node: Element) -> list[str]:
    """Strings in which a printed date may stand: titles, own text, text between children."""
    found = []
    if node.get("title") and _YEAR.search(node.get("title")):
        found.append(node.get("title"))
    dated = node.tag in ("time", "abbr") or _DATED.search(names(node))
    if dated and len(node) and not found:
        found.append(text_of(node, most=_LINE))
    found += [node.text or "", *(child.tail or "" for child in node)]
    return [
        " ".join(words.split())
        for words in found
        if 5 < len(words.strip()) < _LINE and not _JOINED.search(words)
    ]


@lru_cache(maxsize=4096)
def printed(words: str, *, lang: str, us: bool) -> When | None:
    """A printed date with a four-digit year; None where there is none."""
    if not _YEAR.search(words):
        return None
    stamp = dates.find(words)
    if stamp:
        return When(stamp.iso, stamp.precision)
    slashed = _SLASHED.search(words)
    if slashed:
        first, second, year = slashed.groups()
        month, day = (first, second) if us else (second, first)
        swapped = f"{year}-{int(month):02}-{int(day):02}{words[slashed.end() :]}"
        stamp = dates.find(swapped)
        return When(stamp.iso, stamp.precision) if stamp else None
    if len(words) > 50 or not re.search(r"\d", _YEAR.sub("", words)):
        return None
    return _foreign(words, lang)


def is_label(words: str) -> bool:
    """Whether a line says when, and hardly anything else."""
    stamp = dates.find(words)
    if stamp:
        return len(words) - (stamp.end - stamp.start) <= _MOST_BESIDE
    slashed = _SLASHED.search(words)
    return bool(slashed) and len(words) <= 2 * _MOST_BESIDE


def _foreign(words: str, lang: str) -> When | None:
    """A date in a language whose months we do not know ourselves."""
    if not lang or lang in ("en", "de", "fr", "es", "it", "nl", "pt"):
        return None
    try:
        moment = dateparser.parse(
            words, languages=[lang], settings={"REQUIRE_PARTS": ["day", "month", "year"]}
        )
    except ValueError:  # a language that dateparser does not know
        return None
    if moment is None:
        return None
    if _CLOCK.search(words):
        return When(moment.isoformat(timespec="minutes"), "minute")
    return When(moment.date().isoformat(), "day")


def _relative(words: str, lang: str, now: str | None) -> When:
    if now is None:
        return When(None, "relative")
    start = datetime.fromisoformat(now)
    try:
        moment = dateparser.parse(
            words, languages=[lang or "en"], settings={"RELATIVE_BASE": start.replace(tzinfo=None)}
        )
    except ValueError:  # a language that dateparser does not know
        moment = None
    return When(moment.isoformat(timespec="minutes") if moment else None, "relative")
