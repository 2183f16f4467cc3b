"""The post that opens a thread, where the page prints it apart from those that answer it.

Question-and-answer sites, link boards and forums made by build tools put the first post above the
list of the others, in another frame but made of the same parts: the same element names and class
names hold its author and its words. An article's head is made of other parts than its comments.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from community.html import fields as learned
from community.html.markup import Element, classes, names, text_of
from community.html.native_ids import ATTRIBUTES, digits
from community.html.runs import wrap
from community.html.shapes import Tree
from community.html.strays import alone

_QUESTION = re.compile(r"/(?:Question|DiscussionForumPosting|SocialMediaPosting)/?$")
_ASKED = re.compile(r"(?:^|\s)question(?:[-_]?\d+)?(?:\s|$)")
_ANSWER = re.compile(r"(?:^|\s)answer(?:[-_]?\d+)?(?:\s|$)")
_SHARED = 0.8  # of the contributions have a class name at a place
_LEAST = 2  # letters of the words of a post
_WEAK = frozenset(["content", "text", "body", "author", "name", "user", "meta", "title", "wrapper"])


@dataclass(frozen=True, slots=True)
class Opener:
    """The element of a post that opens a thread, its author and words where they are known.

    `tree`: all others answer it, even on a page that nests nothing.
    """

    element: Element
    author: Element | None = None
    body: Element | None = None
    tree: bool = False
    native_id: str | None = None


def opener(page: Tree, elements: Sequence[Element], found: learned.Fields) -> Opener | None:
    """The opening post; None where the page shows none apart from the others."""
    starts = [page.at[element] for element in elements if element in page.at]
    if not starts:
        return None
    first = min(starts)
    author, body = _step(found.signed.values()), _step(found.bodies.values())
    stated = _stated(page, starts, body) or _asked(page, elements)
    stated = stated or _headed(page, elements, starts, author)
    if stated is not None:
        return stated
    if not author or not body:
        return None
    bodies = [i for i in range(first) if _is(page, i, body) and page.mass(i) >= _LEAST]
    signed = [i for i in range(first) if _is(page, i, author) and page.mass(i)]
    if len(bodies) != 1 or not signed:
        return None
    if 2 * page.linked(bodies[0]) > page.mass(bodies[0]):
        return None  # a link that was submitted, and no words about it
    before = [i for i in signed if i < bodies[0]]
    signer = before[-1] if before else signed[0]
    both = _around(page, signer, bodies[0])
    if both > 0 and any(page.holds(both, j) for j in starts):
        run = _run(page, both, (signer, bodies[0]), starts)
        if run is None:
            return None
        return Opener(run, page.nodes[signer], page.nodes[bodies[0]])
    whole = _grown(page, both, starts)
    if whole <= 0 or any(page.holds(whole, j) for j in starts):
        return None
    return Opener(page.nodes[whole], page.nodes[signer], page.nodes[bodies[0]])


def _run(page: Tree, above: int, parts: tuple[int, int], starts: Sequence[int]) -> Element | None:
    """Siblings before the contributions that are the opening post together, put into one element.

    None where they hold a contribution. Changes the tree, not `page`.
    """
    children = page.children(above)
    held = [n for n, i in enumerate(children) if any(page.holds(i, part) for part in parts)]
    if not held:
        return None
    run = children[held[0] : held[-1] + 1]
    if any(page.holds(i, j) for i in run for j in starts):
        return None
    return wrap([page.nodes[i] for i in run])


def is_question(elements: Sequence[Element]) -> bool:
    """Whether the first of some contributions is a question and others are its answers."""
    if not re.search(r"\bquestion\b", _marks_around(elements[0])):
        return False
    return any(re.search(r"\banswer\b", _marks_around(element)) for element in elements[1:])


def _marks_around(element: Element) -> str:
    """Names and types of an element and of the one around it."""
    found: list[str] = []
    node = element
    while node is not None and len(found) < 2:
        found.append(f"{names(node)} {node.get('itemtype') or ''}".lower())
        node = node.getparent()
    return " ".join(found)


def _stated(page: Tree, starts: Sequence[int], body: frozenset[str]) -> Opener | None:
    """A submission or question that attributes or microdata mark, before or around the others."""
    inside = None
    for i in range(min(starts)):
        node = page.nodes[i]
        if (node.get("data-fullname") or node.get("id") or "").startswith("t3_"):
            words = _words_of(page, i, body)
            if words is None or any(page.holds(i, j) for j in starts):
                return None
            number = node.get("data-fullname") or node.get("id")
            return Opener(node, body=words, tree=True, native_id=number)
        if _QUESTION.search(node.get("itemtype") or ""):
            inside = i
    if inside is None or not all(page.holds(inside, j) for j in starts):
        return None
    texts = [
        i
        for i in range(inside, min(starts))
        if page.nodes[i].get("itemprop") in ("text", "articleBody") and page.mass(i) >= _LEAST
    ]
    if len(texts) != 1:
        return None
    whole = _grown(page, texts[0], starts)
    question = "/Question" in (page.nodes[inside].get("itemtype") or "")
    if whole <= inside:
        return None
    return Opener(page.nodes[whole], body=page.nodes[texts[0]], tree=question)


def _asked(page: Tree, elements: Sequence[Element]) -> Opener | None:
    """The element named as the question, where others are named as its answers."""
    answers = [page.at[e] for e in elements if _ANSWER.search(_marks_around(e)) and e in page.at]
    for i in range(min(answers, default=0)):
        if _ASKED.search(names(page.nodes[i])) and page.mass(i) >= _LEAST:
            if any(page.holds(i, j) for j in answers) or page.nodes[i] in elements:
                continue
            if page.nodes[i].tag in ("div", "section", "article", "li", "table", "tr"):
                return Opener(page.nodes[i], tree=True)
    return None


def _headed(
    page: Tree, elements: Sequence[Element], starts: Sequence[int], author: frozenset[str]
) -> Opener | None:
    """A numbered head made and signed as the others are, in a frame whose later rows hold words."""
    counts: Counter[str] = Counter()
    for element, outer in zip(elements, alone(elements), strict=True):
        counts.update({*classes(element), *classes(outer)})
    marks = {m for m, n in counts.items() if n >= _SHARED * len(elements) and len(m) > 2} - _WEAK
    for i in range(min(starts)) if author else ():
        number = digits(page.nodes[i].get("id"))
        if not number or not marks & set(classes(page.nodes[i])):
            continue
        while page.up[i] > 0 and not any(page.holds(page.up[i], j) for j in starts):
            i = page.up[i]
        rows = page.children(i)
        signed = [n for n, row in enumerate(rows) if _holds(page, row, author)]
        worded = [row for row in rows[signed[-1] + 1 :] if _words(page, row)] if signed else []
        if worded:
            return Opener(page.nodes[i], body=page.nodes[worded[0]], native_id=number)
    return None


def _holds(page: Tree, i: int, step: frozenset[str]) -> bool:
    return any(_is(page, j, step) for j in range(i, page.end[i]))


def _words(page: Tree, i: int) -> bool:
    """Whether an element holds words, and they are neither links nor a form."""
    form = any(page.nodes[j].tag == "form" for j in range(i, page.end[i]))
    return not form and page.mass(i) - page.linked(i) >= _LEAST


def _words_of(page: Tree, i: int, body: frozenset[str]) -> Element | None:
    """The text of a submission's own; None where it is a link alone."""
    for j in range(i, page.end[i]):
        node = page.nodes[j]
        named = "usertext-body" in classes(node) or node.get("slot") == "text-body"
        if (named or (body and _is(page, j, body))) and page.mass(j) >= _LEAST:
            return node
    return None


def _step(nodes: Collection[Element]) -> frozenset[str]:
    """The class names that the parts at one place of nearly all contributions share."""
    counts: Counter[str] = Counter()
    for node in nodes:
        counts.update(set(_own_classes(node)))
    shared = {token for token, count in counts.items() if count >= _SHARED * len(nodes)}
    return frozenset(shared) if shared - _WEAK else frozenset()


def _own_classes(node: Element) -> list[str]:
    """Classes of an element, or of the one around it that holds the same words."""
    while not classes(node):
        above = node.getparent()
        if above is None or text_of(above, most=200) != text_of(node, most=200):
            return []
        node = above
    return [token for token in classes(node) if len(token) > 2]


def _is(page: Tree, i: int, step: frozenset[str]) -> bool:
    return step <= set(classes(page.nodes[i]))


def _around(page: Tree, i: int, j: int) -> int:
    """The innermost element that holds two others."""
    while i >= 0 and not page.holds(i, j):
        i = page.up[i]
    return i


def _grown(page: Tree, i: int, starts: Sequence[int]) -> int:
    """The largest element around one that holds no contribution and hardly more words."""
    while i > 0:
        above = page.up[i]
        if above <= 0 or any(page.holds(above, j) for j in starts):
            return i
        if page.nodes[above].tag in ("body", "main") or page.mass(above) > 2 * page.mass(i) + 400:
            return i
        if _id(page.nodes[i]):
            return i
        i = above
    return i


def _id(node: Element) -> str | None:
    return next((found for key in ATTRIBUTES if (found := digits(node.get(key)))), None)
