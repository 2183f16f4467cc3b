"""Links posts to the results that they speak of: claim, else trial, else intervention.

    thread × index ─▶ what each post names ─▶ what it answers ─▶ relation in its own words ─▶ links

A target comes from a post's own words (number, endpoint, time point, trial, treatment, "this
study"), else from the post that it answers, else from the article it stands under. The relation
always comes from the post's own words (`relations.decide`), or from an experience that the codings
report: a course that agrees or disagrees with the favourable results of what it refers to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from community.linking.match import foreign, lived, match, sigmoid
from community.linking.names import named, treatments
from community.linking.relations import decide, read
from community.linking.scope import Scopes
from community.linking.targets import Index, prepare, profile
from community.linking.view import EVIDENCE, EXPERIENCE, NAMED, Found, View, inherited
from community.types import Claim, Coding, Ledger, Link, Post, Relation, Span, Thread

__all__ = ["Linker", "Related", "make", "prepare", "relate"]

CODER = "rules"
_PREPARED: list[tuple[Ledger, Index]] = []  # the last ledgers prepared, by identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """What a text does to a claim: None where it does not speak of it; offsets into the text."""

    relation: Relation | None
    score: float
    evidence: Span | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Linker:
    """Links of a thread. `threshold` is the least score of a link, `most` the most of one post;
    a target comes from at most `reach` posts up. `whole`: posts may mean any claim of the ledger,
    although nothing on their page reports it."""

    threshold: float = 0.5
    most: int = 3
    reach: int = 6
    whole: bool = False

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
        scopes = Scopes(thread, index, self.reach, self.whole)
        return self.within(scopes, thread, codings)

    def within(self, scopes: Scopes, thread: Thread, codings: Sequence[Coding]) -> tuple[Link, ...]:
        """Links of all present posts, from the thread's scopes and readings as they are."""
        told: dict[str, list[Coding]] = {}
        for coding in codings:
            if coding.code in (EXPERIENCE, EVIDENCE) and not coding.abstained:
                told.setdefault(coding.post_id, []).append(coding)
        spoken: dict[str, list[Found]] = {}
        for post in thread.posts:
            if post.status == "present" and post.own:
                above = {f.refers_to for p in scopes.chain(post, 2) for f in spoken.get(p.id, ())}
                view = View(post, scopes, told.get(post.id, ()), above)
                spoken[post.id] = view.found()
        out: list[Link] = []
        for post in thread.posts:
            if post.id in spoken:
                found = spoken[post.id] or inherited(post, scopes, spoken)
                out += self._links(post, found)
        return tuple(out)

    def _links(self, post: Post, found: Iterable[Found]) -> list[Link]:
        best: dict[str, Found] = {}
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
                evidence=Span(
                    post.span.start + one.decision.evidence.start,
                    post.span.start + one.decision.evidence.end,
                ),
            )
            for one in chosen
        ]


def make(*, threshold: float = 0.5, most: int = 3, reach: int = 6, whole: bool = False) -> Linker:
    """A linker by rules.

    Args:
        threshold: least score of a link, 0 to 1.
        most: most links of one post.
        reach: how many posts up a target may come from.
        whole: posts may mean any claim of the ledger, although nothing on their page reports it.
    """
    return Linker(threshold=threshold, most=most, reach=reach, whole=whole)


def _prepared(ledger: Ledger) -> Index:
    """The index of a ledger; of the last two, by identity, it is remembered."""
    for known, index in _PREPARED:
        if known is ledger:
            return index
    _PREPARED[:] = [(ledger, prepare(ledger)), *_PREPARED[:1]]
    return _PREPARED[0][1]


def relate(post_text: str, claim: Claim) -> Related:
    """What a text does to one claim, by its own words alone.

    The same words give another answer for another claim: a clause that names another number,
    endpoint or trial than the claim's says nothing about it.
    """
    index = prepare(Ledger(claims=(claim,)))
    one, reading = profile(claim), read(post_text)
    found = match(0, one, reading)
    clauses = set(found.clauses) if found else set()
    for places in named(index.names, reading).values():
        clauses |= {c for c, weight in places.items() if weight >= NAMED}
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
