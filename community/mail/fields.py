"""Header fields of a message or of a part of it: names, subjects and ids in plain words."""

from __future__ import annotations

import codecs
import re
from binascii import Error as BinasciiError
from email.errors import HeaderParseError
from email.header import decode_header

from community.ids import stable_id
from community.records import people
from community.text import legacy_charset

MAX_HEADER = 1 << 18  # bytes of a header that are read
_LONGEST = 4000  # characters of a field; References of long threads are the longest
_MOST_IDS = 200  # references kept of one message: the oldest and the newest
_FIELD = re.compile(r"([!-9;-~]{1,80}):[ \t]?(.*)", re.S)
_FOLD = re.compile(r"\r?\n(?=[ \t])")
_END = re.compile(rb"\r?\n\r?\n|\r\r")
_ID = re.compile(r"<([^<>]{1,300})>")
_BARE_ID = re.compile(r"[^\s<>\"]{1,200}@[^\s<>\"]{1,100}")
_PARAMETER = re.compile(r";\s*([\w*-]{1,40})\s*=\s*(\"(?:[^\"\\]|\\.){0,500}\"|[^\s;]{1,300})")
_COMMENT = re.compile(r"\(([^()]{1,120})\)")
_ANGLE = re.compile(r"<[^<>]{0,300}>")
_VIA = re.compile(r"\s+(?:via|über|par|por)\s+\S.{0,80}$", re.I)
# codecs of Python that are no charset of a letter; some take quadratic time
_NO_CHARSETS = ("idna", "punycode", "unicode", "raw", "undefined", "mbcs", "oem")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def split(data: bytes) -> tuple[dict[str, str], bytes]:
    """The fields of a header (first of each name, lower case), and what follows them."""
    data = data.lstrip(b"\r\n")
    end = _END.search(data)
    header, body = (data[: end.start()], data[end.end() :]) if end else (data, b"")
    header = header[:MAX_HEADER]
    fields: dict[str, str] = {}
    for line in _FOLD.sub(" ", _text(header)).split("\n"):
        found = _FIELD.match(line)
        if found:
            fields.setdefault(found[1].lower(), _short(found[2].strip()))
    return fields, body


def _short(value: str) -> str:
    """A field, of one that never ends its two ends: references begin with the first message, and
    end with the one that is answered."""
    return value if len(value) <= _LONGEST else f"{value[:1000]} {value[-_LONGEST + 1001 :]}"


def charset(label: str | None) -> str:
    """Python's name of a charset in which people write; "" for any other label."""
    try:
        info = codecs.lookup((label or "").strip("'\" "))
    except (LookupError, ValueError):  # unknown, or no name at all
        return ""
    text = getattr(info, "_is_text_encoding", True)
    return info.name if text and not info.name.startswith(_NO_CHARSETS) else ""


def _text(header: bytes) -> str:
    """A header as text; it should be ASCII, and what is not is in UTF-8 or a legacy charset."""
    try:
        text = header.decode("utf-8")
    except UnicodeDecodeError:
        text = header.decode(legacy_charset(header) or "cp1252", "replace")
    return text.replace("\x00", "")


def decoded(value: str) -> str:
    """A field's words, encoded ones (RFC 2047) decoded; what breaks the rules stays as it is."""
    if "=?" in value:
        try:
            pieces = decode_header(value)
        except (HeaderParseError, BinasciiError, ValueError):  # damaged base64: shown as it stands
            pieces = [(value, None)]
        value = "".join(_piece(words, label) for words, label in pieces)
    return " ".join(_CONTROL.sub(" ", value).split())


def _piece(words: bytes | str, label: str | None) -> str:
    if isinstance(words, str):
        return words
    for name in (charset(label), "utf-8"):
        try:
            return words.decode(name or "utf-8")
        except UnicodeError:  # not that charset, or damaged
            continue
    return words.decode("cp1252", "replace")


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """A ``Content-Type`` or ``Content-Disposition``: its value and its parameters."""
    kind, _, _ = value.partition(";")
    told: dict[str, str] = {}
    for name, words in _PARAMETER.findall(value):
        bare = words[1:-1] if words.startswith('"') else words
        told.setdefault(name.lower().rstrip("*"), re.sub(r"\\(.)", r"\1", bare))
    return kind.strip().lower(), told


def author(value: str) -> str | None:
    """Who a ``From`` field names; never an address (`community.records.people`)."""
    words = decoded(value)
    bare = _ANGLE.sub(" ", words).strip()
    beside = _COMMENT.search(bare) if "@" in bare or " at " in bare else None
    shown = (beside[1] if beside else bare).strip().strip("\"'").strip()
    # a list that must not send in another's name writes "Ann via LIST"
    shown = _VIA.sub("", shown) if shown and len(shown) < 200 else shown
    return people.name(shown.replace('\\"', '"') or words)


def ids(value: str) -> list[str]:
    """The messages that a field names, in its order, as digests: ids hold people's addresses."""
    found = _ID.findall(value)
    if not found:
        found = [words for words in _BARE_ID.findall(value) if "@" in words]
    if len(found) > _MOST_IDS:
        found = [found[0], *found[-_MOST_IDS + 1 :]]
    return [digest(words) for words in found]


def digest(message_id: str) -> str:
    """A name for a message that tells nothing of its sender."""
    plain = re.sub(r"\s+at\s+", "@", message_id.strip(), flags=re.I)
    return stable_id("message", re.sub(r"\s+", "", plain))
