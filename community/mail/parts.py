"""The words of a message: the right one of its parts, decoded, unwrapped, as plain text.

Plain text is taken before HTML, of which quotations are written as mail writes them, with ``> ``.
Attachments are not read. Everything is linear in the message, and bounded in depth.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator

from community.errors import SourceError
from community.html.markup import TextBuilder, parse
from community.html.quotes import is_quote
from community.mail.fields import charset, parameters, split
from community.text import legacy_charset, newlines

_DEEPEST = 12  # parts within parts; mail in use has three
_MOST_PARTS = 200
_MAX_WORDS = 1 << 20  # characters of one message; more is data
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LATIN = ("iso8859-1", "ascii")  # labels under which browsers read Windows-1252
_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


def words(fields: dict[str, str], body: bytes) -> str:
    """The text of a message, from its header fields and what follows them."""
    found = [text for text in _texts(fields, body, 0) if text.strip()]
    return "\n\n".join(text.strip("\n") for text in found)[:_MAX_WORDS]


def _texts(fields: dict[str, str], body: bytes, depth: int) -> Iterator[str]:
    """The texts of a part that a mail program would show, one below the other."""
    kind, told = parameters(fields.get("content-type") or "text/plain")
    placed, named = parameters(fields.get("content-disposition", ""))
    if placed == "attachment" or ("filename" in named and kind != "text/plain"):
        return
    if kind.startswith("multipart/") and told.get("boundary") and depth < _DEEPEST:
        parts = [split(piece) for piece in _pieces(body, told["boundary"])]
        if kind == "multipart/alternative":
            yield from _best(parts, depth)
            return
        for inner, rest in parts:
            yield from _texts(inner, rest, depth + 1)
    elif kind in ("text/plain", "text/html", "text", "text/enriched", ""):
        text = _decoded(_unpacked(body, fields.get("content-transfer-encoding", "")), told)
        if kind == "text/html":
            yield _plain(text)
        elif told.get("format", "").lower() == "flowed":
            yield _unflowed(text, told.get("delsp", "").lower() == "yes")
        else:
            yield text


def _best(parts: list[tuple[dict[str, str], bytes]], depth: int) -> Iterator[str]:
    """Of several forms of the same words the plain one, if it has words."""
    forms: list[tuple[bool, int, list[str]]] = []
    for inner, rest in parts:
        kind, _ = parameters(inner.get("content-type") or "text/plain")
        texts = [text for text in _texts(inner, rest, depth + 1) if text.strip()]
        if texts:
            forms.append((kind != "text/plain", len(forms), texts))
    if forms:
        yield from min(forms, key=lambda form: form[:2])[2]


def _pieces(body: bytes, boundary: str) -> list[bytes]:
    """What stands between the lines that a boundary makes; also where the last one is missing."""
    mark = re.escape(b"--" + boundary.encode("utf-8", "replace"))
    pieces: list[bytes] = []
    start = -1
    for found in re.finditer(rb"(?:\A|(?<=\n))" + mark + rb"(--)?[ \t]*\r?(?:\n|\Z)", body):
        if start >= 0:
            pieces.append(body[start : found.start()])
        start = -1 if found[1] else found.end()
        if found[1] or len(pieces) >= _MOST_PARTS:
            return pieces
    if start >= 0:
        pieces.append(body[start:])
    return pieces


def _unpacked(body: bytes, encoding: str) -> bytes:
    kind = encoding.strip().lower()
    if kind == "quoted-printable":
        return quopri.decodestring(body)
    if kind == "base64":
        packed = _BASE64.sub(b"", body)
        packed = packed[: len(packed) - (len(packed) % 4 == 1)]
        try:
            return binascii.a2b_base64(packed + b"=" * (-len(packed) % 4))
        except binascii.Error:  # not base64 after all
            return body
    return body


def _decoded(data: bytes, told: dict[str, str]) -> str:
    """Bytes as text: in the declared charset if they are, else in UTF-8 or the likeliest one."""
    declared = charset(told.get("charset"))
    names = [declared, "utf-8"] if declared not in _LATIN else ["utf-8", "cp1252"]
    for name in filter(None, names):
        try:
            text = data.decode(name)
        except UnicodeError:  # not that charset, or damaged
            continue
        return _UNREADABLE.sub("", newlines(text))
    likely = legacy_charset(data[: 1 << 16]) or "cp1252"
    return _UNREADABLE.sub("", newlines(data.decode(likely, "replace")))


def _plain(markup: str) -> str:
    """HTML as plain text, what it quotes with ``> `` before each line."""
    builder = TextBuilder()
    try:
        rendered = builder.add(parse(markup, "part"), mark=is_quote)
    except SourceError:  # no words in it, or nested too deep to be a letter
        return ""
    text = builder.text()
    pieces, at = [], 0
    for _, span in rendered.marks:
        pieces += [text[at : span.start], "> ", span.of(text).replace("\n", "\n> ")]
        at = span.end
    return "".join((*pieces, text[at:]))


def _unflowed(text: str, delete_space: bool) -> str:
    """Paragraphs of format=flowed (RFC 3676) on one line each."""
    lines: list[list[str]] = []
    flows, depth_before = False, 0
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare[1:] if bare.startswith(" ") else bare
        signature = bare == "-- "
        if flows and depth == depth_before and not signature:
            lines[-1].append(bare)
        else:
            lines.append([f"{'>' * depth} {bare}" if depth else bare])
        flows, depth_before = bare.endswith(" ") and not signature, depth
        if flows and delete_space:
            lines[-1][-1] = lines[-1][-1][:-1]
    return "\n".join("".join(pieces) for pieces in lines)
