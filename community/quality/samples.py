"""Posts that two or more coders coded, as arrays: who gave a code where, in which thread."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from community.codebook import Code, Codebook
from community.labels.nouns import Given, Labels, Passage, PostLabels, feeling
from community.measures.clustered import (
    Bools,
    Estimate,
    Kind,
    Statistic,
    Whole,
    estimate,
    summed,
)
from community.quality.nouns import Figure, KnownPost, Unit
from community.types import Layer, Span

ABSENT, PRESENT, UNSURE, MISSING = 0, 1, -1, -2
_MIDDLE = ("mixed", "neutral")


def find(labels: Labels, known: Iterable[KnownPost]) -> tuple[Labels, list[str]]:
    """Labels under the study's own ids, and the ids that lead to no post or to several.

    A post may be named by its id in the study or, where only one post has it, by its native id.
    """
    ids: dict[str, str] = {}
    native: dict[str, list[str]] = {}
    for post in known:
        ids[post.id] = post.id
        if post.native_id:
            native.setdefault(post.native_id, []).append(post.id)
    ids = {name: held[0] for name, held in native.items() if len(held) == 1} | ids
    found = {ids[name]: post for name, post in labels.posts.items() if name in ids}
    threads = {ids[name]: thread for name, thread in labels.threads.items() if name in ids}
    unknown = [name for name in labels.posts if name not in ids]
    return replace(labels, posts=found, threads=threads), unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Posts in the study's order; `clusters` numbers the thread of each, from 0 to `threads`."""

    posts: tuple[KnownPost, ...]
    clusters: Whole
    threads: int

    def column(self, labels: Labels, code: Code) -> Whole:
        """(n,): `PRESENT`, `ABSENT`, `UNSURE` (abstained) or `MISSING` (not coded) for each."""
        made = [_value(labels, post.id, code) for post in self.posts]
        return np.array(made, dtype=np.int64)

    def each(self, labels: Labels) -> list[PostLabels | None]:
        """The coder's labels of each post."""
        return [labels.posts.get(post.id) for post in self.posts]

    def estimate(
        self, rows: npt.ArrayLike, statistic: Statistic, kind: Kind, telling: Bools | None = None
    ) -> Estimate:
        """A measure over all posts, threads resampled; see `clustered.estimate`.

        Args:
            telling: (n,) true for posts that say something of the measure; every post whose row is
                not all 0 if None.
        """
        sums = summed(rows, self.clusters, self.threads)
        if telling is None:
            return estimate(sums, statistic, kind=kind)
        told = np.bincount(self.clusters[telling], minlength=self.threads) > 0
        return estimate(sums, statistic, kind=kind, telling=told)


def sample(posts: Sequence[KnownPost]) -> Sample:
    """The sample of these posts."""
    numbers: dict[str, int] = {}
    clusters = [numbers.setdefault(post.thread, len(numbers)) for post in posts]
    return Sample(
        posts=tuple(posts), clusters=np.array(clusters, dtype=np.int64), threads=len(numbers)
    )


def _value(labels: Labels, post_id: str, code: Code) -> int:
    post = labels.posts.get(post_id)
    if post is None or code.layer not in labels.layers:
        return MISSING
    if code.code in post.given:
        return PRESENT
    return UNSURE if code.code in post.unsure else ABSENT


def feelings(sampled: Sample, labels: Labels, book: Codebook) -> list[str | None]:
    """The sentiment of each post, None where the coder has not stated it."""
    return [feeling(post, book) if post else None for post in sampled.each(labels)]


def without_unstated(column: Whole, felt: Sequence[str | None]) -> Whole:
    """A column of a sentiment value: where no sentiment is stated, nothing was coded."""
    stated = np.array([value is not None for value in felt], dtype=bool)
    made: Whole = np.where((column == ABSENT) & ~stated, MISSING, column)
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a figure is about."""

    layer: str
    code: str = ""
    coders: str = ""
    unit: Unit = "posts"

    def figure(self, measure: str, found: Estimate, n: int) -> Figure:
        """The figure of an estimate."""
        return Figure(
            layer=self.layer, code=self.code, measure=measure, estimate=found.value,
            low=found.low, high=found.high, n=n, unit=self.unit, threads=found.threads,
            method=found.method, coders=self.coders,
        )  # fmt: skip

    def count(self, measure: str, of: Bools, n: int, sampled: Sample) -> Figure:
        """A count, which needs no interval."""
        threads = len(np.unique(sampled.clusters[of]))
        told = Estimate(value=float(of.sum()), threads=threads, method="count")
        return self.figure(measure, told, n)


# ---- scales -----------------------------------------------------------------------------------


def ranks(values: Sequence[str]) -> dict[str, int] | None:
    """The rank of each value of a scale: of two poles (the values other than mixed and neutral, in
    the codebook's order) with mixed and neutral between them; None where there are more or fewer
    poles. Which pole comes first does not matter to any measure used here."""
    poles = [value for value in values if value not in _MIDDLE]
    if len(poles) != 2:
        return None
    return {poles[1]: 0, poles[0]: 2} | {v: 1 for v in values if v in _MIDDLE}


def order(scale: Mapping[str, int]) -> str:
    """A scale in words: ``negative < mixed = neutral < positive``."""
    steps = sorted(set(scale.values()))
    return " < ".join(" = ".join(v for v in scale if scale[v] == step) for step in steps)


def sentiments(book: Codebook) -> tuple[str, ...]:
    """The values of sentiment, in the codebook's order."""
    return tuple(code.code for code in book.layer("sentiment"))


def orders(book: Codebook) -> dict[str, str]:
    """The order of every scale of a codebook that has one: sentiment, and polarities by code."""
    scales = {"sentiment": sentiments(book)}
    scales |= {code.code: code.polarity for code in book.codes if code.polarity}
    found = {name: ranks(values) for name, values in scales.items()}
    return {name: order(scale) for name, scale in found.items() if scale}


LAYERS: tuple[Layer, ...] = ("stance", "sentiment", "topic")


# ---- evidence ---------------------------------------------------------------------------------


def spans(given: Given, post: KnownPost) -> list[Span]:
    """Where a code's evidence stands in its post's text, passages that do not stand there left
    out."""
    found = (_place(passage, post) for passage in given.evidence)
    return [span for span in found if span is not None]


def lost(labels: Labels, posts: Iterable[KnownPost]) -> int:
    """Passages of evidence that do not stand in their posts."""
    count = 0
    for post in posts:
        held = labels.posts.get(post.id)
        for given in held.given.values() if held and post.text else ():
            count += len(given.evidence) - len(spans(given, post))
    return count


def _place(passage: Passage, post: KnownPost) -> Span | None:
    if passage.words is not None:
        gaps = r"\s+".join(map(re.escape, passage.words.split()))
        found = re.search(gaps, post.text) if gaps else None
        return Span(*found.span()) if found else None
    shift = post.start if passage.base == "document" else 0
    start, end = passage.start - shift, passage.end - shift
    return Span(start, end) if 0 <= start < end <= len(post.text) else None
