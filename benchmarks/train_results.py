"""Train the heads that read results: told or not, the outcome's words, which way they point.

Heads are linear (scikit-learn, liblinear/lbfgs) over named features and static vectors; numpy
applies them (`community.results.linear`). Run from the repository's root::

    python -m benchmarks.train_results --data ../shared/data [--write]

Without ``--write`` it prints figures only. The dev articles of `result_articles.toml` and a fifth
of the abstracts of Evidence Inference are measured on and never trained on.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks import result_data
from benchmarks.result_data import Line
from community.results import directions, endpoints, linear, telling
from community.results.linear import Floats, Head

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "community" / "data" / "results.npz"
CARD = ROOT / "models" / "results"
FOLDS = 5
# a feature of the model stands in this many sentences at least, so that nothing is in it that one
# text alone has said
LEAST = 3
OWN, PUBLIC = 3.0, 0.15
WORDS_OWN = 6.0
WAYS = ("favourable", "unfavourable", "neutral")
VOCABULARY = endpoints.packaged()


@dataclass(frozen=True, slots=True)
class Examples:
    """What a head learns from: features, what each weighs, vectors, classes, weights."""

    keys: list[list[str]]
    scales: Floats
    dense: Floats
    labels: list[str]
    weights: Floats

    def only(self, rows: Sequence[int]) -> Examples:
        at = list(rows)
        return Examples(
            [self.keys[i] for i in at],
            self.scales[at],
            self.dense[at],
            [self.labels[i] for i in at],
            self.weights[at],
        )


def fit(data: Examples, classes: Sequence[str], strength: float, least: int = LEAST) -> Head:
    """A head of these classes; two classes share one column, the chance of the first."""
    counter = CountVectorizer(analyzer=lambda keys: keys, min_df=least, binary=True)
    found = counter.fit_transform(data.keys)
    sparse = csr_matrix(found.multiply(data.scales[:, None]))
    matrix = hstack([sparse, csr_matrix(data.dense)]).tocsr()
    places = [list(classes).index(label) for label in data.labels]
    solver = "liblinear" if len(classes) == 2 else "lbfgs"
    model = LogisticRegression(C=strength, max_iter=2000, solver=solver, random_state=0)
    model.fit(matrix, places, sample_weight=data.weights)
    weights, bias = model.coef_.T, model.intercept_
    if len(classes) == 2:
        weights, bias, classes = -weights, -bias, classes[:1]
    names = counter.get_feature_names_out().tolist()
    rows = np.vstack([weights[: len(names)], np.zeros((1, len(bias)))])
    head = Head(
        {n: i for i, n in enumerate(names)}, rows, weights[len(names) :], bias, tuple(classes)
    )
    return linear.unpack(linear.pack({"one": head}))["one"]  # as the package will read it


def told_examples(lines: Sequence[Line], public: Sequence[tuple[str, str, bool]]) -> Examples:
    texts = [line.text for line in lines] + [text for _, text, _ in public]
    truth = [line.told for line in lines] + [yes for _, _, yes in public]
    keys = [telling.sentence_keys(text, VOCABULARY) for text in texts]
    dense = np.array([telling.embedded(telling.bare(text)) for text in texts])
    return Examples(
        keys,
        np.array([telling.scale(k) for k in keys]),
        dense * telling.SENTENCE_SHARE,
        ["told" if yes else "untold" for yes in truth],
        np.array([OWN] * len(lines) + [PUBLIC] * len(public)),
    )


def outcome_examples(lines: Sequence[Line]) -> Examples:
    keys: list[list[str]] = []
    dense: list[Floats] = []
    labels: list[str] = []
    weights: list[float] = []
    for line in lines:
        found = telling.tokens(line.text)
        words = telling.folded(found)
        keys += telling.word_keys(words)
        dense.append(telling.word_vectors(words))
        for token in found:
            named = any(a < token.end() and token.start() < b for a, b in line.outcomes)
            labels.append("outcome" if named else "none")
            weights.append(WORDS_OWN if line.source in ("line", "article") else 1.0)
    return Examples(keys, np.ones(len(keys)), np.vstack(dense), labels, np.array(weights))


def high_examples() -> Examples:
    rows = result_data.highs()
    dense = np.array([telling.embedded(name) for name, _ in rows])
    keys = [directions.high_keys(name) for name, _ in rows]
    labels = [str(way) for _, way in rows]
    return Examples(
        keys, np.ones(len(rows)), dense * directions.VECTOR_SHARE, labels, np.ones(len(rows))
    )


def way_examples(marked: Sequence[tuple[str, str, float]]) -> Examples:
    keys = [directions.way_keys(text, VOCABULARY) for text, _, _ in marked]
    return Examples(
        keys,
        np.array([directions.way_scale(k) for k in keys]),
        np.array([directions.clause_vector(text) for text, _, _ in marked]),
        [way for _, way, _ in marked],
        np.array([weight for _, _, weight in marked]),
    )


def marked_lines(lines: Sequence[Line], weight: float) -> list[tuple[str, str, float]]:
    """Each line once per outcome, its words replaced by their mark."""
    out = []
    for line in lines:
        for start, end in line.outcomes if line.way else ():
            a, b, means = directions.anchor(line.text, start, end, VOCABULARY)
            out.append((directions.marked(line.text, a, b, means), str(line.way), weight))
    return out


_TURNED = {"favourable": "unfavourable", "unfavourable": "favourable"}
_AROUND = ("{}", "with the drug {}", "{} in the treated group", "patients found that {}", "{} too")


def made_up() -> list[tuple[str, str, float]]:
    """Words of change beside the mark of a good and of a bad outcome (`[change]` of the lines)."""
    data = tomllib.loads(result_data.LINES.read_text(encoding="utf-8"))["change"]
    out: list[tuple[str, str, float]] = []
    for place, (kind, phrases) in enumerate(data.items()):
        side, turn = kind.split("_")
        for number, phrase in enumerate(phrases):
            for means in WAYS:
                if means == "neutral" and turn in ("up", "down"):
                    continue
                mark = directions.marked("", 0, 0, means)  # type: ignore[arg-type]
                words = f"{mark} {phrase}" if side == "after" else f"{phrase} {mark}"
                way = {
                    "down": _TURNED.get(means, "neutral"),
                    "up": means,
                    "better": "favourable",
                    "worse": "unfavourable",
                    "same": "neutral",
                }[turn]
                around = _AROUND[(place + number + WAYS.index(means)) % len(_AROUND)]
                out.append((around.format(words), way, 1.0))
    return out


def marked_public(folder: Path, dev: bool) -> list[tuple[str, str, float]]:
    """Evidence of Evidence Inference whose outcome is good or bad: higher or lower is then good or
    bad too."""
    out = []
    for prompt in result_data.prompts(folder):
        words = prompt.outcome.strip(" .").lower()
        at = prompt.evidence.lower().find(words)
        if at < 0 or len(words) < 3 or result_data.held(prompt.abstract) != dev:
            continue
        a, b, means = directions.anchor(prompt.evidence, at, at + len(words), VOCABULARY)
        if means == "neutral" and prompt.label != "no difference":
            continue
        way = means if prompt.label == "increased" else _TURNED.get(means, "neutral")
        way = "neutral" if prompt.label == "no difference" else way
        out.append((directions.marked(prompt.evidence, a, b, means), way, 0.3))
    return out


def chances(head: Head, data: Examples) -> Floats:
    return head.chances(data.keys, data.scales, data.dense)


def rates(truth: Sequence[bool], given: Sequence[bool]) -> dict[str, Any]:
    right = sum(t and g for t, g in zip(truth, given, strict=True))
    precision, recall = right / max(1, sum(given)), right / max(1, sum(truth))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    figures = {"precision": precision, "recall": recall, "F1": f1}
    return {"n": len(truth), "results": sum(truth)} | {k: round(v, 3) for k, v in figures.items()}


def crossed(data: Examples, own: int, classes: Sequence[str], strength: float) -> Floats:
    """Chances of the first `own` examples, each from a head that has not seen its fold."""
    out = np.zeros((own, 1 if len(classes) == 2 else len(classes)))
    folds = np.random.RandomState(0).permutation(own) % FOLDS
    for fold in range(FOLDS):
        rest = [i for i in range(len(data.keys)) if i >= own or folds[i] != fold]
        mine = [i for i in range(own) if folds[i] == fold]
        out[mine] = chances(fit(data.only(rest), classes, strength), data.only(mine))
    return out


def use(heads: dict[str, Head]) -> None:
    """Let the package read with heads that are not written yet."""
    setattr(linear, "packaged", lambda: heads)  # noqa: B010
    directions.high.cache_clear()


def agreement(truth: Sequence[str], found: Floats) -> dict[str, Any]:
    from sklearn.metrics import f1_score

    given = [WAYS[i] for i in found.argmax(axis=1)]
    right = sum(t == g for t, g in zip(truth, given, strict=True)) / max(1, len(truth))
    macro = f1_score(truth, given, labels=WAYS, average="macro", zero_division=0)
    return {"n": len(truth), "accuracy": round(right, 3), "macro-F1": round(float(macro), 3)}


def covered(lines: Sequence[Line]) -> dict[str, Any]:
    """How many outcomes the packaged reader meets, and how many of its stretches meet one."""
    met = given = good = n = 0
    for line in lines:
        found = telling.outcomes(line.text)[:3]
        n += len(line.outcomes)
        met += sum(any(a < e and s < b for s, e, _ in found) for a, b in line.outcomes)
        good += sum(any(a < e and s < b for a, b in line.outcomes) for s, e, _ in found)
        given += len(found)
    return {"n": n, "met": round(met / max(1, n), 3), "precision": round(good / max(1, given), 3)}


def train(folder: Path, write: bool) -> dict[str, Any]:
    own, dev = result_data.own()
    public = list(result_data.told(folder))
    seen = [row for row in public if not result_data.held(row[0])]
    figures: dict[str, Any] = {}
    heads: dict[str, Head] = {}

    data = told_examples(own, seen)
    heads["result"] = fit(data, ("told", "untold"), 0.5)
    truth = [line.told for line in own]
    figures["told, own lines in five folds"] = rates(
        truth, (crossed(data, len(own), ("told", "untold"), 0.5)[:, 0] >= 0.5).tolist()
    )
    for name, rows in (
        ("told, dev articles", told_examples(dev, [])),
        ("told, held abstracts", told_examples([], [r for r in public if result_data.held(r[0])])),
    ):
        given = chances(heads["result"], rows)[:, 0] >= 0.5
        figures[name] = rates([label == "told" for label in rows.labels], given.tolist())

    lines = list(result_data.outcome_lines(folder))
    spans = [line for line in own if line.outcomes]
    spans += [line for key, line in lines if not key or not result_data.held(key)]
    heads["outcome"] = fit(outcome_examples(spans), ("outcome", "none"), 0.1, least=4)

    rows = high_examples()
    heads["high"] = fit(rows, WAYS, 1.0, least=2)
    figures["high, names in five folds"] = agreement(
        rows.labels, crossed(rows, len(rows.keys), WAYS, 1.0)
    )
    use(heads)
    figures["outcome, dev articles"] = covered([line for line in dev if line.outcomes])
    kept = [line for key, line in lines if key and result_data.held(key)]
    figures["outcome, held abstracts"] = covered(kept)

    mine = marked_lines(own, 3.0)
    rows = way_examples(mine + made_up() + marked_public(folder, False))
    heads["way"] = fit(rows, WAYS, 0.5)
    use(heads)
    figures["way, own lines in five folds"] = agreement(
        rows.labels[: len(mine)], crossed(rows, len(mine), WAYS, 0.5)
    )
    for name, marks in (
        ("way, dev articles", marked_lines(dev, 1.0)),
        ("way, held abstracts", marked_public(folder, True)),
    ):
        rows = way_examples(marks)
        figures[name] = agreement(rows.labels, chances(heads["way"], rows))
    if write:
        save(heads, figures)
    return figures


def save(heads: dict[str, Head], figures: dict[str, Any]) -> None:
    """The npz, and its figures beside its card; heads trained elsewhere stay as they are."""
    if FILE.exists():
        heads = {**linear.unpack(FILE.read_bytes()), **heads}
    FILE.write_bytes(linear.pack(heads))
    digest = hashlib.sha256(FILE.read_bytes()).hexdigest()
    CARD.mkdir(parents=True, exist_ok=True)
    path = CARD / "metrics.json"
    old = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    sizes = {name: len(head.index) for name, head in heads.items()}
    told = {**old, **figures, "sha256": digest, "features": sizes}
    path.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public data")
    parser.add_argument("--write", action="store_true", help="write model and figures")
    options = parser.parse_args()
    for name, row in train(options.data, options.write).items():
        print(f"{name:34} {row}")


if __name__ == "__main__":
    main()
