"""Threads with gold links, as `community.linking.judged` sees them: rows for the head ``link``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import links
from relation_data import NONE, Row, claim_of

from community.coders.learned import make as coder
from community.linking import heads
from community.linking.judged import Candidate, Judge
from community.linking.links import spoken
from community.linking.names import family
from community.linking.scope import Scopes
from community.linking.targets import Index, prepare
from community.types import Coding, Document, Ledger, Post, Span, Thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """A thread with its ledger, codings and gold links (refers_to, relation), by post."""

    group: str
    thread: Thread
    index: Index
    codings: Sequence[Coding]
    links: Mapping[str, Sequence[tuple[str, str]]]
    trials: Mapping[str, str]


def written(record: Mapping[str, Any]) -> Gold:
    """A made-up thread; codings are those of the coder ``learned``."""
    name = record["thread"]
    claims = [
        replace(
            c, id=f"{name}-{c.id}", mentions=tuple(replace(m, document_id=name) for m in c.mentions)
        )
        for c in map(claim_of, record["claims"])
    ]
    posts: list[Post] = []
    depth: dict[str, int] = {}
    text = ""
    for at, row in enumerate(record["posts"]):
        span = Span(len(text), len(text) + len(row["text"]))
        text += row["text"] + "\n\n"
        depth[row["id"]] = depth[row["parent"]] + 1 if row["parent"] else 0
        role = row["role"] if row["role"] in ("patient", "carer") else "unknown"
        role = "professional" if row["role"] in ("clinician", "researcher", "author") else role
        posts.append(
            Post(
                id=f"{name}:{row['id']}", document_id=name, thread_id="t", position=at, span=span,
                text=row["text"], depth=depth[row["id"]], own=(span,), role=role,
                parent_id=f"{name}:{row['parent']}" if row["parent"] else None,
            )
        )  # fmt: skip
    document = Document(id=name, source=name, reader="made", text=text, kind="both")
    thread = Thread(document=document, posts=tuple(posts))
    gold = {
        f"{name}:{row['id']}": [(_target(name, x["target"]), x["relation"]) for x in row["links"]]
        for row in record["posts"]
    }
    ledger = Ledger(claims=tuple(claims))
    trials = {c.id: next((m.trial for m in c.mentions if m.trial), "") for c in claims}
    return Gold(
        group=name, thread=thread, index=prepare(ledger), codings=coder()(thread).codings,
        links=gold, trials=trials,
    )  # fmt: skip


def _target(name: str, target: str) -> str:
    return target if ":" in target else f"claim:{name}-{target}"


def corpus(stems: Sequence[str]) -> Iterator[Gold]:
    """Threads of gold pages."""
    golds = links.pages()
    texts = {stem: links.page_text(gold) for stem, gold in golds.items()}
    index, root, trials = links.prepared(golds)
    for stem in stems:
        rows = {f"{stem}:{row['n']}": row for row in golds[stem]["posts"]}
        for thread, codings in links.threads(stem, golds[stem], texts[stem]):
            mine = {p.id: links.gold_links(rows[p.id], root) for p in thread.posts}
            yield Gold(
                group=f"{stem} {thread.posts[0].id}", thread=thread, index=index,
                codings=codings, links=mine, trials=trials,
            )  # fmt: skip


def same(index: Index, one: str, two: str) -> bool:
    """Whether two targets are one; an intervention goes by many names."""
    if one.startswith("intervention:") and two.startswith("intervention:"):
        return family(one.partition(":")[2]) == family(two.partition(":")[2])
    return one == two


def candidates(gold: Gold, model: heads.Model) -> Iterator[tuple[Post, Candidate, Row]]:
    """Every candidate of every post, with what the gold says of it."""
    scopes = Scopes(gold.thread, gold.index, 6)
    told: dict[str, list[Coding]] = {}
    for coding in gold.codings:
        told.setdefault(coding.post_id, []).append(coding)
    ruled = spoken(gold.thread, scopes, told)
    judge = Judge(scopes, model)
    for post in gold.thread.posts:
        if post.id not in ruled:
            continue
        for one in judge.candidates(post, ruled, told.get(post.id, ())):
            mine = [r for t, r in gold.links.get(post.id, ()) if same(gold.index, t, one.refers_to)]
            yield (
                post,
                one,
                Row(
                    source=gold.group, group=gold.group, said=judge.weighed(post).post,
                    aim=one.aim, label=mine[0] if mine else NONE, context=one.context,
                ),
            )  # fmt: skip
