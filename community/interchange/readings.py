"""How a file counts positions, told by what we know must stand there, and texts that tools changed.

A position may count code points or UTF-16 units, the end of a line as one or two, and the end of a
selection in or out. Which of these a file means is measured on the codings that we wrote.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import product

_NEAR = 400  # characters around its place in which moved words are looked for


@dataclass(frozen=True, slots=True)
class Reading:
    """A way to count: the end of a line, whether as UTF-16, whether the last character is meant."""

    breaks: int = 1
    utf16: bool = False
    inclusive: bool = False

    def __str__(self) -> str:
        unit = "UTF-16 units" if self.utf16 else "code points"
        ends = "first and last character" if self.inclusive else "first character and the one after"
        return f"{unit}, a line's end counts {self.breaks}, {ends}"


READINGS = tuple(Reading(*told) for told in product((1, 2), (False, True), (False, True)))


class Places:
    """Places in a text (code points, lines ending in ``\\n``) for positions of a file."""

    def __init__(self, text: str, reading: Reading) -> None:
        wide = [
            i
            for i, char in enumerate(text)
            if (reading.breaks == 2 and char == "\n") or (reading.utf16 and char > "\uffff")
        ]
        self._size, self._inclusive = len(text), reading.inclusive
        self._positions = [place + number for number, place in enumerate(wide)]

    def of(self, start: int, end: int) -> tuple[int, int]:
        """A selection's first place, and the one past its last."""
        return self._place(start), self._place(end + self._inclusive)

    def _place(self, position: int) -> int:
        return min(max(position - bisect_left(self._positions, position), 0), self._size)


def likely(origin: str, text: str) -> Reading:
    """The reading of a file that holds nothing of ours to measure by."""
    crlf = text.find("\r\n") >= 0 and "ATLAS" not in origin.upper()
    return Reading(breaks=2 if crlf else 1)


def unbroken(text: str) -> str:
    """A text with its byte-order mark gone and its lines ending in ``\\n``."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


class Alignment:
    """Places in a changed text, as places in the text that we wrote."""

    def __init__(self, changed: str, ours: str) -> None:
        self._changed, self._ours = changed, ours
        self.same = changed == ours or _masked_alike(changed, ours)
        self._blocks = [] if self.same else list(_blocks(changed, ours))
        self._starts = [block[0] for block in self._blocks]

    def of(self, start: int, end: int) -> tuple[int, int] | None:
        """A stretch in our text; None where its words do not stand there any more."""
        if self.same:
            return (start, end) if end <= len(self._ours) else None
        found = self._in_block(start, end)
        if found is not None:
            return found
        words = self._changed[start:end]
        near = self._near(start)
        at = self._ours.find(words, max(near - _NEAR, 0), near + _NEAR + len(words))
        return (at, at + len(words)) if at >= 0 and words.strip() else None

    def _in_block(self, start: int, end: int) -> tuple[int, int] | None:
        """Where the first and last line that it touches are as they were."""
        ends = []
        for place in (start, max(end - 1, start)):
            number = bisect_right(self._starts, place) - 1
            if number < 0:
                return None
            at, size, ours = self._blocks[number]
            if place >= at + size:
                return None
            ends.append(ours + place - at)
        return (ends[0], ends[1] + 1) if ends[1] - ends[0] == end - 1 - start else None

    def _near(self, place: int) -> int:
        number = bisect_right(self._starts, place) - 1
        if number < 0:
            return place
        at, _, ours = self._blocks[number]
        return ours + place - at


def _masked_alike(changed: str, ours: str) -> bool:
    """Whether two texts have the same shape: the same study under other masks."""
    return len(changed) == len(ours) and all(
        (a == "\n") == (b == "\n") for a, b in zip(changed, ours, strict=True)
    )


def _blocks(changed: str, ours: str) -> Iterator[tuple[int, int, int]]:
    """Stretches of whole lines that are the same: where, how long, and where in our text."""
    theirs, mine = changed.splitlines(keepends=True), ours.splitlines(keepends=True)
    starts, own = _starts(theirs), _starts(mine)
    for a, b, size in SequenceMatcher(None, theirs, mine, autojunk=False).get_matching_blocks():
        if size:
            yield starts[a], starts[a + size] - starts[a], own[b]


def _starts(lines: list[str]) -> list[int]:
    made = [0]
    for line in lines:
        made.append(made[-1] + len(line))
    return made
