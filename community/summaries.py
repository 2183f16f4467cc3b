"""What the tables say in figures: who speaks to each claim, and what each thread holds.

Everything is counted from published rows (`community.tables`), so that a reader can count again;
`community.prevalence` counts the codes, `community.units` says which posts and authors count.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from community import tables
from community.contracts import Snapshot
from community.prevalence import summary_codes
from community.units import Unit, by_document, moment, picker

Row = tuple[Any, ...]

RELATIONS = (
    "supports",
    "disputes",
    "questions",
    "asks",
    "experience-for",
    "experience-against",
    "mentions",
)
FEELINGS = ("positive", "negative", "mixed", "neutral")
_TOP_TOPICS = 3


# ---- claims -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Spoken:
    """Posts that do one thing to one claim."""

    posts: int = 0
    authors: set[tuple[str, str]] = field(default_factory=set)
    times: tuple[str, ...] = ()
    example: tuple[bool, float, str] | None = None

    def add(self, unit: Unit, hops: int, score: float | None) -> None:
        """Counts one post."""
        self.posts += 1
        if unit.author:
            self.authors.add(unit.author)
        if moment(unit.at):
            ends = sorted([*self.times, unit.at or ""], key=lambda at: (moment(at), at))
            self.times = (ends[0], ends[-1])
        told = (hops == 0, score or 0.0, unit.post_id)
        if self.example is None or told[:2] > self.example[:2]:
            self.example = told

    def figures(self) -> Row:
        """posts, authors, first_at, last_at, example_post_id."""
        first, last = (self.times[0], self.times[-1]) if self.times else (None, None)
        example = self.example[2] if self.example else None
        return (self.posts, len(self.authors), first, last, example)


def best_mentions(source: Snapshot) -> dict[str, Row]:
    """For each claim, the row of the mention that states most, the first of equals."""
    stated = picker("claims", "value", "ci_low", "timepoint", "n", "trial", "doi")
    at = tables.CLAIMS.names().index("claim_id")
    best: dict[str, Row] = {}
    for row in source.rows("claims"):
        claim_id = str(row[at])
        old = best.get(claim_id)
        if old is None or _told(stated(row)) > _told(stated(old)):
            best[claim_id] = row
    return best


def _told(values: Row) -> int:
    return sum(value is not None for value in values)


def _once(links: Iterable[Row]) -> dict[tuple[str, str], tuple[int, float | None]]:
    """A post's links, each target and relation once: its fewest hops, then its likeliest."""
    kept: dict[tuple[str, str], tuple[int, float | None]] = {}
    for refers_to, relation, hops, score in links:
        old = kept.get((refers_to, relation))
        if old is None or (-hops, score or 0.0) > (-old[0], old[1] or 0.0):
            kept[refers_to, relation] = (hops, score)
    return kept


def summary_claims(source: Snapshot) -> Iterator[Row]:
    """Rows of ``summary_claims``.

    Inherited links count; the example is a post whose own words name the claim where there is one,
    of these the likeliest, of these the first. A claim that nobody speaks to has one row, without a
    relation.
    """
    spoken: dict[str, dict[str, _Spoken]] = defaultdict(lambda: defaultdict(_Spoken))
    for posts, links in by_document(source, "links", "refers_to", "relation", "hops", "score"):
        for unit in posts:
            for (refers_to, relation), link in _once(links[unit.post_id]).items():
                level, _, claim_id = refers_to.partition(":")
                if level == "claim":
                    spoken[claim_id][relation].add(unit, *link)
    pick = picker("claims", "claim_id", "trial", "endpoint", "value", "unit", "timepoint")
    for claim_id, row in best_mentions(source).items():
        said = spoken.get(claim_id, {})
        for relation in RELATIONS:
            if relation in said:
                yield (*pick(row), relation, *said[relation].figures())
        if not said:
            yield (*pick(row), None, 0, 0, None, None, None)


# ---- threads ----------------------------------------------------------------------------------


def headline_coder(coders: Iterable[str]) -> str | None:
    """The coder whose codes stand for a layer where there is room for one only.

    A trained model before the rules, any other before VADER, and people last: they code a sample.
    """
    ranks = ("model:", "rules", "", "vader", "human:")

    def rank(coder: str) -> tuple[int, str]:
        fits = [i for i, start in enumerate(ranks) if start and coder.startswith(start)]
        return (fits[0] if fits else ranks.index(""), coder)

    return min(coders, key=rank, default=None)


def headline_coders(source: Snapshot) -> dict[str, str]:
    """For each layer that was coded, the coder whose codes stand for it."""
    found: dict[str, set[str]] = defaultdict(set)
    for layer, coder in map(picker("codings", "layer", "coder"), source.rows("codings")):
        found[layer].add(coder)
    return {layer: headline_coder(coders) or "" for layer, coders in found.items()}


def _thread_row(
    posts: list[Unit],
    codings: Mapping[str, list[Row]],
    asked: Mapping[str, list[Row]],
    chosen: set[Row],
) -> Row:
    codes: Counter[tuple[str, str]] = Counter()
    for unit in posts:
        given = (row for row in codings[unit.post_id] if (row[0], row[2]) in chosen)
        codes.update({(layer, code) for layer, code, _, abstained in given if not abstained})
    topics = sorted((-n, code) for (layer, code), n in codes.items() if layer == "topic")
    questions = [answer for unit in posts for (answer,) in asked[unit.post_id]]
    return (
        posts[0].document_id,
        posts[0].thread_id,
        len(posts),
        len({unit.author for unit in posts if unit.author}),
        max(unit.depth for unit in posts),
        len(questions),
        questions.count(None),
        ";".join(code for _, code in topics[:_TOP_TOPICS]) or None,
        *(codes["sentiment", feeling] for feeling in FEELINGS),
    )


def summary_threads(source: Snapshot) -> Iterator[Row]:
    """Rows of ``summary_threads``. Topics and sentiment are those of one coder (`headline_coder`);
    an abstention is no code."""
    chosen: set[Row] = set(headline_coders(source).items())
    coded = by_document(source, "codings", "layer", "code", "coder", "abstained")
    questions = by_document(source, "questions", "answered_by")
    for (posts, codings), (_, asked) in zip(coded, questions, strict=True):
        threads: dict[str, list[Unit]] = defaultdict(list)
        for unit in posts:
            threads[unit.thread_id].append(unit)
        for here in threads.values():
            yield _thread_row(here, codings, asked, chosen)


TABLES: dict[str, Callable[[Snapshot], Iterator[Row]]] = {
    "summary_codes": summary_codes,
    "summary_claims": summary_claims,
    "summary_threads": summary_threads,
}
