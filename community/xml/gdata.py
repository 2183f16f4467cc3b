"""Google's JSON form of a feed (``alt=json``) as the elements it stands for."""

from __future__ import annotations

from typing import Any

from community.xml.nodes import Node
from community.xml.streams import PRIVATE

_DEEPEST = 20  # levels; an entry has four


def node(name: str, value: Any, above: str = "", depth: int = 0) -> Node:
    """An element from its JSON: ``$t`` is its text, strings are attributes, the rest elements."""
    prefix, _, local = name.rpartition("$")
    made = Node(local.lower(), prefix.lower(), above)
    if not isinstance(value, dict):
        made.parts = [value] if isinstance(value, str) else []
        return made
    for key, inner in value.items():
        plain = key.rpartition("$")[2].lower()
        if key == "$t":
            made.parts.append(str(inner))
        elif plain in PRIVATE or depth > _DEEPEST:
            continue
        elif isinstance(inner, (dict, list)):
            listed = inner if isinstance(inner, list) else [inner]
            made.parts += [node(key, one, made.name, depth + 1) for one in listed]
        elif inner is not None:
            made.attributes[plain] = str(inner)
    return made
