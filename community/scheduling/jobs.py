"""What is to run and when, before any scheduler's notation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from community.errors import UsageError

PERIODS = ("hour", "day", "week", "month")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Every `every` (one of `PERIODS`) at hour and minute of local time, in weeks on `day` (0 is
    Monday); months on their first day, hours at the minute."""

    every: str
    hour: int = 3
    minute: int = 30
    day: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A command, as arguments, that runs a study: `study` is the folder's absolute path."""

    study: str
    command: Sequence[str]
    when: When

    @property
    def name(self) -> str:
        """What schedulers call it: the same for the same folder, and a plain word for any."""
        return f"community-{sha256(self.study.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"


def when(every: str, at: str = "03:30", on: str = "monday") -> When:
    """When to run, from what a person writes.

    Args:
        every: one of `PERIODS`.
        at: a time of day, ``HH:MM``.
        on: a day of the week; its first letters are enough.

    Raises:
        UsageError: one of them is none.
    """
    if every not in PERIODS:
        raise UsageError("--every", f"is {every!r}", f"one of {', '.join(PERIODS)}")
    clock = _CLOCK.fullmatch(at)
    if clock is None:
        raise UsageError("--at", f"is {at!r}", "a time of day such as 03:30")
    days = [n for n, day in enumerate(DAYS) if len(on) >= 2 and day.startswith(on.lower())]
    if len(days) != 1:
        raise UsageError("--on", f"is {on!r}", f"one of {', '.join(DAYS)}")
    return When(every=every, hour=int(clock[1]), minute=int(clock[2]), day=days[0])
