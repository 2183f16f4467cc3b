"""How posts are read as language: tokens, sentences, clauses, and where the codebook's words stand.

``text → tokeniser (patched for patients' typing) → community_clauses → community_terms →
patient_context``. Everything downstream shares this one tokenisation. After the pipe a doc holds,
in ``doc.spans``: ``sentences``, ``clauses``, ``terms`` (label: lexicon group, id: term) and
``cues`` (label: code, id: number of the cue within the code).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import cast

import spacy
from spacy.lang.en import English
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc, Span
from spacy.util import compile_infix_regex

import community.coding.context  # noqa: F401  (registers the factory)
from community.codebook import Codebook, default
from community.coding.clauses import Clauses
from community.types import Thread

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


class Terms:
    """Writes ``doc.spans["terms"]`` and ``doc.spans["cues"]``; the longest hit wins."""

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        self._matchers: dict[str, PhraseMatcher] = {}

    def load(self, codebook: Codebook) -> None:
        """Take the phrases of this codebook and its lexicons."""
        terms = ((f"{term.group}\t{term.id}", term.spellings) for term in codebook.lexicon().terms)
        cues = (
            (f"{code.code}\t{number}", cue.phrases)
            for code in codebook.codes
            for number, cue in enumerate(code.cues)
            if cue.phrases
        )
        self._matchers = {"terms": self._matcher(terms), "cues": self._matcher(cues)}

    def _matcher(self, phrases: Iterable[tuple[str, tuple[str, ...]]]) -> PhraseMatcher:
        return phrase_matcher(self._nlp, phrases)

    def __call__(self, doc: Doc) -> Doc:
        for key, matcher in self._matchers.items():
            doc.spans[key] = _longest(doc, matcher, by_kind=key == "terms")
        return doc


def phrase_matcher(nlp: Language, phrases: Iterable[tuple[str, tuple[str, ...]]]) -> PhraseMatcher:
    """A matcher on lower-case tokens for (label, phrases), typographic variants included."""
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    make_doc = nlp.tokenizer
    for label, spellings in phrases:
        wanted = {variant for spelling in spellings for variant in variants(spelling)}
        matcher.add(label, [make_doc(variant) for variant in sorted(wanted)])
    return matcher


def variants(phrase: str) -> tuple[str, ...]:
    """A phrase with straight, curly and no apostrophe, and with hyphen, space and neither."""
    found = [phrase]
    if "'" in phrase:
        found += [phrase.replace("'", "’"), phrase.replace("'", "")]
    if "-" in phrase:
        found += [p.replace("-", c) for p in tuple(found) for c in (" ", "")]
    return tuple(dict.fromkeys(found))


def _longest(doc: Doc, matcher: PhraseMatcher, *, by_kind: bool) -> list[Span]:
    """Hits that no longer hit of the same code (or kind of term) contains, in text order."""
    strings = doc.vocab.strings
    hits = sorted(
        {(start, end, strings[key]) for key, start, end in matcher(doc)},
        key=lambda hit: (hit[0], -hit[1], hit[2]),
    )
    kept: list[Span] = []
    reach: dict[str, tuple[int, int]] = {}
    for start, end, key in hits:
        label, _, term = key.partition("\t")
        family = label.split("-")[0] if by_kind else label
        before = reach.get(family, (-1, -1))
        if end <= before[1] and (start, end) != before:
            continue
        if end > before[1]:
            reach[family] = (start, end)
        kept.append(Span(doc, start, end, label=label, span_id=term))
    return kept


@lru_cache(maxsize=4)
def make_nlp(codebook: Codebook) -> Language:
    """The pipeline for a codebook; one per process and codebook."""
    nlp = spacy.blank("en")
    tokenizer = cast(Tokenizer, nlp.tokenizer)
    infixes = [*(English.Defaults.infixes or ()), _FULL_STOP, _ELLIPSIS, _BRACKET]
    tokenizer.infix_finditer = compile_infix_regex(infixes).finditer
    tokenizer.url_match = re.compile(r"(?:https?://|www\.)\S+").match
    for short in _ABBREVIATED:
        tokenizer.add_special_case(short, [{"ORTH": short}])
    nlp.add_pipe("community_clauses")
    terms = nlp.add_pipe("community_terms", config={"load_default": False})
    terms.load(codebook)  # type: ignore[attr-defined]
    nlp.add_pipe("patient_context")
    return nlp


@cache
def make_splitter() -> Language:
    """A pipeline that finds sentences and clauses only, for coders that ask for no codebook."""
    nlp = spacy.blank("en")
    nlp.add_pipe("community_clauses")
    return nlp


def parse(thread: Thread, nlp: Language) -> Iterator[Doc]:
    """Docs of the posts' own words, in order; character offsets are relative to the post."""
    return nlp.pipe(post.own_text() for post in thread.posts)
