"""How much of a page's discussion is still read when its markup is changed under the reader.

Each page with gold is changed in one way at a time, as other themes, build tools and platforms
would write the same page, and read again. What a page says and in which order stays, so the gold
stays. Printed per change: posts in the gold, found, extra, and of the found ones how many have the
right parent, author and date.

Run from the repository's root: ``python -m benchmarks.mutations [-v] [FOLDER]…``.
"""

from __future__ import annotations

import hashlib
import random
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from benchmarks.platforms import Score, judge, page_of, pages
from community import threads
from community.analysis import Steps, choose
from community.assembly import load_codebook, steps
from community.errors import SourceError
from community.html import bodies, items
from community.html.markup import Element, parse

_EVERY = 3  # an advertisement after each third item
_POINTS = ("href", "for", "aria-labelledby", "aria-describedby", "data-target", "cite")


def _token(word: str) -> str:
    """A made-up name that is always the same for the same word, as build tools make them."""
    return "x" + hashlib.sha256(word.encode()).hexdigest()[:6].translate(
        str.maketrans("0123456789", "ghijklmnop")
    )


def rename_classes(root: Element) -> None:
    """Every class name becomes a made-up one, the same everywhere on the page."""
    for node in root.iter(etree.Element):
        if node.get("class"):
            node.set("class", " ".join(map(_token, node.get("class").split())))


def rename_ids(root: Element) -> None:
    """The words of every id become made-up ones, their numbers stay, links follow."""

    def renamed(identity: str) -> str:
        return re.sub(r"[A-Za-z]{2,}", lambda match: _token(match[0]), identity)

    for node in root.iter(etree.Element):
        if node.get("id"):
            node.set("id", renamed(node.get("id")))
        if node.tag == "a" and node.get("name"):
            node.set("name", renamed(node.get("name")))
        for key in _POINTS:
            value = node.get(key) or ""
            if "#" in value:
                head, _, tail = value.rpartition("#")
                node.set(key, f"{head}#{renamed(tail)}")


def drop_wrappers(root: Element) -> None:
    """Every ``div`` and ``span`` with one child and no words of its own goes.

    Those that say something (an id, a style, data, microdata) stay.
    """
    for node in list(root.iter("div", "span")):
        above = node.getparent()
        if above is None or len(node) != 1 or (node.text or "").strip():
            continue
        if set(node.attrib) - {"class", "role", "dir", "align"}:
            continue
        if (node[0].tail or "").strip() or not isinstance(node[0].tag, str):
            continue
        node[0].tail = node.tail
        above.replace(node, node[0])


def shuffle_attributes(root: Element) -> None:
    """Attributes stand in another order."""
    chance = random.Random(7)
    for node in root.iter(etree.Element):
        pairs = list(node.attrib.items())
        chance.shuffle(pairs)
        node.attrib.clear()
        for key, value in pairs:
            node.set(key, value)


def add_attributes(root: Element) -> None:
    """Every other element gets attributes that say nothing."""
    chance = random.Random(11)
    for node in root.iter("div", "li", "article", "p", "span", "a", "td", "tr", "section"):
        if chance.random() < 0.5:
            node.set(f"data-v-{chance.randrange(16**8):08x}", "")
            node.set("data-track", str(chance.randrange(10**6)))


def add_advertisements(root: Element) -> None:
    """Blocks that are no posts stand among the posts."""
    found = items.find(root).items
    for item in found[::_EVERY]:
        block = etree.fromstring(
            '<div class="banner-slot"><p><a href="https://shop.example/deal">Warm socks for cold '
            "feet, now at half the price</a></p></div>"
        )
        item.element.addnext(block)
        block.tail, item.element.tail = item.element.tail, None


def strip_ids(root: Element) -> None:
    """No element has an id."""
    for node in root.iter(etree.Element):
        node.attrib.pop("id", None)


def strip_classes(root: Element) -> None:
    """No element has a class."""
    for node in root.iter(etree.Element):
        node.attrib.pop("class", None)


def obfuscate(root: Element) -> None:
    """Made-up class names, and no ids: what a build tool leaves."""
    rename_classes(root)
    strip_ids(root)


def minify(root: Element) -> None:
    """No white space between blocks."""
    for node in root.iter(etree.Element):
        if node.tag in ("pre", "textarea", "script", "style"):
            continue
        if node.text and not node.text.strip():
            node.text = None
        if node.tail and not node.tail.strip():
            node.tail = None if node.tag not in ("a", "span", "b", "i", "em", "strong") else " "


def words_first(root: Element) -> None:
    """The words of a post stand before who wrote them and when."""
    found = items.find(root).items
    members = {item.element for item in found}
    for item in found:
        within = {node for node in item.element.iterdescendants() if node in members}
        holder = bodies.body(item.element, within).element
        if holder is item.element:
            continue
        node = holder
        while node.getparent() is not item.element and node.getprevious() is None:
            node = node.getparent()
        above = node.getparent()
        if above is not None and node.getprevious() is not None:
            above.remove(node)
            above.insert(0, node)


CHANGES: dict[str, Callable[[Element], None]] = {
    "nothing changed": lambda root: None,
    "classes renamed": rename_classes,
    "ids renamed": rename_ids,
    "wrappers dropped": drop_wrappers,
    "attributes shuffled": shuffle_attributes,
    "attributes added": add_attributes,
    "advertisements": add_advertisements,
    "ids stripped": strip_ids,
    "classes stripped": strip_classes,
    "classes renamed, no ids": obfuscate,
    "minified": minify,
    "words first": words_first,
}


def mutated(data: bytes, change: Callable[[Element], None]) -> bytes:
    """The page, changed."""
    root = parse(data, "page")
    change(root)
    out: bytes = lxml_html.tostring(root, encoding="utf-8", doctype="<!DOCTYPE html>")
    return out


def measure(parts: Steps, path: Path, gold: dict[str, Any], data: bytes) -> Score:
    """The score of one changed page."""
    page = page_of(path, data)
    try:
        _, reader = choose(parts, page)
        made = [threads.build(raw, source=page.key)[0] for raw in reader.read(page)]
    except SourceError:
        made = []
    return judge(gold, made)


def main(arguments: Sequence[str]) -> None:
    """Prints the table."""
    told = "-v" in arguments
    only = [a[2:] for a in arguments if a.startswith("-o")]
    folders = [Path(a) for a in arguments if not a.startswith("-")] or [Path("../shared/pages")]
    parts = steps(load_codebook(None), readers=("discussion_html", "article_html"))
    names = ("gold", "found", "extra", "parent", "of", "author", "of", "date", "of")
    print(f"{'change':28}" + "".join(f"{name:>7}" for name in names))
    for name, change in CHANGES.items():
        if only and name not in only:
            continue
        total = Score()
        for folder in folders:
            for path, gold in pages(folder):
                if path.suffix in (".html", ".htm"):
                    score = measure(parts, path, gold, mutated(path.read_bytes(), change))
                    total.add(score)
                    if told:
                        print(f"  {path.name[:40]:40}{score.row()[:63]}")
                        for line in score.wrong[:6]:
                            print(f"      {line}")
        print(f"{name:28}{total.row()[:63]}")


if __name__ == "__main__":
    main(sys.argv[1:])
