"""Which value belongs to which endpoint, arm and time point, within one sentence.

Lists with "respectively" are aligned; elsewhere a value goes to the nearest endpoint, measured in
characters with surcharges for crossing a clause, another value, or the wrong side of the verb.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from community.results import learned
from community.results.arms import compared, with_arms
from community.results.endpoints import Hit
from community.results.groups import Arm, local
from community.results.heads import UNKNOWN, Head, Row, heads_of, in_hit, is_time, lasts
from community.results.quantities import Quantity
from community.types import Span

_CLAUSE = re.compile(
    r";|:\s|\b(?:while|whereas|although|but|though|however)\b|,\s(?:and|with)\s(?=(?:the |"
    r"no |there )?\w+)"
)


_GLUE = re.compile(
    r"[\s,;()\[\]%‰]*(?:(?:and|vs?\.?|versus|or|to|compared (?:with|to)|than|patients|"
    r"points|months|years|days)[\s,()]*){0,3}"
)


_AFTER = re.compile(
    r"(?i)\s?(?:\([^()]{0,40}\)\s?)?(?:of (?:the |all |these |our )?)?(?:[\w-]+ ){0,3}?"
    r"(?:patients?|participants?|people|women|men|subjects|individuals|children|those|cases|"
    r"had|experienced|"
    r"achieved|developed|reported|died|showed|remained|were|was|who|responded|reached|"
    r"survived|of which|of whom)\b"
)


_BEFORE = re.compile(
    r"(?i)(?:was|were|is|are|of|at|to|by|=|:|reached|rate|rates|score|scores|survival|and|"
    r"median|mean|"
    r"averaged|totall?ed|remained|respectively|fell|rose|from|about|approximately|nearly|[(,])\s*$"
)


MOST = 16  # values of one sentence; what holds more is a table or no prose


def pair(
    text: str,
    quantities: tuple[Quantity, ...],
    hits: tuple[Hit, ...],
    arms: tuple[Arm, ...],
    before: tuple[str, ...] | None = None,
    told: learned.Told | None = None,
) -> tuple[tuple[Row, ...], tuple[Quantity, ...]]:
    """Rows of a sentence and the durations in it that are points in time.

    A row whose endpoint is `UNKNOWN` waits for a name from the text. `before` are the two arms, in
    order, that the document compared last: two values side by side without arms are theirs.
    Where the learned reading was asked (`told`), it says which bare numbers are values, which arm a
    value belongs to, and what its outcome is where the vocabulary has none that fits.
    """
    told = told or learned.Told(arms=arms)
    inside = [q for q in quantities if not (in_hit(q, (*hits, *told.fresh)) and _no_time(q))]
    times = tuple(q for q in inside if is_time(q, text, hits))
    values = [q for q in inside if q not in times and not _of_arm(text, q, arms)]
    heads = heads_of(text, values, (*hits, *told.fresh), told.measures)[:MOST]
    arms = _beside(text, heads, arms)
    before = _two(arms) or before
    targets = _respectively(text, heads, list(hits), arms, times)
    places = [Span(head.start, head.end) for head in heads]
    bare = [head.bare for head in heads]
    armed = learned.arms_of(text, bare, arms if told.measures else ())
    armed = _placed(text, places, armed, arms)
    runs = _runs(text, heads)
    known = [_nearest(text, heads, runs[at], list(hits)) for at in range(len(heads))]
    known = [targets[at].hit or hit if at in targets else hit for at, hit in enumerate(known)]
    known = learned.fresh_of(text, bare, known, hits, told.fresh)
    rows: list[Row] = []
    for at, (head, hit) in enumerate(zip(heads, known, strict=True)):
        if hit is None and told.measures is not None and not _seen(head, told.measures):
            continue
        listed = targets.get(at, _Told())
        rows.append(
            Row(
                endpoint=hit.endpoint if hit else UNKNOWN,
                hit=hit,
                head=head.quantity,
                at=places[at],
                attached=tuple(head.attached),
                count=head.count,
                time=listed.time or _time_of(text, heads, (at, runs[at]), times),
                arm=listed.arm.name if listed.arm else armed[at],
            )
        )
    return compared(text, with_arms(text, tuple(rows), arms), before), times


def _seen(head: Head, measures: tuple[Span, ...]) -> bool:
    """Whether the learned reading takes a value for one, or cannot tell: shares and ratios mostly
    are."""
    if head.quantity.kind in ("percent", "fraction", "ratio") and not measures:
        return True
    return any(m.overlaps(Span(head.start, head.end)) for m in measures)


_DOSED = re.compile(r"[mµμun]?g|mcg|[mµμun]?g/(?:kg|m[2²]|day|d)\S*|IU\S*|m[lL]|Gy|units?")
_TAKEN = re.compile(
    r"(?i)\s?(?:/kg )?(?:once|twice|three times|daily|every|weekly|monthly|b\.?i\.?d|q\.?d\b|"
    r"t\.?i\.?d|"
    r"per (?:day|dose|week)|an? (?:day|week|month)|tablets?|capsules?|pills?|infusions?|"
    r"injections?|"
    r"doses?|subcutaneous|intravenous|orally)"
)


_DOSE_LEAD = re.compile(
    r"(?i)\b(?:doses?|dosage|capsules?|tablets?|containing|receiv\w+|given|infusions?|injections?)\b"
    r"[^.;,]{0,25}$"
)


def _of_arm(text: str, q: Quantity, arms: tuple[Arm, ...]) -> bool:
    """Whether a number is part of an arm's name or its dose: "0.5 mg" after a drug, "10 mg "
    "daily"."""
    if any(a.span.start <= q.span.start and q.span.end <= a.span.end for a in arms):
        return True
    if q.kind != "number" or q.unit is None or not _DOSED.fullmatch(q.unit):
        return False
    after = any(a.span.end <= q.span.start <= a.span.end + 2 for a in arms)
    before = any(q.span.end < a.span.start <= q.span.end + 4 for a in arms)
    dosed = _DOSE_LEAD.search(text, max(0, q.span.start - 45), q.span.start) is not None
    return after or before or dosed or _TAKEN.match(text, q.span.end) is not None


def _no_time(q: Quantity) -> bool:
    return q.kind != "duration"


_TO_ARM = re.compile(
    r"[)\]]?\s(?:of (?:the )?|in (?:the )?)?(?:patients|people|those|participants|women|men|"
    r"children|"
    r"recipients|volunteers)?\s?(?:in|with|on|for|among|receiving|given|taking|who "
    r"(?:received|got|took)|"
    r"treated with|assigned to|of)? ?(?:the |an? )?",
    re.IGNORECASE,
)


def _right_after(text: str, end: int, arms: tuple[Arm, ...]) -> str | None:
    """The arm that follows a value with nothing but small words between: "(9.6%) in the A "
    "group"."""
    near = next((a for a in arms if a.span.start >= end), None)
    if near is None or not _TO_ARM.fullmatch(text, end, near.span.start):
        return None
    return near.name


def _two(arms: tuple[Arm, ...]) -> tuple[str, str] | None:
    """The two arms of a sentence, treatment first where one is a control; None of any other
    number."""
    names = {a.name.lower(): a for a in arms}
    if len(names) != 2:
        return None
    first, second = names.values()
    if first.control and not second.control:
        first, second = second, first
    return first.name, second.name


_CONTRAST = re.compile(
    r"(?i)\b(?:compared|versus|vs?|against|than|while|whereas|but|as opposed to|in contrast)\b"
)


def _placed(
    text: str, places: list[Span], armed: list[str | None], arms: tuple[Arm, ...]
) -> list[str | None]:
    """The arm of each value: the one right after it first; what stands right after a value that is
    set against another is not the other's too."""
    beside = [_right_after(text, place.end, arms) for place in places]
    out = [near or name for near, name in zip(beside, armed, strict=True)]
    for at in range(1, len(out)):
        same = out[at] is not None and out[at] == out[at - 1] == beside[at]
        gap = text[places[at - 1].end : places[at].start]
        if same and beside[at - 1] is None and _CONTRAST.search(gap):
            out[at - 1] = None
    return out


def _beside(text: str, heads: list[Head], arms: tuple[Arm, ...]) -> tuple[Arm, ...]:
    """The arms, or those named right after values where these tell more."""
    beside = local(text, [head.end for head in heads])
    longer = any(
        a.name.lower() in b.name.lower() and len(a.name) < len(b.name) for a in arms for b in beside
    )
    fewer = len({a.name.lower() for a in arms}) < 2
    return beside if beside and (longer or fewer) else arms


_VS = re.compile(
    r"\s?(?:[\w-]+ ){0,2}?[,;]?\s?(?:and|vs?\.?|versus|compared (?:with|to)|against|than|or)"
    r"\s?(?:only |just |by |about )?"
)


def _paired(text: str, last: Head, head: Head) -> bool:
    """Whether two values of one kind stand side by side ("7.1% vs 2.2%")."""
    same = last.quantity.unit == head.quantity.unit and last.quantity.kind == head.quantity.kind
    return same and _VS.fullmatch(text, last.end, head.start) is not None


def _clauses(text: str, a: int, b: int) -> int:
    return len(_CLAUSE.findall(text, min(a, b), max(a, b)))


def _runs(text: str, heads: list[Head]) -> list[tuple[int, int]]:
    """For each value the first and last of the values of one kind side by side with it."""
    first = list(range(len(heads)))
    for i in range(1, len(heads)):
        if _paired(text, heads[i - 1], heads[i]):
            first[i] = first[i - 1]
    last = {start: i for i, start in enumerate(first)}
    return [(start, last[start]) for start in first]


def _nearest(text: str, heads: list[Head], run: tuple[int, int], hits: list[Hit]) -> Hit | None:
    """The endpoint of a run of values, as if the run were one value."""
    head = Head(heads[run[0]].quantity, count=heads[run[0]].count)
    head.attached = [q for h in heads[run[0] : run[1] + 1] for q in (h.quantity, *h.attached)]
    head.attached += [h.count for h in heads[run[0] : run[1] + 1] if h.count]
    best: tuple[float, Hit] | None = None
    for hit in hits:
        ahead = hit.start >= head.end
        gap = max(0, hit.start - head.end if ahead else head.start - hit.end)
        between = [
            h
            for i, h in enumerate(heads)
            if not run[0] <= i <= run[1] and _between(h, head, hit, ahead)
        ]
        lo, hi = (head.end, hit.start) if ahead else (hit.end, head.start)
        cost = gap + 150 * _clauses(text, lo, hi) + _crossing(text, head, between, ahead)
        wants_after = _AFTER.match(text, head.end) is not None or head.quantity.kind == "count"
        if ahead and gap <= 1:
            cost -= 100
        elif ahead and _FOR.fullmatch(text, head.end, hit.start):
            cost -= 80
        elif wants_after:
            cost += 0 if ahead else 60
        elif _BEFORE.search(text, max(0, head.start - 20), head.start):
            cost += 80 if ahead else 0
        elif ahead:
            cost += 20
        if hit.endpoint.name == "follow-up" and head.quantity.kind != "duration":
            continue
        if head.quantity.kind == "duration" and not lasts(hit.endpoint):
            cost += 100
        if head.quantity.kind == "count" and hit.endpoint.family == "survival":
            cost -= 60
        if best is None or cost < best[0]:
            best = cost, hit
    return best[1] if best and best[0] < 330 else None


_FOR = re.compile(
    r"\s?(?:\([^()]{0,40}\)\s?)?(?:for|had|developed|experienced|reported|with)\s(?:an?\s|the\s)?"
)


def _between(other: Head, head: Head, hit: Hit, ahead: bool) -> bool:
    if ahead:
        return head.end <= other.start and other.end <= hit.start
    return hit.end <= other.start and other.end <= head.start


def _crossing(text: str, head: Head, between: list[Head], ahead: bool) -> float:
    """Values of the same list ("58% and 32%") cost little to cross, others much."""
    if not between:
        return 0.0
    row = sorted([*between, head], key=lambda h: h.start)
    listed = all(len(text[a.end : b.start]) < 60 for a, b in pairwise(row))
    return (10.0 if listed else 60.0) * len(between) + (30.0 if ahead else 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What "respectively" says of a value."""

    hit: Hit | None = None
    arm: Arm | None = None
    time: Quantity | None = None


def _respectively(
    text: str,
    heads: list[Head],
    hits: list[Hit],
    arms: tuple[Arm, ...],
    times: tuple[Quantity, ...],
) -> dict[int, _Told]:
    """For values listed before (or after) "respectively": the endpoint, arm or time of each."""
    out: dict[int, _Told] = {}
    floor = 0
    for match in re.finditer(r"\brespectively\b", text, re.IGNORECASE):
        run = _run_before(text, heads, match.start()) or _run_after(text, heads, match.end())
        k = len(run)
        if k < 2:
            continue
        begin = floor
        named = [h for h in _listed(text, hits, heads[run[0]].start) if h.start >= begin][-k:]
        armed = [a for a in arms if a.span.start >= begin]
        timed = _side_by_side(text, [t for t in times if t.span.start >= begin])
        for nth, at in enumerate(run):
            out[at] = _Told(
                hit=named[nth] if len(named) == k else None,
                arm=armed[nth] if len(armed) == k else None,
                time=timed[nth] if len(timed) == k else None,
            )
        floor = match.end()
    return out


_AND = re.compile(r"[\s,;]*(?:and|or)?\s*(?:at |after |by )?(?:the )?")


def _side_by_side(text: str, times: list[Quantity]) -> list[Quantity]:
    """`times` where they are one list ("at 6, 12 and 24 months"), else none."""
    listed = all(_AND.fullmatch(text, a.span.end, b.span.start) for a, b in pairwise(times))
    return times if listed else []


def _listed(text: str, hits: list[Hit], before: int) -> list[Hit]:
    """Endpoints of the list that ends before an offset, joined by commas and "and"."""
    row: list[Hit] = []
    for hit in reversed([h for h in hits if h.end <= before]):
        gap = text[hit.end : row[0].start] if row else ""
        if row and not re.fullmatch(
            r"\s?(?:rates?|scores?)?\s?(?:\([^()]{0,20}\))?[\s,;]*(?:and|or|&)?\s*(?:[\w-]+ ){0,3}",
            gap,
        ):
            break
        row.insert(0, hit)
    return row


def _run_before(text: str, heads: list[Head], stop: int) -> list[int]:
    run: list[int] = []
    for i in range(len(heads) - 1, -1, -1):
        if heads[i].end > stop:
            continue
        gap = text[heads[i].end : (heads[run[0]].start if run else stop)]
        if not _GLUE.fullmatch(gap) and not (not run and re.fullmatch(r"[^.;]{0,60}", gap)):
            break
        run.insert(0, i)
    return run


def _run_after(text: str, heads: list[Head], begin: int) -> list[int]:
    run: list[int] = []
    for i, head in enumerate(heads):
        if head.start < begin:
            continue
        gap = text[(heads[run[-1]].end if run else begin) : head.start]
        if not _GLUE.fullmatch(gap):
            break
        run.append(i)
    return run


_OPENS = re.compile(r"\W{0,3}[(:,]\s?")


def _time_of(
    text: str, heads: list[Head], place: tuple[int, tuple[int, int]], times: tuple[Quantity, ...]
) -> Quantity | None:
    """The point in time of a value, given its number and the run of values that it stands in: all
    of a run ("23% versus 1%") are of one time."""
    if not times:
        return None
    at, run = place
    head = heads[at]
    first = len(times) == len(heads) > 1 and times[-1].span.end <= heads[0].start
    if first and _side_by_side(text, list(times)):
        return times[at]
    opens = [t for t in times if _OPENS.fullmatch(text, t.span.end, heads[run[0]].start)]
    if opens and run[1] > run[0]:
        return opens[0]
    if run[1] > run[0]:
        return _time_of(text, heads, (run[1] if at < run[1] else at, (at, at)), times)
    if len({t.months() for t in times}) == 1 and _reaches(text, heads, head, times[0]):
        return times[0]
    until = heads[at + 1].start if at + 1 < len(heads) else len(text)
    since = heads[at - 1].end if at else 0
    after = [t for t in times if head.end <= t.span.start < until]
    if after and not _clauses(text, head.end, after[0].span.start):
        return after[0]
    before = [t for t in times if since <= t.span.start and t.span.end <= head.start]
    if before:
        return before[-1]
    earlier = [t for t in times if t.span.end <= head.start]
    return earlier[-1] if earlier else None


def _reaches(text: str, heads: list[Head], head: Head, time: Quantity) -> bool:
    """Whether the one point in time of a sentence holds for a value: it does for all that follow,
    and for what precedes it unless a clause with a value of its own lies between."""
    if time.span.end <= head.start:
        return True
    between = any(head.end <= h.start and h.end <= time.span.start for h in heads)
    return not (between and _clauses(text, head.end, time.span.start))
