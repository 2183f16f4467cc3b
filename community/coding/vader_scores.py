"""VADER's scores (Hutto and Gilbert 2014), equal to the last bit to those of vaderSentiment.

The library lower-cases the whole text again for each word of its lexicon that a text has, so its
time grows with the square of the length. Here a word is looked up once, and the rules read what
was found. Lexicon, emoji, boosters, negations, idioms and the last sum are the installed library's
own. What it does by accident (with *but*, *least*, *no*, idioms) is done here too: the scores are
of use because they are those that others publish.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from heapq import heappush, heapreplace
from string import punctuation

from vaderSentiment.vaderSentiment import (
    BOOSTER_DICT,
    C_INCR,
    N_SCALAR,
    NEGATE,
    SPECIAL_CASES,
    SentimentIntensityAnalyzer,
)

# every word that a rule below names
_RULED = frozenset((
    "no", "or", "nor", "but", "kind", "of", "least", "at", "very", "never", "so", "this",
    "without", "doubt",
))  # fmt: skip
_NEGATIONS = frozenset(NEGATE)
_NEVER_SO = 1.25  # of "never so", "never this" and, in the library, of any "so" or "this"
_SECOND, _THIRD = 0.95, 0.9  # what a booster two and three words away still counts
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")  # every emoji is; a class of all emoji is slow to search
_MOST_KNOWN = 1 << 15  # words remembered in a process, about 5 MB
_LONGEST_KNOWN = 64  # characters


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Word:
    """What the rules ask about a word.

    `valence` is the lexicon's, `boost` that of a booster or dampener, None where they lack the
    word; `closes` are the words that, standing before this one, end an idiom with it.
    """

    lower: str = ""
    shouted: bool = False
    valence: float | None = None
    boost: float | None = None
    denies: bool = False
    closes: frozenset[str] = frozenset()


# Words of which no rule asks anything share an object, to be passed over quickly.
_PLAIN = _Word()
_PLAIN_SHOUTED = _Word(shouted=True)
_BEFORE = _Word(valence=0.0)  # what stands before a text: like the lexicon's words, no modifier


class _Words(dict[str, _Word]):
    """Words as they stand in texts, punctuation included; found out when first asked for."""

    def __init__(self, lexicon: dict[str, float]) -> None:
        super().__init__()
        self._lexicon = lexicon
        idioms = [phrase.split() for phrase in (*SPECIAL_CASES, *BOOSTER_DICT) if " " in phrase]
        self._closes = {
            last: frozenset(words[-2] for words in idioms if words[-1] == last)
            for last in {words[-1] for words in idioms}
        }
        self._ruled = _RULED.union(*idioms)

    def __missing__(self, token: str) -> _Word:
        word = self._look_up(token)
        if len(token) <= _LONGEST_KNOWN:
            if len(self) >= _MOST_KNOWN:
                self.clear()
            self[token] = word
        return word

    def _look_up(self, token: str) -> _Word:
        stripped = token.strip(punctuation)
        if len(stripped) <= 2:  # an emoticon, the library supposes
            stripped = token
        lower, shouted = stripped.lower(), stripped.isupper()
        valence, boost = self._lexicon.get(lower), BOOSTER_DICT.get(lower)
        denies = lower in _NEGATIONS or "n't" in lower
        if valence is None and boost is None and not denies and lower not in self._ruled:
            return _PLAIN_SHOUTED if shouted else _PLAIN
        closes = self._closes.get(lower, frozenset())
        return _Word(
            lower=lower, shouted=shouted, valence=valence, boost=boost, denies=denies, closes=closes
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Library:
    """The library's analyser, a space and the description of each emoji, and the words met."""

    analyser: SentimentIntensityAnalyzer
    emoji: dict[str, str]
    words: _Words


@cache
def _library() -> _Library:
    analyser = SentimentIntensityAnalyzer()
    emoji = {character: f" {words}" for character, words in analyser.emojis.items()}
    return _Library(analyser=analyser, emoji=emoji, words=_Words(analyser.lexicon))


def compound(text: str) -> float:
    """VADER's compound score of a text, from -1 to 1, to four decimals."""
    return scores(text)["compound"]


def scores(text: str) -> dict[str, float]:
    """VADER's four scores, as `SentimentIntensityAnalyzer().polarity_scores` gives them.

    Args:
        text: any string; without words all four scores are 0.

    Returns:
        ``neg``, ``neu`` and ``pos``, shares from 0 to 1 to three decimals, and ``compound``, from
        -1 to 1 to four.
    """
    library = _library()
    if not text.isascii():
        emoji = library.emoji  # as in the library, no space follows a description
        text = _NOT_ASCII.sub(lambda match: emoji.get(match[0], match[0]), text)
    words = list(map(library.words.__getitem__, text.split()))
    found: dict[str, float] = library.analyser.score_valence(_sentiments(words), text)
    return found


def _sentiments(words: list[_Word]) -> list[float]:
    """What each word adds: 0 where the lexicon lacks it, and where it modifies others."""
    sentiments: list[float] = [0] * len(words)
    asked = [(i, word) for i, word in enumerate(words) if word is not _PLAIN]
    loud = 0 < [word.shouted for _, word in asked].count(True) < len(words)
    padded = [_BEFORE, _BEFORE, _BEFORE, *words, _PLAIN, _PLAIN]
    idioms = any(padded[i + 2].lower in word.closes for i, word in asked if word.closes)
    hits = []
    for i, word in asked:
        if word.valence is None or word.boost is not None:
            continue
        if word.lower == "kind" and padded[i + 4].lower == "of":
            continue
        hits.append(i)
        sentiments[i] = _valence(padded[i : i + 6], loud, idioms)
    contrasts = [i for i, word in asked if word.lower == "but"]
    if contrasts:
        _weigh(sentiments, hits, contrasts[0])
    return sentiments


def _valence(window: list[_Word], loud: bool, idioms: bool) -> float:
    """What a word of the lexicon adds, by the words around it.

    Args:
        window: the three words before it, itself, the two words after it.
        loud: some words of the text are in capitals, and some are not.
        idioms: the last two words of some idiom stand in the text.
    """
    third, second, first = window[:3]
    valence = _own(window, loud)
    if first.valence is None and first is not _PLAIN:
        valence = _boosted(valence, first, loud, 1.0)
        if first.denies:
            valence *= N_SCALAR
    if second.valence is None and second is not _PLAIN:
        valence = _boosted(valence, second, loud, _SECOND)
        if second.lower == "never" and first.lower in ("so", "this"):
            valence *= _NEVER_SO
        elif second.denies and not (second.lower == "without" and first.lower == "doubt"):
            valence *= N_SCALAR
    if third.valence is None:
        valence = _boosted(valence, third, loud, _THIRD)
        near = (second.lower, first.lower)
        if near[1] in ("so", "this") or (third.lower == "never" and near[0] in ("so", "this")):
            valence *= _NEVER_SO
        elif third.denies and not (third.lower == "without" and "doubt" in near):
            valence *= N_SCALAR
        if idioms:
            valence = _idiomatic(valence, [word.lower for word in window])
    if first.lower == "least" and first.valence is None and second.lower not in ("at", "very"):
        valence *= N_SCALAR
    return valence


def _own(window: list[_Word], loud: bool) -> float:
    """The word's valence in the lexicon, turned by a "no" before it and raised by capitals."""
    third, second, first, word, after, _ = window
    base = valence = word.valence or 0.0
    if word.lower == "no" and after.valence is not None:
        valence = 0.0  # it negates the next word instead
    if (
        first.lower == "no"
        or second.lower == "no"
        or (third.lower == "no" and first.lower in ("or", "nor"))
    ):
        valence = base * N_SCALAR
    if word.shouted and loud:
        valence += C_INCR if valence > 0 else -C_INCR
    return valence


def _boosted(valence: float, word: _Word, loud: bool, share: float) -> float:
    """The valence after a booster or dampener, `share` of which counts."""
    if word.boost is None:
        return valence
    boost: float = -word.boost if valence < 0 else word.boost
    if word.shouted and loud:
        boost += C_INCR if valence > 0 else -C_INCR
    return valence + boost * share


def _idiomatic(valence: float, window: list[str]) -> float:
    """The valence where an idiom stands around the word, or a booster of several words before."""
    three, two, one, zero, after, last = window
    before = f"{three} {two} {one}", f"{three} {two}", f"{two} {one}"
    for idiom in (f"{one} {zero}", f"{two} {one} {zero}", before[2], before[0], before[1]):
        if idiom in SPECIAL_CASES:
            valence = SPECIAL_CASES[idiom]
            break
    for idiom in (f"{zero} {after}", f"{zero} {after} {last}"):
        valence = SPECIAL_CASES.get(idiom, valence)
    for booster in before:
        valence += BOOSTER_DICT.get(booster, 0.0)
    return valence


def _weigh(sentiments: list[float], hits: list[int], but: int) -> None:
    """Halve what stands before the first "but", raise what follows by half; changes `sentiments`.

    The library finds the place of a sentiment by its value, and so changes the first of equal ones,
    even one that it has changed before. `hits` are the places of all sentiments that are not 0.
    """
    passed: dict[float, list[int]] = {}  # places passed, by the value that now stands there
    for place in hits:
        value = sentiments[place]
        equals = passed.get(value)
        first = heapreplace(equals, place) if equals else place
        if first != but:
            value *= 0.5 if first < but else 1.5
        sentiments[first] = value
        heappush(passed.setdefault(value, []), first)
