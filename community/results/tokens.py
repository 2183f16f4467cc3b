"""What the span tagger sees of each word of a sentence: features as strings, from words alone.

Words, their shapes and ends with those of their neighbours; what our own finders say of the place
(kind of quantity, endpoint of the vocabulary, arm); brackets; and how many values came before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from community.results.endpoints import Hit
from community.results.groups import Arm
from community.results.quantities import Quantity
from community.types import Span

_TOKEN = re.compile(r"\d+(?:[.,·]\d+)*|[^\W\d_]+(?:['’][a-z]{1,2})?|\+/[-−–]|>/=|<or=|[^\w\s]|_")
_FAR = 5  # words on each side whose presence counts, without their place
_VALUES = ("percent", "fraction", "proportion", "number", "count", "duration", "ratio")


def tokens(text: str) -> list[Span]:
    """The words, numbers and signs of a text, as offsets into it."""
    return [Span(*match.span()) for match in _TOKEN.finditer(text)]


class Row(NamedTuple):
    """What is known of one token before its neighbours are looked at."""

    word: str
    shape: str
    mark: str
    hit: str
    arm: str


_EDGE = Row("<>", "<>", "-", "-", "-")
_STEPS = (-3, -2, -1, 0, 1, 2, 3)
Key = tuple[object, ...]


def keys(
    text: str,
    places: Sequence[Span],
    quantities: Sequence[Quantity],
    hits: Sequence[Hit],
    arms: Sequence[Arm],
) -> list[list[Key]]:
    """Per token the groups of features that hold of it, as keys that `named` spells out; a key
    comes again and again, so that its features need to be looked up once.

    `quantities`, `hits` and `arms` are those of the text.
    """
    words = [_plain(text[p.start : p.end]) for p in places]
    shapes = [_shape(text[p.start : p.end]) for p in places]
    marks = _marks(places, [(q.span.start, q.span.end, q.kind[:4]) for q in quantities])
    known = _marks(places, [(h.start, h.end, "E") for h in hits if h.end])
    grouped = _marks(places, [(a.span.start, a.span.end, "C" if a.control else "T") for a in arms])
    rows = [Row(*row) for row in zip(words, shapes, marks, known, grouped, strict=True)]
    depth, seen = _depths(words), _seen(places, quantities)
    padded = [_EDGE] * 3 + rows + [_EDGE] * 3
    out = []
    for at, row in enumerate(rows):
        near = padded[at : at + 7]
        found: list[Key] = [("near", step, near[step + 3]) for step in _STEPS]
        found += [("pair", n, near[n + 1], near[n + 2]) for n in range(4)]
        found += [("L", word) for word in dict.fromkeys(words[max(0, at - _FAR) : at])]
        found += [("R", word) for word in dict.fromkeys(words[at + 1 : at + 1 + _FAR])]
        found.append(("place", row.mark, row.shape, depth[at], seen[at]))
        found.append(("marks", *(n.mark[:2] for n in near[1:6])))
        out.append(found)
    return out


_PAIRS = ("-2-1", "-10", "01", "12")


def named(key: Key) -> tuple[str, ...]:
    """The names of the features of a key."""
    kind, *rest = key
    if kind == "near":
        return _near(*rest)  # type: ignore[arg-type]
    if kind == "pair":
        at, a, b = rest
        name = _PAIRS[at]  # type: ignore[call-overload]
        assert isinstance(a, Row)
        assert isinstance(b, Row)
        return (
            f"w{name}={a.word}|{b.word}",
            f"q{name}={a.mark}{b.mark}",
            f"h{name}={a.shape}|{b.shape}",
        )
    if kind == "place":
        mark, shape, depth, seen = rest
        return (f"d={depth}", f"n={seen}", f"qn={mark}{seen}", f"qh={mark}{shape}", "1")
    if kind == "marks":
        return ("q2=" + "".join(map(str, rest)),)
    return (f"{kind}={rest[0]}",)


def _near(step: int, row: Row) -> tuple[str, ...]:
    at = str(step) if step else ""
    out = [f"w{at}={row.word}", f"q{at}={row.mark}", f"h{at}={row.shape}"]
    if abs(step) < 3:
        out += [
            f"e{at}={row.hit}",
            f"a{at}={row.arm}",
            f"p{at}={row.word[:4]}",
            f"s{at}={row.word[-3:]}",
        ]
    if not step:
        out += [f"s2={row.word[-2:]}", f"ea={row.hit}{row.arm}"]
    return tuple(out)


def features(
    text: str,
    places: Sequence[Span],
    quantities: Sequence[Quantity],
    hits: Sequence[Hit],
    arms: Sequence[Arm],
) -> list[list[str]]:
    """The names of the features of each token (`keys`, spelled out)."""
    found = keys(text, places, quantities, hits, arms)
    return [[name for key in token for name in named(key)] for token in found]


def _plain(word: str) -> str:
    return re.sub(r"\d", "0", word.lower()) if word[:1].isdigit() else word.lower()


def _shape(word: str) -> str:
    kinds = re.sub(r"[A-Z]", "A", re.sub(r"[a-z]", "a", re.sub(r"\d", "0", word)))
    return re.sub(r"(.)\1+", r"\1", kinds)[:6]


def _marks(places: Sequence[Span], spans: list[tuple[int, int, str]]) -> list[str]:
    """Per token the kind of the span it stands in, begun or gone on; "-" outside."""
    out = ["-"] * len(places)
    at = 0
    for start, end, kind in spans:
        while at < len(places) and places[at].end <= start:
            at += 1
        inside, first = at, True
        while inside < len(places) and places[inside].start < end:
            if out[inside] == "-":
                out[inside] = kind if first else kind + "+"
                first = False
            inside += 1
    return out


def _depths(words: Sequence[str]) -> list[int]:
    out, depth = [], 0
    for word in words:
        depth = min(2, depth + 1) if word in "([" else depth
        out.append(depth)
        depth = max(0, depth - 1) if word in ")]" else depth
    return out


def _seen(places: Sequence[Span], quantities: Sequence[Quantity]) -> list[str]:
    """How many values stand before a token, and whether any follow: "0>", "2>", "3"."""
    values = [q.span for q in quantities if q.kind in _VALUES]
    out = []
    for place in places:
        before = sum(v.end <= place.start for v in values)
        after = any(v.start >= place.end for v in values)
        out.append(f"{min(before, 3)}{'>' if after else ''}")
    return out
