"""How far two coders point at the same words.

Token F1 by place: a token (a run of letters, digits and apostrophes) is marked where a span touches
it, and the marked tokens of one coder are set against those of the other. J. DeYoung et al.,
*ERASER: a benchmark to evaluate rationalized NLP models*, ACL 2020, section 4 (token-level F1 of
rationales); G. Hripcsak and A. S. Rothschild, *Agreement, the F-measure, and reliability in
information retrieval*, J. Am. Med. Inform. Assoc. 2005;12:296 (why F1 where there is no number of
true negatives).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from community.types import Span

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def tokens(text: str) -> list[Span]:
    """Where the tokens of a text stand."""
    return [Span(*match.span()) for match in _TOKEN.finditer(text)]


def marked(found: Iterable[Span], spans: Iterable[Span]) -> frozenset[Span]:
    """The tokens that some span touches."""
    wanted = tuple(spans)
    return frozenset(token for token in found if any(token.overlaps(span) for span in wanted))


def f1(one: frozenset[Span], other: frozenset[Span]) -> float | None:
    """F1 of two sets of tokens, the same from both sides; None where both are empty."""
    held = len(one) + len(other)
    return 2 * len(one & other) / held if held else None


def token_f1(text: str, one: Iterable[Span], other: Iterable[Span]) -> float | None:
    """Token F1 of two coders' spans in one text; None where neither marks a token.

    Args:
        text: the post's words.
        one, other: spans into `text`, code points.
    """
    found = tokens(text)
    return f1(marked(found, one), marked(found, other))
