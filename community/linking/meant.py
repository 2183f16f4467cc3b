"""Claims that a post means without a number: how well each of its sentences fits each in scope.

A sentence is looked up among the claims in scope (`retrieval`); `ranker` weighs how well its words
and their meaning fit, how far it leads, whether endpoint, number, treatment agree, and whether the
post answers one that spoke of the claim, into a chance. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from community.linking.match import number_match
from community.linking.ranker import FITS, Matrix, default
from community.linking.relations import Reading
from community.linking.retrieval import Query
from community.linking.targets import Index, Profile

_MOST = 24  # claims in scope that sentences are compared with, those nearest by words
_SENTENCES = 12  # of a post, from its start
_LEAST_WORDS = 2  # of a sentence that are searched by


@dataclass(frozen=True, slots=True)
class Meant:
    """A sentence (its number in the reading) that fits a claim (its place), and the chance that
    it speaks of it."""

    claim: int
    sentence: int
    chance: float


def meant(
    index: Index, reading: Reading, scope: Sequence[int], above: Collection[str]
) -> list[Meant]:
    """Each claim in scope with the sentence that fits it best, likeliest first."""
    sentences, places, traits = fits(index, reading, scope, above)
    if not len(traits):
        return []
    weights = default().fits
    odds = traits @ weights[:-1] + weights[-1]
    out: dict[int, Meant] = {}
    for row in np.lexsort((places, sentences, -odds)):
        chance = round(float(1 / (1 + np.exp(-odds[row]))), 4)
        out.setdefault(int(places[row]), Meant(int(places[row]), int(sentences[row]), chance))
    return list(out.values())


def fits(
    index: Index, reading: Reading, scope: Sequence[int], above: Collection[str]
) -> tuple[list[int], list[int], Matrix]:
    """Pairs of sentences and claims, and a matrix of pairs by `ranker.FITS`."""
    numbers: list[int] = []
    places: list[int] = []
    rows: list[Matrix] = []
    within = np.asarray(sorted(scope), np.int32)
    firsts = {clause.sentence: at for at, clause in reversed(list(enumerate(reading.clauses)))}
    for sentence in sorted(firsts)[:_SENTENCES] if len(within) else ():
        whole = reading.clauses[firsts[sentence]].whole
        query = Query(index.shelf, default(), whole.of(reading.text))
        if len(query.stems) < _LEAST_WORDS:
            continue
        _, signals = query.signals(within)
        scores = signals @ default().weights
        near = np.lexsort((within, -scores))[:_MOST]
        best = np.sort(scores)[::-1]
        told = _told(reading, sentence)
        for at in near:
            other = best[1] if len(best) > 1 and scores[at] == best[0] else best[0]
            one = index.profiles[within[at]]
            lead = float(scores[at] - other) if len(best) > 1 else 0.0
            covered = float(signals[at, 0]) / (0.2 * query.total)
            agreeing = _agreeing(one, reading, sentence)
            known = float(f"claim:{one.id}" in above)
            row = (*signals[at], float(scores[at]), lead, covered, *agreeing, known, *told)
            rows.append(np.asarray((*row, math.log(len(within))), np.float32))
            numbers.append(sentence)
            places.append(int(within[at]))
    matrix = np.stack(rows) if rows else np.zeros((0, len(FITS)), np.float32)
    return numbers, places, matrix


def _agreeing(one: Profile, reading: Reading, sentence: int) -> tuple[float, ...]:
    """Number and endpoint: the best agreement in a sentence, and whether it names another one."""
    clauses = reading.sentence(sentence)
    figures = [q for q, clause in reading.numbers if clause in clauses]
    number = max((number_match(one, q) for q in figures), default=0.0)
    shares = any(q.kind in ("percent", "fraction", "proportion") for q in figures)
    said = [h.name for c in clauses for h in reading.at(c, "concept")]
    named = max((one.concepts.get(name, 0.0) for name in said), default=0.0)
    return number, float(shares and number < 1), named, float(bool(said) and not named)


def _told(reading: Reading, sentence: int) -> tuple[float, ...]:
    """What a sentence is like, whatever the claim."""
    clauses = reading.sentence(sentence)
    asks = reading.clauses[clauses[0]].question
    kinds = ("study", "report", "treatment", "self", "you")
    return (float(asks), *(float(any(reading.at(c, kind) for c in clauses)) for kind in kinds))
