"""Pictures of how good codes are: figures with intervals, reliability, accuracy against coverage.

Drawn like `community.charts`: SVG that may stand in a page, the page's own colour for letters and
lines, the same bytes for the same figures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure as Drawing

from community.charts import BAR, INK, WIDTH_INCHES, Caption, drawn, one_line, plain

_ROW_INCHES = 0.25
_PANEL_INCHES = 1.75
_FAINT = "#8a8f96"  # 3:1 on white and on near-black: lines that are not the message


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A figure with its interval where it has one, and what it stands on in words; `section` is a
    heading above the first of each section."""

    label: str
    value: float
    low: float | None
    high: float | None
    note: str
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A point of a curve, with the interval of its height where it has one."""

    x: float
    y: float
    low: float | None
    high: float | None
    posts: int


Panels = Sequence[tuple[str, Sequence[Point]]]


def dots(rows: Sequence[Dot], caption: Caption, axis: str) -> str:
    """Figures as points on one scale, with their intervals; empty where there are none."""
    return drawn(caption, lambda: _dots(rows, axis)) if rows else ""


def reliability(panels: Panels, caption: Caption) -> str:
    """For each code the share of posts that have it against the probability given; on the diagonal
    a probability means what it says. Empty where there are no panels."""
    return drawn(caption, lambda: _grid(panels, 4, _reliable)) if panels else ""


def reach(panels: Panels, caption: Caption) -> str:
    """For each code the accuracy on what is decided against its share of all; empty where there are
    no panels."""
    return drawn(caption, lambda: _grid(panels, 3, _reaching)) if panels else ""


# ---- drawing ----------------------------------------------------------------------------------


def _dots(rows: Sequence[Dot], axis: str) -> Any:
    places: list[float] = []
    heads: list[tuple[float, str]] = []
    at, section = 0.0, ""
    for row in rows:
        if row.section != section:
            at += 0.4 if places else 0.0
            heads.append((at, row.section))
            at, section = at + 1.0, row.section
        places.append(at)
        at += 1.0
    height = 0.6 + _ROW_INCHES * at
    figure = Drawing(figsize=(WIDTH_INCHES, height), layout="constrained")
    axes = figure.add_subplot()
    lowest = min([0.0, *(row.low if row.low is not None else row.value for row in rows)])
    for place, row in zip(places, rows, strict=True):
        if row.low is not None and row.high is not None:
            axes.plot([row.low, row.high], [place, place], color=BAR, linewidth=2.6, alpha=0.55,
                      solid_capstyle="butt")  # fmt: skip
        axes.plot([row.value], [place], "o", markersize=5, color=BAR, markeredgewidth=0,
                  clip_on=False, zorder=3)  # fmt: skip
        axes.annotate(row.note, (1.02, place), annotation_clip=False, va="center", fontsize=8)
    _headed(axes, heads, places, [one_line(row.label) for row in rows])
    axes.set_ylim(at - 0.4, -0.6)
    axes.set_xlim(min(0.0, lowest) - (0.02 if lowest < 0 else 0), 1.0)
    axes.set_xlabel(axis)
    axes.grid(axis="x", color=_FAINT, linewidth=0.5, alpha=0.45)
    axes.set_axisbelow(True)
    plain(axes)
    return figure


def _headed(
    axes: Any, heads: Sequence[tuple[float, str]], places: Sequence[float], labels: Sequence[str]
) -> None:
    """Names of rows beside the axis, those of sections in bold."""
    named = [(at, one_line(head), True) for at, head in heads if head]
    named += [(at, label, False) for at, label in zip(places, labels, strict=True)]
    axes.set_yticks([at for at, _, _ in named], [text for _, text, _ in named])
    for tick, (_, _, head) in zip(axes.get_yticklabels(), named, strict=True):
        if head:
            tick.set_fontweight("bold")


def _grid(panels: Panels, across: int, draw: Callable[[Any, Sequence[Point]], None]) -> Any:
    """Small panels side by side, with the same scales."""
    rows = -(-len(panels) // across)
    height = _PANEL_INCHES * rows * 4 / across + 0.35
    figure = Drawing(figsize=(WIDTH_INCHES, height), layout="constrained")
    axes = figure.subplots(rows, across, sharex=True, sharey=True, squeeze=False).ravel()
    for one in axes[len(panels) :]:
        one.set_axis_off()
    for number, (one, (title, points)) in enumerate(zip(axes, panels, strict=False)):
        draw(one, points)
        one.set_title(one_line(title), fontsize=8.5)
        plain(one)
        if number + across >= len(panels):  # the last of its column
            one.tick_params(labelbottom=True)
    figure.supxlabel(_NAMES[draw.__name__][0], fontsize=9)
    figure.supylabel(_NAMES[draw.__name__][1], fontsize=9)
    return figure


_NAMES = {
    "_reliable": ("probability that the coder gave", "share of posts that have the code"),
    "_reaching": ("share decided (coverage)", "accuracy on what is decided"),
}


def _reliable(axes: Any, points: Sequence[Point]) -> None:
    axes.plot([0, 1], [0, 1], color=_FAINT, linewidth=0.8, linestyle=(0, (4, 3)))
    for point in points:
        if point.low is not None and point.high is not None:
            axes.plot([point.x, point.x], [point.low, point.high], color=BAR, linewidth=1.2,
                      alpha=0.55)  # fmt: skip
    axes.plot([p.x for p in points], [p.y for p in points], "o", markersize=3.6, color=BAR,
              markeredgewidth=0)  # fmt: skip
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(-0.03, 1.03)
    axes.set_xticks([0, 0.5, 1], ["0", ".5", "1"])
    axes.set_yticks([0, 0.5, 1], ["0", ".5", "1"])
    axes.set_aspect("equal")


def _reaching(axes: Any, points: Sequence[Point]) -> None:
    held = [p for p in points if p.low is not None and p.high is not None]
    axes.fill_between([p.x for p in held], [p.low for p in held], [p.high for p in held],
                      color=BAR, alpha=0.25, linewidth=0)  # fmt: skip
    axes.plot([p.x for p in points], [p.y for p in points], "o-", markersize=3, linewidth=1.4,
              color=BAR, markeredgewidth=0)  # fmt: skip
    axes.axhline(points[0].y, color=INK, linewidth=0.5, linestyle=(0, (1, 3)))
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(0, 1.03)
    axes.set_xticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
    axes.grid(color=_FAINT, linewidth=0.4, alpha=0.4)
