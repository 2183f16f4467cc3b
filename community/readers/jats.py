"""Reads JATS, the XML of journals and of PubMed Central: abstract, sections and tables of articles.

Tables become one line per figure, "row in the column group: figure", so that a line reads as a
sentence of results does. Reference lists, acknowledgements and supplements are left out; a table
of baseline traits, whose caption says so, is shown and reports nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from community.errors import SourceError
from community.readers import _jats_tables
from community.readers._article_xml import words
from community.records import articles, endings
from community.records.articles import Article, Part
from community.types import Page, RawDocument
from community.xml.nodes import Node
from community.xml.roots import root
from community.xml.streams import Rows

_NAME = "jats"
_SURE = frozenset({"pmc-articleset"})
_ROOTS = _SURE | {"article", "oai-pmh", "records", "articles"}
_MARKS = re.compile(
    rb"<(?:article-meta|journal-meta|front)[\s>]|//DTD (?:JATS|NLM)|JATS-archive|jats\.nlm\.nih"
)
# abstracts that say again what another one says, or show what no words are
_NO_ABSTRACT = frozenset({"graphical", "toc", "teaser", "video", "key-points", "highlights"})
_SKIPPED = frozenset({
    "ref-list", "fn-group", "ack", "supplementary-material", "inline-supplementary-material",
    "glossary", "sec-meta", "app-group", "fn", "label", "graphic", "media", "alternatives",
})  # fmt: skip
_TEXT = frozenset({"p", "title", "list", "def-list", "disp-quote", "verse-group", "statement",
                   "disp-formula", "boxed-text", "preformat"})  # fmt: skip
_BASELINE = re.compile(
    r"(?i)\bbaseline\b|\b(?:patient|participant|demographic|clinical|study)s?\W{0,3}"
    r"(?:and clinical )?characteristics|\bdemographics?\b|\b(?:in|ex)clusion criteria|"
    r"\beligibility\b"
)
_MOST_DEEP = 12  # sections within each other


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads articles, and sets of them of any size."""

    streams: ClassVar[bool] = True

    def sniff(self, page: Page) -> float:
        """0.96 for what begins as a JATS article or a set of them does."""
        name = root(page.head)
        if name in _SURE:
            return 0.96
        return 0.96 if name in _ROOTS and _MARKS.search(page.head.replace(b"\x00", b"")) else 0.0

    def read(self, page: Page) -> Iterable[RawDocument]:
        """One document per article.

        Raises:
            SourceError: no XML, hostile, or no article with words in it.
        """
        rows = Rows(page, {"article"})
        return endings.told(articles.unique(_checked(rows, page)), lambda: rows.problems)


def make() -> Reader:
    """A reader of JATS."""
    return Reader()


def _checked(rows: Rows, page: Page) -> Iterator[RawDocument]:
    found = False
    for row in rows:
        made = _article(row)
        if made.title or made.parts:
            found = True
            yield articles.document(made)
    if not found:
        reason = "; ".join(rows.problems[:1]) or "no article with words in it"
        raise SourceError(page.key, reason, "save the article's XML again")


def _article(row: Node) -> Article:
    front = row.child("front") or row.child("front-stub") or row
    meta = front.child("article-meta") or front
    journal = front.child("journal-meta") or front
    ids = {n.get("pub-id-type"): n.text().strip() for n in reversed(meta.children("article-id"))}
    pmc = next((ids[kind] for kind in ("pmcid", "pmc", "pmcaid") if ids.get(kind)), "")
    pmc = f"PMC{pmc}" if pmc.isdigit() else pmc
    titles = meta.child("title-group") or meta
    title = titles.child("article-title")
    family, names = _authors(meta)
    abstracts = [a for a in meta.children("abstract") if a.get("abstract-type") not in _NO_ABSTRACT]
    numbers = [f"PMID: {ids['pmid']}"] if ids.get("pmid") else []
    return Article(
        reader=_NAME,
        key=pmc or ids.get("doi", "") or ids.get("pmid", ""),
        title=words(title) if title else "",
        parts=(*_abstracts(abstracts), *_body(row)),
        authors=names,
        family=family,
        journal=_journal(journal),
        published=_published(meta),
        doi=articles.one_doi(ids.get("doi", "")),
        numbers=(*numbers, *([f"PMCID: {pmc}"] if pmc else [])),
        registrations=_registered(meta, abstracts),
        notes=tuple(_notes(row, meta)),
        url=f"https://pmc.ncbi.nlm.nih.gov/articles/{pmc}/" if pmc.startswith("PMC") else None,
        lang=row.get("lang") or None,
    )


def _authors(meta: Node) -> tuple[str | None, tuple[str, ...]]:
    family: str | None = None
    names: list[str] = []
    for group in meta.children("contrib-group"):
        for who in group.children("contrib"):
            if who.get("contrib-type") not in ("", "author"):
                continue
            name = who.child("name") or who.child("string-name")
            alternatives = who.child("name-alternatives")
            name = name or (alternatives.child("name") if alternatives else None)
            last, first = (name.words("surname"), name.words("given-names")) if name else ("", "")
            if not names and last:
                family = last
            initials = "".join(part[0] for part in re.findall(r"\w+", first))
            told = f"{last} {initials}".strip() or who.words("collab")
            names += [told] if told else []
    return family, tuple(names)


def _journal(journal: Node) -> str | None:
    group = journal.child("journal-title-group") or journal
    return group.words("journal-title") or journal.words("journal-id") or None


def _published(meta: Node) -> str | None:
    """The earliest date of publication."""
    found = [
        articles.date(when.words("year"), when.words("month"), when.words("day"))
        for when in meta.children("pub-date")
    ]
    return min((when for when in found if when), default=None)


def _registered(meta: Node, abstracts: list[Node]) -> tuple[str, ...]:
    """Registry numbers in the abstract, else in the rest of the front matter."""
    within = articles.numbered(words(a) for a in abstracts)
    return within or articles.numbered([words(meta, {"abstract", "trans-abstract"})])


def _notes(row: Node, meta: Node) -> Iterator[str]:
    if row.get("article-type") in ("retraction", "correction", "expression-of-concern"):
        yield f"this is a notice: {row.get('article-type')}"
    for tie in meta.children("related-article"):
        kind = tie.get("related-article-type")
        what = {"retraction-forward": "retracted", "correction-forward": "corrected"}.get(kind)
        if what:
            yield f"{what}: {tie.get('href') or words(tie) or 'not said where'}"


def _abstracts(found: list[Node]) -> Iterator[Part]:
    for abstract in found:
        yield from _section(abstract, 0)


def _body(row: Node) -> Iterator[Part]:
    for name in ("body", "floats-group", "floats-wrap"):
        found = row.child(name)
        if found is not None:
            yield from _section(found, 0)


def _section(node: Node, deep: int) -> Iterator[Part]:
    """Paragraphs of a section in order, headings and tables among them."""
    for part in node.parts:
        if isinstance(part, str) or part.name in _SKIPPED:
            continue
        if part.name in ("table-wrap", "table-wrap-group"):
            yield from _table(part)
        elif part.name in ("fig", "fig-group"):
            caption = part.child("caption")
            yield from _words(caption)
        elif part.name == "sec" and deep < _MOST_DEEP:
            yield from _section(part, deep + 1)
        elif part.name == "p" and (inner := _wraps(part)):
            yield from _words(part, {"table-wrap", "fig"})
            for wrap in inner:
                yield from _table(wrap)
        elif part.name in _TEXT or part.name == "sec":
            yield from _words(part, _SKIPPED)


def _wraps(node: Node) -> list[Node]:
    return node.children("table-wrap")


def _words(node: Node | None, drop: Iterable[str] = ()) -> Iterator[Part]:
    told = words(node, frozenset(drop)) if node is not None else ""
    if told:
        yield Part(words=told)


def _table(node: Node) -> Iterator[Part]:
    for inner in node.children("table-wrap"):
        yield from _table(inner)
    caption = node.child("caption")
    told = " ".join(
        part for part in (node.words("label"), words(caption) if caption else "") if part
    )
    results = not _BASELINE.search(told)
    if told:
        yield Part(words=told, told=False)
    holder = node.child("alternatives") or node
    for table in holder.children("table"):
        for line in _jats_tables.lines(table):
            yield Part(words=line, told=results)
