"""What the readers, chosen as ``community analyze`` chooses them, find on pages with gold.

For each ``NAME.gold.json`` the page ``NAME.(html|json|xml|txt|…)`` beside it is read, and each gold
post is matched to one post of the thread: by its id, else by its first words, else (a post without
words) by its place between its neighbours. Printed per page and per platform: posts in the gold,
found, extra, and of those with a gold value how many have the right parent, author and date;
beside them the share of posts whose first words trafilatura and resiliparse keep, and the share of
parents that the indents of resiliparse's text tell, where these two can be imported.

Run from the repository's root: ``python -m benchmarks.platforms [-v] [-rREADER,…] [FOLDER]…``. With
``-v`` each wrong post is told of; ``-r`` names the readers to choose from (all of them, if not).
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from community import threads
from community.analysis import Steps, choose
from community.assembly import load_codebook, steps
from community.errors import SourceError
from community.html import dates as comment_dates
from community.types import Page, Post, Thread

COLUMNS = ("gold", "found", "extra", "parent", "of", "author", "of", "date", "of")
_PREFIX = 40  # letters and digits of a post's first words that must stand in it
_NO_POSTS = ("pingback", "trackback")


@dataclass(slots=True)
class Score:
    """Counts of one page or of many, and what went wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Adds the counts of another."""
        self.counts.update(other.counts)

    def row(self) -> str:
        """One row of the table, without its name."""
        c = self.counts
        shown = [c["gold"], c["found"], c["extra"]]
        for name in ("parent", "author", "date"):
            shown += [c[name], c[f"{name}_of"]]
        out = "".join(f"{value:>7}" for value in shown)
        for name in ("trafilatura", "resiliparse", "indent"):
            out += f"{c[name]:>12}" if c[f"{name}_ran"] else f"{'-':>12}"
        return out


def page_of(path: Path, data: bytes | None = None) -> Page:
    """A file, or other bytes under its name, as a page."""
    data = path.read_bytes() if data is None else data
    return Page(key=path.name, head=data[: 1 << 16], size=len(data), open=partial(BytesIO, data))


def read(parts: Steps, page: Page, gold: dict[str, Any]) -> tuple[list[Thread], str]:
    """The threads that the surest reader makes of a page, and the reader's name."""
    page = Page(
        key=page.key, head=page.head, size=page.size, open=page.open,
        url=gold.get("url"), retrieved_at=gold.get("retrieved_at"),
    )  # fmt: skip
    name, reader = choose(parts, page)
    made = []
    for raw in reader.read(page):
        thread, _ = threads.build(raw, source=page.key, retrieved_at=page.retrieved_at)
        made.append(thread)
    return made, name


# ---- matching ---------------------------------------------------------------------------------


def plain(text: str | None) -> str:
    """Letters and digits alone, folded."""
    return "".join(filter(str.isalnum, text or "")).casefold()


def bare_id(value: object) -> str:
    """An id without what platforms put before it (``t1_``, ``comment-``)."""
    return re.sub(r"^.*?([0-9a-z]+)$", r"\1", str(value).lower()) if value else ""


def match(wanted: Sequence[dict[str, Any]], posts: Sequence[Post]) -> dict[int, int]:
    """Index of the post found for each gold post."""
    words = [plain(post.text) for post in posts]
    found: dict[int, int] = {}
    taken: set[int] = set()
    by_id: dict[str, list[int]] = {}
    for at, post in enumerate(posts):
        by_id.setdefault(bare_id(post.native_id), []).append(at)
    for n, entry in enumerate(wanted):
        first = plain(entry.get("text_prefix"))[:_PREFIX]
        for at in by_id.get(bare_id(entry.get("id")), []) if entry.get("id") else []:
            if at not in taken and (first in words[at] or posts[at].status != "present"):
                found[n] = at
                taken.add(at)
                break
    for n, entry in enumerate(wanted):
        first = plain(entry.get("text_prefix"))[:_PREFIX]
        if n in found or not first:
            continue
        places = [
            (words[at].find(first), at)
            for at in range(len(posts))
            if at not in taken and first in words[at]
        ]
        if places:
            found[n] = min(places)[1]
            taken.add(found[n])
    _by_place(wanted, posts, found, taken)
    return found


def _by_place(
    wanted: Sequence[dict[str, Any]], posts: Sequence[Post], found: dict[int, int], taken: set[int]
) -> None:
    """Posts without words, and tombstones, are found where their neighbours leave room."""
    for n, entry in enumerate(wanted):
        if n in found:
            continue
        empty = not plain(entry.get("text_prefix"))
        gone = empty or entry.get("kind") in ("deleted", "removed", "tombstone")
        gone = gone or entry.get("deleted") or entry.get("status") in ("deleted", "removed")
        before = max((found[m] for m in range(n) if m in found), default=-1)
        after = min((found[m] for m in range(n + 1, len(wanted)) if m in found), default=len(posts))
        for at in range(before + 1, after):
            if at not in taken and gone:
                found[n] = at
                taken.add(at)
                break


def judge(gold: dict[str, Any], made: Sequence[Thread]) -> Score:
    """What of a page's gold was found, and what of it is right."""
    wanted = [p for p in gold["posts"] if p.get("kind") not in _NO_POSTS]
    posts = [post for thread in made for post in thread.posts]
    places = {post.id: at for at, post in enumerate(posts)}
    found = match(wanted, posts)
    index = {entry["id"]: n for n, entry in enumerate(wanted) if entry.get("id") is not None}
    score = Score()
    score.counts.update(gold=len(wanted), found=len(found), extra=len(posts) - len(found))
    lang = (made[0].document.lang or "")[:2].lower() if made else ""
    for n, entry in enumerate(wanted):
        if n not in found:
            score.wrong.append(
                f"not found: {entry.get('id')} {entry.get('text_prefix', '')[:50]!r}"
            )
            continue
        post = posts[found[n]]
        _parent(entry, post, wanted, (found, index, places), score)
        _author(entry, post, score)
        _date(entry, post, lang, score)
    for at in sorted(set(range(len(posts))) - set(found.values())):
        score.wrong.append(f"extra: {posts[at].native_id} {posts[at].text[:60]!r}")
    return score


def _parent(
    entry: dict[str, Any],
    post: Post,
    wanted: Sequence[dict[str, Any]],
    maps: tuple[dict[int, int], dict[Any, int], dict[str, int]],
    score: Score,
) -> None:
    found, index, places = maps
    flat = entry.get("depth") is None
    parent = entry.get("parent")
    if parent is None and flat and entry.get("quotes"):
        parent = entry["quotes"][0].get("post_id")
    if flat and parent not in index and entry.get("quotes"):
        return  # it quotes what is not on the page, or by words alone: no gold parent
    aim = found.get(index[parent]) if parent in index else None
    if parent in index and aim is None:
        return  # the parent itself was not found, which counts there
    got = places.get(post.parent_id or "")
    right = got == aim
    score.counts.update(parent=right, parent_of=1)
    if not right:
        score.wrong.append(f"parent of {entry.get('id')}: {post.parent_native_id}, not {parent}")


def _author(entry: dict[str, Any], post: Post, score: Score) -> None:
    if "author" not in entry:
        return
    gone = (None, "", "[deleted]", "[removed]")  # what some sites print where no name is left
    right = post.author == entry["author"] or (post.author in gone and entry["author"] in gone)
    score.counts.update(author=right, author_of=1)
    if not right:
        score.wrong.append(f"author of {entry.get('id')}: {post.author!r}, not {entry['author']!r}")


def _moment(value: str | None) -> str:
    """A time to the minute, its offset dropped where it is written out."""
    return (value or "").replace(" ", "T")[:16]


def _date(entry: dict[str, Any], post: Post, lang: str, score: Score) -> None:
    stamp = comment_dates.iso(entry.get("date")) or comment_dates.epoch(entry.get("created_utc"))
    if stamp is None and entry.get("date_text"):
        stamp = comment_dates.printed(entry["date_text"], lang=lang, us=False)
    if stamp is None or stamp.iso is None:
        return
    got = post.posted_at or ""
    right = _moment(got) == _moment(stamp.iso) or (len(got) == 10 and stamp.iso.startswith(got))
    right = right or (len(stamp.iso) == 10 and got.startswith(stamp.iso))
    score.counts.update(date=right, date_of=1)
    if not right:
        score.wrong.append(f"date of {entry.get('id')}: {got!r}, not {stamp.iso!r}")


# ---- other tools ------------------------------------------------------------------------------


def others(path: Path, gold: dict[str, Any]) -> Counter[str]:
    """What trafilatura and resiliparse keep of an HTML page; nothing where they are not there."""
    counts: Counter[str] = Counter()
    if path.suffix not in (".html", ".htm"):
        return counts
    text = path.read_bytes().decode("utf-8", "replace")
    wanted = [p for p in gold["posts"] if p.get("kind") not in _NO_POSTS]
    firsts = [plain(p.get("text_prefix"))[:_PREFIX] for p in wanted]
    try:
        import trafilatura

        kept = plain(trafilatura.extract(text, include_comments=True) or "")
        counts.update(trafilatura=sum(f in kept for f in firsts), trafilatura_ran=1)
    except ImportError:
        pass
    try:
        from resiliparse.extract.html2text import extract_plain_text

        out = extract_plain_text(text, main_content=False)
        kept = plain(out)
        counts.update(resiliparse=sum(f in kept for f in firsts), resiliparse_ran=1)
        counts.update(indent=_by_indent(out, wanted), indent_ran=1)
    except ImportError:
        pass
    return counts


def _by_indent(text: str, wanted: Sequence[dict[str, Any]]) -> int:
    """Gold parents that the indents of plain text tell."""
    lines = [(len(line) - len(line.lstrip(" •")), plain(line)) for line in text.splitlines()]
    at: list[tuple[int, Any]] = []
    right = 0
    for entry in wanted:
        first = plain(entry.get("text_prefix"))[:20]
        indent = next((i for i, words in lines if first and first in words), None)
        if indent is None:
            continue
        while at and at[-1][0] >= indent:
            at.pop()
        right += (at[-1][1] if at else None) == entry.get("parent")
        at.append((indent, entry.get("id")))
    return right


# ---- the table --------------------------------------------------------------------------------


def pages(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Pages of a folder that have gold."""
    for path in sorted(folder.glob("*.gold.json")):
        stem = path.name.removesuffix(".gold.json")
        gold = json.loads(path.read_text(encoding="utf-8"))
        for suffix in (".html", ".htm", ".json", ".xml", ".txt", ".csv", ".jsonl", ".md", ".mbox"):
            source = folder / f"{stem}{suffix}"
            if source.exists():
                yield source, gold
                break


def measure(parts: Steps, path: Path, gold: dict[str, Any]) -> tuple[Score, str]:
    """The score of one page, and the reader that was chosen or why none was."""
    try:
        made, name = read(parts, page_of(path), gold)
    except SourceError as error:
        made, name = [], str(error)
    return judge(gold, made), name


def main(arguments: Sequence[str]) -> None:
    """Prints the table."""
    told = "-v" in arguments
    folders = [Path(a) for a in arguments if not a.startswith("-")] or [Path("../shared/pages")]
    only = [name for a in arguments if a.startswith("-r") for name in a[2:].split(",")]
    parts = steps(load_codebook(None), readers=only)
    heads = "".join(f"{name:>7}" for name in COLUMNS)
    print(f"{'page':44}{heads}{'trafilat.':>12}{'resilip.':>12}{'by indent':>12}  reader")
    groups: dict[str, Score] = {}
    for folder in folders:
        for path, gold in pages(folder):
            score, name = measure(parts, path, gold)
            score.counts.update(others(path, gold))
            platform = re.split(r"[_\W]", str(gold.get("platform") or path.name))[0].lower()
            groups.setdefault(platform, Score()).add(score)
            print(f"{path.name[:43]:44}{score.row()}  {name[:40]}")
            for line in score.wrong if told else ():
                print(f"      {line}")
    print()
    total = Score()
    for name, score in sorted(groups.items()):
        print(f"{name[:43]:44}{score.row()}")
        total.add(score)
    print(f"{'all':44}{total.row()}")


if __name__ == "__main__":
    main(sys.argv[1:])
