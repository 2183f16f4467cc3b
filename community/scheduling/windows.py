"""A task of the Windows Task Scheduler, as the XML that ``schtasks /Create /XML`` takes."""

from __future__ import annotations

from subprocess import list2cmdline

from lxml import etree

from community.scheduling.jobs import DAYS, Job, When

_SPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def _node(name: str, *children: etree._Element, text: str | None = None) -> etree._Element:
    made = etree.Element(f"{{{_SPACE}}}{name}", nsmap={None: _SPACE})  # type: ignore[dict-item]
    made.text = text
    made.extend(children)
    return made


def _trigger(when: When) -> etree._Element:
    start = f"2026-01-01T{0 if when.every == 'hour' else when.hour:02}:{when.minute:02}:00"
    inside = [_node("StartBoundary", text=start)]
    if when.every == "hour":
        inside.insert(0, _node("Repetition", _node("Interval", text="PT1H")))
    if when.every in ("hour", "day"):
        inside.append(_node("ScheduleByDay", _node("DaysInterval", text="1")))
    elif when.every == "week":
        days = _node("DaysOfWeek", _node(DAYS[when.day].capitalize()))
        inside.append(_node("ScheduleByWeek", days, _node("WeeksInterval", text="1")))
    else:
        days = _node("DaysOfMonth", _node("Day", text="1"))
        inside.append(_node("ScheduleByMonth", days, _node("Months", *map(_node, _MONTHS))))
    return _node("CalendarTrigger", *inside)


def task(job: Job) -> bytes:
    """The task's XML, UTF-16 as the scheduler wants it; missed starts are made up for."""
    program, *arguments = job.command
    made = _node(
        "Task",
        _node("RegistrationInfo", _node("Description", text=f"community run {job.study}")),
        _node("Triggers", _trigger(job.when)),
        _node(
            "Settings",
            _node("MultipleInstancesPolicy", text="IgnoreNew"),
            _node("StartWhenAvailable", text="true"),
            _node("ExecutionTimeLimit", text="PT0S"),
        ),
        _node(
            "Actions",
            _node(
                "Exec",
                _node("Command", text=program),
                _node("Arguments", text=list2cmdline(arguments)),
            ),
        ),
    )
    made.set("version", "1.2")
    told = etree.tostring(made, encoding="unicode", pretty_print=True)
    head = '<?xml version="1.0" encoding="UTF-16"?>'
    return f"{head}\n{told!s}".encode("utf-16")
