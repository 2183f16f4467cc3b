"""The topics that were found in a study, as the report shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from community.contracts import Snapshot
from community.exporters._report_posts import Values, values

# why posts have no topic, in the order of the report
_WITHOUT = {
    "short": "too short to tell",
    "foreign": "in another language",
    "unknown": "in words that the vectors do not know",
    "far": "nearer to the middle of all posts than to any topic",
}


def found(snapshot: Snapshot) -> Values:
    """Topics with their share of the posts looked at, what made them, and what changed."""
    told = snapshot.meta.get("topics")
    about: Mapping[str, Any] = told if isinstance(told, Mapping) else {}
    counts = about.get("counts") or {}
    looked_at = counts.get("posts") or 0
    topics = [
        topic
        | {
            "share": topic["posts"] / looked_at if looked_at else None,
            "term_list": (topic["terms"] or "").replace(";", ", "),
        }
        for topic in values(snapshot, "topics")
    ]
    return {
        "topics": topics,
        "method": about.get("method"),
        "reason": about.get("reason"),
        "run": about.get("run"),
        "looked_at": looked_at,
        "placed": sum(topic["posts"] for topic in topics),
        "without": [(counts[name], why) for name, why in _WITHOUT.items() if counts.get(name)],
        "changes": list(_changes(about, topics)),
    }


def _changes(about: Mapping[str, Any], topics: list[Values]) -> Iterator[str]:
    """What became of topics since the run before, in words."""
    labels = {topic["topic_id"]: topic["label"] for topic in topics}
    for change in about.get("changes") or ():
        name = f"{change['topic']} “{change['label']}”"
        other = change["other"]
        beside = f"{other} “{labels[other]}”" if other in labels else other
        share = f"{(change['share'] or 0) * 100:.0f} % of its posts"
        yield {
            "born": f"{name} is new",
            "died": f"{name} is gone",
            "split": f"{name} came out of {beside} ({share} were there)",
            "merged": f"{name} went into {beside} ({share} did)",
        }[change["kind"]]
