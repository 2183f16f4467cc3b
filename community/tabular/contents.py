"""What the cells of a column look like, and what they may therefore be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from community.records import values
from community.tabular import times

_TIMED = 40  # cells that are tried as times
_ID = re.compile(r"[^\s]{1,80}")
_LINK = re.compile(r"(?:https?://|www\.|/r/)\S+", re.I)
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+|(?:\d{1,3}\.){3}\d{1,3}")
_LONGEST_NAME = 60  # characters of a person's name, on average
_SHORTEST_POINTER = 4  # characters; shorter numbers are ratings and counts as well as ids


@dataclass(frozen=True, slots=True)
class Content:
    """A column's filled cells, and shares of them (0 to 1): different ones, numbers, times, links,
    those without white space, those with a figure, those of several words. `full` is the share of
    the rows that have one."""

    cells: tuple[str, ...]
    full: float
    unique: float
    numbers: float
    times: float
    links: float
    ids: float
    figures: float
    words: float
    length: float  # characters on average
    private: bool

    @property
    def filled(self) -> int:
        """How many cells hold something."""
        return len(self.cells)

    @property
    def is_prose(self) -> bool:
        """Whether most cells are running words."""
        return self.words >= 0.7

    def points_into(self, ids: Content) -> bool:
        """Whether the cells are ids of other rows."""
        known = set(ids.cells)
        long = self.length >= _SHORTEST_POINTER
        inside = sum(cell in known for cell in self.cells)
        other = self.cells != ids.cells[: len(self.cells)]
        return self.filled >= 3 and long and other and inside >= 0.9 * self.filled


def cell_words(cell: object) -> str:
    """A cell as words: an object's id where it is one of ConvoKit's speakers."""
    return values.text(cell.get("id") if isinstance(cell, dict) else cell)


def of(column: Sequence[object]) -> Content:
    """The content of a column."""
    cells = tuple(words for cell in column if (words := cell_words(cell)))
    count = len(cells) or 1

    def share(found: int, of: int = count) -> float:
        return found / of

    tried = [cell for cell in cells if len(cell) <= 60][:_TIMED]
    timed = sum(times.when(cell, False) is not None for cell in tried)
    addresses = sum(_ADDRESS.fullmatch(cell) is not None for cell in cells)
    return Content(
        cells=cells,
        full=len(cells) / (len(column) or 1),
        unique=share(len(set(cells))),
        numbers=share(sum(_NUMBER.fullmatch(cell) is not None for cell in cells)),
        times=share(timed, max(1, min(count, _TIMED))),
        links=share(sum(_LINK.match(cell) is not None for cell in cells)),
        ids=share(sum(_ID.fullmatch(cell) is not None for cell in cells)),
        figures=share(sum(any(c.isdigit() for c in cell) for cell in cells)),
        words=share(sum(cell.count(" ") >= 2 for cell in cells)),
        length=share(sum(map(len, cells))),
        private=bool(cells) and addresses > 0.5 * len(cells),
    )


def fit(role: str, content: Content, *, exact: bool) -> float:
    """How well cells fit what the column's name says (0: not at all; empty ones never fit badly,
    where the name is the usual one)."""
    if not content.filled:
        return 0.1 if exact else 0.0
    if role == "text":
        wrong = content.numbers > 0.5 or content.times > 0.8 or content.links > 0.8
        return 0.0 if wrong else 0.2 + 0.8 * content.words
    if role == "id":
        return _id_fit(content, exact) if exact or content.full >= 0.5 else 0.0
    if role == "thread_id":
        telling = content.figures > 0.5 or content.links > 0.5 or content.length >= 15
        repeats = content.unique < 1 or content.filled < 3
        return 0.5 + 0.5 * repeats if exact or (telling and repeats) else 0.0
    if role in ("parent_id", "author_id"):
        return 1.0 if content.words < 0.3 else 0.0
    if role == "author":
        wrong = content.times > 0.8 or content.links > 0.5 or content.length > _LONGEST_NAME
        return 0.0 if wrong or (content.numbers > 0.8 and not exact) else 1.2 - content.words
    if role == "timestamp":
        return content.times if content.times >= 0.5 or content.filled == 0 else 0.0
    if role == "url":
        return 1.0 if content.links >= 0.5 or (exact and content.ids >= 0.9) else 0.0
    return 0.0 if content.times > 0.8 or content.numbers > 0.9 else 0.5  # a title


def _id_fit(content: Content, exact: bool) -> float:
    lettered = exact and content.unique >= 0.98 and content.length <= _LONGEST_NAME
    if content.links >= 0.5 or not (content.ids >= 0.9 or lettered):
        return 0.0
    if content.figures < 0.5 and content.unique < 1:
        return 0.0
    named = content.figures >= 0.5 or exact
    return content.unique if named and (content.unique >= 0.5 or content.filled < 6) else 0.0


def guesses(content: Content) -> list[tuple[str, float, str]]:
    """(role, strength, reason) for a column that has no name."""
    if not content.filled or content.private:
        return []
    if content.is_prose:
        return [("text", 0.3 + min(content.length, 500) / 1000, "running words")]
    if content.times >= 0.9 and (content.numbers < 0.5 or content.length >= 10):
        return [("timestamp", 0.6, "times")]
    if content.links >= 0.9:
        return [("url", 0.5, "addresses")]
    if content.ids >= 0.9 and content.figures >= 0.9:
        if content.unique >= 0.98 and content.filled > 1:
            return [("id", 0.6, "no two are the same")]
        return [("thread_id", 0.2, "ids that repeat")] if content.length >= 3 else []
    if content.length <= 40 and content.numbers < 0.1:
        strength = 0.3 + 0.2 * (content.unique < 1)
        return [("author", strength, "short names" + (" that repeat" * (content.unique < 1)))]
    return []
