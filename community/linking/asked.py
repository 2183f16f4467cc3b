"""Questions of a thread: what they ask about, who answers, whether the ledger does.

Pure. `asking` finds them. A question refers to what the post is linked to in that sentence, else
to what its own words or figures tell, else to what the post, or the one above, speaks of. It is
answered by the first later post of another author that is addressed to it and, by the words of
both, likely to answer (`answering`). The ledger answers where a claim that the post can mean has
the endpoint that is asked for, at the time and of the trial that are asked for, and the question is
not put to a person about that person.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from community.linked import Question, QuotedNumber
from community.linking.answering import Answers
from community.linking.asking import Asked, questions
from community.linking.scope import Scopes
from community.linking.targets import Profile, cut
from community.types import Link, Post, Span, Thread

_TOLD = 1.0  # agreement from which a claim has what is asked
_TERM = 1.0
_NAMED = 0.8
_NEAR = 0.08
_MUCH = frozenset(["many", "much", "often", "likely", "common", "big", "high", "far"])
_SHARE = frozenset(["percent", "percentage", "share", "rate", "odds", "chance", "risk", "figure"])


def asked(
    thread: Thread, scopes: Scopes, links: Sequence[Link], numbers: Sequence[QuotedNumber]
) -> tuple[Question, ...]:
    """The questions of all present posts, in page order.

    Args:
        thread: the posts.
        scopes: their readings and scopes.
        links: what the posts speak of.
        numbers: the numbers that they use.
    """
    found = {
        post.id: questions(scopes.reading(post))
        for post in thread.posts
        if post.status == "present" and post.own
    }
    about, answers = _Targets(scopes, links, numbers), Answers(thread, scopes, found)
    out: list[Question] = []
    for post in thread.posts:
        for one in found.get(post.id, ()):
            span = Span(post.span.start + one.span.start, post.span.start + one.span.end)
            answer = answers.best(post, one)
            claim = about.reported(post, one)
            target = about.target(post, one, span, claim)
            claim = claim or about.measured(post, one, target)
            out.append(
                Question(
                    post_id=post.id,
                    span=span,
                    refers_to=target,
                    answered_by=answer[0].id if answer else None,
                    answerer_role=answer[0].role if answer else None,
                    ledger_claim_id=claim,
                    score=round(answer[1], 4) if answer else None,
                )
            )
    return tuple(out)


class _Targets:
    """What the questions of a thread ask about."""

    def __init__(
        self, scopes: Scopes, links: Sequence[Link], numbers: Sequence[QuotedNumber]
    ) -> None:
        self.scopes = scopes
        self.links: dict[str, list[Link]] = {}
        self.numbers: dict[str, list[QuotedNumber]] = {}
        for link in links:
            self.links.setdefault(link.post_id, []).append(link)
        for number in numbers:
            self.numbers.setdefault(number.post_id, []).append(number)

    def target(self, post: Post, one: Asked, span: Span, claim: str | None) -> str | None:
        """What a question refers to, as links say it."""
        own = self.links.get(post.id, [])
        here = [link.refers_to for link in own if link.evidence.overlaps(span)]
        told = [n.claim_id for n in self.numbers.get(post.id, ()) if n.span.overlaps(span)]
        claims = [target for target in here if target.startswith("claim:")]
        claims += [f"claim:{name}" for name in (*told, claim) if name is not None]
        if claims or here:
            return (claims or here)[0]  # the finest level that the sentence allows
        if one.personal:
            return None
        if own:
            return own[0].refers_to
        for above in self.scopes.chain(post, 1):
            spoken = self.links.get(above.id)
            if spoken:
                return spoken[0].refers_to
        return None

    def measured(self, post: Post, one: Asked, target: str | None) -> str | None:
        """The claim that a question refers to, where it asks how much, how often, how many."""
        if one.personal or target is None or not target.startswith("claim:"):
            return None
        reading = self.scopes.reading(post)
        spoken = [t.folded for c in one.clauses for t in reading.tokens[c]]
        how = any(a == "how" and b in _MUCH for a, b in pairwise(spoken))
        name = target.removeprefix("claim:")
        profiles = (self.scopes.index.profiles[at] for at in self.scopes.scope(post).claims)
        asked = next((p for p in profiles if p.id == name), None)
        if asked is not None and _elsewhere(asked, *self._told(post, one)):
            return None
        return name if how or _SHARE & set(spoken) else None

    def _told(self, post: Post, one: Asked) -> tuple[list[float], set[str]]:
        """Points in time, in months, and trials that a question names."""
        months = [
            m
            for q, clause in self.scopes.reading(post).numbers
            if clause in one.clauses and q.cue and (m := q.months())
        ]
        trials = {
            trial
            for trial, places in self.scopes.named(post).items()
            if any(w >= _NAMED and c in one.clauses for c, w in places.items())
        }
        return months, trials

    def reported(self, post: Post, one: Asked) -> str | None:
        """The claim that has the endpoint asked for, of equals the first; where none is told, the
        only claim of a trial or a treatment that the question names."""
        if one.personal:
            return None
        reading, scope = self.scopes.reading(post), self.scopes.scope(post)
        said = {h.name for c in one.clauses for h in reading.at(c, "concept") if h.name != "course"}
        words = cut(t.folded for c in one.clauses for t in reading.tokens[c])
        months, trials = self._told(post, one)
        top: tuple[float, str] | None = None
        for at in scope.claims:
            profile = self.scopes.index.profiles[at]
            agreement = max((profile.concepts.get(name, 0.0) for name in said), default=0.0)
            agreement += _TERM * bool(profile.terms & words)
            if agreement < _TOLD or _elsewhere(profile, months, trials):
                continue
            agreement += 0.3 * scope.trials.get(profile.trial or "", 0.0)
            agreement += 0.2 * (profile.value is not None)
            if top is None or agreement > top[0]:
                top = (agreement, profile.id)
        if top is not None:
            return top[1]
        spoken = {t.folded for c in one.clauses for t in reading.tokens[c] if len(t.folded) > 3}
        known = [self.scopes.index.profiles[at] for at in scope.claims]
        named = {p.id for p in known if p.trial in trials or (p.family or "") in spoken}
        return min(named) if len(named) == 1 else None


def _elsewhere(one: Profile, months: Sequence[float], trials: set[str]) -> bool:
    """Whether a claim is of another trial or point in time than those that are asked for."""
    if trials and one.trial not in trials:
        return True
    if not months or one.months is None:
        return False
    return not any(abs(m - one.months) <= _NEAR * one.months for m in months)
