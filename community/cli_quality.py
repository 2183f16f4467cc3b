"""The commands that measure, `evaluate` and `agreement`. Imports wait until one needs them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from community.quality.nouns import Agreement, Evaluation, Figure, Matched

_NAMED = 10  # posts that are listed; --json has them all

Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="Folder for tables, pictures and a page.")
]
Posts = Annotated[
    Path | None,
    typer.Option("--posts", help="List of the posts that were coded: those without a code too."),
]
Codes = Annotated[
    str | None,
    typer.Option("--codes", help="Codes or layers that were looked for: care,safety,stance"),
]
CodebookFile = Annotated[Path | None, typer.Option("--codebook", help="Codebook to follow.")]
Outside = Annotated[
    bool, typer.Option("--allow-outside", help="Let study.toml name a codebook outside its folder.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Say it as JSON on standard output.")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command()(evaluate)
    app.command()(agreement)


def evaluate(
    gold: Annotated[Path, typer.Argument(help="Codings by a person.", metavar="GOLD")],
    study: Annotated[Path, typer.Argument(help="A study's folder.", metavar="STUDY")],
    out: Out = None,
    coder: Annotated[str | None, typer.Option(help="Coder of the study, such as vader.")] = None,
    gold_coder: Annotated[
        str | None, typer.Option(help="Whose codings of GOLD are the reference.")
    ] = None,
    posts: Posts = None,
    codes: Codes = None,
    codebook: CodebookFile = None,
    allow_outside: Outside = False,
    as_json: AsJson = False,
) -> None:
    """Measure a study's codes against a person's: right, wrong, how sure, and how sure of that.

    GOLD is a table with the columns of codings.csv, or JSON lines. A post on which nothing was
    found has a row with an empty code, or stands in the list of --posts.

    Examples:

      community evaluate gold.csv ms-hsct --out quality

      community evaluate gold.csv ms-hsct --posts coded-posts.txt --codes stance

      community evaluate gold.jsonl ms-hsct --coder vader --json
    """
    from community import evaluation

    options = evaluation.Measuring(
        coder=coder,
        gold_coder=gold_coder,
        posts=posts,
        codes=_codes(codes),
        codebook=codebook,
        allow_outside=allow_outside,
    )
    made = evaluation.evaluate(gold, study, out=out, options=options)
    if as_json:
        typer.echo(json.dumps(_evaluation(made), indent=1))
    else:
        _show_evaluation(made)
        _tell(made.matched, gold.name)
    if out is not None:
        typer.echo(f"Tables, pictures and evaluation.html are in {out}", err=True)


def agreement(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Codings by people.", metavar="FILE")
    ] = None,
    study: Annotated[
        Path | None, typer.Option("--study", "-s", help="The study coded: its threads and words.")
    ] = None,
    out: Out = None,
    posts: Posts = None,
    codes: Codes = None,
    codebook: CodebookFile = None,
    allow_outside: Outside = False,
    as_json: AsJson = False,
) -> None:
    """Measure how far coders agree with each other.

    Every coder in the files is one; a file may hold several. Without --study every post is taken
    as independent, unless the files have a column thread_id, and evidence is not compared.

    Examples:

      community agreement anna.csv ben.csv --study ms-hsct --out agreed

      community agreement anna.csv ben.csv cleo.jsonl --json
    """
    from community import evaluation
    from community.errors import UsageError

    if not files:
        raise UsageError("agreement", "no file given", "name two files of codings or more")
    options = evaluation.Measuring(
        posts=posts, codes=_codes(codes), codebook=codebook, allow_outside=allow_outside
    )
    made = evaluation.agreement(files, study=study, out=out, options=options)
    if as_json:
        typer.echo(json.dumps(_agreement(made), indent=1))
    else:
        _show_agreement(made)
        _tell(made.matched, "the files")
        for note in made.notes:
            typer.echo(note, err=True)
    if out is not None:
        typer.echo(f"Table, picture and agreement.html are in {out}", err=True)


def _codes(given: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (given or "").split(",") if name.strip())


def _tell(matched: Matched, name: str) -> None:
    """What could not be measured, on standard error."""
    told = (
        (matched.unknown, "not in the study, or there twice"),
        (matched.wordless, "removed from their page, and left out"),
    )
    for ids, what in told:
        if ids:
            more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
            count = f"{len(ids)} post{'' if len(ids) == 1 else 's'}"
            listed = ", ".join(ids[:_NAMED])
            typer.echo(f"{count} of {name} {what}: {listed}{more}", err=True)
    if matched.lost:
        typer.echo(f"{matched.lost} passages of evidence do not stand in their posts", err=True)


# ---- JSON -------------------------------------------------------------------------------------


def _evaluation(made: Evaluation) -> dict[str, Any]:
    held = {"gold_coder": made.gold_coder, "coders": dict(made.coders), **asdict(made.matched)}
    figures = [_without(row, "coders") for row in _rows(made.figures)]
    parts = (("confusion", made.confusion), ("calibration", made.calibration))
    told = {name: _rows(part) for name, part in (*parts, ("coverage", made.coverage))}
    return held | {"orders": dict(made.orders), "figures": figures} | told


def _agreement(made: Agreement) -> dict[str, Any]:
    held: dict[str, Any] = {"coders": list(made.coders), **asdict(made.matched)}
    told = {"orders": dict(made.orders), "notes": list(made.notes)}
    return held | told | {"figures": _rows(made.figures)}


def _rows(records: Iterable[Any]) -> list[dict[str, Any]]:
    """Records as JSON holds them, numbers to four decimals."""
    made = (asdict(record) for record in records)
    return [{k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()} for row in made]


def _without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


# ---- tables for the eyes ----------------------------------------------------------------------

# column, measure, whether it is shown with its interval, columns that a terminal needs to show it
_Columns = tuple[tuple[str, str, bool, int], ...]
_EVALUATED: _Columns = (
    ("gold", "support", False, 0), ("given", "given", False, 0), ("prec.", "precision", False, 0),
    ("recall", "recall", False, 0), ("F1 (95 %)", "f1", True, 0), ("MCC", "mcc", False, 96),
    ("decided", "coverage", False, 96), ("polarity", "polarity_accuracy", False, 130),
    ("whose", "whose_accuracy", False, 130), ("words", "evidence_token_f1", False, 130),
    ("ECE", "ece", False, 130),
)  # fmt: skip
_AGREED: _Columns = (
    ("posts", "given", False, 0), ("agree", "percent_agreement", False, 0),
    ("positive", "positive_agreement", False, 0), ("alpha (95 %)", "alpha_nominal", True, 0),
    ("kappa", "kappa", False, 96), ("polarity", "polarity_alpha_nominal", False, 96),
    ("words", "evidence_token_f1", False, 96),
)  # fmt: skip


def _show_evaluation(made: Evaluation) -> None:
    coders = ", ".join(sorted(set(made.coders.values())))
    title = (
        f"{coders} against {made.gold_coder}: {made.matched.posts} posts,"
        f" {made.matched.threads} threads"
    )
    _table(title, made.figures, _EVALUATED, together=("stance", "topic"))
    _whole([f for f in made.figures if f.layer in ("sentiment", "role") and not f.code])


def _show_agreement(made: Agreement) -> None:
    title = (
        f"{', '.join(made.coders)}: {made.matched.posts} posts"
        + f", {made.matched.threads} threads" * made.threads_known
    )
    columns = tuple(c for c in _AGREED if c[1] != "kappa" or len(made.coders) == 2)
    _table(title, made.figures, columns, together=())
    pairs = len(made.coders) > 2  # kappas of every pair are for the table and the page
    _whole([f for f in made.figures if not f.code and not (pairs and f.coders)])


def _table(
    title: str, figures: Iterable[Figure], columns: _Columns, together: tuple[str, ...]
) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    shown = [column for column in columns if console.width >= column[3]]
    table = Table(title=Text(title), box=box.SIMPLE, title_justify="left", pad_edge=False)
    table.add_column("code", no_wrap=True)
    for name, *_ in shown:
        table.add_column(name, justify="right", no_wrap=True)
    held: dict[tuple[str, str], dict[str, Figure]] = {}
    for figure in figures:
        held.setdefault((figure.layer, figure.code), {}).setdefault(figure.measure, figure)
    last = ""
    for (layer, code), mine in held.items():
        if not code and layer not in together:
            continue
        if last and layer != last:
            table.add_section()
        cells = [_cell(mine.get(measure), interval) for _, measure, interval, _ in shown]
        table.add_row(Text(code or f"all of {layer}"), *cells)
        last = layer
    console.print(table)


def _cell(figure: Figure | None, interval: bool) -> str:
    if figure is None or figure.estimate is None:
        return "–" if figure else ""
    if figure.measure in ("support", "given"):
        return f"{figure.estimate:.0f}"
    value = f"{figure.estimate:.2f}"
    if interval and figure.low is not None:
        value += f" ({figure.low:.2f}–{figure.high:.2f})"
    return value


def _whole(figures: Sequence[Figure]) -> None:
    """Figures of whole layers, a line each."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    if not figures:
        return
    table = Table(box=box.SIMPLE, pad_edge=False)
    for name in ("as a whole", "measure"):
        table.add_column(name)
    for name in ("(95 %)", "n"):
        table.add_column(name, justify="right", no_wrap=True)
    last = ""
    for figure in figures:
        name = figure.measure.replace("_", " ")
        layer = figure.layer if figure.layer != last else ""
        table.add_row(layer, name, _cell(figure, True), str(figure.n))
        last = figure.layer
    Console().print(table)
