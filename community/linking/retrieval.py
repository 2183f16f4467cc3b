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
_VOCABULARY = 20_000  # words that can be neighbours: those of most texts
_DEPTH = 200  # candidates whose signals are all computed
_BUDGET = 60_000  # postings that a query reads before common words are left out
_RARE_WORDS = 3  # these are read whatever they cost
_MOST_WORDS = 60  # of a query: the rarest
_UNIT = 0.2  # of BM25, beside cosines
_REMEMBERED = 50_000  # words whose neighbours are kept


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
    _near: dict[str, tuple[tuple[str, float], ...]] = field(default_factory=dict)

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

    def near(self, stem: str, word: str, model: Model) -> tuple[tuple[str, float], ...]:
        """Stems of the index that are near a word in meaning, with cosines; remembered."""
        known = self._near.get(stem)
        if known is None:
            if len(self._near) > _REMEMBERED:
                self._near.clear()
            known = self._near[stem] = self._neighbours(stem, word, model)
        return known

    def _neighbours(self, stem: str, word: str, model: Model) -> tuple[tuple[str, float], ...]:
        vector = _meanings([word], model)[0]
        if not len(self.vocabulary) or not vector.any():
            return ()
        cosines = self.meanings @ vector
        found = np.flatnonzero(cosines > _NEAR)
        order = found[np.lexsort((found, -cosines[found]))][: _NEIGHBOURS + 1]
        told = ((self.vocabulary[at], round(float(cosines[at]), 4)) for at in order)
        return tuple((other, cosine) for other, cosine in told if other != stem)[:_NEIGHBOURS]


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
    usual = sorted(words.terms, key=lambda s: (-words.count(s), s))[:_VOCABULARY]
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

    def signals(self, within: Sequence[int] | Places | None) -> tuple[Places, Matrix]:
        """Candidates, ascending, and a matrix of candidates by `SIGNALS`."""
        fixed = None if within is None else np.asarray(within, np.int32)
        scores = self._soft(fixed)
        if fixed is not None:
            places, soft = fixed, scores
        else:
            touched = np.flatnonzero(scores)
            if len(touched) > _DEPTH:
                cut = np.partition(scores[touched], -_DEPTH)[-_DEPTH]
                touched = touched[scores[touched] >= cut][: 2 * _DEPTH]
            places, soft = touched.astype(np.int32), scores[touched]
        out = np.zeros((len(places), len(SIGNALS)), np.float32)
        if len(places):
            out[:, 0] = soft
            out[:, 1] = self._plain(self.shelf.pairs, pairs(self.stems), places)
            out[:, 2] = self._plain(self.shelf.titles, self.stems, places)
            out[:, :3] *= _UNIT
            out[:, 3], out[:, 4] = self._cosines(places)
        return places, out

    def chance(self, scores: Matrix, best: Matrix) -> float:
        """The chance that the best is what the text speaks of; `scores` descend."""
        odds = np.dot(self.model.sure, np.asarray(self.traits(scores, best), np.float32))
        return float(1 / (1 + np.exp(-odds)))

    def traits(self, scores: Matrix, best: Matrix) -> tuple[float, ...]:
        """What the chance is told from: `ranker.SURE` and 1; `best` are the best one's signals."""
        lead = float(scores[0] - scores[1]) if len(scores) > 1 else float(scores[0])
        covered = float(best[0]) / (_UNIT * self.total)
        return (float(scores[0]), lead, covered, math.log(self.total), 1.0)

    def _soft(self, within: Places | None) -> Matrix:
        """BM25 with neighbours in meaning: of a word's matches in an entry, the best counts."""
        size = len(self.shelf) if within is None else len(within)
        total, here = np.zeros(size, np.float32), np.zeros(size, np.float32)
        read = 0
        for number, (stem, count, rarity) in enumerate(self.terms):
            lists = [(stem, 1.0)]
            lists += [(other, _LENT * near) for other, near in self._lent(stem)]
            known = self.shelf.words.count(stem)
            weight = count * (rarity if known else min(rarity, _UNKNOWN))
            spent = [(other, share) for other, share in lists if self.shelf.words.count(other)]
            cost = sum(self.shelf.words.count(other) for other, _ in spent)
            if within is None and number >= _RARE_WORDS and read + cost > _BUDGET:
                spent, cost = spent[:1] if known and read + known <= _BUDGET else [], known
            read += cost if spent else 0
            met = []
            for other, share in spent:
                places, weights = self._held(other, within)
                here[places] = np.maximum(here[places], share * weights)
                met.append(places)
            for places in met:
                total[places] += weight * here[places]
                here[places] = 0.0
        return total

    def _lent(self, stem: str) -> tuple[tuple[str, float], ...]:
        return self.shelf.near(stem, self.forms[stem], self.model)

    def _held(self, stem: str, within: Places | None) -> tuple[npt.NDArray[np.int64], Matrix]:
        """Where a stem stands: places of the index, or numbers of `within`; and its weights."""
        return _met(self.shelf.words, stem, within)

    def _plain(self, postings: Postings, terms: Sequence[str], places: Places) -> Matrix:
        """BM25 of candidates; a pair's rarity is the mean of its words', as is its absence."""
        out = np.zeros(len(places), np.float32)
        for term, count in Counter(terms).items():
            if postings.count(term):
                at, weights = _met(postings, term, places)
                share = (postings.count(term) + 0.5) / (postings.size + 1)
                out[at] += count * max(0.0, -math.log(share)) * weights
        return out

    def _cosines(self, places: Places) -> tuple[Matrix, Matrix]:
        """Cosines with each candidate's nearest sentence, and with the whole of it."""
        shelf, meaning = self.shelf, self.shelf.meaning
        summed = meaning.embed([self.text])
        starts, ends = shelf.first[places], shelf.first[places + 1]
        counts = ends - starts
        inner = np.zeros(len(places), np.int64)
        np.cumsum(counts[:-1], out=inner[1:])
        at = np.repeat(starts - inner, counts) + np.arange(int(counts.sum()))
        rows = shelf.rows[at] * shelf.scales[at][:, None]
        near = meaning.of_sentences(rows) @ meaning.of_sentences(summed)[0]
        wholes = np.add.reduceat(rows, inner, axis=0)
        whole = meaning.of_texts(wholes) @ meaning.of_texts(summed)[0]
        return np.maximum.reduceat(near, inner), whole


def _met(
    postings: Postings, term: str, within: Places | None
) -> tuple[npt.NDArray[np.int64], Matrix]:
    places, weights = postings.of(term)
    if within is None:
        return places.astype(np.int64), weights
    at = np.searchsorted(places, within)
    at[at == len(places)] = 0
    met = np.flatnonzero(places[at] == within) if len(places) else np.zeros(0, np.int64)
    return met, weights[at[met]]
