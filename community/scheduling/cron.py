"""A line of a crontab (crontab(5)), and crontabs with and without it."""

from __future__ import annotations

from community.scheduling.jobs import Job, When

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-=:,+@")


def fields(when: When) -> str:
    """The five fields of the time."""
    days = {"hour": "* * *", "day": "* * *", "week": f"* * {(when.day + 1) % 7}", "month": "1 * *"}
    hour = "*" if when.every == "hour" else str(when.hour)
    return f"{when.minute} {hour} {days[when.every]}"


def quoted(argument: str) -> str:
    """One argument for the shell that cron starts, on one line and without ``%``, at which cron
    would break it: bytes outside the plain ones go through printf as ``\\ooo``.

    ``$(…)`` drops newlines at the end; a path that ends in one is a folder's, and stays the same
    folder with ``/.`` after it.
    """
    if argument and set(argument) <= _PLAIN:
        return argument
    data = (argument + ("/." if argument.endswith("\n") else "")).encode("utf-8", "surrogateescape")
    plain = _PLAIN - {"-"}  # which printf would take for an option
    told = "".join(chr(byte) if chr(byte) in plain else f"\\{byte:03o}" for byte in data)
    return f"\"$(printf '{told}')\""


def line(job: Job) -> str:
    """The line of a job; it ends in the job's name, a comment for the shell."""
    command = " ".join(map(quoted, job.command))
    return f"{fields(job.when)} {command} >/dev/null 2>&1 # {job.name}"


def without(crontab: str, name: str) -> str:
    """A crontab without the line of that job; every other line stays as it is."""
    return "".join(
        one for one in crontab.splitlines(keepends=True) if not one.rstrip().endswith(f"# {name}")
    )


def with_line(crontab: str, job: Job) -> str:
    """A crontab in which the job has one line."""
    rest = without(crontab, job.name)
    return f"{rest}{'' if not rest or rest.endswith(chr(10)) else chr(10)}{line(job)}\n"


def find(crontab: str, name: str) -> str | None:
    """The line of that job, if there is one."""
    return next((one for one in crontab.splitlines() if one.rstrip().endswith(f"# {name}")), None)
