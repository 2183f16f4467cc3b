"""What a post does to an aim, by the learned heads: chances of each relation, and of none.

Pure. First a head tells which clause carries a relation to the aim; then another weighs that
clause, its surroundings and the whole post. Words are weighed once per post and clause (`Weighed`),
so that each further aim costs only its own numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from community.linking import heads
from community.linking.aims import Aim
from community.linking.said import Said
from community.linking.signals import (
    ALIGNED,
    CLAUSE,
    NO_CONTEXT,
    NUMBERS,
    Context,
    clause_signals,
    clause_words,
    facts,
    numbers,
    post_words,
)

Array = npt.NDArray[np.float32]
NONE = "none"
CARRIED = (*CLAUSE, *(f"m {name}" for name in ALIGNED), *(f"d {name}" for name in ALIGNED))


def carried_numbers(signals: Array) -> Array:
    """What tells whether a clause carries a relation (clauses by `CARRIED`): its signals, those of
    the post's best clause, and how far it stays behind that."""
    first = signals[:, : len(ALIGNED)]
    best = np.broadcast_to(first.max(axis=0), first.shape)
    made: Array = np.concatenate([signals, best, first - best], axis=1)
    return made


@dataclass(frozen=True, slots=True)
class Told:
    """Chances by answer (`answers`), the clause that carries it, and how sure that is (a logit)."""

    answers: tuple[str, ...]
    chances: Array
    clause: int
    carried: float

    def chance(self, answer: str) -> float:
        """The chance of one answer."""
        return float(self.chances[self.answers.index(answer)])

    def best(self) -> tuple[str, float]:
        """The likeliest relation, none left out, and its chance among the relations."""
        order = np.argsort(-self.chances, kind="stable")
        first = next(self.answers[n] for n in order if self.answers[n] != NONE)
        return first, self.chance(first) / max(1e-6, 1 - self.chance(NONE))


class Weighed:
    """A post's words, weighed by a model; `tell` then holds it against aims."""

    def __init__(self, post: Said, name: str, model: heads.Model | None = None) -> None:
        self.post = post
        self.model = model or heads.packaged()
        self.head = self.model[name]
        self.words = self.head.add(post_words(post))
        self._clauses: dict[int, tuple[Array, Array]] = {}

    def tell(self, aim: Aim, context: Context = NO_CONTEXT) -> Told:
        """What the post (of one clause at least) does to an aim."""
        signals = clause_signals(self.post, aim, context.anchors)
        carried = self._carried(signals)
        top = int(np.argmax(carried))
        own, turned = self._of_clause(top)
        logits = self.words + own + turned * aim.direction
        logits = logits + numbers(self.post, aim, signals, carried) @ columns(self.head, NUMBERS)
        logits = logits + self.head.add(facts(self.post, aim, signals, top, context))
        return Told(self.head.answers, self.head.chances(logits), top, float(carried[top]))

    def strongest(self, aim: Aim) -> float:
        """How strongly its best clause speaks of an aim: a logit."""
        return float(self._carried(clause_signals(self.post, aim)).max())

    def _carried(self, signals: Array) -> Array:
        block = self.model["carried"]
        rows = columns(block, CARRIED)
        made: Array = np.round((carried_numbers(signals) @ rows + block.bias)[:, 0], 5)
        return made

    def _of_clause(self, at: int) -> tuple[Array, Array]:
        if at not in self._clauses:
            own, turned = clause_words(self.post, at)
            self._clauses[at] = (self.head.add(own), self.head.add(turned))
        return self._clauses[at]


_COLUMNS: dict[tuple[int, int], tuple[heads.Block, Array]] = {}


def columns(block: heads.Block, names: tuple[str, ...]) -> Array:
    """Rows of a block for numbers that always stand; remembered per block."""
    key = (id(block), id(names))
    known = _COLUMNS.get(key)
    if known is None or known[0] is not block:
        if len(_COLUMNS) > 64:
            _COLUMNS.clear()
        known = _COLUMNS[key] = (block, block.columns(names))
    return known[1]
