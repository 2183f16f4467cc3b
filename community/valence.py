"""How a clause feels, and whether what it tells went well or badly.

Words weigh as in VADER's lexicon (Hutto and Gilbert 2014), except where the words are the field's
own: *positive for JC virus* is no joy and *no relapses* no grief. Outcomes come from the codebook's
lexicons (groups ``outcome-good``, ``outcome-bad``, ``harm``, ``symptom``), turned round by negation
and by reducing words, and what follows a *but* outweighs what stands before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from spacy.tokens import Span
from vaderSentiment.vaderSentiment import (  # type: ignore[import-untyped]
    BOOSTER_DICT,
    SentimentIntensityAnalyzer,
)

from community.context import Clause
from community.reading import Reading

_TURNED = -0.7  # a negated word keeps some of its weight on the other side
_REDUCING = frozenset(
    "less fewer reduced reduces reducing reduce decreased lessened lowered minimal minor".split()
)
_CONTRAST = frozenset("but however although though yet except".split())
_GROUP = {
    "outcome-good": 1.7,
    "outcome-bad": -1.5,
    "harm": -0.9,
    "symptom": -0.5,
    "progression": -0.7,
    "community": 1.0,
}
# general words that mean something else here, or nothing
_PLAIN = frozenset(
    """positive negative like care cared help please free clear well active activity energy trial
    trials chance interest interested interesting sure certain certainly ok okay yes no natural
    kind matter medical number numb lower alone leave treat treated pay special share shared
    sharing hand importantly important stop stopped cut warm strong stronger doubt block god pretty
    attack demand admit vision original straight easy ease advanced huge true definite definitely
    condition suppress suppresses suppressing damage dear mine mate reassure cancer infection
    infected severe serious problem problems""".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeling:
    """Sums of what is felt for good and for ill, both at least 0."""

    good: float = 0.0
    ill: float = 0.0


@cache
def _words() -> dict[str, float]:
    lexicon: dict[str, float] = SentimentIntensityAnalyzer().lexicon
    return {word: value for word, value in lexicon.items() if word not in _PLAIN}


@cache
def _emojis() -> dict[str, float]:
    """Valence of emoji, by the words of VADER's description of each."""
    analyser = SentimentIntensityAnalyzer()
    words: dict[str, float] = analyser.lexicon
    return {
        emoji: sum(words.get(word, 0.0) for word in text.lower().split())
        for emoji, text in analyser.emojis.items()
    }


def outcome(reading: Reading, number: int, span: Span) -> float:
    """+1 if an outcome term tells something good, -1 if bad, 0 if it is no outcome."""
    label = span.label_
    if label == "outcome-good":
        sign = 1.0
    elif label in ("outcome-bad", "harm"):
        sign = -1.0
    else:
        return 0.0
    if reading.clauses[number].denies(span) or (sign < 0 and _reduced(span)):
        return -sign
    return sign


def clause_feeling(reading: Reading, number: int) -> Feeling:
    """The feeling of one clause, contrast left out."""
    clause = reading.clauses[number]
    scores: list[float] = []
    taken: set[int] = set()
    for span in reading.terms[number]:
        taken.update(range(span.start, span.end))
        weight = _GROUP.get(span.label_, 0.0)
        if weight:
            turned = clause.denies(span) or (weight < 0 and _reduced(span))
            scores.append(weight * (_TURNED if turned else 1.0))
    words, emojis = _words(), _emojis()
    for token in reading.doc[clause.start : clause.end]:
        if token.text in emojis:
            scores.append(emojis[token.text])
        elif token.i not in taken:
            value = words.get(token.lower_, 0.0) if not token.is_stop else 0.0
            if value:
                scores.append(_weighed(reading, clause, token.i, value))
    good, ill = sum(s for s in scores if s > 0), -sum(s for s in scores if s < 0)
    factor = _factor(clause)
    return Feeling(good=good * factor, ill=ill * factor)


def feeling(reading: Reading) -> Feeling:
    """The feeling of the whole post: what stands before a contrast in its sentence counts less."""
    good = ill = 0.0
    opens = [reading.doc[c.start].lower_ in _CONTRAST for c in reading.clauses]
    for number, clause in enumerate(reading.clauses):
        part = clause_feeling(reading, number)
        weight = 1.0
        if opens[number] and number and reading.clauses[number - 1].sentence == clause.sentence:
            weight = 1.25
        elif number + 1 < len(opens) and opens[number + 1]:
            if reading.clauses[number + 1].sentence == clause.sentence:
                weight = 0.75
        good += weight * part.good
        ill += weight * part.ill
    return Feeling(good=good, ill=ill)


def _factor(clause: Clause) -> float:
    """Asked, supposed and wished-for things are felt less."""
    if clause.question or clause.hypothetical:
        return 0.5
    return 0.8 if clause.wish or clause.general else 1.0


def _weighed(reading: Reading, clause: Clause, i: int, value: float) -> float:
    before = [t.lower_ for t in reading.doc[max(clause.start, i - 2) : i]]
    for word in before:
        boost: float = BOOSTER_DICT.get(word, 0.0)
        value += boost if value > 0 else -boost
    if reading.doc[i].is_upper and len(reading.doc[i]) > 2:
        value *= 1.2
    return value * _TURNED if i in clause.negated else value


def _reduced(span: Span) -> bool:
    before = span.doc[max(0, span.start - 2) : span.start]
    return any(token.lower_ in _REDUCING for token in before)
