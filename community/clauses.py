"""Sentences and clauses of untidy writing: no capitals, no full stops, lists, lines broken by hand.

spaCy's own sentencizer splits on ``. ! ?`` alone. Here a sentence also ends at an ellipsis, a blank
line, a bullet or a short line; a clause begins at a conjunction with a subject behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.tokens import Doc, Span

from community import cues

_STOPS = frozenset((".", "!", "?", "…"))
_CLOSERS = frozenset("\"')]”’")
_BREAKS = frozenset((*";()–—:[]", "--"))
_ARTICLES = frozenset(("a", "an", "the", "as", "even", "just", "ever", "right", "long"))
_BULLET = re.compile(r"(?:[-*•·–]|\d{1,2}[.)])$")
_STOP_RUN = re.compile(r"[.!?…]+$")
_BLANKED = 8  # a run of spaces this long is a quotation taken out, not typing
_WRAPPED = 60  # a line at least this long may go on in the next


class Clauses:
    """Marks sentence starts and writes ``doc.spans["sentences"]`` and ``doc.spans["clauses"]``."""

    def __call__(self, doc: Doc) -> Doc:
        doc.user_data["words"] = [token.lower_ for token in doc]
        starts = set(_sentence_starts(doc))
        sentences = _pieces(doc, sorted(starts | {0}))
        rules = cues.rules()
        clauses: list[Span] = []
        for sentence in sentences:
            cuts = [sentence.start, *_clause_starts(doc, sentence, rules)]
            clauses += _pieces(doc, cuts, sentence.end)
        doc.spans["sentences"] = sentences
        doc.spans["clauses"] = clauses
        for token in doc:
            token.is_sent_start = token.i in starts or token.i == 0
        return doc


def _sentence_starts(doc: Doc) -> Iterator[int]:
    """First tokens of sentences after the first: after stops, blank lines, bullets, short lines."""
    line_start, ended = 0, False
    for token in doc:
        if token.is_space:
            broken = _breaks(doc, token.i, line_start, ended)
            if "\n" in token.text:
                line_start = token.i + 1
            ended = ended or broken
        elif ended and token.text not in _CLOSERS and not _ends(token.text):
            yield token.i
            ended = _ends(token.text)
        else:
            ended = ended or _ends(token.text)


def _ends(word: str) -> bool:
    return word in _STOPS or (len(word) > 1 and _STOP_RUN.fullmatch(word) is not None)


def _breaks(doc: Doc, i: int, line_start: int, ended: bool) -> bool:
    """Whether the white space at token `i` ends a sentence."""
    space = doc[i].text
    if space.count("\n") > 1 or ("\n" not in space and len(space) >= _BLANKED):
        return True
    if "\n" not in space or i + 1 >= len(doc):
        return False
    after = doc[i + 1].text
    length = doc[i].idx - (doc[line_start].idx if line_start < len(doc) else 0)
    return length < _WRAPPED or after[0].isupper() or _BULLET.match(after) is not None


def _clause_starts(doc: Doc, sentence: Span, rules: cues.Rules) -> Iterator[int]:
    """Where a new clause begins within a sentence, its first token left out."""
    last = sentence.start
    for i in range(sentence.start + 1, sentence.end - 1):
        word = doc[i].lower_
        after = doc[i + 1].lower_
        opens = word in rules.boundary or (
            word in rules.joining and (after in rules.subjects or after in rules.boundary)
        )
        if word in _BREAKS:
            i += 1
        elif not opens or doc[i - 1].lower_ in rules.joining or doc[i - 1].lower_ in _ARTICLES:
            continue
        if i - last >= 2:
            yield i
            last = i


def _pieces(doc: Doc, cuts: list[int], end: int | None = None) -> list[Span]:
    """Spans between cuts, trimmed of white space and stray punctuation; empty ones left out."""
    stop = len(doc) if end is None else end
    pieces = []
    for a, b in zip(cuts, [*cuts[1:], stop], strict=True):
        while a < b and (doc[a].is_space or doc[a].text in ",;:-–—)("):
            a += 1
        while b > a and (doc[b - 1].is_space or doc[b - 1].text in ",;:-–—("):
            b -= 1
        if b > a:
            pieces.append(Span(doc, a, b))
    return pieces
