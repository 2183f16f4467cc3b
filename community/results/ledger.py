"""The ledger: mentions of one result, wherever they stand, become one claim.

Same trial, endpoint, part of the participants and compatible time point and value: one claim.
Results at other times are other claims of the same version group. An id is made from what the
result is (trial, endpoint, part, time, rounded value), never from where or in which words it
stands; what the last run called a claim it is called again, and an id that a user's own ledger
gives is kept, so that another run, another wording or another document leaves it as it was.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from community.ids import stable_id
from community.results import checks
from community.results.adoption import adopted, own_key
from community.results.aliases import aliases
from community.types import Claim, Ledger, Mention

_Slot = tuple[str, str, str, str]
Before = Mapping[Mention, tuple[str, str]]  # a mention's claim and version group in the last run


def mention_id(mention: Mention) -> str:
    """Id of one place that states a result: its document, place and what it states there."""
    return stable_id(
        "mention",
        mention.document_id,
        mention.span.start,
        mention.span.end,
        mention.endpoint,
        None if mention.value is None else repr(float(mention.value)),
        mention.arm,
        None if mention.timepoint_months is None else repr(float(mention.timepoint_months)),
        mention.measure,
    )


def merge(mentions: Iterable[Mention], before: Before | None = None) -> Ledger:
    """The claims that the mentions state, in order of trial, endpoint, part, time and value.

    O(n log n). What a reader should check is flagged (`community.results.checks`); of two results
    that contradict each other both stay, each with the other's id ("contradicts:ID").

    Args:
        mentions: from all documents of the study.
        before: what the last run made of those that it had.
    """
    rows = sorted(set(mentions), key=_order)
    drafts = _drafts(rows)
    _name(drafts, before or {})
    told = checks.flags(
        [checks.Result(d.id, d.group, d.slot, d.months, tuple(d.mentions)) for d in drafts]
    )
    return Ledger(
        claims=tuple(
            Claim(
                id=draft.id,
                version_group=draft.group,
                mentions=tuple(sorted(draft.mentions, key=_order)),
                flags=told.get(draft.id, ()),
            )
            for draft in drafts
        )
    )


def trials(mentions: Iterable[Mention]) -> dict[Mention, str]:
    """A key per mention, the same for mentions of one trial ("document:…" where none is named)."""
    rows = sorted(set(mentions), key=_order)
    return {row: slot[0] for row, slot in _slots(rows).items()}


def _order(m: Mention) -> tuple[object, ...]:
    return (m.document_id, m.span.start, m.span.end, m.endpoint, mention_id(m))


@dataclass(slots=True, eq=False)
class _Draft:
    """A claim before it has its final name."""

    slot: _Slot
    months: float | None
    way: str
    mentions: list[Mention]
    id: str = ""
    group: str = ""
    given: str | None = field(default=None)


def _drafts(rows: list[Mention]) -> list[_Draft]:
    """Mentions by the results that they state, in a stable order."""
    slots: dict[_Slot, list[Mention]] = {}
    for row, slot in _slots(rows).items():
        slots.setdefault(slot, []).append(row)
    out: list[_Draft] = []
    for slot in sorted(slots):
        times = _times(slots[slot])
        groups: dict[tuple[float | None, str], list[Mention]] = {}
        for m in slots[slot]:
            groups.setdefault((times[id(m)], _way(m)), []).append(m)
        for (months, way), members in sorted(groups.items(), key=lambda g: (str(g[0][0]), g[0][1])):
            for cluster in _clusters(members):
                out += [_Draft(slot, months, way, part) for part in _given(cluster)]
    return _joined(out)


def _given(cluster: list[Mention]) -> list[list[Mention]]:
    """Rows of a user's ledger that have ids of their own stay apart; what documents report joins
    the first of them that it agrees with."""
    own: dict[str, list[Mention]] = {}
    for m in cluster:
        if m.given_id is not None:
            own.setdefault(m.given_id, []).append(m)
    if not own:
        return [cluster]
    first = next(iter(sorted(own)))
    own[first] += [m for m in cluster if m.given_id is None]
    return [own[name] for name in sorted(own)]


def _joined(drafts: list[_Draft]) -> list[_Draft]:
    """Drafts, where rows under one given id are one claim, whatever they state."""
    out: list[_Draft] = []
    by_id: dict[str, _Draft] = {}
    for draft in drafts:
        draft.given = next((m.given_id for m in draft.mentions if m.given_id is not None), None)
        held = by_id.get(draft.given) if draft.given is not None else None
        if held is not None:
            held.mentions += draft.mentions
            continue
        if draft.given is not None:
            by_id[draft.given] = draft
        out.append(draft)
    return out


def _name(drafts: list[_Draft], before: Before) -> None:
    """Gives every draft its id: the one its ledger gave, that of the last run, else one made from
    what it states, to more digits where another result has it."""
    taken = {draft.given for draft in drafts if draft.given is not None}
    groups: dict[str, str] = {}
    wishes: list[tuple[int, str, int]] = []
    for nth, draft in enumerate(drafts):
        draft.group = stable_id("version", *draft.slot[:3])
        told = Counter(before[m] for m in draft.mentions if m in before)
        wishes += [(-count, name, nth) for (name, _), count in told.items()]
        for _, group in sorted(told):
            groups.setdefault(draft.group, group)
        draft.id = draft.given or ""
    for _, name, nth in sorted(wishes):
        if not drafts[nth].id and name not in taken:
            drafts[nth].id = name
            taken.add(name)
    for draft in drafts:
        if not draft.id:
            made = (_made(draft, digits) for digits in (0, 1, 2, 4))
            last = stable_id("claim", _made(draft, 4), *map(mention_id, draft.mentions))
            draft.id = next((name for name in made if name not in taken), last)
            taken.add(draft.id)
    used = Counter(groups.values())
    for draft in drafts:
        kept = groups.get(draft.group)
        draft.group = kept if kept is not None and used[kept] == 1 else draft.group


def _made(draft: _Draft, digits: int) -> str:
    when = None if draft.months is None else f"{draft.months:.0f}"
    told = _rounded(draft.mentions, digits)
    return stable_id("claim", *draft.slot, when, draft.way, told)


# ---- what must be the same --------------------------------------------------------------------


def _slots(rows: list[Mention]) -> dict[Mention, _Slot]:
    """Trial, endpoint, part of the participants and kind of estimate of each mention."""
    keys, taken = aliases(rows), adopted(rows)
    trial = {m: _trial(m, keys, taken.get(m)) for m in rows}
    parts = _parts(rows, trial)
    return {m: (trial[m], _plain(m.endpoint), parts[m], _scale(m)) for m in rows}


def _trial(m: Mention, keys: Mapping[str, str], taken: str | None) -> str:
    """The trial's key. Without a trial, results of different documents cannot be told to be one."""
    own = taken or own_key(m)
    return keys.get(own, own) if own else f"document:{m.document_id}"


def _parts(rows: list[Mention], trial: Mapping[Mention, str]) -> dict[Mention, str]:
    """The part of the participants that each mention is about.

    A document may name the arm or leave it out. Where mentions of one value do both, and name one
    arm, they are of that arm if the trial's results tell arms apart, else of no arm in particular.
    """
    arms: dict[tuple[str, str, str], set[str]] = {}
    same: dict[tuple[object, ...], set[str]] = {}
    for m in rows:
        arms.setdefault((trial[m], m.endpoint, _scale(m)), set()).add(_plain(m.arm))
        same.setdefault(_stated(m, trial[m]), set()).add(_plain(m.arm))
    out: dict[Mention, str] = {}
    for m in rows:
        arm, here = _plain(m.arm), same[_stated(m, trial[m])]
        if _share(m) is not None and "" in here and len(here) == 2:
            apart = len(arms[trial[m], m.endpoint, _scale(m)] - {""}) > 1
            arm = max(here) if apart else ""
        out[m] = f"{_plain(m.subgroup)}|{arm}"
    return out


def _stated(m: Mention, trial: str) -> tuple[object, ...]:
    """What mentions of one value agree in, whatever arm they name."""
    return trial, m.endpoint, _plain(m.subgroup), _scale(m), _whole(m)


def _plain(words: str | None) -> str:
    text = (words or "").lower()
    text = re.sub(r"\([^()]*\)", " ", text)
    for long, short in _SHORT:
        text = text.replace(long, short)
    words_ = re.sub(r"[\W_]+", " ", text).split()
    return " ".join(
        w
        for w in words_
        if w
        not in (
            "the",
            "a",
            "an",
            "of",
            "with",
            "group",
            "arm",
            "participants",
            "patients",
            "people",
            "in",
        )
    )


_SHORT = (
    ("multiple sclerosis", "ms"),
    ("relapsing–remitting", "relapsing"),
    ("relapsing-remitting", "relapsing"),
    ("rrms", "relapsing ms"),
    ("women", "female"),
    ("men", "male"),
)


def _way(m: Mention) -> str:
    """Results in words are told apart by where they point, valued ones by their value; early and
    late harms are different results."""
    phase = next((flag for flag in checks.PHASES if flag in m.flags), "")
    if m.value is not None or m.spread_low is not None:
        return phase
    return (m.direction or "") + phase


def _scale(m: Mention) -> str:
    """Values are compared within a scale: shares, counts, ratios, differences, measured values."""
    if m.value is None and m.spread_low is None:
        return "words"
    if m.unit == "%" or (m.numerator is not None and m.denominator):
        return "share"
    if m.measure and "ratio" in m.measure:
        return m.measure
    return m.unit or "value"


def _share(m: Mention) -> float | None:
    if m.unit != "%" and m.numerator is not None and m.denominator:
        return 100 * m.numerator / m.denominator
    return m.value


def _times(rows: list[Mention]) -> dict[int, float | None]:
    """Each mention's time in months, equal where within half a month or 2 %; a mention without one
    takes that of the mentions whose value it repeats, where they agree."""
    known = sorted({m.timepoint_months for m in rows if m.timepoint_months is not None})
    canon: dict[float, float] = {}
    for months in known:
        last = max(canon.values(), default=None)
        near = last is not None and months - last <= max(0.5, 0.02 * months)
        canon[months] = last if near and last is not None else months
    out: dict[int, float | None] = {}
    by_value: dict[int | None, set[float]] = {}
    for m in rows:
        if m.timepoint_months is not None:
            out[id(m)] = canon[m.timepoint_months]
            by_value.setdefault(_whole(m), set()).add(canon[m.timepoint_months])
    for m in rows:
        if m.timepoint_months is None:
            same = by_value.get(_whole(m), set())
            out[id(m)] = next(iter(same)) if len(same) == 1 else None
    return out


def _whole(m: Mention) -> int | None:
    share = _share(m)
    return None if share is None else math.floor(share + 0.5)


def _decimals(value: float) -> int:
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return len(text.partition(".")[2])


def _clusters(rows: list[Mention]) -> list[list[Mention]]:
    """Mentions of one value: exact ones by their rounding, approximate ones with the nearest."""
    exact = [m for m in rows if _share(m) is not None and "approximate" not in m.flags]
    rough = [m for m in rows if _share(m) is not None and "approximate" in m.flags]
    rest = [m for m in rows if _share(m) is None]
    out: list[list[Mention]] = []
    for m in sorted(exact, key=lambda m: (_share(m) or 0.0, _order(m))):
        if out and _same(out[-1], m):
            out[-1].append(m)
        else:
            out.append([m])
    for m in sorted(rough, key=lambda m: (_share(m) or 0.0, _order(m))):
        near = [
            c
            for c in out
            if abs((_share(c[0]) or 0.0) - (_share(m) or 0.0)) <= 2.0 and m.unit == "%"
        ]
        if near:
            min(near, key=lambda c: abs((_share(c[0]) or 0.0) - (_share(m) or 0.0))).append(m)
        elif out and _same(out[-1], m):
            out[-1].append(m)
        else:
            out.append([m])
    if rest:
        out.append(rest)
    return out


def _same(cluster: list[Mention], m: Mention) -> bool:
    """Whether a value is the cluster's value, written with more or fewer decimals."""
    value = _share(m) or 0.0
    for other in cluster:
        theirs = _share(other) or 0.0
        places = min(_decimals(value), _decimals(theirs))
        if m.unit != "%" or other.unit != "%":
            places = (
                0 if {m.unit, other.unit} & {"%", "patients"} and m.unit != other.unit else places
            )
        if abs(_round(value, places) - _round(theirs, places)) < 1e-9:
            return True
    return False


def _round(value: float, places: int) -> float:
    scale = 10.0**places
    return math.floor(value * scale + 0.5) / scale


def _rounded(cluster: list[Mention], digits: int) -> str | None:
    """The value as the id holds it: whole from 1 up, to one significant digit below, and to
    `digits` more; the most precise mention decides, so that a rounded one changes nothing."""
    exact = [m for m in cluster if "approximate" not in m.flags] or cluster
    shares = [s for s in map(_share, exact) if s is not None]
    if not shares:
        lows = sorted(
            (m.spread_low, m.spread_high or 0.0) for m in cluster if m.spread_low is not None
        )
        return f"{lows[0][0]:g}-{lows[0][1]:g}" if lows else None
    value = min(shares, key=lambda s: (-_decimals(s), s))
    if abs(value) >= 1:
        return f"{_round(value, digits):.{digits}f}"
    return f"{value:.{digits + 1}g}"
