"""What topics are called: two to four words, as a person would write them.

A label is made of the terms that weigh most in a topic, phrases before the words that they are made
of. A label stays as long as its terms are among the topic's best, so that small changes of weight
do not rename it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from community.discovery.words import JOINT

TERMS = 10  # of a topic, published
LEFT_OVER = "No common subject"  # the label of topics without a term in common
_LOOKED_AT = 60  # terms among which phrases are looked for
_WORDS = 4  # of a label at most
_PARTS = 3  # terms of a label at most
_CARRIES = 0.5  # share of a word's posts in which a phrase must stand to take its place
_PAIRS = 0.25  # share of the commoner word's posts in which two words must stand side by side
_SHARED = 0.2  # by which more of a topic's posts than of all use a term: they have it in common
_TELLS = 1.5  # times as frequent in the topic as in all posts
_COUNTS = 0.5  # of what the best term tells, for a third term to stand in the label
_ROOT = 5  # letters that two forms of one word share
_ROOTS = 0.6  # and share of the longer one


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A term of a topic: its weight (c-TF-IDF), the share of the topic's posts that use it, and the
    share of all posts that do."""

    term: str
    weight: float
    here: float
    everywhere: float

    def tells(self) -> float:
        """How much the term tells of the topic: the mean (geometric) of its weight, which is high
        for what stands nowhere else, and of its part in telling the topic's posts from all
        (Kullback and Leibler 1951), which is high for what many of them say."""
        ratio = max(self.here / self.everywhere, 1.0)
        return round(math.sqrt(self.weight * self.here * math.log(ratio)), 9)

    def words(self) -> list[str]:
        """Its words."""
        return self.term.split(JOINT)


def in_common(candidates: Iterable[Candidate]) -> bool:
    """Whether a topic's posts have a term in common; if not, they are what was left over."""
    return any(c.here - c.everywhere >= _SHARED for c in candidates)


def best_terms(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The terms that tell most of a topic, best first, each thing once.

    A phrase stands for a word that it goes with in half of the word's posts or more. Of terms that
    share a word, or forms of one, the better stays. Terms that are hardly more frequent in the
    topic than elsewhere are left out, unless nothing else is there.
    """
    ranked = sorted(candidates, key=lambda c: (-c.tells(), c.term))
    telling = [c for c in ranked if c.here >= _TELLS * c.everywhere] or ranked
    known = telling[:_LOOKED_AT]
    chosen: list[Candidate] = []
    for candidate in known:
        either = (_carrying(candidate, known), candidate)
        new = (c for c in either if not any(_alike(c, other) for other in chosen))
        chosen += itertools.islice(new, 1)
        if len(chosen) == TERMS:
            break
    return _paired(chosen, known)


def _carrying(candidate: Candidate, known: Sequence[Candidate]) -> Candidate:
    """The phrase that a term mostly stands in, or the term itself."""
    inside = f"{JOINT}{candidate.term}{JOINT}"
    longer = [
        phrase
        for phrase in known
        if len(phrase.term) > len(candidate.term)
        and inside in f"{JOINT}{phrase.term}{JOINT}"
        and phrase.here >= _CARRIES * candidate.here
    ]
    if not longer:
        return candidate
    return _carrying(max(longer, key=lambda p: (p.here, len(p.term), p.term)), known)


def _paired(chosen: list[Candidate], known: Sequence[Candidate]) -> list[Candidate]:
    """The terms with words that often stand side by side as one: *pain*, *knee* is "knee pain"."""
    words = {c.term: c for c in chosen}
    pairs = [p for p in known if len(p.words()) == 2 and set(p.words()) <= words.keys()]
    for pair in sorted(pairs, key=lambda p: (-p.here, p.term)):
        both = [words[word] for word in pair.words()]
        if not all(word in chosen for word in both):
            continue  # one of them stands in a better pair
        first, second = sorted(both, key=chosen.index)
        if pair.here >= _PAIRS * max(first.here, second.here):
            chosen[chosen.index(first)] = pair
            chosen.remove(second)
    return chosen


def _alike(one: Candidate, other: Candidate) -> bool:
    a, b = one.term.replace(JOINT, ""), other.term.replace(JOINT, "")
    inside = min(len(a), len(b)) >= _ROOT and (a in b or b in a)  # sleep, asleep; heart burn
    return inside or any(_same(a, b) for a in one.words() for b in other.words())


def _same(a: str, b: str) -> bool:
    """Whether two words are forms of one: *infection*, *infected*."""
    if a == b:
        return True
    root = max(_ROOT, math.ceil(_ROOTS * max(len(a), len(b))))
    return len(a) >= root and a[:root] == b[:root]


def spell(term: str, spelled: Mapping[str, str]) -> str:
    """A term as it is mostly written; in a phrase, only the last word may be plural."""
    *first, last = term.split(JOINT)
    single = [spelled[word] if spelled[word].casefold() == word else word for word in first]
    return " ".join([*single, spelled[last]])


def label(best: Sequence[Candidate], spelled: Mapping[str, str], used: Iterable[str] = ()) -> str:
    """What to call a topic.

    Args:
        best: its best terms.
        spelled: how words are written.
        used: labels that other topics have.
    """
    parts: list[str] = []
    taken = set(used)
    for term in best:
        size = sum(len(part.split()) for part in (*parts, spell(term.term, spelled)))
        counts = len(parts) < 2 or term.tells() >= _COUNTS * best[0].tells()
        fits = size <= _WORDS and len(parts) < _PARTS and counts
        if parts and not fits and joined(parts) not in taken:
            break
        parts.append(spell(term.term, spelled))
    return joined(parts)


def joined(parts: Sequence[str]) -> str:
    """Terms as a label: "Knee pain, swelling and fever"."""
    told = " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)
    return told[:1].upper() + told[1:]


def still_fits(old: str, old_terms: Sequence[str], terms: Iterable[str]) -> bool:
    """Whether the terms that a label was made of are still among a topic's best."""
    now = {term.casefold() for term in terms}
    sizes = range(1, len(old_terms) + 1)
    made_of = next((old_terms[:size] for size in sizes if joined(old_terms[:size]) == old), None)
    return made_of is not None and {term.casefold() for term in made_of} <= now
