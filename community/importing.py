"""The verb that takes codings back in from other tools, as a label file.

::

    import community.importing as importing
    taken = importing.import_codings("recoded.qdpx", "my-study", out="recoded.csv")
    community.agreement(["recoded.csv", "my-study/exports/codings.csv"], study="my-study")
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from community import archives, config
from community.api import Options, opened
from community.codebook import Codebook
from community.contracts import Snapshot
from community.errors import SourceError, UsageError
from community.files import write_whole
from community.formats import codebook_of
from community.interchange import qde, tasks
from community.interchange.bundles import bundles, values
from community.interchange.layout import laid_out
from community.interchange.recodings import Recoding
from community.interchange.taken import Taken
from community.summaries import headline_coder

PathLike = str | os.PathLike[str]

_MOST_XML = 512 << 20  # bytes of a project's XML
_MOST_TEXT = 64 << 20  # bytes of one source
_MOST_JSON = 256 << 20  # bytes of a file of annotations


@dataclass(frozen=True, slots=True, kw_only=True)
class Importing:
    """How to read codings.

    `revised_by` names the person who worked on the machine's own codings, left some standing and
    removed others: what stands is then theirs; `study` are the options under which the study was
    exported (key, identities), as the words must be the same.
    """

    revised_by: str | None = None
    study: Options | None = None


def import_codings(
    path: PathLike,
    study: PathLike,
    *,
    out: PathLike | None = None,
    options: Importing | None = None,
) -> Taken:
    """Reads codings that people made in another tool.

    Args:
        path: a REFI-QDA project (.qdpx), an export of Label Studio (JSON), Potato's
            ``user_state.json`` or its folder of them.
        study: the study's folder.
        out: the label file to write; nothing is written if None.
        options: see `Importing`.

    Returns:
        the rows, and what became of the codings that were ours.

    Raises:
        UsageError: no such file, or nothing in it belongs to the study.
        SourceError: the file cannot be read, or is hostile.
        StudyError: there is no study there, or it was never run.
    """
    options, path = options or Importing(), Path(path)
    kept = config.load(Path(study))
    told = options.study or Options()
    book = codebook_of(kept, allow_outside=told.allow_outside)
    with opened(study, options=told) as snapshot:
        if told.sharing or _is_shared(snapshot):
            advice = "codings stand in words: the study must be opened with them"
            raise UsageError(str(study), "is a study for sharing, without words", advice)
        taken = _taken(path, snapshot, book, options)
    taken.one_feeling(book)
    if not taken.rows and not taken.seen:
        raise _nothing(path, kept, taken)
    if out is not None:
        target = Path(out)
        try:
            write_whole(target.parent, target.name, taken.table())
        except OSError as error:
            reason = f"cannot be written: {error.strerror}"
            raise UsageError(str(out), reason, "choose another file with --out") from error
    return taken


def _is_shared(snapshot: Snapshot) -> bool:
    told = snapshot.meta.get("options")
    return isinstance(told, Mapping) and told.get("profile") == "for-sharing"


def _nothing(path: Path, study: config.Study, taken: Taken) -> UsageError:
    if taken.threads:
        reason = "holds no coding by a person"
        advice = "where people worked on the machine's own codings, say whose with --revised-by"
    else:
        reason = f"nothing in it belongs to {study.folder}"
        advice = "take the study that it was exported from"
    return UsageError(str(path), reason, advice)


def _taken(path: Path, snapshot: Snapshot, book: Codebook, options: Importing) -> Taken:
    if path.is_dir():
        return _of_tasks(sorted(path.glob("*/user_state.json")), path, snapshot, book)
    try:
        with path.open("rb") as stream:
            head = stream.read(512)
    except OSError as error:
        advice = "name a .qdpx project, or annotations as JSON"
        raise UsageError(str(path), f"cannot be read: {error.strerror}", advice) from error
    if archives.kind_of(head) == "zip":
        return _of_project(path, snapshot, book, options)
    return _of_tasks([path], path, snapshot, book)


# ---- REFI-QDA ---------------------------------------------------------------------------------


def _of_project(path: Path, snapshot: Snapshot, book: Codebook, options: Importing) -> Taken:
    members = {m.name: m for m in archives.members(str(path), "zip", None, path.name)}
    inner = [name for name in members if name.casefold().endswith(".qde") and "/" not in name]
    if not inner:
        raise SourceError(path.name, "holds no project (.qde)", "export it as REFI-QDA (.qdpx)")
    with _bounded(members[inner[0]], _MOST_XML) as stream:
        project = qde.parse(stream, f"{path.name}/{inner[0]}")
    by_file = {name.rpartition("/")[2].casefold(): member for name, member in members.items()}

    def text(source: qde.FileSource) -> str | None:
        if source.content is not None:
            return source.content
        member = by_file.get(source.path.rpartition("/")[2].casefold())
        if member is None or not source.path:
            return None
        with _bounded(member, _MOST_TEXT) as stream:
            return _decoded(stream.read())

    coders = {row["coder"] for row in values(snapshot, "codings")}
    machine = headline_coder([coder for coder in sorted(coders) if not coder.startswith("human:")])
    recoding = Recoding(
        project=project, book=book, texts=text, machine=machine, revised_by=options.revised_by
    )
    return recoding.take((bundle, laid_out(bundle)) for bundle in bundles(snapshot))


class _Bounded:
    """A stream that ends in an error where it is larger than it may be."""

    def __init__(self, stream: BinaryIO, name: str, most: int) -> None:
        self._stream, self._name, self._left = stream, name, most

    def __enter__(self) -> _Bounded:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._stream.read(min(size, self._left + 1) if size >= 0 else self._left + 1)
        except OSError as error:
            raise SourceError(self._name, str(error), "export the project again") from error
        self._left -= len(data)
        if self._left < 0:
            raise SourceError(self._name, "larger than any project is", "export fewer threads")
        return data


def _bounded(member: archives.Member, most: int) -> _Bounded:
    if member.problem or member.open is None:
        raise SourceError(member.name, member.problem or "no file", "export the project again")
    return _Bounded(member.open(), member.name, most)


def _decoded(data: bytes) -> str:
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return data.decode("utf-16" if wide else "utf-8-sig", "replace")


# ---- annotations of posts -----------------------------------------------------------------------


def _of_tasks(paths: list[Path], named: Path, snapshot: Snapshot, book: Codebook) -> Taken:
    if not paths:
        advice = "name a .qdpx project, JSON of Label Studio, or Potato's folder of annotations"
        raise UsageError(str(named), "holds no user_state.json", advice)
    wanted = [found for path in paths for found in tasks.read(_json(path), path.name)]
    return tasks.take(wanted, _posts(snapshot, {found.post_id for found in wanted}), book)


def _posts(snapshot: Snapshot, wanted: set[str]) -> Iterator[tasks.Known]:
    for row in values(snapshot, "posts"):
        if row["post_id"] in wanted:
            yield tasks.Known(row["post_id"], row["thread_id"], row["text"] or "", row["start"])


def _json(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_JSON:
            reason = f"larger than {_MOST_JSON >> 20} MiB"
            raise SourceError(str(path), reason, "export fewer tasks at a time")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(str(path), f"cannot be read: {error.strerror}", "name a file") from error
    except UnicodeDecodeError as error:
        reason = f"is not UTF-8 (byte {error.start})"
        raise SourceError(str(path), reason, "export it again") from error
