"""Reads PubMed's XML (efetch, or saved from its site): each article or book chapter a document.

Labelled sections of the abstract become paragraphs that begin with their label. Retractions and
corrections that PubMed ties to an article stand in the document's note. Registry numbers come from
the fields for data banks; numbers of data banks that are no registries of studies are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from community.errors import SourceError
from community.readers._article_xml import words
from community.records import articles, endings
from community.records.articles import Article, Part
from community.types import Page, RawDocument
from community.xml.nodes import Node
from community.xml.roots import root
from community.xml.streams import Rows

_NAME = "pubmed"
_RECORDS = frozenset({"pubmedarticle", "pubmedbookarticle"})
_ROOTS = _RECORDS | {"pubmedarticleset", "pubmedbookarticleset"}
_TIES = {
    "retractionin": "retracted",
    "partialretractionin": "retracted in part",
    "expressionofconcernin": "expression of concern",
    "erratumin": "corrected",
    "correctedandrepublishedin": "corrected and republished",
    "retractionof": "retraction of",
    "erratumfor": "correction of",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads sets of any size."""

    streams: ClassVar[bool] = True

    def sniff(self, page: Page) -> float:
        """0.97 for what begins as PubMed's XML does."""
        return 0.97 if root(page.head) in _ROOTS else 0.0

    def read(self, page: Page) -> Iterable[RawDocument]:
        """One document per article.

        Raises:
            SourceError: no XML, hostile, or no article with a title in it.
        """
        rows = Rows(page, _RECORDS)
        made = articles.unique(_checked(rows, page))
        return endings.told(made, lambda: rows.problems)


def make() -> Reader:
    """A reader of PubMed's XML."""
    return Reader()


def _checked(rows: Rows, page: Page) -> Iterator[RawDocument]:
    """The documents of a set; an error where there are none."""
    found = False
    for row in rows:
        made = _book(row) if row.name == "pubmedbookarticle" else _article(row)
        if made.title or made.parts:
            found = True
            yield articles.document(made)
        else:
            rows.problems.append(f"PMID {made.key or '?'}: no title and no abstract; left out")
    if not found:
        reason = "; ".join(rows.problems[:1]) or "no article in it"
        raise SourceError(page.key, reason, "fetch it again with retmode=xml")


def _article(record: Node) -> Article:
    citation = record.child("medlinecitation") or record
    article = citation.child("article") or citation
    journal = article.child("journal") or article
    issue = journal.child("journalissue") or journal
    history = record.child("pubmeddata") or record
    ids = _ids(history)
    family, names = _authors(article.child("authorlist"))
    pmid = citation.words("pmid") or ids.get("pubmed", "")
    located = [n.text() for n in article.children("elocationid") if n.get("eidtype") == "doi"]
    return Article(
        reader=_NAME,
        key=pmid,
        title=_title(article, "articletitle"),
        parts=tuple(_abstract(article)) or tuple(_abstract(citation, "otherabstract")),
        authors=names,
        family=family,
        journal=journal.words("isoabbreviation") or journal.words("title") or None,
        published=_published(article, issue),
        doi=articles.one_doi(ids.get("doi", ""), *located),
        numbers=_numbers(pmid, ids),
        registrations=_registered(article),
        notes=tuple(_notes(citation, article)),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid.isdigit() else None,
    )


def _book(record: Node) -> Article:
    document = record.child("bookdocument") or record
    book = document.child("book") or document
    ids = _ids(document) | _ids(record.child("pubmedbookdata") or record)
    family, names = _authors(document.child("authorlist") or book.child("authorlist"))
    pmid = document.words("pmid")
    when = book.child("pubdate") or book
    return Article(
        reader=_NAME,
        key=pmid,
        title=_title(document, "articletitle") or _title(book, "booktitle"),
        parts=tuple(_abstract(document)),
        authors=names,
        family=family,
        journal=_title(book, "booktitle") or None,
        published=articles.date(when.words("year"), when.words("month"), when.words("day")),
        doi=articles.one_doi(ids.get("doi", "")),
        numbers=_numbers(pmid, ids),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid.isdigit() else None,
    )


def _title(node: Node, name: str) -> str:
    """A title; the brackets around a translated one go."""
    found = node.child(name)
    told = words(found) if found else ""
    inside = told.removesuffix(".")
    return inside[1:-1] if inside.startswith("[") and inside.endswith("]") else told


def _abstract(node: Node, name: str = "abstract") -> Iterator[Part]:
    found = node.child(name)
    for text in found.children("abstracttext") if found else ():
        told, label = words(text), text.get("label")
        if told:
            head = f"{label.rstrip(':')}: " if label and label.upper() != "UNLABELLED" else ""
            yield Part(words=head + told)


def _authors(found: Node | None) -> tuple[str | None, tuple[str, ...]]:
    """The first author's family name, and all names as PubMed prints them."""
    family: str | None = None
    names: list[str] = []
    for author in found.children("author") if found else ():
        last, group = author.words("lastname"), author.words("collectivename")
        if not names and last:
            family = last
        name = f"{last} {author.words('initials')}".strip() or group
        names += [name] if name else []
    return family, tuple(names)


def _published(article: Node, issue: Node) -> str | None:
    when = issue.child("pubdate") or issue
    year = when.words("year") or when.words("medlinedate")
    found = articles.date(year, when.words("month"), when.words("day"))
    online = article.child("articledate")
    if found or online is None:
        return found
    return articles.date(online.words("year"), online.words("month"), online.words("day"))


def _ids(node: Node) -> dict[str, str]:
    """Ids by their kind; those of the references stand deeper and are not among them."""
    listed = node.child("articleidlist")
    found = listed.children("articleid") if listed else []
    return {item.get("idtype"): item.text().strip() for item in reversed(found)}


def _numbers(pmid: str, ids: dict[str, str]) -> tuple[str, ...]:
    told = [f"PMID: {pmid}"] if pmid else []
    return tuple(told + ([f"PMCID: {ids['pmc']}"] if ids.get("pmc") else []))


def _registered(article: Node) -> tuple[str, ...]:
    banks = article.child("databanklist")
    listed = (
        [bank.child("accessionnumberlist") for bank in banks.children("databank")] if banks else []
    )
    numbers = (n.text() for one in listed if one for n in one.children("accessionnumber"))
    return articles.numbered(numbers)


def _notes(citation: Node, article: Node) -> Iterator[str]:
    """What PubMed says has become of the article."""
    kinds = article.child("publicationtypelist")
    types = (
        {kind.text().strip().lower() for kind in kinds.children("publicationtype")}
        if kinds
        else set()
    )
    ties = citation.child("commentscorrectionslist")
    told = False
    for tie in ties.children("commentscorrections") if ties else ():
        what = _TIES.get(tie.get("reftype").lower())
        if what:
            pmid = tie.words("pmid")
            told = told or what == "retracted"
            yield f"{what}: {_where(tie)}" + (f" (PMID {pmid})" if pmid else "")
    if "retracted publication" in types and not told:
        yield "retracted"


def _where(tie: Node) -> str:
    """Where the tied notice was printed."""
    return articles.line(tie.words("refsource")) or "not said where"
