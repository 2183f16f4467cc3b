"""Who made a contribution, and what the site says of them, from its markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from community.html.markup import Element, classes, names, text_of, walk

_LONGEST_NAME = 80  # characters; more is a sentence
# "Reply to NAME", as screen readers get it
_REPLY_TO = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"^(?:reply|respond|answer) to (?:comment by )?(.+)$",
        r"^(?:antworte(?:n)?|antwort) auf (?:den kommentar von |kommentar von )?(.+)$",
        r"^auf (?:den kommentar von |kommentar von )?(.+) antworten$",
        r"^répondre à (.+)$", r"^responder a (.+)$", r"^rispondi a (.+)$",
        r"^(?:antwoord|reageer|beantwoorden) (?:op )?(.+)$", r"^(?:svara|svar) (?:på|til) (.+)$",
        r"^odpowiedz (?:na komentarz )?(.+)$", r"^vastaa (?:käyttäjälle )?(.+)$",
    )
)  # fmt: skip
_NAME_TAGS = ("a", "b", "strong", "cite")
_SAYS = re.compile(
    r"(?:\s+(?:hat gesagt|hat geschrieben|ha detto|says|said|wrote|writes|sagt|sagte|schrieb|"
    r"schreibt|meint|a dit|dit|dice|dijo|"
    r"ha scritto|zegt|schreef|skriver|pisze|disse|on|at|am|le))?[\s:：,|…–-]*$",
    re.I,
)
_BY = re.compile(r"(?:^|\b)(?:posted by|written by|by|von|par|por|di|door)\s*:?\s*$", re.I)
_LED = re.compile(
    r"^(?:by|von|posted by|written by|author|autor|par|por|de|di|door|av)[:\s]+", re.I
)
_STRONG = re.compile(
    r"^(?:fn|n|p-name|comment-?author-?name|author-?name|user-?name|hnuser|author|username|"
    r"comment-?author|comment_?author|poster|nickname|user|display-?name|bigusername)$"
)
_WEAK = re.compile(
    r"author|user(?!title|info|_?details|content)|poster|nick|commenter|byline|autor|verfasser"
)
_NOT_NAME = re.compile(
    r"avatar|gravatar|image|photo|icon|title|rank|role|badge|count|stats|extras|date|time|"
    r"meta(?!data)"
    r"|online|status|group|level|signature|says|content|body|text|message-user\b|userinfo|arrow"
)
_PROFILE = re.compile(
    r"/(?:members?|users?|profiles?|u|author|user)/|action=profile|profile\.php|memberlist"
    r"|blogger\.com/profile|member\.php|user=|[?&;]u=\d",
    re.I,
)
_PROFILE_ID = re.compile(
    r"(?:[?&;]u(?:id|ser)?=|/profile/|/(?:members?|users?|u)/(?:[^/?#]*\.)?)([\w-]+)"
)
_STAFF = re.compile(r"\b(?:moderator|administrator|admin|staff|team|moderateur|modérateur)\b", re.I)
_ROLE = re.compile(
    r"user-?title|membergroup|(?:^|\s)profile-rank|user_?rank|userrank|user-?role|badge|"
    r"userbanner|"
    r"user-?group|message--mod|jobtitle"
)


def author(element: Element, own: Sequence[Element]) -> str | None:
    """The author's name as the page prints it; None where it prints none."""
    for attribute in ("data-author", "author", "data-username", "data-user-name"):
        value = (element.get(attribute) or "").strip()
        if value:
            return value
    for node in own:
        found = _from_reply_link(node)
        if found:
            return found
    for pattern in (_STRONG, _WEAK):
        for node in own:
            if node is not element and _marks(node, pattern):
                found = _name_in(node)
                if found:
                    return found
    for node in own:
        if node.tag == "a" and _PROFILE.search(node.get("href") or ""):
            found = _clean(text_of(node, most=_LONGEST_NAME))
            if found:
                return found
    for node in own:
        found = _after_by(node)
        if found:
            return found
    return None


def is_name(node: Element) -> bool:
    """Whether an element is marked as the name of who writes."""
    return _marks(node, _STRONG) or _marks(node, _WEAK)


def _after_by(node: Element) -> str | None:
    """The name in the first child that stands right after "Posted by"."""
    before = node.text
    for child in node:
        if child.tag in _NAME_TAGS and _BY.search((before or "").strip()):
            return _clean(text_of(child, most=_LONGEST_NAME))
        before = child.tail
    return None


def _from_reply_link(node: Element) -> str | None:
    if node.tag not in ("a", "button"):
        return None
    for label in (node.get("aria-label"), node.get("data-replyto")):
        for pattern in _REPLY_TO if label else ():
            match = pattern.match(" ".join(label.split()))
            if match:
                return _clean(match[1])
    return None


def _marks(node: Element, pattern: re.Pattern[str]) -> bool:
    if node.tag == "cite" and pattern is _STRONG:
        return True
    if (node.get("itemprop") or "").lower() in ("author", "creator"):
        return True
    if "author" in (node.get("rel") or ""):
        return True
    found = [token for token in classes(node) if pattern.search(token)]
    if pattern is _WEAK:
        found = [token for token in found if not _NOT_NAME.search(token)]
        identity = (node.get("id") or "").lower()
        return bool(found or (pattern.search(identity) and not _NOT_NAME.search(identity)))
    return bool(found)


def _name_in(node: Element) -> str | None:
    """A name in a marked element: its own marked part, link or emphasis first, else all of it."""
    if (node.get("itemprop") or "") in ("author", "creator") and node.get("content"):
        return _clean(node.get("content"))
    within = [inner for inner in walk(node) if inner is not node]
    named = [
        inner
        for inner in within
        if inner.get("itemprop") == "name" or any(_STRONG.search(t) for t in classes(inner))
    ]
    for inner in (*named[::-1], *(inner for inner in within if inner.tag in _NAME_TAGS)):
        found = _clean(inner.get("content") or text_of(inner, most=_LONGEST_NAME))
        if found:
            return found
    return _clean(text_of(node, most=_LONGEST_NAME + 20))


def _clean(words: str | None) -> str | None:
    """A name without "says:" and the like; None where the words are no name."""
    name = " ".join((words or "").split())
    name = _LED.sub("", name)
    bare = _SAYS.sub("", name).strip() or name
    bare = bare.strip(" :,|")
    if not bare or len(bare) > _LONGEST_NAME or not any(c.isalnum() for c in bare):
        return None
    return None if re.fullmatch(r"#?[\d.,]+", bare) and len(bare) < 4 else bare


def native_id(element: Element, own: Iterable[Element]) -> str | None:
    """The author's id on the platform: a user number or a profile's name; None where not shown."""
    for node in (element, *own):
        value = node.get("data-user-id") or node.get("data-userid") or node.get("data-author-id")
        if value and value != "0":
            return str(value)
    if "byuser" in classes(element):
        for token in classes(element):
            if token.startswith("comment-author-"):
                return token.removeprefix("comment-author-")
    for node in own:
        if node.tag == "a":
            match = _PROFILE_ID.search(node.get("href") or "")
            if match:
                return match[1]
    return None


def platform_role(element: Element, own: Sequence[Element]) -> str | None:
    """What the site says the author is: "post author", "staff", or the title it prints."""
    marks = {token for node in (element, *own[:60]) for token in classes(node)}
    if {"bypostauthor", "blog-author", "submitter", "by-post-author", "op"} & marks:
        return "post author"
    if marks & {"message--mod", "message--staff", "message--admin"}:
        return "staff"
    for node in own:
        if node is not element and (_ROLE.search(names(node)) or node.get("data-role") == "group"):
            title = text_of(node, most=_LONGEST_NAME)
            if title and len(title) <= _LONGEST_NAME:
                return "staff" if _STAFF.search(title) else title
    return None


def addressee(own: Iterable[Element]) -> str | None:
    """Whom the page says the contribution answers, where it prints a name for that."""
    for node in own:
        if re.search(r"recipient|in-?reply-?to|replied-?to", names(node)) and node.tag != "a":
            return _clean(text_of(node, most=_LONGEST_NAME))
    return None
