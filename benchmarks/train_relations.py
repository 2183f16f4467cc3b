"""Trains the heads of relations and measures them out of fold.

    python -m benchmarks.train_relations [--write]

Prints figures; ``--write`` makes ``community/data/relations.npz`` and ``models/relations``
(``metrics.json``; the card is written by hand). Every choice was made on folds of the made-up
threads and pairs and on the TUNED pages of ``benchmarks/links.py``; its HELD pages and the seeds
are only measured.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

import links
import relation_data as data
import relation_fit as fit
import relation_threads as gold
from relation_data import NONE, Row

from community.linking import heads
from community.linking.aims import direction_keys, told_by
from community.linking.replies import replied, reply_keys
from community.linking.said import heard
from community.linking.weighing import YES

ROOT = Path(__file__).parent.parent
LOOSE = {"a": 2.0, "p": 2.0, "x": 2.0}  # the relation's words are penalised less
REPLY_LOOSE = {"d": 2.5, "w": 0.5}
STRENGTH = {"direction": 0.5, "link": 0.03, "spoken": 0.03, "relation": 0.1, "reply": 1.0}
_TUNED = 2.0  # weight of a row of the corpus, whose posts are more like real ones
_ONLY_POST = ("r ", "g ", "level", "u reply")  # facts that a text without a thread has
_SECOND = 0.1  # weight of threads where the words alone are judged


def strip(named: dict[str, float]) -> dict[str, float]:
    """Named numbers without words: what tells whether there is a relation."""
    return {name: value for name, value in named.items() if name[1] == " " or name[:4] in _LONG}


_LONG = ("leve", "role")


def direction(threads: Sequence[dict[str, Any]]) -> heads.Block:
    """The head that guesses whether a result is favourable."""
    claims = [claim for thread in threads for claim in thread["claims"]]
    keys = [direction_keys(c["text"], told_by(c["text"])) for c in claims]
    return fit.fit_named(keys, [c["direction"] for c in claims], STRENGTH["direction"])


def reply_rows() -> tuple[list[dict[str, float]], list[str], list[str], list[bool]]:
    """RumourEval: keys, labels, threads, and which posts opened a thread."""
    rows = data.lines(data.DATA / "rumoureval2019" / "dev.jsonl")
    kept = {text: heard(text) for row in rows for text in _texts(row)}
    keys = []
    for row in rows:
        own, parent, source = (kept[text] for text in _texts(row))
        first = row["is_source"]
        keys.append(reply_keys(own, None if first else parent, None if first else source))
    return (
        keys,
        [row["stance"] for row in rows],
        [row["thread_id"] for row in rows],
        [row["is_source"] for row in rows],
    )


def _texts(row: dict[str, Any]) -> tuple[str, str, str]:
    own, parent, source = row["text"], row["parent_text"], row["source_text"]
    return data.plain(own), data.plain(parent), data.plain(source)


def reply(keys: Sequence[dict[str, float]], labels: Sequence[str]) -> heads.Block:
    """The head of replies; rare answers weigh as much as common ones."""
    weights = [len(labels) / 4 / labels.count(label) for label in labels]
    return fit.fit_named(keys, labels, STRENGTH["reply"], weights, loose=REPLY_LOOSE, rare=True)


def carried(rows: Sequence[Row], signals: Sequence[fit.Array]) -> heads.Block:
    """The head that tells which clause carries a relation."""
    use = [
        n
        for n, row in enumerate(rows)
        if row.source != "inherited" and (row.label != NONE or row.source == "pair" or n % 3 == 0)
    ]
    return fit.fit_carried([rows[n] for n in use], [signals[n] for n in use])


Made = tuple[fit.Array, dict[str, float]]


def features(rows: Sequence[Row], model: heads.Model) -> list[Made]:
    """What the heads weigh of each row."""
    found = fit.aim_signals(rows)
    block = model["carried"]
    return [
        fit.featured(row, signals, fit.logits_of(block, signals))
        for row, signals in zip(rows, found, strict=True)
    ]


def fit_link(made: Sequence[Made], rows: Sequence[Row], strength: float) -> heads.Block:
    """A head that tells whether there is a relation, from numbers and facts."""
    return fit.fit_named(
        [strip(named) for _, named in made],
        [YES if row.label != NONE else "no" for row in rows],
        strength,
        [row.weight for row in rows],
        np.stack([x for x, _ in made]),
        fit.NUMBERS,
    )


def fit_relation(made: Sequence[Made], rows: Sequence[Row]) -> heads.Block:
    """The head that tells which relation, from rows that have one."""
    use = [n for n, row in enumerate(rows) if row.label != NONE]
    return fit.fit_relation(
        [rows[n] for n in use], [made[n] for n in use], STRENGTH["relation"], LOOSE
    )


def base_model(threads: Sequence[dict[str, Any]]) -> dict[str, heads.Block]:
    """Heads that the others build upon."""
    model: dict[str, heads.Block] = {"direction": direction(threads)}
    keys, labels, groups, _ = reply_rows()
    model["reply"] = reply(keys, labels)
    model["reply"] = replace(model["reply"], heat=_heat_reply(keys, labels, groups))
    rows = [*data.of_threads(threads, model), *data.of_pairs(model)]
    model["carried"] = carried(rows, fit.aim_signals(rows))
    return model


def _heat_reply(keys: Any, labels: Sequence[str], groups: Sequence[str]) -> float:
    logits = np.zeros((len(keys), len(data.REPLIES)), np.float32)
    for train, test in fit.folds(groups, 10):
        block = reply([keys[n] for n in train], [labels[n] for n in train])
        for n in test:
            logits[n] = block.add(keys[n]) + block.bias
    answers = sorted(set(labels))
    return fit.heat_of(logits, np.array([answers.index(label) for label in labels]))


def with_replies(rows: Sequence[Row], model: heads.Model) -> list[Row]:
    """Rows with what the text does as a reply among their context."""
    out = []
    for row in rows:
        told = {f"reply {k}": v for k, v in replied(row.said, None, None, model).items()}
        above = dict(row.context.above) | told
        out.append(replace(row, context=replace(row.context, above=above)))
    return out


def thread_rows(
    threads: Sequence[dict[str, Any]], model: heads.Model
) -> tuple[list[Row], list[gold.Gold], list[tuple[str, gold.Candidate]]]:
    """Candidates of made-up threads and of the TUNED pages."""
    golds = [*(gold.written(t) for t in threads), *gold.corpus(links.TUNED)]
    rows, which = [], []
    for one in golds:
        tuned = one.group.split(" ")[0]
        for post, candidate, row in gold.candidates(one, model):
            weight = 1.0 if tuned == one.group else _TUNED
            rows.append(replace(row, group=tuned, weight=weight))
            which.append((post.id, candidate))
    return rows, golds, which


def spoken_rows(pairs: Sequence[Row], threads: Sequence[Row]) -> list[Row]:
    """Pairs, and claims of threads at little weight, where the words alone are judged."""
    return [
        *pairs,
        *(
            replace(row, weight=_SECOND * (1 if row.label == NONE else 3))
            for row in threads
            if row.aim.level == "claim"
        ),
    ]


def only_post(made: Made) -> Made:
    """Without what is known of a thread."""
    return made[0], {k: v for k, v in made[1].items() if k.startswith(_ONLY_POST)}


def trained(threads: Sequence[dict[str, Any]]) -> tuple[dict[str, heads.Block], dict[str, Any]]:
    """All heads, calibrated out of fold, and their figures."""
    model = base_model(threads)
    figures: dict[str, Any] = {}
    pairs = with_replies(list(data.of_pairs(model)), model)
    pair_made = features(pairs, model)
    rows, _, _ = thread_rows(threads, model)
    made = features(rows, model)
    model["link"], figures["link"] = _calibrated(made, rows, "link")
    second = spoken_rows(pairs, rows)
    kept = [only_post(m) for m in pair_made] + [
        only_post(m) for m, row in zip(made, rows, strict=True) if row.aim.level == "claim"
    ]
    model["spoken"], figures["spoken"] = _calibrated(kept, second, "spoken", len(pairs))
    every, all_made = [*rows, *pairs], [*made, *pair_made]
    use = [n for n, row in enumerate(every) if row.label != NONE]
    model["relation"], figures["relation"] = _calibrated(
        [all_made[n] for n in use], [every[n] for n in use], "relation"
    )
    reports = [r for r in data.of_covid(model, "train") if r.source == "sentence"]
    reports += list(data.of_scifact(model))
    model["report"], figures["report"] = _report(reports, model)
    return model, figures


def _report(rows: Sequence[Row], model: heads.Model) -> tuple[heads.Block, dict[str, Any]]:
    made = features(rows, model)
    block = fit.fit_relation(rows, made, 0.03)
    return block, {"n": len(rows)}


def _calibrated(
    made: Sequence[Made], rows: Sequence[Row], name: str, measured: int | None = None
) -> tuple[heads.Block, dict[str, Any]]:
    """A head on all rows, its heat and figures from folds by group (of the first `measured`)."""
    relation = name == "relation"

    def make(use: Sequence[int]) -> heads.Block:
        some, theirs = [made[n] for n in use], [rows[n] for n in use]
        return fit_relation(some, theirs) if relation else fit_link(some, theirs, STRENGTH[name])

    block = make(range(len(rows)))
    logits = np.zeros((len(rows), len(block.answers)), np.float32)
    for train, test in fit.folds([row.group for row in rows]):
        part = make(list(train))
        columns = [part.answers.index(a) for a in block.answers]
        logits[test] = fit.applied(part, [made[n] for n in test])[:, columns]
    labels = [row.label if relation else (YES if row.label != NONE else "no") for row in rows]
    y = np.array([block.answers.index(label) for label in labels])
    n = measured or len(rows)
    heat = fit.heat_of(logits[:n], y[:n])
    chances = fit.softmax(logits[:n], heat)
    right = chances.argmax(axis=1) == y[:n]
    return replace(block, heat=heat), {
        "n": n,
        "accuracy": round(float(right.mean()), 3),
        "majority": round(float(np.bincount(y[:n]).max() / n), 3),
        "calibration error": round(expected(chances.max(axis=1), right), 3),
        "heat": round(heat, 2),
    }


def expected(sure: Any, right: Any, bins: int = 10) -> float:
    """Expected calibration error: how far chances are from shares, bins of equal width."""
    place = np.minimum((np.asarray(sure) * bins).astype(int), bins - 1)
    out = 0.0
    for n in range(bins):
        mine = place == n
        if mine.any():
            out += mine.mean() * abs(float(sure[mine].mean()) - float(right[mine].mean()))
    return out


def main() -> None:
    """Trains, prints figures, writes where asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    model, figures = trained(data.threads())
    packed = heads.pack({name: model[name] for name in heads.BLOCKS})
    digest = hashlib.sha256(packed).hexdigest()
    figures |= {"sha256": digest, "bytes": len(packed)}
    print(json.dumps(figures, indent=1))
    if args.write:
        (ROOT / "community" / "data" / "relations.npz").write_bytes(packed)
        folder = ROOT / "models" / "relations"
        folder.mkdir(exist_ok=True)
        text = json.dumps(figures, indent=1, sort_keys=True) + "\n"
        (folder / "metrics.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
