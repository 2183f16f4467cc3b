"""Coders against each other: everything that `community agreement` says.

A post counts for a code if at least two coders coded it: it is among their posts, the code's layer
is among their layers, and they did not abstain. Missing codings are allowed (Krippendorff 2011);
kappa is of two coders and is given for every pair.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from community.codebook import Code, Codebook
from community.labels.nouns import Labels, PostLabels
from community.measures import accuracy, agreement, overlap
from community.measures.agreement import MISSING
from community.measures.clustered import Array, Whole
from community.quality.against import wanted
from community.quality.nouns import Agreement, Figure, KnownPost, Matched, Unit
from community.quality.samples import (
    LAYERS,
    About,
    Sample,
    feelings,
    find,
    lost,
    orders,
    ranks,
    sample,
    sentiments,
    spans,
)
from community.quality.values import ROLES, kappa, weighted

_BOTH: Unit = "posts with the code in both"
NO_WORDS = "evidence is not compared: name the study that holds the words with --study"
NO_THREADS = (
    "no threads are known: every post is taken as a thread of its own, and intervals are too"
    " narrow; name the study with --study, or give a column thread_id"
)
Grid = npt.NDArray[np.object_]  # (posts, coders), None where a coder says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class _Coders:
    """The coders, what each says of each post, and the posts."""

    sampled: Sample
    labels: tuple[Labels, ...]
    posts: tuple[list[PostLabels | None], ...]
    book: Codebook

    def grid(self, values: Sequence[Sequence[Any]]) -> Grid:
        """(posts, coders) values, from a list for each coder."""
        made = np.empty((len(self.sampled.posts), len(values)), dtype=object)
        for at, column in enumerate(values):
            made[:, at] = column
        return made

    def pairs(self) -> Iterator[tuple[int, int, str]]:
        """Every two coders, and what they are called together."""
        for a, b in combinations(range(len(self.labels)), 2):
            yield a, b, f"{self.labels[a].coder} x {self.labels[b].coder}"


def agree(
    labels: Sequence[Labels],
    known: Sequence[KnownPost] | None,
    book: Codebook,
    *,
    only: Collection[str] = (),
) -> Agreement:
    """Measures how far coders agree.

    Args:
        labels: two coders or more.
        known: the posts of the study that was coded, for threads and words; None if there is none.
        book: the codes that there are.
        only: codes that were looked for; every code of the coders' layers if empty.

    Returns:
        all figures; without any where no two coders share a post.
    """
    unknown: list[str] = []
    if known is None:
        posts = _posts(labels)
    else:
        found = [find(each, known) for each in labels]
        labels = [each for each, _ in found]
        unknown = list(dict.fromkeys(name for _, names in found for name in names))
        named = {post_id for each in labels for post_id in each.posts}
        posts = [post for post in known if post.id in named]
    shared = [post for post in posts if sum(post.id in each.posts for each in labels) > 1]
    sampled = sample(shared)
    told = {post for each in labels for post in each.threads}
    threads_known = known is not None or any(post.id in told for post in shared)
    coders = _Coders(
        sampled=sampled,
        labels=tuple(labels),
        posts=tuple(sampled.each(each) for each in labels),
        book=book,
    )
    return Agreement(
        coders=tuple(each.coder for each in labels),
        matched=Matched(
            posts=len(shared),
            threads=sampled.threads,
            unknown=tuple(unknown),
            lost=sum(lost(each, shared) for each in labels),
        ),
        figures=tuple(_figures(coders, only)) if shared else (),
        orders=orders(book),
        notes=(NO_WORDS,) * (known is None) + (NO_THREADS,) * (not threads_known),
        threads_known=threads_known,
    )


def _posts(labels: Sequence[Labels]) -> list[KnownPost]:
    """The coders' posts where there is no study to ask; a post without a thread is its own."""
    threads = {post: thread for each in labels for post, thread in each.threads.items()}
    named = dict.fromkeys(post_id for each in labels for post_id in each.posts)
    return [KnownPost(id=name, thread=threads.get(name, f"\x00{name}")) for name in named]


def _figures(coders: _Coders, only: Collection[str]) -> Iterator[Figure]:
    for layer in LAYERS:
        held = [each for each in coders.labels if layer in each.layers]
        found = wanted(coders.book, layer, only)
        if len(held) < 2 or not found:
            continue
        if layer == "sentiment":
            yield from _sentiment(coders)
        elif layer == "topic":
            yield from _sets(coders, found)
        for code in found:
            if any(post and code.code in post.given for each in coders.posts for post in each):
                yield from _code(coders, code)
    if not only:
        yield from _roles(coders)


# ---- one code ---------------------------------------------------------------------------------


def _code(coders: _Coders, code: Code) -> Iterator[Figure]:
    about = About(layer=code.layer, code=code.code)
    columns = [coders.sampled.column(each, code) for each in coders.labels]
    if code.layer == "sentiment":
        felt = [feelings(coders.sampled, each, coders.book) for each in coders.labels]
        columns = [
            np.where([value is not None for value in values], column, MISSING)
            for column, values in zip(columns, felt, strict=True)
        ]
    grid = np.stack([np.where(column < 0, MISSING, column) for column in columns], axis=1)
    yield from _nominal(coders, grid, 2, about)
    yield from _binary_kappas(coders, grid, about)
    if code.polarity or code.whose:
        yield from _polarity(coders, code)
    if any(post.text for post in coders.sampled.posts):
        yield from _evidence(coders, code)


def _nominal(coders: _Coders, grid: Whole, kinds: int, about: About) -> Iterator[Figure]:
    """Percent agreement and nominal alpha; where there are two kinds, the agreement on those that
    have the code as well (the F1 of one coder against another, over all pairs)."""
    rows = agreement.coincidences(grid, kinds)
    n = int(np.any(rows > 0, axis=1).sum())
    share = coders.sampled.estimate(rows, agreement.percent, "share")
    yield about.figure("percent_agreement", share, n)
    telling = None
    if kinds == 2:
        telling = np.any(rows[:, 1:] > 0, axis=1)  # posts without the code say nothing of it
        yield about.count("given", telling, n, coders.sampled)
        positive = coders.sampled.estimate(rows, _positive, "index", telling)
        yield about.figure("positive_agreement", positive, n)
    alpha = coders.sampled.estimate(rows, agreement.nominal, "index", telling)
    yield about.figure("alpha_nominal", alpha, n)


def _positive(flat: Array) -> Array:
    return accuracy.ratio(flat[..., 3], flat[..., 3] + flat[..., 1])


def _binary_kappas(coders: _Coders, grid: Whole, about: About) -> Iterator[Figure]:
    for a, b, name in coders.pairs():
        rows = agreement.matrices(grid[:, a], grid[:, b], 2)
        if rows.any():
            pair = About(layer=about.layer, code=about.code, coders=name)
            telling = np.any(rows[:, 1:] > 0, axis=1)
            found = coders.sampled.estimate(rows, agreement.kappa, "index", telling)
            yield pair.figure("kappa", found, int(rows.sum()))


def _polarity(coders: _Coders, code: Code) -> Iterator[Figure]:
    """Agreement on polarity and on whose, among posts that have the code with two coders."""
    given = coders.grid(
        [[post and post.given.get(code.code) for post in posts] for posts in coders.posts]
    )
    about = About(layer=code.layer, code=code.code, unit=_BOTH)
    said = _picked(given, lambda one: one.polarity)
    if code.polarity:
        yield from _several(coders, said, code.polarity, about, "polarity")
        if scale := ranks(code.polarity):
            yield _ordinal(coders, said, scale, about, "polarity_alpha_ordinal")
    if code.whose:
        whose = _picked(given, lambda one: ";".join(sorted(one.whose)) or None)
        kinds = sorted({value for value in whose.ravel() if value is not None})
        yield from _several(coders, whose, kinds, about, "whose")


def _picked(given: Grid, pick: Any) -> Grid:
    made = np.empty(given.shape, dtype=object)
    for at, one in np.ndenumerate(given):
        made[at] = pick(one) if one is not None else None
    return made


def _several(
    coders: _Coders, values: Grid, kinds: Sequence[str], about: About, name: str
) -> Iterator[Figure]:
    """Percent agreement and nominal alpha of values of more than two kinds."""
    grid = agreement.as_categories(values, kinds)
    for figure in _nominal(coders, grid, max(3, len(kinds)), about):
        yield replace(figure, measure=f"{name}_{figure.measure}")


def _ordinal(
    coders: _Coders, values: Grid, scale: Mapping[str, int], about: About, name: str
) -> Figure:
    ranked = _picked(values, lambda value: scale[value])
    grid = agreement.as_categories(ranked, range(3))
    rows = agreement.coincidences(grid, 3)
    n = int(np.any(rows > 0, axis=1).sum())
    return about.figure(name, coders.sampled.estimate(rows, agreement.ordinal, "index"), n)


def _evidence(coders: _Coders, code: Code) -> Iterator[Figure]:
    """Mean token F1 of every two coders that both give the code and say why."""
    rows = np.zeros((len(coders.sampled.posts), 2))
    for at, post in enumerate(coders.sampled.posts):
        marked = []
        for posts in coders.posts:
            held = posts[at]
            given = held.given.get(code.code) if held else None
            marked.append(spans(given, post) if given else [])
        for one, other in combinations([m for m in marked if m], 2):
            value = overlap.token_f1(post.text, one, other)
            if value is not None:
                rows[at] += value, 1
    if not rows.any():
        return
    about = About(layer=code.layer, code=code.code, unit="pairs of coders' posts")
    found = coders.sampled.estimate(rows, accuracy.mean, "index")
    yield about.figure("evidence_token_f1", found, int(rows[:, 1].sum()))


# ---- one value a post, and sets ---------------------------------------------------------------


def _sentiment(coders: _Coders) -> Iterator[Figure]:
    kinds = sentiments(coders.book)
    felt = [feelings(coders.sampled, each, coders.book) for each in coders.labels]
    about = About(layer="sentiment")
    values = coders.grid(felt)
    yield from _nominal(coders, agreement.as_categories(values, kinds), max(3, len(kinds)), about)
    scale = ranks(kinds)
    if scale:
        yield _ordinal(coders, values, scale, about, "alpha_ordinal")
    for a, b, name in coders.pairs():
        if not _shared(felt[a], felt[b]):
            continue
        pair = About(layer="sentiment", coders=name)
        yield kappa(coders.sampled, (felt[a], felt[b]), kinds, pair)
        if scale:
            yield weighted(coders.sampled, (felt[a], felt[b]), scale, pair)


def _shared(one: Sequence[str | None], other: Sequence[str | None]) -> bool:
    """Whether two coders state a value for the same post."""
    return any(a and b for a, b in zip(one, other, strict=True))


def _roles(coders: _Coders) -> Iterator[Figure]:
    told = [[post.role if post else None for post in posts] for posts in coders.posts]
    if sum(any(column) for column in told) < 2:
        return
    values = coders.grid(told)
    about = About(layer="role")
    yield from _nominal(coders, agreement.as_categories(values, ROLES), len(ROLES), about)
    for a, b, name in coders.pairs():
        if _shared(told[a], told[b]):
            pair = About(layer="role", coders=name)
            yield kappa(coders.sampled, (told[a], told[b]), ROLES, pair)


def _sets(coders: _Coders, codes: Sequence[Code]) -> Iterator[Figure]:
    """Alpha over the sets of topics of each post; a coder unsure of a topic gives no set."""
    names = frozenset(code.code for code in codes)
    units = []
    for at in range(len(coders.sampled.posts)):
        unit = []
        for labels, posts in zip(coders.labels, coders.posts, strict=True):
            held = posts[at]
            sure = held and "topic" in labels.layers and not held.unsure & names
            unit.append(frozenset(held.given) & names if held and sure else None)
        units.append(unit)
    rows, distance = agreement.set_rows(units)
    found = coders.sampled.estimate(rows, lambda sums: agreement.sets(sums, distance), "index")
    n = int((rows[:, 1:].sum(axis=1) > 0).sum())
    yield About(layer="topic").figure("alpha_masi", found, n)
