"""Codes that are given or not, against a reference: precision, recall, F1, MCC, accuracy.

All from four counts (right, extra, missed, rightly absent), in this order on the last axis of an
array, so that one call serves one table of counts or a thousand resamples. A measure that would
divide by nothing is nan: unknown is not 0.

B. W. Matthews, *Comparison of the predicted and observed secondary structure of T4 phage lysozyme*,
Biochim. Biophys. Acta 1975;405:442 (MCC); C. J. van Rijsbergen, *Information Retrieval*, 1979 (F).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from community.measures.clustered import Array


def counts(gold: npt.ArrayLike, given: npt.ArrayLike) -> Array:
    """A row of the four counts for each post.

    Args:
        gold, given: (n,) true where the reference, and where the coder has the code.

    Returns:
        (n, 4): right, extra, missed, rightly absent.
    """
    a, b = np.asarray(gold, dtype=bool), np.asarray(given, dtype=bool)
    return np.stack([a & b, ~a & b, a & ~b, ~a & ~b], axis=1).astype(np.float64)


def ratio(above: Array, below: Array) -> Array:
    """Quotient; nan where there is nothing below."""
    found = np.full(np.broadcast(above, below).shape, np.nan)
    np.divide(above, below, out=found, where=below > 0)
    return found


def precision(c: Array) -> Array:
    """Of the codes given, the share that the reference has too."""
    return ratio(c[..., 0], c[..., 0] + c[..., 1])


def recall(c: Array) -> Array:
    """Of the codes of the reference, the share that was given."""
    return ratio(c[..., 0], c[..., 0] + c[..., 2])


def f1(c: Array) -> Array:
    """Harmonic mean of precision and recall; 0 where nothing is right and something is not."""
    return ratio(2 * c[..., 0], 2 * c[..., 0] + c[..., 1] + c[..., 2])


def accuracy(c: Array) -> Array:
    """Share of posts on which the two agree; high by itself where a code is rare."""
    return ratio(c[..., 0] + c[..., 3], c.sum(axis=-1))


def mcc(c: Array) -> Array:
    """Matthews's correlation of the two, -1 to 1; nan where one of them never varies."""
    tp, fp, fn, tn = (c[..., i] for i in range(4))
    below = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return ratio(tp * tn - fp * fn, np.sqrt(below))


def mean(sums: Array) -> Array:
    """Mean of a quantity from its (sum, count)."""
    return ratio(sums[..., 0], sums[..., 1])
