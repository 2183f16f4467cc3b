"""Finds the texts that speak of what a text says: by words, by words near in meaning, by vectors.

    text ─▶ stems, each with its neighbours in meaning ─▶ posting lists ─▶ candidates
         ─▶ signals of each candidate ─▶ weighed (`ranker`) ─▶ the best, with a chance to be right

`build` makes a `Shelf`; a search then touches the posting lists of the query's words and a bounded
number of candidates, never all texts. Signals: BM25 over stems, where a near word of another stem
counts for less (soft matching after Guo et al. 2016, translation models of Berger and Lafferty
1999); BM25 over pairs and over titles; cosines of rarity-weighted vectors, with the nearest
sentence and with the whole. Pure; same texts and query, same answer.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from community import vectors
from community.linking.postings import Places, Postings, build
from community.linking.ranker import SIGNALS, Matrix, Meaning, Model, default, unit
from community.linking.stems import content, pairs

_K1, _B = 1.5, 0.75
_TITLE_K1, _TITLE_B = 1.2, 0.5
_NEAR = 0.4  # least cosine of a neighbour in meaning
_NEIGHBOURS = 20  # of a word, at most
_LENT = 0.5  # what a neighbour counts, times its cosine
_UNKNOWN = 5.0  # rarity at most of a word that no text holds, where only neighbours answer
_VOCABULARY = 10_000  # words that can be neighbours: those of most texts
_DEPTH = 200  # candidates whose signals are all computed
_BUDGET = 60_000  # postings that a query reads before common words are left out
_RARE_WORDS = 3  # these are read whatever they cost
_MOST_WORDS = 60  # of a query: the rarest
_UNIT = 0.2  # of BM25, beside cosines
_REMEMBERED = 50_000  # words whose neighbours are kept


Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A text that can be found: what it is about in few words, and its sentences."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An entry found: its place, its score (a log-odds scale, comparable within a search), the
    chance that it is what the text speaks of."""

    place: int
    score: float
    chance: float


class _Memory(dict[str, tuple[tuple[str, float], ...]]):
    """Neighbours in meaning by word, as looked up so far; a copy starts without."""

    def __reduce__(self) -> tuple[type[_Memory], tuple[()]]:
        return _Memory, ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Entries, indexed. `rows` are the sentences' vectors as bytes, `scales` what these are
    multiplied with; entry n has those from `first[n]` on. `vocabulary` are stems, with their
    vectors in `meanings`."""

    words: Postings
    pairs: Postings
    titles: Postings
    rows: npt.NDArray[np.int8]
    scales: Matrix
    first: npt.NDArray[np.int64]
    vocabulary: tuple[str, ...]
    meanings: Matrix
    meaning: Meaning
    _near: _Memory = field(default_factory=_Memory)

    def __len__(self) -> int:
        return len(self.first) - 1

    def find(self, text: str, *, most: int = 10, within: Sequence[int] | None = None) -> list[Hit]:
        """The entries that a text speaks of, best first; ties in order of place.

        Args:
            text: a claim, a sentence, a post's own words.
            most: entries at most.
            within: places to look at (ascending); all of them where None.
        """
        query = Query(self, default(), text)
        places, signals = query.signals(within)
        if not len(places):
            return []
        scores = signals @ query.model.weights
        order = np.lexsort((places, -scores))
        sure = query.chance(scores[order], signals[order[0]])
        chances = [sure, *(1 - sure for _ in order[1:])]
        top = scores[order[0]]
        return [
            Hit(
                place=int(places[at]),
                score=round(float(scores[at]), 4),
                chance=round(chance * math.exp(float(scores[at] - top)), 4),
            )
            for at, chance in zip(order[:most], chances, strict=False)
        ]

    def part(self, places: Sequence[int]) -> Part:
        """Some of the entries, to be searched many times."""
        return Part(self, sorted(places), default())

    def lists(self, stem: str, word: str, model: Model) -> list[tuple[str, float]]:
        """Stems that answer to a word: its own, and those near it in meaning that count for less;
        those that no entry holds left out."""
        known = self._near.get(word)
        if known is None:
            if len(self._near) > _REMEMBERED:
                self._near.clear()
            known = self._near[word] = self._neighbours(stem, word, model)
        own = [(stem, 1.0)] if self.words.count(stem) else []
        return own + [(other, _LENT * cosine) for other, cosine in known]

    def _neighbours(self, stem: str, word: str, model: Model) -> tuple[tuple[str, float], ...]:
        """Of one word at a time: in a product of many, the last bits depend on the others."""
        cosines = self.meanings @ _meanings([word], model)[0]
        found = np.flatnonzero(cosines > _NEAR)
        order = found[np.lexsort((found, -cosines[found]))][: _NEIGHBOURS + 1]
        told = ((self.vocabulary[at], round(float(cosines[at]), 4)) for at in order)
        return tuple(one for one in told if one[0] != stem)[:_NEIGHBOURS]


def shelve(entries: Iterable[Entry], model: Model | None = None) -> Shelf:
    """The index of entries, in their order; by the packaged model where None is given."""
    model = model or default()
    bodies: list[list[str]] = []
    titles: list[list[str]] = []
    sentences: list[str] = []
    first = [0]
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        told = content("\n".join(entry.sentences))
        for stem, word in told:
            forms[stem][word] += 1
        bodies.append([stem for stem, _ in told])
        titles.append([stem for stem, _ in content(entry.title)])
        sentences += entry.sentences or ("",)
        first.append(len(sentences))
    words = build(bodies, saturation=_K1, length=_B)
    known = (stem for stem in words.terms if stem in model.counts)
    usual = sorted(known, key=lambda s: (-words.count(s), s))[:_VOCABULARY]
    wholes = ["\n".join(sentences[a:b]) for a, b in pairwise(first)]
    meaning = model.tuned(wholes, sentences)
    summed = meaning.embed(sentences)
    scales = np.abs(summed).max(axis=1, initial=0.0) / 127
    rows = np.rint(summed / np.where(scales > 0, scales, 1.0)[:, None]).astype(np.int8)
    return Shelf(
        words=words,
        pairs=build(map(pairs, bodies), saturation=_TITLE_K1, length=_B),
        titles=build(titles, saturation=_TITLE_K1, length=_TITLE_B),
        rows=rows,
        scales=scales.astype(np.float32),
        first=np.asarray(first, np.int64),
        vocabulary=tuple(usual),
        meanings=_meanings([_commonest(forms[stem]) for stem in usual], model),
        meaning=meaning,
    )


def _commonest(forms: Counter[str]) -> str:
    return min(forms, key=lambda word: (-forms[word], word))


def _meanings(words: Sequence[str], model: Model) -> Matrix:
    return unit(vectors.default().embed(words) - model.middle)


class Part:
    """Some entries of a shelf, to be searched many times: what a word and a sentence meet there is
    worked out once. `places` ascend."""

    def __init__(self, shelf: Shelf, places: Sequence[int] | Places, model: Model) -> None:
        self.shelf, self.model = shelf, model
        self.places = np.asarray(places, np.int32)
        self._soft: dict[str, Matrix | None] = {}
        self._plain: dict[tuple[bool, str], tuple[Numbers, Matrix] | None] = {}
        starts, ends = shelf.first[self.places], shelf.first[self.places + 1]
        counts = ends - starts
        self._inner = np.zeros(len(self.places), np.int64)
        np.cumsum(counts[:-1], out=self._inner[1:])
        at = np.repeat(starts - self._inner, counts) + np.arange(int(counts.sum()))
        rows = shelf.rows[at] * shelf.scales[at][:, None]
        self._near = shelf.meaning.of_sentences(rows)
        if len(rows):
            rows = np.add.reduceat(rows, self._inner, axis=0)
        self._wholes = shelf.meaning.of_texts(rows)

    def soft(self, stem: str, word: str) -> Matrix | None:
        """What a word weighs in each entry, near words of other stems included: of all that an
        entry holds, the best counts. None where no entry holds any."""
        if word in self._soft:
            return self._soft[word]
        made: Matrix | None = None
        for other, share in self.shelf.lists(stem, word, self.model):
            at, weights = _met(self.shelf.words, other, self.places)
            if len(at):
                made = np.zeros(len(self.places), np.float32) if made is None else made
                made[at] = np.maximum(made[at], share * weights)
        self._soft[word] = made
        return made

    def plain(self, title: bool, terms: Sequence[str]) -> Matrix:
        """BM25 over titles, or over pairs, of each entry."""
        out = np.zeros(len(self.places), np.float32)
        for term in terms:
            key = (title, term)
            if key not in self._plain:
                self._plain[key] = self._weighed(*key)
            met = self._plain[key]
            if met is not None:
                out[met[0]] += met[1]
        return out

    def _weighed(self, title: bool, term: str) -> tuple[Numbers, Matrix] | None:
        postings = self.shelf.titles if title else self.shelf.pairs
        held = postings.count(term)
        if not held:
            return None
        at, weights = _met(postings, term, self.places)
        share = (held + 0.5) / (postings.size + 1)
        return (at, weights * np.float32(max(0.0, -math.log(share)))) if len(at) else None

    def cosines(self, summed: Matrix) -> tuple[Matrix, Matrix]:
        """Cosines of a text's sum with each entry's nearest sentence, and with the whole of it."""
        meaning = self.shelf.meaning
        near = self._near @ meaning.of_sentences(summed)[0]
        whole = self._wholes @ meaning.of_texts(summed)[0]
        return np.maximum.reduceat(near, self._inner), whole


class Query:
    """One search by one model: a text's terms with their rarity, and what they find."""

    def __init__(self, shelf: Shelf, model: Model, text: str) -> None:
        self.shelf, self.model, self.text = shelf, model, text
        told = content(text)
        self.forms = dict(reversed(told))
        self.stems = [stem for stem, _ in told]
        size = len(shelf)
        counted = Counter(self.stems)
        rarity = {s: model.rarity(s, shelf.words.count(s), size) for s in counted}
        chosen = sorted(counted, key=lambda s: (-rarity[s], s))[:_MOST_WORDS]
        self.terms = [(stem, counted[stem], rarity[stem]) for stem in chosen]
        self.total = sum(count * weight for _, count, weight in self.terms) or 1.0

    def signals(self, within: Part | Sequence[int] | Places | None) -> tuple[Places, Matrix]:
        """Candidates, ascending, and a matrix of candidates by `SIGNALS`."""
        if within is None:
            within = self._candidates()
        part = within if isinstance(within, Part) else Part(self.shelf, within, self.model)
        out = np.zeros((len(part.places), len(SIGNALS)), np.float32)
        if len(part.places):
            for stem, count, rarity in self.terms:
                met = part.soft(stem, self.forms[stem])
                if met is not None:
                    out[:, 0] += np.float32(count * self._weight(stem, rarity)) * met
            out[:, 1] = part.plain(False, pairs(self.stems))
            out[:, 2] = part.plain(True, self.stems)
            out[:, :3] *= np.float32(_UNIT)
            out[:, 3], out[:, 4] = part.cosines(self.shelf.meaning.embed([self.text]))
        return part.places, out

    def chance(self, scores: Matrix, best: Matrix) -> float:
        """The chance that the best is what the text speaks of; `scores` descend."""
        odds = np.dot(self.model.sure, np.asarray(self.traits(scores, best), np.float32))
        return float(1 / (1 + np.exp(-odds)))

    def traits(self, scores: Matrix, best: Matrix) -> tuple[float, ...]:
        """What the chance is told from: `ranker.SURE` and 1; `best` are the best one's signals."""
        lead = float(scores[0] - scores[1]) if len(scores) > 1 else float(scores[0])
        return (float(scores[0]), lead, self.covered(best), math.log(self.total), 1.0)

    def covered(self, signals: Matrix) -> float:
        """How much of the text's words an entry holds, weighed by rarity."""
        return float(signals[0]) / (_UNIT * self.total)

    def _weight(self, stem: str, rarity: float) -> float:
        return rarity if self.shelf.words.count(stem) else min(rarity, _UNKNOWN)

    def _candidates(self) -> Places:
        """The entries that hold most of the words, or of words near them in meaning. Rare words are
        read first; where their lists have grown long, common ones and their neighbours are left."""
        total = np.zeros(len(self.shelf), np.float32)
        here = np.zeros(len(self.shelf), np.float32)
        read = 0
        for number, (stem, count, rarity) in enumerate(self.terms):
            lists = self.shelf.lists(stem, self.forms[stem], self.model)
            met = [(*self.shelf.words.of(other), share) for other, share in lists]
            cost = sum(len(places) for places, *_ in met)
            if number >= _RARE_WORDS and read + cost > _BUDGET:
                met = met[:1] if lists and lists[0][0] == stem else []
                cost = sum(len(places) for places, *_ in met)
                if read + cost > _BUDGET:
                    continue
            read += cost
            for places, weights, share in met:
                here[places] = np.maximum(here[places], np.float32(share) * weights)
            for places, *_ in met:
                total[places] += np.float32(count * self._weight(stem, rarity)) * here[places]
                here[places] = 0.0
        touched = np.flatnonzero(total)
        if len(touched) > _DEPTH:
            cut = np.partition(total[touched], -_DEPTH)[-_DEPTH]
            touched = touched[total[touched] >= cut][: 2 * _DEPTH]
        return touched.astype(np.int32)


def _met(postings: Postings, term: str, within: Places) -> tuple[Numbers, Matrix]:
    """Numbers of `within` that hold a term, and what it weighs there."""
    places, weights = postings.of(term)
    if not len(places):
        return np.zeros(0, np.int64), weights
    at = places.searchsorted(within)
    at[at == len(places)] = 0
    met = np.flatnonzero(places[at] == within)
    return met, weights[at[met]]
