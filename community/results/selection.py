"""Which values of a sentence are results: no baseline, forecast, definition or sample size."""

from __future__ import annotations

import re
from dataclasses import replace

from community.results.endpoints import Vocabulary
from community.results.heads import Row
from community.results.quantities import Quantity

_ADDRESSED = re.compile(
    r"(?i)\W*if (?:you|they|people|patients|someone) (?:had|were)\b[^.]{3,120}\d ?(?:%|per ?cent)"
)


def states_nothing(text: str, vocabulary: Vocabulary) -> bool:
    """Whether a sentence is an aim, a definition or a supposition."""
    if _ADDRESSED.match(text):  # "If you had the mild form it was 73 %" tells of a group
        return False
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
        if row.time is None and _opens_before(text, row, vocabulary):
            continue
        if head.kind == "count" and re.search(
            r"(?i)\b(?:of|among) (?:the |all |these )?$", text[: row.at.start]
        ):
            whole = head
            continue
        if head.kind in ("number", "count") and _AMONG.search(text[: row.at.start]):
            continue
        if head.kind == "proportion" and _HALVES.search(text):
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
        to = re.search(
            r"(?i)(?:\bbaseline\b[^,;]{0,20}|\bfrom\b[^;]{0,70})\bto\s*$", text[: row.at.start]
        )
        if to is None and any(
            vocabulary.has("cue", name, around) for name in ("baseline", "eligibility")
        ):
            continue
        if _unlisted(row) and _not_had(text, row, around, vocabulary):
            continue
        counted = head.kind == "count" and row.count is None
        if counted and any(abs(start - row.at.start) <= 2 for start in treated):
            continue
        if counted and _JOINED.match(text, row.at.end):
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


# "Half were given the drug and half a dummy": how they were assigned.
_HALVES = re.compile(
    r"(?i)\b(?:half|a third)\b[^.;]{0,60}?(?:\b(?:got|received|took|followed|had|given|"
    r"assigned|on)\b)?"
    r"[^.;]{0,60}\b(?:and|the other)\s(?:the other\s)?(?:half|a third|third)\b"
)
_JOINED = re.compile(
    r"(?i)\s(?:[\w-]+ ){0,3}?(?:took part|signed up|joined|volunteered|came in|entered|"
    r"were (?:enrolled|"
    r"recruited|asked|invited|followed|screened|randomi[sz]ed|assigned))\b"
)


def _opens_before(text: str, row: Row, vocabulary: Vocabulary) -> bool:
    """Whether the sentence opens at baseline ("When they started, …"), which holds for all of it up
    to a "from … to"."""
    opening = text[: min(row.at.start, max(text.find(",") + 1, 40))]
    begun = re.match(
        r"(?i)\W*(?:at (?:baseline|entry|enrolment|inclusion|the (?:start|outset))|before|prior to|"
        r"when)\b",
        opening,
    )
    if begun is None or re.search(r"(?i)\bfrom\b[^;]{0,70}\bto\s*$", text[: row.at.start]):
        return False
    return vocabulary.has("cue", "baseline", opening)


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


def _unlisted(row: Row) -> bool:
    return row.hit is not None and not row.endpoint.family


# "Among 150 patients in one group and 149 in the other": the sizes of both.
_AMONG = re.compile(
    r"(?i)(?:^|[.;,:] )\W*(?:of|among) (?:the |all )?\d[\d,]* [^.;,%]{0,80}\band (?:the )?$"
)
_ASSIGNED = re.compile(r"(?i)\b(?:randomi[sz]ed|assigned|allocated)\b[^.;]{0,40}\bto\b")
_CAME = re.compile(
    r"(?i)\b(?:occurred|seen|reported|turned up|developed|happened|found|observed|recorded|"
    r"noted|affected|"
    r"detected|confirmed|arose|appeared|struck)\b[^.;]{0,40}$"
)
_SOME_HAD = re.compile(
    r"[^.;,]{0,70}?\s(?:had|developed|experienced|achieved|reported|died|suffered|showed|needed|reached|"
    r"lost|gained|were|was|of)\b(?! not\b| been\b)"
)


def _not_had(text: str, row: Row, around: str, vocabulary: Vocabulary) -> bool:
    """Whether a count or bare number under an outcome that no list knows is a size, or people told
    apart, rather than people to whom it happened."""
    if row.head is None or row.head.kind not in ("count", "number") or row.count is not None:
        return False
    if vocabulary.has("cue", "enrolled", around) or _ASSIGNED.search(text[: row.at.start]):
        return True
    if row.head.kind != "count" or _SOME_HAD.match(text, row.at.end):
        return False
    came = row.hit is not None and row.hit.end <= row.at.start
    return not (came and _CAME.search(text, row.hit.end if row.hit else 0, row.at.start))


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
