"""Records of one thread to a `RawDocument`: one text, in which every post is a stretch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import urlsplit

from community.html.markup import TextBuilder
from community.html.notices import status_of
from community.records import bodies
from community.types import RawDocument, RawPost, RawQuote, Span, Status

Precision = Literal["second", "minute", "day", "month", "relative"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One contribution as an export states it.

    `body` is HTML where `markup` is True, text as typed where it is False (its ``>`` lines and
    BBCode are told from own words later), and None where only the words themselves can tell.
    `heading` is shown before the body as words of the post. `parent` points to another record's
    `native_id`; where posts are nested in each other and have no pointers, `level` is how deep
    (0 = top), as in `RawPost`. A withdrawn or removed record keeps its place; its words are not
    read.
    """

    native_id: str | None = None
    parent: str | None = None
    body: str = ""
    markup: bool | None = None
    heading: str | None = None
    author: str | None = None
    author_native_id: str | None = None
    platform_role: str | None = None
    posted_at: str | None = None
    time_precision: Precision | None = None
    status: Status = "present"
    addressee: str | None = None
    url: str | None = None
    level: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a source states of the thread as a whole.

    `article` is the HTML (or text) of the post that is commented on, where the export has it.
    `aliases` gives other names by which quotations point to a post: name → `native_id`. `topic` is
    the id by which quotations name this topic; what they quote from another one is external. A
    title that heads a post, as its record says, is not `title_stands`: it is not set above them.
    """

    reader: str
    thread_key: str = ""
    title: str | None = None
    article: str | None = None
    article_author: str | None = None
    published_at: str | None = None
    url: str | None = None
    lang: str | None = None
    note: str | None = None
    problems: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    topic: str | None = None
    title_stands: bool = True


def document(head: Head, records: Iterable[Record]) -> RawDocument:
    """The thread as a document, its posts in the order of `records`.

    A record without words that was neither removed nor deleted is left out, and said so. Parents
    that no record has stay as pointers: they become gaps when the thread is built.
    """
    builder = TextBuilder()
    title_span = builder.add_text(head.title) if head.title and head.title_stands else None
    host = _host(head.url)
    article, _ = bodies.append(head.article or "", builder, host=host)
    problems = list(head.problems)
    posts = []
    for number, record in enumerate(records, 1):
        post = _post(record, builder, host, head.topic)
        if post.status == "present" and not len(post.span):
            name = record.native_id or f"number {number}"
            problems.append(f"post {name}: no words in it; left out")
            continue
        posts.append(replace(post, quotes=tuple(_aliased(q, head.aliases) for q in post.quotes)))
    return RawDocument(
        thread_key=head.thread_key,
        reader=head.reader,
        text=builder.text(),
        title=head.title,
        title_span=title_span,
        article=(article,) if article else (),
        posts=tuple(posts),
        complete=head.note is None,
        note=head.note,
        url=head.url,
        published_at=head.published_at,
        article_author=head.article_author,
        lang=head.lang,
        problems=tuple(problems),
        pointers=True,
    )


def _host(url: str | None) -> str:
    try:
        return urlsplit(url or "").hostname or ""
    except ValueError:  # brackets that hold no address
        return ""


def _post(record: Record, builder: TextBuilder, host: str, topic: str | None) -> RawPost:
    spans: list[Span] = []
    quotes: tuple[RawQuote, ...] = ()
    status = record.status
    if status == "present":
        if record.heading and (span := builder.add_text(record.heading)):
            spans.append(span)
        body, quotes = bodies.append(
            record.body, builder, markup=record.markup, host=host, topic=topic
        )
        spans += [body] if body else []
        if body:
            status = status_of(builder.since(body.start))
    end = spans[-1].end if spans else builder.length
    return RawPost(
        span=Span(spans[0].start if spans else end, end),
        native_id=record.native_id,
        parent_native_id=record.parent or None,
        level=record.level,
        author=record.author or None,
        author_native_id=record.author_native_id,
        platform_role=record.platform_role,
        posted_at=record.posted_at,
        time_precision=record.time_precision,
        status=status,
        addressee=record.addressee,
        quotes=quotes if status == "present" else (),
        url=record.url,
    )


def _aliased(quote: RawQuote, aliases: Mapping[str, str]) -> RawQuote:
    if quote.native_id is None or quote.native_id not in aliases:
        return quote
    return replace(quote, native_id=aliases[quote.native_id])
