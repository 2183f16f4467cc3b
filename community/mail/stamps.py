"""Dates of mail and of RSS (RFC 5322), odd zones included, as ISO 8601."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_tz

from community.html.dates import When
from community.records import values

_MOST_OFFSET = 15 * 3600  # seconds; no zone of the world is further from UTC
_YEARS = range(1970, 2200)
_LONGEST = 100  # characters of a date
# names that RFC 5322 does not know and European mailers write; seconds east of UTC
_ZONES = {
    "WET": 0, "WEST": 3600, "BST": 3600, "CET": 3600, "MET": 3600, "MEZ": 3600, "CEST": 7200,
    "MEST": 7200, "MESZ": 7200, "EET": 7200, "EEST": 10800, "MSK": 10800, "JST": 32400,
    "KST": 32400, "AEST": 36000, "AEDT": 39600, "NZST": 43200, "NZDT": 46800, "AKST": -32400,
    "HST": -36000, "UT": 0, "UTC": 0, "GMT": 0, "Z": 0,
}  # fmt: skip
_ZONE = re.compile(r"(?:^|[\s\d])([A-Z]{1,4})\)?\s*$")
_NUMBER = re.compile(r"[-+]\d{4}\b")
_SECONDS = re.compile(r"\d:\d\d:\d\d")
_CLOCK = re.compile(r"\d:\d\d")


def when(value: str) -> When | None:
    """The time in a ``Date:`` or ``pubDate`` field; None where there is none to be read.

    The offset is kept as stated; one that no place on earth has is dropped, as is a zone's name
    that may mean several.
    """
    words = " ".join(value.split())[:_LONGEST]
    try:
        parts = parsedate_tz(words)
    except (ValueError, IndexError, OverflowError):  # numbers that are no time
        parts = None
    if parts is None or not _CLOCK.search(words) or parts[0] not in _YEARS:
        return values.when(words)
    try:
        moment = datetime(*parts[:6])
    except (ValueError, OverflowError):  # the 31st of June, or a day of four hundred digits
        return None
    offset = _offset(words, parts[9])
    if offset is not None:
        moment = moment.replace(tzinfo=timezone(timedelta(seconds=offset)))
    precision = "second" if _SECONDS.search(words) else "minute"
    return When(moment.isoformat(timespec="seconds"), precision)  # type: ignore[arg-type]


def _offset(words: str, parsed: int | None) -> int | None:
    """Seconds east of UTC; None where the zone is not stated or not known."""
    known = parsed if parsed is not None and abs(parsed) <= _MOST_OFFSET else None
    if _NUMBER.search(words):
        return known
    named = _ZONE.search(words)
    if named and named[1] in _ZONES:
        return _ZONES[named[1]]
    # without a zone, and with a name that it does not know, the parser says UTC
    return known or None
