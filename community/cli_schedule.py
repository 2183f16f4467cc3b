"""The command `schedule`: runs of a study under the system's own scheduler."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from community.cli_parts import AsJson, StudyFolder


def register(app: typer.Typer) -> None:
    """Adds the command of this module."""
    app.command()(schedule)


def schedule(
    study: StudyFolder,
    every: Annotated[str | None, typer.Option(help="hour, day, week or month.")] = None,
    at: Annotated[str, typer.Option(help="Time of day, local.")] = "03:30",
    on: Annotated[str, typer.Option(help="Day of the week, for --every week.")] = "monday",
    system: Annotated[
        str | None, typer.Option(help="systemd, cron, tasks or ci; what is here if left out.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the timer out.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be installed, and install nothing.")
    ] = False,
    allow_outside: Annotated[
        bool, typer.Option("--allow-outside", help="Let the runs read sources outside the study.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run a study every week, or show or remove its timer. Runs are logged in STUDY/run.log.

    Without --every or --remove it shows what is installed. Two runs never work on a study at once:
    the later leaves with exit code 4. A recipe for a continuous integration is printed, not
    installed.

    Examples:

      community schedule ms-hsct --every week

      community schedule ms-hsct

      community schedule ms-hsct --every day --at 22:15 --dry-run

      community schedule ms-hsct --remove

      community schedule ms-hsct --every week --system ci > .github/workflows/community.yml
    """
    from community import config, planning

    kept = config.load(study)
    if every is not None:
        told = planning.plan(kept, every=every, at=at, on=on, outside=allow_outside)
        if system == "ci" or dry_run:
            print(planning.text(told, system, kept))
            return
        planning.install(told, system, kept)
    elif remove:
        gone = planning.remove(kept, system)
        print("removed" if gone else "there was no timer", file=sys.stderr)
        return
    shown = planning.show(kept, system)
    if as_json:
        print(json.dumps({"study": str(Path(kept.folder)), "timer": shown}, indent=1))
    else:
        print(shown or "no timer is installed for this study; see --every")
