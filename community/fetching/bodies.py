"""The body of an answer: read with a cap on what it unpacks to, of a kind we keep, as text."""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Literal

import httpx

from community.fetching.outcomes import SAVE_IT, Failed, Refused

Kind = Literal["html", "json", "xml", "txt", "csv"]

_STEP = 64 * 1024  # bytes that are unpacked at a time
_KINDS: dict[str, Kind] = {
    "text/html": "html", "application/xhtml+xml": "html", "application/json": "json",
    "text/json": "json", "application/xml": "xml", "text/xml": "xml", "text/plain": "txt",
    "text/markdown": "txt", "text/csv": "csv",
}  # fmt: skip
_META = re.compile(rb"<meta[^>]{0,400}?charset\s*=|<\?xml[^>]{0,200}?encoding\s*=", re.I)
_TAG = re.compile(rb"^\s*(?:<!doctype\s+html|<html\b|<head\b|<!--)", re.I)
_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.I)


def read(response: httpx.Response, url: str, limit: int, *, cut: bool = False) -> bytes:
    """The body, unpacked.

    Args:
        limit: bytes that it may unpack to.
        cut: whether the rest is left unread instead of refusing the answer.

    Raises:
        Refused: it is larger than `limit`, or packed in a way that was not asked for.
        Failed: it ends in the middle.
        httpx.TransportError: the connection broke.
    """
    parts: list[bytes] = []
    size = 0
    for part in _unpacked(response, url):
        size += len(part)
        if size > limit and not cut:
            reason = f"is larger than {limit / 1024 / 1024:g} MiB"
            raise Refused(url, reason, "allow more with --max-size, or save the page")
        parts.append(part)
        if size >= limit and cut:
            break
    return b"".join(parts)[: limit if cut else None]


def _unpacked(response: httpx.Response, url: str) -> Iterator[bytes]:
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    raw = response.iter_raw()
    if coding in ("", "identity"):
        return iter(raw)
    if coding not in ("gzip", "x-gzip"):
        raise Refused(url, f"is packed as {coding[:40]}, which was not asked for", SAVE_IT)
    return _gunzipped(raw, url)


def _gunzipped(raw: Iterable[bytes], url: str) -> Iterator[bytes]:
    """Unpacks step by step, so that little bytes cannot become many before they are counted."""
    unpack = zlib.decompressobj(wbits=31)
    try:
        for part in raw:
            while part:
                if unpack.eof:  # another member follows
                    unpack = zlib.decompressobj(wbits=31)
                made = unpack.decompress(part, _STEP)
                part = unpack.unconsumed_tail or (unpack.unused_data if unpack.eof else b"")
                if made:
                    yield made
    except zlib.error as error:
        raise Failed(url, f"is packed wrongly: {error}", "try again, or save the page") from error
    if not unpack.eof:
        raise Failed(url, "ends in the middle", "try again")


def kind_of(headers: httpx.Headers, body: bytes, url: str) -> Kind:
    """What an answer is, by its content type, and by its first bytes where it states none.

    Raises:
        Refused: nothing that we keep: a film, a picture, an archive, or no text at all.
    """
    stated = headers.get("content-type", "").partition(";")[0].strip().lower()
    kind = _KINDS.get(stated)
    if kind is None and stated.endswith("+json"):
        kind = "json"
    elif kind is None and stated.endswith("+xml") and not stated.startswith("image/"):
        kind = "xml"
    elif not stated and _TAG.match(body[:2000]):
        kind = "html"
    if kind is None:
        reason = f"is {stated or 'of no stated type'}, not a page"
        raise Refused(url, reason[:120], "only pages, feeds and JSON are fetched")
    if b"\x00" in body[:2000] and not body.startswith(_BOMS):
        raise Refused(url, f"calls itself {stated}, but is no text", "nothing was kept")
    return kind


def check_kind(headers: httpx.Headers, url: str) -> None:
    """Refuses an answer by its content type before its body is read.

    Raises:
        Refused: see `kind_of`.
    """
    if headers.get("content-type", "").strip():
        kind_of(headers, b"", url)


def stored(headers: httpx.Headers, body: bytes) -> tuple[bytes, str]:
    """The bytes to keep, and what was done to them, in words.

    They stay as they are, unless only the HTTP header knows their charset: a file has no headers,
    so they become UTF-8. A header that is wrong about them is not followed.
    """
    stated = _CHARSET.search(headers.get("content-type", ""))
    if not stated or body.startswith(_BOMS) or _META.search(body[:4096]) or _is_utf8(body):
        return body, ""
    try:
        text = body.decode(stated[1])
    except (LookupError, UnicodeError, ValueError):  # unknown here, or not theirs: readers judge
        return body, ""
    return text.encode("utf-8"), f"kept as UTF-8, was {stated[1].lower()}"


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
