"""Tables of claims, as we export them or a researcher wrote them, to mentions of results.

A claim needs no more than an id and its words, or an endpoint with a value; what a row leaves out
is read from its words. Ids that the table gives are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from community import threads
from community.errors import SourceError
from community.html.markup import TextBuilder
from community.ids import document_id
from community.results import claims, quantities
from community.tables import CLAIMS
from community.tabular.rows import Rows, form_of
from community.text import UNWRITABLE
from community.types import Direction, Mention, Page, RawDocument, Span

_NAMES = frozenset(CLAIMS.names())
# columns by which posts are told from claims
_OF_POSTS = frozenset({"post_id", "author", "thread_id", "parent_id", "timestamp", "reply_to"})
_ALSO = {
    "claim": "text",
    "statement": "text",
    "sentence": "text",
    "study": "trial",
    "outcome": "endpoint",
    "nct": "registration",
    "nct_id": "registration",
    "time_point": "timepoint",
    "p": "p_value",
}
_STRINGS = (
    "trial", "registration", "doi", "population", "intervention", "comparator", "endpoint",
    "measure", "unit", "p_value", "timepoint", "followup", "subgroup", "arm", "spread_kind",
)  # fmt: skip
_NUMBERS = ("value", "ci_low", "ci_high", "ci_level", "spread_low", "spread_high",
            "timepoint_months", "score")  # fmt: skip
_INTEGERS = ("n", "numerator", "denominator")
_COUNTS = re.compile(r"\s*(\d{1,9})\s*(?:/|of)\s*(\d{1,9})\s*")
_STATEMENT = "statement"  # endpoint of a claim that names none
_LONGEST = 20_000  # characters of a claim's words


def _column(name: str) -> str:
    """A column's name as ours are spelled: "Claim ID" is ``claim_id``."""
    return re.sub(r"[\W_]+", "_", name.strip().lower()).strip("_")


def is_ledger(header: Iterable[str]) -> bool:
    """Whether columns are those of a claims table: an endpoint with a value, and few that we lack;
    or a claim's id with its words, and nothing that posts have."""
    names = {_column(name) for name in header}
    if {"endpoint", "value"} <= names:
        return len(names & _NAMES) >= 0.8 * len(names)
    words = {_ALSO.get(name, name) for name in names}
    return {"claim_id", "text"} <= words and not names & _OF_POSTS


def document(page: Page, reader: str) -> RawDocument:
    """A whole table as a document whose claims are ready, each with its words in the text.

    Raises:
        SourceError: no table, or no column from which a claim could be read.
    """
    rows = Rows(page, form_of(page.head) or "csv")
    builder = TextBuilder()
    mentions, problems = [], []
    for row in rows:
        found, wrong = mention(row.cells, page.key, builder)
        problems += [f"line {row.line}: {words}" for words in wrong]
        mentions += [found] if found else []
    if not mentions:
        told = f": {problems[0]}" if problems else ""
        advice = "give claim_id and text, or trial, endpoint, value and unit"
        raise SourceError(page.key, f"no claim in it{told}", advice)
    return RawDocument(
        reader=reader,
        text=builder.text(),
        problems=(*rows.problems, *problems),
        ledger=tuple(mentions),
        url=page.url,
    )


def mention(
    row: Mapping[str, Any], key: str, builder: TextBuilder
) -> tuple[Mention | None, list[str]]:
    """A row as a mention, its words appended to the text, and what was wrong with it.

    `key` is the source's: the ledger itself is the document that states the result. A ``post_id``
    names a post of another study, and is left out.
    """
    cells = _cells(row)
    wrong: list[str] = []
    values: dict[str, Any] = {name: _words(cells.get(name)) for name in _STRINGS}
    _split_value(cells, values)
    for name in (*_NUMBERS, *_INTEGERS):
        if values.get(name) is None:
            values[name] = _number(name, cells.get(name), wrong)
    direction = _words(cells.get("direction"))
    if direction and direction not in get_args(Direction):
        wrong.append(f"direction {direction!r} is none of {', '.join(get_args(Direction))}")
    values["direction"] = direction if direction in get_args(Direction) else None
    if values["timepoint"] and values["timepoint_months"] is None:
        values["timepoint_months"] = _months(values["timepoint"])
    told = (_words(cells.get("text")) or "")[:_LONGEST]
    if not values["endpoint"]:
        if not told:
            return None, [*wrong, "neither an endpoint nor words; row left out"]
        values |= _from_words(told, values)
    span = builder.add_text(told or _summary(values)) or Span(0, 0)
    flags = (flag.strip() for flag in (_words(cells.get("flags")) or "").split(";"))
    found = Mention(
        document_id=document_id(key, ""),
        span=span,
        flags=tuple(flag for flag in flags if flag and not _ours(flag)),
        given_id=_words(cells.get("claim_id")),
        text=told or None,
        **values,
    )
    return found, wrong


def _cells(row: Mapping[str, Any]) -> dict[str, Any]:
    """Cells by our names of columns; a name of ours comes before another word for it."""
    found = {_column(name): cell for name, cell in row.items()}
    also = {ours: found[name] for name, ours in _ALSO.items() if name in found}
    return also | {name: cell for name, cell in found.items() if name in _NAMES}


def _words(cell: object) -> str | None:
    told = str(cell if cell is not None else "").strip()
    return UNWRITABLE.sub("\ufffd", told) or None


def _ours(flag: str) -> bool:
    """Whether a flag is made anew by every run, from the claims that are there."""
    return flag == "contradicted" or flag.startswith(
        ("contradicts:", "complement-over-100:", "unreported-in:")
    )


def _split_value(cells: dict[str, Any], values: dict[str, Any]) -> None:
    """A value as people write it: "69 %", "20/29"."""
    told = _words(cells.get("value")) or ""
    counts = _COUNTS.fullmatch(told)
    if counts and int(counts[2]):
        values |= {"numerator": int(counts[1]), "denominator": int(counts[2])}
        values |= {"value": float(counts[1]), "unit": values["unit"] or "patients"}
    elif told.endswith("%"):
        cells["value"] = told.removesuffix("%").strip()
        values["unit"] = values["unit"] or "%"


def _months(timepoint: str) -> float | None:
    found = {q.months() for q in quantities.find(timepoint) if q.kind == "duration"}
    return next(iter(found)) if len(found) == 1 else None


def _from_words(told: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a claim's words state, where its row does not say; the result that states most of those
    in them. A claim in which no result is found is a statement."""
    raw = RawDocument(reader="ledger", text=told, article=(Span(0, len(told)),))
    thread, _ = threads.build(raw, source="")
    found = claims.make()(thread)
    best = max(found, key=_states, default=None)
    if best is None:
        return {"endpoint": _STATEMENT, "measure": values["measure"] or "qualitative"}
    lent = "trial-from-title" in best.flags
    names = [name for name in (*_STRINGS, *_NUMBERS, *_INTEGERS, "direction") if name != "score"]
    read = {name: getattr(best, name) for name in names if values[name] is None}
    if lent:
        read["trial"] = values["trial"]
    return read


def _states(m: Mention) -> int:
    told = (m.value, m.ci_low, m.n, m.timepoint, m.arm, m.p_value)
    return 2 * (m.value is not None) + sum(value is not None for value in told)


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
