"""A study's folder: ``study.toml`` (strict keys), what is inside it, and who may read it.

A study may come from a stranger: nothing in it runs, and its paths stay inside it unless the
command line allows otherwise.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import platformdirs
import tomlkit

from community.discovery.options import MOST_TOPICS, Discovery
from community.errors import StudyError, UsageError
from community.tabular import maps

_KEYS: dict[str, dict[str, type]] = {
    "study": {"name": str, "sources": list, "codebook": str, "readers": list, "coders": list},
    "privacy": {"identities": str},
    "governance": {"access": str, "approval": str, "site_terms": str, "retention": str},
    "schedule": {"every": str},
    "topics": {"find": bool, "count": int},
}
_IGNORE = "# what `community forget` could not reach must not enter version control\n*\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A study folder and what its ``study.toml`` says."""

    folder: Path
    name: str
    sources: tuple[str, ...] = ()
    codebook: str | None = None
    readers: tuple[str, ...] = ()
    coders: tuple[str, ...] = ("learned", "vader")
    identities: str = "pseudonyms"
    governance: Mapping[str, str] = field(default_factory=dict)
    every: str | None = None
    columns: Mapping[str, Any] = field(default_factory=dict)
    topics: Discovery | None = field(default_factory=Discovery)

    @property
    def database(self) -> Path:
        """Where the study's database lies."""
        return self.folder / "study.db"

    @property
    def exports(self) -> Path:
        """Where its exports go unless the command line says otherwise."""
        return self.folder / "exports"


def _check_keys(path: Path, told: Mapping[str, Any]) -> None:
    for section, values in told.items():
        if section == "columns" and isinstance(values, dict):  # its keys are roles, and patterns
            if found := maps.wrong(values):
                raise StudyError(str(path), f"[columns]: {found}")
            continue
        if section not in _KEYS:
            known = f"there are: {[*_KEYS, 'columns']}"
            raise StudyError(str(path), f"unknown section [{section}]", known)
        if not isinstance(values, dict):
            raise StudyError(str(path), f"{section} is not a section", f"write [{section}]")
        for key, value in values.items():
            kind = _KEYS[section].get(key)
            if kind is None:
                known = ", ".join(_KEYS[section])
                raise StudyError(str(path), f"unknown key {section}.{key}", f"there are: {known}")
            if not isinstance(value, kind):
                raise StudyError(str(path), f"{section}.{key} is not a {kind.__name__}")
            if isinstance(value, list) and not all(isinstance(item, str) for item in value):
                raise StudyError(str(path), f"{section}.{key} holds something else than strings")


def load(folder: Path) -> Study:
    """The study in a folder.

    Raises:
        StudyError: there is none, or its file breaks the rules.
    """
    path = folder / "study.toml"
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        advice = "make one with `community analyze PAGES --study FOLDER`"
        raise StudyError(str(folder), "is not a study: it has no study.toml", advice) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise StudyError(str(path), f"cannot be read: {error}") from error
    _check_keys(path, told)
    study, privacy = told.get("study", {}), told.get("privacy", {})
    identities = privacy.get("identities", "pseudonyms")
    if identities not in ("pseudonyms", "keep"):
        raise StudyError(str(path), f"privacy.identities is {identities!r}", "pseudonyms or keep")
    return Study(
        folder=folder.resolve(),
        name=study.get("name", folder.resolve().name),
        sources=tuple(study.get("sources", ())),
        codebook=study.get("codebook"),
        readers=tuple(study.get("readers", ())),
        coders=tuple(study.get("coders", ("learned", "vader"))),
        identities=identities,
        governance=told.get("governance", {}),
        every=told.get("schedule", {}).get("every"),
        columns=told.get("columns", {}),
        topics=_topics(path, told.get("topics", {})),
    )


def _topics(path: Path, told: Mapping[str, Any]) -> Discovery | None:
    """How topics are found, as the section [topics] says."""
    count = told.get("count")
    if count is not None and not 2 <= count <= MOST_TOPICS:
        reason = f"topics.count is {count}"
        raise StudyError(str(path), reason, f"a number from 2 to {MOST_TOPICS}")
    return Discovery(count=count) if told.get("find", True) else None


def create(folder: Path, sources: Sequence[str], codebook: str | None = None) -> Study:
    """Makes a study folder, readable by its owner alone.

    Raises:
        StudyError: the folder cannot be made or written.
    """
    study = tomlkit.table()
    study["name"] = folder.resolve().name
    study["sources"] = list(sources)
    study["sources"].comment("relative to this folder")
    if codebook:
        study["codebook"] = codebook
    privacy = tomlkit.table()
    privacy["identities"] = tomlkit.item("pseudonyms").comment("or keep: the words as found")
    document = tomlkit.document()
    document["study"], document["privacy"] = study, privacy
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_new(folder / "study.toml", tomlkit.dumps(document))
        _write_new(folder / ".gitignore", _IGNORE)
    except OSError as error:
        raise StudyError(str(folder), f"cannot be written: {error.strerror}") from error
    return load(folder)


def add_sources(study: Study, sources: Sequence[str]) -> Study:
    """The study with further sources in its file, the rest of which stays as its owner wrote it.

    Raises:
        StudyError: the file cannot be written.
    """
    new = [source for source in sources if source not in study.sources]
    if not new:
        return study
    path = study.folder / "study.toml"
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    section = document.setdefault("study", tomlkit.table())
    section["sources"] = [*study.sources, *new]
    try:
        path.write_text(tomlkit.dumps(document), encoding="utf-8")
    except OSError as error:
        raise StudyError(str(path), f"cannot be written: {error.strerror}") from error
    return load(study.folder)


def add_columns(study: Study, patterns: Sequence[str], columns: Mapping[str, str]) -> Study:
    """The study with a map of columns for the sources whose keys fit some patterns.

    Raises:
        StudyError: the file cannot be written.
    """
    path = study.folder / "study.toml"
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    section = document.setdefault("columns", tomlkit.table())
    for pattern in patterns:
        table = tomlkit.inline_table()
        table.update({**dict(section.get(pattern, {})), **columns})
        section[pattern] = table
    try:
        path.write_text(tomlkit.dumps(document), encoding="utf-8")
    except OSError as error:
        raise StudyError(str(path), f"cannot be written: {error.strerror}") from error
    return load(study.folder)


def set_schedule(study: Study, every: str | None) -> None:
    """Remembers how often a study runs, or forgets it.

    Raises:
        StudyError: the file cannot be written.
    """
    if every == study.every:
        return
    path = study.folder / "study.toml"
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    if every is None:
        document.pop("schedule", None)
    else:
        document.setdefault("schedule", tomlkit.table())["every"] = every
    try:
        path.write_text(tomlkit.dumps(document), encoding="utf-8")
    except OSError as error:
        raise StudyError(str(path), f"cannot be written: {error.strerror}") from error


def _write_new(path: Path, text: str) -> None:
    if not path.exists():
        path.write_text(text, encoding="utf-8")


def is_inside(study: Study, path: str) -> bool:
    """Whether a path, its links followed, stays in the study's folder."""
    return _resolved(Path(os.path.normpath(study.folder / path))).is_relative_to(study.folder)


def inside(study: Study, paths: Sequence[str], *, allow_outside: bool = False) -> list[str]:
    """Paths of a study, made absolute.

    Raises:
        StudyError: one leaves the study and that was not allowed.
    """
    absolute = []
    for path in paths:
        full = Path(os.path.normpath(study.folder / path))
        if not allow_outside and not is_inside(study, path):
            advice = "pass --allow-outside if you trust this study"
            raise StudyError(str(study.folder / "study.toml"), f"{path} leaves the study", advice)
        absolute.append(str(full))
    return absolute


def _resolved(path: Path) -> Path:
    """A path with its links followed, as far as it exists; of a glob, its fixed part."""
    fixed = Path(*[part for part in path.parts if not set(part) & set("*?[")])
    return fixed.resolve()


def pseudonym_key(given: Path | None = None) -> bytes:
    """The key of all pseudonyms: from a file, else the user's own, made at first use.

    It lies outside every study, so that a study that is passed on does not carry it.

    Raises:
        UsageError: the given file cannot be read, or is too short to be a key.
    """
    path = given or platformdirs.user_config_path("community") / "pseudonym.key"
    try:
        if given is None and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(secrets.token_hex(32).encode())
        key = path.read_bytes().strip()
    except FileExistsError:  # another process made it meanwhile
        key = path.read_bytes().strip()
    except OSError as error:
        advice = "pass --key FILE"
        raise UsageError(str(path), f"cannot be used as key: {error.strerror}", advice) from error
    if len(key) < 16:
        raise UsageError(str(path), "is too short for a key", "at least 16 bytes, kept secret")
    return key


def code_digest() -> str:
    """A hash over the package's own code and data: another build, another analysis."""
    digest = hashlib.sha256()
    for name, data in sorted(_own_files(files("community"), "")):
        digest.update(f"{name}\x00{len(data)}\x00".encode() + data)
    return digest.hexdigest()


def _own_files(folder: Any, prefix: str) -> list[tuple[str, bytes]]:
    found = []
    for item in folder.iterdir():
        name = f"{prefix}/{item.name}"
        if item.is_dir() and item.name != "__pycache__":
            found += _own_files(item, name)
        elif item.name.endswith((".py", ".toml", ".j2", ".json", ".npz", ".safetensors")):
            found.append((name, item.read_bytes()))
    return found
