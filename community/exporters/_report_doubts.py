"""What is doubted, at a glance: results, trials and treatments that posts dispute, question or tell
a contrary experience of, how many of those posts are patients' or carers', and one doubt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from community.contracts import Snapshot
from community.exporters._report_claims import Target
from community.exporters._report_posts import Values, values

DOUBTS = ("disputes", "questions", "experience-against")
_SHOWN = 12
_OWN = ("patient", "carer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubted:
    """Something that posts doubt: counts of posts by relation and in all, of those by patients and
    carers, and of posts that speak for it; `example` is a link whose own words carry the doubt."""

    refers_to: str
    called: str
    counts: tuple[tuple[str, int], ...]
    posts: int
    own: int
    favour: int
    example: Values | None


def doubted(
    snapshot: Snapshot, spoken: Mapping[str, Target], names: Mapping[str, str]
) -> list[Doubted]:
    """The targets that most posts doubt, most first; a post counts once for each target."""
    doubters: dict[str, set[str]] = {}
    for link in values(snapshot, "links"):
        if link["relation"] in DOUBTS:
            doubters.setdefault(link["refers_to"], set()).add(link["post_id"])
    ranked = sorted(doubters, key=lambda key: (-len(doubters[key]), names[key], key))[:_SHOWN]
    wanted = set().union(*(doubters[key] for key in ranked)) if ranked else set()
    own = {
        post["post_id"]
        for post in values(snapshot, "posts")
        if post["post_id"] in wanted and post["role"] in _OWN
    }
    return [_one(key, names[key], doubters[key], own, spoken[key]) for key in ranked]


def _one(key: str, called: str, doubters: set[str], own: set[str], target: Target) -> Doubted:
    links = [link for relation in DOUBTS for link in target.examples.get(relation, ())]
    links = [link for link in links if link["evidence"]]
    best = min(links, key=lambda link: (link["hops"], link["post_id"] not in own), default=None)
    return Doubted(
        refers_to=key,
        called=called,
        counts=tuple((r, target.counts[r]) for r in DOUBTS if r in target.counts),
        posts=len(doubters),
        own=len(doubters & own),
        favour=sum(target.counts.get(r, 0) for r in ("supports", "experience-for")),
        example=best,
    )
