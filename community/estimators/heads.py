"""Linear heads over a matrix: two classes, several, or sets of labels, with cuts of their own."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

from community.estimators.cuts import class_shifts, label_cuts
from community.estimators.inputs import InputError

Array = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
_TOLERANCE = 0.01  # of the solvers: a hundredth of the time of the default, the same F1


class CutClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Linear heads, one per class or label, that decide where F1 is best rather than at one half.

    Args:
        model: ``logistic`` (L2, liblinear) or ``svm`` (squared hinge).
        C: inverse strength of the penalty.
        balanced: weigh texts so that having and lacking a class count alike.
        cuts: ``even`` decides for the likelier class; ``f1`` moves each label's cut to its best F1,
            or the classes' log-odds to the best macro-F1, on inner folds (Lipton et al. 2014).
        folds: inner folds; 2 or more.

    With ``svm`` or ``f1``, chances are calibrated on inner folds (Platt 1999); with ``f1``,
    `predict` may differ from the likeliest class of `predict_proba`, by intent. If `y` is an
    indicator matrix (texts by labels), each label is decided by itself. Fitted: ``classes_``,
    ``coef_`` (heads by columns), ``intercept_``, ``offsets_`` (cuts, in log-odds).
    """

    def __init__(
        self,
        *,
        model: str = "logistic",
        C: float = 1.0,
        balanced: bool = True,
        cuts: str = "even",
        folds: int = 5,
    ) -> None:
        self.model = model
        self.C = C
        self.balanced = balanced
        self.cuts = cuts
        self.folds = folds

    def fit(self, X: Any, y: Any) -> Self:
        """Learn heads, and their cuts.

        Args:
            X: texts by columns, dense or sparse.
            y: a class per text, or an indicator matrix, texts by labels.

        Raises:
            InputError: an option means nothing, or `y` has but one class.
            ValueError: X and y are no such matrices (scikit-learn's).
        """
        if self.model not in ("logistic", "svm") or self.cuts not in ("even", "f1"):
            raise InputError(f"{self.model}, {self.cuts}", "no such model or cuts")
        X, y = validate_data(self, X, y, accept_sparse="csr", multi_output=True)
        check_classification_targets(y)
        targets, strata = self._targets(y)
        heads = [self._head(X, *pair) for pair in zip(targets.T, strata.T, strict=True)]
        self.coef_ = np.array([coef for coef, _, _ in heads])
        self.intercept_ = np.array([bias for _, bias, _ in heads])
        self.offsets_ = np.zeros(len(heads))
        if self.cuts == "f1":
            told = np.column_stack([out for _, _, out in heads])
            if self.multilabel_ or len(heads) == 1:
                self.offsets_ = label_cuts(told, targets)
            else:
                self.offsets_ = class_shifts(told, targets.argmax(axis=1))
        return self

    def decision_function(self, X: Any) -> Array:
        """Log-odds of each class or label; for two classes one number per text, of the second."""
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", reset=False)
        told: Array = X @ self.coef_.T + self.intercept_
        return told[:, 0] if not self.multilabel_ and len(self.classes_) == 2 else told

    def predict_proba(self, X: Any) -> Array:
        """Chances: texts by classes (rows add up to 1), or by labels (each by itself)."""
        odds = chances(self.decision_function(X))
        if self.multilabel_:
            return odds
        if odds.ndim == 1:
            return np.column_stack([1 - odds, odds])
        return np.asarray(odds / odds.sum(axis=1, keepdims=True))

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The class of each text, or the indicator matrix of its labels."""
        told = self.decision_function(X)
        if self.multilabel_:
            return (told > self.offsets_).astype(int)
        if told.ndim == 1:
            return np.asarray(self.classes_[(told > self.offsets_[0]).astype(int)])
        return np.asarray(self.classes_[(told - self.offsets_).argmax(axis=1)])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.classifier_tags.multi_label = True
        return tags

    def _targets(self, y: npt.NDArray[Any]) -> tuple[Marks, npt.NDArray[Any]]:
        """Texts by heads: whether the text has the class or label, and what folds keep even."""
        self.multilabel_ = type_of_target(y) == "multilabel-indicator"
        if self.multilabel_:
            marks = np.asarray(y) > 0
            self.classes_ = np.arange(marks.shape[1])
            return marks, marks
        self.classes_, numbers = np.unique(column_or_1d(y, warn=True), return_inverse=True)
        if len(self.classes_) < 2:
            raise InputError("y", "has one class only", "give texts of two classes or more")
        targets: Marks = numbers[:, None] == np.arange(len(self.classes_))
        targets = targets[:, 1:] if len(self.classes_) == 2 else targets
        return targets, np.repeat(numbers[:, None], targets.shape[1], axis=1)

    def _head(self, X: Any, target: Marks, strata: Any) -> tuple[Array, float, Array]:
        """Weights and bias of one head, calibrated if need be; then the log-odds that heads of
        inner folds give to the texts that they have not seen, too."""
        rare = int(min(target.sum(), (~target).sum()))
        if rare == 0:  # a label that no text has, or every text: all that is known is its share
            sure = float(np.log((target.sum() + 0.5) / ((~target).sum() + 0.5)))
            return np.zeros(X.shape[1]), sure, np.full(len(target), sure)
        coef, bias = fit_head(X, target, self.model, self.C, self.balanced)
        if (self.model == "logistic" and self.cuts == "even") or rare < 2:
            return coef, bias, np.asarray(X @ coef + bias)
        out = np.empty(len(target))
        for seen, unseen in inner_folds(strata, self.folds):
            if target[seen].all() or not target[seen].any():
                out[unseen] = bias
                continue
            part, shift = fit_head(X[seen], target[seen], self.model, self.C, self.balanced)
            out[unseen] = X[unseen] @ part + shift
        slope, shift = _platt(out, target)
        return coef * slope, bias * slope + shift, out * slope + shift


def fit_head(X: Any, target: Marks, model: str, C: float, balanced: bool) -> tuple[Array, float]:
    """Weights and bias of one head; both values stand in `target`."""
    options = {"C": C, "class_weight": "balanced" if balanced else None, "tol": _TOLERANCE}
    if model == "svm":
        head = LinearSVC(**options, dual=True, random_state=0)
    else:
        head = LogisticRegression(**options, solver="liblinear", dual=True, random_state=0)
    head.fit(X, target)
    return np.asarray(head.coef_[0], float), float(head.intercept_[0])


def inner_folds(strata: npt.NDArray[Any], folds: int) -> list[tuple[Any, Any]]:
    """Shuffled folds with even shares of `strata`; fewer than asked where a value is rarer."""
    least = int(np.unique(strata, return_counts=True)[1].min())
    if least < 2:  # a value that stands once cannot be shared out: keep even only whether it does
        strata = np.zeros(len(strata), int)
        least = len(strata)
    split = StratifiedKFold(min(folds, least), shuffle=True, random_state=0)
    return list(split.split(strata, strata))


def chances(logits: Array) -> Array:
    """Probabilities of log-odds."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -500, 500))))


def _platt(told: Array, target: Marks) -> tuple[float, float]:
    """Slope and shift that make log-odds of decisions; the slope stays above 0."""
    fitted = LogisticRegression(C=1e3).fit(told[:, None], target)
    return max(float(fitted.coef_[0, 0]), 1e-3), float(fitted.intercept_[0])
