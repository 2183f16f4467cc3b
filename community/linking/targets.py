"""What a post can refer to: the ledger's claims, trials and interventions, indexed once.

`prepare` makes an `Index`; everything after it asks the index, so that time grows with the words of
a post and the claims in its scope, not with the ledger. A claim is recognised by its number (exact,
rounded, complement), its endpoint in plain words and its time point, a trial by its name, acronym,
author, centre or country, an intervention by its spellings.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from community.linking.cues import Concept, Phrases, cues
from community.linking.names import family, family_name, trial_names, trial_of
from community.linking.retrieval import Entry, Shelf, shelve
from community.text import words
from community.types import Claim, Ledger

_STEM = 6  # letters of a word by which two forms of it are one
# words of endpoints that tell none from another
_GENERIC = frozenset({
    "rate", "rates", "free", "with", "without", "from", "after", "events", "event", "outcome",
    "patients", "people", "participants", "change", "overall", "treatment", "related", "treated",
    "patient", "group", "trial", "study", "that", "this", "were", "have", "years", "year",
    "months", "month", "number", "mean", "median", "sustained", "confirmed", "annualised",
    "annualized",
})  # fmt: skip
_PART = 0.5  # weight of an endpoint that is only a part of a composite
_WORDINGS = 3  # of a claim that are searched


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A claim, reduced to what posts can name it by. `months` is its time point; `percent` its
    value where that is a share of 100; `counts` are its numerator or plain value."""

    id: str
    trial: str | None
    family: str | None
    concepts: Mapping[str, float]
    percent: float | None
    counts: tuple[float, ...]
    denominator: float | None
    value: float | None
    unit: str
    interval: tuple[float, float] | None
    n: int | None
    months: float | None
    direction: str | None
    documents: frozenset[str]
    spread: tuple[float, float] | None = None
    terms: frozenset[str] = frozenset()  # content words of endpoint, subgroup and arm, cut to stems


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """The ledger, prepared for linking. Picklable: workers are handed it for the ledger."""

    profiles: tuple[Profile, ...] = ()
    by_trial: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    by_document: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    by_percent: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    names: Phrases = field(default_factory=lambda: Phrases(()))
    interventions: Mapping[str, str] = field(default_factory=dict)  # family → the ledger's name
    shelf: Shelf = field(default_factory=lambda: shelve(()))  # the claims' words, in their order


def prepare(ledger: Ledger) -> Index:
    """The index of a ledger. Claims that only posts state are left out: nothing reports them."""
    claims = [c for c in ledger.claims if any(m.post_id is None for m in c.mentions)]
    profiles = tuple(profile(claim) for claim in claims)
    by_trial: dict[str, list[int]] = defaultdict(list)
    by_document: dict[str, list[int]] = defaultdict(list)
    by_percent: dict[int, list[int]] = defaultdict(list)
    interventions: dict[str, Counter[str]] = defaultdict(Counter)
    for i, (claim, one) in enumerate(zip(claims, profiles, strict=True)):
        if one.trial:
            by_trial[one.trial].append(i)
        for document in one.documents:
            by_document[document].append(i)
        if one.percent is not None:
            by_percent[round(one.percent)].append(i)
        name = claim.best().intervention
        if one.family and name:
            interventions[one.family][name] += 1
    return Index(
        profiles=profiles,
        by_trial={k: tuple(v) for k, v in by_trial.items()},
        by_document={k: tuple(v) for k, v in by_document.items()},
        by_percent={k: tuple(v) for k, v in by_percent.items()},
        names=Phrases(trial_names(claims)),
        interventions={k: family_name(k, v) for k, v in interventions.items()},
        shelf=shelve(map(entry, claims)),
    )


def entry(claim: Claim) -> Entry:
    """What a claim is searched by: its endpoint, what it is about, its words."""
    best = claim.best()
    about = (best.endpoint, best.subgroup, best.arm, best.intervention, best.population, best.trial)
    told = dict.fromkeys(m.text for m in claim.mentions if m.post_id is None and m.text)
    words = tuple(told)[:_WORDINGS]
    return Entry(title=best.endpoint, sentences=(" ".join(part for part in about if part), *words))


def profile(claim: Claim) -> Profile:
    """What posts can name a claim by; each field from the mention that states most, else any."""
    best = claim.best()
    ordered = (best, *(m for m in claim.mentions if m is not best))
    trial = next((t for t in map(trial_of, ordered) if t), None)
    group = family(next((m.intervention for m in ordered if m.intervention), None))
    unit = (best.unit or "").casefold()
    share = unit in ("%", "percent", "per cent")
    percent = best.value if share else None
    if percent is None and best.numerator is not None and best.denominator:
        percent = 100 * best.numerator / best.denominator
    counts = [best.numerator, None if share else best.value]
    both = best.ci_low is not None and best.ci_high is not None
    return Profile(
        id=claim.id,
        trial=trial,
        family=group,
        concepts=concepts(best.endpoint),
        percent=percent,
        counts=tuple(dict.fromkeys(float(c) for c in counts if c is not None)),
        denominator=best.denominator,
        value=best.value,
        unit=unit,
        interval=(best.ci_low or 0.0, best.ci_high or 0.0) if both else None,
        n=best.n,
        months=next((m.timepoint_months for m in ordered if m.timepoint_months), None),
        direction=best.direction,
        documents=frozenset(m.document_id for m in claim.mentions if m.post_id is None),
        spread=next(
            (
                (m.spread_low, m.spread_high)
                for m in ordered
                if m.spread_low is not None and m.spread_high is not None
            ),
            None,
        ),
        terms=frozenset(
            stem
            for m in ordered
            for name in (m.endpoint, m.subgroup, m.arm)
            for stem in stems(name or "")
        ),
    )


def stems(text: str) -> frozenset[str]:
    """Content words of a name, each cut to its first letters, so that "relapsed" is "relapse"."""
    return cut(token.folded for token in words(text))


def cut(folded: Iterable[str]) -> frozenset[str]:
    """As `stems`, of words that are folded already."""
    return frozenset(w[:_STEM] for w in folded if len(w) > 3 and w not in _GENERIC)


@cache
def _claim_words() -> Phrases:
    return Phrases(
        (phrase, ("claim", concept.name, 1.0))
        for concept in cues().concepts
        for phrase in concept.claim
    )


@cache
def concepts(endpoint: str) -> Mapping[str, float]:
    """The endpoints in plain words that an endpoint's name stands for, with weights."""
    found = _claim_words().find(words(endpoint))
    known: Mapping[str, Concept] = {concept.name: concept for concept in cues().concepts}
    out = {tag[1]: 1.0 for *_, tag in found}
    for name in list(out):
        for part in known[name].parts:
            out.setdefault(part, _PART)
    if out.get("death") == 1.0:  # "treatment-related death": the rest of the name qualifies it
        out = {"death": 1.0}
    return out
