"""Train the reading of result sentences: a conditional random field for spans, logistic pairing.

    python -m benchmarks.train_spans [--write]

RCT-ART's training part gives spans and relations. Sentences of the background and methods of
abstracts of trials (Evidence Inference's training part) give what is none: doses, sizes, dates and
aims hold no measure, while outcomes and arms may stand there, so of these sentences only that is
taught (a conditional random field of partial labels, Tsuboi et al. 2008). Without ``--write`` it
prints figures by cross-validation; with it, it also trains on all, and writes
``community/data/spans.npz`` and ``models/spans/metrics.json``.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks import rct_art
from community.results import endpoints, groups, partners, quantities, spans, tokens
from community.results.spans import KINDS, LABELS, Model
from community.types import Span

ROOT = Path(__file__).resolve().parents[1]
ABSTRACTS = ROOT.parent / "shared" / "data" / "evidence_inference" / "abstracts.jsonl.gz"
LINES = Path(__file__).with_name("span_lines.toml")
FOLDS = 4
LEAST = 3  # sentences that a feature of the model stands in
SPARSE_PENALTY, DENSE_PENALTY, ORDER_PENALTY = 2.0, 3.0, 0.1
ITERATIONS = 80
PAIR_C = 0.3
NONE = 150  # sentences without a measure
_BANNED = np.array([label.endswith("measure") for label in LABELS])


@dataclass(slots=True)
class Seen:
    """A sentence as the field sees it; `allowed` (tokens by labels) says what each token may be."""

    text: str
    places: list[Span]
    features: list[list[str]]
    dense: np.ndarray
    allowed: np.ndarray


def seen(text: str) -> Seen:
    places = tokens.tokens(text)[: spans._LONGEST]
    found = quantities.find(text)
    hits = endpoints.packaged().hits(text)
    arms = groups.arms(text, groups.learn(text))
    features = tokens.features(text, places, found, hits, arms)
    allowed = np.ones((len(places), len(LABELS)), bool)
    return Seen(text, places, features, spans.dense(text, places), allowed)


def labelled(row: dict[str, Any]) -> Seen:
    made, truth = seen(row["text"]), rct_art.gold(row)
    labels = [0] * len(made.places)
    for kind, found in zip(KINDS, (truth.outcomes, truth.arms, truth.measures), strict=True):
        for span in found:
            inside = [n for n, p in enumerate(made.places) if p.overlaps(span) and not labels[n]]
            for nth, at in enumerate(inside):
                labels[at] = LABELS.index(f"{'I' if nth else 'B'} {kind}")
    made.allowed = np.eye(len(LABELS), dtype=bool)[labels]
    return made


def own() -> list[Seen]:
    """The lines written for this project (`span_lines.toml`), marks read and taken out."""
    lines = tomllib.loads(LINES.read_text(encoding="utf-8"))["lines"]
    names = {"o": "OC", "a": "INTV", "m": "MEAS"}
    out = []
    for line in lines:
        text, entities, at = "", [], 0
        for match in re.finditer(r"\[([oam]) ([^\]]+)\]", line):
            text += line[at : match.start()]
            entities.append({"start": len(text), "label": names[match[1]]})
            text += match[2]
            entities[-1]["end"] = len(text)
            at = match.end()
        made = labelled({"text": text + line[at:], "entities": entities})
        if not entities:
            made.allowed[:] = ~_BANNED
        out.append(made)
    return out


def without_measures() -> list[Seen]:
    """Sentences with numbers that state the trial's aims, methods or background."""
    out: list[Seen] = []
    with gzip.open(ABSTRACTS, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for row in sorted(rows, key=lambda r: str(r["pmcid"])):
        if row["split"].get("main") != "train":
            continue
        parts = re.split(r"(?:ABSTRACT\.)?([A-Z][A-Z ,/&]{3,40}):+\s", row["abstract"])
        for head, body in zip(parts[1::2], parts[2::2], strict=False):
            if not re.match(r"BACKGROUND|INTRODUCTION|OBJECTIVE|AIM|PURPOSE|METHOD|PATIENTS", head):
                continue
            if "RESULT" in head or "FINDING" in head:
                continue
            for sentence in re.split(r"(?<=[a-z)%][.])\s+(?=[A-Z])", body):
                if len(sentence) < 400 and quantities.find(sentence):
                    made = seen(sentence.strip())
                    made.allowed[:] = ~_BANNED
                    out.append(made)
    return out[:: max(1, len(out) // NONE)]


class Field:
    """Trains the weights of a conditional random field by L-BFGS on padded sentences."""

    def __init__(self, data: Sequence[Seen]) -> None:
        counts = Counter(f for s in data for f in {f for token in s.features for f in token})
        names = sorted(name for name, count in counts.items() if count >= LEAST)
        self.names = {name: at for at, name in enumerate(names)}
        self.sparse = self._sparse(data)
        self.dense = np.vstack([s.dense for s in data])
        self.lengths = [len(s.places) for s in data]
        self.at = (
            np.repeat(np.arange(len(data)), self.lengths),
            np.concatenate([np.arange(n) for n in self.lengths]),
        )
        shape = (len(data), max(self.lengths), len(LABELS))
        self.mask = np.zeros(shape[:2], bool)
        self.mask[self.at] = True
        self.banned = np.zeros(shape)
        self.banned[self.at] = np.where(np.vstack([s.allowed for s in data]), 0.0, -1e4)
        self.sizes = (len(self.names), self.dense.shape[1])

    def _sparse(self, data: Sequence[Seen]) -> Any:
        rows, starts = [], [0]
        for token in (token for s in data for token in s.features):
            rows += sorted({self.names[f] for f in token if f in self.names})
            starts.append(len(rows))
        shape = (len(starts) - 1, len(self.names))
        return csr_matrix((np.ones(len(rows)), rows, starts), shape=shape)

    def train(self) -> Model:
        n = len(LABELS)
        total = (sum(self.sizes) + n + 1) * n
        options = {"maxiter": ITERATIONS}
        made = minimize(self._loss, np.zeros(total), jac=True, method="L-BFGS-B", options=options)
        weights, dense, order, first = self._split(made.x)
        return Model(self.names, weights, dense, order, first, {}, {})

    def _split(self, flat: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        n = len(LABELS)
        ends = np.cumsum([self.sizes[0] * n, self.sizes[1] * n, n * n])
        a, b, c, d = np.split(flat, ends)
        return a.reshape(-1, n), b.reshape(-1, n), c.reshape(n, n), d

    def _loss(self, flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights, dense, order, first = self._split(flat)
        flat_scores = self.sparse @ weights + self.dense @ dense
        scores = np.zeros(self.banned.shape)
        scores[self.at] = flat_scores
        free = self._sums(scores, order, first)
        told = self._sums(scores + self.banned, order, first)
        loss = float((free[0] - told[0]).sum())
        away = (free[1] - told[1])[self.at]
        penalties = (
            (SPARSE_PENALTY, weights),
            (DENSE_PENALTY, dense),
            (ORDER_PENALTY, order),
            (ORDER_PENALTY, first),
        )
        gradients = (
            self.sparse.T @ away,
            self.dense.T @ away,
            free[2] - told[2],
            (free[1] - told[1])[:, 0].sum(axis=0),
        )
        loss += sum(0.5 * p * float((w**2).sum()) for p, w in penalties)
        whole = [(g + p * w).ravel() for g, (p, w) in zip(gradients, penalties, strict=True)]
        return loss, np.concatenate(whole)

    def _sums(
        self, scores: np.ndarray, order: np.ndarray, first: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Forward and backward: log sums, chances of labels and counts of label pairs."""
        last = scores.shape[1] - 1
        ahead, behind = np.zeros_like(scores), np.zeros_like(scores)
        ahead[:, 0] = scores[:, 0] + first
        for t in range(1, last + 1):
            new = _logsum(ahead[:, t - 1, :, None] + order, 1) + scores[:, t]
            ahead[:, t] = np.where(self.mask[:, t, None], new, ahead[:, t - 1])
        total = _logsum(ahead[:, last], 1)
        for t in range(last - 1, -1, -1):
            new = _logsum(order + (scores[:, t + 1] + behind[:, t + 1])[:, None], 2)
            behind[:, t] = np.where(self.mask[:, t + 1, None], new, 0.0)
        chance = np.exp(ahead + behind - total[:, None, None])
        pairs = np.zeros_like(order)
        for t in range(last):
            on = self.mask[:, t + 1]
            ends = (scores[on, t + 1] + behind[on, t + 1])[:, None]
            pairs += np.exp(ahead[on, t, :, None] + order + ends - total[on, None, None]).sum(0)
        return total, chance, pairs


def _logsum(values: np.ndarray, axis: int) -> np.ndarray:
    most = values.max(axis=axis, keepdims=True)
    return np.squeeze(most + np.log(np.exp(values - most).sum(axis=axis, keepdims=True)), axis)


def pairing(rows: Sequence[dict[str, Any]], kind: str) -> dict[str, float]:
    """Weights of the features of pairs, from the reference's own spans and relations."""
    found: list[dict[str, int]] = []
    truth: list[bool] = []
    for row in rows:
        told, given = rct_art.related(row), rct_art.gold(row)
        ends = given.arms if kind == "arm" else given.outcomes
        field = partners.Field(text=row["text"], measures=given.measures, candidates=ends)
        placed = partners.runs(row["text"], field.measures)
        for at, measure in enumerate(field.measures):
            for which, end in enumerate(ends):
                found.append(dict.fromkeys(partners.features(field, at, which, placed[at]), 1))
                truth.append((measure, end) in told)
    counts = Counter(name for row in found for name in row)
    kept = [{n: 1 for n in row if counts[n] >= LEAST} for row in found]
    sheet = DictVectorizer(dtype=np.float64)
    model = LogisticRegression(C=PAIR_C, max_iter=400).fit(sheet.fit_transform(kept), truth)
    weights = dict(zip(sheet.get_feature_names_out(), model.coef_[0].tolist(), strict=True))
    return {"": float(model.intercept_[0])} | {n: w for n, w in weights.items() if abs(w) > 0.01}


def train(rows: Sequence[dict[str, Any]], data: Sequence[Seen]) -> Model:
    field = Field(data).train()
    keep = np.abs(field.weights).max(axis=1) > 0.02
    names = [name for name, at in field.names.items() if keep[at]]
    return Model(
        {name: at for at, name in enumerate(names)},
        field.weights[keep].astype(np.float16).astype(np.float64),
        field.dense.astype(np.float16).astype(np.float64),
        field.order,
        field.first,
        pairing(rows, "arm"),
        pairing(rows, "outcome"),
    )


def judged(model: Model, rows: Sequence[dict[str, Any]]) -> dict[str, rct_art.Score]:
    spans.default = lambda: model  # type: ignore[assignment]
    return rct_art.measure(rows)


def merged(parts: list[dict[str, rct_art.Score]]) -> dict[str, rct_art.Score]:
    out = parts[0]
    for part in parts[1:]:
        for name, score in part.items():
            for field in ("gold", "given", "same", "found", "right"):
                setattr(out[name], field, getattr(out[name], field) + getattr(score, field))
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--folds", type=int, default=FOLDS)
    given = parser.parse_args()
    rows = rct_art.load("train")
    data, more = [labelled(row) for row in rows], [*own(), *without_measures()]
    print(f"{len(rows)} sentences, {len(more)} of our own and without measures", flush=True)
    parts = []
    for fold in range(given.folds):
        kept = [n for n in range(len(rows)) if n % given.folds != fold]
        model = train([rows[n] for n in kept], [data[n] for n in kept] + more)
        parts.append(judged(model, [r for n, r in enumerate(rows) if n % given.folds == fold]))
    figures = merged(parts) if parts else {}
    if figures:
        print(rct_art.table(figures), flush=True)
    if given.write:
        model = train(rows, data + more)
        packed = spans.pack(model)
        (ROOT / "community" / "data" / "spans.npz").write_bytes(packed)
        told = {name: [round(f, 3) for f in score.f1()] for name, score in figures.items()}
        dev = judged(spans.unpack(packed), rct_art.load("dev"))
        print(rct_art.table(dev))
        digest = hashlib.sha256(packed).hexdigest()
        out = ROOT / "models" / "spans" / "metrics.json"
        out.parent.mkdir(exist_ok=True)
        metrics = {
            "sha256": digest,
            "bytes": len(packed),
            "features": len(model.names),
            "strict and relaxed F1, out of fold": told,
            "strict and relaxed F1, dev": {
                n: [round(f, 3) for f in s.f1()] for n, s in dev.items()
            },
        }
        out.write_text(json.dumps(metrics, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        print(f"{len(packed) / 1e3:.0f} kB, sha256 {digest}")


if __name__ == "__main__":
    main()
