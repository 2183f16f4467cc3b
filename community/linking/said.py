"""What a post says, in numbers: one row per clause, made once and held against many targets.

Pure. Beside the `Reading`: vectors and rare words of each clause, the cues it has, whose course it
tells and how it feels. `community.linking.signals` holds these against an aim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from community import vectors
from community.coding.vader_scores import compound
from community.linking.cues import RELATIONS
from community.linking.names import treatments
from community.linking.relations import Reading, read, turned
from community.text import Word
from community.types import Span

Array = npt.NDArray[np.float32]
# what is marked per clause, beside the strengths of the relations' cues
FLAGS = (
    "self", "close", "received", "seeking", "you", "hypothetical", "negation", "absence",
    "study", "treatment", "report", "well", "ill", "up", "down", "same",
)  # fmt: skip
STEM = 5  # letters of a word that tell it; endings differ between a report and who speaks of it
_NEAR = 24  # characters between an endpoint and how it fares
_PLAIN = frozenset((
    "about", "after", "against", "all", "also", "and", "any", "are", "been", "before", "being",
    "but", "can", "could", "did", "does", "doing", "done", "for", "from", "get", "got", "had",
    "has", "have", "having", "her", "here", "hers", "him", "his", "how", "into", "its", "just",
    "like", "made", "make", "may", "might", "more", "most", "much", "nor", "not", "now", "off",
    "once", "only", "other", "our", "out", "over", "own", "said", "same", "say", "says", "she",
    "should", "since", "some", "still", "such", "than", "that", "the", "their", "them", "then",
    "there", "these", "they", "this", "those", "through", "too", "under", "until", "very", "was",
    "were", "what", "when", "where", "which", "while", "who", "why", "will", "with", "would",
    "you", "your", "one", "two", "per", "group", "patients", "patient", "people",
))  # fmt: skip


@lru_cache(maxsize=1 << 15)
def stem(word: str) -> str:
    """A folded word by its beginning; "" for words that say nothing of what a text is about."""
    if len(word) < 3 or word in _PLAIN or word[0].isdigit():
        return ""
    return word[:STEM]


@lru_cache(maxsize=1 << 14)
def direction_of(word: str) -> tuple[bytes, float]:
    """A word's vector at length 1, as bytes, and its length: rare words are long."""
    table = vectors.default()
    rows = table.rows[table.ids(word)]
    if not len(rows):
        return b"", 0.0
    made = rows.sum(axis=0)
    size = float(np.linalg.norm(made))
    return ((made / size).astype(np.float32).tobytes(), size) if size else (b"", 0.0)


def content(tokens: Sequence[Word]) -> dict[str, float]:
    """Folded words that a text is about, with how rare they are."""
    found = dict.fromkeys(token.folded for token in tokens if stem(token.folded))
    return {word: direction_of(word)[1] for word in found}


def rows_of(words: Sequence[str]) -> Array:
    """Vectors of words, a row of length 1 each (zeros where a word is not known)."""
    made = np.zeros((len(words), vectors.SIZE), np.float32)
    for at, word in enumerate(words):
        data, _ = direction_of(word)
        if data:
            made[at] = np.frombuffer(data, np.float32)
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A post's own words: all arrays have a row per clause.

    `vectors` and `around` (of the clause's sentence) have length 1; `strengths` are those of the
    relations' cues (`RELATIONS`), `flags` 0 or 1 (`FLAGS`), `course` the sum of what its endpoints
    say of a course, `mood` from -1 to 1; `known` are all stems, `inside` and
    `beside` (in the clause's sentence) tell which stand where; `words` and `rows` are all content
    words with their clause in `owner`; `fates` are the endpoints named, with clause and how they
    fared.
    """

    reading: Reading
    vectors: Array
    around: Array
    strengths: Array
    flags: Array
    course: Array
    mood: Array
    asks: Array
    stems: tuple[frozenset[str], ...]
    known: tuple[str, ...]
    inside: Array
    beside: Array
    words: tuple[str, ...]
    rows: Array
    owner: npt.NDArray[np.int64]
    families: tuple[frozenset[str], ...]
    fates: tuple[tuple[int, str, float], ...]


def fates(reading: Reading) -> list[tuple[int, str, float]]:
    """Each endpoint that is named, with its clause and how it fared: "thyroid" is a harm by itself,
    and none where it is fine."""
    out = []
    for hit in reading.hits:
        if hit.kind == "concept" and hit.name != "participants":
            value = hit.value
            for state in reading.at(hit.clause, "well", "ill"):
                apart = max(state.span.start - hit.span.end, hit.span.start - state.span.end)
                if apart <= _NEAR and not state.span.overlaps(hit.span):
                    good = (state.kind == "well") != state.negated
                    if value <= 0 and good:
                        value = 1.0
                    elif value == 0:
                        value = -1.0
            out.append((hit.clause, hit.name, value))
    return out


def said(reading: Reading) -> Said:
    """A reading in numbers."""
    clauses = reading.clauses
    strengths = np.zeros((len(clauses), len(RELATIONS)), np.float32)
    flags = np.zeros((len(clauses), len(FLAGS)), np.float32)
    course = np.zeros(len(clauses), np.float32)
    for hit in reading.hits:
        if hit.kind in RELATIONS:
            kind, value = turned(hit, reading)
            column = RELATIONS.index(kind)
            strengths[hit.clause, column] = max(strengths[hit.clause, column], value)
        elif hit.kind in FLAGS:
            flags[hit.clause, FLAGS.index(hit.kind)] = 1.0
    fared = fates(reading)
    for clause, _, value in fared:
        course[clause] += value
    stems, words, owner = [], [], []
    for at, tokens in enumerate(reading.tokens):
        mine = content(tokens)
        stems.append(frozenset(stem(word) for word in mine))
        words += list(mine)
        owner += [at] * len(mine)
    known = tuple(sorted(frozenset[str]().union(*stems)))
    inside, beside = _placed(reading, stems, known)
    made, around = _embedded(reading)
    named = treatments(reading)
    return Said(
        reading=reading,
        vectors=made,
        around=around,
        strengths=strengths,
        flags=flags,
        course=np.clip(course, -2, 2),
        mood=np.array([compound(c.span.of(reading.text)) for c in clauses], np.float32),
        asks=np.array([c.question for c in clauses], np.float32),
        stems=tuple(stems),
        known=known,
        inside=inside,
        beside=beside,
        words=tuple(words),
        rows=rows_of(words),
        owner=np.array(owner, np.int64),
        fates=tuple(fared),
        families=tuple(frozenset(named.get(n, ())) for n in range(len(clauses))),
    )


def _placed(
    reading: Reading, stems: Sequence[frozenset[str]], known: Sequence[str]
) -> tuple[Array, Array]:
    """Which stems stand in each clause, and in its sentence (clauses by stems, 0 or 1)."""
    place = {name: n for n, name in enumerate(known)}
    inside = np.zeros((len(stems), len(known)), np.float32)
    for at, mine in enumerate(stems):
        inside[at, [place[name] for name in mine]] = 1.0
    beside = inside.copy()
    numbers = np.array([clause.sentence for clause in reading.clauses])
    for number in np.unique(numbers):
        rows = numbers == number
        beside[rows] = inside[rows].max(axis=0)
    return inside, beside


def heard(text: str, own: Sequence[Span] | None = None) -> Said:
    """A text, read and in numbers; `own` as in `relations.read`."""
    return said(read(text, own))


def _embedded(reading: Reading) -> tuple[Array, Array]:
    clauses = reading.clauses
    if not clauses:
        nothing = np.zeros((0, vectors.SIZE), np.float32)
        return nothing, nothing
    wholes = list(dict.fromkeys(clause.whole for clause in clauses))
    texts = [c.span.of(reading.text) for c in clauses] + [w.of(reading.text) for w in wholes]
    made = vectors.default().embed(texts)
    place = {whole: len(clauses) + n for n, whole in enumerate(wholes)}
    return made[: len(clauses)], made[[place[clause.whole] for clause in clauses]]
