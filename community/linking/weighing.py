"""What a post does to an aim, by the learned heads: chances of each relation, and of none.

Pure. First a head tells which clause carries a relation to the aim; then another weighs that
clause, its surroundings and the whole post. Words are weighed once per post and clause (`Weighed`),
so that each further aim costs only its own numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
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
YES = "yes"  # the answer of a head that tells whether there is a relation
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
    """What a post does to an aim: the chance that it speaks of it at all (`link`), the chances of
    each relation if it does, and the clause that carries it."""

    link: float
    relations: Mapping[str, float]
    clause: int

    def best(self) -> str:
        """The likeliest relation."""
        return max(self.relations, key=lambda name: (self.relations[name], name))


class Weighed:
    """A post's words, weighed by a model; `tell` then holds it against aims.

    Args:
        post: the post, of one clause at least.
        name: the head that tells whether there is a relation: ``link`` or ``spoken``.
        model: the heads; the packaged ones if None.
    """

    def __init__(self, post: Said, name: str, model: heads.Model | None = None) -> None:
        self.post = post
        self.model = model or heads.packaged()
        self.name = name
        self._words: Array | None = None
        self._held: dict[int, tuple[Aim, Array, Array]] = {}
        self._clauses: dict[int, tuple[Array, Array]] = {}

    def tell(self, aim: Aim, context: Context = NO_CONTEXT, least: float = 0.0) -> Told | None:
        """What the post does to an aim; None where a relation is less likely than `least`."""
        signals, carried = self.held(aim)
        top = int(np.argmax(carried))
        told = numbers(self.post, aim, signals, carried)
        named = facts(self.post, aim, signals, top, context)
        link = self.model[self.name]
        chances = link.chances(told @ columns(link, NUMBERS) + link.add(named))
        sure = float(chances[link.answers.index(YES)])
        if sure < least:
            return None
        relation = self.model["relation"]
        logits = told @ columns(relation, NUMBERS) + relation.add(named) + self._post_words()
        own, turned = self._of_clause(top)
        found = relation.chances(logits + own + turned * aim.direction)
        return Told(sure, dict(zip(relation.answers, found.tolist(), strict=True)), top)

    def strongest(self, aim: Aim) -> float:
        """How strongly its best clause speaks of an aim: a logit."""
        return float(self.held(aim)[1].max())

    def held(self, aim: Aim) -> tuple[Array, Array]:
        """Signals of the clauses, and their logits; of each aim once."""
        known = self._held.get(id(aim))
        if known is None or known[0] is not aim:
            signals = clause_signals(self.post, aim)
            known = self._held[id(aim)] = (aim, signals, self.carried(signals))
        return known[1], known[2]

    def carried(self, signals: Array) -> Array:
        """Logit per clause that it carries a relation."""
        block = self.model["carried"]
        rows = columns(block, CARRIED)
        made: Array = np.round((carried_numbers(signals) @ rows + block.bias)[:, 0], 5)
        return made

    def _post_words(self) -> Array:
        if self._words is None:
            self._words = self.model["relation"].add(post_words(self.post))
        return self._words

    def _of_clause(self, at: int) -> tuple[Array, Array]:
        if at not in self._clauses:
            own, turned = clause_words(self.post, at)
            self._clauses[at] = (
                self.model["relation"].add(own),
                self.model["relation"].add(turned),
            )
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
