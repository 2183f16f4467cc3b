"""The words that made a code: of the sentences of a post, those that weighed most."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from community.learned.heads import Logits, Model
from community.learned.seen import Seen
from community.types import Span

_MOST = 3  # sentences named
_NEAR = 0.5  # of the strongest sentence's chance: weaker ones are not named
POLES = {  # heads of sentences that tell either pole of a stance
    "treatment-experience": ("good", "bad"),
    "neurologist-distrust": ("trust", "distrust"),
    "progression-concern": ("hopeful", "worried"),
}
_FELT = {"positive": ("glad",), "negative": ("sorry",), "mixed": ("glad", "sorry"), "neutral": ()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A post with its logits; spans are characters of the post's own text, strongest first."""

    model: Model
    logits: Logits
    seen: Seen

    def stance(self, code: str, polarity: str) -> tuple[Span, ...]:
        """Sentences that tell a stance and that polarity of it; within one, the clauses that the
        rules found, if any."""
        units, names = self.logits.units, self.model.unit.names
        poles = POLES.get(code, ()) if polarity == "mixed" else (polarity,)
        told = [names.index(pole) for pole in poles if pole in names]
        strength = units[:, names.index(code)]
        if told:
            strength = (strength + units[:, told].max(1)) / 2
        column = strength.tolist()
        clauses = [span for f in self.seen.found if f.code == code for span in f.evidence]
        spans: list[Span] = []
        for number in _strongest(column):
            unit = self.seen.units[number]
            inside = [Span(a, b) for a, b in clauses if unit.start <= a < unit.end]
            spans += sorted(inside, key=lambda s: s.start) or [Span(unit.start, unit.end)]
        return tuple(spans[:_MOST])

    def topic(self, code: str) -> tuple[Span, ...]:
        """The sentence that says most of a topic."""
        name = f"topic {code}"
        if name not in self.model.post.names:
            return self._at(range(min(1, len(self.seen.units))))
        column = self.logits.shares[:, self.model.post.names.index(name)].tolist()
        return self._at(sorted(range(len(column)), key=lambda n: (-column[n], n))[:1])

    def sentiment(self, value: str) -> tuple[Span, ...]:
        """The sentences that feel most so; none for neutral."""
        found: list[int] = []
        for head in _FELT.get(value, ()):
            column = self.logits.units[:, self.model.unit.names.index(head)].tolist()
            found += _strongest(column)[:2]
        return self._at(dict.fromkeys(found))

    def _at(self, numbers: Sequence[int] | range | dict[int, None]) -> tuple[Span, ...]:
        units = self.seen.units
        return tuple(Span(units[n].start, units[n].end) for n in numbers)


def _strongest(column: list[float]) -> list[int]:
    """Numbers of the strongest sentences: the first always, others if about as likely."""
    ranked = sorted(range(len(column)), key=lambda n: (-column[n], n))[:_MOST]
    if not ranked:
        return []
    least = _NEAR * _chance(column[ranked[0]])
    return [n for n in ranked if n == ranked[0] or _chance(column[n]) >= max(least, 0.3)]


def _chance(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))
