"""Headers that people paste with a quotation: who wrote it, and when.

Blogger prints ``NAMEWeekday, Month DD, YYYY h:mm:ss pm`` without a space before the weekday, and
mail and forum software prints ``On DATE NAME wrote:``; readers copy both along with the words.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from community import dates

_LONGEST_NAME = 50  # characters; longer is a sentence that ends in a date
_NAME_WORDS = 5
_ABBREVIATED = re.compile(r"(?<!\w)[^\W\d_a-zß-ÿ][^\W\d_]{0,3}\.(?=\s)")
_SAID = re.compile(
    r"^(?P<before>.{0,120}?)\s*\b(?:wrote|writes|said|says|schrieb|sagte|sagt|meinte|a écrit|a dit|"
    r"escribió|dijo|ha scritto|schreef)\b(?P<after>[^:]{0,60})\s*:\s*↑?\s*$",
    re.IGNORECASE,
)
_ORIGINALLY = re.compile(
    r"^(?:originally posted by|quote from|quoting|zitat von|citation de|cita de)\s*:?\s*"
    r"(?P<name>.+?)(?:\s+(?:on|am|le)\s+.*)?\s*:?$",
    re.IGNORECASE,
)
_LEADING = re.compile(r"^(?:on|am|le|el|il|op)\s+", re.IGNORECASE)


class Header(NamedTuple):
    """Whom a header names, and the time it gives (ISO 8601), if any."""

    author: str | None
    posted_at: str | None = None
    precision: str | None = None


def is_name(text: str) -> bool:
    """Whether `text` has the shape of a person's or account's name."""
    name = text.strip()
    if not name or len(name) > _LONGEST_NAME or len(name.split()) > _NAME_WORDS:
        return False
    spelled = _ABBREVIATED.sub("", name.rstrip(","))  # "Dr. Ada Lund", "J. R. Smith"
    return not re.search(r"[?!:;,\"“”]|\.\s", spelled) and any(c.isalnum() for c in name)


def dated(line: str) -> Header | None:
    """A name with a clock time right behind it, filling the line; None for anything else."""
    line = line.strip()
    stamp = dates.find(line) if len(line) <= _LONGEST_NAME + 60 else None
    if stamp is None or stamp.precision == "day" or line[stamp.end :].strip(" .:)"):
        return None
    name = line[: stamp.start].rstrip(" ,-–—|·(\t")
    if not is_name(name):
        return None
    return Header(name, stamp.iso, stamp.precision)


def said(line: str) -> Header | None:
    """An attribution line ("On DATE NAME wrote:"), which must be followed by the quotation."""
    line = line.strip()
    match = _ORIGINALLY.match(line)
    if match and is_name(match["name"]):
        return Header(match["name"].strip())
    match = _SAID.match(line)
    if not match:
        return None
    before = match["before"]
    stamp = dates.find(before) or dates.find(match["after"])
    if stamp and dates.find(before):
        before = before[: stamp.start] + " " + before[stamp.end :]
    name = _LEADING.sub("", before.strip(" ,")).strip(" ,-–")
    name = re.sub(r"<[^>]*>|\([^)]*\)", "", name).strip()
    if name and not is_name(name):
        return None
    if not name:
        return Header(None, stamp.iso, stamp.precision) if stamp else None
    return Header(name, stamp.iso if stamp else None, stamp.precision if stamp else None)
