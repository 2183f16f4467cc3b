"""Grades in an order (1 to 5, bad to good): a head per step, and cuts that a figure asks for."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from community.estimators.cuts import rank_cuts
from community.estimators.heads import chances, fit_head, inner_folds
from community.estimators.inputs import InputError

Array = npt.NDArray[np.float64]


class OrdinalClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Grades in the order of their values: a logistic head for each step (Frank and Hall 2001).

    Args:
        C: inverse strength of the penalty.
        balanced: weigh texts so that both sides of a step count alike.
        cuts: ``even`` gives the likeliest grade; ``kappa`` and ``f1`` cut the expected grade where
            kappa with quadratic weights, or macro-F1, is best on inner folds.
        folds: inner folds; 2 or more.

    With ``kappa`` or ``f1``, `predict` may differ from the likeliest grade of `predict_proba`, by
    intent. Fitted: ``classes_`` (ascending), ``coef_`` (steps by columns), ``intercept_``,
    ``cuts_`` (of the expected grade, counted from 0; None with ``even``).
    """

    def __init__(
        self, *, C: float = 1.0, balanced: bool = False, cuts: str = "even", folds: int = 5
    ) -> None:
        self.C = C
        self.balanced = balanced
        self.cuts = cuts
        self.folds = folds

    def fit(self, X: Any, y: Any) -> Self:
        """Learn heads, and cuts.

        Args:
            X: texts by columns, dense or sparse.
            y: a grade per text; grades are ordered as ``sorted`` orders them.

        Raises:
            InputError: an option means nothing, or `y` has but one class.
            ValueError: X and y are no such matrices (scikit-learn's).
        """
        if self.cuts not in ("even", "kappa", "f1"):
            raise InputError(self.cuts, "no such cuts", "there are even, kappa, f1")
        X, y = validate_data(self, X, y, accept_sparse="csr")
        check_classification_targets(y)
        self.classes_, grades = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise InputError("y", "has one class only", "give texts of two grades or more")
        self.coef_, self.intercept_ = self._heads(X, grades)
        self.cuts_ = None
        if self.cuts != "even":
            score = np.empty(len(grades))
            for seen, unseen in inner_folds(grades, self.folds):
                coef, bias = self._heads(X[seen], grades[seen])
                score[unseen] = chances(X[unseen] @ coef.T + bias).sum(axis=1)
            self.cuts_ = rank_cuts(score, grades, len(self.classes_), self.cuts)
        return self

    def rank(self, X: Any) -> Array:
        """The expected grade of each text, counted from 0, between grades too."""
        return np.asarray(self._steps(X).sum(axis=1))

    def predict_proba(self, X: Any) -> Array:
        """Chances: texts by grades; rows add up to 1."""
        beyond = np.minimum.accumulate(self._steps(X), axis=1)
        edges = np.column_stack([np.ones(len(beyond)), beyond, np.zeros(len(beyond))])
        return -np.diff(edges, axis=1)

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The grade of each text."""
        check_is_fitted(self)
        if self.cuts_ is None:
            return np.asarray(self.classes_[self.predict_proba(X).argmax(axis=1)])
        return np.asarray(self.classes_[np.searchsorted(self.cuts_, self.rank(X))])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _steps(self, X: Any) -> Array:
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", reset=False)
        return chances(X @ self.coef_.T + self.intercept_)

    def _heads(self, X: Any, grades: npt.NDArray[np.intp]) -> tuple[Array, Array]:
        """A head per step; one that these texts do not tell of (all on one side) is a constant."""
        coef = np.zeros((len(self.classes_) - 1, X.shape[1]))
        bias = np.zeros(len(coef))
        for step in range(len(coef)):
            beyond = grades > step
            if 0 < beyond.sum() < len(beyond):
                coef[step], bias[step] = fit_head(X, beyond, "logistic", self.C, self.balanced)
            else:
                bias[step] = np.log((beyond.sum() + 0.5) / ((~beyond).sum() + 0.5))
        return coef, bias
