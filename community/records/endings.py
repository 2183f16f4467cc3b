"""Problems that show only when a file has been read to its end, told with its last document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from community.types import RawDocument


def told(
    documents: Iterable[RawDocument], problems: Callable[[], Iterable[str]]
) -> Iterator[RawDocument]:
    """The documents as they come, one held back, so that the last can carry the file's problems.

    Args:
        documents: one or more; where there are none, nobody can be told.
        problems: asked when all documents have been read.
    """
    held: RawDocument | None = None
    for document in documents:
        if held is not None:
            yield held
        held = document
    if held is not None:
        yield replace(held, problems=(*held.problems, *problems()))
