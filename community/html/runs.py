"""Contributions that are runs of siblings rather than one element each, put into one each.

Guest books, old forums and definition lists print who and when in one element, the words in those
after it (or before it), and nothing around them; often a rule sets one from the next. What was
found then is the line of who and when alone, which shows: it holds few words, its siblings do.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from community.html.markup import INVISIBLE, Element, names, text_of
from community.html.native_ids import NUMBERED, TALKS, inner_id

_HEADER = 120  # characters that a line of who and when may have
_SPARE = 40  # characters beyond which a contribution has words of its own
_SHARE = 0.6  # of the contributions have their words beside them
_STOPS = frozenset(["form", "nav", "footer", "h1", "h2", "script", "textarea", "aside"])
_ENDS = re.compile(r"respond|reply-?form|comment-?form|pagination|paginate|page-?nav")


def definitions(root: Element) -> None:
    """Puts each ``dt`` of a list of comments and its ``dd``s into one element of their own."""
    for listing in list(root.iter("dl")):
        terms = [child for child in listing if child.tag == "dt"]
        numbered = [term for term in terms if _term_id(term)]
        if len(numbered) < len(terms) or not terms or len(terms) == len(listing):
            continue
        holder: Element = None
        for child in list(listing):
            if child.tag == "dt":
                holder = listing.makeelement("div", {"id": f"comment-{_term_id(child)}"})
                listing.insert(listing.index(child), holder)
            if holder is not None:
                holder.append(child)


def _term_id(term: Element) -> str | None:
    """The number of a term that says, or whose own anchor says, that it heads a comment."""
    if TALKS.search(names(term)):
        return inner_id(term)
    match = NUMBERED.fullmatch(term.get("id") or "")
    if match is None:
        return None
    anchors = (a for a in term.iter("a") if (a.get("href") or "") == f"#{match[0]}")
    return match["id"] if any(TALKS.search(names(a)) for a in anchors) else None


def wrapped(elements: Sequence[Element]) -> list[Element] | None:
    """The elements with what belongs to them put around; None where each has its own words.

    Changes the tree: a run of siblings becomes the children of a new ``div``.
    """
    if len(elements) < 2:
        return None
    members = set(elements)
    groups: dict[Element, list[Element]] = defaultdict(list)
    for element in elements:
        above = element.getparent()
        if above is None:
            return None
        groups[above].append(element)
    short = sum(_words(element, members) <= _HEADER for element in elements)
    if short < _SHARE * len(elements):
        return None
    runs: dict[Element, list[Element]] = {}
    for above, heads in groups.items():
        if above in members:  # replies among the parts of what they answer
            runs.update({head: [head] for head in heads})
        else:
            runs.update(_runs(above, heads, members))
    spread = sum(
        sum(_words(node, members) for node in runs[head] if node is not head) > 0
        and _words(head, members) < 4 * sum(_words(node, members) for node in runs[head])
        for head in elements
    )
    beside = sum(
        sum(_words(node, members) for node in runs[head] if node is not head) for head in elements
    )
    own = sum(_words(head, members) for head in elements)
    if spread < _SHARE * len(elements) or beside < 0.4 * own:
        return None
    return [wrap(runs[head]) for head in elements]


def _words(element: Element, members: set[Element]) -> int:
    if not isinstance(element.tag, str) or element.tag in INVISIBLE:
        return len((element.tail or "").strip())
    own = element in members
    members.discard(element)
    inside = text_of(element, members, most=4 * _HEADER)
    if own:
        members.add(element)
    return len(inside) + len((element.tail or "").strip())


def _runs(
    above: Element, heads: Sequence[Element], members: set[Element]
) -> dict[Element, list[Element]]:
    """For each line of who and when the siblings that belong to it, itself among them."""
    children = list(above)
    at = {head: children.index(head) for head in heads}
    places = [at[head] for head in heads]
    ruled = _ruled(children, places)
    if ruled is not None:
        return {head: ruled[n] for n, head in enumerate(heads)}
    first, last = places[0], places[-1]
    before = _back(children, first)
    after = _ahead(children, last, _tags_between(children, places))
    leads = sum(_words(node, members) for node in children[before:first])
    trails = sum(_words(node, members) for node in children[last + 1 : after])
    found: dict[Element, list[Element]] = {}
    if trails or not leads:
        ends = [*places[1:], after]
        for head, start, end in zip(heads, places, ends, strict=True):
            found[head] = children[start:end]
    else:
        starts = [before, *(place + 1 for place in places[:-1])]
        for head, start, end in zip(heads, starts, places, strict=True):
            found[head] = children[start : end + 1]
    return found


def _ruled(children: Sequence[Element], places: Sequence[int]) -> list[list[Element]] | None:
    """The runs between rules, where a rule stands between each two lines of who and when."""
    rules = [n for n, child in enumerate(children) if child.tag == "hr"]
    if not rules:
        return None
    runs = []
    for n, place in enumerate(places):
        before = max((rule for rule in rules if rule < place), default=-1)
        after = min((rule for rule in rules if rule > place), default=len(children))
        if n and before < places[n - 1]:
            return None
        runs.append(list(children[before + 1 : after]))
    return runs


def _tags_between(children: Sequence[Element], places: Sequence[int]) -> set[str]:
    return {str(children[n].tag) for a, b in pairwise(places) for n in range(a + 1, b)}


def _ahead(children: Sequence[Element], last: int, usual: set[str]) -> int:
    """Where the run of the last one ends: at a form, a menu, or what stands in no other run."""
    for n in range(last + 1, len(children)):
        node = children[n]
        marks = f"{node.get('id') or ''} {node.get('class') or ''}".lower()
        if node.tag in _STOPS and node.tag not in usual:
            return n
        if _ENDS.search(marks) or (
            node.tag in ("hr", "table", "h3", "ul") and node.tag not in usual
        ):
            return n
    return len(children)


def _back(children: Sequence[Element], first: int) -> int:
    """Where the run of the first one begins: after the last heading, rule or form before it."""
    for n in range(first - 1, -1, -1):
        if children[n].tag in ("h1", "h2", "h3", "h4", "hr", "form", "nav", "table", "header"):
            return n + 1
    return 0


def wrap(run: Sequence[Element]) -> Element:
    """Puts siblings into a new element where the first of them stands."""
    first = run[0]
    above = first.getparent()
    holder = first.makeelement("div", {})
    above.insert(above.index(first), holder)
    for node in run:
        holder.append(node)  # takes the text after it along
    return holder
