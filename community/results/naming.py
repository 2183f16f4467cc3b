"""The study that a document reports: by its source's fields, its own words, its source line; else a
name that stands in: the centre and its years, or the page's title.
"""

from __future__ import annotations

import re
from dataclasses import replace

from community.reported import Reported
from community.results import acronyms
from community.results.acronyms import Acronyms
from community.results.endpoints import Vocabulary
from community.results.references import find
from community.results.trials import Identity, cited, identified, registrations, told

_CENTRE = re.compile(
    r"\b(?P<where>(?:[A-ZÀ-Þ][\w'’-]{2,20} ){1,3}(?:University )?(?:Hospital|Clinic|Institute|"
    r"Medical Cent(?:er|re)))\b[^.;\n]{0,160}?\b(?P<from>(?:19|20)\d\d)"
    r"(?:[^.;\n\d]{1,30}(?P<to>(?:19|20)\d\d))"
    r"|\b(?P<since>(?:19|20)\d\d)[^.;\n\d]{1,12}(?P<till>(?:19|20)\d\d)[^.;\n]{0,160}?"
    r"\b(?P<at>(?:[A-ZÀ-Þ][\w'’-]{2,20} ){1,3}(?:University )?(?:Hospital|Clinic|Institute|"
    r"Medical Cent(?:er|re)))\b"
)
_OWN = re.compile(
    r"(?i)\b(?:we (?:report|treated|enrolled|recruited|randomi[sz]ed|describe|present|studied|"
    r"followed|analy[sz]ed|assessed|found|looked at)|our (?:\w+ )?(?:patients|series|cohort|study|"
    r"trial|results|data|centre|center|experience))\b"
)
# titles of pages that speak of another's study
_ABOUT = re.compile(
    r"(?i)^\W*(?:comments?|commentary|editorial|letters?|reply|response|re:|correspondence|"
    r"opinion|viewpoint)\b"
)
_EARLY = 600  # characters in which a text says whose results it tells


def host(
    text: str,
    title: str | None,
    vocabulary: Vocabulary,
    page: str = "",
    study: Reported | None = None,
) -> Identity | None:
    """The study that a document as a whole reports; None where nothing names one.

    Args:
        text: the article, with its references.
        title: its title, which counts for more.
        vocabulary: the trials that are known.
        page: what else stands on the page (source lines) without what people posted.
        study: what the source's own fields say.
    """
    fields = identified(study, vocabulary) if study is not None else None
    if fields is not None and fields.known:
        return fields
    known = told(text, title, vocabulary)
    if known is not None and (fields is None or told("", title, vocabulary) is not None):
        return known
    names = acronyms.of(f"{title or ''}\n{text}", vocabulary)
    if fields is not None:
        name = next(iter(names.within(title or "")), None)
        return _also(fields, name) if name and fields.name != name else fields
    if _ABOUT.search(title or "") and reports_own(text):
        return None  # what it names is another's, and its own has no name
    source = cited(page or text, vocabulary)
    if source is not None and source.known:
        return source
    return _by_words(text, title, names, source)


def _also(fields: Identity, name: str) -> Identity:
    """A study under the acronym that its title gives it."""
    return replace(fields, name=name, known_as=(*fields.known_as, fields.name))


def _by_words(
    text: str, title: str | None, names: Acronyms, source: Identity | None
) -> Identity | None:
    whole = f"{title or ''}\n{text}"
    titled = () if _ABOUT.search(title or "") else names.within(title or "")
    name = next(iter(titled), None) or _numbered(names)
    own = reports_own(text)
    centre = from_centre(text) if own and name is None and source is None else None
    if centre is not None:
        return centre
    name = name or (_prominent(text, names) if source is None else None)
    authored = _authored(text, title) if source is None else None
    if authored is not None and not titled:
        who = authored.author or ""
        name = name if name is not None and _with_author(text, name, who) else None
        name = name or _led_by(text, who, names)
    numbers = registrations(whole)
    free = [n for n in numbers if n not in names.numbers.values()]
    if name is not None:
        number = names.numbers.get(name) or (free[0] if len(numbers) == 1 and free else None)
        also = (source.name,) if source is not None and source.author else ()
        return Identity(
            name=name,
            registration=number,
            doi=source.doi if source is not None else None,
            author=source.author if source is not None else None,
            known_as=also,
        )
    if source is not None:
        return source
    return authored or (Identity(name=free[0], registration=free[0]) if len(free) == 1 else None)


def _numbered(names: Acronyms) -> str | None:
    """The one acronym that has its registry number beside it."""
    return next(iter(names.numbers)) if len(names.numbers) == 1 else None


def _prominent(text: str, names: Acronyms) -> str | None:
    """The acronym that a text is about: named early, and more often than any other."""
    counts: dict[str, int] = {}
    first: dict[str, int] = {}
    for start, _, name in names.find(text):
        counts[name] = counts.get(name, 0) + 1
        first.setdefault(name, start)
    ranked = sorted(counts, key=lambda n: (-counts[n], n))
    if not ranked or (len(ranked) > 1 and counts[ranked[0]] == counts[ranked[1]]):
        return None
    return ranked[0] if first[ranked[0]] <= max(_EARLY, 0.3 * len(text)) else None


def _led_by(text: str, author: str, names: Acronyms) -> str | None:
    """The one acronym in the sentence that first names an author."""
    at = text.find(author)
    start = max(text.rfind(mark, 0, max(0, at)) for mark in (". ", "! ", "? ", "\n"))
    found = re.match(r"[^\n]{0,300}?(?:[.!?]\s|$)", text[start + 2 :])
    inside = set(names.within(found[0])) if found and at >= 0 else set()
    return next(iter(inside)) if len(inside) == 1 else None


def _with_author(text: str, name: str, author: str) -> bool:
    """Whether an acronym stands before an author's name, or in one sentence with it."""
    first, at = text.find(name), text.find(author)
    return first < at or not re.search(r"[.!?]\s", text[at:first])


def _authored(text: str, title: str | None) -> Identity | None:
    """The study of the authors whom a text names first, at its beginning."""
    if _OWN.search(text):
        return None  # others' studies are compared with
    early = [r for r in find(f"{title or ''}. {text[: _EARLY // 2]}") if r.kind == "author"]
    if not early:
        return None
    who = early[0].who or ""
    year = next((r.year for r in early if r.year and r.who == who), None)
    return Identity(name=f"{who} {year}" if year else who, author=who, year=year)


def reports_own(text: str) -> bool:
    """Whether a text tells of a study of its writers'."""
    return _OWN.search(text) is not None


def from_centre(text: str) -> Identity | None:
    """A centre with the years in which it treated: "Elm Park Hospital 2009–2014"."""
    match = _CENTRE.search(text)
    if match is None:
        return None
    where = re.sub(r"^(?:The|At|In|From) ", "", match["where"] or match["at"])
    years = f"{match['from'] or match['since']}–{match['to'] or match['till']}"
    place = where.split()[0]
    also = (f"{place} {years}",) if place != where else ()
    return Identity(name=f"{where} {years}", lent=True, place=place, known_as=also)


def from_title(title: str | None, text: str) -> Identity | None:
    """A name for the one study of a document that names none: its title, shortened."""
    words = (title or text).strip()
    if title is None and (len(words) > 200 or re.search(r"\d\s?%|[.!?]$", words)):
        return None
    words = re.sub(r"(?i)^(?:research summary|study|news|abstract|title)\s*:\s*", "", words)
    short = words if len(words) <= 80 else words[:80].rsplit(" ", 1)[0]
    return Identity(name=short, lent=True) if short else None
