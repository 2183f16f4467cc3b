"""The cues of context, as data: words that open clauses, name people, negate, suppose, ask.

``data/context.toml`` is English; every key is a list of patterns (see `lexicon.expand`), and a key
that nobody knows is an error.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources

from community.errors import CodebookError
from community.lexicon import expand

_FILE = "context.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The cues, expanded. The first five hold single words."""

    about: str = ""
    boundary: frozenset[str] = frozenset()  # words that open a clause wherever they stand
    joining: frozenset[str] = frozenset()  # open one when a subject follows
    subjects: frozenset[str] = frozenset()
    resumed: frozenset[str] = frozenset()  # third-person pronouns: go on with the last person
    elliptic: frozenset[str] = frozenset()  # a clause that begins so has an unsaid "I"
    first: frozenset[str] = frozenset()
    second: frozenset[str] = frozenset()
    close: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    negation: frozenset[str] = frozenset()
    negated_before: frozenset[str] = frozenset()  # negates what stands before it in the clause
    not_negation: frozenset[str] = frozenset()
    until: frozenset[str] = frozenset()  # ends the scope of a negation
    hypothetical: frozenset[str] = frozenset()
    wish: frozenset[str] = frozenset()
    historical: frozenset[str] = frozenset()
    hearsay: frozenset[str] = frozenset()
    question: frozenset[str] = frozenset()
    general: frozenset[str] = frozenset()


@cache
def rules() -> Rules:
    """The packaged cues.

    Raises:
        CodebookError: an unknown key in the file.
    """
    text = resources.files("community").joinpath("data", _FILE).read_text(encoding="utf-8")
    return parse(text, _FILE)


def parse(text: str, name: str) -> Rules:
    """Read cues from TOML; every key is a list of patterns (see `lexicon.expand`) but `about`.

    Raises:
        CodebookError: not TOML, an unknown key, or not a list of strings.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CodebookError(name, f"is not TOML: {error}") from error
    known = [f.name for f in fields(Rules)]
    cues: dict[str, frozenset[str]] = {}
    about = data.pop("about", "")
    for key, value in data.items():
        if key not in known:
            raise CodebookError(name, f"unknown key {key!r}", f"keys are {', '.join(known)}")
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise CodebookError(name, f"{key} must be a list of strings")
        cues[key] = frozenset(phrase for v in value for phrase in expand(v, f"{name}: {key}"))
    return Rules(about=str(about), **cues)
