"""Adverse events of a registry's record: deaths, totals by arm, and terms that anyone had."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from community.readers import _trial_values as figures
from community.records import values

_TOTALS = (
    ("deaths", "mortality", "All-cause mortality"),
    ("serious", "serious adverse events", "Serious adverse events, any"),
    ("other", "adverse events", "Other adverse events, any"),
)
_LISTS = (("seriousEvents", "serious"), ("otherEvents", "not serious"))


class Writer(Protocol):
    """Takes a mention and its line."""

    def write(self, pieces: tuple[str | None, ...], **fields: Any) -> None: ...


def write(events: Mapping[str, Any], writer: Writer) -> None:
    """Writes the events of all arms; a term that no one had is left out."""
    frame = values.line(events.get("timeFrame"))
    arms: dict[str, str] = {}
    for group in values.children(events, "eventGroups"):
        if not isinstance(group, dict):
            continue
        name = values.line(group.get("title"))
        arms[values.line(group.get("id"))] = name
        for prefix, endpoint, title in _TOTALS:
            counts = (group.get(f"{prefix}NumAffected"), group.get(f"{prefix}NumAtRisk"))
            _count(writer, (title, name, frame), endpoint, counts)
    for listed, kind in _LISTS:
        for event in values.children(dict(events), listed):
            if isinstance(event, dict) and values.line(event.get("term")):
                _event(event, kind, arms, frame, writer)


def _event(
    event: dict[str, Any], kind: str, arms: Mapping[str, str], frame: str, writer: Writer
) -> None:
    stats = [s for s in values.children(event, "stats") if isinstance(s, dict)]
    if not any(figures.whole(s.get("numAffected")) for s in stats):
        return
    term = values.line(event.get("term"))
    endpoint = figures.endpoint(term).name
    serious = kind == "serious"
    for stat in stats:
        arm = arms.get(values.line(stat.get("groupId")), "")
        counts = (stat.get("numAffected"), stat.get("numAtRisk"))
        name = f"serious {endpoint}" if serious and "serious" not in endpoint else endpoint
        _count(writer, (f"Adverse event ({kind}): {term}", arm, frame), name, counts)


def _count(
    writer: Writer, words: tuple[str, str, str], endpoint: str, counts: tuple[Any, Any]
) -> None:
    affected, at_risk = figures.whole(counts[0]), figures.whole(counts[1])
    if affected is None or not at_risk:
        return
    title, arm, frame = words
    timepoint, months = figures.time(frame)
    writer.write(
        (title, arm, f"{affected} of {at_risk} patients", frame),
        endpoint=endpoint,
        measure="count",
        value=float(affected),
        unit="patients",
        n=at_risk,
        numerator=affected,
        denominator=at_risk,
        arm=arm or None,
        intervention=arm or None,
        timepoint=timepoint,
        timepoint_months=months,
        followup=None if timepoint else figures.kept(frame),
        direction="unfavourable" if affected else "favourable",
    )
