"""Messages of a mailbox file, one in memory at a time, whichever dialect of mbox it is in.

A message begins at a line ``From WHOM WHEN`` that is followed by a header field. Dialects differ in
how they keep such a line out of bodies (``>From``, which is undone here, or not at all), in the
blank line before it, and in whether the sender is masked (``someone at example.org``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from community.types import Page

MAX_MESSAGE = 8 << 20  # bytes of a message that are read; what follows are attachments
_MAX_LINE = 1 << 20  # bytes
_DAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?\s+"
_MONTH = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_SURE = re.compile(
    rb"From \S.{0,300}?\s" + _DAY + rb"(?:" + _MONTH + rb"\s+\d{1,2}|\d{1,2}\s+" + _MONTH + rb")"
    rb"\s.{0,40}\d{1,2}:\d\d"
)
_LIKELY = re.compile(rb"From \S{1,300}\s.{0,60}\d{1,2}:\d\d.{0,40}(?:19|20)\d\d|From \S{1,300}\s*$")
_FIELD = re.compile(rb"[A-Za-z][A-Za-z0-9-]{1,60}:(?:[ \t]|\r?\n|$)|>From ")
_QUOTED_FROM = re.compile(rb">+From ")
_STAMP = re.compile(rb"(?:" + _DAY + rb")?" + _MONTH + rb"\s+\d.{0,60}")


@dataclass(frozen=True, slots=True)
class Raw:
    """A message as found: its bytes, and the time that the mailbox gives it, as it stands there."""

    data: bytes
    stamp: str = ""
    cut: bool = False


def is_mbox(head: bytes) -> bool:
    """Whether a page begins as a mailbox does."""
    first, _, rest = head.lstrip(b"\xef\xbb\xbf\r\n \t").partition(b"\n")
    return bool((_SURE.match(first) or _LIKELY.match(first)) and _FIELD.match(rest))


def messages(page: Page) -> Iterator[Raw]:
    """The messages of a mailbox in its order; a page that is no mailbox is one message."""
    if not is_mbox(page.head):
        with page.open() as stream:
            data = stream.read(MAX_MESSAGE + 1)
        yield Raw(data[:MAX_MESSAGE], cut=len(data) > MAX_MESSAGE)
        return
    with page.open() as stream:
        lines = iter(lambda: stream.readline(_MAX_LINE), b"")
        yield from _split(lines)


def _split(lines: Iterator[bytes]) -> Iterator[Raw]:
    held: list[bytes] = []
    stamp, size, begun, blank = "", 0, False, True
    line = next(lines, b"").lstrip(b"\xef\xbb\xbf")
    while line:
        following = next(lines, b"")
        if line.startswith(b"From ") and _begins(line, following, blank):
            if begun:
                yield Raw(b"".join(held), stamp, size > MAX_MESSAGE)
            when = _STAMP.search(line)
            stamp = when[0].decode("ascii", "replace") if when else ""
            held, size, begun = [], 0, True
        elif begun:
            size += len(line)
            if size <= MAX_MESSAGE:
                held.append(line[1:] if _QUOTED_FROM.match(line) else line)
        blank = not line.strip()
        line = following
    if begun:
        yield Raw(b"".join(held), stamp, size > MAX_MESSAGE)


def _begins(line: bytes, following: bytes, blank: bool) -> bool:
    if not _FIELD.match(following):
        return False
    return bool(_SURE.match(line) or (blank and _LIKELY.match(line)))
