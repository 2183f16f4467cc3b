"""Claims that a post means without a number: how well each of its sentences fits each in scope.

A sentence is looked up among the claims in scope (`retrieval`); `ranker` weighs how well its words
and their meaning fit, how far it leads, whether endpoint, number, treatment agree, and whether the
post answers one that spoke of the claim, into a chance. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from community.linking.match import number_match
from community.linking.ranker import FITS, Matrix, default
from community.linking.relations import Reading
from community.linking.retrieval import Part, Query
from community.linking.targets import Index, Profile
from community.results.quantities import Quantity

_MOST = 24  # claims in scope that sentences are compared with, those nearest by words
_SENTENCES = 12  # of a post, from its start
_OTHER_TREATMENT = FITS.index("other treatment")
_LEAST_WORDS = 2  # of a sentence that are searched by
_KINDS = ("study", "report", "treatment", "self", "you")

Treated = Mapping[int, set[str]]


@dataclass(frozen=True, slots=True)
class Meant:
    """A sentence (its number in the reading) that fits a claim (its place), and the chance that
    it speaks of it."""

    claim: int
    sentence: int
    chance: float


def meant(
    reading: Reading, part: Part, index: Index, above: Collection[str], treated: Treated
) -> list[Meant]:
    """Each claim of a part of the ledger with the sentence that fits it best, likeliest first."""
    sentences, places, traits = fits(reading, part, index, above, treated)
    if not len(traits):
        return []
    weights = default().fits
    odds = traits @ weights[:-1] + weights[-1]
    odds[traits[:, _OTHER_TREATMENT] > 0] = -np.inf  # it speaks of another treatment's results
    out: dict[int, Meant] = {}
    for row in np.lexsort((places, sentences, -odds)):
        chance = round(float(1 / (1 + np.exp(-odds[row]))), 4)
        out.setdefault(int(places[row]), Meant(int(places[row]), int(sentences[row]), chance))
    return list(out.values())


def fits(
    reading: Reading, part: Part, index: Index, above: Collection[str], treated: Treated
) -> tuple[list[int], list[int], Matrix]:
    """Pairs of sentences and claims, and a matrix of pairs by `ranker.FITS`.

    Args:
        reading: a post's own words.
        part: the claims in its scope.
        index: the ledger.
        above: targets of the posts that it answers.
        treated: treatments that it names, by clause.
    """
    numbers: list[int] = []
    places: list[int] = []
    rows: list[tuple[float, ...]] = []
    firsts = {clause.sentence: at for at, clause in reversed(list(enumerate(reading.clauses)))}
    size = math.log(max(1, len(part.places)))
    for sentence in sorted(firsts)[:_SENTENCES] if len(part.places) else ():
        whole = reading.clauses[firsts[sentence]].whole
        query = Query(index.shelf, default(), whole.of(reading.text))
        if len(query.stems) < _LEAST_WORDS:
            continue
        _, signals = query.signals(part)
        scores = signals @ default().weights
        near = np.lexsort((part.places, -scores))[:_MOST]
        said = _Said.of(reading, sentence, treated)
        for at in near.tolist():
            other = near[1 if at == near[0] and len(near) > 1 else 0]
            lead = float(scores[at] - scores[other])
            one = index.profiles[part.places[at]]
            known = float(f"claim:{one.id}" in above)
            fit = (float(scores[at]), lead, query.covered(signals[at]), *said.agreeing(one), known)
            rows.append((*signals[at].tolist(), *fit, *said.kinds, size))
            numbers.append(sentence)
            places.append(int(part.places[at]))
    return numbers, places, np.asarray(rows, np.float32).reshape(len(rows), len(FITS))


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence's quantities, whether a share is among them, its endpoints and treatments; and,
    whatever the claim, whether it asks and holds cues of each of `_KINDS`."""

    figures: tuple[Quantity, ...]
    shares: bool
    endpoints: tuple[str, ...]
    kinds: tuple[float, ...]
    treatments: frozenset[str]

    @classmethod
    def of(cls, reading: Reading, sentence: int, treated: Treated) -> _Said:
        clauses = reading.sentence(sentence)
        figures = tuple(q for q, clause in reading.numbers if clause in clauses)
        hits = [hit for clause in clauses for hit in reading.by_clause[clause]]
        held = {hit.kind for hit in hits}
        asks = float(reading.clauses[clauses[0]].question)
        return cls(
            figures,
            any(q.kind in ("percent", "fraction", "proportion") for q in figures),
            tuple(dict.fromkeys(hit.name for hit in hits if hit.kind == "concept")),
            (asks, *(float(kind in held) for kind in _KINDS)),
            frozenset(name for clause in clauses for name in treated.get(clause, ())),
        )

    def agreeing(self, one: Profile) -> tuple[float, ...]:
        """How well number, endpoint and treatment agree, each with whether it names another."""
        number = max((number_match(one, q) for q in self.figures), default=0.0)
        named = max((one.concepts.get(name, 0.0) for name in self.endpoints), default=0.0)
        other = float(self.shares and number < 1)
        same = one.family in self.treatments
        return (
            number,
            other,
            named,
            float(bool(self.endpoints) and not named),
            float(same),
            float(bool(self.treatments) and not same),
        )
