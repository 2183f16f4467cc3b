"""Coder ``rules``: topics, sentiment and the three stances by the codebook's cues, explained.

Scores of topics and stances are rule points squashed by a logistic whose middle and slope were set
by hand on the tuning posts (``benchmarks/coding.py``): an order, not a measured probability. Those
of sentiment come from a fitted logistic (`community.coding.sentiment`). No model holds text: every
coding can be traced to the words it names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.language import Language

from community.codebook import Code, Codebook, default
from community.coding import sentiment
from community.coding.language import make_nlp, parse
from community.coding.reading import Finding, Reading, read, squash
from community.coding.stances import COURSE, DOCTORS, EXPERIENCE, course, doctors, experiences
from community.coding.tongue import foreign
from community.coding.valence import clause_feeling, feeling
from community.types import Coded, Coding, Post, Score, Span, Thread

NAME = "rules"
Given = tuple[Coding | None, Score | None]
# (middle, slope) of the logistic, by code
_SQUASH = {EXPERIENCE: (2.0, 1.6), DOCTORS: (1.25, 1.8), COURSE: (1.5, 1.2)}
_TOPIC = (0.75, 1.8)
_LEAST = 0.3  # points with which the best topic is named though it is below the band
_SHARE = 0.4  # of the best topic's points: what has less is not what the post is about
_LENGTH = 0.4
_SHORT, _CHAT = 14, 1.0  # a post this short (tokens) that is about nothing is talk among members
_SATURATED = 6  # hits in a post beyond this add nothing
# what a stance says of the topic, and by how many points
_IMPLIED = {EXPERIENCE: "efficacy", DOCTORS: "care", COURSE: "progression"}
_BONUS = {EXPERIENCE: 0.5, DOCTORS: 0.6, COURSE: 0.2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The coder; picklable, since the pipeline is built where it is first called."""

    codebook: Codebook
    name: str = NAME

    def __call__(self, thread: Thread) -> Coded:
        """Code every present post of a thread."""
        nlp = make_nlp(self.codebook)
        with nlp.memory_zone():  # words of one thread are forgotten after it
            return self._thread(thread, nlp)

    def _thread(self, thread: Thread, nlp: Language) -> Coded:
        codings: list[Coding] = []
        scores: list[Score] = []
        prior: dict[str, dict[str, float]] = {}
        title = read(nlp(thread.document.title or ""), self.codebook)
        about = topic_points(title, self.codebook, (), {})
        for post, doc in zip(thread.posts, parse(thread, nlp), strict=True):
            if post.status != "present" or not doc.text.strip():
                continue
            if foreign(post.lang, doc, self.codebook.languages):
                codings += self._abstained(post, "language")
                continue
            parent = prior.get(post.answers_id or post.parent_id or "", {})
            above = {code: parent.get(code, 0.0) + about[code] for code in about}
            reading = read(doc, self.codebook)
            for coding, score in self._coded(post, reading, above, thread):
                codings += [coding] if coding else []
                scores += [score] if score else []
            prior[post.id] = topic_points(reading, self.codebook, (), {})
        return Coded(codings=tuple(codings), scores=tuple(scores))

    def _coded(
        self, post: Post, reading: Reading, above: dict[str, float], thread: Thread
    ) -> Iterator[Given]:
        about = above.get("other-treatment", 0.0) + above.get("efficacy", 0.0) > 0.8
        about = about or bool(thread.document.article)
        found = [*experiences(reading, about_treatment=about), *doctors(reading), *course(reading)]
        yield from self._topics(post, reading, found, above)
        yield from self._sentiment(post, reading, found)
        yield from self._stances(post, found)

    def _topics(
        self, post: Post, reading: Reading, found: Sequence[Finding], above: dict[str, float]
    ) -> Iterator[Given]:
        points = topic_points(reading, self.codebook, found, above)
        chances = {code: squash(raw, *_TOPIC) for code, raw in points.items()}
        ranked = sorted(chances, key=lambda code: -chances[code])
        share = _SHARE * points[ranked[0]] if ranked else 0.0
        given = [c for c in ranked if chances[c] >= self.codebook.band[0] and points[c] >= share]
        given = given[: self.codebook.max_topics]
        if not given and points[ranked[0]] >= _LEAST:
            given = ranked[:1]  # a post is about something
        for code, raw in points.items():
            coding = None
            if code in given:
                evidence = _topic_evidence(reading, self.codebook.code(code), found)
                finding = Finding(code=code, raw=raw, evidence=evidence)
                coding = self._coding(post, "topic", finding, chances[code])
            yield coding, self._score(post, code, chances[code], raw)

    def _sentiment(self, post: Post, reading: Reading, found: Sequence[Finding]) -> Iterator[Given]:
        given = [f for f in found if squash(f.raw, *_SQUASH[f.code]) >= self.codebook.band[0]]
        felt = feeling(reading)
        chances = sentiment.chances(sentiment.features(reading, felt, given))
        value = max(chances, key=lambda v: chances[v])
        raw = round(felt.good - felt.ill, 4)
        for code, chance in chances.items():
            coding = None
            if code == value:
                coding = Coding(
                    post_id=post.id, layer="sentiment", code=code, coder=self.name, score=chance,
                    raw=raw, evidence=_document(post, _felt_most(reading, value)),
                )  # fmt: skip
            yield coding, self._score(post, code, chance, raw)

    def _stances(self, post: Post, found: Sequence[Finding]) -> Iterator[Given]:
        best = dict.fromkeys(_SQUASH, (0.0, 0.0))
        codings: dict[str, list[Coding]] = {code: [] for code in _SQUASH}
        for finding in found:
            chance = squash(finding.raw, *_SQUASH[finding.code])
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

    def _abstained(self, post: Post, reason: str) -> Iterator[Coding]:
        codes = [code for code in self.codebook.codes if code.layer != "sentiment"]
        codes.append(self.codebook.code("neutral"))
        for code in codes:
            yield Coding(
                post_id=post.id, layer=code.layer, code=code.code, coder=self.name,
                abstained=True, reason=reason,
            )  # fmt: skip


def make(*, codebook: Codebook | None = None) -> Rules:
    """The coder ``rules``.

    Args:
        codebook: codes, cues and lexicons; the packaged one if None.
    """
    return Rules(codebook=codebook or default())


def topic_points(
    reading: Reading, book: Codebook, found: Sequence[Finding], above: dict[str, float]
) -> dict[str, float]:
    """Points of each topic: its cues (more hits add less, over the post's length), what the stances
    found imply, and a little of what the parent is about."""
    points = {}
    length = max(1.0, (len(reading.clauses) / 6) ** _LENGTH)
    implied = dict.fromkeys(_IMPLIED.values(), 0.0)
    for finding in found:
        if finding.raw >= _SQUASH[finding.code][0] and finding.polarity != "neutral":
            implied[_IMPLIED[finding.code]] = _BONUS[finding.code]
    for code in book.layer("topic"):
        raw = sum(_cue_points(reading, code)) / length
        raw += implied.get(code.code, 0.0) + 0.12 * min(above.get(code.code, 0.0), 3.0)
        points[code.code] = round(raw, 4)
    if (
        reading.clauses
        and len(reading.doc) <= _SHORT
        and max(points.values(), default=0.0) < _LEAST
    ):
        points = {c: p + _CHAT * (c == "community") for c, p in points.items()}
    return points


def _cue_points(reading: Reading, code: Code) -> Iterator[float]:
    for weights in _hits(reading, code).values():
        flat = sorted((w for _, w in weights), key=abs, reverse=True)
        yield sum(w / (1 + i * 0.5) for i, w in enumerate(flat[:_SATURATED]))


def _hits(reading: Reading, code: Code) -> dict[str, list[tuple[int, float]]]:
    """(clause, weight) for each source of points: a lexicon group, or the code's own phrases."""
    groups = {group: cue.weight for cue in code.cues for group in cue.groups}
    found: dict[str, list[tuple[int, float]]] = {}
    for group, weight in groups.items():
        for number in reading.groups.get(group, ()):
            found.setdefault("groups", []).append((number, weight))
    for number, signs in reading.signs.get(code.code, {}).items():
        for sign in signs:
            found.setdefault("phrases", []).append((number, sign.cue.weight))
    return found


def _topic_evidence(
    reading: Reading, code: Code, found: Sequence[Finding]
) -> tuple[tuple[int, int], ...]:
    totals: dict[int, float] = {}
    for weights in _hits(reading, code).values():
        for number, weight in weights:
            totals[number] = totals.get(number, 0.0) + weight
    order = sorted(totals, key=lambda n: (-totals[n], n))[:3]
    if not order:  # implied by a stance, or taken from the parent
        implied = [f.evidence[:1] for f in found if _IMPLIED[f.code] == code.code]
        return implied[0] if implied else tuple(reading.characters(n) for n in (0,))
    return tuple(reading.characters(number) for number in order)


def _felt_most(reading: Reading, value: str) -> tuple[tuple[int, int], ...]:
    """The clauses that carry the feeling; for ``neutral`` the first clause."""
    felt = [clause_feeling(reading, n) for n in range(len(reading.clauses))]
    if value == "neutral" or not felt:
        return tuple(reading.characters(n) for n in range(min(1, len(felt))))
    good = sorted(range(len(felt)), key=lambda n: (-felt[n].good, n))
    ill = sorted(range(len(felt)), key=lambda n: (-felt[n].ill, n))
    order = {"positive": good[:2], "negative": ill[:2]}.get(value, [good[0], ill[0]])
    return tuple(reading.characters(n) for n in dict.fromkeys(order))


def _document(post: Post, spans: tuple[tuple[int, int], ...]) -> tuple[Span, ...]:
    return tuple(Span(post.span.start + a, post.span.start + b) for a, b in spans)
