"""Which names, registry numbers and DOIs are one trial's (union-find over what mentions state)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from community.results.adoption import own_key
from community.results.trials import trial_key
from community.types import Mention

_AUTHOR_YEAR = re.compile(r"0:([^\W\d]{3,30})((?:19|20)\d\d)")


def aliases(rows: list[Mention]) -> dict[str, str]:
    """From every name, registry number and DOI to one key per trial.

    The key is the alphabetically first of the names that the trial's numbers tie together; a DOI
    or number never names a trial that has a name. A further name ("Doe 2017") ties only where one
    trial has it, and an author without a year is the only author of that name with one.
    """
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    def tie(one: str, other: str) -> None:
        a, b = sorted((root(one), root(other)))
        parent[b] = a

    further: dict[str, set[str]] = {}
    for m in rows:
        told = list(_told(m))
        if told:
            root(told[0])
        for other in told[1:]:
            tie(told[0], other)
        for name in m.known_as if told else ():
            at = "@" if name.startswith("@") else "0"
            further.setdefault(f"{at}:{trial_key(name, None, None)}", set()).add(told[0])
    for name, trials in sorted(further.items()):
        named = {root(trial) for trial in trials if not root(trial).startswith("3:")}
        if len(named) == 1:
            for trial in sorted(trials):
                tie(next(iter(named)), trial)
            if "@" not in name:
                tie(name, next(iter(named)))
    _without_year(parent, tie)
    out = {key: root(key) for key in list(parent)}
    return out | {key: root(key) for key in (own_key(m) for m in rows) if key}


def _told(m: Mention) -> Iterator[str]:
    """Keys of what a mention calls its trial; a trial without a name of its own has one."""
    if "trial-unnamed" in m.flags:
        yield own_key(m)
        return
    for at, part in enumerate((m.trial, m.registration, m.doi)):
        if part:
            yield f"{at}:{trial_key(part, None, None)}"


def _without_year(parent: dict[str, str], tie: object) -> None:
    """Ties "Doe" to "Doe 2017" where no other Doe has a year."""
    years: dict[str, set[str]] = {}
    for key in parent:
        found = _AUTHOR_YEAR.fullmatch(key)
        if found:
            years.setdefault(f"0:{found[1]}", set()).add(key)
    for name, dated in years.items():
        if name in parent and len(dated) == 1 and callable(tie):
            tie(name, next(iter(dated)))
