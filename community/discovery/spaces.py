"""Posts as points: what they mean and which words they use, reduced to what tells them apart.

A post is two vectors side by side, each of length 1. The first is the static vector of its words
that carry a subject (`community.vectors`), by which *knee* and *ankle* are near each other. The
second says which words they are: TF-IDF, folded into 256 numbers by sparse random signs (Achlioptas
2003; the signs come from a hash of the word, so that they are the same everywhere). Together they
find groups better than either alone (``benchmarks/topic_stability.py``). Principal components
(Pearson 1901) reduce both, and every point is then given length 1, so that long and short posts
weigh the same.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.linalg import eigh
from scipy.sparse import csr_matrix

from community import vectors
from community.discovery.words import Words

Points = npt.NDArray[np.float64]
_HASHED = 256  # numbers into which words are folded
_SIGNS = 4  # of them, those that a word has
_DIMENSIONS = 40  # principal components that are kept
_POSTS_PER_DIMENSION = 3  # fewer posts have fewer components
_DIGITS = 9  # decimals that every processor agrees on


def embed(words: Words) -> Points:
    """Each post's vector, static and hashed halves side by side; zeros where no piece is known.

    Returns:
        matrix of posts by `vectors.SIZE` + 256.
    """
    singles = [words.singles(post) for post in range(len(words.runs))]
    static = vectors.default().embed([" ".join(post) for post in singles]).astype(np.float64)
    return np.hstack([static, _hashed(singles)])


def has_meaning(embedded: Points) -> npt.NDArray[np.bool_]:
    """Which posts have words that the static vectors know."""
    return np.asarray(embedded[:, : vectors.SIZE].any(axis=1))


def _hashed(posts: Sequence[Sequence[str]]) -> Points:
    """TF-IDF of the posts' words, folded; words of one post alone tie no two together."""
    counts = [Counter(post) for post in posts]
    found = Counter(word for post in counts for word in post)
    places = {word: i for i, word in enumerate(sorted(w for w, n in found.items() if n > 1))}
    rows, columns, values = [], [], []
    for row, count in enumerate(counts):
        for word, often in count.items():
            if word in places:
                rows.append(row)
                columns.append(places[word])
                rarity = math.log(len(posts) / found[word]) + 1
                values.append((1 + math.log(often)) * rarity)
    shape = (len(posts), len(places))
    folded: Points = csr_matrix((values, (rows, columns)), shape=shape) @ _signs(list(places))
    return unit(folded)


def _signs(words: Sequence[str]) -> Points:
    """A row for each word: a few entries of +1 and -1, the rest 0."""
    made = np.zeros((len(words), _HASHED))
    for row, word in enumerate(words):
        for part in np.frombuffer(
            hashlib.blake2b(word.encode(), digest_size=2 * _SIGNS).digest(), "<u2"
        ):
            made[row, (part >> 1) % _HASHED] += 1.0 if part & 1 else -1.0
    return made


def unit(points: Points) -> Points:
    """Points at length 1; those at the origin stay there."""
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    return np.asarray(points / np.where(lengths > 0, lengths, 1.0))


class Projection:
    """Principal components, with the signs fixed, and points of length 1 on them.

    Has the methods that BERTopic asks of a model that reduces dimensions.
    """

    def __init__(self) -> None:
        self._mean: Points = np.zeros(0)
        self._axes: Points = np.zeros((0, 0))

    def fit(self, embedded: Points, y: object = None) -> Projection:
        """Learns the components of some vectors, as many as their number allows."""
        size = embedded.shape[1]
        kept = max(1, min(_DIMENSIONS, len(embedded) // _POSTS_PER_DIMENSION, size))
        self._mean = embedded.mean(axis=0)
        centred = embedded - self._mean
        _, axes = eigh(centred.T @ centred, subset_by_index=[size - kept, size - 1])
        largest = axes[np.abs(axes).round(_DIGITS).argmax(axis=0), np.arange(kept)]
        self._axes = (axes * np.sign(largest))[:, ::-1]
        return self

    def transform(self, embedded: Points) -> Points:
        """Points of length 1 in the space of the components."""
        return unit(((embedded - self._mean) @ self._axes).round(_DIGITS)).round(_DIGITS)
