"""What an item of a feed is, RSS or Atom: a comment, with its page and its parent, or an article.

An item is a comment where the feed says so (``thr:in-reply-to``) or where its address does: a
fragment that names a comment, a post's number within a topic. Its page is that address without.
"""

from __future__ import annotations

import re
from typing import Any

from community.mail import stamps
from community.records import people, typed
from community.xml import entries
from community.xml.nodes import Node

_FRAGMENT = re.compile(
    r"(?:[a-z]*comment|comentario|commentaire|kommentar|cmt|reply|respond|post|entry|answer|"
    r"message|msg|pid|div-comment|c|r|p)[-_]?(?P<id>\d+)|(?P<bare>\d+)",
    re.I,
)
# addresses in which forums name a post within its topic
_WITHIN = (
    re.compile(r"(?P<page>https?://[^/?#]+(?:/[^?#]*)?/t/(?:[^/?#]+/)?\d+)/(?P<id>\d+)"),
    re.compile(r"(?P<page>https?://[^?#]+/comments/\w+/[^/?#]+)/(?P<id>\w+)/?"),
)
_PAGED = re.compile(r"/comment-page-\d+/?$|/page/\d+/?$")
_PAGE_QUERY = re.compile(r"[?&](?:cpage|page|start|replytocom|showComment)=\d+")
_COMMENT_GUID = re.compile(r"[#=/-](?:comment|reply)[-_=/]?(?P<id>\d+)\b", re.I)
# WordPress begins an answer with a line that links to what it answers: the only pointer of RSS
_ANSWERS = re.compile(
    r"\s*(?:<p[^<>]{0,80}>\s*)?[^<>]{0,40}<a\s[^<>]{0,200}?href=[\"'](?P<link>[^\"'<>]{1,400})[\"']"
    r"[^<>]{0,200}>(?P<name>[^<>]{1,100})</a>[^<>\n]{0,20}(?:</p>|<br\s*/?>|\n)",
    re.I,
)
# the last paragraph of an item that only links to its page ("Read full topic")
_LAST = re.compile(r"<p[^<>]{0,80}>\s*<a\s[^<>]{0,300}href=[\"']([^\"'<>]{1,400})[\"'][^<>]{0,200}>"
                   r"[^<>]{0,80}</a>\s*</p>\s*\Z", re.I)  # fmt: skip
_MOST_LAST = 1200  # characters in which it stands
_ENTITY = re.compile(r"&#?\w{1,20};")
# what a site that links to an article leaves there: a piece of its own text
_PING = re.compile(r"\s*(?:<[^<>]{0,80}>\s*)*\[(?:…|\.\.\.|&#8230;|&hellip;)\]")
_LONGEST = 200  # characters of an id


def item(row: Node) -> dict[str, Any]:
    """An item as JSON can hold it. "page" is the page a comment stands on; "" for an article."""
    link = entries.link(row)
    page, name = _place(link)
    guid = entries.identity(row)
    answers = row.child("in-reply-to")
    if answers is not None and not page:
        page = _bare(answers.get("href")) or _bare(link)
    if not name:
        found = _COMMENT_GUID.search(guid)
        name = found["id"] if found else (guid or link)[:_LONGEST]
        page = page or (_bare(link) if found else "")
    words, markup = entries.body(row)
    full = bool(words.strip())
    if not full:
        words, markup = entries.summary(row)
    parent, addressee, words = _answered(words, page, answers)
    if markup is None and ("<" in words or _ENTITY.search(words)):
        words, markup = typed.shown(words), True
    when = stamps.when(entries.when(row))
    return {
        "page": page,
        "key": (page or _bare(link)).rstrip("/") or guid or row.words("title"),
        "id": name,
        "guid": guid,
        "link": link,
        "parent": parent,
        "addressee": addressee,
        "title": typed.line(row.words("title")) or None,
        "author": people.name(entries.author(row).removeprefix("@")),
        "when": when.iso if when else None,
        "precision": when.precision if when else None,
        "body": _without_pointer(words, link),
        "markup": markup,
        "full": full,
    }


def _without_pointer(words: str, link: str) -> str:
    """The words of an item without a last paragraph that only leads to the item's own page."""
    start = max(0, len(words) - _MOST_LAST)
    found = _LAST.search(words, start)
    if found and link and found[1].partition("#")[0] in (link, link.partition("#")[0]):
        return words[: found.start()]
    return words


def is_ping(words: str) -> bool:
    """Whether the words of a comment are an excerpt of a page that links here."""
    return bool(_PING.match(words)) and words[-60:].rstrip().removesuffix("</p>").endswith("]")


def _place(link: str) -> tuple[str, str]:
    """The page that an address of a comment leads to, and the comment's id; "" for others."""
    bare, _, fragment = link.partition("#")
    found = _FRAGMENT.fullmatch(fragment)
    if found:
        return _bare(bare), found["id"] or found["bare"]
    for pattern in _WITHIN:
        found = pattern.fullmatch(bare.partition("?")[0])
        if found:
            return found["page"], found["id"]
    return "", ""


def _bare(link: str) -> str:
    """The address of a page without its fragment and the number of a page of comments."""
    bare = _PAGE_QUERY.sub("", link.partition("#")[0])
    return _PAGED.sub("/", bare)


def _answered(words: str, page: str, answers: Node | None) -> tuple[str | None, str | None, str]:
    """The comment that is answered, the name that the words give it, and the words without it."""
    found = _ANSWERS.match(words)
    if found and page:
        where, name = _place(found["link"])
        if name and where.rstrip("/") == page.rstrip("/"):
            return name, " ".join(found["name"].split()), words[found.end() :]
    if answers is None:
        return None, None, words
    where, name = _place(answers.get("href"))
    if not name:
        told = _COMMENT_GUID.search(answers.get("ref"))
        name = told["id"] if told else answers.get("ref")[:_LONGEST]
    return name or None, None, words
