"""Result tables of a registry's record as ready mentions, each with a line of the text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from community.html.markup import TextBuilder
from community.readers import _trial_events
from community.readers import _trial_values as figures
from community.records import values
from community.types import Direction, Mention, Span

_MOST = 5000  # mentions of one study
_CONTROL = re.compile(
    r"(?i)\b(?:placebo|sham|control|standard|usual care|comparator|no treatment)\b"
)
_PEOPLE = re.compile(r"(?i)^(?:participants?|patients?|subjects?)$")


@dataclass(slots=True)
class Writer:
    """Writes a line into the text for each mention; `common` is what all of them share."""

    builder: TextBuilder
    common: Mapping[str, Any]
    made: list[Mention] = field(default_factory=list)
    left_out: int = 0

    def write(self, pieces: tuple[str | None, ...], **fields: Any) -> None:
        """A mention whose line is `pieces`, set apart by bars."""
        if len(self.made) >= _MOST:
            self.left_out += 1
            return
        line = " | ".join(values.line(piece) for piece in pieces if piece)
        span = self.builder.add_text(line) or Span(0, 0)
        self.made.append(Mention(span=span, score=1.0, **{**self.common, **fields}))


def mentions(
    study: Mapping[str, Any], builder: TextBuilder, common: Mapping[str, Any]
) -> tuple[tuple[Mention, ...], list[str]]:
    """The results of a study's record, and what of them was left out.

    Args:
        study: the record.
        builder: the document's text so far; a line is added for each mention.
        common: fields that all mentions share.
    """
    writer = Writer(builder, common)
    results = study.get("resultsSection")
    section = results if isinstance(results, dict) else {}
    module = section.get("outcomeMeasuresModule")
    for outcome in values.children(module, "outcomeMeasures"):
        if isinstance(outcome, dict):
            _outcome(outcome, writer)
    events = section.get("adverseEventsModule")
    if isinstance(events, dict):
        _trial_events.write(events, writer)
    told = [f"{writer.left_out} results left out: more than {_MOST}"] if writer.left_out else []
    return tuple(writer.made), told


def groups(listed: list[Any]) -> dict[str, str]:
    """Titles of arms by their ids."""
    return {
        values.line(g.get("id")): values.line(g.get("title"))
        for g in listed
        if isinstance(g, dict) and values.line(g.get("id"))
    }


@dataclass(frozen=True, slots=True)
class _Table:
    """What all figures of an outcome share."""

    title: str
    arms: Mapping[str, str]
    unit: str | None
    kind: str
    dispersion: str
    frame: str
    numbers: Mapping[str, int]
    p_values: Mapping[str, str]  # of an analysis that gives nothing else, by arm


def _outcome(outcome: dict[str, Any], writer: Writer) -> None:
    title = values.line(outcome.get("title"))
    if not title:
        return
    listed = [c for c in values.children(outcome, "classes") if isinstance(c, dict)]
    analyses = [a for a in values.children(outcome, "analyses") if isinstance(a, dict)]
    single = len(listed) == 1 and len(values.children(listed[0], "categories")) == 1
    table = _Table(
        title=title,
        arms=groups(values.children(outcome, "groups")),
        unit=figures.unit(values.line(outcome.get("unitOfMeasure"))),
        kind=values.line(outcome.get("paramType")),
        dispersion=values.line(outcome.get("dispersionType")),
        frame=values.line(outcome.get("timeFrame")),
        numbers=_numbers(outcome),
        p_values=_bare_p(analyses) if single else {},
    )
    for one in listed:
        numbers = _numbers(one) or table.numbers
        for category in values.children(one, "categories"):
            if isinstance(category, dict):
                names = (values.line(one.get("title")), values.line(category.get("title")))
                for cell in values.children(category, "measurements"):
                    if isinstance(cell, dict):
                        _figure(cell, names, replace(table, numbers=numbers), writer)
    for analysis in analyses:
        _analysis(analysis, table, writer)


def _numbers(holder: dict[str, Any]) -> dict[str, int]:
    """Participants analysed, by arm."""
    for denominator in values.children(holder, "denoms"):
        if isinstance(denominator, dict) and _PEOPLE.match(values.line(denominator.get("units"))):
            counts = [c for c in values.children(denominator, "counts") if isinstance(c, dict)]
            found = {values.line(c.get("groupId")): figures.whole(c.get("value")) for c in counts}
            return {key: n for key, n in found.items() if n is not None}
    return {}


def _bare_p(analyses: list[dict[str, Any]]) -> dict[str, str]:
    """p values of analyses without an estimate, by arm; of an arm in several of them, none."""
    found: dict[str, set[str]] = {}
    for analysis in analyses:
        p = _p(analysis)
        if p and figures.number(analysis.get("paramValue")) is None:
            for group in values.children(analysis, "groupIds"):
                found.setdefault(values.line(group), set()).add(p)
    return {group: next(iter(told)) for group, told in found.items() if len(told) == 1}


def _figure(cell: dict[str, Any], names: tuple[str, str], table: _Table, writer: Writer) -> None:
    value = figures.number(cell.get("value"))
    told = figures.spread(table.dispersion, cell)
    if value is None and not told:
        return
    group = values.line(cell.get("groupId"))
    n, arm = table.numbers.get(group), table.arms.get(group)
    timepoint, months, parts = _placed(names, table.frame)
    title = ": ".join((table.title, *parts))
    endpoint = figures.endpoint(title)
    kind = figures.measure(table.kind, table.unit)
    count = figures.whole(cell.get("value")) if kind == "count" else None
    unit = f" {table.unit}" if table.unit and table.unit != "%" else table.unit or ""
    spread = figures.shown(table.dispersion, told, cell)
    shown = f"{'' if value is None else f'{value:g}{unit}'}{f' ({spread})' if spread else ''}"
    writer.write(
        (title, arm, shown.strip(), f"n = {n}" if n is not None else None, table.frame),
        endpoint=endpoint.name,
        measure=kind,
        value=value,
        unit=table.unit,
        n=n,
        numerator=count,
        denominator=n if count is not None and n else None,
        arm=arm,
        intervention=arm,
        timepoint=timepoint,
        timepoint_months=months,
        followup=None if timepoint else figures.kept(table.frame),
        p_value=table.p_values.get(group),
        direction=figures.points(endpoint, value),
        **told,
    )


def _placed(names: tuple[str, str], frame: str) -> tuple[str | None, float | None, tuple[str, ...]]:
    """The point in time of a figure, and the names of its row that are no times."""
    parts = tuple(name for name in names if name)
    for name in parts:
        timepoint, months = figures.time(name)
        if timepoint and len(name) <= 40:
            return timepoint, months, tuple(part for part in parts if part != name)
    return (*figures.time(frame), parts)


def _analysis(analysis: dict[str, Any], table: _Table, writer: Writer) -> None:
    """An estimate that sets arms against each other."""
    value = figures.number(analysis.get("paramValue"))
    if value is None:
        return
    names = [table.arms.get(values.line(g), "") for g in values.children(analysis, "groupIds")]
    treated, control = _sides([name for name in names if name])
    kind = figures.ratio(values.line(analysis.get("paramType")))
    level = figures.number(analysis.get("ciPctValue"))
    low = figures.number(analysis.get("ciLowerLimit"))
    high = figures.number(analysis.get("ciUpperLimit"))
    interval: dict[str, Any] = {}
    if low is not None and high is not None:
        interval = {"ci_low": low, "ci_high": high, "ci_level": level}
    p = _p(analysis)
    timepoint, months = figures.time(table.frame)
    spread = figures.shown("", interval, {})
    sides = " versus ".join(part for part in (treated, control) if part)
    endpoint = figures.endpoint(table.title)
    writer.write(
        (table.title, sides, f"{kind} {value:g}{f' ({spread})' if spread else ''}",
         f"p {p if p[:1] in '<>≤≥' else f'= {p}'}" if p else None, table.frame),
        endpoint=endpoint.name,
        measure=kind,
        value=value,
        unit=None if "ratio" in kind else table.unit,
        n=sum(table.numbers.values()) if set(names) == set(table.arms.values()) else None,
        intervention=treated,
        comparator=control,
        timepoint=timepoint,
        timepoint_months=months,
        followup=None if timepoint else figures.kept(table.frame),
        p_value=p,
        direction=_compared(value, interval, p, kind),
        **interval,
    )  # fmt: skip


def _sides(names: list[str]) -> tuple[str | None, str | None]:
    """The arm of the treatment and the one it is set against; (name, None) for one arm."""
    if len(names) != 2:
        return (", ".join(names) or None), None
    if _CONTROL.search(names[0]) and not _CONTROL.search(names[1]):
        names = names[::-1]
    return names[0], names[1]


def _compared(
    value: float, interval: Mapping[str, float], p: str | None, kind: str
) -> Direction | None:
    """No difference where the interval holds none, or p says so; else the table does not tell
    which way is good for whom."""
    none = 1.0 if "ratio" in kind else 0.0
    if interval and interval["ci_low"] <= none <= interval["ci_high"]:
        return "neutral"
    bare = re.fullmatch(r"[>≥]?\s?(0?\.\d+|1(?:\.0*)?)", p or "")
    return "neutral" if bare and float(bare[1]) >= 0.05 else None


def _p(analysis: dict[str, Any]) -> str | None:
    told = values.line(analysis.get("pValue")).removeprefix("=").replace(" ", "")
    return (
        told if re.fullmatch(r"[<>≤≥]?=?\d?\.?\d{0,12}", told) and re.search(r"\d", told) else None
    )
