"""Timers as they really are on this machine: put in, looked at, taken out.

Each scheduler is spoken to through its own program, with arguments and never through a shell.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import platformdirs

from community.errors import UsageError
from community.scheduling import cron, systemd, windows
from community.scheduling.jobs import Job

_WAIT = 60  # seconds that a scheduler's program may take


class Scheduler(Protocol):
    """A system's scheduler. `show` gives what is installed for a job's name, None where nothing is;
    `remove` says whether there was something."""

    def install(self, job: Job) -> None: ...
    def show(self, name: str) -> str | None: ...
    def remove(self, name: str) -> bool: ...


def _told(command: Sequence[str], data: str | None = None, *, needed: bool = True) -> str | None:
    """What a program says; None where it fails and that is no error.

    Raises:
        UsageError: it fails, or is not there.
    """
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, text=True, timeout=_WAIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(command[0], f"cannot be used: {error}", "see --system") from error
    if done.returncode and needed:
        raise UsageError(command[0], f"failed: {done.stderr.strip()}", "see --system")
    return None if done.returncode else done.stdout


class Systemd:
    """A user's own units, in ``~/.config/systemd/user``."""

    def __init__(self) -> None:
        self.folder = Path(platformdirs.user_config_path()) / "systemd" / "user"

    def install(self, job: Job) -> None:
        """Writes both units and starts the timer."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, text in systemd.units(job).items():
            (self.folder / name).write_text(text, encoding="utf-8")
        _told(["systemctl", "--user", "daemon-reload"])
        _told(["systemctl", "--user", "enable", "--now", f"{job.name}.timer"])

    def show(self, name: str) -> str | None:
        """The timer's unit, and when it fires next."""
        path = self.folder / f"{name}.timer"
        if not path.exists():
            return None
        following = _told(["systemctl", "--user", "list-timers", f"{name}.timer"], needed=False)
        return f"{path.read_text(encoding='utf-8')}\n{following or ''}".strip()

    def remove(self, name: str) -> bool:
        """Stops the timer and takes both units away."""
        paths = [self.folder / f"{name}.{kind}" for kind in ("timer", "service")]
        if not any(path.exists() for path in paths):
            return False
        _told(["systemctl", "--user", "disable", "--now", f"{name}.timer"], needed=False)
        for path in paths:
            path.unlink(missing_ok=True)
        _told(["systemctl", "--user", "daemon-reload"], needed=False)
        return True


class Cron:
    """A line in the user's crontab; the rest of it stays byte for byte."""

    def _read(self) -> str:
        return _told(["crontab", "-l"], needed=False) or ""

    def install(self, job: Job) -> None:
        """Puts the job's line in, in place of an earlier one."""
        _told(["crontab", "-"], cron.with_line(self._read(), job))

    def show(self, name: str) -> str | None:
        """The job's line."""
        return cron.find(self._read(), name)

    def remove(self, name: str) -> bool:
        """Takes the job's line out."""
        now = self._read()
        if cron.find(now, name) is None:
            return False
        _told(["crontab", "-"], cron.without(now, name))
        return True


class Tasks:
    """The Windows Task Scheduler."""

    def install(self, job: Job) -> None:
        """Makes the task, in place of an earlier one."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "task.xml"
            path.write_bytes(windows.task(job))
            _told(["schtasks", "/Create", "/F", "/TN", job.name, "/XML", str(path)])

    def show(self, name: str) -> str | None:
        """The task as the scheduler lists it."""
        return _told(["schtasks", "/Query", "/TN", name, "/V", "/FO", "LIST"], needed=False)

    def remove(self, name: str) -> bool:
        """Deletes the task."""
        return _told(["schtasks", "/Delete", "/F", "/TN", name], needed=False) is not None


SYSTEMS: Mapping[str, Callable[[], Scheduler]] = {"systemd": Systemd, "cron": Cron, "tasks": Tasks}


def here() -> str:
    """The scheduler of this machine.

    Raises:
        UsageError: none that we know answers.
    """
    if sys.platform == "win32":
        return "tasks"
    asked = ["systemctl", "--user", "show-environment"]
    managed = shutil.which("systemctl") and os.environ.get("XDG_RUNTIME_DIR")
    if managed and _told(asked, needed=False) is not None:
        return "systemd"
    if shutil.which("crontab"):
        return "cron"
    advice = "install cron, or print a recipe with --system ci"
    raise UsageError("schedule", "finds neither a systemd of the user nor crontab here", advice)
