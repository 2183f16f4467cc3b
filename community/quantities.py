"""Quantities in a text: percentages, counts, intervals, p values, durations, ratios, with spans.

One pass of one regular expression whose alternatives are bounded, so that time grows with the
length of the text and nothing else. What looks like a number and is none (a DOI, a date, a registry
number, a page range, an age, a phase) is matched first and dropped. Spans count code points into
the text that was given; words for numbers are English.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from community.types import Span

QuantityKind = Literal[
    "percent", "fraction", "proportion", "count", "number", "duration", "ratio", "interval", "p"
]

_UNITS = dict(
    zip(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split(),
        range(20),
        strict=True,
    )
)
_TENS = dict(
    zip(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(),
        range(20, 100, 10),
        strict=True,
    )
)
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
# Mean Gregorian month and year; a month has 30.4375 days.
MONTHS = {
    "hour": 1 / 730.5,
    "day": 1 / 30.4375,
    "week": 7 / 30.4375,
    "month": 1.0,
    "year": 12.0,
}


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


# Mind that a fraction needs three or more: "one of the two" singles out, it does not count.
_WORD = "(?i:" + "|".join([*_UNITS, *_TENS, *_SCALES]) + ")"
_SPELT = rf"(?:\b(?:[Aa] (?=hundred|thousand|million))?{_WORD}(?:(?:[- ]|(?<=hundred) and )(?={_WORD}\b){_WORD}){{0,6}}\b)"
# A number as written, for other patterns to build on.
_DIGITS = r"(?:\d{1,3}(?:[,\u202f\u2009]\d{3})+(?![\d])(?:[.·]\d+)?|\d+[.·]\d+|\d+,\d{1,2}(?![\d,.]\d)(?!\d)|\d+|(?<![\w.])[.·]\d+)"
_SIGN = r"(?:(?<![\w.%)])[-−–+])?(?<!\w)"
_NUM = rf"(?>{_SIGN}{_DIGITS}|{_SPELT})"
WRITTEN = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d+|{_SPELT})"
_BOUND = rf"[-−–+]?{_DIGITS}"
_PCT = r"(?:\s?(?:%|％|[Pp]er[ -]?cent\b|[Pp]ercentage points?\b|pct\b))"
_TO = r"\s?(?:%|(?!to\b|and\b|through\b)[a-zA-Z]{1,8})?\s?(?:to|through|and|[-−–—,;‐‑])\s?"
_SPAN2 = rf"(?P<LOW>{_BOUND}){_TO}(?P<HIGH>{_BOUND})(?:\s?(?:%|％))?"
_LEAD = r"[\s,:;=(\[]{0,4}(?:(?:of|from|was|is|between)\s)?[\s(\[]{0,2}"
_TIME = r"(?i:years?|yrs?|months?|mos?|weeks?|wks?|days?|hours?|hrs?)"
_PEOPLE = (
    r"patients?|participants?|people|persons?|subjects?|individuals?|men|women|adults?|children|"
    r"babies|infants?|pregnancies|births?|cases?|deaths?|events?|relapses?|volunteers?|recipients?|"
    r"survivors?|respondents?|girls?|boys?|episodes?|attacks?|infections?|lesions?|completers?"
)
_COUNTED = rf"(?:(?:[^\W\d_][\w/-]*|\([A-Z]+\)) ){{0,3}}?(?P<noun>(?i:{_PEOPLE}))\b(?!-)"
_MEASURED = (
    r"mm\s?Hg|mmol/mol|mmol/[lL]|mg/d[lL]|g/d[lL]|ng/m[lL]|mg/[lL]|[µμ]?g/[mdl][lL]|k?g/m2|kg|mL/min|"
    r"m[lL]|mg|[µμ]g|mcg|IU|cm|mm|k?m|points?|U/L|Gy|units?|metres|meters|m|steps|minutes?|min|"
    r"seconds?|fold|times|letters"
)
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_NOT = (
    r"https?://\S{1,500}|www\.\S{1,500}|\S{1,64}@\S{1,64}|\b10\.\d{4,9}/\S{1,200}"
    r"|\b(?:NCT|ISRCTN|ACTRN|DRKS|CTRI|ChiCTR|jRCT|UMIN|PMC|PMID:?\s?)[-\w]{0,4}\d[\w/-]{3,30}"
    r"|\b\d{4}-\d{6}-\d{2}(?:-\d{2})?\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?(?:{_MONTHS})[a-z]{{0,6}}\.?(?:,?\s\d{{4}})?\b"
    rf"|\b(?:{_MONTHS})[a-z]{{0,6}}\.?\s\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s\d{{4}})?"
    rf"|\b(?:{_MONTHS})[a-z]{{0,6}}\.?,?\s(?:19|20)\d\d\b"
    r"|\b\d{1,4}[/.]\d{1,2}[/.]\d{2,4}\b|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}:\d\d(?::\d\d)?\b"
    r"|\b\d{1,4}\s?\(\d{1,3}\)\s?:\s?\w?\d{1,6}(?:[-–]\w?\d{1,6})?|\b24/7\b"
    r"|[$£€]\s?\d[\d,.]{0,15}(?:\s?(?:k|million|billion|m)\b)?|\[\d{1,3}(?:[-–, ]{1,2}\d{1,3}){0,9}\]"
    r"|\+\d[\d ()-]{7,18}\d|\b\d{1,3}(?:st|nd|rd|th)\b|#\s?\d+|\b[A-Z][A-Za-z]{0,9}-\d+\b(?!\s?%)"
    r"|\b(?i:phases?|grades?|types?|stages?|figures?|fig\.|tables?|chapter|version|vol(?:ume|\.)|pages?"
    r"|pp?\.(?=\s?\d\d)|no\.|class|cycles?|level|step|part|section|appendix|tier)\s"
    r"(?:\d+[a-z]?|[IVX]+\b)(?:(?:\s?(?:to|or|and|[-–/])\s?|,\s)(?:\d+[a-z]?\b|[IVX]+\b)(?!\s?%|\s[a-z]+ed\b)){0,3}"
    r"|\b(?i:aged?|ages)\s(?:of\s|between\s|from\s|≥\s?)?\d+(?:\s?(?:to|and|[-–])\s?\d+)?(?:\s?years?)?"
    r"|\b\d+(?:\.\d+)?(?:\s?(?:to|[-–])\s?\d+(?:\.\d+)?)?[- ]years?(?:[- ]old\b|\sof\sage\b)"
    r"|\b(?:19|20)\d\d(?:\s?(?:[-–/]|to|and)\s?(?:(?:19|20)\d\d|\d\d))?\b(?!\s?(?:%|[Pp]er|patients|participants|people))"
)
_CI = (
    rf"(?:(?P<LEVEL>\d\d(?:\.\d+)?)\s?%[\s-]?)?(?i:confidence intervals?|credible intervals?|CrI|C\.?I\.?s?)"
    rf"(?:\s?[\[(]C\.?I\.?[\])])?(?:[\s,]{{0,2}}[\[(]?(?P<LEVEL2>\d\d)\s?%[\])]?)?{_LEAD}"
)
_RATIO = (
    r"(?P<rname>(?i:(?:adjusted |pooled )?(?:hazard|odds|risk|rate|incidence rate|relative risk) ratios?|relative risk)"
    r"|\ba?(?:HR|OR|RR)\b|\bIRR\b|\bSHR\b)(?:\s?[\[(]\w{2,4}[\])])?"
    r"(?:\s(?:for|of|in)\s[^\d.;()]{2,60}?)?[\s,:=(\[]{0,4}(?:(?:was|of|is|,)\s){0,2}"
)
_ROUGHLY = (
    r"(?P<about>(?i:nearly|almost|about|around|approximately|approx\.?|roughly|some|over|more than|"
    r"less than|fewer than|just under|just over|under|up to|at least|close to|~|≈|>|<|≥|≤))\s?"
)


def _named(pattern: str, tag: str) -> str:
    return pattern.replace("LOW", tag + "low").replace("HIGH", tag + "high")


_WORDS = f"{_WORD}|(?i:half|thirds?|quarters?|fifths?|tenths?)"
_HINT = re.compile(rf"\d|\b(?:{_WORDS})\b|\b[Pp]\s?=")
# A quantity never starts inside a word: most places fail on the first test.
_FIND = re.compile(
    r"(?=\S)(?:(?<![A-Za-z])|(?![A-Za-z]))(?:"
    + "|".join(
        (
            rf"(?P<skip>{_NOT})",
            rf"(?P<p>\b[Pp](?:[- ]?(?i:values?))?(?:\s(?i:for [a-z]{{1,20}}(?: [a-z]{{1,20}}){{0,2}}))?\s?"
            rf"(?P<psign><|>|=|≤|≥|≦|≧|(?i:less than|greater than|was|of))\s?"
            rf"(?P<pval>\d?[.·,]\d+(?:\s?[×x]\s?10\s?[-−–^]{{1,2}}\d+)?|1\b|ns\b|NS\b))",
            rf"(?P<ci>{_named(_CI + _SPAN2, 'c').replace('LEVEL', 'level')})",
            rf"(?P<iqr>\b(?i:IQR|inter-?quartile range)(?:\s?[\[(]IQR[\])])?{_LEAD}{_named(_SPAN2, 'q')})",
            rf"(?P<range>\b(?i:rang(?:e[ds]?|ing)){_LEAD}{_named(_SPAN2, 'r')})",
            rf"(?P<sd>(?:±|\+/-|\+\\-)\s?(?P<sdval>{_DIGITS})%?|\b(?i:SDs?|standard deviation)"
            rf"(?:\s?[\[(]SD[\])])?[\s,:=]{{0,3}}(?:of\s)?(?P<sdval2>{_DIGITS}))",
            rf"(?P<ratio>{_RATIO}(?P<rval>{_DIGITS}))",
            rf"(?P<fraction>(?P<k>{_NUM})(?:\s?/\s?|\s(?P<of>(?i:in|out of|of))\s"
            rf"(?:(?i:the|all|these|every|our|a total of)\s)?)(?P<n>{_NUM})"
            rf"(?!\s?%|[\d/]|[.,]\d|[- ]{_TIME}\b|\s?(?:mg|kg|ml|mmHg|cm|dL)\b|-))",
            rf"(?P<part>\b(?i:(?P<pk>an?|one|two|three|four|nine)[- ](?P<pn>third|quarter|fifth|tenth)s?|half)"
            rf"(?=\s(?:of\b|the\b|had\b|were\b|who\b|as\b|{_PEOPLE})))",
            rf"(?P<pctrange>(?P<plow>{_NUM})(?:{_PCT})?\s?(?:to|[-–—−‐‑])\s?(?P<phigh>{_NUM}){_PCT})",
            rf"(?P<percent>(?P<pct>{_NUM}){_PCT})",
            rf"(?P<when>\b(?i:(?P<wunit>year|month|week|day)s?)[- ](?P<wval>\d{{1,3}})\b(?!\s?%))",
            rf"(?P<duration>(?P<dlow>{_NUM})(?:(?:\s?(?:to|or|[-–—])\s?)(?P<dhigh>{_NUM}))?"
            rf"(?:[-\s]|(?<=\d))(?P<dunit>{_TIME})\b(?P<hyphened>[-’'])?)",
            rf"(?P<count>(?P<cval>{_NUM})\s{_COUNTED})",
            rf"(?P<measured>(?P<mval>{_NUM})(?:\s?(?:to|[-–])\s?(?P<mhigh>{_DIGITS}))?[\s-]?(?P<munit>{_MEASURED})\b(?![-/]))",
            rf"(?P<span2>(?P<slow>{_NUM})\s?[-–—]\s?(?P<shigh>{_DIGITS})(?![\w%-]))",
            rf"(?P<number>{_NUM}(?![\w%-]))",
        )
    )
    + ")"
)
_BEFORE_TIME = re.compile(
    r"(?i)\b(at|by|after|within|through|throughout|over|for|until|during|up to|in|following|past|to)"
    r"(?:\s(?:the|a|an|about|around|approximately|least|end of|first|nearly|almost|last|median of|mean of))*\s*$"
)
_AFTER_TIME = re.compile(
    r"(?i)^\s?(?:after|following|post\b|post-|later|from\b|since\b|of follow|follow[- ]?up|of treatment|out\b|on from)"
)
_ABOUT = re.compile(_ROUGHLY + "$")


def number(text: str) -> float | None:
    """The number that `text` writes, in digits (any minus, thousands separator, decimal comma) or
    in English words; None where it writes none."""
    bare = text.strip().lower().replace("−", "-").replace("–", "-").replace("·", ".")
    if re.fullmatch(r"[-+]?(?:\d{1,3}(?:[,\u202f\u2009]\d{3})+|\d+)?(?:[.,]\d+)?", bare) and any(
        c.isdigit() for c in bare
    ):
        bare = re.sub(r"[,\u202f\u2009](?=\d{3}(?!\d))", "", bare)
        return float(bare.replace(",", "."))
    return _spelt(re.split(r"[\s-]+", bare))


def _spelt(words: list[str]) -> float | None:
    total, group = 0, 0
    for word in words:
        if word in ("and", "a"):
            continue
        if word in _SCALES:
            group = max(group, 1) * _SCALES[word]
            if word != "hundred":
                total, group = total + group, 0
        elif word in _UNITS or word in _TENS:
            group += _UNITS.get(word, 0) + _TENS.get(word, 0)
        else:
            return None
    return float(total + group) if words and words != [""] else None


def _decimals(text: str) -> int:
    found = re.search(r"[.,·](\d{1,2}|\d{4,})$", text.strip())
    return len(found[1]) if found else 0


def find(text: str) -> tuple[Quantity, ...]:
    """All quantities of `text`, in order, without overlaps; spans are offsets into `text`."""
    if not _HINT.search(text):
        return ()
    out = []
    for match in _FIND.finditer(text):
        read = _READ.get(match.lastgroup or "")
        quantity = read(match) if read else None
        if quantity is not None:
            out.append(quantity)
    return tuple(out)


def _make(match: re.Match[str], kind: QuantityKind, written: str, **more: object) -> Quantity:
    text, (start, end) = match.string, match.span()
    return Quantity(
        kind=kind,
        span=Span(start, end),
        decimals=_decimals(written),
        approximate=_ABOUT.search(text, max(0, start - 20), start) is not None,
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


def _sd(match: re.Match[str]) -> Quantity:
    written = match["sdval"] or match["sdval2"]
    return _make(match, "interval", written, low=number(written), name="SD")


def _ratio(match: re.Match[str]) -> Quantity:
    short = {"HR": "hazard", "OR": "odds", "RR": "risk", "IRR": "rate", "SHR": "hazard"}
    bare = re.sub(r"^a(?=[HOR]R)|(?i:^adjusted |^pooled )", "", match["rname"])
    name = short[bare] + " ratio" if bare in short else bare.lower().removesuffix("s")
    return _make(match, "ratio", match["rval"], value=number(match["rval"]), name=name)


def _fraction(match: re.Match[str]) -> Quantity | None:
    k, n = number(match["k"]), number(match["n"])
    if k is None or n is None or not 0 <= k <= n or n < 3 or k % 1 or n % 1:
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
    share = (parts.get(many) or number(many) or 1.0) / _PARTS[(match["pn"] or "half").lower()]
    return _make(match, "proportion", match[0], value=100 * share, unit="%")


def _percent(match: re.Match[str]) -> Quantity:
    unit = "percentage points" if "point" in match[0] else "%"
    if match.lastgroup == "pctrange":
        low, high = number(match["plow"]), number(match["phigh"])
        return _make(match, "percent", match["phigh"], low=low, high=high, unit=unit)
    return _make(match, "percent", match["pct"], value=number(match["pct"]), unit=unit)


def _when(match: re.Match[str]) -> Quantity:
    unit = match["wunit"].lower() + "s"
    return _make(match, "duration", "1", value=float(match["wval"]), unit=unit, cue="at")


def _duration(match: re.Match[str]) -> Quantity:
    text = match.string
    unit = next(u for u in MONTHS if u.startswith(match["dunit"].lower()[0])) + "s"
    if match["dunit"].lower().startswith("m"):
        unit = "months"
    before = _BEFORE_TIME.search(text, max(0, match.start() - 40), match.start())
    after = _AFTER_TIME.search(text[match.end() : match.end() + 20])
    cue = before[1].lower() if before else None
    if (
        match["hyphened"]
        or text[match.start("dunit") - 1] == "-"
        and not match["dunit"].endswith("s")
    ):
        cue = cue or "adjective"
    if after and cue in (None, "in", "over", "for", "adjective"):
        cue = "after"
    low, high = number(match["dlow"]), match["dhigh"] and number(match["dhigh"])
    if high is not None:
        return _make(match, "duration", "1", low=low, high=high, unit=unit, cue=cue)
    return _make(match, "duration", match["dlow"], value=low, unit=unit, cue=cue)


def _count(match: re.Match[str]) -> Quantity:
    noun = match["noun"].lower()
    return _make(match, "count", match["cval"], value=number(match["cval"]), unit=noun)


def _measured(match: re.Match[str]) -> Quantity:
    unit, high = match["munit"], match["mhigh"]
    if high is not None:
        ends = {"low": number(match["mval"]), "high": number(high)}
        return _make(match, "number", high, unit=unit, **ends)
    return _make(match, "number", match["mval"], value=number(match["mval"]), unit=unit)


def _span2(match: re.Match[str]) -> Quantity:
    low, high = number(match["slow"]), number(match["shigh"])
    return _make(match, "number", match["shigh"], low=low, high=high)


def _number(match: re.Match[str]) -> Quantity:
    return _make(match, "number", match["number"], value=number(match["number"]))


_READ = {
    "p": _p,
    "ci": _interval,
    "iqr": _interval,
    "range": _interval,
    "sd": _sd,
    "ratio": _ratio,
    "fraction": _fraction,
    "part": _part,
    "pctrange": _percent,
    "percent": _percent,
    "when": _when,
    "duration": _duration,
    "count": _count,
    "measured": _measured,
    "span2": _span2,
    "number": _number,
}
