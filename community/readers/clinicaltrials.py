"""Reads ClinicalTrials.gov's JSON (API version 2): a study, or a list of them as a search gives it.

Each study is a document whose text is the record in lines; outcome measures, their analyses and
adverse events are ready claims, each with its line. A study without results is a document without
claims.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from community.errors import SourceError
from community.html.markup import TextBuilder
from community.ids import document_id
from community.readers import _trial_results
from community.records import articles, values
from community.records.json_pages import head_text
from community.records.json_pages import values as read_values
from community.reported import Reported
from community.results.endpoints import packaged
from community.results.trials import identified
from community.types import Page, RawDocument

_NAME = "clinicaltrials"
_PROTOCOL = re.compile(r'"protocolSection"\s*:\s*\{')
_NCT = re.compile(r'"nctId"\s*:')
_LONGEST = 20_000  # characters of a description


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads studies."""

    def sniff(self, page: Page) -> float:
        """0.97 for studies as the registry's API gives them."""
        text = head_text(page.head)
        return 0.97 if _PROTOCOL.search(text) and _NCT.search(text) else 0.0

    def read(self, page: Page) -> Iterable[RawDocument]:
        """One document per study.

        Raises:
            SourceError: not JSON, or no study with a number in it.
        """
        found, problems = read_values(page)
        studies = [study for value in found for study in _studies(value)]
        if not studies:
            advice = "give the answer of /api/v2/studies"
            raise SourceError(page.key, "no study with a registry number in it", advice)
        seen: Counter[str] = Counter()
        made = []
        for study in studies:
            seen[_nct(study)] += 1
            nth = seen[_nct(study)]
            key = f"{_nct(study)}#{nth}" if nth > 1 else _nct(study)
            made.append(_document(study, page, key if len(studies) > 1 else ""))
        return [replace(made[0], problems=(*problems, *made[0].problems)), *made[1:]]


def make() -> Reader:
    """A reader of ClinicalTrials.gov's JSON."""
    return Reader()


def _studies(value: Any) -> Iterator[dict[str, Any]]:
    listed = value if isinstance(value, list) else values.children(value, "studies") or [value]
    for study in listed:
        if isinstance(study, dict) and _nct(study):
            yield study


def part(study: Any, *names: str) -> dict[str, Any]:
    """An object within objects; {} where there is none."""
    for name in names:
        study = study.get(name) if isinstance(study, dict) else None
    return study if isinstance(study, dict) else {}


def _protocol(study: dict[str, Any], module: str) -> dict[str, Any]:
    return part(study, "protocolSection", f"{module}Module")


def _nct(study: dict[str, Any]) -> str:
    told = values.line(_protocol(study, "identification").get("nctId")).upper()
    return told if re.fullmatch(r"NCT\d{6,10}", told) else ""


def _document(study: dict[str, Any], page: Page, key: str) -> RawDocument:
    nct = _nct(study)
    about = _protocol(study, "identification")
    reported = _reported(study, nct)
    builder = TextBuilder()
    title = values.line(about.get("officialTitle")) or values.line(about.get("briefTitle"))
    title_span = builder.add_text(title) if title else None
    for told in _protocol_lines(study, reported, title):
        builder.add_text(told)
    identity = identified(reported, packaged())
    conditions = [
        values.line(c) for c in values.children(_protocol(study, "conditions"), "conditions")
    ]
    ledger, problems = _trial_results.mentions(
        study,
        builder,
        {
            "document_id": document_id(page.key, key),
            "trial": identity.name if identity else nct,
            "registration": nct,
            "population": ", ".join(c for c in conditions if c)[:200] or None,
        },
    )
    status = _protocol(study, "status")
    return RawDocument(
        thread_key=key,
        reader=_NAME,
        text=builder.text(),
        title=title or None,
        title_span=title_span,
        note=None if ledger else "the registry holds no results of this study",
        url=f"https://clinicaltrials.gov/study/{nct}",
        published_at=values.line(part(status, "lastUpdatePostDateStruct").get("date")) or None,
        ledger=ledger,
        study=reported,
        problems=tuple(problems),
    )


def _reported(study: dict[str, Any], nct: str) -> Reported:
    about = _protocol(study, "identification")
    others = values.children(about, "secondaryIdInfos")
    numbers = articles.numbered(values.line(o.get("id")) for o in others if isinstance(o, dict))
    acronym = values.line(about.get("acronym"))
    return Reported(name=acronym or None, registrations=(nct, *(n for n in numbers if n != nct)))


def _protocol_lines(study: dict[str, Any], reported: Reported, title: str) -> Iterator[str]:
    about = _protocol(study, "identification")
    brief = values.line(about.get("briefTitle"))
    if brief and brief != title:
        yield brief
    yield ". ".join(part for part in ("ClinicalTrials.gov", *reported.registrations) if part)
    if reported.name:
        yield f"Acronym: {reported.name}"
    status = values.line(_protocol(study, "status").get("overallStatus"))
    if status:
        yield f"Status: {status.lower().replace('_', ' ')}"
    enrolled = part(_protocol(study, "design"), "enrollmentInfo")
    if values.count(enrolled.get("count")) is not None:
        kind = values.line(enrolled.get("type")).lower()
        yield f"Enrolment: {values.count(enrolled['count'])}" + (f" ({kind})" if kind else "")
    for arm in values.children(_protocol(study, "armsInterventions"), "armGroups"):
        told = [values.line(part(arm).get(name)) for name in ("label", "type", "description")]
        told[1] = told[1].lower().replace("_", " ")
        if told[0]:
            yield "Arm: " + ". ".join(words.rstrip(".") for words in told if words)
    summary = values.line(_protocol(study, "description").get("briefSummary"))
    if summary:
        yield summary[:_LONGEST]
