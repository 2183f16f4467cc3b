"""Labelled posts as threads: labels by id and offset from ``corpus/labels``, real posts' words
from ``../shared/data`` where they lie, posts written for this project from ``corpus/written``.

A label whose text has changed since (its digest differs) is left out and counted.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from community.types import Document, Post, Span, Thread

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
Label = dict[str, Any]


@dataclass(slots=True)
class Labelled:
    """One labelled post: where it comes from, its label, its sentences' labels by first offset."""

    id: str
    source: str
    thread: str
    text: str
    label: Label
    title: str | None = None
    parent: str | None = None
    author: str | None = None
    sentences: dict[int, str] | None = None
    other: Label | None = field(default=None)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _texts() -> dict[str, dict[str, Any]]:
    """Words of all rows of the public data that were labelled, by id."""
    found: dict[str, dict[str, Any]] = {}
    for name in ("unlabelled", "dev"):
        found |= {r["post_id"]: r for r in _lines(DATA / "patient_threads" / f"{name}.jsonl")}
    for r in _lines(DATA / "psytar" / "sentences.jsonl"):
        found[f"psytar/{r['drug_id']}/{r['sentence_index']}"] = {"text": r["text"]}
    for r in _lines(DATA / "druglib" / "train.jsonl"):
        found[f"druglib/{r['id']}"] = {"text": r["comments"]}
    nhs = DATA / "nhs_patient_feedback"
    with (nhs / "fft_phase2_NEAS.csv").open(encoding="utf-8", newline="") as rows:
        for n, row in enumerate(csv.DictReader(rows)):
            found[f"nhs-neas/{row['Comment ID']}#{n}"] = {"text": row["FFT answer"]}
    with (nhs / "fft_phase1_single_label.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            found[f"nhs-single/{row['row_index']}"] = {"text": row["feedback"]}
    return found


def load() -> list[Labelled]:
    """Every labelled post: ``forum`` (real threads), ``dev`` (two expert readers; `other` is the
    second), ``reviews`` and ``services`` (real, no threads), ``written`` (by this project)
    and ``pairs`` (likewise: neighbours that differ by one small change)."""
    found = _written() + (_real() if DATA.is_dir() else [])
    sentences = {
        row["post_id"]: {start: codes for start, _, codes in row["sentences"]}
        for row in _lines(ROOT / "corpus" / "labels" / "sentences.jsonl")
    }
    for one in found:
        one.sentences = sentences.get(one.id)
    return found


def _written() -> list[Labelled]:
    return [
        Labelled(
            row["post_id"], "pairs" if path.stem == "pairs" else "written",
            row.get("thread_id") or row["post_id"], row["text"], row,
            row.get("title"), row.get("parent_id"), row.get("author"),
        )
        for path in sorted((ROOT / "corpus" / "written").glob("[wp]*.jsonl"))
        for row in _lines(path)
    ]  # fmt: skip


def _real() -> list[Labelled]:
    texts = _texts()
    found: dict[str, Labelled] = {}
    for row in _lines(ROOT / "corpus" / "labels" / "posts.jsonl"):
        one = texts.get(row["post_id"])
        if one is None or _digest(one["text"]) != row["digest"]:
            continue
        if row["coder"] != "a":
            _again(found[row["post_id"]], row)
            continue
        kind = row["post_id"].split("/")[0]
        source = {"psytar": "reviews", "druglib": "reviews"}.get(kind, "forum")
        source = "services" if kind.startswith("nhs") else source
        found[row["post_id"]] = _labelled(row["post_id"], source, one, row)
    for letter in "cd":
        for row in _lines(DATA / "patient_threads" / f"dev_labels_{letter}.jsonl"):
            if letter == "d":
                found[row["post_id"]].other = row
            else:
                found[row["post_id"]] = _labelled(row["post_id"], "dev", texts[row["post_id"]], row)
    return list(found.values())


def _again(post: Labelled, row: Label) -> None:
    """A second coding of a post, or the final one where the two differed."""
    if row["coder"] == "adjudicated":
        post.label = row
    else:
        post.other = row


def _labelled(key: str, source: str, one: dict[str, Any], label: Label) -> Labelled:
    return Labelled(
        key, source, one.get("thread_id") or key, one["text"], label,
        one.get("title"), one.get("parent_id"), one.get("author"),
    )  # fmt: skip


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def threads(posts: list[Labelled]) -> list[Thread]:
    """Threads of labelled posts, by thread id; posts keep their ids."""
    grouped: dict[str, list[Labelled]] = {}
    for post in posts:
        grouped.setdefault(post.thread, []).append(post)
    return [_thread(key, grouped[key]) for key in sorted(grouped)]


def _thread(key: str, posts: list[Labelled]) -> Thread:
    made, at = [], 0
    here = {post.id for post in posts}
    for position, post in enumerate(posts):
        span = Span(at, at + len(post.text))
        at = span.end + 2
        parent = post.parent if post.parent in here else None
        made.append(
            Post(
                id=post.id, document_id=key, thread_id=key, position=position, span=span,
                text=post.text, depth=1 if parent else 0, parent_id=parent, author=post.author,
                own=(span,),
            )
        )  # fmt: skip
    title = next((post.title for post in posts if post.title), None)
    text = "\n\n".join(post.text for post in posts)
    document = Document(
        id=key, source=key, reader="labels", text=text, kind="discussion", title=title
    )
    return Thread(document=document, posts=tuple(made))
