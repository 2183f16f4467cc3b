"""When a line of flattened text says that something was written.

Absolute dates are those of `community.dates`. A date whose order of day and month nobody can tell,
and one that is relative, is found and has no value: this text has no clock to count from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from community import dates

_SLASHED = re.compile(
    r"(?<![\d/.-])(?P<a>\d{1,2})[/.-](?P<b>\d{1,2})[/.-](?P<y>(?:19|20)\d\d|\d\d)(?![\d/.-])"
)
_TIME = re.compile(
    r"[,·|@–—\s-]{0,4}(?:(?:at|um|à|a las|a la|alle|alle ore|om|às|kl\.?|o|v|в)\s+)?"
    r"\d{1,2}[:.h]\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?(?!\w))?",
    re.IGNORECASE,
)
_AMOUNT = r"(?:(?<!\d)\d{1,3}|\b(?:an?|one|ein(?:e[mnr]?)?|une?|un[oa]?|een|uma?|en|ett|et))"
_SHORT_YEAR = re.compile(r"(?<=\d )['’](?=\d\d(?!\d))")
_RELATIVE = re.compile(
    rf"(?:\b(?:för|for|about|over)\s|·\s?för\s)?{_AMOUNT}\s?\+?\s?[^\W\d_]{{1,12}}\.?\s(?:ago|geleden|fa|atrás|sedan|siden|temu|sitten|önce|"
    rf"назад|тому|πριν|zpět|前|전)(?!\w)"
    rf"|\b(?:vor|il y a|hace|há|před|przed|πριν)\s(?:über\s|etwa\s|environ\s|circa\s)?"
    rf"{_AMOUNT}\s(?!\w+\s\w)[^\W\d_]{{3,12}}\b"
    r"|\d{1,3}\s?(?:秒|分钟|分鐘|小时|小時|天|个月|個月|年|時間|日|ヶ月|분|시간|일|개월|년)\s?(?:前|전)"
    r"|\b(?:yesterday|today|gestern|heute|hier|aujourd['’]hui|ayer|hoy|ieri|oggi|gisteren|vandaag|"
    r"ontem|hoje|igår|idag|i går|i dag|wczoraj|dzisiaj|dziś|včera|dnes|вчера|сегодня|dün|bugün)"
    r"\b[,·\s-]{0,3}(?:[^\W\d_]{1,4}\.?\s+)?\d{1,2}[:.h]\d{2}(?:\s?[ap]m)?"
    r"|^(?:just now|yesterday|gestern|hier|ayer|ieri|gisteren|ontem|igår|wczoraj|včera|вчера)$"
    r"|^\d{1,2}\s?(?:mo|yr|[smhdwyjt])$",
    re.IGNORECASE,
)
_DAY_MONTH = re.compile(
    r"(?P<day>(?<!\d)\d{1,2}(?:\.|st|nd|rd|th)?\s(?:de\s)?[^\W\d_]{3,12}\.?(?!\w)|"
    r"(?<!\w)[^\W\d_]{3,12}\.?\s\d{1,2}(?:st|nd|rd|th)?(?![\w:.]))"
    r"(?!\s\d{4})(?:[,·|@–—\s-]{0,4}(?:[^\W\d_]{1,4}\.?\s){0,2}\d{1,2}[:.h]\d{2}(?:\s?[ap]\.?m)?)?",
    re.IGNORECASE,
)
_YEARLESS_MOST = 40  # characters of a line with a date without a year
_MOST = 200  # characters; a longer line is no byline


class Moment(NamedTuple):
    """A time found in a line: ISO 8601 (None where relative, or where the order of day and month
    cannot be told), how precise, and where it stands in the line."""

    iso: str | None
    precision: dates.Precision | None
    start: int
    end: int
    relative: bool = False


def month_first(lines: Iterable[str]) -> bool | None:
    """Whether a text writes 3/4 for the 4th of March, by its own dates; None where none tells."""
    for line in lines:
        for match in _SLASHED.finditer(line[:_MOST]):
            first, second = int(match["a"]), int(match["b"])
            if 31 >= first > 12 >= second:
                return False
            if 31 >= second > 12 >= first:
                return True
    return None


def find(line: str, us: bool | None = None) -> Moment | None:
    """The first time that a line tells; None where it tells none.

    Args:
        line: a line without its newline.
        us: whether 3/4 is the 4th of March; None where nobody knows.
    """
    if len(line) > _MOST:
        return None
    stamp = dates.find(line, month_first=us)
    if stamp:
        return Moment(stamp.iso, stamp.precision, stamp.start, stamp.end)
    short = _SHORT_YEAR.search(line)
    if short:  # Aug 1 '19
        full = f"{line[: short.start()]}20{line[short.end() :]}"
        stamp = dates.find(full, month_first=us)
        if stamp and stamp.start < short.start() < stamp.end:
            return Moment(stamp.iso, stamp.precision, stamp.start, stamp.end - 1)
    slashed = _slashed(line, us)
    if slashed:
        return slashed
    match = _RELATIVE.search(line) or _yearless(line)
    return Moment(None, None, *match.span(), relative=True) if match else None


def _yearless(line: str) -> re.Match[str] | None:
    """A day and a month that are most of a line: a date of the year in which the page was saved."""
    match = _DAY_MONTH.search(line) if len(line) <= _YEARLESS_MOST else None
    if match and dates.find(f"{match['day']} 2000"):
        return match
    return None


def _slashed(line: str, us: bool | None) -> Moment | None:
    """A date of numbers that `community.dates` leaves: two-digit years, orders not told."""
    match = _SLASHED.search(line)
    if not match:
        return None
    clock = _TIME.match(line, match.end())
    if len(match["y"]) == 2 and not clock:
        return None  # 1/2/12 may be anything
    first, second = int(match["a"]), int(match["b"])
    if not (1 <= first <= 31 and 1 <= second <= 31 and min(first, second) <= 12):
        return None
    end = clock.end() if clock else match.end()
    ordered = us if max(first, second) <= 12 else second > 12
    if line[match.end("a")] == ".":
        ordered = False
    if ordered is None and first != second:
        return Moment(None, None, match.start(), end)
    month, day = (first, second) if ordered else (second, first)
    year = match["y"] if len(match["y"]) == 4 else f"20{match['y']}"
    stamp = dates.find(f"{year}-{month:02}-{day:02}{clock[0] if clock else ''}")
    if stamp is None:
        return None
    return Moment(stamp.iso, stamp.precision, match.start(), end)
