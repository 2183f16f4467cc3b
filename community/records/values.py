"""Values of JSON and XML fields as what a record holds: ids, names, times."""

from __future__ import annotations

import html
import math
import re
from datetime import datetime
from typing import Any

from community import dates
from community.html import dates as comment_dates
from community.html.dates import When
from community.records import people

_NOTHING = frozenset({"", "null", "none", "nan", "nil", "undefined"})
_NOBODY = _NOTHING | {"[deleted]", "[removed]", "[deleted user]"}
_ADDRESS = re.compile(
    r"[^\s@]+@[^\s@]+\.[^\s@]+|(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]*(?::[0-9a-f]*){3,7}", re.I
)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_UNWRITABLE = re.compile("[\ud800-\udfff\x00]")
_LONGEST_NAME = 200  # characters; more is no name
_LONGEST_TIME = 80  # characters; more says more than when
_LARGEST = 10**15  # numbers up to here are ids and counts, and whole as floats


def text(value: Any) -> str:
    """A field's words; "" for what is no text.

    Half of a surrogate pair and NUL, which JSON can spell and no file takes, become U+FFFD.
    """
    if value is None or isinstance(value, (dict, list, bool)):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST:
        return str(int(value))  # spreadsheets and data frames write 12 as 12.0
    return _UNWRITABLE.sub("\ufffd", str(value)).strip()


def line(value: Any) -> str:
    """A field of words without markup, as one line: a title."""
    words = text(value)
    if "<" in words or "&" in words:
        words = html.unescape(_TAG.sub("", words))
    return " ".join(_UNWRITABLE.sub("\ufffd", words).split())


def name(value: Any) -> str | None:
    """A field as a person's name; None where it holds none. Addresses are no names: an e-mail
    address beside one is dropped (see `community.records.people`), and an IP address is nobody."""
    words = " ".join(html.unescape(text(value)).split())
    if "@" in words:
        words = people.name(words) or ""
    if words.lower() in _NOBODY or len(words) > _LONGEST_NAME or _ADDRESS.fullmatch(words):
        return None
    return _UNWRITABLE.sub("\ufffd", words)


def identity(value: Any) -> str | None:
    """A field as an id; None where it names nothing (null, empty, 0)."""
    words = text(value)
    return None if words.lower() in _NOTHING or words == "0" else words


def person(value: Any) -> str | None:
    """A field as a person's id; None where it names nothing, or is an e-mail or IP address."""
    words = identity(value)
    return None if words is None or _ADDRESS.fullmatch(words) else words


def count(value: Any) -> int | None:
    """A field as a whole number from 0 on; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):  # words, or an integer beyond what floats hold
        return None
    whole = math.isfinite(number) and 0 <= number < _LARGEST and number.is_integer()
    return int(number) if whole else None


def flag(value: Any) -> bool:
    """Whether a field says yes: true, a number or date that is not 0, words that do not deny."""
    if isinstance(value, (dict, list)):
        return False
    if isinstance(value, bool):
        return value
    words = text(value).lower()
    return words not in _NOTHING and words not in ("0", "false", "no", "off")


def when(value: Any, *, utc: bool = False) -> When | None:
    """A field as a time: ISO 8601, seconds or milliseconds since 1970, or a date as printed.

    `utc` says that a time without a zone is in UTC by the format's definition.
    """
    words = text(value)
    if not words or len(words) > _LONGEST_TIME:
        return None
    found = comment_dates.iso(words) or comment_dates.epoch(words)
    if found is None:
        stamp = dates.find(words)
        found = When(stamp.iso, stamp.precision) if stamp else None
    if found is None or found.iso is None:
        return found
    try:
        moment = datetime.fromisoformat(found.iso)
    except ValueError:  # a zone that none is: 99 hours from Greenwich
        return None
    if utc and moment.tzinfo is None and found.precision in ("second", "minute"):
        return When(found.iso + "+00:00", found.precision)
    return found


def children(value: Any, name: str) -> list[Any]:
    """The list under a name of a JSON object; [] where there is none."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []
