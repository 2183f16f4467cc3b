"""Measures who answers whom where structure was hidden: `python benchmarks/answers.py DATA PAGES`.

Every figure is on threads that the model measured has not seen: IRC's dev logs by the model that is
packaged (trained without them), the rest by models fitted without that fifth of the threads, and
under "left out" by models fitted without any thread of that family. Prints a table, and with
``--write`` writes ``models/answers/metrics.json``. Intervals: 95 %, bootstrap of whole threads.

n: posts that answer another on the page; right: share of them whose addressee is the one told;
previous and opener: the same for "the post right above" and "the first post"; told: share of them
for which anybody is told; of told: share of those that is right; none: posts that answer nobody on
the page, and false: share of them that get an addressee; all: right over both kinds, beside
"previous", which is wrong where nobody is answered.
"""

from __future__ import annotations

import argparse
import json
import time
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import answer_sources as sources
import numpy as np
import train_answers as training
from train_answers import Judged

from community.judges import answers, scorer

ROOT = Path(__file__).parent.parent
ROUNDS = 1000
BINS = 10


def title(post: Judged) -> str:
    """The row of the table that a post belongs to."""
    source = post.block.source
    if post.block.family == "rumour":
        source = "RumourEval, no handles" if "no handles" in source else "RumourEval"
    elif post.block.family == "pages":
        source = "pages, no article" if source.endswith("bare") else "pages"
    return f"{source} | {post.block.layout}"


def figures(posts: Sequence[Judged], least: float, against: float) -> dict[str, Any]:
    """All figures of one row."""
    told = [p.chance >= least and p.chance >= against * p.nobody for p in posts]
    replies = [k for k, p in enumerate(posts) if p.truth]
    nobody = [k for k, p in enumerate(posts) if not p.truth]
    right = [told[k] and posts[k].right for k in range(len(posts))]
    groups = [p.block.group for p in posts]
    given = [k for k in replies if told[k]]
    every = [right[k] or (not posts[k].truth and not told[k]) for k in range(len(posts))]
    return {
        "n": len(replies),
        "threads": len({groups[k] for k in replies}),
        "right": _share([right[k] for k in replies]),
        "interval": _interval([right[k] for k in replies], [groups[k] for k in replies]),
        "previous": _share([posts[k].previous for k in replies]),
        "opener": _share([posts[k].opener for k in replies]),
        "parent": _share([posts[k].parent for k in replies]),
        "told": _share([told[k] for k in replies]),
        "of_told": _share([right[k] for k in given]),
        "none": len(nobody),
        "false": _share([told[k] for k in nobody]),
        "all": _share(every),
        "all_previous": _share([p.previous for p in posts]),
        "ece": _ece([p.chance for p, t in zip(posts, told, strict=True) if t],
                    [r for r, t in zip(right, told, strict=True) if t]),
        "brier": _share([(p.chance - p.right) ** 2 for p in posts]),
    }  # fmt: skip


def _share(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 3) if len(values) else 0.0


def _interval(right: Sequence[bool], groups: Sequence[str]) -> tuple[float, float]:
    """95 % interval of a share, by drawing whole threads."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for value, group in zip(right, groups, strict=True):
        sums[group][0] += bool(value)
        sums[group][1] += 1
    table = np.array(list(sums.values()))
    if len(table) == 0:
        return 0.0, 0.0
    draw = np.random.default_rng(0)
    picks = draw.integers(0, len(table), size=(ROUNDS, len(table)))
    drawn = table[picks].sum(axis=1)
    low, high = np.quantile(drawn[:, 0] / np.maximum(drawn[:, 1], 1), [0.025, 0.975])
    return round(float(low), 3), round(float(high), 3)


def _ece(chances: Sequence[float], right: Sequence[bool]) -> float:
    """Expected calibration error over ten bins of equal width."""
    if not chances:
        return 0.0
    p, r = np.array(chances), np.array(right, dtype=float)
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    total = sum(abs(p[bins == b].sum() - r[bins == b].sum()) for b in range(BINS))
    return round(float(total / len(p)), 3)


def unseen(found: Sequence[training.Block], temperature: float) -> list[Judged]:
    """Posts of the table as judged by models that have not seen their thread."""
    posts = []
    for net, blocks in training.crossed(found):
        for block in blocks:
            if block.shown and block.family != "irc dev":
                posts += training.judged(net, block, temperature)
    packaged = Packaged()
    for block in found:
        if block.family == "irc dev":
            posts += training.judged(packaged, block)
    return posts


class Packaged:
    """The packaged model, which has seen no log of IRC's dev part."""

    def score(self, values: Any) -> Any:
        return scorer.packaged().score(values.astype(np.float64))


def left_out(found: Sequence[training.Block], temperature: float) -> list[Judged]:
    """Posts of each family as judged by a model fitted to the other families alone."""
    posts = []
    for family in ("irc", "rumour", "pages", "forum", "corpus"):
        others = [b for b in found if b.family not in (family, "irc held", "irc dev")]
        net = training.fit(others)
        for block in found:
            if block.shown and block.family in (family, f"{family} dev"):
                posts += training.judged(net, block, temperature)
    return posts


def table(posts: Sequence[Judged], least: float, against: float) -> dict[str, dict[str, Any]]:
    """Figures by row."""
    rows: dict[str, list[Judged]] = defaultdict(list)
    for post in posts:
        rows[title(post)].append(post)
    return {name: figures(found, least, against) for name, found in sorted(rows.items())}


def speed(data: Path) -> dict[str, float]:
    """Microseconds per post of `answers.judge`: chat lines, tweets, forum posts."""
    kinds = {
        "irc dev": [sources.hidden(talk, "flat") for talk in sources.irc(data, "dev")],
        "RumourEval": [sources.hidden(talk, "flat") for talk in sources.rumoureval(data)],
        "forum": [sources.hidden(talk, "as laid out") for talk in sources.unlabelled(data)],
    }
    told = {}
    for name, cases in kinds.items():
        best = float("inf")
        for _ in range(3):
            start = time.perf_counter()
            for case in cases:
                answers.judge(case.thread)
            best = min(best, time.perf_counter() - start)
        told[name] = round(1e6 * best / sum(len(case.thread.posts) for case in cases), 1)
    return told


def show(rows: dict[str, dict[str, Any]]) -> None:
    head = f"{'source | layout':38} {'n':>5} {'right':>6} {'95 %':>12} {'prev.':>6} {'opener':>6}"
    print(head + f" {'told':>6} {'of told':>7} {'none':>5} {'false':>6} {'all':>5}"
          f" {'prev.':>5} {'ECE':>5} {'Brier':>5} {'left out':>8}")  # fmt: skip
    for name, row in rows.items():
        low, high = row["interval"]
        print(
            f"{name:38} {row['n']:5} {row['right']:6.3f} {low:5.2f} – {high:4.2f} "
            f"{row['previous']:6.3f} {row['opener']:6.3f} {row['told']:6.3f} "
            f"{row['of_told']:7.3f} {row['none']:5} {row['false']:6.3f} {row['all']:5.3f} "
            f"{row['all_previous']:5.3f} {row['ece']:5.3f} {row['brier']:5.3f} "
            f"{row['left_out']:8.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--write", action="store_true", help="write models/answers/metrics.json")
    options = parser.parse_args()
    text = (ROOT / "community" / "data" / "answers.toml").read_text(encoding="utf-8")
    settings = tomllib.loads(text)["answers"]
    least, against = settings["least"], settings["against-nobody"]
    temperature = scorer.packaged().temperature
    found = training.blocks(options.data, options.pages)
    rows = table(unseen(found, temperature), least, against)
    for name, row in table(left_out(found, temperature), least, against).items():
        rows[name]["left_out"] = row["right"]
    show(rows)
    pace = speed(options.data)
    print("microseconds per post:", ", ".join(f"{k} {v}" for k, v in pace.items()))
    if options.write:
        path = ROOT / "models" / "answers" / "metrics.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        told = {"settings": settings, "rows": rows, "microseconds_per_post": pace}
        path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
