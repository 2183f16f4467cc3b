"""Which post answers a question: candidates, what speaks for each, and a chance.

Pure. A candidate stands below the question, is by another author, and is addressed to it: it
answers the post (as judged, else by layout), quotes it, names its author first, or answers such an
answer. Its `EVIDENCE` is weighed as log odds by the weights of ``data/answered.toml``; the first
candidate whose chance is at least an even one answers. The weights are set by hand: the chance
orders candidates, and is no calibrated probability.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from community.errors import CodebookError
from community.linking.asking import Asked, hits
from community.linking.match import sigmoid
from community.linking.relations import Reading
from community.linking.scope import Scopes
from community.linking.targets import stems
from community.text import words
from community.types import Post, Thread

_FILE = "answered.toml"
EVIDENCE = (
    "bias", "direct", "quotes", "names", "nested", "first", "length", "short", "asks", "only asks",
    "thanks", "same", "unknown", "overlap", "yes", "number", "professional", "lived", "thanked",
    "later",
)  # fmt: skip
_QUANTITY = frozenset(["long", "many", "much", "often", "old", "far", "soon", "high"])
_MOST = 12  # candidates of one question
_EVEN = 0.5
_FEW = 4  # words of a reply that hardly says anything
_HEAD = 60  # characters in which a reply names whom it answers


@cache
def weights() -> Mapping[str, float]:
    """The weights of the model, by evidence.

    Raises:
        CodebookError: the packaged file breaks its own rules.
    """
    text = resources.files("community").joinpath("data", _FILE).read_text(encoding="utf-8")
    told: Mapping[str, float] = tomllib.loads(text)["weights"]
    if set(told) != set(EVIDENCE):
        raise CodebookError(_FILE, f"weights must be {', '.join(EVIDENCE)}")
    return told


def best(
    thread: Thread,
    scopes: Scopes,
    post: Post,
    one: Asked,
    asked: Mapping[str, Sequence[Asked]],
) -> tuple[Post, float] | None:
    """The first post that answers, with its chance; None where none is likely to.

    Args:
        thread: the posts.
        scopes: their readings.
        post: who asks.
        one: the question.
        asked: the questions of every post.
    """
    for candidate, told in evidence(thread, scopes, post, one, asked):
        chance = sigmoid(sum(weights()[name] * value for name, value in told.items()))
        if chance >= _EVEN:
            return candidate, chance
    return None


def evidence(
    thread: Thread,
    scopes: Scopes,
    post: Post,
    one: Asked,
    asked: Mapping[str, Sequence[Asked]],
) -> list[tuple[Post, dict[str, float]]]:
    """Candidates in page order, each with its evidence by name."""
    out: list[tuple[Post, dict[str, float]]] = []
    direct: set[str] = set()
    for other in thread.posts:
        if other.position <= post.position or other.status != "present" or not other.own:
            continue
        if _same_author(post, other):
            continue
        above = other.answers_id or other.parent_id
        told = {
            "direct": float(post.id in (above, other.parent_id)),
            "quotes": float(any(quote.of == post.id for quote in other.quotes)),
            "names": float(_named(post, other)),
            "nested": float(above in direct),
        }
        if not any(told.values()):
            continue
        told["first"] = float(not out)
        told["later"] = math.log1p(len(out))
        if told["direct"] or told["quotes"]:
            direct.add(other.id)
        told |= _words(scopes, post, other, one, asked)
        told["thanked"] = float(_thanked(thread, scopes, post, other))
        out.append((other, {"bias": 1.0, **told}))
        if len(out) >= _MOST:
            break
    return out


def _same_author(post: Post, other: Post) -> bool:
    return post.author is not None and post.author == other.author


def _named(post: Post, other: Post) -> bool:
    """Whether a post names the author of another in its first words."""
    if not post.author:
        return False
    head = {w.folded for w in words(other.own_text().lstrip()[:_HEAD])}
    names = [w.folded for w in words(post.author)]
    return bool(names) and names[0] in head and len(names[0]) > 2


def _words(
    scopes: Scopes,
    post: Post,
    other: Post,
    one: Asked,
    asked: Mapping[str, Sequence[Asked]],
) -> dict[str, float]:
    """What the words of question and candidate say."""
    reading, question = scopes.reading(other), scopes.reading(post)
    tokens = [t for clause in reading.tokens for t in clause]
    sentences = {clause.sentence for clause in reading.clauses}
    own = {reading.clauses[q.clauses[0]].sentence for q in asked.get(other.id, ())}
    cues = {(name, at) for at, _, name in hits(tokens, "reply")}
    opening = {name for name, at in cues if at <= 1}
    wanted = stems(" ".join(t.folded for c in one.clauses for t in question.tokens[c]))
    given = stems(" ".join(t.folded for t in tokens))
    asks_much = any(t.folded in _QUANTITY for c in one.clauses for t in question.tokens[c])
    counted = bool(reading.numbers)
    return {
        "length": math.log1p(len(tokens)),
        "short": float(len(tokens) < _FEW),
        "asks": float(bool(own)),
        "only asks": float(bool(own) and len(own) >= len(sentences)),
        "thanks": float("thanks" in opening),
        "same": float(any(name == "same" for name, _ in cues)),
        "unknown": float(any(name == "unknown" for name, _ in cues)),
        "overlap": len(wanted & given) / math.sqrt(len(wanted) + 1),
        "yes": float(one.polar and "yes" in opening),
        "number": float(asks_much and counted),
        "professional": float(other.role == "professional"),
        "lived": float(one.personal and _lived(reading)),
    }


def _lived(reading: Reading) -> bool:
    return reading.has("self") or reading.has("close")


def _thanked(thread: Thread, scopes: Scopes, post: Post, other: Post) -> bool:
    """Whether who asked thanks for the candidate."""
    for later in thread.posts:
        below = other.id in (later.answers_id, later.parent_id)
        if not below or later.id == post.id or not _same_author(post, later):
            continue
        tokens = [t for clause in scopes.reading(later).tokens for t in clause]
        if any(at <= 2 and name == "thanks" for at, _, name in hits(tokens, "reply")):
            return True
    return False
