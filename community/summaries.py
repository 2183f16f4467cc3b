"""What the tables say in figures: how often each code was given, by whom each claim is spoken to,
and what each thread holds.

Everything is counted from published rows (`community.tables`), so that a reader can count again.
Documents stream through one at a time; what stays in memory is one set of authors per code.

The unit is the post, or the known author. Posts that their site removed or their author deleted are
no units; withdrawn ones keep their counts. Posts without an author, and shared names, are in no
author figure. An author has a code if one of their posts has it, and is abstained on if none has it
and the coder abstained on one. Intervals: Wilson, 95 % (E. B. Wilson, JASA 1927;22:209), by scipy.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from community.privacy import is_shared, site_of
from community.tables import TABLES
from community.types import Snapshot

Row = tuple[Any, ...]

UNITS = ("present", "withdrawn")  # states in which a post counts
LAYERS = ("topic", "sentiment", "stance")
ROLES = ("patient", "carer", "professional", "unknown")
RELATIONS = (
    "supports", "disputes", "questions", "asks", "experience-for", "experience-against", "mentions"
)  # fmt: skip
UNDATED = "undated"
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")


def reader(table: str, *names: str) -> Callable[[Row], Row]:
    """A function that picks the named columns out of a row of a published table."""
    places = [TABLES[table].names().index(name) for name in names]
    return lambda row: tuple(row[place] for place in places)


@lru_cache(maxsize=None)
def wilson(k: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a proportion, as shares of 1.

    Args:
        k: units that have it.
        n: units, at least 1.
    """
    from scipy.stats import binomtest  # half a second to import, and only exports need it

    interval = binomtest(k, n).proportion_ci(confidence_level=0.95, method="wilson")
    return float(interval.low), float(interval.high)


def headline_coder(coders: Iterable[str]) -> str | None:
    """The coder whose codes stand for a layer where there is room for one only.

    A trained model before the rules, any other before VADER, and people last: they code a sample.
    """
    ranks = ("model:", "rules", "", "vader", "human:")

    def rank(coder: str) -> tuple[int, str]:
        fits = [i for i, start in enumerate(ranks) if start and coder.startswith(start)]
        return (fits[0] if fits else ranks.index(""), coder)

    return min(coders, key=rank, default=None)


def rows(source: Snapshot, table: str) -> Iterator[Row]:
    """Rows of any published table: the summaries are made here, the others come from the source."""
    made = {
        "summary_codes": summary_codes,
        "summary_claims": summary_claims,
        "summary_threads": summary_threads,
    }.get(table)
    yield from source.rows(table) if made is None else made(source)


# ---- posts, with all that was said of them ------------------------------------------------------


class Unit(NamedTuple):
    """A post as it is counted. `author` is None where nobody can be counted by the name."""

    post_id: str
    document_id: str
    thread_id: str
    depth: int
    author: tuple[str, str] | None
    role: str
    month: str
    at: str | None


def units(source: Snapshot) -> Iterator[Unit]:
    """Posts that count, in document order."""
    pick = reader("documents", "document_id", "source", "url")
    sites = {doc: site_of(url, key) for doc, key, url in map(pick, source.rows("documents"))}
    names = "post_id document_id thread_id depth author role posted_at status time_precision"
    for post in map(reader("posts", *names.split()), source.rows("posts")):
        post_id, document, thread, depth, author, role, at, status, precision = post
        if status not in UNITS:
            continue
        known = None if not author or is_shared(author) else (sites.get(document, ""), author)
        month = _MONTH.match(at or "") if precision != "relative" else None
        when = month[0] if month else UNDATED
        yield Unit(post_id, document, thread, depth, known, role or "unknown", when, at)


def by_document(
    source: Snapshot, table: str, *names: str
) -> Iterator[tuple[list[Unit], dict[str, list[Row]]]]:
    """Each document's posts with the rows of a table that are about them, by post.

    Raises:
        ValueError: the source gives the table's rows in another order than its documents.
    """
    counted = {unit.post_id for unit in units(source)}
    pick = reader(table, "post_id", *names)
    about = (pick(row) for row in source.rows(table))
    waiting = next(about, None)
    for _, posts in groupby(units(source), key=lambda unit: unit.document_id):
        here = list(posts)
        found: dict[str, list[Row]] = {unit.post_id: [] for unit in here}
        while waiting is not None and (waiting[0] in found or waiting[0] not in counted):
            if waiting[0] in found:  # else it is about a tombstone, and no unit
                found[waiting[0]].append(waiting[1:])
            waiting = next(about, None)
        yield here, found
    if waiting is not None and waiting[0] in counted:
        raise ValueError(f"{table}: post {waiting[0]} does not stand in document order")


# ---- codes --------------------------------------------------------------------------------------


class Cell(NamedTuple):
    """What is counted: a code, of any polarity and of anybody's where these are empty."""

    coder: str
    layer: str
    code: str
    polarity: str
    whose: str


@dataclass(slots=True)
class _Found:
    """Posts and authors that have a cell, and those on which the coder abstained."""

    posts: int = 0
    abstained: int = 0
    authors: set[tuple[str, str]] = field(default_factory=set)
    unsure: set[tuple[str, str]] = field(default_factory=set)


@dataclass(slots=True)
class _Base:
    """Posts that could have a code, and how many each known author wrote of them."""

    posts: int = 0
    authors: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, unit: Unit) -> None:
        self.posts += 1
        if unit.author:
            self.authors[unit.author] += 1


@dataclass(slots=True)
class _Group:
    """One group of posts: all that could have a code, minus those in a language that the coder
    lacks (`outside`); for people, only the posts that they coded (`coded`)."""

    base: _Base = field(default_factory=_Base)
    outside: dict[tuple[str, str], _Base] = field(default_factory=lambda: defaultdict(_Base))
    coded: dict[str, _Base] = field(default_factory=lambda: defaultdict(_Base))
    found: dict[Cell, _Found] = field(default_factory=lambda: defaultdict(_Found))

    def eligible(self, cell: Cell) -> _Base:
        whole = self.coded[cell.coder] if cell.coder.startswith("human:") else self.base
        out = self.outside.get((cell.coder, cell.layer))
        if out is None:
            return whole
        left = Counter(
            {who: n - out.authors[who] for who, n in whole.authors.items() if n > out.authors[who]}
        )
        return _Base(whole.posts - out.posts, left)


_PICKED = ("coder", "layer", "code", "polarity", "whose", "abstained", "reason")


def _cells(row: Row) -> Iterator[Cell]:
    coder, layer, code, polarity, whose = row[:5]
    for p in {"", polarity or ""}:
        for w in {"", whose or ""}:
            yield Cell(coder, layer, code, p, w)


def _count(group: _Group, unit: Unit, given: Iterable[Row], known: Mapping[Cell, None]) -> None:
    """Adds one post and its codings (columns `_PICKED`) to a group."""
    group.base.add(unit)
    has, unsure, outside = set(), set(), set()
    for row in given:
        abstained, reason = row[5:]
        if abstained and reason == "language":
            outside.add(row[:2])
        elif abstained:
            unsure.update(_doubted(row, known))
        else:
            has.update(_cells(row))
    for coder in {row[0] for row in given if row[0].startswith("human:")}:
        group.coded[coder].add(unit)
    for pair in outside:
        group.outside[pair].add(unit)
    for cell in has:
        group.found[cell].posts += 1
        if unit.author:
            group.found[cell].authors.add(unit.author)
    for cell in unsure - has:
        group.found[cell].abstained += (cell.coder, cell.layer) not in outside
        if unit.author:
            group.found[cell].unsure.add(unit.author)


def _doubted(row: Row, known: Mapping[Cell, None]) -> Iterator[Cell]:
    """Cells that an abstention leaves open: every polarity of its code; every sentiment."""
    coder, layer, code, _, whose = row[:5]
    for cell in known:
        same = cell.coder == coder and cell.layer == layer
        if same and (layer == "sentiment" or cell.code == code):
            if not whose or cell.whose in ("", whose):
                yield cell


def _known_cells(source: Snapshot) -> dict[Cell, None]:
    """Every cell that some coding names, in publication order."""
    cells: set[Cell] = set()
    for row in map(reader("codings", *_PICKED), source.rows("codings")):
        if not (row[5] and row[6] == "language"):
            cells.update(_cells(row))
    ordered = sorted(cells, key=lambda c: (c.coder, LAYERS.index(c.layer), *c[2:]))
    return dict.fromkeys(ordered)


def _figures(
    cell: Cell, group: _Group, kind: tuple[str, str], coverage: tuple[int, int]
) -> Iterator[Row]:
    """The two rows, by posts and by authors, of a cell in a group."""
    base, found = group.eligible(cell), group.found.get(cell) or _Found()
    about = (cell.layer, cell.code, cell.polarity or None, cell.whose or None, *kind)
    tail = (None, None, None, cell.coder)
    posts = _proportion(base.posts, found.posts, found.abstained)
    yield (*about, "posts", *posts, *tail, "Wilson 95 %, posts taken as independent")
    unsure = len((found.unsure & base.authors.keys()) - found.authors)
    authors = _proportion(len(base.authors), len(found.authors), unsure)
    known = f"Wilson 95 %; {coverage[0]} of {coverage[1]} posts have a known author"
    yield (*about, "authors", *authors, *tail, known)


def _proportion(eligible: int, k: int, abstained: int) -> Row:
    """n, n_with, n_abstained, prevalence, interval, and the bounds that abstentions allow."""
    n = eligible - abstained
    low = high = None
    if eligible:
        low, high = k / eligible, (k + abstained) / eligible
    if n <= 0:
        return (n, k, abstained, None, None, None, low, high)
    return (n, k, abstained, k / n, *wilson(k, n), low, high)


def _kinds(unit: Unit, dated: bool) -> Iterator[tuple[str, str]]:
    yield ("all", "")
    yield ("role", unit.role)
    if dated:
        yield ("month", unit.month)


def _order(kind: tuple[str, str]) -> tuple[int, int, str]:
    place = ROLES.index(kind[1]) if kind[1] in ROLES else len(ROLES)
    return (("all", "role", "month").index(kind[0]), place if kind[0] == "role" else 0, kind[1])


def summary_codes(source: Snapshot) -> Iterator[Row]:
    """How often each code was given: rows of ``summary_codes``.

    Every code that some coder gave has a row in every role and month, 0 included; in single
    documents only where it was given or abstained on (a study may have 100,000 threads).
    """
    known = _known_cells(source)
    dated = any(unit.month != UNDATED for unit in units(source))
    groups: dict[tuple[str, str], _Group] = defaultdict(_Group)
    documents: dict[Cell, list[Row]] = defaultdict(list)
    for posts, codings in by_document(source, "codings", *_PICKED):
        here = _Group()
        for unit in posts:
            given = codings[unit.post_id]
            _count(here, unit, given, known)
            for kind in _kinds(unit, dated):
                _count(groups[kind], unit, given, known)
        name = ("document", posts[0].document_id)
        coverage = (here.base.authors.total(), here.base.posts)
        for cell in here.found:
            documents[cell].extend(_figures(cell, here, name, coverage))
    for cell in known:
        for kind in sorted(groups, key=_order):
            base = groups[kind].base
            yield from _figures(cell, groups[kind], kind, (base.authors.total(), base.posts))
        yield from documents.get(cell, ())


# ---- claims -------------------------------------------------------------------------------------


def moment(at: str | None) -> datetime | None:
    """A time as a point that can be compared; one without an offset is taken as UTC."""
    for text in (at or "", f"{at}-01", f"{at}-01-01"):
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


@dataclass(slots=True)
class _Spoken:
    """Posts that do one thing to one claim."""

    posts: int = 0
    authors: set[tuple[str, str]] = field(default_factory=set)
    times: list[str] = field(default_factory=list)
    example: tuple[bool, float, str] | None = None

    def add(self, unit: Unit, hops: int, score: float | None) -> None:
        self.posts += 1
        if unit.author:
            self.authors.add(unit.author)
        if moment(unit.at):
            ends = sorted([*self.times, unit.at or ""], key=lambda at: (moment(at), at))
            self.times = [ends[0], ends[-1]]
        told = (hops == 0, score or 0.0, unit.post_id)
        if self.example is None or told[:2] > self.example[:2]:
            self.example = told


def best_mentions(source: Snapshot) -> dict[str, Row]:
    """For each claim, the row of the mention that states most (the first of equals)."""
    stated = reader("claims", "value", "ci_low", "timepoint", "n", "trial", "doi")
    (at,) = reader("claims", "claim_id")(tuple(range(len(TABLES["claims"].columns))))
    best: dict[str, Row] = {}
    for row in source.rows("claims"):
        old = best.get(row[at])
        if old is None or _told(stated(row)) > _told(stated(old)):
            best[row[at]] = row
    return best


def _told(values: Row) -> int:
    return sum(value is not None for value in values)


def summary_claims(source: Snapshot) -> Iterator[Row]:
    """Who speaks to each claim: rows of ``summary_claims``.

    Links that are inherited count; the example is one whose own words name the claim where there is
    one, else the likeliest, else the first. A claim that nobody speaks to has one row, without a
    relation.
    """
    spoken: dict[str, dict[str, _Spoken]] = defaultdict(lambda: defaultdict(_Spoken))
    for posts, links in by_document(source, "links", "refers_to", "relation", "hops", "score"):
        for unit in posts:
            once: dict[tuple[str, str], tuple[int, float | None]] = {}
            for refers_to, relation, hops, score in links[unit.post_id]:
                old = once.get((refers_to, relation))
                if old is None or hops < old[0]:
                    once[refers_to, relation] = (hops, score)
            for (refers_to, relation), (hops, score) in once.items():
                if refers_to.startswith("claim:"):
                    spoken[refers_to.removeprefix("claim:")][relation].add(unit, hops, score)
    pick = reader("claims", "claim_id", "trial", "endpoint", "value", "unit", "timepoint")
    for claim_id, row in best_mentions(source).items():
        told = pick(row)
        for relation in RELATIONS:
            if claim_id in spoken and relation in spoken[claim_id]:
                yield (*told, relation, *_spoken(spoken[claim_id][relation]))
        if claim_id not in spoken:
            yield (*told, None, 0, 0, None, None, None)


def _spoken(said: _Spoken) -> Row:
    first, last = (said.times[0], said.times[-1]) if said.times else (None, None)
    example = said.example[2] if said.example else None
    return (said.posts, len(said.authors), first, last, example)


# ---- threads ------------------------------------------------------------------------------------


def headline_coders(source: Snapshot) -> dict[str, str]:
    """For each layer, the coder whose codes stand for it."""
    found: dict[str, set[str]] = defaultdict(set)
    for layer, coder in map(reader("codings", "layer", "coder"), source.rows("codings")):
        found[layer].add(coder)
    return {layer: headline_coder(coders) or "" for layer, coders in found.items()}


def summary_threads(source: Snapshot) -> Iterator[Row]:
    """What each thread holds: rows of ``summary_threads``. Topics and sentiment are those of one
    coder (`headline_coder`); abstentions count as none."""
    chosen = headline_coders(source)
    for posts, codings in by_document(source, "codings", "layer", "code", "coder", "abstained"):
        threads: dict[str, list[Unit]] = defaultdict(list)
        for unit in posts:
            threads[unit.thread_id].append(unit)
        for thread_id, here in threads.items():
            codes: Counter[tuple[str, str]] = Counter()
            for unit in here:
                codes.update({(r[0], r[1]) for r in codings[unit.post_id] if _stands(r, chosen)})
            topics = sorted((-n, code) for (layer, code), n in codes.items() if layer == "topic")
            feelings = ("positive", "negative", "mixed", "neutral")
            yield (
                here[0].document_id,
                thread_id,
                len(here),
                len({unit.author for unit in here if unit.author}),
                max(unit.depth for unit in here),
                None,
                None,
                ";".join(code for _, code in topics[:3]) or None,
                *(codes["sentiment", feeling] for feeling in feelings),
            )


def _stands(row: Row, chosen: Mapping[str, str]) -> bool:
    layer, _, coder, abstained = row
    return not abstained and chosen.get(layer) == coder
