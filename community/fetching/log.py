"""The fetch log: one JSON object per line, beside ``study.toml``, only ever added to.

It is no source, and it outlives the pages. A line that was torn by a kill is passed over; what it
would have told about is fetched again.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

NAME = "fetch.jsonl"
FOLDER = "sources"  # of a study, where fetched pages lie

Outcome = Literal[
    "new", "changed", "unchanged", "duplicate", "removed", "refused", "failed", "planned"
]
KEPT: frozenset[str] = frozenset({"new", "changed"})  # outcomes that wrote a file
HELD: frozenset[str] = frozenset({"new", "changed", "unchanged"})  # outcomes after which one lies

_MOST = 64 * 1024 * 1024  # bytes of a log that are read


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened to one address.

    `asked` is the address as given; `url` the one requested for this file and `final_url` where
    redirects led; `at` when (ISO 8601, UTC). `file` is relative to ``sources``, `bytes` and
    `sha256` are the file's. `parts` are further addresses whose answers went into the same file.
    `robots` is what robots.txt said, `note` what else is to be known, or why it did not work.
    """

    asked: str
    url: str
    final_url: str | None = None
    at: str
    outcome: Outcome
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    fresh_until: str | None = None
    bytes: int | None = None
    sha256: str | None = None
    file: str | None = None
    parts: tuple[str, ...] = ()
    robots: str | None = None
    note: str | None = None


_TEXTS = frozenset(f.name for f in fields(Entry)) - {"bytes", "status", "parts"}
_FILE = re.compile(r"[a-z0-9][a-z0-9._-]{0,119}")  # a name of ours: never a path
_NEEDED = ("asked", "url", "at", "outcome")


def read(path: Path) -> list[Entry]:
    """The entries of a log, oldest first; none where there is no log. Foreign lines are skipped."""
    try:
        with open(path, "rb") as stream:
            data = stream.read(_MOST)
    except FileNotFoundError:
        return []
    return list(_entries(data.decode("utf-8", "replace").splitlines()))


def _entries(lines: Iterable[str]) -> Iterator[Entry]:
    for line in lines:
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):  # torn, or not ours
            continue
        if isinstance(told, dict) and all(isinstance(told.get(key), str) for key in _NEEDED):
            yield Entry(**_checked(told))


def _checked(told: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of an entry that are of their kind: a log may come from a stranger."""
    made: dict[str, Any] = {}
    for key, value in told.items():
        if key in _TEXTS:
            plain = isinstance(value, str) and (key != "file" or _FILE.fullmatch(value))
            made[key] = value if plain else None
        elif key in ("bytes", "status"):
            made[key] = value if type(value) is int else None
        elif key == "parts" and isinstance(value, list):
            made[key] = tuple(part for part in value if isinstance(part, str))
    return made


def append(path: Path, entry: Entry) -> None:
    """Adds an entry, in one write.

    Raises:
        OSError: the log cannot be written.
    """
    line = json.dumps(
        {key: value for key, value in asdict(entry).items() if value not in (None, ())},
        ensure_ascii=False,
    )
    with open(path, "ab+") as stream:
        torn = False
        if stream.tell():
            stream.seek(-1, os.SEEK_END)
            torn = stream.read(1) != b"\n"
        stream.write(b"\n" * torn + line.encode("utf-8", "backslashreplace") + b"\n")


def held(entries: Iterable[Entry]) -> dict[str, Entry]:
    """File → the entry that wrote it as it is now, of files not removed since."""
    files: dict[str, Entry] = {}
    for entry in entries:
        if entry.file and entry.outcome in KEPT:
            files[entry.file] = entry
        elif entry.file and entry.outcome == "removed":
            files.pop(entry.file, None)
    return files


def intact(folder: Path, entry: Entry) -> bytes | None:
    """The bytes of an entry's file, if they are still those that were fetched."""
    try:
        data = (folder / (entry.file or "")).read_bytes()
    except OSError:  # gone, or no file
        return None
    return data if digest(data) == entry.sha256 else None


def digest(data: bytes) -> str:
    """SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def origin(path: Path) -> tuple[str | None, str | None]:
    """Where a file of a study was fetched from and when; (None, None) of every other file, and of
    one that was edited since."""
    if path.parent.name != FOLDER:
        return None, None
    told = path.parent.parent / NAME
    try:
        known = _known(str(told), told.stat().st_mtime_ns)
        entry = known.get(path.name)
        if entry is None or path.stat().st_size != entry.bytes:
            return None, None
    except OSError:  # no log, or no file
        return None, None
    url = entry.final_url or entry.url
    return (url if url.startswith(("http://", "https://")) else None), entry.at


@lru_cache(maxsize=4)
def _known(path: str, _changed: int) -> dict[str, Entry]:
    return held(read(Path(path)))
