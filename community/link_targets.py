"""What a post can refer to: the ledger's claims, trials and interventions, indexed once.

`prepare` makes an `Index`; everything after it asks the index, so that time grows with the words of
a post and the claims in its scope, not with the ledger. A claim is recognised by its number (exact,
rounded, complement), its endpoint in plain words and its time point, a trial by its name, acronym,
author, centre or country, an intervention by its spellings.
"""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from community.lexicon import Term, packaged, packaged_names
from community.quantities import MONTHS, Quantity
from community.relations import Concept, Phrases, Reading, cues
from community.text import words
from community.types import Claim, Ledger, Mention

_GENERIC = frozenset(
    "a an and at by for from in of on or the to with ms et al phase trial trials study studies "
    "series cohort national international multicentre multicenter registry register randomised "
    "randomized controlled clinical open label pilot patients multiple sclerosis one two three "
    "i ii iii iv 1 2 3 4 long term follow up hospital university group stem cell".split()
)
_MOST_TRIALS = 12  # a word that stands in more trials' names names none of them
_PART = 0.5  # weight of an endpoint that is only a part of a composite
_SMALL = 10  # a count below it needs the endpoint beside it
_TREATMENT = "treatment-"
TRANSPLANT = "hsct"
_TRANSPLANT_GROUPS = ("treatment-hsct", "treatment-chemo")
# groups whose course is another treatment's; a painkiller or antibiotic beside a transplant is none
_AGAINST_DISEASE = (
    *_TRANSPLANT_GROUPS,
    *(_TREATMENT + g for g in ("dmt", "cell", "dmard", "biologic", "diet", "alternative")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A claim, reduced to what posts can name it by. `months` is its time point; `percent` its value
    where that is a share of 100; `counts` are its numerator or plain value."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """The ledger, prepared for linking. Picklable; workers are handed this instead of the ledger."""

    profiles: tuple[Profile, ...] = ()
    by_trial: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    by_document: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    by_percent: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    names: Phrases = field(default_factory=lambda: Phrases(()))
    interventions: Mapping[str, str] = field(default_factory=dict)  # family → the ledger's name


@cache
def _treatments() -> tuple[Term, ...]:
    """Treatments as patients spell them, where the package has such a lexicon."""
    names = [name for name in packaged_names() if name == "treatments"]
    return tuple(t for name in names for t in packaged(name).terms if _TREATMENT in t.group)


@cache
def _known_trials() -> tuple[Mapping[str, object], ...]:
    """Facts about published trials that come with the package: acronyms, authors, centres."""
    file = resources.files("community").joinpath("data", "trials.toml")
    rows = (
        tomllib.loads(file.read_text(encoding="utf-8")).get("trial", []) if file.is_file() else []
    )
    return tuple(row for row in rows if isinstance(row, dict))


def family(intervention: str | None) -> str | None:
    """The treatment that an intervention's name stands for, else the name itself, folded."""
    if not intervention:
        return None
    tokens = words(intervention)
    found = _treatment_names().find(tokens)
    named = [tag[1] for *_, tag in sorted(found, key=lambda f: (f[0] - f[1], f[0]))]
    if TRANSPLANT in named:
        return TRANSPLANT
    return named[0] if named else " ".join(token.folded for token in tokens)


@cache
def _treatment_names() -> Phrases:
    return Phrases(
        (spelling, ("treatment-name", _treatment(term), _weight(term)))
        for term in _treatments()
        for spelling in term.spellings
        if len(spelling) > 2
    )


def _treatment(term: Term) -> str:
    """What a term's treatment is called here; all spellings of a transplant and its chemotherapy
    are one."""
    return TRANSPLANT if term.group in _TRANSPLANT_GROUPS else term.id


def _weight(term: Term) -> float:
    return 1.0 if term.group in _AGAINST_DISEASE else 0.0


def treatments(reading: Reading) -> dict[int, set[str]]:
    """Treatments against the disease that are named, by clause."""
    out: dict[int, set[str]] = defaultdict(set)
    for clause, tokens in enumerate(reading.tokens):
        for *_, tag in _treatment_names().find(tokens):
            if tag[2]:
                out[clause].add(tag[1])
    return out


def prepare(ledger: Ledger) -> Index:
    """The index of a ledger. Claims that only posts state are no targets: no document reports them."""
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
        names=Phrases(_trial_names(claims)),
        interventions={k: min(v, key=lambda n: (-v[n], n)) for k, v in interventions.items()},
    )


def trial_of(mention: Mention) -> str | None:
    """What a mention's trial is called in links: its name, else its registration."""
    return mention.trial or mention.registration


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
    )


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


def _trial_names(claims: Iterable[Claim]) -> list[tuple[str, tuple[str, str, float]]]:
    spellings: dict[str, dict[str, float]] = defaultdict(dict)
    for claim in claims:
        for mention in claim.mentions:
            trial = trial_of(mention)
            if trial and trial not in spellings:
                spellings[trial].update(_spellings(trial))
            if trial and mention.registration:
                spellings[trial][mention.registration.casefold()] = 1.0
    users = Counter(spelling for own in spellings.values() for spelling in own)
    return [
        (spelling, ("trial", trial, weight))
        for trial, own in spellings.items()
        for spelling, weight in own.items()
        if users[spelling] <= _MOST_TRIALS
    ]


def _spellings(trial: str) -> dict[str, float]:
    """Ways to write a trial's name. 1: tells it; 0.8: an acronym, to be written as one; 0.5: a
    surname or place, which needs a word for a study beside it."""
    tokens = words(trial)
    out = {" ".join(token.folded for token in tokens): 1.0}
    for token in tokens:
        written = trial[token.start : token.end]
        if token.folded in _GENERIC or len(written) < 3 or written[0].isdigit():
            continue
        if _treatment_names().find([token]):
            continue
        if written.isupper():
            out.setdefault(token.folded, 0.8)
        elif written[0].isupper():
            out.setdefault(token.folded, 0.5)
    for spelling in list(out):
        for group in cues().places.values():
            if spelling in group:
                out.update({other: 0.5 for other in group if other not in out})
    for row in _known_trials():
        if row.get("name") == trial:
            for key, weight in (("acronyms", 0.8), ("authors", 0.5), ("centre", 0.5)):
                listed = row.get(key, [])
                for name in listed if isinstance(listed, list) else []:
                    out.setdefault(" ".join(w.folded for w in words(str(name))), weight)
    return out


def named(index: Index, reading: Reading) -> dict[str, dict[int, float]]:
    """Trials that a post names: clause → weight (0 to 1), by trial."""
    out: dict[str, dict[int, float]] = defaultdict(dict)
    reporting = {reading.clauses[h.clause].sentence for h in reading.hits if h.kind == "report"}
    for clause, tokens in enumerate(reading.tokens):
        near = reading.clauses[clause].sentence in reporting
        for at, end, (_, trial, weight) in index.names.find(tokens):
            written = reading.text[tokens[at].start : tokens[end - 1].end]
            if weight == 0.8:
                weight = 1.0 if near or not written.islower() else 0.3
            elif weight == 0.5:
                weight = 0.9 if near and not written.islower() else 0.3
            out[trial][clause] = max(weight, out[trial].get(clause, 0.0))
    return out


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
