"""Agreement of coders: percent agreement, Cohen's kappa, Krippendorff's alpha.

- J. Cohen, *A coefficient of agreement for nominal scales*, Educ. Psychol. Meas. 1960;20:37, and
  *Weighted kappa*, Psychol. Bull. 1968;70:213: two coders, each with their own marginals.
- K. Krippendorff, *Computing Krippendorff's alpha-reliability*, 2011 (repository.upenn.edu,
  asc_papers/43): any number of coders, missing codings allowed.
- R. Passonneau, *Measuring agreement on set-valued items (MASI) for semantic and pragmatic
  annotation*, LREC 2006: a distance between sets, for alpha.

Categories are numbers from 0; an ordinal scale is in that order. All are undefined (nan) where only
one category occurs: agreement that could not have failed says nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

from community.measures.accuracy import ratio
from community.measures.clustered import Array, Whole

MISSING = -1  # a coder did not code the unit


def matrices(one: Whole, other: Whole, categories: int) -> Array:
    """A flattened confusion matrix for each unit, all 0 where a coder did not code it.

    Args:
        one, other: (n,) categories, or `MISSING`.

    Returns:
        (n, categories ** 2), rows of the matrix by `one`.
    """
    both = (one != MISSING) & (other != MISSING)
    made = np.zeros((len(one), categories**2))
    made[both, one[both] * categories + other[both]] = 1
    return made


def kappa(flat: Array, weights: Array | None = None) -> Array:
    """Cohen's kappa, from sums of `matrices`.

    Args:
        flat: (…, categories ** 2) counts.
        weights: (categories, categories) disagreement of each pair of categories, 0 on the
            diagonal; any two different ones disagree fully if None.
    """
    size = round(flat.shape[-1] ** 0.5)
    table = flat.reshape(*flat.shape[:-1], size, size)
    cost = 1 - np.eye(size) if weights is None else weights
    rows, columns = table.sum(axis=-1), table.sum(axis=-2)
    seen = (table * cost).sum(axis=(-1, -2)) * table.sum(axis=(-1, -2))
    by_chance = np.einsum("...i,ij,...j->...", rows, cost, columns)
    return 1 - ratio(seen, by_chance)


def quadratic(categories: int) -> Array:
    """Weights of an ordinal scale for `kappa`: squared distance of ranks."""
    ranks = np.arange(categories, dtype=np.float64)
    return (ranks[:, None] - ranks[None, :]) ** 2


def coincidences(codings: Whole, categories: int) -> Array:
    """A flattened coincidence matrix for each unit.

    Args:
        codings: (n, coders) categories, or `MISSING`.

    Returns:
        (n, categories ** 2); all 0 for a unit that fewer than two coders coded.
    """
    tally = np.stack([(codings == c).sum(axis=1) for c in range(categories)], axis=1)
    tally = tally.astype(np.float64)
    pairs = tally[:, :, None] * tally[:, None, :]
    pairs[:, np.arange(categories), np.arange(categories)] -= tally
    made: Array = pairs / np.maximum(tally.sum(axis=1) - 1, 1)[:, None, None]
    return made.reshape(len(codings), categories**2)


def percent(flat: Array) -> Array:
    """Share of pairs of codings of the same unit that agree, each unit by its number of codings;
    with two coders the share of units on which they agree. From sums of `coincidences`."""
    size = round(flat.shape[-1] ** 0.5)
    return ratio(flat[..., :: size + 1].sum(axis=-1), flat.sum(axis=-1))


def nominal(flat: Array) -> Array:
    """Krippendorff's alpha for categories without an order, from sums of `coincidences`."""
    size = round(flat.shape[-1] ** 0.5)
    return _alpha(flat, np.broadcast_to(1 - np.eye(size), (*flat.shape[:-1], size, size)))


def ordinal(flat: Array) -> Array:
    """Krippendorff's alpha for ranks, from sums of `coincidences`: two ranks are as far apart as
    there are codings between them."""
    size = round(flat.shape[-1] ** 0.5)
    held = flat.reshape(*flat.shape[:-1], size, size).sum(axis=-1)
    upto = np.cumsum(held, axis=-1) - held / 2  # to the middle of each rank
    return _alpha(flat, (upto[..., :, None] - upto[..., None, :]) ** 2)


def _alpha(flat: Array, distance: Array) -> Array:
    table = flat.reshape(distance.shape)
    held = table.sum(axis=-1)
    total = held.sum(axis=-1)
    seen = (table * distance).sum(axis=(-1, -2)) * (total - 1)
    by_chance = np.einsum("...i,...ij,...j->...", held, distance, held)
    return 1 - ratio(seen, by_chance)


# ---- sets -------------------------------------------------------------------------------------


def masi(a: Collection[str], b: Collection[str]) -> float:
    """Passonneau's distance of two sets, 0 (equal) to 1 (nothing shared): one minus the share of
    members in common (Jaccard), weighted by 1, 2/3 where one holds the other, 1/3 where each has
    members of its own."""
    one, other = set(a), set(b)
    if one == other:
        return 0.0
    shared = len(one & other) / len(one | other)
    return 1 - shared * (2 / 3 if one <= other or other <= one else 1 / 3)


def set_rows(codings: Sequence[Sequence[frozenset[str] | None]]) -> tuple[Array, Array]:
    """What each unit contributes to alpha over sets.

    Args:
        codings: for each unit the set of each coder, None where they did not code it.

    Returns:
        (n, 1 + k) rows for `sets`: disagreement within the unit, then how often each of the k
        different sets was given; and the (k, k) distances of these sets.
    """
    kinds = sorted({s for unit in codings for s in unit if s is not None}, key=sorted)
    number = {kind: i for i, kind in enumerate(kinds)}
    size = (len(kinds), len(kinds))
    distance = np.array([[masi(a, b) for b in kinds] for a in kinds]).reshape(size)
    rows = np.zeros((len(codings), 1 + len(kinds)))
    for row, unit in zip(rows, codings, strict=True):
        held = [number[s] for s in unit if s is not None]
        if len(held) > 1:
            row[0] = distance[np.ix_(held, held)].sum() / (len(held) - 1)
            np.add.at(row, np.array(held) + 1, 1)
    return rows, distance


def sets(rows: Array, distance: Array) -> Array:
    """Krippendorff's alpha over sets, from sums of `set_rows`. The distance itself stands where
    Krippendorff squares a difference, as with Passonneau."""
    held = rows[..., 1:]
    seen = rows[..., 0] * (held.sum(axis=-1) - 1)
    by_chance = np.einsum("...i,...i->...", held @ distance, held)
    return 1 - ratio(seen, by_chance)


def as_categories(values: npt.NDArray[np.object_], kinds: Sequence[object]) -> Whole:
    """Values as numbers of their kind, None as `MISSING`; the array keeps its shape."""
    number = {kind: i for i, kind in enumerate(kinds)} | {None: MISSING}
    flat = [number[value] for value in values.ravel()]
    return np.array(flat, dtype=np.int64).reshape(values.shape)
