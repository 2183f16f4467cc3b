"""Fits the model of who answers whom: `python benchmarks/train_answers.py DATA PAGES`.

Reads IRC and RumourEval and the forum threads in DATA, saved pages in PAGES and our own corpus,
hides the structure of every thread in several ways (flat, in page order, nested to a cap, times
or authors taken away) and fits a conditional logit with one hidden layer to the true links (Adam,
minibatches, fixed seed). Writes ``community/data/answers.npz`` and the two thresholds in
``answers.toml``. Figures on threads not trained on are made by ``benchmarks/answers.py``.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import answer_sources as sources
import numpy as np
from answer_sources import LAYOUTS, Case, Talk

from community.judges import authors, candidates, evidence, facts, scorer, wording

ROOT = Path(__file__).parent.parent
HIDDEN = 16
NETS = 3  # fitted alike from different starts, and averaged into one
DRAWS = (4, 5, 6)  # lots by which threads are worn for the packaged nets; see the card
AGAINST_NOBODY = 0.3  # an addressee is told that is at least so many times as likely as nobody
LEASTS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45)
STARTS = 0.35  # weight of a message that starts a conversation in a chat; forums have an opener
EPOCHS = 8
RATE = 5e-3
DECAY = 1e-4
BATCH = 256
FOLDS = 5
IRC_FILES = 40  # channel logs trained on
IRC_HELD = 8  # further ones, for calibration and thresholds
# what a post of each family weighs, so that 20,000 chat lines do not drown 300 comments
WEIGHT = {"irc": 0.6, "rumour": 0.25, "pages": 3.0, "forum": 3.0, "corpus": 4.0}
FLAT = {"pages": 2.0, "rumour": 2.5}  # times that, without nesting
VARIANTS = 14  # about as many layouts of each thread outside IRC


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Features of the known posts of one thread in one layout."""

    source: str
    group: str
    layout: str
    family: str
    shown: bool  # belongs to the table of figures; else it only varies the training data
    values: Any  # rows × features, float32
    right: Any  # rows
    whom: Any  # rows
    sizes: Any  # rows per post
    posts: tuple[tuple[int, tuple[int, ...], int], ...]  # place, truth, layout's parent


def blocks(data: Path, pages: Path, draw: int = 1) -> list[Block]:
    """All threads in all layouts; `draw` says by which lots some of them are worn."""
    found = []
    for family, shown, case in cases(data, pages, draw):
        block = _block(family, shown, case)
        if block is not None:
            found.append(block)
    return found


def cases(data: Path, pages: Path, draw: int) -> Iterator[tuple[str, bool, Case]]:
    """Threads with their structure hidden, by family."""
    chance = random.Random(draw)
    for n, talk in enumerate(sources.irc(data, "train")):
        if n >= IRC_FILES + IRC_HELD:
            break
        if n >= IRC_FILES:
            yield "irc held", False, sources.hidden(talk, "flat")
            continue
        yield "irc", False, sources.hidden(talk, "flat")
        if n % 3 == 1:
            yield "irc", False, sources.hidden(sources.unaddressed(talk), "flat")
        if n % 4 == 0:
            yield "irc", False, sources.hidden(talk, "flat", times="none")
    for talk in sources.irc(data, "dev"):
        yield "irc dev", True, sources.hidden(talk, "flat")
    for family, talk in _others(data, pages):
        yield from _varied(family, talk, chance)
    for talk in sources.unlabelled(data):
        for layout in LAYOUTS[:2]:
            yield "forum", True, sources.hidden(talk, layout)
        yield "forum", False, sources.hidden(talk, "page order", times="none")


def _others(data: Path, pages: Path) -> Iterator[tuple[str, Talk]]:
    for handles in (True, False):
        for talk in sources.rumoureval(data, handles):
            yield "rumour", talk
    for talk in sources.patients(data):
        yield "forum", talk
    for talk in sources.corpus():
        yield "corpus", talk
    for talk in sources.pages(pages):
        yield "pages", talk


def _varied(family: str, talk: Talk, chance: random.Random) -> Iterator[tuple[str, bool, Case]]:
    below = None
    if not talk.article and len(talk.messages) > 1:
        below = sources.below_article(talk)
    for layout in LAYOUTS:
        yield family, True, sources.hidden(talk, layout)
        if below is not None:
            yield family, False, sources.hidden(below, layout)
        for one in (talk, below):
            times = chance.choice(["none", "none", "day", "full"])
            known = chance.random() < 0.6
            if one is not None:
                lost = sources.losses(one, layout, chance)
                worn = sources.worn(one, chance)
                yield family, False, sources.hidden(worn, layout, times, known, lost)
                # what extractors leave of most pages: neither names nor times
                if layout in LAYOUTS[2:]:
                    worn = sources.worn(one, chance)
                    yield family, False, sources.hidden(worn, layout, "none", False, lost)
        if layout == "as laid out":
            yield family, False, sources.hidden(sources.pointed(talk), layout)
    if family == "pages" and talk.article:
        plain = replace(talk, article="")
        for layout in LAYOUTS[2:]:
            yield family, False, sources.hidden(plain, layout)
        for layout in LAYOUTS[:2]:
            yield family, True, sources.hidden(sources.bare(talk), layout)
            known = chance.random() < 0.6
            yield family, False, sources.hidden(sources.bare(talk), layout, "none", known)


def _block(family: str, shown: bool, case: Case) -> Block | None:
    thread = authors.infer(case.thread)
    wordings = wording.read(thread)
    known = facts.gather(thread, wordings)
    pairs = candidates.find(thread.posts, known, 0, len(thread.posts))
    vectors = wording.matrix([wordings[post.id] for post in thread.posts])
    columns = evidence.rows(thread.posts, known, wordings, vectors, pairs)
    values = scorer.stacked(columns, sorted(columns)).astype(np.float32)
    bounds = [*pairs.starts.tolist(), len(pairs.who)]
    kept: list[Any] = []
    posts = []
    place = {post.id: n for n, post in enumerate(thread.posts)}
    for n, truth in enumerate(case.truth):
        if truth is not None:
            kept.append(np.arange(bounds[n], bounds[n + 1]))
            posts.append((n, truth, place.get(thread.posts[n].parent_id or "", -2)))
    if not kept:
        return None
    rows = np.concatenate(kept)
    right = [
        np.isin(pairs.whom[k], truth) if truth else pairs.whom[k] == candidates.NOBODY
        for k, (_, truth, _) in zip(kept, posts, strict=True)
    ]
    for k, r, (_, truth, _) in zip(kept, right, posts, strict=True):
        r[pairs.whom[k] == candidates.NOBODY] = not truth
    return Block(
        source=case.source,
        group=case.group,
        layout=case.layout,
        family=family,
        shown=shown,
        values=values[rows],
        right=np.concatenate(right),
        whom=pairs.whom[rows],
        sizes=np.array([len(k) for k in kept]),
        posts=tuple(posts),
    )


def feature_names() -> tuple[str, ...]:
    """Names of the columns of every block."""
    case = sources.hidden(next(sources.corpus()), "as laid out")
    thread = case.thread
    wordings = wording.read(thread)
    known = facts.gather(thread, wordings)
    pairs = candidates.find(thread.posts, known, 0, len(thread.posts))
    vectors = wording.matrix([wordings[post.id] for post in thread.posts])
    return tuple(sorted(evidence.rows(thread.posts, known, wordings, vectors, pairs)))


def fold_of(group: str) -> int:
    """The fold of a thread, the same in every run and layout."""
    return int(hashlib.sha256(group.encode()).hexdigest(), 16) % FOLDS


# ---- fitting ----------------------------------------------------------------------------------


class Net:
    """Linear part and one layer of rectified units, with gradients."""

    def __init__(self, width: int, seed: int) -> None:
        draw = np.random.default_rng(seed)
        hidden = draw.normal(size=(width, HIDDEN)) / np.sqrt(width)
        output = draw.normal(size=HIDDEN) / np.sqrt(HIDDEN)
        parts = (np.zeros(width), hidden, np.zeros(HIDDEN), output)
        self.parts = [part.astype(np.float32) for part in parts]

    def score(self, values: Any) -> Any:
        linear, hidden, offset, output = self.parts
        return values @ linear + np.maximum(values @ hidden + offset, 0) @ output

    def slopes(self, values: Any, sizes: Any, right: Any, weight: Any) -> list[Any]:
        """Gradients of the weighted log loss of a batch, decay included."""
        linear, hidden, offset, output = self.parts
        before = values @ hidden + offset
        units = np.maximum(before, 0)
        scores = values @ linear + units @ output
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        chances = scorer.chances(scores, starts)
        of_right = np.add.reduceat(chances * right, starts)
        wanted = chances * right / np.repeat(np.maximum(of_right, 1e-9), sizes)
        slope = ((chances - wanted) * np.repeat(weight, sizes) / weight.sum()).astype(np.float32)
        back = np.outer(slope, output) * (before > 0)
        return [
            values.T @ slope + DECAY * linear,
            values.T @ back + DECAY * hidden,
            back.sum(0),
            units.T @ slope + DECAY * output,
        ]


def fit(chosen: Sequence[Block]) -> Net:
    """The average of several nets fitted to the same blocks."""
    return averaged([fitted(chosen, seed) for seed in range(NETS)])


def averaged(nets: Sequence[Net]) -> Net:
    """Several nets as one, of as many more units."""
    whole = Net(len(nets[0].parts[0]), 0)
    joined = [np.concatenate([net.parts[k] for net in nets], axis=-1) for k in (1, 2, 3)]
    whole.parts = [
        np.mean([net.parts[0] for net in nets], axis=0),
        *joined[:2],
        joined[2] / len(nets),
    ]
    return whole


def fitted(chosen: Sequence[Block], seed: int) -> Net:
    """A net fitted to blocks by Adam with a cosine schedule."""
    values = np.concatenate([block.values for block in chosen])
    right = np.concatenate([block.right for block in chosen]).astype(np.float32)
    sizes = np.concatenate([block.sizes for block in chosen])
    weight = np.concatenate([_weights(block) for block in chosen])
    starts = np.concatenate([[0], np.cumsum(sizes)])
    usable = np.flatnonzero(np.add.reduceat(right, starts[:-1]) > 0)
    net = Net(values.shape[1], seed)
    first = [np.zeros_like(part) for part in net.parts]
    second = [np.zeros_like(part) for part in net.parts]
    draw = np.random.default_rng(seed)
    steps = EPOCHS * (len(usable) // BATCH + 1)
    step = 0
    for _ in range(EPOCHS):
        order = draw.permutation(usable)
        for at in range(0, len(order), BATCH):
            batch = order[at : at + BATCH]
            rows = np.concatenate([np.arange(starts[k], starts[k + 1]) for k in batch])
            slopes = net.slopes(values[rows], sizes[batch], right[rows], weight[batch])
            step += 1
            rate = RATE * 0.5 * (1 + np.cos(np.pi * step / steps))
            for k, slope in enumerate(slopes):
                first[k] = 0.9 * first[k] + 0.1 * slope
                second[k] = 0.999 * second[k] + 0.001 * slope * slope
                move = (first[k] / (1 - 0.9**step)) / (
                    np.sqrt(second[k] / (1 - 0.999**step)) + 1e-8
                )
                net.parts[k] = (net.parts[k] - rate * move).astype(np.float32)
    return net


def _weights(block: Block) -> Any:
    """What each known post of a block weighs."""
    if block.family != "irc":
        # long quarrels on Twitter and Reddit, cut to one level, are unlike capped blogs
        flat = FLAT.get(block.family, 1.0) if block.layout in LAYOUTS[:2] else 1.0
        return np.full(len(block.sizes), flat * WEIGHT[block.family] / VARIANTS)
    starts = np.array([not truth for _, truth, _ in block.posts])
    return WEIGHT["irc"] * np.where(starts, STARTS, 1.0)


# ---- what comes out ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One known post as judged: the likeliest addressee, and what the baselines say."""

    block: Block
    chance: float
    nobody: float
    right: bool
    truth: tuple[int, ...]
    previous: bool
    opener: bool
    parent: bool


def judged(net: Net, block: Block, temperature: float = 1.0) -> list[Judged]:
    """Every known post of a block as the net judges it."""
    starts = np.concatenate([[0], np.cumsum(block.sizes)[:-1]])
    chances = scorer.chances(net.score(block.values).astype(float) / temperature, starts)
    found = []
    for start, size, (n, truth, parent) in zip(starts, block.sizes, block.posts, strict=True):
        group = chances[start + 1 : start + size]
        best = start + size - 1 - int(np.argmax(group[::-1])) if size > 1 else -1
        found.append(
            Judged(
                block=block,
                chance=float(chances[best]) if size > 1 else 0.0,
                nobody=float(chances[start]),
                right=bool(size > 1 and truth and block.right[best]),
                truth=truth,
                previous=n - 1 in truth,
                opener=0 in truth,
                parent=parent in truth,
            )
        )
    return found


def crossed(found: Sequence[Block]) -> list[tuple[Net, list[Block]]]:
    """Nets and the blocks that each has not seen: folds by thread; IRC logs are held out."""
    chat = [block for block in found if block.family == "irc"]
    rest = [b for b in found if b.family not in ("irc", "irc held", "irc dev")]
    nets = []
    for fold in range(FOLDS):
        net = fit([*chat, *(b for b in rest if fold_of(b.group) != fold)])
        unseen = [b for b in rest if fold_of(b.group) == fold]
        if fold == 0:
            unseen += [b for b in found if b.family in ("irc held", "irc dev")]
        nets.append((net, unseen))
    return nets


def temperature_of(nets: Sequence[tuple[Net, list[Block]]]) -> float:
    """The temperature at which unseen validation posts are likeliest, families weighing alike."""
    best, lowest = 1.0, np.inf
    for temperature in np.arange(0.8, 2.01, 0.05):
        losses: dict[str, list[float]] = {}
        for net, unseen in nets:
            for block in unseen:
                if block.family == "irc dev" or not (block.shown or block.family == "irc held"):
                    continue
                for post in judged(net, block, float(temperature)):
                    wrong = 1 - post.chance if not post.right else post.chance
                    losses.setdefault(block.family, []).append(-np.log(max(wrong, 1e-6)))
        loss = float(np.mean([np.mean(values) for values in losses.values()]))
        if loss < lowest:
            best, lowest = round(float(temperature), 2), loss
    return best


def least_of(posts: Sequence[Judged]) -> float:
    """The lowest `least` that gains as much as any, within half a point: 1 for a right answer, -1/2
    for a wrong one. The lowest, as the probability is told along with the addressee."""
    gain_of = {least: _gain(posts, least) for least in LEASTS}
    return min(least for least in LEASTS if gain_of[least] > max(gain_of.values()) - 0.005)


def _gain(posts: Sequence[Judged], least: float) -> float:
    """Mean gain of a threshold, families weighing alike."""
    gains: dict[str, list[float]] = {}
    for post in posts:
        told = post.chance >= least and post.chance >= AGAINST_NOBODY * post.nobody
        gain = 0.0 if not told else 1.0 if post.right else -0.5
        gains.setdefault(post.block.family, []).append(gain)
    return float(np.mean([np.mean(values) for values in gains.values()]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("pages", type=Path)
    options = parser.parse_args()
    found = blocks(options.data, options.pages)
    print(f"{len(found)} threads as laid out, {sum(len(b.sizes) for b in found)} known posts")
    unseen = crossed(found)
    temperature = temperature_of(unseen)
    posts = [
        post
        for net, held in unseen
        for block in held
        if block.family != "irc dev" and (block.shown or block.family == "irc held")
        for post in judged(net, block, temperature)
    ]
    least = least_of(posts)
    print(f"temperature {temperature}, least {least}")
    nets = []
    for draw in DRAWS:
        found = blocks(options.data, options.pages, draw)
        seen = [block for block in found if block.family not in ("irc held", "irc dev")]
        nets.append(fitted(seen, draw))
    write(averaged(nets), temperature, least)


def write(net: Net, temperature: float, least: float) -> None:
    """The package's data files."""
    linear, hidden, offset, output = net.parts
    model = scorer.Model(
        names=feature_names(),
        linear=linear,
        hidden=hidden,
        offset=offset,
        output=output,
        temperature=temperature,
    )
    folder = ROOT / "community" / "data"
    np.savez(folder / "answers.npz", **scorer.arrays_of(model))  # type: ignore[arg-type]
    settings = folder / "answers.toml"
    text = settings.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^least = \S+", f"least = {least}", text)
    text = re.sub(r"(?m)^against-nobody = \S+", f"against-nobody = {AGAINST_NOBODY}", text)
    settings.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
