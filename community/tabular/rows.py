"""Rows of a table of any of the usual kinds, one by one: CSV, TSV, JSON lines, a JSON array.

All are read as a stream. A line that is no row (too many or too few cells, not JSON) is reported
and passed over.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

from community.errors import SourceError
from community.tabular import streams
from community.tabular.layout import Layout, charset_of, layout, text_of
from community.types import MAX_READ, Page

Form = Literal["csv", "jsonl", "json"]

MAX_CELL = 16 * 1024 * 1024  # characters; more is a quote mark that was never closed
_LISTS = ("data", "posts", "comments", "items", "utterances", "messages", "results", "rows")
_WRAPPED = re.compile(rf'"(?:{"|".join(_LISTS)})"\s*:\s*\[\s*\{{')
_MOST_PROBLEMS = 1000  # reported one by one; the file is then plainly of another form
_SAVE_AGAIN = "fetch or save the file again: it may be cut"


@dataclass(slots=True)
class Row:
    """A row: its cells by column, and the line it ends on."""

    line: int
    cells: dict[str, Any]


@dataclass(slots=True)
class Rows:
    """Rows of a page as they come; `problems` grows on the way."""

    page: Page
    form: Form
    header: tuple[str, ...] = ()
    problems: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Row]:
        if self.form == "csv":
            return self._csv()
        return self._lines() if self.form == "jsonl" else self._array()

    def tell(self, words: str) -> None:
        """Takes a problem in, unless there are too many already."""
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(words)

    def _csv(self) -> Iterator[Row]:
        found = layout(self.page.head) or Layout(",", ())
        with _text(self.page) as stream, _long_cells():
            lines = self._bounded(stream)
            for _ in range(found.above):
                next(lines, "")
            reader = csv.reader(lines, delimiter=found.delimiter)
            self.header = found.columns
            try:
                if not found.headless:
                    next(reader, [])
                yield from self._cells(reader, found)
            except csv.Error as error:
                reason = f"line {reader.line_num + found.above}: not CSV: {error}"
                advice = "look for a quote mark that is not closed before that line"
                raise SourceError(self.page.key, reason, advice) from error

    def _bounded(self, stream: io.TextIOWrapper) -> Iterator[str]:
        while line := stream.readline(MAX_CELL):
            if len(line) >= MAX_CELL and not line.endswith(("\n", "\r")):
                raise csv.Error(f"a line of more than {MAX_CELL} characters")
            yield line

    def _cells(self, reader: Any, found: Layout) -> Iterator[Row]:
        width = len(found.columns)
        for cells in reader:
            if not any(cells):
                continue
            line = reader.line_num + found.above
            if len(cells) > width and not any(cells[width:]):
                cells = cells[:width]  # spreadsheets end lines with empty cells
            if len(cells) != width:
                told = f"{len(cells)} cells under {width} columns"
                self.tell(f"line {line}: {told}; row left out")
                continue
            yield Row(line, dict(zip(found.columns, cells, strict=True)))

    def _lines(self) -> Iterator[Row]:
        names: dict[str, None] = {}
        with self.page.open() as stream:
            for number, line in streams.lines(stream, charset_of(self.page.head), self.tell):
                try:
                    found = streams.parsed(line)
                except (ValueError, RecursionError) as error:
                    self.tell(f"line {number}: not JSON ({error}); row left out")
                    continue
                if not isinstance(found, dict):
                    self.tell(f"line {number}: no JSON object; row left out")
                    continue
                if not names.keys() >= found.keys():
                    names.update(dict.fromkeys(found))
                    self.header = tuple(names)
                yield Row(number, found)

    def _array(self) -> Iterator[Row]:
        names: dict[str, None] = {}
        for number, found in enumerate(self._elements(), 1):
            if not isinstance(found, dict):
                self.tell(f"element {number}: no JSON object; row left out")
                continue
            if not names.keys() >= found.keys():
                names.update(dict.fromkeys(found))
                self.header = tuple(names)
            yield Row(number, found)

    def _elements(self) -> Iterator[Any]:
        if self.page.size <= MAX_READ:
            yield from _listed(loaded(self.page))
            return
        with self.page.open() as stream:
            try:
                yield from streams.elements(stream, charset_of(self.page.head), _LISTS)
            except (ValueError, RecursionError) as error:
                raise SourceError(self.page.key, f"not JSON: {error}", _SAVE_AGAIN) from error


def form_of(head: bytes) -> Form | None:
    """The kind of table that a page's first bytes look like; None where they look like none."""
    text = text_of(head).lstrip()
    if not text.startswith(("[", "{")):
        return "csv" if layout(head) else None
    if text.startswith("["):
        return "json" if text[1:].lstrip()[:1] in ("{", "]") else None
    first, _, rest = text.partition("\n")
    try:
        found = json.loads(first)
    except (ValueError, RecursionError):  # one object over several lines, or cut off
        return "json" if rest or "\n" in text or _WRAPPED.search(first) else "jsonl"
    wrapped = isinstance(found, dict) and not rest.strip() and _is_wrapped(found)
    return "jsonl" if isinstance(found, dict) and not wrapped else "json"


def _is_wrapped(found: dict[str, Any]) -> bool:
    """Whether an object's own list holds the rows, and it is none itself."""
    lists = (found.get(name) for name in _LISTS)
    return any(isinstance(rows, list) and rows and isinstance(rows[0], dict) for rows in lists)


def opening(head: bytes, form: Form, most: int = 5) -> Iterator[Any]:
    """The first JSON values of a table, as far as its first bytes hold them whole."""
    if form == "csv":
        return
    charset, stream = charset_of(head), io.BytesIO(head)
    try:
        if form == "json":
            yield from islice(streams.elements(stream, charset, _LISTS), most)
        for _, line in streams.lines(stream, charset, lambda _: None) if form == "jsonl" else ():
            yield streams.parsed(line)
            most -= 1
            if not most:
                return
    except (ValueError, RecursionError):  # the head ends within a value, or it is no JSON
        return


def header_of(head: bytes) -> tuple[str, ...]:
    """The columns of a CSV file, as its first lines name them."""
    found = layout(head)
    return found.columns if found else ()


def loaded(page: Page) -> Any:
    """What a JSON page holds.

    Raises:
        SourceError: too large, not JSON, or nested too deep.
    """
    data = page.read()
    try:
        return streams.parsed(data.decode(charset_of(data[: 1 << 16]), "replace"))
    except json.JSONDecodeError as error:
        reason = f"not JSON at line {error.lineno}, offset {error.pos}: {error.msg}"
        raise SourceError(page.key, reason, _SAVE_AGAIN) from error
    except ValueError as error:  # an integer of thousands of digits
        raise SourceError(page.key, f"not JSON: {error}", _SAVE_AGAIN) from error
    except RecursionError as error:
        raise SourceError(page.key, "JSON nested too deep", "give JSON lines") from error


def _listed(found: Any) -> list[Any]:
    if isinstance(found, dict):
        for name in _LISTS:
            if isinstance(found.get(name), list):
                return list(found[name])
        return [found]
    return found if isinstance(found, list) else []


@contextmanager
def _text(page: Page) -> Iterator[io.TextIOWrapper]:
    with page.open() as raw:
        yield io.TextIOWrapper(raw, encoding=charset_of(page.head), errors="replace", newline="")


@contextmanager
def _long_cells() -> Iterator[None]:
    """Raises csv's limit on a cell's length, which is global, while a file is read."""
    before = csv.field_size_limit(min(MAX_CELL, sys.maxsize))
    try:
        yield
    finally:
        csv.field_size_limit(before)
