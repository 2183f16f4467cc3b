"""Bytes of an XML file to text, chunk by chunk, whatever charset its declaration claims.

UTF-8 comes first, as browsers and editors rewrite files without touching their declaration. A byte
that is not UTF-8 is read in the declared charset, or the likeliest one, so that a file in which two
charsets met (old comments in a newer database) keeps all of its words.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from community.text import legacy_charset
from community.types import Page

CHUNK = 1 << 16  # bytes read at once
_DECLARED = re.compile(rb"<\?xml[^<>]{0,200}?encoding\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})")
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
    (b"<\x00r\x00", "utf-16-le"),
    (b"\x00<\x00r", "utf-16-be"),
)
# what browsers read under these names (WHATWG Encoding Standard)
_LABELS = {"iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252",
           "ascii": "cp1252", "gb2312": "gbk", "shift_jis": "cp932", "utf-16": "utf-8"}  # fmt: skip
# UTF-7 would let markup hide, wide charsets show by their bytes, the rest are no charsets at all
_NO_CHARSETS = ("utf-7", "utf-16", "utf-32", "idna", "punycode", "unicode", "raw", "undefined",
                "mbcs", "oem")  # fmt: skip
_ESCAPED = re.compile("[\udc80-\udcff]+")


def chunks(page: Page) -> Iterator[str]:
    """The text of a page in pieces; bytes of no charset become U+FFFD."""
    wide = next((name for mark, name in _WIDE if page.head.startswith(mark)), None)
    with page.open() as stream:
        pieces = iter(lambda: stream.read(CHUNK), b"")
        if wide:
            yield from _decoded(pieces, wide, "replace")
            return
        charset, spare = _charsets(page.head)
        if charset != "utf-8":
            yield from _decoded(pieces, charset, "replace")
            return
        for text in _decoded(pieces, "utf-8", "surrogateescape"):
            yield _ESCAPED.sub(lambda found: _read_as(found[0], spare), text)


def _decoded(pieces: Iterator[bytes], charset: str, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(charset)(errors)
    for piece in pieces:
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


def _read_as(escaped: str, charset: str) -> str:
    return bytes(ord(char) - 0xDC00 for char in escaped).decode(charset, "replace")


def _charsets(head: bytes) -> tuple[str, str]:
    """The charset of a file, and the one-byte charset of what is not UTF-8 in it."""
    label = _DECLARED.search(head[:4096])
    declared = _known(label[1].decode("ascii")) if label else ""
    likely = declared if declared not in ("", "utf-8") else _likely(head)
    if _one_byte(likely):
        return "utf-8", likely
    if declared == likely or not _is_utf8(head):  # Japanese, Chinese, Korean; seven-bit ones too
        return likely, "cp1252"
    return "utf-8", "cp1252"


def _likely(head: bytes) -> str:
    return "cp1252" if _is_utf8(head) else _known(legacy_charset(head) or "") or "cp1252"


def _is_utf8(head: bytes) -> bool:
    try:
        head[:-4].decode("utf-8")  # the last character may be cut in two
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 8
    return True


def _one_byte(charset: str) -> bool:
    high = bytes(range(0xA0, 0x100))
    return len(high.decode(charset, "replace")) == len(high) and not charset.startswith("iso2022")


def _known(label: str) -> str:
    """Python's name of a text charset, or "" where there is none."""
    name = label.lower()
    try:
        info = codecs.lookup(_LABELS.get(name, name))
    except (LookupError, ValueError):  # an unknown label declares nothing
        return ""
    text = getattr(info, "_is_text_encoding", True)
    return info.name if text and not info.name.startswith(_NO_CHARSETS) else ""
