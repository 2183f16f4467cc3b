"""Whether probabilities mean what they say.

Expected calibration error: posts are sorted by probability into bins of equal mass, and in each the
mean probability is set against the share of posts that have the code (A. Niculescu-Mizil and R.
Caruana, *Predicting good probabilities with supervised learning*, ICML 2005, for the diagram; M. P.
Naeini, G. F. Cooper and M. Hauskrecht, *Obtaining well calibrated probabilities using Bayesian
binning*, AAAI 2015, for the error). Chance alone raises it: `by_chance` says how great
it would be if every probability were right (consistency resampling: J. Broecker and L. A. Smith,
*Increasing the reliability of reliability diagrams*, Weather Forecast. 2007;22:651).
"""

from __future__ import annotations

import numpy as np

from community.measures.accuracy import ratio
from community.measures.clustered import Array, Plan, Whole

BINS = 10


def equal_mass(probabilities: Array, bins: int = BINS) -> Whole:
    """The bin of each post, from 0. Equal probabilities share a bin, that of their middle rank, so
    that the order of the posts does not matter; with many ties some bins stay empty.

    Args:
        probabilities: (n,), 0 to 1.
    """
    _, inverse, tally = np.unique(probabilities, return_inverse=True, return_counts=True)
    middle = (np.cumsum(tally) - tally / 2) / max(1, len(probabilities))
    found: Whole = np.minimum((middle * bins).astype(np.int64), bins - 1)[inverse]
    return found


def rows(probabilities: Array, gold: Array, at: Whole, bins: int = BINS) -> Array:
    """What each post contributes.

    Args:
        probabilities, gold: (n,); gold is 1 where the reference has the code, else 0.
        at: (n,) bins.

    Returns:
        (n, 3 * bins): for each bin posts, sum of probabilities, codes.
    """
    made = np.zeros((len(at), bins, 3))
    made[np.arange(len(at)), at] = np.stack([np.ones(len(at)), probabilities, gold], axis=1)
    return made.reshape(len(at), 3 * bins)


def ece(sums: Array) -> Array:
    """Expected calibration error, 0 to 1, from sums of `rows`: the gap of each bin, weighted by the
    share of posts in it."""
    binned = sums.reshape(*sums.shape[:-1], -1, 3)
    gap = np.abs(binned[..., 1] - binned[..., 2]).sum(axis=-1)
    return ratio(gap, binned[..., 0].sum(axis=-1))


def by_chance(probabilities: Array, at: Whole, plan: Plan) -> float:
    """Mean calibration error of as many posts if every probability were right; posts drawn as
    independent."""
    generator = np.random.default_rng(plan.seed)
    total = 0.0
    for _ in range(plan.draws):
        drawn = generator.random(len(probabilities)) < probabilities
        total += float(np.abs(np.bincount(at, probabilities - drawn)).sum())
    return total / plan.draws / max(1, len(probabilities))
