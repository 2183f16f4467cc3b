"""How good codes are, as files: tables for R and spreadsheets, pictures, and a page to read.

Figures only: no word of a post, and of its ids only those that could not be found.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import fields
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from community import __version__, quality_charts
from community.charts import Caption
from community.errors import UsageError
from community.exporters._csv_rows import cell
from community.files import write_whole
from community.measures.clustered import FEWEST, Plan
from community.quality.nouns import Agreement, Bin, Cell, Evaluation, Figure, Reach
from community.tables import Column
from community.tables import Kind as ColumnKind

LEAST = 10  # posts with the code in the reference, for a picture of its reliability
_PANELS = 16  # pictures of reliability on the page
_CURVES = 9  # pictures of accuracy against coverage
_TITLES = {"stance": "Perspectives", "sentiment": "Sentiment", "topic": "Topics", "role": "Role"}
_KINDS: dict[str, ColumnKind] = {"int": "integer", "float": "number", "float | None": "number"}
Held = dict[str, Figure]
Values = dict[str, Any]


def write_evaluation(made: Evaluation, folder: Path, study: str) -> list[Path]:
    """Writes ``evaluation.csv``, ``confusion.csv``, ``calibration.csv``, ``coverage.csv``, the
    pictures and ``evaluation.html``.

    Returns:
        the files.

    Raises:
        UsageError: the folder cannot be written.
    """
    pictures = {
        "evaluation-f1.svg": _f1_chart(made.figures, "evaluation-f1"),
        "evaluation-reliability.svg": _reliability_chart(made),
        "evaluation-coverage.svg": _reach_chart(made.coverage),
    }
    page = _template("evaluation.html.j2").render(_evaluation(made, study, pictures))
    tables = {
        "evaluation.csv": _csv(made.figures, Figure, without=("coders",)),
        "confusion.csv": _csv(made.confusion, Cell),
        "calibration.csv": _csv(made.calibration, Bin),
        "coverage.csv": _csv(made.coverage, Reach),
    }
    return _written(folder, tables, pictures, {"evaluation.html": page})


def write_agreement(made: Agreement, folder: Path) -> list[Path]:
    """Writes ``agreement.csv``, the picture and ``agreement.html``.

    Returns:
        the files.

    Raises:
        UsageError: the folder cannot be written.
    """
    pictures = {"agreement-alpha.svg": _alpha_chart(made.figures)}
    page = _template("agreement.html.j2").render(_agreement(made, pictures))
    tables = {"agreement.csv": _csv(made.figures, Figure)}
    return _written(folder, tables, pictures, {"agreement.html": page})


def _written(folder: Path, *named: dict[str, str]) -> list[Path]:
    files = {name: text for group in named for name, text in group.items() if text}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [
            write_whole(folder, name, [text.encode("utf-8", "replace")])
            for name, text in files.items()
        ]
    except OSError as error:
        advice = "choose another folder with --out"
        raise UsageError(str(folder), f"cannot be written: {error}", advice) from error


def _csv(rows: Iterable[Any], kind: type, without: Sequence[str] = ()) -> str:
    """Records as CSV in the house's form: numbers to four decimals, None empty."""
    columns = [
        Column(field.name, _KINDS.get(str(field.type), "string"), "")
        for field in fields(kind)
        if field.name not in without
    ]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    for row in rows:
        values = [(column, getattr(row, column.name)) for column in columns]
        writer.writerow([cell(c, round(v, 4) if isinstance(v, float) else v) for c, v in values])
    return out.getvalue()


# ---- figures by code --------------------------------------------------------------------------


def by_code(figures: Iterable[Figure]) -> dict[tuple[str, str], Held]:
    """Figures by layer and code, then by measure; of a measure that several pairs of coders have,
    the first."""
    held: dict[tuple[str, str], Held] = {}
    for figure in figures:
        held.setdefault((figure.layer, figure.code), {}).setdefault(figure.measure, figure)
    return held


_MEASURES = {
    "percent_agreement": "agreement",
    "alpha_masi": "alpha over sets of topics (MASI)",
    "kappa_weighted": "kappa, weighted",
    "alpha_nominal": "alpha, nominal",
    "alpha_ordinal": "alpha, ordinal",
    "accuracy_where_told": "accuracy where it is not unknown",
    "coverage": "decided",
}


def plain(name: str) -> str:
    """A code or a measure in words."""
    return _MEASURES.get(name, name.replace("-", " ").replace("_", " "))


def _dot(label: str, figure: Figure, note: str, section: str) -> quality_charts.Dot:
    return quality_charts.Dot(
        label=label, value=figure.estimate or 0.0, low=figure.low, high=figure.high, note=note,
        section=section,
    )  # fmt: skip


def _f1_chart(figures: Iterable[Figure], key: str, *, headed: bool = True) -> str:
    rows = []
    for (layer, code), held in by_code(figures).items():
        f1, support = held.get("f1"), held.get("support")
        if f1 and f1.estimate is not None and support and support.estimate:
            label, note = plain(code), _counts_of(int(support.estimate), "post")
            rows.append(_dot(label, f1, note, _TITLES[layer] if headed else ""))
    about = "; ".join(f"{row.label} {row.value:.2f}" for row in rows)
    caption = Caption(key=key, title="F1 of each code", about=about)
    return quality_charts.dots(rows, caption, "F1")


def _alpha_chart(figures: Iterable[Figure]) -> str:
    rows = []
    for (layer, code), held in by_code(figures).items():
        alpha = held.get("alpha_nominal") or held.get("alpha_masi")
        if alpha and alpha.estimate is not None:
            label = plain(code) if code else "as a whole"
            count = held["given"].estimate if "given" in held else alpha.n
            rows.append(_dot(label, alpha, _counts_of(int(count or 0), "post"), _TITLES[layer]))
    about = "; ".join(f"{row.label} {row.value:.2f}" for row in rows)
    caption = Caption(key="agreement-alpha", title="Krippendorff's alpha", about=about)
    return quality_charts.dots(rows, caption, "alpha")


def _supported(made: Evaluation) -> list[tuple[str, str]]:
    """Codes that a picture of reliability can be made of, the most frequent first."""
    counts = {(f.layer, f.code): f.estimate or 0.0 for f in made.figures if f.measure == "support"}
    enough = [key for key, count in counts.items() if count >= LEAST]
    return sorted(enough, key=lambda key: -counts[key])[:_PANELS]


def _reliability_chart(made: Evaluation) -> str:
    panels = []
    for layer, code in _supported(made):
        points = [
            quality_charts.Point(
                x=one.probability, y=one.share, low=one.low, high=one.high, posts=one.posts
            )
            for one in made.calibration
            if (one.layer, one.code) == (layer, code)
        ]
        if points:
            panels.append((plain(code), points))
    about = f"Share of posts with the code against its probability: {_names(panels)}"
    caption = Caption(key="evaluation-reliability", title="Reliability of each code", about=about)
    return quality_charts.reliability(panels, caption)


def _reach_chart(rows: Iterable[Reach]) -> str:
    """Each stance, and topics and sentiment as a whole; the rest is in the table."""
    held: dict[tuple[str, str], list[quality_charts.Point]] = {}
    for row in rows:
        if row.accuracy is None or (row.layer == "stance") != bool(row.code):
            continue
        point = quality_charts.Point(
            x=row.coverage, y=row.accuracy, low=row.low, high=row.high, posts=row.n
        )
        held.setdefault((row.layer, row.code), []).append(point)
    panels = [
        (plain(code) if code else _TITLES[layer].lower(), points)
        for (layer, code), points in held.items()
    ]
    about = f"Accuracy against the share decided: {_names(panels)}"
    caption = Caption(key="evaluation-coverage", title="Accuracy and coverage", about=about)
    return quality_charts.reach(panels[:_CURVES], caption)


def _names(panels: Iterable[tuple[str, Any]]) -> str:
    return ", ".join(name for name, _ in panels)


# ---- pages ------------------------------------------------------------------------------------


@cache
def _template(name: str) -> jinja2.Template:
    data = resources.files("community").joinpath("data")
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FunctionLoader(lambda name: data.joinpath(name).read_text("utf-8")),
    )
    environment.filters |= {"plain": plain, "two": _two, "percent": _percent, "sentence": _sentence}
    environment.globals["counts_of"] = _counts_of
    return environment.get_template(name)


def _two(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.0f}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _counts_of(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _common() -> Values:
    return {"plan": Plan(), "fewest": FEWEST, "version": __version__}


def _evaluation(made: Evaluation, study: str, pictures: dict[str, str]) -> Values:
    held = by_code(made.figures)
    layers = list(dict.fromkeys(layer for layer, _ in held))
    pooled = [f for f in made.figures if f.measure == "coverage" and f.layer != "role"]
    single = [f for f in pooled if f.code and f.layer != "sentiment"]
    coders = sorted(set(made.coders.values()))
    return _common() | {
        "title": f"How good are the codes of {study}?",
        "kicker": "Evaluation",
        "coders": f"The coder {coders[0]}" if len(coders) == 1 else f"Coders {', '.join(coders)}",
        "gold_coder": made.gold_coder,
        "matched": made.matched,
        "abstained": sum(round((1 - (f.estimate or 0.0)) * f.n) for f in single),
        "cells": sum(f.n for f in single),
        "gold_abstained": sum(
            int(f.estimate or 0) for f in made.figures if f.measure == "gold_abstained"
        ),
        "parts": [_part(layer, held, made) for layer in layers],
        "calibration": [(code, h) for (_, code), h in held.items() if "ece" in h],
        "reliability_chart": Markup(pictures["evaluation-reliability.svg"]),
        "reach_chart": Markup(pictures["evaluation-coverage.svg"]),
        "least": LEAST,
        "order": made.orders.get("sentiment", ""),
    }  # fmt: skip


def _part(layer: str, held: dict[tuple[str, str], Held], made: Evaluation) -> Values:
    """What the page says of one layer."""
    mine = {code: figures for (at, code), figures in held.items() if at == layer}
    codes = [(code, _filled(figures)) for code, figures in mine.items() if "f1" in figures]
    codes.sort(key=lambda pair: not pair[0])  # all together last
    details = [
        (code, _filled(figures), max(figures[m].n for m in _DETAILS if m in figures))
        for code, figures in mine.items()
        if any(m in figures and figures[m].n for m in _DETAILS)
    ]
    whole = mine.get("", {}) if layer in ("sentiment", "role") else {}
    only = [figure for figure in made.figures if figure.layer == layer]
    cells = [one for one in made.confusion if one.layer == layer]
    return {
        "title": _TITLES[layer],
        "coder": made.coders.get(layer, "the study"),
        "whole": list(whole.values()),
        "f1_chart": Markup(_f1_chart(only, f"evaluation-f1-{layer}", headed=False))
        if codes
        else "",
        "confusion": _matrix(cells) if cells else None,
        "codes": codes,
        "details": details,
    }


_DETAILS = ("polarity_accuracy", "whose_accuracy", "evidence_token_f1")
_COLUMNS = (
    "support", "given", "precision", "recall", "f1", "mcc", "coverage", *_DETAILS,
    "percent_agreement", "positive_agreement", "kappa", "alpha_nominal",
)  # fmt: skip
_BETWEEN = (
    "polarity_percent_agreement", "polarity_alpha_nominal", "polarity_alpha_ordinal",
    "whose_percent_agreement", "whose_alpha_nominal",
)  # fmt: skip


def _filled(held: Held) -> dict[str, Figure | None]:
    """Figures by measure, None where a column of a table has none."""
    return dict.fromkeys((*_COLUMNS, *_BETWEEN)) | held


def _matrix(cells: Sequence[Cell]) -> Values:
    columns = list(dict.fromkeys(one.given for one in cells))
    rows: dict[str, list[tuple[str, int, str]]] = {}
    totals = {one.gold: 0 for one in cells}
    for one in cells:
        totals[one.gold] += one.posts
    for one in cells:
        share = one.posts / totals[one.gold] if totals[one.gold] else 0.0
        rows.setdefault(one.gold, []).append((one.given, one.posts, f"{0.6 * share:.2f}"))
    return {"columns": columns, "rows": list(rows.items())}


def _agreement(made: Agreement, pictures: dict[str, str]) -> Values:
    held = by_code(made.figures)
    parts = []
    for layer in dict.fromkeys(layer for layer, _ in held):
        mine = {code: figures for (at, code), figures in held.items() if at == layer}
        details = [
            (code, _filled(figures), figures["polarity_percent_agreement"].n)
            for code, figures in mine.items()
            if "polarity_percent_agreement" in figures
        ]
        parts.append({
            "title": _TITLES[layer],
            "whole": [f for f in made.figures if f.layer == layer and not f.code],
            "codes": [(code, _filled(figures)) for code, figures in mine.items() if code],
            "details": details,
            "words": any("evidence_token_f1" in figures for figures in mine.values()),
        })  # fmt: skip
    return _common() | {
        "title": "How far do the coders agree?",
        "kicker": "Agreement",
        "coders": made.coders,
        "matched": made.matched,
        "threads_known": made.threads_known,
        "notes": made.notes,
        "two": len(made.coders) == 2,
        "alpha_chart": Markup(pictures["agreement-alpha.svg"]),
        "orders": made.orders,
        "parts": parts,
    }  # fmt: skip
