"""Names for a study that a page names nowhere: its centre and years, else the page's title."""

from __future__ import annotations

import re

from community.results.trials import Identity

_CENTRE = re.compile(
    r"\b(?P<where>(?:[A-ZÀ-Þ][\w'’-]{2,20} ){1,3}(?:University )?(?:Hospital|Clinic|Institute|"
    r"Medical Cent(?:er|re)))\b[^.;\n]{0,160}?\b(?P<from>(?:19|20)\d\d)"
    r"(?:[^.;\n\d]{1,30}(?P<to>(?:19|20)\d\d))"
)


def from_centre(text: str) -> Identity | None:
    """A centre with the years in which it treated: "Elm Park Hospital 2009–2014"."""
    match = _CENTRE.search(text)
    if match is None:
        return None
    where = re.sub(r"^(?:The|At|In|From) ", "", match["where"])
    return Identity(name=f"{where} {match['from']}–{match['to']}", lent=True)


def from_title(title: str | None, text: str) -> Identity | None:
    """A name for the one study of a document that names none: its title, shortened."""
    words = (title or text).strip()
    if title is None and (len(words) > 200 or re.search(r"\d\s?%|[.!?]$", words)):
        return None
    words = re.sub(r"(?i)^(?:research summary|study|news|abstract|title)\s*:\s*", "", words)
    short = words if len(words) <= 80 else words[:80].rsplit(" ", 1)[0]
    return Identity(name=short, lent=True) if short else None
