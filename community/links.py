"""Links posts to the results that they speak of: claim, else trial, else intervention.

    thread × index ──▶ what each post names ──▶ what it answers ──▶ relation in its own words ──▶ links

A target comes from a post's own words (number, endpoint, time point, trial, treatment, "this study"),
else from the post that it answers, else from the article it stands under. The relation always comes
from the post's own words (`relations.decide`), or from an experience that the codings report: a
course that agrees or disagrees with the favourable results of what it refers to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from community.link_experience import Told
from community.link_match import Match, foreign, lived, match, sigmoid
from community.link_scope import Scope, Scopes
from community.link_targets import Index, Profile, named, prepare, profile, treatments
from community.relations import Decision, Reading, decide, read
from community.types import Claim, Coding, Ledger, Link, Post, Relation, Span, Thread

__all__ = ["Linker", "Related", "make", "prepare", "relate"]

CODER = "rules"
_EXPERIENCE = "treatment-experience"
_NAMED = 0.8  # weight from which a name tells a trial by itself
_CLAIM = 2.4  # evidence that names a claim by a number
_ENDPOINT = 1.9  # evidence that names it by its endpoint, where a relation stands with it
_MANY = 20  # participants from which their number tells a trial
_PREPARED: list[tuple[Ledger, Index]] = []  # the last ledgers prepared, by identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """What a text does to a claim: None where it does not speak of it; offsets into the text."""

    relation: Relation | None
    score: float
    evidence: Span | None


@dataclass(frozen=True, slots=True)
class _Found:
    """A link in the making; the evidence indexes the post's text."""

    refers_to: str
    decision: Decision
    score: float
    hops: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Linker:
    """Links of a thread. `threshold` is the least score of a link, `most` the most of one post;
    a target comes from at most `reach` posts up."""

    threshold: float = 0.5
    most: int = 3
    reach: int = 6

    def __call__(
        self, thread: Thread, ledger: Ledger | Index, codings: Sequence[Coding]
    ) -> tuple[Link, ...]:
        """Links of all present posts, in page order.

        Args:
            thread: the posts; own words are `Post.own`.
            ledger: the study's claims, or their `prepare`d index (hand workers the index).
            codings: codings of the thread's posts; treatment experiences among them become links.
        """
        index = ledger if isinstance(ledger, Index) else _prepared(ledger)
        if not index.profiles:
            return ()
        told: dict[str, list[Coding]] = {}
        for coding in codings:
            if coding.code == _EXPERIENCE and not coding.abstained:
                told.setdefault(coding.post_id, []).append(coding)
        scopes = Scopes(thread, index, self.reach)
        spoken: dict[str, list[_Found]] = {}
        for post in thread.posts:
            if post.status == "present" and post.own:
                above = {f.refers_to for p in scopes.chain(post, 2) for f in spoken.get(p.id, ())}
                view = _View(post, scopes, told.get(post.id, ()), above)
                spoken[post.id] = view.found()
        out: list[Link] = []
        for post in thread.posts:
            if post.id in spoken:
                found = spoken[post.id] or _inherited(post, scopes, spoken)
                out += self._links(post, found)
        return tuple(out)

    def _links(self, post: Post, found: Iterable[_Found]) -> list[Link]:
        best: dict[str, _Found] = {}
        for one in sorted(found, key=lambda f: (-f.score, f.decision.evidence, f.refers_to)):
            if one.score >= self.threshold:
                best.setdefault(one.refers_to, one)
        chosen = sorted(list(best.values())[: self.most], key=lambda f: f.decision.evidence)
        return [
            Link(
                post_id=post.id,
                refers_to=one.refers_to,
                relation=one.decision.relation,
                coder=CODER,
                score=round(one.score, 4),
                hops=one.hops,
                evidence=_moved(one.decision.evidence, post.span.start),
            )
            for one in chosen
        ]


def make(*, threshold: float = 0.5, most: int = 3, reach: int = 6) -> Linker:
    """A linker by rules.

    Args:
        threshold: least score of a link, 0 to 1.
        most: most links of one post.
        reach: how many posts up a target may come from.
    """
    return Linker(threshold=threshold, most=most, reach=reach)


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def _prepared(ledger: Ledger) -> Index:
    """The index of a ledger; of the last two, by identity, it is remembered."""
    for known, index in _PREPARED:
        if known is ledger:
            return index
    _PREPARED[:] = [(ledger, prepare(ledger)), *_PREPARED[:1]]
    return _PREPARED[0][1]


class _View:
    """One post against its scope."""

    def __init__(
        self, post: Post, scopes: Scopes, told: Iterable[Coding], above: Collection[str]
    ) -> None:
        self.post, self.index = post, scopes.index
        self.told, self.above = tuple(told), above
        self.reading: Reading = scopes.reading(post)
        self.names = scopes.named(post)
        self.scope: Scope = scopes.scope(post)
        self.treated = treatments(self.reading)

    def found(self) -> list[_Found]:
        """Links whose target stands in the post's own words, and its experiences."""
        out = self._experienced()
        used = {one.decision.evidence for one in out}
        claims = self._claims(used)
        out += claims
        out += self._trials({c for one in claims for c in self._clauses(one.decision.evidence)})
        if not out:
            out += self._interventions()
        return out

    def _clauses(self, span: Span) -> list[int]:
        return [i for i, c in enumerate(self.reading.clauses) if c.span.overlaps(span)]

    def _claims(self, used: set[Span]) -> list[_Found]:
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
            decision = decide(self.reading, named.clauses, foreign(self.reading, one))
            if decision is None or decision.evidence in used:
                continue
            if not self._enough(score, named, decision):
                continue
            spans |= named.spans
            target = f"claim:{one.id}"
            if "participants" in one.concepts and decision.relation != "mentions" and one.trial:
                target = f"trial:{one.trial}"  # "only 24 people" doubts the trial, not the count
            sure = sigmoid(score - 1.0) * (0.75 + 0.3 * decision.score)
            out.append(_Found(target, decision, min(0.97, sure)))
        return out

    def _other(self, one: Profile, named: Match) -> float:
        """What it costs a claim that the same sentence names another trial, and not its own."""
        said = {self.reading.clauses[c].sentence for c in named.clauses}
        told = {
            trial
            for trial, places in self.names.items()
            for clause, weight in places.items()
            if weight >= _NAMED and self.reading.clauses[clause].sentence in said
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
            w >= _NAMED and c in near for places in self.names.values() for c, w in places.items()
        )
        nobody = any(
            hit.name == "death" and hit.value > 0
            for c in named.clauses
            for hit in self.reading.at(c, "concept")
        )
        return score >= _ENDPOINT and (pointed or nobody)

    def _trials(self, spoken: set[int]) -> list[_Found]:
        places: dict[str, set[int]] = {}
        for trial, weights in self.names.items():
            places[trial] = {c for c, w in weights.items() if w >= _NAMED}
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
            decision = decide(self.reading, clauses, others) if clauses else None
            if decision is None or (decision.relation == "mentions" and trial not in self.names):
                continue
            if set(self._clauses(decision.evidence)) & spoken:
                continue
            sure = 0.6 if decision.relation == "mentions" else decision.score
            out.append(_Found(f"trial:{trial}", decision, sure))
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

    def _interventions(self) -> list[_Found]:
        clauses: dict[str, set[int]] = {}
        for clause, families in self.treated.items():
            for one in families & set(self.index.interventions):
                clauses.setdefault(one, set()).add(clause)
        if not clauses and self.scope.family in self.index.interventions:
            pointed = {hit.clause for hit in self.reading.hits if hit.kind == "treatment"}
            clauses[self.scope.family or ""] = pointed
        out = []
        for one, places in clauses.items():
            decision = decide(self.reading, places) if places and self.scope.trials else None
            if decision is not None and decision.relation != "mentions":
                target = f"intervention:{self.scope.name(one, self.index)}"
                out.append(_Found(target, decision, decision.score))
        return out

    def _experienced(self) -> list[_Found]:
        told = Told(
            reading=self.reading,
            scope=self.scope,
            index=self.index,
            treated=self.treated,
            start=self.post.span.start,
        )
        out: dict[str, _Found] = {}
        for coding in self.told if self.scope.trials else ():
            for target, decision in told.links(coding):
                out.setdefault(target, _Found(target, decision, decision.score))
        return list(out.values())


def _inherited(post: Post, scopes: Scopes, spoken: dict[str, list[_Found]]) -> list[_Found]:
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
            return [_Found(target, decision, 0.8 * decision.score, one.hops + hops)]
    if not scope.trials:
        return []
    if decision.about == "study" and scope.main:
        return [_Found(f"trial:{scope.main}", decision, 0.75 * decision.score, post.depth + 1)]
    target = f"intervention:{scope.name(scope.family, scopes.index)}"
    return [_Found(target, decision, 0.75 * decision.score, post.depth + 1)]


def _to_a_person(reading: Reading, span: Span) -> bool:
    """Whether words ask a person about that person."""
    return any(hit.kind == "you" and hit.span.overlaps(span) for hit in reading.hits)


def relate(post_text: str, claim: Claim) -> Related:
    """What a text does to one claim, by its own words alone.

    The same words give another answer for another claim: a clause that names another number,
    endpoint or trial than the claim's says nothing about it.
    """
    index = prepare(Ledger(claims=(claim,)))
    one, reading = profile(claim), read(post_text)
    found = match(0, one, reading)
    clauses = set(found.clauses) if found else set()
    for places in named(index, reading).values():
        clauses |= {c for c, weight in places.items() if weight >= _NAMED}
    others = foreign(reading, one)
    if not clauses:
        clauses = {h.clause for h in reading.hits if h.kind in ("study", "treatment")}
        clauses |= {c for c, families in treatments(reading).items() if one.family in families}
        clauses -= others
    decision = lived(one, reading) or (decide(reading, clauses, others) if clauses else None)
    if decision is None:
        return Related(relation=None, score=0.0, evidence=None)
    sure = decision.score * sigmoid((found.score if found else 0.3) + 0.5)
    return Related(relation=decision.relation, score=round(sure, 4), evidence=decision.evidence)
