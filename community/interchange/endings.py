"""How tools end lines and count them: one text, three ways to say where its words stand.

MAXQDA on Windows ends lines in CR LF and counts both; ATLAS.ti ends them so and counts one
(QualCoder's importer, which reads both, knows the latter by the name of the program that wrote the
file). REFI-QDA 1.0 counts code points and does not say which of the two is meant.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from community.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Endings:
    """`newline` ends the lines of the files; in positions, a line's end counts `counted`. `origin`
    is the name under which the file says it was written."""

    newline: str = "\n"
    counted: int = 1
    origin: str = "community"

    def written(self, text: str) -> str:
        """A text (lines end in ``\\n``) as it stands in the file."""
        return text if self.newline == "\n" else text.replace("\n", self.newline)


TARGETS = {
    "plain": Endings(),
    "maxqda": Endings(newline="\r\n", counted=2, origin="community, for MAXQDA"),
    "atlas": Endings(newline="\r\n", counted=1, origin="community, for ATLAS.ti"),
}


def endings(target: str) -> Endings:
    """The line endings of a tool.

    Raises:
        UsageError: no such tool.
    """
    if target not in TARGETS:
        raise UsageError(target, "is no tool that we write for", f"there are: {', '.join(TARGETS)}")
    return TARGETS[target]


class Positions:
    """Positions in a file, for places in its text."""

    def __init__(self, text: str, counted: int) -> None:
        self._extra = counted - 1
        self._breaks = [i for i, char in enumerate(text) if char == "\n"] if self._extra else []

    def of(self, place: int) -> int:
        """The position of the character at a place (code points, from 0)."""
        return place + self._extra * bisect_left(self._breaks, place)
