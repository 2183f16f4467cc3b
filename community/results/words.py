"""Results stated in words alone: the endpoint, the clause, and which way it points."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from community.results import compared, directions, telling
from community.results.carried import zero
from community.results.endpoints import Endpoint, Hit, Vocabulary
from community.results.groups import PERSONS
from community.results.heads import Row
from community.results.quantities import WRITTEN, Quantity
from community.results.sentences import Sentence
from community.types import Direction, Span

# Below the first chance a sentence tells no result, whatever its cues; from the second on it tells
# one, whatever the vocabulary knows; a clause of several may be less sure.
_UNTOLD, _TOLD, _CLAUSE = 0.1, 0.75, 0.3
_MOST = 6  # outcomes of one clause
_AND = re.compile(r"\s*(?:,|,?\s*\b(?:and|or|nor|as well as)\b)\s*(?:[\w-]+ ){0,3}")
_NUMBERS = ("percent", "fraction", "proportion", "ratio", "count")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What has been read of a sentence: its endpoints, results with a number, quantities, points in
    time, the two arms (treatment, control) that it or the passage sets against each other, and the
    chance that it tells a result, which its neighbours share in; None asks the sentence alone."""

    text: str
    hits: tuple[Hit, ...]
    rows: tuple[Row, ...] = ()
    found: Sequence[Quantity] = ()
    times: tuple[Quantity, ...] = ()
    arms: tuple[str, str] | None = None
    chance: float | None = None


def without_number(read: Read, vocabulary: Vocabulary) -> Iterator[tuple[Row, Direction]]:
    """Results that a sentence states in words alone, each endpoint once.

    What the cues and the vocabulary know comes first; then, where the sentence tells a result by
    its learned chance (`telling`), the outcomes of clauses that hold none yet.
    """
    used = {row.hit for row in read.rows if row.hit}
    ruled = tuple(_ruled(read.text, read.hits, used, read.times, vocabulary))
    known = [row.at.start for row in (*read.rows, *(row for row, _ in ruled))]
    known += [q.span.start for q in read.found if q.kind in _NUMBERS]
    clauses = _clauses(read.text)
    free = [c for c in clauses if not any(c[0] <= at < c[1] for at in known)]
    if not ruled and not free:
        return
    chance = telling.result(read.text, vocabulary) if read.chance is None else read.chance
    if chance < _UNTOLD or vocabulary.has("cue", "baseline", read.text):
        return
    learned: tuple[tuple[Row, Direction], ...] = ()
    if chance >= _TOLD:
        told = [c for c in free if len(clauses) == 1 or _told(read.text[slice(*c)], vocabulary)]
        learned = tuple(_learned(read, told, vocabulary))
    yield from sorted((*ruled, *learned), key=lambda pair: pair[0].at.start)


def _told(clause: str, vocabulary: Vocabulary) -> bool:
    return len(clause.split()) > 2 and telling.result(clause, vocabulary) >= _CLAUSE


def _ruled(
    text: str,
    hits: tuple[Hit, ...],
    used: set[Hit],
    times: tuple[Quantity, ...],
    vocabulary: Vocabulary,
) -> Iterator[tuple[Row, Direction]]:
    """Results by cue words around an endpoint of the vocabulary."""
    forecast = vocabulary.cue("cue", "forecast").search(text)
    if forecast and not re.search(r"(?i)\b(?:shown|found|showed)\b", text[: forecast.start()]):
        return
    told = ("reported", "better", "same", "none")
    if not any(vocabulary.has("result", name, text) for name in told):
        return
    yield from _gathered(text, tuple(_in_words(text, hits, used, times, vocabulary)))


def _learned(
    read: Read, clauses: Sequence[tuple[int, int]], vocabulary: Vocabulary
) -> Iterator[tuple[Row, Direction]]:
    """Results of clauses that hold none yet, each named by the words of its outcome."""
    text = read.text
    named = telling.outcomes(text) if clauses else []
    for start, end in clauses:
        mine = [run[:2] for run in named if start <= run[0] < end]
        seen: set[str] = set()
        for a, b in _listed(text, mine)[:_MOST]:
            hit = _named(text, (a, b), read.hits)
            way = _pointing(read, (start, end), hit, vocabulary)
            near = [t for t in read.times if start <= t.span.start < end]
            time = near[0] if len(near) == 1 else None
            at = Span(hit.start, hit.end)
            if hit.endpoint.name not in seen:
                seen.add(hit.endpoint.name)
                yield Row(endpoint=hit.endpoint, head=None, at=at, hit=hit, time=time), way


def _listed(text: str, runs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The first of the runs, and those that one list joins to it ("sleep, mood and appetite")."""
    kept = list(runs[:1])
    for a, b in sorted(runs[1:]):
        if kept[-1][1] <= a and _AND.fullmatch(text, kept[-1][1], a):
            kept.append((a, b))
    for a, b in sorted(runs[1:], reverse=True):
        if b <= kept[0][0] and _AND.fullmatch(text, b, kept[0][0]):
            kept.insert(0, (a, b))
    return kept


def _named(text: str, words: tuple[int, int], hits: tuple[Hit, ...]) -> Hit:
    """The endpoint that an outcome's words name: the vocabulary's, else one called by them."""
    near = (h for h in hits if h.start < words[1] and words[0] < h.end and h.end > 0)
    hit = next((h for h in near if h.endpoint.name != "follow-up"), None)
    if hit is not None:
        return hit
    name = text[slice(*words)]
    name = name if name[:2].isupper() else name[:1].lower() + name[1:]
    return Hit(Endpoint(name=name, high=directions.high(name)), *words)


def _pointing(read: Read, clause: tuple[int, int], hit: Hit, vocabulary: Vocabulary) -> Direction:
    """Which way a clause points: what it tells of two arms, if it names both; else its words."""
    start, end = clause
    words, means = read.text[start:end], hit.endpoint.high
    if read.arms is not None:
        named = read.text[hit.start : hit.end]
        prompt = compared.Prompt(outcome=named, intervention=read.arms[0], comparator=read.arms[1])
        way = compared.pointing(words, prompt, means, vocabulary)
        if way is not None:
            return way
    a, b = max(start, hit.start) - start, min(end, hit.end) - start
    return directions.way(directions.marked(words, a, b, means), vocabulary)[0]


def _clauses(text: str) -> list[tuple[int, int]]:
    """The clauses of a sentence, as offsets."""
    cuts = [0, *(m.end() for m in _STRETCH.finditer(text)), len(text)]
    pairs = [(a, b) for a, b in pairwise(cuts) if text[a:b].strip(" ,;")]
    return pairs or [(0, len(text))]


_ACTIVITY = Endpoint(name="disease activity", high="unfavourable", family="relapse")
_ONE_LIST = re.compile(r"[\s,]*(?:(?:and|or|as well as|nor)\s*)?(?:[\w-]+ ){0,3}")


def _gathered(
    text: str, found: tuple[tuple[Row, Direction], ...]
) -> Iterator[tuple[Row, Direction]]:
    """A list of signs of the disease that points one way ("relapses, new lesions and worsening") is
    one result: disease activity. Counts of zero stay apart."""
    at = 0
    while at < len(found):
        row, way = found[at]
        end = at + 1
        while (
            end < len(found)
            and found[end][1] == way
            and _lists(text, found[end - 1][0], found[end][0])
        ):
            end += 1
        families = {r.endpoint.family for r, _ in found[at:end]}
        if end - at > 1 and len(families) > 1 and not (row.hit and zero(text, row.hit)):
            last = found[end - 1][0]
            hit = Hit(_ACTIVITY, row.at.start, last.at.end)
            yield replace(row, endpoint=_ACTIVITY, hit=hit, at=Span(hit.start, hit.end)), way
        else:
            yield from found[at:end]
        at = end


def _lists(text: str, a: Row, b: Row) -> bool:
    signs = ("relapse", "MRI", "disability")
    if a.endpoint.family not in signs or b.endpoint.family not in signs:
        return False
    return _ONE_LIST.fullmatch(text, a.at.end, b.at.start) is not None


def _in_words(
    text: str,
    hits: tuple[Hit, ...],
    used: set[Hit],
    times: tuple[Quantity, ...],
    vocabulary: Vocabulary,
) -> Iterator[tuple[Row, Direction]]:
    seen = {hit.endpoint.name for hit in used}
    for hit in hits:
        if hit in used or hit.endpoint.name in seen or hit.endpoint.name == "follow-up":
            continue
        start, end = _stretch(text, hit)
        if not re.match(r"(?i)(?:none|not one|no one|nobody)\b", text[hit.start :]) and any(
            h.start >= start and h.end <= end and h.endpoint.family == hit.endpoint.family
            for h in used
        ):
            continue
        if re.search(r"(?i)\b(?:more|less) likely\b", text[hit.end : end]):
            continue  # what stands before "more likely" foretells, what stands after is foretold
        around = text[start:end]
        if (
            not zero(text, hit)
            and vocabulary.has("cue", "baseline", around)
            and not vocabulary.has("result", "up", around)
        ):
            continue
        way = _way(
            around, text[start : hit.start], text[hit.start : hit.end], hit.endpoint, vocabulary
        )
        if way is None:
            continue
        seen.add(hit.endpoint.name)
        near = [t for t in times if start <= t.span.start < end] or [
            t for t in times if t.span.start < start
        ]
        time = near[0] if len({t.months() for t in near}) == 1 else None
        at = Span(hit.start, hit.end)
        yield Row(endpoint=hit.endpoint, head=None, at=at, hit=hit, time=time), way


_STRETCH = re.compile(
    r";|\b(?:while|whereas|although|but|though)\b|,? and (?=there |no |scientists|"
    r"researchers|was |were |is )"
    rf"|, (?={WRITTEN} (?:[\w-]+ )?(?:{PERSONS}))"
)


def _stretch(text: str, hit: Hit) -> tuple[int, int]:
    start, end = 0, len(text)
    for match in _STRETCH.finditer(text):
        if match.end() <= hit.start:
            start = match.end()
        elif match.start() >= hit.end:
            return start, match.start()
    return start, end


def clause_span(sentence: Sentence, row: Row) -> Span:
    """The clause that states a result in words, as a span of the document."""
    hit = row.hit or Hit(row.endpoint, row.at.start, row.at.end)
    start, end = _stretch(sentence.text, hit)
    words = sentence.text[start:end]
    lead = len(words) - len(words.lstrip(" ,.;:–-"))
    return sentence.span(start + lead, start + len(words.rstrip(" ,;:")))


def flip(way: Direction) -> Direction:
    return {"favourable": "unfavourable", "unfavourable": "favourable"}.get(way, way)  # type: ignore[return-value]


def _way(
    around: str, before: str, own: str, endpoint: Endpoint, vocabulary: Vocabulary
) -> Direction | None:
    """Which way a result in words points; None where the words state none."""

    def has(name: str, where: str) -> bool:
        return vocabulary.has("result", name, where)

    high: Direction = endpoint.high
    near = before[-60:]
    if has("same", around):
        return "neutral"
    if high == "unfavourable" and re.match(r"(?i)(?:no|none|nobody|not one)\b", own):
        return "favourable"
    if has("none", near) and not re.match(r"(?i)no\b|without|not\b", own):
        return flip(high) if high != "neutral" else "neutral"
    if has("few", near[-35:]):
        return flip(high)
    risk = has("worse", around) or re.search(r"(?i)\bmore likely\b", around)
    if has("better", own) or (
        endpoint.family == "disease control"
        and re.match(
            r"(?i)no\b|without|free|prevent|halt|stop|not |.*(?:froz|freez|stable|halted|arrested)",
            own,
        )
    ):
        return high if has("reported", around) else None
    if has("better", around):
        return "favourable"
    if risk:
        return high if endpoint.high != "neutral" else "unfavourable"
    if has("down", around):
        return flip(high)
    if has("up", around):
        return high
    if endpoint.family == "harm" and re.search(
        r"(?i)\binclud(?:ed|es)\b|\bwere (?:mostly|mainly|mild|common|reported)\b",
        around[len(before) :],
    ):
        return high
    return None
