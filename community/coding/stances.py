"""The three perspectives by rule: who had which treatment and how it went, what the post thinks of
doctors, and what it fears or hopes of the course of the disease.

Each rule scores clauses: a term of the right kind, a cue of the codebook, a person, less what the
context takes away (asked, supposed, wished, denied, told in general). The strongest clauses are the
evidence.
"""

from __future__ import annotations

from collections.abc import Sequence

from community.coding.context import Clause
from community.coding.language import Term
from community.coding.reading import Finding, Reading, Sign
from community.coding.valence import Feeling, outcome

EXPERIENCE = "treatment-experience"
DOCTORS = "neurologist-distrust"
COURSE = "progression-concern"
_WEIGHT = {
    "treatment-generic": 0.7,
    "treatment-physical": 0.4,
    "treatment-alternative": 0.7,
    "treatment-diet": 0.8,
    "procedure": 0.6,
}
_BOTH = {DOCTORS: 0.5, COURSE: 0.75}  # how near the two sides must be for "mixed"
# how much an outcome counts that is told so many sentences after (before, if negative)
_FADING = {-1: 0.7, 0: 1.0, 1: 0.9, 2: 0.7}
_FAR = 0.35
_AGAIN = frozenset(("again", "still", "returned", "return"))
_EVIDENCE = 3
_MARK = {"good": 1.0, "bad": -1.0}
_TOLD = ("strong", "seek", "form")  # cues of a treatment had or sought
_CLINIC = "clinic"  # cues of somebody who treats: "we" is not the treated one
_JOURNEY = 0.7  # a place known for the treatment, where the talk is of treatment
_BESIDE = 1.6  # how much weaker a second person's experience may be
_LITTLE, _TONE = 0.3, 0.15
_AT_LARGE = 0.8  # stake of a clause about nobody
_EXPLAINED = 0.5  # and of one by somebody who treats
_UNNAMED = -0.2  # points of a clause that names nobody
_ON = 1.1  # "on natalizumab" tells as much as a verb
_NOT_DOCTORS = frozenset(("visit", "nurse"))
_CARRIED = 0.85  # weight of a judgement in a clause that does not name the doctor again
_REACH = 6  # clauses after which a "he" is hardly the doctor any more
_SEARCH = frozenset(
    (
        "find",
        "see",
        "get",
        "need",
        "want",
        "seek",
        "looking",
        "recommend",
        "suggest",
        "any",
        "search",
    )
)
_LOSSES = frozenset((("harm", "grave"), ("harm", "fertility"), ("progression", "worsening")))
_THIRD = frozenset(("he", "she", "they", "him", "them", "who", "hes", "shes", "theyre"))
_COPULA = frozenset(
    (
        "is",
        "was",
        "are",
        "were",
        "been",
        "be",
        "being",
        "'s",
        "’s",
        "re",
        "'re",
        "’re",
        "s",
        "seems",
        "seemed",
    )
)


def experiences(
    reading: Reading, felt: Sequence[Feeling], *, about_treatment: bool
) -> list[Finding]:
    """Treatment experiences, one for each `whose`.

    Args:
        reading: the post.
        felt: the feeling of each clause.
        about_treatment: title or parent speak of a treatment, so that "mine" may mean one.
    """
    scored: dict[str, list[tuple[float, int]]] = {}
    treats = explains(reading)
    about_treatment = about_treatment or any(map(_is_treatment, reading.found))
    owners = _owners(reading)
    signs = reading.signs.get(EXPERIENCE, {})
    for number, whose in enumerate(owners):
        if not reading.terms[number] and number not in signs:
            continue
        score = _experience(reading, number, about_treatment=about_treatment)
        if treats and whose == "self":
            score -= 1.5
        if score > 0:
            scored.setdefault(whose, []).append((score, number))
    found = [_told(reading, felt, owners, who, hits) for who, hits in sorted(scored.items())]
    best = max((finding.raw for finding in found), default=0.0)
    return [f for f in found if f.raw >= best - _BESIDE]


def _owners(reading: Reading) -> list[str]:
    """Whose each clause is: the person it names, else the one told of last, else the writer."""
    owners: list[str] = []
    last = "self"
    for clause in reading.clauses:
        if clause.experiencer != "nobody":
            last = clause.experiencer
        owners.append(last)
    return owners


def _experience(reading: Reading, number: int, *, about_treatment: bool) -> float:
    clause = reading.clauses[number]
    treatments = [t for t in reading.terms[number] if _is_treatment(t)]
    if not treatments and not about_treatment:
        return 0.0
    signs = _signs(reading, EXPERIENCE, number)
    says = {sign.cue.say for sign in signs}
    journey = about_treatment and any(t.id_ == "abroad" for t in reading.terms[number])
    if not treatments and not ("form" in says or journey):
        return 0.0
    least = _JOURNEY if journey else 0.5
    score = max((_WEIGHT.get(t.label_, 1.0) for t in treatments), default=least)
    live = [s.cue.weight for s in signs if s.cue.say in _TOLD and not s.denied]
    live += [_ON for t in treatments if t.start and reading.words[t.start - 1] == "on"]
    score += max(live, default=0.0)
    named = {"self": 0.7, "close": 0.8, "others": 0.5}
    score += named.get(clause.experiencer, _UNNAMED if live else -0.5)
    if any(outcome(reading, number, term) for term in reading.terms[number]):
        score += 0.4
    denied = treatments and all(clause.denies(t) for t in treatments)
    if denied and "seek" not in says:
        score -= 1.5
    return score - _unreal(clause)


def _unreal(clause: Clause) -> float:
    return (
        1.7 * clause.hypothetical
        + 1.2 * clause.wish
        + 1.6 * clause.question
        + 0.6 * clause.general
        + 0.6 * clause.hearsay
        + 1.2 * clause.addressed
    )


def _told(
    reading: Reading,
    felt: Sequence[Feeling],
    owners: list[str],
    whose: str,
    scored: list[tuple[float, int]],
) -> Finding:
    """One finding from all clauses in which the same person's treatment is told."""
    ranked = sorted(scored, key=lambda hit: (-hit[0], hit[1]))
    best = ranked[0][0] + 0.15 * sum(min(score, 2.0) for score, _ in ranked[1:4])
    told = [number for score, number in ranked if score >= ranked[0][0] - 1.2]
    good, bad, where = _outcomes(reading, [n for n, who in enumerate(owners) if who == whose], told)
    if whose == "others":
        best -= 0.4
    polarity = "neutral"
    if max(good, bad) < _LITTLE:  # no outcome told: the feeling of the telling itself
        good += _TONE * sum(felt[number].good for number in told)
        bad += _TONE * sum(felt[number].ill for number in told)
    if min(good, bad) >= 0.4 and min(good, bad) > 0.28 * max(good, bad):
        polarity = "mixed"
    elif max(good, bad) >= _LITTLE:
        polarity = "good" if good > bad else "bad"
    order = [n for n in told if n in where] + [n for n in where if n not in told] + told
    return Finding(
        code=EXPERIENCE, raw=best, polarity=polarity, whose=whose,
        evidence=_spans(reading, order),
    )  # fmt: skip


def _outcomes(reading: Reading, mine: list[int], told: list[int]) -> tuple[float, float, list[int]]:
    """Weights of good and bad outcomes of these experiences, and the clauses that tell them, from
    among the clauses of the same person."""
    sentences = {reading.clauses[n].sentence for n in told}
    found = reading.signs.get(EXPERIENCE, {})
    good = bad = 0.0
    where: list[tuple[float, int]] = []
    for number in mine:
        clause = reading.clauses[number]
        if not (reading.terms[number] or number in found) or not clause.real or clause.addressed:
            continue
        weight = max(_FADING.get(clause.sentence - s, _FAR) for s in sentences)
        marks = [outcome(reading, number, term) for term in reading.terms[number]]
        marks += _returning(reading, number) + _grave(reading, number)
        signs = found.get(number, ())
        marks += [_MARK[sign.cue.say] for sign in signs if sign.cue.say in _MARK]
        good += weight * min(2.0, sum(m for m in marks if m > 0))
        bad -= weight * max(-2.0, sum(m for m in marks if m < 0))
        if any(marks):
            where.append((-weight, number))
    return good, bad, [number for weight, number in sorted(where) if weight < -_FAR]


def _returning(reading: Reading, number: int) -> list[float]:
    """Symptoms that are there again, or still, after a treatment."""
    clause = reading.clauses[number]
    terms = reading.terms[number]
    symptoms = [t for t in terms if t.label_ == "symptom" and not clause.denies(t)]
    if not symptoms or any(map(_is_treatment, terms)):
        return []
    return [] if _AGAIN.isdisjoint(reading.words[clause.start : clause.end]) else [-0.6]


def _grave(reading: Reading, number: int) -> list[float]:
    """Harms and losses told as somebody's own, not as a risk: *then sepsis*, *he needs a stick*."""
    clause = reading.clauses[number]
    if clause.general or clause.hearsay or clause.historical:
        return []
    ills = [
        t for t in reading.terms[number] if (t.label_, t.id_) in _LOSSES and not clause.denies(t)
    ]
    return [-0.6] if ills else []


def doctors(reading: Reading) -> list[Finding]:
    """What the post thinks of those who treat."""
    weights = {"distrust": 0.0, "trust": 0.0}
    hits: list[tuple[str, float, int]] = []
    last = -99
    for number, clause in enumerate(reading.clauses):
        named = [
            t
            for t in reading.terms[number]
            if t.label_ == "clinician" and t.id_ not in _NOT_DOCTORS
        ]
        if named:
            last = number
        elif number - last > _REACH or not (
            _goes_on(reading, clause) or clause.sentence == reading.clauses[last].sentence
        ):
            continue
        for sign in _signs(reading, DOCTORS, number):
            weight = sign.cue.weight * (1.0 if named else _CARRIED)
            weight *= _judged(reading, clause, sign, named)
            say = sign.cue.say.removesuffix("-word")
            if sign.denied:
                say = "distrust" if say == "trust" else ""
            if say and weight:
                weights[say] += weight
                hits.append((say, weight, number))
    return _weighed(reading, DOCTORS, weights, hits)


def _goes_on(reading: Reading, clause: Clause) -> bool:
    return not _THIRD.isdisjoint(reading.words[clause.start : clause.end])


def _judged(reading: Reading, clause: Clause, sign: Sign, named: Sequence[Term]) -> float:
    """How surely a cue is about the doctor: an adjective must stand before the noun or be said of
    it (*a good doctor*, *the doctor was really good*)."""
    factor = 0.3 if clause.hypothetical or clause.wish or clause.addressed else 1.0
    if clause.question:
        factor *= 0.8  # "why are they so rude?" judges too
    if not sign.cue.say.endswith("-word"):
        return factor
    if not named:
        near = clause.start > 1 and sign.span.start - clause.start <= 1
        if near and _behind_doctor(reading, clause):  # "my neuro (lovely)", "the nurses: angels"
            return factor
        starts = reading.words[clause.start] in _THIRD
        return factor if starts and _is_said(reading, clause.start, sign.span.start) else 0.0
    for term in named:
        before, after = term.start - sign.span.end, sign.span.start - term.end
        if 0 <= before <= 1 and not _sought(reading, sign.span.start):
            return factor
        if 0 <= after <= 5 and _is_said(reading, term.end, sign.span.start):
            return factor
    return 0.0


def _behind_doctor(reading: Reading, clause: Clause) -> bool:
    return any(t.label_ == "clinician" and 0 < clause.start - t.end <= 1 for t in reading.found)


def _sought(reading: Reading, i: int) -> bool:
    """Whether a good doctor is looked for, not judged."""
    return not _SEARCH.isdisjoint(reading.words[max(0, i - 4) : i])


def _is_said(reading: Reading, a: int, b: int) -> bool:
    return b - a <= 6 and not _COPULA.isdisjoint(reading.words[a:b])


def course(reading: Reading) -> list[Finding]:
    """What the post fears or hopes of the course of the disease."""
    weights = {"worried": 0.0, "hopeful": 0.0}
    hits: list[tuple[str, float, int]] = []
    treats = explains(reading)
    found = reading.signs.get(COURSE, {})
    for number, clause in enumerate(reading.clauses):
        signs = found.get(number, ())
        stakes = [t for t in reading.terms[number] if t.label_ == "progression"]
        if not signs and not stakes:
            continue
        stake = _stake(clause) * (_EXPLAINED if treats else 1.0)
        for sign in signs:
            say = sign.cue.say
            if sign.denied:
                say = "hopeful" if say == "worried" else "worried"
            weight = stake * sign.cue.weight * (0.6 if sign.denied else 1.0)
            if say in weights:
                weights[say] += weight
                hits.append((say, weight, number))
        if stakes and not clause.denies(stakes[0]):
            weights["worried"] += 0.5 * stake
            hits.append(("worried", 0.5 * stake, number))
    return _weighed(reading, COURSE, weights, hits)


def _stake(clause: Clause) -> float:
    """How much a clause is about somebody's own course rather than about the disease at large."""
    stake = {"self": 1.0, "close": 1.0, "others": 0.5}.get(clause.experiencer, _AT_LARGE)
    if clause.hypothetical or clause.general:
        stake *= 0.6
    return stake * (0.6 if clause.hearsay else 1.0)


def _weighed(
    reading: Reading, code: str, weights: dict[str, float], hits: list[tuple[str, float, int]]
) -> list[Finding]:
    (first, a), (second, b) = weights.items()
    if not hits or max(a, b) <= 0:
        return []
    polarity = first if a >= b else second
    if min(a, b) >= _BOTH[code] * max(a, b) and min(a, b) >= 1.2:
        polarity = "mixed"
    per_clause: dict[int, float] = {}
    for say, weight, number in hits:
        if polarity in (say, "mixed"):
            per_clause[number] = per_clause.get(number, 0.0) + weight
    order = sorted(per_clause, key=lambda n: (-per_clause[n], n))
    top = sorted(per_clause.values(), reverse=True)
    raw = top[0] + 0.5 * sum(top[1:4])
    return [Finding(code=code, raw=raw, polarity=polarity, evidence=_spans(reading, order))]


def _is_treatment(term: Term) -> bool:
    return term.label_.startswith("treatment-") or term.label_ == "procedure"


def explains(reading: Reading) -> bool:
    """Whether the writer speaks as one of those who treat: *in our clinic*, *my patients*."""
    rows = reading.signs.get(EXPERIENCE, {}).values()
    return any(sign.cue.say == _CLINIC for row in rows for sign in row)


def _signs(reading: Reading, code: str, number: int) -> Sequence[Sign]:
    return reading.signs.get(code, {}).get(number, ())


def _spans(reading: Reading, order: Sequence[int]) -> tuple[tuple[int, int], ...]:
    numbers = list(dict.fromkeys(order))[:_EVIDENCE]
    return tuple(reading.characters(number) for number in numbers)
