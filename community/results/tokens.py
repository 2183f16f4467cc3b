"""What the span tagger sees of each word of a sentence: features as strings, from words alone.

Words, their shapes and ends with those of their neighbours; what our own finders say of the place
(kind of quantity, endpoint of the vocabulary, arm); brackets; and how many values came before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

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


def features(
    text: str,
    places: Sequence[Span],
    quantities: Sequence[Quantity],
    hits: Sequence[Hit],
    arms: Sequence[Arm],
) -> list[list[str]]:
    """One list of features per token; `quantities`, `hits` and `arms` are those of the text."""
    words = [_plain(text[p.start : p.end]) for p in places]
    marks = _marks(places, [(q.span.start, q.span.end, q.kind[:4]) for q in quantities])
    known = _marks(places, [(h.start, h.end, "E") for h in hits if h.end])
    grouped = _marks(places, [(a.span.start, a.span.end, "C" if a.control else "T") for a in arms])
    shapes = [_shape(text[p.start : p.end]) for p in places]
    depth, seen = _depths(words), _seen(places, quantities)
    spread = [_Row(*row) for row in zip(words, shapes, marks, known, grouped, strict=True)]
    return [_of(spread, at, depth[at], seen[at]) for at in range(len(places))]


class _Row:
    """What is known of one token before its neighbours are looked at."""

    __slots__ = ("arm", "ends", "hit", "mark", "shape", "word")

    def __init__(self, word: str, shape: str, mark: str, hit: str, arm: str) -> None:
        self.word, self.shape, self.mark, self.hit, self.arm = word, shape, mark, hit, arm
        self.ends = (word[:4], word[-3:])


_EDGE = _Row("<>", "<>", "-", "-", "-")


def _of(rows: list[_Row], at: int, depth: int, seen: str) -> list[str]:
    own = rows[at]

    def near(step: int) -> _Row:
        place = at + step
        return rows[place] if 0 <= place < len(rows) else _EDGE

    out = [
        "1",
        f"w={own.word}",
        f"p={own.ends[0]}",
        f"s={own.ends[1]}",
        f"s2={own.word[-2:]}",
        f"h={own.shape}",
        f"q={own.mark}",
        f"e={own.hit}",
        f"a={own.arm}",
        f"d={depth}",
        f"n={seen}",
        f"qn={own.mark}{seen}",
        f"qh={own.mark}{own.shape}",
        f"ea={own.hit}{own.arm}",
    ]
    for step in (-3, -2, -1, 1, 2, 3):
        row = near(step)
        out += [f"w{step}={row.word}", f"q{step}={row.mark}", f"h{step}={row.shape}"]
        if abs(step) < 3:
            out += [
                f"e{step}={row.hit}",
                f"a{step}={row.arm}",
                f"p{step}={row.ends[0]}",
                f"s{step}={row.ends[1]}",
            ]
    for first, second in ((-2, -1), (-1, 0), (0, 1), (1, 2)):
        a, b = near(first), near(second)
        out += [f"w{first}{second}={a.word}|{b.word}", f"q{first}{second}={a.mark}{b.mark}"]
        out.append(f"h{first}{second}={a.shape}|{b.shape}")
    out += {f"L={row.word}" for row in rows[max(0, at - _FAR) : at]}
    out += {f"R={row.word}" for row in rows[at + 1 : at + 1 + _FAR]}
    out += [f"q2={''.join(near(step).mark[:2] for step in (-2, -1, 0, 1, 2))}"]
    return out


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
