"""How often each code was given, by posts and by authors: the rows of ``summary_codes``.

The unit is the post, or the known author. An author has a code if one of their posts has it, and is
abstained on if none has it and the coder abstained on one. Posts in a language that the coder lacks
leave the denominators; of a person, only the posts that they coded are in them. Intervals: Wilson,
95 % (E. B. Wilson, JASA 1927;22:209), by scipy.

Documents stream through one at a time; what stays in memory is a set of authors per code and group.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from community.contracts import Snapshot
from community.units import UNDATED, Unit, by_document, picker

Row = tuple[Any, ...]
Author = tuple[str, str]
Pair = tuple[str, str]  # coder, layer

LAYERS = ("topic", "sentiment", "stance")
ROLES = ("patient", "carer", "professional", "unknown")
_PICKED = ("coder", "layer", "code", "polarity", "whose", "abstained", "reason")


class Cell(NamedTuple):
    """What is counted: a code, of any polarity and of anybody's where these are empty."""

    coder: str
    layer: str
    code: str
    polarity: str
    whose: str


@cache
def wilson(k: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a proportion, as shares of 1.

    Args:
        k: units that have it.
        n: units, at least 1.
    """
    from scipy.stats import binomtest  # half a second to import, and only exports need it

    interval = binomtest(k, n).proportion_ci(confidence_level=0.95, method="wilson")
    return float(interval.low), float(interval.high)


@dataclass(slots=True)
class _Base:
    """Posts that could have a code, and how many of them each known author wrote."""

    posts: int = 0
    authors: Counter[Author] = field(default_factory=Counter)

    def add(self, unit: Unit) -> None:
        self.posts += 1
        if unit.author:
            self.authors[unit.author] += 1


@dataclass(slots=True)
class _Found:
    """Posts and authors that have a cell, and those on which the coder abstained."""

    posts: int = 0
    abstained: int = 0
    authors: set[Author] = field(default_factory=set)
    unsure: set[Author] = field(default_factory=set)


@dataclass(slots=True)
class _Said:
    """What the coders said of one post: cells that it has, cells left open, coder and layer that
    lack its language, and the people who coded it."""

    has: set[Cell]
    unsure: set[Cell]
    outside: set[Pair]
    people: set[str]


def _cells(row: Row) -> Iterator[Cell]:
    coder, layer, code, polarity, whose = row[:5]
    for p in {"", polarity or ""}:
        for w in {"", whose or ""}:
            yield Cell(coder, layer, code, p, w)


def _scope(coder: str, layer: str, code: str) -> tuple[str, str, str]:
    """What an abstention leaves open: its code; a post has one sentiment, so there it is all."""
    return (coder, layer, "" if layer == "sentiment" else code)


def _said(given: Sequence[Row], scopes: Mapping[tuple[str, str, str], list[Cell]]) -> _Said:
    said = _Said(set(), set(), set(), {row[0] for row in given if row[0].startswith("human:")})
    for row in given:
        coder, layer, code, _, whose, abstained, reason = row
        if abstained and reason == "language":
            said.outside.add((coder, layer))
        elif abstained:
            open_ = scopes.get(_scope(coder, layer, code), ())
            said.unsure.update(c for c in open_ if not whose or c.whose in ("", whose))
        else:
            said.has.update(_cells(row))
    said.unsure = {c for c in said.unsure - said.has if (c.coder, c.layer) not in said.outside}
    return said


@dataclass(slots=True)
class _Group:
    """One group of posts, with those that a coder could not read and those that a person coded."""

    base: _Base = field(default_factory=_Base)
    outside: dict[Pair, _Base] = field(default_factory=lambda: defaultdict(_Base))
    coded: dict[str, _Base] = field(default_factory=lambda: defaultdict(_Base))
    found: dict[Cell, _Found] = field(default_factory=lambda: defaultdict(_Found))

    def add(self, unit: Unit, said: _Said) -> None:
        """Counts one post."""
        self.base.add(unit)
        for person in said.people:
            self.coded[person].add(unit)
        for pair in said.outside:
            self.outside[pair].add(unit)
        for cell in said.has:
            self.found[cell].posts += 1
            if unit.author:
                self.found[cell].authors.add(unit.author)
        for cell in said.unsure:
            self.found[cell].abstained += 1
            if unit.author:
                self.found[cell].unsure.add(unit.author)

    def eligible(self, cell: Cell) -> _Base:
        """Posts and authors that could have the cell, abstentions included."""
        whole = self.base
        if cell.coder.startswith("human:"):
            whole = self.coded.get(cell.coder) or _Base()
        out = self.outside.get((cell.coder, cell.layer))
        return _Base(whole.posts - out.posts, whole.authors - out.authors) if out else whole


def _proportion(eligible: int, k: int, abstained: int) -> Row:
    """n, n_with, n_abstained, prevalence, interval, and the bounds that abstentions allow."""
    n = eligible - abstained
    low = high = None
    if eligible:
        low, high = k / eligible, (k + abstained) / eligible
    if n <= 0:
        return (n, k, abstained, None, None, None, low, high)
    return (n, k, abstained, k / n, *wilson(k, n), low, high)


def _figures(cell: Cell, kind: tuple[str, str], group: _Group) -> Iterator[Row]:
    """The two rows, by posts and by authors, of a cell in a group."""
    base, found = group.eligible(cell), group.found.get(cell) or _Found()
    about = (cell.layer, cell.code, cell.polarity or None, cell.whose or None, kind[0], kind[1])
    tail = (None, None, None, cell.coder)
    posts = _proportion(base.posts, found.posts, found.abstained)
    yield (*about, "posts", *posts, *tail, "Wilson 95 %, posts taken as independent")
    unsure = len(found.unsure - found.authors)
    authors = _proportion(len(base.authors), len(found.authors), unsure)
    known = f"{base.authors.total()} of {base.posts} posts have a known author"
    yield (*about, "authors", *authors, *tail, f"Wilson 95 %; {known}")


def _known_cells(source: Snapshot) -> list[Cell]:
    """Every cell that some coding names, in publication order."""
    cells: set[Cell] = set()
    for row in map(picker("codings", *_PICKED), source.rows("codings")):
        if not (row[5] and row[6] == "language"):
            cells.update(_cells(row))
    return sorted(cells, key=lambda c: (c.coder, LAYERS.index(c.layer), *c[2:]))


def _kinds(unit: Unit) -> tuple[tuple[str, str], ...]:
    return (("all", "all"), ("role", unit.role), ("month", unit.month))


def _ordered(groups: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Groups in publication order; months only where some post is dated."""
    dated = any(by == "month" and name != UNDATED for by, name in groups)
    return sorted((kind for kind in groups if dated or kind[0] != "month"), key=_order)


def _order(kind: tuple[str, str]) -> tuple[int, int, str]:
    by, name = kind
    role = ROLES.index(name) if by == "role" and name in ROLES else len(ROLES)
    return (("all", "role", "month").index(by), role, name)


_Scopes = Mapping[tuple[str, str, str], list[Cell]]


def _by_document(
    source: Snapshot, scopes: _Scopes
) -> Iterator[tuple[str, list[tuple[Unit, _Said]]]]:
    for posts, codings in by_document(source, "codings", *_PICKED):
        told = [(unit, _said(codings[unit.post_id], scopes)) for unit in posts]
        yield posts[0].document_id, told


def summary_codes(source: Snapshot) -> Iterator[Row]:
    """Rows of ``summary_codes``: the whole, roles and months, then document by document.

    Every cell that some coder named has a row in the whole, in every role and month, 0 included; in
    single documents only where it was given or abstained on (a study may have 100,000 threads).
    Months stand only where some post is dated.
    """
    known = _known_cells(source)
    scopes: dict[tuple[str, str, str], list[Cell]] = defaultdict(list)
    for cell in known:
        scopes[_scope(cell.coder, cell.layer, cell.code)].append(cell)
    groups: dict[tuple[str, str], _Group] = defaultdict(_Group)
    for _, told in _by_document(source, scopes):
        for unit, said in told:
            for kind in _kinds(unit):
                groups[kind].add(unit, said)
    kinds = _ordered(groups)
    for cell in known:
        for kind in kinds:
            yield from _figures(cell, kind, groups[kind])
    groups.clear()
    for document_id, told in _by_document(source, scopes):
        here = _Group()
        for unit, said in told:
            here.add(unit, said)
        for cell in known:
            if cell in here.found:
                yield from _figures(cell, ("document", document_id), here)
