"""What a post can mean without naming it: the results that its document, its title, its thread's
first post and the posts that it answers speak of.

Pure. A thread's posts are read once; walking up is bounded by `reach`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from community.linking.match import number_match
from community.linking.names import named
from community.linking.relations import Reading, read
from community.linking.targets import Index
from community.types import Post, Span, Thread

_MOST = 400  # claims of one trial or document that a post is compared with
_DOCUMENT, _TITLE, _OPENER, _ABOVE, _OWN = 0.9, 0.8, 0.7, 0.9, 1.3
_COUNTED = 0.6
_READ = 200  # posts of a thread that are read for the figures of a trial that nobody names
_RARE = 5  # claims that share a percentage, at most, for it to point beyond the scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Trials that a post can mean, with weights; the claims to compare it with (places in the
    index); the trial and the family of treatments that "this study" and "it" stand for."""

    trials: Mapping[str, float]
    claims: tuple[int, ...]
    main: str | None
    family: str | None
    reported: bool  # whether a reported result is under discussion at all

    def name(self, family: str, index: Index) -> str:
        """The ledger's name of a family of treatments."""
        return index.interventions[family]


class Scopes:
    """A thread's readings, names and scopes, each made once."""

    def __init__(self, thread: Thread, index: Index, reach: int, whole: bool = False) -> None:
        """`whole`: posts were gathered to be held against this ledger, so that they can mean any
        of it, as if it stood above them."""
        self.index, self.reach = index, reach
        self._posts = thread.by_id()
        self._readings: dict[str, Reading] = {}
        self._named: dict[str, dict[str, dict[int, float]]] = {}
        self._treated: set[str | None] | None = None
        here = index.by_document.get(thread.document.id, ())
        if whole and not here:
            here = tuple(range(len(index.profiles)))
        self._document = here[:_MOST]
        self._base = self._thread_scope(thread)

    def reading(self, post: Post) -> Reading:
        """The post's own words, read; offsets index `post.text`."""
        if post.id not in self._readings:
            at = post.span.start
            own = [Span(s.start - at, s.end - at) for s in post.own]
            self._readings[post.id] = read(post.text, own)
        return self._readings[post.id]

    def named(self, post: Post) -> dict[str, dict[int, float]]:
        """Trials that the post names: clause → weight, by trial."""
        if post.id not in self._named:
            self._named[post.id] = named(self.index.names, self.reading(post))
        return self._named[post.id]

    def received(self, post: Post) -> bool:
        """Whether the post, or another of its author in this thread, tells of having had it."""
        if self._treated is None:
            self._treated = {
                p.author for p in self._posts.values() if self.reading(p).has("received")
            } - {None}
        return self.reading(post).has("received") or post.author in self._treated

    def chain(self, post: Post, most: int | None = None) -> Iterator[Post]:
        """Whom the post answers, whom that one answers, …, `most` posts (`reach` where None)."""
        seen = {post.id}
        for _ in range(self.reach if most is None else most):
            above = self._posts.get(post.answers_id or post.parent_id or "")
            if above is None or above.id in seen:
                return
            seen.add(above.id)
            yield above
            post = above

    def _thread_scope(self, thread: Thread) -> dict[str, float]:
        out: dict[str, float] = {}
        for trial in Counter(self.index.profiles[i].trial for i in self._document):
            if trial:
                out[trial] = _DOCUMENT
        if thread.document.title:
            # a title is about what it names: a place or a surname needs no word for a study there
            for trial in named(self.index.names, read(thread.document.title)):
                out.setdefault(trial, _TITLE)
        if thread.posts:
            for trial, places in self.named(thread.posts[0]).items():
                if max(places.values()) >= 0.8:
                    out.setdefault(trial, _OPENER)
        for trial in self._counted(thread):
            out.setdefault(trial, _COUNTED)
        return out

    def _counted(self, thread: Thread) -> list[str]:
        """Trials whose figures the thread quotes: two different ones at least, each beside the
        words of its endpoint; where several trials fit, those that fit best."""
        votes: dict[str, set[float]] = defaultdict(set)
        for post in thread.posts[:_READ]:
            reading = self.reading(post)
            for quantity, clause in reading.numbers:
                share = quantity.value
                if quantity.kind == "fraction" and share is not None and quantity.denominator:
                    share = 100 * share / quantity.denominator
                elif quantity.kind != "percent":
                    continue
                near = self.index.by_percent.get(round(share or 0.0), ())[:_MOST]
                said = {h.name for h in reading.at(clause, "concept")}
                for one in (self.index.profiles[i] for i in near):
                    if one.trial and said & set(one.concepts) and number_match(one, quantity) >= 2:
                        votes[one.trial].add(round(share or 0.0))
        most = max(map(len, votes.values()), default=0)
        return sorted(t for t, v in votes.items() if len(v) == most) if most >= 2 else []

    def scope(self, post: Post) -> Scope:
        """What the post can mean."""
        trials = dict(self._base)
        for above in self.chain(post):
            for trial, places in self.named(above).items():
                if max(places.values()) >= 0.8:
                    trials[trial] = max(_ABOVE, trials.get(trial, 0.0))
        own = {trial: max(w.values()) for trial, w in self.named(post).items()}
        told = {trial for trial, weight in own.items() if weight >= 0.8}
        if told:
            trials = {t: w if t in told else 0.5 * w for t, w in trials.items()}
        for trial, weight in own.items():
            trials[trial] = max(_OWN * weight, trials.get(trial, 0.0))
        main = max(trials, key=lambda t: trials[t]) if trials else None
        if main is not None and trials[main] < _COUNTED:
            main = None  # a place or a surname by itself is no study
        return Scope(
            trials=trials,
            claims=self._claims(post, trials),
            main=main,
            family=self._family(main),
            reported=main is not None or bool(self._document),
        )

    def _claims(self, post: Post, trials: Mapping[str, float]) -> tuple[int, ...]:
        out = dict.fromkeys(self._document)
        for trial in trials:
            out.update(dict.fromkeys(self.index.by_trial.get(trial, ())[:_MOST]))
        for quantity, _ in self.reading(post).numbers:
            if quantity.kind == "percent" and quantity.value is not None and quantity.decimals:
                near = self.index.by_percent.get(round(quantity.value), ())
                if len(near) <= _RARE:
                    exact = [i for i in near if number_match(self.index.profiles[i], quantity) >= 3]
                    out.update(dict.fromkeys(exact))
        return tuple(out)

    def _family(self, trial: str | None) -> str | None:
        """The treatment that a trial, else the document, else the ledger is mostly about."""
        places = self.index.by_trial.get(trial or "", ())[:_MOST] or self._document
        families = Counter(self.index.profiles[i].family for i in places)
        found = [f for f, _ in families.most_common() if f in self.index.interventions]
        return found[0] if found else next(iter(self.index.interventions), None)
