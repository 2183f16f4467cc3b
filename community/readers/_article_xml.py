"""Words of XML articles: what stands within a paragraph, on one line."""

from __future__ import annotations

import re
from collections.abc import Collection

from community.xml.nodes import Node

# the same formula or picture in other forms, and what points elsewhere
_OTHER_FORMS = frozenset(
    {"tex-math", "graphic", "inline-graphic", "media", "object-id", "annotation"}
)
_APART = frozenset(
    {"p", "title", "list-item", "def", "term", "break", "br", "td", "th", "tr", "sec"}
)
_POWER = re.compile(r"[-+−–]?\d{1,3}")


def words(node: Node, drop: Collection[str] = ()) -> str:
    """All words of an element on one line; elements named in `drop` left out.

    A raised number after a digit is a power ("10^9"); raised marks of notes are left out.
    """
    out: list[str] = []
    stack: list[str | Node] = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, str):
            out.append(part)
        elif part.name in _OTHER_FORMS or part.name in drop or _points_away(part):
            continue
        elif part.name == "sup" and (raised := _raised(part, out)) is not None:
            out.append(raised)
        else:
            if part.name in _APART:
                out.append(" ")
                stack.append(" ")
            stack.extend(reversed(part.parts))
    told = " ".join("".join(out).split())
    return re.sub(r"\s?\[(?:[\s,;–-]|and)*\](?=[\s.,;]|$)", "", told)  # brackets of dropped notes


def _points_away(node: Node) -> bool:
    return node.name == "xref" and node.get("ref-type") in ("bibr", "fn", "table-fn", "corresp")


def _raised(node: Node, before: list[str]) -> str | None:
    """What stands for a raised stretch; None where it is read like other words."""
    text = node.text().strip()
    last = next((piece for piece in reversed(before) if piece), "")[-1:]
    if _POWER.fullmatch(text) and last.isdigit():
        return f"^{text}"
    if not text or re.fullmatch(r"[\d,;–*†‡§¶-]{1,12}", text):
        return ""
    return None
