"""The command line: a thin shell over `community.api`. Imports wait until a command needs them.

Data goes to standard output, everything else to standard error; progress shows on a terminal only.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from community import cli_ledger, cli_quality, cli_schedule
from community.cli_parts import (
    AsJson,
    CodebookFile,
    Identities,
    Key,
    Map,
    Out,
    Outside,
    Sharing,
    Sources,
    Strict,
    StudyFolder,
    Workers,
    column_map,
    many,
    options,
    progress,
    say,
)

if TYPE_CHECKING:
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
    with progress() as bars:
        told = options(
            bars,
            workers=workers,
            key=key,
            identities=identities,
            sharing=for_sharing,
            codebook=codebook,
            allow_outside=allow_outside,
            columns=column_map(map_),
            stdin=stdin,
        )
        result = do(
            named, study=study, out=out or (None if study else Path("tables")), options=told
        )
    say(result, as_json=as_json, strict=strict)


@app.command()
def run(
    study: StudyFolder,
    workers: Workers = 1,
    key: Key = None,
    allow_outside: Outside = False,
    log: Annotated[
        bool, typer.Option("--log", help="Add a line on this run to STUDY/run.log.")
    ] = False,
    as_json: AsJson = False,
    strict: Strict = False,
) -> None:
    """Run a study again: only what changed is analysed.

    Examples:

      community run ms-hsct

      community run ms-hsct --allow-outside --json
    """
    from contextlib import nullcontext

    from community.api import rerun
    from community.run_log import logged

    with logged(study) if log else nullcontext(dict) as note, progress() as bars:
        told = options(bars, workers=workers, key=key, allow_outside=allow_outside)
        result = rerun(study, options=told)
        note({**result.run.counts, "problems": result.problems})
        say(result, as_json=as_json, strict=strict)


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

    told = options(key=key, identities=identities, sharing=for_sharing)
    for path in do(study, out, formats=format or ["csv"], options=told):
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
    with progress() as bars:
        wanted = FetchOptions(**told, dry_run=dry_run, progress=bars)
        done = do(url, study=study, options=wanted)
    _say_fetched(done, as_json=as_json, strict=strict)


def _say_fetched(done: Fetched, *, as_json: bool, strict: bool) -> None:
    """What a fetch did: two lines per address, or JSON; raises if it gave nothing."""
    print(json.dumps(done.rows(), indent=1) if as_json else done.table())
    if not as_json:
        line = f"{many(done.kept, 'page')} in {done.study}/sources, {done.lost} not fetched"
        print(line, file=sys.stderr)
    done.require_something()
    if strict and done.lost:
        raise typer.Exit(1)


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
    found = list(mapping.columns_of(source, columns=column_map(map_)))
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


cli_ledger.register(app)
cli_quality.register(app)
cli_schedule.register(app)


def main() -> None:
    """Entry point: our errors become one line on standard error and an exit code."""
    from community.errors import CommunityError

    try:
        app()
    except CommunityError as error:
        print(f"community: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except SystemExit as leaving:
        if leaving.code == 130:  # typer has made an exit of Ctrl-C
            print("community: interrupted; the same command resumes", file=sys.stderr)
        raise
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


if __name__ == "__main__":
    main()
