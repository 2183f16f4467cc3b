"""Bytes on disk as pages: plain, compressed, or in an archive, which is as many pages as files.

What cannot be opened is a row for ``problems.csv``; nothing here raises for a bad file.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from community import archives, compression
from community.errors import SourceError
from community.types import MAX_READ, Page, Problem

HEAD = 64 * 1024  # bytes that a reader may sniff at
_MAGIC = 16  # bytes that tell how a file is compressed
# a ConvoKit corpus: its utterances, and what stands beside them
UTTERANCES = ("utterances.jsonl", "utterances.json")
_BESIDE = frozenset(
    {"speakers.json", "users.json", "conversations.json", "corpus.json", "index.json"}
)
_VECTORS = ("vectors.", "info.", "feature.")  # of a corpus too: numbers, not words

Opener = Callable[[], BinaryIO]


def opened(path: str) -> BinaryIO:
    """The bytes at a path; a function, so that what opens a page can be pickled."""
    return open(path, "rb")


def is_part(name: str) -> bool:
    """Whether a file beside a corpus's utterances belongs to the corpus."""
    return name in _BESIDE or name.startswith(_VECTORS) or name.endswith("-bin.p")


def parts(path: Path) -> dict[str, Opener]:
    """Openers of what stands beside a corpus's utterances; links elsewhere are no part of it."""
    if path.name not in UTTERANCES:
        return {}
    beside = {name: path.parent / name for name in sorted(_BESIDE)}
    return {
        name: partial(opened, str(file))
        for name, file in beside.items()
        if file.is_file() and file.resolve() == file
    }


def problem(key: str, error: OSError | SourceError) -> Problem:
    """The row that says why something could not be opened."""
    if isinstance(error, SourceError):
        reason = f"{error.reason}; {error.advice}" if error.advice else error.reason
        return Problem(source=key, stage="find", reason=reason)
    told = error.strerror or str(error)
    reason = f"cannot be opened: {told}; check that it still exists and is readable"
    return Problem(source=key, stage="find", reason=reason)


def page(key: str, opener: Opener, stored: Opener | None = None) -> Page | Problem:
    """The page that an opener gives, or the one that is compressed in it.

    Args:
        key: its key.
        opener: gives its bytes; picklable.
        stored: gives them as an archive holds them, where that differs.
    """
    try:
        with opener() as stream:
            head = stream.read(HEAD)
            form = compression.form_of(head)
            if form is None and stored is None and stream.seekable():
                size = stream.seek(0, io.SEEK_END)
                return Page(key=key, head=head, size=size, open=opener)
        if form is not None:
            opener, stored = partial(compression.expanded, opener, form, key), stored or opener
        head, size = _measured(opener)
    except (OSError, SourceError) as error:
        return problem(key, error)
    return Page(key=key, head=head, size=size, open=opener, stored=stored)


def _measured(opener: Callable[[], BinaryIO]) -> tuple[bytes, int]:
    """The first bytes of a stream, and how many there are, counted up to `MAX_READ`.

    Raises:
        SourceError: it breaks before it gives as much as a head.
    """
    with opener() as stream:
        head = stream.read(HEAD)
        size = len(head)
        try:
            while size <= MAX_READ and (data := stream.read(1 << 20)):
                size += len(data)
        except (SourceError, OSError):
            size += 1  # whoever reads it meets the error where it is, and may use what comes before
    return head, size


def unpacked(path: str, whole: Page) -> Iterator[tuple[str, Page | Problem]] | None:
    """The pages of an archive with their names in it ("": the archive itself), None where the page
    is no archive.

    Args:
        path: where the archive lies.
        whole: the archive as a page.
    """
    kind = archives.kind_of(whole.head)
    if kind is None:
        return None
    form = None
    if whole.stored is not None:
        with whole.stored() as stream:
            form = compression.form_of(stream.read(_MAGIC))
    if form and kind == "zip":
        reason = "an archive in a compressed file; unpack it first"
        return iter([("", Problem(source=whole.key, stage="find", reason=reason))])
    found: list[archives.Member] = []
    try:
        found.extend(archives.members(path, kind, form, whole.key))
    except (SourceError, OSError) as error:
        return iter([("", problem(whole.key, error))])
    return _of_archive(whole.key, found)


def _of_archive(
    key: str, members: Sequence[archives.Member]
) -> Iterator[tuple[str, Page | Problem]]:
    beside: dict[str, dict[str, Opener]] = {}
    for member in members:
        folder, _, name = member.name.rpartition("/")
        if name in UTTERANCES:
            beside.setdefault(folder, {})
    for member in members:
        folder, _, name = member.name.rpartition("/")
        if folder in beside and name in _BESIDE and member.open:
            beside[folder][name] = member.open
    for member in members:
        folder, _, name = member.name.rpartition("/")
        if not _is_hidden(member.name) and not (folder in beside and is_part(name)):
            told = f"{key}/{member.name}" if member.name else key
            given = beside[folder] if name in UTTERANCES else {}
            yield member.name, _member(told, member, given)


def _is_hidden(name: str) -> bool:
    parts = name.split("/")
    return any((p.startswith(".") and p != "..") or p == "__MACOSX" for p in parts)


def _member(key: str, member: archives.Member, beside: Mapping[str, Opener]) -> Page | Problem:
    if member.problem or member.open is None:
        return Problem(source=key, stage="find", reason=member.problem)
    made = page(key, member.open, member.stored)
    if isinstance(made, Problem):
        return made
    if archives.kind_of(made.head):
        reason = "an archive in an archive; unpack it first"
        return Problem(source=key, stage="find", reason=reason)
    return replace(made, parts=beside)
