"""Which value belongs to which endpoint, arm and time point, within one sentence.

Lists with "respectively" are aligned; elsewhere a value goes to the nearest endpoint, measured in
characters with surcharges for crossing a clause, another value, or the wrong side of the verb.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from community.claim_groups import Arm
from community.endpoints import Endpoint, Hit, Vocabulary
from community.quantities import Quantity
from community.types import Span

_CLAUSE = re.compile(
    r";|:\s|\b(?:while|whereas|although|but|though|however)\b|,\s(?:and|with)\s(?=(?:the |no |there )?\w+)"
)
_GLUE = re.compile(
    r"[\s,;()\[\]%‰]*(?:(?:and|vs\.?|versus|or|to|compared (?:with|to)|than|patients|points|months|years|days)[\s,()]*){0,3}"
)
_PAREN = re.compile(
    r"\s?(?:\w+ ){0,3}?[(\[,;:]\s?[a-z]{0,3}\s?=?\s?$|^\s?(?:\w+ ){0,2}[(\[,]\s?$|^\s*$|^\s?[;,]\s?$"
)
_AFTER = re.compile(
    r"(?i)^\s?(?:\([^()]{0,40}\)\s?)?(?:of (?:the |all |these |our )?)?(?:[\w-]+ ){0,3}?"
    r"(?:patients?|participants?|people|women|men|subjects|individuals|children|those|cases|had|experienced|"
    r"achieved|developed|reported|died|showed|remained|were|was|who|responded|reached|survived|of which|of whom)\b"
)
_BEFORE = re.compile(
    r"(?i)(?:was|were|is|are|of|at|to|by|=|:|reached|rate|rates|score|scores|survival|and|median|mean|"
    r"averaged|totall?ed|remained|respectively|fell|rose|from|about|approximately|nearly|[(,])\s*$"
)
_N = re.compile(r"\b[nN]\s?=\s?$")
_THRESHOLD = re.compile(
    r"(?i)(?:at least|>|≥|more than|greater than|minimum of)\s?(?:an?\s)?$"
)
_IMPROVE = re.compile(r"(?i)^\s?(?:or (?:more|greater) )?(?:improvement|reduction|decrease|increase|loss)\b")
_VALUE_LEAD = re.compile(
    r"(?i)(?:\b(?:was|were|is|of|by|to|than|vs\.?|versus|mean|median|score|scores|change|at|and|or|only|just|"
    r"with|averaged|reached|approximately|about|totalled|fell|rose|scored)|[=:(±,])\s*$"
)
_FROM = re.compile(r"(?i)\bfrom\s*(?:an?\s)?(?:mean |median |baseline )*(?:of\s)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A result in a sentence, before the document says what the sentence leaves out."""

    endpoint: Endpoint
    head: Quantity | None
    at: Span
    attached: tuple[Quantity, ...] = ()
    count: Quantity | None = None
    time: Quantity | None = None
    arm: str | None = None
    comparator: str | None = None
    against: bool = False  # the arm is the comparator of another row
    hit: Hit | None = None


@dataclass(slots=True)
class _Head:
    quantity: Quantity
    attached: list[Quantity] = field(default_factory=list)
    count: Quantity | None = None

    @property
    def start(self) -> int:
        return self.quantity.span.start if self.count is None else min(
            self.quantity.span.start, self.count.span.start
        )

    @property
    def end(self) -> int:
        ends = [q.span.end for q in (*self.attached, *( [self.count] if self.count else []))]
        return max([self.quantity.span.end, *ends])


def pair(
    text: str, quantities: tuple[Quantity, ...], hits: tuple[Hit, ...], arms: tuple[Arm, ...]
) -> tuple[tuple[Row, ...], tuple[Quantity, ...]]:
    """Rows of a sentence and the durations in it that are points in time.

    A row whose endpoint is `UNKNOWN` waits for a name from the text.
    """
    inside = [
        q for q in quantities if not (_in_hit(q, hits) and q.kind not in ("duration",))
    ]
    times = tuple(q for q in inside if _is_time(q, text, hits))
    heads = _heads(text, [q for q in inside if q not in times], hits)
    free = [h for h in hits if not any(h.start <= t.span.start and t.span.end <= h.end for t in ())]
    targets = _respectively(text, heads, free, arms, times)
    rows = []
    for at, head in enumerate(heads):
        told = targets.get(at, {})
        hit = told.get("hit") or _nearest(text, heads, at, free)
        time = told.get("time") or _time_of(text, heads, at, times)
        rows.append(
            Row(
                endpoint=hit.endpoint if hit else UNKNOWN,
                hit=hit,
                head=head.quantity,
                at=Span(head.start, head.end),
                attached=tuple(head.attached),
                count=head.count,
                time=time,
                arm=told["arm"].name if told.get("arm") else None,
            )
        )
    return _with_arms(text, tuple(rows), arms), times


UNKNOWN = Endpoint(name="")


def _in_hit(q: Quantity, hits: tuple[Hit, ...]) -> bool:
    return any(h.start <= q.span.start and q.span.end <= h.end for h in hits)


def _is_time(q: Quantity, text: str, hits: tuple[Hit, ...]) -> bool:
    """Whether a duration is a point in time rather than a result."""
    if q.kind != "duration":
        return False
    before = text[max(0, q.span.start - 60) : q.span.start]
    followed = [h for h in hits if h.endpoint.name == "follow-up" and h.end <= q.span.start]
    if followed and re.fullmatch(
        r"\W?(?:\s?\([^()]{0,20}\))?\s?(?:(?:was|were|is|of|for|a|an|the|median|mean|average|time|period|to|up|"
        r"about|approximately|nearly|over|=|:|at least|patients|more than|duration|length)\s?){0,7}",
        text[followed[-1].end : q.span.start],
    ):
        return False
    if q.cue is None:
        return False
    timed = [h for h in hits if h.endpoint.unit in ("months", "days") and h.end <= q.span.start]
    if timed and re.search(r"(?i)\b(?:was|were|of|by)\s*$", before):
        return False
    return not (q.cue in ("to", "in") and re.search(r"(?i)\bfrom\b[^,;]{0,30}\bto\s*$", before))


def _heads(text: str, quantities: list[Quantity], hits: tuple[Hit, ...]) -> list[_Head]:
    heads: list[_Head] = []
    for q in quantities:
        last = heads[-1] if heads else None
        gap = text[last.end : q.span.start] if last else ""
        if q.kind in ("interval", "p"):
            if last is not None:
                last.attached.append(q)
        elif _N.search(text, max(0, q.span.start - 6), q.span.start):
            continue
        elif last and _joins(last, q, gap):
            _join(last, q)
        elif _is_value(q, text, hits):
            heads.append(_Head(q))
    return heads


def _joins(last: _Head, q: Quantity, gap: str) -> bool:
    """Whether "69% (20/29)", "20 (69%)", "20 of 29 (69%)" write one value twice."""
    kinds = {last.quantity.kind, q.kind}
    if last.count is not None or last.attached or len(gap) > 30 or not re.search(r"[(\[,]\s?$", gap):
        return False
    if not re.fullmatch(r"\s?(?:[\w-]+ ){0,3}?[\w-]*\s?[(\[,]\s?", gap):
        return False
    if "," in gap and "fraction" not in kinds:
        return False
    counting = {"fraction", "count", "number"}
    return "percent" in kinds and bool(kinds & counting) and q.unit not in ("events",)


def _join(last: _Head, q: Quantity) -> None:
    if last.quantity.kind == "percent":
        last.count = q
    else:
        last.count, last.quantity = last.quantity, q


def _is_value(q: Quantity, text: str, hits: tuple[Hit, ...]) -> bool:
    before, after = text[max(0, q.span.start - 40) : q.span.start], text[q.span.end :]
    if q.kind in ("percent", "fraction", "proportion", "ratio"):
        return not (
            q.kind == "percent"
            and _THRESHOLD.search(before)
            and _IMPROVE.match(after)
        )
    if q.kind == "count":
        return not (q.spelled and q.value == 1 and q.unit in ("people", "men", "women"))
    near = any(h.end <= q.span.start + 1 and q.span.start - h.end < 90 for h in hits)
    if q.kind == "duration":
        timed = any(h.endpoint.unit in ("months", "days", "weeks") for h in hits)
        return timed and _VALUE_LEAD.search(before) is not None
    if _FROM.search(before) or (q.spelled and q.value == 1):
        return False
    led = _VALUE_LEAD.search(before) is not None
    if q.unit is not None:
        return bool(hits) and (led or near)
    starts = re.match(r"\s?(?:in|of which|after|by|with|\(|vs|versus|and|compared|to|for|,|\.|;|$|points)", after)
    return bool(hits) and (led or not before.strip(" (")) and (
        starts is not None or q.decimals > 0
    )


def _clauses(text: str, a: int, b: int) -> int:
    return len(_CLAUSE.findall(text, min(a, b), max(a, b)))


def _nearest(text: str, heads: list[_Head], at: int, hits: list[Hit]) -> Hit | None:
    head = heads[at]
    best: tuple[float, Hit] | None = None
    for hit in hits:
        ahead = hit.start >= head.end
        gap = max(0, hit.start - head.end if ahead else head.start - hit.end)
        between = [
            h for i, h in enumerate(heads) if i != at and _between(h, head, hit, ahead)
        ]
        lo, hi = (head.end, hit.start) if ahead else (hit.end, head.start)
        cost = gap + 150 * _clauses(text, lo, hi) + _crossing(text, head, between, ahead)
        wants_after = _AFTER.match(text, head.end) is not None or head.quantity.kind == "count"
        if wants_after:
            cost += 0 if ahead else 60
        elif _BEFORE.search(text, max(0, head.start - 20), head.start):
            cost += 80 if ahead else 0
        elif ahead:
            cost += 20
        if hit.endpoint.name == "follow-up" and head.quantity.kind != "duration":
            continue
        if head.quantity.kind == "duration" and hit.endpoint.unit not in ("months", "days", "weeks"):
            cost += 100
        if head.quantity.kind == "count" and hit.endpoint.family == "survival":
            cost -= 60
        if best is None or cost < best[0]:
            best = cost, hit
    return best[1] if best and best[0] < 330 else None


def _between(other: _Head, head: _Head, hit: Hit, ahead: bool) -> bool:
    if ahead:
        return head.end <= other.start and other.end <= hit.start
    return hit.end <= other.start and other.end <= head.start


def _crossing(text: str, head: _Head, between: list[_Head], ahead: bool) -> float:
    """Values of the same list ("58% and 32%") cost little to cross, others much."""
    if not between:
        return 0.0
    row = sorted([*between, head], key=lambda h: h.start)
    listed = all(
        len(text[a.end : b.start]) < 60 for a, b in zip(row, row[1:], strict=False)
    )
    return (10.0 if listed else 60.0) * len(between) + (30.0 if ahead else 0.0)


def _respectively(
    text: str, heads: list[_Head], hits: list[Hit], arms: tuple[Arm, ...], times: tuple[Quantity, ...]
) -> dict[int, dict[str, object]]:
    """For values listed before (or after) "respectively": the endpoint, arm or time of each."""
    out: dict[int, dict[str, object]] = {}
    floor = 0
    for match in re.finditer(r"\brespectively\b", text, re.IGNORECASE):
        run = _run_before(text, heads, match.start()) or _run_after(text, heads, match.end())
        if len(run) < 2:
            continue
        start, k = heads[run[0]].start, len(run)
        mine = [h for h in _listed(text, hits, start) if h.start >= floor]
        for name, things in (
            ("hit", mine),
            ("arm", [a for a in arms if floor <= a.span.start]),
            ("time", [t for t in times if floor <= t.span.start]),
        ):
            chosen = [t for t in things][-k:] if name == "hit" else list(things)
            if len(chosen) == k:
                for i, thing in zip(run, chosen, strict=True):
                    out.setdefault(i, {})[name] = thing
                if name == "hit":
                    continue
        floor = match.end()
    return out


def _listed(text: str, hits: list[Hit], before: int) -> list[Hit]:
    """Endpoints of the list that ends before an offset: neighbours are joined by commas and "and"."""
    row: list[Hit] = []
    for hit in reversed([h for h in hits if h.end <= before]):
        gap = text[hit.end : row[0].start] if row else ""
        if row and not re.fullmatch(r"\s?(?:rates?|scores?)?\s?(?:\([^()]{0,20}\))?[\s,;]*(?:and|or|&)?\s*(?:[\w-]+ ){0,3}", gap):
            break
        row.insert(0, hit)
    return row


def _run_before(text: str, heads: list[_Head], stop: int) -> list[int]:
    run: list[int] = []
    for i in range(len(heads) - 1, -1, -1):
        if heads[i].end > stop:
            continue
        gap = text[heads[i].end : (heads[run[0]].start if run else stop)]
        if not _GLUE.fullmatch(gap) and not (not run and re.fullmatch(r"[^.;]{0,60}", gap)):
            break
        run.insert(0, i)
    return run


def _run_after(text: str, heads: list[_Head], begin: int) -> list[int]:
    run: list[int] = []
    for i, head in enumerate(heads):
        if head.start < begin:
            continue
        gap = text[(heads[run[-1]].end if run else begin) : head.start]
        if not _GLUE.fullmatch(gap):
            break
        run.append(i)
    return run


def _time_of(
    text: str, heads: list[_Head], at: int, times: tuple[Quantity, ...]
) -> Quantity | None:
    if not times:
        return None
    head = heads[at]
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


def _reaches(text: str, heads: list[_Head], head: _Head, time: Quantity) -> bool:
    """Whether the one point in time of a sentence holds for a value: it does for all that follow,
    and for what precedes it unless a clause with a value of its own lies between."""
    if time.span.end <= head.start:
        return True
    between = any(head.end <= h.start and h.end <= time.span.start for h in heads)
    return not (between and _clauses(text, head.end, time.span.start))


def _with_arms(text: str, rows: tuple[Row, ...], arms: tuple[Arm, ...]) -> tuple[Row, ...]:
    if not arms or not rows:
        return rows
    controls = [a.name for a in arms if a.control]
    treated = [a.name for a in arms if not a.control]
    both = len({a.name.lower() for a in arms}) > 1
    named = [row.arm or _arm_of(text, rows, i, arms) for i, row in enumerate(rows)]
    if len(rows) == 2 and len(arms) == 2 and (None in named or named[0] == named[1]):
        named = [a.name for a in arms]
    out = []
    for row, name in zip(rows, named, strict=True):
        if row.head is not None and row.head.kind == "ratio" or _difference(text, row):
            other = controls[0] if controls else (arms[-1].name if both else None)
            name = treated[0] if treated else name
            out.append(replace(row, arm=name, comparator=other if other != name else None))
            continue
        against = name is not None and bool(controls) and name in controls
        others = [n for n in named if n and n != name] or [
            a.name for a in arms if a.control and a.name != name
        ]
        out.append(
            replace(
                row,
                arm=name,
                against=against,
                comparator=None if against or not others else others[0],
            )
        )
    return tuple(out)


def _difference(text: str, row: Row) -> bool:
    return re.search(r"(?i)\bdifference\b[^;.]{0,50}$", text[: row.at.start][-70:]) is not None


def _arm_of(text: str, rows: tuple[Row, ...], i: int, arms: tuple[Arm, ...]) -> str | None:
    row = rows[i]
    until = rows[i + 1].at.start if i + 1 < len(rows) else len(text)
    since = rows[i - 1].at.end if i else 0
    for arm in arms:
        if row.at.end <= arm.span.start < until:
            gap = text[row.at.end : arm.span.start]
            if not re.search(r"(?i)\b(?:vs|versus|compared|than|and|while|whereas)\b|;", gap):
                return arm.name
            break
    back = [a for a in arms if since <= a.span.start and a.span.end <= row.at.start]
    if back:
        return back[-1].name
    return arms[0].name if len({a.name.lower() for a in arms}) == 1 else None


def composed(text: str, hits: tuple[Hit, ...], vocabulary: Vocabulary) -> tuple[Hit, ...]:
    """`hits` with a negated list ("no progression, relapse or lesions") as one endpoint."""
    whole = next(
        (e for e in vocabulary.endpoints if e.name == "no evidence of disease activity"), None
    )
    out: list[Hit] = []
    for hit in hits:
        last = out[-1] if out else None
        gap = text[last.end : hit.start] if last else ""
        negated = last is not None and re.match(r"(?i)(?:no|without|free)\b", text[last.start : last.end])
        if (
            whole
            and last
            and negated
            and last.endpoint.family == "disease control"
            and hit.endpoint.family in ("relapse", "MRI", "disability", "survival", "disease control")
            and re.fullmatch(r"[\s,]*(?:and|or|nor)?\s*(?:[\w-]+ ){0,2}", gap)
        ):
            out[-1] = Hit(whole, last.start, hit.end)
        else:
            out.append(hit)
    return tuple(out)
