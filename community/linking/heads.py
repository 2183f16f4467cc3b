"""Learned weights of the relation of a post to a target: linear heads, applied by numpy.

Each *block* is a multinomial (or binary) logistic model over named numbers: a row of weights per
name, a column per answer. scikit-learn trained them (``benchmarks/train_relations.py``, card in
``models/relations``); here rows are looked up and added. Names that a block does not know count
nothing.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from community.errors import CodebookError

Array = npt.NDArray[np.float32]
# the direction of a result; which clause carries a relation; whether there is one (in a thread, and
# by the words alone); which; what a reply does; what a report says of a claim
BLOCKS = ("direction", "carried", "link", "spoken", "relation", "reply", "report")
_FILE = "relations.npz"
_DIGITS = 5  # logits are rounded, so that the order of additions decides nothing


@dataclass(frozen=True, slots=True)
class Block:
    """`answers`, the row of each name in `rows` (names by answers; the last row is zeros), `bias`,
    and the `heat` that logits are divided by so that chances come true (Guo et al. 2017)."""

    answers: tuple[str, ...]
    names: Mapping[str, int]
    rows: Array
    bias: Array
    heat: float = 1.0

    def add(self, values: Mapping[str, float]) -> Array:
        """What named numbers add to the logits, without the bias."""
        known = [(row, value) for name, value in values.items() if (row := self.names.get(name))]
        if not known:
            return np.zeros(len(self.answers), np.float32)
        at, weights = zip(*known, strict=True)
        made: Array = np.array(weights, np.float32) @ self.rows[list(at)]
        return made

    def columns(self, names: Sequence[str]) -> Array:
        """The rows of these names, in order (zeros where one is not known)."""
        found: Array = self.rows[[self.names.get(name, 0) for name in names]]
        return found

    def chances(self, logits: Array) -> Array:
        """Chances of the answers; they add up to 1."""
        warm = np.round(logits.astype(np.float64) + self.bias, _DIGITS) / self.heat
        powers = np.exp(warm - warm.max())
        made: Array = (powers / powers.sum()).astype(np.float32)
        return made


Model = Mapping[str, Block]


def pack(model: Model) -> bytes:
    """A model as the bytes of an npz: weights in half precision, names and answers as JSON."""
    arrays: dict[str, Any] = {}
    told = {}
    for name, block in model.items():
        told[name] = {"answers": block.answers, "heat": round(block.heat, 4)}
        arrays[f"{name}.names"] = np.frombuffer("\n".join(block.names).encode("utf-8"), np.uint8)
        arrays[f"{name}.rows"] = block.rows[1:].astype(np.float16)
        arrays[f"{name}.bias"] = block.bias.astype(np.float32)
    arrays["told"] = np.frombuffer(json.dumps(told, sort_keys=True).encode("utf-8"), np.uint8)
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def unpack(data: bytes) -> Model:
    """A model from the bytes of its npz: arrays and JSON, never code.

    Raises:
        CodebookError: a block is missing.
    """
    with np.load(io.BytesIO(data), allow_pickle=False) as found:
        told = json.loads(found["told"].tobytes())
        if missing := sorted(set(BLOCKS) - set(told)):
            raise CodebookError(_FILE, f"lacks {', '.join(missing)}", "train it anew")
        return {
            name: block(
                found[f"{name}.names"].tobytes().decode("utf-8").split("\n"),
                found[f"{name}.rows"],
                found[f"{name}.bias"],
                tuple(record["answers"]),
                float(record["heat"]),
            )
            for name, record in told.items()
        }


def block(
    names: Sequence[str], rows: Array, bias: Array, answers: tuple[str, ...], heat: float = 1.0
) -> Block:
    """A block from names and their rows.

    Raises:
        CodebookError: a name stands twice.
    """
    if len(set(names)) < len(names):
        raise CodebookError(_FILE, "a name stands twice", "train it anew")
    whole = np.vstack([np.zeros((1, len(answers))), rows]).astype(np.float32)
    places = {name: number for number, name in enumerate(names, 1)}
    return Block(answers, places, whole, bias.astype(np.float32), heat)


@cache
def _data() -> bytes:
    return resources.files("community").joinpath("data", _FILE).read_bytes()


@cache
def packaged() -> Model:
    """The model that comes with the package, loaded once per process."""
    return unpack(_data())


@cache
def digest() -> str:
    """First eight hexadecimal digits of the packaged model's SHA-256: its version."""
    return hashlib.sha256(_data()).hexdigest()[:8]
