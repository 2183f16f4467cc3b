"""Which trial a result without one belongs to: the trial whose results it repeats."""

from __future__ import annotations

import math

from community.results.trials import trial_key
from community.types import Mention


def own_key(m: Mention) -> str:
    """The key of what a mention calls its trial; "" where it names none. "A pilot study" is one
    only within its document."""
    if "trial-unnamed" in m.flags:
        return f"3:{m.document_id}:{trial_key(m.trial, None, None)}"
    for at, part in enumerate((m.trial, m.registration, m.doi)):
        if part:
            return f"{at}:{trial_key(part, None, None)}"
    return ""


_Result = tuple[str, str | None, float | None]


def _results(m: Mention) -> tuple[_Result, ...]:
    """A valued result without its trial, as exact as written and rounded."""
    if m.value is None or m.subgroup or m.endpoint in _COMMON:
        return ()
    return tuple(
        {(m.endpoint, m.unit, value) for value in (m.value, float(math.floor(m.value + 0.5)))}
    )


_COMMON = ("follow-up", "participants treated")


def adopted(rows: list[Mention]) -> dict[Mention, str]:
    """For mentions without a trial, or of a document that lends its study its own title: the key of
    the trial whose results they repeat. The mentions stay as they are; they join its claims.

    A poster's mention needs one result of one trial; a document needs two, or one that agrees in
    its number of participants. What several trials report tells nothing.
    """
    of_result: dict[_Result, set[tuple[str, int | None]]] = {}
    groups: dict[tuple[str, str | None], list[Mention]] = {}
    for m in rows:
        if m.trial is None or "trial-from-title" in m.flags:
            groups.setdefault((m.document_id, m.post_id), []).append(m)
            continue
        for result in _results(m):
            of_result.setdefault(result, set()).add((own_key(m), m.n))
    out: dict[Mention, str] = {}
    for (_, post), members in groups.items():
        trial = _repeated(members, of_result, 1 if post else 2)
        if trial is not None:
            out.update(dict.fromkeys(members, trial))
    return out


def _repeated(
    members: list[Mention],
    of_result: dict[_Result, set[tuple[str, int | None]]],
    enough: int,
) -> str | None:
    """The one trial that `members` repeat at least `enough` results of, else None."""
    votes: dict[str, int] = {}
    for m in members:
        told = [t for result in _results(m) for t in of_result.get(result, ())]
        names = {t[0] for t in told}
        if len(names) == 1:
            same_n = m.n is not None and any(t[1] == m.n for t in told)
            name = next(iter(names))
            votes[name] = votes.get(name, 0) + (enough if same_n else 1)
    best = [name for name, count in votes.items() if count >= enough]
    return best[0] if len(best) == 1 else None
