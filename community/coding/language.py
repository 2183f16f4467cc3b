"""How posts are read as language: tokens, sentences, clauses, and where the codebook's words stand.

``text → tokeniser (patched for patients' typing) → community_clauses → community_terms →
patient_context``. Everything downstream shares this one tokenisation. After the pipe a doc holds,
in ``doc.spans``: ``sentences``, ``clauses``, ``terms`` (label: lexicon group, id: term) and
``cues`` (label: code, id: number of the cue within the code).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple, cast

import spacy
from spacy.lang.en import English
from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc, Span
from spacy.util import compile_infix_regex

import community.coding.context  # noqa: F401  (registers the factory)
from community.codebook import Codebook, default
from community.coding.clauses import Clauses
from community.coding.phrases import Phrases
from community.coding.pieces import Pieces
from community.coding.words import Word

_FULL_STOP = r"(?<=[a-zA-Z0-9])[.](?=[a-zA-Z])"
_ELLIPSIS = r"(?<=[a-zA-Z])\.\.+(?=[a-zA-Z])"
_BRACKET = r"(?<=[a-zA-Z])[()](?=[a-zA-Z])"
_ABBREVIATED = ("u.s.", "U.S.", "u.k.", "U.K.", "e.g.", "i.e.", "a.m.", "p.m.", "I.V.", "i.v.")


@Language.factory("community_clauses")
def make_clauses(nlp: Language, name: str) -> Clauses:
    """Component: sentences and clauses of untidy writing."""
    return Clauses()


@Language.factory("community_terms", default_config={"load_default": True})
def make_terms(nlp: Language, name: str, load_default: bool) -> Terms:
    """Component: hits of the lexicons and of the codebook's cues."""
    terms = Terms(nlp)
    if load_default:
        terms.load(default())
    return terms


class Label(NamedTuple):
    """What a phrase stands for: a lexicon's group and term, or a code and the number of its cue.

    `family` is what the longest hit is chosen of: the kind of term, or the code.
    """

    family: str
    label: str
    id: str


class Term(NamedTuple):
    """A term or cue where it stands; fields are those of spaCy's spans."""

    start: int
    end: int
    label_: str
    id_: str


class Terms:
    """spaCy's component: writes ``doc.spans["terms"]`` and ``doc.spans["cues"]``."""

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        self._phrases: Phrases[Label] = Phrases()

    def load(self, codebook: Codebook) -> None:
        """Take the phrases of this codebook and its lexicons."""
        cut = Pieces(cast(Tokenizer, self._nlp.tokenizer))
        self._phrases = Phrases(*term_phrases(codebook, cut))

    def __call__(self, doc: Doc) -> Doc:
        words = [token.lower_ for token in doc]
        hits = self._phrases.find(words, map(self._phrases.begin, words))
        for kind, key in enumerate(("terms", "cues")):
            terms = longest(hits, kind)
            doc.spans[key] = [Span(doc, t.start, t.end, t.label_, span_id=t.id_) for t in terms]
        return doc


def term_phrases(
    codebook: Codebook, cut: Callable[[str], Iterable[Word]]
) -> tuple[Iterator[tuple[Label, tuple[str, ...]]], ...]:
    """The phrases of the codebook's lexicons, and those of its cues, as `Phrases` takes them."""
    terms = [
        (Label(term.group.split("-")[0], term.group, term.id), term.spellings)
        for term in codebook.lexicon().terms
    ]
    cues = [
        (Label(code.code, code.code, str(number)), cue.phrases)
        for code in codebook.codes
        for number, cue in enumerate(code.cues)
    ]
    return tuple(
        (
            (label, tuple(word.lower for word in cut(variant)))
            for label, phrases in sorted(rows, key=lambda row: f"{row[0].label}\t{row[0].id}")
            for phrase in phrases
            for variant in variants(phrase)
        )
        for rows in (terms, cues)
    )


def variants(phrase: str) -> tuple[str, ...]:
    """A phrase with straight, curly and no apostrophe, and with hyphen, space and neither."""
    found = [phrase]
    if "'" in phrase:
        found += [phrase.replace("'", "’"), phrase.replace("'", "")]
    if "-" in phrase:
        found += [p.replace("-", c) for p in tuple(found) for c in (" ", "")]
    return tuple(dict.fromkeys(found))


def longest(hits: list[tuple[int, int, tuple[tuple[Any, ...], ...]]], kind: int) -> list[Term]:
    """Hits that no longer hit of the same family contains, in text order.

    Args:
        hits: what `Phrases.find` gives.
        kind: which of its kinds to take; its labels are `Label`.
    """
    kept: list[Term] = []
    reach: dict[str, tuple[int, int]] = {}
    for start, end, labels in hits:
        for family, label, term in labels[kind]:
            before = reach.get(family, (-1, -1))
            if end > before[1]:
                reach[family] = (start, end)
            elif before != (start, end):
                continue
            kept.append(Term(start, end, label, term))
    return kept


def blank() -> Language:
    """An English pipeline that only cuts words; its tokeniser is patched for patients' typing."""
    nlp = spacy.blank("en")
    tokenizer = cast(Tokenizer, nlp.tokenizer)
    infixes = [*(English.Defaults.infixes or ()), _FULL_STOP, _ELLIPSIS, _BRACKET]
    tokenizer.infix_finditer = compile_infix_regex(infixes).finditer
    tokenizer.url_match = re.compile(r"(?:https?://|www\.)\S+").match
    for short in _ABBREVIATED:
        tokenizer.add_special_case(short, [{"ORTH": short}])
    return nlp


@lru_cache(maxsize=4)
def make_nlp(codebook: Codebook) -> Language:
    """spaCy's pipeline for a codebook; one per process and codebook."""
    nlp = blank()
    nlp.add_pipe("community_clauses")
    terms = nlp.add_pipe("community_terms", config={"load_default": False})
    terms.load(codebook)  # type: ignore[attr-defined]
    nlp.add_pipe("patient_context")
    return nlp
