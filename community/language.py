"""How posts are read as language: tokens, sentences, clauses, and where the codebook's words stand.

``text → tokeniser (patched for patients' typing) → community_clauses → community_terms →
patient_context``. Everything downstream shares this one tokenisation. After the pipe a doc holds, in
``doc.spans``: ``sentences``, ``clauses``, ``terms`` (label: lexicon group, id: term) and ``cues``
(label: code, id: number of the cue within the code).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

import spacy
from spacy.lang.en import English
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import compile_infix_regex

from community import context
from community.codebook import Codebook, default
from community.types import Thread

_STOPS = frozenset(". ! ? … .. ... .... ..... ?! !? !! !!! ?? ???".split())
_CLOSERS = frozenset("\" ' ) ] ” ’".split())
_BREAKS = frozenset("; ( ) – — -- : [ ]".split())
_BULLET = re.compile(r"(?:[-*•·–]|\d{1,2}[.)])$")
_STOP_RUN = re.compile(r"[.!?…]+$")
_BLANKED = 8  # a run of spaces this long is a quotation taken out, not typing
_WRAPPED = 60  # a line at least this long may go on in the next
_FULL_STOP = r"(?<=[a-zA-Z0-9])[.](?=[a-zA-Z])"
_ELLIPSIS = r"(?<=[a-zA-Z])\.\.+(?=[a-zA-Z])"
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


class Clauses:
    """Marks sentence starts and writes ``doc.spans["sentences"]`` and ``doc.spans["clauses"]``."""

    def __call__(self, doc: Doc) -> Doc:
        starts = set(_sentence_starts(doc))
        sentences = _pieces(doc, sorted(starts | {0}))
        rules = context.rules()
        clauses: list[Span] = []
        for sentence in sentences:
            cuts = [sentence.start, *_clause_starts(doc, sentence, rules)]
            clauses += _pieces(doc, cuts, sentence.end)
        doc.spans["sentences"] = sentences
        doc.spans["clauses"] = clauses
        for token in doc:
            token.is_sent_start = token.i in starts or token.i == 0
        return doc


class Terms:
    """Writes ``doc.spans["terms"]`` and ``doc.spans["cues"]``; the longest hit wins."""

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        self._matchers: dict[str, PhraseMatcher] = {}

    def load(self, codebook: Codebook) -> None:
        """Take the phrases of this codebook and its lexicons."""
        terms = (
            (f"{term.group}\t{term.id}", term.spellings) for term in codebook.lexicon().terms
        )
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
            doc.spans[key] = _longest(doc, matcher, across_labels=key == "terms")
        return doc


def phrase_matcher(
    nlp: Language, phrases: Iterable[tuple[str, tuple[str, ...]]]
) -> PhraseMatcher:
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


def _longest(doc: Doc, matcher: PhraseMatcher, *, across_labels: bool) -> list[Span]:
    """Hits that no longer hit (of any label, or of the same code) contains, in text order."""
    strings = doc.vocab.strings
    hits = sorted(
        {(start, end, strings[key]) for key, start, end in matcher(doc)},
        key=lambda hit: (hit[0], -hit[1], hit[2]),
    )
    kept: list[Span] = []
    reach: dict[str, tuple[int, int]] = {}
    for start, end, key in hits:
        label, _, term = key.partition("\t")
        family = "" if across_labels else label
        before = reach.get(family, (-1, -1))
        if end <= before[1] and (start, end) != before:
            continue
        if end > before[1]:
            reach[family] = (start, end)
        kept.append(Span(doc, start, end, label=label, span_id=term))
    return kept


@cache
def _tokens() -> tuple[object, object]:
    infixes = [*(English.Defaults.infixes or ()), _FULL_STOP, _ELLIPSIS]
    return compile_infix_regex(infixes).finditer, re.compile(r"(?:https?://|www\.)\S+").match


@lru_cache(maxsize=4)
def make_nlp(codebook: Codebook) -> Language:
    """The pipeline for a codebook; one per process and codebook."""
    nlp = spacy.blank("en")
    infix, url = _tokens()
    nlp.tokenizer.infix_finditer = infix  # type: ignore[attr-defined]
    nlp.tokenizer.url_match = url  # type: ignore[attr-defined]
    for short in _ABBREVIATED:
        nlp.tokenizer.add_special_case(short, [{"ORTH": short}])  # type: ignore[attr-defined]
    nlp.add_pipe("community_clauses")
    terms = nlp.add_pipe("community_terms", config={"load_default": False})
    terms.load(codebook)  # type: ignore[attr-defined]
    nlp.add_pipe("patient_context")
    return nlp


def parse(thread: Thread, nlp: Language) -> Iterator[Doc]:
    """Docs of the posts' own words, in order; character offsets are relative to the post."""
    return nlp.pipe(post.own_text() for post in thread.posts)


def _sentence_starts(doc: Doc) -> Iterator[int]:
    """First tokens of sentences after the first: after stops, blank lines, bullets, short lines."""
    line_start, ended = 0, False
    for token in doc:
        if token.is_space:
            broken = _breaks(doc, token.i, line_start, ended)
            if "\n" in token.text:
                line_start = token.i + 1
            ended = ended or broken
        elif ended and token.text not in _CLOSERS:
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


def _clause_starts(doc: Doc, sentence: Span, rules: context.Rules) -> Iterator[int]:
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
        elif not opens or doc[i - 1].lower_ in rules.joining:
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
