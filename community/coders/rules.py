"""Coder ``rules``: topics, sentiment and the three stances by the codebook's cues, explained.

Scores of topics and stances are rule points squashed by a logistic whose middle and slope were set
by hand on the tuning posts (``benchmarks/coding.py``): an order, not a measured probability. Those
of sentiment come from a fitted logistic (`community.coding.sentiment`). No model holds text: every
coding can be traced to the words it names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from community.codebook import Codebook, default
from community.coding import sentiment
from community.coding.reading import Finding, Reading, make_reader, squash
from community.coding.stances import course, doctors, experiences
from community.coding.tongue import abstained, foreign
from community.coding.topics import (
    IMPLIED,
    LEAST,
    SQUASH,
    TOPIC,
    cue_points,
    hits_of,
    topic_points,
    weights_of,
)
from community.coding.valence import Feeling, feeling, feelings
from community.types import Coded, Coding, Post, Score, Span, Thread

NAME = "rules"
Given = tuple[Coding | None, Score | None]
_SHARE = 0.4  # of the best topic's points: what has less is not what the post is about


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The coder; picklable, since the reader is built where it is first called."""

    codebook: Codebook
    name: str = NAME

    def __call__(self, thread: Thread) -> Coded:
        """Code every present post of a thread."""
        read = make_reader(self.codebook)
        codings: list[Coding] = []
        scores: list[Score] = []
        prior: dict[str, dict[str, float]] = {}
        title = read(thread.document.title or "")
        about = topic_points(title, cue_points(title, self.codebook), (), {})
        for post in thread.posts:
            text = post.own_text()
            if post.status != "present" or not text.strip():
                continue
            reading = read(text)
            if foreign(post.lang, reading, self.codebook.languages):
                codings += abstained(post, self.codebook, self.name)
                continue
            parent = prior.get(post.answers_id or post.parent_id or "", {})
            above = {code: parent.get(code, 0.0) + about[code] for code in about}
            cues = cue_points(reading, self.codebook)
            for coding, score in self._coded(post, reading, cues, above, thread):
                if coding:
                    codings.append(coding)
                if score:
                    scores.append(score)
            prior[post.id] = topic_points(reading, cues, (), {})
        return Coded(codings=tuple(codings), scores=tuple(scores))

    def _coded(
        self,
        post: Post,
        reading: Reading,
        cues: dict[str, float],
        above: dict[str, float],
        thread: Thread,
    ) -> Iterator[Given]:
        about = above.get("other-treatment", 0.0) + above.get("efficacy", 0.0) > 0.8
        about = about or bool(thread.document.article)
        felt = feelings(reading)
        found = experiences(reading, felt, about_treatment=about)
        found += [*doctors(reading), *course(reading)]
        yield from self._topics(post, reading, found, topic_points(reading, cues, found, above))
        yield from self._sentiment(post, reading, felt, found)
        yield from self._stances(post, found)

    def _topics(
        self, post: Post, reading: Reading, found: Sequence[Finding], points: dict[str, float]
    ) -> Iterator[Given]:
        chances = {code: squash(raw, *TOPIC) for code, raw in points.items()}
        ranked = sorted(chances, key=lambda code: -chances[code])
        share = _SHARE * points[ranked[0]] if ranked else 0.0
        given = [c for c in ranked if chances[c] >= self.codebook.band[0] and points[c] >= share]
        given = given[: self.codebook.max_topics]
        if not given and points[ranked[0]] >= LEAST:
            given = ranked[:1]  # a post is about something
        for code, raw in points.items():
            coding = None
            if code in given:
                evidence = _topic_evidence(reading, self.codebook, code, found)
                finding = Finding(code=code, raw=raw, evidence=evidence)
                coding = self._coding(post, "topic", finding, chances[code])
            yield coding, self._score(post, code, chances[code], raw)

    def _sentiment(
        self, post: Post, reading: Reading, felt: Sequence[Feeling], found: Sequence[Finding]
    ) -> Iterator[Given]:
        given = [f for f in found if squash(f.raw, *SQUASH[f.code]) >= self.codebook.band[0]]
        whole = feeling(reading, felt)
        chances = sentiment.chances(sentiment.features(reading, whole, given))
        value = max(chances, key=lambda v: chances[v])
        raw = round(whole.good - whole.ill, 4)
        for code, chance in chances.items():
            coding = None
            if code == value:
                coding = Coding(
                    post_id=post.id, layer="sentiment", code=code, coder=self.name, score=chance,
                    raw=raw, evidence=_document(post, _felt_most(reading, felt, value)),
                )  # fmt: skip
            yield coding, self._score(post, code, chance, raw)

    def _stances(self, post: Post, found: Sequence[Finding]) -> Iterator[Given]:
        best = dict.fromkeys(SQUASH, (0.0, 0.0))
        codings: dict[str, list[Coding]] = {code: [] for code in SQUASH}
        for finding in found:
            chance = squash(finding.raw, *SQUASH[finding.code])
            best[finding.code] = max(best[finding.code], (chance, finding.raw))
            if chance >= self.codebook.band[0]:
                codings[finding.code].append(self._coding(post, "stance", finding, chance))
        for code, (chance, raw) in best.items():
            yield None, self._score(post, code, chance, raw)
            for coding in codings[code]:
                yield coding, None

    def _coding(self, post: Post, layer: str, finding: Finding, chance: float) -> Coding:
        low, high = self.codebook.band
        unsure = low <= chance <= high
        return Coding(
            post_id=post.id, layer=layer, code=finding.code, coder=self.name,  # type: ignore[arg-type]
            polarity=finding.polarity, whose=finding.whose, score=chance,
            raw=round(finding.raw, 4), abstained=unsure, reason="band" if unsure else None,
            evidence=_document(post, finding.evidence),
        )  # fmt: skip

    def _score(self, post: Post, code: str, chance: float, raw: float) -> Score:
        return Score(
            post_id=post.id, code=code, coder=self.name, probability=chance, raw=round(raw, 4)
        )


def make(*, codebook: Codebook | None = None) -> Rules:
    """The coder ``rules``.

    Args:
        codebook: codes, cues and lexicons; the packaged one if None.
    """
    return Rules(codebook=codebook or default())


def _topic_evidence(
    reading: Reading, book: Codebook, code: str, found: Sequence[Finding]
) -> tuple[tuple[int, int], ...]:
    totals: dict[int, float] = {}
    for hits in hits_of(reading, code, weights_of(book)[code]):
        for number, weight in hits:
            totals[number] = totals.get(number, 0.0) + weight
    order = sorted(totals, key=lambda n: (-totals[n], n))[:3]
    if not order:  # implied by a stance, or taken from the parent
        implied = [f.evidence[:1] for f in found if IMPLIED[f.code] == code]
        return implied[0] if implied else tuple(reading.characters(n) for n in (0,))
    return tuple(reading.characters(number) for number in order)


def _felt_most(
    reading: Reading, felt: Sequence[Feeling], value: str
) -> tuple[tuple[int, int], ...]:
    """The clauses that carry the feeling; for ``neutral`` the first clause."""
    if value == "neutral" or not felt:
        return tuple(reading.characters(n) for n in range(min(1, len(felt))))
    good = sorted(range(len(felt)), key=lambda n: -felt[n].good)[:2]
    ill = sorted(range(len(felt)), key=lambda n: -felt[n].ill)[:2]
    order = {"positive": good, "negative": ill}.get(value, [good[0], ill[0]])
    return tuple(reading.characters(n) for n in dict.fromkeys(order))


def _document(post: Post, spans: tuple[tuple[int, int], ...]) -> tuple[Span, ...]:
    return tuple(Span(post.span.start + a, post.span.start + b) for a, b in spans)
