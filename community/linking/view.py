"""One post against what it can mean: links in the making, each with its own words.

Pure. What a post names itself comes first; `inherited` is for posts that name nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from community.linking.experience import Told
from community.linking.match import Match, foreign, match, sigmoid
from community.linking.meant import meant
from community.linking.names import treatments
from community.linking.relations import Decision, Reading, decide
from community.linking.scope import Scope, Scopes
from community.linking.targets import Profile
from community.types import Coding, Post, Span

EXPERIENCE = "treatment-experience"
EVIDENCE = "evidence"  # the topic of posts about trial design, samples, follow-up
_DOUBT = 1.3  # how much more a cue of doubt weighs in such a post
NAMED = 0.8  # weight from which a name tells a trial by itself
_CLAIM = 2.4  # evidence that names a claim by a number
_ENDPOINT = 1.9  # evidence that names it by its endpoint, where a relation stands with it
_CLEAR = 0.8  # weighed strength of a cue that "this study" needs beside it
MEANT = 0.3  # chance from which a sentence is said to speak of a claim that it does not name
SHOWN = 0.5  # the score that such a link then has at least
_MANY = 20  # participants from which their number tells a trial

# what is left of a relation's certainty for each post that its target is inherited from
_PER_HOP = 0.7


@dataclass(frozen=True, slots=True)
class Found:
    """A link in the making; the evidence indexes the post's text."""

    refers_to: str
    decision: Decision
    score: float
    hops: int = 0


class View:
    """One post against its scope."""

    def __init__(
        self, post: Post, scopes: Scopes, told: Sequence[Coding], above: Collection[str]
    ) -> None:
        self.post, self.index = post, scopes.index
        self.told = tuple(c for c in told if c.code == EXPERIENCE)
        self.doubt = _DOUBT if any(c.code == EVIDENCE for c in told) else 1.0
        self.above = above
        self.reading: Reading = scopes.reading(post)
        self.names = scopes.named(post)
        self.scope: Scope = scopes.scope(post)
        self.part = scopes.part(self.scope)
        self.treated = treatments(self.reading)
        self.received = scopes.received(post)

    def found(self) -> list[Found]:
        """Links whose target stands in the post's own words, and its experiences."""
        out = self._experienced()
        used = {one.decision.evidence for one in out}
        claims = self._claims(used)
        claims += self._meant({one.refers_to for one in claims}, used)
        out += claims
        out += self._trials({c for one in claims for c in self._clauses(one.decision.evidence)})
        if not out:
            out += self._interventions()
        return out

    def _clauses(self, span: Span) -> list[int]:
        return [i for i, c in enumerate(self.reading.clauses) if c.span.overlaps(span)]

    def _claims(self, used: set[Span]) -> list[Found]:
        matches: list[tuple[float, Match]] = []
        for at in self.scope.claims:
            one = self.index.profiles[at]
            named = match(at, one, self.reading, f"claim:{one.id}" in self.above)
            if named is not None:
                weight = self.scope.trials.get(one.trial or "", 0.0) - self._other(one, named)
                matches.append((named.score + weight, named))
        matches.sort(key=lambda m: (-m[0], m[1].claim))
        spans: set[Span] = set()
        out = []
        for score, named in matches:
            if named.spans & spans:
                continue
            one = self.index.profiles[named.claim]
            decision = decide(self.reading, named.clauses, foreign(self.reading, one), self.doubt)
            if decision is None or decision.evidence in used:
                continue
            if not self._enough(score, named, decision):
                continue
            spans |= named.spans
            target = f"claim:{one.id}"
            if "participants" in one.concepts and decision.relation != "mentions" and one.trial:
                target = f"trial:{one.trial}"  # "only 24 people" doubts the trial, not the count
            sure = sigmoid(score - 1.0) * (0.75 + 0.3 * decision.score)
            out.append(Found(target, decision, min(0.97, sure)))
        return out

    def _meant(self, named: Collection[str], used: Collection[Span]) -> list[Found]:
        """Claims that sentences speak of without a number or endpoint that names them: of a
        sentence, the likeliest."""
        out: list[Found] = []
        spoken: set[int] = set()
        for one in meant(self.reading, self.part, self.index, self.above, self.treated):
            claim = self.index.profiles[one.claim]
            target = f"claim:{claim.id}"
            if one.chance < MEANT or target in named or one.sentence in spoken:
                continue
            spoken.add(one.sentence)
            clauses = self.reading.sentence(one.sentence)
            decision = decide(self.reading, clauses, foreign(self.reading, claim), self.doubt)
            if decision is not None and decision.evidence not in used:
                sure = SHOWN + (1 - SHOWN) * (one.chance - MEANT) / (1 - MEANT)
                out.append(Found(target, decision, min(0.97, sure)))
        return out

    def _other(self, one: Profile, named: Match) -> float:
        """What it costs a claim that the same sentence names another trial, and not its own."""
        said = {self.reading.clauses[c].sentence for c in named.clauses}
        told = {
            trial
            for trial, places in self.names.items()
            for clause, weight in places.items()
            if weight >= NAMED and self.reading.clauses[clause].sentence in said
        }
        return 1.5 if told and one.trial not in told else 0.0

    def _enough(self, score: float, named: Match, decision: Decision) -> bool:
        """Whether the evidence identifies the claim: a number does; an endpoint does where the same
        sentence points at a study, or says what a result says, that nobody died."""
        if named.by_number:
            return score >= _CLAIM
        said = {self.reading.clauses[c].sentence for c in named.clauses}
        near = {c for number in said for c in self.reading.sentence(number)}
        pointed = any(self.reading.at(c, "study") for c in near)
        pointed = pointed or any(
            w >= NAMED and c in near for places in self.names.values() for c, w in places.items()
        )
        nobody = any(
            hit.name == "death" and hit.value > 0
            for c in named.clauses
            for hit in self.reading.at(c, "concept")
        )
        return score >= _ENDPOINT and (pointed or nobody)

    def _trials(self, spoken: set[int]) -> list[Found]:
        places: dict[str, set[int]] = {}
        for trial, weights in self.names.items():
            places[trial] = {c for c, w in weights.items() if w >= NAMED}
        pointed = {hit.clause for hit in self.reading.hits if hit.kind == "study"}
        for trial, clause in self._sized():
            places.setdefault(trial, set()).add(clause)
        main = self.scope.main
        if main is not None and not any(places.values()):
            places[main] = pointed
        out = []
        for trial, clauses in places.items():
            clauses = clauses - spoken
            others = {c for t, cs in places.items() if t != trial for c in cs} | spoken
            decision = decide(self.reading, clauses, others, self.doubt) if clauses else None
            if decision is None:
                continue
            if trial not in self.names and decision.strength < _CLEAR:
                continue
            if decision.relation == "mentions" and spoken:
                continue
            if set(self._clauses(decision.evidence)) & spoken:
                continue
            sure = 0.6 if decision.relation == "mentions" else decision.score
            out.append(Found(f"trial:{trial}", decision, sure))
        return out

    def _sized(self) -> set[tuple[str, int]]:
        """Trials in scope whose number of participants the post gives: (trial, clause)."""
        out = set()
        for quantity, clause in self.reading.numbers:
            if quantity.kind == "count" and quantity.value is not None and quantity.value >= _MANY:
                for one in (self.index.profiles[at] for at in self.scope.claims):
                    if one.n == quantity.value and one.trial in self.scope.trials:
                        out.add((one.trial or "", clause))
        return out

    def _interventions(self) -> list[Found]:
        clauses: dict[str, set[int]] = {}
        for clause, families in self.treated.items():
            for one in families & set(self.index.interventions):
                clauses.setdefault(one, set()).add(clause)
        if not clauses and self.scope.family in self.index.interventions:
            pointed = {hit.clause for hit in self.reading.hits if hit.kind == "treatment"}
            clauses[self.scope.family or ""] = pointed
        out = []
        for one, places in clauses.items():
            decision = (
                decide(self.reading, places, (), self.doubt)
                if places and self.scope.reported
                else None
            )
            if decision is not None and decision.relation != "mentions":
                target = f"intervention:{self.scope.name(one, self.index)}"
                out.append(Found(target, decision, decision.score))
        return out

    def _experienced(self) -> list[Found]:
        told = Told(
            reading=self.reading,
            scope=self.scope,
            index=self.index,
            treated=self.treated,
            start=self.post.span.start,
            received=self.received,
        )
        out: dict[str, Found] = {}
        for coding in self.told if self.scope.reported else ():
            for target, decision in told.links(coding):
                out.setdefault(target, Found(target, decision, decision.score))
        return list(out.values())


def inherited(post: Post, scopes: Scopes, spoken: dict[str, list[Found]]) -> list[Found]:
    """A link to what the post answers, where its own words carry a relation."""
    reading, scope = scopes.reading(post), scopes.scope(post)
    decision = decide(reading, ())
    if decision is None or decision.strength < 0.6 or scope.family is None:
        return []
    if decision.relation in ("asks", "questions") and _to_a_person(reading, decision.evidence):
        return []
    for hops, above in enumerate(scopes.chain(post), 1):
        found = spoken.get(above.id, ())
        targets = {one.refers_to for one in found}
        for one in found[:1]:
            target = one.refers_to
            if hops > 1 or len(targets) > 1 or one.decision.relation.startswith("experience"):
                target = f"intervention:{scope.name(scope.family, scopes.index)}"
            score = _PER_HOP ** (one.hops + hops) * decision.score
            return [Found(target, decision, score, one.hops + hops)]
    if not scope.reported:
        return []
    hops = post.depth + 1  # from the article, down the whole thread
    score = _PER_HOP**hops * decision.score
    if decision.about == "study" and scope.main:
        return [Found(f"trial:{scope.main}", decision, score, hops)]
    target = f"intervention:{scope.name(scope.family, scopes.index)}"
    return [Found(target, decision, score, hops)]


def _to_a_person(reading: Reading, span: Span) -> bool:
    """Whether words ask a person about that person."""
    return any(hit.kind == "you" and hit.span.overlaps(span) for hit in reading.hits)
