"""One writer at a time: a lock that the operating system takes back when its holder dies."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from community.errors import StoreError

if sys.platform == "win32":
    import msvcrt

    def take(descriptor: int) -> None:
        """Locks an open file for this process alone; OSError where another holds it."""
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def take(descriptor: int) -> None:
        """Locks an open file for this process alone; OSError where another holds it."""
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Holds the lock file at `path` for the length of the block.

    Raises:
        StoreError: another process holds it, or the folder cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise StoreError(str(path), f"cannot be written: {error.strerror}") from error
    try:
        try:
            take(descriptor)
        except OSError as error:
            advice = "wait until it is done; nothing was changed"
            raise StoreError(str(path.parent), "another run is at work here", advice) from error
        yield
    finally:
        os.close(descriptor)
