"""Sentiment and role against a reference: one value a post, and who confuses which.

Kappa takes all values as equally far apart; weighted kappa (squared ranks) takes negative and
positive as twice as far from each other as from mixed and neutral, which share a rank.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

import numpy as np

from community.codebook import Codebook
from community.labels.nouns import Labels, PostLabels
from community.measures import accuracy, agreement
from community.measures.clustered import Array
from community.quality.nouns import Cell, Figure
from community.quality.samples import About, Sample, feelings, ranks, sentiments
from community.types import Role

ABSTAINED = "(abstained)"
ROLES: tuple[str, ...] = get_args(Role)
_UNTOLD = "unknown"  # a role's way to abstain
Values = Sequence[str | None]


def sentiment(
    sampled: Sample, gold: Labels, given: Labels, book: Codebook
) -> Iterator[Figure | Cell]:
    """Accuracy, kappas and coverage of the sentiment, and its confusion matrix."""
    one, other = (feelings(sampled, labels, book) for labels in (gold, given))
    about = About(layer="sentiment")
    yield _coverage(sampled, one, [value is not None for value in other], about)
    yield _accuracy(sampled, one, other, about, "accuracy")
    kinds = sentiments(book)
    yield kappa(sampled, (one, other), kinds, about)
    if scale := ranks(kinds):
        yield weighted(sampled, (one, other), scale, about)
    left, right = (_shown(sampled.each(x), y) for x, y in ((gold, one), (given, other)))
    yield from _confusion(left, right, "sentiment", (*kinds, ABSTAINED))


def role(sampled: Sample, gold: Labels) -> Iterator[Figure | Cell]:
    """Accuracy and kappa of the roles that the study judged, and their confusion matrix;
    ``unknown`` is a value, and what the coder says where it does not know."""
    one = [post.role if post else None for post in sampled.each(gold)]
    other: list[str | None] = [post.role for post in sampled.posts]
    about = About(layer="role")
    told = [value != _UNTOLD for value in other]
    yield _coverage(sampled, one, told, about)
    yield _accuracy(sampled, one, other, about, "accuracy")
    where = [value if known else None for value, known in zip(other, told, strict=True)]
    yield _accuracy(sampled, one, where, about, "accuracy_where_told")
    yield kappa(sampled, (one, other), ROLES, about)
    yield from _confusion(one, other, "role", ROLES)


def kappa(
    sampled: Sample, pair: tuple[Values, Values], kinds: Sequence[str], about: About
) -> Figure:
    """Cohen's kappa of two codings of the same posts."""
    rows = _matrices(pair, {kind: i for i, kind in enumerate(kinds)})
    return about.figure("kappa", sampled.estimate(rows, agreement.kappa, "index"), int(rows.sum()))


def weighted(
    sampled: Sample, pair: tuple[Values, Values], scale: Mapping[str, int], about: About
) -> Figure:
    """Weighted kappa of two codings of the same posts, with squared distances of ranks."""
    rows = _matrices(pair, scale)
    weights = agreement.quadratic(max(scale.values()) + 1)
    found = sampled.estimate(rows, lambda flat: agreement.kappa(flat, weights), "index")
    return about.figure("kappa_weighted", found, int(rows.sum()))


def _matrices(pair: tuple[Values, Values], number: Mapping[str, int]) -> Array:
    one, other = (
        np.array([agreement.MISSING if v is None else number[v] for v in values], dtype=np.int64)
        for values in pair
    )
    return agreement.matrices(one, other, max(number.values()) + 1)


def _accuracy(sampled: Sample, one: Values, other: Values, about: About, measure: str) -> Figure:
    both = np.array([a is not None and b is not None for a, b in zip(one, other, strict=True)])
    same = np.array([a == b for a, b in zip(one, other, strict=True)])
    rows = np.stack([both & same, both], axis=1)
    return about.figure(measure, sampled.estimate(rows, accuracy.mean, "share"), int(both.sum()))


def _coverage(sampled: Sample, one: Values, told: Sequence[bool], about: About) -> Figure:
    coded = np.array([value is not None for value in one])
    rows = np.stack([coded & np.array(told, dtype=bool), coded], axis=1)
    return about.figure(
        "coverage", sampled.estimate(rows, accuracy.mean, "index"), int(coded.sum())
    )


def _shown(posts: Sequence[PostLabels | None], values: Values) -> list[str | None]:
    """Values, with a word for posts that were coded without one."""
    return [
        ABSTAINED if value is None and post is not None else value
        for post, value in zip(posts, values, strict=True)
    ]


def _confusion(one: Values, other: Values, layer: str, kinds: Sequence[str]) -> Iterator[Cell]:
    """Every cell, 0 included; abstentions only where there are any."""
    counts = Counter((a, b) for a, b in zip(one, other, strict=True) if a and b)
    rows = [kind for kind in kinds if kind != ABSTAINED or any(a == kind for a, _ in counts)]
    columns = [kind for kind in kinds if kind != ABSTAINED or any(b == kind for _, b in counts)]
    for a in rows:
        for b in columns:
            yield Cell(layer=layer, gold=a, given=b, posts=counts[a, b])
