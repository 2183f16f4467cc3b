"""What a post is about by the codebook's cues: points for each topic."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from community.codebook import Codebook
from community.coding.reading import Finding, Reading, squash
from community.coding.stances import COURSE, DOCTORS, EXPERIENCE

# (middle, slope) of the logistic that makes points a chance, for each stance, and for topics
SQUASH = {EXPERIENCE: (2.0, 1.6), DOCTORS: (1.25, 1.8), COURSE: (1.5, 1.2)}
TOPIC = (0.75, 1.8)
LEAST = 0.3  # points with which the best topic is named though it is below the band
_LENGTH = 0.4
_SHORT, _CHAT = 14, 1.0  # a post this short (tokens) that is about nothing is talk among members
_SATURATED = 6  # hits in a post beyond this add nothing
# what a stance says of the topic, and by how many points
IMPLIED = {EXPERIENCE: "efficacy", DOCTORS: "care", COURSE: "progression"}
_BONUS = {EXPERIENCE: 0.5, DOCTORS: 0.6, COURSE: 0.2}


def topic_chance(points: float) -> float:
    """A topic's chance as the rules see it, from its points."""
    return squash(points, *TOPIC)


def cue_points(reading: Reading, book: Codebook) -> dict[str, float]:
    """Points of each topic by its cues: more hits add less, over the post's length."""
    length = max(1.0, (len(reading.clauses) / 6) ** _LENGTH)
    points = dict.fromkeys(weights_of(book), 0.0)
    for code, groups in weights_of(book).items():
        if code in reading.signs or not groups.keys().isdisjoint(reading.groups):
            points[code] = sum(map(_saturated, hits_of(reading, code, groups))) / length
    return points


def topic_points(
    reading: Reading, cues: dict[str, float], found: Sequence[Finding], above: dict[str, float]
) -> dict[str, float]:
    """Points of each topic: those of its cues, what the stances found imply, and a little of what
    the parent is about."""
    points = {}
    implied = dict.fromkeys(IMPLIED.values(), 0.0)
    for finding in found:
        if finding.raw >= SQUASH[finding.code][0] and finding.polarity != "neutral":
            implied[IMPLIED[finding.code]] = _BONUS[finding.code]
    for code, raw in cues.items():
        raw += implied.get(code, 0.0) + 0.12 * min(above.get(code, 0.0), 3.0)
        points[code] = round(raw, 4)
    if (
        reading.clauses
        and len(reading.words) <= _SHORT
        and max(points.values(), default=0.0) < LEAST
    ):
        points = {c: p + _CHAT * (c == "community") for c, p in points.items()}
    return points


@lru_cache(maxsize=4)
def weights_of(book: Codebook) -> dict[str, dict[str, float]]:
    """The lexicon groups that speak for each topic, with their weights."""
    return {
        code.code: {group: cue.weight for cue in code.cues for group in cue.groups}
        for code in book.layer("topic")
    }


def _saturated(hits: Sequence[tuple[int, float]]) -> float:
    flat = sorted((w for _, w in hits), key=abs, reverse=True)
    return sum(w / (1 + i * 0.5) for i, w in enumerate(flat[:_SATURATED]))


def hits_of(reading: Reading, code: str, groups: dict[str, float]) -> list[list[tuple[int, float]]]:
    """(clause, weight) from each source of points: lexicon groups, and the code's own phrases."""
    by_group = [
        (number, groups[group])
        for group in groups
        if group in reading.groups
        for number in reading.groups[group]
    ]
    signs = reading.signs.get(code, {})
    by_phrase = [(number, sign.cue.weight) for number, row in signs.items() for sign in row]
    return [hits for hits in (by_group, by_phrase) if hits]
