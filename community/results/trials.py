"""Which trial a text speaks of: registry numbers, DOIs, acronyms, authors with year, centres.

A known trial (``data/trials.toml``) is recognised by any of them; an unknown one gets its name by
rule: the acronym, "Author year", the registry number, else the document's title.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from community.results.endpoints import KnownTrial, Vocabulary

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]{1,120}")
_REGISTERED = re.compile(
    r"\b(?:NCT\s?0?\d{7,8}|ISRCTN\s?\d{6,8}|ACTRN\s?\d{10,14}|DRKS\s?\d{6,8}|ChiCTR[-\w]{5,20}|"
    r"CTRI/\d{4}/\d\d/\d{4,8}|UMIN\d{6,9}|jRCT\w{6,12}|PACTR\d{10,18}|NTR\s?\d{3,5}|"
    r"(?:EudraCT[^\d]{0,20})?\d{4}-\d{6}-\d{2}(?:-\d\d)?)\b"
)
_ACRONYM = re.compile(
    r"\b(?i:the|in|from|of|and|our|a|called|named) (?"
    r"P<a>[A-Z][A-Za-z]*[A-Z0-9][A-Za-z0-9]*(?:-[A-Z0-9][\w]*)*(?: (?:[IVX]{1,4}|\d)\b)?)"
    r"(?: (?:phase \w+|randomi[sz]ed|clinical|controlled|open-label|extension|pilot)){0,4} "
    r"(?:trials?|stud(?:y|ies)|cohort|registry)\b"
    r"|\((?P<b>[A-Z][A-Za-z]*[A-Z0-9][\w]*(?:-[A-Z0-9]\w*)*)(?:[;,][^()]{0,40})?"
    r"\)[^.;]{0,60}?\b(?:trial|study)\b"
)
_ET_AL = re.compile(
    r"\b(?P<who>[A-Z][a-zà-ÿ'’-]{2,20})(?: [A-Z]{1,3})?,? (?:et al\.?|and colleagues|and (?"
    r":his|her|their) (?:team|colleagues))"
    r"(?:[^()\d]{0,15}[(\s,;]+(?P<year>(?:19|20)\d\d))?"
)
_NO_TRIAL_WORDS = (
    "MS RRMS SPMS PPMS HSCT AHSCT HDIT HCT MRI EDSS NIH FDA EMA NHS UK US USA EU WHO COVID "
    "COVID-19 RCT DMT DMTS EFS PFS DNA RNA HIV COPD T2D CT PET AE AES HR CI OR RR SD IQR BMI "
    "RA ICU BMJ JAMA NEJM PLOS SARS-COV-2 HDIT/HCT II III IV RCTS ASCT "
)
_NOT_TRIALS = frozenset(_NO_TRIAL_WORDS.split())
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
        dict.fromkeys(re.sub(r"\s|EudraCT\D*", "", m[0]) for m in _REGISTERED.finditer(text))
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
        match = _CITATION.search(head) or _ET_AL.search(head)
        year = match and (match["year"] or _year(head))
        if match is None and not found and not numbers:
            continue
        name = f"{match['who']} {year}" if match and year else (numbers or found or ("",))[0]
        if name:
            return Identity(
                name=name,
                registration=numbers[0] if numbers else None,
                doi=found[0] if found else None,
            )
    return None


def main_trial(
    text: str, title: str | None, vocabulary: Vocabulary, page: str = ""
) -> Identity | None:
    """The trial that a document as a whole reports; None where nothing names one.

    `text` is the article with its references; `title` adds to the evidence; `page` is what else
    stands on the page (source lines, reference lists) without what people posted.
    """
    found = _told(text, title, vocabulary)
    if found is not None and (found.known or not re.search(r" \d{4}$|\d{6}", found.name)):
        return found
    source = cited(page, vocabulary)
    if found is None or (source is not None and source.known):
        return source or found
    return found


def _told(text: str, title: str | None, vocabulary: Vocabulary) -> Identity | None:
    """The trial that the article itself names."""
    whole = f"{title or ''}\n{text}"
    found = dois(whole)
    numbers = registrations(whole)
    scored = sorted(
        (
            (_evidence(trial, whole, title or "", found, numbers), -at, trial)
            for at, trial in enumerate(vocabulary.trials)
        ),
        key=lambda s: (-s[0], -s[1]),
    )
    if scored and scored[0][0] >= 3:
        return _identity(scored[0][2], found, numbers)
    name = _rule_name(whole, numbers)
    if name is None:
        return None
    return Identity(
        name=name,
        registration=numbers[0] if numbers else None,
        doi=found[0] if len(found) == 1 else None,
    )


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


def _rule_name(text: str, numbers: tuple[str, ...]) -> str | None:
    counts: dict[str, int] = {}
    for match in _ACRONYM.finditer(text):
        name = match["a"] or match["b"]
        if name.upper() not in _NOT_TRIALS:
            counts[name] = counts.get(name, 0) + 1
    if counts:
        return min(counts, key=lambda n: (-counts[n], n))
    authored = _ET_AL.search(text)
    if authored:
        year = authored["year"] or _year(text)
        return f"{authored['who']} {year}" if year else authored["who"]
    return numbers[0] if numbers else None


def _year(text: str) -> str | None:
    years = re.findall(r"\b((?:19|20)\d\d)\b", text)
    return max(years, key=lambda y: (years.count(y), y)) if years else None


def named(text: str, vocabulary: Vocabulary) -> Identity | None:
    """The trial that a sentence names itself, else None. A name without a word for a study counts
    only as an acronym or number."""
    numbers, found = registrations(text), dois(text)
    best: tuple[float, KnownTrial] | None = None
    hinted = numbers or found or _hint(vocabulary).search(text)
    for trial in vocabulary.trials if hinted else ():
        score = _evidence(trial, text, "", found, numbers)
        if score >= 2 and (best is None or score > best[0]):
            best = score, trial
    if best is not None:
        return _identity(best[1], found, numbers)
    for match in _ACRONYM.finditer(text):
        name = match["a"] or match["b"]
        if name.upper() not in _NOT_TRIALS and match["a"]:
            return Identity(name=name)
    return None
