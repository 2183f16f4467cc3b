"""JSON pages as the values they hold, and the beginning of one that is only sniffed at.

One file may hold several values: JSON lines, or pages of a thread saved one after another. Nothing
here recurses; the parser itself refuses what is nested too deep.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from json import JSONDecodeError, JSONDecoder
from typing import Any

from community.errors import SourceError
from community.tabular.rows import Rows, form_of, loaded
from community.types import Page

# the last alternative of a string takes one that is cut off, so that none is begun twice
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+("|\\?\Z)|[\[\]{},]', re.S)
_CLOSES = {"[": "]", "{": "}"}
_MOST_OPENED = 40  # values of a page looked at to tell what it is
_MOST_PIECES = 100_000  # values in one file


def values(page: Page) -> tuple[list[Any], tuple[str, ...]]:
    """The JSON values of a page in their order, and what of it could not be read.

    Raises:
        SourceError: not JSON, too large, nested too deep, or with a number of absurd length.
    """
    try:
        if form_of(page.head) == "jsonl":
            rows = Rows(page, "jsonl")
            found: list[Any] = [row.cells for row in rows]
            if found:
                return found, tuple(rows.problems)
        return [loaded(page)], ()
    except SourceError as error:
        cause = error.__cause__
        if isinstance(cause, JSONDecodeError) and cause.msg == "Extra data":
            return _pieces(cause.doc, page.key)
        raise
    except ValueError as error:  # Python refuses integers of thousands of digits
        raise SourceError(page.key, f"not JSON: {error}", "save the file again") from error


def _pieces(doc: str, subject: str) -> tuple[list[Any], tuple[str, ...]]:
    """Values that follow each other without commas."""
    decoder = JSONDecoder()
    found: list[Any] = []
    at = _next(doc, 0)
    while at < len(doc) and len(found) < _MOST_PIECES:
        try:
            value, end = decoder.raw_decode(doc, at)
        except RecursionError as error:
            raise SourceError(subject, "JSON nested too deep", "give JSON lines") from error
        except ValueError as error:  # cut off, or followed by something else
            if not found:
                raise SourceError(subject, f"not JSON: {error}", "save the file again") from error
            return found, (f"not JSON from offset {at} on ({error}); the rest was left out",)
        found.append(value)
        at = _next(doc, end)
    return found, ()


def _next(doc: str, at: int) -> int:
    while at < len(doc) and (doc[at].isspace() or doc[at] in ",\ufeff"):
        at += 1
    return at


def objects(found: Any, leaf: Callable[[dict[str, Any]], bool]) -> Iterator[dict[str, Any]]:
    """All JSON objects in their order, an object before those in it; none within a leaf."""
    stack = [found]
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(reversed(value))
        elif isinstance(value, dict):
            yield value
            if not leaf(value):
                stack.extend(reversed(list(value.values())))


def head_text(head: bytes) -> str:
    """A page's first bytes as text, if JSON of objects may begin there; else ""."""
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    words = head.decode("utf-16" if wide else "utf-8", "replace").lstrip("\ufeff \t\r\n")
    return words if words[:1] in ("[", "{") else ""


def opening(text: str) -> list[Any]:
    """What the beginning of a JSON page holds: values closed where they are cut off."""
    found: list[Any] = []
    start = 0
    stack: tuple[str, Any] | None = None  # what must still be closed, the innermost first
    cut: tuple[int, tuple[str, Any] | None] = (0, None)  # after the last value that is whole
    for match in _TOKEN.finditer(text):
        mark = match[0][0]
        if mark == '"':
            if match[1] != '"':
                break
        elif mark in "[{":
            stack = (_CLOSES[mark], stack)
        elif mark == ",":
            cut = (match.start(), stack)
        else:
            if stack is None or stack[0] != mark:
                break
            stack = stack[1]
            cut = (match.end(), stack)
            if stack is None:
                found += _closed(text[start : match.end()], None)
                start = match.end()
                if len(found) >= _MOST_OPENED:
                    return found
    if stack is not None and cut[0] > start:
        found += _closed(text[start : cut[0]], cut[1])
    return found


def _closed(text: str, stack: tuple[str, Any] | None) -> list[Any]:
    marks = []
    while stack is not None:
        marks.append(stack[0])
        stack = stack[1]
    try:
        return [json.loads(text + "".join(marks))]
    except (ValueError, RecursionError):  # not JSON after all: then it is not what we look for
        return []
