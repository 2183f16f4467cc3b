"""Coder ``encoder``: like ``learned``, and a small transformer reads every sentence as well.

It reads word order and so tells polarity, feeling and judgement better, and takes some hundred
times as long; numpy applies it, nothing else has to be installed. Card: ``models/encoder/card.md``.
"""

from __future__ import annotations

from functools import cache

from community.codebook import Codebook, default
from community.learned import encoder, heads
from community.learned.coder import Learned, Parts, parts
from community.learned.files import digest


@cache
def _parts() -> Parts:
    made = encoder.default()
    return parts(heads.default(), made.stack, made)


def make(*, codebook: Codebook | None = None) -> Learned:
    """The coder ``encoder``; its name says which weights it has (``model:encoder@…``).

    Args:
        codebook: codes, cues and lexicons; the packaged one if None.
    """
    name = f"model:encoder@{digest('encoder')}"
    return Learned(codebook=codebook or default(), name=name, load=_parts)
