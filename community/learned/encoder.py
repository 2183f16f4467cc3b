"""A small transformer read by numpy: what each sentence of a post tells, given the one before it.

Six layers of MiniLM (all-MiniLM-L6-v2, Apache-2.0; Wang et al. 2020, Devlin et al. 2019), tuned by
``benchmarks/train_encoder.py`` to the codes of sentences. Weights are 8-bit rows with one scale
each (``data/encoder.npz``). It reads word order, which linear heads cannot, and costs a hundred
times as much: the coder ``encoder`` is asked for by name.

A post is encoded by itself, so that its neighbours in a batch cannot move its numbers.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import erf

from community import vectors
from community.learned.files import packaged

Matrix = npt.NDArray[np.float32]
Ids = Sequence[int]
Places = tuple[npt.NDArray[np.int64], ...]  # rows and columns of the pieces that are there
MOST_BEFORE, MOST_OWN = 30, 72  # pieces of the sentence before, and of the sentence, that are read
_START, _BREAK = -2, -1  # rows after the vocabulary: [CLS], [SEP]
_EPSILON = 1e-12
_AT_ONCE = 32  # sentences


@dataclass(frozen=True, slots=True)
class Encoder:
    """The weights by name, the `heads` they end in, attention heads per layer, layers, and the
    `stack` that weighs its logits (`community.learned.stack`)."""

    weights: Mapping[str, Matrix]
    heads: tuple[str, ...]
    attention: int
    layers: int
    stack: Mapping[str, Any]

    def logits(self, sentences: Sequence[str]) -> Matrix:
        """Logits of each head for each sentence of one post.

        Args:
            sentences: in their order; each is read with the one before it.

        Returns:
            Matrix of len(sentences) by len(`heads`).
        """
        pieces = [vectors.default().ids(text) for text in sentences]
        pairs = [
            (pieces[n - 1][-MOST_BEFORE:] if n else [], own[:MOST_OWN])
            for n, own in enumerate(pieces)
        ]
        made = np.zeros((len(pairs), len(self.heads)), np.float32)
        for at in range(0, len(pairs), _AT_ONCE):
            made[at : at + _AT_ONCE] = self._read(pairs[at : at + _AT_ONCE])
        return made

    def _read(self, pairs: Sequence[tuple[Ids, Ids]]) -> Matrix:
        ids, there, own = _padded(pairs)
        at = np.nonzero(there)  # only pieces that are there are worked on, not the padding
        w = self.weights
        x = w["words"][ids[at]] + w["places"][at[1]] + w["sides"][own[at].astype(np.int8)]
        x = _normed(x, w["words.norm"])
        for layer in range(self.layers):
            x = self._layer(x, there, at, f"{layer}.")
        whole = np.zeros((*ids.shape, x.shape[1]), np.float32)
        whole[at] = x
        inside = own[:, :, None]
        mean = (whole * inside).sum(1) / inside.sum(1)
        top = np.where(inside, whole, -1e4).max(1)
        told: Matrix = np.concatenate([mean, top], 1) @ w["heads"].T + w["heads.bias"]
        return told

    def _layer(self, x: Matrix, there: npt.NDArray[np.bool_], at: Places, of: str) -> Matrix:
        w = self.weights
        x = _normed(x + _linear(self._attend(x, there, at, of), w, f"{of}o"), w[f"{of}o.norm"])
        inner = _linear(x, w, f"{of}in")
        inner *= 0.5 * (1 + erf(inner / np.float32(np.sqrt(2))))  # GELU
        return _normed(x + _linear(inner, w, f"{of}out"), w[f"{of}out.norm"])

    def _attend(self, x: Matrix, there: npt.NDArray[np.bool_], at: Places, of: str) -> Matrix:
        """What each piece takes from the others of its pair (pieces by width)."""
        n, length = there.shape
        width = x.shape[1]
        split = (n, length, self.attention, width // self.attention)
        parts = []
        for name in "qkv":
            padded = np.zeros((n, length, width), np.float32)
            padded[at] = _linear(x, self.weights, f"{of}{name}")
            parts.append(padded.reshape(split).transpose(0, 2, 1, 3))
        q, k, v = parts
        weights = q @ k.transpose(0, 1, 3, 2) / np.float32(np.sqrt(split[3]))
        weights = np.where(there[:, None, None, :], weights, np.float32(-1e9))
        weights = np.exp(weights - weights.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        seen: Matrix = (weights @ v).transpose(0, 2, 1, 3).reshape(n, length, width)[at]
        return seen


def _linear(x: Matrix, w: Mapping[str, Matrix], name: str) -> Matrix:
    made: Matrix = x @ w[name].T + w[f"{name}.bias"]
    return made


def _normed(x: Matrix, norm: Matrix) -> Matrix:
    """Layer normalisation; `norm` holds the weight and the bias."""
    x = x - x.mean(-1, keepdims=True)
    spread = np.sqrt((x * x).mean(-1, keepdims=True) + np.float32(_EPSILON))
    made: Matrix = x / spread * norm[0] + norm[1]
    return made


def _padded(
    pairs: Sequence[tuple[Ids, Ids]],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Pieces as [CLS] before [SEP] own [SEP], which of them are there, which are the sentence's."""
    rows = [([_START, *before, _BREAK], [*own, _BREAK]) for before, own in pairs]
    length = max(len(a) + len(b) for a, b in rows)
    ids = np.full((len(rows), length), _BREAK, np.int64)
    there = np.zeros(ids.shape, np.bool_)
    own = np.zeros(ids.shape, np.bool_)
    for n, (a, b) in enumerate(rows):
        ids[n, : len(a) + len(b)] = a + b
        there[n, : len(a) + len(b)] = True
        own[n, len(a) : len(a) + len(b)] = True
    return ids, there, own


def pack(weights: Mapping[str, Matrix], told: Mapping[str, Any]) -> bytes:
    """The npz of an encoder: matrices as 8-bit rows with scales, vectors as they are.

    Args:
        weights: float matrices and vectors by name.
        told: `heads`, `attention`, `layers`, `stack`, kept as JSON.
    """
    arrays: dict[str, Any] = {"told": np.frombuffer(json.dumps(told).encode(), np.uint8)}
    for name, rows in weights.items():
        if rows.ndim == 2 and not name.endswith(".norm"):
            scales = np.abs(rows).max(1) / 127
            scales = np.where(scales > 0, scales, 1)
            arrays[name] = np.round(rows / scales[:, None]).astype(np.int8)
            arrays[f"{name}.scales"] = scales.astype(np.float32)
        else:
            arrays[name] = rows.astype(np.float32)
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def unpack(data: bytes) -> Encoder:
    """An encoder from the bytes of its npz: arrays and JSON, never code."""
    with np.load(io.BytesIO(data), allow_pickle=False) as found:
        told = json.loads(found["told"].tobytes())
        weights = {}
        for name in found.files:
            if name == "told" or name.endswith(".scales"):
                continue
            rows = found[name].astype(np.float32)
            scales = f"{name}.scales"
            weights[name] = rows * found[scales][:, None] if scales in found.files else rows
    return Encoder(
        weights, tuple(told["heads"]), told["attention"], told["layers"], told.get("stack", {})
    )


@cache
def default() -> Encoder:
    """The packaged encoder, loaded once per process (some 90 MB of memory)."""
    return unpack(packaged("encoder"))
