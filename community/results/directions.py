"""Which way a result points, learned: for an outcome's words, for a clause, for two arms compared.

`high` judges by static vectors whether more of an outcome is good or bad for the people treated,
where the vocabulary does not know it. `way` judges a clause that tells a result without a number.
`compared` judges whether an outcome was higher, lower or no different with an intervention than
with a comparator; the task is that of Evidence Inference (Lehman et al. 2019).
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

import numpy as np

from community.results import linear
from community.results.endpoints import Vocabulary
from community.results.linear import Floats
from community.results.telling import bare, embedded
from community.types import Direction

VECTOR_SHARE = 3.0
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|<[a-z]>")
_WAYS: tuple[Direction, ...] = ("favourable", "unfavourable", "neutral")
# The mark that stands for the outcome's words: more of it is good, bad, or nobody can say.
_MARKS = {"favourable": "<g>", "unfavourable": "<b>", "neutral": "<n>"}
# Below this chance the words of an outcome do not tell whether more of it is good or bad.
_SURE_HIGH = 0.55


@lru_cache(maxsize=4096)
def high(name: str, sure: float = _SURE_HIGH) -> Direction:
    """What more of an outcome means for the people treated; neutral where the chance of that is
    less than `sure`."""
    vector = embedded(name)[None] * VECTOR_SHARE
    keys = [high_keys(name)]
    chances = linear.packaged()["high"].chances(keys, np.ones(1), vector)[0]
    best = int(chances.argmax())
    return _WAYS[best] if chances[best] >= sure else "neutral"


def high_keys(name: str) -> list[str]:
    """The words of an outcome's name, and the ends of its last word."""
    words = _WORD.findall(name.lower())
    return words + ([f"-{words[-1][-4:]}", f"last:{words[-1]}"] if words else [])


def anchor(text: str, start: int, end: int, vocabulary: Vocabulary) -> tuple[int, int, Direction]:
    """The outcome at a place: where the vocabulary names it, its words and what more of it means;
    else the words given and what `high` makes of them."""
    for hit in vocabulary.hits(text):
        if hit.start < end and start < hit.end and hit.endpoint.family != "conduct":
            return hit.start, hit.end, hit.endpoint.high
    return start, end, high(text[start:end])


def marked(text: str, start: int, end: int, means: Direction) -> str:
    """A clause with the outcome's words replaced by a mark for what more of it means."""
    return f"{text[:start]} {_MARKS[means]} {text[end:]}"


def way_keys(clause: str, vocabulary: Vocabulary) -> list[str]:
    """Names of the features of a marked clause: words, pairs, what stands near the mark, cues, and
    all of it once more with what the mark says."""
    plain = bare(clause).lower().replace("’", "'")
    words = _WORD.findall(plain)[:120]
    sign = next((w for w in words if w in _MARKS.values()), "<n>")
    keys = [*words, *(f"{a} {b}" for a, b in pairwise(["^", *words, "$"]))]
    cues = [n for n in vocabulary.names("result") if vocabulary.has("result", n, plain)]
    keys += [f"#{name}" for name in cues] + [f"#{a}+{b}" for a, b in pairwise(cues)]
    at = words.index(sign) if sign in words else len(words)
    keys += [f"before:{w}" for w in words[max(0, at - 4) : at]]
    keys += [f"after:{w}" for w in words[at + 1 : at + 6]]
    before = plain.partition(sign)[0]
    keys += [f"#before.{name}" for name in cues if vocabulary.has("result", name, before)]
    return keys + [f"{sign}{key}" for key in keys if " " not in key]


def way(clause: str, vocabulary: Vocabulary) -> tuple[Direction, float]:
    """Which way a marked clause points for the people treated, and the chance of it."""
    keys = way_keys(clause, vocabulary)
    vector = clause_vector(clause)[None]
    chances = linear.packaged()["way"].chances([keys], np.array([way_scale(keys)]), vector)[0]
    best = int(chances.argmax())
    return _WAYS[best], float(chances[best])


def way_scale(keys: list[str]) -> float:
    """What one feature weighs: less, the more there are."""
    return 3 / float(np.sqrt(max(4, len(keys) / 4)))


def _unmarked(clause: str) -> str:
    return re.sub(r"<[gbn]>", " ", bare(clause))


def clause_vector(clause: str) -> Floats:
    """The static vector of a marked clause, weighed as the head was trained."""
    return embedded(_unmarked(clause)) * VECTOR_SHARE
