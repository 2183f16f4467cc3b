"""Label files and lists of posts, opened; `community.labels.files` says what may stand in them."""

from __future__ import annotations

from pathlib import Path

from community.codebook import Codebook
from community.errors import SourceError, UsageError
from community.labels import files
from community.labels.folding import by_coder
from community.labels.nouns import Labels

_MOST = 256 * 1024 * 1024  # bytes; codings of a hundred thousand posts take some 30 MiB


def labels_of(path: Path, book: Codebook) -> dict[str, Labels]:
    """What each coder says in a file.

    Args:
        path: a table or JSON lines.
        book: the codes that there are.

    Raises:
        UsageError: there is no such file.
        SourceError: it cannot be read.
        CodebookError: it names a code that the codebook does not have.
    """
    return by_coder(files.rows(_text(path), path.name), book, path.name)


def posts_of(path: Path) -> list[str]:
    """The ids of a list of posts.

    Raises:
        UsageError: there is no such file.
        SourceError: it cannot be read, or is empty.
    """
    return files.ids(_text(path), path.name)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST:
            reason = f"larger than {_MOST >> 20} MiB"
            raise SourceError(str(path), reason, "leave out the columns that are not needed")
        data = path.read_bytes()
    except OSError as error:
        advice = "name a file of codings (CSV or JSON lines)"
        raise UsageError(str(path), f"cannot be read: {error.strerror}", advice) from error
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        reason = f"is not UTF-8 (byte {error.start})"
        raise SourceError(str(path), reason, "save it as CSV in UTF-8") from error
