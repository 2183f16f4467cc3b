"""Shares of people who were spared something: "16 of 23 had no relapse" reports relapse-free
survival, not relapse. Which endpoint is the freedom from which is data (`free` in the vocabulary).
"""

from __future__ import annotations

import re
from dataclasses import replace

from community.results.endpoints import Endpoint, Vocabulary
from community.results.heads import Row

_SPARED = re.compile(
    r"(?:\b(?:no|not|never|without|neither|nor|free (?:of|from)|spared)|n['’]t)\b[^.;,]{0,30}$",
    re.IGNORECASE,
)
# "the EDSS did not progress": the negation stands after what is named
_STAYED = re.compile(
    r"\W*(?:scores? )?(?:(?:did|had|has|have|was|were) not|(?:did|had)n['’]t|never)"
    r"\b[^.;,]{0,15}\b(?:progress|wors|deteriorat|increas|ris|declin)",
    re.IGNORECASE,
)
_BEFORE = 34  # characters before an endpoint in which a negation may stand


def freed(text: str, rows: tuple[Row, ...], vocabulary: Vocabulary) -> tuple[Row, ...]:
    """The rows of a sentence, those of people who were spared an outcome under its freedom."""
    known = {endpoint.name: endpoint for endpoint in vocabulary.endpoints}
    return tuple(_freed(text, row, known) for row in rows)


def _freed(text: str, row: Row, known: dict[str, Endpoint]) -> Row:
    free = known.get(row.endpoint.free)
    counted = row.head is not None and (row.head.unit == "%" or row.head.kind == "count")
    if free is None or row.hit is None or not counted or not (row.head and row.head.value):
        return row
    spared = _SPARED.search(text[max(0, row.hit.start - _BEFORE) : row.hit.end])
    if not spared and not _STAYED.match(text, row.hit.end):
        return row
    return replace(row, endpoint=free)
