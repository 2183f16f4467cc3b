"""What `community doctor` looks at: the installation, and a study's health."""

from __future__ import annotations

import platform
import sqlite3
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path
from typing import NamedTuple

from community import assembly, config, plugins
from community.errors import CommunityError
from community.stores.sqlite import SqliteStore

_PACKAGES = ("spacy", "scikit-learn", "vaderSentiment", "bertopic", "lxml", "pyarrow", "matplotlib")
_OPTIONAL = ("bertopic", "scikit-learn")  # nothing in this version needs them


class Finding(NamedTuple):
    """One thing looked at."""

    what: str
    sound: bool
    told: str


def examine(study: Path | None = None) -> list[Finding]:
    """Findings on the installation and, if given, on a study; none of them changes anything."""
    findings = [
        Finding("python", True, platform.python_version()),
        Finding("sqlite", True, sqlite3.sqlite_version),
        *(_package(name) for name in _PACKAGES),
        *(_plugins(kind) for kind in plugins.KINDS),
        _guarded("codebook", lambda: _codebook()),
    ]
    if study is not None:
        findings += [_guarded("study", lambda: _study(study)), *_database(study)]
    return findings


def _package(name: str) -> Finding:
    try:
        return Finding(name, True, installed(name))
    except PackageNotFoundError:
        if name in _OPTIONAL:
            return Finding(name, True, "not installed; nothing in this version needs it")
        return Finding(name, False, "not installed: pip install community")


def _plugins(kind: str) -> Finding:
    def names() -> str:
        for name in plugins.names(kind):
            plugins.factory(kind, name)
        return ", ".join(plugins.names(kind))

    return _guarded(kind, names)


def _guarded(what: str, look: object) -> Finding:
    try:
        return Finding(what, True, look())  # type: ignore[operator]
    except CommunityError as error:
        return Finding(what, False, str(error))


def _codebook() -> str:
    book = assembly.load_codebook(None)
    return f"{book.name}, digest {book.digest()[:12]}"


def _study(folder: Path) -> str:
    study = config.load(folder)
    config.inside(study, study.sources, allow_outside=True)
    return f"{study.name}, {len(study.sources)} sources"


def _database(folder: Path) -> list[Finding]:
    path = folder / "study.db"
    if not path.exists():
        return [Finding("database", True, "none yet: the study was never run")]
    mode = path.stat().st_mode & 0o077

    def sound() -> str:
        with SqliteStore(path, read_only=True) as store:
            faults = store.check()
        if faults:
            raise CommunityError(str(path), "; ".join(faults[:3]), "restore a copy, or run anew")
        return "sound"

    told = "readable by its owner alone" if not mode else "others can read it: chmod 600"
    return [_guarded("database", sound), Finding("database access", not mode, told)]
