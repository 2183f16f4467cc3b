"""From logits and the rules' numbers to calibrated chances: a small logistic model per question.

A question (``treatment-experience``, ``topic efficacy``, ``sentiment`` …) has named inputs, their
means and scales, and weights per answer. It was fitted on predictions for posts that the heads had
not seen (stacking, Wolpert 1992), which is what makes its chances honest.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from community.learned.heads import Array, Logits, Model

_FLOOR = -6.0  # logit of a post without a unit


def inputs(model: Model, logits: Logits, numbers: Mapping[str, float]) -> dict[str, float]:
    """Everything that questions may ask of a post, by name.

    ``post:HEAD`` is the post's logit; ``top:HEAD`` and ``next:HEAD`` those of its strongest units,
    ``any:HEAD`` the logit that at least one unit has it, ``mean:HEAD`` the mean chance.
    """
    values = dict(numbers)
    for name, value in zip(model.post.names, logits.post.tolist(), strict=True):
        values[f"post:{name}"] = value
    for column, name in enumerate(model.unit.names):
        values |= _over_units(name, logits.units[:, column])
    values["size"] = math.log1p(len(logits.units))
    return values


def _over_units(name: str, column: Array) -> dict[str, float]:
    ranked = sorted(column.tolist(), reverse=True)
    chances = [1 / (1 + math.exp(-value)) for value in ranked]
    none = math.prod(1 - min(chance, 0.98) for chance in chances)
    top = ranked[0] if ranked else _FLOOR
    return {
        f"top:{name}": max(top, _FLOOR),
        f"next:{name}": max(ranked[1], _FLOOR) if len(ranked) > 1 else _FLOOR + 1,
        f"any:{name}": max(math.log((1 - none + 1e-6) / max(none, 1e-6)), _FLOOR),
        f"mean:{name}": sum(chances) / max(1, len(chances)),
    }


@dataclass(frozen=True, slots=True)
class Question:
    """One logistic model: `answers` and, for each input, its mean, scale and weights."""

    answers: tuple[str, ...]
    names: tuple[str, ...]
    means: Array
    scales: Array
    weights: Array
    bias: Array

    def chances(self, values: Mapping[str, float]) -> dict[str, float]:
        """The chance of each answer; they add up to 1. Inputs not given are 0."""
        row = np.array([values.get(name, 0.0) for name in self.names], np.float32)
        logits = self.weights @ ((row - self.means) / self.scales) + self.bias
        powers = np.exp((logits - logits.max()).astype(np.float64))
        return dict(zip(self.answers, (powers / powers.sum()).round(4).tolist(), strict=True))


def question(record: Mapping[str, Any]) -> Question:
    """A question from the model's JSON."""

    def array(values: Sequence[Any]) -> Array:
        return np.array(values, np.float32)

    return Question(
        answers=tuple(record["answers"]),
        names=tuple(record["inputs"]),
        means=array(record["means"]),
        scales=array(record["scales"]),
        weights=array(record["weights"]),
        bias=array(record["bias"]),
    )
