"""What discovery takes and gives: posts as it sees them, topics, who is in which, and changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

ChangeKind = Literal["born", "died", "split", "merged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A post as discovery sees it: what its poster wrote, names and addresses masked.

    `writer` tells people apart (an author's key, or the post's own id where there is none);
    `foreign` says that the post is in a language which the codebook does not cover.
    """

    post_id: str
    text: str
    writer: str
    foreign: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic of a run: its label, its `terms` (best first), how many `posts` it has, a typical
    post, and the run that first found it."""

    id: str
    label: str
    terms: tuple[str, ...]
    posts: int
    example: str
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A post in a topic; `score` is the cosine of post and topic centre, 0 to 1, two decimals."""

    post_id: str
    topic_id: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of a topic between two runs.

    `born`: `topic` is new; `split`: it is new and came out of `other`; `died`: it is gone;
    `merged`: it is gone into `other`. `share` is the share of posts that says so (see
    `community.discovery.identities`), 0 to 1, two decimals.
    """

    kind: ChangeKind
    topic: str
    label: str
    other: str | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Everything that one run found out, which is also all that the next one needs to know.

    `method` says what made the topics, or `reason` why there are none. `counts` tells how many
    posts were looked at and why the others have no topic. `unplaced` are the posts without a topic.
    `wanted` is the number of topics that was asked for, `ids` how many ids were ever given, `run`
    the number of the run, and `digest` what the posts and the program were.
    """

    topics: tuple[Topic, ...] = ()
    placed: tuple[Placed, ...] = ()
    unplaced: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    method: str | None = None
    reason: str | None = None
    wanted: int = 0
    ids: int = 0
    run: int = 0
    digest: str = ""

    def told(self) -> dict[str, object]:
        """What ``run.json`` and the report say of it, plain values all."""
        return {
            "method": self.method,
            "reason": self.reason,
            "run": self.run,
            "counts": dict(self.counts),
            "changes": [asdict(change) for change in self.changes],
        }
