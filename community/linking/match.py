"""How a post's own words name one claim: its number, its endpoint in plain words, its time point.

Pure. `match` scores a claim against a reading; `foreign` tells the clauses that speak of something
else; `agreeing` says what a course means for a claim.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from community.linking.relations import Decision, Reading, bare
from community.linking.targets import Profile
from community.results.quantities import MONTHS, Quantity
from community.types import Relation, Span

_SMALL = 10  # a count below it needs the endpoint beside it
_ALONE, _BESIDE = 1.0, 0.6  # least weight of a number by itself, and beside the endpoint


@dataclass(frozen=True, slots=True)
class Match:
    """A claim that a post names: strength, the clauses that name it, and the words used up."""

    claim: int
    score: float
    clauses: frozenset[int]
    spans: frozenset[Span]
    by_number: bool


def sigmoid(x: float) -> float:
    """The logistic function."""
    return 1 / (1 + math.exp(-x))


def lived(one: Profile, reading: Reading) -> Decision | None:
    """An own or a close person's course, told in a clause that names the claim's endpoint."""
    for hit in reading.hits:
        if hit.kind != "concept" or one.concepts.get(hit.name, 0.0) < 0.5 or not hit.value:
            continue
        clauses = reading.sentence(reading.clauses[hit.clause].sentence)
        told = any(reading.at(c, "self", "close") for c in clauses)
        if told and reading.has("received") and not reading.clauses[hit.clause].question:
            return Decision(
                agreeing(hit.value, one), 0.6, bare(reading, reading.clauses[hit.clause].span)
            )
    return None


def agreeing(valence: float, one: Profile | None) -> Relation:
    """A good course agrees with a favourable result, and a bad one with an unfavourable."""
    against = one is not None and one.direction == "unfavourable"
    return "experience-for" if (valence > 0) != against else "experience-against"


def match(at: int, one: Profile, reading: Reading, expected: bool = False) -> Match | None:
    """How a post's own words name a claim; None where no number and no endpoint does.

    Small counts and bare lengths of time count only beside the endpoint's words, or where the claim
    is `expected`: the post answers one that speaks of it.
    """
    said: dict[int, list[tuple[float, Span]]] = {}
    for hit in reading.hits:
        weight = 1.2 * one.concepts.get(hit.name, 0.0) if hit.kind == "concept" else 0.0
        if weight:
            said.setdefault(hit.clause, []).append((weight, hit.span))
    scores: dict[int, float] = {}
    spans: set[Span] = set()
    for quantity, clause in reading.numbers:
        weight = number_match(one, quantity)
        if weight >= _ALONE or (weight >= _BESIDE and (clause in said or expected)):
            scores[clause] = max(weight, scores.get(clause, 0.0))
            spans.add(quantity.span)
    for clause, span in _pairs(one, reading):
        scores[clause] = max(2.8, scores.get(clause, 0.0))
        spans.add(span)
    by_number = bool(scores)
    if not by_number and "participants" in one.concepts:
        return None
    for clause, hits in said.items():
        if not by_number or clause in scores:
            scores[clause] = scores.get(clause, 0.0) + max(weight for weight, _ in hits)
            spans |= {span for _, span in hits}
    if not scores:
        return None
    top = max(scores.values()) + _time(one, reading, scores) + (0.8 if expected else 0.0)
    clauses = frozenset(c for c, s in scores.items() if s >= 0.6 * max(scores.values()))
    return Match(at, top, clauses, frozenset(spans), by_number)


def _pairs(one: Profile, reading: Reading) -> list[tuple[int, Span]]:
    """Two numbers side by side that are the claim's interval: "57 to 75"."""
    out = []
    for (a, clause), (b, other) in pairwise(reading.numbers):
        if one.interval is None or a.value is None or b.value is None or clause != other:
            continue
        near = abs(one.interval[0] - a.value) <= 0.6 and abs(one.interval[1] - b.value) <= 0.6
        if near and b.span.start - a.span.end <= 10:
            out.append((clause, Span(a.span.start, b.span.end)))
    return out


def _time(one: Profile, reading: Reading, clauses: Collection[int]) -> float:
    """Agreement of the time points named beside a claim with its own: above 0 agrees."""
    said = {reading.clauses[c].sentence for c in clauses}
    months = [
        quantity.months()
        for quantity, clause in reading.numbers
        if quantity.cue and reading.clauses[clause].sentence in said
    ]
    told = [m for m in months if m]
    if not told or one.months is None:
        return 0.0
    return 0.9 if any(abs(m - one.months) <= 0.08 * one.months for m in told) else -0.5


def foreign(reading: Reading, one: Profile) -> set[int]:
    """Clauses that name a share or an endpoint, and none that is the claim's."""
    out: set[int] = set()
    mine: set[int] = set()
    for quantity, clause in reading.numbers:
        if quantity.kind in ("percent", "fraction", "proportion"):
            (mine if number_match(one, quantity) >= 1.0 else out).add(clause)
    for hit in reading.hits:
        if hit.kind == "concept" and hit.name != "course":
            (mine if hit.name in one.concepts else out).add(hit.clause)
    return out - mine


def number_match(one: Profile, quantity: Quantity) -> float:
    """How strongly a quantity of a post points to a claim; 0 where it does not."""
    value, kind = quantity.value, quantity.kind
    if value is None:
        return _interval_match(one, quantity)
    if kind == "duration":
        return _time_as_value(one, quantity)
    near = max(0.5 * 10**-quantity.decimals, 2.0 if quantity.approximate else 0.0)
    if kind == "fraction" and quantity.denominator:
        if one.denominator in (None, quantity.denominator) and value in one.counts:
            return 3.2 if one.denominator or one.n == quantity.denominator else 1.5
        value, near = 100 * value / quantity.denominator, 0.6
    if kind in ("percent", "proportion", "fraction"):
        near = max(near, min(3.0, 0.1 * value) if kind == "proportion" else near)
        if one.percent is None:
            return 0.0
        if abs(one.percent - value) <= near + 1e-9:
            return 3.0 if kind != "proportion" else 2.2
        if "participants" in one.concepts:
            return 0.0
        return 2.0 if abs(100 - one.percent - value) <= near + 0.5 + 1e-9 else 0.0
    if value in one.counts:
        if value < _SMALL and not quantity.decimals:
            return 0.3 if value < 2 else 0.8
        return 2.0 if kind == "count" or quantity.decimals else 1.3
    if one.percent is not None and value >= 10 and abs(one.percent - value) <= near + 1e-9:
        return 1.8  # "the 69", its unit left out
    return 0.0


def _interval_match(one: Profile, quantity: Quantity) -> float:
    low, high = quantity.low, quantity.high
    if low is None or high is None or one.interval is None:
        return 0.0
    near = all(abs(a - b) <= 0.6 for a, b in zip(one.interval, (low, high), strict=True))
    return 2.8 if near else 0.0


def _time_as_value(one: Profile, quantity: Quantity) -> float:
    months, unit = quantity.months(), one.unit.rstrip("s")
    if months is None or one.value is None or unit not in MONTHS:
        return 0.0
    return 0.8 if abs(one.value * MONTHS[unit] - months) <= 0.06 * months else 0.0
