"""The commands about reported results, `claims` and `link`. Imports wait until one needs them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from community.cli_parts import (
    AsJson,
    Identities,
    Key,
    Sharing,
    Sources,
    Strict,
    options,
    progress,
    say,
)


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command()(claims)
    app.command()(link)


def claims(source: Sources = None, as_json: AsJson = False) -> None:
    """Print the results that articles report, one row each.

    Examples:

      community claims article.html

      community claims articles/ --json
    """
    from community import shown
    from community.api import claims_of
    from community.errors import SourceError, UsageError

    if not source:
        raise UsageError("claims", "no source given", "name a file, a folder, a glob, or -")
    named = [name for name in source if name != "-"]
    stdin = sys.stdin.buffer.read() if "-" in source else None
    told = list(claims_of(named, stdin=stdin))
    found = [one for one in told if not isinstance(one, SourceError)]
    failed = [one for one in told if isinstance(one, SourceError)]
    for error in failed:
        print(f"community: {error}", file=sys.stderr)
    if as_json:
        print(json.dumps([shown.claim(document, mention) for document, mention in found], indent=1))
    else:
        shown.claims(found)
    if failed and not found:
        raise typer.Exit(1)


def link(
    posts: Annotated[list[str], typer.Argument(help="Tables or pages of posts.", metavar="POSTS")],
    claims: Annotated[
        list[str],
        typer.Option("--claims", "-c", help="Table of claims, or articles; repeatable."),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the tables.")] = Path(
        "tables"
    ),
    key: Key = None,
    identities: Identities = None,
    for_sharing: Sharing = False,
    as_json: AsJson = False,
    strict: Strict = False,
) -> None:
    """Link posts to claims that you bring, without an article.

    A table of claims needs a column text, or endpoint and value; see claims.csv of any export.

    Examples:

      community link posts.csv --claims claims.csv --out tables

      community link thread.jsonl --claims trial.xml --claims registry.json --out tables
    """
    from community.api import analyze as do

    with progress() as bars:
        told = options(bars, key=key, identities=identities, sharing=for_sharing, whole_ledger=True)
        result = do([*posts, *claims], out=out, options=told)
    say(result, as_json=as_json, strict=strict)
