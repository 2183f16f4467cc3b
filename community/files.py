"""Writing files whole or not at all, so that a killed run leaves no half of one."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from community.errors import StoreError
from community.locks import take


def write_whole(folder: Path, name: str, chunks: Iterable[bytes]) -> Path:
    """Writes a file beside its place and moves it there in one step.

    The unfinished file has one name, so that the next run takes over what a killed one left.

    Args:
        folder: where to; made when missing.
        name: the file's name, relative to the folder.
        chunks: its bytes.

    Raises:
        StoreError: another process is writing the same file.
        OSError: it cannot be written.
    """
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.part")
    descriptor = os.open(unfinished, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        take(descriptor)
    except OSError as error:
        os.close(descriptor)
        advice = "wait until it is done"
        raise StoreError(str(target), "another export is writing it", advice) from error
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.truncate(0)
            for chunk in chunks:
                stream.write(chunk)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(unfinished, target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return target
