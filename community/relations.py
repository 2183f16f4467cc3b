"""What a post's words do to what they speak of: clauses, cues and the relation that wins.

Pure and language-bound through ``data/relations.toml`` alone. A post is read once (`read`): own
sentences and clauses, and the places of cues, endpoint words, quantities. `decide` then weighs the
cues by where they stand to the target: in its clause, its sentence, the sentence that follows.
A clause that speaks of another target lends nothing (after the scope rules of ConText, Harkema et
al. 2009, doi:10.1016/j.jbi.2009.05.002, applied to targets).
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from community import quantities
from community.errors import CodebookError
from community.lexicon import expand
from community.text import Word, trim, words
from community.types import Relation, Span

_SENTENCE = re.compile(
    r"(?<!\bDr)(?<!\bMr)(?<!\bMrs)(?<!\bProf)(?<!\bvs)(?<!\bal)(?<!\be\.g)(?<!\bi\.e)(?<!\bapprox)"
    r"[.!?…]{1,20}[\"'”’)\]]{0,3}(?=\s)|\n[^\S\n]{0,40}\n|\n(?=[^\S\n]{0,40}[-*•o][^\S\n])"
)
_CLAUSE = re.compile(
    r"[;:,–—()]|\s-{1,2}\s|\s(?=(?:but|and|because|although|though|while|whereas|so|if|which|yet|"
    r"however|or|except)\s)",
    re.IGNORECASE,
)
_SHORT = 120  # characters of a question that is shown whole
_LEADING = re.compile(r"(?:(?:but|and|because|so|yet|or)\s+)?(?:[-*•(]\s*)?", re.IGNORECASE)
_GAP = 3  # words that "~" may stand for
_REACH = 4  # words that a negation reaches forward
_KEYS = {"version", "relation", "concept", "words", "places"}
_CONCEPT_KEYS = {"claim", "good", "bad", "neutral", "parts"}
_RELATIONS = ("supports", "disputes", "questions", "asks")
_STRONG, _WEAK = 1.0, 0.45
# "study" cues are strong ones that speak of a study, its design or its sample
_STRENGTHS = {"strong": _STRONG, "study": _STRONG, "weak": _WEAK}

Tag = tuple[str, str, float]


class Phrases:
    """Finds many phrases in one pass over words; time grows with the text, not with the list.

    Patterns are words apart from ``*`` (ends a word: any ending), ``#`` (a number) and ``~`` (up
    to three words).
    """

    def __init__(self, tagged: Iterable[tuple[str, Tag]]) -> None:
        self._exact: dict[str, list[tuple[tuple[str, ...], Tag]]] = {}
        for phrase, tag in tagged:
            parts = tuple(phrase.replace("-", " ").replace("/", " ").split())
            if parts and parts[0] != "~":
                first = parts[0][:3] + "*" if parts[0].endswith("*") else parts[0]
                self._exact.setdefault(first, []).append((parts, tag))

    def find(self, tokens: Sequence[Word]) -> list[tuple[int, int, Tag]]:
        """Matches as (first token, one past the last, tag); the longest for a tag and place."""
        best: dict[tuple[int, Tag], int] = {}
        for at, token in enumerate(tokens):
            word = token.folded
            keys = [word, word[:3] + "*"] + (["#"] if _is_number(word) else [])
            for parts, tag in (entry for key in keys for entry in self._exact.get(key, ())):
                end = _match(parts, tokens, at)
                if end > best.get((at, tag), 0):
                    best[at, tag] = end
        return [(at, end, tag) for (at, tag), end in best.items()]


def _is_number(word: str) -> bool:
    return word[0].isdigit() or quantities.number(word) is not None


def _match(parts: Sequence[str], tokens: Sequence[Word], at: int) -> int:
    """One past the last token that `parts` match from `at`, or 0."""
    for i, part in enumerate(parts):
        if part == "~":
            ends = (_match(parts[i + 1 :], tokens, at + gap) for gap in range(_GAP + 1))
            return next((end for end in ends if end), 0)
        if at >= len(tokens):
            return 0
        word = tokens[at].folded
        if part == "#":
            same = _is_number(word)
        else:
            same = word.startswith(part[:-1]) if part.endswith("*") else word == part
        if not same:
            return 0
        at += 1
    return at


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """An endpoint in plain words: what claims call it, and the endpoints that it is made of."""

    name: str
    claim: tuple[str, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cues:
    """The packaged cues: one matcher for everything, the concepts, and places by spelling."""

    phrases: Phrases
    concepts: tuple[Concept, ...]
    places: Mapping[str, tuple[str, ...]]


def parse(text: str, name: str) -> Cues:
    """Read a cue file.

    Raises:
        CodebookError: not TOML, an unknown or missing key, or a value that is no list of phrases.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CodebookError(name, f"is not TOML: {error}") from error
    if set(data) != _KEYS:
        raise CodebookError(name, f"keys must be {', '.join(sorted(_KEYS))}")
    tagged: list[tuple[str, Tag]] = []
    for relation, row in _tables(name, "relation", data["relation"]):
        if relation not in _RELATIONS or set(row) != set(_STRENGTHS):
            raise CodebookError(f"{name}: {relation}", "write strong, study and weak")
        for strength, weight in _STRENGTHS.items():
            where, about = f"{relation}.{strength}", "study" if strength == "study" else ""
            tagged += [(p, (relation, about, weight)) for p in _list(name, where, row[strength])]
    concepts = []
    for concept, row in _tables(name, "concept", data["concept"]):
        if set(row) != _CONCEPT_KEYS:
            raise CodebookError(f"{name}: {concept}", f"keys are {', '.join(_CONCEPT_KEYS)}")
        lists = {key: _list(name, f"{concept}.{key}", value) for key, value in row.items()}
        for key, valence in (("good", 1.0), ("bad", -1.0), ("neutral", 0.0)):
            tagged += [(p, ("concept", concept, valence)) for p in lists[key]]
        concepts.append(Concept(name=concept, claim=lists["claim"], parts=lists["parts"]))
    for kind, value in data["words"].items():
        tagged += [(p, (kind, "", 1.0)) for p in _list(name, kind, value)]
    places = {k: _list(name, k, value) for k, value in data["places"].items()}
    return Cues(Phrases(tagged), tuple(concepts), places)


def _tables(name: str, key: str, value: Any) -> list[tuple[str, dict[str, Any]]]:
    if not isinstance(value, dict) or not all(isinstance(row, dict) for row in value.values()):
        raise CodebookError(name, f"{key} must hold tables")
    return list(value.items())


def _list(name: str, where: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise CodebookError(name, f"{where} must be a list of phrases")
    return tuple(dict.fromkeys(phrase for item in value for phrase in expand(item)))


@cache
def cues() -> Cues:
    """The cues that come with the package."""
    file = resources.files("community").joinpath("data", "relations.toml")
    return parse(file.read_text(encoding="utf-8"), "relations.toml")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: its stretch, its sentence's number and stretch, whether that sentence asks."""

    span: Span
    sentence: int
    whole: Span
    question: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue in a clause. `kind` is a relation, "concept", or a list of ``[words]``; `value` is a
    strength, or a valence (+1 good, -1 bad) with negation already applied."""

    kind: str
    name: str
    value: float
    span: Span
    clause: int
    negated: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A post's own words, read: offsets index the text that was read."""

    text: str
    clauses: tuple[Clause, ...] = ()
    hits: tuple[Hit, ...] = ()
    tokens: tuple[tuple[Word, ...], ...] = ()  # by clause
    numbers: tuple[tuple[quantities.Quantity, int], ...] = ()  # with clause

    def at(self, clause: int, *kinds: str) -> list[Hit]:
        """Hits of these kinds in a clause."""
        return [hit for hit in self.hits if hit.clause == clause and hit.kind in kinds]

    def has(self, *kinds: str) -> bool:
        """Whether a cue of these kinds stands anywhere."""
        return any(hit.kind in kinds for hit in self.hits)

    def sentence(self, number: int) -> list[int]:
        """Clauses of a sentence."""
        return [i for i, clause in enumerate(self.clauses) if clause.sentence == number]


def read(text: str, own: Sequence[Span] | None = None) -> Reading:
    """Reads the stretches `own` of `text` (all of it where None), each for itself."""
    clauses: list[Clause] = []
    for piece in own if own is not None else (Span(0, len(text)),):
        for whole in _cut(text, piece, _SENTENCE):
            number = clauses[-1].sentence + 1 if clauses else 0
            question = "?" in text[max(whole.start, whole.end - 5) : whole.end]
            clauses += [Clause(part, number, whole, question) for part in _merged(text, whole)]
    starts = [clause.span.start for clause in clauses]
    hits: list[Hit] = []
    by_clause: list[list[Word]] = [[] for _ in clauses]
    for whole in dict.fromkeys(clause.whole for clause in clauses):
        tokens = words(text, whole)
        for token in tokens:
            by_clause[bisect_right(starts, token.start) - 1].append(token)
        hits += _hits(tokens, starts)
    blanked = text if own is None else _blanked(text, clauses)
    found = [
        (quantity, bisect_right(starts, quantity.span.start) - 1)
        for quantity in quantities.find(blanked)
        if starts and quantity.span.start >= starts[0]
    ]
    return Reading(
        text, tuple(clauses), tuple(hits), tuple(tuple(c) for c in by_clause), tuple(found)
    )


def _blanked(text: str, clauses: Sequence[Clause]) -> str:
    out = [" "] * len(text)
    for clause in clauses:
        out[clause.whole.start : clause.whole.end] = text[clause.whole.start : clause.whole.end]
    return "".join(out)


def _cut(text: str, span: Span, cutter: re.Pattern[str]) -> list[Span]:
    at, out = span.start, []
    for match in cutter.finditer(text, span.start, span.end):
        out.append(trim(text, at, match.end()))
        at = match.end()
    out.append(trim(text, at, span.end))
    return [piece for piece in out if len(piece)]


def _merged(text: str, whole: Span) -> list[Span]:
    """Clauses of a sentence; fragments of fewer than three words go with what stands before."""
    out: list[Span] = []
    for piece in _cut(text, whole, _CLAUSE):
        if out and len(piece.of(text).split()) < 3:
            out[-1] = Span(out[-1].start, piece.end)
        else:
            out.append(piece)
    return out


def _hits(tokens: Sequence[Word], starts: Sequence[int]) -> list[Hit]:
    found = cues().phrases.find(tokens)
    place = [bisect_right(starts, token.start) - 1 for token in tokens]
    negations = [at for at, _, tag in found if tag[0] == "negation"]
    # of matches of one kind that overlap, the longest speaks
    taken: dict[tuple[int, str, str], int] = {}
    out = []
    for at, end, (kind, name, value) in sorted(found, key=lambda f: (f[0] - f[1], f[0])):
        if kind == "concept" and any((i, kind, name) in taken for i in range(at, end)):
            continue
        taken.update({(i, kind, name): end for i in range(at, end)})
        negated = any(at - _REACH <= n < at and place[n] == place[at] for n in negations)
        if kind == "concept" and negated:
            value = -value
        span = Span(tokens[at].start, tokens[end - 1].end)
        out.append(Hit(kind, name, value, span, place[at], negated))
    return out


@dataclass(frozen=True, slots=True)
class Decision:
    """A relation, how sure (0 to 1), and the stretch that carries it."""

    relation: Relation
    score: float
    evidence: Span
    strength: float = 0.0  # of the cue, weighed by its distance
    about: str = ""  # "study": the cue speaks of a study, its design or its sample


_FLIP = {"supports": "disputes", "disputes": "supports"}
_ENOUGH = 0.5  # weighed strength that makes a relation more than a mention


def decide(
    reading: Reading, anchors: Collection[int], foreign: Collection[int] = ()
) -> Decision | None:
    """The relation of a post to a target that stands in the clauses `anchors` (none: the target is
    inherited, and all own words speak of it). Clauses of `foreign` speak of another target.

    Returns None where the post has no words of its own, or inherits and carries no relation.
    """
    weights = _weights(reading, anchors, set(foreign) - set(anchors))
    strengths: dict[tuple[int, str], list[tuple[float, str]]] = {}
    for hit in reading.hits:
        if hit.kind in _RELATIONS and weights.get(hit.clause):
            kind, value = _turned(hit, reading)
            strengths.setdefault((hit.clause, kind), []).append((value, hit.name))
    best: tuple[float, int, str, str] | None = None
    for (clause, kind), values in strengths.items():
        top = max(values)
        # a second cue of the same kind in the clause helps half as much
        rest = sum(value for value, _ in values) - top[0]
        strength = weights[clause] * min(1.2, top[0] + 0.5 * rest)
        if strength >= _ENOUGH and (best is None or strength > best[0]):
            best = (strength, clause, kind, top[1])
    if best is None:
        if not anchors or not reading.clauses:
            return None
        return Decision("mentions", 0.5, bare(reading, reading.clauses[min(anchors)].span))
    strength, clause, kind, about = best
    sure = round(min(0.9, 0.45 + 0.4 * strength), 4)
    return Decision(kind, sure, _evidence(reading, clause), strength, about)  # type: ignore[arg-type]


def _turned(hit: Hit, reading: Reading) -> tuple[str, float]:
    """A cue's relation and strength after negation and question."""
    question = reading.clauses[hit.clause].question
    kind, value = hit.kind, hit.value
    if hit.negated and kind in _FLIP:
        kind, value = _FLIP[kind], value * 0.7
    if kind == "asks":
        return kind, value * (1.2 if question else 1.0 if value == _STRONG else 0.0)
    if kind == "questions":
        return kind, value * (1.15 if question else 1.0)
    return kind, value * (0.3 if question else 1.0)


def _evidence(reading: Reading, clause: int) -> Span:
    """The clause, or its sentence where that is a short question."""
    at = reading.clauses[clause]
    return at.whole if at.question and len(at.whole) <= _SHORT else bare(reading, at.span)


def bare(reading: Reading, span: Span) -> Span:
    """The clause without a conjunction before it and punctuation after it."""
    text = span.of(reading.text)
    lead = _LEADING.match(text)
    start = span.start + (lead.end() if lead else 0)
    end = span.start + len(text.rstrip(" \t\n,;:.–—-("))
    return Span(start, end) if start < end else span


def _weights(
    reading: Reading, anchors: Collection[int], foreign: Collection[int]
) -> dict[int, float]:
    out: dict[int, float] = {}
    if not anchors:
        first = reading.clauses[0].sentence if reading.clauses else 0
        for i, clause in enumerate(reading.clauses):
            out[i] = 0.0 if i in foreign else (0.9 if clause.sentence == first else 0.7)
        return out
    away = {-1: 0.45, 0: 0.8, 1: 0.65}
    for i, clause in enumerate(reading.clauses):
        if i in anchors:
            out[i] = 1.0
        elif i not in foreign:
            near = (away.get(clause.sentence - reading.clauses[a].sentence, 0.0) for a in anchors)
            out[i] = max(near)
    return out
