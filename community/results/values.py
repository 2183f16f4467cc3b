"""The estimate of a row: value, unit, interval, spread, counts, and which way it points."""

from __future__ import annotations

import re
from dataclasses import dataclass

from community.results import directions
from community.results.endpoints import Endpoint
from community.results.groups import PERSONS
from community.results.heads import Row
from community.results.quantities import Quantity
from community.results.selection import clause
from community.results.words import flip
from community.types import Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """The estimate of a row with what surrounds it; fields as the columns of ``claims.csv``."""

    value: float | None = None
    unit: str | None = None
    measure: str | None = None
    numerator: int | None = None
    denominator: int | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    ci_level: float | None = None
    p_value: str | None = None
    spread_kind: str | None = None
    spread_low: float | None = None
    spread_high: float | None = None
    flags: tuple[str, ...] = ()


def valued(text: str, row: Row) -> Value:
    """The row's estimate, interval, spread, p value and counts."""
    head = row.head
    if head is None:
        return Value()
    intervals = {q.name: q for q in reversed(row.attached) if q.kind == "interval"}
    p = next((q for q in row.attached if q.kind == "p"), None)
    ci = intervals.get("CI")
    spread = intervals.get("IQR") or intervals.get("range") or intervals.get("SD")
    k, n = _counts(head, row.count)
    flags: tuple[str, ...] = (
        ("approximate",) if head.approximate or head.kind == "proportion" else ()
    )
    share = 100 * k / n if k is not None and n and head.unit == "%" else None
    if share is not None and head.value is not None and abs(share - head.value) > _slack(head):
        flags += ("arithmetic",)
    low, high = (spread.low, spread.high) if spread else (None, None)
    if head.value is None and spread is None:
        low, high = head.low, head.high
    return Value(
        value=round(head.value, 4) if head.value is not None else None,
        unit=_unit(head, row.endpoint),
        measure=_measure(text, row),
        numerator=k,
        denominator=n,
        ci_low=ci.low if ci else None,
        ci_high=ci.high if ci else None,
        ci_level=ci.level if ci else None,
        p_value=_p(p) if p else None,
        spread_kind=spread.name if spread else ("range" if head.value is None else None),
        spread_low=low,
        spread_high=high,
        flags=flags,
    )


def _p(p: Quantity) -> str:
    """The p value as printed: the sign only where it is no plain "="; a cell that begins with "="
    would be taken for a formula."""
    if p.value is None:
        return "NS"
    return f"{'' if p.name == '=' else p.name}{p.value:g}"


def _slack(head: Quantity) -> float:
    """How far k/n may be from a percentage: its rounding, and half a point for weighting."""
    return float(0.5 * 10**-head.decimals + 0.5)


def _counts(head: Quantity, count: Quantity | None) -> tuple[int | None, int | None]:
    if head.kind == "fraction":
        return head.numerator, head.denominator
    if count is not None:
        if count.kind == "fraction":
            return count.numerator, count.denominator
        if count.value is not None and count.value % 1 == 0:
            return int(count.value), None
    return None, None


def _unit(head: Quantity, endpoint: Endpoint) -> str | None:
    if head.kind == "fraction":
        return "patients"
    if head.kind == "ratio":
        return None
    if head.kind == "count":
        noun = head.unit or ""
        if re.fullmatch(PERSONS, noun):
            return "patients"
        return noun if noun == "children" or noun.endswith("s") else noun + "s"
    if head.kind == "number" and head.unit in (None, "points", "point"):
        if head.unit is None and endpoint.unit == "%":
            return None
        return endpoint.unit if endpoint.unit not in ("", "%") else "points"
    return head.unit


_MEASURE = re.compile(
    r"(?i)\b(median|mean|average|difference|change|hazard ratio|odds ratio|rate|risk|incidence)\b"
)


def _measure(text: str, row: Row) -> str | None:
    head = row.head
    if head is None:
        return None
    if head.kind == "ratio":
        return head.name
    start = (
        min(row.at.start, row.hit.start)
        if row.hit and row.hit.end <= row.at.start
        else row.at.start
    )
    words = _MEASURE.findall(text[max(0, start - 30) : row.at.start])
    told = [w.lower() for w in words if w.lower() in ("median", "mean", "average", "difference")]
    if head.kind in ("number", "duration") and told:
        return str(told[0]).replace("average", "mean")
    if head.kind in ("count", "fraction"):
        return "count"
    if head.kind in ("percent", "proportion"):
        return told[0] if told and head.unit != "%" else "proportion"
    changed = re.search(
        r"(?i)\b(?:change|improve|decrease|reduc|increase|fell|rose)",
        text[max(0, row.at.start - 40) : row.at.start],
    )
    return "change" if changed else "value"


def direction(text: str, row: Row, value: Value) -> Direction | None:
    """Which way a valued result points for the people treated."""
    high, head = _means(row.endpoint), row.head
    if head is None:
        return None
    moved = _moved(text, row, value, high)
    if moved is not None:
        return moved
    insignificant = value.p_value is not None and _not_significant(value)
    if row.comparator and insignificant:
        return "neutral"
    if not row.endpoint.family and high == "neutral":
        return "neutral"
    if head.kind == "ratio" and value.value is not None:
        if (
            value.ci_low is not None
            and value.ci_high is not None
            and value.ci_low <= 1 <= value.ci_high
        ):
            return "neutral"
        risky = high == "unfavourable" or (head.name or "").startswith("hazard")
        return "favourable" if (value.value < 1) == risky else "unfavourable"
    start, end = clause(text, row.at.start)
    blank = text
    if row.hit is not None and head.kind != "number":  # "dropped out" is no fall
        blank = text[: row.hit.start] + " " * (row.hit.end - row.hit.start) + text[row.hit.end :]
    near = blank[max(start, row.at.start - 60) : min(end, row.at.end + 30)].lower()
    if re.search(r"\bimprov", text[max(start, row.at.start - 60) : row.at.end + 30].lower()):
        return "favourable"
    falls = (
        re.search(
            r"\b(?:decreas|reduc|fell|lower|declin|drop|less\b|fewer|rarer|halv|slow|shr[aiu]nk|"
            r"slipp|(?:gone|went|came|come) down|cut\b)",
            near,
        )
        is not None
    )
    measured = head.kind == "number" or head.unit == "percentage points"
    if (
        high != "neutral"
        and not (row.endpoint.family == "disease control" and head.unit == "%")
        and ((measured and (head.value or 0) < 0) or falls)
        and "improvement" not in row.endpoint.name
    ):
        return flip(high)
    return high


_CAME_FROM = re.compile(
    r"(?i)\bfrom (?:an? )?(?:about |around |mean |median |average |of )*(-?\d+(?:[.,]\d+)?)"
    r"[^;]{0,60}\bto (?:an? )?(?:about |around |mean |median |average |of |just |only )*$"
)


# The words of an unknown endpoint must leave little doubt before they turn a figure good or bad.
_SURE = 0.9


def _means(endpoint: Endpoint) -> Direction:
    """What a high value means; of an endpoint that the vocabulary lacks, what its words tell."""
    if endpoint.family or endpoint.high != "neutral":
        return endpoint.high
    return directions.high(endpoint.name, _SURE)


def _moved(text: str, row: Row, value: Value, high: Direction) -> Direction | None:
    """Which way "from 3.4 to 2.4" points; None for any other wording."""
    came = _CAME_FROM.search(text, max(0, row.at.start - 110), row.at.start)
    if came is None or value.value is None or high == "neutral":
        return None
    before = float(came[1].replace(",", "."))
    if before == value.value:
        return "neutral"
    return high if value.value > before else flip(high)


def _not_significant(value: Value) -> bool:
    told = value.p_value or ""
    if told == "NS" or told.startswith((">", "≥")):
        return True
    digits = re.search(r"[\d.]+", told)
    return digits is not None and float(digits[0]) >= 0.05
