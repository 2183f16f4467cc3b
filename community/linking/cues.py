"""The cues of ``data/relations.toml``, and a matcher that finds them in one pass.

The file has strict keys: cues of each relation, endpoints in plain words (``concept``), lists of
words that point or negate (``words``), countries with their people (``places``), and words of
trials' names that name none of them (``generic``).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from community.errors import CodebookError
from community.lexicon import expand
from community.results.quantities import number
from community.text import Word

_TAGS, _PREFIX = " ", " *"  # keys of a trie node that no word can be
_GAP = 3  # words that "~" may stand for
_KEYS = {"version", "generic", "relation", "concept", "words", "places"}
_CONCEPT_KEYS = {"claim", "good", "bad", "neutral", "parts"}
RELATIONS = ("supports", "disputes", "questions", "asks")
STRONG, WEAK = 1.0, 0.45
# "study" cues are strong ones that speak of a study, its design or its sample
_STRENGTHS = {"strong": STRONG, "study": STRONG, "weak": WEAK}

Tag = tuple[str, str, float]


class Phrases:
    """Finds many phrases in one pass over words; time grows with the text, not with the list.

    Patterns are words apart from ``*`` (ends a word of three letters at least: any ending), ``#``
    (a number) and ``~`` (up to three words). They are kept as a trie.
    """

    def __init__(self, tagged: Iterable[tuple[str, Tag]]) -> None:
        self._root: dict[str, Any] = {}
        for phrase, tag in tagged:
            node = self._root
            for part in phrase.replace("-", " ").replace("/", " ").split():
                if part.endswith("*"):
                    by_prefix = node.setdefault(_PREFIX + part[:3], {})
                    node = by_prefix.setdefault(part[:-1], {})
                else:
                    node = node.setdefault(part, {})
            if node is not self._root:
                node.setdefault(_TAGS, []).append(tag)

    def find(self, tokens: Sequence[Word]) -> list[tuple[int, int, Tag]]:
        """Matches as (first token, one past the last, tag); the longest for a tag and place."""
        words = [token.folded for token in tokens]
        out = []
        for at in range(len(words)):
            best: dict[Tag, int] = {}
            _walk(self._root, words, at, best)
            out += [(at, end, tag) for tag, end in best.items()]
        return out


def _walk(node: dict[str, Any], words: Sequence[str], at: int, best: dict[Tag, int]) -> None:
    """Collects the tags of phrases that go on from `node` with the words from `at`."""
    for tag in node.get(_TAGS, ()):
        best[tag] = max(at, best.get(tag, 0))
    gap = node.get("~")
    if gap is not None:
        for skipped in range(_GAP + 1):
            _walk(gap, words, at + skipped, best)
    if at >= len(words):
        return
    word = words[at]
    same = node.get(word)
    if same is not None:
        _walk(same, words, at + 1, best)
    by_prefix = node.get(_PREFIX + word[:3])
    if by_prefix is not None:
        for prefix, child in by_prefix.items():
            if word.startswith(prefix):
                _walk(child, words, at + 1, best)
    counted = node.get("#")
    if counted is not None and _is_number(word):
        _walk(counted, words, at + 1, best)


@lru_cache(maxsize=4096)
def _is_number(word: str) -> bool:
    return word[0].isdigit() or number(word) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """An endpoint in plain words: what claims call it, and the endpoints that it is made of."""

    name: str
    claim: tuple[str, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cues:
    """The packaged cues: one matcher for everything, the concepts, and places by spelling."""

    phrases: Phrases
    concepts: tuple[Concept, ...]
    places: Mapping[str, tuple[str, ...]]
    generic: frozenset[str]


def parse(text: str, name: str) -> Cues:
    """Read a cue file.

    Raises:
        CodebookError: not TOML, an unknown or missing key, or a value that is no list of phrases.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CodebookError(name, f"is not TOML: {error}") from error
    if set(data) != _KEYS:
        raise CodebookError(name, f"keys must be {', '.join(sorted(_KEYS))}")
    tagged: list[tuple[str, Tag]] = []
    for relation, row in _tables(name, "relation", data["relation"]):
        if relation not in RELATIONS or set(row) != set(_STRENGTHS):
            raise CodebookError(f"{name}: {relation}", "write strong, study and weak")
        for strength, weight in _STRENGTHS.items():
            where, about = f"{relation}.{strength}", "study" if strength == "study" else ""
            tagged += [(p, (relation, about, weight)) for p in _list(name, where, row[strength])]
    concepts = []
    for concept, row in _tables(name, "concept", data["concept"]):
        if set(row) != _CONCEPT_KEYS:
            raise CodebookError(f"{name}: {concept}", f"keys are {', '.join(_CONCEPT_KEYS)}")
        lists = {key: _list(name, f"{concept}.{key}", value) for key, value in row.items()}
        for key, valence in (("good", 1.0), ("bad", -1.0), ("neutral", 0.0)):
            tagged += [(p, ("concept", concept, valence)) for p in lists[key]]
        concepts.append(Concept(name=concept, claim=lists["claim"], parts=lists["parts"]))
    for kind, value in data["words"].items():
        tagged += [(p, (kind, "", 1.0)) for p in _list(name, kind, value)]
    places = {k: _list(name, k, value) for k, value in data["places"].items()}
    generic = frozenset(_list(name, "generic", data["generic"]))
    return Cues(Phrases(tagged), tuple(concepts), places, generic)


def _tables(name: str, key: str, value: Any) -> list[tuple[str, dict[str, Any]]]:
    if not isinstance(value, dict) or not all(isinstance(row, dict) for row in value.values()):
        raise CodebookError(name, f"{key} must hold tables")
    return list(value.items())


def _list(name: str, where: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise CodebookError(name, f"{where} must be a list of phrases")
    return tuple(dict.fromkeys(phrase for item in value for phrase in expand(item)))


@cache
def cues() -> Cues:
    """The cues that come with the package."""
    file = resources.files("community").joinpath("data", "relations.toml")
    return parse(file.read_text(encoding="utf-8"), "relations.toml")
