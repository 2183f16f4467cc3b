"""What a document says once for all its results: trial, population, numbers, follow-up, horizon."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from community.results import groups as claim_groups
from community.results import quantities
from community.results.endpoints import Vocabulary
from community.results.naming import from_centre, from_title, host
from community.results.sentences import Sentence
from community.results.sizes import bare, controlled, sizes_of
from community.results.trials import Identity
from community.types import Document

_PEOPLE = (
    r"(?:patients?|participants?|people|persons?|subjects?|individuals?|women|men|"
    r"adults?|children|recipients?|volunteers?|men and women|infants?|babies|boys|girls|smokers|"
    r"mothers|students|pupils|couples|families|households|adolescents|teenagers|pregnancies|eyes)"
)
# People left unsaid: "24 of them went on to", "208 of them were given".
_SOME = rf"(?:{quantities.WRITTEN})(?: of (?:them|these|those|the (?:{quantities.WRITTEN})))?"
_NUMBER = rf"(?P<n>{quantities.WRITTEN})"
_GOT = (
    r"(?:under(?:went|go|gone)|received|(?:were|was|had been) (?:actually |finally |eventually |"
    r"then )?"
    r"(?:treated|transplanted|given|infused|dosed|operated|vaccinated|immuni[sz]ed|implanted|"
    r"injected)|went (?:on to|through with|ahead with) (?:have |get |receive |undergo )?(?:the |"
    r"it|an? )|"
    r"had had|got (?:the|an?) (?:jab|shot|drug|transplant|vaccine|treatment|device)|"
    r"(?:had|got|have had) (?:an? |the )?(?:[\w-]+ ){0,4}?(?:HSCT|AHSCT|transplant|"
    r"transplantation|treatment|surgery|infusion|vaccine|injection)s?)"
)
_TREATED = re.compile(
    rf"\b{_NUMBER} (?:[\w-]+ ){{0,3}}?{_PEOPLE}(?: (?:living )?with [^,.;]{{2,60}}?)?,?(?: "
    rf"(?:who|that))?"
    rf"(?: (?:then|all|also|actually|eventually|went on to|have|subsequently)){{0,2}} {_GOT}\b"
    rf"|\b(?:used|administered|performed|tested|carried out|tried) (?:in|on|with|among) (?"
    rf"P<in>{quantities.WRITTEN}) (?:[\w-]+ ){{0,2}}?{_PEOPLE}\b"
    rf"|\b(?P<some>{_SOME}) (?:then |actually |eventually |all |finally |have )?"
    r"(?:went (?:on to|through with|ahead with) (?:have |get |receive |undergo )?(?:the|it|an?)\b|"
    r"were (?:then |actually |eventually |finally )?(?:transplanted|vaccinated|implanted|infused|"
    r"dosed|given the)|underwent (?:the|an?) (?:transplant|operation|procedure)|"
    r"got (?:the|an?) (?:jab|shot|drug|transplant|vaccine|device))"
    rf"|\b(?:treated|transplanted|vaccinated|"
    rf"followed up) (?P<act>{quantities.WRITTEN}) (?:[\w-]+ ){{0,2}}?{_PEOPLE}\b",
    re.IGNORECASE,
)
_ALL_BUT = re.compile(
    rf"\ball but (?P<k>{quantities.WRITTEN})(?: of the (?P<of>{quantities.WRITTEN})?)?\s?(?"
    rf":[\w-]+ ){{0,2}}?{_PEOPLE}[^.;]{{0,20}}? {_GOT}",
    re.IGNORECASE,
)
_ENROLLED = re.compile(
    rf"\b(?:took(?: in| on)?|brought in|signed up|enrol(?:led|s)|recruited|included|"
    rf"randomi[sz]ed|involved|assigned|of|screened|"
    rf"evaluated|followed(?: up)?|studied|tracked|looked at|analy[sz]ed|reported on|covers|covered|"
    rf"compared|examined|watched|monitored|among|gave|total of|involving|surveyed|treated|"
    rf"(?:trial|study|data),? (?:in|of|from)|tested (?:it )?(?:in|"
    rf"on)) (?:a total of |the )?(?:more than |over |about |nearly |almost |around |some "
    rf")?(?P<n>{quantities.WRITTEN}) (?:[\w-]+ ){{0,3}}?{_PEOPLE}\b"
    rf"|\b(?P<m>{quantities.WRITTEN}) (?:[\w-]+ ){{0,3}}?{_PEOPLE} (?:\([^()]{{0,40}}\) "
    rf")?(?:[\w ,]{{0,40}}?)?were "
    rf"(?:enrolled|recruited|included|randomi[sz]ed|randomly|assigned|evaluated|followed|studied)"
    rf"|\b{_PEOPLE} ?\([nN] ?= ?(?P<q>\d[\d,]*)\)"
    rf"|^\W*(?:in total|overall|altogether),? (?P<r>{quantities.WRITTEN}) (?:[\w-]+ "
    rf"){{0,3}}?{_PEOPLE}\b"
    rf"|\b(?P<o>{quantities.WRITTEN}) (?:[\w-]+ ){{0,3}}?{_PEOPLE} "
    rf"(?:with [^.;,]{{2,60}}? )?(?:took part|signed up|joined|volunteered|came in|"
    rf"agreed to take part|entered)\b",
    re.IGNORECASE,
)


_ENOUGH = 200_000  # characters of an article that tell its arms


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a sentence may leave out. Numbers of people are None where the document has none, or
    more than one candidate."""

    trial: Identity | None = None
    population: str | None = None
    mixed: bool = False  # the document tells several populations apart
    intervention: str | None = None
    comparator: str | None = None
    treated: int | None = None
    enrolled: int | None = None
    followup: str | None = None
    horizon: quantities.Quantity | None = None
    horizon_text: str | None = None
    arms: frozenset[str] = frozenset()
    sizes: tuple[tuple[str, int], ...] = ()
    controlled: bool = False  # one arm is set against another

    def people(self, arm: str | None, ratio: bool) -> int | None:
        """How many a result is about: its arm, where the study has arms, else all treated."""
        if arm and not ratio and (self.controlled or self.size(arm)):
            return self.size(arm)
        if self.controlled:
            return self.enrolled or self.treated
        return self.treated or self.enrolled

    def size(self, arm: str | None) -> int | None:
        """How many were in an arm, where the document says so."""
        return dict(self.sizes).get(bare(arm or ""))


def treated_in(text: str) -> tuple[tuple[int, int, int], ...]:
    """Numbers of people treated that a sentence states, as (number, start, end)."""
    out = []
    for match in _TREATED.finditer(text):
        word = match["n"] or match["in"] or match["act"] or re.split(" of ", match["some"])[0]
        value = quantities.number(word)
        if _NOT_TREATED.match(text, match.end()) or _PART.search(text[: match.start()]):
            continue
        if value is not None and value > 1 and not 1900 <= value <= 2100:
            out.append((int(value), match.start(), match.end()))
    return tuple(out)


_NOT_TREATED = re.compile(
    r"(?i)\s(?:an? |the )?(?:initial )?(?:randomi[sz]ation|screening|follow.up|MRI)\b"
)
_PART = re.compile(
    r"(?i)\b(?:half|third|quarter|part|some|most|many|\d ?%|percent) of (?:the |these |all )?$"
)


def all_but(text: str, enrolled: int | None) -> tuple[int, int, int, int] | None:
    """ "All but 1 of the 25": (treated, of, start, end), else None."""
    match = _ALL_BUT.search(text)
    if match is None:
        return None
    left = quantities.number(match["k"])
    whole = quantities.number(match["of"]) if match["of"] else None
    total = int(whole) if whole else enrolled
    if left is None or total is None or left >= total:
        return None
    return total - int(left), total, match.start(), match.end()


def read(
    document: Document, sentences: tuple[Sentence, ...], vocabulary: Vocabulary, page: str = ""
) -> Context:
    """The context of a document's article; `page` is the document without what people posted."""
    text = "\n".join(s.text for s in sentences)
    body = [s for s in sentences if s.section != "reference"]
    plain = " ".join(s.text for s in body)
    whos = [w for s in body for w, _, _ in claim_groups.populations(s.text)]
    mixed = len({kind(w) for w in whos} - {""}) > 1
    trial = host(text, document.title, vocabulary, page, document.study)
    if trial is None and body:
        trial = from_centre(plain[:_ENOUGH]) or _stands_in(document.title, body)
    if trial is None and body:
        name = claim_groups.treatment(plain)
        trial = Identity(name=f"{name} study", lent=True) if name else None
    arms = claim_groups.learn(plain[:_ENOUGH])
    horizon = _horizon(body, document.title, vocabulary)
    return Context(
        trial=trial,
        population=_population(whos, mixed) or (trial.population if trial else None),
        mixed=mixed,
        intervention=_intervention(document.title, plain, trial, arms),
        treated=_treated(body),
        enrolled=_enrolled(body),
        followup=_followup(body, vocabulary),
        horizon=horizon,
        horizon_text=as_stated(horizon) if horizon else None,
        arms=arms,
        sizes=tuple(sizes_of(plain, arms)),
        controlled=controlled(plain[:_ENOUGH], arms),
    )


def _stands_in(title: str | None, body: list[Sentence]) -> Identity | None:
    """A name from the title, else from what stands as one at the beginning."""
    told = (from_title(None, sentence.text) for sentence in body[:4])
    named = from_title(title, body[0].text)
    return named or next((found for found in told if found is not None), None)


def kind(who: str) -> str:
    """The part of a disease that "patients with …" singles out; "" for the disease as such."""
    lower = who.lower().replace("–", "-")
    if "relapsing" in lower or "rrms" in lower:
        return "relapsing"
    if any(word in lower for word in ("progressive", "spms", "ppms")):
        return "progressive"
    match = _QUALIFIED.search(lower)
    return match[0] if match else ""


_QUALIFIED = re.compile(
    r"\b(?:severe|moderate|mild|early|late|chronic|episodic|metastatic|recurrent|positive|"
    r"negative|mutations?|mutated|"
    r"wild-type|newly diagnosed|refractory|resistant|without|prior|previous|history|high|"
    r"low|large|small|left|right)\b"
)


def _population(whos: list[str], mixed: bool) -> str | None:
    usable = [w for w in whos if not (mixed and kind(w))]
    if not mixed and any(map(kind, whos)):
        usable = [w for w in whos if kind(w)]
    usable = [w for w in usable if not w.isupper()] or usable
    if not usable:
        return None
    # The commonest wordings decide; a page of thousands must not be compared pair by pair.
    common = Counter(w.lower() for w in usable).most_common(100)
    known = dict(common)
    counts = {
        w: sum(times for other, times in common if w.lower() in other)
        for w in dict.fromkeys(usable)
        if w.lower() in known
    }
    best = max(counts.values())
    return max((w for w in counts if counts[w] == best), key=len)


def _intervention(
    title: str | None, text: str, trial: Identity | None, arms: frozenset[str]
) -> str | None:
    if trial is not None and trial.intervention:
        return trial.intervention
    told = claim_groups.treatment(title or "") or claim_groups.treatment(text)
    named = (arm.name for arm in claim_groups.arms(text, arms) if not arm.control)
    return told or next(named, None)


def _treated(sentences: list[Sentence]) -> int | None:
    enrolled = _enrolled(sentences)
    for sentence in sentences:
        for number, _, _ in treated_in(sentence.text):
            return number
        but = all_but(sentence.text, enrolled)
        if but:
            return but[0]
    return None


def _enrolled(sentences: list[Sentence]) -> int | None:
    for sentence in sentences:
        match = _ENROLLED.search(sentence.text)
        value = quantities.number(next(filter(None, match.groups()))) if match else None
        if value is not None and value > 1:
            return int(value)
    return None


def _followup(sentences: list[Sentence], vocabulary: Vocabulary) -> str | None:
    """The length of follow-up as stated: a duration soon after words for it, or a median of it."""
    for sentence in sentences:
        text = sentence.text
        hits = [h for h in vocabulary.hits(text) if h.endpoint.name == "follow-up"]
        for quantity in quantities.find(text) if hits else ():
            after = quantity.span.start - hits[0].end
            if quantity.kind != "duration" or quantity.value is None or not 0 <= after < 40:
                continue
            around = text[max(0, hits[0].start - 20) : quantity.span.start].lower()
            if after < 20 or any(word in around for word in ("median", "mean", "average")):
                return as_stated(quantity)
    return None


def _horizon(
    sentences: list[Sentence], title: str | None, vocabulary: Vocabulary
) -> quantities.Quantity | None:
    """The one point in time of at least six months that the document keeps coming back to."""
    found: dict[float, list[quantities.Quantity]] = {}
    for text in [title or "", *(s.text for s in sentences)]:
        spans = [h for h in vocabulary.hits(text) if h.endpoint.name == "follow-up"]
        for q in quantities.find(text):
            months = q.months()
            if (
                months is None
                or months < 6
                or q.cue in (None, "in", "to", "during", "past", "over")
            ):
                continue
            if any(0 <= q.span.start - h.end < 25 for h in spans):
                continue
            found.setdefault(months, []).append(q)
    if len(found) != 1:
        return None
    times = next(iter(found.values()))
    titled = any(q.months() == times[0].months() for q in quantities.find(title or ""))
    return times[0] if titled or len(times) > 1 else None


def as_stated(q: quantities.Quantity) -> str:
    """A duration as stated, in digits: "5 years", "100 days", "6 to 12 months"."""
    if q.value is None:
        return f"{q.low:g} to {q.high:g} {q.unit}"
    unit = (q.unit or "").removesuffix("s") if q.value == 1 else q.unit
    return f"{q.value:g} {unit}"
