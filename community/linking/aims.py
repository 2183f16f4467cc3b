"""What a post is held against: a claim, a trial or a treatment, reduced to numbers.

Pure. A claim whose words are known (`Mention.text`, or a sentence given for it) is read as posts
are; else its endpoint, treatment and population stand for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from community import vectors
from community.linking import heads
from community.linking.names import family, treatments
from community.linking.relations import Reading, read
from community.linking.said import content, rows_of, stem
from community.linking.targets import Profile, concepts, profile
from community.results.quantities import Quantity
from community.types import Claim, Mention, Span

Array = npt.NDArray[np.float32]
_SIZE = 64  # dimensions of the vector from which a direction is guessed
_TOLD = 0.8  # weight of an endpoint that only the words of a claim name
TRENDS = ("up", "down", "same")
_DIRECTIONS = {"favourable": 1.0, "unfavourable": -1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """A target. `figures` are the numbers it can be told by; `concepts` its endpoints with what the
    claim says of them (+1 good, -1 bad, 0 not told); `direction` is +1 for a favourable result;
    `stems` and `words` are its content with weights that add up to 1 (`rows`: their vectors)."""

    level: str
    figures: tuple[Profile, ...]
    concepts: Mapping[str, float]
    weights: Mapping[str, float]
    direction: float
    trends: tuple[str, ...]  # words for which way it went
    told: float  # what the words alone say of the result, as `direction`
    families: frozenset[str]
    stems: Mapping[str, float]
    words: tuple[str, ...]
    rows: Array
    shares: Array
    vector: Array


def of_claim(claim: Claim, text: str | None = None, model: heads.Model | None = None) -> Aim:
    """A claim as an aim; `text` is the sentence that states it, where the claim has none."""
    best = claim.best()
    own = next((t for m in (best, *claim.mentions) if (t := getattr(m, "text", None))), None)
    return _made("claim", profile(claim), best, text or own, model)


def of_text(text: str, model: heads.Model | None = None) -> Aim:
    """A claim that is known by its sentence alone."""
    mention = stated(text)
    claim = Claim(id="", version_group="", mentions=(mention,))
    return _made("claim", profile(claim), mention, text, model)


def of_name(level: str, name: str, group: str | None) -> Aim:
    """A trial or an intervention as an aim."""
    claim = Claim(id="", version_group="", mentions=(_mention(name),))
    mention = replace(claim.mentions[0], direction="favourable")  # what a treatment is for
    made = _made(level, profile(claim), mention, name, None)
    return replace(made, families=frozenset({group} if group else ()), figures=())


def stated(text: str) -> Mention:
    """A sentence as a mention: its first result, and its own words as the endpoint."""
    figures = [quantity for quantity, _ in read(text).numbers]
    return replace(_mention(text), **_figure(figures))


def _mention(words: str) -> Mention:
    return Mention(document_id="", span=Span(0, 0), endpoint=words)


def _figure(figures: Sequence[Quantity]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for one in figures:
        if one.kind in ("percent", "proportion") and "value" not in out:
            out |= {"value": one.value, "unit": "%"}
        elif one.kind == "fraction" and "numerator" not in out and one.denominator:
            out |= {"numerator": _whole(one.value), "denominator": _whole(one.denominator)}
        elif one.kind == "count" and "n" not in out and (one.value or 0) >= 10:
            out["n"] = _whole(one.value)
        elif one.kind == "duration" and "timepoint_months" not in out:
            out["timepoint_months"] = one.months()
    return out


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _made(
    level: str, one: Profile, mention: Mention, text: str | None, model: heads.Model | None
) -> Aim:
    parts = (mention.endpoint, mention.intervention, mention.population)
    words = text or "; ".join(part for part in parts if part)
    reading = read(words)
    counted = content([token for clause in reading.tokens for token in clause])
    whole = sum(counted.values()) or 1.0
    stems: dict[str, float] = {}
    for word, weight in counted.items():
        stems[stem(word)] = stems.get(stem(word), 0.0) + weight / whole
    named = {f for found in treatments(reading).values() for f in found}
    group = family(mention.intervention) if mention.intervention else None
    known = concepts(mention.endpoint)
    signs = _signs(reading)
    shares = np.array([counted[word] / whole for word in counted], np.float32)
    told = float(np.clip(sum(signs.values()), -1, 1))
    direction = _DIRECTIONS.get(mention.direction or "", 0.0)
    return Aim(
        level=level,
        figures=_figures(one, reading),
        concepts={name: signs.get(name, 0.0) for name in {*known, *signs}},
        weights=dict.fromkeys(signs, _TOLD) | dict(known),
        direction=direction if mention.direction else guessed(words, told, model),
        trends=tuple(name for name in TRENDS if reading.has(name)),
        told=told,
        families=frozenset({group} if group else named),
        stems=stems,
        words=tuple(counted),
        rows=rows_of(list(counted)),
        shares=shares,
        vector=vectors.default().embed([words])[0],
    )


def direction_keys(words: str, told: float) -> dict[str, float]:
    """What the direction of a result is guessed from, where nobody states it."""
    reading = read(words)
    found = [token.folded for clause in reading.tokens for token in clause]
    out = {"told": told} | {f"w{word}": 0.5 for word in found}
    out |= {f"w{one} {two}": 0.5 for one, two in pairwise(found)}
    out |= {f"t{name}": 1.0 for name in TRENDS if reading.has(name)}
    out |= {f"c{name}": value for name, value in _signs(reading).items()}
    vector = vectors.default().embed([words])[0][:_SIZE] * 3
    return out | {f"v{n}": float(value) for n, value in enumerate(vector)}


def told_by(words: str) -> float:
    """What the words of a result say of it by the lexicon alone: -1 to 1."""
    return float(np.clip(sum(_signs(read(words)).values()), -1, 1))


def guessed(words: str, told: float, model: heads.Model | None = None) -> float:
    """The direction of a result by its words: from -1 (unfavourable) to 1."""
    block = (model or heads.packaged())["direction"]
    logits = block.add(direction_keys(words, told))
    chances = dict(zip(block.answers, block.chances(logits), strict=True))
    return round(float(chances["favourable"] - chances["unfavourable"]), 3)


def _signs(reading: Reading) -> dict[str, float]:
    """What a claim's own words say of its endpoints. "No patient in either arm died": in the short
    sentences that state results, what denies does so to the end of its clause, and what is lowered
    turns round."""
    out: dict[str, float] = {}
    for hit in reading.hits:
        if hit.kind != "concept" or hit.name == "participants":
            continue
        value = hit.value
        before = (h for h in reading.at(hit.clause, "absence") if h.span.end <= hit.span.start)
        number = reading.clauses[hit.clause].sentence
        trends = {h.kind for c in reading.sentence(number) for h in reading.at(c, *TRENDS)}
        if value < 0 and any(before):
            value = 1.0
        elif "same" in trends:
            value = -0.3
        elif "down" in trends and "up" not in trends:
            value = -value or 0.7
        elif "up" in trends and not value:
            value = -0.7
        out[hit.name] = float(np.clip(out.get(hit.name, 0.0) + value, -1, 1))
    return out


def _figures(one: Profile, reading: Reading) -> tuple[Profile, ...]:
    """The claim's own figure, and the others that its sentence gives."""
    out = [one]
    for quantity, _ in reading.numbers:
        value = quantity.value
        if value is None or quantity.kind == "duration":
            continue
        share = quantity.kind in ("percent", "proportion")
        if share and (one.percent is None or abs(value - one.percent) > 0.05):
            out.append(replace(one, percent=value, counts=(), interval=None))
        elif not share and value not in one.counts and value >= 2:
            out.append(replace(one, percent=None, counts=(value,), interval=None))
    return tuple(out[:6])
