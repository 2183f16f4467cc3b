"""Codes of a thread by learned heads: what the coders ``learned`` and ``encoder`` share.

A sentence is scored by linear heads over its words, cues and context, and, where there is one, by
an encoder as well (both logits are weighed); a small stacked model weighs what the sentences and
the rules say into calibrated chances. The sentences that weigh most are the evidence. A code that
the codebook has and the model never learned is left to the rules' points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from community.codebook import Codebook
from community.coding.tongue import abstained
from community.coding.topics import topic_chance
from community.learned import evidence, heads, stack
from community.learned.seen import Seen, see
from community.types import Coded, Coding, Layer, Post, Score, Span, Thread


class Reads(Protocol):
    """An encoder of sentences."""

    def logits(self, sentences: Sequence[str]) -> heads.Array:
        """Logits of the unit heads for each sentence of one post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a coder is made of: linear heads, the questions of the stack, the chances from which a
    code is given (`cuts`), and an encoder or None."""

    model: heads.Model
    asked: stack.Questions
    cuts: dict[str, float]
    encoder: Reads | None = None


def parts(model: heads.Model, told: Mapping[str, Any], encoder: Reads | None = None) -> Parts:
    """The parts, from a stack as JSON has it (`questions`, `cuts`)."""
    return Parts(
        model=model, asked=stack.together(told["questions"]), cuts=told["cuts"], encoder=encoder
    )


SHARE = 0.6  # of an encoder's logits beside those of the linear heads
_TOPIC_AT_LEAST = 0.2  # chance of the likeliest topic below which a post is about nothing
Given = tuple[Coding | None, Score | None]
Told = dict[str, dict[str, float]]  # question: answer: chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """The coder; picklable: `load` gets the parts where they are first needed (it caches them)."""

    codebook: Codebook
    name: str
    load: Callable[[], Parts]

    def __call__(self, thread: Thread) -> Coded:
        """Code every present post of a thread."""
        codings: list[Coding] = []
        scores: list[Score] = []
        made = self.load()
        for one in see(thread, self.codebook):
            if one.foreign:
                codings += abstained(one.post, self.codebook, self.name)
                continue
            for coding, score in self._coded(one, made):
                codings += [coding] if coding else []
                scores += [score] if score else []
        return Coded(codings=tuple(codings), scores=tuple(scores))

    def _coded(self, one: Seen, made: Parts) -> Iterator[Given]:
        logits = _logits(one, made)
        values = stack.inputs(made.model, logits, one.numbers)
        where = evidence.Weighed(model=made.model, logits=logits, seen=one)
        told = made.asked.ask(values)
        yield from self._topics(where, told, values)
        yield from self._sentiment(where, told["sentiment"])
        for code in self.codebook.layer("stance"):
            if code.code in told:
                yield from self._stance(where, code.code, told)

    def _topics(
        self, where: evidence.Weighed, told: Told, values: dict[str, float]
    ) -> Iterator[Given]:
        cuts = self.load().cuts
        chances: dict[str, float] = {}
        for code in self.codebook.layer("topic"):
            name = f"topic {code.code}"
            points = values.get(f"points:{code.code}", 0.0)
            known = told.get(name)
            chances[code.code] = known["yes"] if known else topic_chance(points)
        ranked = sorted(chances, key=lambda c: (-chances[c], c))
        given = [c for c in ranked if chances[c] >= cuts["topics"]][: self.codebook.max_topics]
        if not given and ranked and chances[ranked[0]] >= _TOPIC_AT_LEAST:
            given = ranked[:1]
        for code_name, chance in chances.items():
            coding = None
            if code_name in given:
                spans = where.topic(code_name)
                coding = self._coding(where, "topic", code_name, chance, spans)
            yield coding, self._score(where.seen.post, code_name, chance)

    def _sentiment(self, where: evidence.Weighed, chances: dict[str, float]) -> Iterator[Given]:
        value = max(chances, key=lambda v: chances[v])
        for code in self.codebook.layer("sentiment"):
            chance = chances.get(code.code)
            if chance is None:
                continue
            coding = None
            if code.code == value:
                coding = self._coding(where, "sentiment", value, chance, where.sentiment(value))
            yield coding, self._score(where.seen.post, code.code, chance)

    def _stance(self, where: evidence.Weighed, code: str, told: Told) -> Iterator[Given]:
        cut, chance = self.load().cuts[code], told[code]["yes"]
        low, high = self.codebook.band
        half = (high - low) / 2
        coding = None
        if chance >= cut - half:
            poles = told[f"{code} polarity"]
            polarity = max(poles, key=lambda p: poles[p])
            whose = None
            if self.codebook.code(code).whose:
                whom = told["whose"]
                whose = max(whom, key=lambda w: whom[w])
            unsure = chance <= cut + half
            coding = replace(
                self._coding(where, "stance", code, chance, where.stance(code, polarity)),
                polarity=polarity,
                whose=whose,
                abstained=unsure,
                reason="band" if unsure else None,
            )
        yield coding, self._score(where.seen.post, code, chance)

    def _coding(
        self,
        where: evidence.Weighed,
        layer: Layer,
        code: str,
        chance: float,
        spans: tuple[Span, ...],
    ) -> Coding:
        start = where.seen.post.span.start
        return Coding(
            post_id=where.seen.post.id,
            layer=layer,
            code=code,
            coder=self.name,
            score=chance,
            evidence=tuple(Span(start + s.start, start + s.end) for s in spans),
        )

    def _score(self, post: Post, code: str, chance: float) -> Score:
        return Score(post_id=post.id, code=code, coder=self.name, probability=chance)


def mixed(linear: heads.Array, encoded: heads.Array) -> heads.Array:
    """Logits of sentences from both readings (sentences by heads)."""
    return (SHARE * encoded + (1 - SHARE) * linear).astype(np.float32)


def _logits(one: Seen, made: Parts) -> heads.Logits:
    """Logits of a post; those of its sentences weigh both readings, where there are two."""
    logits = heads.score(made.model, one.units)
    if made.encoder is None or not one.units:
        return logits
    text = one.post.own_text()
    told = made.encoder.logits([text[unit.start : unit.end] for unit in one.units])
    return replace(logits, units=mixed(logits.units, told))
