"""What the exporters of annotation tasks share: posts with what people need to see of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from community.contracts import Snapshot
from community.interchange import codes
from community.interchange.bundles import Bundle, Values, bundles, spans_of
from community.interchange.codes import Label
from community.interchange.layout import storable
from community.interchange.tasks import SENTIMENT, SPANS, TOPICS


def posts(snapshot: Snapshot) -> Iterator[tuple[Bundle, Values, dict[str, Any]]]:
    """Every post that has words, with its document's rows and the data of its task.

    Nothing that a machine judged is in the data. `context` is the post that it answers.
    """
    for bundle in bundles(snapshot):
        words = {post["post_id"]: storable(post["text"] or "") for post in bundle.posts}
        for post in bundle.posts:
            if words[post["post_id"]] and post["start"] is not None:
                yield (
                    bundle,
                    post,
                    {
                        "post_id": post["post_id"],
                        "thread_id": post["thread_id"],
                        "text": words[post["post_id"]],
                        "context": words.get(post["parent_id"] or "", ""),
                        "title": storable(bundle.document["title"] or ""),
                        "author": storable(post["author"] or ""),
                        "posted_at": post["posted_at"] or "",
                    },
                )


def given(bundle: Bundle, post: Values, coder: str) -> Iterator[tuple[str, str, Any]]:
    """What a coder says of a post: what is asked, the name of the code, and the stretch of the
    post's own words that is marked (None where nothing is)."""
    size = len(post["text"])
    for coding in bundle.codings.get(post["post_id"], ()):
        if coding["abstained"] or coding["coder"] != coder:
            continue
        label = Label(coding["layer"], coding["code"], coding["polarity"], coding["whose"])
        name = codes.name_of(label)
        asked = {"topic": TOPICS, "sentiment": SENTIMENT}.get(label.layer)
        if asked:
            yield asked, name, None
        spans = spans_of(bundle, coding)
        for start, end in spans:
            first, last = start - post["start"], end - post["start"]
            if 0 <= first < last <= size:
                yield SPANS, name, (first, last)
        if not asked and not spans:
            yield SPANS, name, (0, size)
