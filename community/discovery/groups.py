"""Points into groups: k-means beside a middle that does not move, from centres that are known.

Lloyd's algorithm (1982) on points of length 1, with one thing added: the origin, the middle of all
posts, takes part as a centre that stays where it is. A point that is nearer to it than to any group
belongs to none: it says what everybody says, or what nobody else does. Nothing is random: first
centres come from Ward's clustering (1963), later ones from the groups of the last run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage

from community.discovery.spaces import Points

Labels = npt.NDArray[np.int64]
NONE = -1  # the label of a point without a group
NOWHERE = -2  # where a point was that is new
FEWEST = 3  # points of a group; what fewer say is no topic
_FRESH = 5  # points of a group that came with new posts
_SAMPLE = 2_000  # points that Ward's clustering is given
_ROUNDS = 300
_DIGITS = 9  # decimals that every processor agrees on
_INERTIA = 0.02  # see `nearest`


def means(points: Points, labels: Labels, groups: Sequence[int]) -> Points:
    """The centre of each group."""
    if not len(groups):
        return np.zeros((0, points.shape[1]))
    return np.stack([points[labels == group].mean(axis=0) for group in groups])


def nearest(points: Points, centres: Points, home: Labels) -> Labels:
    """The group of each point, or `NONE`.

    For a point x of length 1 and a centre c, 2 x·c - |c|² says by how much its squared distance to
    c is smaller than that to the origin. The group where a point was has `_INERTIA` more, and so
    has no group for a point that had none: between equals, nothing moves.

    Args:
        points: one per row.
        centres: one per row; one that is not a number is given up.
        home: the group where each point was, `NONE`, or `NOWHERE`.
    """
    near = (2 * points @ centres.T - (centres**2).sum(axis=1)).round(_DIGITS)
    near = np.hstack([np.zeros((len(points), 1)), np.where(np.isnan(near), -np.inf, near)])
    had = np.flatnonzero((home != NOWHERE) & (home < len(centres)))
    near[had, home[had] + 1] += _INERTIA
    return np.asarray(near.argmax(axis=1) - 1)


def settle(points: Points, centres: Points, home: Labels) -> Labels:
    """The groups that centres settle into. Those that end with fewer than `FEWEST` points are given
    up, one at a time and the smallest first, and the others settle again.

    Returns:
        a label per point: the number of the centre that it started from, or `NONE`.
    """
    centres = centres.copy()
    while True:
        labels = _lloyd(points, centres, home)
        sizes = np.bincount(labels[labels != NONE], minlength=len(centres))
        small = [g for g in np.flatnonzero(sizes < FEWEST) if not np.isnan(centres[g]).any()]
        if not small:
            return labels
        centres[min(small, key=lambda group: (sizes[group], -group))] = np.nan


def _lloyd(points: Points, centres: Points, home: Labels) -> Labels:
    """Labels that no longer change; moves the centres."""
    labels = nearest(points, centres, home)
    for _ in range(_ROUNDS):
        present = _present(labels)
        centres[present] = means(points, labels, present)
        moved = nearest(points, centres, home)
        if np.array_equal(moved, labels):
            break
        labels = moved
    return labels


def ward(points: Points, count: int) -> list[Labels]:
    """Ward's clustering of points (of a sample, if they are many) into at most `count` groups.

    Returns:
        the numbers of the points of each group, the largest group first.
    """
    sample = points[:_SAMPLE]
    if len(sample) < 2 or count < 2:
        return [np.arange(len(sample))] if len(sample) else []
    labels = fcluster(linkage(sample, "ward"), count, "maxclust")
    groups = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    return sorted(groups, key=lambda members: (-len(members), int(members[0])))


@dataclass(slots=True, kw_only=True)
class Grouping:
    """How points are grouped, given how they were.

    Has the method and the attribute that BERTopic asks of a model that clusters. `home` is the
    group where each point was, `NONE` or `NOWHERE`; `wanted` is how many groups are wanted now,
    `had` how many were wanted then.
    """

    home: Labels
    wanted: int
    had: int = 0
    labels_: Labels = field(default_factory=lambda: np.zeros(0, np.int64))

    def fit(self, points: Points, y: object = None) -> Grouping:
        """Groups points of length 1, one per row; the labels are then in `labels_`.

        Groups of before start where their points are now. A group of fresh points becomes one more.
        Where more are wanted than before, the one that is spread most is split; where fewer, the
        smallest is given up.
        """
        if not _present(self.home):
            first = [points[members].mean(axis=0) for members in ward(points, self.wanted)]
            self.labels_ = settle(points, np.stack(first), np.full(len(points), NOWHERE))
            return self
        start = np.vstack([_centres(points, self.home), *self._fresh(points)])
        labels = settle(points, start, self.home)
        for _ in range(self.wanted - self.had):
            labels = _split(points, labels)
        for _ in range(self.had - self.wanted):
            labels = _without_smallest(points, labels)
        self.labels_ = labels
        return self

    def _fresh(self, points: Points) -> list[Points]:
        """Centres of groups that came with the new posts: in a clustering of all posts, those whose
        known posts are at most a quarter of what they would be by chance."""
        known = self.home != NOWHERE
        if known.all():
            return []
        usual = known[:_SAMPLE].mean()
        groups = ward(points, self.wanted)
        new = [m for m in groups if len(m) >= _FRESH and known[m].mean() <= usual / 4]
        return [points[members].mean(axis=0, keepdims=True) for members in new]


def _present(labels: Labels) -> list[int]:
    return [label for label in np.unique(labels).tolist() if label >= 0]


def _centres(points: Points, labels: Labels) -> Points:
    """The centre of each label, not a number where a label is missing."""
    centres = np.full((int(labels.max(initial=NONE)) + 1, points.shape[1]), np.nan)
    present = _present(labels)
    centres[present] = means(points, labels, present)
    return centres


def _split(points: Points, labels: Labels) -> Labels:
    """Labels after the group that is spread most was split in two; the larger part is the old."""
    spread = {
        group: round(float(len(mine) * (1 - (mine.mean(axis=0) ** 2).sum())), _DIGITS)
        for group in _present(labels)
        for mine in [points[labels == group]]
    }
    widest = max(spread, key=lambda group: (spread[group], -group), default=NONE)
    members = np.flatnonzero(labels == widest)
    parts = ward(points[members], 2)
    if widest == NONE or len(parts) < 2 or len(parts[1]) < FEWEST:
        return labels
    apart = labels.copy()
    apart[members[parts[1]]] = labels.max() + 1
    return settle(points, _centres(points, apart), apart)


def _without_smallest(points: Points, labels: Labels) -> Labels:
    sizes = {group: int((labels == group).sum()) for group in _present(labels)}
    smallest = min(sizes, key=lambda group: (sizes[group], -group), default=NONE)
    rest = np.where(labels == smallest, NOWHERE, labels)
    return settle(points, _centres(points, rest), rest)
