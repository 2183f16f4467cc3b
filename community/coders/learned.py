"""Coder ``learned``: topics, sentiment and stances by heads trained on posts coded by reading.

The model holds weights of words, no text; its card, with what it is bad at, is
``models/codes/card.md``. How a post is coded: `community.learned.coder`.
"""

from __future__ import annotations

from functools import cache

from community.codebook import Codebook, default
from community.learned import heads
from community.learned.coder import Learned, Parts, parts
from community.learned.files import digest


@cache
def _parts() -> Parts:
    model = heads.default()
    return parts(model, model.stack)


def make(*, codebook: Codebook | None = None) -> Learned:
    """The coder ``learned``; its name says which weights it has (``model:codes@…``).

    Args:
        codebook: codes, cues and lexicons; the packaged one if None.
    """
    name = f"model:codes@{digest('codes')}"
    return Learned(codebook=codebook or default(), name=name, load=_parts)
