"""Single codes against a reference: right and wrong, polarity, whose, and the words pointed at.

A post on which the coder abstained is left out of precision, recall, F1 and MCC and counted in
`coverage`; `f1_if_abstained_is_no` takes it as a post without the code, as someone does who counts
what stands in the table. A post on which the reference abstained is left out of all of them and
counted in `gold_abstained`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from community.codebook import Code, Codebook
from community.labels.nouns import Given, Labels
from community.measures import accuracy, overlap
from community.measures.clustered import Array, Bools, Kind, Statistic, Whole
from community.quality.nouns import Figure, Unit
from community.quality.samples import (
    PRESENT,
    UNSURE,
    About,
    Sample,
    feelings,
    spans,
    without_unstated,
)

_BOTH: Unit = "posts with the code in both"


def columns(
    sampled: Sample, gold: Labels, given: Labels, code: Code, book: Codebook
) -> tuple[Whole, Whole]:
    """The code in the reference and with the coder, for each post."""
    pair = (sampled.column(gold, code), sampled.column(given, code))
    if code.layer != "sentiment":
        return pair
    felt = (feelings(sampled, labels, book) for labels in (gold, given))
    one, other = (without_unstated(c, f) for c, f in zip(pair, felt, strict=True))
    return one, other


def figures(
    sampled: Sample, gold: Labels, given: Labels, code: Code, book: Codebook
) -> Iterator[Figure]:
    """All figures of one code but those of its probabilities."""
    one, other = columns(sampled, gold, given, code, book)
    about = About(layer=code.layer, code=code.code)
    coded, decided = one >= 0, other >= 0
    yield about.count("support", one == PRESENT, int(coded.sum()), sampled)
    yield about.count("given", coded & (other == PRESENT), int(coded.sum()), sampled)
    yield about.count(
        "gold_abstained", one == UNSURE, int((coded | (one == UNSURE)).sum()), sampled
    )
    rows = np.stack([coded & decided, coded], axis=1)
    reached = sampled.estimate(rows, accuracy.mean, "index")
    yield about.figure("coverage", reached, int(coded.sum()))
    counts = accuracy.counts(one == PRESENT, other == PRESENT)
    yield from rates(sampled, counts * (coded & decided)[:, None], about)
    either = coded & ((one == PRESENT) | (other == PRESENT))
    every = sampled.estimate(counts * coded[:, None], accuracy.f1, "index", either)
    yield about.figure("f1_if_abstained_is_no", every, int(coded.sum()))
    both = (one == PRESENT) & (other == PRESENT)
    yield from _details(sampled, _pairs(sampled, gold, given, code, both), code)


def rates(sampled: Sample, counts: Array, about: About) -> Iterator[Figure]:
    """Precision, recall, F1 and MCC from counts by post, which are 0 where nothing is decided; n is
    what a measure divides by, for F1 and MCC all that was decided."""
    right, extra, missed = (counts[:, i] > 0 for i in range(3))
    any_ = right | extra | missed
    measures: tuple[tuple[str, Statistic, Kind, Bools, tuple[int, ...]], ...] = (
        ("precision", accuracy.precision, "share", right | extra, (0, 1)),
        ("recall", accuracy.recall, "share", right | missed, (0, 2)),
        ("f1", accuracy.f1, "index", any_, (0, 1, 2, 3)),
        ("mcc", accuracy.mcc, "index", any_, (0, 1, 2, 3)),
    )
    for name, statistic, kind, telling, over in measures:
        found = sampled.estimate(counts, statistic, kind, telling)
        yield about.figure(name, found, int(counts[:, list(over)].sum()))


def pooled(sampled: Sample, pairs: Sequence[tuple[Whole, Whole]], layer: str) -> Iterator[Figure]:
    """Precision, recall, F1 and coverage over all codes of a layer together (micro average)."""
    about = About(layer=layer, unit="posts x codes")
    total = np.zeros((len(sampled.posts), 4))
    reached = np.zeros((len(sampled.posts), 2))
    for one, other in pairs:
        coded, decided = one >= 0, (one >= 0) & (other >= 0)
        total += accuracy.counts(one == PRESENT, other == PRESENT) * decided[:, None]
        reached += np.stack([decided, coded], axis=1)
    share = sampled.estimate(reached, accuracy.mean, "index")
    yield about.figure("coverage", share, int(reached[:, 1].sum()))
    yield from rates(sampled, total, about)


# ---- where both have the code -----------------------------------------------------------------

_Pair = tuple[int, Given, Given]


def _pairs(sampled: Sample, gold: Labels, given: Labels, code: Code, both: Bools) -> list[_Pair]:
    held = ((i, sampled.posts[i].id) for i in np.flatnonzero(both))
    return [
        (int(i), gold.posts[key].given[code.code], given.posts[key].given[code.code])
        for i, key in held
    ]


def _details(sampled: Sample, pairs: Sequence[_Pair], code: Code) -> Iterator[Figure]:
    about = About(layer=code.layer, code=code.code, unit=_BOTH)
    found: dict[str, dict[int, float]] = {}
    if code.polarity:
        stated = [(i, a, b) for i, a, b in pairs if a.polarity]
        found["polarity_accuracy"] = {i: float(a.polarity == b.polarity) for i, a, b in stated}
    if code.whose:
        named = [(i, a, b) for i, a, b in pairs if a.whose]
        found["whose_accuracy"] = {i: float(a.whose == b.whose) for i, a, b in named}
    if overlaps := dict(_overlaps(sampled, pairs)):
        found["evidence_token_f1"] = overlaps
    for measure, values in found.items():
        kind: Kind = "index" if measure == "evidence_token_f1" else "share"
        estimate = sampled.estimate(_means(values, len(sampled.posts)), accuracy.mean, kind)
        yield about.figure(measure, estimate, len(values))


def _overlaps(sampled: Sample, pairs: Sequence[_Pair]) -> Iterator[tuple[int, float]]:
    for i, one, other in pairs:
        post = sampled.posts[i]
        left, right = spans(one, post), spans(other, post)
        value = overlap.token_f1(post.text, left, right) if left and right else None
        if value is not None:
            yield i, value


def _means(values: dict[int, float], count: int) -> Array:
    """(count, 2): value and 1 for each post that has one."""
    rows = np.zeros((count, 2))
    for i, value in values.items():
        rows[i] = value, 1
    return rows
