"""Records in the order in which they were written, where the source gives another one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TypeVar

T = TypeVar("T")


def by_time(items: Iterable[T], when: Callable[[T], str | None]) -> list[T]:
    """The oldest first; as they stand where one of them has no time. Feeds begin with the newest.

    Args:
        items: what is to be put in order.
        when: an item's time in ISO 8601; one without a zone counts as UTC.
    """
    listed = list(items)
    times = [when(item) for item in listed]
    if not all(times):
        return listed
    moments = [_moment(time or "") for time in times]
    return [listed[n] for n in sorted(range(len(listed)), key=lambda n: moments[n])]


def _moment(time: str) -> datetime:
    moment = datetime.fromisoformat(time)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
