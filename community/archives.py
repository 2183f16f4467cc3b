"""What zip and tar archives hold, member by member, without ever writing one to disk.

A member is opened by its place in the archive, never by its name as a path. Encrypted members,
links, devices, archives in archives and names that lead out of the archive are told as problems.
"""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, Literal

from community.compression import Form, expanded
from community.errors import SourceError

Kind = Literal["zip", "tar"]

MAX_MEMBERS = 20_000  # of one archive
_HELD = 64 * 1024 * 1024  # bytes of members of a compressed tar that are held, each read once
_SCANNED = 32  # members beyond that, each of which is found by reading the archive from its start
_LOCAL = 30  # bytes of a member's own header in a zip, before its name
_BLOCK = 512  # bytes of a tar's blocks
_LONGEST_HEADER = 1 << 20  # bytes of a tar's header that only names things
_METHODS: dict[int, Form | None] = {zipfile.ZIP_STORED: None, zipfile.ZIP_DEFLATED: "deflate"}
# by which a zip is told to be a document of an office program or a book
_DOCUMENTS = {"[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF", "META-INF/container.xml"}


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive and how to open it, or why it is not read.

    `stored` opens its bytes as the archive holds them, where that is other than `open`.
    """

    name: str
    open: Callable[[], BinaryIO] | None = None
    stored: Callable[[], BinaryIO] | None = None
    problem: str = ""


def kind_of(head: bytes) -> Kind | None:
    """The kind of archive that bytes begin; None where they begin none."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    return "tar" if head[257:262] == b"ustar" else None


def members(path: str, kind: Kind, form: Form | None, subject: str) -> Iterator[Member]:
    """Members of the archive at a path, in its order; directories are left out.

    Args:
        path: where it lies.
        kind: what it is.
        form: how it is compressed as a whole.
        subject: its key, which names it in errors.

    Raises:
        SourceError: it is damaged, encrypted as a whole, or a document rather than an archive.
        OSError: it cannot be read.
    """
    found = _zipped(path, subject) if kind == "zip" else _tarred(path, form, subject)
    seen: set[str] = set()
    for count, member in enumerate(found):
        if count >= MAX_MEMBERS:
            reason = f"more than {MAX_MEMBERS} files in the archive; the rest was left out"
            yield Member("", problem=reason)
            return
        name = _safe(member.name)
        if name is None:
            yield Member(_shown(member.name), problem="its name leads out of the archive")
        elif name in seen:
            yield Member(name, problem="occurs again in the archive; left out")
        else:
            seen.add(name)
            yield Member(name, member.open, member.stored, member.problem)


def _safe(name: str) -> str | None:
    """A member's name with plain slashes; None where it could lead out of the archive."""
    parts = name.replace("\\", "/").removeprefix("./").split("/")
    odd = any(part in ("", ".", "..") or ":" in part[1:2] for part in parts)
    return None if odd or any(c < " " for c in name) else "/".join(parts)


def _shown(name: str) -> str:
    return "".join(c if c >= " " else "\ufffd" for c in name[:200]).replace("\\", "/") or "?"


# ---- zip ---------------------------------------------------------------------------------------


def _zipped(path: str, subject: str) -> Iterator[Member]:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        reason = f"a damaged zip archive: {error}"
        raise SourceError(subject, reason, "download or copy it again") from error
    if _DOCUMENTS & {info.filename for info in infos}:
        reason = "a document of an office program, a book or a program, not an archive of pages"
        raise SourceError(subject, reason, "save it as text, HTML or CSV")
    size = sum(info.compress_size for info in infos)
    with open(path, "rb") as stream:
        if size > stream.seek(0, io.SEEK_END):
            raise SourceError(subject, "its files overlap: a decompression bomb", "leave it")
    for info in infos[: MAX_MEMBERS + 1]:
        yield _of_zip(path, info, subject)


def _of_zip(path: str, info: zipfile.ZipInfo, subject: str) -> Member:
    name = info.filename
    if stat.S_ISLNK(info.external_attr >> 16):
        return Member(name, problem="a link, not a file")
    if info.flag_bits & 1:
        return Member(name, problem="encrypted; unpack the archive with its password")
    if info.compress_type not in _METHODS:
        told = f"compressed in a way that we do not read (method {info.compress_type}); repack it"
        return Member(name, problem=told)
    form = _METHODS[info.compress_type]
    stored = partial(_slice_of_zip, path, info.header_offset, info.compress_size)
    if form is None:
        return Member(name, stored)
    return Member(
        name, partial(expanded, stored, form, f"{subject}/{_shown(name)}", info.CRC), stored
    )


def _slice_of_zip(path: str, offset: int, size: int) -> BinaryIO:
    """A member's bytes as they lie in the archive, after the header that says where they begin."""
    stream = _opened(path)
    try:
        stream.seek(max(0, offset))
        header = stream.read(_LOCAL)
        if len(header) < _LOCAL or not header.startswith(b"PK\x03\x04"):
            raise OSError("a damaged zip archive: a file is not where it should be")
    except BaseException:
        stream.close()
        raise
    start = offset + _LOCAL + sum(int.from_bytes(header[a : a + 2], "little") for a in (26, 28))
    return io.BufferedReader(_Slice(stream, start, size))


class _Slice(io.RawIOBase):
    """A stretch of a stream, from `start` or from where it stands, as a file of its own."""

    def __init__(self, stream: BinaryIO, start: int | None, size: int) -> None:
        self._stream, self._left = stream, size
        if start is not None:
            stream.seek(start)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(min(len(buffer), self._left))
        if not data and self._left and len(buffer):
            raise OSError("a file in an archive is cut short; download or copy the archive again")
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


# ---- tar ---------------------------------------------------------------------------------------


class _Tape:
    """A stream that knows where it stands, and goes forward only."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self.at = stream, 0

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self.at += len(data)
        return data

    def skip_to(self, end: int) -> None:
        if self._stream.seekable():
            self.at = self._stream.seek(max(end, self.at))
        while self.at < end and self.read(min(1 << 20, end - self.at)):
            pass


def _tarred(path: str, form: Form | None, subject: str) -> Iterator[Member]:
    room, scans = _HELD, 0
    with _whole(path, form, subject) as stream:
        tape = _Tape(stream)
        for info in _headers(tape, subject):
            if info.isdir():
                continue
            place = (tape.at, info.size)
            if not info.isreg() or info.issparse():
                yield Member(info.name, problem="a link, a device or a file with holes")
            elif form is None:
                yield Member(info.name, partial(_slice_of_tar, path, place))
            elif info.size <= room:
                room -= info.size
                yield Member(info.name, partial(io.BytesIO, tape.read(info.size)))
            elif scans < _SCANNED:
                scans += 1
                yield Member(info.name, partial(_scanned, path, form, subject, place))
            else:
                yield Member(info.name, problem="too far into a compressed archive; unpack it")


def _whole(path: str, form: Form | None, subject: str) -> BinaryIO:
    opener: Callable[[], BinaryIO] = partial(_opened, path)
    return opener() if form is None else expanded(opener, form, subject)


def _opened(path: str) -> BinaryIO:
    return open(path, "rb")


def _slice_of_tar(path: str, place: tuple[int, int]) -> BinaryIO:
    return io.BufferedReader(_Slice(_opened(path), *place))


def _scanned(path: str, form: Form, subject: str, place: tuple[int, int]) -> BinaryIO:
    """A member of a compressed tar, found by reading the archive from its start."""
    stream = _whole(path, form, subject)
    try:
        _Tape(stream).skip_to(place[0])
    except BaseException:
        stream.close()
        raise
    return io.BufferedReader(_Slice(stream, None, place[1]))


def _headers(tape: _Tape, subject: str) -> Iterator[tarfile.TarInfo]:
    """Headers of a tar's members; the tape then stands where the member's bytes begin."""
    told: dict[str, str] = {}
    while len(block := tape.read(_BLOCK)) == _BLOCK and block.strip(b"\0"):
        try:
            info = tarfile.TarInfo.frombuf(block, "utf-8", "backslashreplace")
        except tarfile.HeaderError as error:
            reason = f"a damaged tar archive at byte {tape.at - _BLOCK}: {error}"
            raise SourceError(subject, reason, "download or copy it again") from error
        start = tape.at
        if info.type in (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE):
            told |= _told(tape.read(min(max(info.size, 0), _LONGEST_HEADER)), info.type)
        elif info.type not in (tarfile.XGLTYPE, tarfile.GNUTYPE_LONGLINK):
            info.name = told.get("path", info.name)
            size = told.get("size", "")
            info.size = int(size[:18]) if size.isdigit() else max(info.size, 0)
            told = {}
            yield info
        tape.skip_to(start - (-max(info.size, 0) // _BLOCK) * _BLOCK)
    if block and len(block) < _BLOCK:
        reason = f"a tar archive cut short at byte {tape.at}"
        raise SourceError(subject, reason, "download or copy it again")


def _told(data: bytes, kind: bytes) -> dict[str, str]:
    """What a header of its own says of the member that follows."""
    if kind == tarfile.GNUTYPE_LONGNAME:
        return {"path": data.rstrip(b"\0").decode("utf-8", "backslashreplace")}
    found: dict[str, str] = {}
    while data:
        length = data[:10].partition(b" ")[0]
        if not length.isdigit() or not len(length) < int(length) <= len(data):
            break
        record, data = data[: int(length)], data[int(length) :]
        name, _, value = record[len(length) + 1 :].partition(b"=")
        if name in (b"path", b"size"):
            found[name.decode()] = value.rstrip(b"\n").decode("utf-8", "backslashreplace")
    return found
