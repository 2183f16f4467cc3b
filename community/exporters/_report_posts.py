"""Threads as the report lays them out: posts in the order of the discussion, their evidence marked.

A discussion is laid out flat, with its depth as a number, so that 10,000 replies deep is no deeper
for a browser than ten; who answers whom is said in words and linked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from community.contracts import Snapshot
from community.tables import TABLES

Values = dict[str, Any]

MAX_DEPTH_SHOWN = 6  # steps of indentation; deeper ones stand at the last
_MAX_CHARACTERS = 12_000  # of one post; the whole stands in posts.csv


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a document that justifies what the line of that number below the post says."""

    start: int
    end: int
    layer: str
    number: int


@dataclass(frozen=True, slots=True)
class Run:
    """Words with the layers that they are evidence for, and the numbers that end here."""

    text: str
    layers: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Runs that are the poster's own, or quoted."""

    quoted: bool
    runs: tuple[Run, ...]


def values(snapshot: Snapshot, table: str) -> Iterator[Values]:
    """Rows of a published table by column name."""
    names = TABLES[table].names()
    for row in snapshot.rows(table):
        yield dict(zip(names, row, strict=True))


def blocks(
    text: str, start: int, quotes: Sequence[tuple[int, int]], marks: Sequence[Mark]
) -> tuple[Block, ...]:
    """A post's text, cut where quotes and marks begin and end.

    Args:
        text: the post.
        start: where it begins in its document; quotes and marks are offsets there.
        quotes: quoted stretches.
        marks: evidence.
    """
    size = len(text)

    def inside(offset: int) -> int:
        return min(max(offset - start, 0), size)

    quoted = [(inside(a), inside(b)) for a, b in quotes]
    marked = [(inside(m.start), inside(m.end), m) for m in marks]
    cuts = {0, size, *(p for pair in quoted for p in pair)}
    cuts |= {p for a, b, _ in marked for p in (a, b)}
    ordered = sorted(cuts)
    made: list[tuple[bool, list[Run]]] = []
    for a, b in pairwise(ordered):
        is_quoted = any(x <= a and b <= y for x, y in quoted)
        here = [(x, y, m) for x, y, m in marked if x <= a and b <= y]
        layers = tuple(dict.fromkeys(m.layer for _, _, m in here))
        numbers = tuple(sorted({m.number for _, y, m in here if y == b}))
        if not made or made[-1][0] != is_quoted:
            made.append((is_quoted, []))
        seen = layers if any(map(str.isalnum, text[a:b])) else ()  # a bare full stop is no evidence
        made[-1][1].append(Run(text[a:b], seen, numbers))
    return tuple(_trimmed(is_quoted, runs) for is_quoted, runs in made if _has_words(runs))


def _has_words(runs: Iterable[Run]) -> bool:
    """Whether there is more than the signs around a quotation."""
    return any(run.text.strip(" \t\n>\"'“”„«»") or run.layers for run in runs)


def _trimmed(quoted: bool, runs: list[Run]) -> Block:
    """A block without the line breaks and quotation signs around it."""
    first, last = runs[0], runs[-1]
    runs[0] = Run(first.text.lstrip("\n"), first.layers, first.numbers)
    last = runs[-1]
    runs[-1] = Run(
        last.text if last.layers else last.text.rstrip("\n> "), last.layers, last.numbers
    )
    return Block(quoted, tuple(runs))


def laid_out(posts: Sequence[Values]) -> list[tuple[int, Values]]:
    """Posts of one document, each under the post that it answers by layout, with its depth."""
    here = {post["post_id"] for post in posts}
    below: dict[str, list[Values]] = defaultdict(list)
    roots = []
    for post in posts:
        parent = post["parent_id"]
        if parent in here and parent != post["post_id"]:
            below[parent].append(post)
        else:
            roots.append(post)
    order: list[tuple[int, Values]] = []
    seen: set[str] = set()
    # what no root leads to hangs in a circle: it stands at the end, and nothing is lost
    for root in [*roots, *posts]:
        stack = [(root["depth"] if root["gap"] else 0, root)]
        while stack:
            depth, post = stack.pop()
            if post["post_id"] in seen:
                continue
            seen.add(post["post_id"])
            order.append((depth, post))
            stack.extend((depth + 1, child) for child in reversed(below[post["post_id"]]))
    return order


@dataclass(slots=True)
class Shown:
    """The posts that the report lays out, with everything that stands about them."""

    documents: list[tuple[str, list[Values]]]
    codings: dict[str, list[Values]]
    evidence: dict[str, list[tuple[int, int]]]
    quotes: dict[str, list[tuple[int, int]]]
    links: dict[str, list[Values]]
    cited: dict[str, Values]
    total: int

    def __contains__(self, post_id: str) -> bool:
        return post_id in self.codings


def gather(snapshot: Snapshot, max_posts: int, cited: Collection[str]) -> Shown:
    """The first `max_posts` posts, in document order, and the rows about them; of the posts that
    are `cited` elsewhere in the report, who wrote them and when."""
    shown = Shown([], {}, {}, defaultdict(list), defaultdict(list), {}, 0)
    for shown.total, post in enumerate(values(snapshot, "posts"), 1):
        if post["post_id"] in cited:
            shown.cited[post["post_id"]] = post | {"text": None}
        if shown.total <= max_posts:
            if not shown.documents or shown.documents[-1][0] != post["document_id"]:
                shown.documents.append((post["document_id"], []))
            shown.documents[-1][1].append(post)
            shown.codings[post["post_id"]] = []
    _fill(shown, snapshot)
    return shown


def _fill(shown: Shown, snapshot: Snapshot) -> None:
    for coding in values(snapshot, "codings"):
        if coding["post_id"] in shown:
            shown.codings[coding["post_id"]].append(coding)
            shown.evidence[coding["coding_id"]] = []
    for row in values(snapshot, "evidence"):
        if row["coding_id"] in shown.evidence:
            shown.evidence[row["coding_id"]].append((row["start"], row["end"]))
    for row in values(snapshot, "quotes"):
        if row["post_id"] in shown:
            shown.quotes[row["post_id"]].append((row["start"], row["end"]))
    for row in values(snapshot, "links"):
        if row["post_id"] in shown:
            shown.links[row["post_id"]].append(row)


_LAYER_ORDER = {"stance": 0, "sentiment": 1, "topic": 2}


def _notes(
    shown: Shown, post: Values, names: Mapping[str, str], coders: Mapping[str, str | None]
) -> tuple[list[Values], list[Mark]]:
    """What was said about a post, and the marks. Only what counts in the headline figures, or was
    said by people, is marked and numbered: comparisons and doubts would cover every word."""
    notes: list[Values] = []
    marks: list[Mark] = []

    def note(layer: str, spans: Iterable[tuple[int, int]], **told: Any) -> None:
        kept = [(a, b) for a, b in spans if post["text"] and a is not None and b > a]
        number = len({mark.number for mark in marks}) + 1 if kept else None
        marks.extend(Mark(a, b, layer, number) for a, b in kept if number)
        notes.append({"layer": layer, "number": number, **told})

    codings = shown.codings[post["post_id"]]
    for coding in sorted(codings, key=lambda c: (_LAYER_ORDER[c["layer"]], c["abstained"])):
        if coding["abstained"] and coding["reason"] == "language":
            continue
        spans = shown.evidence[coding["coding_id"]]
        strongest = [(coding["evidence_start"], coding["evidence_end"])]
        counts = coders.get(coding["layer"]) == coding["coder"]
        counts = counts or coding["coder"].startswith("human:")
        marked = (spans or strongest) if counts and not coding["abstained"] else ()
        note(coding["layer"], marked, coding=coding)
    for link in shown.links[post["post_id"]]:
        spans = [(link["evidence_start"], link["evidence_end"])]
        note("link", spans, link=link, name=names.get(link["refers_to"]) or link["refers_to"])
    return notes, marks


def views(
    shown: Shown, names: Mapping[str, str], coders: Mapping[str, str | None]
) -> Iterator[tuple[str, list[Values]]]:
    """For each document, its posts as the template takes them.

    Args:
        shown: what `gather` gave.
        names: what to call the targets of links, by `refers_to`.
        coders: the coder that stands for each layer.
    """
    for document_id, posts in shown.documents:
        by_id = {post["post_id"]: post for post in posts}
        made = []
        for depth, post in laid_out(posts):
            notes, marks = _notes(shown, post, names, coders)
            text = post["text"] or ""
            cut = text[:_MAX_CHARACTERS]
            quotes = shown.quotes[post["post_id"]]
            answers = post["answers_id"]
            made.append(
                {
                    "row": post,
                    "depth": depth,
                    "step": min(depth, MAX_DEPTH_SHOWN),
                    "blocks": blocks(cut, post["start"] or 0, quotes, marks) if cut else (),
                    "cut": len(text) - len(cut),
                    "wordless": not text.strip(),
                    "notes": notes,
                    "parent": by_id.get(post["parent_id"] or ""),
                    "answers": by_id.get(answers) if answers != post["parent_id"] else None,
                    "other_language": _unread(shown.codings[post["post_id"]]),
                }
            )
        yield document_id, made


def _unread(codings: Iterable[Values]) -> bool:
    return any(coding["reason"] == "language" for coding in codings if coding["abstained"])
