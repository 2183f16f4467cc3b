"""What our own exporter keeps in a ConvoKit corpus beside the format's fields, read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast, get_args

from community.records import values
from community.records.documents import Precision, Record
from community.types import Status

KEY = "community"  # in an utterance's metadata
_TIMES = get_args(Precision)
_KNOWN = (
    "position", "placeholder", "parent", "gap", "status", "author", "posted_at", "time_precision",
    "platform_role", "url",
)  # fmt: skip


def told(meta: Mapping[str, Any]) -> dict[str, Any] | None:
    """What stands there; None where it is no utterance of ours."""
    found = meta.get(KEY)
    if not isinstance(found, dict) or type(found.get("position")) is not int:
        return None
    kept = {key: value for key, value in found.items() if isinstance(value, (str, int))}
    return {key: kept[key] for key in _KNOWN if key in kept}


def is_placeholder(ours: Mapping[str, Any] | None) -> bool:
    """Whether an utterance only holds others together."""
    return ours is not None and ours.get("placeholder") is True


def record(native: str | None, text: str, author: str | None, ours: Mapping[str, Any]) -> Record:
    """An utterance of ours as the post that it was.

    Args:
        native: its id.
        text: its words; text, never markup.
        author: its speaker's name.
        ours: what `told` gave.
    """
    status = ours.get("status")
    parent = values.identity(ours.get("parent"))
    missing = f"not here, answered by {native}" if ours.get("gap") is True else None
    precision = ours.get("time_precision")
    when = values.when(ours.get("posted_at"))
    named = ours.get("author") is not None
    return Record(
        native_id=native,
        parent=parent or missing,
        body=text,
        markup=False,
        author=author if named else None,
        posted_at=when.iso if when else None,
        time_precision=cast(Precision, precision) if precision in _TIMES else None,
        platform_role=values.text(ours.get("platform_role")) or None,
        status=cast(Status, status) if status in get_args(Status) and not text else "present",
        url=_address(ours.get("url")),
    )


def _address(told_: Any) -> str | None:
    words = values.text(told_)
    return words if words.startswith(("https://", "http://")) else None
