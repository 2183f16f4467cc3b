"""Reads Crossref's JSON: a work, or a list of works as its search gives it.

The abstract's JATS marks become paragraphs. Retractions and corrections that Crossref ties to a
work stand in the document's note; a work without an abstract is a document of its title.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from community.errors import SourceError
from community.html.markup import TextBuilder
from community.records import articles, bodies, values
from community.records.articles import Article, Part
from community.records.json_pages import head_text
from community.records.json_pages import values as read_values
from community.types import Page, RawDocument

_NAME = "crossref"
_MESSAGE = re.compile(r'"message-type"\s*:\s*"work(?:-list)?"')
_DOI = re.compile(r'"DOI"\s*:\s*"10\.')
_FIELDS = re.compile(
    r'"(?:container-title|reference-count|is-referenced-by-count|member|short-container-title|'
    r'published-print|published-online|content-domain)"\s*:'
)
_PREFIXED = re.compile(r"(</?)[A-Za-z]{1,8}:(?=[A-Za-z])")
_TITLE = re.compile(r"<title\b[^<>]{0,200}>(.*?)</title\s*>", re.S | re.I)
_TIES = {
    "retraction": "retracted",
    "withdrawal": "withdrawn",
    "removal": "removed",
    "expression_of_concern": "expression of concern",
    "correction": "corrected",
    "erratum": "corrected",
    "corrigendum": "corrected",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads works."""

    def sniff(self, page: Page) -> float:
        """0.96 for Crossref's messages, and for works taken out of them."""
        text = head_text(page.head)
        if not text:
            return 0.0
        return (
            0.96 if _MESSAGE.search(text) or (_DOI.search(text) and _FIELDS.search(text)) else 0.0
        )

    def read(self, page: Page) -> Iterable[RawDocument]:
        """One document per work.

        Raises:
            SourceError: not JSON, or no work with a title or an abstract in it.
        """
        found, problems = read_values(page)
        works = [made for value in found for made in map(_work, _works(value)) if made]
        if not works:
            raise SourceError(page.key, "no work with a title in it", "give the API's answer")
        made = list(articles.unique(map(articles.document, works)))
        return [*made[:-1], _with(made[-1], problems)]


def make() -> Reader:
    """A reader of Crossref's JSON."""
    return Reader()


def _with(document: RawDocument, problems: tuple[str, ...]) -> RawDocument:
    return replace(document, problems=(*document.problems, *problems))


def _works(value: Any) -> Iterator[dict[str, Any]]:
    """Works in a message, a list of works, or a work by itself."""
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict) and "DOI" in item)
        return
    message = value.get("message", value) if isinstance(value, dict) else None
    if not isinstance(message, dict):
        return
    if isinstance(message.get("items"), list):
        yield from (item for item in message["items"] if isinstance(item, dict))
    else:
        yield message


def _first(work: dict[str, Any], name: str) -> str:
    listed = work.get(name)
    items = listed if isinstance(listed, list) else [listed]
    return next((words for item in items if (words := values.line(item))), "")


def _work(work: dict[str, Any]) -> Article | None:
    title, subtitle = _first(work, "title"), _first(work, "subtitle")
    parts = tuple(Part(words=words) for words in _abstract(values.text(work.get("abstract"))))
    if not title and not parts:
        return None
    if subtitle and subtitle.lower() not in title.lower():
        title = f"{title}: {subtitle}"
    doi = articles.one_doi(values.text(work.get("DOI")))
    family, names = _authors(work)
    return Article(
        reader=_NAME,
        key=doi or "",
        title=title,
        parts=parts,
        authors=names,
        family=family,
        journal=_first(work, "short-container-title") or _first(work, "container-title") or None,
        published=_published(work),
        doi=doi,
        registrations=_registered(work),
        notes=tuple(_notes(work)),
        url=f"https://doi.org/{doi}" if doi else None,
        lang=values.line(work.get("language")) or None,
    )


def _authors(work: dict[str, Any]) -> tuple[str | None, tuple[str, ...]]:
    family: str | None = None
    names: list[str] = []
    for author in values.children(work, "author"):
        if not isinstance(author, dict):
            continue
        last, given = values.line(author.get("family")), values.line(author.get("given"))
        if last and ((family is None and not names) or author.get("sequence") == "first"):
            family = last
        initials = "".join(part[0] for part in re.findall(r"\w+", given))
        name = f"{last} {initials}".strip() if last else values.line(author.get("name"))
        names += [name] if name else []
    return family, tuple(names)


def _published(work: dict[str, Any]) -> str | None:
    """The earliest date of publication."""
    found = []
    for name in ("published-online", "published-print", "published", "issued"):
        dates = work.get(name)
        listed = values.children(dates, "date-parts")
        parts = listed[0] if listed and isinstance(listed[0], list) else []
        told = [values.text(part) for part in parts[:3]] + ["", "", ""]
        when = articles.date(*told[:3])
        found += [when] if when else []
    return min(found, default=None)


def _registered(work: dict[str, Any]) -> tuple[str, ...]:
    listed = values.children(work, "clinical-trial-number")
    numbers = (values.text(n.get("clinical-trial-number")) for n in listed if isinstance(n, dict))
    return articles.numbered(number.upper() for number in numbers)


def _notes(work: dict[str, Any]) -> Iterator[str]:
    for name, told in (("updated-by", "{what}: {doi}"), ("update-to", "{what} of {doi}")):
        for tie in values.children(work, name):
            if isinstance(tie, dict):
                kind = values.text(tie.get("type")).lower()
                what = _TIES.get(kind, kind) if name == "updated-by" else kind.replace("_", " ")
                if what:
                    yield told.format(what=what, doi=values.line(tie.get("DOI")) or "no DOI given")


def _abstract(marked: str) -> Iterator[str]:
    """Paragraphs of an abstract, its JATS marks (or HTML's, or none) taken out."""
    if not marked:
        return
    plain = _TITLE.sub(r"<h4>\1</h4>", _PREFIXED.sub(r"\1", marked))
    builder = TextBuilder()
    bodies.append(plain, builder, markup="<" in plain or "&" in plain)
    for paragraph in builder.text().split("\n\n"):
        told = articles.line(paragraph)
        if told and told.lower() != "abstract":
            yield told
