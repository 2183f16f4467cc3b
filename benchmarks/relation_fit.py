"""Fits the heads of `community.linking.heads`: names become columns, scikit-learn finds weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from relation_data import Row
from scipy.sparse import csr_matrix, hstack

from community.linking import heads
from community.linking.signals import (
    NUMBERS,
    clause_signals,
    clause_words,
    facts,
    numbers,
    post_words,
)
from community.linking.weighing import CARRIED, carried_numbers

Array = npt.NDArray[np.float32]
Chances = npt.NDArray[np.float64]
FOLDS = 5
_LEAST = 3  # rows that a name stands in


def folds(groups: Sequence[str], parts: int = FOLDS) -> list[tuple[Any, Any]]:
    """Places of rows to fit on and to measure on; a group stands on one side."""
    from sklearn.model_selection import GroupKFold

    return list(GroupKFold(parts).split(np.zeros(len(groups)), groups=list(groups)))


def fit_named(
    rows: Sequence[Mapping[str, float]],
    labels: Sequence[str],
    strength: float,
    weights: Sequence[float] | None = None,
    always: Array | None = None,
    names: Sequence[str] = (),
    loose: Mapping[str, float] | None = None,
    rare: bool = False,
) -> heads.Block:
    """A block over named numbers; `always` (rows by `names`) are numbers that stand in all; `loose`
    are factors by the first letter of a name, under which the penalty weighs less; with `rare`, it
    weighs less on rare words, too."""
    from sklearn.linear_model import LogisticRegression

    counts = Counter(name for row in rows for name in row)
    known = sorted(name for name, count in counts.items() if count >= _LEAST)
    place = {name: n for n, name in enumerate(known)}
    factors = np.array([(loose or {}).get(name[0], 1.0) for name in known], np.float32)
    if rare:  # inverse document frequency
        seen = np.array([counts[name] for name in known], np.float32)
        words = np.array([name[0] == "w" for name in known])
        factors *= np.where(words, 1 + np.log(len(rows) / seen), 1).astype(np.float32) / 2
    made = sparse(rows, place).multiply(factors[None, :]).tocsr()
    if always is not None:
        made = hstack([csr_matrix(always), made]).tocsr()
    answers = tuple(sorted(set(labels)))
    y = np.array([answers.index(label) for label in labels])
    fitted = LogisticRegression(C=strength, max_iter=150, tol=1e-3).fit(
        made, y, sample_weight=weights
    )
    coefficients, bias = fitted.coef_, fitted.intercept_
    if len(answers) == 2:
        coefficients = np.vstack([np.zeros_like(coefficients), coefficients])
        bias = np.concatenate([[0.0], bias])
    coefficients[:, len(names) :] *= factors
    return heads.block(
        [*names, *known], coefficients.T.astype(np.float32), bias.astype(np.float32), answers
    )


def sparse(rows: Sequence[Mapping[str, float]], place: Mapping[str, int]) -> Any:
    """Rows by known names."""
    starts, columns, values = [0], [], []
    for row in rows:
        for name, value in row.items():
            if name in place:
                columns.append(place[name])
                values.append(value)
        starts.append(len(columns))
    shape = (len(rows), len(place))
    return csr_matrix((np.array(values, np.float32), columns, starts), shape=shape)


# ---- which clause carries the relation -------------------------------------------------------


def carrying(row: Row) -> Array:
    """1 for the clauses that the evidence covers."""
    out = np.zeros(len(row.said.reading.clauses), np.float32)
    span = row.evidence
    for at, clause in enumerate(row.said.reading.clauses if span else ()):
        shared = min(span.end, clause.span.end) - max(span.start, clause.span.start)
        out[at] = shared > 0.5 * min(len(clause.span), len(span))
    return out


def fit_carried(rows: Sequence[Row], signals: Sequence[Array]) -> heads.Block:
    """The head that tells clauses apart (one answer: a logit)."""
    from sklearn.linear_model import LogisticRegression

    x = np.vstack([carried_numbers(s) for s in signals])
    y = np.concatenate([carrying(row) for row in rows])
    fitted = LogisticRegression(C=0.3, max_iter=600).fit(x, y)
    return heads.block(
        CARRIED, fitted.coef_.T.astype(np.float32), fitted.intercept_.astype(np.float32), ("yes",)
    )


def logits_of(block: heads.Block, signals: Array) -> Array:
    """Logit per clause."""
    made: Array = (carried_numbers(signals) @ block.columns(CARRIED) + block.bias)[:, 0]
    return made


# ---- the relation ----------------------------------------------------------------------------


def featured(row: Row, signals: Array, carried: Array) -> tuple[Array, dict[str, float]]:
    """What `community.linking.weighing` weighs of a row: numbers, and named numbers."""
    top = int(np.argmax(carried))
    own, turned = clause_words(row.said, top)
    named = post_words(row.said) | own
    named |= {name: value * row.aim.direction for name, value in turned.items()}
    named |= facts(row.said, row.aim, signals, top, row.context)
    return numbers(row.said, row.aim, signals, carried), named


def fit_relation(
    rows: Sequence[Row],
    made: Sequence[tuple[Array, dict[str, float]]],
    strength: float,
    loose: Mapping[str, float] | None = None,
) -> heads.Block:
    """A head over what `featured` gives."""
    return fit_named(
        [named for _, named in made],
        [row.label for row in rows],
        strength,
        [row.weight for row in rows],
        np.stack([x for x, _ in made]),
        NUMBERS,
        loose,
    )


def applied(
    block: heads.Block, made: Sequence[tuple[Array, dict[str, float]]]
) -> npt.NDArray[np.float32]:
    """Logits with the bias, rows by answers."""
    rows = block.columns(NUMBERS)
    return np.stack([x @ rows + block.add(named) + block.bias for x, named in made])


def softmax(logits: npt.NDArray[Any], heat: float = 1.0) -> Chances:
    """Chances per row."""
    warm = logits.astype(np.float64) / heat
    powers = np.exp(warm - warm.max(axis=1, keepdims=True))
    out: Chances = powers / powers.sum(axis=1, keepdims=True)
    return out


def heat_of(logits: npt.NDArray[Any], y: npt.NDArray[Any]) -> float:
    """The divisor of logits under which the labels are likeliest."""

    def loss(heat: float) -> float:
        return -float(np.log(softmax(logits, heat)[np.arange(len(y)), y] + 1e-12).mean())

    return float(min(np.arange(0.5, 3.01, 0.05), key=loss))


def out_of_fold(
    rows: Sequence[Row],
    fit: Callable[[list[int]], Callable[[list[int]], npt.NDArray[Any]]],
    parts: int = FOLDS,
) -> npt.NDArray[Any]:
    """Logits of each row by heads fitted without its group."""
    out: list[Any] = [None] * len(rows)
    for train, test in folds([row.group for row in rows], parts):
        for at, logits in zip(test, fit(list(train))(list(test)), strict=True):
            out[at] = logits
    return np.stack(out)


def aim_signals(rows: Sequence[Row]) -> list[Array]:
    """Signals of each row."""
    return [clause_signals(row.said, row.aim) for row in rows]
