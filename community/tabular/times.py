"""Times in a column: what 03/04/2020 means is decided once for a file, by all of its dates."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from community import dates
from community.html import dates as comment_dates
from community.html.dates import When

_NUMERIC = re.compile(r"\s*(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_CENTURY = 70  # two-digit years below it are of this century
_ENOUGH = 5  # different dates that must stand in order to tell how they are meant
_LONGEST = 60  # characters; a longer cell says more than when


@dataclass(slots=True)
class Order:
    """Takes in dates in the order of the rows, and tells whether the month comes first."""

    day_first: str = ""  # a date that only means something so
    month_first: str = ""
    seen: int = 0
    _turns: dict[bool, list[int]] = field(default_factory=lambda: {True: [0, 0], False: [0, 0]})
    _last: dict[bool, tuple[int, int, int]] = field(default_factory=dict)

    def take(self, words: str) -> None:
        """Takes in a cell; only dates in figures, set apart by slashes or dashes, tell."""
        match = _NUMERIC.match(words) if len(words) <= _LONGEST else None
        if not match or match[2] == ".":
            return
        self.seen += 1
        one, two, year = int(match[1]), int(match[3]), int(match[4])
        if one > 12 >= two:
            self.day_first = self.day_first or match[0].strip()
        if two > 12 >= one:
            self.month_first = self.month_first or match[0].strip()
        for first, day in ((True, (year, one, two)), (False, (year, two, one))):
            before = self._last.get(first, day)
            if day != before:
                self._turns[first][day > before] += 1
            self._last[first] = day

    def told(self) -> bool | None:
        """Whether the month comes first; None where that cannot be told."""
        if self.day_first or self.month_first:
            return None if self.day_first and self.month_first else bool(self.month_first)
        inorder = [first for first, turns in self._turns.items() if self._in_order(turns)]
        return inorder[0] if len(inorder) == 1 else None

    def _in_order(self, turns: list[int]) -> bool:
        return min(turns) == 0 and max(turns) >= _ENOUGH - 1

    def why(self) -> str:
        """How it was told, in words; "" where there is nothing to tell."""
        if not self.seen:
            return ""
        if self.day_first and self.month_first:
            return f"two orders of day and month: {self.day_first} and {self.month_first}"
        first = self.told()
        if first is None:
            return "day or month first: cannot be told, such dates are left out"
        proof = self.month_first or self.day_first or "only so do the rows follow in time"
        return f"{'month' if first else 'day'} first: {proof}"


def when(words: str, month_first: bool | None) -> When | None:
    """A cell as a time; None where it is none, or one that can be read two ways."""
    if not words or len(words) > _LONGEST:
        return None
    found = comment_dates.iso(words) or comment_dates.epoch(words)
    if found:
        return found
    stamp = dates.find(_whole_year(words), month_first=month_first)
    return When(stamp.iso, stamp.precision) if stamp else None


def _whole_year(words: str) -> str:
    match = _NUMERIC.match(words)
    if not match or len(match[4]) == 4:
        return words
    year = int(match[4]) + (2000 if int(match[4]) < _CENTURY else 1900)
    return f"{match[1]}{match[2]}{match[3]}{match[2]}{year}{words[match.end() :]}"
