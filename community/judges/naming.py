"""Which authors of a page a post speaks to or mentions, by looking its words up among their names.

Names need no pattern here: whoever wrote on the page is known, so a nickname with bars, digits or
an underscore is found as well as a first name. A name that is also a common word counts only where
it is set off as an address.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from community.judges import authors
from community.judges.wording import is_common
from community.privacy import is_shared

_TOKEN = re.compile(r"[^\s,;:!?()\"“”]+")
_INNER = re.compile(r"[^\W_](?:[\w.|'’-]*[^\W_])?")
_OWNED = re.compile(r"['’]s\b")
_EDGE = "@.'’`*_-–—~|[](){}<>\\/#"
_GENITIVES = ("'s", "’s")
_USER = ("u/", "/u/")
_AND = ("and", "und", "et", "y", "&", "+")
_HEAD = 160  # characters in which a post opens with names
_GREETED = 5  # tokens of greeting in front of a name
_SHORTEST = 2
_PREFIX = 4  # characters of a nickname that stand for the whole, before ":" or ","
_MOST = 4  # people whom a post opens with
_BACK = 60  # posts in which a shortened nickname is looked for


@dataclass(frozen=True, slots=True)
class Named:
    """Authors, by number, that a post names: as its opening, after "@", or in passing."""

    opening: tuple[int, ...] = ()
    passing: tuple[int, ...] = ()
    set_off: bool = False  # the opening name is marked: "@NAME", "NAME:", "NAME,"


@dataclass(slots=True)
class Roll:
    """The names of those who have written so far, read in page order."""

    numbers: dict[str, int] = field(default_factory=dict)  # author → number
    _known: set[str] = field(default_factory=set)
    _full: dict[str, list[int]] = field(default_factory=dict)
    _first: dict[str, list[int]] = field(default_factory=dict)
    _recent: list[tuple[int, str]] = field(default_factory=list)

    def enter(self, name: str | None, key: str | None = None) -> int:
        """The number of the author of the next post; -1 where nobody can tell who it is."""
        if name is None or is_shared(name):
            self._recent.append((-1, ""))
            return -1
        folded = name.casefold().strip()
        number = self.numbers.setdefault(key or folded, len(self.numbers))
        self._recent.append((number, folded))
        for spelling in {folded, folded.strip(_EDGE)}:
            found = self._full.setdefault(spelling, [])
            if number not in found:
                found.append(number)
                self._known.add(spelling)
                first = spelling.split()[0] if spelling.split() else ""
                if first != spelling and len(first) >= _SHORTEST:
                    self._first.setdefault(first, []).append(number)
                    self._known.add(first)
        return number

    def named(self, own: str, me: int) -> Named:
        """Whom of those so far a text names, `me` left out."""
        if not self._full:
            return Named()
        folded = own.casefold()
        opening, set_off, rest = self._opening(folded)
        passing: list[int] = []
        for token in self._known.intersection(_INNER.findall(_OWNED.sub(" ", rest))):
            if not is_common(token) or f"@{token}" in rest or f"u/{token}" in rest:
                passing += self._numbers(token)
        opening = [n for n in dict.fromkeys(opening) if n != me]
        others = sorted(n for n in set(passing) if n != me and n not in opening)
        return Named(tuple(opening[:_MOST]), tuple(others[:_MOST]), set_off and bool(opening))

    def _numbers(self, bare: str) -> list[int]:
        return self._full.get(bare) or self._first.get(bare) or []

    def _opening(self, folded: str) -> tuple[list[int], bool, str]:
        """Authors named in front, whether set off, and what follows."""
        found: list[int] = []
        set_off = greeted = False
        head = folded[:_HEAD]
        if not self._may_open(head):
            return [], False, folded
        tokens = [(m.group(), head[m.end() : m.end() + 1], m.end()) for m in _TOKEN.finditer(head)]
        at, rest = 0, 0
        while at < len(tokens):
            token = tokens[at][0]
            numbers, marked, width = self._at(tokens, at)
            if numbers and (marked or greeted or width > 1 or not is_common(_bare(token))):
                found += numbers
                set_off = set_off or marked
                at += width
                rest = tokens[at - 1][2]
                if len(found) >= _MOST:
                    break
            elif not found and at < _GREETED and is_greeting(token):
                greeted = True
                at += 1
            elif found and token in _AND:
                at += 1
            else:
                break
        return found, set_off, folded[rest:]

    def _may_open(self, head: str) -> bool:
        """Whether a text can open with a name, by its first word."""
        match = _TOKEN.search(head)
        if match is None:
            return False
        bare = _bare(match.group())
        after = head[match.end() : match.end() + 1]
        known = bare in self._full or bare in self._first
        return known or after in (":", ",") or is_greeting(match.group())

    def _at(self, tokens: Sequence[tuple[str, str, int]], at: int) -> tuple[list[int], bool, int]:
        """The authors whose name begins at a token, whether it is set off, and its width."""
        token, after, _ = tokens[at]
        bare = _bare(token)
        marked = token.startswith(("@", *_USER)) or after in (":", ",")
        for width in (3, 2) if bare in self._first else ():
            words = [_bare(t) for t, _, _ in tokens[at : at + width]]
            full = self._full.get(" ".join(words)) if len(words) == width else None
            if full:
                return full, marked or tokens[at + width - 1][1] in (":", ","), width
        numbers = self._numbers(bare)
        if not numbers and after in (":", ",") and at == 0 and len(bare) >= _PREFIX:
            numbers = self._shortened(bare)
        return numbers, marked, 1

    def _shortened(self, bare: str) -> list[int]:
        if is_common(bare) or not authors.could_be_name(bare):
            return []
        found = {n for n, name in self._recent[-_BACK:] if n >= 0 and name.startswith(bare)}
        return list(found) if len(found) == 1 else []


def _bare(token: str) -> str:
    token = token.removeprefix("/u/").removeprefix("u/").strip(_EDGE)
    return token[:-2] if token.endswith(_GENITIVES) else token


def is_greeting(token: str) -> bool:
    """Whether a word opens a post before a name: a greeting, thanks, an interjection."""
    return authors.opens(token.strip(_EDGE))


def spread(rows: Sequence[Sequence[int]], width: int = _MOST) -> list[list[int]]:
    """Rows of numbers at one width, filled with -2, which is nobody."""
    return [[*row[:width], *([-2] * (width - len(row[:width])))] for row in rows]
