"""What a reader of the ledger should check: contradictions, and figures that cannot be.

Flags are strings: a name, and where another claim or document is meant its id after a colon
("contradicts:3f…"). They say what to look at, not who is wrong.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from community.results import endpoints
from community.types import Mention

PHASES = ("acute", "late")  # flags of a mention: when a harm set in
_MOST = 5  # other claims or documents that a flag's kind names
_REPORTS = 3  # results from which on a document is a report of a trial
_DEATHS = frozenset({
    "mortality", "treatment-related mortality", "deaths not related to treatment",
    "cardiovascular death",
})  # fmt: skip
_SLACK = 0.5  # percentage points: weighted and estimated shares differ from the bare ratio


@dataclass(frozen=True, slots=True)
class Result:
    """A claim as it is checked: `slot` is trial, endpoint, part and scale."""

    id: str
    group: str
    slot: tuple[str, str, str, str]
    months: float | None
    mentions: tuple[Mention, ...]

    @property
    def endpoint(self) -> str:
        return self.mentions[0].endpoint


def flags(results: list[Result]) -> dict[str, tuple[str, ...]]:
    """Flags by claim, sorted; a claim with nothing to check is left out."""
    out: dict[str, set[str]] = defaultdict(set)
    for result in results:
        out[result.id] |= {flag for m in result.mentions for flag in of_mention(m)}
    for one, other in _contradicting(results):
        for mine, theirs in ((one, other), (other, one)):
            told = [flag for flag in out[mine.id] if flag.startswith("contradicts:")]
            out[mine.id].add("contradicted")
            if len(told) < _MOST:
                out[mine.id].add(f"contradicts:{theirs.id}")
    for result, flag in (*_complements(results), *_unreported(results)):
        out[result.id].add(flag)
    return {name: tuple(sorted(told)) for name, told in out.items() if told}


# ---- within one mention -----------------------------------------------------------------------


def of_mention(m: Mention) -> Iterator[str]:
    """What does not add up within a mention."""
    if "arithmetic" in m.flags or not _adds_up(m):
        yield "arithmetic"
    if m.numerator is not None and any(
        whole is not None and m.numerator > whole for whole in (m.denominator, m.n)
    ):
        yield "more-than-n"
    if m.denominator is not None and m.n is not None and m.denominator > m.n and m.arm is None:
        yield "denominator-beyond-n"
    share = m.unit == "%" and m.measure == "proportion" and m.value is not None
    if share and not 0 <= (m.value or 0.0) <= 100:
        yield "share-beyond-100"
    if m.ci_low is not None and m.ci_high is not None:
        if m.ci_low > m.ci_high:
            yield "interval-reversed"
        elif m.value is not None and not _between(m.ci_low, m.value, m.ci_high):
            yield "interval-without-value"


def _adds_up(m: Mention) -> bool:
    """Whether a share is that of its counts: "20 of 29 (69 %)", and "8 (2.8 %)" of 281.

    Where only n tells of how many, a smaller number of people analysed is no error.
    """
    if m.unit != "%" or m.value is None or m.numerator is None:
        return True
    slack = 0.5 * 10.0 ** -_decimals(m.value) + _SLACK
    if m.denominator:
        return abs(100 * m.numerator / m.denominator - m.value) <= slack
    if not m.n:
        return True
    return 100 * m.numerator / m.n <= m.value + slack


def _decimals(value: float) -> int:
    return len(f"{value:.4f}".rstrip("0").partition(".")[2])


def _between(low: float, value: float, high: float) -> bool:
    """Whether a value lies in its interval; an interval of a fall may be printed without signs."""
    if low <= value <= high:
        return True
    return value < 0 <= low and low <= -value <= high


# ---- between claims ---------------------------------------------------------------------------


def _contradicting(results: list[Result]) -> Iterator[tuple[Result, Result]]:
    """Pairs of claims of one result that say different things."""
    by_result: dict[tuple[str, str, str], list[Result]] = defaultdict(list)
    for result in results:
        by_result[result.slot[:3]].append(result)
    for told in by_result.values():
        for nth, one in enumerate(told[: 10 * _MOST]):
            for other in told[nth + 1 : 10 * _MOST]:
                if _phases_clash(one, other) or _values_clash(one, other):
                    yield one, other


def _values_clash(one: Result, other: Result) -> bool:
    """Other values at one time on one scale; none at all against some on any.

    A document that states both tells them apart in words that were not understood; only of deaths
    it is told. How long people were followed has many figures, and so has what no one defined.
    """
    if _phase(one) != _phase(other) or _families().get(one.endpoint, "conduct") == "conduct":
        return False
    if one.endpoint not in _DEATHS and _documents(one.mentions) & _documents(other.mentions):
        return False
    if one.slot[3] == other.slot[3] and one.months == other.months:
        return one.slot[3] != "words" and _valued(one) and _valued(other)
    apart = None not in (one.months, other.months) and one.months != other.months
    if apart or not (_counted(one) and _counted(other)):
        return False
    return (_value(one) == 0) != (_value(other) == 0)


def _valued(result: Result) -> bool:
    return any(m.value is not None for m in result.mentions)


def _counted(result: Result) -> bool:
    return _valued(result) and all(m.unit in ("%", "patients") for m in result.mentions)


def _value(result: Result) -> float:
    return next((m.value for m in result.mentions if m.value is not None), math.nan)


def _phase(result: Result) -> str:
    return next((p for p in PHASES for m in result.mentions if p in m.flags), "")


def _phases_clash(one: Result, other: Result) -> bool:
    """The same said of early harms in one document and of late ones in another, neither of which
    knows both."""
    if {_phase(one), _phase(other)} != set(PHASES) or one.slot[3] != other.slot[3]:
        return False
    mine, theirs = ({m.document_id for m in r.mentions} for r in (one, other))
    return not mine & theirs


@cache
def _spared() -> dict[str, str]:
    """Endpoints that count those who were spared another: harm → freedom from it."""
    return {e.name: e.free for e in endpoints.packaged().endpoints if e.free} | {
        "disability worsening": "progression-free survival"
    }


def _complements(results: list[Result]) -> Iterator[tuple[Result, str]]:
    """Those who had something and those who were spared it, more than all of them together."""
    shares: dict[tuple[str, str, str, float | None], list[Result]] = defaultdict(list)
    for result in results:
        if result.slot[3] == "share" and _valued(result):
            key = (result.slot[0], result.endpoint, result.slot[2], result.months)
            shares[key].append(result)
    for (trial, endpoint, part, months), told in shares.items():
        free = _spared().get(endpoint)
        for one in told if free else ():
            for other in shares.get((trial, free or "", part, months), ()):
                if _percent(one) + _percent(other) > 101.0:
                    yield one, f"complement-over-100:{other.id}"
                    yield other, f"complement-over-100:{one.id}"


def _percent(result: Result) -> float:
    found = [m for m in result.mentions if m.value is not None]
    m = found[0]
    if m.unit != "%" and m.numerator is not None and m.denominator:
        return 100 * m.numerator / m.denominator
    return m.value or 0.0


def _unreported(results: list[Result]) -> Iterator[tuple[Result, str]]:
    """Deaths that one report of a trial tells and another, which tells of its harms, does not."""
    harms: dict[str, set[str]] = defaultdict(set)
    deaths: dict[str, set[str]] = defaultdict(set)
    told: dict[tuple[str, str], int] = defaultdict(int)
    for result in results:
        trial = result.slot[0]
        for document in _documents(result.mentions):
            told[trial, document] += 1
            if result.endpoint in _DEATHS:
                deaths[trial].add(document)
            elif _harm(result.endpoint):
                harms[trial].add(document)
    for result in results:
        trial = result.slot[0]
        if result.endpoint in _DEATHS and _valued(result) and _value(result) > 0:
            silent = sorted(d for d in harms[trial] - deaths[trial] if told[trial, d] >= _REPORTS)
            for document in silent[:_MOST]:
                yield result, f"unreported-in:{document}"


def _documents(mentions: Iterable[Mention]) -> set[str]:
    return {m.document_id for m in mentions if m.post_id is None}


@cache
def _families() -> dict[str, str]:
    return {e.name: e.family for e in endpoints.packaged().endpoints}


def _harm(endpoint: str) -> bool:
    return _families().get(endpoint) == "harm" or "adverse" in endpoint
