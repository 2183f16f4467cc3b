"""Linear heads: keys of units become logits of each head, per unit and per post.

Two blocks of heads share one list of keys. *Unit* heads look at one sentence, *post* heads at the
whole post: a key that stands in ``c`` sentences counts ``log(1 + c)``. Either sum is divided by the
square root of the number of words, so that length alone says nothing. scikit-learn trained them
(``benchmarks/train_codes.py``); numpy applies them.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from community.learned.features import Unit
from community.learned.files import packaged

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Heads:
    """Weights of one block: `names` of the heads, `rows` (keys by heads), `bias` (heads)."""

    names: tuple[str, ...]
    rows: Array
    bias: Array


@dataclass(frozen=True, slots=True)
class Model:
    """Both blocks, the number of each key, and the stack that weighs their logits (`stack`)."""

    keys: dict[str, int]
    unit: Heads
    post: Heads
    stack: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Logits:
    """Logits of a post: `units` (units by unit heads), `post` (post heads), and what each unit
    adds to each post head, `shares` (units by post heads; for evidence)."""

    units: Array
    post: Array
    shares: Array


def all_keys(unit: Unit) -> list[str]:
    """Every key of a unit; its words first, each once."""
    return [*dict.fromkeys(f"w{word}" for word in unit.words), *unit.keys]


def score(model: Model, units: Sequence[Unit]) -> Logits:
    """The logits of a post's units and of the post."""
    known = [[n for key in all_keys(u) if (n := model.keys.get(key)) is not None] for u in units]
    words = np.array([max(1, len(u.words)) for u in units], np.float32)
    ends = np.cumsum([0, *map(len, known)])
    flat = np.fromiter((n for row in known for n in row), np.int32, int(ends[-1]))
    shape = (len(units), len(model.keys))
    counts = csr_matrix((np.ones(len(flat), np.float32), flat, ends), shape=shape)
    per_unit = (counts @ model.unit.rows) / np.sqrt(words)[:, None] + model.unit.bias
    there, tally = np.unique(flat, return_counts=True)
    size = np.sqrt(max(1.0, float(words.sum())))
    post = np.log1p(tally.astype(np.float32)) @ model.post.rows[there] / size + model.post.bias
    return Logits(per_unit, post, counts @ model.post.rows)


def unpack(data: bytes) -> Model:
    """A model from the bytes of its npz: arrays and JSON, never code."""
    with np.load(io.BytesIO(data), allow_pickle=False) as found:
        names = json.loads(found["names"].tobytes())
        keys = found["keys"].tobytes().decode("utf-8").split("\n")
        blocks = [
            Heads(tuple(names[b]), found[b].astype(np.float32), found[f"{b}_bias"])
            for b in ("unit", "post")
        ]
        stack = json.loads(found["stack"].tobytes())
    return Model({key: n for n, key in enumerate(keys)}, blocks[0], blocks[1], stack)


@cache
def default() -> Model:
    """The packaged model, loaded once per process."""
    return unpack(packaged("codes"))
