"""Groups more items than memory holds, through a temporary database that nobody else can see.

Dumps are sorted by time, threads are not: a thread's comments stand all over the file. A few
mebibytes of items are simply held; what comes on top goes to disk.
"""

from __future__ import annotations

import marshal
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

MAX_GROUP = 256 * 1024 * 1024  # bytes of a packed group; what comes on top is left out
_HELD = 8 * 1024 * 1024  # bytes of packed items held before anything goes to disk
_BATCH = 5000  # items between writes
_CACHE = 8 * 1024  # KiB that the database keeps in memory
_KEYS = 100_000  # keys whose numbers are kept in memory; the others are looked up
_PLAIN = 16 * 1024  # characters up to which compressing a payload costs more time than it saves


def grouped(
    items: Iterable[tuple[str, Any]], cut: dict[str, int] | None = None
) -> Iterator[tuple[str, list[Any]]]:
    """Items by key: groups in the order of each key's first item, items in their own order.

    Args:
        items: (key, anything made of text, numbers, lists, tuples and dicts).
        cut: takes in how many items of which key were left out of a group beyond `MAX_GROUP`,
            before that group is given.

    Returns:
        (key, its items), one group in memory at a time. The temporary
        file, about as large as the items, is gone when the iterator ends.

    Raises:
        OSError: the temporary file cannot be written (disk full).
    """
    lost: dict[str, int] = {} if cut is None else cut
    held: dict[str, list[bytes]] = {}
    size = 0
    stream = iter(items)
    for key, item in stream:
        payload = _packed(item)
        held.setdefault(key, []).append(payload)
        size += len(payload)
        if size > _HELD:
            yield from _spooled(held, stream, lost)
            return
    for key, payloads in held.items():
        yield key, [_unpacked(payload) for payload in payloads]


def _spooled(
    held: dict[str, list[bytes]], stream: Iterator[tuple[str, Any]], lost: dict[str, int]
) -> Iterator[tuple[str, list[Any]]]:
    # "" is SQLite's private temporary database: on disk once it outgrows its cache, unnamed
    spool = sqlite3.connect("", isolation_level=None)
    try:
        spool.execute("PRAGMA synchronous = OFF")
        spool.execute("PRAGMA journal_mode = OFF")
        spool.execute(f"PRAGMA cache_size = -{_CACHE}")
        spool.execute("CREATE TABLE key (name TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID")
        spool.execute("CREATE TABLE item (seq INTEGER PRIMARY KEY, number INTEGER, payload BLOB)")
        numbers = _Numbers(spool)
        _write(spool, [(numbers.of(key), p) for key, found in held.items() for p in found])
        held.clear()
        batch: list[tuple[int, bytes]] = []
        for key, item in stream:
            batch.append((numbers.of(key), _packed(item)))
            if len(batch) >= _BATCH:
                _write(spool, batch)
                batch.clear()
        _write(spool, batch)
        numbers.write()
        yield from _groups(spool, lost)
    except sqlite3.Error as error:
        raise OSError(f"temporary file for grouping: {error}") from error
    finally:
        spool.close()


class _Numbers:
    """A number for each key, in the order in which keys first come."""

    def __init__(self, spool: sqlite3.Connection) -> None:
        self._spool = spool
        self._count = 0
        self._recent: dict[str, int] = {}
        self._unwritten: list[tuple[str, int]] = []

    def of(self, key: str) -> int:
        """The key's number."""
        number = self._recent.get(key)
        if number is None:
            if len(self._recent) >= _KEYS:
                self.write()
                self._recent.clear()
            number = self._stored(key)
            if number is None:
                self._count += 1
                number = self._count
                self._unwritten.append((key, number))
            self._recent[key] = number
        return number

    def _stored(self, key: str) -> int | None:
        if self._count <= len(self._recent):  # none was forgotten: a new key is new
            return None
        row = self._spool.execute("SELECT number FROM key WHERE name = ?", (key,)).fetchone()
        return int(row[0]) if row else None

    def write(self) -> None:
        """Stores what is not stored yet."""
        self._spool.execute("BEGIN")
        self._spool.executemany("INSERT INTO key VALUES (?, ?)", self._unwritten)
        self._spool.execute("COMMIT")
        self._unwritten.clear()


def _write(spool: sqlite3.Connection, batch: list[tuple[int, bytes]]) -> None:
    spool.execute("BEGIN")
    spool.executemany("INSERT INTO item (number, payload) VALUES (?, ?)", batch)
    spool.execute("COMMIT")


def _groups(spool: sqlite3.Connection, lost: dict[str, int]) -> Iterator[tuple[str, list[Any]]]:
    # the index alone is sorted; payloads are fetched where they lie, which dumps, whose threads
    # last some days, keep close together
    spool.execute("CREATE INDEX place ON item (number)")
    names = spool.execute("SELECT name, number FROM key ORDER BY number")
    sql = "SELECT payload FROM item WHERE number = ? ORDER BY seq"
    for key, number in names:
        group, size = [], 0
        for (payload,) in spool.execute(sql, (number,)):
            size += len(payload)
            if size > MAX_GROUP:
                lost[key] = lost.get(key, 0) + 1
            else:
                group.append(_unpacked(payload))
        yield key, group


# marshal, not JSON: a third of the time; only this process has ever had these bytes
def _packed(item: Any) -> bytes:
    data = marshal.dumps(item, 2)
    return data if len(data) <= _PLAIN else b"\0" + zlib.compress(data, 1)


def _unpacked(payload: bytes) -> Any:
    return marshal.loads(zlib.decompress(payload[1:]) if payload[:1] == b"\0" else payload)
