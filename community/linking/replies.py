"""What a reply does to what it answers, whatever that is about: deny, support, ask or comment.

Pure. The head ``reply`` was trained on RumourEval 2019 (Gorrell et al. 2019); what it says of a
post is one of the signs from which the relation to a target is told.
"""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np

from community.linking import heads
from community.linking.cues import RELATIONS
from community.linking.said import FLAGS, Said

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|[?!]")
_MOST = 120  # words that are read
_DENSE = 0.3
_ASKING = frozenset(
    ("what", "who", "where", "when", "why", "how", "which", "is", "are", "was", "were", "do",
     "does", "did", "can", "could", "any", "has", "have")
)  # fmt: skip
_DENYING = frozenset(
    ("no", "not", "nope", "false", "wrong", "fake", "lie", "lies", "nonsense", "rubbish",
     "bullshit")
)  # fmt: skip
_AGREEING = frozenset(
    ("yes", "yep", "yeah", "exactly", "true", "agreed", "agree", "right", "this", "same", "indeed")
)


def reply_keys(post: Said, answered: Said | None, opening: Said | None) -> dict[str, float]:
    """What the head ``reply`` weighs.

    Args:
        post: the reply.
        answered: the post that it answers.
        opening: the post that opened the thread.
    """
    text = post.reading.text.replace("\u2019", "'").lower()
    tokens = _TOKEN.findall(text)[:_MOST]
    grams = {f"w{t}" for t in tokens} | {f"w{a} {b}" for a, b in pairwise(["^", *tokens])}
    size = 1 / np.sqrt(max(1, len(grams)))
    out = dict.fromkeys(sorted(grams), size)
    first = tokens[0] if tokens else ""
    dense = {
        "length": float(np.log1p(len(tokens))) - 2.5,
        "asks": float("?" in text),
        "ends asking": float(text.rstrip().endswith("?")),
        "cries": float("!" in text),
        "dots": float("..." in text),
        "opens asking": float(first in _ASKING),
        "opens denying": float(first in _DENYING),
        "opens agreeing": float(first in _AGREEING),
        "answers": float(answered is not None),
        "deeper": float(answered is not opening),
        "weblink": float("weblink" in text or "http" in text),
        "loud": sum(c.isupper() for c in post.reading.text) / max(1, len(post.reading.text)),
    }
    for column, name in enumerate(RELATIONS):
        dense[f"cue {name}"] = float(post.strengths[:, column].max(initial=0.0))
    for name in ("negation", "absence", "you", "self", "hypothetical"):
        dense[f"flag {name}"] = float(post.flags[:, FLAGS.index(name)].max(initial=0.0))
    stems = frozenset[str]().union(*post.stems)
    for name, other in (("answered", answered), ("opening", opening)):
        if other is not None and len(other.vectors):
            theirs = frozenset[str]().union(*other.stems)
            dense[f"shared {name}"] = len(stems & theirs) / max(1, len(stems))
            dense[f"near {name}"] = float(post.vectors.mean(axis=0) @ other.vectors.mean(axis=0))
            dense[f"{name} asks"] = float(other.asks.max(initial=0.0))
    return out | {f"d {name}": _DENSE * value for name, value in dense.items()}


def replied(
    post: Said, answered: Said | None, opening: Said | None, model: heads.Model | None = None
) -> dict[str, float]:
    """Chances of what a reply does, by name."""
    block = (model or heads.packaged())["reply"]
    chances = block.chances(block.add(reply_keys(post, answered, opening)))
    return dict(zip(block.answers, chances.tolist(), strict=True))
