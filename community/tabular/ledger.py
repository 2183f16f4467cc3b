"""Rows of a claims table, as we export it or a researcher wrote it, to mentions of results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from community.html.markup import TextBuilder
from community.ids import document_id
from community.tables import CLAIMS
from community.types import Direction, Mention, Span

_NAMES = frozenset(CLAIMS.names())
_STRINGS = [
    "post_id",
    "trial",
    "registration",
    "doi",
    "population",
    "intervention",
    "comparator",
    "endpoint",
    "measure",
    "unit",
    "p_value",
    "timepoint",
    "followup",
    "subgroup",
    "arm",
    "spread_kind",
]
_NUMBERS = [
    "value",
    "ci_low",
    "ci_high",
    "ci_level",
    "spread_low",
    "spread_high",
    "timepoint_months",
    "score",
]
_INTEGERS = ["n", "numerator", "denominator"]


def is_ledger(header: Iterable[str]) -> bool:
    """Whether columns are those of a claims table: an endpoint, a value, and none that we lack."""
    names = set(header)
    return {"endpoint", "value"} <= names and len(names & _NAMES) >= 0.8 * len(names)


def mention(
    cells: Mapping[str, Any], key: str, builder: TextBuilder
) -> tuple[Mention | None, list[str]]:
    """A row as a mention, its words appended to the text, and what was wrong with it.

    `key` is the source's: the ledger itself is the document that states the result.
    """
    wrong: list[str] = []
    values: dict[str, Any] = {}
    for name in _STRINGS:
        values[name] = str(cells.get(name) or "").strip() or None
    for name in (*_NUMBERS, *_INTEGERS):
        values[name] = _number(name, cells.get(name), wrong)
    direction = str(cells.get("direction") or "").strip()
    if direction and direction not in get_args(Direction):
        wrong.append(f"direction {direction!r} is none of {', '.join(get_args(Direction))}")
    values["direction"] = direction if direction in get_args(Direction) else None
    values["post_id"] = None  # of another study: it names nothing here
    if not values["endpoint"]:
        return None, [*wrong, "no endpoint; row left out"]
    flags = str(cells.get("flags") or "")
    text = str(cells.get("text") or "").strip() or _summary(values)
    span = builder.add_text(text) or Span(0, 0)
    found = Mention(
        document_id=document_id(key, ""),
        span=span,
        flags=tuple(flag.strip() for flag in flags.split(";") if flag.strip()),
        text=text or None,
        **values,
    )
    return found, wrong


def _number(name: str, cell: object, wrong: list[str]) -> float | int | None:
    words = str(cell if cell is not None else "").strip()
    if not words:
        return None
    try:
        number = float(words)
    except ValueError:  # told to the reader of problems.csv
        wrong.append(f"{name} {words!r} is no number")
        return None
    if name not in _INTEGERS:
        return number
    if number != number or not number.is_integer():
        wrong.append(f"{name} {words!r} is no whole number")
        return None
    return int(number)


def _summary(values: Mapping[str, Any]) -> str:
    """What stands for a result whose row has no words: the row in short."""
    value = values["value"]
    number = f"{value:g}" if value is not None else ""
    parts = [values["trial"], values["endpoint"], number, values["unit"], values["timepoint"]]
    return " ".join(str(part) for part in parts if part)
