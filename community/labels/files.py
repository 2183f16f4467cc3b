"""Label files, read into rows: which post, which code, and what a person wrote down beside it.

Three shapes, told apart by what stands in the file:

- a table in the shape of ``codings.csv`` (comma, semicolon or tab; of its columns ``post_id`` and
  ``code`` are needed, ``layer``, ``polarity``, ``whose``, ``coder``, ``abstained``, ``role``,
  ``thread_id``, ``evidence_start`` and ``evidence_end`` (into the document's text) or ``evidence``
  (the words themselves) are used if they are there);
- JSON lines with the same names;
- JSON lines with one post a line: ``post_id``, ``role``, ``sentiment``, ``topics`` (a list),
  ``stances`` (a list of ``code``, ``polarity``, ``whose``, ``evidence``: pairs of offsets into the
  *post's* text, or words).

A row with an empty code says that the post was coded and nothing (more) was found: in its layer if
it names one, else in every layer that the coder uses. The same code on further rows adds evidence.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from community.errors import SourceError
from community.labels.nouns import Passage
from community.types import Layer

_DELIMITERS = ",;\t"
_TRUE, _FALSE = frozenset(("true", "1", "yes")), frozenset(("false", "0", "no", ""))
_GUARD = re.compile(r"'(?='*[=+\-@])")  # what our CSV sets before what a spreadsheet would run
_ADVICE = "the columns are those of codings.csv; post_id and code are needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a label file. `code` is "" where it says that nothing was found; `layer` is ""
    where it is not said."""

    line: int
    post_id: str
    layer: str = ""
    code: str = ""
    polarity: str | None = None
    whose: str | None = None
    abstained: bool = False
    coder: str | None = None
    role: str | None = None
    thread: str | None = None
    evidence: tuple[Passage, ...] = ()


def rows(text: str, name: str) -> list[Row]:
    """The rows of a label file, in its order.

    Args:
        text: the file.
        name: what errors call it.

    Raises:
        SourceError: it has none of the three shapes, or a value that cannot be.
    """
    begins = text.lstrip()[:1]
    if begins == "[":
        advice = "write one JSON object a line, without the list around them"
        raise SourceError(name, "is a JSON list, not JSON lines", advice)
    made = list(_of_json(text, name) if begins == "{" else _of_table(text, name))
    if not made:
        raise SourceError(name, "holds no coding", _ADVICE)
    return made


def ids(text: str, name: str) -> list[str]:
    """The posts of a list: a line each, or a table or JSON lines with ``post_id``.

    Raises:
        SourceError: it holds no post.
    """
    first = text.lstrip("\ufeff \r\n").split("\n", 1)[0].strip()
    if first.startswith("{"):
        found = [_id(values, name, line) for line, values in _objects(text, name)]
    elif "post_id" in _columns(first):
        found = [_id(values, name, line) for line, values in _records(text, name)]
    else:
        found = [line.strip() for line in text.splitlines() if line.strip()]
    if not found:
        raise SourceError(name, "lists no post", "write the id of one post on each line")
    return list(dict.fromkeys(found))


# ---- tables -----------------------------------------------------------------------------------


def _delimiter(head: str) -> str:
    return max(_DELIMITERS, key=head.count)


def _columns(head: str) -> list[str]:
    return [cell.strip().strip('"') for cell in head.split(_delimiter(head))]


def _records(text: str, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Line numbers and cells by column, without blank rows."""
    text = text.lstrip("\ufeff\r\n")
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text.split("\n", 1)[0]))
    try:
        header = [cell.strip() for cell in next(reader, [])]
        for cells in reader:
            if any(cell.strip() for cell in cells):
                # a short row lacks its last cells; what lies beyond the header has no name
                yield reader.line_num, dict(zip(header, map(str.strip, cells), strict=False))
    except csv.Error as error:
        raise SourceError(name, f"line {reader.line_num}: {error}", _ADVICE) from error


def _of_table(text: str, name: str) -> Iterator[Row]:
    head = text.lstrip("\ufeff\r\n").split("\n", 1)[0].strip()
    missing = [column for column in ("post_id", "code") if column not in _columns(head)]
    if missing:
        raise SourceError(name, f"has no column {' and no column '.join(missing)}", _ADVICE)
    for line, values in _records(text, name):
        yield _row(values, name, line)


def _id(values: Mapping[str, Any], name: str, line: int) -> str:
    found = _words(values, "post_id", name, line)
    if not found:
        raise SourceError(name, f"line {line}: no post_id", "every row names its post")
    return _GUARD.sub("", found, count=1)


def _words(values: Mapping[str, Any], key: str, name: str, line: int) -> str | None:
    """A cell, or a string of JSON; None where it is empty."""
    value = values.get(key)
    if value is None or isinstance(value, str):
        return value or None
    raise SourceError(name, f"line {line}: {key} is {value!r:.60}, not a string", _ADVICE)


def _flag(values: Mapping[str, Any], name: str, line: int) -> bool:
    value = values.get("abstained")
    told = "" if value is None else str(value).strip().lower()
    if told not in _TRUE | _FALSE:
        raise SourceError(name, f"line {line}: abstained is {value!r:.60}", "write true or false")
    return told in _TRUE


def _row(values: Mapping[str, Any], name: str, line: int) -> Row:
    def words(key: str) -> str | None:
        return _words(values, key, name, line)

    return Row(
        line=line,
        post_id=_id(values, name, line),
        layer=words("layer") or "",
        code=words("code") or "",
        polarity=words("polarity"),
        whose=words("whose"),
        abstained=_flag(values, name, line),
        coder=words("coder"),
        role=words("role"),
        thread=words("thread_id") or words("document_id"),
        evidence=_passage(values, name, line),
    )


def _passage(values: Mapping[str, Any], name: str, line: int) -> tuple[Passage, ...]:
    ends = [values.get("evidence_start"), values.get("evidence_end")]
    if any(end not in (None, "") for end in ends):
        start, end = (_offset(value, name, line) for value in ends)
        return (_span(start, end, name, line),)
    quoted = _words(values, "evidence", name, line)
    return (Passage(words=_GUARD.sub("", quoted, count=1)),) if quoted else ()


def _offset(value: object, name: str, line: int) -> int:
    told = str(value).strip().removesuffix(".0")  # spreadsheets write 12 as 12.0
    if isinstance(value, bool) or not (told.isascii() and told.isdigit() and len(told) < 16):
        advice = "offsets are whole numbers, from 0; leave both empty if there are none"
        raise SourceError(name, f"line {line}: {value!r:.60} is no offset", advice)
    return int(told)


def _span(start: int, end: int, name: str, line: int, *, in_post: bool = False) -> Passage:
    if end <= start:
        advice = "the end is one past the last character"
        raise SourceError(name, f"line {line}: evidence ends at {end}, begins at {start}", advice)
    return Passage(start=start, end=end, base="post" if in_post else "document")


# ---- JSON lines -------------------------------------------------------------------------------


def _objects(text: str, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, told in enumerate(text.split("\n"), 1):
        if not told.strip():
            continue
        try:
            found = json.loads(told)
        except (ValueError, RecursionError) as error:
            raise SourceError(name, f"line {line}: is not JSON: {error}") from error
        if not isinstance(found, dict):
            raise SourceError(name, f"line {line}: is no JSON object", "one object a line")
        yield line, found


def _of_json(text: str, name: str) -> Iterator[Row]:
    for line, values in _objects(text, name):
        if values.keys() & {"topics", "stances", "sentiment"}:
            yield from _of_post(values, name, line)
        elif "code" in values:
            yield _row(values, name, line)
        else:
            advice = "a line holds code, or topics, sentiment and stances"
            raise SourceError(name, f"line {line}: no coding in it", advice)


def _of_post(values: Mapping[str, Any], name: str, line: int) -> Iterator[Row]:
    def words(key: str) -> str | None:
        return _words(values, key, name, line)

    about: dict[str, Any] = {
        "line": line,
        "post_id": _id(values, name, line),
        "coder": words("coder"),
        "role": words("role"),
        "thread": words("thread_id"),
    }
    layers: tuple[tuple[str, Layer], ...] = (("topics", "topic"), ("stances", "stance"))
    for key, layer in layers:
        if values.get(key) is not None:
            yield Row(**about, layer=layer)  # that it was looked for, whether or not it was found
            for item in _list(values[key], key, name, line):
                yield _coded(item, layer, about, name)
    if feeling := words("sentiment"):
        yield Row(**about, layer="sentiment", code=feeling)


def _list(value: Any, key: str, name: str, line: int) -> list[Any]:
    if isinstance(value, list):
        return value
    raise SourceError(name, f"line {line}: {key} is {value!r:.60}, not a list")


def _coded(item: Any, layer: Layer, about: Mapping[str, Any], name: str) -> Row:
    line = about["line"]
    told = {"code": item} if isinstance(item, str) else item
    if not isinstance(told, dict) or not _words(told, "code", name, line):
        raise SourceError(name, f"line {line}: {item!r:.60} is no code of layer {layer}")
    spans = told.get("evidence")
    passages = [] if spans is None else _list(spans, "evidence", name, line)
    return Row(
        **about,
        layer=layer,
        code=told["code"],
        polarity=_words(told, "polarity", name, line),
        whose=_words(told, "whose", name, line),
        abstained=_flag(told, name, line),
        evidence=tuple(_json_passage(passage, name, line) for passage in passages),
    )


def _json_passage(value: Any, name: str, line: int) -> Passage:
    if isinstance(value, str) and value:
        return Passage(words=value)
    if isinstance(value, list) and len(value) == 2:
        start, end = (_offset(end, name, line) for end in value)
        return _span(start, end, name, line, in_post=True)
    advice = "evidence is a list of [start, end] into the post's text, or of words"
    raise SourceError(name, f"line {line}: {value!r:.60} is no evidence", advice)
