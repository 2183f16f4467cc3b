"""Tables as text: "Outcome | Drug (n=142) | Placebo (n=139)", then one endpoint a line.

A line of cells (parted by bars or tabs) without values opens a table; lines with as many cells are
its rows. The first cell names the endpoint, the head of a column the arm and its size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from community.results import groups, quantities
from community.results.endpoints import Endpoint, Hit, Vocabulary
from community.results.heads import Row, heads_of
from community.results.learned import clean
from community.results.quantities import Quantity
from community.types import Span

_CELL = re.compile(r"[^|\t]+")
_RULE = re.compile(r"[\s|:=+_-]*")
_SIZE = re.compile(r"[\s,(\[]*[nN]\s?=\s?(?P<n>\d[\d,]*)[)\]]?")
_P = re.compile(r"(?i)\W*p(?:[\s-]?values?)?\W*$")
_COMPARED = re.compile(
    r"(?i)\b(?:difference|hazard ratio|odds ratio|risk ratio|rate ratio|relative risk|ratio|HR|OR|"
    r"RR)\b"
)
_VALUES = ("percent", "fraction", "ratio", "interval", "proportion")
_BARE_P = re.compile(r"\s*([<>=≤])?\s*(0?[.·]\d+)\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of values: the arm that heads it, how many it is of, and what it holds."""

    name: str
    n: int | None = None
    holds: str = "arm"  # or "p", "compared"


def cells(text: str) -> tuple[Span, ...]:
    """The cells of a line, as offsets into it; none where it is no line of a table."""
    if text.count("|") + text.count("\t") < 1 or _RULE.fullmatch(text):
        return ()
    found = []
    for match in _CELL.finditer(text):
        bare = match[0].strip()
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        if bare:
            found.append(Span(start, start + len(bare)))
    return tuple(found) if len(found) > 1 else ()


def is_rule(text: str) -> bool:
    """Whether a line is the rule under the head of a table."""
    return ("|" in text or "-" in text) and _RULE.fullmatch(text) is not None


def columns(text: str) -> tuple[Column, ...]:
    """The columns that a line heads; none where it holds values of its own."""
    places = cells(text)[1:]
    out = []
    for place in places:
        words = text[place.start : place.end]
        size = _SIZE.search(words)
        name = _SIZE.sub("", words).strip(" ,;:()")
        plain = re.sub(r"\d\d ?% ?(?:CI|confidence)", "", name)
        if any(q.kind in _VALUES for q in quantities.find(plain)) or not re.search(
            "[A-Za-z]", name
        ):
            return ()
        kind = "p" if _P.fullmatch(name) else "compared" if _COMPARED.search(name) else "arm"
        n = int(size["n"].replace(",", "")) if size else None
        out.append(Column(name=name, n=n, holds=kind))
    return tuple(out)


def rows(
    text: str, heads: Sequence[Column], vocabulary: Vocabulary
) -> Iterator[tuple[Row, int | None]]:
    """The values of a line under `heads`, each with the number of its arm."""
    places = cells(text)
    label = text[places[0].start : places[0].end]
    hit = next(iter(vocabulary.hits(label)), None)
    endpoint = hit.endpoint if hit else Endpoint(name=clean(re.sub(r",?\s*%$", "", label)))
    named = Hit(endpoint, places[0].start, places[0].end)
    arms = [c.name for c in heads if c.holds == "arm"]
    p = _p(text, places[1:], heads)
    for column, place in zip(heads, places[1:], strict=True):
        value = _value(text, place, label) if column.holds != "p" else None
        if value is None or not endpoint.name:
            continue
        head, attached, count = value
        if column.holds == "compared":
            head = replace(head, kind="ratio", name=_ratio(column.name)) if _ratio(
                column.name
            ) else head  # fmt: skip
        first = column.holds == "compared" or column.name == (arms[0] if arms else "")
        yield (
            Row(
                endpoint=endpoint,
                hit=named,
                head=head,
                at=place,
                attached=(*attached, *p),
                count=count,
                time=next((q for q in quantities.find(label) if q.kind == "duration"), None),
                arm=arms[0] if column.holds == "compared" and arms else column.name,
                comparator=arms[1] if first and len(arms) > 1 else None,
                against=groups.is_control(column.name),
            ),
            column.n,
        )


def _ratio(name: str) -> str | None:
    found = re.search(r"(?i)\b(hazard|odds|risk|rate)\b|\b(HR|OR|RR)\b", name)
    if found is None:
        return None
    short = {"HR": "hazard", "OR": "odds", "RR": "risk"}
    return (short.get((found[2] or "").upper()) or found[1].lower()) + " ratio"


def _value(
    text: str, place: Span, label: str
) -> tuple[Quantity, tuple[Quantity, ...], Quantity | None] | None:
    """The first value of a cell, with its interval and count; as a share where the label "
    "says so."""
    words = text[place.start : place.end]
    found = [q for q in quantities.find(words) if q.kind != "duration" or q.value is not None]
    whole = (Span(0, len(words)),)
    made = heads_of(words, list(found), (), whole)
    if not made:
        return None
    head = made[0].quantity
    if head.kind == "number" and head.unit is None and re.search(r"%", label):
        head = replace(head, kind="percent", unit="%")
    return head, tuple(made[0].attached), made[0].count


def _p(text: str, places: Sequence[Span], heads: Sequence[Column]) -> tuple[Quantity, ...]:
    for column, place in zip(heads, places, strict=True):
        if column.holds != "p":
            continue
        told = _BARE_P.match(text, place.start, place.end)
        if told:
            value = quantities.number(told[2])
            return (Quantity(kind="p", span=place, value=value, name=told[1] or "="),)
    return ()
