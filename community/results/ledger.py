"""The ledger: mentions of one result, wherever they stand, become one claim.

Same trial, endpoint, part of the participants and compatible time point and value: one claim.
Results at other times are other claims of the same version group. An id is made from what the
result is (trial, endpoint, part, time, rounded value), never from where or in which words it
stands, so that another run, another wording or another document leaves it as it was.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import replace

from community.ids import stable_id
from community.results.adoption import adopted, own_key
from community.results.trials import trial_key
from community.types import Claim, Ledger, Mention

_Slot = tuple[str, str, str, str]


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


def merge(mentions: Iterable[Mention]) -> Ledger:
    """The claims that the mentions state, in order of trial, endpoint, part, time and value.

    O(n log n). Contradictions (one trial, endpoint, part and time, other values) are flagged
    ``contradicted``; both sides stay.
    """
    rows = sorted(set(mentions), key=_order)
    keys, taken = _aliases(rows), adopted(rows)
    slots: dict[_Slot, list[Mention]] = {}
    for row in rows:
        slots.setdefault(_slot(row, keys, taken.get(row)), []).append(row)
    claims: dict[str, Claim] = {}
    for slot in sorted(slots):
        for claim in _claims(slot, slots[slot]):
            if claim.id in claims:
                both = claims[claim.id]
                joined = tuple(sorted({*both.mentions, *claim.mentions}, key=_order))
                claim = replace(both, mentions=joined)
            claims[claim.id] = claim
    return Ledger(claims=tuple(claims.values()))


def _order(m: Mention) -> tuple[object, ...]:
    return (m.document_id, m.span.start, m.span.end, m.endpoint, mention_id(m))


def _aliases(rows: list[Mention]) -> dict[str, str]:
    """From every name, registry number and DOI to one key per trial (union-find).

    The key is the alphabetically first of the names that the trial's numbers tie together; a DOI
    or number never names a trial that has a name.
    """
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for m in rows:
        told = [
            f"{at}:{trial_key(part, None, None)}"
            for at, part in enumerate((m.trial, m.registration, m.doi))
            if part
        ]
        for other in told[1:]:
            a, b = sorted((root(told[0]), root(other)))
            parent[b] = a
    return {key: root(key) for key in list(parent)} | {
        key: root(key) for key in (own_key(m) for m in rows) if key
    }


def _slot(m: Mention, keys: dict[str, str], taken: str | None = None) -> _Slot:
    """What must be the same: trial, endpoint, part of the participants, kind of estimate."""
    own = taken or own_key(m)
    # Without a trial, results of different documents cannot be told to be one.
    trial = keys.get(own, own) if own else f"document:{m.document_id}"
    return trial, _plain(m.endpoint), _part(m), _scale(m)


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


def _part(m: Mention) -> str:
    return "|".join(_plain(words) for words in (m.subgroup, m.arm))


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


def _claims(slot: _Slot, rows: list[Mention]) -> list[Claim]:
    times = _times(rows)
    groups: dict[tuple[float | None, str], list[Mention]] = {}
    for m in rows:
        groups.setdefault((times[id(m)], _way(m)), []).append(m)
    version = stable_id("version", *slot[:3])
    out = []
    for (months, way), members in sorted(groups.items(), key=lambda g: (str(g[0][0]), g[0][1])):
        clusters = _clusters(members)
        valued = [c for c in clusters if _share(c[0]) is not None]
        for cluster in clusters:
            flags = {flag for m in cluster for flag in m.flags if flag == "arithmetic"}
            if len(valued) > 1 and slot[3] != "words":
                flags.add("contradicted")
            when = None if months is None else f"{months:.0f}"
            out.append(
                Claim(
                    id=stable_id("claim", *slot, when, way, _rounded(cluster)),
                    version_group=version,
                    mentions=tuple(sorted(cluster, key=_order)),
                    flags=tuple(sorted(flags)),
                )
            )
    return out


def _way(m: Mention) -> str:
    """Results in words are told apart by where they point, valued ones by their value."""
    if m.value is not None or m.spread_low is not None:
        return ""
    return m.direction or ""


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


def _rounded(cluster: list[Mention]) -> str | None:
    """The value as the id holds it: whole from 10 up, two significant digits below; the most
    precise mention decides, so that a rounded one changes nothing."""
    exact = [m for m in cluster if "approximate" not in m.flags] or cluster
    shares = [s for s in map(_share, exact) if s is not None]
    if not shares:
        lows = sorted(
            (m.spread_low, m.spread_high or 0.0) for m in cluster if m.spread_low is not None
        )
        return f"{lows[0][0]:g}-{lows[0][1]:g}" if lows else None
    value = min(shares, key=lambda s: (-_decimals(s), s))
    if abs(value) >= 10:
        return f"{_round(value, 0):.0f}"
    return f"{value:.2g}"
