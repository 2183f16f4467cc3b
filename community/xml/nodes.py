"""An element of an XML file with all that is in it, small and without ties to a parser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

_VOID = frozenset({"br", "img", "hr", "wbr", "input", "col", "area", "embed", "source"})


@dataclass(slots=True, eq=False)
class Node:
    """An element: `name` and attributes without prefixes and in lower case, as exports of different
    versions spell and bind them differently; `space` is the namespace (or an unbound prefix).
    `above` names the element around it. `parts` are words and elements in order."""

    name: str
    space: str = ""
    above: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    parts: list[str | Node] = field(default_factory=list)

    def get(self, name: str) -> str:
        """An attribute's value; "" where it is missing."""
        return self.attributes.get(name, "").strip()

    def children(self, name: str) -> list[Node]:
        """The elements directly in this one that have a name."""
        return [part for part in self.parts if isinstance(part, Node) and part.name == name]

    def child(self, name: str, *, within: str = "") -> Node | None:
        """The first element directly in this one with a name.

        Args:
            name: in lower case, without prefix.
            within: what its namespace must hold; without it, an element of this one's own
                namespace comes before others ("title" before "media:title").
        """
        found = [node for node in self.children(name) if within in node.space]
        own = (node for node in found if node.space == self.space)
        return next(own, found[0] if found else None)

    def words(self, name: str, *, within: str = "") -> str:
        """The text of the first element with a name, trimmed; "" where there is none."""
        node = self.child(name, within=within)
        return node.text().strip() if node else ""

    def text(self) -> str:
        """All words in this element, in order."""
        if len(self.parts) == 1 and isinstance(self.parts[0], str):
            return self.parts[0]
        return "".join(part for part in self._walk() if isinstance(part, str))

    def markup(self) -> str:
        """What is in this element, as HTML again."""
        pieces: list[str] = []
        for part in self._walk(ends=True):
            if isinstance(part, str):
                pieces.append(escape(part, quote=False))
            elif isinstance(part, _End):
                pieces.append("" if part.name in _VOID else f"</{part.name}>")
            elif part is not self:
                told = "".join(f' {k}="{escape(v)}"' for k, v in part.attributes.items())
                pieces.append(f"<{part.name}{told}>")
        return "".join(pieces)

    def _walk(self, *, ends: bool = False) -> Iterator[str | Node | _End]:
        stack: list[str | Node | _End] = list(reversed(self.parts))
        while stack:
            part = stack.pop()
            yield part
            if isinstance(part, Node):
                if ends:
                    stack.append(_End(part.name))
                stack.extend(reversed(part.parts))


@dataclass(frozen=True, slots=True)
class _End:
    name: str
