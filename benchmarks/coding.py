"""How well the rules code posts of real patients: F1, kappa and agreement against two readers.

Reads the labelled threads beside the checkout (``../shared/data/patient_threads``) and prints
figures only. Rules and the weights of sentiment were set on the first half of the threads (by id)
and on four of this project's own pages; some 80 unlabelled posts were read. The second
half is the honest figure. Run from the checkout: ``python benchmarks/coding.py``.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from community.coders import rules, vader
from community.types import Coded, Document, Post, Span, Thread

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "patient_threads"
STANCES = ("treatment-experience", "progression-concern", "neurologist-distrust")
Label = dict[str, Any]


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of a JSON Lines file of the data folder."""
    with (DATA / name).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def threads(data: Iterable[dict[str, Any]]) -> list[Thread]:
    """Threads of the rows, sorted by id; each document is its posts' texts, one after the other."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in data:
        grouped.setdefault(row["thread_id"], []).append(row)
    return [_thread(key, grouped[key]) for key in sorted(grouped)]


def _thread(key: str, data: list[dict[str, Any]]) -> Thread:
    posts, at = [], 0
    for position, row in enumerate(data):
        span = Span(at, at + len(row["text"]))
        at = span.end + 2
        posts.append(
            Post(
                id=row["post_id"], document_id=key, thread_id=key, position=position, span=span,
                text=row["text"], depth=row["depth"], parent_id=row["parent_id"], own=(span,),
            )
        )  # fmt: skip
    text = "\n\n".join(row["text"] for row in data)
    document = Document(
        id=key, source=key, reader="jsonl", text=text, kind="discussion", title=data[0]["title"]
    )
    return Thread(document=document, posts=tuple(posts))


def labels(coded: Coded, thread: Thread) -> dict[str, Label]:
    """Codings in the readers' shape; abstained ones are left out."""
    found: dict[str, Label] = {
        post.id: {"topics": [], "sentiment": "neutral", "stances": []} for post in thread.posts
    }
    for coding in coded.codings:
        if coding.abstained:
            continue
        label = found[coding.post_id]
        if coding.layer == "topic":
            label["topics"].append(coding.code)
        elif coding.layer == "sentiment":
            label["sentiment"] = coding.code
        else:
            label["stances"].append(
                {"code": coding.code, "polarity": coding.polarity, "whose": coding.whose}
            )
    return found


def f1(pairs: Iterable[tuple[bool, bool]]) -> float:
    """F1 of (gold, given)."""
    counts = Counter(pairs)
    hit, miss, extra = counts[True, True], counts[True, False], counts[False, True]
    return 2 * hit / max(1, 2 * hit + miss + extra)


def kappa(pairs: list[tuple[str, str]]) -> float:
    """Cohen's kappa of two codings of the same posts."""
    n = len(pairs)
    seen = sum(a == b for a, b in pairs) / n
    left, right = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(left[v] * right[v] for v in left) / n**2
    return (seen - chance) / (1 - chance) if chance < 1 else 1.0


def compare(gold: dict[str, Label], given: dict[str, Label], ids: list[str]) -> dict[str, float]:
    """All figures of one coding against another over these posts."""
    figures: dict[str, float] = {}
    for stance in STANCES:
        a = {i: [s for s in gold[i]["stances"] if s["code"] == stance] for i in ids}
        b = {i: [s for s in given[i]["stances"] if s["code"] == stance] for i in ids}
        both = [i for i in ids if a[i] and b[i]]
        figures[f"{stance} F1"] = f1((bool(a[i]), bool(b[i])) for i in ids)
        figures[f"{stance} polarity"] = _share(a, b, both, lambda s: s["polarity"])
        if stance == STANCES[0]:
            figures[f"{stance} whose"] = _share(a, b, both, lambda s: s.get("whose"))
    figures["sentiment kappa"] = kappa([(gold[i]["sentiment"], given[i]["sentiment"]) for i in ids])
    codes = sorted({t for i in ids for t in gold[i]["topics"] + given[i]["topics"]})
    figures["topics micro-F1"] = f1(
        (c in gold[i]["topics"], c in given[i]["topics"]) for i in ids for c in codes
    )
    return figures


def _share(
    a: dict[str, list[Label]],
    b: dict[str, list[Label]],
    both: list[str],
    key: Callable[[Label], Any],
) -> float:
    """Of the posts that have the stance in both, how many agree on `key` of the first one."""
    agreed = sum(bool(key(a[i][0]) == key(b[i][0])) for i in both)
    return agreed / max(1, len(both))


def main() -> None:
    """Print the figures of each half against each reader, of VADER, and of reader on reader."""
    if not DATA.is_dir():
        sys.exit(f"{DATA.name}: the labelled threads are not beside this checkout")
    found = threads(rows("dev.jsonl"))
    readers = {n: {r["post_id"]: r for r in rows(f"dev_labels_{n}.jsonl")} for n in ("c", "d")}
    ours: dict[str, Label] = {}
    known: dict[str, Label] = {}
    coder, other = rules.make(), vader.make()
    coder(found[0])
    begun = time.perf_counter()
    for thread in found:
        ours |= labels(coder(thread), thread)
    seconds = time.perf_counter() - begun
    for thread in found:
        known |= labels(other(thread), thread)
    half = len(found) // 2
    for title, part in (("tuned half", found[:half]), ("held half", found[half:])):
        ids = [post.id for thread in part for post in thread.posts]
        columns = {
            "rules/c": compare(readers["c"], ours, ids),
            "rules/d": compare(readers["d"], ours, ids),
            "vader/c": compare(readers["c"], known, ids),
            "c/d": compare(readers["c"], readers["d"], ids),
        }
        print(f"{title}: {len(part)} threads, {len(ids)} posts")
        print(f"  {'':34}" + "".join(f"{c:>9}" for c in columns))
        for figure in columns["c/d"]:
            print(f"  {figure:34}" + "".join(f"{columns[c][figure]:9.2f}" for c in columns))
    print(f"{len(ours) / seconds:.0f} posts/s, one process, warm")


if __name__ == "__main__":
    main()
