"""Which arm a value belongs to, and with what it is compared."""

from __future__ import annotations

import re
from dataclasses import replace

from community.results.groups import Arm
from community.results.heads import Row
from community.types import Mention


def with_arms(text: str, rows: tuple[Row, ...], arms: tuple[Arm, ...]) -> tuple[Row, ...]:
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
        if row.endpoint.name == "follow-up" and name is None:
            out.append(row)
            continue
        if (row.head is not None and row.head.kind == "ratio") or _difference(text, row):
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


def compared(text: str, rows: tuple[Row, ...], before: tuple[str, ...] | None) -> tuple[Row, ...]:
    """Pairs of values of one endpoint: the arms that the sentence leaves out, and the shared p."""
    out = _in_order(text, list(rows), before)
    before = before if before is not None and len(before) == 2 else None
    for i in range(1, len(out)):
        a, b = out[i - 1], out[i]
        if a.hit != b.hit or a.head is None or b.head is None or a.head.kind == "ratio":
            continue
        if b.head.kind == "ratio":
            if b.arm is None and a.against and i > 1:
                out[i] = replace(b, arm=out[i - 2].arm, comparator=out[i - 2].comparator)
            continue
        gap = text[a.at.end : b.at.start]
        against = re.search(r"\b(?:vs?|versus|compared|than|against)\b", gap) is not None
        listed = before is not None and _AND.fullmatch(gap) is not None
        if not (against or listed or "respectively" in text[b.at.start :] or (a.arm and b.arm)):
            continue
        if a.arm and a.arm == b.arm and _VERSUS.search(gap):
            out[i] = b = _other(b, a.arm, before)
        third = i + 1 < len(out) and out[i + 1].hit == b.hit and out[i + 1].arm is None
        third = third and getattr(out[i + 1].head, "kind", "") != "ratio"
        if before and a.arm is None and b.arm is None and len(gap) < 40 and not third:
            out[i - 1] = a = replace(a, arm=before[0], comparator=before[1])
            out[i] = b = replace(b, arm=before[1], against=True)
        p = [q for q in b.attached if q.kind == "p"]
        if p and not any(q.kind == "p" for q in a.attached) and a.arm != b.arm:
            out[i - 1] = replace(a, attached=(*a.attached, *p))
    return tuple(out)


def _in_order(text: str, rows: list[Row], before: tuple[str, ...] | None) -> list[Row]:
    """Three values and more of one endpoint, "respectively" of as many arms named before."""
    many = len(before or ())
    for at in range(len(rows) - many + 1) if before and many > 2 else ():
        run = rows[at : at + many]
        alike = len({r.hit for r in run}) == 1 and not any(r.arm for r in run)
        if alike and "respectively" in text[run[-1].at.start :]:
            named = zip(run, before or (), strict=True)
            rows[at : at + many] = [replace(row, arm=name) for row, name in named]
    return rows


_AND = re.compile(r"\)?\sand\s")
_VERSUS = re.compile(r"\b(?:vs?|versus|against)\b")


def _other(row: Row, arm: str, before: tuple[str, ...] | None) -> Row:
    """The second of "54% v 41%" under the one arm that the sentence names: the other arm's."""
    pair = [name for name in before or () if name.lower() != arm.lower()]
    known = before is not None and len(pair) == 1
    return replace(row, arm=pair[0] if known else None, comparator=None, against=known)


def weighed(mentions: list[Mention]) -> list[Mention]:
    """Two arms' values of one endpoint side by side ("3 in the transplant group, 34 on drugs"): the
    arm that did better is favourable, the other unfavourable, whichever was treated.

    Left as they are: shares of which the better one already points the right way, values that moved
    from a baseline, and pairs told not to differ.
    """
    out = list(mentions)
    for i in range(1, len(out)):
        a, b = out[i - 1], out[i]
        same = (a.endpoint, a.unit, a.trial, a.post_id, a.subgroup) == (
            b.endpoint,
            b.unit,
            b.trial,
            b.post_id,
            b.subgroup,
        )
        if not same or not a.arm or not b.arm or a.arm.lower() == b.arm.lower():
            continue
        if a.value is None or b.value is None or a.value == b.value or a.unit not in _WEIGHED:
            continue
        if {a.direction, b.direction} != {"unfavourable"}:
            continue
        less = i - 1 if a.value < b.value else i
        out[less] = replace(out[less], direction="favourable")
    return out


_WEIGHED = ("patients", "%", "people", "cases", "events", "deaths", "relapses")


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
    alone = len({a.name.lower() for a in arms}) == 1 and arms[0].span.start < row.at.start
    return arms[0].name if alone else None
