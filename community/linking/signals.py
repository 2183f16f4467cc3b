"""A post held against an aim: what each clause says of it, and what the whole post does to it.

Pure. `clause_signals` gives numbers per clause, from which a head tells which clause carries the
relation; `numbers`, `facts` and words of the post and of that clause tell the relation. Words are
kept apart because they are weighed once per post and clause, however many targets there are. Names
begin with their family:

==== ===========================================================================
t s m signals of the clause that carries it, its sentence's largest, the post's largest
a     words and pairs of words in that clause (`a?` where it asks)
p     words and pairs of words of the post
x     words of that clause times the aim's direction: a good course of a good result agrees
v vx  the clause's vector, and times the direction; vy: times the claim's vector
r     what the rules decide
g     agreement of directions
c     codings of the post
u     what stands above: the post answered, and what it does to the aim
==== ===========================================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from community.linking.aims import Aim
from community.linking.cues import RELATIONS
from community.linking.match import number_match
from community.linking.relations import decide
from community.linking.said import FLAGS, Said

Array = npt.NDArray[np.float32]
ALIGNED = (
    "number", "other number", "time", "other time", "concept", "other concept", "stems",
    "stems around", "vector", "vector around", "nearest", "nearest most", "same treatment",
    "other treatment",
)  # fmt: skip
CLAUSE = (
    *ALIGNED, *RELATIONS, *FLAGS, "course", "course size", "mood", "mood size", "question", "last",
    "first", "length", "course x direction", "mood x direction", "sign agrees", "sign differs",
)  # fmt: skip
_SIZE = 48  # of the vectors' dimensions, which come in the order of their weight
NUMBERS = (
    *(f"t {name}" for name in CLAUSE), *(f"s {name}" for name in CLAUSE),
    *(f"m {name}" for name in CLAUSE), "carried", "carried next", "clauses", "direction",
    "direction told", *(f"{kind}{n}" for kind in ("v ", "vx ", "vy ") for n in range(_SIZE)),
)  # fmt: skip
_SCALE = 1.2  # of the vectors, so that the penalty weighs them as it does the other numbers
_OWN, _WEIGHT = 0.15, 0.75  # of a word of the clause; of all words of a post together
_NO_NEXT = -6.0  # logit of a clause that is not there
_MOST_WORDS, _MOST_POST = 40, 300  # of a clause, of a post


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known beside the words: codings as short keys, whether the post answers another, and
    named numbers of what stands above and of what the rules found."""

    codings: tuple[str, ...] = ()
    answers: bool = False
    above: Mapping[str, float] = field(default_factory=dict)
    role: str = "unknown"


NO_CONTEXT = Context()


def clause_signals(post: Said, aim: Aim) -> Array:
    """Signals of each clause (clauses by `CLAUSE`)."""
    n = len(post.reading.clauses)
    aligned = _aligned(post, aim)
    lengths = np.array([len(tokens) for tokens in post.reading.tokens], np.float32)
    place = np.arange(n, dtype=np.float32)
    signs = _signs(post, aim)
    more = np.stack(
        [
            post.course,
            np.abs(post.course),
            post.mood,
            np.abs(post.mood),
            post.asks,
            (place == n - 1).astype(np.float32),
            (place == 0).astype(np.float32),
            np.log1p(lengths) / 3,
            post.course * aim.direction,
            post.mood * aim.direction,
            (signs > 0).astype(np.float32),
            (signs < 0).astype(np.float32),
        ],
        axis=1,
    )
    made: Array = np.concatenate([aligned, post.strengths, post.flags, more], axis=1)
    return made


def _aligned(post: Said, aim: Aim) -> Array:
    reading = post.reading
    out = np.zeros((len(reading.clauses), len(ALIGNED)), np.float32)
    for quantity, clause in reading.numbers:
        if quantity.kind == "duration":
            _time(out[clause], quantity.months(), aim)
        weight = max((number_match(one, quantity) for one in aim.figures), default=0.0)
        out[clause, 0] = max(out[clause, 0], weight / 3)
        if quantity.kind in ("percent", "fraction", "proportion") and weight < 1:
            out[clause, 1] = 1.0
    for clause, name, _ in post.fates:
        if name != "course":
            weight = aim.weights.get(name, 0.0)
            column = 4 if weight else 5
            out[clause, column] = max(out[clause, column], weight or 1.0)
    weights = np.array([aim.stems.get(name, 0.0) for name in post.known], np.float32)
    out[:, 6] = post.inside @ weights
    out[:, 7] = post.beside @ weights
    for at, families in enumerate(post.families):
        if families:
            out[at, 12] = bool(families & aim.families)
            out[at, 13] = bool(families - aim.families) and not out[at, 12]
    out[:, 8] = post.vectors @ aim.vector
    out[:, 9] = post.around @ aim.vector
    out[:, 10], out[:, 11] = _nearest(post, aim)
    return out


def _time(row: Array, months: float | None, aim: Aim) -> None:
    known = [one.months for one in aim.figures if one.months]
    if months and known:
        near = any(abs(months - other) <= 0.08 * other for other in known)
        row[2 if near else 3] = 1.0


def _nearest(post: Said, aim: Aim) -> tuple[Array, Array]:
    """Per clause how near its words come to the aim's: weighed mean, and the nearest pair."""
    mean = np.zeros(len(post.reading.clauses), np.float32)
    most = np.zeros(len(post.reading.clauses), np.float32)
    if not len(post.rows) or not len(aim.rows):
        return mean, most
    near = aim.rows @ post.rows.T
    starts = np.flatnonzero(np.diff(post.owner, prepend=-1))
    best = np.maximum.reduceat(near, starts, axis=1)
    owners = post.owner[starts]
    mean[owners] = aim.shares @ best
    most[owners] = (best * (0.5 + aim.shares[:, None])).max(axis=0)
    return mean, most


def _signs(post: Said, aim: Aim) -> Array:
    """Per clause whether its endpoints go the way that the claim tells of the same ones."""
    out = np.zeros(len(post.reading.clauses), np.float32)
    for clause, name, value in post.fates:
        out[clause] += value * aim.concepts.get(name, 0.0)
    return out


def numbers(post: Said, aim: Aim, signals: Array, carried: Array) -> Array:
    """The numbers of a post and an aim that always stand (in the order of `NUMBERS`).

    Args:
        post: the post.
        aim: what it is held against.
        signals: its `clause_signals`.
        carried: logit per clause that it carries a relation to the aim.
    """
    top = int(np.argmax(carried))
    near = list(post.reading.sentence(post.reading.clauses[top].sentence))
    ranked = np.sort(carried)[::-1]
    mine, theirs = post.vectors[top][:_SIZE] * _SCALE, aim.vector[:_SIZE] * _SCALE
    told = [
        ranked[0],
        ranked[1] if len(ranked) > 1 else _NO_NEXT,
        np.log1p(len(signals)),
        aim.direction,
        aim.told,
    ]
    made: Array = np.concatenate(
        [
            signals[top], signals[near].max(axis=0), signals.max(axis=0),
            np.array(told, np.float32), mine, mine * aim.direction, mine * theirs,
        ]
    ).astype(np.float32)  # fmt: skip
    return made


def facts(
    post: Said, aim: Aim, signals: Array, top: int, context: Context = NO_CONTEXT
) -> dict[str, float]:
    """Named numbers that only some pairs of post and aim have; `top` is the clause that carries."""
    near = list(post.reading.sentence(post.reading.clauses[top].sentence))
    out: dict[str, float] = {f"level {aim.level}": 1.0}
    out |= _ruled(post, top, near, signals, aim)
    out |= _known(context, aim)
    return out


def post_words(post: Said) -> dict[str, float]:
    """The words of a post."""
    every = [token.folded for tokens in post.reading.tokens for token in tokens][:_MOST_POST]
    size = _WEIGHT / np.sqrt(max(8, len(every)))
    out = {f"p{word}": size for word in every}
    return out | {f"p{one} {two}": size for one, two in pairwise(["^", *every[:60]])}


def clause_words(post: Said, top: int) -> tuple[dict[str, float], dict[str, float]]:
    """The words of a clause and its sentence; and those that the aim's direction turns."""
    reading = post.reading
    mine = [token.folded for token in reading.tokens[top]][:_MOST_WORDS]
    near = reading.sentence(reading.clauses[top].sentence)
    beside = [token.folded for i in near if i != top for token in reading.tokens[i]]
    out = {f"a{word}": _OWN for word in mine}
    out |= {f"a{one} {two}": _OWN for one, two in pairwise(["^", *mine, "$"])}
    if reading.clauses[top].question:
        out |= {f"a?{word}": _OWN for word in mine[:4]}
    turned = {f"x{word}": _OWN for word in (*mine, *beside)}
    turned |= {f"x{one} {two}": _OWN for one, two in pairwise(mine)}
    return out, turned


def _ruled(post: Said, top: int, near: Sequence[int], signals: Array, aim: Aim) -> dict[str, float]:
    """What the rules say of the clause that carries it."""
    reading = post.reading
    other = {i for i in range(len(signals)) if signals[i, 1] or signals[i, 5]} - {top}
    out: dict[str, float] = {}
    for name, anchors in (("r", {top}), ("r all", frozenset())):
        decision = decide(reading, anchors, other)
        if decision is not None:
            out[f"{name} {decision.relation}"] = 1.0
            out[f"{name} strength {decision.relation}"] = decision.strength
    told = signals[near][:, [CLAUSE.index("self"), CLAUSE.index("close")]].max()
    received = signals[:, CLAUSE.index("received")].max()
    course = float(np.sign(post.course[top]))
    out["g person"] = float(told > 0)
    if course:
        way = course * float(np.sign(aim.direction))
        out[f"g course {way:+.0f}"] = 1.0
        out[f"g course {way:+.0f} {'person' if told else 'nobody'}"] = 1.0
        out[f"g course {way:+.0f} {'received' if received else 'not'}"] = 1.0
    way = float(aim.direction > 0.2) - float(aim.direction < -0.2)
    for name in ("well", "ill", "up", "down", "same"):
        if post.flags[top, FLAGS.index(name)]:
            out[f"g {name} {way:+.0f}"] = 1.0
            for trend in aim.trends:
                out[f"g {name} {trend}"] = 1.0
    for trend in aim.trends:
        out[f"g aim {trend}"] = 1.0
    moved = _moved(post, near)
    if moved:
        out[f"g moved {moved:+d} {way:+.0f}"] = 1.0
        for trend in aim.trends:
            out[f"g moved {moved:+d} {trend}"] = 1.0
    sign = signals[top, -2] - signals[top, -1]
    if sign:
        out[f"g sign {sign:+.0f} {'person' if told else 'nobody'}"] = 1.0
    return out


def _moved(post: Said, near: Sequence[int]) -> int:
    """Whether a measure rose (+1) or fell (-1): "from 4 to 2.5"."""
    reading = post.reading
    plain = [q for q, clause in reading.numbers if clause in near and q.kind in ("number", "count")]
    for one, two in pairwise(plain):
        between = reading.text[one.span.end : two.span.start].split()
        before = reading.text[: one.span.start].split()[-1:]
        if "to" in between[:2] and before == ["from"] and one.value and two.value:
            return int(np.sign(two.value - one.value))
    return 0


def _known(context: Context, aim: Aim) -> dict[str, float]:
    out: dict[str, float] = {f"c {code}": 1.0 for code in context.codings}
    for code in context.codings:
        if code.startswith("experience "):
            sign = {"good": 1.0, "bad": -1.0}.get(code.split()[1], 0.0)
            out["c experience"] = 1.0
            out["c experience x direction"] = sign * aim.direction
    out["u answers"] = float(context.answers)
    out |= {f"u {name}": value for name, value in context.above.items()}
    out[f"role {context.role}"] = 1.0
    return out
