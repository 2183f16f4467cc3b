"""Reads dumps of Reddit: JSON lines (or an array) of comments, of submissions, or of both.

Monthly dumps, subreddit dumps and what the archives' own APIs give back. They are sorted by time,
so a thread's comments stand all over the file: they are grouped through a temporary file, and each
submission becomes a document of its own, its comments oldest first. Words that were deleted,
removed, or taken back after the first look are not shown. Comments whose submission is not in the
file are a thread without its opener, and say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, ClassVar

from community.errors import SourceError
from community.records import reddit, values
from community.records.documents import Head, Record, document
from community.spool import grouped
from community.tabular.rows import Rows, form_of, opening
from community.types import Page, RawDocument

_NAME = "reddit_dump"
# a thing while it waits for its thread: what a record needs, and no more
_Item = tuple[Any, ...]
_FIELDS = (
    "posted_at",
    "native_id",
    "parent",
    "body",
    "heading",
    "author",
    "author_native_id",
    "platform_role",
    "status",
    "url",
)
_KIND, _SEEN, _COUNT, _GONE = range(4)
_TIME, _ID, _PARENT, _BODY, _HEADING, _AUTHOR, _NATIVE, _ROLE, _STATUS, _URL = range(4, 14)
_fields = attrgetter(*_FIELDS)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads dumps of comments and submissions."""

    streams: ClassVar[bool] = True

    def sniff(self, page: Page) -> float:
        """0.97 where the first objects are Reddit's, outside listings."""
        form = form_of(page.head)
        if form is None or not (b'"created_utc"' in page.head or b'"subreddit' in page.head):
            return 0.0
        return 0.97 if any(map(_is_thing, opening(page.head, form))) else 0.0

    def read(self, page: Page) -> Iterable[RawDocument]:
        """Each submission with its comments as one document.

        Raises:
            SourceError: nothing of Reddit's in it; or, after the documents that could be read,
                the file is cut short or damaged.
        """
        rows = Rows(page, form_of(page.head) or "jsonl")
        dump = _Dump(page, rows)
        yielded = False
        cut: dict[str, int] = {}
        told = 0
        for link, items in grouped(dump.items(), cut):
            yielded = True
            yield _thread(link, items, dump, cut.get(link, 0), tuple(rows.problems[told:]))
            told = len(rows.problems)
        if dump.broken:
            raise dump.broken
        if not yielded:
            detail = f": {rows.problems[0]}" if rows.problems else ""
            advice = "give JSON lines of comments or submissions"
            raise SourceError(page.key, f"no submission and no comment in it{detail}", advice)


def make() -> Reader:
    """A reader of Reddit dumps."""
    return Reader()


def _is_thing(found: Any) -> bool:
    if not isinstance(found, dict) or not ("created_utc" in found or "subreddit" in found):
        return False
    if reddit.is_comment(found):
        return True
    known = ("subreddit", "permalink", "num_comments", "selftext", "over_18", "is_self")
    return reddit.is_submission(found) and sum(name in found for name in known) >= 2


class _Dump:
    """The things of a dump as they come; `broken` is what ended it too early."""

    def __init__(self, page: Page, rows: Rows) -> None:
        self.page, self.rows = page, rows
        self.broken: SourceError | None = None

    def items(self) -> Iterator[tuple[str, _Item]]:
        """Each thing with the submission it belongs to."""
        line = 0
        try:
            for row in self.rows:
                line, data = row.line, row.cells
                kind = _kind(data)
                link = _link(kind, data) if kind else ""
                if link:
                    yield link, _item(kind, data)
                else:
                    self.rows.tell(f"line {line}: no submission and no comment; row left out")
        except SourceError as error:
            if not line:
                raise
            self.broken = error


def _kind(data: dict[str, Any]) -> str:
    if reddit.is_comment(data):
        return "t1"
    return "t3" if reddit.is_submission(data) else ""


def _link(kind: str, data: dict[str, Any]) -> str:
    if kind == "t3":
        return reddit.name("t3", data)
    parent = data.get("parent_id")
    top = parent if isinstance(parent, str) and parent.startswith("t3_") else None
    return reddit.fullname(data.get("link_id") or top, "t3")


def _item(kind: str, data: dict[str, Any]) -> _Item:
    meta = data.get("_meta")
    later = meta.get("retrieved_2nd_on") if isinstance(meta, dict) else None
    seen = max(_seconds(data.get("retrieved_on")), _seconds(later))
    count = values.count(data.get("num_comments")) or 0 if kind == "t3" else 0
    # the words of what was taken back are not even kept for a moment: its record has none
    made = reddit.record(kind, data)
    gone = made.status != "present" or reddit.is_notice(made.body)
    return (kind, seen, count, gone, *_fields(made))


def _seconds(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) and 0 < value < 1e12 else 0.0


def _thread(
    link: str, items: list[_Item], dump: _Dump, lost: int, problems: tuple[str, ...]
) -> RawDocument:
    """A submission's document: the submission, then its comments, the oldest first."""
    things = _once(items)
    things.sort(key=lambda t: (t[_KIND] != "t3", t[_TIME] or "", len(t[_ID] or ""), t[_ID] or ""))
    top = things[0] if things[0][_KIND] == "t3" else None
    names = {thing[_ID] for thing in things}
    opener = top[_AUTHOR] if top else None
    head = Head(
        reader=_NAME,
        thread_key=link,
        title=top[_HEADING] if top else None,
        title_stands=False,  # it is the submission's words, and stands in its post
        published_at=top[_TIME] if top else None,
        url=top[_URL] if top else None,
        note=_note(top, len(things), lost, dump.broken),
        problems=problems,
    )
    return document(head, (_record(thing, link, names, opener) for thing in things))


def _once(items: list[_Item]) -> list[_Item]:
    """Each thing once: as it was last seen, and gone if it was gone at any look."""
    found: dict[str, _Item] = {}
    for item in items:
        old = found.get(item[_ID])
        if old is None or _rank(item) >= _rank(old):
            found[item[_ID]] = item
    return list(found.values())


def _rank(item: _Item) -> tuple[bool, float]:
    return item[_GONE], item[_SEEN]


def _record(thing: _Item, link: str, names: set[str], opener: str | None) -> Record:
    """A thing as a record, with a pointer that its thread can follow; some years lack the kind of
    what is pointed to."""
    parent = thing[_PARENT]
    if parent and parent not in names and "t3_" + parent[3:] == link:
        parent = link if link in names else None  # None: these are the first posts of the file
    asked = "post author" if opener and thing[_AUTHOR] == opener else None
    return Record(
        native_id=thing[_ID],
        parent=parent,
        body=thing[_BODY],
        markup=False,
        heading=thing[_HEADING],
        author=thing[_AUTHOR],
        author_native_id=thing[_NATIVE],
        platform_role=thing[_ROLE] or asked,
        posted_at=thing[_TIME],
        time_precision="second" if thing[_TIME] else None,
        status=thing[_STATUS],
        url=thing[_URL],
    )


def _note(top: _Item | None, count: int, lost: int, broken: SourceError | None) -> str | None:
    notes = []
    if top is None:
        notes.append("the submission that opens the thread is not in the file")
    elif top[_COUNT] > count - 1 + lost:
        notes.append(f"{top[_COUNT] - count + 1} of {top[_COUNT]} comments are not in the file")
    if lost:
        notes.append(f"{lost} comments were left out: the thread is too large")
    if broken:
        notes.append(f"the file ends too early: {broken.reason}")
    return "; ".join(notes) or None
