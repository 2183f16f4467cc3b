"""Whether a post is written in a language that the codebook covers: a detector by stop words.

Short posts without any stop word count as covered: names, numbers and *lol* belong to no language.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib import resources
from itertools import islice

from spacy.tokens import Doc

_LOOK = 400  # tokens that are read
_FEW = 3  # foreign stop words that it takes


@cache
def _stop_words() -> dict[str, frozenset[str]]:
    """Function words by language; those that English shares count for English alone."""
    file = resources.files("community").joinpath("data", "languages.toml")
    words = tomllib.loads(file.read_text(encoding="utf-8"))["words"]
    english = frozenset(words["en"].split())
    return {
        tag: english if tag == "en" else frozenset(text.split()) - english
        for tag, text in words.items()
    }


@cache
def _languages_of() -> dict[str, tuple[str, ...]]:
    """Languages of each function word."""
    found: dict[str, tuple[str, ...]] = {}
    for tag, words in _stop_words().items():
        for word in words:
            found[word] = (*found.get(word, ()), tag)
    return found


def foreign(stated: str | None, doc: Doc, languages: Sequence[str]) -> bool:
    """Whether the post is in none of `languages` (BCP 47 primary tags, ``en`` or one we know).

    Args:
        stated: what the source says of the post's language; believed where it says anything.
        doc: the post's words.
        languages: what the codebook covers.
    """
    if stated:
        return stated.replace("_", "-").split("-")[0].lower() not in languages
    words = [token.lower_ for token in islice(doc, _LOOK) if token.is_alpha]
    script = _other_script(doc.text)
    if script or len(words) < 4:
        return script
    counts = dict.fromkeys(_stop_words(), 0)
    for word in words:
        for tag in _languages_of().get(word, ()):
            counts[tag] += 1
    english = counts.pop("en")
    best = max(counts, key=lambda tag: counts[tag])
    if counts[best] >= _FEW and counts[best] > english:
        return best not in languages
    return "en" not in languages


def _other_script(text: str) -> bool:
    """Whether most letters are not Latin ones."""
    if text.isascii():
        return False
    letters = [c for c in text[: 4 * _LOOK] if c.isalpha()]
    latin = sum(c.isascii() or "LATIN" in unicodedata.name(c, "") for c in letters)
    return len(letters) >= 4 and latin < len(letters) / 2
