"""The codebook: which codes there are, what each means, and the cues and examples that bind it.

A codebook is TOML. A study's own file may begin with ``extends = "ms-stem-cell"``: its codes then
replace the packaged ones of the same name and stand beside the rest, its lexicons are added, its
other settings win. Keys that nobody knows are errors: a typo must not vanish.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from importlib import resources
from typing import Any, cast, get_args

from community.errors import CodebookError
from community.lexicon import Lexicon, expand, load
from community.types import Layer

PACKAGED = "ms-stem-cell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Words to which the code applies or does not; `polarity` and `whose` where they are meant."""

    text: str
    polarity: str | None = None
    whose: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """Phrases and lexicon groups that speak for a code (weight below 0: against it).

    `say` names the polarity that they speak for, or a role that the coder knows; empty: the code.
    """

    weight: float = 1.0
    say: str = ""
    phrases: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One defined label. `positive` examples must be coded, `negative` ones and `near_misses`
    (tempting, and still not) must not."""

    code: str
    layer: Layer
    definition: str
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    positive: tuple[Example, ...] = ()
    negative: tuple[Example, ...] = ()
    near_misses: tuple[Example, ...] = ()
    polarity: tuple[str, ...] = ()
    whose: tuple[str, ...] = ()
    cues: tuple[Cue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Codebook:
    """All codes of a study. `band` is where a coder abstains: probabilities from low to high.

    `files` holds the texts of lexicons that are not packaged, by name.
    """

    name: str
    version: str = "1"
    about: str = ""
    languages: tuple[str, ...] = ("en",)
    max_topics: int = 3
    band: tuple[float, float] = (0.46, 0.54)
    lexicons: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    codes: tuple[Code, ...] = ()

    def __hash__(self) -> int:
        """Of the name alone: caches ask often, and thousands of phrases are slow to hash."""
        return hash((self.name, self.version))

    def layer(self, layer: Layer) -> tuple[Code, ...]:
        """The codes of one layer, in order."""
        return tuple(code for code in self.codes if code.layer == layer)

    def code(self, name: str) -> Code:
        """The code of that name.

        Raises:
            CodebookError: there is none; the message lists those that exist.
        """
        for code in self.codes:
            if code.code == name:
                return code
        there = ", ".join(code.code for code in self.codes)
        raise CodebookError(self.name, f"no code {name!r}", f"codes are {there}")

    def lexicon(self) -> Lexicon:
        """All its lexicons, joined."""
        return load(self.lexicons, dict(self.files))

    def digest(self) -> str:
        """SHA-256 of everything that can change a coding, terms of the lexicons included."""
        parts = repr((asdict(self), [asdict(term) for term in self.lexicon().terms]))
        return hashlib.sha256(parts.encode("utf-8")).hexdigest()


def parse(text: str, name: str, *, files: Mapping[str, str] | None = None) -> Codebook:
    """Read a codebook.

    Args:
        text: the TOML.
        name: what errors call the file.
        files: texts of lexicons outside the package, by the names used in `lexicons`.

    Raises:
        CodebookError: not TOML, an unknown key, a value of the wrong kind, an unknown lexicon.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CodebookError(name, f"is not TOML: {error}") from error
    extends = data.pop("extends", None)
    if extends not in (None, PACKAGED):
        raise CodebookError(name, f"cannot extend {extends!r}", f"only {PACKAGED!r} is packaged")
    codes = tuple(_code(name, row) for row in _tables(name, data.pop("codes", [])))
    settings = _record(name, Codebook, data, _SETTINGS)
    settings["files"] = tuple(sorted((files or {}).items()))
    if extends is None:
        book = Codebook(**settings, codes=codes)
    else:
        parent = default()
        settings["lexicons"] = tuple(
            dict.fromkeys(parent.lexicons + tuple(settings.get("lexicons", ())))
        )
        book = replace(parent, **settings, codes=_overridden(parent.codes, codes))
    _check(name, book)
    return book


@cache
def default() -> Codebook:
    """The packaged codebook."""
    file = resources.files("community").joinpath("data", "codebook.toml")
    return parse(file.read_text(encoding="utf-8"), "codebook.toml")


def _overridden(old: tuple[Code, ...], new: tuple[Code, ...]) -> tuple[Code, ...]:
    merged = {code.code: code for code in old}
    merged.update({code.code: code for code in new})
    return tuple(merged.values())


def _check(name: str, book: Codebook) -> None:
    low, high = book.band
    if not 0 <= low <= 0.5 <= high <= 1:
        raise CodebookError(name, f"band {low} to {high} must hold 0.5 and lie in 0 to 1")
    seen: set[str] = set()
    for code in book.codes:
        if code.code in seen:
            raise CodebookError(name, f"code {code.code!r} stands twice")
        seen.add(code.code)
        for example in code.positive:
            if example.polarity and example.polarity not in code.polarity:
                raise CodebookError(name, f"{code.code}: no polarity {example.polarity!r}")
    groups = set(book.lexicon().groups())
    for code in book.codes:
        for group in (g for cue in code.cues for g in cue.groups):
            if group not in groups:
                there = ", ".join(sorted(groups))
                raise CodebookError(name, f"{code.code}: no group {group!r}", f"groups: {there}")


def _tables(name: str, value: object) -> list[dict[str, Any]]:
    if isinstance(value, list) and all(isinstance(row, dict) for row in value):
        return cast(list[dict[str, Any]], value)
    raise CodebookError(name, f"expected a list of tables, not {type(value).__name__}")


def _code(name: str, row: dict[str, Any]) -> Code:
    where = f"{name}: code {row.get('code', '?')}"
    values = _record(where, Code, row, _CODE)
    for key in ("code", "layer", "definition"):
        if key not in values:
            raise CodebookError(where, f"has no {key}")
    if values["layer"] not in get_args(Layer):
        raise CodebookError(where, f"no layer {values['layer']!r}", ", ".join(get_args(Layer)))
    return Code(**values)


def _examples(where: str, value: object) -> tuple[Example, ...]:
    if not isinstance(value, list):
        raise CodebookError(where, "examples are a list")
    rows = [{"text": row} if isinstance(row, str) else row for row in value]
    return tuple(Example(**_record(where, Example, row, _TEXTS)) for row in _tables(where, rows))


def _cues(where: str, value: object) -> tuple[Cue, ...]:
    rows = enumerate(_tables(where, value), 1)
    return tuple(Cue(**_record(f"{where} {number}", Cue, row, _CUE)) for number, row in rows)


def _strings(where: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise CodebookError(where, f"expected a list of strings, not {value!r:.60}")


def _phrases(where: str, value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(p for s in _strings(where, value) for p in expand(s, where)))


def _string(where: str, value: object) -> str:
    if isinstance(value, str):
        return value
    raise CodebookError(where, f"expected a string, not {value!r:.60}")


def _number(where: str, value: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    raise CodebookError(where, f"expected a number, not {value!r:.60}")


def _count(where: str, value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise CodebookError(where, f"expected a positive whole number, not {value!r:.60}")


def _band(where: str, value: object) -> tuple[float, float]:
    if isinstance(value, list) and len(value) == 2:
        return _number(where, value[0]), _number(where, value[1])
    raise CodebookError(where, "band is [low, high]")


_Readers = Mapping[str, Callable[[str, object], object]]
_SETTINGS: _Readers = {
    "languages": _strings,
    "max_topics": _count,
    "band": _band,
    "lexicons": _strings,
}
_CODE: _Readers = {
    "include": _strings,
    "exclude": _strings,
    "positive": _examples,
    "negative": _examples,
    "near_misses": _examples,
    "polarity": _strings,
    "whose": _strings,
    "cues": _cues,
}
_TEXTS: _Readers = {}
_CUE: _Readers = {"weight": _number, "phrases": _phrases, "groups": _strings}


def _record(where: str, kind: type, row: dict[str, Any], readers: _Readers) -> dict[str, Any]:
    """The row's values, each through its reader; keys that `kind` lacks are errors."""
    known = [f.name for f in fields(kind) if f.name not in ("files", "codes")]
    for key in row:
        if key not in known:
            raise CodebookError(where, f"unknown key {key!r}", f"keys are {', '.join(known)}")
    return {key: readers.get(key, _string)(f"{where}: {key}", v) for key, v in row.items()}
