"""Who made a contribution, and what the site says of them, from its markup."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from community import dates
from community.html import fields, relative
from community.html.dates import JOINED
from community.html.markup import Element, TextBuilder, classes, names, text_of, walk

_LONGEST_NAME = 80  # characters; more is a sentence
_USUAL = 0.5  # of a page's contributions have the name in elements of one mark
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
_AFTER_DATE = re.compile(
    r"[\s,]*(?:\d\d?:\d\d)?\W{0,3}\b(?:by|von|par|por|di|da|door|av|af|przez)\s+(?P<name>\S.{0,47})$",
    re.I,
)
_BEFORE_DATE = re.compile(r"\W*(?:le|el|il|den|dnia|on|am|em|op|the)\W*$", re.I)
_NO_NAMES = frozenset(["on", "at", "by", "am", "um", "le", "von", "par", "por", "di", "da", "op"])
_MOST_AROUND = 8  # elements around a link looked at
_MOST_WORDS = 16  # of a line that names its author
_LINE = re.compile(
    r"^\W{0,3}(?:(?:posted|written|submitted|sent|added|geschrieben|gepostet|verfasst|publié|posté|"
    r"écrit|escrito|publicado|enviado|scritto|inviato|postato|geplaatst|skrevet|skrivet|dodane|"
    r"napisane|postado)\s+(?:by|von|par|por|da|door|av|af|przez)\s*:?|"
    r"(?:from|by|name|author|user|von|autor|verfasser|nick(?:name)?|de|auteur|nom|nombre|autore|"
    r"nome|auteur|naam|namn|navn|nimi|imię|jméno|от|автор|имя|από|yazan|投稿者|名前|作者)\s*[:：])"
    r"\s*(?P<name>[^|»·•:：<>]{1,48}?)(?:\s*[|»·•]|\s*,?\s+(?:on|am|at|le|el|il|den|dnia|op)\s|$)",
    re.I,
)
_REMOTE = re.compile(r"^@([\w.-]{2,})@[\w.-]+\.\w{2,}$")
_USER = re.compile(r"^/?u/(?=[\w-]+$)")
_LED = re.compile(
    r"^(?:by|von|posted by|written by|author|autor|par|por|de|di|door|av)[:\s]+", re.I
)
# what Drupal prints after the name of a guest
_UNVERIFIED = re.compile(
    r"\s+\((?:not verified|nicht überprüft|non vérifié|no verificado|não verificado|non verificato|"
    r"niet (?:gecontroleerd|geverifieerd)|inte verifierad|overifierad|ikke (?:bekræftet|verifisert|"
    r"bekreftet)|ei varmistettu|niezweryfikowany|neověřeno|не проверено|не перевірено|nem "
    r"ellenőrzött|"
    r"doğrulanmadı|guest|gast|invité|invitado|ospite|gość|гость)\)$",
    re.I,
)
_STRONG = re.compile(
    r"^(?:fn|n|p-name|comment-?author-?name|author-?name|user-?name(?:-colou?red)?|hnuser|author|"
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
PROFILE = re.compile(
    r"(?:^|/)(?:members?|users?|profiles?|u|author|user|people)/|action=profile|profile\.php|"
    r"memberlist"
    r"|(?:^|/)@[\w.@-]+/?(?:$|[?#])|blogger\.com/profile|member\.php|user=|[?&;]u=\d",
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


@dataclass(frozen=True, slots=True)
class Printed:
    """A contribution as a page prints it: its element, and those that are not its words.

    `aside` are the elements that name somebody else: whom it answers.
    """

    element: Element
    own: Sequence[Element]
    aside: Collection[Element] = ()


@dataclass(frozen=True, slots=True)
class Signer:
    """A name as markup tells it, and the class names (or the tag) of the element that does."""

    name: str
    marks: frozenset[str]


def named(posts: Sequence[Printed]) -> list[str | None]:
    """The authors of a page's contributions as markup names them; None where it names none.

    What a few of them have before the name (that the author is a moderator) is no name: the element
    that names the authors of most is believed.
    """
    found = [next(_signers(post), None) for post in posts]
    marks = Counter(mark for signer in found if signer for mark in signer.marks)
    usual = {mark for mark, count in marks.items() if count >= _USUAL * len(posts)}
    told: list[str | None] = []
    for post, signer in zip(posts, found, strict=True):
        if signer is not None and usual and not signer.marks & usual:
            signer = next((one for one in _signers(post) if one.marks & usual), signer)
        told.append(signer.name if signer else None)
    return told


def _signers(post: Printed) -> Iterator[Signer]:
    """What markup offers as the author's name, the likeliest first."""
    for attribute in ("data-author", "author", "data-username", "data-user-name"):
        value = (post.element.get(attribute) or "").strip()
        if value:
            yield Signer(value, frozenset([attribute]))
    own = [node for node in post.own if node not in post.aside]
    for node in own:
        found = _from_reply_link(node)
        if found:
            yield Signer(found, frozenset(["aria-label"]))
    for pattern in (_STRONG, _WEAK):
        for node in own:
            if node is not post.element and _marks(node, pattern):
                found = _name_in(node, post.aside)
                if found and not _says_when(found):
                    yield Signer(found, frozenset(classes(node) or [str(node.tag)]))
    for node in own:
        if node.tag == "a" and PROFILE.search(node.get("href") or ""):
            found = None if _is_hidden(node) else _clean(_first_line(node))
            if found and not _says_when(found):
                yield Signer(found, frozenset(["href"]))


@lru_cache(maxsize=4096)
def _says_when(name: str) -> bool:
    return dates.find(name, month_first=True) is not None or relative.is_relative(name)


def by_line(own: Sequence[Element]) -> str | None:
    """The author as lines of running text tell, where nothing marks the name."""
    for reader in (_after_by, labelled, beside_date):
        for node in own:
            found = reader(node)
            if found:
                return found
    return None


def reconciled(
    named: Sequence[str | None], learned: Sequence[str | None], lines: Sequence[str | None]
) -> list[str | None]:
    """Authors that markup names, where it names none those that comparison tells, else lines.

    Comparison alone is believed where markup names hardly any author, or one for all.
    """
    learned = [_clean(words) for words in learned]
    if sum(map(bool, learned)) < 0.5 * sum(map(bool, lines)):
        learned = list(lines)
    learned = [new or line for new, line in zip(learned, lines, strict=True)]
    told = [name for name in named if name]
    several = len({name for name in learned if name}) > 1
    if len(told) < 0.5 * len(named) or (len(told) > 3 and len(set(told)) == 1 and several):
        return [new or old for old, new in zip(named, learned, strict=True)]
    pairs = [(old, new) for old, new in zip(named, learned, strict=True) if old and new]
    agree = sum(old == new for old, new in pairs)
    if 2 * agree < len(pairs):
        return list(named)
    return [old or new for old, new in zip(named, learned, strict=True)]


def is_name(node: Element) -> bool:
    """Whether an element is marked as the name of who writes."""
    return _marks(node, _STRONG) or _marks(node, _WEAK)


def _after_by(node: Element) -> str | None:
    """The name in the first child that stands right after "Posted by"."""
    before = node.text
    for child in node:
        after = " ".join((child.tail or "").split())
        if fields.may_name(after) and not len(child) and _BY.fullmatch((child.text or "").strip()):
            return _clean(after)
        if child.tag in _NAME_TAGS and _BY.search((before or "").strip()):
            return _clean(_first_line(child))
        before = child.tail
    return None


def labelled(node: Element) -> str | None:
    """The name in a line of text that says whose it is ("From: NAME", "Posted by NAME |")."""
    for words in (node.text, *(child.tail for child in node)):
        if words and (match := _LINE.match(" ".join(words.split()[:_MOST_WORDS]))):
            return _clean(match["name"])
    return None


def beside_date(node: Element) -> str | None:
    """The name on a line that says who and when, and nothing else ("NAME | 4 March 2019")."""
    for words in (node.text, *(child.tail for child in node)):
        line = " ".join((words or "").split()[:_MOST_WORDS])
        stamp = dates.find(line, month_first=True) if line else None
        if stamp is None or JOINED.search(line):
            continue
        after = _AFTER_DATE.match(line[stamp.end :])
        if after and fields.may_name(after["name"]):
            return _clean(after["name"])
        if len(line) - stamp.end > 12 or _BEFORE_DATE.match(line[: stamp.start]):
            continue
        name = _clean(_SAYS.sub("", line[: stamp.start]).strip(" -–—|·,:;(["))
        if name and fields.may_name(name) and not dates.is_weekday(name):
            return name
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
        found = [t for t in found if not _NOT_NAME.search(t) and not t[-1].isdigit()]
        identity = (node.get("id") or "").lower()
        return bool(found or (pattern.search(identity) and not _NOT_NAME.search(identity)))
    return bool(found)


def _name_in(node: Element, aside: Collection[Element]) -> str | None:
    """A name in a marked element: its own marked part, link or emphasis first, else all of it."""
    if (node.get("itemprop") or "") in ("author", "creator") and node.get("content"):
        return _clean(node.get("content"))
    within = [inner for inner in walk(node, aside) if inner is not node]
    marked = [
        inner
        for inner in within
        if inner.get("itemprop") == "name" or any(_STRONG.search(t) for t in classes(inner))
    ]
    for inner in (*marked[::-1], *(inner for inner in within if inner.tag in _NAME_TAGS)):
        found = _clean(inner.get("content") or _first_line(inner, aside))
        if found and not _says_when(found):
            return found
    return _clean(_first_line(node, aside))


def _first_line(node: Element, aside: Collection[Element] = ()) -> str:
    """The first line of an element: below a name stand ranks, counters and places."""
    builder = TextBuilder()
    builder.add(node, drop=aside, most=_LONGEST_NAME + 20)
    words = builder.text().strip()
    return words if len(words) > _LONGEST_NAME else words.partition("\n")[0]


def _is_hidden(node: Element) -> bool:
    """Whether an element stands in a menu that opens on a click."""
    above = node
    for _ in range(_MOST_AROUND):
        if above is None:
            return False
        if "display:none" in (above.get("style") or "").replace(" ", "").lower():
            return True
        above = above.getparent()
    return False


def _clean(words: str | None) -> str | None:
    """A name without "says:" and the like; None where the words are no name."""
    name = " ".join((words or "").split())
    name = _LED.sub("", name)
    bare = _SAYS.sub("", name).strip() or name
    bare = _USER.sub("", bare)
    bare = _REMOTE.sub(r"\1", _UNVERIFIED.sub("", bare.strip(" :,|")))
    if bare.lower() in _NO_NAMES:
        return None
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
