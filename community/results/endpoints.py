"""The vocabulary of claims, from data with strict keys: endpoints, known trials, and cue rules.

A pattern is a regular expression in which a space stands for any blanks or hyphens. All patterns of
a kind are joined into one expression, so that a text is read once.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NamedTuple

from community.errors import CodebookError
from community.types import Direction

# Bounded: an endless run of blanks must not be tried from every place in it.
_GAP = r"[\s‐‑–-]{1,4}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An endpoint: preferred name, how texts put it, and what a high value means for the treated.

    An endpoint that the vocabulary lacks is named from the text and has no patterns.
    """

    name: str
    patterns: tuple[str, ...] = ()
    abbreviations: tuple[str, ...] = ()
    definition: str = ""
    high: Direction = "neutral"
    unit: str = ""
    family: str = ""
    needs: str = (
        ""  # what an article must name for this endpoint to be meant (a regular expression)
    )
    otherwise: str = ""  # its name in articles that do not
    free: str = ""  # the endpoint that counts those who were spared this one


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTrial:
    """Facts that identify a trial or series; `name` is what the tables print."""

    name: str
    acronyms: tuple[str, ...] = ()
    registration: tuple[str, ...] = ()
    doi: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    centre: tuple[str, ...] = ()
    intervention: str | None = None
    population: str | None = None
    n: int | None = None


class Hit(NamedTuple):
    """An endpoint named in a text, with offsets into that text."""

    endpoint: Endpoint
    start: int
    end: int


# Compared by identity: a hash over a thousand patterns for every sentence would cost more than the
# reading does.
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vocabulary:
    """Endpoints in order of precedence, known trials, and the cues: (group, name, patterns)."""

    endpoints: tuple[Endpoint, ...]
    trials: tuple[KnownTrial, ...] = ()
    cues: tuple[tuple[str, str, tuple[str, ...]], ...] = ()

    def hits(self, text: str) -> tuple[Hit, ...]:
        """Endpoints that `text` names, in order, without overlaps."""
        return _hits(self, text)

    def has(self, group: str, name: str, text: str) -> bool:
        """Whether a cue of that group and name stands in `text`."""
        return _cue(self, group, name).search(text) is not None

    def cue(self, group: str, name: str) -> re.Pattern[str]:
        """All patterns of a cue as one expression."""
        return _cue(self, group, name)

    def names(self, group: str) -> tuple[str, ...]:
        """Names of a group's cues, in file order."""
        return tuple(name for g, name, _ in self.cues if g == group)


def _widen(pattern: str) -> str:
    """The pattern with plain spaces matching any blanks or hyphens; character classes stay."""

    def wide(match: re.Match[str]) -> str:
        if match[0].startswith(("[", "\\")):
            return match[0]
        return _GAP if match[0] == " " else _GAP.replace("{1", "{0")

    return re.sub(r"\\.|\[[^\]]*\]| \??", wide, pattern)


@cache
def _endpoints(vocabulary: Vocabulary) -> tuple[re.Pattern[str], tuple[Endpoint, ...]]:
    parts = []
    for at, endpoint in enumerate(vocabulary.endpoints):
        ways = [rf"(?i:{_widen(p)})" for p in endpoint.patterns]
        ways += [re.escape(a) for a in endpoint.abbreviations]
        if ways:
            parts.append(rf"(?P<e{at}>(?:{'|'.join(ways)})(?!\w))")
    # Most places in a text are inside a word and fail on the first test.
    return re.compile(rf"(?<![\w-])(?=\w)(?:{'|'.join(parts) or '(?!)'})"), vocabulary.endpoints


@lru_cache(maxsize=8192)
def _hits(vocabulary: Vocabulary, text: str) -> tuple[Hit, ...]:
    """Read once, although context, pairing and words all ask for them."""
    pattern, endpoints = _endpoints(vocabulary)
    return tuple(
        Hit(endpoints[int((m.lastgroup or "e0")[1:])], m.start(), m.end())
        for m in pattern.finditer(text)
        if m.end() > m.start()
    )


@cache
def _cue(vocabulary: Vocabulary, group: str, name: str) -> re.Pattern[str]:
    for g, n, patterns in vocabulary.cues:
        if (g, n) == (group, name):
            return re.compile("|".join(f"(?:{_widen(p)})" for p in patterns), re.IGNORECASE)
    raise CodebookError(f"{group}.{name}", "no such cue in the vocabulary")


def _record(kind: type, table: Mapping[str, Any], subject: str) -> Any:
    known = {field.name for field in fields(kind)}
    for key in table:
        if key not in known:
            raise CodebookError(
                subject, f"unknown key {key!r}", f"keys are {', '.join(sorted(known))}"
            )
    if not isinstance(table.get("name"), str):
        raise CodebookError(subject, "an entry has no name")
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in table.items()})


def _tables(text: str, key: str, subject: str) -> list[Mapping[str, Any]]:
    data = _toml(text, subject)
    extra = set(data) - {"version", key}
    if extra:
        raise CodebookError(subject, f"unknown key {sorted(extra)[0]!r}", f"keys: version, {key}")
    return list(data.get(key, []))


def _toml(text: str, subject: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CodebookError(subject, f"is not TOML: {error}") from error


def parse(endpoints: str, trials: str = "", cues: str = "") -> Vocabulary:
    """A vocabulary from the texts of its three files (TOML).

    Raises:
        CodebookError: not TOML, an unknown key, an entry without a name, or a broken pattern.
    """
    groups = {k: v for k, v in _toml(cues, "claim cues").items() if k != "version"}
    vocabulary = Vocabulary(
        endpoints=tuple(
            _record(Endpoint, t, "endpoints") for t in _tables(endpoints, "endpoint", "endpoints")
        ),
        trials=tuple(_record(KnownTrial, t, "trials") for t in _tables(trials, "trial", "trials")),
        cues=tuple(
            (group, name, tuple(patterns))
            for group, names in groups.items()
            for name, patterns in names.items()
        ),
    )
    try:
        _endpoints(vocabulary)
        for group, name, _ in vocabulary.cues:
            _cue(vocabulary, group, name)
    except re.error as error:
        raise CodebookError("vocabulary", f"a pattern is broken: {error}") from error
    return vocabulary


@cache
def packaged() -> Vocabulary:
    """The vocabulary that comes with the package."""
    folder = resources.files("community").joinpath("data")
    names = ("endpoints.toml", "trials.toml", "claim_cues.toml")
    return parse(*(folder.joinpath(name).read_text(encoding="utf-8") for name in names))
