"""What the commands share: options, progress bars, and what is said of a run.

Data goes to standard output, everything else to standard error; progress shows on a terminal only.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from community.api import Options, Result

Sources = Annotated[
    list[str] | None,
    typer.Argument(help="Files, folders, globs in quotes; - for standard input.", metavar="SOURCE"),
]
StudyFolder = Annotated[Path, typer.Argument(help="A study's folder.", metavar="STUDY")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Folder for tables and report.")]
Workers = Annotated[int, typer.Option("--workers", "-w", min=1, max=256, help="Processes to use.")]
Key = Annotated[Path | None, typer.Option(help="File with the pseudonym key.")]
Identities = Annotated[
    str | None, typer.Option(help="pseudonyms (names masked), or keep (the words as found).")
]
Sharing = Annotated[
    bool, typer.Option("--for-sharing", help="No words, no addresses, keyed ids, months.")
]
CodebookFile = Annotated[Path | None, typer.Option("--codebook", help="Codebook to follow.")]
Outside = Annotated[
    bool, typer.Option("--allow-outside", help="Let study.toml name paths outside its folder.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Say it as JSON on standard output.")]
MAP_HELP = "What holds what in the tables named: text=Comment,author=Name,parent_id=ReplyTo"
Map = Annotated[list[str] | None, typer.Option("--map", help=MAP_HELP, metavar="ROLE=COLUMN,…")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 1 if there was any problem.")]


@contextmanager
def progress() -> Iterator[Callable[[str, int, int | None], None]]:
    """A bar per stage on a terminal; silence elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _stage, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:8}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def tell(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=max(done, total or 0))

        yield tell


def options(progress: Any = None, **given: Any) -> Options:
    from community.api import Options
    from community.errors import UsageError

    if given.get("identities") not in (None, "pseudonyms", "keep"):
        raise UsageError("--identities", f"is {given['identities']!r}", "pseudonyms or keep")
    told = {name: value for name, value in given.items() if value is not None}
    return Options(**told, **({"progress": progress} if progress else {}))


def column_map(given: list[str] | None) -> dict[str, str] | None:
    """Maps of columns as options give them, the last word on each role."""
    from community.tabular import maps

    return (
        {role: name for item in given for role, name in maps.parse(item).items()} if given else None
    )


def many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def say(result: Result, *, as_json: bool, strict: bool) -> None:
    """What a run did: one line for people, or JSON."""
    from community.errors import SourceError

    counts = result.run.counts
    told = {
        "study": str(result.study),
        "out": str(result.out) if result.out else None,
        "documents": result.documents,
        "problems": result.problems,
        **{k: v for k, v in counts.items() if k != "problems"},
    }
    if as_json:
        print(json.dumps(told, indent=1))
    else:
        line = (
            f"{many(counts['analysed'], 'document')} analysed ({many(counts['posts'], 'post')}),"
            f" {counts['unchanged']} unchanged, {many(counts['vanished'], 'source')} vanished;"
            f" the ledger has {many(counts['claims'], 'claim')}."
        )
        print(line, file=sys.stderr)
        if result.problems:
            where = f"{result.out}/problems.csv" if result.out else "problems"
            print(f"{many(result.problems, 'problem')}: see {where}", file=sys.stderr)
        if result.out:
            print(f"Tables and report.html are in {result.out}", file=sys.stderr)
    if not result.documents:
        advice = "problems.csv says why" if result.problems else "the folder holds no page"
        raise SourceError("analyze", "no document could be read", advice)
    if strict and result.problems:
        raise typer.Exit(1)
