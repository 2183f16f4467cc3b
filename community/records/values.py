"""Values of JSON and XML fields as what a record holds: ids, names, times."""

from __future__ import annotations

from typing import Any

from community import dates
from community.html import dates as comment_dates
from community.html.dates import When

_NOTHING = frozenset({"", "null", "none", "nan", "nil", "undefined"})


def text(value: Any) -> str:
    """A field's words; "" for what is no text."""
    if value is None or isinstance(value, (dict, list, bool)):
        return ""
    return str(value).strip()


def identity(value: Any) -> str | None:
    """A field as an id; None where it names nothing (null, empty, 0)."""
    words = text(value)
    return None if words.lower() in _NOTHING or words == "0" else words


def when(value: Any, *, utc: bool = False) -> When | None:
    """A field as a time: ISO 8601, seconds or milliseconds since 1970, or a date as printed.

    `utc` says that a time without a zone is in UTC by the format's definition.
    """
    words = text(value)
    if not words:
        return None
    found = comment_dates.iso(words) or comment_dates.epoch(words)
    if found is None:
        stamp = dates.find(words)
        found = When(stamp.iso, stamp.precision) if stamp else None
    if found and utc and found.iso and found.precision in ("second", "minute"):
        zoned = found.iso.endswith("Z") or found.iso[-6] in "+-"
        return found if zoned else When(found.iso + "+00:00", found.precision)
    return found


def children(value: Any, name: str) -> list[Any]:
    """The list under a name of a JSON object; [] where there is none."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []
