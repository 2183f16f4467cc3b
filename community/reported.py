"""What sources state of a study in fields of their own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What a source states, beside its words, of the study that a document reports.

    `name` is the trial's acronym, `author` the first author's family name, `year` that of
    publication. `registrations` are registry numbers, the study's own first.
    """

    name: str | None = None
    registrations: tuple[str, ...] = ()
    doi: str | None = None
    author: str | None = None
    year: int | None = None
