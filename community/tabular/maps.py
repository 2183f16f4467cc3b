"""Maps of columns: those that the user gave, and what a table looks like under them.

A map is ``{role: column}``; one for all tables, or one for the tables whose key fits a pattern.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import islice
from typing import Any

from community.errors import SourceError, UsageError
from community.tabular import contents, times
from community.tabular.columns import ROLES, SAMPLED, Columns, columns
from community.tabular.layout import layout
from community.tabular.rows import Form, Rows, form_of
from community.types import Page

# (pattern of keys, "" for all tables; (role, column)…), the general one first
Told = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

_ROLES = (*ROLES, "dates")
_ITEM = re.compile(rf",(?=\s*(?:{'|'.join(_ROLES)})\s*=)")
_SHOWN = 3  # cells shown of a column
_LONGEST_SHOWN = 40  # characters of a cell shown
_MOST_ORDERED = 100_000  # rows looked at to tell how dates are meant


@dataclass(frozen=True, slots=True)
class Table:
    """What a table looks like: the map that fits it, its columns, and some masked cells of each."""

    key: str
    columns: Columns
    header: tuple[str, ...]
    shapes: Mapping[str, tuple[str, ...]]
    dates: str = ""  # how dates in figures are meant, and why
    headless: bool = False


def parse(words: str) -> dict[str, str]:
    """A map as the command line gives it: ``text=Comment,author=Name``; a column's name may hold
    commas.

    Raises:
        UsageError: it is none.
    """
    found: dict[str, str] = {}
    for item in _ITEM.split(words):
        role, equals, name = item.partition("=")
        if not equals or role.strip() not in _ROLES:
            advice = f"write ROLE=COLUMN,…; roles are {', '.join(_ROLES)}"
            raise UsageError("--map", f"{item!r} names no role and column", advice)
        found[role.strip()] = name.strip()
    return found


def told(given: Mapping[str, Any]) -> Told:
    """A map or maps as a value that compares, pickles and prints in one way."""
    general = {role: name for role, name in given.items() if isinstance(name, str)}
    by_pattern = {key: found for key, found in given.items() if isinstance(found, Mapping)}
    made = [("", tuple(sorted(general.items())))] if general else []
    made += [(key, tuple(sorted(found.items()))) for key, found in sorted(by_pattern.items())]
    return tuple(made)


def wrong(given: Mapping[str, Any]) -> str:
    """What is wrong with maps as a file has them; "" where nothing is."""
    for name, value in given.items():
        pairs = value.items() if isinstance(value, Mapping) else [(name, value)]
        for role, column in pairs:
            if role not in _ROLES:
                return f"{role!r} is nothing that a column may hold; there are: {', '.join(_ROLES)}"
            if not isinstance(column, str):
                return f"{role} names no column: {column!r}"
    return ""


def given(found: Told, key: str) -> dict[str, str]:
    """What was told of the table with a key; what its own pattern says comes before the rest."""
    made: dict[str, str] = {}
    for pattern, pairs in found:
        if not pattern or fnmatchcase(key, pattern) or fnmatchcase(key, f"{pattern}/*"):
            made |= dict(pairs)
    return made


def look(page: Page, form: Form, told: Mapping[str, str]) -> Table:
    """The columns of a table, by its first rows.

    Raises:
        SourceError: it has no rows, no column with words, or the map does not fit it.
    """
    rows = Rows(page, form)
    sample = [row.cells for row in islice(rows, SAMPLED)]
    if not sample:
        detail = f": {rows.problems[0]}" if rows.problems else ""
        raise SourceError(page.key, f"a table without rows{detail}", "look at its first lines")
    laid = layout(page.head) if form == "csv" else None
    headless = laid is not None and laid.headless
    found = columns(rows.header, sample, page.key, told, headless=headless)
    shapes = {name: _shapes([row.get(name) for row in sample]) for name in rows.header}
    return Table(page.key, found, rows.header, shapes, headless=headless)


def explain(page: Page, told: Mapping[str, str]) -> Table:
    """As `look`, and how the table's dates are meant.

    Raises:
        SourceError: no table, or as `look`.
    """
    form = form_of(page.head)
    if form is None:
        raise SourceError(page.key, "no table", "give CSV, or one JSON object per line")
    table = look(page, form, told)
    stamp = table.columns.timestamp
    order = times.Order()
    for row in islice(Rows(page, form), _MOST_ORDERED) if stamp else ():
        order.take(contents.cell_words(row.cells.get(stamp or "")))
    first = table.columns.month_first
    told_by_hand = None if first is None else f"{'month' if first else 'day'} first: as you said"
    why = (told_by_hand or order.why()) if order.seen else ""
    return Table(page.key, table.columns, table.header, table.shapes, why, table.headless)


def _shapes(cells: list[Any]) -> tuple[str, ...]:
    """The forms of the first different cells: letters as x, figures as 9."""
    found: dict[str, None] = {}
    for cell in cells:
        words = " ".join(contents.cell_words(cell).split())
        if words:
            masked = "".join("x" if c.isalpha() else "9" if c.isdigit() else c for c in words)
            long = len(masked) > _LONGEST_SHOWN
            found[masked[: _LONGEST_SHOWN - 1] + "…" if long else masked] = None
        if len(found) >= _SHOWN:
            break
    return tuple(found)
