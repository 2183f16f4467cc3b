"""What the rules make of a post, as numbers that a learned head can weigh."""

from __future__ import annotations

from collections.abc import Sequence

from community.coding import sentiment
from community.coding.reading import Finding, Reading
from community.coding.stances import course, doctors, experiences
from community.coding.topics import topic_points
from community.coding.valence import Feeling, feeling


def findings(
    reading: Reading, felt: Sequence[Feeling], *, about_treatment: bool
) -> tuple[Finding, ...]:
    """The three stances as the rules see them, weak ones too.

    Args:
        reading: the post.
        felt: the feeling of each of its clauses.
        about_treatment: title or parent speak of a treatment.
    """
    told = experiences(reading, felt, about_treatment=about_treatment)
    return (*told, *doctors(reading), *course(reading))


def numbers(
    reading: Reading,
    felt: Sequence[Feeling],
    cues: dict[str, float],
    found: Sequence[Finding],
) -> dict[str, float]:
    """Named numbers, mostly 0 to 5: ``raw:CODE`` is the strongest finding of a stance,
    ``raw:CODE:POLARITY`` that of one polarity, ``points:TOPIC`` the points of a topic, ``felt:…``
    the features of sentiment.

    Args:
        reading: the post.
        felt: the feeling of each of its clauses.
        cues: points of each topic by its cues (`rules.cue_points`).
        found: its stances (`findings`).
    """
    values: dict[str, float] = {}
    for finding in found:
        for key in (f"raw:{finding.code}", f"raw:{finding.code}:{finding.polarity}"):
            values[key] = max(values.get(key, 0.0), finding.raw)
    for code, points in topic_points(reading, cues, found, {}).items():
        values[f"points:{code}"] = points
    for name, value in sentiment.features(reading, feeling(reading, felt), found).items():
        values[f"felt:{name}"] = value
    return values
