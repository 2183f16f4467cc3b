"""Quantities in a text: percentages, counts, intervals, p values, durations, ratios, with spans.

One pass of one regular expression whose alternatives are bounded, so that time grows with the
length of the text and nothing else. What looks like a number and is none (a DOI, a date, a registry
number, a page range, an age, a phase) is matched first and dropped. Spans count code points into
the text that was given; words for numbers are English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from community.results.numbers import decimals
from community.results.numbers import number as number
from community.results.patterns import (
    ABOUT,
    AFTER_TIME,
    AGAINST,
    BEFORE_TIME,
    DEVIATION,
    FIND,
    HINT,
    KINDS,
    PARTS,
    PEOPLE_AFTER,
    PEOPLE_BEFORE,
    PEOPLE_STOP,
    SHARED_COUNT,
    SHARED_PERCENT,
    SHARED_TIME,
    SPREAD_UNIT,
)
from community.results.patterns import MONTHS as MONTHS
from community.results.patterns import WRITTEN as WRITTEN
from community.types import Span

QuantityKind = Literal[
    "percent", "fraction", "proportion", "count", "number", "duration", "ratio", "interval", "p"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One quantity. `value` is None where only `low` and `high` are stated.

    `decimals` is the precision as written; `approximate` is set by words such as "nearly"; `cue` is
    the word that makes a duration a point in time ("at", "after", "adjective", …), `name` the kind
    of interval, ratio or p sign ("CI", "IQR", "range", "SD", "hazard ratio", "<"). `numerator` and
    `denominator` are counts of people or events; a "one in three" is a proportion without them.
    """

    kind: QuantityKind
    span: Span
    value: float | None = None
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    name: str | None = None
    cue: str | None = None
    numerator: int | None = None
    denominator: int | None = None
    decimals: int = 0
    approximate: bool = False
    spelled: bool = False

    def months(self) -> float | None:
        """A duration in months (2 decimals), its upper end where it is a range; else None."""
        value = self.value if self.value is not None else self.high
        if self.kind != "duration" or value is None or self.unit is None:
            return None
        return round(value * MONTHS[self.unit.rstrip("s")], 2)


@lru_cache(maxsize=8192)
def find(text: str) -> tuple[Quantity, ...]:
    """All quantities of `text`, in order, without overlaps; spans are offsets into `text`."""
    if not HINT.search(text):
        return ()
    out: list[Quantity] = []
    for match in FIND.finditer(text):
        read = _READ.get(match.lastgroup or "")
        quantity = read(match) if read else None
        if quantity is not None:
            quantity = _also(text, quantity, out[-1] if out else None)
            out.append(_people(text, quantity, out[-1] if out else None))
    if any(_unnamed(q) for q in out):
        out = list(_named(text, out))
    return tuple(_deviations(text, out)) if DEVIATION.search(text) else tuple(out)


_ALSO = re.compile(r"\s?(?:,|and|or|,\s?(?:and|or))\s(?:at |after )?")


def _also(text: str, q: Quantity, last: Quantity | None) -> Quantity:
    """The later of "at 6 and 12 months" as a point in time like the first."""
    if last is None or q.kind != "duration" or last.kind != "duration" or q.cue or not last.cue:
        return q
    return replace(q, cue=last.cue) if _ALSO.fullmatch(text, last.span.end, q.span.start) else q


def _unnamed(q: Quantity) -> bool:
    return q.kind == "interval" and q.name is None


_BESIDE = re.compile(r"[\s%,;)]{0,3}(?:points|units)?\s?[(\[]")


def _named(text: str, found: list[Quantity]) -> Iterator[Quantity]:
    """Bounds in brackets under the name that the text gives such bounds: "1.02 (0.89-1.17)" beside
    "0.46 (95% CI 0.38-0.56)"; a confidence interval after a ratio; else "bounds"."""
    for at, q in enumerate(found):
        last = found[at - 1] if at else None
        if not _unnamed(q):
            yield q
            continue
        value = last.value if last else None
        inside = value is not None and (q.low or 0) <= value <= (q.high or 0)
        if last is None or not inside or not _BESIDE.fullmatch(text, last.span.end, q.span.start):
            yield replace(q, name="bounds")
            continue
        told = list(KINDS.finditer(text))
        kind = min(told, key=lambda m: abs(m.start() - q.span.start), default=None)
        name = (kind.lastgroup or "CI") if kind else "CI" if last.kind == "ratio" else "bounds"
        level = float(kind["level"]) if kind and kind["level"] else None
        yield replace(q, name=name, level=level if name == "CI" else None)


def _deviations(text: str, found: list[Quantity]) -> Iterator[Quantity]:
    """A number in brackets right after a value, in a text that tells of standard deviations, as the
    value's: "11.2 (5.0)"."""
    for at, q in enumerate(found):
        last = found[at - 1] if at else None
        beside = (
            last is not None
            and q.kind == "number"
            and q.unit is None
            and last.kind in ("number", "percent")
            and text[q.span.end : q.span.end + 1] in ")]"
            and _BESIDE.fullmatch(text, last.span.end, q.span.start) is not None
        )
        named = {"name": "SD", "low": q.value, "value": None}
        yield replace(q, kind="interval", **named) if beside else q  # type: ignore[arg-type]


_NO_ONE = re.compile(r"(?i)\b(?:no|not|any|every|each|some|the|this|that|which)\s$")


def _people(text: str, q: Quantity, last: Quantity | None) -> Quantity:
    """A bare whole number that counts people who are left unsaid ("five needed intensive care",
    "seen in 11", "three people against 34") as a count of people; any other quantity as it is."""
    if q.kind != "number" or q.unit is not None or q.value is None or q.value % 1 or q.value < 0:
        return q
    start, end = q.span.start, q.span.end
    if q.decimals or 1900 <= q.value <= 2100:
        return q
    if q.value == 1 and _NO_ONE.search(text, max(0, start - 10), start):
        return q
    told = PEOPLE_AFTER.match(text, end) is not None
    if not told and PEOPLE_STOP.match(text, end):
        told = PEOPLE_BEFORE.search(text, max(0, start - 110), start) is not None
        if not told and last is not None and last.kind == "count" and last.unit != "points":
            told = AGAINST.fullmatch(text, last.span.end, start) is not None
            return replace(q, kind="count", unit=last.unit) if told else q
    return replace(q, kind="count", unit="people") if told else q


def _make(match: re.Match[str], kind: QuantityKind, written: str, **more: object) -> Quantity:
    text, (start, end) = match.string, match.span()
    return Quantity(
        kind=kind,
        span=Span(start, end),
        decimals=decimals(written),
        approximate=ABOUT.search(text, max(0, start - 20), start) is not None,
        spelled=not any(c.isdigit() for c in written),
        **more,  # type: ignore[arg-type]
    )


def _p(match: re.Match[str]) -> Quantity:
    words = {"less than": "<", "greater than": ">", "was": "=", "of": "="}
    sign = words.get(match["psign"].lower(), match["psign"])
    value = number(match["pval"]) if match["pval"].lower() != "ns" else None
    return _make(match, "p", match["pval"], value=value, name=sign)


def _interval(match: re.Match[str]) -> Quantity:
    tag = {"ci": "c", "iqr": "q", "range": "r"}[match.lastgroup or ""]
    low, high = match[tag + "low"], match[tag + "high"]
    level = (match["level"] or match["level2"]) if tag == "c" else None
    return _make(
        match,
        "interval",
        high,
        low=number(low),
        high=number(high),
        name={"c": "CI", "q": "IQR", "r": "range"}[tag],
        level=float(level) if level else None,
    )


def _bare(match: re.Match[str]) -> Quantity | None:
    low, high = number(match["blow"]), number(match["bhigh"])
    if low is None or high is None or high < low:
        return None
    return _make(match, "interval", match["bhigh"], low=low, high=high)


def _sd(match: re.Match[str]) -> Quantity:
    written = match["sdval"] or match["sdval2"]
    return _make(match, "interval", written, low=number(written), name="SD")


def _ratio(match: re.Match[str]) -> Quantity:
    short = {"HR": "hazard", "OR": "odds", "RR": "risk", "IRR": "rate", "SHR": "hazard"}
    bare = re.sub(r"^a(?=[HOR]R)|(?i:^adjusted |^pooled )", "", match["rname"])
    name = short[bare] + " ratio" if bare in short else bare.lower().removesuffix("s")
    return _make(match, "ratio", match["rval"], value=number(match["rval"]), name=name)


# "one of three treatment groups" counts no people.
_PARTS_OF = re.compile(
    r"(?i)\s(?:[\w-]+ ){0,3}?(?:groups?|arms?|conditions?|interventions?|treatments?|doses?|"
    r"regimens?|centres?|centers?|hospitals?|sites?|domains?|items|sections|wards?|schools?)\b"
)


def _fraction(match: re.Match[str]) -> Quantity | None:
    k, n = number(match["k"]), number(match["n"])
    if k is None or n is None or not 0 <= k <= n or n < 3 or k % 1 or n % 1:
        return None
    if _PARTS_OF.match(match.string, match.end()):
        return None
    joined = (match["of"] or "/").lower()
    if joined == "in" and k == 1:
        return _make(match, "proportion", match["k"], value=100 * k / n, unit="%")
    if joined == "in" and (1900 <= n <= 2100 or n > 1000):
        return None
    if joined == "in" and n <= 10:
        return _make(match, "proportion", match["k"], value=100 * k / n, unit="%")
    whole = {"numerator": int(k), "denominator": int(n)}
    return _make(match, "fraction", match["k"], value=k, **whole)


def _part(match: re.Match[str]) -> Quantity:
    parts = {"a": 1.0, "an": 1.0, "nine": 9.0}
    many = (match["pk"] or "a").lower()
    share = (parts.get(many) or number(many) or 1.0) / PARTS[(match["pn"] or "half").lower()]
    return _make(match, "proportion", match[0], value=100 * share, unit="%")


# "from 64 to 31 points" is no range but a change: the second number is what was reached.
_FROM = re.compile(r"(?i)\bfrom (?:an? |about |around |(?:mean|median|average) (?:of )?){0,3}$")


def _reached(match: re.Match[str], group: str, kind: QuantityKind, unit: str) -> Quantity:
    whole = _make(match, kind, match[group], value=number(match[group]), unit=unit)
    return replace(whole, span=Span(match.start(group), match.end()))


def _percent(match: re.Match[str]) -> Quantity:
    unit = "percentage points" if "point" in match[0] else "%"
    if match.lastgroup == "pctrange":
        if _FROM.search(match.string, max(0, match.start() - 30), match.start()):
            return _reached(match, "phigh", "percent", unit)
        low, high = number(match["plow"]), number(match["phigh"])
        return _make(match, "percent", match["phigh"], low=low, high=high, unit=unit)
    return _make(match, "percent", match["pct"], value=number(match["pct"]), unit=unit)


def _when(match: re.Match[str]) -> Quantity:
    unit = match["wunit"].lower() + "s"
    value = float(match["wto"] or match["wval"])
    return _make(match, "duration", "1", value=value, unit=unit, cue="at")


def _time_unit(written: str) -> str:
    """The unit of a duration in the plural: "yrs" is "years"."""
    first = written.lower()[0]
    return "months" if first == "m" else next(u for u in MONTHS if u.startswith(first)) + "s"


def _hung(match: re.Match[str]) -> Quantity:
    """The first of "one-, five- and ten-year"."""
    unit = _time_unit(match["hunit"])
    return _make(match, "duration", "1", value=number(match["hval"]), unit=unit, cue="adjective")


def _duration(match: re.Match[str]) -> Quantity:
    text = match.string
    unit = _time_unit(match["dunit"])
    before = BEFORE_TIME.search(text, max(0, match.start() - 40), match.start())
    after = AFTER_TIME.search(text[match.end() : match.end() + 20])
    cue = before[1].lower() if before else None
    if match["hyphened"] or (
        text[match.start("dunit") - 1] == "-" and not match["dunit"].endswith("s")
    ):
        cue = cue or "adjective"
    if after and cue in (None, "in", "over", "for", "adjective"):
        cue = "after"
    low, high = number(match["dlow"]), match["dhigh"] and number(match["dhigh"])
    if high is not None:
        return _make(match, "duration", "1", low=low, high=high, unit=unit, cue=cue)
    return _make(match, "duration", match["dlow"], value=low, unit=unit, cue=cue)


_UNITS = {"fortnight": (2.0, "weeks"), "decade": (10.0, "years")}


def _aspan(match: re.Match[str]) -> Quantity:
    """ "After a year", "half a year later"."""
    unit = match["aunit"].lower()
    value, unit = _UNITS.get(unit, (1.0, unit + "s"))
    if match["ahalf"]:
        value, unit = (6.0, "months") if unit == "years" else (0.5 * value, unit)
    return _make(match, "duration", "1", value=value, unit=unit, cue="after")


_NOT_ONE = re.compile(r"(?i)\b(?:not (?:even )?|at least )$")


def _count(match: re.Match[str]) -> Quantity | None:
    noun, value = match["noun"].lower(), number(match["cval"])
    if value is not None and (value < 0 or value % 1):  # "-20.0 events per hour" counts nobody
        return _make(match, "number", match["cval"], value=value, unit=noun)
    if _NOT_ONE.search(match.string, max(0, match.start() - 10), match.start()):
        return None  # "not one patient" counts nobody
    return _make(match, "count", match["cval"], value=number(match["cval"]), unit=noun)


def _measured(match: re.Match[str]) -> Quantity:
    unit, high = match["munit"], match["mhigh"]
    if high is not None and _FROM.search(match.string, max(0, match.start() - 30), match.start()):
        return _reached(match, "mhigh", "number", unit)
    if high is not None:
        ends = {"low": number(match["mval"]), "high": number(high)}
        return _make(match, "number", high, unit=unit, **ends)
    return _make(match, "number", match["mval"], value=number(match["mval"]), unit=unit)


def _span2(match: re.Match[str]) -> Quantity:
    low, high = number(match["slow"]), number(match["shigh"])
    return _make(match, "number", match["shigh"], low=low, high=high)


_LISTED_TIME = re.compile(BEFORE_TIME.pattern.replace(r"\s*$", r"\s*(?:\d{1,3},\s?){0,4}$"))


_OPEN = re.compile(r"(?:[(\[]|\b(?:was|were|of|by|in))\s?$")


def _number(match: re.Match[str]) -> Quantity:
    """A bare number; its unit may stand after its spread: "6.9 (3.0) mm Hg", "18.4 ± 5.6 %"."""
    value = number(match["number"])
    shared = SHARED_TIME.match(match.string, match.end())
    if shared and _LISTED_TIME.search(match.string, max(0, match.start() - 60), match.start()):
        return _make(match, "duration", "1", value=value, unit=_time_unit(shared["unit"]), cue="at")
    people = SHARED_COUNT.match(match.string, match.end())
    if people and value is not None and value >= 0 and not value % 1:
        return _make(match, "count", match["number"], value=value, unit=people["noun"].lower())
    if SHARED_PERCENT.match(match.string, match.end()) and _OPEN.search(
        match.string, max(0, match.start() - 12), match.start()
    ):
        return _make(match, "percent", match["number"], value=value, unit="%")
    far = SPREAD_UNIT.match(match.string, match.end(), match.end() + 40)
    bracketed = far is not None and (
        far[0].lstrip()[:1] in ("±", "+") or (("(" in far[0]) == (")" in far[0]) and "(" in far[0])
    )
    if far is not None and bracketed and far["pct"]:
        return _make(match, "percent", match["number"], value=value, unit="%")
    unit = far["unit"] if far is not None and bracketed else None
    return _make(match, "number", match["number"], value=value, unit=unit)


_READ = {
    "p": _p,
    "ci": _interval,
    "iqr": _interval,
    "range": _interval,
    "bare": _bare,
    "sd": _sd,
    "ratio": _ratio,
    "fraction": _fraction,
    "part": _part,
    "pctrange": _percent,
    "percent": _percent,
    "when": _when,
    "aspan": _aspan,
    "hung": _hung,
    "duration": _duration,
    "count": _count,
    "measured": _measured,
    "span2": _span2,
    "number": _number,
}
