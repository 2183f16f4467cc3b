"""Treatment experiences as links: a course that agrees or disagrees with what was reported.

Pure. The codings say that a post tells an experience, and whose; the clauses say of what: each
endpoint that the course touches becomes a link to the claim in scope that reports it, else
the whole course one to the treatment. Arranging or seeking treatment, and the course of another
treatment, are none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from community.linking.match import agreeing
from community.linking.relations import Decision, Hit, Reading, bare
from community.linking.scope import Scope
from community.linking.targets import Index, Profile
from community.types import Coding, Relation, Span

_HARMS = ("harm", "infection", "fever", "intensive-care", "thyroid", "fertility", "cancer")
_OWN = ("self", "close", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A post that tells an experience, in its scope. `treated` names treatments by clause, `start`
    is where the post stands in its document."""

    reading: Reading
    scope: Scope
    index: Index
    treated: Mapping[int, set[str]]
    start: int
    received: bool  # the author tells, here or elsewhere in the thread, of having had the treatment

    def links(self, coding: Coding) -> list[tuple[str, Decision]]:
        """What the experience speaks to, as (refers_to, decision)."""
        clauses = [i for i in self._clauses(coding) if not self._elsewhere(i)]
        if not clauses or self.scope.family is None or self._only_sought(clauses):
            return []
        hits = [hit for i in clauses for hit in self.reading.at(i, "concept") if hit.value]
        out: dict[str, Decision] = {}
        for hit in hits if coding.whose in _OWN else ():
            one = self._claim(hit)
            if one is not None:
                span = bare(self.reading, self.reading.clauses[hit.clause].span)
                out.setdefault(f"claim:{one.id}", Decision(self._relation(hit, one), 0.65, span))
        return list(out.items()) or self._whole(coding, clauses, hits)

    def _relation(self, hit: Hit, one: Profile) -> Relation:
        """Of a harm, having it agrees with a report of it; of the rest, a good course agrees."""
        return agreeing(hit.value, one if hit.name in _HARMS else None)

    def _whole(
        self, coding: Coding, clauses: list[int], hits: list[Hit]
    ) -> list[tuple[str, Decision]]:
        course = [hit for hit in hits if hit.name not in _HARMS] or hits
        valence = {"good": 1.0, "bad": -1.0}.get(coding.polarity or "", 0.0)
        if course and not valence:
            valence = course[-1].value  # how it ended
        sought = any(self.reading.at(c, "seeking") for c in clauses)
        if not valence or (not course and (sought or coding.whose not in _OWN)):
            return []
        fitting = [hit.clause for hit in course if hit.value * valence > 0]
        span = self.reading.clauses[fitting[-1] if fitting else clauses[0]].span
        name = self.scope.name(self.scope.family or "", self.index)
        decision = Decision(agreeing(valence, None), 0.6, bare(self.reading, span))
        return [(f"intervention:{name}", decision)]

    def _clauses(self, coding: Coding) -> list[int]:
        """Clauses of the evidence, and the other clauses of the post that tell the same course."""
        out: list[int] = []
        received = self.reading.has("received") and coding.whose in _OWN
        for i, clause in enumerate(self.reading.clauses):
            span = Span(clause.span.start + self.start, clause.span.end + self.start)
            told = any(span.overlaps(evidence) for evidence in coding.evidence)
            follows = bool(out) and received and not clause.question
            if told or (follows and self._personal(i)):
                out.append(i)
        return out

    def _personal(self, at: int) -> bool:
        """Whether a clause tells a person's course: not what was reported of many, not a maybe."""
        reading = self.reading
        near = reading.sentence(reading.clauses[at].sentence)
        if any(reading.at(c, "report", "study", "hypothetical", "you") for c in near):
            return False
        return not any(
            clause in near and quantity.kind in ("percent", "fraction", "proportion")
            for quantity, clause in reading.numbers
        )

    def _elsewhere(self, clause: int) -> bool:
        """Whether the clause tells of another treatment than those of the ledger."""
        reading, known = self.reading, {self.scope.family}  # what is under discussion
        near = reading.sentence(reading.clauses[clause].sentence)
        here = {f for c in near for f in self.treated.get(c, ())}
        if here:
            return not here & known
        every = {f for families in self.treated.values() for f in families}
        return bool(every) and not every & known and not self.received

    def _only_sought(self, clauses: list[int]) -> bool:
        """Whether treatment was sought or arranged, not had."""
        reading = self.reading
        if self.received:
            return False
        course = any(hit.value for c in clauses for hit in reading.at(c, "concept"))
        had = any(self.scope.family in families for families in self.treated.values())
        return not course or not had or reading.has("seeking")

    def _claim(self, hit: Hit) -> Profile | None:
        """The claim in scope whose endpoint a course touches, the main trial's first; a course
        that is no harm is held against favourable results."""
        best: tuple[float, Profile] | None = None
        for at in self.scope.claims:
            one = self.index.profiles[at]
            weight = one.concepts.get(hit.name, 0.0)
            harm = hit.name in _HARMS
            if weight <= 0 or one.family != self.scope.family:
                continue
            if not harm and one.direction == "unfavourable":
                continue
            score = weight + self.scope.trials.get(one.trial or "", 0.0)
            if best is None or score > best[0]:
                best = (score, one)
        return best[1] if best else None
