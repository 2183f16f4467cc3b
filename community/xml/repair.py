"""Damaged XML text to text that a parser takes; document types and what they hide left out.

Files met in the wild have words before their declaration, attributes without quotes, ``&nbsp;`` and
bare ``&``, control characters, a ``<`` that opens nothing, CDATA sections that go on for megabytes.
All of these have one meaning that a reader would give them, and get it here. A document type that
declares entities is refused: no export needs one, and attacks do (billion laughs, quadratic
blow-up, external entities).
"""

from __future__ import annotations

import html
import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from html.entities import html5
from xml.sax.saxutils import quoteattr

from community.errors import SourceError

MAX_TAG = 1 << 20  # characters of one tag
_MAX_TYPE = 1 << 16  # characters of a document type
_MAX_ENTITY = 40  # characters of a reference
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile(r"<!\[CDATA\[|<!--|<\?|<!DOCTYPE", re.I)
_ENDS = {"<![cdata[": "]]>", "<!--": "-->", "<?": "?>"}
_REST = (  # of a tag that is well-formed, after its "<"; every quantifier is possessive: linear
    r"/?+[A-Za-z_][\w:.-]*+(?:\s++[A-Za-z_:][\w:.-]*+\s*+=\s*+(?:\"[^\"<]*+\"|'[^'<]*+'))*+\s*+/?+>"
)
_GOOD = re.compile(f"<{_REST}")
_WITHIN = r"(?:(?:[^<>\"']|\"[^\"<]*+\"|'[^'<]*+')*+(?=>)|[^<>]*+)"  # marks may be left open
_ODD = re.compile(
    rf"<(?!{_REST})(?:(?P<name>/?[A-Za-z_][\w:.-]*+)(?P<rest>(?:[\s/]{_WITHIN})?)>)?"
    r"|&(?!(?:amp|lt|gt|quot|apos);)(?P<entity>#?\w{1,36};)?"
    r"|\]\]>"
)
_BARE = re.compile(r"<[^A-Za-z_/!?]")  # opens nothing
_ADDRESS_LAST = re.compile(r"=\s*[^\s\"'/]*/[^\s\"']*/$")
_ATTRIBUTE = re.compile(r"([A-Za-z_:][\w:.-]*+)(?:\s*+=\s*+(\"[^\"]*+\"|'[^']*+'|[^\s\"'>]++))?+")


@dataclass(slots=True)
class Repair:
    """Makes one file's text well-formed as it goes by. `subject` names the file in errors.

    `open_to` says, at the end, what construct was never closed ("" for none).
    """

    subject: str
    open_to: str = ""
    _held: str = ""

    def pieces(self, chunks: Iterable[str]) -> Iterator[str]:
        """The repaired text.

        Raises:
            SourceError: entities are declared, or a tag is longer than `MAX_TAG`.
        """
        for chunk in chunks:
            self._held += _UNREADABLE.sub("", chunk)
            yield from self._advance(last=False)
        yield from self._advance(last=True)

    def _advance(self, *, last: bool) -> Iterator[str]:
        """Consumes as much of the held text as can be understood already."""
        while self._held:
            if self.open_to:
                done = yield from self._inside(last)
            else:
                done = yield from self._outside(last)
            if not done:
                return

    def _inside(self, last: bool) -> Generator[str, None, bool]:
        """Consumes a CDATA section, a comment or an instruction, up to its end if that is here."""
        kind, end = self.open_to, _ENDS[self.open_to]
        at = self._held.find(end)
        stop = at if at >= 0 else len(self._held) - (0 if last else len(end) - 1)
        body, done = self._held[: max(0, stop)], at >= 0
        self._held = self._held[stop + len(end) if done else max(0, stop) :]
        if kind == "<![cdata[":
            # closed with every piece: the parser takes no section of more than 10 MB
            yield f"<![CDATA[{body}]]>" if body else ""
        else:
            yield "\n" * body.count("\n")
        self.open_to = "" if done else kind
        return done

    def _outside(self, last: bool) -> Generator[str, None, bool]:
        """Consumes markup and text up to the next special construct, or as far as is safe."""
        special = _SPECIAL.search(self._held)
        if special is None:
            stop = len(self._held) if last else self._safe()
            text, self._held = self._held[:stop], self._held[stop:]
            yield _ODD.sub(_repaired, text)
            return False
        yield _ODD.sub(_repaired, self._held[: special.start()])
        self._held = self._held[special.start() :]
        kind = special[0].lower()
        if kind != "<!doctype":
            self.open_to, self._held = kind, self._held[len(kind) :]
            return True
        return self._document_type(last)

    def _document_type(self, last: bool) -> bool:
        told = self._held[:_MAX_TYPE]
        if re.search(r"<!ENTITY", told, re.I):
            reason = "declares entities of its own, which exports never need and attacks do"
            raise SourceError(self.subject, reason, "take out its DOCTYPE if you trust the file")
        found = re.match(r"<!DOCTYPE[^\[>]*+(?:\[[^\]]*+\]\s*+)?>", told, re.I)
        if found:
            self._held = "\n" * found[0].count("\n") + self._held[found.end() :]
            return True
        if last or len(self._held) >= _MAX_TYPE:
            reason = f"a DOCTYPE that does not end within {_MAX_TYPE} characters"
            raise SourceError(self.subject, reason, "take out its DOCTYPE")
        return False

    def _safe(self) -> int:
        """Up to where the held text holds no tag and no reference that may go on."""
        end = len(self._held)
        tag = self._held.rfind("<")
        if tag >= 0 and not _BARE.match(self._held, tag):
            whole = _GOOD.match(self._held, tag)
            if whole is None:
                if end - tag > MAX_TAG:
                    reason = f"a tag of more than {MAX_TAG} characters"
                    raise SourceError(self.subject, reason, "export it again")
                return tag
            tag = whole.end()
        reference = self._held.rfind("&", max(tag, end - _MAX_ENTITY, 0))
        bracket = end - 2 if self._held.endswith("]]") else end
        return min(reference if reference >= 0 else end, bracket)


def _repaired(found: re.Match[str]) -> str:
    text = found[0]
    if text.startswith("&"):
        return _reference(text)
    if text.startswith("<"):
        return _tag(found["name"], found["rest"] or "") if found["name"] else "&lt;"
    return "]]&gt;"


def _reference(text: str) -> str:
    """A reference as the character it means, or its words where it means none."""
    if text[1:2] == "#":
        char = html.unescape(text) if text.endswith(";") else text
        if char == text or not char or _UNREADABLE.search(char):
            return "" if char != text else "&amp;" + text[1:]
        return char if char not in "<&" else f"&#{ord(char)};"
    char = html5.get(text[1:], "") if len(text) > 1 else ""
    return f"&amp;{text[1:]}" if not char or char in "<&" else char


def _tag(name: str, rest: str) -> str:
    """A tag with its attributes quoted, each once."""
    if name.startswith("/"):
        return f"<{name}>"
    attributes: dict[str, str] = {}
    # an address without quotes may end in "/"; any other value does not
    closing = "/" if rest.endswith("/") and not _ADDRESS_LAST.search(rest) else ""
    rest = rest.removesuffix(closing)
    for key, value in _ATTRIBUTE.findall(rest):
        bare = value[1:-1] if value[:1] in ("'", '"') else value
        attributes.setdefault(key, html.unescape(bare or key))
    told = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{told}{closing}>"
