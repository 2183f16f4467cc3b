"""What a saved page of a discussion says it does not hold."""

from __future__ import annotations

import re
from collections.abc import Sequence

from community.html.depths import marked
from community.html.furniture import MORE
from community.html.identities import Item, Items, inside
from community.html.markup import Element, is_small, names, text_of, walk
from community.html.signs import is_reply

_PAGES = re.compile(
    r"(?<!\w)(?:page|seite|página|pàgina|pagina|sida|side|sivu|strona|stránka|strana|страница|"
    r"сторінка|"
    r"стр\.|σελίδα|sayfa|oldal|halaman|trang)\s*:?\s+(\d{1,4})\s*(?:of|von|de|di|van|av|af|z|ze|из|"
    r"з|sur|"
    r"από|/|\|)\s*(\d{1,4})(?!\d)|第\s?(\d{1,4})\s?页\s?[，,/]?\s?共\s?(\d{1,4})\s?页|"
    r"(\d{1,4})\s?/\s?(\d{1,4})\s?ページ",
    re.I,
)
_WALL = re.compile(
    r"^\W*(?:(?:you (?:must|need to)|please) (?:be )?(?:log(?:ged)? in|sign(?:ed)? in|register)|"
    r"(?:log|sign) ?in (?:or \w+ )?|melde dich an|bitte (?:an|ein)melden,? |connectez-vous |"
    r"inicia sesión |accedi |log in om |logga in )"
    r".{0,40}\b(?:to (?:see|view|read)|um .{0,30}(?:sehen|lesen)|pour (?:voir|lire)|para (?:ver|"
    r"leer)|"
    r"per (?:vedere|leggere)|te (?:zien|lezen)|för att (?:se|läsa))\b.{0,60}"
    r"(?:comment|repl|post|answer|kommentar|antwort|beitr|réponse|respuesta|rispost|reactie|svar)",
    re.I,
)
_NEXT = re.compile(
    r"comment-?navigation|comments-pagination|comments-nav|page-?nav|pagination|pagelinks"
    r"|nav-previous|older-comments|paginate"
)
_FEW = 4  # contributions below which nothing is learned of a limit
_FRAMED = re.compile(
    r"disqus_thread|fb-comments|hyvor-talk|commento\b|utterances|giscus|coral-?talk|remark42"
    r"|isso-thread|jetpack-remote-comment|livefyre|spot-?im|openweb"
)
_FRAMES = re.compile(
    r"disqus\.com|facebook\.com/plugins/comments|jetpack\.wordpress\.com/jetpack-comment"
    r"|spot\.im|hyvor",
    re.I,
)
_COUNT = re.compile(
    r"^\W*(\d{1,5})\s+(?:comments?|replies|responses|kommentare?|antworten|thoughts on|"
    r"commentaires?|"
    r"comentarios?|commenti|reacties?|opinions)\b",
    re.I,
)
_COUNTED = re.compile(r"comment|respon|reply|replies|kommentar|reacti|discussion")


def missing(root: Element, found: Items, posts: int) -> str | None:
    """Why posts are missing from a page, in words; None where nothing tells of missing ones.

    `posts` is the number of contributions read; pingbacks count into the number a site prints.
    """
    more, pages, framed, stated = "", "", "", 0
    for node in walk(root):
        marks = names(node)
        if not found.items and _FRAMED.search(marks):
            framed = "the comments stand in a frame of another site, not in this file"
        if node.tag in ("a", "button", "span", "div") and len(node) < 3 and is_small(node):
            words = text_of(node, most=80)
            if len(words) < 70 and MORE.match(words) and not _leads_back(node):
                more = f"more posts behind “{words}”"
        if (
            found.items
            and node.tag in ("p", "div", "span", "a")
            and len(node) < 4
            and is_small(node)
        ):
            words = text_of(node, most=160) if "in" in (node.text or "") else ""
            if words and _WALL.match(words):
                more = more or f"the page holds posts back: “{words[:80]}”"
        if _NEXT.search(marks) or node.tag in ("title", "span", "div", "td"):
            pages = pages or _paged(node, marks, found)
        if node.tag in ("h1", "h2", "h3", "h4", "h5", "span", "p", "div", "a", "strong"):
            stated = max(stated, _stated(node, marks))
    if not found.items:
        framed = framed or _frame(root)
    elif found.forum and not pages and root.find(".//link[@rel='next']") is not None:
        pages = "there is a next page"
    if stated and 0 < posts < stated - _pingbacks(root, found):
        more = more or f"the page speaks of {stated} contributions, {posts} are in it"
    return framed or pages or more or None


def _leads_back(node: Element) -> bool:
    """Whether a control only leads to the comments of this very page."""
    link = node if node.tag == "a" else node.find("a")
    href = (link.get("href") or "") if link is not None else ""
    return len(href) > 1 and href.startswith("#") and "load" not in href


def capped(items: Sequence[Item]) -> str | None:
    """That the deepest replies stand level with what they answer; None where nothing tells it.

    Blogs stop to nest at some depth: there no contribution can be answered any more, though all
    above can.
    """
    if len(items) < _FEW:
        return None
    depths = marked([item.element for item in items])
    if depths is None:
        return None
    deepest = max(depths)
    nested = inside(items)
    open_: dict[bool, list[bool]] = {True: [], False: []}
    for item, depth in zip(items, depths, strict=True):
        stop = nested.get(item.element, ())
        answered = any(is_reply(node) for node in walk(item.element, stop))
        open_[depth == deepest].append(answered)
    above, below = open_[False], open_[True]
    if len(below) > 1 and not any(below) and sum(above) > 0.8 * len(above) > 0:
        deep = len(set(depths))
        return f"replies nest {deep} deep at most: deeper ones stand beside what they answer"
    return None


def _paged(node: Element, marks: str, found: Items) -> str:
    if not found.items:
        return ""
    words = node.text or ""
    match = _PAGES.search(words) or _PAGES.search(node.tail or "")
    if match is None and _NEXT.search(marks):
        match = _PAGES.search(text_of(node, most=200))
    if match:
        at, last = (int(number) for number in match.groups() if number)
        if at <= last and last > 1:
            return f"page {at} of {last}"
    if _NEXT.search(marks) and (found.forum or "comment" in marks):
        for link in node.iter("a"):
            if "next" in (link.get("rel") or "") or "next" in names(link).replace("context", ""):
                return "there is a next page"
            if "comment-page-" in (link.get("href") or ""):
                return "there are other pages of comments"
    return ""


def _stated(node: Element, marks: str) -> int:
    """The number of contributions that a heading or counter of the comment section states."""
    if len(node) > 3 or not _COUNTED.search(marks):
        return 0
    match = _COUNT.match(text_of(node, most=120))
    return int(match[1]) if match else 0


def _pingbacks(root: Element, found: Items) -> int:
    marked = {
        node.get("id") or node
        for node in root.iter()
        if isinstance(node.tag, str)
        and {"pingback", "trackback"} & set((node.get("class") or "").lower().split())
    }
    return max(found.pingbacks, len(marked))


def _frame(root: Element) -> str:
    for frame in root.iter("iframe"):
        if _FRAMES.search(frame.get("src") or frame.get("data-src") or ""):
            return "the comments stand in a frame of another site, not in this file"
    return ""
