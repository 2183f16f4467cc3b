"""Entries of feeds, RSS or Atom, by what they mean rather than by how the format spells it."""

from __future__ import annotations

from typing import NamedTuple

from community.xml.nodes import Node


class Body(NamedTuple):
    """Words of an entry, and whether they are HTML (None: the words themselves must tell)."""

    words: str
    markup: bool | None = None


def link(entry: Node, rel: str = "alternate", *, kind: str = "") -> str:
    """The address that an entry gives for a relation; "" where it gives none. RSS knows one, the
    page of the entry. `kind` is what the media type must hold."""
    for node in entry.children("link"):
        href = node.get("href")
        if href and (node.get("rel") or "alternate") == rel and kind in node.get("type"):
            return href
    if rel != "alternate":
        return ""
    plain = next((n for n in entry.children("link") if not n.attributes), None)
    guid = entry.child("guid")
    if plain is not None and plain.text().strip():
        return plain.text().strip()
    address = guid.text().strip() if guid and guid.get("ispermalink") != "false" else ""
    return address if address.startswith("http") else ""


def identity(entry: Node) -> str:
    """The entry's own id; "" where it has none."""
    return entry.words("id") or entry.words("guid") or entry.get("about")


def author(entry: Node) -> str:
    """Who wrote an entry, as it stands there; "" where it does not say."""
    for node in entry.children("author"):
        said = node.words("name") or ("" if node.child("name") else node.text().strip())
        if said:
            return said
    return entry.words("creator")


def author_page(entry: Node) -> str:
    """The address of the author's own page, in Atom; "" where there is none."""
    node = entry.child("author")
    return node.words("uri") or node.words("url") if node else ""


def body(entry: Node) -> Body:
    """The words of an entry in full, as far as the feed has them."""
    full = entry.child("encoded", within="content")
    if full is not None and full.text().strip():
        return Body(full.text(), True)
    node = entry.child("content")
    if node is not None and (found := _atom(node)).words.strip():
        return found
    return Body("")


def summary(entry: Node) -> Body:
    """The description or summary of an entry; RSS does not say whether it is an excerpt."""
    node = entry.child("summary")
    if node is not None and (found := _atom(node)).words.strip():
        return found
    return Body(entry.words("description"), None)


def _atom(node: Node) -> Body:
    kind = node.get("type").lower()
    if "xhtml" in kind or any(isinstance(part, Node) for part in node.parts):
        return Body(node.markup(), True)
    return Body(node.text(), True if "html" in kind else None if not kind else False)


def when(entry: Node) -> str:
    """When an entry was published, as it stands there."""
    names = ("published", "pubdate", "issued", "date", "created", "updated", "modified")
    return next((words for name in names if (words := entry.words(name))), "")
