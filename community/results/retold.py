"""The endpoint that a sentence as a whole tells, where the nearest words name another."""

from __future__ import annotations

import re
from dataclasses import replace

from community.results.endpoints import Endpoint, Hit, Vocabulary
from community.results.heads import Row


def _scored(text: str, row: Row, vocabulary: Vocabulary) -> Row:
    """A measured number under "disability improved" or "worsened" is a score or its change."""
    if row.endpoint.family != "disability" or row.head is None:
        return row
    if row.head.kind != "number":
        if row.endpoint.name != "EDSS change":
            return row
        better = re.search(r"(?i)\b(?:improv|better|gain)", text)
        worse = re.search(r"(?i)\b(?:wors|deteriorat|progress)", text)
        if bool(better) == bool(worse):
            return row
        whose = "EDSS improvement" if better else "disability worsening"
        return replace(
            row, endpoint=next((e for e in vocabulary.endpoints if e.name == whose), row.endpoint)
        )
    reached = re.search(r"(?i)\bfrom [^;]{0,20}\bto\s*$", text[: row.at.start]) is not None
    name = "EDSS score" if reached else "EDSS change"
    return replace(
        row, endpoint=next((e for e in vocabulary.endpoints if e.name == name), row.endpoint)
    )


def _half_by(row: Row, vocabulary: Vocabulary) -> Row:
    """ "Half had progressed by 24 months (IQR 18-48)": a median time, told as the share."""
    half = row.head is not None and row.head.kind == "proportion" and row.head.value == 50
    if not half or row.time is None or not any(q.name == "IQR" for q in row.attached):
        return row
    named = next((e for e in vocabulary.endpoints if e.name == "time to progression"), row.endpoint)
    return replace(row, endpoint=named, head=row.time, time=None)


_STILL = re.compile(
    r"(?i)\b(?:unchanged|no change|did not change|steady|stayed|stable|the same|no different)\b"
)
_WORSE = re.compile(r"(?i)\b(?:worse(?:ned)?|deteriorated|declined|progressed)\b")


def _turned_on(text: str, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """ "Disability got better in 54 %, was unchanged in 37 % and worse in 9 %": the later shares
    are of what their own words say."""
    out = list(rows)
    for i in range(1, len(out)):
        row, last = out[i], out[i - 1]
        if row.hit is None or row.hit != rows[i - 1].hit or row.head is None:
            continue
        if row.head.unit != "%" and row.head.kind != "count":
            continue
        gap = text[last.at.end : row.at.start]
        subject = row.endpoint.family if row.endpoint.family == "disability" else "condition"
        if _STILL.search(gap):
            named = Endpoint(name=f"{subject} unchanged", high="neutral", family="outcome")
            out[i] = replace(row, endpoint=named)
        elif _WORSE.search(gap) and row.endpoint.high == "favourable":
            named = Endpoint(name=f"{subject} worsening", high="unfavourable", family="outcome")
            out[i] = replace(row, endpoint=named)
    return tuple(out)


def fixed(
    text: str, rows: tuple[Row, ...], hits: tuple[Hit, ...], vocabulary: Vocabulary
) -> tuple[Row, ...]:
    """Rows under the endpoint that the sentence as a whole tells: measured disability under its
    score or change, deaths that were not due to treatment under that endpoint."""
    rows = tuple(_scored(text, row, vocabulary) for row in rows)
    rows = _turned_on(text, tuple(_half_by(row, vocabulary) for row in rows))
    unrelated = next(
        (h for h in hits if h.endpoint.name == "deaths not related to treatment"), None
    )
    if unrelated is None:
        return rows
    return tuple(
        replace(row, endpoint=unrelated.endpoint) if row.endpoint.name == "mortality" else row
        for row in rows
    )
