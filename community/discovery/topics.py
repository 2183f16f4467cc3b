"""The topics of a study: what its posts are about, found anew from what the last run found.

::

    posts ─words─▶ vectors ─▶ points ─▶ groups ─match─▶ topics with ids ─▶ terms, labels, examples
      └ short, foreign, unknown words          ▲
                                          last run's

Pure: the same posts after the same last run give the same topics, in whatever order the posts come
and on however many processors.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from community.discovery import identities, naming, terms, words
from community.discovery.groups import NONE, NOWHERE, Grouping
from community.discovery.nouns import Found, Placed, Said, Topic
from community.discovery.options import MOST_TOPICS
from community.discovery.spaces import Points, embed, has_meaning

FEWEST_TEXTS = 20  # different ones that can have a topic; in fewer nothing is looked for
_FEWEST_WORDS = 2  # different ones that carry a subject, in a post that can have a topic
_POWER = 0.4  # topics grow with texts ** _POWER: 3 for 20, 8 for 200, 16 for 1,000, 40 for 10,000
_SLACK = 1 / 3  # by which share that number must change (texts double) for topics to be added


@dataclass(frozen=True, slots=True, kw_only=True)
class _Texts:
    """The different texts that can have a topic, in the order of their posts' ids. `posts` are all
    posts that say each, `counts` tells how many posts can have no topic, by reason."""

    words: words.Words
    posts: tuple[tuple[Said, ...], ...]
    embedded: Points
    counts: Mapping[str, int]

    def ids(self, number: int) -> list[str]:
        """The posts that have a text."""
        return [post.post_id for post in self.posts[number]]


def discover(
    posts: Iterable[Said],
    *,
    authors: Iterable[str | None] = (),
    before: Found | None = None,
    run: int = 1,
    count: int | None = None,
) -> Found:
    """The topics of some posts.

    Args:
        posts: those whose words are there, each once.
        authors: names under which people wrote; they are no terms.
        before: what the last run found.
        run: the number of this run.
        count: how many topics are wanted; by the number of posts if None.

    Returns:
        topics, the most frequent first, or the reason why there are none.
    """
    before = before or Found()
    ordered = sorted(posts, key=lambda post: post.post_id)
    texts = _texts(ordered, words.names_of(authors))
    old = {p.post_id: p.topic_id for p in before.placed} | dict.fromkeys(before.unplaced)
    counts = {"posts": len(ordered), **texts.counts}
    if len(texts.posts) < FEWEST_TEXTS:
        told = {topic.id: topic.label for topic in before.topics}
        reason = f"fewer than {FEWEST_TEXTS} different posts with words that carry a subject"
        ended = identities.changes(old, {}, told)
        return Found(counts=counts, reason=reason, changes=ended, ids=before.ids, run=run)
    wanted = _wanted(len(texts.posts), before.wanted, count)
    grouping = _grouping(texts, old, wanted, before.wanted)
    shared = terms.shared_terms(texts.words, [post[0].writer for post in texts.posts])
    made = terms.sort(texts.embedded, shared, grouping)
    ids = _identified(texts, made, old, before.ids)
    placed = _placed(texts, made, ids)
    topics = _topics(texts, made, ids, shared, before, run)
    now = {p.post_id: p.topic_id for p in placed}
    told = {topic.id: topic.label for topic in (*before.topics, *topics)}
    unplaced = tuple(post.post_id for post in ordered if post.post_id not in now)
    far = len(ordered) - len(placed) - sum(texts.counts.values())
    return Found(
        topics=topics,
        placed=placed,
        unplaced=unplaced,
        changes=identities.changes(old, now | dict.fromkeys(unplaced), told) if old else (),
        counts={**counts, "far": far, "placed": len(placed)},
        method=made.method,
        wanted=wanted,
        ids=max([before.ids, *map(identities.number, ids.values())]),
        run=run,
    )


def _wanted(texts: int, before: int, count: int | None) -> int:
    """How many topics are wanted: as many as before unless the posts are many more or fewer."""
    rule = count or max(2, min(MOST_TOPICS, round(texts**_POWER)))
    near = before and not count and abs(rule - before) < _SLACK * before
    return before if near else rule


def _texts(posts: Sequence[Said], names: Collection[str]) -> _Texts:
    """Sorts out the posts that can have a topic, each text once: a sentence that a hundred people
    paste is one thing said, and no topic of its own."""
    read = words.read(posts, names)
    copies: dict[tuple[tuple[str, ...], ...], list[int]] = defaultdict(list)
    counts = Counter[str](foreign=0, short=0, unknown=0)
    for place, post in enumerate(posts):
        if post.foreign:
            counts["foreign"] += 1
        elif len(set(read.singles(place))) < _FEWEST_WORDS:
            counts["short"] += 1
        else:
            copies[read.runs[place]].append(place)
    groups = list(copies.values())
    chosen = read.only([places[0] for places in groups])
    embedded = embed(chosen)
    known = np.flatnonzero(has_meaning(embedded)).tolist()
    counts["unknown"] = sum(map(len, groups)) - sum(len(groups[i]) for i in known)
    chosen = chosen.only(known)
    return _Texts(
        words=chosen,
        posts=tuple(tuple(posts[place] for place in groups[i]) for i in known),
        embedded=embedded[known],
        counts=dict(counts),
    )


def _grouping(texts: _Texts, old: Mapping[str, str | None], wanted: int, had: int) -> Grouping:
    """How the texts were grouped; of copies, the first that the last run knew says it."""
    home = []
    for number in range(len(texts.posts)):
        seen = [old[post] for post in texts.ids(number) if post in old]
        topic = seen[0] if seen else None
        home.append(identities.number(topic) if topic else NONE if seen else NOWHERE)
    return Grouping(home=np.array(home, dtype=np.int64), wanted=wanted, had=had)


def _identified(
    texts: _Texts, made: terms.Sorted, old: Mapping[str, str | None], given: int
) -> dict[int, str]:
    """The id of each group: its old one, or the next number, the largest group first."""
    now = {
        post: None if label == NONE else label
        for number, label in enumerate(made.labels.tolist())
        for post in texts.ids(number)
    }
    kept = identities.matched(old, now)
    sizes = Counter(label for label in now.values() if label is not None)
    new = sorted(set(made.groups) - set(kept), key=lambda group: (-sizes[group], group))
    return kept | identities.numbered(new, given)


def _placed(texts: _Texts, made: terms.Sorted, ids: Mapping[int, str]) -> tuple[Placed, ...]:
    scores = made.scores()
    found = [
        Placed(post_id=post, topic_id=ids[label], score=round(float(scores[number]), 2))
        for number, label in enumerate(made.labels.tolist())
        if label != NONE
        for post in texts.ids(number)
    ]
    return tuple(sorted(found, key=lambda placed: placed.post_id))


def _topics(
    texts: _Texts,
    made: terms.Sorted,
    ids: Mapping[int, str],
    shared: Sequence[Sequence[str]],
    before: Found,
    run: int,
) -> tuple[Topic, ...]:
    """The topics with their names; those that went on keep their label while it fits."""
    known = {topic.id: topic for topic in before.topics}
    spelled = words.spelled(texts.words)
    candidates = made.candidates(shared)
    best = {group: naming.best_terms(found) for group, found in candidates.items()}
    found: list[Topic] = []
    labels: set[str] = set()
    scores = made.scores()
    sizes = {g: sum(len(texts.posts[i]) for i in made.members(g)) for g in made.groups}
    for group in sorted(made.groups, key=lambda g: (-sizes[g], identities.number(ids[g]))):
        old = known.get(ids[group])
        told = tuple(naming.spell(c.term, spelled) for c in best[group])
        label = naming.LEFT_OVER
        if naming.in_common(candidates[group]):
            label = naming.label(best[group], spelled, labels)
        if old and old.label not in labels and naming.still_fits(old.label, old.terms, told):
            label = old.label
        labels.add(label)
        found.append(
            Topic(
                id=ids[group],
                label=label,
                terms=told,
                posts=sizes[group],
                example=_example(texts, made.members(group), scores),
                since=old.since if old else run,
            )
        )
    return tuple(found)


def _example(texts: _Texts, members: Sequence[int], scores: Points) -> str:
    """The post nearest to a topic's centre, of the longer half of its posts."""
    lengths = {number: len(texts.words.singles(number)) for number in members}
    middle = sorted(lengths.values())[len(members) // 2]
    long = [number for number in members if lengths[number] >= middle]
    return texts.ids(min(long, key=lambda n: (-scores[n].round(6), texts.ids(n)[0])))[0]
