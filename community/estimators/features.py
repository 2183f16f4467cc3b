"""The transformer: texts of patients become rows of numbers, by families that can be switched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags, hstack
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from community import codebook, vectors
from community.estimators.families import TONES, Context, Grams, Vocabulary, Words, tones
from community.estimators.inputs import InputError

Array = npt.NDArray[np.float64]
FAMILIES = ("words", "characters", "context", "tone", "vectors")
_COUNTED = FAMILIES[:3]


class PatientTextFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Features of patients' texts, in families that can be switched.

    Args:
        families: which of `FAMILIES`, in the order of the columns. ``words``: TF-IDF of words and
            their runs, digits as 0. ``characters``: TF-IDF of the n-grams of each word
            (``char_wb``). ``context``: TF-IDF of the codebook's terms and cues with whose they
            are, whether denied or supposed, and of the context of the clauses. ``tone``: VADER's
            scores, capitals, marks. ``vectors``: the mean of static vectors (`community.vectors`).
        longest_run: words of the longest run.
        grams: characters of the shortest and longest n-gram.
        least: texts in which a key must stand to be counted; 1 or more.
        weights: factor of a family's columns, 1 where it is not named.

    TF-IDF is scikit-learn's with sublinear counts: rows of a family have length 1 (or 0). Fitted,
    ``vocabularies_`` and ``idf_`` hold the keys of each counted family and their weights.
    """

    def __init__(
        self,
        families: tuple[str, ...] = ("words", "characters", "context", "vectors"),
        *,
        longest_run: int = 2,
        grams: tuple[int, int] = (2, 5),
        least: int = 2,
        weights: Mapping[str, float] | None = None,
    ) -> None:
        self.families = families
        self.longest_run = longest_run
        self.grams = grams
        self.least = least
        self.weights = weights

    def fit(self, X: Iterable[str], y: object = None) -> Self:
        """Learn the vocabularies of these texts; `y` is not looked at.

        Raises:
            InputError: X is one string or holds what is no text, or an option means nothing.
        """
        self.fit_transform(X)
        return self

    def fit_transform(self, X: Iterable[str], y: object = None) -> csr_matrix:
        """Learn the vocabularies of these texts, and give their features: texts by columns.

        Raises:
            InputError: as `fit`.
        """
        texts = _texts(X)
        self._check()
        self.vocabularies_: dict[str, Vocabulary] = {}
        self.idf_: dict[str, Array] = {}
        blocks = []
        for family in self.families:
            if family in _COUNTED:
                self.vocabularies_[family] = vocabulary = self._vocabulary(family)
                counts = vocabulary.learn(texts, self.least)
                texts_with = np.bincount(counts.indices, minlength=counts.shape[1])
                self.idf_[family] = np.log((1 + len(texts)) / (1 + texts_with)) + 1
                blocks.append(self._weighed(family, _tfidf(counts, self.idf_[family])))
            else:
                blocks.append(self._weighed(family, _dense(family, texts)))
        return hstack(blocks, format="csr")

    def transform(self, X: Iterable[str]) -> csr_matrix:
        """Features of texts: texts by columns; keys that were not learned are left out.

        Raises:
            InputError: X is one string or holds what is no text.
        """
        check_is_fitted(self)
        texts = _texts(X)
        blocks = []
        for family in self.families:
            if family in _COUNTED:
                counts = self.vocabularies_[family].count(texts)
                blocks.append(self._weighed(family, _tfidf(counts, self.idf_[family])))
            else:
                blocks.append(self._weighed(family, _dense(family, texts)))
        return hstack(blocks, format="csr")

    def get_feature_names_out(self, input_features: object = None) -> npt.NDArray[np.object_]:
        """A name per column: the family, two underscores, and the key or number."""
        check_is_fitted(self)
        names: list[str] = []
        for family in self.families:
            if family in _COUNTED:
                keys: Iterable[object] = self.vocabularies_[family].numbers
            else:
                keys = TONES if family == "tone" else range(vectors.SIZE)
            names += (f"{family}__{key}" for key in keys)
        return np.array(names, dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

    def _check(self) -> None:
        if not self.families:
            raise InputError("families", "none is named", f"there are {', '.join(FAMILIES)}")
        for name in (*self.families, *(self.weights or ())):
            if name not in FAMILIES:
                raise InputError(name, "no such family", f"there are {', '.join(FAMILIES)}")
        shortest, longest = self.grams
        if min(shortest, self.longest_run, self.least) < 1 or longest < shortest:
            raise InputError("PatientTextFeatures", "lengths and counts begin at 1")

    def _vocabulary(self, family: str) -> Vocabulary:
        if family == "words":
            return Vocabulary(Words(self.longest_run))
        if family == "characters":
            return Vocabulary(cut := Grams(*self.grams), cut.keys)
        return Vocabulary(Context(codebook.default()))

    def _weighed(self, family: str, block: csr_matrix) -> csr_matrix:
        return block * float((self.weights or {}).get(family, 1.0))


def _texts(given: Iterable[str]) -> list[str]:
    if isinstance(given, str):
        raise InputError("X", "is one string", "give a list of texts")
    texts = list(given)
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise InputError(f"X[{number}]", f"is no text but {type(text).__name__}")
    return texts


def _tfidf(counts: csr_matrix, idf: Array) -> csr_matrix:
    """Sublinear counts times rarity, each row of length 1."""
    counts.data = np.log(counts.data) + 1
    weighed = counts @ diags(idf)
    lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    return diags(1 / np.where(lengths > 0, lengths, 1.0)) @ weighed


def _dense(family: str, texts: list[str]) -> csr_matrix:
    if family == "tone":
        return tones(texts)
    return csr_matrix(vectors.default().embed(texts).astype(np.float64))
