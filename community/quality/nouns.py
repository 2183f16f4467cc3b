"""Figures, and the posts that they stand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from community.labels.nouns import Labels
from community.types import Layer

Unit = Literal["posts", "posts x codes", "posts with the code in both", "pairs of coders' posts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measure of one code. `code` is "" where it is about the whole layer; `layer` may also be
    ``role``. `low` and `high` are None where no interval can be given, and `method` says why;
    `coders` names the pair that a measure of two is about."""

    layer: str
    code: str
    measure: str
    estimate: float | None
    low: float | None
    high: float | None
    n: int
    unit: Unit
    threads: int
    method: str
    coders: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPost:
    """A post of the study as far as measuring goes. `start` is its place in the document's text;
    `text` is empty where its words are gone."""

    id: str
    native_id: str | None = None
    thread: str
    text: str = ""
    start: int = 0
    role: str = "unknown"
    status: str = "present"


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a study's coders say: for each layer the coder whose codes are measured, its labels, and
    its probabilities by code and post."""

    labels: Mapping[Layer, Labels]
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a confusion matrix: posts that the reference calls `gold` and the coder `given`;
    "(abstained)" where one of them would not say."""

    layer: str
    gold: str
    given: str
    posts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Posts of similar probability, and how many of them have the code in the reference."""

    layer: str
    code: str
    bin: int
    posts: int
    lowest: float
    highest: float
    probability: float
    share: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How right a coder is when it abstains where its probability lies from `band_low` to
    `band_high`; for sentiment, where that of its value does. `n` is what it decides: `coverage` is
    its share of all posts (for a whole layer: of posts x codes)."""

    layer: str
    code: str
    band_low: float
    band_high: float
    coverage: float
    n: int
    accuracy: float | None
    low: float | None
    high: float | None
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """How a file's posts were found in a study. `unknown` are ids that it does not hold, or holds
    twice; `wordless` posts that were removed, so that nobody can be measured on them; `lost` counts
    passages of evidence that do not stand in their posts."""

    posts: int
    threads: int
    unknown: tuple[str, ...] = ()
    wordless: tuple[str, ...] = ()
    lost: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """A study's codes against a reference. `orders` says which order a scale has where a measure
    uses one."""

    gold_coder: str
    coders: Mapping[str, str]
    matched: Matched
    figures: tuple[Figure, ...]
    confusion: tuple[Cell, ...] = ()
    calibration: tuple[Bin, ...] = ()
    coverage: tuple[Reach, ...] = ()
    orders: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Coders against each other. `orders` says, for each ordinal scale, which order it has; where
    no threads are known, every post is its own."""

    coders: tuple[str, ...]
    matched: Matched
    figures: tuple[Figure, ...]
    orders: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    threads_known: bool = True
