"""REFI-QDA projects as other tools write them, read from their XML.

No document type is taken, no entity resolved, no address opened; the parser's own bounds on depth
and size hold. Names of elements are taken in any namespace, as versions differ in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from lxml import etree

from community.errors import SourceError

MAX_SELECTIONS = 5_000_000
MAX_ELEMENTS = 40_000_000  # starts and ends; a hostile file has any number
MOST_NAMED = 100_000  # users, and codes
_ADVICE = "export the project again as REFI-QDA (.qdpx)"


# what is done with once it ends, and need not stay in memory
_PASSED = ("Users", "CodeBook", "Case", "Note", "PDFSource", "PictureSource", "VideoSource")


class Readable(Protocol):
    """Bytes that come as they are asked for."""

    def read(self, size: int = -1) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Selected:
    """A code on a stretch of a source, positions as the file counts them."""

    start: int
    end: int
    user: str  # GUID, "" where the file names nobody
    code: str  # GUID


@dataclass(slots=True)
class FileSource:
    """A text source: its file in the archive, or the words themselves."""

    guid: str
    name: str
    path: str = ""
    content: str | None = None
    selected: list[Selected] = field(default_factory=list)


@dataclass(slots=True)
class FileProject:
    """What a project says; users and codes by GUID (in capitals)."""

    origin: str = ""
    users: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    sources: list[FileSource] = field(default_factory=list)


def parse(stream: Readable, name: str) -> FileProject:
    """A project's XML.

    Args:
        stream: its bytes.
        name: what errors call the file.

    Raises:
        SourceError: no XML, no project, or one that declares entities or a document type.
    """
    made = FileProject()
    events = etree.iterparse(
        stream, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        _fill(made, events, name)
    except etree.XMLSyntaxError as error:
        raise SourceError(name, f"not readable as XML: {error.msg}", _ADVICE) from error
    except (TypeError, ValueError) as error:
        raise SourceError(name, f"a position in it is no number: {error}", _ADVICE) from error
    return made


def _fill(made: FileProject, events: Iterator[tuple[str, etree._Element]], name: str) -> None:
    first, count = True, 0
    for number, (event, found) in enumerate(events):
        tag = etree.QName(found).localname
        if number > MAX_ELEMENTS or max(len(made.users), len(made.codes)) > MOST_NAMED:
            raise SourceError(name, "holds more elements, users or codes than any project", _ADVICE)
        if first:
            first = False
            _check_root(found, tag, name)
            made.origin = found.get("origin", "")
        elif event == "end" and tag == "User":
            made.users[_guid(found, "guid")] = found.get("name") or found.get("id") or ""
        elif event == "end" and tag == "Code":
            made.codes[_guid(found, "guid")] = found.get("name", "")
        elif event == "end" and tag == "TextSource":
            made.sources.append(_source(found))
            count += len(made.sources[-1].selected)
            if count > MAX_SELECTIONS:
                raise SourceError(name, f"more than {MAX_SELECTIONS} codings", _ADVICE)
            found.clear()
        elif event == "end" and tag in _PASSED:
            found.clear()


def _check_root(root: etree._Element, tag: str, name: str) -> None:
    if root.getroottree().docinfo.doctype:  # type: ignore[attr-defined]
        raise SourceError(name, "declares a document type, which no project does", _ADVICE)
    if tag != "Project":
        raise SourceError(name, f"is no REFI-QDA project: it begins with {tag[:40]}", _ADVICE)


def _guid(found: etree._Element, attribute: str) -> str:
    return (found.get(attribute) or "").strip().strip("{}").upper()


def _source(found: etree._Element) -> FileSource:
    made = FileSource(
        guid=_guid(found, "guid"),
        name=found.get("name", ""),
        path=found.get("plainTextPath", ""),
    )
    for part in found:
        tag = etree.QName(part).localname
        if tag == "PlainTextContent":
            made.content = part.text or ""
        elif tag == "PlainTextSelection":
            made.selected += _selected(part)
        elif tag == "Coding":  # of the whole source
            made.selected += _coded(part, 0, -1, "")
    return made


def _selected(found: etree._Element) -> Iterator[Selected]:
    start, end = int(found.get("startPosition", "")), int(found.get("endPosition", ""))
    user = _guid(found, "creatingUser") or _guid(found, "modifyingUser")
    for part in found:
        if etree.QName(part).localname == "Coding":
            yield from _coded(part, start, end, user)


def _coded(found: etree._Element, start: int, end: int, user: str) -> Iterator[Selected]:
    for part in found:
        if etree.QName(part).localname == "CodeRef":
            yield Selected(
                start, end, _guid(found, "creatingUser") or user, _guid(part, "targetGUID")
            )
