"""Which trial a text speaks of: registry numbers, DOIs, acronyms, authors with year, centres.

A known trial (``data/trials.toml``) is recognised by any of them; an unknown one gets its name by
rule: the acronym, "Author year", the registry number, else the document's title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from community.reported import Reported
from community.results.endpoints import KnownTrial, Vocabulary

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]{1,120}")
# ClinicalTrials.gov, ISRCTN, ANZCTR, DRKS, ChiCTR, CTRI, UMIN, jRCT, PACTR, the Dutch, Korean,
# Iranian, Thai, Sri Lankan, Brazilian and Cuban registers, EudraCT and CTIS
REGISTERED = (
    r"\b(?:NCT\s?0?\d{7,8}|ISRCTN\s?\d{6,8}|ACTRN\s?\d{10,14}|DRKS\s?\d{6,8}|ChiCTR[-\w]{5,20}|"
    r"CTRI/\d{4}/\d\d/\d{4,8}|UMIN\d{6,9}|jRCT\w{6,12}|PACTR\d{10,18}|NTR\s?\d{3,5}|KCT\d{7}|"
    r"IRCT\d{8,16}N\d{1,3}|TCTR\d{8,14}|SLCTR/\d{4}/\d{3}|RBR-[0-9a-z]{6,8}|RPCEC\d{8}|"
    r"(?:(?:EudraCT|CTIS)[^\d]{0,20})?\d{4}-\d{6}-\d{2}(?:-\d\d)?)\b"
)
_REGISTERED = re.compile(REGISTERED)
ET_AL = re.compile(
    r"\b(?P<who>[A-Z][a-zà-ÿ'’-]{2,20})(?: [A-Z]{1,3})?,? (?:et al\.?|and colleagues|and (?"
    r":his|her|their) (?:team|colleagues))"
    r"(?:[^()\d]{0,15}[(\s,;]+(?P<year>(?:19|20)\d\d))?"
)
_NO_TRIAL_WORDS = (
    "MS RRMS SPMS PPMS HSCT AHSCT HDIT HCT MRI EDSS NIH FDA EMA NHS UK US USA EU WHO COVID "
    "COVID-19 RCT DMT DMTS EFS PFS DNA RNA HIV COPD T2D CT PET AE AES HR CI OR RR SD IQR BMI "
    "RA ICU BMJ JAMA NEJM PLOS SARS-COV-2 HDIT/HCT II III IV RCTS ASCT "
)
NOT_TRIALS = frozenset(_NO_TRIAL_WORDS.split())
_STUDY = (
    r"(?:trials?|stud(?:y|ies)|patients|paper|team|colleagues|group|et al|data|results|"
    r"\b(?:19|20)\d\d\b)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A trial as far as a text tells it; `known` where the vocabulary has it."""

    name: str
    registration: str | None = None
    doi: str | None = None
    intervention: str | None = None
    population: str | None = None
    known: bool = False
    lent: bool = False  # the document's title stands in for a name
    unnamed: bool = False  # the document says no more than "a pilot study"
    author: str | None = None  # family name
    year: str | None = None
    place: str | None = None
    known_as: tuple[str, ...] = ()  # further names: "Doe 2017"


def trial_key(name: str | None, registration: str | None, doi: str | None) -> str:
    """A key under which two names of one trial meet, as far as the words alone can tell."""
    return re.sub(r"[\W_]+", "", (name or registration or doi or "").lower())


def dois(text: str) -> tuple[str, ...]:
    """DOIs in a text, in order, without closing punctuation."""
    found = (m[0].rstrip(".,;:)]}'’”") for m in _DOI.finditer(text))
    return tuple(dict.fromkeys(found))


def registrations(text: str) -> tuple[str, ...]:
    """Registry numbers in a text, blanks left out."""
    return tuple(
        dict.fromkeys(
            re.sub(r"\s|(?:EudraCT|CTIS)\D*", "", m[0]) for m in _REGISTERED.finditer(text)
        )
    )


_CITATION = re.compile(
    r"\b(?P<who>[A-Z][a-zà-ÿ'’-]{2,20}) [A-Z]{1,3}(?=,| et al|\.)(?P<rest>[^\n]{0,500}?)"
    r"\b(?P<year>(?:19|20)\d\d)\b"
)
_SOURCE = re.compile(
    r"(?i)\bdoi\b|\bjournal\b|et al\b|\bN Engl J Med|\bLancet|\bJAMA|\bNeurology|\bBMJ|\d;\s?\d|"
    r"\(\d+\):"
)


def cited(text: str, vocabulary: Vocabulary) -> Identity | None:
    """The study that the source line of a page names ("Source: Smith AB, et al. Journal 2019. doi:
    …"), wherever on the page it stands; the first of several.

    A known trial is recognised by its DOI or number, or its first author with the year; any other
    is called "Author year".
    """
    for line in text.splitlines():
        head = line[:2000]
        found, numbers = dois(head), registrations(head)
        if not found and not numbers and not _SOURCE.search(head):
            continue
        for trial in vocabulary.trials:
            if _evidence(trial, head, "", found, numbers) >= 3:
                return _identity(trial, found, numbers)
        if not found and not numbers and (len(line) > 600 or re.search(r"\d\s?%", head)):
            continue  # running text that cites somebody
        match = _CITATION.search(head) or ET_AL.search(head)
        year = match and (match["year"] or _year(head))
        if match is None and not found and not numbers:
            continue
        name = f"{match['who']} {year}" if match and year else (numbers or found or ("",))[0]
        if name:
            return Identity(
                name=name,
                registration=numbers[0] if numbers else None,
                doi=found[0] if found else None,
                author=match["who"] if match else None,
                year=year or None,
            )
    return None


def identified(study: Reported, vocabulary: Vocabulary) -> Identity | None:
    """The trial that a source's own fields name: a known one by its number, DOI or acronym, else
    its acronym, its first author with the year, or its number; None where they name none.

    Several numbers are those of one study (a registry's record, whose own comes first) only with an
    acronym or without a DOI: an article with several reports several studies.
    """
    numbers = study.registrations
    known = _of_fields(study, vocabulary)
    if known is not None:
        return _identity(known, (study.doi,) if study.doi else (), numbers)
    one = numbers[0] if len(numbers) == 1 or (numbers and not study.doi) else None
    authored = f"{study.author} {study.year}" if study.author and study.year else None
    name = study.name or authored or one or study.doi
    if not name:
        return None
    return Identity(
        name=name,
        registration=one,
        doi=study.doi,
        author=study.author,
        year=str(study.year) if study.year else None,
        known_as=(authored,) if authored and authored != name else (),
    )


def _of_fields(study: Reported, vocabulary: Vocabulary) -> KnownTrial | None:
    for trial in vocabulary.trials:
        named = study.name and any(_acronym(a).fullmatch(study.name) for a in trial.acronyms)
        if named or (study.doi and study.doi.lower() in {d.lower() for d in trial.doi}):
            return trial
    if len(study.registrations) == 1 or not study.doi:
        mine = set(study.registrations)
        return next((t for t in vocabulary.trials if mine & set(t.registration)), None)
    return None


def told(text: str, title: str | None, vocabulary: Vocabulary) -> Identity | None:
    """The known trial for which an article's own words speak most; None where they hardly do."""
    whole = f"{title or ''}\n{text}"
    found, numbers = dois(whole), registrations(whole)
    scored = [
        (_evidence(trial, whole, title or "", found, numbers), -at, trial)
        for at, trial in enumerate(vocabulary.trials)
    ]
    best = max(scored, key=lambda s: s[:2], default=None)
    if best is None or best[0] < 3:
        return None
    return _identity(best[2], found, numbers)


def _evidence(
    trial: KnownTrial, text: str, title: str, found: tuple[str, ...], numbers: tuple[str, ...]
) -> float:
    score = 6.0 * bool({d.lower() for d in trial.doi} & {d.lower() for d in found})
    score += 6.0 * bool(set(trial.registration) & set(numbers))
    for acronym in trial.acronyms:
        pattern = _acronym(acronym)
        score += min(4.0, 3.0 * len(pattern.findall(text))) + 2.0 * bool(pattern.search(title))
    for author in trial.authors:
        if _author(author).search(text):
            score += 2.0 + any(str(year) in text for year in trial.years)
    places = sum(bool(re.search(rf"\b{re.escape(place)}\b", text)) for place in trial.centre)
    if places >= 2 and (not trial.years or any(str(y) in text for y in trial.years)):
        score += 3.0
    return score


@cache
def _acronym(acronym: str) -> re.Pattern[str]:
    loose = re.escape(acronym).replace(r"\-", r"[-\s‐‑–]?").replace(r"\ ", r"[-\s]?")
    return re.compile(rf"(?<![\w-]){loose}(?![\w-])")


@cache
def _hint(vocabulary: Vocabulary) -> re.Pattern[str]:
    """Any acronym, author or centre of the known trials: most sentences hold none."""
    known = vocabulary.trials
    ways = [_acronym(a).pattern for trial in known for a in trial.acronyms]
    ways += [re.escape(w) for trial in known for w in (*trial.authors, *trial.centre)]
    return re.compile("|".join(dict.fromkeys(ways)) or r"(?!)")


@cache
def _author(author: str) -> re.Pattern[str]:
    name = re.escape(author)
    return re.compile(
        rf"\b{name}\b(?:['’]s)?[^.;]{{0,80}}?\b{_STUDY}|\b(?:author|quoting|led by|by|"
        rf"Professor|Prof\.?|Dr\.?) (?:[A-Z]\w+ )?{name}\b"
        rf"|\b{name} [A-Z]{{1,3}}, "
    )


def _identity(trial: KnownTrial, found: tuple[str, ...], numbers: tuple[str, ...]) -> Identity:
    ours = {d.lower() for d in trial.doi}
    doi = next((d for d in found if d.lower() in ours), None)
    number = next((n for n in numbers if n in trial.registration), None)
    return Identity(
        name=trial.name,
        registration=number or (trial.registration[0] if trial.registration else None),
        doi=doi,
        intervention=trial.intervention,
        population=trial.population,
        known=True,
    )


def _year(text: str) -> str | None:
    years = re.findall(r"\b((?:19|20)\d\d)\b", text)
    return max(years, key=lambda y: (years.count(y), y)) if years else None


def known_in(text: str, vocabulary: Vocabulary) -> Iterator[tuple[int, int, Identity]]:
    """Known trials that a sentence names, with the places of their names in it.

    A name without a word for a study counts only as an acronym or number; an author only without
    the year of another study.
    """
    numbers, found = registrations(text), dois(text)
    if not (numbers or found or _hint(vocabulary).search(text)):
        return
    for trial in vocabulary.trials:
        if _evidence(trial, text, "", found, numbers) < 2:
            continue
        places = [m.span() for a in trial.acronyms for m in _acronym(a).finditer(text)]
        for author in trial.authors:
            places += [m.span() for m in _of_author(author, trial, text)]
        for told in (*trial.doi, *trial.registration):
            at = text.lower().find(told.lower())
            places += [(at, at + len(told))] if at >= 0 else []
        if not places:
            spots = [m.span() for c in trial.centre for m in re.finditer(re.escape(c), text)]
            places = spots[:1] if not trial.authors or _centred(trial, text) else []
        for start, end in places:
            yield start, end, _identity(trial, found, numbers)


def _centred(trial: KnownTrial, text: str) -> bool:
    places = sum(bool(re.search(rf"\b{re.escape(place)}\b", text)) for place in trial.centre)
    return places >= 2


def _of_author(author: str, trial: KnownTrial, text: str) -> Iterator[re.Match[str]]:
    """An author's name where it speaks of a study, of this trial's year if of any."""
    if not _author(author).search(text):
        return
    for match in re.finditer(rf"\b{re.escape(author)}\b", text):
        year = re.match(r"[^.;\d]{0,40}?\b((?:19|20)\d\d)\b", text[match.end() :])
        if year is None or not trial.years or int(year[1]) in trial.years:
            yield match
