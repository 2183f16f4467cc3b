"""Puts the parts together: plug-ins by name, the codebook they follow, the version they make up."""

from __future__ import annotations

import hashlib
import inspect
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from community import codebook, config, plugins
from community.analysis import Steps
from community.codebook import Codebook
from community.contracts import Coder, Reader
from community.discovery.options import Discovery
from community.errors import CodebookError
from community.ids import sha256
from community.judges import answers, roles
from community.linking import links, spoken
from community.results import claims, ledger
from community.tabular import maps

VERSION = "0.1.0"


def load_codebook(path: Path | None) -> Codebook:
    """The codebook in a file, or the packaged one.

    Raises:
        CodebookError: the file cannot be read or breaks the rules.
    """
    if path is None:
        return codebook.default()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CodebookError(str(path), f"cannot be read: {error}") from error
    return codebook.parse(text, str(path), files=_lexicons(path, text))


def _lexicons(path: Path, text: str) -> dict[str, str]:
    """The lexicon files that a codebook names and that lie beside it, by name."""
    try:
        named = tomllib.loads(text).get("lexicons", [])
        beside = {str(name): path.with_name(f"{name}.toml") for name in named}
        return {n: f.read_text(encoding="utf-8") for n, f in beside.items() if f.exists()}
    except tomllib.TOMLDecodeError:
        return {}  # the codebook's own parser says where and why
    except (OSError, UnicodeDecodeError) as error:
        raise CodebookError(str(path), f"a lexicon of it cannot be read: {error}") from error


def steps(
    book: Codebook,
    *,
    readers: Sequence[str] = (),
    coders: Sequence[str] = ("learned", "vader"),
    columns: Mapping[str, Any] | None = None,
    topics: Discovery | None = None,
    whole: bool = False,
) -> Steps:
    """The parts that a run is made of.

    Args:
        book: the codebook that coders follow.
        readers: names of the readers to use; all of them where empty.
        coders: names of the coders, in the order of their rows.
        columns: maps of columns for the readers of tables, as ``study.toml`` has them.
        topics: how topics are found; not at all if None.
        whole: posts may mean any claim of the ledger, although nothing on their page reports it.

    Raises:
        PluginError: a name is unknown.
    """
    names = tuple(readers) or plugins.names("readers")
    told = "\x00".join((VERSION, config.code_digest(), book.digest(), *names, "", *coders))
    if whole:
        told += "\x00whole"
    if columns:
        told += "\x00" + repr(maps.told(columns))
    return Steps(
        readers=tuple((name, _reader(name, columns or {})) for name in names),
        judges=(answers.judge, roles.judge),
        coders=tuple(_coder(name, book) for name in coders),
        extract=claims.make(),
        merge=ledger.merge,
        prepare=links.prepare,
        link=spoken.make(whole=whole),
        version=hashlib.sha256(sha256(told).encode()).hexdigest()[:16],
        discover=topics,
    )


def _reader(name: str, columns: Mapping[str, Any]) -> Reader:
    """A reader; one that reads tables gets the maps of columns."""
    wants = inspect.signature(plugins.factory("readers", name)).parameters
    made: Reader = plugins.make(
        "readers", name, **({"columns": columns} if "columns" in wants else {})
    )
    return made


def _coder(name: str, book: Codebook) -> Coder:
    """A coder; one that follows the codebook gets it."""
    wants = inspect.signature(plugins.factory("coders", name)).parameters
    given = {"codebook": book} if "codebook" in wants else {}
    made: Coder = plugins.make("coders", name, **given)
    return made
