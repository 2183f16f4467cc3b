"""Links posts to the results that they speak of: claim, else trial, else intervention.

    thread × index ─▶ what each post names ─▶ what it answers ─▶ relation in its own words ─▶ links

A target comes from a post's own words (number, endpoint, time point, trial, treatment, "this
study"), else from the post that it answers, else from the article it stands under. The relation
always comes from the post's own words (`relations.decide`), or from an experience that the codings
report: a course that agrees or disagrees with the favourable results of what it refers to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from community.linking.aims import of_claim
from community.linking.heads import Model, digest, packaged
from community.linking.judged import Judge, agreed, as_reply
from community.linking.match import foreign, lived, match
from community.linking.names import named
from community.linking.relations import Decision, Reading, bare, decide, read
from community.linking.said import said
from community.linking.scope import Scopes
from community.linking.signals import Context
from community.linking.targets import Index, prepare, profile
from community.linking.view import EVIDENCE, EXPERIENCE, NAMED, Found, View, inherited
from community.linking.weighing import Weighed
from community.types import Claim, Coding, Ledger, Link, Post, Relation, Span, Thread

__all__ = ["Linker", "Related", "make", "prepare", "relate"]

CODER = "rules"
_RULED = 0.3  # what the rules count beside the heads where a number names the claim
_SPOKEN = 0.5  # chance from which a text speaks of a claim
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
    although nothing on their page reports it; without `learned` heads, rules alone decide."""

    threshold: float = 0.3
    most: int = 3
    reach: int = 6
    whole: bool = False
    learned: bool = True

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
            if not coding.abstained:
                told.setdefault(coding.post_id, []).append(coding)
        ruled = spoken(thread, scopes, told)
        if not self.learned:
            return tuple(link for post in thread.posts for link in self._links(post, ruled))
        judge = Judge(scopes)
        found = {
            post.id: judge.links(
                post, judge.candidates(post, ruled, told.get(post.id, ())), self.threshold
            )
            for post in thread.posts
            if post.id in ruled
        }
        return tuple(link for post in thread.posts for link in self._links(post, found))

    def _links(self, post: Post, spoken: Mapping[str, Sequence[Found]]) -> list[Link]:
        best: dict[str, Found] = {}
        found = spoken.get(post.id, ())
        for one in sorted(found, key=lambda f: (-f.score, f.decision.evidence, f.refers_to)):
            if one.score >= self.threshold:
                best.setdefault(one.refers_to, one)
        chosen = sorted(list(best.values())[: self.most], key=lambda f: f.decision.evidence)
        return [
            Link(
                post_id=post.id,
                refers_to=one.refers_to,
                relation=one.decision.relation,
                coder=f"model:relations@{digest()}" if self.learned else CODER,
                score=round(one.score, 4),
                hops=one.hops,
                evidence=Span(
                    post.span.start + one.decision.evidence.start,
                    post.span.start + one.decision.evidence.end,
                ),
            )
            for one in chosen
        ]


def spoken(
    thread: Thread, scopes: Scopes, told: Mapping[str, Sequence[Coding]]
) -> dict[str, list[Found]]:
    """What the rules find in each present post, by id: in its own words, else inherited."""
    out: dict[str, list[Found]] = {}
    for post in thread.posts:
        if post.status == "present" and post.own:
            above = {f.refers_to for p in scopes.chain(post, 2) for f in out.get(p.id, ())}
            mine = [c for c in told.get(post.id, ()) if c.code in (EXPERIENCE, EVIDENCE)]
            out[post.id] = View(post, scopes, mine, above).found()
    posts = {post.id: post for post in thread.posts}
    handed = {name: inherited(posts[name], scopes, out) for name, found in out.items() if not found}
    return out | handed


def make(
    *,
    threshold: float = 0.3,
    most: int = 3,
    reach: int = 6,
    whole: bool = False,
    learned: bool = True,
) -> Linker:
    """A linker by learned heads over what rules find.

    Args:
        threshold: least score of a link, 0 to 1.
        most: most links of one post.
        reach: how many posts up a target may come from.
        whole: posts may mean any claim of the ledger, although nothing on their page reports it.
        learned: whether the learned heads weigh what the rules find; else the rules decide.
    """
    return Linker(threshold=threshold, most=most, reach=reach, whole=whole, learned=learned)


def _prepared(ledger: Ledger) -> Index:
    """The index of a ledger; of the last two, by identity, it is remembered."""
    for known, index in _PREPARED:
        if known is ledger:
            return index
    _PREPARED[:] = [(ledger, prepare(ledger)), *_PREPARED[:1]]
    return _PREPARED[0][1]


def relate(post_text: str, claim: Claim, claim_text: str | None = None) -> Related:
    """What a text does to one claim, by its own words alone.

    The same words give another answer for another claim: a clause that names another number,
    endpoint or trial than the claim's says nothing about it.

    Args:
        post_text: the text.
        claim: the claim; one that has only an endpoint is told by that.
        claim_text: the sentence that states it, where the claim does not hold it.

    Returns:
        The relation (None: there is none), its chance, and where it stands in the text.
    """
    return related(post_text, claim, claim_text, packaged())


def related(post_text: str, claim: Claim, claim_text: str | None, model: Model) -> Related:
    """`relate` by other heads than the packaged ones."""
    reading = read(post_text)
    if not reading.clauses:
        return Related(relation=None, score=0.0, evidence=None)
    aim = of_claim(claim, claim_text, model)
    ruled = _ruled(reading, claim)
    post = said(reading)
    context = Context(above=as_reply(post, None, model))
    told = Weighed(post, "spoken", model).tell(aim, context)
    if told is None or (told.link < _SPOKEN and ruled is None):
        return Related(relation=None, score=0.0, evidence=None)
    relation = agreed(told, Found("", ruled, ruled.score) if ruled else None, _RULED)
    span = bare(reading, reading.clauses[told.clause].span)
    if ruled is not None and ruled.relation == relation:
        span = ruled.evidence
    score = max(told.link, ruled.score if ruled else 0.0)
    return Related(relation=relation, score=round(score, 4), evidence=span)  # type: ignore[arg-type]


def _ruled(reading: Reading, claim: Claim) -> Decision | None:
    """What the rules say where a text names the claim: by a number, its trial, or a course."""
    index = prepare(Ledger(claims=(claim,)))
    one = profile(claim)
    found = match(0, one, reading)
    clauses = set(found.clauses) if found else set()
    for places in named(index.names, reading).values():
        clauses |= {c for c, weight in places.items() if weight >= NAMED}
    others = foreign(reading, one)
    if found is not None and found.by_number:
        return decide(reading, clauses, others)
    return lived(one, reading) if one.trial or one.family else None
