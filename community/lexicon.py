"""Terms of the field as patients write them: lists with strict keys, read from packaged data.

A lexicon file is TOML: ``about`` and ``source`` (strings), and a table per group under ``group``::

    about = "what the file holds"
    source = "where the words come from"
    [group.treatment-hsct]
    hsct = ["autologous stem cell transplantation", "hsct", "stem cell (transplant|transplants)"]

A term's first entry is its preferred name, all entries are spellings. Spellings use a small pattern
language, expanded on loading: ``(a|b|)`` stands for each alternative, the empty one included.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from community.errors import CodebookError

_PARTS = re.compile(r"\(([^()]*)\)|([^()]+)")
_OPTIONS = re.compile(r"\([^()]*\)")
_TOO_MANY = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One thing and the ways it is written; spellings are lower case, expanded, in file order."""

    id: str
    group: str
    preferred: str
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Terms of one or more files, in file order."""

    terms: tuple[Term, ...] = ()

    def groups(self) -> tuple[str, ...]:
        """Group names in the order in which they first appear."""
        return tuple(dict.fromkeys(term.group for term in self.terms))

    def find(self, term_id: str) -> Term:
        """The term with that id.

        Raises:
            CodebookError: there is none.
        """
        for term in self.terms:
            if term.id == term_id:
                return term
        raise CodebookError(term_id, "no such term in the lexicon")

    def joined(self, other: Lexicon) -> Lexicon:
        """Both lexicons; a term of `other` adds its spellings to ours of the same group and id."""
        merged = {(term.group, term.id): term for term in self.terms}
        for term in other.terms:
            ours = merged.get((term.group, term.id))
            if ours is not None:
                spellings = tuple(dict.fromkeys(ours.spellings + term.spellings))
                term = Term(
                    id=ours.id, group=ours.group, preferred=ours.preferred, spellings=spellings
                )
            merged[term.group, term.id] = term
        return Lexicon(terms=tuple(merged.values()))


def expand(pattern: str, where: str = "") -> tuple[str, ...]:
    """The phrases that a pattern stands for, lower case, single-spaced, without repeats.

    Args:
        pattern: alternatives in brackets, see above.
        where: file and entry in which the pattern stands, for the error.

    Raises:
        CodebookError: brackets that do not pair, or more phrases than anybody would mean.
    """
    parts = _PARTS.findall(pattern)
    subject = f"{where}: {pattern!r}" if where else pattern
    if set("()") & set(_OPTIONS.sub("", pattern)):
        raise CodebookError(subject, "brackets do not pair", "write (one|other|), without nesting")
    choices = [plain.split("\0") if plain else options.split("|") for options, plain in parts]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > _TOO_MANY:
        raise CodebookError(subject, f"stands for {count} phrases", "split it")
    phrases = (" ".join("".join(words).lower().split()) for words in itertools.product(*choices))
    return tuple(dict.fromkeys(phrase for phrase in phrases if phrase))


def parse(text: str, name: str) -> Lexicon:
    """Read one lexicon file's text; `name` is what errors call it.

    Raises:
        CodebookError: not TOML, an unknown key, or a term without spellings.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CodebookError(name, f"is not TOML: {error}") from error
    known = ("about", "source", "group")
    for key in data:
        if key not in known:
            raise CodebookError(name, f"unknown key {key!r}", f"keys are {', '.join(known)}")
    groups = data.get("group", {})
    if not isinstance(groups, dict) or not all(isinstance(g, dict) for g in groups.values()):
        raise CodebookError(name, "group must hold tables", "write [group.NAME]")
    return Lexicon(
        terms=tuple(
            _term(name, group, term_id, spellings)
            for group, terms in groups.items()
            for term_id, spellings in terms.items()
        )
    )


def load(names: Iterable[str], files: Mapping[str, str] | None = None) -> Lexicon:
    """The lexicons of these names, joined: texts in `files` first, else packaged ones.

    Raises:
        CodebookError: no lexicon has that name.
    """
    lexicon = Lexicon()
    for name in names:
        if files and name in files:
            lexicon = lexicon.joined(parse(files[name], name))
        else:
            lexicon = lexicon.joined(packaged(name))
    return lexicon


def packaged_names() -> tuple[str, ...]:
    """Names of the lexicons that come with the package, sorted."""
    folder = resources.files("community").joinpath("data", "lexicon")
    return tuple(
        sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml"))
    )


@cache
def packaged(name: str) -> Lexicon:
    """A lexicon that comes with the package.

    Raises:
        CodebookError: there is none of that name.
    """
    if name not in packaged_names():
        raise CodebookError(name, "no such lexicon", f"there are {', '.join(packaged_names())}")
    file = resources.files("community").joinpath("data", "lexicon", f"{name}.toml")
    return parse(file.read_text(encoding="utf-8"), f"{name}.toml")


def _term(name: str, group: str, term_id: str, spellings: object) -> Term:
    if not isinstance(spellings, list) or not all(isinstance(s, str) for s in spellings):
        raise CodebookError(name, f"{group}.{term_id} must be a list of spellings")
    where = f"{name}: {group}.{term_id}"
    expanded = tuple(dict.fromkeys(phrase for s in spellings for phrase in expand(s, where)))
    if not expanded:
        raise CodebookError(name, f"{group}.{term_id} has no spelling")
    return Term(id=term_id, group=group, preferred=expanded[0], spellings=expanded)
