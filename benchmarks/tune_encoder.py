"""Tune MiniLM to the codes of sentences; needs torch and transformers, nothing of `community`.

``python benchmarks/tune_encoder.py DIR MODEL FOLD`` reads ``DIR/sentences.npz`` (written by
``python -m benchmarks.train_encoder sentences DIR``), trains on every fold but FOLD (9: on all) and
writes ``DIR/logits-FOLD.npz`` (rows of that fold and of the held-out slice) and, for 9,
``DIR/weights.npz`` and
``DIR/vocab.txt``; sentences of ``DIR/pool.npz`` are judged too
(``pool-FOLD.npy``). MODEL is a folder or name of all-MiniLM-L6-v2. With
bfloat16 a fold takes about eight minutes of two cores.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer

EPOCHS, BATCH, RATE, HEAD_RATE = 3, 24, 1e-4, 1e-3
MOST_BEFORE, MOST_OWN = 30, 72
START, BREAK = 101, 102  # [CLS], [SEP]
FROZEN_LAYERS = 1  # and the embeddings
ALL = 9


class Tuned(nn.Module):
    """MiniLM, and linear heads over the mean and the maximum of the sentence's pieces."""

    def __init__(self, model: str, heads: int) -> None:
        super().__init__()
        self.b = AutoModel.from_pretrained(model)
        self.h = nn.Linear(2 * self.b.config.hidden_size, heads)
        self.d = nn.Dropout(0.1)
        still = [self.b.embeddings, *self.b.encoder.layer[:FROZEN_LAYERS]]
        for weights in (w for part in still for w in part.parameters()):
            weights.requires_grad = False

    def forward(self, ids: torch.Tensor, there: torch.Tensor, own: torch.Tensor) -> torch.Tensor:
        """Logits (sentences by heads)."""
        found = self.b(input_ids=ids, attention_mask=there, token_type_ids=own)
        x, m = found.last_hidden_state.float(), own[..., None].float()
        mean, top = (x * m).sum(1) / m.sum(1), x.masked_fill(m == 0, -1e4).max(1).values
        return self.h(self.d(torch.cat([mean, top], 1)))


class Texts:
    """Pieces of every sentence and of the one before it."""

    def __init__(self, model: str, own: list[str], before: list[str]) -> None:
        cut = AutoTokenizer.from_pretrained(model)
        bare: dict[str, Any] = {"add_special_tokens": False}
        self.own = cut(own, truncation=True, max_length=MOST_OWN, **bare)["input_ids"]
        self.before = [ids[-MOST_BEFORE:] for ids in cut(before, **bare)["input_ids"]]

    def size(self, n: int) -> int:
        """Pieces of one pair."""
        return len(self.own[n]) + len(self.before[n])

    def batch(self, rows: list[int]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """[CLS] before [SEP] own [SEP], padded; which are there; which are the sentence's own."""
        pairs = [([START, *self.before[n], BREAK], [*self.own[n], BREAK]) for n in rows]
        length = max(len(a) + len(b) for a, b in pairs)
        made = torch.zeros(3, len(rows), length, dtype=torch.long)
        for at, (a, b) in enumerate(pairs):
            end = len(a) + len(b)
            made[0, at, :end] = torch.tensor(a + b)
            made[1, at, :end] = 1
            made[2, at, len(a) : end] = 1
        return made[0], made[1], made[2]


def batches(texts: Texts, rows: np.ndarray, rng: np.random.Generator) -> Iterator[list[int]]:
    """Batches of about equal length in random order."""
    order, found = rng.permutation(rows).tolist(), []
    for at in range(0, len(order), BATCH * 30):
        near = sorted(order[at : at + BATCH * 30], key=texts.size)
        found += [near[n : n + BATCH] for n in range(0, len(near), BATCH)]
    return (found[n] for n in rng.permutation(len(found)))


def tune(made: Tuned, texts: Texts, y: np.ndarray, w: np.ndarray, rows: np.ndarray) -> None:
    """Train on those rows; `y` is rows by heads, 1 or 0; `w` weighs rows (its root is taken)."""
    body = [p for p in made.b.parameters() if p.requires_grad]
    groups = [{"params": body, "lr": RATE}, {"params": made.h.parameters(), "lr": HEAD_RATE}]
    step_by = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    rng, step = np.random.default_rng(0), 0
    total = EPOCHS * (len(rows) // BATCH + 1)
    made.train()
    for _ in range(EPOCHS):
        for batch in batches(texts, rows, rng):
            share = min(1, step / 40) * max(0.02, 1 - step / total)
            for group, rate in zip(step_by.param_groups, (RATE, HEAD_RATE), strict=True):
                group["lr"] = rate * share
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = made(*texts.batch(batch))
            truth = torch.tensor(y[batch], dtype=torch.float)
            wrong = functional.binary_cross_entropy_with_logits(
                logits.float(), truth, reduction="none"
            )
            loss = (wrong.sum(1) * torch.tensor(w[batch] ** 0.5, dtype=torch.float)).mean()
            step_by.zero_grad()
            loss.backward()
            step_by.step()
            step += 1


def predict(made: Tuned, texts: Texts, rows: np.ndarray, heads: int) -> np.ndarray:
    """Logits of those rows, in their order."""
    told = np.zeros((len(rows), heads), np.float32)
    order = sorted(range(len(rows)), key=lambda n: texts.size(rows[n]))
    made.eval()
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for at in range(0, len(order), 64):
            these = order[at : at + 64]
            told[these] = made(*texts.batch([int(rows[n]) for n in these])).float().numpy()
    return told


def main(folder: Path, model: str, fold: int) -> None:
    """Tune, predict, write."""
    torch.manual_seed(0)
    torch.set_num_threads(2)
    data = np.load(folder / "sentences.npz")
    own, before = (json.loads(data[name].tobytes()) for name in ("own", "before"))
    y, folds = data["targets"], data["folds"]
    texts = Texts(model, own, before)
    made = Tuned(model, y.shape[1])
    rows = np.flatnonzero((folds != fold) & (folds >= 0) & (y >= 0).all(1))
    tune(made, texts, y, data["weights"], rows)
    asked = np.flatnonzero((folds == fold) | (folds == -1))
    told = predict(made, texts, asked, y.shape[1])
    np.savez(folder / f"logits-{fold}.npz", rows=asked, logits=told)
    if (folder / "pool.npz").exists():
        pool = np.load(folder / "pool.npz")
        own, before = (json.loads(pool[name].tobytes()) for name in ("own", "before"))
        told = predict(made, Texts(model, own, before), np.arange(len(own)), y.shape[1])
        np.save(folder / f"pool-{fold}.npy", told)
    if fold == ALL:
        weights = {name: value.float().numpy() for name, value in made.state_dict().items()}
        np.savez(folder / "weights.npz", **weights)
        pieces = AutoTokenizer.from_pretrained(model).get_vocab()
        ordered = "\n".join(sorted(pieces, key=lambda piece: pieces[piece]))
        (folder / "vocab.txt").write_text(ordered, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
