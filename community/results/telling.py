"""Whether a sentence tells a result, and which of its words name what was measured.

Two linear heads (`linear`). One hears a sentence without its numbers: words, pairs of words, the
cues of the vocabulary, tense, and a static vector; it tells results from aims, definitions,
forecasts, background, methods, mechanisms and opinions. The other hears each word with its
neighbours and tells the words of an outcome from all others; it needs no list of endpoints.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np

from community import vectors
from community.results import linear
from community.results.endpoints import Vocabulary
from community.results.linear import Floats

_NUMBERED = re.compile(
    r"\([^()]{0,200}\d[^()]{0,200}\)|\[[^\[\]]{0,200}\d[^\[\]]{0,200}\]|\S*\d\S*"
)
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[?!\"]")
_TOKEN = re.compile(r"[A-Za-z][\w'’-]*|[^\w\s]|\d[\w.,%]*")
_QUOTES = str.maketrans("’“”", '\'""')
_IRREGULAR = frozenset(
    re.findall(
        r"\w+",
        "was were had did fell rose grew got became felt lost kept held came went gave made took "
        "saw led fared sank ran met beat",
    )
)
_MODAL = frozenset(("may", "might", "could", "would", "should", "will", "can", "must"))
_NOW = frozenset(("is", "are", "has", "have", "does", "do"))
# What the vector weighs beside the words; the heads were trained with these.
SENTENCE_SHARE, WORD_SHARE = 2.0, 3.0
# A sentence of more words than this is no sentence: nothing is read beyond.
_MOST_WORDS = 250
_JOINS = re.compile(
    r"(?i)^(?:of|and|or|to|in|the|a|an|for|with|on|by|their|its|less|more|fewer)\s+"
)


def bare(text: str) -> str:
    """A sentence without its numbers and what stands in brackets with them."""
    return " ".join(_NUMBERED.sub(" ", text).split())


def sentence_keys(text: str, vocabulary: Vocabulary) -> list[str]:
    """Names of the features that a sentence shows."""
    plain = bare(text)
    words = _WORD.findall(plain.lower().translate(_QUOTES))[:_MOST_WORDS]
    keys = [*words, *(f"{a} {b}" for a, b in pairwise(["^", *words, "$"]))]
    for group in ("cue", "result"):
        has = (n for n in vocabulary.names(group) if vocabulary.has(group, n, plain))
        keys += [f"#{group}.{name}" for name in has]
    families = sorted({hit.endpoint.family for hit in vocabulary.hits(text)})
    keys += [f"#family.{family}" for family in families] + (["#hit"] if families else [])
    past = sum(w in _IRREGULAR or (len(w) > 4 and w.endswith("ed")) for w in words)
    keys.append(f"#past{min(2, past)}")
    keys += ["#now"] if _NOW.intersection(words) else []
    keys += ["#modal"] if _MODAL.intersection(words) else []
    keys += ["#open"] if text.rstrip()[-1:] not in '.!?"”’' else []
    keys.append(f"#length{min(5, len(words) // 6)}")
    keys.append(f"#first.{words[0]}" if words else "#wordless")
    keys.append(f"#capitals{sum(w[:1].isupper() for w in plain.split()[:_MOST_WORDS]) > 1:d}")
    return keys


def scale(keys: Sequence[str]) -> float:
    """What one feature of a sentence weighs: less, the more words it has."""
    words = sum(not key.startswith("#") for key in keys)
    return 3 / float(np.sqrt(max(4, words / 2)))


# What the sentences before and after add to a sentence's own logit, which is kept within bounds.
_BESIDE, _BOUND = 0.2, 4.0


def results(texts: Sequence[str | None], vocabulary: Vocabulary) -> list[float]:
    """The chance of each sentence of a passage that it tells a result; results stand together, so
    a sentence leans towards those beside it. None stands for a sentence that nobody asks about."""
    chances = np.array([0.5 if text is None else result(text, vocabulary) for text in texts])
    odds = np.clip(chances, 1e-6, 1 - 1e-6)
    logits = np.clip(np.log(odds / (1 - odds)), -_BOUND, _BOUND)
    padded = np.concatenate([logits[:1], logits, logits[-1:]])
    leaning = logits + _BESIDE * (padded[:-2] + padded[2:])
    return [float(c) for c in linear.chances(leaning[:, None])[:, 0]]


@lru_cache(maxsize=4096)
def result(text: str, vocabulary: Vocabulary) -> float:
    """The chance that a sentence (or a clause of one) tells a result, 0 to 1."""
    keys = sentence_keys(text, vocabulary)
    vector = embedded(bare(text))[None] * SENTENCE_SHARE
    head = linear.packaged()["result"]
    return float(head.chances([keys], np.array([scale(keys)]), vector)[0, 0])


def tokens(text: str) -> list[re.Match[str]]:
    """Words, numbers and signs of a sentence, with offsets."""
    return [m for m, _ in zip(_TOKEN.finditer(text), range(_MOST_WORDS), strict=False)]


def folded(found: Sequence[re.Match[str]]) -> list[str]:
    """The tokens in lower case, digits as 0."""
    return [re.sub(r"\d", "0", m[0].lower().replace("’", "'")) for m in found]


def word_keys(words: Sequence[str]) -> list[list[str]]:
    """Names of the features of each token: itself, three neighbours on each side, pairs, ends."""
    padded = ["^^^", "^^", "^", *words, "$", "$$", "$$$"]
    out = []
    for at in range(len(words)):
        near = padded[at : at + 7]
        keys = [f"{n - 3}:{word}" for n, word in enumerate(near)]
        keys += [f"b:{near[2]} {near[3]}", f"c:{near[3]} {near[4]}"]
        keys += [f"d:{near[1]} {near[2]}", f"e:{near[4]} {near[5]}"]
        keys += [f"s:{near[3][-3:]}", f"p:{near[2][-2:]}", f"n:{near[4][-2:]}"]
        keys.append(f"at{min(3, at * 4 // len(words))}" if at else "at first")
        out.append(keys)
    return out


def word_vectors(words: Sequence[str]) -> Floats:
    """Each token's static vector, that of the one before and of the one after, side by side."""
    own = _vectors(tuple(words))
    none = np.zeros((1, own.shape[1]))
    return np.hstack([own, np.vstack([none, own[:-1]]), np.vstack([own[1:], none])])


def _vectors(words: tuple[str, ...]) -> Floats:
    return np.array([_vector(word) for word in words]).reshape(len(words), vectors.SIZE)


@lru_cache(maxsize=20_000)
def _vector(word: str) -> Floats:
    return embedded(word) * WORD_SHARE


def embedded(text: str) -> Floats:
    """The static vector of one text, as `Vectors.embed` makes it of many, without its matrix."""
    table = vectors.default()
    ids = sorted(table.ids(text))
    if not ids:
        return np.zeros(vectors.SIZE)
    summed = table.rows[ids].astype(np.float64).sum(axis=0)
    found: Floats = np.round(summed / max(float(np.linalg.norm(summed)), 1e-9), 6)
    return found


@lru_cache(maxsize=20_000)
def _word_weights(word: str) -> Floats:
    """What a word adds to the tokens around it: at seven distances, by its ends, by its vector at
    three distances. The sums are those of `word_keys` and `word_vectors`, gathered per word."""
    head = linear.packaged()["outcome"]
    names = [f"{at}:{word}" for at in range(-3, 4)]
    names += [f"s:{word[-3:]}", f"p:{word[-2:]}", f"n:{word[-2:]}"]
    last = len(head.rows) - 1
    own = [float(head.rows[head.index.get(name, last), 0]) for name in names]
    marks = ("^^^", "^^", "^", "$", "$$", "$$$")
    vector = np.zeros(vectors.SIZE) if word in marks else _vector(word)
    parts = head.dense[:, 0].reshape(3, vectors.SIZE)
    return np.array(own + [float((vector * part).sum()) for part in parts])


@lru_cache(maxsize=40_000)
def _pair_weights(first: str, second: str) -> Floats:
    head = linear.packaged()["outcome"]
    last = len(head.rows) - 1
    return np.array(
        [head.rows[head.index.get(f"{k}:{first} {second}", last), 0] for k in ("b", "c", "d", "e")]
    )


def outcome_chances(words: Sequence[str]) -> Floats:
    """The chance of each token that it names an outcome: the head applied to `word_keys` and
    `word_vectors`, from weights that are remembered per word and per pair."""
    head = linear.packaged()["outcome"]
    count = len(words)
    padded = ["^^^", "^^", "^", *words, "$", "$$", "$$$"]
    own = np.array([_word_weights(word) for word in padded])
    pairs = np.array([_pair_weights(a, b) for a, b in pairwise(padded)])
    sums = np.zeros(count) + head.bias[0]
    for at in range(7):
        sums += own[at : at + count, at]
    sums += own[3 : 3 + count, 7] + own[2 : 2 + count, 8] + own[4 : 4 + count, 9]
    sums += own[3 : 3 + count, 10] + own[2 : 2 + count, 11] + own[4 : 4 + count, 12]
    for at, place in enumerate((2, 3, 1, 4)):
        sums += pairs[place : place + count, at]
    last = len(head.rows) - 1
    for at in range(count):
        name = f"at{min(3, at * 4 // count)}" if at else "at first"
        sums[at] += head.rows[head.index.get(name, last), 0]
    return linear.chances(sums[:, None])[:, 0]


def outcomes(text: str) -> list[tuple[int, int, float]]:
    """Stretches of a sentence that name an outcome, most likely first: start, end, chance."""
    found = tokens(text)
    if not found:
        return []
    chances = outcome_chances(folded(found))
    for least in (0.5, 0.3, 0.15):
        runs = [_trimmed(text, *run) for run in _runs(found, chances, least)]
        if kept := [run for run in runs if run[1] - run[0] > 2 and not _proper(text, *run[:2])]:
            return sorted(kept, key=lambda run: (-run[2], run[0]))
    return []


def _runs(
    found: Sequence[re.Match[str]], chances: Floats, least: float
) -> list[tuple[int, int, float]]:
    """Runs of tokens whose chance is `least` or more."""
    out: list[tuple[int, int, float]] = []
    begun = -1
    for at in range(len(found) + 1):
        inside = at < len(found) and chances[at] >= least and found[at][0] not in ',;:().“”"'
        if inside and begun < 0:
            begun = at
        elif not inside and begun >= 0:
            most = float(chances[begun:at].max())
            out.append((found[begun].start(), found[at - 1].end(), most))
            begun = -1
    return out


def _proper(text: str, start: int, end: int) -> bool:
    """Whether a stretch is part of a proper name ("published in Respiratory Letters"); where most
    words have capitals, as in headlines, nobody can say."""
    words = re.findall(r"[^\W\d_][\w-]{3,}", text)
    if sum(w[0].isupper() for w in words) > 0.5 * len(words) or not text[start].isupper():
        return False
    before = re.search(r"([\w-]+),? (?:of |and |for |the )*$", text[:start])
    after = re.match(r",? (?:of |and |for |the )*([\w-]+)", text[end:])
    neighbours = [m[1] for m in (before, after) if m]
    own = text[start:end].split()
    return (
        start > 0
        and (len(own) > 1 or any(w[0].isupper() for w in neighbours))
        and all(
            w[0].isupper() and not w.isupper()
            for w in own
            if w.lower() not in ("of", "and", "for", "the")
        )
    )


def _trimmed(text: str, start: int, end: int, chance: float) -> tuple[int, int, float]:
    while lead := _JOINS.match(text[start:end]):
        start += lead.end()
    words = text[start:end]
    tail = re.search(r"(?i)(?:\s+(?:of|and|or|in|to|for|with|on|the|a|an))+$", words)
    return start, end - (len(tail[0]) if tail else 0), chance
