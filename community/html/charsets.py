"""The bytes of an HTML page: whether they are one, and in which charset they are."""

from __future__ import annotations

import codecs
import re

from community.errors import SourceError
from community.text import decode

MAX_BYTES = 64 * 1024 * 1024  # a saved page is a few MiB; the tree takes ten times its bytes
_SAMPLE = 4096  # bytes in which a page declares its charset (WHATWG: 1024; saved pages add banners)
_META = re.compile(rb"<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.I)
_TAG = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|div|article|section|table|ul|ol|p)\b[^<]{0,2000}>", re.I
)
_XML = re.compile(rb"\W{0,4}<\?xml(?!.{0,600}<html\b)", re.I | re.S)
_JSON = re.compile(rb"\W{0,4}\s*(?:[{\[]\s*[\"{\[]|\"[\w ]+\",)")
# what browsers read under these names (WHATWG Encoding Standard, "names and labels")
_LABELS = {
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "ascii": "cp1252",
    "us-ascii": "cp1252", "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "gb2312": "gbk",
    "shift_jis": "cp932", "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "utf-16": "utf-8",
}  # fmt: skip


def looks_like_html(head: bytes) -> bool:
    """Whether the first bytes of a page hold HTML tags, and are no other XML."""
    flat = head.replace(b"\x00", b"")  # UTF-16 shows its ASCII so
    return bool(_TAG.search(flat)) and not _XML.match(flat) and not _JSON.match(flat)


def decode_html(data: bytes, subject: str) -> str:
    """The text of an HTML page: BOM, else UTF-8 if it holds, else the declared one, else guessed.

    UTF-8 comes before the declaration: browsers save pages as UTF-8 under their old meta tag, and
    other charsets hardly ever look like UTF-8 by chance.

    Raises:
        SourceError: larger than `MAX_BYTES`, or not text.
    """
    if len(data) > MAX_BYTES:
        reason = f"{len(data)} bytes of HTML, more than {MAX_BYTES}"
        raise SourceError(subject, reason, "split the page, or save its thread pages one by one")
    if data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return decode(data, subject)
    label = _META.search(data[:_SAMPLE])
    name = label.group(1).decode("ascii").lower() if label else ""
    charset = _known(_LABELS.get(name, name))
    data = data.replace(b"\x00", b"")
    if charset and charset.startswith("iso2022"):  # seven-bit: would pass for UTF-8
        return data.decode(charset, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        if charset and charset != "utf-8":
            return data.decode(charset, "replace")
        return decode(data, subject)


def _known(name: str) -> str:
    """Python's name of a text charset, or "" where there is none."""
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):  # an unknown label declares nothing
        return ""
    return info.name if getattr(info, "_is_text_encoding", True) else ""
