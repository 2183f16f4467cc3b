"""Between the nouns and the rows that a store keeps: pure, both ways.

What a store keeps is what we publish (`community.tables`) minus everything that can be derived: the
words themselves stand once, in the document's text, and are cut out of it by offsets on the way
out. So a word that leaves its document leaves the study.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from functools import cache
from typing import Any

from community.ids import sha256, stable_id
from community.linked import Linked, Question, QuotedNumber
from community.tables import TABLES
from community.types import (
    Analysis,
    Coding,
    Document,
    Link,
    Mention,
    Post,
    Problem,
    Quote,
    Span,
    Thread,
)

Row = tuple[Any, ...]

# columns that are joined or cut out of the text on the way out
_DERIVED = {
    "posts": {"document_id", "text"},
    "quotes": {"text"},
    "codings": {"evidence"},
    "evidence": {"text"},
    "scores": set(),
    "claims": {"claim_id", "document_id", "text", "version_group"},
    "links": {"evidence"},
    "quoted_numbers": {"text"},
    "questions": {"text"},
    "problems": set(),
    "topics": set(),
    "post_topics": set(),
}
_EXTRA = {
    "posts": ("own", "kept_text", "author_native_id", "text_sha256"),
    # words that are not those of the document at the offsets; other names of the trial; the id
    # that a user's own ledger gives the claim
    "claims": ("kept_text", "known_as", "given_id"),
}
# kept with first_run and last_run when superseded; the other tables hold only what is current
VERSIONED = (
    "posts", "codings", "claims", "links", "quoted_numbers", "questions", "topics", "post_topics",
)  # fmt: skip
LINKED = ("links", "quoted_numbers", "questions")  # made of posts and the ledger together
DISCOVERED = ("topics", "post_topics")  # about all documents together, not one
CHILDREN = tuple(table for table in _DERIVED if table not in DISCOVERED)


@cache
def columns(table: str) -> tuple[str, ...]:
    """Columns that a store keeps for a table, in order."""
    published = [c for c in TABLES[table].names() if c not in _DERIVED[table]]
    return (*published, *_EXTRA.get(table, ()))


def _spans(spans: Iterable[Span]) -> str:
    return json.dumps([[s.start, s.end] for s in spans], separators=(",", ":"))


def _to_spans(text: str | None) -> tuple[Span, ...]:
    return tuple(Span(a, b) for a, b in json.loads(text or "[]"))


def _row(table: str, values: Mapping[str, Any]) -> Row:
    return tuple(values.get(name) for name in columns(table))


def own_words(post: Post) -> int:
    """Words of the poster's own, by white space."""
    return len(post.own_text().split())


def _is_kept(post: Post) -> bool:
    """Whether the post's words are kept apart from its document's text (it fell off the page)."""
    return not len(post.span) and bool(post.text)


def post_row(post: Post) -> Row:
    """A post as it is stored; a withdrawn one without words and offsets."""
    told = {f.name: getattr(post, f.name) for f in fields(Post)}
    gone = not len(post.span)
    told |= {
        "post_id": post.id,
        "start": None if gone else post.span.start,
        "end": None if gone else post.span.end,
        "words": own_words(post),
        "gap": int(post.gap),
        "role_start": post.role_span.start if post.role_span else None,
        "role_end": post.role_span.end if post.role_span else None,
        "own": _spans(post.own),
        "kept_text": post.text if _is_kept(post) else None,
        "text_sha256": sha256(post.text) if post.text else None,
    }
    return _row("posts", told)


def coding_id(coding: Coding) -> str:
    """Id of post x coder x code x whose; a post has one sentiment per coder."""
    code = "" if coding.layer == "sentiment" else coding.code
    return stable_id("coding", coding.post_id, coding.coder, coding.layer, code, coding.whose)


def coding_row(coding: Coding) -> Row:
    """A coding with its strongest evidence."""
    told = {f.name: getattr(coding, f.name) for f in fields(Coding)}
    first = coding.evidence[0] if coding.evidence else None
    told |= {
        "coding_id": coding_id(coding),
        "abstained": int(coding.abstained),
        "evidence_start": first.start if first else None,
        "evidence_end": first.end if first else None,
    }
    return _row("codings", told)


def mention_rows(mentions: Iterable[Mention], text: str = "") -> Iterator[Row]:
    """Mentions as they are stored; which claim each belongs to is the ledger's business.

    Words are kept where the document's `text` has others, or none, at the mention's offsets.

    A mention's id comes from its document and what it states, and counts repeats, so that words
    added above it do not move it.
    """
    seen: Counter[str] = Counter()
    for mention in dict.fromkeys(mentions):
        states = (mention.endpoint, mention.value, mention.timepoint, mention.arm, mention.subgroup)
        name = stable_id(mention.document_id, mention.post_id, *map(str, states))
        told = {f.name: getattr(mention, f.name) for f in fields(Mention)}
        told |= {
            "mention_id": stable_id("mention", name, seen[name]),
            "start": mention.span.start,
            "end": mention.span.end,
            "flags": ";".join(mention.flags) or None,
            "known_as": _listed(mention.known_as),
            "kept_text": None if mention.text == mention.span.of(text) else mention.text,
        }
        seen[name] += 1
        yield _row("claims", told)


def _listed(names: Sequence[str]) -> str | None:
    return json.dumps(names, ensure_ascii=False) if names else None


def link_row(link: Link) -> Row:
    """A link as it is stored."""
    told = {f.name: getattr(link, f.name) for f in fields(Link) if f.name != "evidence"}
    if len(link.evidence):
        told |= {"evidence_start": link.evidence.start, "evidence_end": link.evidence.end}
    return _row("links", told)


def _spoken_row(table: str, one: QuotedNumber | Question) -> Row:
    told = {f.name: getattr(one, f.name) for f in fields(one) if f.name != "span"}
    if len(one.span):
        told |= {"start": one.span.start, "end": one.span.end}
    return _row(table, told)


def of_linked(linked: Linked) -> dict[str, list[Row]]:
    """Every row that linking one thread gives, by table."""
    return {
        "links": [link_row(link) for link in linked.links],
        "quoted_numbers": [_spoken_row("quoted_numbers", number) for number in linked.numbers],
        "questions": [_spoken_row("questions", question) for question in linked.questions],
    }


def kept(made: Linked, before: Linked, thread: Thread) -> Linked:
    """`made`, with what posts that are no longer on the page had: their words are erased, or stand
    apart from the page's, so that nothing of them has a place in it; it counts all the same."""
    gone = {post.id for post in thread.posts if not len(post.span)}
    if not gone:
        return made
    nowhere = Span(0, 0)

    def both(new: Iterable[Any], old: Iterable[Any], place: str) -> tuple[Any, ...]:
        here = [one for one in new if one.post_id not in gone]
        lost = [replace(one, **{place: nowhere}) for one in old if one.post_id in gone]
        return (*here, *lost)

    return Linked(
        links=both(made.links, before.links, "evidence"),
        numbers=both(made.numbers, before.numbers, "span"),
        questions=both(made.questions, before.questions, "span"),
    )


def problem_row(problem: Problem) -> Row:
    """A problem as it is stored."""
    return (problem.source, problem.stage, problem.reason, problem.where)


def of_analysis(analysis: Analysis) -> dict[str, list[Row]]:
    """Every row that one document's analysis gives, by table; what linking gives is apart."""
    quotes = [
        (post.id, quote.span.start, quote.span.end, quote.of)
        for post in analysis.thread.posts
        for quote in post.quotes
    ]
    evidence = [
        (coding_id(coding), span.start, span.end)
        for coding in analysis.codings
        for span in coding.evidence
    ]
    scores = [(s.post_id, s.code, s.coder, s.probability, s.raw) for s in analysis.scores]
    return {
        "posts": [post_row(post) for post in analysis.thread.posts],
        "quotes": quotes,
        "codings": [coding_row(coding) for coding in analysis.codings],
        "evidence": evidence,
        "scores": scores,
        "claims": list(mention_rows(analysis.mentions, analysis.thread.document.text)),
        "problems": [problem_row(problem) for problem in analysis.problems],
    }


# ---- and back ---------------------------------------------------------------------------------

_POST_FIELDS = {f.name for f in fields(Post)}
_MENTION_FIELDS = {f.name for f in fields(Mention)}


def to_post(row: Sequence[Any], document: Document, quotes: Iterable[Quote]) -> Post:
    """A stored post, its words cut out of its document again."""
    told = dict(zip(columns("posts"), row, strict=True))
    gone = told["start"] is None
    span = Span(0, 0) if gone else Span(told["start"], told["end"])
    text = (told["kept_text"] or "") if gone else span.of(document.text)
    judged = None if told["role_start"] is None else Span(told["role_start"], told["role_end"])
    values = {k: v for k, v in told.items() if k in _POST_FIELDS}
    values |= {"gap": bool(told["gap"]), "own": _to_spans(told["own"])}
    return Post(
        id=told["post_id"],
        document_id=document.id,
        span=span,
        text=text,
        role_span=judged,
        quotes=tuple(quotes),
        **values,
    )


def to_thread(
    document: Document, posts: Iterable[Sequence[Any]], quotes: Iterable[Sequence[Any]]
) -> Thread:
    """A stored thread."""
    by_post: dict[str, list[Quote]] = {}
    for post_id, start, end, of in quotes:
        by_post.setdefault(post_id, []).append(Quote(span=Span(start, end), of=of))
    at = columns("posts").index("post_id")
    rebuilt = (to_post(row, document, by_post.get(row[at], ())) for row in posts)
    return Thread(document=document, posts=tuple(rebuilt))


def to_mention(row: Sequence[Any], document_id: str, text: str = "") -> Mention:
    """A stored mention, its words cut out of its document's `text` again."""
    told = dict(zip(columns("claims"), row, strict=True))
    values = {k: v for k, v in told.items() if k in _MENTION_FIELDS}
    values["flags"] = tuple((told["flags"] or "").split(";")) if told["flags"] else ()
    values["known_as"] = tuple(json.loads(told["known_as"] or "[]"))
    span = Span(told["start"], told["end"])
    values["text"] = told["kept_text"] or span.of(text) or None
    return Mention(document_id=document_id, span=span, **values)


def to_coding(row: Sequence[Any], evidence: Iterable[Span]) -> Coding:
    """A stored coding, with the evidence spans of its own rows."""
    told = dict(zip(columns("codings"), row, strict=True))
    told["abstained"] = bool(told["abstained"])
    for name in ("coding_id", "evidence_start", "evidence_end"):
        del told[name]
    return Coding(evidence=tuple(evidence), **told)


def to_link(row: Sequence[Any]) -> Link:
    """A stored link."""
    told = dict(zip(columns("links"), row, strict=True))
    start, end = told.pop("evidence_start"), told.pop("evidence_end")
    return Link(evidence=Span(start or 0, end or 0), **told)


def _spoken(table: str, row: Sequence[Any]) -> dict[str, Any]:
    told = dict(zip(columns(table), row, strict=True))
    start, end = told.pop("start"), told.pop("end")
    return told | {"span": Span(start or 0, end or 0)}


def to_linked(stored: Mapping[str, Iterable[Sequence[Any]]]) -> Linked:
    """Stored rows of a thread's links, numbers and questions, by table."""
    numbers = (_spoken("quoted_numbers", row) for row in stored["quoted_numbers"])
    questions = (_spoken("questions", row) for row in stored["questions"])
    return Linked(
        links=tuple(to_link(row) for row in stored["links"]),
        numbers=tuple(QuotedNumber(**told) for told in numbers),
        questions=tuple(Question(**told) for told in questions),
    )
