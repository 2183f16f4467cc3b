"""Where pages come from: files, folders, globs, standard input. Floor 4: this touches the disk.

A source's *key* names it in the study and in every id, so it must not depend on the machine: it is
the path below the argument that named it, with that argument's own name in front. A compressed file
is the page in it; an archive is as many pages as it has files, each known by the archive's key and
its own name in it. A corpus whose records stand in one file and whose facts stand beside it is one
page with parts.
"""

from __future__ import annotations

import glob
import io
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from community import pages
from community.errors import SourceError, UsageError
from community.fetching.log import origin
from community.tables import TABLES
from community.types import Page, Problem

_GLOB = set("*?[")
# what a study keeps for itself and a repository keeps for git: never a source
_NOT_SOURCES = {"study.toml", "study.db", "study.db-wal", "study.db-shm", "run.json"}
# what an export leaves beside its ``run.json``: our words about pages, never a page
_EXPORTED = frozenset(
    {"run.json", "datapackage.json", "report.html"}
    | {f"{table}.{form}" for table in TABLES for form in ("csv", "parquet")}
)
_RUN_KEYS = {"community", "codebook", "counts"}  # by which a ``run.json`` is told to be ours


@dataclass(frozen=True, slots=True)
class Found:
    """A file and the key it is known by."""

    key: str
    path: Path

    @property
    def told(self) -> str:
        """The path in characters that can be stored, whatever bytes its names are made of."""
        return _storable(str(self.path))


def _storable(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _walk(folder: Path) -> Iterator[Path]:
    """Files below a folder in a stable order, hidden ones and studies' own left out."""
    for base, dirs, names in os.walk(folder):
        if "study.toml" in names:
            dirs[:] = [d for d in dirs if d == "sources"]
            continue
        dirs[:] = sorted(d for d in dirs if not d.startswith("."))
        for name in sorted(names):
            file = Path(base, name)
            if not name.startswith(".") and name not in _NOT_SOURCES and not is_export(file):
                yield file


def overwritten(found: Iterable[Found], folder: Path) -> Path | None:
    """The first of the files that an export into a folder would replace, if there is one."""
    home = _real(folder)
    for item in found:
        if item.path.parent == home and item.path.name in _EXPORTED:
            return item.path
    return None


def is_export(path: Path) -> bool:
    """Whether a file was written by an export of ours: it bears one of its names, and stands beside
    the ``run.json`` that every export leaves."""
    if path.name not in _EXPORTED:
        return False
    try:
        told = json.loads((path.parent / "run.json").read_bytes())
    except (OSError, ValueError, RecursionError):  # none there, or somebody else's
        return False
    return isinstance(told, dict) and told.keys() >= _RUN_KEYS


def _glob_root(pattern: str) -> Path:
    parts = Path(pattern).parts
    fixed = []
    for part in parts[:-1]:
        if _GLOB & set(part):
            break
        fixed.append(part)
    return Path(*fixed) if fixed else Path(".")


def _real(path: Path) -> Path:
    """Where a file really lies; of links that lead in a circle, as far as they lead."""
    return Path(os.path.realpath(path))


def _keyed(argument: str) -> Iterator[Found]:
    """Files that one argument names, with their short keys.

    Raises:
        UsageError: nothing has that name.
    """
    if not argument.strip():
        raise UsageError("a source", "is an empty name", "name a file, a folder, a glob, or -")
    path = Path(argument).expanduser()
    if path.is_dir():
        top = path.resolve().name
        for file in _walk(path):
            yield Found("/".join((top, *file.relative_to(path).parts)), _real(file))
    elif os.path.lexists(path):
        yield Found(path.name, _real(path))
    elif _GLOB & set(argument):
        root = _glob_root(str(path))
        for name in sorted(glob.glob(str(path), recursive=True)):
            file = Path(name)
            if file.is_file() and not is_export(file):
                key = "/".join((root.resolve().name, *file.relative_to(root).parts))
                yield Found(key, _real(file))
    else:
        raise UsageError(argument, "no such file or folder", "check the path; quote a glob")


def _lengthened(found: Iterable[Found], known: Mapping[str, Path]) -> Iterator[Found]:
    """Two files with one key: the one that has it already keeps it, the other takes in the names
    of the folders above it until it is alone."""
    taken: dict[str, str] = {key: str(path) for key, path in known.items()}
    for item in sorted(set(found), key=lambda f: (f.key, str(f.path))):
        key, above = _storable(item.key), list(item.path.parents)[item.key.count("/") :]
        while taken.get(key, item.told) != item.told and above:
            key = f"{_storable(above.pop(0).name)}/{key}"
        taken[key] = item.told
        yield Found(key, item.path)


def _without_parts(found: Iterable[Found]) -> Iterator[Found]:
    """The files without those that belong to a corpus whose utterances stand beside them."""
    listed = list(found)
    corpora = {item.path.parent for item in listed if item.path.name in pages.UTTERANCES}
    for item in listed:
        if item.path.parent not in corpora or not pages.is_part(item.path.name):
            yield item


def _known_keys(found: Iterable[Found], known: Mapping[str, Path]) -> dict[str, str]:
    """Keys by path of what the study has already; of an archive, from those of its members."""
    mine = {str(path): key for key, path in known.items()}
    wanted = {item.told for item in found}
    for path, key in list(mine.items()):
        for above in Path(path).parents:
            inside = path[len(str(above)) :]
            if str(above) in wanted and key.endswith(inside):
                mine.setdefault(str(above), key.removesuffix(inside))
    return mine


def find(arguments: Iterable[str], *, known: Mapping[str, Path] | None = None) -> list[Found]:
    """Files that the arguments name, each once, with keys that are unique in the study.

    Args:
        arguments: files, folders, globs.
        known: key → path of sources that the study has already; they keep their keys.

    Raises:
        UsageError: an argument names nothing.
    """
    found = _without_parts(item for argument in arguments for item in _keyed(argument))
    unique = {item.path: item for item in reversed(list(found))}
    mine = _known_keys(unique.values(), known or {})
    kept = [Found(mine[f.told], f.path) for f in unique.values() if f.told in mine]
    taken = {key: Path(path) for path, key in mine.items()}
    fresh = _lengthened([f for f in unique.values() if f.told not in mine], taken)
    return sorted([*kept, *fresh], key=lambda item: item.key)


def page(found: Found) -> Page | Problem:
    """The page at a path, its head read; a row for ``problems.csv`` where it cannot be opened."""
    try:
        # a pipe would be waited for without end, and a device may do anything
        if not stat.S_ISREG(os.stat(found.path).st_mode):
            reason = "is no file but a pipe, a device or a socket; save its content to a file"
            return Problem(source=found.key, stage="find", reason=reason)
    except OSError as error:
        return pages.problem(found.key, error)
    made = pages.page(found.key, partial(pages.opened, str(found.path)))
    if not isinstance(made, Page):
        return made
    url, retrieved_at = origin(found.path)
    parts = pages.parts(found.path)
    return replace(made, parts=parts, url=url or made.url, retrieved_at=retrieved_at)


def opened(found: Iterable[Found]) -> Iterator[tuple[str, str, Page | Problem]]:
    """The pages of files, with their keys and paths: of an archive, one for each file in it."""
    for item in found:
        whole = page(item)
        inner = pages.unpacked(str(item.path), whole) if isinstance(whole, Page) else None
        if inner is None:
            yield item.key, item.told, whole
            continue
        for name, made in inner:
            if name.rpartition("/")[2] not in _NOT_SOURCES:
                below = f"/{name}" if name else ""
                yield item.key + below, item.told + below, made


def stdin_page(data: bytes, name: str = "stdin") -> Page:
    """What came by standard input, as a page.

    Raises:
        SourceError: it is compressed, and damaged.
    """
    made = pages.page(name, partial(io.BytesIO, data))
    if isinstance(made, Problem):
        raise SourceError(name, made.reason)
    return made
