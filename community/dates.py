"""Absolute dates as pages print them, in several European languages.

Only dates with a day and a four-digit year are read; a clock time makes the precision finer. An
offset is kept only where the text states one. Relative dates ("2 days ago") need a clock and are
not read here.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal, NamedTuple

Precision = Literal["second", "minute", "day"]

_MONTHS = (
    "january jan januar jänner janvier janv enero ene gennaio genn januari janeiro gen",
    "february feb februar février fevrier févr fevr febrero febbraio febbr februari fevereiro fev",
    "march mar märz maerz mrz mars marzo maart mrt março marco",
    "april apr avril avr abril abr aprile",
    "may mai mayo maggio mei maio mag",
    "june jun juni juin junio giugno giu junho",
    "july jul juli juillet juil julio luglio lug julho",
    "august aug août aout agosto ago augustus",
    "september sep sept septembre septiembre settembre set setembro",
    "october oct oktober okt octobre octubre ottobre ott outubro out",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro",
)
_MONTH = {name: i for i, names in enumerate(_MONTHS, 1) for name in names.split()}
_WEEKDAY_NAMES = (
    "monday tuesday wednesday thursday friday saturday sunday",
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "lunes martes miércoles jueves viernes sábado domingo",
    "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira",
)
_WEEKDAYS = [name for names in _WEEKDAY_NAMES for name in names.split()]
WEEKDAY = "(?:" + "|".join(sorted(map(re.escape, _WEEKDAYS), key=len, reverse=True)) + ")"
# not after a letter: the name before a glued date may end like a day ("Guillermo 5 May")
_SHORT_DAY = r"(?<![^\W\d_])(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|mo|di|mi|do|fr|sa|so)\.?"
_NAME = "(?:" + "|".join(sorted(map(re.escape, _MONTH), key=len, reverse=True)) + r")\.?"
_CLOCK = (
    r"(?P<h>\d{1,2})[:.h](?P<m>\d{2})(?::(?P<s>\d{2})(?:\.\d+)?)?"
    r"(?:\s?(?P<ap>[ap])\.?m\.?(?![a-z]))?(?:\s?(?P<z>Z\b|UTC\b|GMT\b|[+-]\d{2}:?\d{2}\b))?(?:\s?uhr)?"
)
_JOIN = r"(?:\s*[,·|\-–—@]\s*|\s+)(?:(?:at|um|à|a las|a la|alle|alle ore|om|às|kl\.?)\s+)?"
_TIME = rf"(?:(?:{_JOIN}|T){_CLOCK})?"
_DAYS = rf"(?:(?:{WEEKDAY}|{_SHORT_DAY}),?\s+)?"
_SHAPES = (
    rf"{_DAYS}(?P<mon>{_NAME})\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}}){_TIME}",
    rf"{_DAYS}(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|\\?\.)?\s+(?:de\s+)?(?P<mon>{_NAME}),?"
    rf"\s+(?:de\s+)?(?P<y>\d{{4}}){_TIME}",
    rf"(?P<y>\d{{4}})-(?P<num>\d{{2}})-(?P<d>\d{{2}}){_TIME}",
    rf"{_DAYS}(?P<d>\d{{1,2}})\.(?P<num>\d{{1,2}})\.(?P<y>\d{{4}}){_TIME}",
    rf"(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})/(?P<y>\d{{4}}){_TIME}",
)
_PATTERNS = tuple(re.compile(shape, re.IGNORECASE) for shape in _SHAPES)
_YEAR = re.compile(r"(?:19|20)\d\d")


class Stamp(NamedTuple):
    """A date found: ISO 8601, how precise, and where it stands in the string searched."""

    iso: str
    precision: Precision
    start: int
    end: int


def find(text: str, *, anchored: bool = False) -> Stamp | None:
    """The first date in `text` (at its very start, if `anchored`); None where there is none.

    `text` should be a line or a short heading: long text is searched as it is.
    """
    if not _YEAR.search(text):
        return None
    found = []
    for pattern in _PATTERNS:
        match = pattern.match(text) if anchored else pattern.search(text)
        stamp = _stamp(match) if match else None
        if stamp:
            found.append(stamp)
    return min(found, key=lambda stamp: (stamp.start, -stamp.end), default=None)


def _stamp(match: re.Match[str]) -> Stamp | None:
    """ISO 8601 for a match, or None where it is no date of the calendar, or an ambiguous one."""
    parts = {"h": None, "m": None, "s": None, "ap": None, "z": None, **match.groupdict()}
    if "a" in parts:
        one, two = int(parts["a"] or 0), int(parts["b"] or 0)
        if one <= 12 and two <= 12 and one != two:
            return None  # 03/04: which one is the month depends on who wrote it
        month, day = (one, two) if two > 12 else (two, one)
    elif parts.get("mon"):
        month, day = _MONTH[str(parts["mon"]).lower().rstrip(".")], int(parts["d"] or 0)
    else:
        month, day = int(parts["num"] or 0), int(parts["d"] or 0)
    hour = int(parts["h"] or 0)
    if parts["ap"]:
        hour = hour % 12 + (12 if parts["ap"].lower() == "p" else 0)
    minute, second = int(parts["m"] or 0), int(parts["s"] or 0)
    try:
        moment = datetime(int(parts["y"] or 0), month, day, hour, minute, second)
    except ValueError:  # the 31st of June: not a date
        return None
    return Stamp(*_iso(moment, parts), match.start(), match.end())


def _iso(moment: datetime, parts: dict[str, str | None]) -> tuple[str, Precision]:
    if parts["h"] is None:
        return moment.date().isoformat(), "day"
    zone = (parts["z"] or "").upper()
    if zone in ("Z", "UTC", "GMT"):
        zone = "+00:00"
    elif zone and ":" not in zone:
        zone = f"{zone[:3]}:{zone[3:]}"
    precision: Precision = "minute" if parts["s"] is None else "second"
    return moment.isoformat(timespec="seconds") + zone, precision
