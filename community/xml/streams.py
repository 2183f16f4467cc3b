"""Rows of an XML file as they come: the elements wanted, one in memory at a time.

The parser loads no document type, resolves no entity, opens no address. Nothing of the file stays
but the row being read; elements that are private (addresses of mail and network) are never kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from lxml import etree

from community.errors import SourceError
from community.types import Page
from community.xml.decoding import chunks
from community.xml.nodes import Node
from community.xml.repair import Repair

MAX_DEPTH = 200  # elements within each other; exports have six, XHTML in a post some dozens
MAX_ROW = 128 << 20  # characters of one row
MAX_ELEMENTS = 4_000_000  # elements of one row
_FED = 1 << 16  # characters that the parser gets at once
_MOST_ERRORS = 2000  # from here on it is no XML
_MOST_TOLD = 5  # errors that are told one by one
# closing tags too many close these, and what follows is still read
_SPARE = 8
_SPARE_NAME = "x-spare"
_PREFIX = re.compile(r"[<\s/]([A-Za-z_][\w.-]{0,30}):[A-Za-z_]")
_BOUND = re.compile(r"xmlns:([A-Za-z_][\w.-]{0,30})\s*=")
_MOST_NAMES = 5000  # names of elements that are remembered; a hostile file has any number
PRIVATE = frozenset({
    "comment_author_email", "comment_author_ip", "author_email", "ipaddress", "ip", "email",
    "commentmeta", "comment_agent", "user_email",
})  # fmt: skip


@dataclass(slots=True)
class Rows:
    """The outermost elements of a page whose local name is wanted, with all that is in them.

    `problems` grows on the way; `cut` says, at the end, that the file stops in the middle, `root`
    what its first element is.
    """

    page: Page
    wanted: Collection[str]
    private: Collection[str] = PRIVATE
    problems: list[str] = field(default_factory=list)
    cut: bool = False
    root: str = ""

    def __iter__(self) -> Iterator[Node]:
        """Each row once.

        Raises:
            SourceError: no XML, nested too deep, entities declared, or a row too large.
        """
        target = _Target(self.page.key, frozenset(self.wanted), frozenset(self.private))
        parser = etree.XMLParser(
            target=target,  # type: ignore[arg-type]  # comments are taken out, tags are strings
            encoding="utf-8",
            recover=True,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        repair = Repair(self.page.key)
        try:
            parser.feed(_opening(self.page))
            for piece in _gathered(repair.pieces(chunks(self.page))):
                parser.feed(piece.encode("utf-8"))
                self._check(parser)
                yield from target.taken()
            self.cut = bool(target.depth > _SPARE or repair.open_to)
            parser.feed(f"</{_SPARE_NAME}>".encode() * target.depth)
            parser.close()
        except etree.XMLSyntaxError as error:
            raise self._refused(str(error)) from error
        yield from target.taken(rest=True)
        self.root = target.root
        self._tell(parser)
        if not target.root:
            raise self._refused("no element in it")

    def _check(self, parser: etree.XMLParser) -> None:
        log = parser.feed_error_log
        if len(log) > _MOST_ERRORS:
            raise self._refused(f"more than {_MOST_ERRORS} errors, the first: {log[0].message}")
        for entry in log:
            if entry.type_name == "ERR_RESOURCE_LIMIT":
                raise self._refused(entry.message.strip())

    def _refused(self, reason: str) -> SourceError:
        return SourceError(self.page.key, f"not readable as XML: {reason}", "export it again")

    def _tell(self, parser: etree.XMLParser) -> None:
        """Puts what was damaged among the problems; a prefix without a namespace is no damage."""
        told = [
            f"line {entry.line}: damaged XML ({entry.message.strip()}); read on after it"
            for entry in parser.feed_error_log
            if entry.level_name == "FATAL" and _SPARE_NAME not in entry.message
        ]
        self.problems += told[:_MOST_TOLD]
        if len(told) > _MOST_TOLD:
            self.problems.append(f"{len(told) - _MOST_TOLD} more places of damaged XML")
        if self.cut:
            self.problems.append("the file stops in the middle: it may have been cut")


def _gathered(pieces: Iterator[str]) -> Iterator[str]:
    """Pieces put together until they are worth the parser's while."""
    held: list[str] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _FED:
            yield "".join(held)
            held, size = [], 0
    yield "".join(held)


def _opening(page: Page) -> bytes:
    """Tags around the file: they bind the prefixes that it forgot to, and stand for its end."""
    head = page.head.replace(b"\x00", b"").decode("utf-8", "replace")
    prefixes = sorted(set(_PREFIX.findall(head)) - set(_BOUND.findall(head)) - {"xml", "xmlns"})
    bound = "".join(f' xmlns:{prefix}="{prefix}"' for prefix in prefixes[:50])
    first = f"<{_SPARE_NAME}{bound}>"
    return (first + f"<{_SPARE_NAME}>" * (_SPARE - 1)).encode("utf-8")


class _Target:
    """Takes what the parser finds, and keeps the rows."""

    def __init__(self, subject: str, wanted: frozenset[str], private: frozenset[str]) -> None:
        self.subject, self.wanted, self.private = subject, wanted, private
        self.depth = 0
        self.root = ""
        self._names: dict[str, tuple[str, str]] = {}
        self._around: list[str] = []  # names of the elements around the row
        self._open: list[Node] = []  # the row's elements that are not closed
        self._hidden = 0  # depth of the private element that we are in
        self._done: list[Node] = []
        self._size = self._count = 0

    def taken(self, *, rest: bool = False) -> Iterator[Node]:
        """Rows that are complete; with `rest`, also the one that the file's end cut off."""
        if rest and self._open:
            self._done.append(self._open[0])
            self._open = []
        done, self._done = self._done, []
        yield from done

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH + _SPARE:
            reason = f"elements nested more than {MAX_DEPTH} deep"
            raise SourceError(self.subject, reason, "no export is; take the file as damaged")
        name, space = self._named(tag)
        if not self.root and name != _SPARE_NAME:
            self.root = name
        if self._hidden:
            return
        if name in self.private:
            self._hidden = self.depth
        elif self._open or name in self.wanted:
            self._begin(name, space, attributes)
        else:
            self._around.append(name)

    def _begin(self, name: str, space: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS:
            reason = f"one {self._open[0].name} holds more than {MAX_ELEMENTS} elements"
            raise SourceError(self.subject, reason, "export it in parts")
        above = self._open[-1].name if self._open else (self._around or [""])[-1]
        node = Node(name, space, above)
        if attributes:
            node.attributes = {self._named(key)[0]: value for key, value in attributes.items()}
        if self._open:
            self._open[-1].parts.append(node)
        self._open.append(node)

    def _named(self, tag: str) -> tuple[str, str]:
        """Local name and namespace of a tag."""
        found = self._names.get(tag)
        if found is None:
            space, _, local = tag.rpartition("}")
            prefix, _, local = local.rpartition(":")
            found = (local.lower(), space.lstrip("{") or prefix)
            if len(self._names) < _MOST_NAMES:
                self._names[tag] = found
        return found

    def data(self, words: str) -> None:
        if self._open and not self._hidden:
            self._size += len(words)
            if self._size > MAX_ROW:
                reason = f"one {self._open[0].name} is longer than {MAX_ROW} characters"
                raise SourceError(self.subject, reason, "export it in parts")
            self._open[-1].parts.append(words)

    def end(self, tag: str) -> None:
        if self._hidden:
            self._hidden = 0 if self._hidden == self.depth else self._hidden
        elif self._open:
            node = self._open.pop()
            if not self._open:
                self._done.append(node)
                self._size = self._count = 0
        elif self._around:
            self._around.pop()
        self.depth -= 1

    def close(self) -> None:
        """Nothing is left to do: rows are handed out as they come."""
