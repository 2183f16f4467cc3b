"""The number that a platform gives a contribution, from ids, attributes, anchors and links."""

from __future__ import annotations

import re

from community.html.markup import Element, names, walk
from community.html.signs import is_date

_TALK = (
    r"comment|cmt|kommentar|comentario|commentaire|commento|reactie|komentarz|repl(?:y|ies)|"
    r"response|"
    r"answer|antwort|post|message|msg|beitrag|subject|discussion|isso|topic|comtr"
)
TALKS = re.compile(_TALK)
NUMBERED = re.compile(
    r"(?P<stem>[A-Za-z][A-Za-z_:\-]*?|t1|)[-_:]?"
    r"(?P<id>\d{1,20}|[0-9a-f]{16,40}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|"
    r"(?<=t1_)[0-9a-z]+)"
    r"(?:[-_]?(?:wrap|wrapper|container))?"
)
ATTRIBUTES = (
    "data-comment-id", "data-commentid", "data-comment", "data-post-id", "data-postid", "data-pid",
    "data-msgid", "data-message-id", "data-content", "data-fullname", "data-reply-id", "thingid",
    "data-cid",
)  # fmt: skip
_LINK = re.compile(r"#(?:comment|post|msg|c|p)[-_]?(\d{1,20})$")


def digits(value: str | None) -> str | None:
    """The id in an attribute's value ("post-123", "t1_abc", "123")."""
    match = NUMBERED.fullmatch(value or "")
    return match["id"] if match else None


def inner_id(element: Element) -> str | None:
    """The number of the first anchor or block within that is numbered as contributions are."""
    for node in walk(element):
        match = NUMBERED.fullmatch(node.get("id") or "")
        if match and (
            TALKS.search(match["stem"]) or (match["stem"] == "c" and len(match["id"]) > 9)
        ):
            return match["id"]
    return None


def linked_id(element: Element) -> str | None:
    """The number in the anchor right before an element, or in its first link to itself."""
    before = element.getprevious()
    if before is not None and before.tag == "a":
        match = NUMBERED.fullmatch(before.get("id") or before.get("name") or "")
        if match and TALKS.search(match["stem"]):
            return match["id"]
    found: str | None = None
    for node in walk(element):
        match = _LINK.search(node.get("href") or "")
        if match and node.tag == "a":
            if is_date(node) or any(is_date(inner) for inner in node.iterchildren("time", "span")):
                return match[1]  # the date links to its own contribution
            found = found or match[1]
    return found


def own_id(element: Element) -> str | None:
    """An element's number: from its id, its data attributes, or nothing."""
    match = NUMBERED.fullmatch(element.get("id") or "")
    if match and (TALKS.search(names(element)) or match["stem"] == "t1"):
        return match["id"]
    for attribute in ATTRIBUTES:
        found = digits(element.get(attribute))
        if found:
            return found
    return None
