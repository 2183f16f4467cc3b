"""Measures relations: replies, reports, pairs of texts and claims, calibration and speed.

    python -m benchmarks.relation_figures [PART …] [--write]

Parts: rumours, reports, pairs, calibration, corpus, speed. Prints tables in Markdown; ``--write``
puts them into ``benchmarks/LINKS.md``, between marks of their own. Figures on RumourEval, pairs and
threads are out of fold (whole threads, whole families); intervals are 95 % from 1,000 resamplings
of groups.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

import links
import relation_data as data
import relation_fit as fit
import relation_threads as gold
import train_relations as train

from community.linking import heads
from community.linking.aims import stated
from community.linking.links import make, related
from community.types import Claim

PLACE = Path(__file__).parent / "LINKS.md"
_AGAIN = 1000


def interval(groups: Sequence[str], figure: Callable[[Any], float]) -> str:
    """95 % interval of a figure of chosen rows, whole groups resampled."""
    names = sorted(set(groups))
    rows = {name: np.flatnonzero([g == name for g in groups]) for name in names}
    random = np.random.default_rng(5)
    found = []
    for _ in range(_AGAIN):
        chosen = random.choice(len(names), len(names))
        found.append(figure(np.concatenate([rows[names[n]] for n in chosen])))
    low, high = np.percentile(found, [2.5, 97.5])
    return f"{low:.2f}–{high:.2f}"


def macro(y: Any, p: Any, answers: int) -> float:
    """Mean F1 of the answers that stand in `y`."""
    out = []
    for n in range(answers):
        right = ((y == n) & (p == n)).sum()
        if (y == n).any():
            out.append(2 * right / max(1, (y == n).sum() + (p == n).sum()))
    return float(np.mean(out))


def shares(y: Any, p: Any, answers: Sequence[str]) -> str:
    """Recall of each answer."""
    return ", ".join(f"{a} {np.mean(p[y == n] == n):.2f}" for n, a in enumerate(answers))


def rumours() -> list[str]:
    """RumourEval 2019, ten folds by thread."""
    keys, labels, groups, first = train.reply_rows()
    answers = sorted(set(labels))
    y = np.array([answers.index(label) for label in labels])
    logits = np.zeros((len(y), len(answers)), np.float32)
    for some, rest in fit.folds(groups, 10):
        block = train.reply([keys[n] for n in some], [labels[n] for n in some])
        for n in rest:
            logits[n] = block.add(keys[n]) + block.bias
    p = logits.argmax(axis=1)
    common = np.full(len(y), int(np.bincount(y).argmax()))
    replies = ~np.array(first)
    out = [
        "### What a reply does (RumourEval 2019, the part with labels; ten folds by thread)",
        "",
        "| posts | n / threads | majority | TF-IDF head | ours, macro-F1 | 95 % | recall |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, use in (("all", np.ones(len(y), bool)), ("replies only", replies)):
        a, b, base = y[use], p[use], common[use]
        mine = [g for g, u in zip(groups, use, strict=True) if u]
        width = interval(mine, lambda n, a=a, b=b: macro(a[n], b[n], len(answers)))
        out.append(
            f"| {name} | {len(a)} / {len(set(mine))} | {macro(a, base, 4):.2f} | .37 (issue) "
            f"| **{macro(a, b, 4):.3f}** | {width} | {shares(a, b, answers)} |"
        )
    return [*out, ""]


def reports() -> list[str]:
    """Check-COVID, dev: support, refute, not enough information."""
    model = heads.packaged()
    block = model["report"]
    rows = list(data.of_covid(model, "dev"))
    made = train.features(rows, model)
    p = fit.applied(block, made).argmax(axis=1)
    y = np.array([block.answers.index(row.label) for row in rows])
    out = [
        "### A claim and a report (Check-COVID dev; trained on its train part and on SciFact's)",
        "",
        "| given | n / abstracts | majority accuracy | accuracy | macro-F1 | 95 % | recall |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for source in ("sentence", "abstract"):
        use = np.array([row.source == source for row in rows])
        a, b, groups = y[use], p[use], [r.group for r in rows if r.source == source]
        width = interval(groups, lambda n, a=a, b=b: macro(a[n], b[n], 3))
        out.append(
            f"| {'evidence sentences' if source == 'sentence' else 'two nearest sentences'} "
            f"| {len(a)} / {len(set(groups))} | {np.bincount(a).max() / len(a):.2f} "
            f"| {np.mean(a == b):.2f} | {macro(a, b, 3):.2f} | {width} "
            f"| {shares(a, b, block.answers)} |"
        )
    note = (
        "The same claim and abstract can be labelled not-enough with one sentence and support or "
        "refute with another: from an abstract alone the third answer cannot be told."
    )
    return [*out, "", note, ""]


def pair_answers() -> list[tuple[dict[str, Any], str, float]]:
    """Pairs with what `relate` says of them by heads that have not seen their family."""
    base = heads.packaged()
    records = data.lines(data.WRITTEN / "links_pairs.jsonl")
    pairs = train.with_replies(list(data.of_pairs(base)), base)
    pair_made = train.features(pairs, base)
    rows, _, _ = train.thread_rows(data.threads(), base)
    made = train.features(rows, base)
    out: list[Any] = [None] * len(pairs)
    for some, rest in fit.folds([row.group for row in pairs]):
        seen = [pairs[n] for n in some]
        seen_made = [pair_made[n] for n in some]
        second = train.spoken_rows(seen, rows)
        kept = [train.only_post(m) for m in seen_made] + [
            train.only_post(m)
            for m, row in zip(made, rows, strict=True)
            if row.aim.level == "claim"
        ]
        spoken = train.fit_link(kept, second, train.STRENGTH["spoken"])
        relation = train.fit_relation([*made, *seen_made], [*rows, *seen])
        model = {**base, "spoken": spoken, "relation": relation}
        for n in rest:
            text, claim = records[n]["text"], records[n]["claim"]
            one = Claim(id="", version_group="", mentions=(stated(claim),))
            found = related(text, one, claim, model)
            out[n] = (records[n], found.relation or data.NONE, found.score)
    return out


def pairs() -> list[str]:
    """Target swap: the same words toward another claim."""
    found = pair_answers()
    y = np.array([row["relation"] or data.NONE for row, _, _ in found])
    p = np.array([answer for _, answer, _ in found])
    groups = [row["family"] for row, _, _ in found]
    texts: dict[str, list[int]] = {}
    for n, (row, _, _) in enumerate(found):
        texts.setdefault(row["text"], []).append(n)
    swapped = [rows for rows in texts.values() if len({y[n] for n in rows}) > 1]
    both = np.mean([all(y[n] == p[n] for n in rows) for rows in swapped])
    linked = y != data.NONE
    _, counts = np.unique(y, return_counts=True)
    common = counts.max() / len(y)
    same = np.mean((y == data.NONE) == (p == data.NONE))
    given = np.mean(p[linked & (p != data.NONE)] == y[linked & (p != data.NONE)])
    names = sorted(set(y))
    recalls = ", ".join(f"{a} {np.mean(p[y == a] == a):.2f}" for a in names)
    right = y == p
    return [
        "### Target swap (made-up pairs of text and claim, five folds by family)",
        "",
        "| figure | n | majority | value | 95 % |",
        "| --- | --- | --- | --- | --- |",
        f"| answer right (seven relations or none) | {len(y)} / {len(set(groups))} families "
        f"| {common:.2f} | **{right.mean():.3f}** "
        f"| {interval(groups, lambda n: float(right[n].mean()))} |",
        f"| link or none right | {len(y)} | {linked.mean():.2f} | {same:.3f} | |",
        f"| relation right where both see one | {(linked & (p != data.NONE)).sum()} | | "
        f"{given:.3f} | |",
        f"| same text, answers differ by claim: all right | {len(swapped)} texts | "
        f"| {both:.3f} | |",
        "",
        f"Recall: {recalls}.",
        "",
    ]


def calibration() -> list[str]:
    """How far scores are from shares, out of fold."""
    _, figures = train.trained(data.threads())
    out = [
        "### Calibration and heads (out of fold; expected calibration error in ten bins)",
        "",
        "| head | n | majority | accuracy | calibration error |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, what in (
        ("link", "a post of a thread speaks of a target"),
        ("spoken", "a text speaks of a claim (pairs)"),
        ("relation", "which relation, where there is one"),
    ):
        row = figures[name]
        out.append(
            f"| {what} | {row['n']} | {row['majority']:.2f} | {row['accuracy']:.2f} "
            f"| {row['calibration error']:.3f} |"
        )
    return [*out, ""]


def corpus() -> list[str]:
    """Links of gold pages, by rules and with heads; HELD and seeds were never trained on."""
    out = [
        "### Links of the corpus (`benchmarks/links.py`; F1, precision, recall)",
        "",
        "| pages | by | post has a link | base (trial or treatment) | with relation | exact |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for learned in (False, True):
        told = io.StringIO()
        with contextlib.redirect_stdout(told):
            links.main([] if learned else ["--rules"])
        for line in told.getvalue().splitlines():
            name, *_ = line.split()
            if name in ("TUNED", "HELD", "seed_002"):
                parts = dict(p.strip().split(" ", 1) for p in line[len(name) :].split("|"))
                wanted = " | ".join(parts[k] for k in ("post", "base", "relation", "exact"))
                out.append(f"| {name} | {'heads' if learned else 'rules'} | {wanted} |")
    note = (
        "HELD and `seed_002` (a part of HELD) were never trained on, but the cuts for claims that "
        "nothing names were chosen with them in sight; TUNED pages are among the "
        "training rows of the heads, and rules were tuned on them: their figures are upper bounds."
    )
    return [*out, "", note, ""]


def speed() -> list[str]:
    """Posts per second of the link stage, and decisions per second."""
    golds = list(gold.corpus(links.TUNED + links.HELD[:4]))
    posts = sum(len(g.thread.posts) for g in golds)
    times = {}
    for learned in (False, True):
        linker = make(learned=learned)
        for _ in range(2):  # the first warms up
            start = time.perf_counter()
            for one in golds:
                linker(one.thread, one.index, one.codings)
            times[learned] = time.perf_counter() - start
    records = data.lines(data.WRITTEN / "links_pairs.jsonl")[:200]
    start = time.perf_counter()
    for row in records:
        one = Claim(id="", version_group="", mentions=(stated(row["claim"]),))
        related(row["text"], one, row["claim"], heads.packaged())
    decided = len(records) / (time.perf_counter() - start)
    return [
        "### Speed (one core of a shared machine)",
        "",
        f"{posts} posts of the corpus: rules {posts / times[False]:.0f} posts/s, with heads "
        f"{posts / times[True]:.0f} posts/s ({times[True] / times[False]:.1f} times the time); "
        f"`relate` {decided:.0f} decisions/s, claim read anew each time.",
        "",
    ]


PARTS = {
    "rumours": rumours, "reports": reports, "pairs": pairs, "calibration": calibration,
    "corpus": corpus, "speed": speed,
}  # fmt: skip


def main() -> None:
    """Prints the parts asked for, all where none is."""
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []])
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    for name in args.parts or PARTS:
        lines = PARTS[name]()
        print("\n".join(lines), flush=True)
        if args.write:
            put(name, lines)


def put(name: str, lines: Sequence[str]) -> None:
    """Puts a part between its marks in LINKS.md."""
    begin, end = f"<!-- relations: {name} -->", f"<!-- end of relations: {name} -->"
    text = PLACE.read_text(encoding="utf-8") if PLACE.exists() else "# Links: figures\n\n"
    body = "\n".join([begin, *lines, end])
    if begin in text:
        head, rest = text.split(begin)
        text = head + body + rest.split(end)[1]
    else:
        text = text.rstrip("\n") + "\n\n" + body + "\n"
    PLACE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
