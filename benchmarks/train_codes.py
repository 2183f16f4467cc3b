"""Train the learned coder: heads, stack, and the figures that the model card tells.

Posts labelled by reading (`code_labels`) are read as `community analyze` reads them. Heads (linear,
over the keys of `community.learned.features`) and the stack (`community.learned.stack`) are fitted
by scikit-learn in five folds of whole threads; the stack learns from what heads say of posts they
have not seen. The labelled slice of two expert readers (``dev``) is never trained on.

Run from the repository's root: ``python -m benchmarks.train_codes [--write]``. Without ``--write``
it prints figures only.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, diags, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.preprocessing import StandardScaler

from benchmarks import code_labels, soft_labels
from benchmarks.code_labels import Labelled
from community.codebook import default
from community.learned import heads, seen, stack
from community.learned.evidence import POLES

ROOT = Path(__file__).resolve().parents[1]
FOLDS = 5
WEIGHT = {"forum": 3.0, "written": 1.0, "reviews": 1.0, "services": 0.6, "pairs": 0.3, "dev": 0.0}
STANCES = ("treatment-experience", "neurologist-distrust", "progression-concern")
LETTER = {"E": STANCES[0], "D": STANCES[1], "C": STANCES[2]}
SENTIMENTS = ("positive", "negative", "mixed", "neutral")
ROLES = ("patient", "carer", "professional", "unknown")
# heads of sentences that tell a polarity, by the marks that coders of sentences wrote
MARKS = {
    "good": ("Eg", "Em"),
    "bad": ("Eb", "Em"),
    "told": ("En",),
    "trust": ("D+", "D±"),
    "distrust": ("D-", "D±"),
    "hopeful": ("C+", "C±"),
    "worried": ("C-", "C±"),
}
HEAD_C, STACK_C = 3.0, 0.3
# where a post comes from shifts its chances; nobody says so of a new one: it counts as a forum's
FROM = tuple(f"from:{source}" for source in ("written", "pairs", "reviews", "services"))
SOFT = 0.5  # what a sentence counts whose chances the encoder told
_LEAST_SOFT = 6  # of those sentences in which a key must stand
_LEAST = {"w": 2}  # posts in which a key must stand; others three


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled post and what the coder sees of it."""

    post: Labelled
    units: tuple[Any, ...]
    numbers: dict[str, float]
    fold: int


@dataclass
class Data:
    """All examples, and their keys as matrices; `soft` are sentences that the encoder judged."""

    examples: list[Example]
    soft: soft_labels.Soft | None = None

    @cached_property
    def keys(self) -> list[str]:
        """Keys that stand in enough posts, sorted."""
        counts: Counter[str] = Counter()
        for one in self.examples:
            if one.fold >= 0:
                counts.update({key for unit in one.units for key in heads.all_keys(unit)})
        found = {k for k, n in counts.items() if n >= _LEAST.get(k[0], 3)}
        more: Counter[str] = Counter()
        for unit in self.soft.units if self.soft else ():
            more.update(heads.all_keys(unit))
        found |= {k for k, n in more.items() if n >= _LEAST_SOFT}
        return sorted(k for k in found if "\n" not in k)

    @cached_property
    def owners(self) -> np.ndarray:
        """The example of each unit."""
        sizes = [len(one.units) for one in self.examples]
        return np.repeat(np.arange(len(self.examples)), sizes)

    @cached_property
    def folds(self) -> np.ndarray:
        """The fold of each example; -1 is held out for good."""
        return np.array([one.fold for one in self.examples])

    @cached_property
    def weights(self) -> np.ndarray:
        """What each example counts in training."""
        return np.array([WEIGHT[one.post.source] for one in self.examples])

    @cached_property
    def counts(self) -> csr_matrix:
        """Units by keys, ones."""
        return self._counted(unit for one in self.examples for unit in one.units)

    def _counted(self, units: Iterable[Any]) -> csr_matrix:
        number = {key: n for n, key in enumerate(self.keys)}
        rows = [[number[k] for k in heads.all_keys(unit) if k in number] for unit in units]
        ends = np.cumsum([0, *map(len, rows)])
        flat = np.array([n for row in rows for n in row], np.int64)
        return csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(rows), len(number)))

    @cached_property
    def soft_units(self) -> csr_matrix | None:
        """What unit heads see of the sentences that the encoder judged."""
        if self.soft is None:
            return None
        words = np.array([max(1, len(unit.words)) for unit in self.soft.units])
        return (diags(1 / np.sqrt(words)) @ self._counted(self.soft.units)).tocsr()

    @cached_property
    def words(self) -> np.ndarray:
        """Words of each unit."""
        return np.array([max(1, len(u.words)) for one in self.examples for u in one.units])

    @cached_property
    def units(self) -> csr_matrix:
        """What unit heads see."""
        return (diags(1 / np.sqrt(self.words)) @ self.counts).tocsr()

    @cached_property
    def posts(self) -> csr_matrix:
        """What post heads see."""
        n = len(self.examples)
        pool = csr_matrix(
            (np.ones(len(self.owners)), (self.owners, np.arange(len(self.owners)))),
            shape=(n, len(self.owners)),
        )
        summed = (pool @ self.counts).tocsr()
        summed.data = np.log1p(summed.data)
        size = np.sqrt(np.maximum(1, np.bincount(self.owners, self.words, n)))
        return (diags(1 / size) @ summed).tocsr()


def read(posts: list[Labelled]) -> Data:
    """The coder's view of every labelled post."""
    book = default()
    by_id = {post.id: post for post in posts}
    found = []
    for thread in code_labels.threads(posts):
        for one in seen.see(thread, book):
            post = by_id[one.post.id]
            digest = hashlib.sha256(post.thread.encode("utf-8")).hexdigest()
            fold = -1 if post.source == "dev" else int(digest, 16) % FOLDS
            found.append(Example(post, one.units, one.numbers, fold))
    return Data(found, soft_labels.load())


# ---- what heads learn -------------------------------------------------------------------------


def stance(label: dict[str, Any], code: str) -> list[dict[str, Any]]:
    """The stances of that code in a label."""
    return [s for s in label["stances"] if s["code"] == code]


def post_targets() -> dict[str, Callable[[dict[str, Any]], bool | None]]:
    """Post heads: whether a label has it; None where the question does not arise."""
    targets: dict[str, Callable[[dict[str, Any]], bool | None]] = {}
    for code in STANCES:
        targets[code] = lambda label, c=code: bool(stance(label, c))  # type: ignore[misc]
        for pole in POLES[code]:
            targets[pole] = lambda label, c=code, p=pole: (  # type: ignore[misc]
                any(s["polarity"] in (p, "mixed") for s in stance(label, c))
                if stance(label, c)
                else None
            )
    for whose in ("close", "others"):
        targets[whose] = lambda label, w=whose: (  # type: ignore[misc]
            any(s.get("whose") == w for s in stance(label, STANCES[0]))
            if stance(label, STANCES[0])
            else None
        )
    for topic in (code.code for code in default().layer("topic")):
        targets[f"topic {topic}"] = lambda label, t=topic: t in label["topics"]  # type: ignore[misc]
    for value in SENTIMENTS:
        targets[value] = lambda label, v=value: label["sentiment"] == v  # type: ignore[misc]
    targets["glad"] = lambda label: label["sentiment"] in ("positive", "mixed")
    targets["sorry"] = lambda label: label["sentiment"] in ("negative", "mixed")
    return targets


def unit_targets(data: Data) -> dict[str, np.ndarray]:
    """Unit heads: 1, 0, or -1 (not known) for each unit.

    Where sentences were labelled, by that; else a sentence has a stance if a quarter of it, or most
    of the evidence, is evidence of it, and a post without the stance has none."""
    names = ["glad", "sorry", *STANCES, *MARKS]
    found: dict[str, list[int]] = {name: [] for name in names}
    for one in data.examples:
        for unit in one.units:
            told = None if one.post.sentences is None else one.post.sentences.get(unit.start)
            for name in names:
                found[name].append(_unit_target(one.post, unit, told, name))
    return {name: np.array(values) for name, values in found.items()}


def _unit_target(post: Labelled, unit: Any, told: str | None, name: str) -> int:
    if told is not None:
        marks = told.split()
        if name in ("glad", "sorry"):
            return int("±" in marks or ("+" if name == "glad" else "-") in marks)
        if name in MARKS:
            return int(any(mark.split(":")[0] in MARKS[name] for mark in marks))
        return int(any(LETTER.get(mark[0]) == name for mark in marks))
    if name in ("glad", "sorry", *MARKS):
        return -1
    found = stance(post.label, name)
    for start, end in (span for s in found for span in s["evidence"]):
        if min(end, unit.end) - max(start, unit.start) >= min(12, 0.5 * (end - start)):
            return 1
    return -1 if found else 0


def fit(x: csr_matrix, y: np.ndarray, w: np.ndarray) -> LogisticRegression:
    """One linear head."""
    model = LogisticRegression(C=HEAD_C, solver="liblinear", dual=True, tol=0.01, random_state=0)
    return model.fit(x, y, sample_weight=w)


Told = tuple[csr_matrix, np.ndarray]  # sentences by keys, and their chances by fold


def out_of_fold(
    x: csr_matrix, y: np.ndarray, w: np.ndarray, folds: np.ndarray, soft: Told | None = None
) -> tuple[np.ndarray, LogisticRegression]:
    """Logits for every row by a model that has not seen its thread, and the model of all rows.

    `y` is 1, 0 or -1 (left out); rows of fold -1 are never trained on. A sentence of `soft` is a
    row for yes and one for no, each weighed by its chance."""
    logits = np.zeros(len(y))
    for fold in [*range(FOLDS), -1]:
        rows = (folds != fold) & (folds >= 0) & (y >= 0)
        seen_x, seen_y, seen_w = x[rows], y[rows], w[rows]
        if soft is not None:
            more, yes = soft[0], soft[1][fold]
            seen_x = vstack([seen_x, more, more])
            seen_y = np.concatenate([seen_y, np.ones(len(yes)), np.zeros(len(yes))])
            seen_w = np.concatenate([seen_w, SOFT * yes, SOFT * (1 - yes)])
        model = fit(seen_x, seen_y, seen_w)
        mine = folds == fold
        if mine.any():
            logits[mine] = model.decision_function(x[mine])
    return logits, model


@dataclass
class Trained:
    """Heads of both blocks and their out-of-fold logits (rows by heads)."""

    names: dict[str, list[str]]
    models: dict[str, list[LogisticRegression]]
    logits: dict[str, np.ndarray]


def train_heads(data: Data) -> Trained:
    """All heads."""
    made = Trained({}, {}, {})
    units = unit_targets(data)
    asked = post_targets()
    posts = {
        name: np.array(
            [-1 if (v := ask(one.post.label)) is None else int(v) for one in data.examples]
        )
        for name, ask in asked.items()
    }
    owner = data.owners
    jobs = {
        "unit": (data.units, units, data.weights[owner], data.folds[owner]),
        "post": (data.posts, posts, data.weights, data.folds),
    }
    for block, (x, targets, w, folds) in jobs.items():
        told = _soft(data) if block == "unit" else {}
        results = [out_of_fold(x, y, w, folds, told.get(n)) for n, y in targets.items()]
        made.names[block] = list(targets)
        made.logits[block] = np.stack([logits for logits, _ in results], 1)
        made.models[block] = [model for _, model in results]
    return made


def _soft(data: Data) -> dict[str, Told]:
    if data.soft is None or data.soft_units is None:
        return {}
    return {
        name: (data.soft_units, data.soft.chances[:, :, n])
        for n, name in enumerate(data.soft.heads)
    }


# ---- the stack --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the stack: its answers, its inputs, and the answer in a label (or None)."""

    name: str
    answers: tuple[str, ...]
    inputs: tuple[str, ...]
    truth: Callable[[dict[str, Any]], str | None]
    strength: float = STACK_C


def _over(name: str) -> tuple[str, ...]:
    return tuple(f"{how}:{name}" for how in ("top", "next", "any", "mean"))


def questions(numbers: Iterable[str]) -> list[Asked]:
    """Everything that the stack answers."""
    felt = tuple(sorted(n for n in numbers if n.startswith("felt:")))
    found = []
    for code in STANCES:
        poles = POLES[code]
        raws = (f"raw:{code}", *(f"raw:{code}:{p}" for p in (*poles, "mixed")))
        found.append(
            Asked(
                code, ("no", "yes"),
                (f"post:{code}", *_over(code), raws[0], "size", "post:topic care",
                 "post:topic safety", "post:topic efficacy", "post:topic progression",
                 *(f"{how}:{p}" for p in poles for how in ("top", "any"))),
                lambda label, c=code: "yes" if stance(label, c) else "no",  # type: ignore[misc]
            )
        )  # fmt: skip
        values = {STANCES[0]: ("good", "bad", "mixed", "neutral"),
                  STANCES[1]: ("trust", "distrust", "mixed"),
                  STANCES[2]: ("hopeful", "worried", "mixed", "neutral")}[code]  # fmt: skip
        found.append(
            Asked(
                f"{code} polarity", values,
                (*raws, *_over("glad"), *_over("sorry"),
                 *(key for p in poles for key in _over(p)),
                 *(_over("told") if code == STANCES[0] else ()),
                 "size"),
                lambda label, c=code: _polarity(stance(label, c)),  # type: ignore[misc]
                0.1,
            )
        )  # fmt: skip
    found.append(
        Asked(
            "whose", ("self", "close", "others"), ("post:close", "post:others", "size"),
            lambda label: next((s["whose"] for s in stance(label, STANCES[0])), None),
        )
    )  # fmt: skip
    for topic in (code.code for code in default().layer("topic")):
        found.append(
            Asked(
                f"topic {topic}", ("no", "yes"),
                (f"post:topic {topic}", f"points:{topic}", "size", *(f"post:{c}" for c in STANCES)),
                lambda label, t=topic: "yes" if t in label["topics"] else "no",  # type: ignore[misc]
            )
        )  # fmt: skip
    found.append(
        Asked(
            "sentiment", SENTIMENTS,
            (*(f"post:{v}" for v in SENTIMENTS), "post:glad", "post:sorry", *_over("glad"),
             *_over("sorry"), "size", *felt),
            lambda label: label["sentiment"], 0.1,
        )
    )  # fmt: skip
    return [replace(one, inputs=(*one.inputs, *FROM)) for one in found]


def _polarity(found: list[dict[str, Any]]) -> str | None:
    return found[0]["polarity"] if found else None


def inputs(data: Data, made: Trained) -> list[dict[str, float]]:
    """What the stack may ask of each post, from out-of-fold logits."""
    model = heads.Model(
        {},
        heads.Heads(tuple(made.names["unit"]), np.zeros((0, 0)), np.zeros(0)),
        heads.Heads(tuple(made.names["post"]), np.zeros((0, 0)), np.zeros(0)),
        {},
    )
    found, at = [], 0
    for n, one in enumerate(data.examples):
        rows = made.logits["unit"][at : at + len(one.units)]
        at += len(one.units)
        logits = heads.Logits(rows, made.logits["post"][n], rows)
        found.append(stack.inputs(model, logits, one.numbers) | {f"from:{one.post.source}": 1.0})
    return found


def fit_question(
    asked: Asked, values: list[dict[str, float]], truths: list[str | None], w: np.ndarray
) -> dict[str, Any]:
    """The JSON record of one fitted question."""
    rows = [n for n, t in enumerate(truths) if t is not None and w[n] > 0]
    x = np.array([[values[n].get(name, 0.0) for name in asked.inputs] for n in rows])
    y = np.array([asked.answers.index(truths[n]) for n in rows])  # type: ignore[arg-type]
    scaler = StandardScaler().fit(x)
    model = LogisticRegression(C=asked.strength, max_iter=1000).fit(
        scaler.transform(x), y, sample_weight=w[rows]
    )
    coefficients, bias = model.coef_, model.intercept_
    if len(asked.answers) == 2:
        coefficients, bias = np.vstack([0 * coefficients, coefficients]), np.array([0, bias[0]])
    return {
        "answers": asked.answers,
        "inputs": asked.inputs,
        "means": scaler.mean_.round(5).tolist(),
        "scales": scaler.scale_.round(5).tolist(),
        "weights": coefficients.round(5).tolist(),
        "bias": bias.round(5).tolist(),
    }


def answers(
    data: Data, asked: list[Asked], values: list[dict[str, float]]
) -> tuple[dict[str, Any], list[dict[str, dict[str, float]]]]:
    """The fitted stack, and each post's chances by a stack that has not seen its thread."""
    final: dict[str, Any] = {}
    chances: list[dict[str, dict[str, float]]] = [{} for _ in data.examples]
    for one in asked:
        truths = [one.truth(example.post.label) for example in data.examples]
        for fold in [*range(FOLDS), -1]:
            w = np.where((data.folds != fold) & (data.folds >= 0), data.weights, 0.0)
            record = fit_question(one, values, truths, w)
            fitted = stack.together({one.name: record})
            for n in np.flatnonzero(data.folds == fold):
                chances[n] |= fitted.ask(values[n])
        final[one.name] = record
    return final, chances


def thresholds(data: Data, chances: list[dict[str, dict[str, float]]]) -> dict[str, float]:
    """The chance from which a code is given: best F1 on posts of forums and written ones, none of
    them seen; for topics one cut for all (micro-F1, at most three a post)."""
    rows = [n for n, one in enumerate(data.examples) if one.post.source in ("forum", "written")]
    w = np.array([4.0 if data.examples[n].post.source == "forum" else 1.0 for n in rows])
    found: dict[str, float] = {}
    for code in STANCES:
        gold = np.array([bool(stance(data.examples[n].post.label, code)) for n in rows])
        chance = np.array([chances[n][code]["yes"] for n in rows])
        grid = [round(0.15 + 0.025 * n, 3) for n in range(17)]
        found[code] = max(grid, key=lambda cut: f1_score(gold, chance >= cut, sample_weight=w))
    found["topics"] = 0.35
    return found


# ---- writing ----------------------------------------------------------------------------------


def pack(data: Data, made: Trained, final: dict[str, Any], cuts: dict[str, float]) -> bytes:
    """The model as npz; keys that no head weighs are left out."""
    blocks = {
        block: np.hstack([m.coef_.T for m in made.models[block]]) for block in ("unit", "post")
    }
    useful = np.flatnonzero(np.maximum(*(np.abs(b).max(1) for b in blocks.values())) > 0.02)
    arrays: dict[str, np.ndarray] = {
        "names": _json(made.names),
        "keys": np.frombuffer("\n".join(data.keys[n] for n in useful).encode(), np.uint8),
        "stack": _json({"questions": final, "cuts": cuts}),
    }
    for block, rows in blocks.items():
        arrays[block] = rows[useful].astype(np.float16)
        bias = [m.intercept_[0] for m in made.models[block]]
        arrays[f"{block}_bias"] = np.array(bias, np.float32)
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def _json(value: object) -> np.ndarray:
    return np.frombuffer(json.dumps(value, sort_keys=True).encode(), np.uint8)


def main() -> None:
    """Train, print, write."""
    from benchmarks import code_figures

    data = read(code_labels.load())
    made = train_heads(data)
    values = inputs(data, made)
    asked = questions({key for one in data.examples for key in one.numbers})
    final, chances = answers(data, asked, values)
    cuts = thresholds(data, chances)
    figures = code_figures.measure(data, chances, cuts)
    code_figures.show(figures)
    if "--write" in sys.argv:
        packed = pack(data, made, final, cuts)
        digest = hashlib.sha256(packed).hexdigest()
        (ROOT / "community" / "data" / "codes.npz").write_bytes(packed)
        told = {"sha256": digest, "bytes": len(packed), "cuts": cuts, "figures": figures}
        out = ROOT / "models" / "codes" / "metrics.json"
        out.parent.mkdir(exist_ok=True)
        out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        print(f"{len(packed) / 1e6:.1f} MB, sha256 {digest}")


if __name__ == "__main__":
    main()
