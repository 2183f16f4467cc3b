"""Sentences of an article, with offsets, the section they stand in and their paragraph.

News pages and pasted abstracts break the usual splitters: headings glued to words, full stops
without a blank, reference numbers after them, a sentence cut by an empty line. Offsets stay valid
because nothing is rewritten: a newline inside a sentence becomes a blank of the same length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from community.results.endpoints import Vocabulary
from community.types import Span

# A sentence longer than this is cut: no rule below looks further, and lines of megabytes exist.
LONGEST = 1500
_ABBREVIATED = re.compile(
    r"(?:\b(?i:et al|vs|e\.g|i\.e|dr|prof|mr|mrs|fig|approx|ca|cf|resp|vol|pp|inc|ltd|jr|sr|"
    r"jan|feb|aug|sept?|oct|nov|dec)|\b(?:no|St|Nr)|(?:^|[\s(])[A-Z]|\b[A-Z]\.[A-Z])\.$"
)
_END = re.compile(
    r"[.!?]+[\"”’'»)\]]*(?:\s+(?=[\"“‘'(\[«•*–-]?\s?[A-Z0-9À-Þ])|\s*$)"
    r"|(?<=[a-z)\]”\"’])[.!?][\"”’]?\d{1,2}(?:[,–-]\d{1,2}){0,5}(?:\s+(?=[\"“(]?[A-Z])|\s*$)"
    r"|(?<=[a-z)\]])[.!?][”\"]?(?=[A-Z][a-z]+[\s,])"
)
_BREAK = re.compile(r"\n[ \t]*(?:\n[ \t]*)*")
_CITED = re.compile(r"\b[A-Z][\w'’-]+ [A-Z]{1,3}(?=[,.;]| et al)")
_SOURCE = re.compile(
    r"(?i)\bdoi\b|et al\b|\bEpub\b|\bpublished online|\bnews release\]|\bAccessed\b|\bPMID\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence: where it stands in the document, its words (newlines as blanks), its section."""

    start: int
    text: str
    section: str = ""
    paragraph: int = 0

    def span(self, start: int, end: int) -> Span:
        """Offsets in this sentence as a span of the document."""
        return Span(self.start + start, self.start + end)


@cache
def _heading(vocabulary: Vocabulary) -> re.Pattern[str]:
    kinds = []
    for name in vocabulary.names("section"):
        kinds.append(f"(?P<{name}>{vocabulary.cue('section', name).pattern})")
    return re.compile(
        rf"(?:^|(?<=[.!?)\]”\"])\s?|(?<=\s\s))[\W\d_]{{0,4}}(?i:(?:{'|'.join(kinds)}))"
        r"(?:\s?(?:and|&)\s?\w+)?(?:\s?:\s?|\s?[?.]?\s?$)"
        r"|^\W{0,4}(?P<other>[A-Z]{2,}[A-Z’' -]{1,40}[A-Z]):",
        re.MULTILINE,
    )


def split(text: str, spans: tuple[Span, ...], vocabulary: Vocabulary) -> Iterator[Sentence]:
    """Sentences of `text` within `spans`, in order; `spans` are stretches of running text."""
    section, paragraph = "", 0
    for span in spans:
        for start, end in _paragraphs(text, span):
            paragraph += 1
            block = text[start:end].replace("\n", " ")
            if _is_reference(block):
                yield from _sentences(block, start, "reference", paragraph)
                continue
            for body_start, body_end, kind in _sections(block, section, vocabulary):
                section = kind
                yield from _sentences(
                    block[body_start:body_end], start + body_start, section, paragraph
                )


def lasting(sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
    """Sentences where a section that no heading closes ends with its paragraph: a summary may say
    "Background:" once and never say where the results begin."""
    if any(s.section in ("results", "conclusion") for s in sentences):
        return sentences
    first: dict[str, int] = {}
    out = []
    for sentence in sentences:
        opened = first.setdefault(sentence.section, sentence.paragraph)
        over = sentence.section in ("background", "methods") and sentence.paragraph > opened
        out.append(replace(sentence, section="") if over else sentence)
    return tuple(out)


def _sections(block: str, section: str, vocabulary: Vocabulary) -> Iterator[tuple[int, int, str]]:
    """Stretches of a paragraph, each with the section that the heading before it opens."""
    body = 0
    for match in _heading(vocabulary).finditer(block):
        kind = match.lastgroup or section
        kind = "" if kind == "other" else kind  # a heading of its own closes what stood before
        letters = re.sub(r"[^A-Za-z]", "", match[0])
        if not (letters.isupper() or letters[:1].isupper()):
            continue
        if not letters.isupper() and match.start() > 0 and ":" not in match[0]:
            continue
        if match.start() > body:
            yield body, match.start(), section
        section, body = kind, match.end()
    yield body, len(block), section


def _paragraphs(text: str, span: Span) -> Iterator[tuple[int, int]]:
    """Paragraphs as (start, end); a break inside a sentence does not end one."""
    start = line = span.start
    for match in _BREAK.finditer(text, span.start, span.end):
        before = text[line : match.start()].rstrip()
        inside = _inside(before, text[match.end() : match.end() + 1], match[0].count("\n"))
        line = match.end()
        if inside:
            continue
        yield start, match.start()
        start = match.end()
    if start < span.end:
        yield start, span.end


def _inside(line: str, after: str, newlines: int) -> bool:
    """Whether a break stands inside a sentence: the line before it is open, and what follows goes
    on in lower case, or, after one newline, the line is as long as wrapped lines are."""
    if not line or not (line[-1].isalnum() or line[-1] in ",-–(%)"):
        return False
    if after.islower() and line[-1] not in "%)":
        return True
    if newlines > 1:
        return False
    return after.islower() or after in "(" or after.isdigit() or 60 <= len(line) <= 120


def _is_reference(block: str) -> bool:
    head = block[:LONGEST]
    return (
        len(_CITED.findall(head)) >= 3
        or (
            len(_CITED.findall(head)) >= 1 and _SOURCE.search(head) is not None and len(block) < 600
        )
        or (len(_SOURCE.findall(head)) >= 2 and len(block) < 400)
    )


def _sentences(block: str, start: int, section: str, paragraph: int) -> Iterator[Sentence]:
    begun = 0
    for end in (*_ends(block), len(block)):
        for at in range(begun, end, LONGEST):
            piece = block[at : min(end, at + LONGEST)]
            bare = piece.strip()
            if bare:
                yield Sentence(
                    start=start + at + len(piece) - len(piece.lstrip()),
                    text=bare,
                    section=section,
                    paragraph=paragraph,
                )
        begun = end


def _ends(block: str) -> Iterator[int]:
    for match in _END.finditer(block):
        stop = match.start() + 1
        dotted = block[match.start() : stop] == "."
        if not (dotted and _ABBREVIATED.search(block, max(0, stop - 12), stop)):
            yield match.end()
