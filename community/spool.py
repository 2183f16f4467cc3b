"""Groups more items than memory holds, through a temporary database that nobody else can see.

Dumps are sorted by time, threads are not: a thread's comments stand all over the file.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

_BATCH = 2000  # items between writes
_CACHE = 32 * 1024  # KiB that the database keeps in memory
_PLAIN = 400  # characters up to which compressing a payload gains nothing


def grouped(items: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, list[Any]]]:
    """Items by key: groups in the order of each key's first item, items in their own order.

    Args:
        items: (key, anything that JSON can hold).

    Returns:
        (key, its items), one group in memory at a time. The temporary file, about as large as the
        items, is gone when the iterator ends.

    Raises:
        OSError: the temporary file cannot be written (disk full).
    """
    # "" is SQLite's private temporary database: on disk once it outgrows its cache, unnamed
    spool = sqlite3.connect("", isolation_level=None)
    try:
        spool.execute("PRAGMA synchronous = OFF")
        spool.execute("PRAGMA journal_mode = OFF")
        spool.execute(f"PRAGMA cache_size = -{_CACHE}")
        spool.execute("CREATE TABLE key (name TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID")
        spool.execute("CREATE TABLE item (seq INTEGER PRIMARY KEY, number INTEGER, payload BLOB)")
        _fill(spool, items)
        rows = spool.execute(
            "SELECT key.name, item.number, item.payload FROM item JOIN"
            " key ON key.number = item.number ORDER BY item.number, item.seq"
        )
        for _, group in groupby(rows, key=lambda row: row[1]):
            held = list(group)
            yield held[0][0], [_unpacked(payload) for _, _, payload in held]
    except sqlite3.Error as error:
        raise OSError(f"temporary file for grouping: {error}") from error
    finally:
        spool.close()


def _fill(spool: sqlite3.Connection, items: Iterable[tuple[str, Any]]) -> None:
    count = 0
    batch: list[tuple[str, bytes]] = []

    def write() -> None:
        nonlocal count
        spool.execute("BEGIN")
        for key, payload in batch:
            found = spool.execute("SELECT number FROM key WHERE name = ?", (key,)).fetchone()
            if found is None:
                count += 1
                found = (count,)
                spool.execute("INSERT INTO key VALUES (?, ?)", (key, count))
            spool.execute("INSERT INTO item (number, payload) VALUES (?, ?)", (*found, payload))
        spool.execute("COMMIT")
        batch.clear()

    for key, item in items:
        batch.append((key, _packed(item)))
        if len(batch) >= _BATCH:
            write()
    write()


def _packed(item: Any) -> bytes:
    data = json.dumps(item, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    return data if len(data) <= _PLAIN else b"\0" + zlib.compress(data, 1)


def _unpacked(payload: bytes) -> Any:
    return json.loads(zlib.decompress(payload[1:]) if payload[:1] == b"\0" else payload)
