"""Coder ``vader``: the compound score of VADER (Hutto and Gilbert 2014), kept beside ours.

Reviewers know the number. On patients' language it errs in known ways (*no relapses*, *came back
negative*), which is why it is a coder of its own and decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import cast

from spacy.tokenizer import Tokenizer

from community.coding.clauses import sentences_of
from community.coding.language import blank
from community.coding.pieces import Pieces
from community.coding.vader_scores import compound
from community.coding.words import starts_of
from community.types import Coded, Coding, Post, Span, Thread

NAME = "vader"
CUT = 0.05  # the authors' own: from +0.05 positive, from -0.05 negative


@dataclass(frozen=True, slots=True, kw_only=True)
class Vader:
    """The coder. `raw` is the compound score; there is no calibrated one."""

    name: str = NAME

    def __call__(self, thread: Thread) -> Coded:
        """Code the sentiment of every present post of a thread."""
        codings = []
        for post in thread.posts:
            text = post.own_text()
            if post.status == "present" and text.strip():
                codings.append(_coding(post, text, _sentences(text)))
        return Coded(codings=tuple(codings))


def make() -> Vader:
    """The coder ``vader``; it has no options, its lexicon is its own."""
    return Vader()


def value_of(score: float) -> str:
    """``positive``, ``negative`` or ``neutral`` by the authors' cuts."""
    return "positive" if score >= CUT else "negative" if score <= -CUT else "neutral"


@cache
def _pieces() -> Pieces:
    return Pieces(cast(Tokenizer, blank().tokenizer))


def _sentences(text: str) -> list[tuple[int, int]]:
    """The sentences of a text (characters, half-open)."""
    words = _pieces()(text)
    starts = starts_of(words)
    return [
        (starts[first], starts[end - 1] + len(words[end - 1].text))
        for first, end in sentences_of(words, starts)
    ]


def _coding(post: Post, text: str, sentences: list[tuple[int, int]]) -> Coding:
    raw = compound(text)
    evidence: tuple[Span, ...] = ()
    if sentences:
        a, b = _strongest(text, sentences, 1 if raw >= 0 else -1)
        evidence = (Span(post.span.start + a, post.span.start + b),)
    return Coding(
        post_id=post.id, layer="sentiment", code=value_of(raw), coder=NAME, raw=raw,
        evidence=evidence,
    )  # fmt: skip


def _strongest(text: str, sentences: list[tuple[int, int]], sign: int) -> tuple[int, int]:
    """The sentence that says most in the direction of `sign`, the first of equals."""
    if len(sentences) == 1:  # need not be scored
        return sentences[0]
    return max(sentences, key=lambda s: (sign * compound(text[s[0] : s[1]]), -s[0]))
