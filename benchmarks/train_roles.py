"""Train the judge of who writes: heads, stack, and the figures that the model card tells.

Posts labelled by reading (`code_labels`) are read as `community.judges.roles` reads them. Heads
(linear, over words and pairs of words) and the stack are fitted by scikit-learn in five folds of
whole threads; the stack learns from logits of heads that have not seen the thread. Every figure but
``dev`` and ``gold``, which are never trained on, comes from a model of four folds that judges the
threads of the fifth as the product does. Run from the repository's root::

    python -m benchmarks.train_roles [--write] [--seeds FOLDER]

Without ``--write`` it prints figures only; ``--seeds`` adds the real documents whose gold is kept
as offsets.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from benchmarks import code_labels, role_figures
from community.judges import role_heads, roles
from community.judges.role_heads import ROLES, Model, Stack
from community.types import Post, Thread

ROOT = Path(__file__).resolve().parents[1]
FOLDS = 5
WEIGHT = {"forum": 3.0, "written": 1.0, "lines": 2.0, "reviews": 0.5, "services": 0.3}
HEAD_C, STACK_C = 5.0, 0.1
# a word or pair of the model stands in three posts of two threads at least, so that no name, and
# nothing that one person alone has said, is in it
LEAST_POSTS, LEAST_THREADS = 3, 2
# words that weigh in pairs only: who says "I" may be anybody, who says "I have" is more
PAIRED = ("i", "me")
# the forum's export gives all who left it one name; they are many people
FORMER = "member001"


@dataclass(frozen=True, slots=True)
class Known:
    """A labelled thread: its posts' roles by id, where it is from, its fold (-1: held out)."""

    thread: Thread
    roles: dict[str, str]
    source: str
    fold: int


@dataclass
class Data:
    """Labelled threads and their posts, flat, as the judge reads them."""

    known: list[Known]

    @cached_property
    def seen(self) -> list[roles.Read]:
        """Posts with their own words folded and what the rules say."""
        return [roles.read(post) for one in self.known for post in one.thread.posts]

    @cached_property
    def owners(self) -> np.ndarray:
        """The thread of each post."""
        sizes = [len(one.thread.posts) for one in self.known]
        return np.repeat(np.arange(len(self.known)), sizes)

    @cached_property
    def folds(self) -> np.ndarray:
        """The fold of each post; -1 is held out for good."""
        return np.array([one.fold for one in self.known])[self.owners]

    @cached_property
    def truth(self) -> np.ndarray:
        """The role of each post, by place in `ROLES`."""
        each = ((one, post.id) for one in self.known for post in one.thread.posts)
        return np.array([ROLES.index(one.roles[post]) for one, post in each])

    @cached_property
    def weights(self) -> np.ndarray:
        """What each post counts in training."""
        return np.array([WEIGHT.get(one.source, 0.0) for one in self.known])[self.owners]

    @cached_property
    def empty(self) -> Model:
        """A model that knows the words and pairs, and weighs nothing."""
        texts = [role_heads.tokens(one.own.text) for one in self.seen]
        words = self._often([set(text) for text in texts])
        number = role_heads.numbered(words)
        rows = [role_heads.bounded(number, text) for text in texts]
        found = [{(a, b) for a, b in pairwise(row) if a and b} for row in rows]
        pairs = self._often(found)
        first, second = np.array(pairs, np.int64).T
        zeros = np.zeros((len(words) + len(pairs) + 1, len(ROLES)))
        stack = Stack(np.zeros((len(ROLES), len(role_heads.INPUTS))), np.zeros(len(ROLES)))
        return Model(number, role_heads.codes(first, second), zeros, np.zeros(len(ROLES)), stack)

    def _often(self, keys: Sequence[set[Any]]) -> list[Any]:
        """Keys of enough posts and threads, sorted; threads held out are not looked at."""
        posts: dict[Any, int] = defaultdict(int)
        threads: dict[Any, set[int]] = defaultdict(set)
        for found, owner, fold in zip(keys, self.owners.tolist(), self.folds, strict=True):
            for key in found if fold >= 0 else ():
                posts[key] += 1
                if len(threads[key]) < LEAST_THREADS:
                    threads[key].add(owner)
        enough = (k for k in posts if posts[k] >= LEAST_POSTS and len(threads[k]) >= LEAST_THREADS)
        return sorted(enough)

    @cached_property
    def counts(self) -> csr_matrix:
        """Posts by words and pairs, as heads weigh them."""
        texts = [one.own.text for one in self.seen]
        owners, numbers, weights, lengths, _ = role_heads.features(self.empty, texts)
        weights = weights / np.sqrt(lengths + role_heads.SHORT)[owners]
        paired = [n - role_heads.FIRST for w, n in self.empty.words.items() if w in PAIRED]
        weights[np.isin(numbers, paired)] = 0.0
        shape = (len(texts), len(self.empty.rows) - 1)
        return csr_matrix((weights, (owners, numbers)), shape=shape)


def fold_of(thread: str) -> int:
    """The fold of a thread, the same in every run."""
    return int(hashlib.sha256(thread.encode("utf-8")).hexdigest(), 16) % FOLDS


def labelled() -> list[Known]:
    """Threads of labelled posts; those of two expert readers (``dev``) are held out."""
    posts = [post for post in code_labels.load() if post.source != "pairs"]
    by_id = {post.id: post for post in posts}
    found = []
    for thread in code_labels.threads(posts):
        source = by_id[thread.posts[0].id].source
        named = tuple(map(_named, thread.posts))
        fold = -1 if source == "dev" else fold_of(by_id[named[0].id].thread)
        truth = {post.id: by_id[post.id].label["role"] for post in named}
        found.append(Known(replace(thread, posts=named), truth, source, fold))
    return found + lines()


def lines() -> list[Known]:
    """Single posts written to teach what forums seldom show, each a thread."""
    told = tomllib.loads((ROOT / "benchmarks" / "role_lines.toml").read_text(encoding="utf-8"))
    posts = [
        code_labels.Labelled(f"line/{role}/{n}", "lines", f"line/{role}/{n}", text, {"role": role})
        for role, texts in told.items()
        for n, text in enumerate(texts)
    ]
    truth = {post.id: post.label["role"] for post in posts}
    return [
        Known(one, {p.id: truth[p.id] for p in one.posts}, "lines", fold_of(one.posts[0].id))
        for one in code_labels.threads(posts)
    ]


def _named(post: Post) -> Post:
    return replace(post, author=None) if post.author == FORMER else post


# ---- fitting ----------------------------------------------------------------------------------


def fit_heads(data: Data, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights (words and pairs by roles) and biases of heads fitted to some posts."""
    columns, biases = [], []
    for number in range(len(ROLES)):
        head = LogisticRegression(
            C=HEAD_C, solver="liblinear", dual=True, tol=0.01, max_iter=4000, random_state=0
        ).fit(data.counts[rows], data.truth[rows] == number, sample_weight=data.weights[rows])
        columns.append(head.coef_[0])
        biases.append(float(head.intercept_[0]))
    return np.stack(columns, 1), np.array(biases)


def fit(data: Data, left_out: int) -> Model:
    """The model of all posts outside a fold (-1: of all that are trained on)."""
    used = (data.folds >= 0) & (data.folds != left_out)
    heads, bias = fit_heads(data, used)
    model = replace(data.empty, rows=np.vstack([heads, np.zeros(len(ROLES))]), bias=bias)
    logits = np.zeros((len(used), len(ROLES)))
    for fold in set(range(FOLDS)) - {left_out}:
        unseen, own_bias = fit_heads(data, used & (data.folds != fold))
        mine = used & (data.folds == fold)
        logits[mine] = data.counts[mine] @ unseen + own_bias
    return replace(model, stack=fit_stack(data, logits, used))


def fit_stack(data: Data, logits: np.ndarray, used: np.ndarray) -> Stack:
    """The stack, from logits of heads that have not seen the post."""
    texts = [one.own.text for one in data.seen]
    heard = role_heads.hear(data.empty, texts)
    ruled = roles.ruled(data.seen)
    values = []
    for number, one in enumerate(data.known):
        at = np.flatnonzero(data.owners == number) if used[data.owners == number].any() else None
        if at is None:
            values.append(np.zeros((len(one.thread.posts), len(role_heads.INPUTS))))
            continue
        mine = role_heads.Heard(logits[at], heard.lengths[at], heard.understood[at])
        values.append(role_heads.inputs(mine, ruled[at], roles.numbers(one.thread.posts)))
    x = np.concatenate(values)
    rows = used & heard.understood
    scaler = StandardScaler().fit(x[rows])
    fitted = LogisticRegression(C=STACK_C, max_iter=2000).fit(
        scaler.transform(x[rows]), data.truth[rows], sample_weight=data.weights[rows]
    )
    weights = fitted.coef_ / scaler.scale_
    return Stack(weights, fitted.intercept_ - weights @ scaler.mean_)


# ---- what comes out ---------------------------------------------------------------------------


def judged(known: Iterable[Known], model: Model) -> list[role_figures.Told]:
    """Every labelled post as the judge tells it."""
    found = []
    for one in known:
        for post in roles.judge(one.thread, model).posts:
            if post.id in one.roles:
                told = role_figures.Told(
                    one.source, one.thread.document.id, one.roles[post.id], post.role,
                    post.role_score,
                )  # fmt: skip
                found.append(told)
    return found


def silent(model: Model) -> Model:
    """A model that knows no word, so that the rules judge alone."""
    return replace(model, words={})


def main() -> None:
    """Train, judge what was not trained on, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--seeds", type=Path)
    options = parser.parse_args()
    data = Data(labelled())
    made = fit(data, -1)
    packed = role_heads.pack(made)
    model = role_heads.unpack(packed)
    pages = [
        Known(thread, told, source, -1)
        for thread, told, source in role_figures.gold_threads(options.seeds)
    ]
    held = [one for one in data.known if one.fold < 0] + pages
    found = judged(held, model)
    for fold in range(FOLDS):
        unseen = role_heads.unpack(role_heads.pack(fit(data, fold)))
        found += judged((one for one in data.known if one.fold == fold), unseen)
    figures = {
        "learned": role_figures.measure(found),
        "rules alone": role_figures.measure(judged([*data.known, *pages], silent(model))),
    }
    role_figures.show(figures)
    digest = hashlib.sha256(packed).hexdigest()
    print(f"{len(packed) / 1e3:.0f} kB, sha256 {digest}")
    if options.write:
        (ROOT / "community" / "data" / "roles.npz").write_bytes(packed)
        told = {"sha256": digest, "words": len(model.words), "pairs": len(model.pairs), **figures}
        target = ROOT / "models" / "roles" / "metrics.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
