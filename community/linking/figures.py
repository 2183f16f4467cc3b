"""The figures that a poster uses: quantities of a reading that can speak of a result.

Pure. Shares, counts of people, plain numbers, ratios and lengths of time come through; ages,
amounts, days of the poster's own story and what quantities drop already (dates, doses, prices) do
not. A range ("5 to 10 %", "50 to 82") and a change ("3.4 to 2.4") are two figures, each with a span
of its own: either may have a source when the other has none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from community.linking.relations import Reading
from community.results.patterns import PARTS, WRITTEN
from community.results.quantities import Quantity, number
from community.types import Span

FigureKind = Literal["share", "count", "plain", "ratio", "time"]

_ROUGH = re.compile(
    r"(?i)\b(?:nearly|almost|about|around|approximately|roughly|some|over|more than|less than|just "
    r"(?:under|over)|under|up to|close to|or so|ish)\s$"
)
_ROUGHLY = r"(?:about|around|nearly|almost|over|under|only|roughly|just|more than|less than)"
_PARTS = re.compile(
    rf"(?i)\b(?:(?P<k>two|three|four|nine)[- ](?P<of_k>third|quarter|fifth|tenth)s?|"
    rf"(?P<rough>{_ROUGHLY})\s(?:(?:an?|one)[- ])?(?P<of_rough>half|third|quarter|fifth|tenth)|"
    r"(?:an?|one)[- ](?P<of_lone>third|quarter|fifth|tenth)(?=\s(?:of|will|had|have|got|did|"
    r"didn't|were|was|who|to|are|still|relapsed?|progress(?:ed)?)\b)|"
    r"(?P<of_halved>halved|halves|halving)|"
    r"(?<=by )(?:an?|one)[- ](?P<of_by>half|third|quarter|fifth|tenth)|"
    r"the\s(?:other\s)?(?P<of_the>half|third|quarter|fifth|tenth)(?=\s(?:who|that|is|are|was|were|"
    r"of\s(?:us|them|people|patients|you))\b)|the\sother\s(?P<of_other>third|quarter|fifth|tenth))\b"
)
_HALVES = re.compile(r"(?i)\sand a half\b")
_YEARS = re.compile(rf"(?i)\b(?P<k>{WRITTEN})\sand a half[- ](?P<unit>year|month|week)s?\b")
_ONE_OF = re.compile(rf"(?i)\s(?:in|out of)\s(?P<n>{WRITTEN})\b")
_IN_HUNDRED = re.compile(
    r"(?i)(?<![\w.])(?P<k>\d{1,2}[.·]\d+)\s(?:in|of|out of)\s(?:a|every)?\s?(?:hundred|100)\b"
)
_THING = re.compile(rf"(?i)\b(?P<k>{WRITTEN})\s[a-z]{{3,15}}\s(?:in|of|out of)\s(?P<n>{WRITTEN})\b")
_AGE_ONLY = re.compile(
    r"(?i)\b(?:i'?m|i am|i was|he'?s|she'?s|he is|she is|he was|she was|you are|you're|aged?|"
    r"turned|turning)\s(?:only |just |now |still |nearly |almost )?$"
)
_KIN = re.compile(
    r"(?i)\b(?:husband|wife|partner|daughter|son|mum|mother|mom|dad|father|brother|sister|friend|"
    r"girl|boy|me|myself)\s?[,(]\s?$"
)
_AGED = re.compile(
    r"(?i)\b(?:women|men|people|patients|those|anyone|everyone|adults)\s(?:who (?:are|were)\s)?"
    r"(?:below|under|over|above|past|before|after)\s$"
)
_AGE_AFTER = re.compile(r"(?i)\s?(?:,|\.|and|now|when|with|love|male|female|f\b|m\b|$)")
_LABEL = re.compile(
    r"(?i)\b(?:edss|stage|grade|level|number|year|years|day|month|week|page|rule|step|chapter|option|"
    r"consultant|round|cycle|phase|type|score|no|nr)\s(?:number\s|of\s|plus\s|from\s|at\s|was\s|is\s|"
    r"a\s)?$"
)
_FEW = 10  # a fraction of fewer than this many counts nobody's cohort
_NUMBERED = re.compile(r"(?i)\b(?:number|no\.?|nr\.?)\s$")
_MEASURES = ("points", "point", "fold", "times")
# what a poster counts of the own story, and time
_NO_PEOPLE = frozenset({
    "relapses", "relapse", "lesions", "lesion", "attacks", "attack", "episodes", "episode",
    "infections", "infection", "events", "event", "years", "year", "months", "month", "weeks",
    "days", "times",
})  # fmt: skip
_TIMES = ("year", "month", "week", "day", "hour", "yr", "mo")
_FAR = re.compile(r"(?i)\b(?:the|an?|any\w*|is|are|was|were|of|counts?|my|your|that|and)\b")
_THE = re.compile(r"(?i)\b(?:the|those|these|of them|only|that)\s$")
_UNIT_AFTER = re.compile(
    r"(?i)\s?(?:at night|o'?clock|am\b|pm\b|kilos?|kgs?\b|lbs?\b|stone\b|miles?|grand|quid|dollars|"
    r"euros?|pounds|bucks|kids?\b|cats?\b|dogs?\b|degrees|tablets?|pills?|capsules?|drops|cups?|"
    r"calories|books?|letters?|calls?|phone|emails?|appointments?|neuros?|neurologists?|doctors?|"
    r"consultants?|hospitals?|clinics?|blocks?|floors?|flights?|hours?|minutes?|nights?|°|"
    r"infusions?|cycles?|courses?|rounds?|drugs?|trials?|studies|papers|pages|posts|threads)"
)
_TO = re.compile(r"(?i)^\s?(?:to|down to|up to)\s(?:about |around |nearly )?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure: `value` in `unit` as written, `share` in percent where it can be one, `near` half
    of its last decimal. Its span and its clause are those of the reading."""

    span: Span
    clause: int
    kind: FigureKind
    value: float
    unit: str | None = None
    share: float | None = None
    whole: int | None = None  # the denominator, where it is stated
    near: float = 0.0
    rough: bool = False
    noun: str | None = None
    ranged: bool = False
    worded: bool = False  # a part in words: "two thirds", "half"
    pointed: bool = False  # "the 69", "those five": said before, or in the report


def figures(reading: Reading) -> list[Figure]:
    """The figures of a reading, in order, without overlaps."""
    taken: list[Figure] = []
    for clause, one in enumerate(reading.clauses):
        taken += _worded(reading, clause, one.span)
    taken.sort(key=lambda figure: figure.span)
    starts = [figure.span.start for figure in taken]
    found = list(taken)
    for quantity, clause in reading.numbers:
        if quantity.spelled and _HALVES.match(reading.text, quantity.span.end):
            continue  # "seven and a half": read above, if years follow
        at = bisect_right(starts, quantity.span.start)
        beside = taken[max(0, at - 1) : at + 1]
        if not any(quantity.span.overlaps(other.span) for other in beside):
            found += _figures(reading.text, quantity, clause)
    return _joined(reading.text, sorted(found, key=lambda f: (f.span, f.kind)))


def _worded(reading: Reading, clause: int, span: Span) -> Iterator[Figure]:
    """Proportions that quantities leave alone: "two thirds", "about a third", "one plane in
    twenty"."""
    text = reading.text
    for match in _PARTS.finditer(text, span.start, span.end):
        many = number(match["k"]) if match["k"] else 1.0
        part = next(v for k, v in match.groupdict().items() if k.startswith("of_") and v)
        share = 100 * (many or 1.0) / PARTS.get(part.lower(), 2)  # "halved" is a half
        yield Figure(
            span=Span(*match.span()), clause=clause, kind="share", value=share, unit="%",
            share=share, rough=True, worded=True,
        )  # fmt: skip
    for match in _IN_HUNDRED.finditer(text, span.start, span.end):
        share = number(match["k"]) or 0.0
        near = 0.5 * 10 ** -len(re.split("[.·]", match["k"])[1])
        yield Figure(
            span=Span(*match.span()), clause=clause, kind="share", value=share, unit="%",
            share=share, near=near,
        )  # fmt: skip
    for match in _YEARS.finditer(text, span.start, span.end):
        yield Figure(
            span=Span(*match.span()), clause=clause, kind="time",
            value=(number(match["k"]) or 0.0) + 0.5, unit=match["unit"].lower() + "s", near=0.25,
        )  # fmt: skip
    for match in _THING.finditer(text, span.start, span.end):
        k, n = number(match["k"]), number(match["n"])
        if k and n and k < n and 4 <= n <= 1000:
            noun = match[0][len(match["k"]) :].split()[0].lower()
            if noun in _NO_PEOPLE or text[match.end() :].lstrip().startswith(_TIMES):
                continue
            yield Figure(
                span=Span(*match.span()), clause=clause, kind="share", value=k if n > 10 else
                100 * k / n, unit=f"of {n:g}" if n > 10 else "%", share=100 * k / n, whole=int(n),
                rough=k == 1,
            )  # fmt: skip


def _figures(text: str, q: Quantity, clause: int) -> Iterator[Figure]:
    if q.kind == "p":
        return
    if q.kind == "interval" or (q.value is None and q.low is not None and q.high is not None):
        yield from _ends(text, q, clause)
        return
    if q.value is None:
        return
    near = 0.5 * 10**-q.decimals
    before = text[max(0, q.span.start - 20) : q.span.start]
    one = Figure(
        span=q.span, clause=clause, kind="plain", value=q.value, unit=q.unit, near=near,
        rough=q.approximate or _ROUGH.search(before) is not None,
        pointed=_THE.search(before) is not None,
    )  # fmt: skip
    if q.kind in ("percent", "proportion"):
        if q.unit == "%":
            worded = q.kind == "proportion"
            lone = q.spelled and PARTS["half"] * q.value == 100
            share = replace(
                one, kind="share", share=q.value, rough=one.rough or worded, worded=lone and worded
            )
            yield _one_in(text, share) if worded else share
        return
    if q.kind == "fraction":
        yield _fraction(text, q, one)
    elif q.kind == "count":
        yield from _count(text, q, one)
    elif q.kind == "ratio":
        yield replace(one, kind="ratio", unit=None)
    elif q.kind == "duration":
        yield replace(one, kind="time")
    elif q.kind == "number" and (q.unit is None or q.unit in _MEASURES):
        if q.spelled and (q.value == 1 or (q.value == 0 and before.lower().endswith("not "))):
            return  # "one" is hardly ever a number
        if not _is_no_result(text, q):
            yield one


def _one_in(text: str, one: Figure) -> Figure:
    """ "One in 24" as a count of those that there were, where 24 is no round number."""
    told = [number(m[0]) for m in re.finditer(WRITTEN, one.span.of(text))]
    n = told[-1] if len(told) == 2 else None
    if n is None or told[0] != 1 or n <= _FEW or n % 10 == 0:
        return one
    return replace(one, value=1.0, unit=f"of {n:g}", whole=int(n))


def _fraction(text: str, q: Quantity, one: Figure) -> Figure:
    """A fraction as a share of those counted; "one of the fifteen" says that there were fifteen,
    "one of three in ten" that three in ten are meant."""
    told, whole = q.span.of(text), q.denominator or 1
    many = _ONE_OF.match(text, q.span.end) if told.lower().startswith("one of ") else None
    n = number(many["n"]) if many else None
    if many is not None and n:
        share = 100 * whole / n
        span = Span(q.span.start + len("one of "), many.end())
        return replace(one, span=span, kind="share", value=share, share=share, unit="%", rough=True)
    if " the " in told and (whole < _FEW or (q.value == 1 and q.spelled)):
        last = max(re.finditer(WRITTEN, told), key=lambda m: m.start())
        span = Span(q.span.start + last.start(), q.span.end)
        people = replace(one, span=span, value=float(whole), noun="people", pointed=True)
        return people if whole >= _FEW else replace(people, kind="count")
    share = 100 * one.value / whole
    return replace(one, kind="share", share=share, whole=whole, unit=f"of {whole}", near=0.5)


def _count(text: str, q: Quantity, one: Figure) -> Iterator[Figure]:
    """A count with its noun; one whose noun stands too far off is a plain number."""
    told, before = q.span.of(text), text[max(0, q.span.start - 20) : q.span.start]
    head = re.match(WRITTEN, told)
    if head is not None and _FAR.search(told[head.end() :]):
        span = Span(q.span.start, q.span.start + head.end())  # "51 counts what the patient"
        if not _is_no_result(text, replace(q, span=span)):
            yield replace(one, span=span, unit=None)
    elif not _AGED.search(before) and not (
        q.value == 1 and (told.lower() == "one" or before.endswith("not "))
    ):
        # people left unsaid ("39 had a relapse") may be so many of a hundred
        unsaid = told.strip().isdigit()
        yield replace(one, kind="plain" if unsaid else "count", noun=q.unit)


def _ends(text: str, q: Quantity, clause: int) -> Iterator[Figure]:
    """The two ends of a range as figures of their own."""
    every = re.finditer(rf"(?i)(?:{WRITTEN})(?:[.,·]\d+)?", q.span.of(text))
    told = [m for m in every if number(m[0]) in (q.low, q.high)]
    if len(told) < 2 or q.low is None or q.high is None:
        return
    share = q.kind == "percent"
    kind: FigureKind = "time" if q.kind == "duration" else "share" if share else "plain"
    for match, value in ((told[-2], q.low), (told[-1], q.high)):
        last = match is told[-1]
        end = q.span.end if last and share else q.span.start + match.end()
        yield Figure(
            span=Span(q.span.start + match.start(), end), clause=clause, kind=kind, value=value,
            unit=q.unit, share=value if share else None, near=0.5 * 10**-q.decimals,
            rough=q.approximate, ranged=True,
        )  # fmt: skip


def _is_no_result(text: str, q: Quantity) -> bool:
    """Whether a plain number is an age, a label, or somebody's own score."""
    before, after = text[max(0, q.span.start - 24) : q.span.start], text[q.span.end :][:20]
    if _UNIT_AFTER.match(after):
        return True
    value = q.value or 0.0
    whole = value % 1 == 0
    if whole and 12 <= value <= 99 and (_AGED.search(before) or _KIN.search(before)):
        return True
    if whole and 12 <= value <= 99 and _AGE_ONLY.search(before) and _AGE_AFTER.match(after):
        return True
    if whole and 1900 <= value <= 2100:
        return True
    if _NUMBERED.search(before):
        return True
    return bool(_LABEL.search(before)) and value < 20 and q.decimals != 2


def _joined(text: str, found: list[Figure]) -> list[Figure]:
    """Two plain numbers with "to" between them are the ends of a range or a change."""
    out: list[Figure] = []
    for one in found:
        last = out[-1] if out else None
        if last is None or not _ranged(text, last, one):
            out.append(one)
        else:
            out[-1:] = [replace(last, ranged=True), replace(one, ranged=True)]
    return out


def _ranged(text: str, first: Figure, second: Figure) -> bool:
    """Whether two plain numbers of a clause have only "to" between them."""
    if not first.kind == second.kind == "plain" or first.clause != second.clause:
        return False
    return _TO.match(text[first.span.end : second.span.start]) is not None
