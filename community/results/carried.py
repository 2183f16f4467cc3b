"""What lay prose leaves to the sentence before, and how it says that nothing happened.

"The figure was 91 %" speaks on about the endpoint named last; "nobody died" and "not a single
relapse" are counts of zero, where what did not happen can be counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from community.results import quantities
from community.results.endpoints import Endpoint, Hit, Vocabulary
from community.types import Mention

_UNTOLD = ("follow-up", "participants treated")
_COUNTABLE = frozenset(
    ["survival", "harm", "relapse", "use of care", "conduct", "fertility", "disability", "listed"]
)
_UNCOUNTED = re.compile(
    r"(?i)\b(?:significant|notable|notably|unexpected|major|important|clear|meaningful|late|acute|"
    r"increase[sd]?|decrease[sd]?|differences?|changes?|evidence|signs?|safety|effects? on|more|"
    r"higher|lower|association|impact|neurolog\w+|nervous)\b"
)
_PERSONAL = re.compile(r"\b(?:I|I['’]m|my|me|half of you|some of you)\b")
_NONE = re.compile(
    r"(?i)\b(?:no|nobody|no one|none|not one|not an? single|neither|never|without(?: any)?)\b"
)
_CASES = re.compile(
    r"(?i)\b(?:not (?:an? )?(?:single|one)|no|zero|without an?y?) (?:new |further |reported )?"
    r"(?:cases?|instances?|episodes?) of (?P<what>[^\W\d][\w-]*(?: [^\W\d][\w-]*){0,3}?)"
    r"(?=[.,;:)]|$| (?:was|were|has|have|had|among|in|during|at|over|and|or|after)\b)"
)


def last_named(hits: tuple[Hit, ...], before: Endpoint | None) -> Endpoint | None:
    """The endpoint that a following sentence may speak on about."""
    named = [hit.endpoint for hit in hits if hit.endpoint.name not in _UNTOLD]
    return named[-1] if named else before


def again(
    text: str, hits: tuple[Hit, ...], before: Endpoint | None, vocabulary: Vocabulary
) -> tuple[Hit, ...]:
    """`hits`, or the endpoint of the sentence before where this one names none and speaks on."""
    if before is None or hits or _PERSONAL.search(text):
        return hits
    cue = vocabulary.cue("carried", "again").search(text)
    if cue is None:
        return hits
    kinds = ("percent", "fraction", "proportion", "count")
    first = next((q for q in quantities.find(text) if q.kind in kinds), None)
    if first is not None and re.search(r"[,;]|\bwhile\b", text[first.span.end : cue.start()]):
        return hits  # "12 % had X, and in the other group it was 21 %" names it itself
    return (Hit(before, 0, 0),)


def zero(text: str, hit: Hit) -> bool:
    """Whether the words say that what `hit` names happened to nobody: a count of zero."""
    if hit.endpoint.family not in _COUNTABLE or hit.endpoint.name == "overall survival":
        return False
    own = _NONE.match(text, hit.start)
    found = [own] if own else list(_NONE.finditer(text, max(0, hit.start - 60), hit.start))
    if not found or re.search(r"[;:]", text[found[-1].end() : hit.start]):
        return False
    return _UNCOUNTED.search(text, found[-1].end(), hit.end) is None


def as_zero(mention: Mention) -> Mention:
    """A mention in words as the count that it amounts to."""
    return replace(mention, value=0.0, unit="patients", numerator=0, measure="count", score=0.75)


def cases(text: str, hits: tuple[Hit, ...]) -> Iterator[Hit]:
    """Outcomes that the vocabulary lacks and of which a sentence says there was no case."""
    for match in _CASES.finditer(text):
        start, end = match.span("what")
        if not any(hit.start < end and start < hit.end for hit in hits):
            name = match["what"].lower()
            yield Hit(Endpoint(name=name, high="unfavourable", family="listed"), start, end)
