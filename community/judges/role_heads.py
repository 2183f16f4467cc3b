"""The learned judge of who writes: words and pairs of words become the chances of four roles.

Two steps, each linear. *Heads*, one per role, weigh a post's words and pairs of neighbouring words:
what stands ``c`` times counts ``log(1 + c)``, and the sum is divided by the square root of the
number of words and a few more, so that length alone says little. The *stack*, a multinomial
logistic model (stacked generalisation, Wolpert 1992), weighs the heads' logits, the mean logits of
the author's other posts in the thread, what the rules say of both, and the length. Of each post it
sees only the post and others by its author. scikit-learn trained both
(``benchmarks/train_roles.py``, card in ``models/roles``); weights stand in ``roles.npz`` as arrays
and JSON, and numpy applies them.

Texts come folded (`community.text.fold`). A post most of whose words the heads do not know (another
language, a lone name) is not *understood*: the heads say nothing of it.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from community.errors import CodebookError
from community.types import Role

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
ROLES: tuple[Role, ...] = ("patient", "carer", "professional", "unknown")
INPUTS = (
    *(f"own {role}" for role in ROLES),
    *(f"others {role}" for role in ROLES),
    "has others",
    *(f"rules {role}" for role in ROLES[:3]),
    *(f"rules of others {role}" for role in ROLES[:3]),
    "words",
)
_FILE = "roles.npz"
_ARRAYS = ("words", "pairs", "rows", "bias", "stack")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[?!]")
_DIGITS = re.compile(r"\d+")
SHORT = 5  # words added to the length of a post: from very few words little follows
_UNKNOWN, _START, _END = 0, 1, 2  # numbers of no word: one not known, and a post's two ends
FIRST = 3
_LEAST_KNOWN = 0.6  # of its words; English posts know nine of ten, other languages less than half
_MOST_SURE = 0.99  # of what a rule may claim
_AT_ONCE = 500  # texts whose features are held together
_DIGITS_KEPT = 6  # logits are rounded, so that the order of additions decides nothing


@dataclass(frozen=True, slots=True)
class Stack:
    """Weights of the second step: `weights` (roles by `INPUTS`), `bias` (roles)."""

    weights: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class Model:
    """`words` by number; `pairs` (at least one) as sorted codes of two numbers; `rows` (words, then
    pairs, then a row of zeros, by roles) and `bias` (roles) of the heads; the stack."""

    words: Mapping[str, int]
    pairs: Ints
    rows: Floats
    bias: Floats
    stack: Stack


@dataclass(frozen=True, slots=True)
class Heard:
    """What the heads make of posts: `logits` (posts by roles), `lengths` in words, and which posts
    are `understood`; rows of the others are 0."""

    logits: Floats
    lengths: Floats
    understood: Truths


def tokens(text: str) -> list[str]:
    """The words of a folded text, digits as 0; question and exclamation marks are words too."""
    return _WORD.findall(_DIGITS.sub("0", text))


def numbered(words: Iterable[str]) -> dict[str, int]:
    """Words by number, in order."""
    return {word: number for number, word in enumerate(words, FIRST)}


def bounded(words: Mapping[str, int], found: Iterable[str]) -> list[int]:
    """Numbers of a text's words between those of its two ends; `_UNKNOWN` of a word not known."""
    return [_START, *(words.get(word, _UNKNOWN) for word in found), _END]


def codes(first: Ints, second: Ints) -> Ints:
    """One number for each pair of word numbers."""
    return (first << 32) | second


def features(model: Model, texts: Sequence[str]) -> tuple[Ints, Ints, Floats, Ints, Ints]:
    """Words and pairs of folded texts that the heads know, each once per text.

    Returns:
        Owner (place of the text), number (row of `Model.rows`) and count weight of each; then per
        text the number of words and of known words.
    """
    read = [bounded(model.words, tokens(text)) for text in texts]
    sizes = np.array([len(row) for row in read], np.int64)
    flat = np.fromiter(chain.from_iterable(read), np.int64, int(sizes.sum()))
    owners = np.repeat(np.arange(len(texts)), sizes)
    known = flat >= FIRST
    at, hit = _look_up(model, codes(flat[:-1], flat[1:]))
    rows = len(model.rows)
    found = np.concatenate(
        [
            owners[known] * rows + flat[known] - FIRST,
            owners[:-1][hit] * rows + at[hit] + len(model.words),
        ]
    )
    each, counts = np.unique(found, return_counts=True)
    known_words = np.bincount(owners[known], minlength=len(texts))
    return each // rows, each % rows, np.log1p(counts), sizes - 2, known_words


def _look_up(model: Model, wanted: Ints) -> tuple[Ints, Truths]:
    """The place of each code among the pairs, and whether it is one of them."""
    at = np.minimum(np.searchsorted(model.pairs, wanted), len(model.pairs) - 1)
    return at, model.pairs[at] == wanted


def hear(model: Model, texts: Sequence[str]) -> Heard:
    """The heads' logits of folded texts (a text without words is not understood)."""
    parts = [_hear(model, texts[at : at + _AT_ONCE]) for at in range(0, len(texts), _AT_ONCE)]
    parts = parts or [_hear(model, ())]
    return Heard(
        np.concatenate([part.logits for part in parts]),
        np.concatenate([part.lengths for part in parts]),
        np.concatenate([part.understood for part in parts]),
    )


def _hear(model: Model, texts: Sequence[str]) -> Heard:
    owners, numbers, counts, lengths, known = features(model, texts)
    summed = np.zeros((len(texts), len(ROLES)))
    if len(owners):
        starts = np.flatnonzero(np.diff(owners, prepend=-1))
        weighed = model.rows[numbers] * counts[:, None]
        summed[owners[starts]] = np.add.reduceat(weighed, starts, axis=0)
    logits = summed / np.sqrt(lengths + SHORT)[:, None] + model.bias
    understood = known >= np.maximum(1, _LEAST_KNOWN * lengths)
    kept = np.where(understood[:, None], np.round(logits, _DIGITS_KEPT), 0.0)
    return Heard(kept, lengths.astype(np.float64), understood)


def inputs(heard: Heard, ruled: Floats, authors: Sequence[int]) -> Floats:
    """What the stack weighs of each post (posts by `INPUTS`).

    Args:
        heard: what the heads make of the posts of one thread.
        ruled: chances by the rules (posts by the first three roles).
        authors: a number per post, the same for posts of one author; -1 where nobody is known to
            have written others.
    """
    others = np.zeros_like(heard.logits)
    has = np.zeros((len(others), 1))
    evidence = -np.log(1 - np.minimum(ruled, _MOST_SURE))
    of_others = np.zeros_like(evidence)
    groups: dict[int, list[int]] = {}
    for place, author in enumerate(authors):
        groups.setdefault(author, []).append(place)
    groups.pop(-1, None)
    for group in groups.values():
        if len(group) > 1:
            places = np.array(group)
            of_others[places] = _most_of_others(evidence[places])
            others[places], has[places] = _mean_of_others(heard, places)
    size = np.log(np.maximum(heard.lengths, 1))[:, None]
    return np.hstack([heard.logits, others, has, evidence, of_others, size])


def backed(values: Floats) -> Truths:
    """Whether a rule speaks for a role, in the post or in others by its author (posts by the first
    three roles), from what the stack weighs."""
    first, others = INPUTS.index("rules patient"), INPUTS.index("rules of others patient")
    found: Truths = values[:, first : first + 3] + values[:, others : others + 3] > 0
    return found


def _most_of_others(values: Floats) -> Floats:
    """Per row and column the largest value in the other rows."""
    second, most = np.sort(values, axis=0)[-2:]
    # where the largest stands twice, the second is the largest too
    found: Floats = np.where(values == most, second, most)
    return found


def _mean_of_others(heard: Heard, places: Ints) -> tuple[Floats, Floats]:
    """Per post the mean logits of the others that are understood, and whether there are any."""
    own, understood = heard.logits[places], heard.understood[places, None]
    rest = understood.sum() - understood
    mean = (own.sum(axis=0) - own) / np.maximum(rest, 1)
    has = rest > 0
    return np.where(has, np.round(mean, _DIGITS_KEPT), 0.0), has.astype(np.float64)


def chances(stack: Stack, values: Floats) -> Floats:
    """The chance of each role (posts by `ROLES`); rows add up to 1."""
    logits = np.round((values[:, None, :] * stack.weights).sum(axis=2) + stack.bias, _DIGITS_KEPT)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    found: Floats = powers / powers.sum(axis=1, keepdims=True)
    return found


def telling(model: Model, text: str, role: Role) -> list[tuple[int, int]]:
    """Pairs of words that speak for a role, most telling first, as characters of a folded text;
    none where the text as a whole speaks rather against it.

    A pair's strength is what it and its words add to the head of the role, beyond what they add to
    the strongest of the others.
    """
    found = list(_WORD.finditer(_DIGITS.sub(lambda match: "0" * len(match[0]), text)))
    if len(found) < 2:
        return []
    get, column = model.words.get, ROLES.index(role)
    numbers = np.array([get(_DIGITS.sub("0", m[0]), _UNKNOWN) for m in found], np.int64)
    at, hit = _look_up(model, codes(numbers[:-1], numbers[1:]))
    words = model.rows[np.where(numbers >= FIRST, numbers - FIRST, -1)]
    pairs = model.rows[np.where(hit, at + len(model.words), -1)]
    strengths = _beyond(pairs + words[:-1] + words[1:], column)
    if _beyond((words.sum(axis=0) + pairs.sum(axis=0))[None], column)[0] <= 0:
        return []
    order = np.argsort(-strengths, kind="stable")
    return [(found[n].start(), found[n + 1].end()) for n in order.tolist() if strengths[n] > 0]


def _beyond(rows: Floats, column: int) -> Floats:
    """Per row how much one column is above the largest of the others."""
    difference: Floats = rows[:, column] - np.delete(rows, column, axis=1).max(axis=1)
    return difference


@cache
def packaged() -> Model:
    """The model that comes with the package.

    Raises:
        CodebookError: the file lacks an array, or its stack has other inputs.
    """
    return unpack(resources.files("community").joinpath("data", _FILE).read_bytes())


def unpack(data: bytes) -> Model:
    """A model from the bytes of its npz: arrays and JSON, never code. `pack` makes them.

    Raises:
        CodebookError: an array is missing, or the stack has other inputs or roles.
    """
    with np.load(io.BytesIO(data), allow_pickle=False) as found:
        if missing := sorted(set(_ARRAYS) - set(found.files)):
            raise CodebookError(_FILE, f"lacks the arrays {', '.join(missing)}")
        names = found["words"].tobytes().decode("utf-8").split("\n")
        record = json.loads(found["stack"].tobytes())
        pairs = found["pairs"].astype(np.int64)
        rows, bias = (found[name].astype(np.float64) for name in ("rows", "bias"))
    rows = np.vstack([rows, np.zeros(len(ROLES))])
    if (record["roles"], record["inputs"]) != (list(ROLES), list(INPUTS)):
        raise CodebookError(_FILE, "its stack has other inputs or roles", "train it anew")
    stack = Stack(np.array(record["weights"]), np.array(record["bias"]))
    return Model(numbered(names), codes(pairs[:, 0], pairs[:, 1]), rows, bias, stack)


def pack(model: Model) -> bytes:
    """A model as the bytes of an npz, weights in half precision."""
    pairs = np.stack([model.pairs >> 32, model.pairs & 0xFFFFFFFF], axis=1)
    record = {
        "roles": ROLES,
        "inputs": INPUTS,
        "weights": model.stack.weights.round(5).tolist(),
        "bias": model.stack.bias.round(5).tolist(),
    }
    arrays: dict[str, Any] = {
        "words": np.frombuffer("\n".join(model.words).encode("utf-8"), np.uint8),
        "pairs": pairs.astype(np.uint16),
        "rows": model.rows[:-1].astype(np.float16),
        "bias": model.bias.astype(np.float32),
        "stack": np.frombuffer(json.dumps(record, sort_keys=True).encode("utf-8"), np.uint8),
    }
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()
