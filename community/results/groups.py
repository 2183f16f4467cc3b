"""Who a result is about: arms and comparator, population, subgroup, and the treatment.

Arms are learnt from the document ("A versus B", "the A group", placebo, drug names by their ending)
and then found in its sentences. Nothing here knows a trial.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from community.types import Span

_CONTROL = (
    r"(?:active |matching |oral |sham )?placebo|sham(?: \w+)?|(?:usual|standard|routine|"
    r"conventional) "
    r"(?:of )?(?:medical |supportive |clinical |drug )?(?:care|therapy|treatment|management)"
    r"|standard of care|control(?:s| group| arm)?|"
    r"wait(?:ing)?[- ]?list(?: control)?|no treatment|untreated (?:patients|controls|people)"
    r"|best supportive care|"
    r"comparator|comparison(?= (?:group|arm))|(?:saline|salt water|dummy)(?: \w+)?|"
    r"(?:standard|usual|existing|conventional|continued) (?:drugs?|medications?|medicines?)|"
    r"medication(?= (?:group|arm|alone))|disease[- ]modifying (?:therap(?:y|ies)|treatments?|"
    r"drugs?)|DMTs?|dummy (?"
    r":pill|treatment)|medical (?:therapy|management) alone"
)
_DRUG = (
    r"[A-Za-z]{2,}(?:mab|nib|statin|gliptin|gliflozin|glutide|natide|patide|reotide|parin|xaban|"
    r"gatran|"
    r"olol|sartan|prazole|limus|nercept|bercept|atacept|icicept|triptan|gepant|platin|taxel|"
    r"rubicin|"
    r"mycin|cillin|floxacin|oxacin|navir|buvir|clovir|amivir|desivir|azole|trexate|fumarate|imod|"
    r"ribine|"
    r"ciclib|parib|lukast|setron|oxetine|opram|zepam|barbital|profen|coxib|buterol|meterol|thasone|"
    r"nisone|solone|formin|teplase|glitazone|ramate|phylline|grel|dronate|prost|parinux|relix|"
    r"caine|"
    r"poside|tabine|dipine|april|opril|thiazide|odopa|sulfan|warfarin|spirin|chloroquine|giline|"
    r"dronic|"
    r"tropin|estrant|ozole|oxifene|zolamide|nidine|zorelin|prorelin|ketamine|memantine)"
)
_TREATMENT = (
    r"(?:non-?myeloablative |myeloablative |autologous |allogeneic |immunoablation and )*"
    r"(?:ha?ematopoietic )?stem[- ]cell (?:transplant(?:ation)?s?|therapy)|\b(?:a|auto|nm|"
    r"NM)?-?HSCT\b|"
    r"\bHDIT/ ?HCT\b|\bAHSCT\b|\bASCT\b|\bBMT\b|\bvaccin(?:e|ation)s?\b|(?:\w+ )?(?"
    r":thrombectomy|surgery|"
    r"radiotherapy|chemotherapy|rehabilitation|acupuncture|exercise|training|yoga|mindfulness|"
    r"behaviou?ral therapy|psychotherapy|stimulation)"
)
_SMALL_WORDS = (
    "the a an with in for of to than was were after and or groups group patients points "
    "score between both "
    "months weeks years days month week year day significantly this that it compared versus "
    "vs their our at over "
    "by had has have on who which from received receiving given arm participants people "
    "during is are as respectively "
    "either those people no not all each every placebo-controlled same other whole first "
    "rate rates response responses scores level levels survival mortality risk odds ratio "
    "entire study two three total main"
)
_SMALL = frozenset(_SMALL_WORDS.split())
# No arm by themselves.
_LOOSE = frozenset(
    ("new", "old", "active", "real", "study", "low", "high", "weekly", "daily", "both", "either")
)
_WORDS = r"(?!(?:" + "|".join(_SMALL_WORDS.split()) + r")\b)[A-Za-z][\w+/-]*"
_NAME = rf"{_WORDS}(?: {_WORDS}){{0,2}}"
_GROUP = re.compile(
    rf"\b(?:[Tt]he|in|an?|to) (?P<a>\d+(?:\.\d+)?[- ]?m?c?g|{_NAME})(?: \d+ ?m?c?g)?[- ](?"
    rf":group|arm|recipients|cohort)\b"
)
_VERSUS = re.compile(
    rf"\b(?P<a>{_NAME})(?: \d+ ?m?c?g)?(?: \([^()]{{1,20}}\))? (?:versus|vs\.?|compared (?"
    rf":with|to)|or) (?:once-\w+ )?(?P<b>{_NAME})"
)
# "the people on medication", "those given A", "the group that stayed on A".
_ON = re.compile(
    r"\b(?:those|people|patients|participants|volunteers|group|half|arm|ones)"
    r"(?: (?:who|that|which))?(?: (?:were|was|stayed|remained|had been|kept))?"
    rf" (?:on|given|taking|getting|assigned to|randomi[sz]ed to) (?:the |an? )?"
    rf"(?P<a>(?:(?:new|old|active|real|dummy|sham|study|low|high|weekly|daily)[ -])?{_WORDS})\b"
)
_COUPLED = re.compile(
    rf"\b(?:for|with|in|on|to|receive|received|of) (?:the )?(?P<a>{_NAME}) and (?:for |with "
    rf"|in |on )?(?:the )?(?P<b>{_NAME})"
    r"(?= ?(?:groups?|arms?)?[,\s(]{1,3}(?:respectively|were|was))"
)
_TREATED = re.compile(rf"\b(?P<a>{_WORDS})-treated\b")
_GIVEN = re.compile(
    r"\b(?i:receiv(?:ed|ing|e)|treated with|assigned to(?: receive)?|randomi[sz]ed to(?: "
    r"receive)?|given|taking|took|on|"
    r"efficacy of|effects? of|treatment with|therapy with) (?:either )?(?P<a>{_DRUG})\b",
)
_FIXED = re.compile(
    rf"\b(?:{_CONTROL}|{_DRUG}(?: \d+ ?m?c?g)?|(?:intervention|experimental|treatment|"
    rf"active|exercise|training|transplant(?:ation)?|study)(?= (?:group|arm))|(?:group|arm|"
    rf"cohort) (?:(?-i:[A-D])|\d|(?-i:[IVX]{{1,3}})))\b",
    re.IGNORECASE,
)
_IS_CONTROL = re.compile(rf"^(?:the )?(?:{_CONTROL})", re.IGNORECASE)
_STOP = (
    r"(?=[,.;:()\[\]“”\"]|\s(?:who|that|which|whose|in|after|at|were|was|is|are|had|has|"
    r"have|received|receiving|and|on|"
    r"to|for|from|by|treated|showed|experienced|experiencing|undergoing|underwent|during|"
    r"over|as|than|remained|achieved|reported|survived|did|while|"
    r"despite|without|may|will|can|not|taking|given|between|within|following|evaluated|"
    r"enrolled|randomly)\b|\s\d+(?:\.\d+)?\s?%|\s?$)"
)
_PEOPLE = (
    r"(?:patients?|people|persons?|adults?|children|adolescents|participants?|"
    r"individuals?|women|men|those|subjects|survivors)"
)
_WITH = re.compile(
    rf"\b{_PEOPLE}(?: living| affected| diagnosed)? with (?P<who>(?!no\b|an?\b|the\b|EDSS|"
    rf"higher|lower)[\w–-]+(?: [\w–’'/+-]+){{0,6}}?(?: \([A-Z-]{{2,8}}\)(?: [\w–-]+)?)?)"
    rf"{_STOP}",
    re.IGNORECASE,
)
_KIND = re.compile(
    r"\b(?:in|among|for|of|amongst) (?:the )?(?:\d+ )?(?P<who>(?:(?:younger|older|elderly|"
    r"female|male|pregnant|obese|non-?smoking|treatment-naive|"
    r"seronegative|seropositive|previously (?:un)?treated|hospitali[sz]ed|vaccinated|"
    r"unvaccinated|relapsing|progressive|severe|"
    r"mild|RRMS|SPMS|PPMS) ){1,2}(?:patients|participants|people|women|men|adults|children))\b"
    r"|^(?P<lead>(?:younger|older|female|male)(?: \w+){0,1} (?:patients|participants|people))\b"
    r"|\bof (?:the |these |all )?(?:\d+ )?(?P<sex>(?:female|male) (?:patients|participants)|"
    r"women|men)\b"
    r"|\b(?P<having>having (?:an? )?(?:higher|lower|longer|shorter) [^,.;()]{3,50}?)(?= (?"
    r":was|were|had)\b)"
    r"|\b(?:patients|participants|those|people) (?P<clause>(?:who(?! (?:survived|completed|"
    r"received|underwent|were (?:treated|evaluated|randomi|assigned|given)|had (?:not )?(?"
    r":received|responded)|have|do|otherwise))|with (?:an? )?(?:higher|lower|longer|shorter|"
    r"severe|active|no )) ?[^,.;()]{3,70}?)(?=,|\.|;|$| (?:were|was|had|died|showed|"
    r"remained|improved)\b)",
    re.IGNORECASE,
)


PERSONS = (
    r"patients?|participants?|people|persons?|subjects?|individuals?|adults?|women|men|recipients?|"
    r"volunteers?|survivors?|respondents?|completers?"
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
    for pattern in (_GROUP, _GIVEN, _TREATED, _ON):
        for match in pattern.finditer(text):
            name = match["a"].lower().strip()
            if _plausible(name):
                names[name] = names.get(name, 0) + 1
    for match in _VERSUS.finditer(text):
        sides = [_trim(match[side]) for side in ("a", "b")]
        if any(_FIXED.fullmatch(side) or side in names for side in sides):
            for side in filter(_plausible, sides):
                names[side] = names.get(side, 0) + 1
    for match in _COUPLED.finditer(text):
        for name in (match["a"].lower(), match["b"].lower()):
            if _plausible(name):
                names[name] = names.get(name, 0) + 1
    return frozenset(sorted(names, key=lambda n: (-names[n], n))[:20])


def _trim(name: str) -> str:
    words = name.lower().split()
    while words and words[0] in _SMALL:
        words = words[1:]
    return " ".join(words)


def _plausible(name: str) -> bool:
    words = name.split()
    return (
        bool(words)
        and not (set(words) & _SMALL)
        and not set(words) <= _LOOSE
        and (len(words) == 1 or not words[0][:1].isdigit())
    )


@lru_cache(maxsize=64)
def _either(learnt: frozenset[str]) -> re.Pattern[str]:
    named = "|".join(re.escape(name) for name in sorted(learnt, key=lambda n: (-len(n), n)))
    return re.compile(rf"{_FIXED.pattern}|\b(?:{named or '(?!)'})\b", re.IGNORECASE)


@lru_cache(maxsize=8192)
def arms(text: str, learnt: frozenset[str]) -> tuple[Arm, ...]:
    """Arms named in a sentence, in order, without overlaps."""
    found: list[Arm] = []
    for match in _either(learnt).finditer(text):
        name = re.sub(r"(?i)[ -](?:group|arm)$", "", match[0].strip())
        found.append(Arm(name, Span(*match.span()), _IS_CONTROL.match(name) is not None))
    return tuple(found)


_LOCAL = re.compile(
    rf"\s?(?:\([^()]{{0,60}}\)\s?)?(?:(?:of|in|among|for) (?:the |all )?{_PEOPLE} )?(?"
    rf"P<prep>with|for|in|on|receiving|given|taking|under|using)"
    rf" (?:the )?(?P<a>{_NAME}(?: \d+)?|[A-Z][\w/-]*(?: \d+)?)"
)


def local(text: str, ends: list[int]) -> tuple[Arm, ...]:
    """Arms named right after values: "12% with A and 9% with B". `ends` are the values' ends.

    Two values with one preposition and different words after it tell; one alone does not.
    """
    found: list[tuple[str, Arm]] = []
    for end in ends:
        match = _LOCAL.match(text, end, end + 140)
        if match:
            arm = Arm(
                match["a"].strip(),
                Span(*match.span("a")),
                _IS_CONTROL.match(match["a"]) is not None,
            )
            found.append((match["prep"], arm))
    names = {arm.name.lower() for _, arm in found}
    alike = len({prep for prep, _ in found}) == 1
    return tuple(arm for _, arm in found) if alike and len(found) > 1 and len(names) > 1 else ()


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


def is_control(name: str) -> bool:
    """Whether an arm's name says that it is what another is compared with."""
    return _IS_CONTROL.match(name) is not None
