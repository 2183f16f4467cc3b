"""Zip archives of which the same content gives the same bytes, and the words that profiles keep."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from community.contracts import Snapshot
from community.errors import UsageError

_CHUNK = 1 << 16
_THEN = (1980, 1, 1, 0, 0, 0)  # the first time that a zip can name
_HELD = 8 << 20  # bytes of an archive that are held in memory; the rest lies in a temporary file


@contextmanager
def member(archive: zipfile.ZipFile, name: str) -> Iterator[IO[bytes]]:
    """A file of an archive, to be written piece by piece.

    Raises:
        UsageError: it grows beyond what every reader of zip files takes.
    """
    info = zipfile.ZipInfo(name, _THEN)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    info.create_system = 3
    try:
        with archive.open(info, "w") as stream:
            yield stream
    except RuntimeError as error:  # what zipfile raises when a member outgrows its header
        if "ZIP64" not in str(error):
            raise
        reason = "grows beyond 2 GiB, which many readers of zip files do not take"
        raise UsageError(name, reason, "export fewer threads at a time") from error


def packed(fill: Callable[[zipfile.ZipFile], None]) -> Iterator[bytes]:
    """The bytes of the archive that a function fills.

    Args:
        fill: called with the open archive.
    """
    with tempfile.SpooledTemporaryFile(max_size=_HELD) as held:
        with zipfile.ZipFile(held, "w", compresslevel=6) as archive:
            fill(archive)
        held.seek(0)
        while data := held.read(_CHUNK):
            yield data


def require_words(snapshot: Snapshot, name: str) -> None:
    """Refuses to write a file that is nothing without words under a profile that leaves them out.

    Raises:
        UsageError: the profile is for sharing.
    """
    options = snapshot.meta.get("options")
    if isinstance(options, dict) and options.get("profile") == "for-sharing":
        reason = "holds the words of posts, which a study for sharing leaves out"
        raise UsageError(name, reason, "take csv, xlsx, convokit or qdc, which do without them")
