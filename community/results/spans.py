"""The learned reading of a result sentence: spans of outcomes, arms and measures, and who is whose.

A linear-chain conditional random field (Lafferty et al. 2001) marks the spans: sparse features of
`tokens` and the static vectors of a word and its neighbours give each label a score, a table scores
the order of labels, and Viterbi's search finds the best sequence. A logistic model over `partners`
then says for each measure which outcome and which arm it belongs to. Trained on RCT-ART's training
part (Whitton and Hunter 2023) by ``benchmarks/train_spans.py``; card in ``models/spans``. Weights
are arrays in ``spans.npz``; numpy applies them.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from community import vectors
from community.errors import CodebookError
from community.results import partners, tokens
from community.results.endpoints import Hit
from community.results.groups import Arm
from community.results.quantities import Quantity
from community.types import Span

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Kind = Literal["outcome", "arm", "measure"]
KINDS: tuple[Kind, ...] = ("outcome", "arm", "measure")
LABELS = ("O", *(f"{mark} {kind}" for kind in KINDS for mark in ("B", "I")))
_FILE = "spans.npz"
_ARRAYS = ("names", "weights", "dense", "order", "first", "arm", "outcome", "arms", "outcomes")
_DIGITS = 6  # scores are rounded, so that the order of additions decides nothing
_REMEMBERED = 200_000  # keys of features whose rows are kept; then the memory starts anew
_LONGEST = 220  # tokens; no label is looked for beyond


@dataclass(frozen=True, slots=True)
class Model:
    """`names` of sparse features by row of `weights` (by `LABELS`); `dense` (three vectors by
    labels); `order` (label by next label); `first` (labels); the weights of `partners` features
    for arms and outcomes."""

    names: Mapping[str, int]
    weights: Floats
    dense: Floats
    order: Floats
    first: Floats
    arm: Mapping[str, float]
    outcome: Mapping[str, float]
    known: dict[tokens.Key, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Spans of a sentence, each kind in order, as offsets into it."""

    outcomes: tuple[Span, ...] = ()
    arms: tuple[Span, ...] = ()
    measures: tuple[Span, ...] = ()


def read(
    text: str, quantities: Sequence[Quantity], hits: Sequence[Hit], arms: Sequence[Arm]
) -> Reading:
    """The outcomes, arms and measures that a sentence names.

    Args:
        text: one sentence.
        quantities, hits, arms: what `quantities.find`, the vocabulary and `groups.arms` find in it.
    """
    places = tokens.tokens(text)[:_LONGEST]
    if not places:
        return Reading()
    model = default()
    found = tokens.keys(text, places, quantities, hits, arms)
    labels = _decode(model, _emissions(model, found, dense(text, places)))
    return reading(labels, places)


def reading(labels: Sequence[int], places: Sequence[Span]) -> Reading:
    """Spans from one label per token."""
    out: dict[str, list[Span]] = {kind: [] for kind in KINDS}
    for label, place in zip(labels, places, strict=True):
        mark, _, kind = LABELS[label].partition(" ")
        if mark == "B":
            out[kind].append(place)
        elif mark == "I" and out[kind]:
            out[kind][-1] = Span(out[kind][-1].start, place.end)
    return Reading(
        outcomes=tuple(out["outcome"]), arms=tuple(out["arm"]), measures=tuple(out["measure"])
    )


def dense(text: str, places: Sequence[Span]) -> Floats:
    """The static vectors of each token and of its two neighbours (tokens by 3 × `vectors.SIZE`)."""
    rows = np.stack([_vector(text[p.start : p.end]) for p in places])
    edge = np.zeros((1, vectors.SIZE))
    return np.hstack([rows, np.vstack([edge, rows[:-1]]), np.vstack([rows[1:], edge])])


@lru_cache(maxsize=20_000)
def _vector(word: str) -> Floats:
    found: Floats = vectors.default().embed([word])[0].astype(np.float64)
    return found


def _emissions(model: Model, found: Sequence[Sequence[tokens.Key]], beside: Floats) -> Floats:
    """The score of each label for each token (tokens by `LABELS`)."""
    scores: Floats = beside @ model.dense
    known = model.known
    rows: list[int] = []
    starts: list[int] = []
    for token in found:
        starts.append(len(rows))
        for key in token:
            numbers = known.get(key)
            if numbers is None:
                if len(known) > _REMEMBERED:
                    known.clear()
                names = tokens.named(key)
                numbers = [model.names[name] for name in names if name in model.names]
                known[key] = numbers
            rows += numbers
    # every token has a row at least: the feature "1" holds of all
    scores += np.add.reduceat(model.weights[rows], starts, axis=0)
    return np.round(scores, _DIGITS)


def _decode(model: Model, emissions: Floats) -> list[int]:
    """Viterbi's search: the labels with the highest sum of scores; the first of equals. A label
    that goes on with a span follows none but its beginning."""
    best, back = emissions[0] + model.first + _FIRST, []
    order = model.order + _ORDER
    for row in emissions[1:]:
        reached = best[:, None] + order
        back.append(reached.argmax(axis=0))
        best = reached.max(axis=0) + row
    path = [int(best.argmax())]
    for came in reversed(back):
        path.append(int(came[path[-1]]))
    return path[::-1]


def _allowed(last: str, label: str) -> bool:
    return label[0] != "I" or last[2:] == label[2:]


_ORDER = np.array([[0.0 if _allowed(a, b) else -1e6 for b in LABELS] for a in LABELS])
_FIRST = np.array([-1e6 if label[0] == "I" else 0.0 for label in LABELS])


def chances(
    text: str, measures: Sequence[Span], candidates: Sequence[Span], kind: Literal["arm", "outcome"]
) -> Floats:
    """How likely each candidate is the partner of each measure (measures by candidates)."""
    weights = default().arm if kind == "arm" else default().outcome
    field = partners.Field(text=text, measures=tuple(measures), candidates=tuple(candidates))
    placed = partners.runs(text, field.measures)
    scores = np.zeros((len(field.measures), len(field.candidates)))
    for at in range(len(field.measures)):
        for which in range(len(field.candidates)):
            found = partners.features(field, at, which, placed[at])
            scores[at, which] = weights[""] + sum(weights.get(name, 0.0) for name in found)
    made: Floats = 1 / (1 + np.exp(-np.round(scores, _DIGITS)))
    return made


@cache
def default() -> Model:
    """The model that comes with the package.

    Raises:
        CodebookError: the file lacks an array.
    """
    return unpack(resources.files("community").joinpath("data", _FILE).read_bytes())


def unpack(data: bytes) -> Model:
    """A model from the bytes of its npz: arrays, never code. `pack` makes them.

    Raises:
        CodebookError: an array is missing.
    """
    with np.load(io.BytesIO(data), allow_pickle=False) as found:
        if missing := sorted(set(_ARRAYS) - set(found.files)):
            raise CodebookError(_FILE, f"lacks the arrays {', '.join(missing)}")
        names = _strings(found["names"])
        arm, outcome = (
            dict(zip(_strings(found[kind + "s"]), found[kind].tolist(), strict=True))
            for kind in ("arm", "outcome")
        )
        weights, dense, order, first = (
            found[key].astype(np.float64) for key in ("weights", "dense", "order", "first")
        )
    numbered = {name: at for at, name in enumerate(names)}
    return Model(numbered, weights, dense, order, first, arm, outcome)


def _strings(array: npt.NDArray[Any]) -> list[str]:
    return array.tobytes().decode("utf-8").split("\n")


def pack(model: Model) -> bytes:
    """A model as the bytes of an npz, weights in half precision."""

    def text(names: Sequence[str]) -> npt.NDArray[np.uint8]:
        return np.frombuffer("\n".join(names).encode("utf-8"), np.uint8)

    arrays: dict[str, Any] = {
        "names": text(list(model.names)),
        "weights": model.weights.astype(np.float16),
        "dense": model.dense.astype(np.float16),
        "order": model.order.astype(np.float32),
        "first": model.first.astype(np.float32),
        "arms": text(list(model.arm)),
        "outcomes": text(list(model.outcome)),
        "arm": np.array(list(model.arm.values()), np.float32),
        "outcome": np.array(list(model.outcome.values()), np.float32),
    }
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()
