"""What of a letter its sender wrote: without signature, list footer and scrubbed attachments; and
which stretch of it is a letter answered, pasted below.

Lines that begin with ``>`` stay as they are, with the line that says whose they are: they are told
from own words where every text's are. A line of attribution that a mailer wrapped is put on one
line, as only whole ones are recognised there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from community import headers
from community.mail import stamps
from community.mail.fields import author
from community.text import lines
from community.types import Span

_RULE = "-_=*~#<>. "  # characters of a rule
_SHORTEST_RULE = 5
_SHORTEST_END = 3  # characters that close a rule with words in it
_MOST_WITHIN = 60
_LONGEST_RULE = 200
_SIGNATURE = re.compile(r"-- ?$|—\s?$")
_FOOTER = re.compile(
    r"https?://|www\.|@|\sat\s\S+\.\S|mailing[ -]?list|unsubscri|listinfo|newsgroup|"
    r"abbestell|abmeld|désabonn|désinscri|desuscrib|darse de baja|cancella|afmeld|uitschrijv",
    re.I,
)
_DASHED = re.compile(r"\s*[-_*]{2,}\s*(?P<words>[^-_*\s].{2,50}?)\s*[-_*]{2,}\s*$")
_ORIGINAL = re.compile(
    r"original|ursprüng|urspr|forwarded|weitergeleitet|d'origine|transféré|reenviado|inoltrat|"
    r"doorgestuurd|oorspronkelijk|oprindelig|vidarebefordrat|исходное|пересылаем",
    re.I,
)
_FIELD = re.compile(r"\s*\*?(?P<name>[^\W\d_][\w .'-]{1,20}?)\*?\s?:\*?(?:\s+(?P<value>\S.*))?$")
_FROM = re.compile(r"(?:from|von|de|da|van|från|fra|od|от|kimden|lähettäjä|expéditeur)$", re.I)
_SENT = re.compile(
    r"(?:sent|date|gesendet|datum|envoyé|enviado(?: el)?|fecha|inviato|data|verzonden|skickat|"
    r"sendt|дата|wysłano)$",
    re.I,
)
_ABOUT = re.compile(
    r"(?:subject|betreff|objet|sujet|asunto|oggetto|onderwerp|ämne|emne|temat|тема|konu|aihe)$",
    re.I,
)
_DEVICE = re.compile(
    r"(?:sent (?:from|via|using) (?:my|the|a|yahoo|outlook|mail|proton|gmail)|get outlook for|"
    r"von meinem .{1,40} gesendet|gesendet (?:von|mit) |envoyé de mon|enviado desde mi|"
    r"inviato da(?:l mio)? |verstuurd vanaf|skickat från min|sendt fra min).{0,60}$",
    re.I,
)
_SCRUBBED = re.compile(
    r"-{8,} (?:next part|nächster teil|section suivante|próxima parte) -{8,}", re.I
)
_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_PGP = ("-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----")
_MOST_SIGNATURE = 12  # lines with words
_MOST_FOOTER = 15
_MOST_FOOTERS = 4  # of lists that pass a letter on to each other
_LOOK = 60  # lines at the end in which footers are looked for
_HEADER_LINES = 8  # of a pasted header
_MOST_ATTRIBUTION = 160  # characters of a wrapped line that says whose words follow


@dataclass(frozen=True, slots=True)
class Answered:
    """A letter pasted below: where it stands in the words, and what its header says."""

    span: Span
    author: str | None = None
    posted_at: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """The words of a letter, and the one it answers where that is pasted below without marks."""

    words: str
    answered: Answered | None = None


def letter(text: str) -> Letter:
    """What of a message's text is the letter. Offsets count in `Letter.words`, which is trimmed."""
    found = [line.text for line in lines(_without_armour(text))]
    found = _without_scrubbed(found)
    found = _without_footers(found)
    at = _pasted(found)
    own = _without_signature(found if at is None else found[:at])
    own = [line for line in own if not _DEVICE.match(line.strip())]
    own = _joined(own)
    if at is None:
        return Letter("\n".join(own).strip())
    below = "\n".join(found[at:]).strip()
    head = "\n".join(own).strip()
    words = f"{head}\n\n{below}" if head else below
    who, when = _told(found[at : at + _HEADER_LINES + 2])
    return Letter(words, Answered(Span(len(words) - len(below), len(words)), who, when))


def _without_armour(text: str) -> str:
    """A signed message without what the signature adds."""
    if _SIGNED in text:
        _, _, inner = text.partition(_SIGNED)
        text = inner.partition("\n\n")[2] or inner
    start = text.find(_PGP[0])
    if start >= 0:
        end = text.find(_PGP[1], start)
        text = text[:start] + (text[end + len(_PGP[1]) :] if end >= 0 else "")
    return text


def _without_scrubbed(found: list[str]) -> list[str]:
    """Lines without the notices that an archive leaves of attachments."""
    kept: list[str] = []
    skipping = False
    for n, line in enumerate(found):
        if _SCRUBBED.match(line):
            notice = " ".join(found[n + 1 : n + 4])
            skipping = "scrubbed" in notice or "URL:" in notice
        elif (
            skipping and not line.strip() and n and found[n - 1].lstrip().startswith(("URL:", "<"))
        ):
            skipping = False
        elif not skipping:
            kept.append(line)
    return kept


def _without_footers(found: list[str]) -> list[str]:
    """Lines without what lists add below a letter: a rule, then addresses."""
    stop = len(found)
    for _ in range(_MOST_FOOTERS):
        for n in range(stop - 1, max(-1, stop - _LOOK), -1):
            if found[n].startswith(">"):
                return found[:stop]
            rule = _is_rule(found[n]) or _SIGNATURE.match(found[n])
            if rule and _is_footer(found[n + 1 : stop]):
                stop = n
                break
        else:
            break
    return found[:stop]


def _is_rule(line: str) -> bool:
    """Whether a line is drawn, perhaps with a few words in it."""
    bare = line.strip() if len(line) <= _LONGEST_RULE else ""
    rest = bare.lstrip(_RULE)
    if len(bare) - len(rest) < _SHORTEST_RULE:
        return False
    within = rest.rstrip(_RULE)
    return not rest or (len(within) <= _MOST_WITHIN and len(rest) - len(within) >= _SHORTEST_END)


def _is_footer(below: Sequence[str]) -> bool:
    said = [line for line in below if line.strip()]
    if not said or len(said) > _MOST_FOOTER or _header(below) is not None:
        return False
    return any(_FOOTER.search(line) for line in said)


def _without_signature(found: list[str]) -> list[str]:
    """Lines without the signature, which stands at the end or above the words answered."""
    for n, line in enumerate(found):
        if not _SIGNATURE.match(line):
            continue
        last = min(len(found), n + _LOOK)
        end = next((m for m in range(n + 1, last) if found[m].startswith(">")), last)
        while end < len(found) and end > n + 1 and found[end - 1].strip():
            end -= 1  # the lines that say whose words follow
        said = sum(bool(below.strip()) for below in found[n + 1 : end])
        if said <= _MOST_SIGNATURE:
            return [*found[:n], *found[end:]]
    return found


def _joined(found: list[str]) -> list[str]:
    """Lines with an attribution that was wrapped ("On DATE NAME" / "wrote:") on one line again."""
    kept: list[str] = []
    for n, line in enumerate(found):
        above = kept[-1] if kept else ""
        wrapped = (
            line.rstrip().endswith(":")
            and 0 < len(above.strip()) <= _MOST_ATTRIBUTION
            and len(line) <= _MOST_ATTRIBUTION
            and not above.startswith(">")
            and any(below.startswith(">") for below in found[n + 1 : n + 3])
        )
        if wrapped:
            whole = f"{above.rstrip()} {line.strip()}"
            alone = headers.said(line)
            if headers.said(whole) and (alone is None or alone.author is None):
                kept[-1] = whole
                continue
        kept.append(line)
    return kept


def _pasted(found: list[str]) -> int | None:
    """The line at which a letter pasted below begins, with its header or a rule above it."""
    for n, line in enumerate(found):
        if line.startswith(">") or not line.strip():
            continue
        dashed = _DASHED.match(line) if len(line) <= _LONGEST_RULE else None
        if dashed and _ORIGINAL.search(dashed["words"]):
            return n
        if (dashed or _is_rule(line)) and _header(found[n + 1 : n + 12]) is not None:
            return n
        apart = n == 0 or not found[n - 1].strip()
        if apart and _FIELD.match(line) and _header(found[n : n + 12]) == 0:
            return n
    return None


def _header(found: Sequence[str]) -> int | None:
    """Where a pasted header (sender, date, subject, each on its line) begins among the next
    lines that have words; None where none does."""
    fields = []
    first = next((n for n, line in enumerate(found[:4]) if line.strip()), None)
    if first is None:
        return None
    for line in found[first : first + _HEADER_LINES]:
        field = _FIELD.match(line)
        if field:
            fields.append(field["name"])
        elif not line.strip():
            break
    if fields and _FROM.match(fields[0]) and any(_ABOUT.match(name) for name in fields):
        return first
    return None


def _told(found: Sequence[str]) -> tuple[str | None, str | None]:
    """Who wrote a letter pasted below, and when, as its header says."""
    who = when = None
    for line in found:
        field = _FIELD.match(line)
        if field and field["value"]:
            if who is None and _FROM.match(field["name"]):
                who = author(field["value"])
            elif when is None and _SENT.match(field["name"]):
                stamp = stamps.when(field["value"])
                when = stamp.iso if stamp else None
    return who, when
