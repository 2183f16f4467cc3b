"""The verbs of the ledger, for Python: what a text reports, and what posts say of it.

::

    import community
    ledger = community.claims(article)
    for link in community.link(["did 69 % really stay well?"], ledger):
        print(link.post_id, link.relation, link.refers_to)
    community.relate("my relapses stopped", "Relapses became rarer after the transplant.")

Nothing is stored and nothing is read but what is handed over; a study does the same for pages.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from community import assembly, threads
from community.errors import UsageError
from community.html.markup import TextBuilder
from community.ids import document_id
from community.linking import links
from community.linking.links import Related
from community.results import claims as results
from community.results import endpoints, ledger
from community.tabular.ledger import mention
from community.types import (
    Claim,
    Coding,
    Document,
    Ledger,
    Link,
    Mention,
    Post,
    RawDocument,
    RawPost,
    Span,
    Thread,
)

PostLike = str | Mapping[str, Any] | Post
ClaimLike = str | Mapping[str, Any] | Claim | Mention
_BETWEEN = "\n\n"  # posts of a thread, in the text that is made of them


def claims(text: str, *, title: str | None = None) -> tuple[Claim, ...]:
    """The results that a report states, each once, with every place that states it.

    Args:
        text: an article, abstract or press release, as plain text; offsets index it.
        title: its title, where that is not part of the text.

    Raises:
        UsageError: the text is none, or empty.
    """
    if not isinstance(text, str) or not text.strip():
        raise UsageError("claims", "no text given", "for files use community.claims_of")
    return ledger.merge(_mentions(text, title)).claims


def link(
    posts: PostLike | Iterable[PostLike] | Thread,
    claims: ClaimLike | Iterable[ClaimLike] | Ledger,
) -> tuple[Link, ...]:
    """What posts do to claims: each link a relation, in the post's own words.

    Args:
        posts: texts; or mappings (or rows of a data frame) with ``text`` and, where known, ``id``,
            ``parent_id``, ``thread_id``, ``author``, ``timestamp``; or posts of a thread. A text's
            id is its place, "0" for the first.
        claims: what `claims` gave; or sentences that state a result, whose ids are their places;
            or mappings with columns of ``claims.csv``.

    Returns:
        links in the order of the posts; `Link.post_id` is the id that the post came with, and the
        evidence indexes the post's text (of a `Post` or `Thread`: its document).

    Raises:
        UsageError: something is neither a post nor a claim.
    """
    steps = assembly.steps(
        assembly.load_codebook(None), readers=("table",), coders=("learned",), whole=True
    )
    index = steps.prepare(_ledger(claims))
    out: list[Link] = []
    for thread, names in _threads(posts):
        judged = thread
        for judge in steps.judges if names else ():
            judged = judge(judged)
        codings: list[Coding] = [c for coder in steps.coders for c in coder(judged).codings]
        made = steps.link(judged, index, codings).links
        out += [_given_back(one, names) for one in made] if names else made
    return tuple(out)


def relate(post: str | Mapping[str, Any] | Post, claim: ClaimLike) -> Related:
    """What one post does to one claim, by its own words alone; None where it does not speak of it.

    Args:
        post: a text, a mapping with ``text``, or a post.
        claim: as in `link`.

    Raises:
        UsageError: one of them is neither.
    """
    text = post.own_text() if isinstance(post, Post) else _record("0", post)["text"]
    return links.relate(text, _claim("0", claim))


# ---- claims -----------------------------------------------------------------------------------


def _mentions(text: str, title: str | None = None) -> tuple[Mention, ...]:
    document = Document(
        id=document_id("text", ""),
        source="text",
        reader="text",
        text=text,
        kind="article",
        title=title,
        article=(Span(0, len(text)),),
    )
    return results.extract(Thread(document=document), vocabulary=endpoints.packaged())


def _ledger(claims: ClaimLike | Iterable[ClaimLike] | Ledger) -> Ledger:
    if isinstance(claims, Ledger):
        return claims
    return Ledger(claims=tuple(_claim(str(n), one) for n, one in enumerate(_listed(claims))))


def _listed(given: Any) -> list[Any]:
    """One thing or many as a list; a data frame as its rows."""
    if isinstance(given, str | Mapping | Post | Claim | Mention):
        return [given]
    if hasattr(given, "to_dict"):
        return list(given.to_dict("records"))
    return list(given)


def _claim(place: str, given: ClaimLike) -> Claim:
    if isinstance(given, Claim):
        return given
    if isinstance(given, Mention):
        return Claim(id=place, version_group=place, mentions=(given,))
    if isinstance(given, str) and given.strip():
        return Claim(id=place, version_group=place, mentions=_of_sentence(given))
    if isinstance(given, Mapping):
        return _of_row(place, given)
    raise UsageError(
        "claims", f"{given!r:.60} is no claim", "give a sentence or a row of claims.csv"
    )


def _of_sentence(text: str) -> tuple[Mention, ...]:
    """What a sentence reports; where nothing is recognised, the sentence stands for itself."""
    found = tuple(replace(one, text=text) for one in _mentions(text))
    plain = " ".join(text.split())
    whole = Mention(document_id=document_id("text", ""), span=Span(0, len(text)), endpoint=plain)
    return found or (replace(whole, text=text),)


def _of_row(place: str, row: Mapping[str, Any]) -> Claim:
    told = {key: None if value != value else value for key, value in row.items()}  # no NaN
    name = str(told.get("claim_id") or place)
    if not told.get("endpoint") and told.get("text"):
        return Claim(id=name, version_group=name, mentions=_of_sentence(str(told["text"])))
    made, wrong = mention(told, "text", TextBuilder())
    if made is None or wrong:
        raise UsageError("claims", "; ".join(wrong), "columns are those of claims.csv")
    return Claim(id=name, version_group=name, mentions=(made,))


# ---- posts ------------------------------------------------------------------------------------


def _threads(posts: Any) -> Sequence[tuple[Thread, dict[str, tuple[str, int]]]]:
    """Threads, each with what its posts' ids stand for: the id given, and where the post starts;
    empty for threads that came as such."""
    if isinstance(posts, Thread):
        return [(posts, {})]
    listed = _listed(posts)
    if listed and all(isinstance(post, Post) for post in listed):
        return [(_of_posts(listed), {})]
    grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for n, given in enumerate(listed):
        record = _record(str(n), given)
        grouped[str(record.get("thread_id") or "")].append(record)
    return [_of_records(key, records) for key, records in grouped.items()]


def _of_posts(posts: Sequence[Post]) -> Thread:
    """Posts as one thread; its text is not known, and linking asks for none."""
    first = posts[0].document_id
    document = Document(id=first, source="posts", reader="posts", text="", kind="discussion")
    return Thread(document=document, posts=tuple(posts))


def _record(place: str, given: object) -> dict[str, Any]:
    if isinstance(given, str):
        return {"id": place, "text": given}
    if isinstance(given, Mapping) and isinstance(given.get("text"), str):
        return {"id": place, **{k: v for k, v in given.items() if v is not None and v == v}}
    raise UsageError("posts", f"{given!r:.60} is no post", "give a text, or a mapping with text")


def _of_records(
    key: str, records: Sequence[Mapping[str, Any]]
) -> tuple[Thread, dict[str, tuple[str, int]]]:
    parts, posts, starts, at = [], [], [], 0
    for record in records:
        words = record["text"]
        posts.append(
            RawPost(
                span=Span(at, at + len(words)),
                native_id=str(record["id"]),
                parent_native_id=_words(record.get("parent_id")),
                author=_words(record.get("author")),
                posted_at=_words(record.get("timestamp")),
            )
        )
        parts.append(words)
        starts.append(at)
        at += len(words) + len(_BETWEEN)
    title = records[0].get("title")
    raw = RawDocument(
        thread_key=key,
        reader="posts",
        text=_BETWEEN.join(parts),
        title=title if isinstance(title, str) else None,
        posts=tuple(posts),
        pointers=True,
    )
    thread, _ = threads.build(raw, source="posts")
    begun = {post.id: bisect_right(starts, post.span.start) - 1 for post in thread.posts}
    return thread, {name: (str(records[n]["id"]), starts[n]) for name, n in begun.items()}


def _words(cell: object) -> str | None:
    return None if cell is None or cell == "" else str(cell)


def _given_back(one: Link, names: Mapping[str, tuple[str, int]]) -> Link:
    name, start = names[one.post_id]
    evidence = Span(one.evidence.start - start, one.evidence.end - start)
    return replace(one, post_id=name, evidence=evidence)
