"""Authors that a page does not print: from signatures, and from replies that greet them by name.

Names are found by where they stand ("NAME, thank you …", "@NAME", a line of its own at the start),
not by a list of names; words that usually open a post without being a name are listed in
``address.toml``.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache

from community import lexicon
from community.judges.wording import own_words
from community.text import Word, words
from community.types import Post, Thread

_NAME = r"[^\W\d_][\w'’.-]{1,24}"
_SIGNATURE = re.compile(
    rf"^\s*(?:/|[-–—~]{{1,2}}\s?)(?P<name>{_NAME}(?: [A-Z]\w{{0,20}})?)\s*[x.]*$"
)
_ALONE = re.compile(rf"^\s*(?P<name>{_NAME}(?: {_NAME})?)\s*[,:!.]?\s*$")
_LEADING = re.compile(rf"^\s*(?P<name>{_NAME})\s*[,:!]\s+(?=\S)")
_AT = re.compile(r"(?<![\w@.])@\s?(?P<name>[^\W_][\w.-]{1,30})")
_LAST = re.compile(rf",\s+(?P<name>{_NAME})\s*[.!?)…\s\U0001F300-\U0001FAFF]*$")
_YOU = re.compile(r"\b(?:you|your|yours|thank|thanks|du|dein|deine|dir|dich|ihr|ihnen)\b", re.I)
_GREETED = 90  # characters in which a greeting names somebody


@dataclass(frozen=True, slots=True)
class Address:
    """A name that a post addresses, and how: "opening", "greeting", "at" or "closing"."""

    name: str
    how: str


@cache
def _listed(group: str) -> frozenset[str]:
    found = (term for term in lexicon.packaged("address").terms if term.group == group)
    return frozenset(spelling for term in found for spelling in term.spellings)


@cache
def _greeting() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, _listed("greeting")), key=len, reverse=True))
    return re.compile(rf"^\s*(?:{names})\b(?P<rest>[^.!?\n]{{0,{_GREETED}}})", re.IGNORECASE)


def could_be_name(word: str) -> bool:
    """Whether a word that addresses somebody can be a name, as far as word lists tell."""
    folded = word.casefold().replace("’", "'").strip(".,:!'")
    lists = ("no-name", "greeting", "closing")
    return len(folded) >= 2 and not any(folded in _listed(group) for group in lists)


def opens(word: str) -> bool:
    """Whether a lower-case word may stand in front of the name of who is spoken to."""
    return word in _before_names()


@cache
def _before_names() -> frozenset[str]:
    greetings = {part for phrase in _listed("greeting") for part in phrase.split()}
    return frozenset(greetings | _interjections() | {"again", "there", "to", "and", "so"})


@cache
def _interjections() -> frozenset[str]:
    terms = (t for t in lexicon.packaged("address").terms if t.group == "no-name")
    return frozenset(s for t in terms if t.id == "interjection" for s in t.spellings)


def same(one: str | None, other: str | None) -> bool:
    """Whether two names can be one person's: equal, or one is the other's first name."""
    if not one or not other:
        return False
    a, b = one.casefold().split(), other.casefold().split()
    return a == b or (bool(a) and bool(b) and (a[0] == b[0]) and min(len(a), len(b)) == 1)


def addresses(post: Post) -> tuple[Address, ...]:
    """Names that the post's own words address, most telling first."""
    own = own_words(post).strip()
    if not own:
        return ()
    found = [Address(match["name"], "at") for match in _AT.finditer(own)]
    first = own.split("\n", 1)[0]
    alone = _ALONE.match(first)
    if alone and "\n" in own and could_be_name(alone["name"]):
        found.append(Address(alone["name"], "opening"))
    leading = _LEADING.match(first)
    if leading and could_be_name(leading["name"]):
        found.append(Address(leading["name"], "opening"))
    found += _greeted(first)
    last = _LAST.search(re.split(r"\n", own)[-1])
    if last and could_be_name(last["name"]):
        found.append(Address(last["name"], "closing"))
    return tuple(dict.fromkeys(found))


def _greeted(first: str) -> list[Address]:
    """Capitalised words behind a greeting: "Thank you for your comment NAME and …"."""
    match = _greeting().match(first)
    if not match:
        return []
    rest = re.split(r"[,;:–—]", match["rest"].lstrip(" ,"), maxsplit=1)[0]
    tokens = re.findall(_NAME, rest)
    direct = bool(tokens) and match["rest"][:2].strip(" ,")[:1].isupper()
    names = [tokens[0]] if direct else [t for t in tokens if t[0].isupper() and not t.isupper()]
    return [Address(name.rstrip("."), "greeting") for name in names[:1] if could_be_name(name)]


def signature(post: Post) -> str | None:
    """The name with which the post's own words end, set off by a dash or slash, or below a
    closing formula."""
    own = [line.strip() for line in own_words(post).split("\n") if line.strip()]
    if len(own) < 2:
        return None
    match = _SIGNATURE.match(own[-1])
    if match and could_be_name(match["name"]):
        return match["name"]
    closing = own[-2].casefold().rstrip(",.!")
    if closing in _listed("closing") and _ALONE.match(own[-1]) and could_be_name(own[-1]):
        return own[-1].rstrip(".,! ")
    return None


def infer(thread: Thread) -> Thread:
    """The thread with authors from signatures and from the greetings of direct replies.

    A greeting names the parent's author only where the parent has none, the word is no common word
    of the page, and nobody else above bears that name.
    """
    if all(post.author is not None for post in thread.posts):
        return thread
    posts = [
        replace(post, author=signature(post)) if post.author is None else post
        for post in thread.posts
    ]
    common = _common_words(thread)
    counts = Counter(word.folded.removesuffix("'s") for word in words(thread.document.text))
    place = {post.id: n for n, post in enumerate(posts)}
    for reply in list(posts):
        n = place.get(reply.parent_id or "")
        if n is None or posts[n].author is not None or posts[n].status != "present":
            continue
        for address in addresses(reply):
            if address.name.casefold() in common or not _believed(counts, reply, address):
                continue
            if same(address.name, reply.author) or _borne_by_sibling(posts, reply, address.name):
                continue
            posts[n] = replace(posts[n], author=_as_name(address.name))
            break
    return replace(thread, posts=tuple(posts))


def _believed(counts: Counter[str], reply: Post, address: Address) -> bool:
    """Whether an address is enough to give somebody a name: a greeting or "@" is; a bare name
    needs a "you" beside it, or to stand elsewhere on the page too."""
    if address.how in ("greeting", "at"):
        return True
    if address.how == "closing":
        return False
    first = re.split(r"(?<=[.!?])\s", own_words(reply).strip(), maxsplit=1)[0]
    if address.how == "opening" and "," in first and _YOU.search(first):
        return True
    return counts[address.name.casefold()] > 1


def _as_name(word: str) -> str:
    return word[0].upper() + word[1:] if word.islower() else word


def _borne_by_sibling(posts: list[Post], reply: Post, name: str) -> bool:
    """Whether an earlier reply to the same post is by that name."""
    return any(
        post.parent_id == reply.parent_id and same(post.author, name)
        for post in posts[: reply.position]
    )


def _common_words(thread: Thread) -> frozenset[str]:
    """Words that the page uses in lower case in mid-sentence: no names."""
    text = thread.document.text
    found: set[str] = set()
    before: Word | None = None
    for word in words(text):
        joined = before is not None and text[before.end : word.start] == " "
        if joined and text[word.start].islower() and not _addressed(text, word):
            found.add(word.folded)
        before = word
    return frozenset(found)


def _addressed(text: str, word: Word) -> bool:
    """Whether a lower-case word is set off like a name, or is one in the genitive."""
    return text[word.end : word.end + 1] == "," or word.folded.endswith("'s")
