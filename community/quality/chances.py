"""Probabilities against a reference: what they mean, and what abstaining on doubt would gain.

The calibration error needs no threshold. For the reach of a code, its coder's own decision stands
(a code among the three likeliest topics, say) and the band in which it abstains is widened about
one half; for sentiment, the value stands and the probability below which it is withheld is raised.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from community.codebook import Code, Codebook
from community.labels.nouns import Labels
from community.measures import accuracy, calibration
from community.measures.clustered import Array, Bools, Estimate, Plan, Whole, estimate, summed
from community.quality.codes import columns
from community.quality.nouns import Bin, Figure, Reach
from community.quality.samples import PRESENT, About, Sample, feelings

WIDTHS = tuple(round(0.05 * step, 2) for step in range(10))  # half the band about one half
LEAST = (0.0, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8)  # of a sentiment's probability
Scores = Mapping[str, float]


def chances(sampled: Sample, scores: Scores) -> Array:
    """(n,) probabilities, nan where the coder has none."""
    return np.array([scores.get(post.id, np.nan) for post in sampled.posts])


def calibrated(sampled: Sample, one: Whole, scores: Scores, code: Code) -> Iterator[Figure | Bin]:
    """A code's calibration error, the error that chance alone would give, and its bins.

    Args:
        one: the code in the reference, as `samples.Sample.column` gives it.
    """
    found = chances(sampled, scores)
    usable = (one >= 0) & ~np.isnan(found)
    if not usable.any():
        return
    about = About(layer=code.layer, code=code.code)
    probability = found[usable]
    gold = (one[usable] == PRESENT).astype(np.float64)
    clusters = sampled.clusters[usable]
    at = calibration.equal_mass(probability)
    rows = summed(calibration.rows(probability, gold, at), clusters, sampled.threads)
    error = estimate(rows, calibration.ece, kind="error")
    yield about.figure("ece", error, len(at))
    plan = Plan()
    chance = Estimate(
        value=calibration.by_chance(probability, at, plan),
        threads=error.threads,
        method=f"mean of {plan.draws} simulations with right probabilities, posts independent",
    )
    yield about.figure("ece_by_chance", chance, len(at))
    for number in range(calibration.BINS):
        inside = at == number
        if inside.any():
            share = np.stack([gold * inside, inside], axis=1)
            summed_share = summed(share, clusters, sampled.threads)
            yield _bin(code, number, probability[inside], summed_share)


def _bin(code: Code, number: int, probability: Array, share: Array) -> Bin:
    found = estimate(share, accuracy.mean, kind="share")
    return Bin(
        layer=code.layer, code=code.code, bin=number + 1, posts=len(probability),
        lowest=float(probability.min()), highest=float(probability.max()),
        probability=float(probability.mean()), share=found.value or 0.0,
        low=found.low, high=found.high,
    )  # fmt: skip


# ---- accuracy against coverage ----------------------------------------------------------------


def reach(
    sampled: Sample, pairs: Mapping[str, tuple[Whole, Whole]], scores: Mapping[str, Scores],
    layer: str,
) -> Iterator[Reach]:  # fmt: skip
    """How right the codes of a layer are as the band widens: each code, then all together.

    Args:
        pairs: for each code the columns of reference and coder.
        scores: for each code the probabilities by post.
    """
    sure = {code: np.abs(chances(sampled, scores.get(code, {})) - 0.5) for code in pairs}
    told = [code for code in pairs if not np.all(np.isnan(sure[code]))]
    for code in told:
        for width in WIDTHS:
            counts, coded = _counted(pairs[code], sure[code] >= width)
            yield _reached(sampled, About(layer=layer, code=code), width, counts, coded)
    if len(told) > 1:
        for width in WIDTHS:
            parts = [_counted(pairs[code], sure[code] >= width) for code in told]
            counts = np.sum([counted for counted, _ in parts], axis=0)
            coded = sum(number for _, number in parts)
            yield _reached(sampled, About(layer=layer), width, counts, coded)


def _counted(pair: tuple[Whole, Whole], sure: Bools) -> tuple[Array, int]:
    """Counts by post where the coder decides, and the number of posts that the reference coded."""
    one, other = pair
    decided = (one >= 0) & (other >= 0) & sure
    counts = accuracy.counts(one == PRESENT, other == PRESENT) * decided[:, None]
    return counts, int((one >= 0).sum())


def _reached(sampled: Sample, about: About, width: float, counts: Array, coded: int) -> Reach:
    pair = np.stack([counts[:, 0] + counts[:, 3], counts.sum(axis=1)], axis=1)
    found = sampled.estimate(pair, accuracy.mean, "share")
    total = counts.sum(axis=0)
    rates = (accuracy.precision(total), accuracy.recall(total), accuracy.f1(total))
    precision, recall, f1 = (None if np.isnan(rate) else float(rate) for rate in rates)
    return Reach(
        layer=about.layer, code=about.code, band_low=round(0.5 - width, 2),
        band_high=round(0.5 + width, 2), coverage=float(total.sum()) / max(1, coded),
        n=int(total.sum()), accuracy=found.value, low=found.low, high=found.high,
        precision=precision, recall=recall, f1=f1,
    )  # fmt: skip


def felt(
    sampled: Sample, labels: tuple[Labels, Labels], scores: Mapping[str, Scores], book: Codebook
) -> Iterator[Reach]:
    """How right the sentiment is as less likely values are withheld.

    Args:
        labels: reference and coder.
        scores: for each value the probabilities by post.
    """
    one, other = (feelings(sampled, each, book) for each in labels)
    likely = np.array(
        [
            scores.get(value, {}).get(post.id, np.nan) if value else np.nan
            for value, post in zip(other, sampled.posts, strict=True)
        ]
    )
    if np.all(np.isnan(likely)):
        return
    coded = np.array([value is not None for value in one])
    same = np.array([a == b for a, b in zip(one, other, strict=True)])
    for least in LEAST:
        decided = coded & (likely >= least)
        found = sampled.estimate(
            np.stack([same & decided, decided], axis=1), accuracy.mean, "share"
        )
        yield Reach(
            layer="sentiment", code="", band_low=0.0, band_high=least,
            coverage=float(decided.sum()) / max(1, int(coded.sum())), n=int(decided.sum()),
            accuracy=found.value, low=found.low, high=found.high,
            precision=None, recall=None, f1=None,
        )  # fmt: skip


def pairs_of(
    sampled: Sample, labels: tuple[Labels, Labels], codes: Sequence[Code], book: Codebook
) -> dict[str, tuple[Whole, Whole]]:
    """The columns of reference and coder of some codes."""
    return {code.code: columns(sampled, *labels, code, book) for code in codes}
