"""Lists of single words, as data: what they weigh, and of which language they are.

Words weigh as in VADER's lexicon (Hutto and Gilbert 2014), except where ``data/valence.toml`` says
that they mean something else in the field, or nothing.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from spacy.lang.en.stop_words import STOP_WORDS
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What ``data/valence.toml`` holds: weights of lexicon groups, words that make an ill less,
    words that open a contrast, and general words that mean something else here, or nothing."""

    groups: dict[str, float]
    reducing: frozenset[str]
    contrast: frozenset[str]
    plain: frozenset[str]


@cache
def weights() -> Weights:
    """The packaged weights."""
    data = _data("valence.toml")
    return Weights(
        groups=data["groups"],
        reducing=frozenset(data["reducing"].split()),
        contrast=frozenset(data["contrast"].split()),
        plain=frozenset(data["plain"].split()),
    )


@cache
def valences() -> dict[str, float]:
    """Valence of words in lower case."""
    lexicon: dict[str, float] = SentimentIntensityAnalyzer().lexicon
    plain = weights().plain | STOP_WORDS
    return {word: value for word, value in lexicon.items() if word not in plain}


@cache
def smiles() -> dict[str, float]:
    """Valence of emoji, by the words of VADER's description of each."""
    analyser = SentimentIntensityAnalyzer()
    words: dict[str, float] = analyser.lexicon
    return {
        emoji: sum(words.get(word, 0.0) for word in text.lower().split())
        for emoji, text in analyser.emojis.items()
    }


@cache
def stop_words() -> dict[str, frozenset[str]]:
    """Function words by language; those that English shares count for English alone."""
    words = _data("languages.toml")["words"]
    english = frozenset(words["en"].split())
    return {
        tag: english if tag == "en" else frozenset(text.split()) - english
        for tag, text in words.items()
    }


@cache
def tongues() -> dict[str, tuple[str, ...]]:
    """Languages, English left out, of each function word."""
    found: dict[str, tuple[str, ...]] = {}
    for tag, words in stop_words().items():
        for word in words if tag != "en" else ():
            found[word] = (*found.get(word, ()), tag)
    return found


def _data(name: str) -> dict[str, Any]:
    file = resources.files("community").joinpath("data", name)
    return tomllib.loads(file.read_text(encoding="utf-8"))
