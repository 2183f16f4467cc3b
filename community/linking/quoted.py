"""Numbers that travel: each figure of a post, typed against the ledger in the post's scope.

Pure. A figure is held against every claim that the post can mean. How it fits the claim's own
numbers (value, counts, interval, complement) and what the words around it say (endpoint, direction,
point in time, trial, what the post or the one above speaks of) are weighed together; the claim with
the most weight is where the number comes from, the first of equals. Then the words decide:

- they name another trial than the claim's: ``other-trial``; another endpoint, and none of the
  claim's: ``other-endpoint``; another point in time: ``other-timepoint``;
- else as it fits: ``exact`` (the value, or a count or bound that the claim states), ``rounded`` (to
  the decimals written, to the next five, or in words such as "two thirds"), ``complement`` (the
  rest to 100 %, or to all of those counted).

A figure about an outcome that fits none is ``no-source``; a plain number or a count that fits none
and tells no outcome of a group is nobody's claim, and no row. Each end of a range is a figure. Of a
post with more than a hundred figures the first hundred are typed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from community.linked import QuotedNumber, Verdict
from community.linking.around import Around, Words
from community.linking.figures import Figure, figures
from community.linking.fits import Fit, fits
from community.linking.relations import Reading
from community.linking.scope import Scope, Scopes
from community.linking.targets import Profile
from community.types import Link, Post, Span, Thread

_ENOUGH = 1.7  # weight that makes a claim the source of a figure
_ELSE = 1.0  # where the words are known to say another endpoint
_SAID, _MISSED = 1.3, -1.6  # the claim's endpoint is said beside the figure; another one is
_FAR, _FARTHER = 0.7, 0.4  # of it, where only the sentence says it; and the clause another
_TERM = 0.9  # a word of the endpoint's own name is
_AGREES, _DISAGREES = 0.6, -0.7  # a good or bad course told, and what the fit says
_AT, _NOT_AT = 0.9, -0.6  # the claim's point in time; another one
_OWN, _OWN_FAR, _ABOVE = 1.2, 0.5, 0.7  # the sentence, the post, the one above links to it
_TRIAL, _NO_TRIAL = 1.2, -1.4  # the sentence names the claim's trial; it names others
_PAIRED = 1.5  # the other number of "8 against 11" is the claim's
_ECHO = 1.5  # the post above has the same number, from this claim
_DRUG, _NO_DRUG = 0.8, -1.2  # the clause names the claim's treatment; it names others
_RARE = 5  # claims beyond the scope that share a percentage, at most
_NEAR = 0.08  # of a point in time
_SMALL = 10
_EXPLAINED = 0.4  # of what links lend, where the clause itself says an endpoint
_HALF, _ALL = 50.0, 100.0
_BESIDE, _NEXT = 0.8, 0.4  # another figure of the sentence, of the next one, is the claim's
_MOST = 100  # figures of one post that are typed; a post of more is a table, not talk
_REACH = 8  # figures before and after one that may lend it their claim
_ARM = 0.8  # of it, where it is of the same endpoint and trial
_AGAINST = re.compile(
    r"(?i)[^\w]{0,3}\s?(?:v|vs|versus|against|to|and|instead of|not|rather than|"
    r"compared (?:with|to)|,|/|-|–)\.?\s?(?:only |just )?"
)
_LIVED = re.compile(r"(?i)^\s?(?:better|worse|back|recovered|of my|there|myself|normal|improved)\b")
_PEOPLE = frozenset(
    ["patients", "people", "participants", "persons", "men", "women", "deaths", "patient"]
)


@dataclass(frozen=True, slots=True)
class _Source:
    """A claim that a figure may come from."""

    weight: float
    profile: Profile
    fit: Fit
    verdict: Verdict
    backed: bool  # by words or by what the post speaks of, not by the number alone


def quoted(thread: Thread, scopes: Scopes, links: Sequence[Link]) -> tuple[QuotedNumber, ...]:
    """The figures of all present posts, typed, in page order.

    Args:
        thread: the posts.
        scopes: their readings and scopes.
        links: what the posts speak of; bare numbers take it.
    """
    spoken: dict[str, dict[str, list[Span]]] = {}
    typed: dict[str, set[tuple[float, str]]] = {}
    for link in links:
        claims = spoken.setdefault(link.post_id, {})
        claims.setdefault(link.refers_to.removeprefix("claim:"), []).append(link.evidence)
    out: list[QuotedNumber] = []
    for post in thread.posts:
        if post.status != "present" or not post.own:
            continue
        reading = scopes.reading(post)
        found = figures(reading)[:_MOST]
        if not found:
            continue
        above = {name for p in scopes.chain(post, 2) for name in spoken.get(p.id, ())}
        echo = {pair for p in scopes.chain(post, 2) for pair in typed.get(p.id, ())}
        made = list(_Typing(post, scopes, spoken.get(post.id, {}), above, echo).rows(found))
        typed[post.id] = {(n.value or 0.0, n.claim_id or "") for n in made}
        out += made
    return tuple(out)


class _Typing:
    """One post's figures against its scope."""

    def __init__(
        self,
        post: Post,
        scopes: Scopes,
        own: Mapping[str, Sequence[Span]],
        above: Collection[str],
        echo: Collection[tuple[float, str]],
    ) -> None:
        self.post, self.index = post, scopes.index
        self.reading: Reading = scopes.reading(post)
        self.scope: Scope = scopes.scope(post)
        self.words = Words(self.reading, scopes.named(post), self.scope, self.index)
        self.own, self.above, self.echo = own, above, echo

    def rows(self, found: Sequence[Figure]) -> Iterator[QuotedNumber]:
        """The rows of the post; what one figure is lends weight to the next one in its clause."""
        around = [self.words.around(figure) for figure in found]
        sources = [self._source(f, a, {}) for f, a in zip(found, around, strict=True)]
        for place, figure in enumerate(found):
            beside: dict[str, float] = {}
            for at in range(max(0, place - _REACH), min(len(found), place + _REACH + 1)):
                other = sources[at]
                if other is not None and at != place:
                    weight = self._together(figure, found[at])
                    for name in (other.profile.id, _kind(other.profile)):
                        beside[name] = max(weight, beside.get(name, 0.0))
                        weight *= _ARM
            source = self._source(figure, around[place], beside)
            echoed = figure.kind == "plain" and (round(figure.value, 4), "") in self.echo
            told = echoed or self._unsourced(figure, around[place])
            if source is None and not told:
                continue
            yield QuotedNumber(
                post_id=self.post.id,
                span=Span(
                    self.post.span.start + figure.span.start, self.post.span.start + figure.span.end
                ),
                value=round(figure.value, 4),
                unit=figure.unit,
                claim_id=source.profile.id if source else None,
                verdict=source.verdict if source else "no-source",
            )

    def _together(self, one: Figure, other: Figure) -> float:
        """How much the claim of a figure lends to another: most in a pair ("8 against 11"), and
        where one is the rest of the other ("seven in ten … three in ten")."""
        first, second = sorted((one.span, other.span))
        if first.end <= second.start and _AGAINST.fullmatch(
            self.reading.text[first.end : second.start]
        ):
            return _PAIRED
        clauses = self.reading.clauses
        apart = abs(clauses[one.clause].sentence - clauses[other.clause].sentence)
        whole = one.share is not None and other.share is not None
        if whole and apart <= 1 and abs((one.share or 0) + (other.share or 0) - _ALL) < 1:
            return _PAIRED
        return {0: _BESIDE, 1: _NEXT}.get(apart, 0.0)

    # -- where a figure comes from ---------------------------------------------------------------

    def _source(
        self, figure: Figure, around: Around, beside: Mapping[str, float]
    ) -> _Source | None:
        best: _Source | None = None
        for profile, inside in self._candidates(figure):
            if not inside and best is not None:
                break
            for fit in fits(profile, figure, around.bounds):
                lent = max(beside.get(profile.id, 0.0), beside.get(_kind(profile), 0.0))
                if fit.size:
                    source = self._sized(figure, profile, fit)
                else:
                    source = self._weighed(figure, around, profile, fit, lent)
                if not inside and not (source.backed and fit.verdict == "exact"):
                    continue
                better = best is None or source.weight > best.weight + 1e-9
                enough = _ELSE if inside and source.verdict == "other-endpoint" else _ENOUGH
                if better and source.weight >= enough and self._may(figure, around, source):
                    best = source
        return best

    def _candidates(self, figure: Figure) -> Iterator[tuple[Profile, bool]]:
        """Claims in scope, then those elsewhere that share a percentage that few share."""
        for at in self.scope.claims:
            yield self.index.profiles[at], True
        if figure.share is not None and figure.kind == "share":
            known = set(self.scope.claims)
            near = self.index.by_percent.get(round(figure.share), ())
            if len(near) <= _RARE:
                yield from ((self.index.profiles[at], False) for at in near if at not in known)

    def _sized(self, figure: Figure, one: Profile, fit: Fit) -> _Source:
        """A figure that is the number of people whom a claim is about: the claim of how many were
        treated comes first."""
        treated = "participants" in one.concepts
        weight = fit.strength + 0.3 * self.scope.trials.get(one.trial or "", 0.0) + treated
        return _Source(weight, one, fit, fit.verdict, figure.value >= 2 * _SMALL)

    def _weighed(
        self, figure: Figure, around: Around, one: Profile, fit: Fit, beside: float
    ) -> _Source:
        weight = fit.strength + 0.3 * self.scope.trials.get(one.trial or "", 0.0)
        said = max((one.concepts.get(name, 0.0) for name in around.near), default=0.0)
        loosely = max((one.concepts.get(name, 0.0) for name in around.far), default=0.0)
        term = bool(one.terms & around.stems)
        endpoint = bool(said or loosely or term or _same(figure, one))
        if around.cured and "cure" not in one.terms:
            endpoint, said, loosely = False, 0.0, 0.0
        loosely *= _FARTHER if around.near else _FAR
        weight += _SAID * max(said, loosely) + _TERM * term
        echoed = (round(figure.value, 4), one.id) in self.echo
        other = not endpoint and not echoed and self._another(one, around)
        weight += _MISSED if other and not around.cured else 0.0
        weight += self._direction(around, one, fit)
        timed = _timed(one, around.months)
        weight += {True: _AT, False: _NOT_AT, None: 0.0}[timed]
        own = one.id in self.own or f"trial:{one.trial}" in self.own
        # what the post or the one above speaks of is for numbers that no words explain
        prior = self._linked(figure, one) + _ABOVE * (one.id in self.above) + _ECHO * echoed
        weight += beside + (prior if not around.near else _EXPLAINED * prior)
        weight += 0.3 * figure.pointed
        elsewhere = bool(around.trials) and one.trial not in around.trials
        weight += _NO_TRIAL if elsewhere else _TRIAL * bool(around.trials)
        undrugged = bool(around.families) and one.family not in around.families
        weight += _NO_DRUG if undrugged else _DRUG * bool(around.families)
        elsewhere = elsewhere or (undrugged and one.family is not None)
        verdict = fit.verdict
        if elsewhere:
            verdict = "other-trial"
        elif other:
            verdict = "other-endpoint"
        elif timed is False and fit.sure and fit.verdict != "complement":
            verdict = "other-timepoint"
        backed = endpoint or own or beside > 0 or echoed or one.id in self.above
        backed = (
            backed
            or bool(around.trials)
            or (figure.kind == "count" and fit.sure)
            or (figure.pointed and figure.value >= _SMALL)
        )
        return _Source(weight, one, fit, verdict, backed)

    def _linked(self, figure: Figure, one: Profile) -> float:
        """What it lends a claim that the post is linked to it: more where by this sentence."""
        whole = self.reading.clauses[figure.clause].whole
        at = self.post.span.start
        here = Span(whole.start + at, whole.end + at)
        if one.id not in self.own:
            return 0.0
        return _OWN if any(here.overlaps(span) for span in self.own[one.id]) else _OWN_FAR

    def _another(self, one: Profile, around: Around) -> bool:
        """Whether the words say an endpoint that is not the claim's: a course, good or bad, or what
        other claims in scope are about."""
        if around.cured or around.valued:
            return bool(one.concepts)
        known = (self.index.profiles[at] for at in self.scope.claims)
        return any(
            around.near & set(p.concepts) or around.close & p.terms - one.terms for p in known
        )

    def _direction(self, around: Around, one: Profile, fit: Fit) -> float:
        """Whether the course told is the one that the claim counts, or the rest."""
        if not around.valence or one.direction not in ("favourable", "unfavourable"):
            return 0.0
        if one.percent is None:
            return 0.0
        good = (one.direction == "favourable") != (fit.verdict == "complement")
        return _AGREES if (around.valence > 0) == good else _DISAGREES

    def _may(self, figure: Figure, around: Around, source: _Source) -> bool:
        """Whether the number is enough by itself, or is backed by words: a share is; a bare number,
        a small count and a length of time are not."""
        if source.verdict in ("other-endpoint", "other-trial"):
            certain = source.fit.sure or (around.cured and source.weight >= _ENOUGH)
            return (figure.kind == "share" or source.backed) and certain
        if figure.kind == "share":
            after = self.reading.text[figure.span.end :][:14]
            return (
                source.backed
                or not around.personal
                or (source.fit.sure and not _LIVED.match(after))
            )
        if figure.kind == "time":
            said = around.near | around.far
            if figure.near < 0.5 and figure.value % 1:
                return source.backed
            return source.backed and bool(said & ({"follow-up"} | set(source.profile.concepts)))
        if figure.near < 0.5:
            return source.backed or not around.personal
        return source.backed

    # -- figures without a source ------------------------------------------------------------------

    def _unsourced(self, figure: Figure, around: Around) -> bool:
        """Whether a figure that no claim has is one about outcomes of a group all the same."""
        told = bool(around.near | around.far)
        if figure.kind == "share":
            if figure.worded and (not around.near or figure.value == _HALF):
                return False
            lived = around.personal and not around.reported and not told
            stated = figure.unit == "%" and not figure.rough and figure.value < _ALL
            return not lived and (told or stated or around.reported or bool(around.trials))
        if figure.kind == "count":
            people = figure.noun in _PEOPLE and figure.value > 1
            lived = around.personal and not around.reported
            return people and not lived and "death" in around.near and around.valence < 0
        return False


def _kind(one: Profile) -> str:
    """What claims of one endpoint and trial share, of whatever arm: "3 against 34"."""
    return f"{one.trial}\x00{one.unit}\x00{' '.join(sorted(one.concepts))}"


def _same(figure: Figure, one: Profile) -> bool:
    """Whether a count is of what the claim counts: events, births, lesions."""
    return (
        figure.noun is not None
        and figure.noun not in _PEOPLE
        and figure.noun[:5] == one.unit[:5] != ""
    )


def _timed(one: Profile, months: Sequence[float]) -> bool | None:
    """Whether points in time that are told are the claim's; None where either has none."""
    if not months or one.months is None:
        return None
    return any(abs(m - one.months) <= _NEAR * one.months for m in months)
