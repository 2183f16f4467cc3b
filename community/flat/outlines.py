"""Which outline of a text is its discussion, and how sure that is.

A list of comments is told from menus, findings and references by the bylines of its items, by what
announces it, and by how its items talk.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from statistics import median

from community.flat import bullets, bylines, furniture

_SURE = 0.5  # score from which an outline is a discussion
_SIGNED = 0.5  # share of items with a byline from which a page is one that prints bylines
_MOST_LEAD = 1500  # characters in which a byline must stand
_TALK = re.compile(
    r"\b(?:i|i'm|i’m|i’ve|i've|my|me|you|your|we|our|thanks|thank|ich|mein|du|dein|sie|wir|danke|"
    r"je|j'ai|mon|ma|vous|tu|merci|yo|mi|gracias|lol)\b|[?!]|[:;]-?[()]|@\w",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A discussion in a text: its outline, the bylines of its items, and how sure that is (0..1).

    `signed`: its items have bylines, which are no part of their posts.
    """

    outline: bullets.Outline
    read: tuple[bylines.Byline, ...]
    signed: bool
    score: float

    @property
    def sureness(self) -> float:
        """What a reader of outlines says of the page that holds it."""
        return min(0.95, 0.4 + self.score / 2)


def discussion(words: str) -> Found | None:
    """The outline that is most surely a discussion, if one is."""
    end = len(words)
    candidates = bullets.outlines(
        words, lambda at: bylines.opens(words, at, min(at + _MOST_LEAD, end))
    )
    best: Found | None = None
    for outline in candidates:
        found = _rated(words, outline)
        if found.score >= _SURE and (best is None or _weight(found) > _weight(best)):
            best = found
    return best


def _weight(found: Found) -> float:
    return found.score * math.sqrt(len(found.outline.items))


def _rated(words: str, outline: bullets.Outline) -> Found:
    read = tuple(bylines.read(words, item.start, item.end) for item in outline.items)
    share = sum(byline.strength > 0 for byline in read) / len(read)
    above_it = above(words, outline.start)
    announced = any(furniture.is_comments_heading(line) for line in above_it)
    signed = share >= _SIGNED and (len(read) > 1 or announced)
    bodies = [words[item.start : item.end] for item in outline.items]
    sizes = [len(body.split()) for body in bodies]
    talk = sum(bool(_TALK.search(body)) for body in bodies) / len(bodies)
    prose = min(1.0, median(sizes) / 20)
    levels = len({item.level for item in outline.items})
    paragraphs = any("\n" in body.strip() for body in bodies)
    linked = sum(body.count("](") + body.count("http") for body in bodies)
    score: float = 0.9 * share if signed else 0.0
    if not signed:
        score = 0.35 * talk * prose + 0.2 * (levels > 1) * prose + 0.1 * paragraphs + 0.1 * prose
        score += 0.3 * announced
        score *= 0.2 if talk < 0.4 and not announced else 1.0
        if linked > 2 * len(bodies):
            score *= 0.3
    elif announced:
        score = min(1.0, score + 0.1)
    if signed and median(len(byline.body) for byline in read) < 3:
        score = 0.0  # a list of names and dates, without words
    return Found(outline=outline, read=read, signed=signed, score=score)


def above(words: str, start: int) -> list[str]:
    """The last lines above an outline, blank ones not counted."""
    near = words[max(0, start - 600) : start].split("\n")
    return [line for line in near if line.strip()][-6:]
