"""What a post's words do to what they speak of: clauses, cues and the relation that wins.

Pure and language-bound through ``data/relations.toml`` alone. A post is read once (`read`): own
sentences and clauses, and the places of cues, endpoint words, quantities. `decide` then weighs the
cues by where they stand to the target: in its clause, its sentence, the sentence that follows.
A clause that speaks of another target lends nothing (after the scope rules of ConText, Harkema et
al. 2009, doi:10.1016/j.jbi.2009.05.002, applied to targets).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from community.linking.cues import RELATIONS, STRONG, cues
from community.results import quantities
from community.text import Word, trim, words
from community.types import Relation, Span

_SENTENCE = re.compile(
    r"(?<!\bDr)(?<!\bMr)(?<!\bMrs)(?<!\bProf)(?<!\bvs)(?<!\bal)(?<!\be\.g)(?<!\bi\.e)(?<!\bapprox)"
    r"[.!?…]{1,20}[\"'”’)\]*_]{0,3}(?=\s)|\n[^\S\n]{0,40}\n|\n(?=[^\S\n]{0,40}[-*•o][^\S\n])"
)
_CLAUSE = re.compile(
    r"[;:,–—()]|\s-{1,2}\s|\s(?=(?:but|and|because|although|though|while|whereas|so|if|which|yet|"
    r"however|or|except)\s)",
    re.IGNORECASE,
)
_DOUBT = 0.6  # weighed strength of a doubt that takes agreement back
_ASKED = 0.75  # a question mark by itself
# weight of a cue by its sentence's distance from the target's; None: any other
_AWAY: Mapping[int | None, float] = {0: 0.8, 1: 0.65, -1: 0.45, None: 0.0}
_SHORT = 120  # characters of a question that is shown whole
_LEADING = re.compile(r"(?:(?:but|and|because|so|yet|or)\s+)?(?:[-*•(]\s*)?", re.IGNORECASE)
_REACH = 4  # words that a negation reaches forward


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
    by_clause: tuple[tuple[Hit, ...], ...] = ()

    def at(self, clause: int, *kinds: str) -> list[Hit]:
        """Hits of these kinds in a clause."""
        return [hit for hit in self.by_clause[clause] if hit.kind in kinds]

    def has(self, *kinds: str) -> bool:
        """Whether a cue of these kinds stands anywhere."""
        return any(hit.kind in kinds for hit in self.hits)

    def sentence(self, number: int) -> range:
        """Clauses of a sentence."""
        low = bisect_left(self.clauses, number, key=lambda c: c.sentence)
        return range(low, bisect_right(self.clauses, number, lo=low, key=lambda c: c.sentence))


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
    spoken: list[list[Word]] = [[] for _ in clauses]
    for whole in dict.fromkeys(clause.whole for clause in clauses):
        tokens = words(text, whole)
        for token in tokens:
            spoken[bisect_right(starts, token.start) - 1].append(token)
        hits += _hits(tokens, starts)
    blanked = text if own is None else _blanked(text, clauses)
    found = [
        (quantity, bisect_right(starts, quantity.span.start) - 1)
        for quantity in quantities.find(blanked)
        if starts and quantity.span.start >= starts[0]
    ]
    by_clause: list[list[Hit]] = [[] for _ in clauses]
    for hit in hits:
        by_clause[hit.clause].append(hit)
    return Reading(
        text,
        tuple(clauses),
        tuple(hits),
        tuple(map(tuple, spoken)),
        tuple(found),
        tuple(map(tuple, by_clause)),
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
    denied = {at for at, _, tag in found if tag[0] == "negation"}
    either = denied | {at for at, _, tag in found if tag[0] == "absence"}
    # of matches of one kind that overlap, the longest speaks
    taken: dict[tuple[int, str, str], int] = {}
    out = []
    for at, end, (kind, name, value) in sorted(found, key=lambda f: (f[0] - f[1], f[0])):
        if kind == "concept" and any((i, kind, name) in taken for i in range(at, end)):
            continue
        taken.update({(i, kind, name): end for i in range(at, end)})
        before = either if kind == "concept" else denied
        negated = any(n in before and place[n] == place[at] for n in range(at - _REACH, at))
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
    reading: Reading,
    anchors: Collection[int],
    foreign: Collection[int] = (),
    doubt: float = 1.0,
) -> Decision | None:
    """The relation of a post to a target that stands in the clauses `anchors` (none: the target is
    inherited, and all own words speak of it). Clauses of `foreign` speak of another target. `doubt`
    multiplies cues of doubt: above 1 where the post is about the quality of evidence.

    Returns None where the post has no words of its own, or inherits and carries no relation.
    """
    weights = _weights(reading, anchors, set(foreign) - set(anchors))
    strengths: dict[tuple[int, str], list[tuple[float, str]]] = {}
    for hit in reading.hits:
        if hit.kind in RELATIONS and weights.get(hit.clause):
            kind, value = _turned(hit, reading)
            value *= doubt if kind == "questions" else 1.0
            strengths.setdefault((hit.clause, kind), []).append((value, hit.name))
    for i, at in enumerate(reading.clauses):
        if at.question and weights.get(i) and at.span.end == at.whole.end and not _to(reading, i):
            strengths.setdefault((i, "asks"), []).append((_ASKED, ""))
    best: tuple[float, int, str, str] | None = None
    for (clause, kind), values in strengths.items():
        top = max(values)
        # a second cue of the same kind in the clause helps half as much
        rest = sum(value for value, _ in values) - top[0]
        strength = weights[clause] * min(1.2, top[0] + 0.5 * rest)
        if kind == "supports" and _taken_back(strengths, weights, clause):
            strength *= 0.5
        if strength >= _ENOUGH and (best is None or strength > best[0]):
            best = (strength, clause, kind, top[1])
    if best is None:
        if not anchors or not reading.clauses:
            return None
        return Decision("mentions", 0.5, bare(reading, reading.clauses[min(anchors)].span))
    strength, clause, kind, about = best
    sure = round(min(0.9, 0.45 + 0.4 * strength), 4)
    return Decision(kind, sure, _evidence(reading, clause), strength, about)  # type: ignore[arg-type]


def _to(reading: Reading, clause: int) -> bool:
    """Whether a clause's sentence speaks to a person."""
    number = reading.clauses[clause].sentence
    return any(reading.at(c, "you") for c in reading.sentence(number))


def _taken_back(
    strengths: Mapping[tuple[int, str], list[tuple[float, str]]],
    weights: Mapping[int, float],
    clause: int,
) -> bool:
    """Whether doubt or denial follows: "the figures are good, but they stop at two years"."""
    return any(
        later > clause
        and kind in ("questions", "disputes")
        and weights[later] * max(values)[0] >= _DOUBT
        for (later, kind), values in strengths.items()
    )


def _turned(hit: Hit, reading: Reading) -> tuple[str, float]:
    """A cue's relation and strength after negation and question."""
    question = reading.clauses[hit.clause].question
    kind, value = hit.kind, hit.value
    if hit.negated and kind in _FLIP:
        kind, value = _FLIP[kind], value * 0.7
    if kind == "asks":
        return kind, value * (1.2 if question else 1.0 if value == STRONG else 0.0)
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
    said = {reading.clauses[a].sentence for a in anchors}
    for i, clause in enumerate(reading.clauses):
        if i in anchors:
            out[i] = 1.0
        elif i not in foreign:
            out[i] = max(w for d, w in _AWAY.items() if d is None or clause.sentence - d in said)
    return out
