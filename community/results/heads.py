"""The values of a sentence, each with its interval, p value and counts; and its points in time."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from community.results.endpoints import Endpoint, Hit, Vocabulary
from community.results.patterns import UNIT_AFTER
from community.results.quantities import Quantity
from community.types import Span

_N = re.compile(r"\b[nN]\s?=\s?$")


_THRESHOLD = re.compile(r"(?i)(?:at least|>|≥|more than|greater than|minimum of)\s?(?:an?\s)?$")


_IMPROVE = re.compile(
    r"(?i)^\s?(?:or (?:more|greater) )?(?:improvement|reduction|decrease|increase|loss)\b"
)


_VALUE_LEAD = re.compile(
    r"(?i)(?:\b(?:was|were|is|of|by|to|than|vs\.?|versus|mean|median|score|scores|change|at|"
    r"and|or|only|just|differences?|reductions?|increases?|decreases?|improvements?|changes?|"
    r"with|averaged|reached|approximately|about|totalled|fell|rose|scored)|[=:(±,])\s*$"
)


_FROM = re.compile(r"(?i)\bfrom\s*(?:an?\s)?(?:mean |median |baseline )*(?:of\s)?$")


# "One" singles out; "one of them died" counts.
_ONE_HAD = re.compile(
    r"(?: (?:of (?:them|these|those)|participant|patient|person))?(?: \w+ly)? (?:died|developed|"
    r"relapsed|"
    r"needed|withdrew|dropped out|was (?:admitted|hospitali[sz]ed|diagnosed))\b"
)


UNKNOWN = Endpoint(name="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A result in a sentence, before the document says what the sentence leaves out."""

    endpoint: Endpoint
    head: Quantity | None
    at: Span
    attached: tuple[Quantity, ...] = ()
    count: Quantity | None = None
    time: Quantity | None = None
    arm: str | None = None
    comparator: str | None = None
    against: bool = False  # the arm is the comparator of another row
    hit: Hit | None = None


@dataclass(slots=True)
class Head:
    quantity: Quantity
    attached: list[Quantity] = field(default_factory=list)
    count: Quantity | None = None

    @property
    def start(self) -> int:
        return (
            self.quantity.span.start
            if self.count is None
            else min(self.quantity.span.start, self.count.span.start)
        )

    @property
    def bare(self) -> Span:
        """The value with its count and spread, without interval and p value."""
        told = [q for q in self.attached if q.name in ("SD", "IQR", "range")]
        ends = [q.span.end for q in (*told, *([self.count] if self.count else []))]
        return Span(self.start, max([self.quantity.span.end, *ends]))

    @property
    def end(self) -> int:
        ends = [q.span.end for q in (*self.attached, *([self.count] if self.count else []))]
        return max([self.quantity.span.end, *ends])


def in_hit(q: Quantity, hits: tuple[Hit, ...]) -> bool:
    return any(h.start <= q.span.start and q.span.end <= h.end for h in hits)


def is_time(q: Quantity, text: str, hits: tuple[Hit, ...]) -> bool:
    """Whether a duration is a point in time rather than a result."""
    if q.kind != "duration":
        return False
    before = text[max(0, q.span.start - 60) : q.span.start]
    followed = [h for h in hits if h.endpoint.name == "follow-up" and h.end <= q.span.start]
    if followed and re.fullmatch(
        r"\W?(?:\s?\([^()]{0,20}\))?\s?(?:(?:was|were|is|of|for|a|an|the|median|mean|"
        r"average|time|period|to|up|"
        r"about|approximately|nearly|over|=|:|at least|patients|more than|duration|"
        r"length)\s?){0,7}"
        r"|[^.;]{0,80}\bfor (?:an? |the |up to |about |at least |on )?(?:median |mean |"
        r"average )?(?:of )?",
        text[followed[-1].end : q.span.start],
    ):
        # "After a median of five years" dates what follows; "followed for five years" is a result.
        opens = re.match(r"(?i)(?:after|at)\b", text[followed[-1].start :])
        return opens is not None and re.match(r"[^.;]{0,12}follow", text[q.span.end :]) is None
    if q.cue is None:
        return False
    timed = [h for h in hits if h.endpoint.unit in ("months", "days") and h.end <= q.span.start]
    if timed and re.search(r"(?i)\b(?:was|were|of|by)\s*$", before):
        return False
    return not (q.cue in ("to", "in") and re.search(r"(?i)\bfrom\b[^,;]{0,30}\bto\s*$", before))


def heads_of(
    text: str,
    quantities: list[Quantity],
    hits: tuple[Hit, ...],
    measures: tuple[Span, ...] | None = None,
) -> list[Head]:
    """The values of a sentence, in order; `measures` are what the learned reading takes for such,
    by which bare numbers are told from others."""
    heads: list[Head] = []
    for q in quantities:
        last = heads[-1] if heads else None
        gap = text[last.end : q.span.start] if last else ""
        if last and _exact(last, q, gap):
            last.quantity = replace(q, span=Span(last.quantity.span.start, q.span.end))
        elif q.kind in ("interval", "p"):
            if last is not None:
                last.attached.append(q)
                _unit_after(text, last, q)
        elif last and _among(last, q, gap):
            last.quantity = _out_of(last.quantity, q)
        elif _named_count(text, q, hits):
            heads.append(Head(replace(q, kind="count", unit="patients")))
        elif _N.search(text, max(0, q.span.start - 6), q.span.start) or (
            last and _whole(last, q, gap)
        ):
            continue
        elif last and _joins(last, q, gap):
            _join(last, q)
        elif _is_value(q, text, hits) or _learned(q, text, measures):
            heads.append(Head(q))
    return heads


def _unit_after(text: str, head: Head, interval: Quantity) -> None:
    """Take the unit of "5.2 (95% CI 4.9, 5.5) mmol/l"."""
    value = head.quantity
    if value.kind != "number" or value.unit is not None or interval.kind != "interval":
        return
    far = UNIT_AFTER.match(text, interval.span.end)
    if far and far["pct"]:
        head.quantity = replace(value, kind="percent", unit="%")
    elif far:
        head.quantity = replace(value, unit=far["unit"])


_ABOUT_SHARE = re.compile(r"[^.;\d(]{0,60}\(\s?")


def _exact(last: Head, q: Quantity, gap: str) -> bool:
    """Whether "nearly two thirds of the group (63%)" gives a rough share its exact value."""
    rough = last.quantity.kind == "proportion" and not last.attached and last.count is None
    return rough and q.kind == "percent" and _ABOUT_SHARE.fullmatch(gap) is not None


_AMONG = re.compile(r"(?:\sof [\w\s-]{3,40}?)?\samong (?:the |all )?")


def _among(last: Head, q: Quantity, gap: str) -> bool:
    """Whether "81 cases of malaria among the 147 children" gives a count its whole."""
    value, whole = last.quantity.value, q.value
    bare = last.quantity.kind in ("count", "number") and last.count is None and not last.attached
    if (
        not bare
        or q.kind not in ("count", "number")
        or q.unit in ("points", "events")
        or value is None
        or whole is None
    ):
        return False
    return 0 <= value <= whole and not value % 1 and _AMONG.fullmatch(gap) is not None


def _out_of(value: Quantity, whole: Quantity) -> Quantity:
    return replace(
        value,
        kind="fraction",
        unit=None,
        span=Span(value.span.start, whole.span.end),
        numerator=int(value.value or 0),
        denominator=int(whole.value or 0),
    )


def _named_count(text: str, q: Quantity, hits: tuple[Hit, ...]) -> bool:
    """Whether "infection (n = 6)" counts those who had what is named before the bracket."""
    if q.kind not in ("number", "count") or q.value is None or q.value % 1:
        return False
    named = [h for h in hits if h.end and h.endpoint.family != "conduct"]
    return any(_NAMED_N.fullmatch(text, h.end, q.span.start) for h in named)


_NAMED_N = re.compile(r"\s?[(\[]\s?[nN]\s?=\s?")


def _whole(last: Head, q: Quantity, gap: str) -> bool:
    """Take the denominator of "9 (69%) of 13 patients"."""
    count = last.count
    if count is None or count.kind == "fraction" or count.value is None or q.value is None:
        return False
    if not re.fullmatch(r"\s?\)\s?(?:out )?of (?:the |all )?", gap) or q.value < count.value:
        return False
    last.count = replace(
        count, kind="fraction", numerator=int(count.value), denominator=int(q.value)
    )
    return True


_OR = re.compile(
    r"[^.;\d]{0,60}?(?:,|\(|–|-|—)\s?(?:or|that is|i\.e\.,?|which is|in other words|equal to|"
    r"making)\s(?:about |roughly |around |just )?"
)


def _joins(last: Head, q: Quantity, gap: str) -> bool:
    """Whether "69% (20/29)", "20 (69%)", "20 of 29 (69%)", "20 got better, or 69%" write one value
    twice."""
    kinds = {last.quantity.kind, q.kind}
    counted = kinds in ({"count", "percent"}, {"fraction", "percent"})
    free = last.count is None and not last.attached and last.quantity.kind != "percent"
    if counted and free and _OR.fullmatch(gap):
        return True
    if (
        last.count is not None
        or last.attached
        or len(gap) > 30
        or not re.search(r"[(\[,]\s?$", gap)
    ):
        return False
    if not re.fullmatch(r"\s?(?:[\w-]+ ){0,3}?[\w-]*\s?[(\[,]\s?", gap):
        return False
    if "," in gap and "fraction" not in kinds:
        return False
    counting = {"fraction", "count", "number"}
    measured = any(x.kind == "number" and x.unit for x in (last.quantity, q))
    return "percent" in kinds and bool(kinds & counting) and q.unit != "events" and not measured


def _join(last: Head, q: Quantity) -> None:
    if last.quantity.kind == "percent":
        last.count = q
    else:
        last.count, last.quantity = last.quantity, q


def _is_value(q: Quantity, text: str, hits: tuple[Hit, ...]) -> bool:
    before, after = text[max(0, q.span.start - 40) : q.span.start], text[q.span.end :]
    if _STATISTIC.search(before):
        return False
    if q.kind in ("percent", "fraction", "proportion", "ratio"):
        if q.kind == "percent" and _CONDITION.search(before):
            return False
        return not (q.kind == "percent" and _THRESHOLD.search(before) and _IMPROVE.match(after))
    if q.kind == "count":
        single = q.spelled and q.value == 1 and q.unit in ("people", "men", "women")
        return not single or _ONE_HAD.match(after) is not None
    near = any(h.end <= q.span.start + 1 and q.span.start - h.end < 90 for h in hits)
    if q.kind == "duration":
        timed = any(lasts(h.endpoint) for h in hits)
        watched = any(h.endpoint.name == "follow-up" and h.end <= q.span.start for h in hits)
        led = _VALUE_LEAD.search(before) or (watched and before.rstrip().endswith("for"))
        return timed and bool(led)
    if _FROM.search(before) or _SIZE_OF.search(before) or (q.spelled and q.value == 1):
        return False
    if q.spelled and q.unit is None and _WITH.search(before):
        return False
    led = _VALUE_LEAD.search(before) is not None
    spread = re.match(r"\s?\(?(?:±|\+/[-−–]|SD\b|\d[\d.]*\)\s?[a-zA-Z%])", after) is not None
    if _SECOND.search(before) and re.match(r"\s?\)", after) and q.unit is None:
        return False
    if (
        q.unit in _MINUTES
        and _TIME_LEAD.search(before)
        and not any(h.endpoint.unit in ("minutes", "min") for h in hits)
    ):
        return False
    if q.unit in ("min", "mins", "minutes", "minute") and _LASTING.search(before):
        return False
    if q.unit is not None:
        return led or spread or (bool(hits) and near)
    if spread and (led or q.decimals > 0):
        return True
    starts = re.match(
        r"\s?(?:in|of which|after|by|with|\(|vs?\b|versus|and|compared|to|for|,|\.|;|$|points)",
        after,
    )
    return bool(hits) and (led or not before.strip(" (")) and (starts is not None or q.decimals > 0)


def _learned(q: Quantity, text: str, measures: tuple[Span, ...] | None) -> bool:
    """Whether a number that no rule takes for a value is one to the learned reading."""
    if not measures or q.kind not in ("number", "count", "duration"):
        return False
    if q.spelled and q.value == 1:
        return False
    before = text[max(0, q.span.start - 40) : q.span.start]
    if any(p.search(before) for p in (_FROM, _SECOND, _THRESHOLD, _SIZE_OF, _STATISTIC)):
        return False
    if q.spelled and q.kind == "number" and _WITH.search(before):
        return False
    return any(q.span.overlaps(m) for m in measures)


_SIZE_OF = re.compile(
    r"(?i)\b(?:groups?|arms?|samples?|cohorts?|total|panel|series|population) of (?:about |"
    r"nearly )?$"
)
# Statistics of a test or of a correlation are no results: "r = 0.42", "F(1, 58) = 4.1".
_STATISTIC = re.compile(
    r"(?:\b(?:Wilks\W{0,3}\S{1,6}|power|p2|rs?|R2|r2|rho|[tFzZ]|df|β|beta|kappa|alpha|ICC|AUC|Q[13])|[χκαηρλʎΛ]p?2?²?|chi.squared?|"
    r"(?i:correlation(?: coefficient)?))\s?(?:\(\d+(?:,\s?\d+)?\))?(?:\s(?:of|was))?\s?[=<>≤≥]?\s?$"
)
_MINUTES = ("min", "mins", "minutes", "minute", "hours", "hour", "h")
_TIME_LEAD = re.compile(
    r"(?i)\b(?:at|after|within|until|up to|for|every|first|last|initial)\s(?:the )?(?:\d+ and )?$"
)
# "participants with compliance of more than 80%": whom the result is about.
_CONDITION = re.compile(
    r"(?i)\b(?:with|who had|whose|if)\s[^.;,\d]{0,40}(?:at least|more than|greater than|less "
    r"than|below|above|"
    r"over|under|≥|>|<|≤)\s?$"
)
_LASTING = re.compile(
    r"(?i)\b(?:sessions?|lasting|lasted|visits?|infusions?|over)\s(?:of\s)?(?:about\s)?$"
)
_WITH = re.compile(r"(?i)\b(?:with|by|on|after)\s$")  # "with two" of the drugs

# "6.9 (3.0": the second number is the spread of the first.
_SECOND = re.compile(r"\d\s?\(\s?$")


def lasts(endpoint: Endpoint) -> bool:
    """Whether the endpoint can be a length of time."""
    return endpoint.unit in ("months", "days", "weeks") or endpoint.family in (
        "survival",
        "disease control",
        "use of care",
    )


def composed(text: str, hits: tuple[Hit, ...], vocabulary: Vocabulary) -> tuple[Hit, ...]:
    """`hits` with a negated list ("no progression, relapse or lesions") as one endpoint."""
    whole = next(
        (e for e in vocabulary.endpoints if e.name == "no evidence of disease activity"), None
    )
    out: list[Hit] = []
    for hit in hits:
        last = out[-1] if out else None
        gap = text[last.end : hit.start] if last else ""
        negated = last is not None and re.match(
            r"(?i)(?:no|without|free)\b", text[last.start : last.end]
        )
        if (
            whole
            and last
            and negated
            and last.endpoint.family == "disease control"
            and hit.endpoint.family
            in ("relapse", "MRI", "disability", "survival", "disease control")
            and re.fullmatch(r"[\s,]*(?:and|or|nor)?\s*(?:[\w-]+ ){0,2}", gap)
        ):
            out[-1] = Hit(whole, last.start, hit.end)
        else:
            out.append(hit)
    return tuple(out)


_MOST = re.compile(
    r"(?i)\bmost(?: (?:common(?:ly reported)?|frequent(?:ly reported)?|often reported|usual))?"
    r"(?: \w+)?\s$"
)


def special(text: str, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """`hits` without "side effect" in "headache was the most common side effect: 12 %", where
    another is named."""
    if len(hits) < 2:
        return hits
    kept = tuple(
        h
        for h in hits
        if "adverse" not in h.endpoint.name or not _MOST.search(text, max(0, h.start - 40), h.start)
    )
    return kept or hits
