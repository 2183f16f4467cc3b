"""Whose results a document tells, sentence by sentence: its own study's, or another's.

A document introduces studies by acronym, registry number, authors, place or plain words ("a pilot
study") and comes back to them ("that trial", "the Danish one", "the former"). A value belongs to
the study named last before it in its sentence, or right after it ("17% in X and 21% in Y"), else to
the study that the passage is about, else to the document's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from community.results import acronyms, references
from community.results.endpoints import Vocabulary
from community.results.naming import reports_own
from community.results.references import Reference
from community.results.sentences import Sentence
from community.results.trials import Identity, known_in, registrations

_AFTER = re.compile(r"^[^,;.:%\d]{0,60}?\b(?:in|of|for|from|by|with|under)\s(?:the\s)?$")
_AGAINST = re.compile(
    r"(?i)\b(?:than|unlike|compared (?:with|to)|in contrast (?:with|to)|versus|as against|"
    r"whereas)\b"
)
_OF = re.compile(
    r"(?i)\s?[,:(]?\s?(?:(?:led |published |reported )?(?:by|of|from)|called|named|"
    r"registered (?:as|under|with)(?: number)?)?\s?"
    r"(?:dr\.? |prof(?:essor|\.)? )?(?:[A-Z][a-z]+ )?"
)
_TURNS = re.compile(r"(?i);|\b(?:while|whereas|but|and in|against)\b")
_MOST = 40  # studies that a document introduces; a list of references has more
_SPEAKS = re.compile(
    r"(?i)\bet al|colleag|co-?work|team|group|trial|stud(?:y|ies)|series|cohort|registry|analys|"
    r"paper|report"
)


@dataclass(slots=True)
class Study:
    """A study that a document introduced, with what it is called there."""

    identity: Identity
    authors: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    acronyms: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)  # "pilot", "earlier"
    people: set[str] = field(default_factory=set)  # who speaks of it as theirs

    def told(self) -> Identity:
        """The study as its results are filed: with the countries that it is called by."""
        lands = sorted(p for p in self.places if p in references.countries().values())
        also = tuple(f"@{land}" for land in lands if f"@{land}" not in self.identity.known_as)
        return replace(self.identity, known_as=(*self.identity.known_as, *also))


@dataclass(frozen=True, slots=True)
class Named:
    """A reference in a sentence, resolved."""

    start: int
    end: int
    study: Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a sentence says of studies: the one that it starts out with, and those it names."""

    text: str
    study: Study | None
    named: tuple[Named, ...] = ()

    def trial(self, start: int, end: int) -> Identity | None:
        """The study of the value that stands between two offsets of the sentence."""
        after = [n for n in self.named if n.start >= end]
        between = self.text[end : after[0].start] if after else ""
        if after and _AFTER.match(between) and not _AGAINST.search(between):
            return after[0].study.told()
        before = [n for n in self.named if n.end <= start]
        if before:
            return before[-1].study.told()
        one = self.named and len({id(n.study) for n in self.named}) == 1 and not self._compared()
        if one and not _TURNS.search(self.text[end : self.named[0].start]):
            return self.named[0].study.told()
        return self.study.told() if self.study else None

    def _compared(self) -> bool:
        return _AGAINST.search(self.text[: self.named[0].start]) is not None


def one_named(text: str, vocabulary: Vocabulary) -> Identity | None:
    """The study that a single sentence names by acronym, number or author, else None."""
    known = next((identity for *_, identity in known_in(text, vocabulary)), None)
    if known is not None:
        return known
    name = next((name for *_, name in acronyms.of(text, vocabulary).find(text)), None)
    return Identity(name=name) if name else None


class Studies:
    """The studies of one document, asked sentence by sentence in order."""

    def __init__(
        self, host: Identity | None, title: str | None, text: str, vocabulary: Vocabulary
    ) -> None:
        self.vocabulary = vocabulary
        self.acronyms = acronyms.of(f"{title or ''}\n{text}", vocabulary)
        self.host: Study | None = None
        # whether the document reports a study of its own, or only tells of others
        self.own = host is not None and (not host.lent or reports_own(text))
        self.roster: list[Study] = []
        self.named: list[Study] = []  # in order of their last naming, the latest at the end
        self.at: Study | None = None
        self.place = -1, ""
        self.text = text
        if host is not None:
            names = () if host.lent else self.acronyms.within(host.name)
            self.host = Study(host, acronyms=set(names))
            if host.author:
                self.host.authors.add(host.author)
            if host.place:
                self.host.places.add(host.place)
            lands = {
                c for word, c in references.countries().items() if word in (title or "").split()
            }
            self.host.places |= lands if len(lands) == 1 else set()
            self.roster.append(self.host)
            self.at = self.host

    def read(self, sentence: Sentence) -> Told:
        """Whom the sentence names, and whom it goes on about."""
        if (sentence.paragraph, sentence.section) != self.place:
            self.place = sentence.paragraph, sentence.section
            self.at = self.host if self.own else self.at
        told = tuple(self._named(sentence.text))
        lead = self.at
        if told and self._topic(sentence.text, told):
            others = [n.study for n in told if n.study is not self.host]
            lent = self.host is not None and self.host.identity.lent
            first = told[0].study
            self.at = others[0] if others and lent and first is self.host else first
        known = {who for study in self.roster for who in (*study.people, *study.authors)}
        if self.at is not None:
            self.at.people |= {p for p in references.people(sentence.text) if p not in known}
        return Told(text=sentence.text, study=lead, named=told)

    def _topic(self, text: str, told: tuple[Named, ...]) -> bool:
        """Whether what a sentence names first is its topic, not what it compares with."""
        return _AGAINST.search(text[: told[0].start]) is None

    def _named(self, text: str) -> Iterator[Named]:
        firm = self._firm(text)
        for one in sorted(firm, key=lambda n: n.start):
            if one.study in self.named:
                self.named.remove(one.study)
            self.named.append(one.study)
        loose = [
            Named(ref.start, ref.end, study)
            for ref in references.find(text)
            if ref.kind not in ("author", "place")
            and all(ref.end <= n.start or n.end <= ref.start for n in firm)
            and not any(_OF.fullmatch(text[ref.end : n.start]) for n in firm if n.start >= ref.end)
            and (study := self._pointed(ref, firm, text)) is not None
        ]
        yield from sorted((*firm, *loose), key=lambda n: n.start)

    # -- names -------------------------------------------------------------------------------

    def _firm(self, text: str) -> list[Named]:
        """References by acronym, number, author or place, introducing what is new."""
        out: list[Named] = []
        for start, end, name in self.acronyms.find(text):
            out.append(Named(start, end, self._acronym(name)))
        for start, end, identity in known_in(text, self.vocabulary):
            if all(end <= n.start or n.end <= start for n in out):
                out.append(Named(start, end, self._known(identity)))
        numbers = registrations(text)
        if numbers and not out:
            at = re.search(r"\d{4,}", text)
            start = at.start() if at else 0
            out.append(Named(start, start + 1, self._number(numbers[0])))
        for ref in references.find(text):
            if any(n.start < ref.end and ref.start < n.end for n in out):
                self._joined(ref, out)
            elif ref.kind == "author":
                study = self._author(ref, out, text)
                out += [Named(ref.start, ref.end, study)] if study else []
            elif ref.kind == "place":
                study = self._place(ref, out, text)
                out += [Named(ref.start, ref.end, study)] if study else []
        return sorted([*out, *self._surnames(text, out)], key=lambda n: n.start)

    def _new(self, identity: Identity) -> Study:
        study = Study(identity)
        if len(self.roster) < _MOST:
            self.roster.append(study)
        return study

    def _acronym(self, name: str) -> Study:
        for study in self.roster:
            if name in study.acronyms:
                return study
        number = self.acronyms.numbers.get(name)
        for study in self.roster:
            if number and study.identity.registration == number:
                study.acronyms.add(name)
                return study
        study = self._new(Identity(name=name, registration=number))
        study.acronyms.add(name)
        return study

    def _known(self, identity: Identity) -> Study:
        for study in self.roster:
            if study.identity.name == identity.name:
                return study
        return self._new(identity)

    def _number(self, number: str) -> Study:
        for study in self.roster:
            if study.identity.registration == number:
                return study
        host = self.host
        if host and self.own and not host.identity.lent and host.identity.registration is None:
            return host
        return self._new(Identity(name=number, registration=number))

    def _surnames(self, text: str, out: list[Named]) -> Iterator[Named]:
        """Authors of studies that were introduced, by their name alone."""
        for study in self.roster:
            for who in study.authors:
                for match in re.finditer(rf"\b{re.escape(who)}\b(?:['’]s)?", text):
                    if all(match.end() <= n.start or n.end <= match.start() for n in out):
                        yield Named(match.start(), match.end(), study)

    def _joined(self, ref: Reference, out: list[Named]) -> None:
        """Notes who wrote or where, where an acronym's own words say it."""
        study = next(n.study for n in out if n.start < ref.end and ref.start < n.end)
        if ref.who:
            study.authors.add(ref.who)
        if ref.place and ref.kind == "place":
            study.places.add(ref.place)

    def _author(self, ref: Reference, out: list[Named], text: str) -> Study | None:
        who, year = ref.who or "", ref.year
        for study in self.roster:
            mine = study.identity.year
            if who in study.authors and (not year or not mine or mine == year):
                if year and not mine and study is not self.host:
                    study.identity = replace(study.identity, name=f"{who} {year}", year=year)
                return self._located(study, text)
        beside = self._beside(ref, out, text)
        if beside is not None:
            beside.authors.add(who)
            if year:
                names = (*beside.identity.known_as, f"{who} {year}")
                beside.identity = replace(beside.identity, known_as=names)
            return beside
        if not year and not _SPEAKS.search(ref.words):
            return None
        year = year or self._year_of(who)
        study = self._new(Identity(name=f"{who} {year}" if year else who, author=who, year=year))
        study.authors.add(who)
        return self._located(study, text)

    def _located(self, study: Study, text: str) -> Study:
        """The study with the place and years that the sentence of its authors gives."""
        found = references.where(text)
        place = references.run_at(text)
        if place is not None and not study.places and study.identity.author:
            study.places.add(references.countries().get(place, place))
        if found is not None and not study.places and study.identity.author:
            place, first, last = found
            study.places.add(place)
            names = (*study.identity.known_as, f"{place} {first}–{last}")
            study.identity = replace(study.identity, known_as=names)
        return study

    def _year_of(self, who: str) -> str | None:
        """The year that stands beside an author's name anywhere in the document."""
        near = re.search(rf"\b{re.escape(who)}\b[^.\n]{{0,40}}?\b((?:19|20)\d\d)\b", self.text)
        return near[1] if near else None

    def _beside(self, ref: Reference, out: list[Named], text: str) -> Study | None:
        """The study that a sentence names beside an author who is new: theirs, unless the two are
        set against each other or a figure stands between them."""
        if len(out) != 1:
            return None
        one = out[0]
        first, last = min(ref.end, one.end), max(ref.start, one.start)
        between = text[first:last]
        if re.search(r"\d\s?%|\d\.\d", between) or _AGAINST.search(between):
            return None
        near = re.fullmatch(r"\s?[(,]?\s?", between) is not None
        tied = re.search(r"(?i)\b(?:results?|findings|published|presented|led|ran|of|by|from|"
                         r"report(?:ed|s) on)\b", between)  # fmt: skip
        return one.study if near or tied else None

    def _place(self, ref: Reference, out: list[Named], text: str) -> Study | None:
        place = ref.place or ""
        for study in self.roster:
            if place in study.places or any(p.split()[0] == place.split()[0] for p in study.places):
                return study
        if ref.weak:
            return None
        authored = next((n.study for n in out if ref.end <= n.start < ref.end + 30), None)
        authored = authored or self._follows(ref, out, text)
        if authored is not None:
            authored.places.add(place)
            return authored
        if self.own and self.host and self.host.authors and self.host not in self.named:
            self.host.places.add(place)  # those whom the next sentence names
            return self.host
        found = references.where(text[ref.end :])
        years = ref.years or (found[1:] if found else None)
        name = found[0] if found and place in references.countries().values() else place
        if years:
            identity = Identity(name=f"{name} {years[0]}–{years[1]}", place=name)
        elif place in references.countries().values():
            words = re.sub(r"(?i)^(?:the|an?|one|this|that) ", "", ref.words)
            identity = Identity(name=_singular(words), unnamed=True, place=place)
        else:
            identity = Identity(name=re.sub(r"(?i)^the ", "", ref.words), place=place)
        study = self._new(identity)
        study.places |= {place, name}
        return study

    def _follows(self, ref: Reference, out: list[Named], text: str) -> Study | None:
        """The study that words of place go on to name: "by Holm et al.", "of 2019, ABC-1,"."""
        named = next((n for n in out if n.start >= ref.end), None)
        if named and re.fullmatch(r"[^.;:()%]{0,40}, ", text[ref.end : named.start]):
            return named.study
        later = (r for r in references.find(text) if r.kind == "author" and r.start >= ref.end)
        nearest = next(later, None)
        if nearest is None or nearest.start - ref.end > 30 or "." in text[ref.end : nearest.start]:
            return None
        return self._author(nearest, [], text)

    # -- pointers ----------------------------------------------------------------------------

    def _pointed(self, ref: Reference, firm: list[Named], text: str) -> Study | None:
        """The study that words without a name mean."""
        others = [s for s in self.named if s is not self.host]
        if ref.kind == "own":
            return self.host
        if ref.kind == "this":
            return self.host if self.own else self.at
        if ref.kind in ("that", "bare"):
            before = [n.study for n in firm if n.end <= ref.start]
            theirs = re.match(r"(?i)his|her|their", ref.words) and self._whose(text)
            return theirs or (before[-1] if before else self.at)
        if ref.kind in ("former", "latter"):
            pair = self.named[-2:]
            return pair[0 if ref.kind == "former" else 1] if len(pair) == 2 else None
        if ref.kind == "nth":
            listed = [s for s in self.roster if s is not self.host or self.own]
            return listed[ref.nth] if len(listed) > max(1, ref.nth) and not firm else None
        return self._another(ref, others, firm)

    def _whose(self, text: str) -> Study | None:
        """The study of somebody whom a sentence names ("Dr Doe … in her trial")."""
        for study in self.roster:
            if any(re.search(rf"\b{re.escape(who)}\b", text) for who in study.people):
                return study
        return None

    def _another(self, ref: Reference, others: list[Study], firm: list[Named]) -> Study | None:
        """A study that is only said to be another one: the one known by that word, the only other
        one, else a new one without a name."""
        if any(0 <= n.start - ref.end < 30 for n in firm):
            return None  # its name follows
        found = re.search(r"(?i)\b(pilot|earlier|previous|prior|preceding|older|preliminary|other|"
                          r"separate|another)\b", ref.words)  # fmt: skip
        word = found[1].lower() if found else "other"
        for study in self.roster:
            if word in study.words:
                return study
        if not ref.fresh and len(others) == 1:
            return others[0]
        if self.host is None or (word == "pilot" and "pilot" in self.host.identity.name.lower()):
            return None
        name = f"{self.host.identity.name}: {word} study"
        study = self._new(Identity(name=name, unnamed=True))
        study.words.add(word)
        return study


def _singular(words: str) -> str:
    return re.sub(
        r"\b(?:ones?|patients|group|team|data|investigators|researchers)$", "study", words
    )
