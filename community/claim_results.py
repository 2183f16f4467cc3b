"""From a row to a result: what counts as one, what it is called, its value, and which way it points."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from community.claim_pairs import UNKNOWN, Row
from community.claim_sentences import Sentence
from community.endpoints import Endpoint, Hit, Vocabulary
from community.quantities import WRITTEN, Quantity
from community.types import Direction, Mention, Span

_PERSONS = (
    r"patients?|participants?|people|persons?|subjects?|individuals?|adults?|women|men|recipients?|"
    r"volunteers?|survivors?|respondents?|completers?"
)
_BOUND = re.compile(
    r";|,|\.\s|\b(?:while|whereas|although|but|though|versus|vs|compared|than|and (?=\d))|[()]"
)
_MEASURE = re.compile(
    r"(?i)\b(median|mean|average|difference|change|hazard ratio|odds ratio|rate|risk|incidence)\b"
)
_TRAILING = re.compile(
    r"(?i)[\s,:;(]*\b(?:was|were|is|are|had|of|at|in|by|to|from|the|a|an|with|for|reached|rate|rates|averaged|"
    r"only|significantly|occurred|reported|observed|seen|achieved|also|increased|decreased|reduced|improved|fell|"
    r"rose|declined|remained|median|mean|than|lower|higher|greater|and|or|up|down|about|nearly|approximately|over|"
    r"as|that|which|who|on average|found|showed|did|has|have|been|being|n|=|between|both|respectively|than)\s*$"
)
_LEADING = re.compile(
    r"(?i)^\s*(?:(?:of|in|the|these|all|our|patients?|participants?|people|women|men|subjects|individuals|children|"
    r"who|that|had|has|have|experienced|achieved|developed|reported|showed|were|was|reached|also|an?|still|having|"
    r"saw|got|demonstrated|remained|with|cases of|cases|events of|and|in the|there|however|overall|results|rates? of|"
    r"significantly|after treatment|findings|showed that|we found that|relapsing|progressive)\b[\s,:]*)+"
)


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


def states_nothing(text: str, section: str, vocabulary: Vocabulary) -> bool:
    """Whether a sentence is an aim, a definition, a supposition, or stands among the methods."""
    if section == "methods" or section == "reference":
        return True
    return any(vocabulary.has("cue", name, text) for name in ("aim", "definition", "hypothetical"))


def _clause(text: str, at: int) -> tuple[int, int]:
    start, end = 0, len(text)
    for match in _BOUND.finditer(text):
        if match[0] in "()":
            continue
        if match.end() <= at:
            start = match.end()
        elif match.start() >= at:
            end = match.start()
            break
    return start, end


def kept(
    text: str, rows: tuple[Row, ...], treated: list[int], vocabulary: Vocabulary
) -> tuple[Row, ...]:
    """Rows that are results: not baseline, forecast, eligibility, or a sample size alone."""
    forecast = vocabulary.cue("cue", "forecast").search(text)
    out = []
    for row in rows:
        head = row.head
        if head is None:
            continue
        a, b = _clause(text, row.at.start)
        around = text[a:b]
        if forecast and forecast.start() < row.at.start and not re.search(r"(?i)\bshow(?:n|ed)\b", text[: forecast.start()]):
            continue
        if any(vocabulary.has("cue", name, around) for name in ("baseline", "eligibility")):
            continue
        counted = head.kind == "count" and row.count is None
        if counted and (vocabulary.has("cue", "enrolled", around) or treated):
            if row.hit is None or row.hit.start < row.at.start or treated:
                continue
        if head.kind in ("count", "number") and row.hit is None:
            if not (head.kind == "count" and re.match(r"\s(?:had|developed|experienced|achieved|reported|died|discontinued|stopped)\b", text[row.at.end :])):
                continue
        out.append(row)
    return tuple(out)


def with_names(text: str, rows: tuple[Row, ...], section: str) -> tuple[Row, ...]:
    """Rows whose endpoint the vocabulary lacks get a name from the text, or go."""
    out: list[Row] = []
    for i, row in enumerate(rows):
        if row.endpoint is not UNKNOWN:
            out.append(row)
            continue
        same = out and rows[i - 1] is not None and row.at.start - out[-1].at.end < 60
        name = _after(text, row) or _before(text, row)
        if same and out and (name is None or _versus(text, out[-1], row)):
            out.append(replace(row, endpoint=out[-1].endpoint, hit=out[-1].hit))
        elif name:
            out.append(replace(row, endpoint=Endpoint(name=name)))
    return tuple(out)


def _versus(text: str, last: Row, row: Row) -> bool:
    gap = text[last.at.end : row.at.start]
    return re.search(r"(?i)\b(?:vs|versus|compared|than|and)\b|^[\s,]*$", gap) is not None


def _after(text: str, row: Row) -> str | None:
    rest = text[row.at.end : row.at.end + 120]
    lead = re.match(
        rf"(?i)\s?(?:\([^()]{{0,40}}\)\s?)?(?:of (?:the |all |these |our )?)?(?:[\w-]+ ){{0,3}}?(?:{_PERSONS})"
        rf"(?: (?:who|in the [\w ]{{1,30}} (?:group|arm)|(?:receiv|treat|tak)\w+ (?:with )?[\w-]+|with [\w -]{{1,40}}?))?"
        rf" (?P<verb>had|experienced|achieved|developed|reported|showed|were|was|reached|remained|saw|became|lost|gained|needed|required|stopped|felt)\b",
        rest,
    )
    if lead is None and row.head is not None and row.head.kind == "count":
        lead = re.match(r"(?i)\s(?:had|developed|experienced|achieved|reported)\b", rest)
    if lead is None:
        return None
    stop = re.search(
        r"(?i)[,.;()]|\b(?:after|at|in the|in|versus|vs|compared|than|while|whereas|but|by|during|within|and (?=\d)|following|over|with)\b|\d",
        rest[lead.end() :],
    )
    return _name(rest[lead.end() : lead.end() + stop.start() if stop else len(rest)])


def _before(text: str, row: Row) -> str | None:
    start, _ = _clause(text, row.at.start)
    lead = text[start : row.at.start]
    if not lead.strip():
        return None
    while (cut := _TRAILING.search(lead)) is not None:
        lead = lead[: cut.start()]
    lead = re.split(r"(?i)\b(?:that|which|in the \w+ group|showed|found)\b", lead)[-1]
    lead = re.split(r"(?i)\b(?:at|after|by) (?:week|month|day|year|\d)", lead)[0]
    return _name(lead)


def _name(words: str) -> str | None:
    bare = _LEADING.sub("", words.strip(" ,:;()–-“”\"'"))
    bare = re.sub(r"\([^()]*\)?", " ", bare)
    parts = bare.split()[:8]
    while parts and parts[-1].lower() in ("the", "of", "a", "an", "and", "or", "was", "were", "to", "with", "for"):
        parts.pop()
    name = " ".join(parts).strip(" ,:;()–-")
    if len(name) < 3 or not re.search(r"[a-z]{3}|[A-Z]{2}", name):
        return None
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def fixed(text: str, rows: tuple[Row, ...], hits: tuple[Hit, ...]) -> tuple[Row, ...]:
    """Rows of deaths that the sentence says were not due to treatment, under that endpoint; early
    deaths after treatment stay deaths."""
    unrelated = next((h for h in hits if h.endpoint.name == "deaths not related to treatment"), None)
    if unrelated is None:
        return rows
    return tuple(
        replace(row, endpoint=unrelated.endpoint) if row.endpoint.name == "mortality" else row
        for row in rows
    )


def without_number(
    text: str,
    hits: tuple[Hit, ...],
    used: set[Hit],
    times: tuple[Quantity, ...],
    vocabulary: Vocabulary,
) -> Iterator[tuple[Row, Direction]]:
    """Results that a sentence states in words alone, each endpoint once."""
    forecast = vocabulary.cue("cue", "forecast").search(text)
    if forecast and not re.search(r"(?i)\b(?:shown|found|showed)\b", text[: forecast.start()]):
        return
    if not vocabulary.has("result", "reported", text) and not vocabulary.has("result", "better", text):
        return
    seen = {hit.endpoint.name for hit in used}
    for hit in hits:
        if hit in used or hit.endpoint.name in seen or hit.endpoint.name == "follow-up":
            continue
        start, end = _stretch(text, hit)
        if any(h.start >= start and h.end <= end and h.endpoint.family == hit.endpoint.family for h in used):
            continue
        if re.search(r"(?i)\b(?:more|less) likely\b", text[hit.end : end]):
            continue  # what stands before "more likely" foretells, what stands after is foretold
        around = text[start:end]
        if vocabulary.has("cue", "baseline", around) and not vocabulary.has("result", "up", around):
            continue
        way = _way(around, text[start : hit.start], text[hit.start : hit.end], hit.endpoint, vocabulary)
        if way is None:
            continue
        seen.add(hit.endpoint.name)
        near = [t for t in times if start <= t.span.start < end] or [t for t in times if t.span.start < start]
        time = near[0] if len({t.months() for t in near}) == 1 else None
        at = Span(hit.start, hit.end)
        yield Row(endpoint=hit.endpoint, head=None, at=at, hit=hit, time=time), way


_STRETCH = re.compile(
    r";|\b(?:while|whereas|although|but|though)\b|,? and (?=there |no |scientists|researchers|was |were |is )"
    rf"|, (?={WRITTEN} (?:[\w-]+ )?(?:{_PERSONS}))"
)


def _stretch(text: str, hit: Hit) -> tuple[int, int]:
    start, end = 0, len(text)
    for match in _STRETCH.finditer(text):
        if match.end() <= hit.start:
            start = match.end()
        elif match.start() >= hit.end:
            return start, match.start()
    return start, end


def clause_span(sentence: Sentence, row: Row) -> Span:
    """The clause that states a result in words, as a span of the document."""
    hit = row.hit or Hit(row.endpoint, row.at.start, row.at.end)
    start, end = _stretch(sentence.text, hit)
    words = sentence.text[start:end]
    lead = len(words) - len(words.lstrip(" ,.;:–-"))
    return sentence.span(start + lead, start + len(words.rstrip(" ,;:")))


def _flip(way: Direction) -> Direction:
    return {"favourable": "unfavourable", "unfavourable": "favourable"}.get(way, way)  # type: ignore[return-value]


def _way(
    around: str, before: str, own: str, endpoint: Endpoint, vocabulary: Vocabulary
) -> Direction | None:
    """Which way a result in words points; None where the words state none."""

    def has(name: str, where: str) -> bool:
        return vocabulary.has("result", name, where)

    high: Direction = endpoint.high
    near = before[-60:]
    if has("same", around):
        return "neutral"
    if has("none", near) and not re.match(r"(?i)no\b|without|not\b", own):
        return _flip(high) if high != "neutral" else "neutral"
    if has("few", near[-35:]):
        return _flip(high)
    risk = has("worse", around) or re.search(r"(?i)\bmore likely\b", around)
    if has("better", own) or endpoint.family == "disease control" and re.match(
        r"(?i)no\b|without|free|prevent|halt|stop|not |.*(?:froz|freez|stable|halted|arrested)", own
    ):
        return high if has("reported", around) else None
    if has("better", around):
        return "favourable"
    if risk:
        return high if endpoint.high != "neutral" else "unfavourable"
    if has("down", around):
        return _flip(high)
    if has("up", around):
        return high
    if endpoint.family == "harm" and re.search(r"(?i)\binclud(?:ed|es)\b|\bwere (?:mostly|mainly|mild|common|reported)\b", around[len(before) :]):
        return high
    return None


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
    flags = ("approximate",) if head.approximate or head.kind == "proportion" else ()
    if k is not None and n and head.unit == "%" and head.value is not None:
        if abs(100 * k / n - head.value) > 0.5 * 10**-head.decimals + 0.5:
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
        p_value=f"{p.name}{p.value:g}" if p and p.value is not None else ("NS" if p else None),
        spread_kind=spread.name if spread else ("range" if head.value is None else None),
        spread_low=low,
        spread_high=high,
        flags=flags,
    )


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
        if re.fullmatch(_PERSONS, noun):
            return "patients"
        return noun if noun == "children" or noun.endswith("s") else noun + "s"
    if head.kind == "number" and head.unit in (None, "points", "point"):
        if head.unit is None and endpoint.unit == "%":
            return None
        return endpoint.unit if endpoint.unit not in ("", "%") else "points"
    return head.unit


def _measure(text: str, row: Row) -> str | None:
    head = row.head
    if head is None:
        return None
    if head.kind == "ratio":
        return head.name
    start = min(row.at.start, row.hit.start) if row.hit and row.hit.end <= row.at.start else row.at.start
    words = _MEASURE.findall(text[max(0, start - 30) : row.at.start])
    told = [w.lower() for w in words if w.lower() in ("median", "mean", "average", "difference")]
    if head.kind in ("number", "duration") and told:
        return told[0].replace("average", "mean")
    if head.kind in ("count", "fraction"):
        return "count"
    if head.kind in ("percent", "proportion"):
        return told[0] if told and head.unit != "%" else "proportion"
    changed = re.search(r"(?i)\b(?:change|improve|decrease|reduc|increase|fell|rose)", text[max(0, row.at.start - 40) : row.at.start])
    return "change" if changed else "value"


def direction(text: str, row: Row, value: Value) -> Direction | None:
    """Which way a valued result points for the people treated."""
    high, head = row.endpoint.high, row.head
    if head is None or row.against:
        return "neutral" if row.against else None
    insignificant = value.p_value is not None and _not_significant(value)
    if row.comparator and insignificant:
        return "neutral"
    if not row.endpoint.family:
        return "neutral"
    if head.kind == "ratio" and value.value is not None:
        if value.ci_low is not None and value.ci_high is not None and value.ci_low <= 1 <= value.ci_high:
            return "neutral"
        risky = high == "unfavourable" or (head.name or "").startswith("hazard")
        return "favourable" if (value.value < 1) == risky else "unfavourable"
    start, end = _clause(text, row.at.start)
    near = text[max(start, row.at.start - 60) : min(end, row.at.end + 30)].lower()
    if re.search(r"\bimprov", near) and row.endpoint.name != "EDSS improvement":
        return "favourable"
    falls = re.search(r"\b(?:decreas|reduc|fell|lower|declin|drop)", near) is not None
    measured = head.kind == "number" or head.unit == "percentage points"
    if high != "neutral" and ((measured and (head.value or 0) < 0) or falls) and "improvement" not in row.endpoint.name:
        return _flip(high)
    return high


def _not_significant(value: Value) -> bool:
    told = value.p_value or ""
    if told == "NS" or told.startswith((">", "≥")):
        return True
    digits = re.search(r"[\d.]+", told)
    return digits is not None and float(digits[0]) >= 0.05


def reconciled(drafts: list[tuple[Mention, str]]) -> Iterator[Mention]:
    """Mentions, where a rounded value under a lay paraphrase ("no signs of disease", "frozen")
    takes the endpoint of the exact value of the same trial that it rounds."""
    exact = [m for m, said in drafts if m.value is not None and _literal(m, said) and m.unit == "%"]
    for mention, said in drafts:
        if mention.unit != "%" or mention.value is None or _literal(mention, said):
            yield mention
            continue
        match = [e for e in exact if _rounds(mention, e)]
        own = [e for e in exact if e.endpoint == mention.endpoint and e.value == mention.value]
        names = {e.endpoint for e in match}
        if len(names) == 1 and not own:
            flags = (*mention.flags, "endpoint-from-context")
            yield replace(mention, endpoint=match[0].endpoint, flags=flags)
        else:
            yield mention


def _literal(mention: Mention, said: str) -> bool:
    """Whether the text used the endpoint's own name or abbreviation, not a paraphrase."""
    stems = re.findall(r"[a-z]{3,}", mention.endpoint.lower())
    words = said.lower()
    return said.isupper() or ("survival" in words and any(s in words for s in stems))


def _rounds(rough: Mention, exact: Mention) -> bool:
    if rough.value is None or exact.value is None or exact.value == rough.value:
        return False
    if "survival" not in exact.endpoint or (rough.trial, rough.subgroup, rough.arm) != (
        exact.trial,
        exact.subgroup,
        exact.arm,
    ):
        return False
    if None not in (rough.timepoint_months, exact.timepoint_months) and (
        rough.timepoint_months != exact.timepoint_months
    ):
        return False
    slack = 1.0 if "approximate" in rough.flags else 0.5
    return abs(rough.value - exact.value) <= slack
