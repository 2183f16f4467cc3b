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
from community.html import relative
from community.html.markup import Element, names, text_of

Precision = Literal["second", "minute", "day", "month", "relative"]

_ISO = re.compile(
    r"^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(?:\.\d+)?\s*(Z|"
    r"[+-]\d{2}:?\d{2})?)?$",
    re.I,
)
_ISO_LED = re.compile(
    r"(?:19|20)\d\d-\d\d-\d\d(?:,?[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s?(?:Z|[+-]\d\d:?\d\d)?)?"
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
_EDITED = re.compile(
    r"edit|modif|lastupdate|joined|member-?since|signature|userinfo|last-?(?:reply|post|activity|"
    r"seen|visit)|replies-last|birth|expire|registered"
)
_DATED = re.compile(r"date|time|datum|published|metadata|permalink|posted|smalltext|ago\b|meta\b")
_DATE_NAME = re.compile(r"date(?!join)|time|datum|published|posted|permalink")
JOINED = re.compile(
    r"(?:^|[^\w])(?:join(?:ed)?|registered|member since|(?:last |was )?edited|modified|updated|"
    r"last (?:reply|post|activity|seen|visit(?:ed)?|online)|mitglied seit|registriert|dabei seit|"
    r"beigetreten|bearbeitet|geändert|zuletzt|inscri\w+|date d['’]inscription|modifié|édité|"
    r"dernière|miembro desde|registrado|fecha de ingreso|ingreso|editado|modificado|última|"
    r"iscritto|"
    r"registrato|modificato|ultima|lid sinds|geregistreerd|bewerkt|gewijzigd|laatst|medlem "
    r"(?:sedan|"
    r"siden)|registrer\w+|reg\.?datum|redigera\w+|ändrad|redigert|redigeret|endret|sist|senast|"
    r"tilmeldt|liittynyt|rekisteröity\w*|muoka\w+|dołączy\w+|rejestracja|zarejestrowan\w+|"
    r"edytowan\w+|"
    r"zmienion\w+|ostatni\w*|registrace|registrován\w*|upraven\w*|naposledy|регистрация|"
    r"зарегистрирован\w*|на форуме с|изменен\w*|отредактирован\w*|редактировал\w*|последн\w+|"
    r"εγγραφή|μέλος από|επεξεργασία|kayıt|üyelik|düzenle\w*|son|csatlakozott|szerkeszt\w+|"
    r"membro desde|cadastrado|data de registro)(?!\w)|加入|注册|登録日|編集|编辑|編輯|최종",
    re.I,
)
_SLASHED = re.compile(r"(?<!\d)(\d{1,2})[/-](\d{1,2})[/-]((?:19|20)\d\d)(?!\d)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_CLOCK = re.compile(r"\d[:.h]\d\d|\d\s?[ap]\.?m", re.I)
_LABEL_TAGS = ("dt", "b", "strong", "span", "label", "th", "td", "em", "i")
_LEAD = 40  # characters before a date in which it is said what it dates
_POSTED = re.compile(r"post|written|asked|answered|schrieb|erstellt|publi|escri|scri|napis", re.I)
_STATED_IN = (
    "title", "data-tippy-content", "data-original-title", "data-tooltip", "data-title",
    "aria-label", "data-date", "data-datetime", "data-created-at", "data-livestamp", "content",
    "alt", "ts", "created", "created-timestamp", "timestamp", "data-created",
)  # fmt: skip
_SHORT_YEAR = re.compile(r"(?<=[\s.])['’](\d\d)(?=[\s,.]|$)")
_TWO_DIGITS = re.compile(
    r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(\d\d)(?![\d./-])(?=.{0,6}\d[:.h]\d\d|\W*$)"
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
    stated = [node for node in own if not is_other(node)]
    for node in stated:
        found = machine(node)
        if found:
            return found
    strict = [node for node in stated if _DATE_NAME.search(names(node))]
    lines = [line for node in (*strict, *stated) for line in _lines(node)]
    for words in lines:
        found = printed(words, lang=(lang or "")[:2].lower(), us=us)
        if found:
            return found
    for line in lines:
        if relative.is_relative(line):
            return When(relative.count(line, now) if now else None, "relative")
    return None


def is_other(node: Element) -> bool:
    """Whether names or the words right before an element say that it dates something else."""
    above = node.getparent()
    marks = names(node) + " " + (names(above) if above is not None else "")
    if _EDITED.search(marks):
        return True
    before = node.getprevious()
    led = before.tail if before is not None else (above.text if above is not None else "")
    if before is not None and not (led or "").strip() and before.tag in _LABEL_TAGS:
        led = text_of(before, most=_LEAD)
    led = " ".join((led or "")[-_LEAD:].split())
    return bool(led and JOINED.search(led) and not _POSTED.search(led))


def machine(node: Element) -> When | None:
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
    for name in _STATED_IN:
        stated = _ISO_LED.match(node.get(name) or "")
        if stated and (value := iso(stated[0].replace(",", ""))):
            return value
    return None


def _lines(node: Element) -> list[str]:
    """Strings in which a printed date may stand: titles, own text, text between children."""
    found = []
    for name in _STATED_IN:
        stated = node.get(name) or ""
        if 5 < len(stated) < _LINE and _YEAR.search(stated) and is_label(stated):
            found.append(stated)
    dated = node.tag in ("time", "abbr") or _DATED.search(names(node))
    if dated and len(node) and not found:
        found.append(text_of(node, most=_LINE))
    found += [node.text or "", *(child.tail or "" for child in node)]
    return [
        " ".join(words.split())
        for words in found
        if 5 < len(words.strip()) < _LINE and not JOINED.search(words)
    ]


@lru_cache(maxsize=4096)
def printed(words: str, *, lang: str, us: bool) -> When | None:
    """A printed date with a four-digit year; None where there is none."""
    words = _long_years(words)
    if not _YEAR.search(words):
        return None
    stamp = dates.find(words, month_first=us)
    if stamp:
        return When(stamp.iso, stamp.precision)
    if len(words) > 50 or not re.search(r"\d", _YEAR.sub("", words)):
        return None
    return _foreign(words, lang)


def _long_years(words: str) -> str:
    """A line with years of two digits written out, where they cannot be anything else."""
    if len(words) > _LINE or _YEAR.search(words):
        return words
    return _SHORT_YEAR.sub(r"20\1", _TWO_DIGITS.sub(r"\1\2\3\g<2>20\4", words))


def is_label(words: str) -> bool:
    """Whether a line says when, and hardly anything else."""
    stamp = dates.find(_long_years(words), month_first=True)
    if stamp:
        return len(words) - (stamp.end - stamp.start) <= _MOST_BESIDE + 2
    return relative.is_relative(words)


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
