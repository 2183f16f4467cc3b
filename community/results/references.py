"""Words by which a sentence points to a study: acronyms, authors, places, "that trial", "ours".

Finding only: whom a reference means is told by `community.results.studies`. Spans are offsets into
the sentence.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Literal

Kind = Literal["author", "place", "own", "this", "that", "bare", "former", "latter", "nth", "other"]

_NOUN = (
    r"(?:trials?|stud(?:y|ies)|series|cohorts?|registr(?:y|ies)|analys[ei]s|papers?|reports?|"
    r"investigation|project|programme|program)"
)
_HEAD = (
    rf"(?:{_NOUN}|ones?|group|team|centre|center|investigators|researchers|data|patients|"
    r"experience)"
)
_MORE = (
    r"(?:(?:multi-?cent(?:re|er)|single-?cent(?:re|er)|randomi[sz]ed|controlled|clinical|pooled|"
    r"observational|retrospective|prospective|open-label|small|smaller|large|larger|pivotal|"
    r"registry|phase (?:[1-4][ab]?|I{1,3}V?)|long-term|follow-up|extension|original|main|new|"
    r"latest|[a-z]+-?year) ){0,3}"
)
_SURNAME = (
    r"(?:(?:[Vv]an|[Vv]on|[Dd]e|del|der|den|di|da|la|le|el|al|ten|ter)[ -]){0,2}"
    r"[A-ZÀ-Þ][a-zà-ÿ'’-]{0,20}(?:[A-Z-][a-zà-ÿ]{1,20})?[a-zà-ÿ]"
)
_YEAR = r"(?:19|20)\d\d"
_COLLEAGUES = (
    r"(?:,? et al\.?|,? and (?:his |her |their )?"
    r"(?:colleagues|co-?workers|team|others|collaborators))"
)
_PLACE_WORD = r"[A-ZÀ-Þ][a-zà-ÿ'’-]{2,20}(?: [A-ZÀ-Þ][a-zà-ÿ'’-]{2,20}){0,2}"
_AUTHOR = re.compile(
    rf"\b(?P<a>{_SURNAME})(?: [A-Z]{{1,3}}\b)?{_COLLEAGUES}(?:['’]s?)?"
    rf"(?:,? ?(?:in )?[(\[]?(?P<ay>{_YEAR})\b[)\]]?)?"
    rf"|[(\[](?P<b>{_SURNAME}),? (?P<by>{_YEAR})[a-z]?[)\];,]"
    rf"|\b(?P<c>{_SURNAME}) [(\[](?P<cy>{_YEAR})[a-z]?[)\]]"
    rf"|\b(?P<d>{_SURNAME}) (?P<dy>{_YEAR}) (?=(?:is|was|were|has|had|reported|found|showed|pooled|"
    rf"{_NOUN}|in which|which|with)\b|\()"
    rf"|\b(?P<e>{_SURNAME})['’]s? (?:(?P<ey>{_YEAR}) )?(?:own )?{_MORE}"
    rf"(?:{_NOUN}|group|team|patients)\b"
    rf"|\b(?:{_NOUN}|team|group)(?: (?:in|from|at) {_PLACE_WORD})?,? "
    rf"(?:(?:led |headed |published |reported )?by|of|from) (?P<f>(?:(?<=by )|(?=(?:Dr|Prof)))"
    rf"(?:Dr\.? |Prof(?:essor|\.)? )?(?:[A-Z][a-z]+ (?=[A-Z]))?{_SURNAME})"
    rf"(?:{_COLLEAGUES})?(?: \(?(?P<fy>{_YEAR})\)?)?"
)
# capitalised words that stand where a surname could
_NO_SURNAMES = frozenset({
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December", "In", "Since", "By", "Until", "From", "During", "Before",
    "After", "Between", "Published", "The", "This", "That", "These", "Those", "It", "They", "Its",
    "Our", "Their", "His", "Her", "Lancet", "Neurology", "Nature", "Science", "Circulation",
    "Brain", "Blood", "Gut", "Hospital", "University", "Institute", "Clinic", "Professor", "Doctor",
    "Dr", "Prof", "Phase", "Week", "Month", "Year", "Day", "Table", "Figure", "Group", "Part",
    "Study", "Trial", "Europe", "Patients", "Researchers", "Investigators", "Treatment", "Placebo",
    "Covid", "Journal", "Medicine", "Today", "Last", "Results", "Updated", "Spring", "Summer",
    "Autumn", "Winter", "Early", "Late", "Mid", "Olympic", "Report",
})  # fmt: skip
_SPAN = rf"(?P<from>{_YEAR})\s?(?:[-–—/]|to|until|and|through)\s?(?P<to>{_YEAR}|\d\d)"
_SERIES = re.compile(
    rf"\b[Tt]he (?P<place>{_PLACE_WORD})(?: {_MORE}| )(?:series|cohort|experience|programme|"
    rf"program|registry|centre|center|study|trial|group|patients)\b"
    rf"(?:,? (?:of |from |\()?{_SPAN}\)?)?"
)
_WHERE = re.compile(
    rf"\b(?:in|at|from) (?:the )?(?P<place>{_PLACE_WORD})\b[^.;]{{0,40}}?\b{_SPAN}\b"
)
_OWN = re.compile(rf"\b(?:we|[Oo]ur|[Ww]e|[Oo]urs|the present {_HEAD}|the current {_HEAD})\b")
_THIS = re.compile(rf"(?i)\bthis {_MORE}{_NOUN}\b|\bherein\b")
_THAT = re.compile(
    rf"(?i)\b(?:that|those|these|its|their|his|her|the same) {_MORE}{_HEAD}\b(?<!its patients)"
)
_BARE = re.compile(
    rf"(?i)\bthe {_MORE}{_NOUN}\b(?! (?:drug|medication|treatment|entry|population|arm)\b)"
)
_FORMER = re.compile(rf"(?i)\bthe former\b(?: {_HEAD})?")
_LATTER = re.compile(rf"(?i)\bthe latter\b(?: {_HEAD})?")
_NTH = re.compile(
    rf"(?i)\bthe (?P<nth>first|second|third|fourth) "
    rf"(?:{_MORE}{_HEAD}\b|,|of (?:these|those|them|the))"
)
_OTHER = re.compile(
    rf"(?i)\b(?:an?|one|another|two|several|some|other|separate|the|their|its|our|his|her) "
    rf"(?:\w+ )?(?:earlier|previous|prior|preceding|older|pilot|separate|other|preliminary|another)"
    rf" {_MORE}{_NOUN}\b|\banother {_MORE}{_NOUN}\b"
    rf"|\b(?:earlier|previous|prior|other) (?:trials|studies|series|reports)\b"
)
_ORDER = {"first": 0, "second": 1, "third": 2, "fourth": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A pointer to a study that is no acronym: what kind, where, and what it says."""

    kind: Kind
    start: int
    end: int
    who: str | None = None
    year: str | None = None
    place: str | None = None
    years: tuple[str, str] | None = None
    nth: int = 0
    words: str = ""
    weak: bool = False  # means a study only where one of that place was spoken of
    fresh: bool = False  # "a previous trial": not spoken of before


@cache
def countries() -> Mapping[str, str]:
    """Countries by their names and the words for what comes from them."""
    file = resources.files("community").joinpath("data", "places.toml")
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["countries"]
    return {word: row[0] for row in rows for word in row}


@cache
def _from_country() -> re.Pattern[str]:
    known = "|".join(sorted(map(re.escape, countries()), key=len, reverse=True))
    return re.compile(
        rf"\b(?:the|[Tt]he|an?|An?|one|smaller|larger|earlier|new|this|that) (?:[a-z-]+ ){{0,2}}?"
        rf"(?P<place>{known}) (?:{_MORE})(?:{_HEAD})\b(?:,? (?:of |from |\()?{_SPAN}\)?)?"
    )


@lru_cache(maxsize=2048)
def find(text: str) -> tuple[Reference, ...]:
    """References of a sentence in order; of two that overlap the one that says more."""
    found = sorted(
        (*_authors(text), *_places(text), *_pronouns(text)),
        key=lambda r: (-_says(r), r.start),
    )
    out: list[Reference] = []
    for one in found:
        if all(one.end <= other.start or other.end <= one.start for other in out):
            out.append(one)
    return tuple(sorted(out, key=lambda r: r.start))


def _says(reference: Reference) -> int:
    ranks = {"author": 5, "place": 4, "former": 3, "latter": 3, "nth": 3, "other": 3, "own": 2}
    return ranks.get(reference.kind, 1)


def _authors(text: str) -> Iterator[Reference]:
    for match in _AUTHOR.finditer(text):
        way = next(w for w in "abcdef" if match[w])
        who = _TITLES.sub("", match[way])
        if who in _NO_SURNAMES or who in countries():
            continue
        yield Reference(
            kind="author",
            start=match.start(way),
            end=match.end(),
            who=who,
            year=match[f"{way}y"] or _year_near(text, match),
            words=match[0],
        )


_TITLES = re.compile(r"^(?:Dr\.? |Prof(?:essor|\.)? )?(?:[A-Z][a-z]+ (?=[A-Z]))?")


def people(text: str) -> tuple[str, ...]:
    """Family names of those whom a text calls doctor or professor."""
    found = re.findall(rf"\b(?:Dr|Prof(?:essor)?)\.? (?:[A-Z][a-z]+ (?=[A-Z]))?({_SURNAME})", text)
    return tuple(dict.fromkeys(found))


def _year_near(text: str, match: re.Match[str]) -> str | None:
    """A year that a sentence gives for what an author reported: "in 2016", "the 2016 cohort of"."""
    after = re.match(rf"(?:[^.;()]|\.\d){{0,80}}?\bin (?P<y>{_YEAR})\b", text[match.end() :])
    if after:
        return after["y"]
    before = re.search(
        rf"\b(?P<y>{_YEAR}) (?:{_MORE}{_NOUN}) (?:of|by|from) $", text[: match.start()]
    )
    inside = re.search(rf"\b{_YEAR}\b", match[0])
    if before or inside:
        return before["y"] if before else inside[0] if inside else None
    lead = re.search(
        rf"(?:^|\b[Ii]n |\b[Tt]he |\b[Aa] )(?P<y>{_YEAR})(?:,| {_MORE}{_NOUN})[^.;]{{0,40}}$",
        text[: match.start()],
    )
    return lead["y"] if lead else None


def _places(text: str) -> Iterator[Reference]:
    for match in (*_from_country().finditer(text), *_SERIES.finditer(text)):
        place = match["place"]
        known = countries().get(place)
        if known is None and place.split()[0] in _NO_SURNAMES:
            continue
        firm = match["from"] or re.search(r"(?:series|cohort|experience|registry)\b", match[0])
        years = (match["from"], _full(match["from"], match["to"])) if match["from"] else None
        yield Reference(
            kind="place",
            start=match.start(),
            end=match.end(),
            place=known or place,
            years=years,
            words=match[0],
            weak=known is None and not firm,
            fresh=bool(re.match(r"(?i)an? |one ", match[0])),
        )


_RUN_AT = re.compile(
    rf"\b{_NOUN} (?:in|from|at) (?:the )?(?P<place>{_PLACE_WORD})(?=[,.;)]| led| by|$)"
)


def run_at(text: str) -> str | None:
    """Where words for a study say that it was done: "a trial from Toronto"."""
    found = _RUN_AT.search(text)
    return found["place"] if found and found["place"].split()[0] not in _NO_SURNAMES else None


def where(text: str) -> tuple[str, str, str] | None:
    """A place with years in which something was done there: (place, from, to)."""
    for match in _WHERE.finditer(text):
        if match["place"].split()[0] not in _NO_SURNAMES:
            return match["place"], match["from"], _full(match["from"], match["to"])
    return None


def _full(first: str, last: str) -> str:
    return last if len(last) == 4 else first[:2] + last


def _pronouns(text: str) -> Iterator[Reference]:
    kinds: tuple[tuple[Kind, re.Pattern[str]], ...] = (
        ("own", _OWN), ("this", _THIS), ("that", _THAT), ("bare", _BARE), ("former", _FORMER),
        ("latter", _LATTER),
    )  # fmt: skip
    for kind, pattern in kinds:
        for match in pattern.finditer(text):
            yield Reference(kind=kind, start=match.start(), end=match.end(), words=match[0])
    for match in _NTH.finditer(text):
        nth = _ORDER[match["nth"].lower()]
        yield Reference(kind="nth", start=match.start(), end=match.end(), nth=nth, words=match[0])
    for match in _OTHER.finditer(text):
        fresh = not re.match(r"(?i)the |their |its |our |his |her ", match[0])
        yield Reference(
            kind="other", start=match.start(), end=match.end(), words=match[0], fresh=fresh
        )
