"""What people ask, as the report shows it: first the questions that a thread leaves open, by what
they ask about, then those that somebody answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from community.contracts import Snapshot
from community.exporters._report_posts import Values, values

_OPEN = 120  # open questions shown; all stand in questions.csv
_ANSWERED = 60
_ROLES = ("patient", "carer", "professional", "unknown")


@dataclass(frozen=True, slots=True)
class Group:
    """Open questions about one thing: what `refers_to` says, what it is called, and the rows."""

    refers_to: str | None
    name: str
    rows: list[Values]


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of a study: how many there are, are open, and are open but told by a reported
    result; who answered; and those that are shown."""

    total: int
    open: int
    told: int
    answerers: list[tuple[str, int]]
    groups: list[Group]
    answered: list[Values]

    def posts(self) -> set[str]:
        """Posts that are cited: who asks, and who answers."""
        shown = [row for group in self.groups for row in group.rows] + self.answered
        cited = {row["post_id"] for row in shown}
        return cited | {row["answered_by"] for row in shown if row["answered_by"]}

    def shown(self) -> int:
        """Open questions that are shown."""
        return sum(len(group.rows) for group in self.groups)


def questions(snapshot: Snapshot, names: Mapping[str, str]) -> Questions:
    """The questions of a study.

    Args:
        snapshot: the study.
        names: what to call what questions ask about, by `refers_to`.
    """
    total, told = 0, 0
    unanswered: list[Values] = []
    answered: list[Values] = []
    answerers: Counter[str] = Counter()
    left_open = 0
    for row in values(snapshot, "questions"):
        total += 1
        if row["answered_by"] is None:
            left_open += 1
            told += row["ledger_claim_id"] is not None
            if len(unanswered) < _OPEN:
                unanswered.append(row)
            continue
        answerers[row["answerer_role"] or "unknown"] += 1
        if len(answered) < _ANSWERED:
            answered.append(row)
    return Questions(
        total=total,
        open=left_open,
        told=told,
        answerers=[(role, answerers[role]) for role in _ROLES if answerers[role]],
        groups=_groups(unanswered, names),
        answered=answered,
    )


def _groups(rows: Iterable[Values], names: Mapping[str, str]) -> list[Group]:
    """Questions by what they ask about: what most ask about first, what is not known last."""
    by_target: dict[str | None, list[Values]] = {}
    for row in rows:
        by_target.setdefault(row["refers_to"], []).append(row)
    ordered = sorted(by_target.items(), key=lambda item: (item[0] is None, -len(item[1])))
    return [Group(t, names.get(t or "") or _plain(t), listed) for t, listed in ordered]


def _plain(target: str | None) -> str:
    """What a target without a name in the ledger is called."""
    if target is None:
        return "Not about a result that was named"
    level, _, rest = target.partition(":")
    return "a claim" if level == "claim" else f"{level} {rest}"
