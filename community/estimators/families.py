"""Families of features of a text: keys that are counted, over a vocabulary that was learned.

A *family* cuts each text into atoms (words, pairs of words, cues of the codebook), and each atom
into keys. For most families an atom is its own key; for character n-grams the atom is a word and
its n-grams are the keys, so that a word is cut up once however often it stands in the texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from community.codebook import Codebook
from community.coding import vader_scores
from community.coding.reading import make_reader
from community.learned.features import units

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|0|[!?]+|[^\w\s]")
_DIGITS = re.compile(r"\d+")
_HELD = re.compile(r"([^\W\d_])\1{2,}")
_LONGEST = 60  # characters of a word; what is longer is a link or a ruler, and is cut
_CONTEXT = frozenset("gkc")  # kinds of keys of community.learned.features: terms, cues, context
_SEVERAL = 3.0  # marks (! or ?) beyond this many say no more
TONES = ("positive", "negative", "neutral", "compound +", "compound -", "capitals", "!", "?")


def plain(text: str) -> str:
    """A text as words and n-grams see it: lower case, straight apostrophes, each run of digits
    as 0, letters that are held down shortened to two."""
    lower = text.lower().replace("’", "'")
    return _HELD.sub(r"\1\1", _DIGITS.sub("0", lower))


def word_runs(text: str, longest: int) -> list[str]:
    """The words of a text and its runs of 2 to `longest` words, joined by a space; marks count as
    words, and repeated ones as one."""
    words = [w[:1] if w[0] in "!?" else w for w in _WORD.findall(plain(text))]
    found = list(words)
    for size in range(2, longest + 1):
        found += map(" ".join, zip(*(words[n:] for n in range(size)), strict=False))
    return found


@lru_cache(maxsize=1 << 16)
def grams(word: str, shortest: int, longest: int) -> tuple[str, ...]:
    """The character n-grams of a word with a blank on either side, as scikit-learn's ``char_wb``
    takes them: a word shorter than n gives itself, once."""
    padded = f" {word} "
    found: list[str] = []
    for size in range(shortest, longest + 1):
        found.append(padded[:size])
        found += (padded[at : at + size] for at in range(1, len(padded) - size + 1))
        if len(padded) <= size:
            break
    return tuple(found)


def context_keys(texts: Sequence[str], codebook: Codebook) -> list[list[str]]:
    """For each text the terms and cues of the codebook that it holds, clause by clause: whose they
    are, whether denied or supposed, and the context of the clauses themselves."""
    read = make_reader(codebook)
    told = (units(read(text)) for text in texts)
    return [[key for unit in row for key in unit.keys if key[0] in _CONTEXT] for row in told]


def tones(texts: Sequence[str]) -> csr_matrix:
    """VADER's scores (Hutto and Gilbert 2014) and how loud a text is: texts by `TONES`, 0 to 1."""
    rows = []
    for text in texts:
        score = vader_scores.scores(text)
        compound, letters = score["compound"], max(1, len(text))
        rows.append([
            score["pos"], score["neg"], score["neu"], max(0.0, compound), max(0.0, -compound),
            sum(map(str.isupper, text)) / letters,
            *(min(_SEVERAL, text.count(mark)) / _SEVERAL for mark in "!?"),
        ])  # fmt: skip
    return csr_matrix(np.array(rows, float).reshape(len(rows), len(TONES)))


Atoms = Callable[[Sequence[str]], Iterable[list[str]]]
Keys = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Words:
    """Atoms: words and runs of up to `longest` words."""

    longest: int

    def __call__(self, texts: Sequence[str]) -> Iterable[list[str]]:
        return (word_runs(text, self.longest) for text in texts)


@dataclass(frozen=True, slots=True)
class Grams:
    """Atoms: what stands between blanks; keys: its character n-grams."""

    shortest: int
    longest: int

    def __call__(self, texts: Sequence[str]) -> Iterable[list[str]]:
        return ([word[:_LONGEST] for word in plain(text).split()] for text in texts)

    def keys(self, atom: str) -> tuple[str, ...]:
        """The n-grams of one word."""
        return grams(atom, self.shortest, self.longest)


@dataclass(frozen=True, slots=True)
class Context:
    """Atoms: keys of terms, cues and their context, by this codebook."""

    codebook: Codebook

    def __call__(self, texts: Sequence[str]) -> Iterable[list[str]]:
        return context_keys(texts, self.codebook)


@dataclass(slots=True)
class Vocabulary:
    """The keys that a family counts, and how."""

    atoms: Atoms
    keys: Keys | None = None  # None: an atom is its own key
    numbers: dict[str, int] = field(default_factory=dict)

    def learn(self, texts: Sequence[str], least: int) -> csr_matrix:
        """Take the keys that stand in at least `least` of the texts, and count them."""
        self.numbers = {}
        counts = self._count(texts, grow=True)
        texts_with = np.bincount(counts.indices, minlength=counts.shape[1])
        names = sorted(key for key, n in self.numbers.items() if texts_with[n] >= least)
        order = [self.numbers[name] for name in names]
        self.numbers = {name: number for number, name in enumerate(names)}
        taken = counts[:, order]
        taken.sort_indices()  # as `count` gives them: sums then agree to the last bit
        return taken

    def count(self, texts: Sequence[str]) -> csr_matrix:
        """How often each known key stands in each text: texts by keys."""
        return self._count(texts, grow=False)

    def _count(self, texts: Sequence[str], *, grow: bool) -> csr_matrix:
        if self.keys is None:
            return _table(self.atoms(texts), self.numbers, grow=grow)
        atoms: dict[str, int] = {}
        by_atom = _table(self.atoms(texts), atoms, grow=True)
        return by_atom @ _table(map(self.keys, atoms), self.numbers, grow=grow)


def _table(rows: Iterable[Sequence[str]], numbers: dict[str, int], *, grow: bool) -> csr_matrix:
    """Counts of names by row; new names are numbered if `grow`, else left out."""
    flat: list[int] = []
    starts = [0]
    for row in rows:
        if grow:
            flat += [numbers.setdefault(name, len(numbers)) for name in row]
        else:
            flat += [n for name in row if (n := numbers.get(name)) is not None]
        starts.append(len(flat))
    counts: Any = csr_matrix(
        (np.ones(len(flat)), np.array(flat, np.int32), np.array(starts, np.int64)),
        shape=(len(starts) - 1, len(numbers)),
    )
    counts.sum_duplicates()  # sorts too
    return counts
