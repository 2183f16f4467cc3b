"""A post as the rules see it: its clauses, and in each the terms and cues that begin there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, NamedTuple, cast

from spacy.tokenizer import Tokenizer

from community.codebook import Codebook, Cue
from community.coding.clauses import cut
from community.coding.context import Clause, cue_phrases, in_context
from community.coding.language import Term, blank, longest, term_phrases
from community.coding.phrases import Phrases
from community.coding.pieces import Pieces
from community.coding.words import Word, make_word, starts_of


class Sign(NamedTuple):
    """A codebook cue found in a clause; `denied` where a negation governs it."""

    cue: Cue
    span: Term
    denied: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One code that a rule found: its score before squashing, and the clauses that carry it,
    strongest first, as (first, last + 1) characters of the post."""

    code: str
    raw: float
    polarity: str | None = None
    whose: str | None = None
    evidence: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A text's `tokens`, its `words` (the same in lower case) and where they start; all its terms.
    `terms` is parallel to `clauses`; `signs[code]` and `groups[lexicon group]` know the clauses in
    which cues and terms begin, in text order."""

    text: str
    tokens: list[Word]
    words: list[str]
    starts: list[int]
    found: list[Term]
    clauses: tuple[Clause, ...]
    terms: list[list[Term]]
    groups: dict[str, list[int]]
    signs: dict[str, dict[int, list[Sign]]]

    def characters(self, number: int) -> tuple[int, int]:
        """Where clause `number` stands in the post."""
        clause = self.clauses[number]
        last = clause.end - 1
        return self.starts[clause.start], self.starts[last] + len(self.tokens[last].text)


class Reader:
    """Reads texts for a codebook: cuts them, finds its phrases, sorts these by clause."""

    def __init__(self, codebook: Codebook) -> None:
        self._cues = {code.code: code.cues for code in codebook.codes}
        plain = Pieces(cast(Tokenizer, blank().tokenizer))
        context = cue_phrases(lambda phrase: [word.lower for word in plain(phrase)])
        self._phrases: Phrases[Any] = Phrases(*term_phrases(codebook, plain), context)
        self._cut = plain.making(partial(make_word, begin=self._phrases.begin))

    def __call__(self, text: str) -> Reading:
        """A text as the rules see it."""
        tokens = self._cut(text)
        starts = starts_of(tokens)
        words = [token.lower for token in tokens]
        hits = self._phrases.find(words, [token.branch for token in tokens])
        found = longest(hits, 0)
        context = [(start, end, key) for start, end, labels in hits for key in labels[2]]
        context.sort()
        clinicians = {term.start for term in found if term.label_ == "clinician"}
        clauses = in_context(words, cut(tokens, words, starts), context, clinicians)
        owner = _owners(clauses, len(words))
        terms: list[list[Term]] = [[] for _ in clauses]
        groups: dict[str, list[int]] = {}
        for term in found:
            number = owner[term.start]
            if number >= 0:
                terms[number].append(term)
                groups.setdefault(term.label_, []).append(number)
        signs: dict[str, dict[int, list[Sign]]] = {}
        for term in longest(hits, 1):
            number = owner[term.start]
            if number >= 0:
                cue = self._cues[term.label_][int(term.id_)]
                sign = Sign(cue, term, term.start in clauses[number].negated)
                signs.setdefault(term.label_, {}).setdefault(number, []).append(sign)
        return Reading(
            text=text, tokens=tokens, words=words, starts=starts, found=found, clauses=clauses,
            terms=terms, groups=groups, signs=signs,
        )  # fmt: skip


def _owners(clauses: tuple[Clause, ...], words: int) -> list[int]:
    """The clause of each word, -1 for words between clauses."""
    owners = [-1] * words
    for number, clause in enumerate(clauses):
        owners[clause.start : clause.end] = [number] * (clause.end - clause.start)
    return owners


@lru_cache(maxsize=4)
def make_reader(codebook: Codebook) -> Reader:
    """The reader for a codebook; one per process and codebook."""
    return Reader(codebook)


def squash(raw: float, middle: float, slope: float) -> float:
    """Logistic of a rule score: 0.5 at `middle`; `slope` is how much a point of evidence moves the
    logit. Rounded to four places, so that platforms agree."""
    return round(1 / (1 + math.exp(-slope * (raw - middle))), 4)
