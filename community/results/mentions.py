"""One mention from a row: what the sentence says of the value, and what the document adds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from community.results import groups as claim_groups
from community.results import quantities
from community.results import values as claim_values
from community.results.context import Context, as_stated, kind
from community.results.endpoints import Endpoint, Vocabulary
from community.results.heads import Row
from community.results.sentences import Sentence
from community.results.studies import Told
from community.results.trials import Identity
from community.types import Mention, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a sentence stands: document, post, trial spoken of, and what may be carried over."""

    document_id: str
    sentence: Sentence
    context: Context
    vocabulary: Vocabulary
    trial: Identity | None
    post_id: str | None = None
    compared: tuple[str, str] | None = None
    before: Endpoint | None = None  # named last, for sentences that speak on about it
    when: quantities.Quantity | None = None  # the time of the passage
    told: Told | None = None  # studies that the sentence itself names
    chance: float | None = None  # that the sentence tells a result


_SAME_TIME = re.compile(
    r"(?i)\b(?:the |that )?same (?:point|time|year|period|month|stage|follow.up)\b"
)


def built(place: Place, row: Row, part: str | None = None) -> Mention:
    text, context, trial = place.sentence.text, place.context, place.trial
    if place.told is not None:
        trial = place.told.trial(row.at.start, row.at.end)
    main = trial is not None and context.trial is not None and trial.name == context.trial.name
    subgroup = part
    value = claim_values.valued(text, row)
    time, carried = _time(row, context, main, place)
    ratio = "ratio" in (value.measure or "") or value.measure == "difference"
    count = (context.people(row.arm, ratio) if main else None) or value.denominator
    flags = (*value.flags, *(("timepoint-carried",) if carried else ()))
    flags += () if row.endpoint.family else ("endpoint-from-text",)
    flags += ("trial-from-title",) if trial is not None and trial.lent else ()
    flags += _phase(text, row) if row.endpoint.family == "harm" else ()
    flags += ("trial-unnamed",) if trial is not None and trial.unnamed else ()
    return Mention(
        document_id=place.document_id,
        span=_span(place.sentence, row),
        post_id=place.post_id,
        trial=trial.name if trial else None,
        registration=trial.registration if trial else None,
        doi=trial.doi if trial else None,
        population=_population(text, context, main),
        intervention=_intervention(text, row, context, trial, main),
        comparator=row.comparator,
        endpoint=row.endpoint.name,
        measure=value.measure,
        value=value.value,
        unit=value.unit,
        ci_low=value.ci_low,
        ci_high=value.ci_high,
        ci_level=value.ci_level,
        p_value=value.p_value,
        n=count,
        numerator=value.numerator,
        denominator=value.denominator,
        timepoint=time,
        timepoint_months=carried.months()
        if carried
        else (row.time.months() if row.time and time else None),
        followup=context.followup if main else None,
        direction=claim_values.direction(text, row, value),
        subgroup=subgroup,
        arm=row.arm,
        spread_kind=value.spread_kind,
        spread_low=value.spread_low,
        spread_high=value.spread_high,
        flags=flags,
        score=0.6 if not row.endpoint.family else 0.9,
        known_as=trial.known_as if trial else (),
    )


_PHASE = re.compile(
    r"(?i)\b(?:(?P<acute>acute|early|immediate|peri-?\w+)|(?P<late>late|delayed|long-?term))\b"
    r"(?:[\s-]+[\w-]+){0,5}?[\s-]*$"
)


def _phase(text: str, row: Row) -> tuple[str, ...]:
    """When a harm set in, where the text says so: early and late harms are two results."""
    start, end = (row.hit.start, row.hit.end) if row.hit is not None else (row.at.start,) * 2
    found = _PHASE.search(text[max(0, start - 60) : end])
    return ("acute" if found["acute"] else "late",) if found else ()


def _span(sentence: Sentence, row: Row) -> Span:
    """From the endpoint's words to the value and what belongs to it, whichever comes first."""
    places = [row.at] + ([Span(row.hit.start, row.hit.end)] if row.hit else [])
    return sentence.span(min(p.start for p in places), max(p.end for p in places))


def _time(
    row: Row, context: Context, main: bool, place: Place
) -> tuple[str | None, quantities.Quantity | None]:
    """Time point as stated, and the quantity where it is carried over from the document."""
    if row.endpoint.name in ("follow-up", "participants treated"):
        return None, None
    if row.time is not None:
        return as_stated(row.time), None
    share = row.head is None or row.head.unit == "%"
    again = row.hit is not None and row.hit.end == 0 and share and row.endpoint.family
    if place.when is not None and (
        (again and row.endpoint.family == "disease control")
        or _SAME_TIME.search(place.sentence.text)
        or (share and row.head is not None and row.endpoint.family == "disease control")
    ):
        return as_stated(place.when), place.when
    if main and share and row.endpoint.family == "disease control" and context.horizon is not None:
        return context.horizon_text, context.horizon
    return None, None


def part_of(text: str, row: Row, context: Context, anchors: list[Span]) -> str | None:
    """The part of the participants that a row is about.

    What opens a sentence holds for all of it; elsewhere it holds for the value or endpoint that it
    follows.
    """
    found = [(w, a) for w, a, _ in claim_groups.populations(text) if _apart(w, context)]
    part = claim_groups.restriction(text)
    found += [(part[0], part[1])] if part else []
    mine = [row.at] + ([Span(row.hit.start, row.hit.end)] if row.hit else [])
    for words, start in sorted(found, key=lambda f: abs(f[1] - row.at.start)):
        before = [a for a in anchors if a.start < start]
        if not before or max(before, key=lambda a: a.start) in mine:
            return words
    return None


def _apart(who: str, context: Context) -> bool:
    return context.mixed and kind(who) not in ("", kind(context.population or ""))


def _population(text: str, context: Context, main: bool) -> str | None:
    if context.population is not None and main:
        return context.population
    return claim_groups.population(text)


def _intervention(
    text: str, row: Row, context: Context, trial: Identity | None, main: bool
) -> str | None:
    if (
        row.arm
        and not row.against
        and not row.arm.lower().startswith(("intervention", "treatment", "active", "experimental"))
    ):
        return row.arm
    if main:
        return context.intervention
    if trial is not None and trial.intervention:
        return trial.intervention
    return claim_groups.treatment(text)
