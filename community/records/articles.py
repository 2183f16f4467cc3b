"""Articles as bibliographic sources hold them, to a `RawDocument`: title, source line, text.

The source line ("Doe J, Roe A, et al. Journal. 2017. doi: …") stands in the text and outside the
article: it tells what is reported, and reports nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from community.html.markup import TextBuilder
from community.reported import Reported
from community.results.trials import dois, registrations
from community.text import UNWRITABLE
from community.types import RawDocument, Span

_MOST_NAMES = 6  # authors that are printed; the rest are "et al."
_MONTHS = {name: n for n, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
)}  # fmt: skip
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A paragraph, or with `told` False one that is shown and reports no result (a table of
    baseline traits, the heading of a list)."""

    words: str
    told: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What a source states of one article. `authors` are printed names, `family` the first one's
    family name; `published` is ISO 8601, to the year at least; `numbers` are further ids, as they
    are printed ("PMID: 1")."""

    reader: str
    key: str
    title: str
    parts: tuple[Part, ...] = ()
    authors: tuple[str, ...] = ()
    family: str | None = None
    journal: str | None = None
    published: str | None = None
    doi: str | None = None
    numbers: tuple[str, ...] = ()
    registrations: tuple[str, ...] = ()
    acronym: str | None = None
    notes: tuple[str, ...] = ()
    url: str | None = None
    lang: str | None = None
    problems: tuple[str, ...] = ()


def document(article: Article) -> RawDocument:
    """The article as a document."""
    builder = TextBuilder()
    title = line(article.title)
    title_span = builder.add_text(title) if title else None
    source = _source(article)
    if source:
        builder.add_text(source)
    spans: list[Span] = []
    for part in article.parts:
        span = builder.add_text(UNWRITABLE.sub("\ufffd", part.words))
        if span is not None and part.told:
            spans.append(span)
    return RawDocument(
        thread_key=article.key,
        reader=article.reader,
        text=builder.text(),
        title=title or None,
        title_span=title_span,
        article=tuple(spans),
        note="; ".join(dict.fromkeys(article.notes)) or None,
        url=article.url,
        published_at=article.published,
        article_author=article.authors[0] if article.authors else None,
        lang=article.lang,
        problems=article.problems,
        study=reported(article),
    )


def reported(article: Article) -> Reported:
    """What the article's fields say of its study."""
    found = _YEAR.match(article.published or "")
    return Reported(
        name=article.acronym,
        registrations=article.registrations,
        doi=article.doi,
        author=line(article.family or "") or None,
        year=int(found[1]) if found else None,
    )


def line(words: str) -> str:
    """Words on one line, as any file takes them."""
    return " ".join(UNWRITABLE.sub("\ufffd", words).split())


def _source(article: Article) -> str:
    names = [line(name) for name in article.authors[:_MOST_NAMES]]
    told = ", ".join(name for name in names if name)
    if len(article.authors) > _MOST_NAMES:
        told += ", et al"
    pieces = [told, line(article.journal or ""), (article.published or "")[:4]]
    pieces += [f"doi: {article.doi}"] if article.doi else []
    pieces += [line(number) for number in article.numbers]
    pieces += article.registrations
    return ". ".join(piece.rstrip(".") for piece in pieces if piece)


def one_doi(*values: str) -> str | None:
    """The first DOI among fields that may hold one, in lower case; None where there is none."""
    return next((found[0].lower() for value in values if (found := dois(value))), None)


def numbered(values: Iterable[str]) -> tuple[str, ...]:
    """Registry numbers in fields, each once."""
    return tuple(dict.fromkeys(n for value in values for n in registrations(value)))


def date(year: str, month: str = "", day: str = "") -> str | None:
    """A date as ISO 8601, as precise as its parts are ("2017", "2017-02", "2017-02-20").

    `month` may be a number or an English name; `year` may hold more ("2017 Jan-Feb").
    """
    found = _YEAR.search(year)
    if found is None:
        return None
    number = _MONTHS.get(month.strip().lower()[:3]) or _within(month, 12)
    if not number:
        return found[1]
    nth = _within(day, 31)
    return f"{found[1]}-{number:02}" + (f"-{nth:02}" if nth else "")


def _within(words: str, most: int) -> int:
    bare = words.strip()
    number = int(bare) if re.fullmatch(r"[0-9]{1,2}", bare) else 0
    return number if 1 <= number <= most else 0


def unique(made: Iterable[RawDocument]) -> Iterator[RawDocument]:
    """Documents under keys that differ: the second of one key is called "KEY#2"."""
    seen: dict[str, int] = {}
    for one in made:
        nth = seen.get(one.thread_key, 0) + 1
        seen[one.thread_key] = nth
        key = one.thread_key if nth == 1 else f"{one.thread_key}#{nth}"
        while nth > 1 and key in seen:
            nth += 1
            key = f"{one.thread_key}#{nth}"
        seen.setdefault(key, 1)
        yield replace(one, thread_key=key)
