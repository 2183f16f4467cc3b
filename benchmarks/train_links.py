"""Fits what finds claims: `python benchmarks/train_links.py DATA THREADS [--write]`.

Reads CHECK-COVID and SciFact in DATA, their training parts alone: claims, the abstracts that they
are about, and as a background of words all abstracts that no held-out claim is about, with reviews
of drugs. Fits the weights of the signals (a softmax over all abstracts of a claim, L-BFGS), then
the chance that the best one is right, on the scores of folds not fitted to (a fold is abstracts
with all their claims) and on searches from which the right abstract was taken away.

Then the chance that a sentence of a post speaks of a claim (a logistic model), from THREADS, a file
of made-up threads (``corpus/written/links_threads.jsonl``; see `link_threads`), under their own
claims and under 8 and 20 more, and from the pages of our corpus that the rules were tuned on.
Prints figures in cross-validation, and of the last on threads and pages not fitted to; with
``--write`` makes ``community/data/links.npz`` and ``models/links/metrics.json``.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from claim_sources import Task, check_covid, everyday, scifact
from link_threads import Pair, made_up, of_pages, of_rows, pairs
from links import HELD, TUNED
from scipy.optimize import minimize

from community import vectors
from community.linking.ranker import FITS, SIGNALS, SURE, Meaning, Model, default, unit
from community.linking.retrieval import Entry, Query, shelve
from community.linking.stems import content

ROOT = Path(__file__).parent.parent
FOLDS = 5
PENALTY = 1e-3  # on squared weights
LEAST = 3  # texts of the background that hold a stem which is kept
DIRECTIONS = 3  # that text vectors share, taken out
STRICT = 0.3  # inverse of the penalty on weights of `FITS`
SCALE = 255 / 12  # of piece weights as bytes
DEPTH = 200  # abstracts of a claim that the weights are fitted to


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A claim's candidates: places, signals, which are right; `group` is the abstract's fold."""

    places: Any
    signals: Any
    right: Any
    group: int
    query: Query


def background(texts: Sequence[str], reviews: Iterable[str]) -> Model:
    """A model without weights: rarity, piece weights, and what vectors have in common."""
    table = vectors.default()
    held: Counter[str] = Counter()
    pieces = np.zeros(len(table.rows))
    count = 0
    for text in (*texts, *reviews):
        held.update({stem for stem, _ in content(text)})
        pieces[sorted(set(table.ids(text)))] += 1
        count += 1
    weights = np.log(1 + (count - pieces + 0.5) / (pieces + 0.5))
    model = Model(
        counts={s: n for s, n in sorted(held.items()) if n >= LEAST},
        texts=count,
        pieces=(np.rint(weights * SCALE) / SCALE).astype(np.float32),
        common=np.zeros((2 + DIRECTIONS, vectors.SIZE), np.float32),
        middle=np.zeros(vectors.SIZE, np.float32),
        weights=np.zeros(len(SIGNALS), np.float32),
        sure=np.zeros(len(SURE) + 1, np.float32),
        fits=np.zeros(len(FITS) + 1, np.float32),
    )
    meaning = Meaning(pieces=model.pieces, common=model.common)
    whole = unit(meaning.embed(texts))
    mean = whole.mean(axis=0)
    shared = np.linalg.svd(whole - mean, full_matrices=False)[2][:DIRECTIONS]
    lines = unit(meaning.embed([line for text in texts for line in text.split("\n")])).mean(axis=0)
    words = table.embed(sorted(model.counts))
    common = np.concatenate([lines[None], mean[None], shared]).astype(np.float16).astype(np.float32)
    middle = words.mean(axis=0).astype(np.float16).astype(np.float32)
    return replace(model, common=common, middle=middle)


def cases(task: Task, model: Model) -> list[Case]:
    """Every claim's candidates: the best by words, and those that are right."""
    shelf = shelve(task.entries, model)
    made = []
    for claim, right in zip(task.claims, task.right, strict=True):
        query = Query(shelf, model, claim)
        places, _ = query.signals(None)
        every = np.unique(np.concatenate([places, np.asarray(right, np.int32)])).astype(np.int32)
        _, signals = query.signals(every)
        made.append(
            Case(
                places=every,
                signals=signals.astype(np.float64),
                right=np.isin(every, right),
                group=right[0],
                query=query,
            )
        )
    return made


def fit(chosen: Sequence[Case]) -> Any:
    """Weights that make the right abstract likely among all."""

    def loss(weights: Any) -> tuple[float, Any]:
        total, slope = PENALTY * weights @ weights, 2 * PENALTY * weights
        for case in chosen:
            scores = case.signals @ weights
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            wanted = case.right / case.right.sum()
            total -= wanted @ np.log(chances + 1e-12) / len(chosen)
            slope = slope - (wanted - chances) @ case.signals / len(chosen)
        return total, slope

    return minimize(loss, np.zeros(len(SIGNALS)), jac=True, method="L-BFGS-B").x


def folds(chosen: Sequence[Case]) -> list[list[int]]:
    """Numbers of the cases of each fold."""
    groups = np.unique([case.group for case in chosen])
    np.random.default_rng(0).shuffle(groups)
    of = {int(group): at % FOLDS for at, group in enumerate(groups)}
    out: list[list[int]] = [[] for _ in range(FOLDS)]
    for at, case in enumerate(chosen):
        out[of[case.group]].append(at)
    return out


def held_out(tasks: Sequence[Sequence[Case]]) -> list[list[Any]]:
    """Scores of every case by weights that were fitted to the other folds, task by task."""
    parts = [folds(chosen) for chosen in tasks]
    out: list[list[Any]] = [[None] * len(chosen) for chosen in tasks]
    for fold in range(FOLDS):
        others = [
            chosen[at]
            for chosen, part in zip(tasks, parts, strict=True)
            for n, places in enumerate(part)
            for at in places
            if n != fold
        ]
        weights = fit(others)
        for number, (chosen, part) in enumerate(zip(tasks, parts, strict=True)):
            for at in part[fold]:
                out[number][at] = chosen[at].signals @ weights
    return out


def ranks(chosen: Sequence[Case], scores: Sequence[Any]) -> Any:
    """Rank of the first right abstract; of ties, the middle."""
    made = []
    for case, row in zip(chosen, scores, strict=True):
        best = row[case.right].max()
        made.append(1 + (row > best).sum() + ((row == best).sum() - 1) / 2)
    return np.array(made)


def told(found: Any) -> dict[str, float]:
    """MRR@5 and recall@5."""
    return {
        "mrr@5": round(float(np.where(found <= 5, 1 / found, 0.0).mean()), 4),
        "recall@5": round(float((found <= 5).mean()), 4),
        "n": len(found),
    }


def sureness(tasks: Sequence[Sequence[Case]], scores: Sequence[Sequence[Any]]) -> Any:
    """Weights of the chance that the best is right: searches as they are, and once more without
    the right abstract, where nothing is."""
    from sklearn.linear_model import LogisticRegression

    rows, right = [], []
    for chosen, told_ in zip(tasks, scores, strict=True):
        for case, row in zip(chosen, told_, strict=True):
            for keep in (np.ones(len(row), bool), ~case.right):
                if keep.sum() < 2:
                    continue
                order = np.argsort(-row[keep], kind="stable")
                signals = case.signals[keep][order[0]]
                rows.append(case.query.traits(row[keep][order], signals))
                right.append(bool(case.right[keep][order[0]]))
    model = LogisticRegression(C=1.0, max_iter=1000).fit(np.array(rows)[:, :-1], right)
    return np.concatenate([model.coef_[0], model.intercept_])


def fitted(pairs: Sequence[Pair]) -> Any:
    """Weights of the chance that a sentence speaks of a claim, and a bias."""
    from sklearn.linear_model import LogisticRegression

    clear = [pair for pair in pairs if pair.right is not None]
    rows = np.array([pair.traits for pair in clear], np.float64)
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    model = LogisticRegression(C=STRICT, max_iter=2000)
    model.fit((rows - mean) / spread, [pair.right for pair in clear])
    weights = model.coef_[0] / spread
    return np.concatenate([weights, model.intercept_ - weights @ mean])


def chosen_right(pairs: Sequence[Pair], weights: Any) -> dict[str, Any]:
    """Precision and recall of (post, claim): of each sentence the likeliest claim, by chance."""
    wanted = {(pair.post, pair.target) for pair in pairs if pair.right is not False}
    best: dict[tuple[str, int], tuple[float, str]] = {}
    for pair in pairs:
        odds = float(pair.traits @ weights[:-1] + weights[-1])
        key = (pair.post, pair.sentence)
        best[key] = max(best.get(key, (-np.inf, "")), (odds, pair.target))
    out: dict[str, Any] = {"pairs": len(pairs), "wanted": len(wanted)}
    for chance in (0.2, 0.3, 0.4, 0.5):
        least = np.log(chance / (1 - chance))
        found = {(post, t) for (post, _), (odds, t) in best.items() if odds >= least}
        right = len(found & wanted)
        p, r = right / max(1, len(found)), right / max(1, len(wanted))
        out[f"from {chance}"] = {"p": round(p, 3), "r": round(r, 3)}
    return out


def fits_of(threads: Path) -> tuple[Any, dict[str, Any]]:
    """Weights of `FITS`, and figures on what they were not fitted to."""
    train, dev = made_up(threads, "train"), made_up(threads, "dev")
    seen = [*of_rows(train), *of_rows(train, 8), *of_rows(train, 20)]
    seen += 2 * list(of_pages(TUNED))  # few, and as pages are
    weights = fitted([pair for known in seen for pair in pairs(known)])
    held = {
        "threads, own claims": list(of_rows(dev)),
        "threads, 20 more claims": list(of_rows(dev, 20)),
        "pages not tuned on": list(of_pages(HELD[:-1])),
    }
    figures = {
        name: chosen_right([pair for known in group for pair in pairs(known)], weights)
        for name, group in held.items()
    }
    return weights, figures


def save(model: Model, path: Path) -> None:
    """The model as npz, byte for byte the same each time."""
    stems = "\n".join(model.counts).encode("utf-8")
    arrays = {
        "stems": np.frombuffer(stems, np.uint8),
        "counts": np.array(list(model.counts.values()), np.uint16),
        "texts": np.array(model.texts, np.int32),
        "pieces": np.rint(model.pieces * SCALE).astype(np.uint8),
        "common": model.common.astype(np.float16),
        "middle": model.middle.astype(np.float16),
        "weights": model.weights.astype(np.float32),
        "sure": model.sure.astype(np.float32),
        "fits": model.fits.astype(np.float32),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in sorted(arrays.items()):
            made = io.BytesIO()
            np.lib.format.write_array(made, array, allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, made.getvalue())


def trained_on(data: Path) -> tuple[list[Task], list[str]]:
    """The training tasks, and the abstracts that no held-out claim is about."""
    tasks, texts = [], []
    for read in (check_covid, scifact):
        tasks.append(read(data, "train"))
        kept: set[int] = {place for right in read(data, "dev").right for place in right}
        texts += [_whole(e) for at, e in enumerate(tasks[-1].entries) if at not in kept]
    return tasks, texts


def _whole(entry: Entry) -> str:
    return "\n".join(entry.sentences)


def main() -> None:
    """Fits, prints, writes where told to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("threads", type=Path)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    tasks, texts = trained_on(args.data)
    model = background(texts, everyday(args.data))
    made = [cases(task, model) for task in tasks]
    scores = held_out(made)
    figures: dict[str, Any] = {}
    for task, chosen, row in zip(tasks, made, scores, strict=True):
        figures[task.name] = told(ranks(chosen, row))
        for at, name in enumerate(SIGNALS):
            alone = [case.signals[:, at] for case in chosen]
            figures[f"{task.name}: {name} alone"] = told(ranks(chosen, alone))
    weights = fit([case for chosen in made for case in chosen])
    model = replace(
        model,
        weights=weights.astype(np.float32),
        sure=sureness(made, scores).astype(np.float32),
    )
    figures["weights"] = dict(zip(SIGNALS, np.round(weights, 3).tolist(), strict=True))
    figures["sure"] = dict(zip((*SURE, "bias"), np.round(model.sure, 3).tolist(), strict=True))
    path = ROOT / "community" / "data" / "links.npz"
    if args.write:  # sentences are then held against claims by these weights
        save(model, path)
        default.cache_clear()
    fits, figures["sentences of posts"] = fits_of(args.threads)
    figures["fits"] = dict(zip((*FITS, "bias"), np.round(fits, 3).tolist(), strict=True))
    print(json.dumps(figures, indent=1))
    if args.write:
        save(replace(model, fits=fits.astype(np.float32)), path)
        figures["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
        folder = ROOT / "models" / "links"
        folder.mkdir(exist_ok=True)
        (folder / "metrics.json").write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
