"""What was learned for finding claims: rarity of words, weights of signals, when to say "none".

Made by ``benchmarks/train_links.py`` (card in ``models/links``), kept in ``data/links.npz``,
applied by numpy. Pure.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from community import vectors

Matrix = npt.NDArray[np.float32]
SIGNALS = ("words", "pairs", "title", "sentence", "whole")
SURE = ("best", "lead", "covered", "rarity")
# of a sentence of a post and a claim (`meant.fits`)
FITS = (
    *SIGNALS, "score", "lead", "covered", "number", "other number", "endpoint", "other endpoint",
    "above", "asks", "study", "report", "treatment", "self", "you", "claims",
)  # fmt: skip
_PRIOR = 50.0  # texts that the background counts as, beside those of an index
_UNSEEN = 0.5  # texts of the background that a word counts for which it lacks
_ENOUGH = 200  # texts from which the directions that a collection shares can be told
_SAMPLE = 20_000  # texts that these are told from, at most
_SCALE = 255 / 12  # piece weights are kept as bytes
_FILE = "links.npz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """`counts`: of the `texts` of the background, how many hold a stem. `pieces`: what each word
    piece weighs in a text's vector, and `common` what such vectors share (`Meaning`); `middle`: the
    mean vector of words. `weights` of `SIGNALS`; `sure` and `fits`: of `SURE` and
    of `FITS`, each with a bias."""

    counts: Mapping[str, int]
    texts: int
    pieces: Matrix
    common: Matrix
    middle: Matrix
    weights: Matrix
    sure: Matrix
    fits: Matrix

    def rarity(self, stem: str, count: int, size: int) -> float:
        """Inverse document frequency of a stem that `count` of an index's `size` texts hold: its
        share there, drawn towards that of the background where the index is small."""
        usual = (self.counts.get(stem, 0) + _UNSEEN) / (self.texts + 1)
        share = (count + _PRIOR * usual) / (size + _PRIOR)
        return max(0.0, -math.log(share))

    def tuned(self, texts: Sequence[str], sentences: Sequence[str]) -> Meaning:
        """How texts of one collection become vectors: the background's way, drawn towards what the
        collection's own whole `texts` and `sentences` have in common the more there are."""
        table = vectors.default()
        held = np.zeros(len(self.pieces))
        for text in texts:
            held[sorted(set(table.ids(text)))] += 1
        share = (held + _PRIOR * np.exp(-self.pieces.astype(np.float64))) / (len(texts) + _PRIOR)
        pieces = np.maximum(0.0, -np.log(share)).astype(np.float32)
        common = self.common.copy()
        made = Meaning(pieces=pieces, common=common)
        for row, chosen in enumerate((sentences, texts)):
            found = unit(made.embed(chosen[:_SAMPLE]))
            usual = _PRIOR * self.common[row]
            common[row] = (found.sum(axis=0) + usual) / (len(found) + _PRIOR)
        if len(found) >= _ENOUGH:
            around = found - common[1]
            common[2:] = np.linalg.eigh(around.T @ around)[1].T[::-1][: len(common) - 2]
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """How texts become vectors: what each word `pieces` weighs; `common`: the mean of sentences,
    the mean of whole texts, then the directions that most whole texts share."""

    pieces: Matrix
    common: Matrix

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Texts as sums of their pieces' vectors, each weighted by rarity (smooth inverse
        frequency, Arora, Liang and Ma 2017).

        Returns:
            Matrix of len(texts) by `vectors.SIZE`.
        """
        table = vectors.default()
        made = np.zeros((len(texts), vectors.SIZE), np.float32)
        for at, text in enumerate(texts):
            ids = table.ids(text)
            if ids:
                made[at] = self.pieces[ids] @ table.rows[ids]
        return made

    def of_sentences(self, summed: Matrix) -> Matrix:
        """Sums as vectors of length 1 without the mean of sentences."""
        return unit(unit(summed) - self.common[0])

    def of_texts(self, summed: Matrix) -> Matrix:
        """Sums as vectors of length 1 without the mean of texts and the directions that they share
        (Arora et al. take out the first)."""
        shifted = unit(summed) - self.common[1]
        shared = self.common[2:]
        return unit(shifted - (shifted @ shared.T) @ shared)


def unit(rows: Matrix) -> Matrix:
    """Rows of length 1; zeros stay."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
    made: Matrix = (rows / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)
    return made


@cache
def default() -> Model:
    """The packaged model, loaded once per process."""
    file = resources.files("community").joinpath("data", _FILE)
    with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as data:
        stems = data["stems"].tobytes().decode("utf-8").split("\n")
        return Model(
            counts=dict(zip(stems, map(int, data["counts"]), strict=True)),
            texts=int(data["texts"]),
            pieces=data["pieces"].astype(np.float32) / np.float32(_SCALE),
            common=data["common"].astype(np.float32),
            middle=data["middle"].astype(np.float32),
            weights=data["weights"].astype(np.float32),
            sure=data["sure"].astype(np.float32),
            fits=data["fits"].astype(np.float32),
        )
