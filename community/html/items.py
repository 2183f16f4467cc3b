"""The contributions of a page: by what its names say, or by what its shape repeats.

`community.html.named` learns a page's pattern from ids, classes, attributes and microdata,
`community.html.repeated` from the shape alone. What the better of the two found is completed: runs
of siblings are put together, posts taken away stand in their places, the post that opens the thread
comes first.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from community.html import (
    evidence,
    fields,
    hosts,
    identities,
    linked_data,
    named,
    openers,
    repeated,
    runs,
    shapes,
    strays,
    told,
)
from community.html.furniture import MORE
from community.html.identities import Item, Items, inside, is_pingback
from community.html.markup import Element, names, text_of
from community.html.named import COMMENTS
from community.html.native_ids import TALKS, inner_id, linked_id, own_id

_FEW = 3  # contributions up to which one may hold all others
_LONGEST_MORE = 70  # characters of a control that loads more contributions
_NAMES_COUNT = 1.5  # times what a shape counts
_SAID = 0.4  # quality of contributions whose names say comment, whatever their shape shows


def find(root: Element) -> Items:
    """The contributions on a page; none where nothing carries enough evidence.

    Names are believed first; where they say nothing, or less than half of what the page's own
    repeated shape shows, the shape is.
    """
    found = _shown(root)
    stated = linked_data.told(root)
    signed = sum(one.author is not None for one in stated)
    if 2 * signed > len(stated) > max(1, 2 * len(found.items)):
        return _stated(root, stated)
    return found


def _stated(root: Element, stated: Sequence[linked_data.Told]) -> Items:
    """Contributions that the page's data states and its markup does not show."""
    body = root.find("body")
    made = told.elements(stated)
    holder = (root if body is None else body).makeelement("div", {})
    (root if body is None else body).append(holder)
    for element, one in zip(made, stated, strict=True):
        if one.parent is None:
            holder.append(element)
    names_ = [one.native_id for one in stated]
    known = None not in names_ and len(set(names_)) == len(names_)
    items = [Item(e, name if known else None) for e, name in zip(made, names_, strict=True)]
    return Items(tuple(items), forum=stated[0].opener)


def _shown(root: Element) -> Items:
    """The contributions that a page's markup shows."""
    runs.definitions(root)
    page = shapes.tree(root)
    by_name = named.find(page)
    shaped = repeated.find(page)
    if not shaped.elements or (by_name.items and not _better(page, shaped, by_name)):
        sets = [one for one in (shaped.elements, *shaped.others) if _numbered(one)]
        if by_name.items:
            by_name = hosts.joined(by_name, sets, page)
        found = evidence.sifted(_whole(by_name))
    else:
        found = evidence.sifted(_whole(hosts.joined(_shaped(shaped), shaped.others, page)))
    return _opened(root, found)


def _numbered(elements: Sequence[Element]) -> bool:
    """Whether nearly all elements have a number of their own."""
    return sum(own_id(element) is not None for element in elements) >= 0.8 * max(1, len(elements))


def _opened(root: Element, found: Items) -> Items:
    """Contributions with the post that they answer, where it stands apart and is no article."""
    if not found.items:
        return found
    elements = [item.element for item in found.items]
    learned = fields.learn(elements, inside(found.items))
    found = replace(found, learned=learned)
    if linked_data.is_article(root):
        return found
    if openers.is_question(elements):
        return replace(found, opener=True, tree=True, forum=True)
    first = openers.opener(shapes.tree(root), elements, learned)
    if first is None or all(first.element in element.iterancestors() for element in elements):
        return found
    item = Item(first.element, native(first.element) or first.native_id)
    learned = learned.joined(first.element, first.author, first.body)
    return replace(
        found, items=(item, *found.items), opener=True, tree=first.tree, learned=learned, forum=True
    )


def _whole(found: Items) -> Items:
    """Contributions with the siblings that belong to them, and with those taken away."""
    around = runs.wrapped([item.element for item in found.items])
    if around is not None:
        items = [replace(item, element=e) for item, e in zip(found.items, around, strict=True)]
        found = replace(found, items=tuple(items))
    if len(found.items) > _FEW:
        found = replace(found, items=tuple(_beside(found.items)))
    found = replace(found, items=identities.given(_filled(found.items)))
    gone = strays.deleted([item.element for item in found.items])
    if gone:
        taken = {item.native_id for item in found.items}
        natives = [native(element) for element in gone]
        more = [Item(e, n if n not in taken else None) for e, n in zip(gone, natives, strict=True)]
        found = replace(found, items=identities.filled(_ordered([*found.items, *more])))
    return found


def _filled(items: Sequence[Item]) -> list[Item]:
    """Items without lists of others, that say nothing of their own, and without "load more"."""
    nested = inside(items)
    rest = {item.element.tag for item in items[1:]}
    if len(items) > _FEW and items[0].element.tag not in rest:
        first = items[0].element
        if all(first in item.element.iterancestors() for item in items[1:]):
            items = items[1:]  # it is made otherwise than all others, and holds them all
    return [
        item
        for item in items
        if (words := text_of(item.element, nested.get(item.element, ()), most=_LONGEST_MORE))
        and not (len(words) < _LONGEST_MORE and MORE.match(words))
    ]


def _beside(items: Sequence[Item]) -> list[Item]:
    """Items whose first is a part of itself, where it holds all others and is made unlike them.

    A thread's microdata call all of it the first post; what is made as the others are is that post.
    """
    first, rest = items[0].element, [item.element for item in items[1:]]
    made = Counter((e.tag, e.get("class") or "") for e in rest).most_common(1)
    if not made or not made[0][0][1] or made[0][1] < 2 * len(rest) / 3:
        return list(items)
    tag, marks = made[0][0]
    if any(first not in e.iterancestors() for e in rest) or first.get("class") == marks:
        return list(items)
    members = set(rest)
    like = [node for node in first.iter(tag) if node not in members and node.get("class") == marks]
    if len(like) != 1 or any(above in members for above in like[0].iterancestors()):
        return list(items)
    return [replace(items[0], element=like[0]), *items[1:]]


def _ordered(items: Sequence[Item]) -> list[Item]:
    """Items in page order."""
    at = {item.element: item for item in items}
    root = items[0].element.getroottree().getroot()
    return [at[node] for node in root.iter() if node in at]


def native(element: Element) -> str | None:
    """The number of a contribution, wherever in it or before it the page says it."""
    return own_id(element) or inner_id(element) or linked_id(element)


def _better(page: shapes.Tree, shaped: repeated.Repeated, named: Items) -> bool:
    """Whether a repeated shape shows the discussion better than the names do."""
    told = sorted(page.at[item.element] for item in named.items if item.element in page.at)
    seen = sorted(page.at[element] for element in shaped.elements)
    both = sum(
        page.first(i, told) is not None or repeated.around(page, told, i) is not None for i in seen
    )
    if both >= 0.5 * min(len(told), len(seen)):  # the same discussion
        covered = sum(
            page.first(i, seen) is not None or repeated.around(page, seen, i) is not None
            for i in told
        )
        more = len(seen) - len(told)
        return more > max(1, 0.1 * len(told)) and covered >= 0.9 * len(told)
    worth = repeated.quality(page, told) if len(told) > 1 else 0.0
    if all(COMMENTS.search(names(item.element)) for item in named.items):
        worth = max(worth, 1.0 if len(told) == 1 and named.items[0].native_id else _SAID)
    return worth * math.log2(1 + len(told)) * _NAMES_COUNT < shaped.weight


def _shaped(shaped: repeated.Repeated) -> Items:
    """Contributions found by their shape; their ids only where no two share one."""
    kept = [element for element in shaped.elements if not is_pingback(element)]
    natives = [native(e) for e in kept]
    unique = len(set(natives)) == len(natives) and None not in natives
    words = " ".join(names(element) for element in kept[:3])
    return Items(
        tuple(Item(e, native if unique else None) for e, native in zip(kept, natives, strict=True)),
        len(shaped.elements) - len(kept),
        not COMMENTS.search(words) and bool(TALKS.search(words)),
    )
