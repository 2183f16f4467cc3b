"""From logits and the rules' numbers to calibrated chances: a small logistic model per question.

A question (``treatment-experience``, ``topic efficacy``, ``sentiment`` …) has named inputs, their
means and scales, and weights per answer. It was fitted on predictions for posts that the heads had
not seen (stacking, Wolpert 1992), which is what makes its chances honest.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
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
class Questions:
    """Many questions asked at once: their `names` in order, the `answers` of each, all `inputs`,
    and one matrix (answers by inputs) and bias with means and scales folded in."""

    names: tuple[str, ...]
    answers: tuple[tuple[str, ...], ...]
    inputs: tuple[str, ...]
    weights: Array
    bias: Array

    def ask(self, values: Mapping[str, float]) -> dict[str, dict[str, float]]:
        """The chance of each answer by question; inputs not given are 0."""
        row = np.array([values.get(name, 0.0) for name in self.inputs])
        logits = (self.weights @ row + self.bias).tolist()
        found, at = {}, 0
        for name, answers in zip(self.names, self.answers, strict=True):
            mine = logits[at : at + len(answers)]
            at += len(answers)
            top = max(mine)
            powers = [math.exp(value - top) for value in mine]
            whole = sum(powers)
            found[name] = {
                answer: round(power / whole, 4)
                for answer, power in zip(answers, powers, strict=True)
            }
        return found


def together(records: Mapping[str, Mapping[str, Any]]) -> Questions:
    """All questions of the model's JSON as one."""
    inputs = tuple(dict.fromkeys(name for r in records.values() for name in r["inputs"]))
    place = {name: n for n, name in enumerate(inputs)}
    rows, bias = [], []
    for record in records.values():
        columns = [place[name] for name in record["inputs"]]
        scales, means = np.array(record["scales"]), np.array(record["means"])
        for weights, constant in zip(record["weights"], record["bias"], strict=True):
            row = np.zeros(len(inputs))
            np.add.at(row, columns, np.array(weights) / scales)
            rows.append(row)
            bias.append(constant - float((np.array(weights) / scales * means).sum()))
    return Questions(
        names=tuple(records),
        answers=tuple(tuple(r["answers"]) for r in records.values()),
        inputs=inputs,
        weights=np.array(rows),
        bias=np.array(bias),
    )
