"""What kind of XML a page is, told from its first bytes."""

from __future__ import annotations

import re

_MOST_JUNK = 300  # bytes before a declaration: a stray character, a warning of the server
_DECLARATION = re.compile(rb"<\?xml\b", re.I)
_SKIPPED = re.compile(
    rb"\s+|<\?(?:[^?]|\?(?!>)){0,2000}\?>|<!--(?:[^-]|-(?!->)){0,20000}-->"
    rb"|<!DOCTYPE[^\[<>]{0,500}(?:\[[^\]]{0,20000}\]\s*)?>",
    re.I,
)
_ELEMENT = re.compile(rb"<(?:[\w.-]{1,40}:)?([A-Za-z_][\w.-]{0,40})(?=[\s/>])")


def root(head: bytes) -> str:
    """The local name, in lower case, of the first element of an XML page; "" where the page does
    not begin with markup. Words before a declaration are passed over."""
    flat = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
    start = _DECLARATION.search(flat, 0, _MOST_JUNK)
    at = start.start() if start else 0
    while skipped := _SKIPPED.match(flat, at):
        at = skipped.end()
    found = _ELEMENT.match(flat, at)
    return found[1].decode("ascii").lower() if found else ""
