"""The learned model of who answers whom: a score per candidate, a probability per post.

A conditional logit whose score is a linear part plus one hidden layer of rectified units, so that
evidence can count differently in a chat and under an article. Weights stand in ``answers.npz``,
made by ``benchmarks/train_answers.py``; the card in ``models/answers`` says from what.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from community.errors import CodebookError
from community.judges.facts import Floats, Ints

_FILE = "answers.npz"
_DIGITS = 6  # scores are rounded, so that the order of additions decides nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Weights by feature; `shared` features have one value for all candidates of a post."""

    names: tuple[str, ...]
    linear: Floats  # d
    hidden: Floats  # d × h
    offset: Floats  # h
    output: Floats  # h
    temperature: float = 1.0  # divides scores, fitted on threads not trained on

    def score(self, values: Floats) -> Floats:
        """A score per row of `values`, whose columns are `names`."""
        units = np.maximum(values @ self.hidden + self.offset, 0.0)
        scores: Floats = values @ self.linear + units @ self.output
        return np.round(scores / self.temperature, _DIGITS)


@cache
def packaged() -> Model:
    """The model that comes with the package.

    Raises:
        CodebookError: the file lacks an array.
    """
    data = resources.files("community").joinpath("data", _FILE).read_bytes()
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return model_of(arrays)


def model_of(arrays: Mapping[str, object]) -> Model:
    """The model in named arrays, as `arrays_of` gives them."""
    try:
        found = {name: np.asarray(arrays[name]) for name in _ARRAYS}
    except KeyError as error:
        raise CodebookError(_FILE, f"lacks the array {error}") from error
    columns = {name: found[name].astype(np.float64) for name in _ARRAYS[1:5]}
    names = tuple(str(name) for name in found["names"])
    return Model(names=names, temperature=float(found["temperature"]), **columns)


_ARRAYS = ("names", "linear", "hidden", "offset", "output", "temperature")


def arrays_of(model: Model) -> dict[str, object]:
    """A model as arrays, in single precision."""
    narrow = {name: getattr(model, name).astype(np.float32) for name in _ARRAYS[1:5]}
    return {
        "names": np.array(model.names),
        **narrow,
        "temperature": np.float32(model.temperature),
    }


def stacked(columns: Mapping[str, Floats], names: Sequence[str]) -> Floats:
    """Columns side by side in the order of `names`.

    Raises:
        CodebookError: a feature that the weights name does not exist, or the reverse.
    """
    if set(columns) != set(names):
        odd = sorted(set(columns) ^ set(names))
        raise CodebookError(_FILE, f"features and weights differ in {', '.join(odd)}")
    first = columns[names[0]]
    values = np.empty((len(names), len(first)))
    for n, name in enumerate(names):
        values[n] = columns[name]
    return values.T


def chances(scores: Floats, starts: Ints) -> Floats:
    """Probabilities within each group of candidates; they add up to 1."""
    counts = np.diff(np.append(starts, len(scores)))
    top = np.repeat(np.maximum.reduceat(scores, starts), counts)
    raised = np.exp(scores - top)
    found: Floats = raised / np.repeat(np.add.reduceat(raised, starts), counts)
    return found
