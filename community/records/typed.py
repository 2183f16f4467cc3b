"""Words as people typed them into a box, where the site shows their line breaks."""

from __future__ import annotations

import html
import re

_TAG = re.compile(r"</?[a-z][^<>]{0,500}>", re.I)
_BROKEN = re.compile(r"<(?:p|br|div)\b", re.I)


def with_breaks(words: str) -> str:
    """HTML whose line breaks count as ``<br>``, as WordPress shows what it stores."""
    return words.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "<br>\n")


def shown(words: str) -> str:
    """HTML that may be plain words with entities: their line breaks count where nothing else
    breaks lines."""
    return words if _BROKEN.search(words) else with_breaks(words)


def line(words: str) -> str:
    """A title or a name as sites show it: on one line, without tags, its entities as characters."""
    return " ".join(html.unescape(_TAG.sub("", words)).split())
