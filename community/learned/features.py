"""What a learned head sees of a post: keys of its words, pairs of words, cues and their context.

A *unit* is a sentence. Its keys are short strings whose first letter names their family:

==== ===========================================================================
w    a word, lower case, digits as 0, letters that are held down shortened
b    two words in a row
n    a word in the scope of a negation
q    a word of a sentence that asks
d    a word near a clinician (what is said of doctors stands near them)
t    a word near a treatment
g    a group of the lexicon; gx with whose clause it is, gi when supposed, gn when denied
k    a cue of the codebook, with what it says
c    context of the unit's clauses: who is told of, wished, told by others …
==== ===========================================================================

A unit counts each key once; `community.learned.heads` weighs them, so that long and short sentences
are alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from community.coding.context import Clause
from community.coding.language import Term
from community.coding.reading import Reading

_DIGITS = re.compile(r"\d+")
_HELD = re.compile(r"([^\W\d_])\1{2,}|([!?.…])\2+")
_FLAGS = ("hypothetical", "wish", "historical", "hearsay", "question", "general", "addressed")
_BEFORE, _AFTER = 8, 12  # words around a clinician; about half as many around a treatment


@dataclass(frozen=True, slots=True)
class Unit:
    """One sentence: its words, its other keys, and where it stands (characters of the post)."""

    words: tuple[str, ...]
    keys: tuple[str, ...]
    start: int
    end: int
    clauses: tuple[int, ...]


@lru_cache(maxsize=1 << 16)
def word_key(word: str) -> str:
    """A word as heads know it: digits as 0, held letters and marks shortened to two."""
    if word.isalpha() and len(word) < 4:
        return word
    return _HELD.sub(r"\1\1\2", _DIGITS.sub("0", word))


def units(reading: Reading) -> tuple[Unit, ...]:
    """The units of a post, in order; sentences without a word are left out."""
    by: dict[int, list[int]] = {}
    for number, clause in enumerate(reading.clauses):
        by.setdefault(clause.sentence, []).append(number)
    signs = _signs(reading)
    return tuple(_unit(reading, numbers, signs) for _, numbers in sorted(by.items()))


def _unit(reading: Reading, numbers: list[int], signs: dict[int, list[str]]) -> Unit:
    clauses = [reading.clauses[n] for n in numbers]
    first, last = clauses[0].start, clauses[-1].end
    negated = frozenset[int]().union(*(c.negated for c in clauses))
    at = [i for i in range(first, last) if not reading.words[i].isspace()]
    words = tuple(word_key(reading.words[i]) for i in at)
    terms = [span for n in numbers for span in reading.terms[n]]
    keys = [f"n{word}" for word, i in zip(words, at, strict=True) if i in negated]
    keys += [f"b{a} {b}" for a, b in pairwise(words)]
    if any(c.question for c in clauses):
        keys += [f"q{word}" for word in words]
    keys += _near(words, at, terms)
    keys += _context(reading, numbers)
    keys += [key for n in numbers for key in signs.get(n, ())]
    start, end = reading.characters(numbers[0])[0], reading.characters(numbers[-1])[1]
    return Unit(words, tuple(dict.fromkeys(keys)), start, end, tuple(numbers))


def _near(words: tuple[str, ...], at: list[int], terms: list[Term]) -> Iterator[str]:
    """Words near the first clinician of a unit, and near its first two treatments."""
    place = {token: n for n, token in enumerate(at)}
    doctors = [place[t.start] for t in terms if t.label_ == "clinician" and t.start in place]
    for n in doctors[:1]:
        around = words[max(0, n - _BEFORE) : n + _AFTER]
        yield from (f"d{word}" for word in around)
        yield from (f"d{a} {b}" for a, b in pairwise(around))
    treated = [place[t.start] for t in terms if t.label_[:9] == "treatment" and t.start in place]
    for n in treated[:2]:
        yield from (f"t{word}" for word in words[max(0, n - _BEFORE // 2) : n + _AFTER // 2])


def _context(reading: Reading, numbers: list[int]) -> Iterator[str]:
    for n in numbers:
        clause = reading.clauses[n]
        yield f"c{clause.experiencer}"
        yield from (f"c{flag}" for flag in _FLAGS if getattr(clause, flag))
        for span in reading.terms[n]:
            yield from _term(clause, span)


def _term(clause: Clause, span: Term) -> Iterator[str]:
    group = span.label_
    yield f"g{group}"
    yield f"g{group} {span.id_}"
    yield f"gx{group} {clause.experiencer}"
    if not clause.real:
        yield f"gi{group}"
    if clause.denies(span):
        yield f"gn{group}"


def _signs(reading: Reading) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for code, rows in reading.signs.items():
        for number, signs in rows.items():
            keys = (f"k{code} {s.cue.say}{' denied' if s.denied else ''}" for s in signs)
            found.setdefault(number, []).extend(keys)
    return found
