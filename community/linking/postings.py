"""Posting lists: for each term the texts that hold it and what it weighs there, as flat arrays.

Weights are those of BM25 (Robertson and Zaragoza 2009, doi:10.1561/1500000019) without the rarity
of the term, which a query multiplies in. Pure; arrays alone, so that an index travels to workers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int32]
Weights = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Postings:
    """`terms` gives a term's number n; its texts are `places[starts[n]:starts[n + 1]]`, ascending,
    with `weights` beside them."""

    terms: Mapping[str, int]
    starts: npt.NDArray[np.int64]
    places: Places
    weights: Weights
    size: int  # texts

    def count(self, term: str) -> int:
        """How many texts hold a term."""
        at = self.terms.get(term)
        return 0 if at is None else int(self.starts[at + 1] - self.starts[at])

    def of(self, term: str) -> tuple[Places, Weights]:
        """The texts that hold a term, and what it weighs in each."""
        at = self.terms.get(term)
        if at is None:
            return self.places[:0], self.weights[:0]
        here = slice(self.starts[at], self.starts[at + 1])
        return self.places[here], self.weights[here]


def build(texts: Iterable[Sequence[str]], *, saturation: float, length: float) -> Postings:
    """Posting lists of texts.

    Args:
        texts: each text's terms, repeats included.
        saturation: BM25's k1: how slowly repeats stop to count.
        length: BM25's b, 0 to 1: how much long texts weigh less.
    """
    terms: dict[str, int] = {}
    numbers: list[int] = []
    places: list[int] = []
    repeats: list[int] = []
    lengths: list[int] = []
    for place, text in enumerate(texts):
        counted = Counter(text)
        lengths.append(len(text))
        for term, count in counted.items():
            numbers.append(terms.setdefault(term, len(terms)))
            places.append(place)
            repeats.append(count)
    owner = np.asarray(numbers, np.int64)
    order = np.argsort(owner, kind="stable")
    starts = np.zeros(len(terms) + 1, np.int64)
    np.cumsum(np.bincount(owner, minlength=len(terms)), out=starts[1:])
    where = np.asarray(places, np.int32)[order]
    counts = np.asarray(repeats, np.float64)[order]
    sizes = np.asarray(lengths, np.float64)
    mean = sizes.mean() if sizes.sum() else 1.0
    norm = saturation * (1 - length + length * sizes / mean)
    weights = counts * (saturation + 1) / (counts + norm[where]) if len(where) else counts
    return Postings(
        terms=terms,
        starts=starts,
        places=where,
        weights=weights.astype(np.float32),
        size=len(lengths),
    )
