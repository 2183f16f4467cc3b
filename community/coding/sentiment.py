"""What a post feels, in four values, as two questions: does it sound glad, and does it sound sorry?

Each question is a logistic score over a few features that a reader would name: words and emoji,
thanks and complaints, what the stances say, how much is asked, explained or told of oneself.
*Positive* is glad and not sorry, *mixed* both, *neutral* neither. The weights lie in
``data/sentiment.toml``, which says on what they were fitted; no text is kept.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from community.coding.reading import Finding, Reading
from community.coding.stances import COURSE, DOCTORS, EXPERIENCE, explains
from community.coding.valence import Feeling, outcome
from community.errors import CodebookError

_FILE = "sentiment.toml"
_LAUGHS = frozenset(
    ("lol", "haha", "hahaha", "lmao", ":)", ":-)", ":d", ";)", "😂", "🤣", "😅", "😊")
)
_FROWNS = frozenset((":(", ":-(", ":'(", "😢", "😭", "😞", "😔", "😡", "🤬", "😩", "💔", "sigh"))
_FACES = _LAUGHS | _FROWNS
_LONG = 40.0  # tokens of a post that is neither short nor long
_SAID = {
    EXPERIENCE: ("good", "bad"),
    DOCTORS: ("trust", "distrust"),
    COURSE: ("hopeful", "worried"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Weights of the features for each question, and the two constants."""

    glad: dict[str, float]
    sorry: dict[str, float]


@cache
def weights() -> Weights:
    """The packaged weights.

    Raises:
        CodebookError: a feature that nobody computes.
    """
    file = resources.files("community").joinpath("data", _FILE)
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    for question in ("glad", "sorry"):
        for name in data[question]:
            if name not in FEATURES:
                raise CodebookError(_FILE, f"{question}: no feature {name!r}", ", ".join(FEATURES))
    return Weights(glad=data["glad"], sorry=data["sorry"])


FEATURES = (
    "constant", "good words", "ill words", "good outcomes", "bad outcomes", "thanks", "wishes",
    "praise", "complaint", "laughs", "frowns", "good", "bad", "trust", "distrust", "hopeful",
    "worried", "asked", "told of self", "told of nobody", "explains", "short", "loud",
)  # fmt: skip


def features(reading: Reading, felt: Feeling, found: Sequence[Finding]) -> dict[str, float]:
    """The post's features, each 0 or more and mostly at most about 2.

    Args:
        reading: the post.
        felt: its summed feeling (`valence.feeling`).
        found: its stances, as far as they were given.
    """
    words = reading.words
    length = max(1.0, len(words) / _LONG) ** 0.5
    clauses = reading.clauses
    values = dict.fromkeys(FEATURES, 0.0)
    values["constant"] = 1.0
    values["good words"] = math.log1p(felt.good / length)
    values["ill words"] = math.log1p(felt.ill / length)
    for good in _outcomes(reading):
        values["good outcomes" if good else "bad outcomes"] += 1.0
    for code, name in (("positive", "praise"), ("negative", "complaint")):
        rows = reading.signs.get(code, {}).values()
        values[name] = sum(s.cue.weight for row in rows for s in row if not s.denied)
    meant = _ironic(reading)
    for term in reading.found:
        if term.label_ == "community" and term.start not in meant:
            values["thanks" if term.id_ == "thanks" else "wishes"] += 1.0
    faces = [word in _LAUGHS for word in words if word in _FACES]
    values["laughs"], values["frowns"] = float(faces.count(True)), float(faces.count(False))
    values["loud"] = float(words.count("!"))
    for name in _COUNTED:
        values[name] = math.log1p(values[name] / length)
    values |= _stances(found)
    n = max(1, len(clauses))
    who = [clause.experiencer for clause in clauses]
    values["asked"] = [clause.question for clause in clauses].count(True) / n
    values["told of self"] = (who.count("self") + who.count("close")) / n
    values["told of nobody"] = who.count("nobody") / n
    values["explains"] = float(explains(reading))
    values["short"] = 1 / math.log2(2 + len(words))
    return values


_COUNTED = (
    "good outcomes", "bad outcomes", "thanks", "wishes", "praise", "complaint", "laughs",
    "frowns", "loud",
)  # fmt: skip


def _ironic(reading: Reading) -> set[int]:
    """Tokens of complaints: the thanks of *thanks for nothing* are none."""
    rows = reading.signs.get("negative", {}).values()
    return {i for row in rows for sign in row for i in range(sign.span.start, sign.span.end)}


def _outcomes(reading: Reading) -> Iterator[bool]:
    """For each outcome that somebody really had, whether it is a good one."""
    for number, clause in enumerate(reading.clauses):
        if clause.real and not clause.addressed:
            for term in reading.terms[number]:
                sign = outcome(reading, number, term)
                if sign:
                    yield sign > 0


def _stances(found: Sequence[Finding]) -> dict[str, float]:
    said = dict.fromkeys((name for pair in _SAID.values() for name in pair), 0.0)
    for finding in found:
        for name in _SAID[finding.code]:
            if finding.polarity in (name, "mixed"):
                said[name] = 1.0
    return said


def chances(values: dict[str, float]) -> dict[str, float]:
    """A probability for each of the four values, rounded to four places."""
    glad, sorry = (_logistic(w, values) for w in (weights().glad, weights().sorry))
    return {
        "positive": round(glad * (1 - sorry), 4),
        "negative": round(sorry * (1 - glad), 4),
        "mixed": round(glad * sorry, 4),
        "neutral": round((1 - glad) * (1 - sorry), 4),
    }


def _logistic(weight: dict[str, float], values: dict[str, float]) -> float:
    total = sum(weight[name] * values[name] for name in weight)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
