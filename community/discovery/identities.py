"""Which topic of this run is which of the last, and what became of the others.

Topics are matched one to one so that as many posts as possible stay under their id (Kuhn 1955, the
Hungarian method), counting the posts that both runs know. A match holds where at least half of the
topic's posts, as they were or as they are, say so. Of those without a match:

- a new topic is *split* from an old one where at least half of its posts come from there, else
  it is *born*;
- an old topic is *merged* into another where at least half of its posts that are still here went
  there, else it *died*.

Ids are numbered through and never given again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from community.discovery.nouns import Change, ChangeKind

HALF = 0.5  # share of posts that decides
Before = Mapping[str, str | None]  # topic id by post, as the last run had it; None: no topic
_LETTER = "t"


def number(topic_id: str) -> int:
    """The number in a topic's id."""
    return int(topic_id.removeprefix(_LETTER))


def matched(before: Before, now: Mapping[str, int | None]) -> dict[int, str]:
    """The id that each group goes on under; groups that are missing are new.

    Args:
        before: topic id by post, as the last run had it.
        now: group by post.
    """
    both = Counter((before[post], group) for post, group in now.items() if post in before)
    old_size, new_size = Counter[str](), Counter[int]()
    for (old, new), posts in both.items():
        if old is not None:
            old_size[old] += posts
        if new is not None:
            new_size[new] += posts
    olds, news = sorted(old_size, key=number), sorted(new_size)
    table = np.array([[both[old, new] for new in news] for old in olds])
    if not table.size:
        return {}
    pairs = zip(*linear_sum_assignment(table, maximize=True), strict=True)
    return {
        news[j]: olds[i]
        for i, j in pairs
        if table[i, j] >= max(HALF * min(old_size[olds[i]], new_size[news[j]]), 1)
    }


def numbered(new: Sequence[int], given: int) -> dict[int, str]:
    """Ids for new groups, in their order, after the `given` ones."""
    return {group: f"{_LETTER}{given + place}" for place, group in enumerate(new, 1)}


def changes(
    before: Before, now: Mapping[str, str | None], labels: Mapping[str, str]
) -> tuple[Change, ...]:
    """What became of topics.

    Args:
        before: topic id by post, as the last run had it.
        now: topic id by post.
        labels: what topics are called, those that are gone included.
    """
    old_ids = {topic for topic in before.values() if topic}
    new_ids = {topic for topic in now.values() if topic}
    moved = Counter((before.get(post), topic) for post, topic in now.items())
    here = Counter(before.get(post) for post in now)
    sizes = Counter(now.values())
    found = []
    for topic in sorted(new_ids - old_ids, key=number):
        other, share = _most(
            {old: n for (old, new), n in moved.items() if new == topic}, sizes[topic]
        )
        found.append(_change("split" if other else "born", topic, labels, other, share))
    for topic in sorted(old_ids - new_ids, key=number):
        other, share = _most(
            {new: n for (old, new), n in moved.items() if old == topic}, here[topic]
        )
        found.append(_change("merged" if other else "died", topic, labels, other, share))
    return tuple(found)


def _most(posts: Mapping[str | None, int], total: int) -> tuple[str | None, float | None]:
    """The topic that at least half of `total` posts were in, or went to, and what share that is."""
    topics = {topic: n for topic, n in posts.items() if topic is not None}
    best = min(topics, key=lambda topic: (-topics[topic], number(topic)), default=None)
    if best is None or topics[best] < HALF * total:
        return None, None
    return best, round(topics[best] / total, 2)


def _change(
    kind: ChangeKind, topic: str, labels: Mapping[str, str], other: str | None, share: float | None
) -> Change:
    return Change(kind=kind, topic=topic, label=labels[topic], other=other, share=share)
