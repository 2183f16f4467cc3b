"""How many posts the HTML and Reddit readers find on the shared pages, and what of each is right.

Prints one row per page and per platform: posts in the gold, posts found, and of these how many have
the right parent, author, date and first words. Parents are those of the thread built, so that flat
forums, where the first quoted post is the parent, count too. Where the gold has a date only as
printed text, it is read by our own `community.html.dates`: for those posts the column says that
the right line was found, not that it was read right. The column "printed" counts them. Rules were
written with these pages in view, so the figures say nothing about pages not seen.

Run from the repository's root: ``python -m benchmarks.readers [FOLDER]``.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from community import threads
from community.html import dates as comment_dates
from community.readers import discussion_html, reddit
from community.types import Page, Post, Thread

_COLUMNS = ("gold", "found", "extra", "parent", "author", "date", "printed", "words")
_PREFIX = 40  # letters and digits of a post's first words that must stand in it


def page(path: Path) -> Page:
    """The file as a page."""
    data = path.read_bytes()
    return Page(key=path.name, head=data[: 1 << 16], size=len(data), open=partial(BytesIO, data))


def measure(path: Path, gold: dict[str, Any]) -> Counter[str]:
    """Counts for one page."""
    wanted = [p for p in gold["posts"] if p["kind"] not in ("pingback", "trackback")]
    reader = reddit.make() if path.suffix == ".json" else discussion_html.make()
    (raw,) = reader.read(page(path))
    thread, _ = threads.build(raw, source=path.name, retrieved_at=None)
    found = {post.native_id: post for post in thread.posts}
    counts = Counter(gold=len(wanted), extra=len(thread.posts))
    for entry in wanted:
        post = found.get(entry["id"])
        if post is not None:
            counts.update(found=1, extra=-1)
            counts.update(judge(thread, post, entry, raw.lang or ""))
    return counts


def judge(thread: Thread, post: Post, entry: dict[str, Any], lang: str) -> Counter[str]:
    """What of a post that was found is right."""
    parents = thread.by_id()
    parent = parents[post.parent_id].native_id if post.parent_id else None
    wanted = entry["parent"]
    if wanted is None and entry.get("quotes") and entry["depth"] is None:
        wanted = entry["quotes"][0]["post_id"]  # a flat forum
    words = _plain(post.text)
    return Counter(
        parent=parent == wanted,
        author=post.author == entry["author"],
        date=post.posted_at == _date(entry, lang),
        printed=not entry.get("date") and "created_utc" not in entry,
        words=_plain(entry["text_prefix"])[:_PREFIX] in words,
    )


def _date(entry: dict[str, Any], lang: str) -> str | None:
    found = comment_dates.iso(entry.get("date")) or comment_dates.epoch(entry.get("created_utc"))
    if found is None and entry.get("date_text"):
        found = comment_dates.printed(entry["date_text"], lang=lang[:2], us=False)
    return found.iso if found else None


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def main(folder: Path) -> None:
    """Prints the table."""
    print(f"{'page':48}" + "".join(f"{name:>8}" for name in _COLUMNS))
    platforms: dict[str, Counter[str]] = {}
    for path in sorted(folder.glob("*.gold.json")):
        for suffix in (".html", ".json"):
            source = path.with_name(path.name.replace(".gold.json", suffix))
            if not source.exists() or source.name.startswith(("discourse", "disqus")):
                continue
            counts = measure(source, json.loads(path.read_text(encoding="utf-8")))
            platform = source.name.split("_")[0]
            platforms.setdefault(platform, Counter()).update(counts)
            _row(source.name, counts)
    print()
    for platform, counts in platforms.items():
        _row(platform, counts)
    total: Counter[str] = Counter()
    for counts in platforms.values():
        total.update(counts)
    _row("all", total)


def _row(name: str, counts: Counter[str]) -> None:
    print(f"{name[:47]:48}" + "".join(f"{counts[column]:>8}" for column in _COLUMNS))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/pages"))
