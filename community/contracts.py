"""What plug-ins are: protocols to satisfy, nothing to inherit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from community.types import Coded, Page, RawDocument, Thread


class Reader(Protocol):
    """A source format: how sure it is that a page is its own (0 to 1), and the page's documents.

    Two attributes are optional: ``streams = True`` says that it never holds a whole page, so that
    it is given pages of any size; ``asked_last = True`` that telling costs it the whole page.
    """

    def sniff(self, page: Page) -> float: ...

    def read(self, page: Page) -> Iterable[RawDocument]: ...


class Coder(Protocol):
    """A way to code: a thread in, codings out. `name` is what stands in the column `coder`."""

    name: str

    def __call__(self, thread: Thread) -> Coded: ...


class Exporter(Protocol):
    """A file format: a snapshot in, (relative file name, chunks of bytes) out."""

    def __call__(self, snapshot: Snapshot) -> Iterable[tuple[str, Iterable[bytes]]]: ...


Row = tuple[object, ...]


class Snapshot(Protocol):
    """A consistent view of a study's current rows, already pseudonymised for the chosen profile.

    `rows(table)` yields rows in document order, as tuples in the order of that table's columns
    (`community.tables`); it may be called again, and streams. `meta` is what ``run.json`` holds.
    """

    @property
    def meta(self) -> dict[str, object]: ...

    def rows(self, table: str) -> Iterator[Row]: ...
