"""Who a result is about: arms and comparator, population, subgroup, and the treatment.

Arms are learnt from the document ("A versus B", "the A group", placebo, drug names by their ending)
and then found in its sentences. Nothing here knows a trial.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from community.types import Span

_CONTROL = (
    r"(?:active |matching |oral |sham )?placebo|sham(?: \w+)?|(?:usual|standard|routine|conventional) "
    r"(?:of )?(?:medical |supportive |clinical |drug )?(?:care|therapy|treatment|management)|standard of care|control(?:s| group| arm)?|"
    r"wait(?:ing)?[- ]?list(?: control)?|no treatment|untreated (?:patients|controls|people)|best supportive care|"
    r"comparator|disease[- ]modifying (?:therap(?:y|ies)|treatments?|drugs?)|medical (?:therapy|management) alone"
)
_DRUG = (
    r"[A-Za-z]{2,}(?:mab|nib|lib|statin|gliptin|gliflozin|glutide|natide|tide|parin|xaban|gatran|olol|"
    r"sartan|prazole|limus|cept|triptan|gepant|platin|taxel|rubicin|mycin|cillin|floxacin|vir|azole|"
    r"trexate|fumarate|imod|ribine|tinib|ciclib|parib|lukast|setron|oxetine|pram|zepam|barbital|"
    r"profen|coxib|terol|sone|solone|formin|teplase|plase|glitazone|amide|ramate|tamine|phylline|grel)"
)
_TREATMENT = (
    r"(?:non-?myeloablative |myeloablative |autologous |allogeneic |immunoablation and )*"
    r"(?:ha?ematopoietic )?stem[- ]cell (?:transplant(?:ation)?s?|therapy)|\b(?:a|auto|nm|NM)?-?HSCT\b|"
    r"\bHDIT/ ?HCT\b|\bAHSCT\b|\bASCT\b|\bBMT\b|\bvaccin(?:e|ation)s?\b|(?:\w+ )?(?:thrombectomy|surgery|"
    r"radiotherapy|chemotherapy|rehabilitation|acupuncture|exercise|training|yoga|mindfulness|"
    r"behaviou?ral therapy|psychotherapy|stimulation)"
)
_NAME = r"[A-Za-z][\w+/-]*(?: (?!(?:was|were|had|and|or|in|for|who|with|at|than)\b)[\w+/-]+){0,2}?"
_GROUP = re.compile(
    rf"\b(?:the|in|an?|to) (?P<a>(?!(?:same|other|whole|first|entire|study|two|both|each|either|total)\b){_NAME})"
    rf"[- ](?:group|arm|recipients|cohort)\b"
)
_VERSUS = re.compile(
    rf"\b(?P<a>{_NAME}) (?:versus|vs\.?|compared (?:with|to)|or) (?P<b>{_NAME})(?=[\s,.;:)])"
)
_GIVEN = re.compile(
    rf"\b(?i:receiv(?:ed|ing|e)|treated with|assigned to(?: receive)?|randomi[sz]ed to(?: receive)?|given|taking|took|on|"
    rf"efficacy of|effects? of|treatment with|therapy with) (?:either )?(?P<a>{_DRUG})\b",
)
_FIXED = re.compile(
    rf"\b(?:{_CONTROL}|{_DRUG}(?: \d+ ?m?c?g)?|(?:intervention|experimental|treatment|active|exercise|training|transplant(?:ation)?)(?= (?:group|arm)))\b",
    re.IGNORECASE,
)
_IS_CONTROL = re.compile(rf"^(?:the )?(?:{_CONTROL})", re.IGNORECASE)
_STOP = (
    r"(?=[,.;:()\[\]“”\"]|\s(?:who|that|which|whose|in|after|at|were|was|is|are|had|has|have|received|receiving|and|on|"
    r"to|for|from|by|treated|showed|experienced|experiencing|undergoing|underwent|during|over|as|than|remained|achieved|reported|survived|did|while|"
    r"despite|without|may|will|can|not|taking|given|between|within|following|evaluated|enrolled|randomly|\d)\b|\s?$)"
)
_PEOPLE = r"(?:patients?|people|persons?|adults?|children|adolescents|participants?|individuals?|women|men|those|subjects|survivors)"
_WITH = re.compile(
    rf"\b{_PEOPLE}(?: living| affected| diagnosed)? with (?P<who>(?!no\b|an?\b|the\b|EDSS|higher|lower)[\w–-]+(?: [\w–’'/+-]+){{0,6}}?(?: \([A-Z-]{{2,8}}\)(?: [\w–-]+)?)?){_STOP}",
    re.IGNORECASE,
)
_KIND = re.compile(
    r"\b(?:in|among|for|of|amongst) (?:the )?(?:\d+ )?(?P<who>(?:(?:younger|older|elderly|female|male|pregnant|obese|non-?smoking|treatment-naive|"
    r"seronegative|seropositive|previously (?:un)?treated|hospitali[sz]ed|vaccinated|unvaccinated|relapsing|progressive|severe|"
    r"mild|RRMS|SPMS|PPMS) ){1,2}(?:patients|participants|people|women|men|adults|children))\b"
    r"|^(?P<lead>(?:younger|older|female|male)(?: \w+){0,1} (?:patients|participants|people))\b"
    r"|\bof (?:the |these |all )?(?:\d+ )?(?P<sex>(?:female|male) (?:patients|participants)|women|men)\b"
    r"|\b(?P<having>having (?:an? )?(?:higher|lower|longer|shorter) [^,.;()]{3,50}?)(?= (?:was|were|had)\b)"
    r"|\b(?:patients|participants|those|people) (?P<clause>(?:who(?! (?:survived|completed|received|underwent|were (?:treated|evaluated|randomi|assigned|given)|had (?:not )?(?:received|responded)|have|do|otherwise))|with (?:an? )?(?:higher|lower|longer|shorter|severe|active|no )) ?[^,.;()]{3,70}?)(?=,|\.|;|$| (?:were|was|had|died|showed|remained|improved)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Arm:
    """An arm named in a sentence: its words and where they stand."""

    name: str
    span: Span
    control: bool


def learn(text: str) -> frozenset[str]:
    """Names of the arms that a document speaks of, lower case; few and short."""
    names: dict[str, int] = {}
    for pattern in (_GROUP, _GIVEN):
        for match in pattern.finditer(text):
            name = match["a"].lower().strip()
            if _plausible(name):
                names[name] = names.get(name, 0) + 1
    for match in _VERSUS.finditer(text):
        sides = [_trim(match[side]) for side in ("a", "b")]
        if any(_FIXED.fullmatch(side) or side in names for side in sides):
            for side in filter(_plausible, sides):
                names[side] = names.get(side, 0) + 1
    return frozenset(sorted(names, key=lambda n: (-names[n], n))[:12])


def _trim(name: str) -> str:
    words = name.lower().split()
    while words and words[0] in _SMALL:
        words = words[1:]
    return " ".join(words)


_SMALL = frozenset(
    "the a an with in for of to than was were after and or groups group patients points score between "
    "months weeks years days months significantly this that it compared versus both their our".split()
)


def _plausible(name: str) -> bool:
    words = name.split()
    return bool(words) and not (set(words) & _SMALL) and not any(c.isdigit() for c in words[0][:1])


def arms(text: str, learnt: frozenset[str]) -> tuple[Arm, ...]:
    """Arms named in a sentence, in order, without overlaps."""
    found: list[Arm] = []
    named = "|".join(re.escape(name) for name in sorted(learnt, key=lambda n: (-len(n), n)))
    either = re.compile(rf"{_FIXED.pattern}|\b(?:{named or '(?!)'})\b", re.IGNORECASE)
    for match in either.finditer(text):
        name = match[0].strip()
        found.append(Arm(name, Span(*match.span()), _IS_CONTROL.match(name) is not None))
    return tuple(found)


def population(text: str) -> str | None:
    """The people that a text is about: the words after "patients with", else None."""
    match = _WITH.search(text)
    return match["who"].strip() if match else None


def populations(text: str) -> tuple[tuple[str, int, int], ...]:
    """All "patients with …" of a text, as (words, start, end)."""
    return tuple((m["who"].strip(), m.start(), m.end()) for m in _WITH.finditer(text))


def restriction(text: str) -> tuple[str, int, int] | None:
    """A part of the participants that the sentence is about, as (words, start, end)."""
    match = _KIND.search(text)
    if match is None:
        return None
    name = next(g for g in match.groups() if g)
    return name.strip(), match.start(), match.end()


def treatment(text: str) -> str | None:
    """The treatment that a text is about: a known kind, else a drug by its ending."""
    match = re.search(_TREATMENT, text, re.IGNORECASE) or re.search(rf"\b{_DRUG}\b", text)
    return match[0].strip() if match else None
