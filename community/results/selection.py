"""Which values of a sentence are results: no baseline, forecast, definition or sample size."""

from __future__ import annotations

import re
from dataclasses import replace

from community.results.endpoints import Vocabulary
from community.results.heads import Row
from community.results.quantities import Quantity


def states_nothing(text: str, section: str, vocabulary: Vocabulary) -> bool:
    """Whether a sentence is an aim, a definition, a supposition, or stands among the methods."""
    if section == "methods" or section == "reference":
        return True
    if vocabulary.has("cue", "definition", text) and not re.search(r"\d ?(?:%|percent)", text):
        return True
    return any(vocabulary.has("cue", name, text) for name in ("aim", "hypothetical"))


_BOUND = re.compile(
    r";|,|\.\s|\b(?:while|whereas|although|but|though|versus|vs|compared|than|and (?=\d))|[()]"
)


def clause(text: str, at: int) -> tuple[int, int]:
    start, end = 0, len(text)
    for match in _BOUND.finditer(text):
        if match[0] in "()":
            continue
        if match.end() <= at:
            start = match.end()
        elif match.start() >= at:
            end = match.start()
            break
    return start, end


def kept(
    text: str, rows: tuple[Row, ...], treated: list[int], vocabulary: Vocabulary
) -> tuple[Row, ...]:
    """Rows that are results: not baseline, forecast, eligibility, or a sample size alone."""
    forecast = vocabulary.cue("cue", "forecast").search(text)
    out: list[Row] = []
    whole: Quantity | None = None
    for row in rows:
        head = row.head
        if head is None or _defining(text, row.at.start):
            continue
        if row.time is None and re.match(
            r"(?i)\W*at (?:baseline|entry|enrolment|inclusion)\b", text
        ):
            continue
        if head.kind == "count" and re.search(
            r"(?i)\b(?:of|among) (?:the |all |these )?$", text[: row.at.start]
        ):
            whole = head
            continue
        row, head = _of_whole(row, head, whole)
        a, b = clause(text, row.at.start)
        around = text[a:b]
        if (
            forecast
            and forecast.start() < row.at.start
            and not re.search(r"(?i)\bshow(?:n|ed)\b", text[: forecast.start()])
        ):
            continue
        to = re.search(r"(?i)\bbaseline\b[^,;]{0,20}\bto\s*$", text[: row.at.start])
        if to is None and any(
            vocabulary.has("cue", name, around) for name in ("baseline", "eligibility")
        ):
            continue
        counted = head.kind == "count" and row.count is None
        if counted and any(abs(start - row.at.start) <= 2 for start in treated):
            continue
        before = row.hit is None or row.hit.start < row.at.start
        if counted and before and vocabulary.has("cue", "enrolled", around):
            continue
        if (
            head.kind == "number"
            and row.hit is None
            and (head.unit or row.attached or spread(text, row))
        ):
            out.append(row)
            continue
        if row.hit is None and (head.kind == "number" or not _told(text, row)):
            continue
        out.append(row)
    return tuple(out)


def _of_whole(row: Row, head: Quantity, whole: Quantity | None) -> tuple[Row, Quantity]:
    """ "Of the 74 participants, 46 (62%)": the count with its denominator."""
    count = row.count or (head if head.kind in ("number", "count") else None)
    if whole is None or whole.value is None or count is None or count.value is None:
        return row, head
    if count.kind == "fraction" or count.value > whole.value or count.value % 1:
        return row, head
    both = replace(count, kind="fraction", numerator=int(count.value), denominator=int(whole.value))
    if row.count is not None:
        return replace(row, count=both), head
    return replace(row, head=both), both


_HAD = re.compile(r"\s(?:had|developed|experienced|achieved|reported|died|discontinued|stopped)\b")


def _told(text: str, row: Row) -> bool:
    """Whether a value without a known endpoint may be named from the text: shares and ratios, and
    counts of people who had something."""
    kind = row.head.kind if row.head else "number"
    return kind != "count" or _HAD.match(text, row.at.end) is not None


def spread(text: str, row: Row) -> bool:
    """Whether a spread follows the value: "12.1 ± 3.0", "6.9 (3.0) mm Hg"."""
    return (
        re.match(r"\s?\(?(?:±|\+/[-−–]|SD\b|\d[\d.]*\)\s?[a-zA-Z])", text[row.at.end :]) is not None
    )


def _defining(text: str, at: int) -> bool:
    """Whether a place stands in the words that define an endpoint: after "defined as", before the
    verb of the sentence."""
    match = re.search(r"(?i)\bdefined? (?:as|by)\b", text)
    if match is None or at < match.start():
        return False
    verb = re.search(r"[,)] (?:was|were|occurred|had)\b", text[match.end() :])
    return verb is None or at < match.end() + verb.start()
