"""A thread as the learned coder sees it: each present post read, cut into units, counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from community.codebook import Codebook
from community.coding.reading import Finding, Reading, make_reader
from community.coding.tongue import foreign
from community.coding.topics import cue_points, topic_points
from community.coding.valence import feelings
from community.learned.features import Unit, units
from community.learned.numbers import findings, numbers
from community.types import Post, Thread

_OF_TREATMENT = ("efficacy", "other-treatment")
_ENOUGH = 0.8  # points of those topics in title or parent that make a treatment the talk


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One present post with words; `units`, `found` and `numbers` are empty where it is in a
    language that the codebook lacks (`foreign`). Offsets are characters of its own text."""

    post: Post
    foreign: bool = False
    units: tuple[Unit, ...] = ()
    found: tuple[Finding, ...] = ()
    numbers: dict[str, float]


def see(thread: Thread, book: Codebook) -> Iterator[Seen]:
    """The present posts of a thread that have words, in order."""
    read = make_reader(book)
    title = read(thread.document.title or "")
    talk = _about(title, cue_points(title, book))
    always = bool(thread.document.article)
    prior: dict[str, float] = {}
    for post in thread.posts:
        text = post.own_text()
        if post.status != "present" or not text.strip():
            continue
        reading = read(text)
        if foreign(post.lang, reading, book.languages):
            yield Seen(post=post, foreign=True, numbers={})
            continue
        above = talk + prior.get(post.answers_id or post.parent_id or "", 0.0)
        cues = cue_points(reading, book)
        felt = feelings(reading)
        found = findings(reading, felt, about_treatment=always or above > _ENOUGH)
        prior[post.id] = _about(reading, cues)
        yield Seen(
            post=post,
            units=units(reading),
            found=found,
            numbers=numbers(reading, felt, cues, found),
        )


def _about(reading: Reading, cues: dict[str, float]) -> float:
    points = topic_points(reading, cues, (), {})
    return sum(points.get(code, 0.0) for code in _OF_TREATMENT)
