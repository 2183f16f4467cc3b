"""Which elements of a page are its comments or forum posts, as its own names tell.

Every element whose id, class, data attribute or microdata speaks of comments, posts, messages or
replies votes for a pattern (its id without the number, a class, an attribute). A pattern counts by
how often it repeats and by how many of its elements show a date, an author and a number of their
own; the best wins, and is widened to the outermost pattern that wraps the same items one by one, so
that replies are nested in what they answer where the page nests them.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from community import dates
from community.html import hosts, shapes
from community.html.authors import PROFILE
from community.html.identities import Item, Items, is_pingback
from community.html.markup import Element, address, classes, names, text_of, walk
from community.html.native_ids import (
    ATTRIBUTES,
    NUMBERED,
    TALKS,
    digits,
    inner_id,
    linked_id,
    own_id,
)
from community.html.signs import is_reply

COMMENTS = re.compile(
    r"comment|cmt|kommentar|comentario|commento|reactie|komentarz|repl(?:y|ies)|response|isso|"
    r"comtr"
)
_SINGLE = re.compile(rf"{COMMENTS.pattern}|answer")  # a pattern that one element can have alone
_MICRODATA = re.compile(r"/(?:Comment|UserComments|Answer|DiscussionForumPosting)/?$")
_NOT_ITEMS = frozenset({
    "a", "span", "i", "b", "em", "strong", "img", "label", "time", "p", "h1", "h2", "h3", "h4",
    "h5", "h6", "cite", "small",
})  # fmt: skip
_ARTICLE_CLASS = re.compile(r"^(?:hentry|type-(?!reply|topic)\w+|status-publish|product)$")
_LIST_CLASS = re.compile(
    r"(?:^comments|list|area|section|respond|form|template|pagination|navigation|count|title)$"
)
_FURNITURE = re.compile(
    r"(?:^|\s)(?:(?:\w+-)?sidebar(?:\s|$)|(?:recent|related|popular|widget_|latest|similar|"
    r"teaser))"
)
_LISTS = re.compile(r"comment-?list|comments\b|thread|messages|\bposts?\b")
_DATED = re.compile(r"date|time|datum|ago\b|published|metadata|permalink|posted")
_SIGNED = re.compile(r"author|\bfn\b|user|poster|nick|commenter|member|by-?line|autor|vcard")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SAMPLE = 24  # elements of a pattern looked at closely
_MOST_SHOW = (
    0.6  # of a pattern's elements must show a date or an author; half are two halves of one
)
_FEW_FRAMED = 0.9  # of the elements at most hold a comment: they are not its frame
_GLANCE = 90  # characters within which a date line ends


def find(page: shapes.Tree) -> Items:
    """The contributions that ids, classes, attributes and microdata tell of."""
    groups = _groups(page)
    regions: dict[tuple[str, str], list[Element]] = {}
    scored = []
    comments = _comments(groups)
    for key, group in groups.items():
        regions[key] = group
        quality = _quality(key, group, group, comments)
        if not quality and key[0] == "id" and len(group) > 1:
            regions[key] = _grown(group)
            quality = _quality(key, group, regions[key], comments)
        if quality:
            scored.append((quality * math.log2(1 + len(group)), key))
    if not scored:
        return Items()
    best = max(scored, key=lambda found: found[0])[1]
    others = [regions[key] for _, key in scored if key != best]
    chosen = _outermost(regions[best], others)
    found = _items(chosen, groups[best], best)
    return hosts.joined(found, others, page) if len(others) else found


def _groups(page: shapes.Tree) -> dict[tuple[str, str], list[Element]]:
    """Elements by pattern, in page order; none that stand in sidebars and menus."""
    groups: dict[tuple[str, str], list[Element]] = defaultdict(list)
    aside: dict[Element, bool] = {}
    for element in page.nodes:
        keys = list(_keys(element))
        if keys and not _beside(element, aside, page):
            for key in keys:
                groups[key].append(element)
    seen: set[tuple[int, ...]] = set()
    unique = {}
    for key, group in groups.items():
        mark = tuple(id(element) for element in group)
        if mark not in seen:
            seen.add(mark)
            unique[key] = group
    return unique


def _keys(element: Element) -> Iterator[tuple[str, str]]:
    if element.tag in _NOT_ITEMS:
        return
    tokens = classes(element)
    if any(_ARTICLE_CLASS.match(token) for token in tokens):
        return
    match = NUMBERED.fullmatch(element.get("id") or "")
    if match and TALKS.search(names(element)):
        yield "id", match["stem"].lower()
    elif match and match["stem"] == "t1":
        yield "id", "t1"
    for attribute in ATTRIBUTES:
        if digits(element.get(attribute)):
            yield "attribute", attribute
    if _MICRODATA.search(element.get("itemtype") or ""):
        yield "microdata", "comment"
    for token in tokens:
        if TALKS.search(token) and not any(c.isdigit() for c in token):
            yield "class", token
    if "-" in element.tag and TALKS.search(element.tag):
        yield "tag", element.tag


def _beside(element: Element, known: dict[Element, bool], page: shapes.Tree) -> bool:
    """Whether the element stands in a menu, a sidebar or a list of other pages."""
    path = []
    node, answer = element, False
    while node is not None:
        if node in known:
            answer = known[node]
            break
        path.append(node)
        if node.tag in ("html", "body") or page.mass(page.at[node]) > 0.6 * page.mass(0):
            break  # what holds most of a page stands beside nothing, whatever its name
        if node.tag in ("nav", "aside", "footer") and node is not element:
            # a comment's own footer is no page footer: items never stand within one
            answer = True
            break
        if _FURNITURE.search(f"{node.get('id')} {node.get('class')}".lower()):
            answer = not _LISTS.search(names(node))
            if answer:
                break
        node = node.getparent()
    for above in path:
        known[above] = answer
    return answer


def _comments(groups: Mapping[tuple[str, str], Sequence[Element]]) -> set[Element]:
    """Elements with a number of their own and a name that says comment."""
    return {
        element
        for key, group in groups.items()
        if key[0] == "id"
        for element in group
        if COMMENTS.search(f"{key[1]} {element.get('class') or ''}".lower())
    }


def _is_single(key: tuple[str, str], element: Element) -> bool:
    """Whether an element that has its pattern alone is a contribution none the less."""
    if _SINGLE.search(" ".join(key)) or _opens_forum(key, element):
        return True
    return key[0] == "id" and "comment" in classes(element)


def _quality(
    key: tuple[str, str],
    group: Sequence[Element],
    around: Sequence[Element],
    comments: Collection[Element],
) -> float:
    """How much a pattern looks like contributions, 0 to 1; 0 is a refusal.

    `group` holds the elements with the pattern, `around` the elements to look for evidence in.
    """
    count = len(group)
    if count == 1 and not _is_single(key, group[0]):
        return 0.0
    if count == 1 and key[0] == "class":
        return 0.0
    if key[0] == "class" and _LIST_CLASS.search(key[1]):
        return 0.0
    sample = around[:: max(1, count // _SAMPLE)]
    members = set(around)
    if len(comments) < _FEW_FRAMED * count and not COMMENTS.search(" ".join(key)):
        members |= set(comments)  # an article shows no author because a comment on it does
    named = key[0] == "microdata" or bool(COMMENTS.search(" ".join(key)))
    if not named and sum(map(_is_teaser, sample)) >= 0.5 * len(sample):
        return 0.0
    dated = signed = worded = 0
    for element in sample:
        date, author, words = _evidence(element, members)
        dated, signed, worded = dated + date, signed + author, worded + words
    total = len(sample)
    if worded < 0.5 * total or max(dated, signed) < _MOST_SHOW * total:
        return 0.0
    numbered = len({own_id(element) for element in group} - {None}) / count
    talk = named or (count == 1 and "comment" in classes(group[0]))
    if numbered < 0.5 and min(dated, signed) < 0.5 * total:
        return 0.0
    return (0.3 * dated + 0.25 * signed + 0.15 * worded) / total + 0.2 * numbered + 0.1 * talk


def _opens_forum(key: tuple[str, str], element: Element) -> bool:
    """Whether a numbered element is the only post of a forum's thread: it can be answered."""
    if key[0] != "id":
        return False
    answered = False
    for node in walk(element):
        if node is not element and COMMENTS.search((node.get("id") or "").lower()):
            return False
        answered = answered or is_reply(node)
    return answered


def _is_teaser(element: Element) -> bool:
    """Whether an element heads its words with a link to another page, as lists of articles do."""
    for node in walk(element):
        if node.tag in ("h1", "h2", "h3"):
            for link in node.iter("a"):
                href = link.get("href") or ""
                if not href or PROFILE.search(href):
                    continue
                if not address(href).fragment and "=" not in href:
                    return True
    return False


def _evidence(element: Element, members: set[Element]) -> tuple[bool, bool, bool]:
    """Whether an element, items nested in it left out, shows a date, an author and words."""
    stop = members - {element}
    signed = bool(element.get("data-author") or element.get("author"))
    dated = False
    for looked, node in enumerate(walk(element, stop)):
        if not signed and node is not element:
            signed = bool(_SIGNED.search(names(node))) or node.tag == "cite"
        if not dated:
            dated = _dates(node)
        if (signed and dated) or looked > 400:
            break
    return dated, signed, len(text_of(element, stop, most=60)) > 1


def _dates(node: Element) -> bool:
    if node.tag == "time" or node.get("datetime") or node.get("data-time"):
        return True
    title = node.get("title") or ""
    if _YEAR.search(title) and dates.find(title[:_GLANCE]) is not None:
        return True
    if "showComment=" in (node.get("href") or "") or _DATED.search(names(node)):
        return bool(text_of(node, most=_GLANCE))
    texts = (node.text, node.tail if node.tag in ("br", "b", "strong", "img", "a") else None)
    return any(
        words and 7 < len(words.strip()) < _GLANCE and dates.find(words) is not None
        for words in texts
    )


def _grown(group: Sequence[Element]) -> list[Element]:
    """For each element the largest one around it that holds no other of the group."""
    holds: Counter[Element] = Counter()
    for element in group:
        holds[element] += 1
        holds.update(element.iterancestors())
    grown = []
    for element in group:
        node = element
        while (above := node.getparent()) is not None and holds[above] == 1:
            node = above
        grown.append(node)
    return grown


def _outermost(group: list[Element], others: Iterable[list[Element]]) -> list[Element]:
    """The pattern furthest out that wraps the group's elements one by one, else the group."""
    best, wrapped = group, 0
    for other in others:
        outer = set(other)
        mapped = [_around(element, outer) for element in group]
        found = [element for element in mapped if element is not None]
        if len(found) < 0.9 * len(group) or len(set(found)) < len(found):
            continue
        distance = sum(element is not inner for element, inner in zip(mapped, group, strict=True))
        if distance > max(wrapped, 0.5 * len(group)) and len(other) <= 1.5 * len(group) + 2:
            best = [
                inner if around is None else around
                for around, inner in zip(mapped, group, strict=True)
            ]
            wrapped = distance
    return best


def _around(element: Element, outer: set[Element]) -> Element | None:
    if element in outer:
        return element
    return next((above for above in element.iterancestors() if above in outer), None)


def _items(chosen: list[Element], inner: list[Element], key: tuple[str, str]) -> Items:
    items: dict[object, Item] = {}
    pingbacks = 0
    for element, core in zip(chosen, inner, strict=True):
        number = own_id(core) or own_id(element)
        item = Item(element, number or inner_id(element) or linked_id(element))
        known: object = item.native_id or element
        earlier = items.get(known)
        if is_pingback(element):
            pingbacks += 1
        elif earlier is None:
            items[known] = item
        elif (
            number
            and own_id(earlier.element) is None
            and earlier.element in element.iterancestors()
        ):
            items[known] = item  # the one around it has no number of its own: it is the whole list
        elif not number:
            items[element] = Item(element, None)  # a link in it leads to another one
    at = {element: n for n, element in enumerate(chosen)}
    found = sorted(items.values(), key=lambda item: at[item.element])
    words = " ".join(key) + " " + " ".join(names(item.element) for item in found[:3])
    return Items(tuple(found), pingbacks, not COMMENTS.search(words) and key[0] != "microdata")
