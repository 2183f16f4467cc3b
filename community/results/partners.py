"""Which outcome and arm a measure belongs to, as features of the pair, from order and distance.

A learned, linear answer to "A and B in X and Y, respectively", "X % vs Y %" and "(X % with A; Y %
with B)": what counts is the side, what lies between, the place of each in its list, and the words
next to the measure. No word of an outcome or of an arm is looked at, so that nothing is known of
any disease.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from community.types import Span

_VS = re.compile(r"[\s(\[,;]*(?:(?:in|with|for)\s)?(?:vs?\.?|versus|and|or|compared (?:with|to)|to|"
                 r"against|than|/)[\s(\[]*(?:only |just )?", re.IGNORECASE)  # fmt: skip
_SIGNS = (
    (";", ";"),
    (",", ","),
    (" and ", "and"),
    (" vs", "vs"),
    (" versus ", "vs"),
    (" v ", "vs"),
    (" than ", "than"),
    ("compared", "compared"),
    ("(", "("),
    (")", ")"),
    (" in ", "in"),
    (" with ", "with"),
    (" for ", "for"),
    (" while ", "while"),
    (" whereas ", "while"),
    (" but ", "while"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """The spans of a sentence among which partners are sought, each kind in order; `names` are the
    candidates' words, by which two mentions of one arm are known as one."""

    text: str
    measures: tuple[Span, ...]
    candidates: tuple[Span, ...]

    def names(self) -> list[str]:
        return [self.text[c.start : c.end].lower() for c in self.candidates]


def runs(text: str, measures: Sequence[Span]) -> list[tuple[int, int]]:
    """Per measure its place in a run of values side by side ("7 % vs 2 %") and the run's length."""
    groups: list[list[int]] = []
    for at in range(len(measures)):
        joined = at > 0 and _VS.fullmatch(text, measures[at - 1].end, measures[at].start)
        comma = at > 0 and text[measures[at - 1].end : measures[at].start].strip() == ","
        if joined or comma:
            groups[-1].append(at)
        else:
            groups.append([at])
    places = {m: (n, len(group)) for group in groups for n, m in enumerate(group)}
    return [places[at] for at in range(len(measures))]


def features(field: Field, measure: int, candidate: int, run: tuple[int, int]) -> list[str]:
    """What speaks for or against a candidate as the partner of a measure."""
    base = [*_places(field, measure, candidate, run), *_words(field, measure, candidate)]
    return base + [f"{a}&{b}" for a, b in combinations(base, 2)]


def _places(field: Field, at: int, which: int, run: tuple[int, int]) -> list[str]:
    m, c = field.measures[at], field.candidates[which]
    ahead = c.start >= m.end
    lo, hi = (m.end, c.start) if ahead else (c.end, m.start)
    values = sum(lo <= o.start and o.end <= hi for o in field.measures)
    others = sum(lo <= o.start and o.end <= hi for o in field.candidates)
    gap = len(field.text[lo:hi].split())
    steps = next(n for n, most in enumerate((0, 1, 2, 4, 8, 15, 999)) if gap <= most)
    many, of = len(field.measures), len(field.candidates)
    names = list(dict.fromkeys(field.names()))
    nth = names.index(field.text[c.start : c.end].lower())
    return [
        f"side{ahead:d}",
        f"gap{ahead:d}{steps}",
        f"values{ahead:d}{min(values, 3)}",
        f"others{ahead:d}{min(others, 3)}",
        f"of{min(of, 4)}",
        f"names{min(len(names), 4)}",
        f"rank{_rank(at, which, many, of)}",
        f"run{min(run[0], 3)}/{min(run[1], 4)}:{min(nth, 3)}",
        f"listed{(at % max(1, len(names))) == nth:d}{many % max(1, len(names)) == 0:d}",
    ]


def _rank(at: int, which: int, many: int, of: int) -> str:
    if many == of:
        return f"same{at == which:d}"
    if many > of and many % of == 0:
        return f"part{at // (many // of) == which:d}{at % of == which:d}"
    if of > many and of % many == 0:
        return f"whole{which // (of // many) == at:d}{which % many == at:d}"
    return "odd"


def _words(field: Field, at: int, which: int) -> list[str]:
    text, m, c = field.text, field.measures[at], field.candidates[which]
    ahead = c.start >= m.end
    between = text[m.end : c.start] if ahead else text[c.end : m.start]
    words = between.lower().split()
    short = " ".join(words) if len(words) < 4 else f"{words[0]}…{words[-1]}"
    signs = "".join(dict.fromkeys(name for sign, name in _SIGNS if sign in f" {between.lower()} "))
    after = re.match(r"[\s)\]%]*(?:\([^()]*\)\s?)?([a-z]+|[;,.()])", text[m.end :].lower())
    open_, close = between.count("("), between.count(")")
    return [
        f"between:{ahead:d}{re.sub(r'[0-9]+', '0', short)[:24]}",
        f"signs:{signs[:24]}",
        f"after:{after[1] if after else ''}",
        f"bracket:{(open_ > close) - (close > open_)}",
        f"respectively{'respectively' in text[m.end :]:d}",
        f"inside{text[: m.start].count('(') > text[: m.start].count(')'):d}",
    ]
