"""Sentences and clauses of untidy writing: no capitals, no full stops, lists, lines broken by hand.

spaCy's own sentencizer splits on ``. ! ?`` alone. Here a sentence also ends at an ellipsis, a blank
line, a bullet or a short line; a clause begins at a conjunction with a subject behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.tokens import Doc, Span

from community.coding import cues

_STOPS = frozenset((".", "!", "?", "…"))
_CLOSERS = frozenset("\"')]”’")
_BREAKS = frozenset((*";()–—:[]", "--"))
_ARTICLES = frozenset(("a", "an", "the", "as", "even", "just", "ever", "right", "long"))
_BULLET = re.compile(r"(?:[-*•·–]|\d{1,2}[.)])$")
_STOP_RUN = re.compile(r"[.!?…]+$")
_LEADING = frozenset(",;:-–—)(")
_TRAILING = frozenset(",;:-–—(")
_BLANKED = 8  # a run of spaces this long is a quotation taken out, not typing
_WRAPPED = 60  # a line at least this long may go on in the next


class Clauses:
    """Writes ``doc.spans["sentences"]``, ``doc.spans["clauses"]`` and, since everything downstream
    asks for them, the tokens as ``doc.user_data["texts"]`` and in lower case ``["words"]``."""

    def __call__(self, doc: Doc) -> Doc:
        texts = [token.text for token in doc]
        words = [text.lower() for text in texts]
        blank = [text.isspace() for text in texts]
        doc.user_data["texts"], doc.user_data["words"] = texts, words
        starts = _sentence_starts(doc, texts, blank)
        sentences = _pieces(texts, blank, sorted({0, *starts}), len(texts))
        rules = cues.rules()
        clauses: list[tuple[int, int]] = []
        for start, end in sentences:
            cuts = [start, *_clause_starts(words, start, end, rules)]
            clauses += _pieces(texts, blank, cuts, end)
        doc.spans["sentences"] = [Span(doc, a, b) for a, b in sentences]
        doc.spans["clauses"] = [Span(doc, a, b) for a, b in clauses]
        return doc


def _sentence_starts(doc: Doc, texts: list[str], blank: list[bool]) -> Iterator[int]:
    """First tokens of sentences after the first: after stops, blank lines, bullets, short lines."""
    line_start, ended = 0, False
    for i, text in enumerate(texts):
        if blank[i]:
            broken = _breaks(doc, texts, i, line_start)
            if "\n" in text:
                line_start = i + 1
            ended = ended or broken
        elif ended and text not in _CLOSERS and not _ends(text):
            yield i
            ended = False
        else:
            ended = ended or _ends(text)


def _ends(word: str) -> bool:
    return word in _STOPS or (word[-1] in ".!?…" and _STOP_RUN.fullmatch(word) is not None)


def _breaks(doc: Doc, texts: list[str], i: int, line_start: int) -> bool:
    """Whether the white space at token `i` ends a sentence."""
    space = texts[i]
    if space.count("\n") > 1 or ("\n" not in space and len(space) >= _BLANKED):
        return True
    if "\n" not in space or i + 1 >= len(texts):
        return False
    after = texts[i + 1]
    length = doc[i].idx - (doc[line_start].idx if line_start < len(texts) else 0)
    return length < _WRAPPED or after[0].isupper() or _BULLET.match(after) is not None


def _clause_starts(words: list[str], start: int, end: int, rules: cues.Rules) -> Iterator[int]:
    """Where a new clause begins within a sentence, its first token left out."""
    last = start
    boundary, joining = rules.boundary, rules.joining
    for i in range(start + 1, end - 1):
        word = words[i]
        at = i
        if word in _BREAKS:
            at = i + 1
        elif word in boundary or (
            word in joining and (words[i + 1] in rules.subjects or words[i + 1] in boundary)
        ):
            if words[i - 1] in joining or words[i - 1] in _ARTICLES:
                continue
        else:
            continue
        if at - last >= 2:
            yield at
            last = at


def _pieces(
    texts: list[str], blank: list[bool], cuts: list[int], stop: int
) -> list[tuple[int, int]]:
    """Stretches between cuts, trimmed of white space and stray punctuation; empty ones left out."""
    pieces = []
    for a, b in zip(cuts, [*cuts[1:], stop], strict=True):
        while a < b and (blank[a] or texts[a] in _LEADING):
            a += 1
        while b > a and (blank[b - 1] or texts[b - 1] in _TRAILING):
            b -= 1
        if b > a:
            pieces.append((a, b))
    return pieces
