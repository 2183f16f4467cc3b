"""How a clause feels, and whether what it tells went well or badly.

Words weigh as in VADER's lexicon (Hutto and Gilbert 2014), except where the words are the field's
own: *positive for JC virus* is no joy and *no relapses* no grief. Outcomes come from the codebook's
lexicons (groups ``outcome-good``, ``outcome-bad``, ``harm``, ``symptom``), turned round by negation
and by reducing words, and what follows a *but* outweighs what stands before it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from spacy.lang.en.stop_words import STOP_WORDS
from spacy.tokens import Span
from vaderSentiment.vaderSentiment import (
    BOOSTER_DICT,
    SentimentIntensityAnalyzer,
)

from community.coding.context import Clause
from community.coding.reading import Reading

_SUFFERED = ("side-effect", "felt-harm", "felt-drug")  # harms that are told as had, not as a risk
_TURNED = -0.7  # a negated word keeps some of its weight on the other side


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What ``data/valence.toml`` holds: weights of lexicon groups, words that make an ill less,
    words that open a contrast, and general words that mean something else here, or nothing."""

    groups: dict[str, float]
    reducing: frozenset[str]
    contrast: frozenset[str]
    plain: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeling:
    """Sums of what is felt for good and for ill, both at least 0."""

    good: float = 0.0
    ill: float = 0.0


@cache
def weights() -> Weights:
    """The packaged weights."""
    file = resources.files("community").joinpath("data", "valence.toml")
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    return Weights(
        groups=data["groups"],
        reducing=frozenset(data["reducing"].split()),
        contrast=frozenset(data["contrast"].split()),
        plain=frozenset(data["plain"].split()),
    )


@cache
def _words() -> dict[str, float]:
    lexicon: dict[str, float] = SentimentIntensityAnalyzer().lexicon
    plain = weights().plain | STOP_WORDS
    return {word: value for word, value in lexicon.items() if word not in plain}


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
    elif label == "outcome-bad" or (label == "harm" and span.id_ in _SUFFERED):
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
        weight = weights().groups.get(span.label_, 0.0)
        if weight:
            turned = clause.denies(span) or (weight < 0 and _reduced(span))
            scores.append(weight * (_TURNED if turned else 1.0))
    words, emojis = _words(), _emojis()
    texts = reading.doc.user_data["texts"]
    for i in range(clause.start, clause.end):
        if texts[i] in emojis:
            scores.append(emojis[texts[i]])
        elif i not in taken and reading.words[i] in words:
            scores.append(_weighed(reading, clause, i, words[reading.words[i]]))
    good, ill = sum(s for s in scores if s > 0), -sum(s for s in scores if s < 0)
    factor = _factor(clause)
    return Feeling(good=good * factor, ill=ill * factor)


def feeling(reading: Reading) -> Feeling:
    """The feeling of the whole post: what stands before a contrast in its sentence counts less."""
    good = ill = 0.0
    opens = [reading.words[c.start] in weights().contrast for c in reading.clauses]
    for number, clause in enumerate(reading.clauses):
        part = clause_feeling(reading, number)
        weight = 1.0
        if opens[number] and number and reading.clauses[number - 1].sentence == clause.sentence:
            weight = 1.25
        elif any(opens[number + 1 : number + 2]) and (
            reading.clauses[number + 1].sentence == clause.sentence
        ):
            weight = 0.75
        good += weight * part.good
        ill += weight * part.ill
    return Feeling(good=good, ill=ill)


def _factor(clause: Clause) -> float:
    """Asked and supposed things are felt less, and so are those told of nobody or somebody else."""
    factor = 0.4 if clause.addressed or clause.experiencer == "others" else 1.0
    if clause.experiencer == "nobody" and not clause.addressed:
        factor = 0.35
    if clause.question or clause.hypothetical:
        return factor * 0.5
    return factor * (0.8 if clause.wish or clause.general else 1.0)


def _weighed(reading: Reading, clause: Clause, i: int, value: float) -> float:
    for word in reading.words[max(clause.start, i - 2) : i]:
        boost: float = BOOSTER_DICT.get(word, 0.0)
        value += boost if value > 0 else -boost
    if reading.doc[i].is_upper and len(reading.doc[i]) > 2:
        value *= 1.2
    return value * _TURNED if i in clause.negated else value


def _reduced(span: Span) -> bool:
    before = span.doc[max(0, span.start - 4) : span.start]
    return any(token.lower_ in weights().reducing for token in before)
