"""Threads with known links, for `train_links.py`: which sentence of a post speaks of which claim.

Two sources: made-up threads with their claims (JSON lines: ``thread``, ``disease``, ``claims`` with
``key``, ``posts`` with ``links``), and pages of our own corpus with gold. A claim that a post means
only through the post that it answers is no target of its own words.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import links as corpus
import numpy as np

from community.linking.meant import fits
from community.linking.names import treatments
from community.linking.scope import Scopes
from community.linking.targets import Index, prepare
from community.results import quantities
from community.types import Claim, Document, Ledger, Mention, Post, Span, Thread

FIELDS = {field.name for field in fields(Mention)}
REACH = 6  # posts up, as the linker has it
ONE_TRIAL = 0.7  # share of the claims added to a thread that are of its own trial
Links = Mapping[str, Mapping[str, str | None]]  # post → target of its own words → evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A thread, the index that it is linked to, what its posts speak of in words of their own, and
    all that they speak of."""

    thread: Thread
    index: Index
    links: Links
    every: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A sentence of a post and a claim: its numbers, and whether it speaks of it (None where the
    post does, but another of its sentences)."""

    post: str
    target: str
    sentence: int
    traits: Any
    right: bool | None


def made_up(path: Path, part: str) -> list[dict[str, Any]]:
    """Made-up threads of a part: a quarter, by the hash of the name, is ``dev``."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if (_hash(row["thread"]) == 0) == (part == "dev")]


def _hash(name: str) -> int:
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 4


def of_rows(rows: Sequence[dict[str, Any]], more: int = 0) -> Iterator[Known]:
    """Made-up threads, each under its own claims and `more` of other threads, which nobody there
    speaks of: first those of the same disease, as in a ledger of many reports."""
    for number, row in enumerate(rows):
        claims = [_claim(row, told, row["thread"]) for told in row["claims"]]
        claims += _others(rows, number, more)
        targets = {told["key"] for told in row["claims"]}
        links: dict[str, dict[str, str | None]] = {}
        every = {
            row["thread"] + post["id"]: frozenset(
                f"claim:{row['thread']}{link['target']}" for link in post["links"]
            )
            for post in row["posts"]
        }
        for post in row["posts"]:
            links[row["thread"] + post["id"]] = {
                f"claim:{row['thread']}{link['target']}": link.get("evidence")
                for link in post["links"]
                if link["target"] in targets and not link["inherited"]
            }
        index = prepare(Ledger(claims=tuple(claims)))
        yield Known(thread=_thread(row), index=index, links=links, every=every)


def _others(rows: Sequence[dict[str, Any]], number: int, more: int) -> Iterator[Claim]:
    row, lots = rows[number], random.Random(number)
    known = {told["text"] for told in row["claims"]}
    pool = [(other, told) for other in rows if other is not row for told in other["claims"]]
    lots.shuffle(pool)
    same = [one for one in pool if one[0]["disease"] == row["disease"]][: more * 2 // 3]
    for other, told in [*same, *pool][:more]:
        if told["text"] in known:
            continue
        known.add(told["text"])
        claim = _claim(other, told, row["thread"])
        if lots.random() < ONE_TRIAL:
            mention = replace(claim.mentions[0], trial=row["claims"][0].get("trial"))
            claim = replace(claim, mentions=(mention,))
        yield claim


def _claim(row: dict[str, Any], told: dict[str, Any], document: str) -> Claim:
    values = {key: value for key, value in told.items() if key in FIELDS}
    values["endpoint"] = values.get("endpoint") or ""
    found = quantities.find(told.get("timepoint") or "")
    months = next((m for m in (q.months() for q in found) if m), None)
    mention = Mention(document_id=document, span=Span(0, 0), timepoint_months=months, **values)
    return Claim(id=row["thread"] + told["key"], version_group=told["key"], mentions=(mention,))


def _thread(row: dict[str, Any]) -> Thread:
    name, text, posts = row["thread"], "", []
    ids = {post["id"] for post in row["posts"]}
    depth: dict[str, int] = {}
    for place, told in enumerate(row["posts"]):
        span = Span(len(text), len(text) + len(told["text"]))
        text += told["text"] + "\n\n"
        parent = told["parent"] if told["parent"] in ids else None
        depth[told["id"]] = depth.get(parent, -1) + 1 if parent else 0
        above = name + parent if parent else None
        posts.append(
            Post(
                id=name + told["id"], document_id=name, thread_id=name, position=place, span=span,
                text=told["text"], depth=depth[told["id"]], parent_id=above, answers_id=above,
                author=None, role=None, status="present", quotes=(), own=(span,),
            )
        )  # fmt: skip
    document = Document(id=name, source=name, reader="made", text=text, kind="both")
    return Thread(document=document, posts=tuple(posts))


def of_pages(stems: Iterable[str]) -> Iterator[Known]:
    """Pages of the corpus, under the claims of all of it."""
    golds = corpus.pages()
    index, root, _ = corpus.prepared(golds)
    for stem in stems:
        gold = golds[stem]
        links: dict[str, dict[str, str | None]] = {}
        every: dict[str, frozenset[str]] = {}
        for row in gold["posts"]:
            told = {
                f"{link['level']}:{root.get(link['target'], link['target'])}": link
                for link in row["links"]
            }
            every[f"{stem}:{row['n']}"] = frozenset(told)
            links[f"{stem}:{row['n']}"] = {
                target: link.get("evidence")
                for target, link in told.items()
                if not link.get("hops")
            }
        for thread, _ in corpus.threads(stem, gold, corpus.page_text(gold)):
            yield Known(thread=thread, index=index, links=links, every=every)


def pairs(known: Known) -> Iterator[Pair]:
    """Every sentence of every post with every claim in scope."""
    scopes = Scopes(known.thread, known.index, REACH)
    for post in known.thread.posts:
        own = known.links.get(post.id)
        if own is None or not post.own:
            continue
        above = known.every.get(post.answers_id or post.parent_id or "", frozenset())
        reading, part = scopes.reading(post), scopes.part(scopes.scope(post))
        sentences, places, traits = fits(reading, part, known.index, above, treatments(reading))
        for sentence, place, row in zip(sentences, places, np.asarray(traits), strict=True):
            target = f"claim:{known.index.profiles[place].id}"
            right: bool | None = target in own
            evidence = own.get(target)
            if evidence and evidence in reading.text:
                at = reading.text.index(evidence)
                whole = reading.clauses[reading.sentence(sentence)[0]].whole
                right = True if whole.overlaps(Span(at, at + len(evidence))) else None
            yield Pair(post=post.id, target=target, sentence=sentence, traits=row, right=right)
