"""Links of a thread by the learned heads: every target a post can mean, weighed, the best kept.

    what the rules found + claims in scope + the trial + the treatment ─▶ chances ─▶ links

Pure. The rules (`community.linking.view`) propose, and their proposals are signs among others; the
head ``link`` says how likely each target is meant, the head ``relation`` what the post does to it.
A target that only stands in the post answered is inherited.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from community.linking import heads
from community.linking.aims import Aim, of_claim, of_name
from community.linking.relations import Decision, bare
from community.linking.replies import replied
from community.linking.said import Said, said
from community.linking.scope import Scope, Scopes
from community.linking.signals import Context
from community.linking.targets import Index
from community.linking.view import Found
from community.linking.weighing import Told, Weighed
from community.types import Coding, Post

HEAD = "link"
_WHOLE = "intervention:"
_MOST_AIMS = 4000  # that are kept of a ledger
_MOST_CLAIMS = 4  # claims in scope that a post is held against, beside those that the rules found
_RIVAL = -4.0  # how strongly a post speaks of another target where there is none
_SHORT = 120  # characters of a question that is shown whole
_WIDER = 0.75  # of the chance of a target that is no claim
_SURE = 0.8  # least chance of a claim that nothing in a post names
_RULED = 0.5  # what rules count beside the heads


_KEPT: list[tuple[Index, dict[str, Aim], dict[str, int]]] = []  # of the last ledgers, by identity


def _kept(index: Index) -> tuple[dict[str, Aim], dict[str, int]]:
    """Aims of a ledger that were made before, and the place of each claim by its id."""
    for known, aims, places in _KEPT:
        if known is index:
            if len(aims) > _MOST_AIMS:
                aims.clear()
            return aims, places
    places = {one.id: n for n, one in enumerate(index.profiles)}
    _KEPT[:] = [(index, {}, places), *_KEPT[:1]]
    return _KEPT[0][1], places


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A target that a post may mean: its aim, what the rules found of it, and the context."""

    refers_to: str
    aim: Aim
    found: Found | None
    context: Context


class Judge:
    """Holds the posts of a thread against their targets; each post is prepared once."""

    def __init__(self, scopes: Scopes, model: heads.Model | None = None) -> None:
        self.scopes, self.index = scopes, scopes.index
        self.model = model or heads.packaged()
        self._weighed: dict[str, Weighed] = {}
        self._aims, self._places = _kept(self.index)

    def weighed(self, post: Post) -> Weighed:
        """A post's own words, weighed."""
        if post.id not in self._weighed:
            made = said(self.scopes.reading(post))
            self._weighed[post.id] = Weighed(made, HEAD, self.model)
        return self._weighed[post.id]

    def candidates(
        self, post: Post, spoken: Mapping[str, Sequence[Found]], told: Sequence[Coding]
    ) -> list[Candidate]:
        """What a post may mean, with what is known of each.

        Args:
            post: the post.
            spoken: what the rules found, by post.
            told: the post's codings.
        """
        mine = self.weighed(post)
        if not mine.post.reading.clauses:
            return []
        scope = self.scopes.scope(post)
        found = {one.refers_to: one for one in reversed(spoken.get(post.id, ()))}
        targets = self._targets(post, scope, spoken, mine.post)
        aims = {target: self.aim(target) for target in targets}
        strengths = {target: mine.strongest(aim) for target, aim in aims.items()}
        above = next(self.scopes.chain(post, 1), None)
        told_of = spoken.get(above.id, ()) if above is not None else ()
        whole = [t for t, f in found.items() if f.decision.relation.startswith("experience")]
        base = self._shared(post, above, mine.post) | {
            "whole course": float(bool(whole) and all(t.startswith(_WHOLE) for t in whole)),
            "rules found any": float(bool(found)),
            "above found any": float(bool(told_of)),
            "reported": float(scope.reported),
        }
        codes = tuple(_codes(told))
        out = []
        for target, aim in aims.items():
            rivals = [s for other, s in strengths.items() if other != target]
            more = base | self._of(target, found.get(target), told_of, scope)
            more["rival"] = strengths[target] - max(rivals, default=_RIVAL)
            if above is not None and self.weighed(above).post.reading.clauses:
                more["above carried"] = self.weighed(above).strongest(aim)
            context = Context(codings=codes, answers=above is not None, above=more, role=post.role)
            out.append(
                Candidate(refers_to=target, aim=aim, found=found.get(target), context=context)
            )
        return out

    def aim(self, target: str) -> Aim:
        """A target as an aim."""
        if target not in self._aims:
            level, _, name = target.partition(":")
            if level == "claim":
                place = self._places[name]
                self._aims[target] = of_claim(self.index.claims[place], model=self.model)
            else:
                group = next((f for f, n in self.index.interventions.items() if n == name), None)
                self._aims[target] = of_name(level, name, group if level != "trial" else None)
        return self._aims[target]

    def _targets(
        self, post: Post, scope: Scope, spoken: Mapping[str, Sequence[Found]], words: Said
    ) -> Iterator[str]:
        seen = dict.fromkeys(one.refers_to for one in spoken.get(post.id, ()))
        above = next(self.scopes.chain(post, 1), None)
        if above is not None:
            seen.update(dict.fromkeys(one.refers_to for one in spoken.get(above.id, ())[:3]))
        if scope.reported:
            seen.update(dict.fromkeys(f"claim:{name}" for name in self._near(scope, words)))
            if scope.main is not None:
                seen.setdefault(f"trial:{scope.main}")
        if scope.family in self.index.interventions and scope.reported:
            seen.setdefault(f"intervention:{scope.name(scope.family or '', self.index)}")
        yield from seen

    def _near(self, scope: Scope, words: Said) -> list[str]:
        """Claims in scope that come nearest to the post's words; all, where there are few."""
        places = list(scope.claims)
        if len(places) > _MOST_CLAIMS:
            names = [f"claim:{self.index.profiles[at].id}" for at in places]
            vectors = np.stack([self.aim(name).vector for name in names])
            near = np.round((vectors @ words.vectors.T).max(axis=1), 5)
            order = np.argsort(-near, kind="stable")[:_MOST_CLAIMS]
            places = [places[n] for n in order.tolist()]
        return [self.index.profiles[at].id for at in places]

    def _shared(self, post: Post, above: Post | None, words: Said) -> dict[str, float]:
        """What is the same for all targets: what the post does as a reply."""
        answered = self.weighed(above).post if above is not None else None
        return as_reply(words, answered, self.model)

    def _of(
        self, target: str, found: Found | None, told_of: Sequence[Found], scope: Scope
    ) -> dict[str, float]:
        """What the rules say of this target, in the post and in the one it answers."""
        out: dict[str, float] = {}
        if found is not None:
            out["rules found"] = 1.0
            out[f"rules {found.decision.relation}"] = found.score
            out["rules inherited"] = float(found.hops > 0)
        for one in told_of:
            if one.refers_to == target:
                out["above found"] = 1.0
                out[f"above {one.decision.relation}"] = 1.0
        out["main"] = float(target == f"trial:{scope.main}")
        return out

    def links(
        self, post: Post, candidates: Sequence[Candidate], threshold: float = 0.0
    ) -> list[Found]:
        """The links of a post from `threshold` on: likely targets, the finest where they share."""
        reading = self.scopes.reading(post)
        out: list[Found] = []
        for one in candidates:
            # with a rule's word for it, the score may be above what the heads alone say
            told = self.weighed(post).tell(one.aim, one.context, 0.0 if one.found else threshold)
            score = round(meant(told, one), 4) if told is not None else 0.0
            if told is None or score < threshold:
                continue
            relation = agreed(told, one.found)
            if relation.startswith("experience") and self._another(post, one, told.clause):
                continue
            clause = reading.clauses[told.clause]
            whole = clause.question and len(clause.whole) <= _SHORT
            evidence = clause.whole if whole else bare(reading, clause.span)
            if one.found is not None and one.found.decision.relation == relation:
                evidence = one.found.decision.evidence
            hops = one.found.hops if one.found is not None else self._hops(post, one)
            decision = Decision(relation, score, evidence)  # type: ignore[arg-type]
            out.append(Found(one.refers_to, decision, score, hops))
        out.sort(key=lambda f: (-f.score, f.refers_to))
        named = {one.refers_to for one in candidates if one.found}
        return _finest(self._levelled(post, out, named))

    def _levelled(self, post: Post, found: Sequence[Found], named: Collection[str]) -> list[Found]:
        """Claims that nothing in a post names and that are not sure, as one link to the treatment
        as a whole: the finest level that the post allows."""
        scope = self.scopes.scope(post)
        vague = [
            one
            for one in found
            if one.refers_to.startswith("claim:")
            and one.refers_to not in named
            and not one.hops
            and one.score < _SURE
        ]
        if not vague or scope.family not in self.index.interventions:
            return list(found)
        rest = [one for one in found if one not in vague]
        whole = f"{_WHOLE}{scope.name(scope.family or '', self.index)}"
        if not any(one.refers_to == whole for one in rest):
            rest.append(replace(vague[0], refers_to=whole))
        return sorted(rest, key=lambda f: (-f.score, f.refers_to))

    def _another(self, post: Post, one: Candidate, at: int) -> bool:
        """Whether a course is that of another treatment, or told of the treatment as a whole where
        the candidate is a claim that nothing in the post names."""
        words = self.weighed(post).post
        near = words.reading.sentence(words.reading.clauses[at].sentence)
        named = frozenset[str]().union(*(words.families[i] for i in near))
        if named and one.aim.families and not named & one.aim.families:
            return True
        if not one.context.above.get("whole course") or not one.refers_to.startswith("claim:"):
            return False
        return not any(name in one.aim.weights for _, name, _ in words.fates)

    def _hops(self, post: Post, one: Candidate) -> int:
        """1 where the target stands in the post answered and not in this one's words."""
        return int(bool(one.context.above.get("above found")) and self._unnamed(post, one))

    def _unnamed(self, post: Post, one: Candidate) -> bool:
        words = self.weighed(post).post
        shared = any(one.aim.stems.get(stem, 0.0) for part in words.stems for stem in part)
        named = any(name in one.aim.weights for _, name, _ in words.fates)
        return not shared and not named and not words.reading.numbers


def as_reply(post: Said, answered: Said | None, model: heads.Model) -> dict[str, float]:
    """What a post does as a reply, as signs for the other heads."""
    chances = replied(post, answered, answered, model)
    return {f"reply {name}": chance for name, chance in chances.items()}


def meant(told: Told, one: Candidate) -> float:
    """The chance that a target is meant. Trials and treatments as a whole are rare in the threads
    that the heads were trained on: there the rules, which see them named, count half."""
    if one.refers_to.startswith("claim:"):
        if one.found is not None and one.found.hops and one.found.decision.relation != "mentions":
            return max(told.link, 0.5 * (told.link + one.found.score))  # "I doubt it too"
        return told.link
    if one.found is None or one.found.hops:
        return _WIDER * told.link
    return _WIDER * 0.5 * (told.link + one.found.score)


def agreed(told: Told, found: Found | None, share: float = _RULED) -> str:
    """The relation that heads and rules together find likeliest: where the rules see one in the
    post's own words, they count `share` of the whole."""
    chances = dict(told.relations)
    if found is not None and found.hops == 0:
        chances = {name: (1 - share) * chance for name, chance in chances.items()}
        chances[found.decision.relation] += share
    return max(chances, key=lambda name: (chances[name], name))


def _finest(found: Sequence[Found]) -> list[Found]:
    """Without the treatment as a whole where a claim or trial is spoken of more surely."""
    finer = [one for one in found if not one.refers_to.startswith("intervention:")]
    if not finer:
        return list(found)
    best = max(one.score for one in finer)
    return [one for one in found if one in finer or one.score > best]


def _codes(told: Sequence[Coding]) -> Iterator[str]:
    for one in told:
        if one.abstained:
            continue
        if one.code == "treatment-experience":
            yield f"experience {one.polarity} {one.whose}"
        elif one.layer in ("topic", "stance"):
            yield f"{one.code} {one.polarity or ''}".strip()
