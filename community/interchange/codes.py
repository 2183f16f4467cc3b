"""Codes as other tools hold them: a tree of names, with polarities and whose below their code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from community.codebook import Code, Codebook
from community.interchange.identities import guid
from community.interchange.layout import line

LAYERS = ("topic", "sentiment", "stance")
LINKS = "links"
# Okabe and Ito (2008), told apart by people who see colours otherwise, and darker ones of them
_COLOURS = (
    "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#999999",
    "#A87400", "#2E86B5", "#00634A", "#B0A61E", "#004F7C", "#8F4000",
)  # fmt: skip
_GOOD, _BAD, _MIXED = "#009E73", "#D55E00", "#999999"
_FEELINGS = {
    "positive": _GOOD, "good": _GOOD, "trust": _GOOD, "hopeful": _GOOD, "supports": _GOOD,
    "experience-for": "#56B4E9", "negative": _BAD, "bad": _BAD, "distrust": _BAD, "worried": _BAD,
    "disputes": _BAD, "experience-against": "#CC79A7", "questions": "#E69F00", "asks": "#F0E442",
}  # fmt: skip


class Label(NamedTuple):
    """A code as a coding gives it."""

    layer: str
    code: str
    polarity: str | None = None
    whose: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A code of the tree; `codable` is False for what only holds others. `label` is what it means,
    None where it means no code of ours."""

    guid: str
    name: str
    colour: str
    about: str = ""
    codable: bool = True
    label: Label | None = None
    children: tuple[Node, ...] = ()

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def guid_of(label: Label) -> str:
    """The GUID of a code."""
    return guid("code", *label)


def link_guid(relation: str, refers_to: str) -> str:
    """The GUID of the code that stands for a relation to a target."""
    return guid("link", relation, refers_to)


def name_of(label: Label) -> str:
    """``code``, ``code: polarity``, ``code: polarity (whose)``: unique in a codebook."""
    name = label.code if label.polarity is None else f"{label.code}: {label.polarity}"
    return line(name if label.whose is None else f"{name} ({label.whose})")


def tree(book: Codebook, used: Iterable[Label] = ()) -> tuple[Node, ...]:
    """The codes of a codebook by layer, with what codings use beside it.

    Args:
        book: the codebook.
        used: what codings say; a code that the book lacks is added, and says so.
    """
    further = {label for label in used if label.layer in LAYERS}
    made = []
    for layer in LAYERS:
        codes = [code for code in book.codes if code.layer == layer]
        known = {code.code for code in codes}
        absent = sorted({label.code for label in further if label.layer == layer} - known)
        codes += [Code(code=c, layer=layer, definition=_LACKING) for c in absent]  # type: ignore[arg-type]
        nodes = tuple(_node(code, number, further) for number, code in enumerate(codes))
        if nodes:
            made.append(_folder(layer, nodes))
    return tuple(made)


_LACKING = "In codings of this study, but not in its codebook."


def _folder(name: str, nodes: tuple[Node, ...]) -> Node:
    return Node(
        guid=guid("layer", name), name=name, colour="#999999", codable=False, children=nodes
    )


def _node(code: Code, number: int, used: set[Label]) -> Node:
    colour = _FEELINGS.get(code.code, _COLOURS[number % len(_COLOURS)])
    said = {label for label in used if (label.layer, label.code) == (code.layer, code.code)}
    polarities = _joined(code.polarity, (label.polarity for label in said))
    whose = _joined(code.whose, (label.whose for label in said))
    plain = Label(code.layer, code.code)
    below = [_leaf(plain._replace(whose=who), colour) for who in whose] if not polarities else []
    for polarity in polarities:
        label = plain._replace(polarity=polarity)
        shade = _FEELINGS.get(polarity, _MIXED)
        persons = tuple(_leaf(label._replace(whose=who), shade) for who in whose)
        below.append(_leaf(label, shade, persons))
    return _leaf(plain, colour, tuple(below), about=_about(code))


def _joined(known: Iterable[str], said: Iterable[str | None]) -> list[str]:
    return [*known, *sorted({value for value in said if value} - set(known))]


def _leaf(label: Label, colour: str, children: tuple[Node, ...] = (), about: str = "") -> Node:
    return Node(
        guid=guid_of(label),
        name=name_of(label),
        colour=colour,
        about=about,
        label=label,
        children=children,
    )


def _about(code: Code) -> str:
    parts = [code.definition]
    for title, told in (("Include", code.include), ("Exclude", code.exclude)):
        parts += [f"{title}: {'; '.join(told)}."] if told else []
    if code.positive:
        parts.append("Such as: " + " | ".join(example.text for example in code.positive))
    if code.near_misses:
        parts.append("Not: " + " | ".join(example.text for example in code.near_misses))
    return "\n".join(line(part) for part in parts)


def link_nodes(used: Iterable[tuple[str, str]], names: Mapping[str, str]) -> tuple[Node, ...]:
    """A folder of the relations that posts have to claims, trials and treatments.

    Args:
        used: (relation, refers_to) pairs.
        names: what to call a target, by `refers_to`.
    """
    by_relation: dict[str, list[str]] = {}
    for relation, target in sorted(set(used)):
        by_relation.setdefault(relation, []).append(target)
    folders = []
    for relation, targets in by_relation.items():
        colour = _FEELINGS.get(relation, _MIXED)
        nodes = tuple(
            Node(
                guid=link_guid(relation, target),
                name=line(f"{relation}: {names.get(target, target)} [{target}]"),
                colour=colour,
            )
            for target in targets
        )
        folders.append(
            Node(
                guid=guid("relation", relation),
                name=relation,
                colour=colour,
                codable=False,
                children=nodes,
            )
        )
    return (_folder(LINKS, tuple(folders)),) if folders else ()


class Known:
    """What codes of a file mean: by GUID, and where a tool gave them new ones, by name."""

    def __init__(self, book: Codebook) -> None:
        nodes = [node for top in tree(book) for node in top.walk() if node.label]
        self._guids = {node.guid: node.label for node in nodes}
        self._names = {node.name.casefold(): node.label for node in nodes}

    def label(self, identity: str, name: str) -> Label | None:
        """The label of a code; None where it is none of the codebook's."""
        found = self._guids.get(identity.upper().strip("{}"))
        return found or self._names.get(line(name).casefold())
