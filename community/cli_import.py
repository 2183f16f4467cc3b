"""The command that takes codings back in, `import`. Imports wait until it needs them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from community.cli_parts import AsJson, Identities, Key, Outside, many, options

if TYPE_CHECKING:
    from community.interchange.taken import Taken

_NAMED = 10  # codes that are listed; --json has them all


def register(app: typer.Typer) -> None:
    """Adds the command of this module."""
    app.command(name="import")(import_)


def import_(
    file: Annotated[Path, typer.Argument(help="What people coded elsewhere.", metavar="FILE")],
    study: Annotated[Path, typer.Argument(help="A study's folder.", metavar="STUDY")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The label file to write.")] = Path(
        "recoded.csv"
    ),
    revised_by: Annotated[
        str | None,
        typer.Option(help="Who went through the machine's own codings: what stands is theirs."),
    ] = None,
    key: Key = None,
    identities: Identities = None,
    allow_outside: Outside = False,
    as_json: AsJson = False,
) -> None:
    """Take codings back in from MAXQDA, ATLAS.ti, QualCoder …, Label Studio or Potato.

    FILE is a REFI-QDA project (.qdpx), Label Studio's JSON, or Potato's folder of annotations; it
    becomes a label file, which `evaluate` and `agreement` read.

    Examples:

      community import recoded.qdpx ms-hsct --out anna.csv

      community agreement anna.csv ms-hsct/exports/codings.csv --study ms-hsct
    """
    from community.importing import Importing, import_codings

    told = options(key=key, identities=identities, allow_outside=allow_outside)
    how = Importing(revised_by=revised_by, study=told)
    taken = import_codings(file, study, out=out, options=how)
    if as_json:
        print(json.dumps(_told(taken), indent=1))
    else:
        for line in _lines(taken):
            print(line, file=sys.stderr)
        print(out)


def _told(taken: Taken) -> dict[str, Any]:
    return {
        "people": {
            who: {"codings": codings, "posts": posts}
            for who, (codings, posts) in taken.people().items()
        },
        "threads": taken.threads,
        "foreign": taken.foreign,
        "outside": taken.outside,
        "lost": dict(taken.lost),
        "unknown_codes": dict(taken.unknown),
        "machine_stayed": dict(taken.stayed),
        "machine_removed": dict(taken.removed),
        "drift": {str(by): count for by, count in sorted(taken.drift.items())},
        "notes": taken.notes,
    }


def _lines(taken: Taken) -> list[str]:
    """What was read, for people."""
    made = [
        f"{who}: {many(codings, 'coding')}, {many(posts, 'post')} read"
        for who, (codings, posts) in taken.people().items()
    ]
    for coder in sorted(taken.stayed.keys() | taken.removed.keys()):
        stayed, removed = taken.stayed[coder], taken.removed[coder]
        made.append(f"{coder}: {many(stayed, 'marked passage')} as written, {removed} gone")
    if taken.drift:
        moved = ", ".join(f"{by:+d} ({count})" for by, count in taken.drift.most_common(_NAMED))
        made.append(f"marked passages that moved, by so many characters: {moved}")
    if taken.unknown:
        named = ", ".join(f"{name} ({n})" for name, n in taken.unknown.most_common(_NAMED))
        made.append(f"codes that the codebook lacks, left out: {named}")
    for count, what in (
        (taken.foreign, "sources or posts that are none of this study"),
        (taken.outside, "codings of headings alone, left out"),
        (sum(taken.lost.values()), "codings whose words do not stand in the study, left out"),
    ):
        made += [f"{count} {what}"] if count else []
    return made + taken.notes
