"""Make the encoder: sentences for `tune_encoder`, then weights, stack, figures from what it made.

From the repository's root, with a folder for what lies between:

1. ``python -m benchmarks.train_encoder sentences DIR`` writes the sentences that were coded, and
   those that nobody coded, which the encoder judges for the linear heads (`soft_labels`);
2. ``python benchmarks/tune_encoder.py DIR MODEL FOLD`` for folds 0, 1, … and 9 (needs torch);
3. ``python -m benchmarks.train_encoder soft DIR`` writes ``corpus/labels/soft.npz``; then
   ``python -m benchmarks.train_codes --write``;
4. ``python -m benchmarks.train_encoder pack DIR`` fits the stack on sentences that the encoder had
   not seen (of as many folds as were tuned), prints figures beside those of the linear heads on the
   same posts, and writes ``community/data/encoder.npz`` and ``models/encoder/metrics.json``.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import code_figures, code_labels, soft_labels, train_codes
from benchmarks.train_codes import FOLDS, ROOT, Data, Trained
from community import vectors
from community.learned import encoder
from community.learned.coder import mixed

ALL = 9
ATTENTION = 12
JUDGED = 25_000
_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "o": "attention.output.dense",
    "in": "intermediate.dense",
    "out": "output.dense",
}
_NORMS = {"o.norm": "attention.output.LayerNorm", "out.norm": "output.LayerNorm"}


def sentences(folder: Path) -> None:
    """Write every sentence, the one before it, its targets, fold and weight."""
    data = train_codes.read(code_labels.load())
    own, before, posts = [], [], []
    for one in data.examples:
        posts += [f"{one.post.id} {n}" for n in range(len(one.units))]
        texts = [one.post.text[unit.start : unit.end] for unit in one.units]
        own += texts
        before += ["", *texts[:-1]][: len(texts)]
    targets = train_codes.unit_targets(data)
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(
        folder / "sentences.npz",
        own=_json(own),
        before=_json(before),
        posts=_json(posts),
        targets=np.stack(list(targets.values()), 1),
        folds=data.folds[data.owners],
        weights=data.weights[data.owners],
    )
    pool(folder)
    print(f"{len(own)} sentences; heads: {', '.join(targets)}")


def pool(folder: Path) -> None:
    """Write sentences that nobody coded, as many as are judged, in a fixed random order."""
    found = [(key, text, before) for key, text, before, _ in soft_labels.sentences()]
    random.Random(0).shuffle(found)
    columns = zip(*found[:JUDGED], strict=True)
    names = ("ids", "own", "before")
    held = {n: _json(list(c)) for n, c in zip(names, columns, strict=True)}
    np.savez(folder / "pool.npz", **held)


def _json(value: list[str]) -> np.ndarray:
    return np.frombuffer(json.dumps(value).encode(), np.uint8)


def soft(folder: Path) -> None:
    """Write what the encoders of all folds say of the pool, without its words."""
    logits = np.stack([np.load(folder / f"pool-{fold}.npy") for fold in [*range(FOLDS), ALL]])
    np.savez_compressed(
        soft_labels.FILE,
        ids=np.load(folder / "pool.npz")["ids"],
        heads=np.frombuffer(
            json.dumps(list(train_codes.unit_targets(Data([])))).encode(), np.uint8
        ),
        chances=np.round(255 / (1 + np.exp(-logits))).astype(np.uint8),
    )


def unseen(folder: Path, data: Data) -> tuple[np.ndarray, np.ndarray]:
    """Logits of sentences by an encoder that had not seen them (units by heads), and which have
    any. The held-out slice is read by the encoder that is shipped."""
    written = np.load(folder / "sentences.npz")
    place = {name: n for n, name in enumerate(json.loads(written["posts"].tobytes()))}
    at = [
        place.get(f"{one.post.id} {n}", -1) for one in data.examples for n in range(len(one.units))
    ]
    told = np.zeros(len(place) + 1, bool)
    found = np.zeros((len(place) + 1, written["targets"].shape[1]), np.float32)
    for fold in [*range(FOLDS), ALL]:
        path = folder / f"logits-{fold}.npz"
        if not path.exists():
            continue
        made = np.load(path)
        wanted = written["folds"][made["rows"]] == (-1 if fold == ALL else fold)
        found[made["rows"][wanted]] = made["logits"][wanted]
        told[made["rows"][wanted]] = True
    if not told.any():
        raise SystemExit(f"{folder}: no logits; run benchmarks/tune_encoder.py first")
    return found[at], told[at]


def weights(folder: Path) -> dict[str, np.ndarray]:
    """Weights of the tuned encoder by our names, words in the order of our own vocabulary."""
    raw = dict(np.load(folder / "weights.npz"))
    vocabulary = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
    number = {piece: n for n, piece in enumerate(vocabulary)}
    ours = vectors.default().pieces
    rows = [number[piece] for piece in sorted(ours, key=lambda p: ours[p])]
    rows += [number["[CLS]"], number["[SEP]"]]
    of = "b.embeddings."

    def norm(name: str) -> np.ndarray:
        return np.stack([raw[f"{name}.weight"], raw[f"{name}.bias"]])

    made = {
        "words": raw[f"{of}word_embeddings.weight"][rows],
        "places": raw[f"{of}position_embeddings.weight"][
            : encoder.MOST_BEFORE + encoder.MOST_OWN + 3
        ],
        "sides": raw[f"{of}token_type_embeddings.weight"],
        "words.norm": norm(f"{of}LayerNorm"),
        "heads": raw["h.weight"],
        "heads.bias": raw["h.bias"],
    }
    for layer in range(_layers(raw)):
        inside = f"b.encoder.layer.{layer}."
        for short, long in _PARTS.items():
            made[f"{layer}.{short}"] = raw[f"{inside}{long}.weight"]
            made[f"{layer}.{short}.bias"] = raw[f"{inside}{long}.bias"]
        for short, long in _NORMS.items():
            made[f"{layer}.{short}"] = norm(f"{inside}{long}")
    return made


def _layers(raw: dict[str, np.ndarray]) -> int:
    return 1 + max(int(name.split(".")[3]) for name in raw if name.startswith("b.encoder.layer."))


def stacked(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The stack over both readings, and figures of both coders on the same posts."""
    data = train_codes.read(code_labels.load())
    made = train_codes.train_heads(data)
    logits, told = unseen(folder, data)
    missing = np.bincount(data.owners, ~told, len(data.examples))
    keep = np.flatnonzero((missing == 0) & np.isin(data.folds, data.folds[data.owners[told]]))
    both = Trained(made.names, {}, {**made.logits, "unit": mixed(made.logits["unit"], logits)})
    asked = train_codes.questions({key for one in data.examples for key in one.numbers})
    alone, together = train_codes.inputs(data, made), train_codes.inputs(data, both)
    _, plain = train_codes.answers(data, asked, alone)
    some = Data([data.examples[n] for n in keep])
    final, chances = train_codes.answers(some, asked, [together[n] for n in keep])
    cuts = train_codes.thresholds(some, chances)
    before = train_codes.thresholds(data, plain)
    figures = {
        "encoder": code_figures.measure(some, chances, cuts),
        "learned": code_figures.measure(some, [plain[n] for n in keep], before),
    }
    return {"questions": final, "cuts": cuts}, figures


def pack(folder: Path) -> None:
    """Fit the stack, print figures, write weights and metrics."""
    stack, figures = stacked(folder)
    for name, found in figures.items():
        print(f"== {name}")
        code_figures.show(found)
    made = weights(folder)
    layers = sum(name.endswith(".q") for name in made)
    heads = train_codes.unit_targets(Data([]))
    packed = encoder.pack(
        made,
        {"heads": list(heads), "attention": ATTENTION, "layers": layers, "stack": stack},
    )
    digest = hashlib.sha256(packed).hexdigest()
    (ROOT / "community" / "data" / "encoder.npz").write_bytes(packed)
    out = ROOT / "models" / "encoder" / "metrics.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    told = {"sha256": digest, "bytes": len(packed), "cuts": stack["cuts"], "figures": figures}
    out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(f"{len(packed) / 1e6:.1f} MB, sha256 {digest}")


if __name__ == "__main__":
    {"sentences": sentences, "soft": soft, "pack": pack}[sys.argv[1]](Path(sys.argv[2]))
