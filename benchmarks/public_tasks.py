"""Our scikit-learn estimators on public data of patients' words: four tasks, ablations, curves.

Data: the shared folder (``../shared/data``); its words are read and never written. Every choice is
made on training parts: ablations and curves are out-of-fold figures (folds of whole reviews,
respondents or trusts; vocabularies are learned inside the fold). A held-out part is looked at once,
by ``--final``, with the settings named here. Intervals: 95 %, 500 resamplings of whole reviews,
respondents or texts.

Run from the repository's root: ``python -m benchmarks.public_tasks [TASK …] [--final]``; figures
are printed, and kept in ``benchmarks/public_tasks.json``, of which ``benchmarks/CODING.md`` tells.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.model_selection import GroupKFold

from community.estimators import (
    FAMILIES,
    CutClassifier,
    OrdinalClassifier,
    PatientTextFeatures,
)
from community.estimators.cuts import macro_f1, weighted_kappa

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
KEPT = Path(__file__).with_suffix(".json")
RESAMPLED, SEED = 500, 0
SHARES = (0.1, 0.25, 0.5)
GRAMS = (3, 5)
WEIGHTS = {"context": 0.7}


@dataclass(frozen=True, slots=True)
class Task:
    """Rows of one task: columns of text by name, numbers known beside them, and how to judge."""

    texts: dict[str, list[str]]
    y: np.ndarray
    groups: np.ndarray  # rows that are resampled together
    folds: list[tuple[np.ndarray, np.ndarray]]
    model: Callable[[], Any]
    measure: Callable[[np.ndarray, np.ndarray, np.ndarray], float]
    beside: dict[str, np.ndarray] = field(default_factory=dict)  # rows by numbers
    held_out: np.ndarray | None = None  # rows that no fold holds


# ---- data -------------------------------------------------------------------------------------


def psytar() -> Task:
    """Sentences of drug reviews: adverse reaction, withdrawal, effective, ineffective."""
    place: dict[str, tuple[str, int]] = {}
    sizes: dict[str, int] = defaultdict(int)
    for line in (DATA / "psytar" / "sentences.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        place.setdefault(row["text"].strip(), (row["drug_id"], row["sentence_index"]))
        sizes[row["drug_id"]] = max(sizes[row["drug_id"]], row["sentence_index"])
    rows, dev = [], []
    for part in ("train", "dev"):
        path = DATA / "psytar" / f"binary_{part}.csv"
        with path.open(newline="", encoding="utf-8-sig") as file:
            found = list(csv.reader(file, delimiter="\t"))[1:]
        rows += found
        dev += [part == "dev"] * len(found)
    seen = {row[0] for row, held in zip(rows, dev, strict=True) if not held}
    keep = [n for n, row in enumerate(rows) if not (dev[n] and row[0] in seen)]
    rows, held = [rows[n] for n in keep], np.array([dev[n] for n in keep])
    where = [place.get(row[0].strip(), (row[0], 0)) for row in rows]
    groups = np.array([review for review, _ in where])
    steps = np.zeros((len(rows), 18))
    for number, (review, index) in enumerate(where):
        steps[number, min(index, 11)] = 0.5
        steps[number, 12 + min(max(0, sizes[review] - index), 5)] = 0.5
    y = np.array([[int(mark) for mark in row[1:5]] for row in rows])
    texts = {"sentence": [row[0] for row in rows]}
    folds = _grouped(np.flatnonzero(~held), groups)
    return Task(texts, y, groups, folds, _cut, _labels_f1, {"place": steps}, held)


def druglib() -> Task:
    """Reviews of drugs: bad (rating 1 to 4), between, good (7 to 10), as Gräßer et al. 2018."""
    path = DATA / "druglib" / "train.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    held = np.array([_bucket(f"druglib/{row['id']}") == 0 for row in rows])
    y = np.array([0 if row["rating"] <= 4 else 1 if row["rating"] < 7 else 2 for row in rows])
    names = ("benefits", "side_effects_text", "comments")
    texts = {name: [row[name] for row in rows] for name in names}
    groups = np.array([" ".join(row[name] for name in names) for row in rows])
    folds = _grouped(np.flatnonzero(~held), groups)
    model = _graded("f1")
    return Task(texts, y, groups, folds, model, _classes_f1, held_out=held)


def nhs_theme() -> Task:
    """Comments on care, one of nine themes; each trust is judged by what the others taught."""
    rows = _table("fft_phase1_single_label.csv")
    y = np.unique([row["label"] for row in rows], return_inverse=True)[1]
    trust = np.array([row["organization"] for row in rows])
    folds = [(np.flatnonzero(trust != t), np.flatnonzero(trust == t)) for t in np.unique(trust)]
    texts = [row["feedback"] for row in rows]
    groups = np.array(texts)
    return Task({"comment": texts}, y, groups, folds, CutClassifier, _trusts_f1(trust))


def nhs_theme_together() -> Task:
    """The same, judged by one macro-F1 over all trusts instead of the mean of theirs."""
    return replace(nhs_theme(), measure=_themes_f1)


def nhs_sentiment() -> Task:
    """Comments on an ambulance service: sentiment 1 to 5; folds of whole respondents."""
    rows = [row for row in _table("fft_phase2_NEAS.csv") if row["Comment sentiment"]]
    y = np.array([int(row["Comment sentiment"]) - 1 for row in rows])
    groups = np.array([row["Respondent ID"] for row in rows])
    asked = np.unique([row["FFT question"][:3] for row in rows], return_inverse=True)[1]
    texts = {"comment": [row["FFT answer"] for row in rows]}
    folds = _grouped(np.arange(len(rows)), groups)
    beside = {"question": np.eye(asked.max() + 1)[asked]}
    return Task(texts, y, groups, folds, _graded("kappa"), _kappa, beside)


def _table(name: str) -> list[dict[str, str]]:
    path = DATA / "nhs_patient_feedback" / name
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def _bucket(name: str) -> int:
    return int(hashlib.sha256(name.encode("utf-8")).hexdigest(), 16) % 5


def _grouped(rows: np.ndarray, groups: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    split = GroupKFold(3, shuffle=True, random_state=SEED)
    return [(rows[a], rows[b]) for a, b in split.split(rows, groups=groups[rows])]


def _cut() -> Any:
    return CutClassifier(cuts="f1", folds=3)


def _graded(cuts: str) -> Callable[[], Any]:
    return lambda: OrdinalClassifier(cuts=cuts, folds=3)


# ---- how to judge -----------------------------------------------------------------------------


def _confused(right: np.ndarray, given: np.ndarray, weights: np.ndarray, size: int) -> np.ndarray:
    table = np.bincount(right * size + given, weights, minlength=size * size)
    return table.reshape(size, size)


def _labels_f1(right: np.ndarray, given: np.ndarray, weights: np.ndarray) -> float:
    w = weights[:, None]
    hit, both = (w * right * given).sum(0), (w * (right + given)).sum(0)
    return float(np.mean(2 * hit / np.maximum(both, 1)))


def _classes_f1(right: np.ndarray, given: np.ndarray, weights: np.ndarray) -> float:
    return macro_f1(_confused(right, given, weights, 3))


def _themes_f1(right: np.ndarray, given: np.ndarray, weights: np.ndarray) -> float:
    return macro_f1(_confused(right, given, weights, 9))


def _kappa(right: np.ndarray, given: np.ndarray, weights: np.ndarray) -> float:
    return weighted_kappa(_confused(right, given, weights, 5))


def _trusts_f1(trust: np.ndarray) -> Callable[[np.ndarray, np.ndarray, np.ndarray], float]:
    def measure(right: np.ndarray, given: np.ndarray, weights: np.ndarray) -> float:
        tables = [
            _confused(right[at], given[at], weights[at], 9)
            for t in np.unique(trust)
            for at in [np.flatnonzero(trust == t)]
        ]
        return float(np.mean([macro_f1(table) for table in tables]))

    return measure


def interval(task: Task, rows: np.ndarray, given: np.ndarray) -> tuple[float, float, float]:
    """A figure of these rows, and its 2.5 and 97.5 % bounds by resampling groups."""
    right = task.y[rows]
    number = np.unique(task.groups[rows], return_inverse=True)[1]
    generator = np.random.default_rng(SEED)
    size = int(number.max()) + 1
    figures = []
    for _ in range(RESAMPLED):
        drawn = np.bincount(generator.integers(0, size, size), minlength=size)
        figures.append(task.measure(right, given, drawn[number].astype(float)))
    low, high = np.quantile(figures, (0.025, 0.975))
    return task.measure(right, given, np.ones(len(rows))), float(low), float(high)


# ---- features ---------------------------------------------------------------------------------


def blocks(task: Task, seen: np.ndarray, unseen: np.ndarray) -> dict[str, tuple[Any, Any]]:
    """By family the columns of seen and unseen rows; vocabularies are learned from the seen."""
    made: dict[str, tuple[Any, Any]] = {}
    for family in FAMILIES:
        pairs = []
        for column in task.texts.values():
            one = PatientTextFeatures((family,), grams=GRAMS, weights=WEIGHTS)
            fitted = one.fit_transform([column[n] for n in seen])
            pairs.append((fitted, one.transform([column[n] for n in unseen])))
        first, second = zip(*pairs, strict=True)
        made[family] = hstack(first, format="csr"), hstack(second, format="csr")
    for name, numbers in task.beside.items():
        made[name] = csr_matrix(numbers[seen]), csr_matrix(numbers[unseen])
    return made


def settings(task: Task) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is compared: families added one after the other, then what stands beside the text."""
    names = (*FAMILIES, *task.beside)
    for count in range(1, len(names) + 1):
        yield ("+ " if count > 1 else "") + names[count - 1], names[:count]
    yield "vectors alone", ("vectors",)


# ---- the run ----------------------------------------------------------------------------------


def cross_validated(task: Task) -> Iterator[tuple[str, int, tuple[float, float, float]]]:
    """Out-of-fold figures: each setting, the curve of the fullest one."""
    given: dict[str, np.ndarray] = {}
    rows = np.concatenate([unseen for _, unseen in task.folds])
    rows.sort()
    for seen, unseen in task.folds:
        made = blocks(task, seen, unseen)
        for name, families in settings(task):
            model = task.model().fit(_beside(made, families, 0), task.y[seen])
            columns = _beside(made, families, 1)
            _keep(given, name, task, unseen, model.predict(columns))
        families = list(settings(task))[-2][1]
        for share in SHARES:
            part = np.random.default_rng(SEED).permutation(len(seen))[: int(share * len(seen))]
            model = task.model().fit(_beside(made, families, 0)[part], task.y[seen[part]])
            told = model.predict(_beside(made, families, 1))
            _keep(given, f"all, {share:.0%} of the training", task, unseen, told)
    for name, told in given.items():
        yield name, len(rows), interval(task, rows, told[rows])


def _beside(made: dict[str, tuple[Any, Any]], families: tuple[str, ...], side: int) -> Any:
    return hstack([made[name][side] for name in families], format="csr")


def _keep(
    given: dict[str, np.ndarray], name: str, task: Task, rows: np.ndarray, told: np.ndarray
) -> None:
    given.setdefault(name, np.zeros(task.y.shape, int))[rows] = told


def held_out(task: Task) -> Iterator[tuple[str, int, tuple[float, float, float]]]:
    """The held-out part: words alone, all families without and with vectors, what stands beside."""
    if task.held_out is None:
        return
    seen, rows = np.flatnonzero(~task.held_out), np.flatnonzero(task.held_out)
    made = blocks(task, seen, rows)
    for name, families in settings(task):
        if name in ("words", "+ tone", "+ vectors", "+ place"):
            model = task.model().fit(_beside(made, families, 0), task.y[seen])
            told = model.predict(_beside(made, families, 1))
            yield f"held out, {name}", len(rows), interval(task, rows, told)


TASKS: dict[str, Callable[[], Task]] = {
    "psytar": psytar,
    "nhs_theme": nhs_theme,
    "nhs_theme_together": nhs_theme_together,
    "nhs_sentiment": nhs_sentiment,
    "druglib": druglib,
}


def main(asked: list[str]) -> None:
    """Run the tasks named (all without a name), print figures and keep them."""
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    run = held_out if "--final" in asked else cross_validated
    for name in [a for a in asked if a in TASKS] or TASKS:
        began = time.monotonic()
        for what, n, figures in run(TASKS[name]()):
            value, low, high = (round(f, 3) for f in figures)
            print(f"{name:14s} {what:34s} n {n:5d}  {value:.3f} ({low:.3f} to {high:.3f})")
            kept.setdefault(name, {})[what] = {"n": n, "figure": value, "low": low, "high": high}
        print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
        KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
