"""Rows of a table of any of the usual kinds, one by one: CSV, TSV, JSON lines, a JSON array.

CSV and JSON lines are read as a stream; a JSON array is held whole. A line that is no row (too many
or too few cells, not JSON) is reported and passed over.
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
from typing import Any, Literal

from community.errors import SourceError
from community.text import legacy_charset
from community.types import Page

Form = Literal["csv", "jsonl", "json"]

MAX_CELL = 16 * 1024 * 1024  # characters; more is a quote mark that was never closed
MAX_JSON = 512 * 1024 * 1024  # bytes of a JSON array, which is held whole
_DELIMITERS = ",;\t|"
_LISTS = ("data", "posts", "comments", "items", "utterances", "messages", "results", "rows")
_ODD_ESCAPE = re.compile(r"\\u(?:[dD][89A-Fa-f]|0000)")
_UNWRITABLE = re.compile("[\ud800-\udfff\x00]")
_MOST_PROBLEMS = 1000  # reported one by one; the file is then plainly of another form


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

    def _problem(self, words: str) -> None:
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(words)

    def _csv(self) -> Iterator[Row]:
        with _text(self.page) as stream, _long_cells():
            first = stream.readline()
            delimiter = _delimiter(first)
            stream.seek(0)
            reader = csv.reader(stream, delimiter=delimiter)
            try:
                header = tuple(name.strip().lstrip("\ufeff") for name in next(reader, []))
                self.header = header
                for cells in reader:
                    if not any(cells):
                        continue
                    if len(cells) != len(header):
                        found = f"{len(cells)} cells under {len(header)} columns"
                        self._problem(f"line {reader.line_num}: {found}; row left out")
                        continue
                    yield Row(reader.line_num, dict(zip(header, cells, strict=True)))
            except csv.Error as error:
                reason = f"line {reader.line_num}: not CSV: {error}"
                advice = "look for a quote mark that is not closed before that line"
                raise SourceError(self.page.key, reason, advice) from error

    def _lines(self) -> Iterator[Row]:
        names: dict[str, None] = {}
        with _text(self.page) as stream:
            for number, line in enumerate(stream, 1):
                if not line.strip():
                    continue
                try:
                    found = _parsed(line)
                except (json.JSONDecodeError, RecursionError) as error:
                    self._problem(f"line {number}: not JSON ({error}); row left out")
                    continue
                if not isinstance(found, dict):
                    self._problem(f"line {number}: no JSON object; row left out")
                    continue
                names.update(dict.fromkeys(found))
                self.header = tuple(names)
                yield Row(number, found)

    def _array(self) -> Iterator[Row]:
        names: dict[str, None] = {}
        for number, found in enumerate(_listed(loaded(self.page)), 1):
            if not isinstance(found, dict):
                self._problem(f"element {number}: no JSON object; row left out")
                continue
            names.update(dict.fromkeys(found))
            self.header = tuple(names)
            yield Row(number, found)


def form_of(head: bytes) -> Form | None:
    """The kind of table that a page's first bytes look like; None where they look like none."""
    charset = _charset(head)
    text = head.decode(charset, "replace").lstrip("\ufeff").lstrip()
    if text.startswith(("[", "{")):
        if text.startswith("["):
            return "json" if text[1:].lstrip()[:1] in ("{", "]") else None
        first = text.split("\n", 1)[0]
        try:
            whole = isinstance(json.loads(first), dict)
        except (json.JSONDecodeError, RecursionError):  # one object over several lines, or cut off
            whole = len(first) > len(text) // 2 and "\n" not in text
        return "jsonl" if whole else "json"
    first = text.split("\n", 1)[0]
    if text.startswith("<") or not _delimited(first):
        return None
    return "csv"


def _delimited(line: str) -> bool:
    cells = [cell.strip().strip('"') for cell in line.rstrip("\r").split(_delimiter(line))]
    named = [cell for cell in cells if cell and len(cell) < 60 and cell.count(" ") < 8]
    return len(cells) > 1 and len(named) == len(cells) and len(set(cells)) == len(cells)


def header_of(head: bytes) -> tuple[str, ...]:
    """The columns named by the first line of a CSV file."""
    text = head.decode(_charset(head), "replace").lstrip("\ufeff").lstrip()
    first = text.split("\n", 1)[0].rstrip("\r")
    return tuple(next(csv.reader([first], delimiter=_delimiter(first)), ()))


def loaded(page: Page) -> Any:
    """What a JSON page holds.

    Raises:
        SourceError: too large, not JSON, or nested too deep.
    """
    if page.size > MAX_JSON:
        reason = f"{page.size} bytes of JSON in one piece, more than {MAX_JSON}"
        raise SourceError(page.key, reason, "give JSON lines: one object per line")
    data = page.read()
    try:
        return _parsed(data.decode(_charset(data[: 1 << 16]), "replace"))
    except json.JSONDecodeError as error:
        reason = f"not JSON at line {error.lineno}, offset {error.pos}: {error.msg}"
        raise SourceError(
            page.key, reason, "fetch or save the file again: it may be cut"
        ) from error
    except RecursionError as error:
        raise SourceError(page.key, "JSON nested too deep", "give JSON lines") from error


def _parsed(text: str) -> Any:
    """What JSON holds. Its escapes can spell half a surrogate pair, or NUL, which no text holds and
    no file takes: U+FFFD stands for each, so that lengths stay."""
    return json.loads(text, object_pairs_hook=_writable if _ODD_ESCAPE.search(text) else None)


def _writable(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {
        name: _UNWRITABLE.sub("\ufffd", value) if isinstance(value, str) else value
        for name, value in pairs
    }


def _listed(found: Any) -> list[Any]:
    if isinstance(found, dict):
        for name in _LISTS:
            if isinstance(found.get(name), list):
                return list(found[name])
        return [found]
    return found if isinstance(found, list) else []


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=lambda mark: (line.count(mark), -_DELIMITERS.index(mark)))


def _charset(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    cut = head[:-4] if len(head) > 1000 else head  # the last character may be cut in two
    for end in range(len(cut), max(0, len(cut) - 4), -1):
        try:
            cut[:end].decode("utf-8")
        except UnicodeDecodeError:  # damaged there, or another charset
            continue
        return "utf-8-sig"
    return legacy_charset(cut) or "cp1252"


@contextmanager
def _text(page: Page) -> Iterator[io.TextIOWrapper]:
    with page.open() as raw:
        yield io.TextIOWrapper(raw, encoding=_charset(page.head), errors="replace", newline="")


@contextmanager
def _long_cells() -> Iterator[None]:
    """Raises csv's limit on a cell's length, which is global, while a file is read."""
    before = csv.field_size_limit(min(MAX_CELL, sys.maxsize))
    try:
        yield
    finally:
        csv.field_size_limit(before)
