"""Which abstract a claim is about: `python benchmarks/retrieval.py DATA [OUT]`.

Held-out parts of CHECK-COVID (composed and extracted claims, all three labels; corpus of 347)
and of SciFact (claims with evidence; corpus of 5,183), ours beside plain BM25 (lower-cased
words, k1 1.5, b .75, title and abstract as one text). One abstract is right for a claim of
CHECK-COVID, those with evidence for one of SciFact; every other counts as wrong, also one that
nobody labelled. Where scores tie, the right one gets the middle rank. What is not found has rank
infinity. Intervals: 95 %, abstracts resampled with all their claims (2,000 draws, percentiles).
Writes a table into OUT (``benchmarks/LINKS.md`` between its marks), where given.
"""

from __future__ import annotations

import argparse
import math
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from claim_sources import Task, check_covid, scifact

from community.linking import postings
from community.linking.retrieval import Hit, Shelf, shelve
from community.text import words

DRAWS = 2000
MOST = 100
START, END = "<!-- retrieval: made -->", "<!-- retrieval: end -->"
Ranks = Any


def plain(task: Task) -> list[Any]:
    """Scores of every abstract by BM25 over words as they stand."""
    texts = [_folded("\n".join(entry.sentences)) for entry in task.entries]
    index = postings.build(texts, saturation=1.5, length=0.75)
    out = []
    for claim in task.claims:
        scores = np.zeros(index.size)
        for word, count in Counter(_folded(claim)).items():
            places, weights = index.of(word)
            held = len(places)
            scores[places] += (
                count * math.log(1 + (index.size - held + 0.5) / (held + 0.5)) * weights
            )
        out.append(scores)
    return out


def _folded(text: str) -> list[str]:
    return [word.folded for word in words(text)]


def scored(task: Task, ranks: Callable[[Shelf, str], Sequence[Hit]]) -> list[Any]:
    """Scores of every abstract by ours; what is not found has none."""
    shelf = shelve(task.entries)
    out = []
    for claim in task.claims:
        scores = np.full(len(task.entries), -np.inf)
        for hit in ranks(shelf, claim):
            scores[hit.place] = hit.score
        out.append(scores)
    return out


def ranked(task: Task, scores: Sequence[Any]) -> Ranks:
    """Rank of each right abstract of each claim: rows of claims, ascending."""
    made = []
    for right, row in zip(task.right, scores, strict=True):
        found = []
        for place in right:
            score = row[place]
            ties = int((row == score).sum()) - 1
            known = math.isfinite(score) and (score > 0 or score != 0)
            found.append(1 + int((row > score).sum()) + ties / 2 if known else math.inf)
        made.append(sorted(found))
    return made


def measures(made: Ranks) -> np.ndarray[Any, Any]:
    """Per claim: reciprocal rank within 5, whether one is within 5, nDCG@10."""
    out = np.zeros((len(made), 3))
    for at, found in enumerate(made):
        first = found[0]
        ideal = sum(1 / math.log2(2 + n) for n in range(min(10, len(found))))
        gain = sum(1 / math.log2(1 + rank) for rank in found if rank <= 10)
        out[at] = (1 / first if first <= 5 else 0.0, first <= 5, gain / ideal)
    return out


def interval(task: Task, values: Any) -> tuple[float, float]:
    """95 % interval of a mean, abstracts resampled with all their claims."""
    groups: dict[int, list[int]] = {}
    for at, right in enumerate(task.right):
        groups.setdefault(right[0], []).append(at)
    parts = [values[places] for places in groups.values()]
    sums = np.array([part.sum() for part in parts])
    sizes = np.array([len(part) for part in parts])
    drawn = np.random.default_rng(0).integers(0, len(parts), (DRAWS, len(parts)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def report(tasks: Sequence[Task]) -> list[str]:
    """The table, and how many of the "no claim" chances hold."""
    lines = [
        "| data | n (abstracts) | method | MRR@5 | recall@5 | nDCG@10 | ms a claim |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for task in tasks:
        found: dict[str, Any] = {}
        for name, make in (("plain BM25", plain), ("ours", _ours)):
            start = time.perf_counter()
            scores = make(task)
            spent = 1000 * (time.perf_counter() - start) / len(task.claims)
            found[name] = measures(ranked(task, scores))
            cells = [_told(task, found[name][:, column]) for column in range(3)]
            size = f"{len(task.claims)} ({len({r[0] for r in task.right})})"
            lines.append(f"| {task.name} | {size} | {name} | {' | '.join(cells)} | {spent:.1f} |")
        gain = found["ours"][:, 0] - found["plain BM25"][:, 0]
        lines.append(f"| {task.name} | | difference | {_told(task, gain, sign='+')} | | | |")
    return lines


def _ours(task: Task) -> list[Any]:
    return scored(task, lambda shelf, claim: shelf.find(claim, most=MOST))


def _told(task: Task, values: Any, sign: str = "") -> str:
    low, high = interval(task, values)
    return f"{values.mean():{sign}.3f} ({low:{sign}.3f} to {high:{sign}.3f})"


def sureness(task: Task) -> list[str]:
    """Calibration of the best one's chance, with searches that have no right answer."""
    rows = []
    shelf = shelve(task.entries)
    for claim, right in zip(task.claims, task.right, strict=True):
        every = np.arange(len(shelf), dtype=np.int32)
        for within in (None, every[~np.isin(every, right)]):
            hits = shelf.find(claim, most=1, within=within)
            rows.append((hits[0].chance, hits[0].place in right) if hits else (0.0, False))
    chances, held = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    lines = ["| chance told | searches | right |", "| --- | --- | --- |"]
    for low, high in ((0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 0.9), (0.9, 1.01)):
        here = (chances >= low) & (chances < high)
        share = f"{held[here].mean():.2f}" if here.any() else "–"
        lines.append(f"| {low:.1f} to {min(high, 1):.1f} | {here.sum()} | {share} |")
    return lines


def main() -> None:
    """Prints the tables; writes them where told to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path, nargs="?")
    args = parser.parse_args()
    tasks = [check_covid(args.data, "dev"), scifact(args.data, "dev")]
    lines = report(tasks)
    for task in tasks:
        lines += ["", f"{task.name}: the chance of the best, each claim once with and once without"]
        lines += ["its right abstracts among those searched.", "", *sureness(task)]
    text = "\n".join(lines)
    print(text)
    if args.out:
        before, _, rest = args.out.read_text(encoding="utf-8").partition(START)
        after = rest.partition(END)[2]
        told = f"{before}{START}\n{text}\n{END}{after}"
        args.out.write_text(told, encoding="utf-8")


if __name__ == "__main__":
    main()
