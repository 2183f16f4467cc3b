"""A study's codes against a reference: everything that `community evaluate` says."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from community.codebook import Code, Codebook
from community.labels.nouns import Labels
from community.quality import chances, codes, values
from community.quality.nouns import (
    Bin,
    Cell,
    Evaluation,
    Figure,
    KnownPost,
    Machine,
    Matched,
    Reach,
)
from community.quality.samples import LAYERS, Sample, find, lost, orders, sample
from community.types import Layer

_COUNTED = ("present", "withdrawn")
Part = Figure | Cell | Bin | Reach


def evaluate(
    gold: Labels,
    machine: Machine,
    known: Sequence[KnownPost],
    book: Codebook,
    *,
    only: Collection[str] = (),
) -> Evaluation:
    """Measures a study's coders against a reference.

    Args:
        gold: what the reference says, under ids or native ids of posts.
        machine: what the study's coders say of these posts, under their ids.
        known: the study's posts, at least those of the reference, in document order.
        book: the codes that there are.
        only: codes that the reference looked for; every code of its layers if empty.

    Returns:
        all figures, with the posts that could not be found; without any figure where no post could.
    """
    found, unknown = find(gold, known)
    held = [post for post in known if post.id in found.posts]
    present = [post for post in held if post.status in _COUNTED]
    sampled = sample(present)
    parts = list(_parts(sampled, found, machine, book, only)) if present else []
    return Evaluation(
        gold_coder=gold.coder,
        coders={layer: labels.coder for layer, labels in machine.labels.items()},
        matched=Matched(
            posts=len(present),
            threads=sampled.threads,
            unknown=tuple(unknown),
            wordless=tuple(post.id for post in held if post.status not in _COUNTED),
            lost=lost(found, present),
        ),
        figures=tuple(part for part in parts if isinstance(part, Figure)),
        confusion=tuple(part for part in parts if isinstance(part, Cell)),
        calibration=tuple(part for part in parts if isinstance(part, Bin)),
        coverage=tuple(part for part in parts if isinstance(part, Reach)),
        orders=orders(book),
    )


def wanted(book: Codebook, layer: Layer, only: Collection[str]) -> tuple[Code, ...]:
    """The codes of a layer that are measured: those named, by themselves or by their layer."""
    every = book.layer(layer)
    if not only or layer in only:
        return every
    named = tuple(code for code in every if code.code in only)
    # a post has one sentiment: measured whole or not at all
    return every if named and layer == "sentiment" else named


def _parts(
    sampled: Sample, gold: Labels, machine: Machine, book: Codebook, only: Collection[str]
) -> Iterator[Part]:
    for layer in LAYERS:
        given = machine.labels.get(layer)
        found = wanted(book, layer, only)
        if given is None or layer not in gold.layers or not found:
            continue
        if layer == "sentiment":
            yield from values.sentiment(sampled, gold, given, book)
        yield from _layer(sampled, (gold, given), found, machine.scores, book)
    if any(post and post.role for post in sampled.each(gold)) and not only:
        yield from values.role(sampled, gold)


def _layer(
    sampled: Sample,
    labels: tuple[Labels, Labels],
    found: Sequence[Code],
    scores: Mapping[str, Mapping[str, float]],
    book: Codebook,
) -> Iterator[Part]:
    layer = found[0].layer
    pairs = chances.pairs_of(sampled, labels, found, book)
    for code in found:
        yield from codes.figures(sampled, *labels, code, book)
        column = pairs[code.code][0]
        yield from chances.calibrated(sampled, column, scores.get(code.code, {}), code)
    if layer == "sentiment":
        yield from chances.felt(sampled, labels, scores, book)
        return
    if len(found) > 1:
        yield from codes.pooled(sampled, list(pairs.values()), layer)
    yield from chances.reach(sampled, pairs, scores, layer)
