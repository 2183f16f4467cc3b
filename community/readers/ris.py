"""Reads RIS, and PubMed's own tagged format (``.nbib``), as reference managers exchange them.

Both are lines of "TAG  - words"; a line without a tag goes on with the one before it. No library is
used: the formats are a dozen tags each, and what exporters break is read on after.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from community import text
from community.errors import SourceError
from community.records import articles
from community.records.articles import Article, Part
from community.types import Page, RawDocument

_NAME = "ris"
_TAG = re.compile(r"^([A-Z][A-Z0-9]{1,3}) {0,2}- ?(.*)$")
_HEAD = re.compile(rb"(?:^|[\r\n])[ \t]*(?:TY {1,2}- ?[A-Z]{2,8}|PMID- ?\d{1,9})[ \t]*(?=[\r\n])")
_LABELLED = re.compile(
    r"(?:(?<=[.!?)\]])\s+|^)(?=(?:BACKGROUND|OBJECTIVES?|AIMS?|PURPOSE|METHODS?|DESIGN|SETTING|"
    r"PATIENTS|PARTICIPANTS|INTERVENTIONS?|RESULTS?|FINDINGS|CONCLUSIONS?|INTERPRETATION|"
    r"TRIAL REGISTRATION|FUNDING)[A-Z ]{0,40}:)"
)
_MOST = 200_000  # records of one file
_LONGEST = 200_000  # characters of one field
Fields = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads lists of references."""

    def sniff(self, page: Page) -> float:
        """0.96 for what opens with a record's first tag."""
        start = page.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:400].replace(b"\x00", b"")
        return (
            0.96
            if re.match(rb"(?:TY {1,2}- ?[A-Z]|PMID- ?\d)", start)
            else (0.5 if _HEAD.search(page.head[:4000]) else 0.0)
        )

    def read(self, page: Page) -> Iterable[RawDocument]:
        """One document per reference that has a title or an abstract.

        Raises:
            SourceError: not text, or no reference in it.
        """
        words = text.decode(page.read(), page.key)
        made = [one for one in map(_article, _records(words)) if one.title or one.parts]
        if not made:
            raise SourceError(page.key, "no reference with a title in it", "export it again as RIS")
        return articles.unique(map(articles.document, made[:_MOST]))


def make() -> Reader:
    """A reader of RIS and of ``.nbib``."""
    return Reader()


def _records(words: str) -> Iterator[dict[str, list[str]]]:
    """References as tags with their values, in order."""
    held: dict[str, list[str]] = {}
    last = ""
    for raw in words.lstrip("\ufeff").split("\n"):
        found = _TAG.match(raw.lstrip())
        if found is None:
            if last and raw.strip() and len(held[last][-1]) < _LONGEST:
                held[last][-1] = f"{held[last][-1]} {raw.strip()}".strip()
            continue
        tag, value = found[1], found[2].strip()
        if tag in ("TY", "ER") or (tag == "PMID" and "PMID" in held):
            if held:
                yield held
            held, last = {}, ""
        if tag != "ER":
            held.setdefault(tag, []).append(value)
            last = tag
    if held:
        yield held


def _article(found: Fields) -> Article:
    nbib = "PMID" in found and "TY" not in found
    names = found.get("AU") or found.get("A1") or found.get("FAU") or []
    pmid = _one(found, "PMID") or (
        _one(found, "AN") if _one(found, "DB").startswith("PubMed") else ""
    )
    doi = articles.one_doi(*_all(found, "DO", "LID", "AID", "UR", "L3", "M3"))
    url = _one(found, "UR")
    pmc = next((m[0] for v in _all(found, "PMC", "C2") if (m := re.match(r"PMC\d+", v))), "")
    numbers = [f"PMID: {pmid}"] if pmid.isdigit() else []
    return Article(
        reader=_NAME,
        key=doi or (pmid if pmid else _one(found, "ID")),
        title=_one(found, "TI", "T1", "CT", "BT"),
        parts=tuple(_abstract(_one(found, "AB", "N2"))),
        authors=tuple(re.sub(r"\s*,\s*", " ", name) for name in names if name),
        family=_family(names[0], nbib) if names else None,
        journal=_one(found, *(("TA", "JT") if nbib else ("JO", "JA", "J2", "JF", "T2"))) or None,
        published=_published(found),
        doi=doi,
        numbers=(*numbers, *([f"PMCID: {pmc}"] if pmc else [])),
        registrations=articles.numbered(_all(found, "SI", "N1", "C1", "M1")),
        notes=tuple(_notes(found)),
        url=url if url.startswith(("https://", "http://")) else None,
        lang=None,
    )


def _all(found: Fields, *tags: str) -> list[str]:
    return [value for tag in tags for value in found.get(tag, ())]


def _one(found: Fields, *tags: str) -> str:
    return next((value for value in _all(found, *tags) if value), "")


def _family(name: str, nbib: bool) -> str:
    """The family name of "Doe, Jane", or of PubMed's "Doe J"."""
    if "," in name:
        return name.split(",")[0].strip()
    words = name.split()
    if len(words) > 1 and (nbib or re.fullmatch(r"[A-Z]{1,4}", words[-1])):
        return " ".join(words[:-1])
    return words[-1] if words else ""


def _published(found: Fields) -> str | None:
    told = _one(found, "DA", "PY", "Y1", "DP", "DEP", "Y2")
    parts = [part for part in re.split(r"[/\s-]+", told) if part]
    return articles.date(*[*parts, "", "", ""][:3]) or articles.date(_one(found, "PY", "Y1", "DP"))


def _abstract(words: str) -> Iterator[Part]:
    """Sections of an abstract, each a paragraph, where its labels show them."""
    for part in _LABELLED.split(words):
        if part.strip():
            yield Part(words=articles.line(part))


def _notes(found: Fields) -> Iterator[str]:
    """What PubMed says has become of the article."""
    for tag, what in (("RIN", "retracted"), ("ECI", "expression of concern"), ("EIN", "corrected")):
        for value in found.get(tag, ()):
            yield f"{what}: {articles.line(value)}"
    if "RIN" not in found and "Retracted Publication" in found.get("PT", ()):
        yield "retracted"
