"""The claims ledger as the report shows it: by trial and by versions of one result, with the posts
that speak to each claim, trial or intervention."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from community.contracts import Snapshot
from community.exporters._csv_rows import cell
from community.exporters._report_posts import Values, values
from community.ids import stable_id
from community.summaries import RELATIONS, best_mentions
from community.tables import TABLES, Column

_EXAMPLES = 12  # posts shown per target and relation; all stand in links.csv
_MENTIONS = 10  # places shown per claim; all stand in claims.csv
MAX_CLAIMS = 500
_NUMBER = Column("value", "number", "")


@dataclass(slots=True)
class Target:
    """What posts speak to, and who says what: counts of posts and some posts per relation."""

    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    inherited: int = 0
    examples: dict[str, list[Values]] = field(default_factory=lambda: defaultdict(list))

    def relations(self) -> list[tuple[str, int, list[Values]]]:
        """Relations that occur, in publication order."""
        return [(r, self.counts[r], self.examples[r]) for r in RELATIONS if r in self.counts]

    def posts(self) -> int:
        """Posts and relations: a post that questions and asks counts in both."""
        return sum(self.counts.values())

    def add(self, link: Values) -> None:
        """Counts a link; of a relation, posts whose own words name the target stand first."""
        relation = link["relation"]
        self.counts[relation] += 1
        self.inherited += bool(link["hops"])
        kept = self.examples[relation]
        kept.append(link)
        if len(kept) > _EXAMPLES:
            last = max(range(len(kept)), key=lambda i: (kept[i]["hops"], i))
            del kept[last]


def targets(snapshot: Snapshot) -> dict[str, Target]:
    """Everything that posts speak to, by `refers_to`; a post counts once per relation."""
    found: dict[str, Target] = defaultdict(Target)
    post, seen = None, set[tuple[str, str]]()
    for link in values(snapshot, "links"):
        if link["post_id"] != post:
            post, seen = link["post_id"], set()
        key = (link["refers_to"], link["relation"])
        if key not in seen:
            seen.add(key)
            found[link["refers_to"]].add(link)
    return found


def number(value: object) -> str:
    """A number as it stands in the tables, with a true minus sign."""
    return cell(_NUMBER, value).replace("-", "−")


def result(claim: Values) -> str:
    """A claim's value in words: estimate, unit, interval, count."""
    if claim["value"] is None:
        return "stated in words"
    unit = claim["unit"] or ""
    text = f"{number(claim['value'])} {unit}".strip()
    counted = claim["denominator"] is not None and claim["numerator"] is not None
    if counted and claim["value"] == claim["numerator"]:
        text, counted = f"{claim['numerator']} of {claim['denominator']} {unit}".strip(), False
    if claim["ci_low"] is not None and claim["ci_high"] is not None:
        level = f"{number(claim['ci_level'])} % " if claim["ci_level"] is not None else ""
        text += f" ({level}CI {number(claim['ci_low'])} to {number(claim['ci_high'])})"
    if claim["spread_kind"] and claim["spread_low"] is not None:
        high = f" to {number(claim['spread_high'])}" if claim["spread_high"] is not None else ""
        text += f" ({claim['spread_kind']} {number(claim['spread_low'])}{high})"
    if counted:
        text += f", {claim['numerator']} of {claim['denominator']}"
    return text


def name(claim: Values) -> str:
    """What a claim is called where there is one line for it: the value first."""
    words = [number(claim["value"]), claim["unit"]] if claim["value"] is not None else []
    words += ["at", claim["timepoint"]] if claim["timepoint"] else []
    estimate = " ".join(word for word in words if word)
    trial = f" ({claim['trial']})" if claim["trial"] else ""
    return f"{estimate}{', ' if estimate else ''}{claim['endpoint']}{trial}"


@dataclass(frozen=True, slots=True)
class Ledger:
    """Claims by trial, what they are called, and what is spoken to beside them."""

    trials: list[dict[str, Any]]
    interventions: list[tuple[str, Target]]
    names: dict[str, str]
    claims: int
    spoken: list[tuple[str, dict[str, int]]]
    targets: Mapping[str, Target]
    anchored: frozenset[str]


def _mentions(snapshot: Snapshot) -> tuple[dict[str, list[Values]], dict[str, int]]:
    kept: dict[str, list[Values]] = defaultdict(list)
    counts: dict[str, int] = defaultdict(int)
    for row in values(snapshot, "claims"):
        counts[row["claim_id"]] += 1
        if len(kept[row["claim_id"]]) < _MENTIONS:
            kept[row["claim_id"]].append(row)
    return kept, counts


def _claims(snapshot: Snapshot, spoken: dict[str, Target]) -> Iterator[Values]:
    names = TABLES["claims"].names()
    mentions, counts = _mentions(snapshot)
    for claim_id, row in best_mentions(snapshot).items():
        claim = dict(zip(names, row, strict=True))
        yield claim | {
            "result": result(claim),
            "anchor": anchor(f"claim:{claim_id}"),
            "target": spoken.get(f"claim:{claim_id}"),
            "mentions": mentions[claim_id],
            "mention_count": counts[claim_id],
            "flag_list": (claim["flags"] or "").split(";") if claim["flags"] else [],
        }


def anchor(refers_to: str) -> str:
    """The id, in the page, of what a link refers to."""
    return f"to-{stable_id(refers_to)}"


def _by_trial(claims: Iterable[Values], spoken: dict[str, Target]) -> list[dict[str, Any]]:
    """Trials with their claims by version group: those that most is said to first, unnamed last."""
    grouped: dict[str, dict[str, list[Values]]] = {}
    for claim in claims:
        groups = grouped.setdefault(claim["trial"] or "", {})
        groups.setdefault(claim["version_group"] or claim["claim_id"], []).append(claim)
    for key in spoken:
        level, _, trial = key.partition(":")
        if level == "trial":
            grouped.setdefault(trial, {})  # one that is spoken of has its place, claims or not
    trials = [
        {
            "trial": trial,
            "anchor": anchor(f"trial:{trial}"),
            "groups": list(groups.values()),
            "target": spoken.get(f"trial:{trial}") if trial else None,
        }
        for trial, groups in grouped.items()
    ]
    return sorted(trials, key=lambda trial: (not trial["trial"], -_posts_about(trial)))


def _posts_about(trial: Mapping[str, Any]) -> int:
    """How often posts speak to a trial or its claims."""
    every = [trial["target"], *(c["target"] for group in trial["groups"] for c in group)]
    return sum(target.posts() for target in every if target)


def ledger(snapshot: Snapshot) -> Ledger:
    """The study's claims and what is said to them."""
    spoken = targets(snapshot)
    claims = list(_claims(snapshot, spoken))
    names = {f"claim:{claim['claim_id']}": name(claim) for claim in claims}
    for key in spoken:
        level, _, rest = key.partition(":")
        names.setdefault(key, f"{level} {rest}" if level != "claim" else "a claim")
    here = {f"claim:{claim['claim_id']}" for claim in claims[:MAX_CLAIMS]}
    here |= {key for key in spoken if not key.startswith("claim:")}
    loud = [(names[f"claim:{c['claim_id']}"], c["target"]) for c in claims if c["target"]]
    loud.sort(key=lambda pair: -pair[1].posts())
    return Ledger(
        trials=_by_trial(claims[:MAX_CLAIMS], spoken),
        interventions=[
            (key.partition(":")[2], target)
            for key, target in spoken.items()
            if key.startswith("intervention:")
        ],
        names=names,
        claims=len(claims),
        spoken=[(called, dict(target.counts)) for called, target in loud],
        targets=spoken,
        anchored=frozenset(here),
    )
