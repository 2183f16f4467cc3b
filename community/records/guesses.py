"""Which names hold what in JSON objects whose names nobody knows: told by what they hold.

Words are the longest running text, times read as times, authors are short and come again, and a
parent's values are ids of others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from community.records import values
from community.records.dialects import COMMON, Dialect, bare, folded_keys, person

_SAMPLED = 2000  # objects looked at
_FEWEST = 2  # objects of a kind from which on they tell anything
_MOSTLY = 0.8  # share of values that must be of a kind
_SENTENCE = 30  # characters that running words have on average, at the least
_DENSE = 12  # the same, in writing without spaces
_WORDS = 3  # words from which a value reads as running text
_NAME = 40  # characters of a name, at the most
_PRIVATE = (
    "mail",
    "ip",
    "ip_address",
    "remote_addr",
    "agent",
    "avatar",
    "password",
    "token",
    "hash",
)


def guess(found: Any) -> Dialect | None:
    """The names by which objects of a page seem to hold posts; None where none do."""
    families: dict[str, list[dict[str, Any]]] = {}
    stack: list[tuple[Any, str]] = [(found, "")]
    seen = 0
    while stack and seen < _SAMPLED:
        value, via = stack.pop()
        if isinstance(value, list):
            for inner in reversed(value):
                if isinstance(inner, dict):
                    families.setdefault(via, []).append(folded_keys(inner))
                    seen += 1
                stack.append((inner, via))
        elif isinstance(value, dict):
            stack.extend((inner, name) for name, inner in reversed(value.items()))
    for family in sorted(families.values(), key=len, reverse=True):
        dialect = _told(family)
        if dialect:
            return dialect
    return None


def _told(family: Sequence[Mapping[str, Any]]) -> Dialect | None:
    if len(family) < _FEWEST:
        return None
    columns: dict[str, list[Any]] = {}
    for one in family:
        for name, value in one.items():
            if not any(part in _PRIVATE for part in name.split("_")):
                columns.setdefault(name, []).append(bare(value))
    common = {n: c for n, c in columns.items() if 2 * len(c) >= len(family)}
    words = max(
        (n for n in common if _running(common[n])), key=lambda n: _mean(common[n]), default=""
    )
    if not words:
        return None
    left = {name: cells for name, cells in common.items() if name != words}
    time = next((name for name, cells in left.items() if _timely(cells)), "")
    left.pop(time, None)
    key, parent = _pointers(left, len(family))
    author = next((n for n, c in left.items() if n not in (key, parent) and _named(c)), "")
    if not time and not author:
        return None
    return replace(
        COMMON,
        text=(words, *COMMON.text),
        time=(time, *COMMON.time) if time else COMMON.time,
        id=(key, *COMMON.id) if key else COMMON.id,
        parent=(parent, *COMMON.parent) if parent else COMMON.parent,
        author=(author, *COMMON.author) if author else COMMON.author,
    )


def _mean(cells: Sequence[Any]) -> float:
    texts = [cell for cell in cells if isinstance(cell, str)]
    return sum(map(len, texts)) / len(texts) if texts else 0.0


def _running(cells: Sequence[Any]) -> bool:
    texts = [cell for cell in cells if isinstance(cell, str) and cell.strip()]
    if len(texts) < max(_FEWEST, len(cells) / 2):
        return False
    spaced = sum(len(text.split()) >= _WORDS for text in texts) >= _MOSTLY * len(texts) / 2
    dense = sum(any(char > "\u2e80" for char in text) for text in texts) >= _MOSTLY * len(texts)
    links = sum(text.startswith(("http", "/", "data:")) for text in texts)
    enough = _mean(texts) >= (_DENSE if dense else _SENTENCE)
    return enough and (spaced or dense) and links * 2 < len(texts)


def _timely(cells: Sequence[Any]) -> bool:
    told = [cell for cell in cells if values.text(cell)]
    read = sum(values.when(cell) is not None for cell in told)
    return len(told) >= _FEWEST and read >= _MOSTLY * len(told)


def _named(cells: Sequence[Any]) -> bool:
    told = [person(cell) for cell in cells if cell is not None]
    names = [name for cell in told if isinstance(cell, str) and (name := values.name(cell))]
    likely = [
        n for n in names
        if len(n) <= _NAME and any(c.isalpha() for c in n) and "/" not in n and len(n.split()) < 5
    ]  # fmt: skip
    several = len(set(likely)) > 1 or len(likely) == 1
    return bool(likely) and several and len(likely) >= _MOSTLY * max(len(told), 1)


def _pointers(columns: Mapping[str, Sequence[Any]], size: int) -> tuple[str, str]:
    """The names of ids and of parents' ids; "" where there are none."""
    ids = {
        name: {key for cell in cells if (key := values.identity(cell))}
        for name, cells in columns.items()
        if not any(isinstance(cell, (dict, list)) for cell in cells)
    }
    unique = [name for name, keys in ids.items() if len(keys) == len(columns[name]) == size]
    for name in unique:
        for other, keys in ids.items():
            if other not in unique and keys and keys <= ids[name]:
                return name, other
    return "", ""
