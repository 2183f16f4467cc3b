"""Coder ``learned``: topics, sentiment and stances by heads trained on posts coded by reading.

A sentence is scored by linear heads over its words, cues and context; a small stacked model weighs
what the sentences and the rules say into calibrated chances (`community.learned`). The sentences
that weigh most are the evidence. A code that the codebook has and the model never learned is left
to the rules' points. The model holds weights of words, no text; its card, with what it is bad at,
is ``models/codes/card.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from community.codebook import Codebook, default
from community.coding.topics import topic_chance
from community.learned import evidence, heads, stack
from community.learned.seen import Seen, see
from community.types import Coded, Coding, Layer, Post, Score, Span, Thread

_TOPIC_AT_LEAST = 0.2  # chance of the likeliest topic below which a post is about nothing
Given = tuple[Coding | None, Score | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """The coder; picklable, the model is loaded where it is first called."""

    codebook: Codebook
    name: str

    def __call__(self, thread: Thread) -> Coded:
        """Code every present post of a thread."""
        codings: list[Coding] = []
        scores: list[Score] = []
        for one in see(thread, self.codebook):
            if one.foreign:
                codings += self._abstained(one.post, "language")
                continue
            for coding, score in self._coded(one):
                codings += [coding] if coding else []
                scores += [score] if score else []
        return Coded(codings=tuple(codings), scores=tuple(scores))

    def _coded(self, one: Seen) -> Iterator[Given]:
        model = heads.default()
        logits = heads.score(model, one.units)
        asked = _questions()
        values = stack.inputs(model, logits, one.numbers)
        where = evidence.Weighed(model=model, logits=logits, seen=one)
        yield from self._topics(where, values)
        yield from self._sentiment(where, asked["sentiment"].chances(values))
        for code in self.codebook.layer("stance"):
            if code.code in asked:
                yield from self._stance(where, code.code, values)

    def _topics(self, where: evidence.Weighed, values: dict[str, float]) -> Iterator[Given]:
        asked, cuts = _questions(), heads.default().stack["cuts"]
        chances: dict[str, float] = {}
        for code in self.codebook.layer("topic"):
            name = f"topic {code.code}"
            points = values.get(f"points:{code.code}", 0.0)
            known = asked.get(name)
            chances[code.code] = known.chances(values)["yes"] if known else topic_chance(points)
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

    def _stance(
        self, where: evidence.Weighed, code: str, values: dict[str, float]
    ) -> Iterator[Given]:
        asked, cut = _questions(), heads.default().stack["cuts"][code]
        chance = asked[code].chances(values)["yes"]
        low, high = self.codebook.band
        half = (high - low) / 2
        coding = None
        if chance >= cut - half:
            poles = asked[f"{code} polarity"].chances(values)
            polarity = max(poles, key=lambda p: poles[p])
            whose = None
            if self.codebook.code(code).whose:
                whom = asked["whose"].chances(values)
                whose = max(whom, key=lambda w: whom[w])
            unsure = chance <= cut + half
            coding = replace(
                self._coding(where, "stance", code, chance, where.stance(code)),
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

    def _abstained(self, post: Post, reason: str) -> Iterator[Coding]:
        codes = [code for code in self.codebook.codes if code.layer != "sentiment"]
        codes.append(self.codebook.code("neutral"))
        for code in codes:
            yield Coding(
                post_id=post.id, layer=code.layer, code=code.code, coder=self.name,
                abstained=True, reason=reason,
            )  # fmt: skip


@cache
def _questions() -> dict[str, stack.Question]:
    """The stack's questions, ready to be asked."""
    records = heads.default().stack["questions"]
    return {name: stack.question(record) for name, record in records.items()}


def make(*, codebook: Codebook | None = None) -> Learned:
    """The coder ``learned``; its name says which weights it has (``model:codes@…``).

    Args:
        codebook: codes, cues and lexicons; the packaged one if None.
    """
    return Learned(codebook=codebook or default(), name=f"model:codes@{heads.digest()}")
