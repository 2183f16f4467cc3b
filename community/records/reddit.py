"""What Reddit's objects say of a submission or a comment, in its API and in dumps of it.

A field's type varies by year: ids are names (``t1_…``), bare, or numbers; times are numbers or
strings. What was deleted, removed or taken back later keeps its place without its words.
"""

from __future__ import annotations

import html
from typing import Any

from community.html import dates as comment_dates
from community.records import values
from community.records.documents import Record
from community.types import Status

SITE = "https://www.reddit.com"
_GONE: dict[str, Status] = {
    "[deleted]": "deleted",
    "[deleted by user]": "deleted",
    "[removed]": "removed",
    "[ removed by reddit ]": "removed",
    "[removed by reddit]": "removed",
}
_LONGEST_NOTICE = 40  # characters, with white space around it
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def is_submission(data: dict[str, Any]) -> bool:
    """Whether an object is a submission, rather than a comment."""
    return "body" not in data and ("title" in data or "selftext" in data)


def is_comment(data: dict[str, Any]) -> bool:
    """Whether an object is a comment."""
    return "body" in data and ("link_id" in data or "parent_id" in data)


def name(kind: str, data: dict[str, Any]) -> str:
    """A thing's full name: its kind and its id."""
    return fullname(data.get("name") or data.get("id"), kind)


def fullname(value: Any, kind: str) -> str:
    """A name with its kind in front, which some years leave out; "" where there is none."""
    words = value if isinstance(value, str) else _base36(value)
    if words[:1] == "t" and words[2:3] == "_":
        return words
    return f"{kind}_{words}" if words.strip() else ""


def _base36(number: Any) -> str:
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 2**63:
        return ""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits


def status(words: str, data: dict[str, Any]) -> Status:
    """Whether a thing is still there, by the notice that stands for it and by later look-ups."""
    meta = data.get("_meta")
    if isinstance(meta, dict):
        back = meta.get("was_initially_deleted") and not meta.get("was_deleted_later")
        if meta.get("was_deleted_later") or (meta.get("removal_type") and not back):
            removed = str(meta.get("removal_type") or "").startswith("removed")
            return "removed" if removed else "deleted"
    taken = data.get("removed_by_category")
    if isinstance(taken, str) and taken:
        return "deleted" if taken in ("deleted", "author") else "removed"
    return _notice(words) or "present"


def is_notice(words: str) -> bool:
    """Whether words only stand for what was taken away."""
    return _notice(words) is not None


def _notice(words: str) -> Status | None:
    return _GONE.get(words.strip().lower()) if len(words) <= _LONGEST_NOTICE else None


def author(data: dict[str, Any]) -> str | None:
    """Who wrote it; None where the account is gone."""
    name = data.get("author")
    return None if isinstance(name, str) and is_notice(name) else values.name(name)


def role(kind: str, data: dict[str, Any], writer: str | None) -> str | None:
    """What the site says of the author: moderator, admin, or the one who opened the thread."""
    if data.get("distinguished"):
        return values.text(data["distinguished"]) or None
    return "post author" if writer and (kind == "t3" or data.get("is_submitter") is True) else None


def words(value: Any) -> str:
    """Markdown as its writer typed it."""
    return html.unescape(value) if isinstance(value, str) else ""


def text(kind: str, data: dict[str, Any]) -> str:
    """The words of a submission's or comment's body."""
    return words(data.get("selftext" if kind == "t3" else "body"))


def title(data: dict[str, Any]) -> str | None:
    """A submission's title."""
    return values.line(data.get("title")) or None


def address(data: dict[str, Any]) -> str | None:
    """Where it can be seen."""
    link = data.get("permalink")
    return SITE + link if isinstance(link, str) and link.startswith("/") else None


def record(kind: str, data: dict[str, Any], opener: str | None = None) -> Record:
    """A submission (``t3``) or comment (``t1``) as a record; its parent as the object has it.

    A submission's title is its heading. `opener` is the submission's author, by whom the one who
    opened the thread is known where comments do not say it, as old ones do not. A notice that
    stands for what is gone stays, and tells what happened; words that are still there do not.
    """
    body = text(kind, data)
    notice = is_notice(body)
    state = "present" if notice else status(body, data)
    when = comment_dates.epoch(data.get("created_utc"))
    writer = author(data)
    asked = "post author" if writer and writer == opener else None
    return Record(
        native_id=name(kind, data) or None,
        parent=fullname(data.get("parent_id"), "t1") or None if kind == "t1" else None,
        body=body if state == "present" else "",
        markup=False,
        heading=title(data) if kind == "t3" and not notice and state == "present" else None,
        author=writer,
        author_native_id=values.identity(data.get("author_fullname")),
        platform_role=role(kind, data, writer) or asked,
        posted_at=when.iso if when else None,
        time_precision="second" if when else None,
        status=state,
        url=address(data),
    )
