"""Linear heads over named features and static vectors, as the readers of results use them.

A head sums the weights of the features that a text shows, adds those of its vector, and turns the
sums into chances. Heads are trained by `benchmarks/train_results.py` (scikit-learn) and stored
together in one npz: arrays and names, never code.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from community.errors import CodebookError

Floats = npt.NDArray[np.float64]
_FILE = "results.npz"
# Sums are rounded before they are compared, so that machines agree.
_DIGITS_KEPT = 6


@dataclass(frozen=True, slots=True)
class Head:
    """Weights: `rows` (named features by classes, the last row zeros), `dense` (dimensions of the
    vector by classes; may have none), `bias`. One class alone stands for its chance against the
    rest."""

    index: Mapping[str, int]
    rows: Floats
    dense: Floats
    bias: Floats
    classes: tuple[str, ...]

    def chances(
        self, keys: Sequence[Iterable[str]], scales: Floats, vectors: Floats | None = None
    ) -> Floats:
        """The chance of each class (texts by classes).

        Args:
            keys: the names of each text's features, each counted once.
            scales: what a feature of each text weighs.
            vectors: texts by vector dimensions, where the head has weights for them.
        """
        sums = np.zeros((len(keys), len(self.bias)))
        get, last = self.index.get, len(self.rows) - 1
        for at, names in enumerate(keys):
            numbers = sorted({get(name, last) for name in names})
            sums[at] = self.rows[numbers].sum(axis=0) * scales[at]
        if vectors is not None and len(self.dense):
            sums += (vectors[:, :, None] * self.dense).sum(axis=1)
        return chances(sums + self.bias)


def chances(logits: Floats) -> Floats:
    """Chances of logits (texts by classes); of one class, its own against the rest."""
    logits = np.round(logits, _DIGITS_KEPT)
    if logits.shape[1] == 1:
        found: Floats = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
        return found
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


@cache
def packaged() -> Mapping[str, Head]:
    """The heads that come with the package, by name.

    Raises:
        CodebookError: the file lacks an array.
    """
    return unpack(resources.files("community").joinpath("data", _FILE).read_bytes())


def unpack(data: bytes) -> dict[str, Head]:
    """Heads from the bytes of an npz that `pack` made.

    Raises:
        CodebookError: an array is missing.
    """
    with np.load(io.BytesIO(data), allow_pickle=False) as found:
        if "heads" not in found.files:
            raise CodebookError(_FILE, "lacks the array heads")
        record = json.loads(found["heads"].tobytes())
        wanted = [f"{n}.{a}" for n in record for a in ("names", "rows", "dense", "bias")]
        if missing := sorted(set(wanted) - set(found.files)):
            raise CodebookError(_FILE, f"lacks the arrays {', '.join(missing)}")
        return {name: _head(found, name, tuple(classes)) for name, classes in record.items()}


def _head(found: Any, name: str, classes: tuple[str, ...]) -> Head:
    text = found[f"{name}.names"].tobytes().decode("utf-8")
    names = text.split("\n") if text else []
    rows, dense, bias = (found[f"{name}.{a}"].astype(np.float64) for a in ("rows", "dense", "bias"))
    rows = np.vstack([rows.reshape(-1, len(bias)), np.zeros((1, len(bias)))])
    return Head({n: at for at, n in enumerate(names)}, rows, dense, bias, classes)


def pack(heads: Mapping[str, Head]) -> bytes:
    """Heads as the bytes of an npz, weights in half precision."""
    arrays: dict[str, Any] = {}
    for name, head in heads.items():
        arrays[f"{name}.names"] = np.frombuffer("\n".join(head.index).encode("utf-8"), np.uint8)
        arrays[f"{name}.rows"] = head.rows[:-1].astype(np.float16)
        arrays[f"{name}.dense"] = head.dense.astype(np.float16)
        arrays[f"{name}.bias"] = head.bias.astype(np.float32)
    record = json.dumps({name: list(head.classes) for name, head in heads.items()})
    arrays["heads"] = np.frombuffer(record.encode("utf-8"), np.uint8)
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()
