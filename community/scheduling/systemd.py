"""A user's systemd timer (systemd.timer(5), systemd.service(5), systemd.syntax(7))."""

from __future__ import annotations

from collections.abc import Mapping

from community.scheduling.jobs import DAYS, Job, When

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-=:,+@ ")


def calendar(when: When) -> str:
    """The time as ``OnCalendar=`` has it."""
    clock = f"{when.hour:02}:{when.minute:02}:00"
    return {
        "hour": f"*-*-* *:{when.minute:02}:00",
        "day": f"*-*-* {clock}",
        "week": f"{DAYS[when.day][:3].capitalize()} *-*-* {clock}",
        "month": f"*-*-01 {clock}",
    }[when.every]


def quoted(argument: str) -> str:
    """One argument of ``ExecStart=``: quoted, its bytes outside the plain ones as ``\\xHH``;
    ``%`` and ``$``, which are replaced even inside quotes, doubled."""
    out = []
    for byte in argument.encode("utf-8", "surrogateescape"):
        char = chr(byte)
        if char in "%$":
            out.append(char * 2)
        else:
            out.append(char if char in _PLAIN else f"\\x{byte:02x}")
    return f'"{"".join(out)}"'


def units(job: Job) -> Mapping[str, str]:
    """The unit files of a job, by name."""
    shown = "".join(c if c in _PLAIN else "?" for c in job.study)
    return {
        f"{job.name}.service": (
            f"[Unit]\nDescription=community run {shown}\n\n"
            "[Service]\nType=oneshot\nNice=10\n"
            f"ExecStart={' '.join(map(quoted, job.command))}\n"
        ),
        f"{job.name}.timer": (
            f"[Unit]\nDescription=community run {shown}, every {job.when.every}\n\n"
            f"[Timer]\nOnCalendar={calendar(job.when)}\nPersistent=true\nRandomizedDelaySec=600\n\n"
            "[Install]\nWantedBy=timers.target\n"
        ),
    }
