"""Reads ConvoKit corpora: utterances, and the facts on speakers and conversations beside them.

A corpus is a folder (or a zip of one) whose five files are one source; the utterances alone are
read too. Each conversation is a document, its utterances in the order of their times. Older
corpora say ``user``, ``root`` and ``reply-to``. Utterances are grouped on disk: a corpus may be
larger than memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, ClassVar

from community.errors import SourceError
from community.readers import _convokit_ours as ours
from community.records import order, values
from community.records.documents import Head, Record, document
from community.spool import grouped
from community.tabular import streams
from community.tabular.contents import cell_words
from community.tabular.rows import Row, Rows, form_of, opening
from community.types import Page, RawDocument

_NAME = "convokit"
_CONVERSATION = ("conversation_id", "root")
_SPEAKER = ("speaker", "user")
_ANSWERED = ("reply_to", "reply-to")
_TITLES = ("title", "subject", "headline", "page_title", "thread_title")
_ADDRESSES = ("permalink", "url", "link")
_NAMES = ("name", "username", "user_name", "display_name", "screen_name")
_MOST_SPEAKERS = 200_000  # whose names are held; a larger corpus is read with their ids
_UTTERANCE, _FACTS = 0, 1


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads corpora."""

    streams: ClassVar[bool] = True

    def sniff(self, page: Page) -> float:
        """0.96 where the first objects are utterances of conversations."""
        form = form_of(page.head)
        if form not in ("jsonl", "json"):
            return 0.0
        found = list(opening(page.head, form, 3))
        return 0.96 if found and all(map(_is_utterance, found)) else 0.0

    def read(self, page: Page) -> Iterable[RawDocument]:
        """One document per conversation.

        Raises:
            SourceError: no utterance in it.
        """
        rows = Rows(page, form_of(page.head) or "jsonl")
        names = _speakers(page, rows)
        items = chain(_utterances(rows, names), _facts(page, rows))
        cut: dict[str, int] = {}
        told = 0
        yielded = False
        for key, group in grouped(items, cut):
            if any(kind == _UTTERANCE for kind, *_ in group):
                yielded = True
                made = _conversation(key, group, cut.get(key, 0), rows.problems[told:])
                told = len(rows.problems)
                yield made
        if not yielded:
            detail = f": {rows.problems[0]}" if rows.problems else ""
            raise SourceError(page.key, f"no utterance in it{detail}", "give utterances.jsonl")


def make() -> Reader:
    """A reader of ConvoKit corpora."""
    return Reader()


def _is_utterance(found: Any) -> bool:
    if not isinstance(found, dict) or not {"id", "text"} <= found.keys():
        return False
    return all(any(key in found for key in keys) for keys in (_CONVERSATION, _SPEAKER, _ANSWERED))


def _one(found: Mapping[str, Any], keys: Iterable[str]) -> str | None:
    """The first of some fields that names something."""
    return next((words for key in keys if (words := cell_words(found.get(key)))), None)


def _utterances(rows: Rows, names: Mapping[str, str]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for row in rows:
        if not _is_utterance(row.cells) and "text" not in row.cells:
            rows.tell(f"line {row.line}: no utterance; row left out")
            continue
        yield _item(row, names)


def _item(row: Row, names: Mapping[str, str]) -> tuple[str, tuple[Any, ...]]:
    cells = row.cells
    native = values.identity(cells.get("id"))
    speaker = _one(cells, _SPEAKER)
    when = values.when(cells.get("timestamp"))
    answered = values.identity(next((cells[k] for k in _ANSWERED if cells.get(k)), None))
    meta = cells.get("meta")
    told = meta if isinstance(meta, dict) else {}
    text = cells.get("text")
    fields = (
        native,
        answered if answered != native else None,
        text if isinstance(text, str) else values.text(text),
        values.name(names.get(speaker or "", speaker)),
        values.person(speaker),
        when.iso if when else None,
        when.precision if when else None,
        _address(told),
        _title(told),
        ours.told(told),
    )
    return _one(cells, _CONVERSATION) or native or "", (_UTTERANCE, *fields)


def _title(told: Mapping[str, Any]) -> str | None:
    return next((words for key in _TITLES if (words := values.line(told.get(key)))), None)


def _address(told: Mapping[str, Any]) -> str | None:
    words = _one(told, _ADDRESSES)
    return words if words and words.startswith(("https://", "http://")) else None


def _facts(page: Page, rows: Rows) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """What the corpus states of its conversations."""
    for key, found in _beside(page, ("conversations.json",), rows):
        if isinstance(found, dict):
            meta = found.get("meta")
            told = meta if isinstance(meta, dict) else found
            if _title(told) or _address(told):
                yield key, (_FACTS, _title(told), _address(told))


def _speakers(page: Page, rows: Rows) -> dict[str, str]:
    """Names of speakers who have one beside their id."""
    names: dict[str, str] = {}
    for key, found in _beside(page, ("speakers.json", "users.json"), rows):
        meta = found.get("meta", found) if isinstance(found, dict) else None
        name = _one(meta, _NAMES) if isinstance(meta, dict) else None
        if name:
            names[key] = name
        if len(names) > _MOST_SPEAKERS:
            rows.tell("speakers.json: too many speakers; known by their ids")
            return {}
    return names


def _beside(page: Page, parts: Iterable[str], rows: Rows) -> Iterator[tuple[str, Any]]:
    """Pairs of the first of some files beside the utterances; what is wrong with it is told."""
    name = next((part for part in parts if part in page.parts), None)
    if name is None:
        return
    try:
        with page.parts[name]() as stream:
            yield from streams.pairs(stream)
    except (ValueError, RecursionError, OSError, SourceError) as error:
        rows.tell(f"{name}: cannot be read ({error}); what it says is left out")


def _conversation(
    key: str, group: list[tuple[Any, ...]], lost: int, problems: Iterable[str]
) -> RawDocument:
    said = _in_order([fields for kind, *fields in group if kind == _UTTERANCE])
    facts = [fields for kind, *fields in group if kind == _FACTS]
    title = next(
        (words for words in (*(f[0] for f in facts), *(f[8] for f in said)) if words), None
    )
    opens = next((f for f in said if f[1] is None or (f[9] and "parent" not in f[9])), None)
    notes = [] if opens else ["the utterance that opens the conversation is not in the file"]
    notes += [f"{lost} utterances were left out: the conversation is too large"] if lost else []
    bare = opens is not None and not opens[2].strip()  # it consists of its title
    bare = bare and opens is not None and opens[9] is None
    head = Head(
        reader=_NAME,
        thread_key=key,
        title=title,
        title_stands=not bare,
        url=next((f[1] for f in facts if f[1]), None) or (opens[7] if opens else None),
        note="; ".join(notes) or None,
        problems=tuple(problems),
    )
    heading = title if bare else None
    return document(head, (_record(f, heading if f is opens else None) for f in said))


def _in_order(said: list[list[Any]]) -> list[list[Any]]:
    """Utterances by their times; those that we wrote as they stood, without placeholders."""
    if all(fields[9] is not None for fields in said):
        posts = [fields for fields in said if not ours.is_placeholder(fields[9])]
        return sorted(posts, key=lambda fields: fields[9]["position"])
    return order.by_time(said, lambda fields: fields[5])


def _record(fields: list[Any], heading: str | None) -> Record:
    native, answered, text, author, speaker, when, precision, address, _, kept = fields
    if kept is not None:
        return ours.record(native, text, author, kept)
    return Record(
        native_id=native,
        parent=answered,
        body=text,
        heading=heading,
        author=author,
        author_native_id=speaker,
        posted_at=when,
        time_precision=precision,
        url=address,
    )
