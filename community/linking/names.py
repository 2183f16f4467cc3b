"""Names that posts call things by: treatments as patients spell them, trials by name, acronym,
author, centre or country.
"""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

from community.lexicon import Term, packaged, packaged_names
from community.linking.cues import Phrases, cues
from community.linking.relations import Reading
from community.text import words
from community.types import Claim, Mention

_MOST_TRIALS = 12  # a word that stands in more trials' names names none of them
_TREATMENT = "treatment-"
TRANSPLANT = "hsct"
_VOWELS = frozenset("aeiouy")
_TRANSPLANT_GROUPS = ("treatment-hsct", "treatment-chemo")
# groups whose course is another treatment's; a painkiller or antibiotic beside a transplant is none
_AGAINST_DISEASE = (
    *_TRANSPLANT_GROUPS,
    *(_TREATMENT + g for g in ("dmt", "cell", "dmard", "biologic", "diet", "alternative")),
)


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
def _families() -> frozenset[str]:
    return frozenset(_treatment(term) for term in _treatments())


def family_name(family: str, stated: Counter[str]) -> str:
    """What a family of treatments is called in links: one name however reports put it.

    Args:
        family: as `family` gives it.
        stated: how often the ledger uses which name for it.
    """
    if family in _families():
        return family if _VOWELS & set(family) else family.upper()  # no vowels: initials
    return min(stated, key=lambda name: (-stated[name], name))


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


def trial_of(mention: Mention) -> str | None:
    """What a mention's trial is called in links: its name, else its registration."""
    return mention.trial or mention.registration


def trial_names(claims: Iterable[Claim]) -> list[tuple[str, tuple[str, str, float]]]:
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
        if token.folded in cues().generic or len(written) < 3 or written[0].isdigit():
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


def named(names: Phrases, reading: Reading) -> dict[str, dict[int, float]]:
    """Trials that a post names: clause → weight (0 to 1), by trial."""
    out: dict[str, dict[int, float]] = defaultdict(dict)
    reporting = {reading.clauses[h.clause].sentence for h in reading.hits if h.kind == "report"}
    for clause, tokens in enumerate(reading.tokens):
        near = reading.clauses[clause].sentence in reporting
        for at, end, (_, trial, weight) in names.find(tokens):
            written = reading.text[tokens[at].start : tokens[end - 1].end]
            if weight == 0.8:
                weight = 1.0 if near or not written.islower() else 0.3
            elif weight == 0.5:
                weight = 0.9 if near and not written.islower() else 0.3
            out[trial][clause] = max(weight, out[trial].get(clause, 0.0))
    return out
