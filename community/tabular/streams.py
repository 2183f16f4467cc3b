"""Lines and JSON values out of a stream, one at a time, however long the stream is.

A line or value longer than `MOST` is passed over and said so: no memory holds what an endless line
holds. Half a surrogate pair and NUL, which JSON can spell and no file takes, become U+FFFD.
"""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Callable, Iterator
from json import JSONDecodeError, JSONDecoder
from typing import Any, BinaryIO

MOST = 16 * 1024 * 1024  # bytes of a line, or characters of a value in a stream of them
_CHUNK = 1 << 20  # bytes read at once
_ODD_ESCAPE = re.compile(r"\\u(?:[dD][89A-Fa-f]|0000)")
_UNWRITABLE = re.compile("[\ud800-\udfff\x00]")
_BETWEEN = re.compile(r"[\s,\ufeff]*")
_PAIR = re.compile(r"\s*:\s*")

Tell = Callable[[str], None]


def parsed(text: str) -> Any:
    """What JSON holds.

    Raises:
        ValueError: not JSON (a `JSONDecodeError` says where), or an integer of absurd length.
        RecursionError: nested too deep.
    """
    odd = "\\u" in text and _ODD_ESCAPE.search(text)
    return json.loads(text, object_pairs_hook=_writable if odd else None)


def _writable(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {_clean(name): _clean(value) for name, value in pairs}


def _clean(value: Any) -> Any:
    """Text as a file takes it, in lists too; objects in them have been cleaned already."""
    if isinstance(value, str):
        return _UNWRITABLE.sub("\ufffd", value)
    if not isinstance(value, list):
        return value
    top: list[Any] = list(value)
    stack = [top]
    while stack:
        held = stack.pop()
        for at, item in enumerate(held):
            if isinstance(item, str):
                held[at] = _UNWRITABLE.sub("\ufffd", item)
            elif isinstance(item, list):
                held[at] = list(item)
                stack.append(held[at])
    return top


def lines(stream: BinaryIO, charset: str, tell: Tell) -> Iterator[tuple[int, str]]:
    """Lines that are not blank, with their numbers, from 1 on; `tell` hears of those left out."""
    if codecs.lookup(charset).name.startswith("utf-16"):
        yield from _wide_lines(stream, charset, tell)
        return
    for number, line in enumerate(_byte_lines(stream), 1):
        if line is None:
            tell(f"line {number}: longer than {MOST >> 20} MiB; row left out")
        elif line and not line.isspace():
            yield number, line.decode(charset if number == 1 else _without_mark(charset), "replace")


def _without_mark(charset: str) -> str:
    return "utf-8" if charset == "utf-8-sig" else charset


def _byte_lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Lines without their newline; None for one that is too long."""
    rest, over = b"", False
    while chunk := stream.read(_CHUNK):
        found = chunk.split(b"\n")
        if len(found) > 1:
            yield None if over else rest + found[0]
            yield from found[1:-1]
            rest, over = found[-1], False
        elif not over:
            rest += chunk
            if len(rest) > MOST:
                rest, over = b"", True
    if rest or over:
        yield None if over else rest


def _wide_lines(stream: BinaryIO, charset: str, tell: Tell) -> Iterator[tuple[int, str]]:
    text = io.TextIOWrapper(stream, encoding=charset, errors="replace", newline="\n")
    try:
        number = 0
        while line := text.readline(MOST):
            number += 1
            if len(line) == MOST and not line.endswith("\n"):
                tell(f"line {number}: longer than {MOST >> 20} MiB; row left out")
                while (line := text.readline(MOST)) and not line.endswith("\n"):
                    pass
            elif not line.isspace():
                yield number, line
    finally:
        text.detach()  # whoever opened the stream closes it


class _Window:
    """The part of a JSON text that is being looked at."""

    def __init__(self, stream: BinaryIO, charset: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(charset)("replace")
        self._json = JSONDecoder()
        self.text, self.at, self.before, self.ended = "", 0, 0, False

    @property
    def offset(self) -> int:
        """Characters from the beginning of the text."""
        return self.before + self.at

    def more(self) -> None:
        """Reads on: at least as much as there is, so that a long value is not tried too often."""
        data = self._stream.read(max(_CHUNK, len(self.text) - self.at))
        self.ended = not data
        self.before += self.at
        self.text = self.text[self.at :] + self._decoder.decode(data, not data)
        self.at = 0

    def peek(self, skip: re.Pattern[str] = _BETWEEN) -> str:
        """The next character that is not passed over; "" at the end."""
        while True:
            match = skip.match(self.text, self.at)
            end = match.end() if match else self.at
            if end < len(self.text) or self.ended:
                self.at = end
                return self.text[end : end + 1]
            self.more()

    def value(self) -> Any:
        """The JSON value that begins here.

        Raises:
            ValueError: there is none, or it is longer than `MOST`.
            RecursionError: nested too deep.
        """
        while True:
            try:
                found, end = self._json.raw_decode(self.text, self.at)
            except JSONDecodeError:  # cut off by the window, perhaps
                if self.ended or len(self.text) - self.at > MOST:
                    raise
            else:
                if end < len(self.text) or self.ended:  # else a number may go on
                    told = self.text[self.at : end]
                    self.at = end
                    return parsed(told) if "\\u" in told else found
            self.more()


def elements(stream: BinaryIO, charset: str, names: tuple[str, ...] = ()) -> Iterator[Any]:
    """Elements of a JSON array; of an object, those of its first list under one of `names`.

    Raises:
        ValueError: not JSON from some offset on, or no such list.
        RecursionError: an element is nested too deep.
    """
    window = _Window(stream, charset)
    first = window.peek()
    if first == "{":
        window.at += 1
        first = _inside(window, names)
    if first != "[":
        raise ValueError("no list of rows in it")
    window.at += 1
    while (mark := window.peek()) != "]":
        if not mark:
            raise ValueError(f"cut off at offset {window.offset}")
        yield window.value()


def _inside(window: _Window, names: tuple[str, ...]) -> str:
    """Goes on to the first list under one of the names; its first character, or ""."""
    while window.peek() == '"':
        name = window.value()
        window.peek(_PAIR)
        if name in names and window.peek() == "[":
            return "["
        window.value()
    return ""


def pairs(stream: BinaryIO, charset: str = "utf-8-sig") -> Iterator[tuple[str, Any]]:
    """Names and values of a JSON object.

    Raises:
        ValueError: no JSON object, or not JSON from some offset on.
        RecursionError: a value is nested too deep.
    """
    window = _Window(stream, charset)
    if window.peek() != "{":
        raise ValueError("no JSON object")
    window.at += 1
    while (mark := window.peek()) != "}":
        if mark != '"':
            raise ValueError(f"cut off at offset {window.offset}")
        name = window.value()
        window.peek(_PAIR)
        yield name, window.value()
