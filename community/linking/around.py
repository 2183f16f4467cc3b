"""The words around a figure: what endpoint, direction, time, trial and treatment they tell.

Pure. The figure's own clause comes first, then its sentence; an endpoint holds on for two sentences
that name none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from community.linking.figures import Figure
from community.linking.names import treatments
from community.linking.relations import Hit, Reading
from community.linking.scope import Scope
from community.linking.targets import Index, cut
from community.results.quantities import MONTHS, WRITTEN, Quantity, number

_NAMED = 0.8  # weight from which a name tells a trial
_STOPPED = 3  # characters of a sentence beside the length of time that it is
_BACK = 2  # sentences back that an endpoint holds on
_BOUNDS = frozenset(["interval", "intervals", "ci", "range", "between", "bound", "limits", "error"])
_CURE = frozenset(["cure", "cured", "cures", "healed"])
# what ledgers call a treatment without naming one
_NO_NAME = re.compile(r"(?:ing|treatments?|therap(?:y|ies)|drugs?|care|surgery|exercise)$")
_BEGUN = 4  # letters of a name that tell it
_TEN = re.compile(rf"(?i),?\s(?:at|by|after)\s({WRITTEN})\b(?!\s?(?:%|per|years?|months?|weeks?))")
_HEARSAY = re.compile(r"(?i)\b(?:told|says?|said|heard|reads?|quoted|quotes?|according|claims?)\b")
_OUT_OF = ("course",)  # endpoints in plain words that name none


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the words around a figure say."""

    near: frozenset[str]  # endpoints in plain words, in the figure's clause
    far: frozenset[str]  # in its sentence
    valence: float
    months: tuple[float, ...]
    trials: frozenset[str]
    families: frozenset[str]
    valued: bool  # of the endpoints near, one has a good or a bad course
    stems: frozenset[str]
    close: frozenset[str]  # stems in the figure's clause
    bounds: bool  # an interval is spoken of
    cured: bool  # a cure is claimed, which no endpoint is
    reported: bool
    personal: bool


class Words:
    """A post's words, asked what stands around each of its figures."""

    def __init__(
        self,
        reading: Reading,
        named: Mapping[str, Mapping[int, float]],
        scope: Scope,
        index: Index,
    ) -> None:
        self.reading, self.named, self.index = reading, named, index
        self.treated = treatments(reading)
        every = (index.profiles[at].family for at in scope.claims)
        self.families = {f for f in every if f and not _NO_NAME.search(f)}
        self._told: dict[int, Around] = {}
        self._spoken: dict[int, frozenset[str]] = {}
        self._named_by: dict[int, list[tuple[int, str]]] = {}
        self._times: dict[int, list[tuple[Quantity, int]]] = {}  # lengths of time by sentence
        for quantity, clause in reading.numbers:
            if quantity.kind == "duration":
                number = reading.clauses[clause].sentence
                self._times.setdefault(number, []).append((quantity, clause))

    def around(self, figure: Figure) -> Around:
        """What is said around one figure."""
        told = self._clause(figure.clause)
        return replace(told, months=self._months(figure), families=self._families(figure))

    def _clause(self, at: int) -> Around:
        """What holds for every figure of a clause, told once."""
        if at in self._told:
            return self._told[at]
        reading = self.reading
        number = reading.clauses[at].sentence
        sentence = reading.sentence(number)
        folded = self._folded(number)
        near = self._concepts([at])
        far = self._concepts(sentence) or self._carried(number)
        self._told[at] = Around(
            near=frozenset(hit.name for hit in near),
            far=frozenset(hit.name for hit in far),
            valence=sum(hit.value for hit in near or far),
            months=(),
            trials=frozenset(
                trial
                for trial, places in self.named.items()
                if any(w >= _NAMED and c in sentence for c, w in places.items())
            ),
            families=frozenset(),
            valued=any(hit.value for hit in near),
            stems=cut(folded),
            close=cut(t.folded for t in reading.tokens[at]),
            bounds=bool(_BOUNDS & (folded | self._folded(number - 1))),
            cured=any(t.folded in _CURE for t in reading.tokens[at])
            and not reading.at(at, "negation"),
            reported=any(reading.at(c, "report", "study") for c in sentence)
            or any(_HEARSAY.fullmatch(word) for word in folded),
            personal=bool(reading.at(at, "self", "close")),
        )
        return self._told[at]

    def _folded(self, number: int) -> frozenset[str]:
        """The words of a sentence, folded, told once."""
        if number not in self._spoken:
            clauses = self.reading.sentence(number)
            spoken = (t.folded for c in clauses for t in self.reading.tokens[c])
            self._spoken[number] = frozenset(spoken)
        return self._spoken[number]

    def _carried(self, number: int) -> list[Hit]:
        """Endpoints of the sentences before, where a sentence has none: "the death rate is 8%.
        EIGHT. And here it's zero." """
        for before in range(number - 1, max(-1, number - 1 - _BACK), -1):
            told = self._concepts(self.reading.sentence(before))
            if told:
                return told
        return []

    def _families(self, figure: Figure) -> frozenset[str]:
        """Treatments of claims in scope that a figure's clause names, also by the first letters of
        a name that no lexicon has ("dapa" for dapagliflozin); of several the last before it."""
        lexical = {f for f in self.treated.get(figure.clause, ()) if f in self.index.interventions}
        begun = self._begun(figure.clause)
        before = [family for start, family in begun if start < figure.span.start]
        named = before[-1:] if before else [family for _, family in begun]
        return frozenset(lexical | set(named))

    def _begun(self, at: int) -> list[tuple[int, str]]:
        """Treatments that a clause names by their first letters, with places."""
        if at not in self._named_by:
            self._named_by[at] = [
                (token.start, family)
                for token in self.reading.tokens[at]
                if len(token.folded) >= _BEGUN
                for family in sorted(self.families)
                if any(n.startswith(token.folded) for n in family.split() if len(n) > _BEGUN + 1)
            ]
        return self._named_by[at]

    def _concepts(self, clauses: Iterable[int]) -> list[Hit]:
        return [
            hit for c in clauses for hit in self.reading.at(c, "concept") if hit.name not in _OUT_OF
        ]

    def _months(self, figure: Figure) -> tuple[float, ...]:
        """Points in time told in the figure's clause, else in its sentence."""
        number = self.reading.clauses[figure.clause].sentence
        times = self._times.get(number, ())
        told = [
            (q.months() or 0.0, clause)
            for q, clause in times
            if q.cue and not q.span.overlaps(figure.span)
        ]
        here = [m for m, clause in told if m and clause == figure.clause]
        here = here or self._elliptic(figure, [q for q, _ in times])
        return tuple(here or [m for m, _ in told if m] or self._headed(number))

    def _elliptic(self, figure: Figure, quantities: Sequence[Quantity]) -> list[float]:
        """ "73% at five years and 65% at ten": the second one's point in time."""
        unit = next((q.unit for q in quantities if q.unit), None)
        after = self.reading.text[figure.span.end :][:30]
        match = _TEN.match(after)
        value = number(match[1]) if match else None
        return [value * MONTHS[unit.rstrip("s")]] if unit and value else []

    def _headed(self, number: int) -> list[float]:
        """A length of time that is the whole of the sentence before: "Ten years. 73 per cent." """
        before = self._times.get(number - 1, ())
        return [
            q.months() or 0.0
            for q, clause in before
            if len(self.reading.clauses[clause].whole) - len(q.span) <= _STOPPED
        ]
