"""Where to cut: decisions from log-odds and scores, so that a figure is best on texts not seen."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from community.measures.agreement import kappa, quadratic

Array = npt.NDArray[np.float64]
_STEPS = np.linspace(-2, 2, 41)  # logits tried as the shift of one class against the others
_ROUNDS = 3  # times that each cut or shift is tried anew
_PLACES = 200  # places between which cuts of a score are tried


def label_cuts(told: Array, targets: npt.NDArray[np.bool_]) -> Array:
    """For each label the log-odds above which F1 is best; 0 for one that no text has.

    Args:
        told: log-odds, texts by labels.
        targets: whether the text has the label.
    """
    found = np.zeros(told.shape[1])
    for number, (column, target) in enumerate(zip(told.T, targets.T, strict=True)):
        if not target.any():
            continue  # no cut finds what is not there: even chances
        order = np.argsort(-column, kind="stable")
        ranked = column[order]
        f1 = 2 * np.cumsum(target[order]) / (np.arange(1, len(order) + 1) + target.sum())
        f1[:-1][ranked[:-1] == ranked[1:]] = -1.0  # no cut between equals
        best = int(f1.argmax())
        below = ranked[best + 1] if best + 1 < len(ranked) else ranked[best] - 1.0
        found[number] = (ranked[best] + below) / 2
    return found


def class_shifts(told: Array, right: npt.NDArray[np.intp]) -> Array:
    """What to take off the log-odds of each class so that macro-F1 of the likeliest is best.

    One class is moved after the other; ties keep the smaller shift.

    Args:
        told: log-odds, texts by classes.
        right: number of the class of each text.
    """
    found = np.zeros(told.shape[1])
    best = macro_f1(confusion(right, told.argmax(axis=1), len(found)))
    for _ in range(_ROUNDS):
        for number in range(len(found)):
            for step in _STEPS:
                tried = found.copy()
                tried[number] = step
                given = (told - tried).argmax(axis=1)
                score = macro_f1(confusion(right, given, len(found)))
                if score > best + 1e-9:
                    best, found = score, tried
    return found


def rank_cuts(score: Array, right: npt.NDArray[np.intp], grades: int, goal: str) -> Array:
    """Cuts of a score between grades with which `goal` is best, one cut after the other.

    Args:
        score: one number per text, higher for higher grades.
        right: grade of each text, from 0.
        grades: how many there are.
        goal: ``kappa`` (quadratic weights) or ``f1`` (macro).

    Returns:
        grades - 1 cuts, ascending; the grade given is how many of them the score exceeds.
    """
    measure: Callable[[Array], float] = weighted_kappa if goal == "kappa" else macro_f1
    places = np.unique(np.quantile(score, np.linspace(0, 1, _PLACES + 1)))
    table = np.zeros((len(places) + 1, grades))
    np.add.at(table, (np.searchsorted(places, score), right), 1)
    below = np.cumsum(table, axis=0)  # texts of each grade at or below each place
    shares = np.cumsum(np.bincount(right, minlength=grades))[:-1] / len(right)
    at = np.searchsorted(places, np.quantile(score, shares)).clip(0, len(places) - 1)
    best = measure(_given(below, at))
    for _ in range(_ROUNDS):
        for number in range(grades - 1):
            low = at[number - 1] if number else 0
            high = at[number + 1] if number + 2 < grades else len(places) - 1
            for place in range(low, high + 1):
                tried = at.copy()
                tried[number] = place
                if (value := measure(_given(below, tried))) > best + 1e-9:
                    best, at = value, tried
    return np.asarray(places[at], float)


def _given(below: Array, at: npt.NDArray[np.intp]) -> Array:
    """Confusion, right by given, if the score is cut at these places."""
    edges = np.vstack([np.zeros(below.shape[1]), below[at], below[-1]])
    return np.asarray(np.diff(edges, axis=0).T)


def confusion(right: npt.NDArray[Any], given: npt.NDArray[Any], classes: int) -> Array:
    """Counts of texts: classes by classes, right by given."""
    counts = np.bincount(right * classes + given, minlength=classes * classes)
    return counts.reshape(classes, classes).astype(float)


def macro_f1(table: Array) -> float:
    """Mean F1 of the classes of a confusion; a class that is neither right nor given counts 0."""
    both = table.sum(axis=0) + table.sum(axis=1)
    return float(np.mean(2 * np.diag(table) / np.maximum(both, 1)))


def weighted_kappa(table: Array) -> float:
    """Cohen's kappa with quadratic weights of a confusion; 0 where one grade is all there is."""
    told = float(kappa(table.ravel(), quadratic(len(table))))
    return 0.0 if math.isnan(told) else told
