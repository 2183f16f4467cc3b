"""Figures of the learned coder on posts that it has not seen, by source, with intervals.

Each figure resamples whole threads (`community.measures.clustered`). ``forum`` and ``written`` are
out of fold; ``dev`` was never trained on, and is told against both of its readers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from community.measures import accuracy, agreement, calibration, clustered

STANCES = ("treatment-experience", "neurologist-distrust", "progression-concern")
SENTIMENTS = ("positive", "negative", "mixed", "neutral")
SOURCES = ("forum", "dev", "dev by the second reader", "written", "reviews", "services")
_FEWEST = 50  # positives from which a calibration error is told
Chances = dict[str, dict[str, float]]
Label = dict[str, Any]


def best(chances: dict[str, float]) -> str:
    """The likeliest answer."""
    return max(chances, key=lambda name: chances[name])


def topics(chances: Chances, cut: float, most: int = 3) -> set[str]:
    """Topics given: those above the cut, at most three, else the likeliest."""
    ranked = sorted(
        ((c["yes"], q[6:]) for q, c in chances.items() if q.startswith("topic ")), reverse=True
    )
    given = [name for chance, name in ranked if chance >= cut][:most]
    return set(given or [ranked[0][1]])


def measure(data: Any, chances: list[Chances], cuts: dict[str, float]) -> dict[str, Any]:
    """All figures: source → figure → [estimate, low, high, n]."""
    found: dict[str, Any] = {}
    for source in SOURCES:
        name = source.split()[0]
        rows = [n for n, one in enumerate(data.examples) if one.post.source == name]
        if not rows:
            continue
        posts = [data.examples[n].post for n in rows]
        labels = [post.other if "second" in source else post.label for post in posts]
        _, threads = np.unique([post.thread for post in posts], return_inverse=True)
        found[source] = {
            "posts": len(rows),
            "threads": int(threads.max()) + 1,
            **_figures([chances[n] for n in rows], labels, threads, cuts),
        }
    return found


def show(found: dict[str, Any]) -> None:
    """Prints the figures, a line each."""
    for source, figures in found.items():
        print(f"{source}: {figures['posts']} posts in {figures['threads']} threads")
        for name, value in figures.items():
            if isinstance(value, list):
                told = f" ({value[1]:.2f} to {value[2]:.2f})" if value[1] is not None else ""
                print(f"  {name:44s} {value[0]:.3f}{told}, n {value[3]}")


def _figures(
    chances: list[Chances], labels: list[Label], threads: np.ndarray, cuts: dict[str, float]
) -> dict[str, Any]:
    tell = _Teller(threads)
    found: dict[str, Any] = {}
    for code in STANCES:
        found |= _stance(code, chances, labels, tell, cuts[code])
    gold = np.array([SENTIMENTS.index(x["sentiment"]) for x in labels])
    given = np.array([SENTIMENTS.index(best(c["sentiment"])) for c in chances])
    found["sentiment kappa"] = tell(agreement.matrices(gold, given, 4), agreement.kappa, len(gold))
    sets = [
        (topics(c, cuts["topics"]), set(x["topics"])) for c, x in zip(chances, labels, strict=True)
    ]
    hits = np.array([[len(a & b), len(a - b), len(b - a), 0] for a, b in sets], float)
    found["topics micro-F1"] = tell(hits, accuracy.f1, len(sets))
    for question in sorted(q for q in chances[0] if q.startswith("topic ")):
        yes = np.array([question[6:] in x["topics"] for x in labels])
        given = np.array([question[6:] in a for a, _ in sets])
        if yes.sum() >= 10:
            n = int(yes.sum())
            found[f"{question} F1"] = tell(accuracy.counts(yes, given), accuracy.f1, n)
        found |= _calibration(question, np.array([c[question]["yes"] for c in chances]), yes, tell)
    return found


def _stance(
    code: str, chances: list[Chances], labels: list[Label], tell: _Teller, cut: float
) -> dict[str, Any]:
    told = [[s for s in x["stances"] if s["code"] == code] for x in labels]
    gold = np.array([bool(s) for s in told])
    chance = np.array([c[code]["yes"] for c in chances])
    n = int(gold.sum())
    found = {f"{code} F1": tell(accuracy.counts(gold, chance >= cut), accuracy.f1, n)}
    pairs = [("polarity", f"{code} polarity")] + ([("whose", "whose")] if "exp" in code else [])
    for key, question in pairs:
        right = [
            bool(s) and best(c[question]) == s[0][key] for s, c in zip(told, chances, strict=True)
        ]
        rows = np.stack([np.array(right) & gold, gold], 1).astype(float)
        found[f"{code} {key}"] = tell(rows, lambda c: accuracy.ratio(c[..., 0], c[..., 1]), n)
    return found | _calibration(code, chance, gold, tell)


def _calibration(name: str, chance: np.ndarray, gold: np.ndarray, tell: _Teller) -> dict[str, Any]:
    if gold.sum() < _FEWEST:
        return {}
    at = calibration.equal_mass(chance)
    rows = calibration.rows(chance, gold.astype(float), at)
    return {f"{name} calibration error": tell(rows, calibration.ece, int(gold.sum()), "error")}


class _Teller:
    """Estimates with intervals over these threads."""

    def __init__(self, threads: np.ndarray) -> None:
        self._threads, self._count = threads, int(threads.max()) + 1

    def __call__(
        self,
        rows: np.ndarray,
        statistic: Callable[[Any], Any],
        n: int,
        kind: clustered.Kind = "index",
    ) -> list[float | int | None]:
        sums = clustered.summed(rows, self._threads, self._count)
        made = clustered.estimate(sums, statistic, kind=kind)
        ends = [None if v is None else round(v, 4) for v in (made.value, made.low, made.high)]
        return [*ends, n]
