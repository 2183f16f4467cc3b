"""Contributions found by their repeated shape alone, on pages whose names say nothing.

Each contribution shows a date (or a reply control, or its writer's picture) at the same place in
its markup. From each of these anchors one climbs as long as it is the first of its kind in what
surrounds it; the height that nearly all can climb is where the contributions stand, nested ones
included (after Song, Liu, Cao, Lin and Hon, "Automatic Extraction of Web Data Records Containing
User-Generated Content", CIKM 2010, whose pivot is the date too). What was found must then look like
a discussion: words that differ, names that come back, no headings that lead to other pages.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from community.html import authors as comment_authors
from community.html import fields as learned
from community.html.markup import Element, address, text_of
from community.html.shapes import Tree
from community.html.signs import is_date, is_face, is_reply

_KINDS: tuple[tuple[str, Callable[[Element], bool]], ...] = (
    ("date", is_date),
    ("reply", is_reply),
    ("face", is_face),
)
_MOST_FAIL = 0.15  # of the anchors may be something else (a date in a quotation)
_LOOK = 3  # elements around an anchor that must be alike
_SAMPLE = 40  # contributions looked at closely
_FEW = 12  # characters beside the anchor: the words stand elsewhere
_MOST_NODES = 300  # of an element looked at
_LEAST = 0.55  # quality from which a repeated shape is a discussion
_OUTSIDE = frozenset(["nav", "aside", "footer", "form", "thead", "select"])
_STARS = re.compile(
    r"[★☆⭐✩✭]{3}|(?<![\d.,/])[1-5](?:[.,]\d)?\s*(?:/|out of|von|sur|de|di|van|av|af|z|из)\s*"
    r"(?:5|10)(?!\d)",
    re.I,
)
_HEADINGS = ("h1", "h2", "h3", "h4")


@dataclass(frozen=True, slots=True)
class Repeated:
    """Contributions in page order and how sure it is that they are some, 0 to 1."""

    elements: tuple[Element, ...] = ()
    quality: float = 0.0
    others: tuple[tuple[Element, ...], ...] = ()  # further sets that look like contributions

    @property
    def weight(self) -> float:
        """What to compare with another set of contributions."""
        return self.quality * math.log2(1 + len(self.elements))


def anchors(page: Tree) -> dict[tuple[str, ...], list[int]]:
    """Elements that stand in each contribution, by kind and by the tags around them."""
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    outside = _outside(page)
    for i, node in enumerate(page.nodes):
        if outside[i]:
            continue
        for kind, test in _KINDS:
            if test(node):
                groups[(kind, *page.path(i, _LOOK))].append(i)
                break
    return groups


def _outside(page: Tree) -> list[bool]:
    """Which elements stand in menus, forms and footers of the page."""
    found: list[bool] = []
    for i, node in enumerate(page.nodes):
        above = page.up[i]
        found.append(
            (above >= 0 and found[above])
            or (node.tag in _OUTSIDE and not _is_own_footer(page, i))
            or node.get("role") in ("navigation", "contentinfo", "complementary", "search")
        )
    return found


def _is_own_footer(page: Tree, i: int) -> bool:
    """Whether a ``footer`` belongs to less than the page, or a ``form`` is the page."""
    node = page.nodes[i]
    if node.tag == "form":  # old forums put a whole thread into one form
        return page.mass(i) > 0.5 * page.mass(0)
    if node.tag not in ("footer", "aside"):
        return False
    return any(above.tag in ("article", "li", "td") for above in node.iterancestors())


def candidates(page: Tree) -> list[list[int]]:
    """Sets of elements that may be the contributions."""
    found: list[list[int]] = []
    seen: set[tuple[int, ...]] = set()
    for group in anchors(page).values():
        for chosen in _climbed(page, group):
            mark = tuple(chosen)
            if len(chosen) > 1 and mark not in seen:
                seen.add(mark)
                found.append(chosen)
    return found


def _climbed(page: Tree, group: Sequence[int]) -> list[list[int]]:
    """The elements reached from anchors: as high as nearly all of them can climb."""
    if len(group) < 2:
        return []
    at = list(group)
    own = [True] * len(group)
    best: list[int] = []
    while True:
        ups = [page.up[i] for i in at]
        if min(ups) < 0:
            break
        firsts = [page.first(i, group) == anchor for i, anchor in zip(ups, group, strict=True)]
        if sum(firsts) < (1 - _MOST_FAIL) * len(group) or sum(firsts) < 2:
            break
        at, own = ups, firsts
        best = [i for i, first in zip(at, own, strict=True) if first]
    if not best:
        best = list(group)
    return [_alike(page, _lowered(page, best))]


def _lowered(page: Tree, chosen: list[int]) -> list[int]:
    """Down again through elements that only wrap one other."""
    while True:
        below = [page.children(i) for i in chosen]
        if any(len(children) != 1 for children in below):
            return chosen
        if any(
            (page.nodes[i].text or "").strip() or (page.nodes[c[0]].tail or "").strip()
            for i, c in zip(chosen, below, strict=True)
        ):
            return chosen
        chosen = [children[0] for children in below]


def _alike(page: Tree, chosen: list[int]) -> list[int]:
    """Those with the most frequent tag: an article's head is no comment."""
    tags = Counter(page.nodes[i].tag for i in chosen)
    tag, count = tags.most_common(1)[0]
    return [i for i in chosen if page.nodes[i].tag == tag] if count >= 0.6 * len(chosen) else chosen


# ---- how much they look like a discussion -----------------------------------------------------


def quality(page: Tree, chosen: Sequence[int]) -> float:
    """How much elements look like contributions, 0 to 1; 0 is a refusal."""
    members = sorted(chosen)
    inner = _inner(page, members)
    sample = members[:: max(1, len(members) // _SAMPLE)]
    total = len(sample)
    own = [page.mass(i) - sum(page.mass(j) for j in inner[i]) for i in sample]
    linked = [page.linked(i) - sum(page.linked(j) for j in inner[i]) for i in sample]
    worded = sum(a - b > _FEW for a, b in zip(own, linked, strict=True)) / total
    if worded < 0.5 and _are_heads(page, members):
        own = [page.between(i, end) for i, end in _runs(page, members)][
            :: max(1, len(members) // _SAMPLE)
        ]
        worded = sum(words > 2 * _FEW for words in own) / total
    if sum(_has(page, i, inner[i], _is_rating) for i in sample) > 0.6 * total:
        return 0.0
    answered = sum(_has(page, i, inner[i], is_reply) for i in sample) / total
    if worded < 0.5 or sum(linked) > (0.75 if answered > 0.5 else 0.5) * sum(own):
        return 0.0
    heads = sum(_leads_away(page, i, inner[i]) for i in sample) / total
    if heads > 0.4:
        return 0.0
    stops = {i: {page.nodes[j] for j in inner[i]} for i in sample}
    texts = Counter(text_of(page.nodes[i], stops[i], most=300) for i in sample)
    if len(texts) < 0.7 * total:
        return 0.0
    dated = sum(_has(page, i, inner[i], is_date) for i in sample) / total
    faced = sum(_has(page, i, inner[i], is_face) for i in sample) / total
    elements = [page.nodes[i] for i in sample]
    signed = learned.learn(elements, {page.nodes[i]: stops[i] for i in sample}).signed
    named = len(signed) / total
    if named < 0.5:
        named = _named_in_lines(page, sample, inner)
    if max(answered, named) < 0.5 or dated + answered + named + faced < 1.1:
        return 0.0
    return 0.2 * worded + 0.25 * dated + 0.25 * named + 0.2 * answered + 0.1 * faced


def _are_heads(page: Tree, members: Sequence[int]) -> bool:
    """Whether elements are siblings that may each lead a run of others."""
    return len({page.up[i] for i in members}) == 1


def _runs(page: Tree, members: Sequence[int]) -> list[tuple[int, int]]:
    """From each of some siblings to the next, the last to the end of what holds them."""
    return list(zip(members, [*members[1:], page.end[page.up[members[0]]]], strict=True))


def _is_rating(node: Element) -> bool:
    """Whether an element rates something: lists of reviews are no discussions."""
    if "review" in (node.get("itemprop") or "").lower() or node.get("itemprop") == "ratingValue":
        return True
    if (node.get("itemtype") or "").rstrip("/").endswith("/Review"):
        return True
    words = node.text or ""
    return len(words) < 40 and bool(_STARS.search(words))


def _named_in_lines(page: Tree, sample: Sequence[int], inner: Mapping[int, Sequence[int]]) -> float:
    """The share of elements that say in a line of text who writes, if not all say the same."""
    found: list[str] = []
    for i in sample:
        ends = {j: page.end[j] for j in inner[i]}
        at = i
        while at < min(page.end[i], i + _MOST_NODES):
            if at in ends:
                at = ends[at]
                continue
            node = page.nodes[at]
            name = comment_authors.labelled(node) or comment_authors.beside_date(node)
            if name:
                found.append(re.sub(r"\d+", "0", name))
                break
            at += 1
    return len(found) / len(sample) if len(set(found)) > 1 else 0.0


def _inner(page: Tree, members: Sequence[int]) -> dict[int, list[int]]:
    """For each member the members directly within it."""
    inner: dict[int, list[int]] = {i: [] for i in members}
    open_: list[int] = []
    for i in members:
        while open_ and page.end[open_[-1]] <= i:
            open_.pop()
        if open_:
            inner[open_[-1]].append(i)
        open_.append(i)
    return inner


def _has(page: Tree, i: int, inner: Sequence[int], test: Callable[[Element], bool]) -> bool:
    ends = {j: page.end[j] for j in inner}
    at, looked = i, 0
    while at < page.end[i] and looked < 300:
        if at in ends:
            at = ends[at]
            continue
        if test(page.nodes[at]):
            return True
        at, looked = at + 1, looked + 1
    return False


def _leads_away(page: Tree, i: int, inner: Sequence[int]) -> bool:
    """Whether an element is led by a link to another page, as teasers are."""
    ends = {j: page.end[j] for j in inner}
    at = i
    while at < page.end[i]:
        if at in ends:
            at = ends[at]
            continue
        node = page.nodes[at]
        if node.tag == "a" and _away(node):
            words = page.mass(at)
            above = page.nodes[page.up[at]].tag if page.up[at] >= 0 else ""
            if above in _HEADINGS and words > 3:
                return True
            if words > 24 and 2 * words > page.mass(page.up[at]) and not _in_running_text(page, at):
                return True
        at += 1
    return False


def _away(link: Element) -> bool:
    href = link.get("href") or ""
    if not href or href.startswith(("#", "javascript:", "mailto:", "?")):
        return False
    parts = address(href)
    if parts.fragment or comment_authors.PROFILE.search(href):
        return False
    return not re.search(r"\bp=\d|post", parts.query)


def _in_running_text(page: Tree, at: int) -> bool:
    above = page.nodes[page.up[at]]
    return bool(above.tag == "p" and page.mass(page.up[at]) > 2 * page.mass(at))


def find(page: Tree) -> Repeated:
    """The repeated shape that looks most like a discussion; none where no shape does."""
    found = []
    for chosen in candidates(page):
        worth = quality(page, chosen)
        if worth >= _LEAST:
            found.append(Repeated(tuple(page.nodes[i] for i in chosen), worth))
    if not found:
        return Repeated()
    best = max(found, key=lambda one: one.weight)
    others = tuple(one.elements for one in found if one is not best)
    return replace(best, others=others)


def around(page: Tree, ordered: Sequence[int], i: int) -> int | None:
    """The innermost of some elements (in ascending order) that is element `i` or holds it."""
    place = bisect_left(ordered, i + 1) - 1
    while place >= 0:
        if page.holds(ordered[place], i):
            return ordered[place]
        if place < len(ordered) - 64:
            break
        place -= 1
    return None
