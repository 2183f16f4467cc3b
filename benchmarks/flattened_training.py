"""Fit the weights of `community.flat.breaks` and measure them on pages left out, one at a time.

Data: threads whose posts are known, as one line per paragraph. Saved pages (read by our own readers
of HTML), an open patient forum, Reddit threads, and comments from patient surveys shuffled into
streams. The talk model sets their lines against those of articles. Nothing but weights is written.

Run from the repository's root: ``python -m benchmarks.flattened_training [SHARED] [--write]``.
"""

from __future__ import annotations

import csv
import gzip
import itertools
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from community import threads
from community.flat import breaks, turns
from community.readers import discussion_html
from community.types import Page

_WEIGHT = {"page": 2.0, "forum": 0.7, "reddit": 0.7, "survey": 0.5}  # of a gap, by its source
_RIDGE = {"break": 0.2, "page": 0.05, "talk": 0.3}  # inverse strength of the penalty
_ABSTRACTS = 60  # abstracts of trials whose sections count as lines of articles
_THREAD = 16  # lines of a forum's thread that count as talk: pages are of more kinds
_WEIGHTS = Path(__file__).parent.parent / "community" / "data" / "flat_breaks.toml"
_ABOUT = """\
# Weights of community/flat/breaks.py, fitted by benchmarks/flattened_training.py: log odds of
# features.
# break: a post begins in front of a line. page: the same, times the feature's mean over the text.
# talk: a line is from a comment and not from an article.
"""

Stream = list[tuple[str, int]]  # lines with the number of the post they belong to


def pages(folder: Path) -> Iterator[tuple[str, Stream]]:
    """Posts of saved pages, line by line."""
    for path in sorted(folder.glob("*.html")):
        data = path.read_bytes()
        page = Page(
            key=path.name, head=data[: 1 << 16], size=len(data), open=partial(BytesIO, data)
        )
        for raw in discussion_html.make().read(page):
            thread, _ = threads.build(raw, source=path.name)
            found = _lines(post.text for post in thread.posts)
            if len(found) >= 5:
                yield path.stem, found


def _lines(texts: Iterator[str]) -> Stream:
    return [
        (line.strip(), n)
        for n, words in enumerate(texts)
        for line in words.split("\n")
        if line.strip()
    ]


def _jsonl(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def forums(data: Path) -> Iterator[tuple[str, str, Stream]]:
    """Threads of a patient forum and of Reddit, and surveys' comments as streams."""
    by_thread: dict[tuple[str, str], list[str]] = {}
    for name in ("unlabelled", "dev"):
        for row in _jsonl(data / "patient_threads" / f"{name}.jsonl"):
            by_thread.setdefault(("forum", str(row["thread_id"])), []).append(str(row["text"]))
    for row in _jsonl(data / "rumoureval2019" / "dev.jsonl"):
        if row["platform"] == "reddit":
            by_thread.setdefault(("reddit", str(row["thread_id"])), []).append(str(row["text"]))
    for (kind, name), words in by_thread.items():
        if len(words) > 1:
            yield kind, name, _lines(iter(words))
    dice = random.Random(0)
    survey = data / "nhs_patient_feedback" / "fft_phase1_single_label.csv"
    with survey.open(encoding="utf-8", newline="") as stream:
        told = [" ".join(row["feedback"].split()) for row in csv.DictReader(stream)]
    told = [words for words in told if len(words.split()) > 8]
    dice.shuffle(told)
    for n in range(25):
        yield "survey", f"survey{n}", _lines(_cut(w, dice) for w in told[n * 16 : n * 16 + 16])


def _cut(words: str, dice: random.Random) -> str:
    """A comment, now and then in two paragraphs."""
    sentences = re.split(r"(?<=[.!?])\s+(?=[A-Z])", words)
    if len(sentences) < 4 or dice.random() < 0.5:
        return words
    at = dice.randint(1, len(sentences) - 1)
    return " ".join(sentences[:at]) + "\n" + " ".join(sentences[at:])


# ---- fitting ------------------------------------------------------------------------------------


class Gaps:
    """Features and truth of a stream's gaps."""

    def __init__(self, kind: str, stream: Stream) -> None:
        looks = turns.Looks.of([line for line, _ in stream])
        self.features = [turns.between(looks, at) for at in range(1, len(stream))]
        self.truth = np.array([float(a[1] != b[1]) for a, b in itertools.pairwise(stream)])
        self.weight = _WEIGHT[kind]
        means: Counter[str] = Counter()
        for one in self.features:
            means.update(one)
        self.means = {name: value / len(self.features) for name, value in means.items()}


def fit_breaks(data: Sequence[Gaps]) -> dict[str, dict[str, float]]:
    """The weights of ``break`` and ``page``."""
    rows = [
        {f"break {n}": v for n, v in one.items()} | {f"page {n}": v for n, v in gaps.means.items()}
        for gaps in data
        for one in gaps.features
    ]
    truth = np.concatenate([gaps.truth for gaps in data])
    weight = np.concatenate([np.full(len(gaps.truth), gaps.weight) for gaps in data])
    ridge = {name: _RIDGE[name.split()[0]] for row in rows for name in row}
    found = fit(rows, truth, weight, ridge)
    models: dict[str, dict[str, float]] = {"break": {}, "page": {}}
    for name, value in found.items():
        model, feature = name.split(" ", 1)
        models[model][feature] = value
    return models


def fit(
    rows: Sequence[Mapping[str, float]],
    truth: np.ndarray,
    weight: np.ndarray,
    ridge: Mapping[str, float],
) -> dict[str, float]:
    """Weights of a penalised logistic regression; the bias is not penalised."""
    names = sorted(ridge)
    place = {name: n for n, name in enumerate(names)}
    matrix = np.zeros((len(rows), len(names)))
    for n, row in enumerate(rows):
        for name, value in row.items():
            matrix[n, place[name]] = value
    penalty = np.array([0.0 if name.endswith("bias") else 1 / ridge[name] for name in names])
    penalty += 1e-6

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        z = matrix @ w
        chance = 1 / (1 + np.exp(-z))
        value = np.sum(weight * (np.logaddexp(0, z) - truth * z)) + 0.5 * np.sum(penalty * w * w)
        return float(value), matrix.T @ (weight * (chance - truth)) + penalty * w

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B").x
    return {name: round(float(value), 3) for name, value in zip(names, found, strict=True)}


def fit_talk(streams: Sequence[Stream], articles: Sequence[str]) -> dict[str, float]:
    """The weights of ``talk``: lines of posts against lines of articles, both weighing alike."""
    talk = [turns.alone(turns.look(line)) for stream in streams for line, _ in stream]
    told = [turns.alone(turns.look(line)) for line in articles]
    truth = np.concatenate([np.ones(len(talk)), np.zeros(len(told))])
    weight = np.where(truth > 0, len(told) / max(1, len(talk)), 1.0)
    ridge = {name: _RIDGE["talk"] for row in (*talk, *told) for name in row}
    return fit([*talk, *told], truth, weight, ridge)


def article_lines(root: Path, shared: Path) -> list[str]:
    """Lines of articles: those above the discussions of saved pages, and those without any."""
    found: list[str] = []
    for path in sorted((root / "corpus" / "pages").glob("*.txt")):
        if not json.loads((root / "corpus" / "gold" / f"{path.stem}.json").read_text())["posts"]:
            found += path.read_text(encoding="utf-8").split("\n")
    for file in sorted((shared / "pages" / "flattened").glob("*.trafilatura_txt.txt")):
        gold = file.parent.parent / (file.name.removesuffix(".trafilatura_txt.txt") + ".gold.json")
        first = json.loads(gold.read_text(encoding="utf-8"))["posts"][0]["text_prefix"][:25]
        above, _, below = file.read_text(encoding="utf-8").partition(first)
        found += above.split("\n") if below else []
    with gzip.open(shared / "data" / "evidence_inference" / "abstracts.jsonl.gz", "rt") as stream:
        for row in itertools.islice(map(json.loads, stream), _ABSTRACTS):
            sections = str(row["abstract"]).split("\n")
            found += [line for line in sections if len(line.split()) > 12]
    return [line.strip() for line in found if line.strip()]


def _plain_f1(gaps: Gaps, models: dict[str, dict[str, float]]) -> np.ndarray:
    """Hits, breaks taken and true breaks of a stream by weights; its first post counts too."""
    page = sum(models["page"].get(name, 0.0) * value for name, value in gaps.means.items())
    scores = [
        page + sum(models["break"].get(name, 0.0) * v for name, v in one.items())
        for one in gaps.features
    ]
    taken = breaks.chosen(1 / (1 + np.exp(-np.clip(scores, -4, 4))))
    return np.array([1 + (taken * gaps.truth).sum(), 1 + taken.sum(), 1 + gaps.truth.sum()])


def _f1(counts: np.ndarray) -> float:
    return float(2 * counts[0] / (counts[1] + counts[2]))


def measure(data: dict[str, Gaps]) -> None:
    """Prints F1 of breaks by words alone on each saved page, fitted without it."""
    total = np.zeros(3)
    every = np.zeros(3)
    each = []
    for name, gaps in data.items():
        if gaps.weight != _WEIGHT["page"] or len(gaps.truth) < 15:
            continue
        models = fit_breaks([other for key, other in data.items() if key != name])
        counts = _plain_f1(gaps, models)
        n, true = len(gaps.truth) + 1, gaps.truth.sum() + 1
        total += counts
        every += [true, n, true]
        each.append(counts)
        print(f"{name[:44]:46}{int(true):>4} posts in {n:>4} lines  F1 {_f1(counts):.3f}"
              f"  every line a post {_f1(np.array([true, n, true])):.3f}")  # fmt: skip
    dice = np.random.default_rng(0)
    draws = [_f1(sum(each[i] for i in dice.integers(0, len(each), len(each)))) for _ in range(2000)]
    low, high = np.percentile(draws, [2.5, 97.5])
    print(f"all: precision {total[0] / total[1]:.3f} recall {total[0] / total[2]:.3f} "
          f"F1 {_f1(total):.3f} (95 % interval over pages {low:.3f} to {high:.3f}); "
          f"every line a post {_f1(every):.3f}")  # fmt: skip


def main(shared: Path, write: bool) -> None:
    """Measures, and writes the weights of all data if told to."""
    root = Path(__file__).parent.parent
    streams: dict[str, tuple[str, Stream]] = {}
    for folder in (shared / "pages", root / "tests" / "discussions", root / "corpus" / "pages"):
        streams |= {name: ("page", found) for name, found in pages(folder)}
    streams |= {name: (kind, found) for kind, name, found in forums(shared / "data")}
    data = {name: Gaps(kind, found) for name, (kind, found) in streams.items() if len(found) > 1}
    measure(data)
    models = fit_breaks(list(data.values()))
    chats = [
        found if kind == "page" else found[:_THREAD]
        for kind, found in streams.values()
        if kind != "survey"
    ]
    models["talk"] = fit_talk(chats, article_lines(root, shared))
    if write:
        parts = [_ABOUT]
        for model, found in models.items():
            parts.append(
                f"\n[{model}]\n" + "".join(f'"{n}" = {w}\n' for n, w in found.items() if w)
            )
        _WEIGHTS.write_text("".join(parts), encoding="utf-8")


if __name__ == "__main__":
    rest = [argument for argument in sys.argv[1:] if argument != "--write"]
    main(Path(rest[0] if rest else "../shared"), "--write" in sys.argv)
