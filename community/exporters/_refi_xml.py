"""Elements of REFI-QDA's XML (version 1.0, schema of 18 March 2019)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from community.exporters._refi_survey import Survey, label_of
from community.interchange.bundles import Bundle, Values, spans_of
from community.interchange.codes import Node, guid_of, link_guid
from community.interchange.endings import Positions
from community.interchange.identities import guid
from community.interchange.layout import Laid, Place, line

PROJECT = "urn:QDA-XML:project:1.0"
CODEBOOK = "urn:QDA-XML:codebook:1.0"
_EXCERPT = 60  # characters of a selection's words that name it

Element = etree._Element
# variables of the cases that posts are: name, type, column of posts.csv
VARIABLES = (
    ("author", "Text", "author"),
    ("role (judged by machine)", "Text", "role"),
    ("posted at", "Text", "posted_at"),
    ("depth", "Integer", "depth"),
    ("words", "Integer", "words"),
)


def element(name: str, space: str = PROJECT, /, **attributes: str) -> Element:
    """An element of the format."""
    return etree.Element(f"{{{space}}}{name}", attributes, {None: space})  # type: ignore[dict-item]


def _add(parent: Element, tag: str, text: str | None = None, /, **attributes: str) -> Element:
    space = etree.QName(parent).namespace
    child = etree.SubElement(parent, f"{{{space}}}{tag}", attributes)
    child.text = text
    return child


def codebook(nodes: Iterable[Node], space: str = PROJECT, **attributes: str) -> Element:
    """The codes, nested."""
    made = element("CodeBook", space, **attributes)
    codes = _add(made, "Codes")
    for node in nodes:
        _code(codes, node)
    return made


def _code(parent: Element, node: Node) -> None:
    told = {"guid": node.guid, "name": node.name, "color": node.colour}
    made = _add(parent, "Code", isCodable="true" if node.codable else "false", **told)
    if node.about:
        _add(made, "Description", node.about)
    for child in node.children:
        _code(made, child)


def users(survey: Survey) -> Element | None:
    """Everyone who coded; None where nobody did."""
    if not survey.users:
        return None
    made = element("Users")
    for user in survey.users.values():
        _add(made, "User", guid=user.guid, name=line(user.name), id=line(user.coder))
    return made


def variables() -> Element:
    """What is told of posts."""
    made = element("Variables")
    for name, kind, column in VARIABLES:
        _add(made, "Variable", guid=guid("variable", column), name=name, typeOfVariable=kind)
    return made


def cases(bundle: Bundle, laid: Laid) -> Iterator[Element]:
    """A case for each post that has words."""
    placed = {place.post_id: place for place in laid.places}
    for number, post in enumerate(bundle.posts, 1):
        if post["post_id"] not in placed:
            continue
        name = f"{laid.name} post {number}"
        made = element("Case", guid=guid("case", post["post_id"]), name=name)
        for _, kind, column in VARIABLES:
            if post[column] is not None:
                told = _add(made, "VariableValue")
                _add(told, "VariableRef", targetGUID=guid("variable", column))
                _add(told, f"{kind}Value", line(str(post[column])))
        _add(made, "SourceRef", targetGUID=laid.guid)
        _add(made, "SelectionRef", targetGUID=guid("post", post["post_id"]))
        yield made


def source(bundle: Bundle, laid: Laid, survey: Survey, counted: int) -> Element:
    """A thread with everything coded in it.

    Args:
        bundle: the thread's rows.
        laid: its text.
        survey: who coded.
        counted: what the end of a line counts in positions.
    """
    path = f"internal://{laid.guid}.txt"
    made = element("TextSource", guid=laid.guid, name=laid.name, plainTextPath=path)
    if bundle.document["url"]:
        _add(made, "Description", line(bundle.document["url"]))
    positions = Positions(laid.text, counted)
    placed = {place.post_id: place for place in laid.places}
    for number, post in enumerate(bundle.posts, 1):
        place = placed.get(post["post_id"])
        if place is None:
            continue
        _selection(
            made, laid, positions, (place.at, place.at + place.length),
            guid=guid("post", post["post_id"]), name=f"post {number}",
        )  # fmt: skip
        for coding in bundle.codings.get(post["post_id"], ()):
            if not coding["abstained"]:
                _coding(made, (bundle, laid, survey, positions), place, coding)
        for link in bundle.links.get(post["post_id"], ()):
            _link(made, (bundle, laid, survey, positions), place, link)
    return made


_About = tuple[Bundle, Laid, Survey, Positions]


def _coding(parent: Element, about: _About, place: Place, coding: Values) -> None:
    """A selection for each stretch of evidence; the whole post where a coder gave none."""
    bundle, laid, survey, positions = about
    spans = [laid.inside(place, *span) for span in spans_of(bundle, coding)]
    whole = (place.at, place.at + place.length)
    found = list(dict.fromkeys(span for span in spans if span)) or [whole]
    for start, end in found:
        key = (coding["coding_id"], str(start - place.at), str(end - place.at))
        made = _selection(
            parent, laid, positions, (start, end),
            guid=guid("selection", *key), creatingUser=survey.users[coding["coder"]].guid,
        )  # fmt: skip
        if coding["score"] is not None:
            made.insert(0, element("Description"))
            made[0].text = f"score {coding['score']:.4f}"
        _applied(made, guid("coding", *key), guid_of(label_of(coding)))


def _link(parent: Element, about: _About, place: Place, link: Values) -> None:
    _, laid, survey, positions = about
    start, end = link["evidence_start"], link["evidence_end"]
    span = laid.inside(place, start, end) if start is not None else None
    span = span or (place.at, place.at + place.length)
    key = (link["post_id"], link["refers_to"], link["relation"], link["coder"], str(start))
    made = _selection(
        parent, laid, positions, span,
        guid=guid("link selection", *key), creatingUser=survey.users[link["coder"]].guid,
    )  # fmt: skip
    _applied(made, guid("linked", *key), link_guid(link["relation"], link["refers_to"]))


def _selection(
    parent: Element,
    laid: Laid,
    positions: Positions,
    span: tuple[int, int],
    **attributes: str,
) -> Element:
    start, end = span
    told = {"startPosition": str(positions.of(start)), "endPosition": str(positions.of(end))}
    words = line(laid.text[start : min(end, start + _EXCERPT)])
    return _add(parent, "PlainTextSelection", **({"name": words} | attributes | told))


def _applied(selection: Element, identity: str, code: str) -> None:
    told = {"guid": identity}
    if user := selection.get("creatingUser"):
        told["creatingUser"] = user
    made = _add(selection, "Coding", **told)
    _add(made, "CodeRef", targetGUID=code)
