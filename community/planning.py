"""A study's timer: what is to run, on which scheduler, and remembered in ``study.toml``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from community import config, timers
from community.errors import UsageError
from community.scheduling import cron, jobs, recipe, systemd, windows
from community.scheduling.jobs import Job


def plan(study: config.Study, *, every: str, at: str, on: str, outside: bool = False) -> Job:
    """The job that runs a study.

    Raises:
        UsageError: a time is none.
    """
    folder = os.path.abspath(study.folder)
    command = [sys.executable, "-m", "community", "run", folder, "--log"]
    command += ["--allow-outside"] if outside else []
    return Job(study=folder, command=command, when=jobs.when(every, at, on))


def _system(name: str | None) -> str:
    chosen = name or timers.here()
    if chosen not in timers.SYSTEMS:
        raise UsageError("--system", f"is {name!r}", f"{', '.join(timers.SYSTEMS)} or ci")
    return chosen


def _scheduler(name: str | None) -> timers.Scheduler:
    return timers.SYSTEMS[_system(name)]()


def text(job: Job, system: str | None, study: config.Study) -> str:
    """What `install` would write, as text."""
    if system == "ci":
        return recipe.workflow(job, Path(os.path.relpath(study.folder)).as_posix()).rstrip("\n")
    chosen = _system(system)
    if chosen == "systemd":
        return "\n".join(f"# {name}\n{unit}" for name, unit in systemd.units(job).items())
    return cron.line(job) if chosen == "cron" else windows.task(job).decode("utf-16")


def install(job: Job, system: str | None, study: config.Study) -> None:
    """Installs a timer in place of an earlier one, and remembers its period in ``study.toml``.

    Raises:
        UsageError: the scheduler refuses, or there is none.
    """
    _scheduler(system).install(job)
    config.set_schedule(study, job.when.every)


def show(study: config.Study, system: str | None) -> str | None:
    """What is installed for a study, None where nothing is."""
    return _scheduler(system).show(plan(study, every="week", at="03:30", on="monday").name)


def remove(study: config.Study, system: str | None) -> bool:
    """Takes a study's timer out; whether there was one."""
    gone = _scheduler(system).remove(plan(study, every="week", at="03:30", on="monday").name)
    config.set_schedule(study, None)
    return gone
