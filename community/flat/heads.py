"""The byline of a post as rows of a text, and what rows near it are to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from community.flat import when
from community.flat.rows import Row


@dataclass(frozen=True, slots=True)
class Head:
    """A post's byline: its rows (`first` to `last`, inclusive), the row of its time or verb."""

    first: int
    last: int
    anchor: int
    author: str | None = None
    moment: when.Moment | None = None
    said: bool = False
    native_id: str | None = None


def is_value(rows: Sequence[Row], at: int) -> bool:
    """Whether a row is the value of a label that fills the row above it."""
    above = rows[at - 1] if at else None
    return above is not None and above.kind == "label" and ":" not in above.bare.rstrip(": ")
