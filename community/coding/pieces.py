"""spaCy's words without its docs: what stands between spaces is cut once and remembered.

The tokeniser cuts each such piece by itself, but for one thing: special cases in the midst of a
piece (the smiley of *wow:D...*) it looks for in the whole text, the longest first, and so misses
one that overlaps the like of another with a space in it. Texts where that may be are cut whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from functools import partial
from itertools import chain, pairwise
from typing import Any, TypeVar

from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc
from spacy.vocab import Vocab

from community.coding.words import Word, make_word

_PIECES = re.compile(r"\S+ ?|\s+")
_MOST_KNOWN = 1 << 18  # characters of all pieces remembered: some 35,000 pieces, 25 MB
T = TypeVar("T", bound=Tokenizer)


class Pieces:
    """Cuts texts into the words of a tokeniser.

    Args:
        tokenizer: spaCy's, for a language that puts spaces between words.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._vocab = Vocab()
        self._rules = tokenizer.rules
        self._tokenizer = _like(tokenizer, Tokenizer, self._vocab, tokenizer.rules)
        self._alone = _like(tokenizer, _Alone, self._vocab, tokenizer.rules)
        self._alone.ready = True
        find = (tokenizer.find_prefix, tokenizer.find_infix, tokenizer.find_suffix)
        sought = [rule for rule in tokenizer.rules if any(search(rule) for search in find)]
        self._special = {_texts(tokenizer(rule))[0] for rule in sought}
        unruled = _like(tokenizer, Tokenizer, self._vocab, {})
        self._pairs = {pair for rule in sought for pair in pairwise(_texts(unruled(rule)))}
        self._make: Callable[[str], Word] = make_word
        self._forget()

    def making(self, make: Callable[[str], Word]) -> Pieces:
        """The same, for words that are made in another way."""
        other = copy(self)
        other._make = make
        other._forget()
        return other

    def __call__(self, text: str) -> list[Word]:
        """The words of a text in order; white space that is no single space is one too."""
        if self._size > _MOST_KNOWN:
            self._forget()
        known = self._known
        pieces = _PIECES.findall(text)
        try:
            rows = [known[piece] for piece in pieces]
        except KeyError:
            self._learn({piece for piece in pieces if piece not in known})
            rows = [known[piece] for piece in pieces]
        if not self._edges.keys().isdisjoint(pieces) and self._reaches_over(pieces):
            with self._vocab.memory_zone():
                return [self._word(token.text_with_ws) for token in self._tokenizer(text)]
        return list(chain.from_iterable(rows))

    def _forget(self) -> None:
        self._size = 0
        self._words: dict[str, Word] = {}
        self._known: dict[str, tuple[Word, ...]] = {}
        self._edges: dict[str, tuple[str, str]] = {}  # of pieces with a special case in their midst

    def _word(self, typed: str) -> Word:
        found = self._words.get(typed)
        if found is None:
            found = self._words[typed] = self._make(typed)
        return found

    def _learn(self, new: set[str]) -> None:
        self._size += sum(map(len, new))
        pieces = []
        for piece in new:
            if piece.isspace() or self._is_whole(piece.rstrip(" ")):
                self._known[piece] = (self._word(piece),)
            else:
                pieces.append(piece)
        if not pieces:
            return
        with self._vocab.memory_zone():  # spaCy shall forget the words again
            # no special case reaches beyond a line
            rows = _lines(_texts(self._tokenizer("\n".join(pieces))))
            for piece, row in zip(pieces, rows, strict=True):
                if not self._special.isdisjoint(row):
                    self._mark(piece, row)
                if piece[-1] == " ":
                    row[-1] += " "
                self._known[piece] = tuple(map(self._word, row))

    def _is_whole(self, piece: str) -> bool:
        """Whether a piece is one word, as can be told without the tokeniser."""
        return piece.isalpha() and piece not in self._rules

    def _mark(self, piece: str, row: list[str]) -> None:
        """Remember how a piece begins and ends where a special case was found in its midst."""
        alone = _texts(self._alone(piece))
        if alone != row:
            self._edges[piece] = alone[0], alone[-1]

    def _reaches_over(self, pieces: list[str]) -> bool:
        """Whether what the tokeniser looks for may reach over a space into a marked piece."""
        edges = [
            self._edges.get(piece) or (self._known[piece][0].text, self._known[piece][-1].text)
            for piece in pieces
        ]
        return any(
            (before[1], after[0]) in self._pairs
            for (one, before), (other, after) in pairwise(zip(pieces, edges, strict=True))
            if one in self._edges or other in self._edges
        )


class _Alone(Tokenizer):  # type: ignore[misc]
    """A tokeniser that knows a special case only where nothing but affixes stands around it."""

    ready = False

    def find_prefix(self, string: str) -> int:
        return super().find_prefix(string) if self.ready else 0

    def find_suffix(self, string: str) -> int:
        return super().find_suffix(string) if self.ready else 0

    def find_infix(self, string: str) -> list[re.Match[str]]:
        return super().find_infix(string) if self.ready else []


def _like(other: Tokenizer, kind: type[T], vocab: Vocab, rules: Mapping[str, Any]) -> T:
    """A tokeniser that cuts as the other, but with these rules."""
    made: T = kind(
        vocab,
        rules=rules,
        prefix_search=other.prefix_search,
        suffix_search=partial(_unless_letters, other.suffix_search, None),
        infix_finditer=partial(_unless_letters, other.infix_finditer, ()),
        token_match=other.token_match,
        url_match=other.url_match,
    )
    return made


def _unless_letters(search: Callable[[str], Any], nothing: Any, text: str) -> Any:
    """What a slow pattern finds; no affix and no infix stands in letters alone."""
    return nothing if text.isalpha() else search(text)


def _texts(doc: Doc) -> list[str]:
    return [token.text for token in doc]


def _lines(texts: list[str]) -> Iterator[list[str]]:
    """The tokens of each line."""
    line: list[str] = []
    for text in texts:
        if text == "\n":
            yield line
            line = []
        else:
            line.append(text)
    yield line
