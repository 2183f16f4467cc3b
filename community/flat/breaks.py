"""Where one post ends and the next begins in running text without bylines or bullets: guesses.

Three steps. A logistic regression over what two neighbouring lines show (`community.flat.turns`),
and over how often the whole text shows it, gives each gap a probability; it was fitted to pages and
threads whose posts are known (weights in ``flat_breaks.toml``). Then the text's own layout is
learned from those probabilities by expectation maximisation: whether blank lines, buttons or bare
names go with the breaks. Last, those breaks are taken whose expected F1 is highest.
"""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from community.flat import turns

_ROUNDS = 12  # of expectation maximisation
_PRIOR = 4.0  # pseudo-counts with which a layout starts as telling nothing
_TRUST = 0.9  # share of the layout's evidence that counts: its parts are not independent
_MOST_SURE = 4.0  # log odds that the words alone may give


@dataclass(frozen=True, slots=True)
class Gap:
    """The layout of the place between two lines: names of what stands there, by kind of layout.

    Kinds are free; a kind with one name in all gaps of a text tells nothing.
    """

    layout: Mapping[str, str]


@cache
def weights() -> dict[str, dict[str, float]]:
    """Weights by model (``break``, ``page``, ``talk``) and feature."""
    file = resources.files("community").joinpath("data", "flat_breaks.toml")
    found: dict[str, dict[str, float]] = tomllib.loads(file.read_text(encoding="utf-8"))
    return found


def logits(looks: turns.Looks) -> np.ndarray:
    """Log odds of a break in front of lines 1, 2, …, by the words alone."""
    model = weights()
    features = [turns.between(looks, at) for at in range(1, len(looks.lines))]
    if not features:
        return np.zeros(0)
    means: Counter[str] = Counter()
    for one in features:
        means.update(one)
    page = sum(model["page"].get(name, 0.0) * v / len(features) for name, v in means.items())
    found = [
        page + sum(model["break"].get(name, 0.0) * value for name, value in one.items())
        for one in features
    ]
    return np.asarray(np.clip(np.array(found), -_MOST_SURE, _MOST_SURE))


def with_layout(scores: np.ndarray, gaps: Sequence[Gap]) -> np.ndarray:
    """Probabilities of breaks by words and layout, the layout's meaning learned from the words'."""
    kinds = sorted({kind for gap in gaps for kind in gap.layout})
    told = {kind: [gap.layout.get(kind, "") for gap in gaps] for kind in kinds}
    told = {kind: names for kind, names in told.items() if len(set(names)) > 1}
    chance = _sigmoid(scores)
    for _ in range(_ROUNDS if told else 0):
        evidence = np.zeros(len(scores))
        for names in told.values():
            evidence += _evidence(names, chance)
        chance = _sigmoid(scores + _TRUST * evidence)
    return chance


def _evidence(names: Sequence[str], chance: np.ndarray) -> np.ndarray:
    """Log likelihood ratios of a kind of layout, given who breaks how surely."""
    total = Counter(names)
    breaking: dict[str, float] = dict.fromkeys(total, 0.0)
    for name, p in zip(names, chance, strict=True):
        breaking[name] += float(p)
    breaks, all_of = sum(breaking.values()), len(names)
    ratio = {}
    for name, count in total.items():
        base = count / all_of
        with_break = (breaking[name] + _PRIOR * base) / (breaks + _PRIOR)
        without = (count - breaking[name] + _PRIOR * base) / (all_of - breaks + _PRIOR)
        ratio[name] = math.log(with_break / without)
    return np.array([ratio[name] for name in names])


def chosen(chance: np.ndarray) -> np.ndarray:
    """The gaps whose breaks together have the highest expected F1, as a mask."""
    if not len(chance):
        return np.zeros(0, dtype=bool)
    order = np.argsort(-chance, kind="stable")
    gained = np.cumsum(chance[order])
    f1 = 2 * gained / (np.arange(1, len(chance) + 1) + chance.sum())
    taken = np.zeros(len(chance), dtype=bool)
    taken[order[: int(np.argmax(f1)) + 1]] = True
    return taken


def talk(look: turns.Look) -> float:
    """Log odds that a line is from a comment and not from an article."""
    model = weights()["talk"]
    return sum(model.get(name, 0.0) * value for name, value in turns.alone(look).items())


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-x)))
