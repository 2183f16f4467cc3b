"""Figures of a registry's result tables as the fields of a mention."""

from __future__ import annotations

import math
import re
from typing import Any

from community.records import values
from community.results import endpoints, quantities
from community.results.context import as_stated
from community.results.endpoints import Endpoint
from community.types import Direction

_NUMBER = re.compile(r"[-−–]?\d{1,15}(?:,\d{3})*(?:\.\d{1,15})?")
_PERCENT = re.compile(
    r"(?i)^(?:%|per ?cent(?:age)?)"
    r"(?:$|\s?(?:of )?(?:participants|patients|subjects|people|individuals|change)\b|"
    r"\s*(?:\(%\))?$)"
)
_PEOPLE = re.compile(
    r"(?i)^(?:number of )?(?:participants?|patients?|subjects?|people|individuals?)$"
)
_MEASURES = {
    "mean": "mean",
    "least squares mean": "mean",
    "least_squares_mean": "mean",
    "geometric mean": "geometric mean",
    "geometric_mean": "geometric mean",
    "geometric_least_squares_mean": "geometric mean",
    "log_mean": "mean",
    "median": "median",
    "number": "value",
    "count of participants": "count",
    "count_of_participants": "count",
    "count of units": "value",
    "count_of_units": "value",
}
_LONGEST_TIME = 120  # characters of a time frame that are kept as they stand


def number(cell: Any) -> float | None:
    """A figure as the registry prints it; None for "NA" and for what is none."""
    words = values.text(cell)
    if not _NUMBER.fullmatch(words):
        return None
    found = float(words.replace(",", "").replace("−", "-").replace("–", "-"))
    return found if math.isfinite(found) else None


def whole(cell: Any) -> int | None:
    """A count; None where the field holds none."""
    found = number(cell)
    return int(found) if found is not None and found.is_integer() and found >= 0 else None


def unit(words: str) -> str | None:
    """A unit of measure in our words: "%" and "patients" for all their spellings."""
    told = values.line(words)
    if _PERCENT.match(told):
        return "%"
    if _PEOPLE.match(told):
        return "patients"
    return told.lower() if told.istitle() else told or None


def measure(kind: str, of: str | None) -> str | None:
    """The kind of estimate that a table's parameter is."""
    told = _MEASURES.get(kind.lower().strip(), kind.lower().strip() or None)
    if of == "%" and told in ("value", "count"):
        return "proportion"
    return "count" if of == "patients" and told == "value" else told


def ratio(kind: str) -> str:
    """The kind of an estimate of an analysis: "hazard ratio", "mean difference" …"""
    words = re.sub(r"\s*\([^()]*\)", "", kind.replace("_", " ")).strip().lower()
    return words.removesuffix(", log").strip() or "difference"


def spread(kind: str, cell: dict[str, Any]) -> dict[str, Any]:
    """The fields of an interval or a spread; {} for a standard error and what is none."""
    told = kind.lower().replace("_", " ").replace("-", " ")
    low, high = number(cell.get("lowerLimit")), number(cell.get("upperLimit"))
    level = re.search(r"(\d{2}(?:\.\d{1,2})?)\s?%", kind)
    if "confidence interval" in told or (level and low is not None):
        if low is None or high is None:
            return {}
        return {"ci_low": low, "ci_high": high, "ci_level": float(level[1]) if level else None}
    if "quartile" in told:
        return _ends("IQR", low, high)
    if "range" in told:
        return _ends("range", low, high)
    around = number(cell.get("spread"))
    if "standard deviation" in told and around is not None:
        return {"spread_kind": "SD", "spread_low": around}
    return {}


def _ends(kind: str, low: float | None, high: float | None) -> dict[str, Any]:
    both = low is not None and high is not None
    return {"spread_kind": kind, "spread_low": low, "spread_high": high} if both else {}


def shown(kind: str, told: dict[str, Any], cell: dict[str, Any]) -> str:
    """An interval or a spread in words: "90% CI 50.2 to 82.1"."""
    if told.get("ci_low") is not None:
        level = f"{told['ci_level']:g}% " if told.get("ci_level") else ""
        return f"{level}CI {told['ci_low']:g} to {told['ci_high']:g}"
    if told.get("spread_kind") == "SD":
        return f"SD {told['spread_low']:g}"
    if told.get("spread_kind"):
        return f"{told['spread_kind']} {told['spread_low']:g} to {told['spread_high']:g}"
    around = values.line(cell.get("spread"))
    return f"{values.line(kind).lower()} {around}" if around and number(around) is not None else ""


def time(words: str) -> tuple[str | None, float | None]:
    """The point in time that a time frame states, as stated and in months; (None, None) where it
    states none, or several."""
    found = [q for q in quantities.find(words) if q.kind == "duration" and q.months()]
    months = {q.months() for q in found}
    if len(months) != 1:
        nth = re.findall(r"(?i)\b(week|month|year|day)s? (\d{1,4})\b", words)
        if months or len({(u.lower(), n) for u, n in nth}) != 1:
            return None, None
        return time(f"{nth[0][1]} {nth[0][0].lower()}s")
    return as_stated(found[0]), found[0].months()


def kept(words: str) -> str | None:
    """A time frame as it stands, if it is short enough to be one."""
    told = values.line(words)
    return told if told and len(told) <= _LONGEST_TIME else None


def endpoint(title: str) -> Endpoint:
    """The vocabulary's endpoint that a title names, else one of the title's own words."""
    hits = endpoints.packaged().hits(title)
    told = {hit.endpoint.name: hit.endpoint for hit in hits if hit.endpoint.family != "conduct"}
    if len(told) == 1:
        return next(iter(told.values()))
    return Endpoint(name=title[:1].lower() + title[1:] if title[1:2].islower() else title)


def points(of: Endpoint, value: float | None) -> Direction | None:
    """Which way a result of one arm points: none of a harm is good; an unknown endpoint tells
    nothing."""
    if not of.family or value is None:
        return None
    if value == 0 and of.high == "unfavourable":
        return "favourable"
    return of.high
