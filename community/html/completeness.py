"""What a saved page of a discussion says it does not hold."""

from __future__ import annotations

import re

from community.html.items import Items
from community.html.markup import Element, names, text_of, walk

_PAGES = re.compile(
    r"\b(?:page|seite|página|pagina|sida|strona|страница)\s+(\d{1,4})\s+(?:of|von|de|di|van|"
    r"av|z|из|sur)\s+(\d{1,4})\b",
    re.I,
)
_NEXT = re.compile(
    r"comment-?navigation|comments-pagination|comments-nav|page-?nav|pagination|pagelinks"
    r"|nav-previous|older-comments|paginate"
)
_MORE = re.compile(
    r"^\W*(?:(?:load|show|view|see)\s+(?:\d+\s+)?(?:more|older|newer|all|previous)\s+(?:\d+\s+)?"
    r"(?:comments|replies|posts|answers|responses)|(?:ältere|neuere|weitere|mehr)\s+(?:\d+\s+)?"
    r"(?:kommentare|antworten|beiträge)(?:\s+(?:anzeigen|laden))?|(?:older|newer|previous|"
    r"next) comments|"
    r"\+?\s*\d+\s+(?:weitere|more)\s+(?:antworten|replies|comments)\b.{0,20}|"
    r"continue this thread|"
    r"(?:afficher|voir) plus de commentaires|cargar más comentarios|mostra altri commenti)\W*$",
    re.I,
)
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
        if node.tag in ("a", "button", "span", "div") and len(node) < 3:
            words = text_of(node, most=80)
            if len(words) < 70 and _MORE.match(words):
                more = f"more posts behind “{words}”"
        if _NEXT.search(marks) or node.tag in ("title", "span", "div", "td"):
            pages = pages or _paged(node, marks, found)
        if node.tag in ("h1", "h2", "h3", "h4", "h5", "span", "p", "div", "a", "strong"):
            stated = max(stated, _stated(node, marks))
    if not found.items:
        framed = framed or _frame(root)
    if stated and 0 < posts < stated - _pingbacks(root, found):
        more = more or f"the page speaks of {stated} contributions, {posts} are in it"
    return framed or pages or more or None


def _paged(node: Element, marks: str, found: Items) -> str:
    if not found.items:
        return ""
    words = node.text or ""
    match = _PAGES.search(words)
    if match and int(match[1]) <= int(match[2]) and int(match[2]) > 1:
        return f"page {match[1]} of {match[2]}"
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
