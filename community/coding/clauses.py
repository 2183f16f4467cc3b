"""Sentences and clauses of untidy writing: no capitals, no full stops, lists, lines broken by hand.

spaCy's own sentencizer splits on ``. ! ?`` alone. Here a sentence also ends at an ellipsis, a blank
line, a bullet or a short line; a clause begins at a conjunction with a subject behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from spacy.tokens import Doc, Span

from community.coding import cues
from community.coding.words import BREAKS, Word, starts_of, words_of

_ARTICLES = frozenset(("a", "an", "the", "as", "even", "just", "ever", "right", "long"))
_BULLET = re.compile(r"(?:[-*•·–]|\d{1,2}[.)])$")
_BLANKED = 8  # a run of spaces this long is a quotation taken out, not typing
_WRAPPED = 60  # a line at least this long may go on in the next
Stretch = tuple[int, int]  # first word, last + 1


class Cut(NamedTuple):
    """Sentences, and clauses as (first word, last + 1, number of the sentence)."""

    sentences: list[Stretch]
    clauses: list[tuple[int, int, int]]


class Clauses:
    """spaCy's component: writes ``doc.spans["sentences"]`` and ``doc.spans["clauses"]``."""

    def __call__(self, doc: Doc) -> Doc:
        words = words_of(doc)
        made = cut(words, [word.lower for word in words], starts_of(words))
        doc.spans["sentences"] = [Span(doc, a, b) for a, b in made.sentences]
        doc.spans["clauses"] = [Span(doc, a, b) for a, b, _ in made.clauses]
        return doc


def cut(words: list[Word], lower: list[str], starts: list[int]) -> Cut:
    """The sentences and clauses of a text.

    Args:
        words: its words.
        lower: the same in lower case.
        starts: where each begins, in characters.
    """
    sentences = sentences_of(words, starts)
    marked = [i for i, word in enumerate(words) if word.opens]
    clauses: list[tuple[int, int, int]] = []
    at = 0
    for number, (start, end) in enumerate(sentences):
        while at < len(marked) and marked[at] <= start:
            at += 1
        first = at
        while at < len(marked) and marked[at] < end - 1:
            at += 1
        cuts = [start, *_clause_starts(lower, start, marked[first:at])] if at > first else ()
        if len(cuts) > 1:
            clauses += [(a, b, number) for a, b in _pieces(words, cuts, end)]
        else:
            clauses.append((start, end, number))
    return Cut(sentences, clauses)


def sentences_of(words: list[Word], starts: list[int]) -> list[Stretch]:
    """The sentences of a text; arguments as for `cut`."""
    return _pieces(words, [0, *_sentence_starts(words, starts)], len(words))


def _sentence_starts(words: list[Word], starts: list[int]) -> Iterator[int]:
    """First words of sentences after the first: after stops, blank lines, bullets, short lines."""
    line_start, last, ended = 0, -1, False
    for i in [i for i, word in enumerate(words) if word.pauses]:
        word = words[i]
        if ended and i > last + 1:
            yield last + 1
            ended = False
        last = i
        if word.blank:
            ended = _breaks(words, starts, i, line_start) or ended
            if "\n" in word.text:
                line_start = i + 1
        elif word.ends:
            ended = True
    if ended and len(words) > last + 1:
        yield last + 1


def _breaks(words: list[Word], starts: list[int], i: int, line_start: int) -> bool:
    """Whether the white space at word `i` ends a sentence."""
    space = words[i].text
    if space.count("\n") > 1 or ("\n" not in space and len(space) >= _BLANKED):
        return True
    if "\n" not in space or i + 1 >= len(words):
        return False
    after = words[i + 1].text
    length = starts[i] - starts[line_start]
    return length < _WRAPPED or after[0].isupper() or _BULLET.match(after) is not None


@cache
def _followers() -> frozenset[str]:
    """Words before which a joining one opens a clause."""
    return cues.rules().boundary | cues.rules().subjects


@cache
def _closely_before() -> frozenset[str]:
    """Words behind which none begins."""
    return cues.rules().joining | _ARTICLES


def _clause_starts(words: list[str], start: int, marked: list[int]) -> Iterator[int]:
    """Where a new clause begins within a sentence, its first word left out."""
    boundary, followers, before = cues.rules().boundary, _followers(), _closely_before()
    last = start
    for i in marked:
        word, at = words[i], i
        if word in BREAKS:
            at = i + 1
        elif words[i - 1] in before or not (word in boundary or words[i + 1] in followers):
            continue
        if at - last >= 2:
            yield at
            last = at


def _pieces(words: list[Word], cuts: Sequence[int], stop: int) -> list[Stretch]:
    """Stretches between cuts, trimmed of white space and stray punctuation; empty ones left out."""
    pieces = []
    for a, b in zip(cuts, [*cuts[1:], stop], strict=True):
        while a < b and words[a].leading:
            a += 1
        while b > a and words[b - 1].trailing:
            b -= 1
        if b > a:
            pieces.append((a, b))
    return pieces
