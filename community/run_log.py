"""A study's own log of its runs, ``run.log``: a line of JSON for each, with its exit code.

A scheduler shows no terminal; this is where a failed night is found.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from community.errors import CommunityError

FILE = "run.log"
_MOST = 1024 * 1024  # bytes, after which the log begins anew and the old one is kept as run.log.1
Note = Callable[[Mapping[str, Any]], None]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def logged(folder: Path) -> Iterator[Note]:
    """Writes one line when the block ends, however it ends; the block may note what to say.

    The line has `began`, `ended`, `exit` (the process's exit code), `message` of an error, and
    what was noted. A folder that takes no log does not stop the run.
    """
    told: dict[str, Any] = {"began": _now(), "exit": 0}
    try:
        yield told.update
    except BaseException as error:
        told |= {"exit": _exit_code(error), "message": str(error) or type(error).__name__}
        raise
    finally:
        _append(folder / FILE, told | {"ended": _now()})


def _exit_code(error: BaseException) -> int:
    if isinstance(error, CommunityError):
        return error.exit_code
    return 130 if isinstance(error, KeyboardInterrupt) else int(getattr(error, "exit_code", 1))


def _append(path: Path, told: Mapping[str, Any]) -> None:
    try:
        if path.exists() and path.stat().st_size > _MOST:
            os.replace(path, path.with_name(f"{FILE}.1"))
        with path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(told, ensure_ascii=False) + "\n")
    except OSError:  # a full or read-only disk has already spoken through the run itself
        return
