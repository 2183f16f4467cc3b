"""The command line: a thin shell over `community.api`. Imports wait until a command needs them.

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

from community import cli_quality

if TYPE_CHECKING:
    from community.api import Options, Result
    from community.fetching.job import Fetched

EXIT_CODES = """\
Exit codes: 0 done (what could not be read stands in problems.csv) · 1 nothing could be read, or
problems with --strict · 2 the command is wrong · 3 study, codebook or plug-in breaks its rules ·
4 the study's database cannot be used, or another run is at work · 130 interrupted, run it again."""

app = typer.Typer(
    name="community",
    help="Analyse discussions of trials: threads, codes with evidence, trial claims, and who says"
    " what about which.",
    epilog=EXIT_CODES.replace("\n", " "),
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

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


def _version(wanted: bool) -> None:
    if wanted:
        from community import __version__

        print(f"community {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    pass


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int | None], None]]:
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


def _options(progress: Any = None, **given: Any) -> Options:
    from community.api import Options
    from community.errors import UsageError

    if given.get("identities") not in (None, "pseudonyms", "keep"):
        raise UsageError("--identities", f"is {given['identities']!r}", "pseudonyms or keep")
    told = {name: value for name, value in given.items() if value is not None}
    return Options(**told, **({"progress": progress} if progress else {}))


def _columns(given: list[str] | None) -> dict[str, str] | None:
    """Maps of columns as options give them, the last word on each role."""
    from community.tabular import maps

    return (
        {role: name for item in given for role, name in maps.parse(item).items()} if given else None
    )


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _say(result: Result, *, as_json: bool, strict: bool) -> None:
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
            f"{_many(counts['analysed'], 'document')} analysed ({_many(counts['posts'], 'post')}),"
            f" {counts['unchanged']} unchanged, {_many(counts['vanished'], 'source')} vanished;"
            f" the ledger has {_many(counts['claims'], 'claim')}."
        )
        print(line, file=sys.stderr)
        if result.problems:
            where = f"{result.out}/problems.csv" if result.out else "problems"
            print(f"{_many(result.problems, 'problem')}: see {where}", file=sys.stderr)
        if result.out:
            print(f"Tables and report.html are in {result.out}", file=sys.stderr)
    if not result.documents:
        advice = "problems.csv says why" if result.problems else "the folder holds no page"
        raise SourceError("analyze", "no document could be read", advice)
    if strict and result.problems:
        raise typer.Exit(1)


@app.command()
def analyze(
    source: Sources = None,
    study: Annotated[
        Path | None, typer.Option("--study", "-s", help="Folder that keeps it for the next run.")
    ] = None,
    out: Out = None,
    codebook: CodebookFile = None,
    workers: Workers = 1,
    key: Key = None,
    identities: Identities = None,
    for_sharing: Sharing = False,
    allow_outside: Outside = False,
    map_: Map = None,
    as_json: AsJson = False,
    strict: Strict = False,
) -> None:
    """Read pages, thread, code and link them, and write tables and a report.

    Examples:

      community analyze saved-pages/ --study ms-hsct --out tables

      community analyze 'pages/*.html' comments.csv --out tables

      curl -s https://example.org/post | community analyze - --out tables
    """
    from community.api import analyze as do

    named = [name for name in source or [] if name != "-"]
    stdin = sys.stdin.buffer.read() if "-" in (source or []) else None
    with _progress() as progress:
        options = _options(
            progress,
            workers=workers,
            key=key,
            identities=identities,
            sharing=for_sharing,
            codebook=codebook,
            allow_outside=allow_outside,
            columns=_columns(map_),
            stdin=stdin,
        )
        result = do(
            named, study=study, out=out or (None if study else Path("tables")), options=options
        )
    _say(result, as_json=as_json, strict=strict)


@app.command()
def run(
    study: StudyFolder,
    workers: Workers = 1,
    key: Key = None,
    allow_outside: Outside = False,
    as_json: AsJson = False,
    strict: Strict = False,
) -> None:
    """Run a study again: only what changed is analysed.

    Examples:

      community run ms-hsct

      community run ms-hsct --allow-outside --json
    """
    from community.api import rerun

    with _progress() as progress:
        options = _options(progress, workers=workers, key=key, allow_outside=allow_outside)
        result = rerun(study, options=options)
    _say(result, as_json=as_json, strict=strict)


@app.command()
def export(
    study: StudyFolder,
    out: Out = None,
    format: Annotated[
        list[str] | None,
        typer.Option("--format", "-f", help="csv (tables and report), tables, report, …"),
    ] = None,
    key: Key = None,
    identities: Identities = None,
    for_sharing: Sharing = False,
) -> None:
    """Write a study's tables, data package and report.

    Examples:

      community export ms-hsct --format csv --out tables

      community export ms-hsct --for-sharing --out to-publish
    """
    from community.api import export as do

    options = _options(key=key, identities=identities, sharing=for_sharing)
    for path in do(study, out, formats=format or ["csv"], options=options):
        print(path)


@app.command()
def fetch(
    url: Annotated[
        list[str] | None, typer.Argument(help="Addresses of discussions.", metavar="URL")
    ] = None,
    study: Annotated[
        Path | None, typer.Option("--study", "-s", help="The study's folder; made if missing.")
    ] = None,
    pages: Annotated[int, typer.Option(help="Pages of one discussion at most.")] = 20,
    delay: Annotated[float, typer.Option(help="Seconds between requests to one host.")] = 5.0,
    max_size: Annotated[float, typer.Option(help="Megabytes of one page at most.")] = 10.0,
    contact: Annotated[
        str | None, typer.Option(help="Your mail address or project page, told to the site.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Ask for each site's robots.txt and nothing else.")
    ] = False,
    as_json: AsJson = False,
    strict: Strict = False,
) -> None:
    """Fetch discussions into a study's sources, politely; then run the study.

    Keeps to robots.txt, follows the pages of a discussion, never logs in; fetch.jsonl is the log.

    Examples:

      community fetch https://example.org/post --study ms-hsct --contact me@example.org

      community fetch https://example.org/post --study ms-hsct --dry-run
    """
    from community.api import FetchOptions
    from community.api import fetch as do
    from community.errors import UsageError

    if study is None or not url:
        raise UsageError("fetch", "needs addresses and --study", "see `community fetch --help`")
    size = int(min(max(max_size, 0), 2**20) * 2**20)
    told: dict[str, Any] = {"pages": pages, "delay": delay, "max_bytes": size, "contact": contact}
    with _progress() as progress:
        options = FetchOptions(**told, dry_run=dry_run, progress=progress)
        done = do(url, study=study, options=options)
    _say_fetched(done, as_json=as_json, strict=strict)


def _say_fetched(done: Fetched, *, as_json: bool, strict: bool) -> None:
    """What a fetch did: two lines per address, or JSON; raises if it gave nothing."""
    print(json.dumps(done.rows(), indent=1) if as_json else done.table())
    if not as_json:
        line = f"{_many(done.kept, 'page')} in {done.study}/sources, {done.lost} not fetched"
        print(line, file=sys.stderr)
    done.require_something()
    if strict and done.lost:
        raise typer.Exit(1)


@app.command()
def claims(source: Sources = None, as_json: AsJson = False) -> None:
    """Print the results that articles report, one row each.

    Examples:

      community claims article.html

      community claims articles/ --json
    """
    from community import shown
    from community.api import claims_of
    from community.errors import UsageError

    if not source:
        raise UsageError("claims", "no source given", "name a file, a folder, a glob, or -")
    named = [name for name in source if name != "-"]
    found = claims_of(named, stdin=sys.stdin.buffer.read() if "-" in source else None)
    if as_json:
        print(json.dumps([shown.claim(document, mention) for document, mention in found], indent=1))
        return
    shown.claims(found)


@app.command()
def columns(
    source: Sources = None,
    map_: Map = None,
    as_json: AsJson = False,
) -> None:
    """Show what the columns of tables are taken for, and how to say it better.

    Examples:

      community columns survey.csv

      community columns exports/ --map text=Comment,author=Name
    """
    from community import mapping
    from community.errors import SourceError, UsageError

    if not source:
        raise UsageError("columns", "no source given", "name a file, a folder or a glob")
    found = list(mapping.columns_of(source, columns=_columns(map_)))
    if as_json:
        print(json.dumps([mapping.as_json(table) for table in found], indent=1))
    for table in found if not as_json else ():
        if isinstance(table, SourceError):
            print(f"community: {table}", file=sys.stderr)
        else:
            print("\n".join(mapping.lines(table)))
    if all(isinstance(table, SourceError) for table in found):
        raise typer.Exit(1)


@app.command()
def doctor(
    study: Annotated[Path | None, typer.Argument(help="A study to look into.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check this installation, and a study if one is given.

    Examples:

      community doctor

      community doctor ms-hsct
    """
    from community.checkup import examine

    findings = examine(study)
    if as_json:
        print(json.dumps([finding._asdict() for finding in findings], indent=1))
    else:
        for finding in findings:
            print(f"{'ok  ' if finding.sound else 'FAIL'}  {finding.what}: {finding.told}")
    if not all(finding.sound for finding in findings):
        raise typer.Exit(1)


cli_quality.register(app)


def main() -> None:
    """Entry point: our errors become one line on standard error and an exit code."""
    from community.errors import CommunityError

    try:
        app()
    except CommunityError as error:
        print(f"community: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("community: interrupted; the same command resumes", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


if __name__ == "__main__":
    main()
