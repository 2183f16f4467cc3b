"""Which capitals of a document are the name of a trial, and where they stand.

A document that calls something "the ABC-1 trial" once means the trial wherever it says ABC-1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from community.results.endpoints import Vocabulary
from community.results.trials import NOT_TRIALS, REGISTERED, registrations

_NAME = (
    r"(?<![\w/-])[A-Z][A-Za-z]{0,12}[A-Z0-9][A-Za-z0-9]{0,12}(?:[-‐‑–][A-Z0-9][A-Za-z0-9]{0,12}){0,3}"
    r"(?: (?:I{1,3}V?|[1-9])"
    r"(?![\w.%/-]| (?:of|in|out|and|or|patients|people|months|years|weeks)\b))?"
    r"(?![\w/])"
)
_WORDS = r"(?:trials?|stud(?:y|ies)|investigators|cohorts?|registry|series|researchers)"
_KINDS = (
    r"(?:(?:phase \w+|randomi[sz]ed|clinical|controlled|open-label|extension|pilot|pivotal|"
    r"follow-up|registry|ongoing|multicent(?:re|er)) ){0,4}"
)
_TELLS = re.compile(
    rf"(?:\b(?i:the|this|in|from|of|and|our|with|by|to|both|than|or) "
    rf"(?:[a-z-]+ ){{0,2}}|^|(?<=[.:;] )|(?<=\n))"
    rf"(?P<a>{_NAME}) {_KINDS}{_WORDS}\b"
    rf"|\b{_WORDS}(?:,| is| was)? (?:\(?(?:called|named|known as|dubbed|acronym) )?(?P<b>{_NAME})"
    rf"|\b{_WORDS}\b[^.;:()%]{{1,40}}, (?P<h>{_NAME}),"
    rf"|(?P<c>{_NAME})(?:,| trial| study)? ?[(\[](?:[A-Za-z. ]{{0,30}}[:;,]? ?)?(?={REGISTERED})"
    rf"|(?:^|(?<=[.;:!?,] )|(?<=\n))(?:[Ii]n|For|From) (?P<d>{_NAME})(?= ?[,(])"
    rf"|\b(?:results|findings|data|report|publication|those|extension|"
    rf"follow-up|sub-?study|re-?analysis|analysis) (?:of|from) (?P<e>{_NAME})"
    rf"|(?P<j>{_NAME}), (?:the|an?) (?:[\w-]+ ){{0,4}}{_WORDS}\b"
    rf"|\b(?:in|of|than|from) (?P<l>[A-Z]{{3,}}-[A-Z]{{2,}})(?![\w-])"
    rf"|\d\s?%\)? (?:of (?:the )?[a-z]+ )?in (?P<i>{_NAME})(?=[.,;)]| and\b|$)"
    rf"|(?:^|(?<=[.;:!?] )|(?<=\n))(?P<f>{_NAME}) (?:\([^()]{{1,40}}\) )?(?:showed|had|saw|"
    rf"reached|found|enrolled|randomi[sz]ed|recruited|"
    rf"tested|compared|followed|was a|is a|met its|missed its|included|reported)\b"
    rf"|(?:, |\band )(?P<k>{_NAME}) (?:enrolled|randomi[sz]ed|recruited)\b"
    rf"|\((?P<g>{_NAME})(?:[;,][^()]{{0,40}})?\)[^.;]{{0,60}}?\b(?:trial|study)\b"
)
_NUMBERED = re.compile(
    rf"(?P<c>{_NAME})(?:,| trial| study)? ?[(\[](?:[A-Za-z. ]{{0,30}}[:;,]? ?)?(?={REGISTERED})"
)
_SURE = "abceghjk"  # ways that say that the capitals are a study


@lru_cache(maxsize=4)
def of(text: str, vocabulary: Vocabulary) -> Acronyms:
    """The acronyms of a text, remembered for those who ask next."""
    return Acronyms(text, vocabulary)


class Acronyms:
    """Acronyms of trials in a text; `numbers` are registry numbers that stand beside them."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.numbers: dict[str, str] = {}
        known = {a for e in vocabulary.endpoints for a in e.abbreviations}
        names: dict[str, None] = {}
        for match in _TELLS.finditer(text):
            way = next(w for w in "abcdefghijkl" if match[w])
            name = match[way]
            if name.upper() in NOT_TRIALS or name in known or name in names:
                continue
            if re.fullmatch(REGISTERED, name) or not re.search(r"[A-Z]{2}|[A-Z].*\d", name):
                continue
            sure = way in _SURE or _distinct(name)
            if sure and not (way in "dfgil" and _spelled_out(name, text)):
                names[name] = None
        names |= dict.fromkeys(_siblings(names, text))
        self.names = tuple(names)
        ways = sorted(map(re.escape, names), key=len, reverse=True)
        loose = "|".join(way.replace(r"\-", r"[-‐‑– ]?") for way in ways)
        self._pattern = re.compile(rf"(?<![\w-])(?:{loose or '(?!)'})(?![\w])")
        for name, start in ((m["c"], m.end()) for m in _NUMBERED.finditer(text)):
            numbers = registrations(text[start : start + 80])
            if name in names and numbers:
                self.numbers.setdefault(name, numbers[0])
        self._folded = {_fold(name): name for name in names}

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where a text names one of them: (start, end, name)."""
        for match in self._pattern.finditer(text):
            name = self._folded.get(_fold(match[0]))
            if name is not None:
                yield match.start(), match.end(), name

    def within(self, name: str) -> tuple[str, ...]:
        """Those that a study's name holds."""
        return tuple(found for _, _, found in self.find(name))


def _siblings(names: Iterable[str], text: str) -> Iterator[str]:
    """Trials of one programme: where ABC-1 is a trial, so is ABC-2."""
    for name in names:
        found = re.fullmatch(r"(?P<stem>[A-Za-z][A-Za-z-]{2,}[- ])(?:\d|I{1,3}V?)", name)
        if found:
            stem = re.escape(found["stem"])
            for match in re.finditer(rf"(?<![\w-]){stem}(?:\d|I{{1,3}}V?)(?![\w-])", text):
                yield match[0]


def _fold(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


def _distinct(name: str) -> bool:
    """Whether capitals look like a chosen name rather than an abbreviation: long, or numbered."""
    return len(re.sub(r"[^A-Z]", "", name)) >= 6 or re.search(r"[A-Z]{3,}-\d", name) is not None


def _spelled_out(name: str, text: str) -> bool:
    """Whether a text gives the capitals as initials of words that tell of no study."""
    at = text.find(f"({name})")
    if at < 0:
        return False
    before = re.findall(r"[A-Za-z]+", text[max(0, at - 120) : at])[-len(name) - 3 :]
    initials = "".join(word[0] for word in before).lower()
    letters = re.sub(r"[^a-z]", "", name.lower())
    return letters[:3] in initials and not any(
        word.lower() in ("trial", "study", "cohort", "registry") for word in before
    )
