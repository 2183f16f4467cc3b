"""Compressed bytes as a stream of what is in them: gzip, bzip2, xz, Zstandard, and zip's deflate.

A form is told by its first bytes, never by a name. What is cut short, damaged or a bomb raises a
`SourceError` where it shows: output is asked for in bounded pieces, and more than a thousand bytes
out of each byte in is no discussion.
"""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Callable
from typing import BinaryIO, Literal, Protocol

import zstandard

from community.errors import SourceError

Form = Literal["gz", "bz2", "xz", "zst", "deflate"]

MAX_RATIO = 1000  # bytes out for each byte in; text compresses to a tenth, rarely to a fiftieth
_FREE = 4 * 1024 * 1024  # bytes out before the ratio counts
_PIECE = 1 << 20  # bytes out at once
_READ = 64 * 1024  # bytes in at once
_ZST_READ = 4 * 1024  # the decoder gives all there is in them: at worst 128 MiB
_WINDOW = 2**31  # bytes that dumps of Reddit look back; only such a dump takes this memory
_LONGEST_MAGIC = 10
_MAGIC: tuple[tuple[bytes, Form], ...] = (
    (b"\x1f\x8b\x08", "gz"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zst"),
)


class _Decoder(Protocol):
    """What the decoders have in common, as the standard library's have it."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    @property
    def hungry(self) -> bool: ...

    def step(self, data: bytes) -> bytes: ...


def form_of(head: bytes) -> Form | None:
    """How bytes are compressed, by how they begin; None where they are not."""
    if head[:3] == b"BZh" and head[4:10] in (b"1AY&SY", b"\x17rE8P\x90"):
        return "bz2"
    if head[1:4] == b"\x2a\x4d\x18" and 0x50 <= head[0] <= 0x5F:  # a frame to be skipped
        return "zst"
    return next((form for magic, form in _MAGIC if head.startswith(magic)), None)


def expanded(
    opener: Callable[[], BinaryIO], form: Form, subject: str, crc: int | None = None
) -> BinaryIO:
    """The bytes in a compressed stream; reading raises `SourceError` for what is wrong with it.

    Args:
        opener: opens the compressed bytes.
        form: how they are compressed.
        subject: names the source in errors.
        crc: CRC-32 of what is in them, where it is known from elsewhere.
    """
    return io.BufferedReader(_Expanded(opener(), form, subject, crc), _PIECE)


class _Zlib:
    def __init__(self, wbits: int) -> None:
        self._made = zlib.decompressobj(wbits)

    @property
    def eof(self) -> bool:
        return self._made.eof

    @property
    def unused_data(self) -> bytes:
        return self._made.unused_data

    @property
    def hungry(self) -> bool:
        return not self._made.unconsumed_tail

    def step(self, data: bytes) -> bytes:
        return self._made.decompress(self._made.unconsumed_tail + data, _PIECE)


class _Blocks:
    """bzip2 and xz."""

    def __init__(self, made: bz2.BZ2Decompressor | lzma.LZMADecompressor) -> None:
        self._made = made

    @property
    def eof(self) -> bool:
        return self._made.eof

    @property
    def unused_data(self) -> bytes:
        return self._made.unused_data

    @property
    def hungry(self) -> bool:
        return self._made.needs_input

    def step(self, data: bytes) -> bytes:
        return self._made.decompress(data, _PIECE)


class _Zst:
    hungry = True

    def __init__(self) -> None:
        decoder = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
        self._made = decoder.decompressobj()

    @property
    def eof(self) -> bool:
        return self._made.eof

    @property
    def unused_data(self) -> bytes:
        return self._made.unused_data

    def step(self, data: bytes) -> bytes:
        return self._made.decompress(data)


def _decoder(form: Form) -> _Decoder:
    if form == "zst":
        return _Zst()
    if form == "bz2":
        return _Blocks(bz2.BZ2Decompressor())
    if form == "xz":
        return _Blocks(lzma.LZMADecompressor(memlimit=256 * 1024 * 1024))
    return _Zlib(31 if form == "gz" else -15)


class _Expanded(io.RawIOBase):
    """Reads compressed bytes and gives what is in them, bounded and checked."""

    def __init__(self, raw: BinaryIO, form: Form, subject: str, crc: int | None) -> None:
        self._raw, self._form, self._subject = raw, form, subject
        self._decoder = _decoder(form)
        self._held = memoryview(b"")
        self._rest = b""  # bytes read that belong to the next compressed stream
        self._taken = self._given = 0
        self._wanted, self._crc = crc, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._held:
            self._held = memoryview(self._next())
        size = min(len(buffer), len(self._held))
        buffer[:size] = self._held[:size]
        self._held = self._held[size:]
        return size

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()

    def _next(self) -> bytes:
        """The next bytes; b"" at the end."""
        while not (self._decoder.eof and not self._again()):
            data = self._read() if self._decoder.hungry else b""
            if self._decoder.hungry and not data:
                raise self._error("cut short", "download or copy it again")
            try:
                found = self._decoder.step(data)
            except (zlib.error, lzma.LZMAError, zstandard.ZstdError, OSError, EOFError) as error:
                raise self._error(f"damaged: {error}", "download or copy it again") from error
            if found:
                return self._checked(found)
        if self._wanted is not None and self._crc != self._wanted:
            raise self._error("damaged: its checksum differs", "download or copy it again")
        return b""

    def _again(self) -> bool:
        """Whether another compressed stream follows the one that has ended, and it is begun."""
        if self._form == "deflate":
            return False
        rest = self._decoder.unused_data.lstrip(b"\x00") or self._rest
        while len(rest) < _LONGEST_MAGIC and (data := self._raw.read(_ZST_READ)):
            self._taken += len(data)
            rest = (rest + data).lstrip(b"\x00")  # tapes are padded so
        self._rest = rest
        if rest and form_of(rest) != self._form:
            raise self._error("followed by something else", "compress it again")
        if rest:
            self._decoder = _decoder(self._form)
        return bool(rest)

    def _read(self) -> bytes:
        if self._rest:
            data, self._rest = self._rest, b""
            return data
        data = self._raw.read(_ZST_READ if self._form == "zst" else _READ)
        self._taken += len(data)
        return data

    def _checked(self, found: bytes) -> bytes:
        self._given += len(found)
        if self._given > MAX_RATIO * self._taken + _FREE:
            reason = f"expands more than {MAX_RATIO}-fold: no text does"
            raise SourceError(self._subject, reason, "look at what it is")
        if self._wanted is not None:
            self._crc = zlib.crc32(found, self._crc)
        return found

    def _error(self, what: str, advice: str) -> SourceError:
        reason = f"compressed data {what} (after {self._given} bytes of content)"
        return SourceError(self._subject, reason, advice)
