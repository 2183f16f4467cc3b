"""Charts as SVG to stand inside a page: matplotlib draws, nothing is fetched, no script runs.

Every chart is one ``<svg role="img">`` with a title and a description, its own ids, text as text,
and the page's own colour for lines and letters, so that it follows a dark page. The same figures
give the same bytes.
"""

from __future__ import annotations

import html
import io
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib
from matplotlib.figure import Figure

INK = "#010203"  # stands for the page's colour until the SVG is written
BAR = "#4a80ad"  # 4:1 on white, 4:1 on near-black
_LABEL_CHARACTERS = 46
WIDTH_INCHES = 6.6
_ROW_INCHES = 0.27
# One hue for agreement, one for disagreement, greys for the rest; every segment has its number too.
RELATION_COLOURS = {
    "supports": "#2f6f9f",
    "experience-for": "#7fb0d3",
    "questions": "#b98a2c",
    "asks": "#d9c48a",
    "experience-against": "#d98f77",
    "disputes": "#b2503a",
    "mentions": "#9aa0a6",
}
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.parse_math": False,  # a $ in a label is a $
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A share with its interval (shares of 1), and the counts behind it in words.

    `section` is a heading above the first bar of each section.
    """

    label: str
    share: float
    low: float
    high: float
    counts: str
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What a chart is called, what it shows, and the prefix that keeps its ids apart."""

    key: str
    title: str
    about: str


def shares(bars: Sequence[Bar], caption: Caption) -> str:
    """Horizontal bars with intervals, headed by their sections; empty where there are no bars."""
    return drawn(caption, lambda: _shares(bars)) if bars else ""


def stacks(rows: Sequence[tuple[str, Mapping[str, int]]], caption: Caption) -> str:
    """Posts per claim, stacked by relation; empty where nobody speaks to any."""
    return drawn(caption, lambda: _stacks(rows)) if rows else ""


def months(counts: Mapping[str, int], caption: Caption) -> str:
    """Posts per month (keys ``YYYY-MM``), empty months included; empty for fewer than two."""
    return drawn(caption, lambda: _months(_every_month(counts))) if len(counts) > 1 else ""


# ---- drawing ----------------------------------------------------------------------------------


def _figure(rows: float) -> tuple[Any, Any]:
    figure = Figure(figsize=(WIDTH_INCHES, 0.55 + _ROW_INCHES * rows), layout="constrained")
    return figure, figure.add_subplot()


def plain(axes: Any) -> None:
    """Takes ticks off the axes and thins their lines."""
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_linewidth(0.6)


def _shares(bars: Sequence[Bar]) -> Any:
    places: list[float] = []
    heads: list[tuple[float, str]] = []
    at, section = 0.0, ""
    for bar in bars:
        if bar.section != section:
            at += 0.5 if places else 0.0
            heads.append((at, bar.section))
            at, section = at + 1.0, bar.section
        places.append(at)
        at += 1.0
    figure, axes = _figure(at)
    share = [bar.share * 100 for bar in bars]
    axes.barh(places, share, height=0.62, color=BAR, linewidth=0)
    errors = [
        [s - bar.low * 100 for s, bar in zip(share, bars, strict=True)],
        [bar.high * 100 - s for s, bar in zip(share, bars, strict=True)],
    ]
    axes.errorbar(share, places, xerr=errors, fmt="none", ecolor=INK, elinewidth=0.9, capsize=2.5)
    for place, bar in zip(places, bars, strict=True):
        axes.annotate(bar.counts, (bar.high * 100, place), (5, 0), textcoords="offset points",
                      va="center", fontsize=8)  # fmt: skip
    for place, head in heads:
        axes.annotate(one_line(head), (0, place), (2, 0), textcoords="offset points", va="center",
                      weight="bold")  # fmt: skip
    axes.set_yticks(places, [one_line(bar.label) for bar in bars])
    axes.set_ylim(at - 0.3, -0.7)
    axes.set_xlim(0, min(130.0, max(10.0, max(bar.high for bar in bars) * 100) * 1.28))
    axes.xaxis.get_major_locator().set_params(nbins=6)
    axes.set_xticks([t for t in axes.get_xticks() if 0 <= t <= 100])
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:g} %")
    plain(axes)
    return figure


def _stacks(rows: Sequence[tuple[str, Mapping[str, int]]]) -> Any:
    figure, axes = _figure(len(rows) + 1.6)
    left = [0] * len(rows)
    for relation, colour in RELATION_COLOURS.items():
        widths = [counts.get(relation, 0) for _, counts in rows]
        if not any(widths):
            continue
        axes.barh(range(len(rows)), widths, left=left, height=0.66, color=colour, label=relation,
                  linewidth=0)  # fmt: skip
        dark = relation in ("supports", "disputes")
        for place, (start, width) in enumerate(zip(left, widths, strict=True)):
            if width:
                axes.annotate(str(width), (start + width / 2, place), ha="center", va="center",
                              fontsize=7.5, color="#ffffff" if dark else "#000000")  # fmt: skip
        left = [a + b for a, b in zip(left, widths, strict=True)]
    axes.set_yticks(range(len(rows)), [one_line(label) for label, _ in rows])
    axes.invert_yaxis()
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("posts")
    figure.legend(loc="outside upper left", ncols=4, frameon=False, fontsize=8, handlelength=1.0)
    plain(axes)
    return figure


def _every_month(counts: Mapping[str, int]) -> dict[str, int]:
    first, last = min(counts), max(counts)
    year, number = int(first[:4]), int(first[5:7])
    found: dict[str, int] = {}
    while (name := f"{year:04}-{number:02}") <= last:
        found[name] = counts.get(name, 0)
        year, number = (year + 1, 1) if number == 12 else (year, number + 1)
    return found


def _months(counts: Mapping[str, int]) -> Any:
    figure, axes = _figure(6)
    names = list(counts)
    axes.bar(range(len(names)), list(counts.values()), width=0.8, color=BAR, linewidth=0)
    step = -(-len(names) // 8)
    axes.set_xticks(range(0, len(names), step), names[::step])
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.set_ylabel("posts")
    plain(axes)
    return figure


def one_line(text: str) -> str:
    """A label that no name can break: one line, no control characters, not too long."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    cut = _LABEL_CHARACTERS - 1
    return clean if len(clean) <= _LABEL_CHARACTERS else f"{clean[:cut].rstrip()}…"


# ---- SVG that may stand in a page -------------------------------------------------------------


def drawn(caption: Caption, draw: Callable[[], Any]) -> str:
    """What `draw` gives, a matplotlib figure, as an element of a page."""
    out = io.StringIO()
    with matplotlib.rc_context(_STYLE | {"svg.hashsalt": caption.key}), warnings.catch_warnings():
        # letters that this font lacks are the browser's to draw: text stays text
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
        metadata = {"Date": None, "Creator": None, "Format": None, "Type": None}
        draw().savefig(out, format="svg", transparent=True, metadata=metadata)
    return _inlined(out.getvalue(), caption)


def _inlined(svg: str, caption: Caption) -> str:
    """An SVG file as an element of a page: no prologue, no style that leaks, ids of its own."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"\s*<(metadata|style)\b.*?</\1>", "", svg, flags=re.S)
    svg = re.sub(r'\bid="', f'id="{caption.key}-', svg)
    svg = re.sub(r"url\(#", f"url(#{caption.key}-", svg)
    svg = re.sub(r'xlink:href="#', f'href="#{caption.key}-', svg)
    svg = re.sub(r"'DejaVu Sans'", "inherit", svg).replace(INK, "currentColor")
    svg = re.sub(r"font: ([^;\"]*?)([\d.]+px) inherit[^;\"]*", r"font: \1\2 sans-serif", svg)
    head, body = svg.split(">", 1)
    box = re.search(r'viewBox="[^"]*"', head)
    names = f"{caption.key}-title {caption.key}-about"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {box[0] if box else ""} role="img"'
        f' aria-labelledby="{names}" stroke-linejoin="round" stroke-linecap="butt">'
        f'<title id="{caption.key}-title">{html.escape(caption.title)}</title>'
        f'<desc id="{caption.key}-about">{html.escape(caption.about)}</desc>{body.rstrip()}'
    )
