"""What the text readers get back from pages that an extractor flattened to text.

Prints one row per tool: posts whose words survived in the text, how many of them were found (a post
that begins at the gold's first words, a byline before them allowed), how many of those have the
right parent, how many of the posts read begin where one begins (boundary precision, recall and F1,
over all texts of the tool, and F1 as a mean of the pages), and author and day right where the text
has them. Parents count where the gold's parent survived too.

FOLDER holds texts NAME.TOOL.txt; the gold, NAME.gold.json, stands beside them or one folder up.

Run from the repository's root: ``python -m benchmarks.flattened [FOLDER] [NAME-PART]``.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from community import plugins, threads
from community.types import Page, Post, Thread

_COLUMNS = ("texts", "gold", "found", "parents", "right", "read", "extra")
_TEXT = ("article", "outline", "stream")
_PREFIX = 40  # letters and digits of a post's first words that must stand in it
_BYLINE = 90  # letters and digits of a byline that may stand before them
_EXCUSED = 12  # letters and digits from which a broken first line is known as a post's
_NEAR = 400  # characters around a post's first words in which its byline is looked for


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def page(path: Path) -> Page:
    """The file as a page."""
    data = path.read_bytes()
    return Page(key=path.name, head=data[: 1 << 16], size=len(data), open=partial(BytesIO, data))


def measure(path: Path, gold: dict[str, Any], readers: dict[str, Any]) -> Counter[str]:
    """Counts for one text."""
    source = page(path)
    name = max(sorted(readers), key=lambda name: readers[name].sniff(source))
    reader = readers[name]
    raw = next(iter(reader.read(source)))
    thread, _ = threads.build(raw, source=path.name)
    text = _plain(raw.text)
    wanted = [p for p in gold["posts"] if p["kind"] not in ("pingback", "trackback")]
    wanted = [{**p, "id": p["id"] or f"post {n}"} for n, p in enumerate(wanted)]
    wanted = [p for p in wanted if len(_plain(p["text_prefix"])) >= 1]
    present = [p for p in wanted if _plain(p["text_prefix"])[:_PREFIX] in text]
    matched = _matched(thread, present)
    counts = Counter(texts=1, gold=len(present), found=len(matched), read=len(thread.posts))
    counts[f"reader-{name}"] += 1
    taken = {post.id for post in matched.values()}
    starts = {_plain(p["text_prefix"].split("\n")[0])[:_PREFIX] for p in wanted}
    for post in thread.posts:
        if post.id not in taken and not _excused(post, starts):
            counts["extra"] += 1
    by_post = {post.id: key for key, post in matched.items()}
    for entry in present:
        post = matched.get(entry["id"])
        if post is not None:
            counts.update(_judged(entry, post, matched, by_post, raw.text))
    return counts


def _matched(thread: Thread, present: list[dict[str, Any]]) -> dict[str, Post]:
    """Gold ids with the posts that begin with their first words, each post once."""
    free = list(thread.posts)
    found: dict[str, Post] = {}
    for allowed in (0, _BYLINE):
        for entry in present:
            prefix = _plain(entry["text_prefix"])[:_PREFIX]
            if entry["id"] in found:
                continue
            for post in free:
                words = _plain(post.text)
                if not entry.get("quotes"):  # what a post quotes stands before its own words
                    words = words[: allowed + len(prefix)]
                exact = len(prefix) >= _EXCUSED or _plain(post.text) == prefix
                if prefix in words and exact:
                    found[entry["id"]] = post
                    free.remove(post)
                    break
    return found


def _excused(post: Post, starts: set[str]) -> bool:
    first = _plain(post.text.split("\n")[0])[:_PREFIX]
    return any(first == start or (len(first) >= _EXCUSED and start.startswith(first))
               for start in starts)  # fmt: skip


def _judged(
    entry: dict[str, Any],
    post: Post,
    matched: dict[str, Post],
    by_post: dict[str, str],
    text: str,
) -> Counter[str]:
    counts: Counter[str] = Counter()
    parent = entry["parent"]
    if parent is None or parent in matched:
        counts["parents"] = 1
        counts["right"] = by_post.get(post.parent_id or "") == parent
    start, end = post.span.start, post.span.end
    near = text[max(0, start - _NEAR) : end + _NEAR // 4]
    if entry.get("author") and entry["author"] in near:
        counts["authors"] = 1
        counts["author"] = (post.author or "").strip() == entry["author"].strip()
    day = str(entry.get("date") or "")[:10]
    if len(day) == 10 and day[:4] in near:
        counts["dates"] = 1
        counts["date"] = (post.posted_at or "")[:10] == day
    return counts


def _f1(counts: Counter[str]) -> tuple[float, float, float]:
    kept = counts["found"] + counts["extra"]
    precision = counts["found"] / kept if kept else 0.0
    recall = counts["found"] / counts["gold"] if counts["gold"] else 0.0
    both = precision + recall
    return precision, recall, 2 * precision * recall / both if both else 0.0


def _gold(path: Path) -> dict[str, Any] | None:
    name = path.name.rsplit(".", 2)[0]
    for folder in (path.parent, path.parent.parent):
        file = folder / f"{name}.gold.json"
        if file.exists():
            loaded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            return loaded
    return None


def main(folder: Path, part: str = "") -> None:
    """Prints the table; with a part of a file's name, a row for each text that has it."""
    names = [name for name in plugins.names("readers") if name in _TEXT]
    made = {name: plugins.make("readers", name) for name in names}
    tools: dict[str, list[Counter[str]]] = {}
    print(f"{'tool':26}{'texts':>6}{'gold':>6}{'found':>7}{'parent right':>15}{'read':>6}"
          f"{'extra':>6}  P     R     F1    F1/page author   date")  # fmt: skip
    for path in sorted(folder.glob("*.txt")):
        gold = _gold(path)
        if gold is None or part not in path.name:
            continue
        counts = measure(path, gold, made)
        if counts["gold"] >= 2:
            tools.setdefault(path.name.rsplit(".", 2)[1], []).append(counts)
            if part:
                _row(path.name[-44:-4], [counts])
    print()
    for tool, found in sorted(tools.items()):
        _row(tool, found)
    _row("all", [counts for found in tools.values() for counts in found])


def _share(right: int, of: int) -> str:
    return f"{right / of:.3f}" if of else "  -  "


def _row(name: str, found: list[Counter[str]]) -> None:
    total: Counter[str] = Counter()
    for counts in found:
        total.update(counts)
    precision, recall, f1 = _f1(total)
    mean = sum(_f1(counts)[2] for counts in found) / len(found) if found else 0.0
    readers = " ".join(
        f"{key[7:]}:{n}" for key, n in sorted(total.items()) if key.startswith("reader-")
    )
    print(
        f"{name:40.40}"[: 40 if len(found) == 1 else 26]
        + f"{total['texts']:>6}{total['gold']:>6}{total['found']:>7}"
        + f"{total['right']:>6}/{total['parents']:<4}{_share(total['right'], total['parents'])}"
        + f"{total['read']:>6}{total['extra']:>6}  {precision:.3f} {recall:.3f} {f1:.3f} {mean:.3f}"
        + f"  {_share(total['author'], total['authors'])}  {_share(total['date'], total['dates'])}"
        + f"  {readers}"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/pages/flattened"), *sys.argv[2:3])
