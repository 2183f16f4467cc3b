"""Nested posts, and how each extractor prints them: shared by the outline tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Node:
    """A post and its replies."""

    words: str
    replies: list[Node] = field(default_factory=list)


def walk(nodes: list[Node], depth: int = 0, parent: int | None = None) -> Iterator[tuple[str, int]]:
    """Words and depth of every post, in page order."""
    for node in nodes:
        yield node.words, depth
        yield from walk(node.replies, depth + 1)


STYLES = ("resiliparse", "resiliparse-ol", "html2text", "inscriptis", "w3m", "lynx", "elinks")
_GLYPHS = {
    "resiliparse": "•", "resiliparse-ol": "#", "html2text": "*", "inscriptis": "*+o□",
    "w3m": "•□☆", "lynx": "*+o", "elinks": "•",
}  # fmt: skip
_STEP = {
    "resiliparse": 2, "resiliparse-ol": 2, "html2text": 2, "inscriptis": 4, "w3m": 4, "lynx": 5,
    "elinks": 5,
}  # fmt: skip


def flatten(nodes: list[Node], style: str, byline: bool = True) -> str:
    """The posts as `style` prints them, between an article and a reply form."""
    head = "A title for the page\n\nThe article says in one sentence what was found in the study.\n"
    lines = [head, f"{sum(1 for _ in walk(nodes))} comments", ""]
    _print(nodes, style, 0, lines, byline)
    lines += ["", "Leave a reply", ""]
    return "\n".join(lines)


def _print(nodes: list[Node], style: str, depth: int, lines: list[str], byline: bool) -> None:
    step, glyphs = _STEP[style], _GLYPHS[style]
    indent = step * (depth + 1)
    for number, node in enumerate(nodes, 1):
        glyph = f"{number}." if glyphs == "#" else glyphs[depth % len(glyphs)]
        inside = " " * (indent + (len(glyph) + 1 if style != "resiliparse-ol" else 2))
        paragraphs = node.words.split("\n\n")
        if byline:
            paragraphs = [f"Reader{number} says:\n12 May 2016 at 14:02", *paragraphs, "Reply"]
        if style == "html2text":
            inside = ""
        first, *rest = "\n\n".join(paragraphs).split("\n")
        lines.append(f"{' ' * indent}{glyph} {first}")
        for line in rest:
            if line or style != "lynx":
                lines.append(inside + line if line else "")
        if style not in ("lynx",):
            lines.append("")
        _print(node.replies, style, depth + 1, lines, byline)
