"""How a clause feels, and whether what it tells went well or badly.

Words weigh as in VADER's lexicon (Hutto and Gilbert 2014), except where the words are the field's
own: *positive for JC virus* is no joy and *no relapses* no grief. Outcomes come from the codebook's
lexicons (groups ``outcome-good``, ``outcome-bad``, ``harm``, ``symptom``), turned round by negation
and by reducing words, and what follows a *but* outweighs what stands before it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from vaderSentiment.vaderSentiment import BOOSTER_DICT

from community.coding.context import Clause
from community.coding.language import Term
from community.coding.reading import Reading
from community.coding.wordlists import weights

_SUFFERED = ("side-effect", "felt-harm", "felt-drug")  # harms that are told as had, not as a risk
_TURNED = -0.7  # a negated word keeps some of its weight on the other side


class Feeling(NamedTuple):
    """Sums of what is felt for good and for ill, both at least 0."""

    good: float = 0.0
    ill: float = 0.0


_NOTHING = Feeling()


def outcome(reading: Reading, number: int, term: Term) -> float:
    """+1 if an outcome term tells something good, -1 if bad, 0 if it is no outcome."""
    label = term.label_
    if label == "outcome-good":
        sign = 1.0
    elif label == "outcome-bad" or (label == "harm" and term.id_ in _SUFFERED):
        sign = -1.0
    else:
        return 0.0
    if reading.clauses[number].denies(term) or (sign < 0 and _reduced(reading, term)):
        return -sign
    return sign


def feelings(reading: Reading) -> list[Feeling]:
    """The feeling of each clause, contrast left out."""
    felt = [i for i, token in enumerate(reading.tokens) if token.feels]
    found = []
    for number, clause in enumerate(reading.clauses):
        mine = felt[bisect_left(felt, clause.start) : bisect_left(felt, clause.end)]
        found.append(_clause_feeling(reading, number, mine))
    return found


def _clause_feeling(reading: Reading, number: int, felt: list[int]) -> Feeling:
    """The feeling of one clause, in which these words are felt."""
    if not felt and not reading.terms[number]:
        return _NOTHING
    clause = reading.clauses[number]
    scores: list[float] = []
    taken: set[int] = set()
    for term in reading.terms[number]:
        taken.update(range(term.start, term.end))
        weight = weights().groups.get(term.label_, 0.0)
        if weight:
            turned = clause.denies(term) or (weight < 0 and _reduced(reading, term))
            scores.append(weight * (_TURNED if turned else 1.0))
    for i in felt:
        token = reading.tokens[i]
        if token.smile is not None:
            scores.append(token.smile)
        elif token.valence is not None and i not in taken:
            scores.append(_weighed(reading, clause, i, token.valence))
    if not scores:
        return _NOTHING
    good, ill = sum(s for s in scores if s > 0), -sum(s for s in scores if s < 0)
    factor = _factor(clause)
    return Feeling(good * factor, ill * factor)


def feeling(reading: Reading, felt: Sequence[Feeling]) -> Feeling:
    """The feeling of the whole post: what stands before a contrast in its sentence counts less.

    Args:
        reading: the post.
        felt: that of each clause (`feelings`).
    """
    good = ill = 0.0
    contrast = weights().contrast
    opens = [reading.words[c.start] in contrast for c in reading.clauses]
    for number, part in enumerate(felt):
        if part is _NOTHING:
            continue
        sentence = reading.clauses[number].sentence
        weight = 1.0
        if opens[number] and number and reading.clauses[number - 1].sentence == sentence:
            weight = 1.25
        elif any(opens[number + 1 : number + 2]) and (
            reading.clauses[number + 1].sentence == sentence
        ):
            weight = 0.75
        good += weight * part.good
        ill += weight * part.ill
    return Feeling(good, ill)


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
    text = reading.tokens[i].text
    if len(text) > 2 and text.isupper():
        value *= 1.2
    return value * _TURNED if i in clause.negated else value


def _reduced(reading: Reading, term: Term) -> bool:
    before = reading.words[max(0, term.start - 4) : term.start]
    return not weights().reducing.isdisjoint(before)
