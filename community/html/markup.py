"""Hostile HTML bytes to a tree, and elements of a tree to one document text.

Parsing never touches the network, resolves no entities but HTML's own, and walks the tree without
recursion. `TextBuilder` collapses white space as a browser does: blocks become paragraphs set apart
by a blank line, ``<br>`` a newline; every element rendered gets its `Span` in the text built.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import SplitResult, urlsplit

from lxml import etree

from community.errors import SourceError
from community.html.charsets import decode_html
from community.types import Span

Element = Any  # lxml's element: its stubs know neither sets of elements nor event walks

_ENDS = re.compile(r"</(?:body|html)\s*>", re.I)
UNREADABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
INVISIBLE = frozenset({
    "script", "style", "template", "noscript", "head", "title", "svg", "math", "iframe", "object",
    "embed", "canvas", "audio", "video", "map", "select", "option", "datalist", "textarea",
    "input", "meta", "link", "base", "param", "source", "track",
})  # fmt: skip
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "frameset",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "main",
    "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead",
    "ul", "caption",
})  # fmt: skip
_APART = _BLOCKS | {"br", "tr", "td", "th"}  # what sets words apart
_SPACES = re.compile(r"[ \t\n\r\f]+")
_EMOTICON = re.compile(r"emoji|smil|emotic", re.I)
_ROOM = 400  # elements that may stand around a few words
_LONGEST_EMOTICON = 16  # characters of an alt text that still stands for a face


def parse(data: bytes | str, subject: str) -> Element:
    """The root element of an HTML page or fragment (``html``, always with a body).

    Raises:
        SourceError: not text, no markup at all, or nested deeper than the parser can hold.
    """
    text = data if isinstance(data, str) else decode_html(data, subject)
    # what follows a premature end of the body would be lost; browsers show it
    clean = UNREADABLE.sub("", _ENDS.sub("", text))
    if not clean.strip():
        raise SourceError(subject, "no text in it", "save the page again")
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        root = etree.fromstring(clean.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(subject, f"not readable as HTML: {error}", "save it again") from error
    for entry in parser.error_log:
        if entry.type_name == "ERR_RESOURCE_LIMIT":
            reason = f"elements nested too deep at line {entry.line}"
            raise SourceError(subject, reason, "save the page again, or save its text")
    if root is None:
        raise SourceError(subject, "no markup in it", "save the page again")
    for template in root.iter("template"):
        if template.get("shadowrootmode") or template.get("shadowroot"):
            template.tag = "div"  # a declarative shadow root is shown, other templates are not
    return root


def address(value: str) -> SplitResult:
    """The parts of an address; all empty where it is none."""
    try:
        return urlsplit(value)
    except ValueError:  # brackets that are no IPv6 address, and the like
        return urlsplit("")


def classes(element: Element) -> list[str]:
    """Class names of an element, in lower case."""
    return (element.get("class") or "").lower().split()


def names(element: Element) -> str:
    """Id, class names and `itemprop` of an element in one lower-case string, for word patterns."""
    get = element.get
    return f"{get('id') or ''} {get('class') or ''} {get('itemprop') or ''}".lower()


def walk(element: Element, stop: Collection[Element] = ()) -> Iterator[Element]:
    """The element and its visible descendants in document order, `stop` and below left out."""
    events = etree.iterwalk(element, events=("start",))
    for _, node in events:
        if not isinstance(node.tag, str) or node.tag in INVISIBLE or node in stop:
            events.skip_subtree()
        else:
            yield node


def is_small(element: Element, most: int = 40) -> bool:
    """Whether an element is or holds at most `most` elements; looks at no more than those.

    Asked before the words of each of many elements are read: where elements are nested a thousand
    deep, reading what each of them holds takes the square of their number.
    """
    return next(islice(element.iter(), most, None), None) is None


def text_of(element: Element, stop: Collection[Element] = (), most: int = 0) -> str:
    """Visible words of an element on one line; at most about `most` characters, if given."""
    if not len(element) and element.tag != "img":  # most elements asked about are leaves
        hidden = not isinstance(element.tag, str) or element.tag in INVISIBLE or element in stop
        return "" if hidden else " ".join((element.text or "").split())
    parts: list[str] = []
    length = 0
    events = etree.iterwalk(element, events=("start", "end"))
    for seen, (event, node) in enumerate(events):
        hidden = not isinstance(node.tag, str) or node.tag in INVISIBLE or node in stop
        words: str | None = None
        if event == "start":
            if hidden:
                events.skip_subtree()
                continue
            words = node.text if node.tag != "img" else _face(node)
        elif node is not element:
            words = node.tail
        if not hidden and node.tag in _APART:
            parts.append(" ")
        if words:
            parts.append(words)
            length += len(" ".join(words.split())) if most else 0
        if most and (length > most or seen > _ROOM + 8 * most):
            break
    return " ".join("".join(parts).split())


@dataclass(frozen=True, slots=True)
class Rendered:
    """Where an element stands in the text built (None: it has no words), and what was marked."""

    span: Span | None
    marks: tuple[tuple[Element, Span], ...] = ()


@dataclass(slots=True)
class TextBuilder:
    """Builds a document's text from elements and strings, each a paragraph of its own."""

    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _gap: str = ""  # white space due before the next word

    def text(self) -> str:
        """The text built so far."""
        return "".join(self._parts)

    @property
    def length(self) -> int:
        """Characters of the text built so far."""
        return self._length

    def since(self, start: int) -> str:
        """The text from offset `start` on, without building all of it."""
        parts: list[str] = []
        at = self._length
        while at > start:
            parts.append(self._parts[-1 - len(parts)])
            at -= len(parts[-1])
        return "".join(reversed(parts))[start - at :]

    def add_text(self, words: str) -> Span | None:
        """Appends a string as a paragraph, untouched but for white space at its ends."""
        self._due("\n\n")
        words = words.strip()
        start = self._emit(words) if words else 0
        return Span(start, self._length) if words else None

    def add(
        self,
        element: Element,
        *,
        drop: Collection[Element] = (),
        mark: Callable[[Element], bool] | None = None,
        most: int = 0,
    ) -> Rendered:
        """Appends an element as a paragraph.

        Elements in `drop` are left out with all below them. The outermost elements for which `mark`
        is true are set apart as blocks and reported with their spans. `most` stops early: after
        about so many characters, or after as many elements as hold them on any page.
        """
        self._due("\n\n")
        base, first, pre = self._length, -1, 0
        marks: list[tuple[Element, Span]] = []
        marked: Element = None
        since = -1
        events = etree.iterwalk(element, events=("start", "end"))
        for seen, (event, node) in enumerate(events):
            hidden = not isinstance(node.tag, str) or node.tag in INVISIBLE or node in drop
            at = -1
            if event == "start" and hidden:
                events.skip_subtree()
            elif event == "start":
                if marked is None and mark is not None and mark(node):
                    marked, since = node, -1
                    self._due("\n\n")
                pre += node.tag == "pre"
                at = self._open(node, pre)
            else:
                if not hidden:
                    pre -= node.tag == "pre"
                    self._close(node)
                if node is marked:
                    self._due("\n\n")
                    marks += [(node, Span(since, self._length))] if since >= 0 else []
                    marked = None
                if node is not element:
                    at = self._flow(node.tail, pre)
            since = at if since < 0 else since
            first = at if first < 0 else first
            if most and (self._length - base > most or seen > _ROOM + 8 * most):
                break
        self._gap = ""
        return Rendered(Span(first, self._length) if first >= 0 else None, tuple(marks))

    def _open(self, node: Element, pre: int) -> int:
        if node.tag in _BLOCKS:
            self._due("\n\n" if node.tag not in ("li", "dd", "dt") else "\n")
        elif node.tag == "br":
            self._due("\n", stack=True)
        elif node.tag in ("tr", "caption"):
            self._due("\n")
        elif node.tag in ("td", "th"):
            self._due("\t")
        elif node.tag == "img":
            return self._flow(_face(node), 0)
        return self._flow(node.text, pre)

    def _close(self, node: Element) -> None:
        if node.tag in _BLOCKS:
            self._due("\n\n" if node.tag not in ("li", "dd", "dt") else "\n")
        elif node.tag == "tr":
            self._due("\n")

    def _due(self, gap: str, *, stack: bool = False) -> None:
        """Asks for white space before the next word; the widest wish wins, breaks add up to two."""
        if stack and "\n" in self._gap:
            gap = "\n\n"
        if (gap.count("\n"), gap == "\t") > (self._gap.count("\n"), self._gap == "\t") or (
            not self._gap
        ):
            self._gap = gap

    def _due_of(self, white: str) -> None:
        """Asks for the white space that was typed between two elements of preformatted text."""
        if white:
            self._due("\n" if "\n" in white else " ")

    def _flow(self, words: str | None, pre: int) -> int:
        """Appends running text; the offset of its first word, or -1."""
        if not words:
            return -1
        if pre:
            body = words.replace("\r\n", "\n").replace("\r", "\n")
            bare = body.strip()
            self._due_of(body[: len(body) - len(body.lstrip())])
            at = self._emit(bare) if bare else -1
            self._due_of(body[len(body.rstrip()) :] if bare else "")
            return at
        body = _SPACES.sub(" ", words)
        if body[0] == " ":
            self._due(" ")
        bare = body.strip(" ")
        if not bare or not bare.strip():
            if bare:  # no-break spaces alone set words apart and are no words
                self._due(" ")
            return -1
        at = self._emit(bare)
        if body[-1] == " ":
            self._due(" ")
        return at

    def _emit(self, words: str) -> int:
        if self._gap and self._length:
            self._parts.append(self._gap)
            self._length += len(self._gap)
        self._gap = ""
        at = self._length
        self._parts.append(words)
        self._length += len(words)
        return at


def _face(image: Element) -> str:
    """The alt text of an image that stands for a face; "" for every other image."""
    alt = (image.get("alt") or "").strip()
    if alt and len(alt) <= _LONGEST_EMOTICON:
        marks = f"{image.get('class') or ''} {image.get('src') or ''} {image.get('data-src') or ''}"
        if _EMOTICON.search(marks):
            return alt
    return ""
