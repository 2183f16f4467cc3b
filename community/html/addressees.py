"""Whom a page says that a contribution answers: a name after words of answering, or in a label.

"In reply to NAME", an element named ``reply-to``, or the small picture of somebody in one: what
stands there is the addressee's and never the author's, and a link there leads to the post answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from community.html.markup import Element, is_small, names, text_of
from community.html.signs import is_reply
from community.types import RawPost

_NAMED = re.compile(
    r"recipient|(?:^|[\s_-])(?:in[-_]?)?repl(?:y|ied|ying)[-_]?to"
    r"(?![a-z\d]|[-_](?:\d|this|link|btn|button|form|url)|\S*(?:link|btn|button|form)(?:\s|$))"
)
# after these words stands whom one answers
_TO = (
    r"in (?:reply|response|answer) to|(?:reply(?:ing)?|replies|replied|respond(?:s|ed|ing)?|"
    r"answer(?:s|ed|ing)?|response) to|(?:als )?antwort (?:auf|an)|antwortete?(?: auf)?|"
    r"(?:en )?réponse à|répond(?:u)? à|en respuesta a|respuesta a|respond(?:e|ió) a|"
    r"(?:em )?resposta a|respondeu a|(?:in )?risposta a|risponde a|(?:in|als)? ?(?:antwoord|"
    r"reactie) (?:op|aan)|(?:som )?svar (?:på|til|till)|vastau(?:s|ksena) (?:käyttäjälle|viestiin)|"
    r"(?:w )?odpowiedzi? (?:na|do|dla)|odpowiedź (?:na|do|dla)|(?:v )?odpověď (?:na|pro)|"
    r"(?:в )?ответ (?:на|для)|(?:у )?відповідь (?:на|для)|απάντηση (?:σε|στον|στην)"
)
_LED = re.compile(rf"(?:^|[^\w])(?:{_TO})[\s\W]*$", re.I)
_ONLY = re.compile(rf"^\W*(?:{_TO})?\W*$", re.I)
_FIRST = re.compile(rf"^\W*(?:(?:{_TO})\W+)?@?", re.I)
_TAGS = frozenset(["a", "span", "b", "strong", "cite", "em", "i", "bdi"])
_BESIDE = frozenset(["a", "span", "b", "strong", "em", "i", "small", "label", "img", "svg"])
_LONGEST = 80  # characters of a label
_LEAD = 40  # characters before a name in which it is said that it is answered
_MOST_PARTS = 14  # elements in a label
_MOST_AROUND = 3  # elements around a link, one of which may be the label


@dataclass(frozen=True, slots=True)
class Label:
    """What a contribution says of whom it answers: the element, and the name in it."""

    element: Element
    name: str | None = None


def labels(item: Element, own: Iterable[Element]) -> list[Label]:
    """The labels among a contribution's elements (document order) that tell whom it answers."""
    found: list[Label] = []
    seen: set[Element] = {item}
    for node in own:
        if node in seen:
            continue
        label = _named(node) or _led(node)
        if label is not None and label.element is not item:
            found.append(label)
            seen.update(label.element.iter())
    return found


def parts(told: Iterable[Label]) -> set[Element]:
    """All elements of labels: they are nobody's but the addressee's."""
    return {inner for label in told for inner in label.element.iter()}


def is_pointed(link: Element) -> bool:
    """Whether a link is, or stands in, a label that tells whom a contribution answers."""
    if is_reply(link):
        return False
    if _leads(_before(link)):
        return True
    node = link
    for _ in range(_MOST_AROUND):
        if node is None or not is_small(node, _MOST_PARTS):
            return False
        if _NAMED.search(names(node)):
            return len(text_of(node, most=_LONGEST + 1)) <= _LONGEST
        node = node.getparent()
    return False


def _named(node: Element) -> Label | None:
    """A label that names of the element tell of."""
    marks = names(node)
    if not _NAMED.search(marks) or not is_small(node, _MOST_PARTS):
        return None
    words = text_of(node, most=_LONGEST + 1)
    if len(words) > _LONGEST:
        return None
    if is_reply(node) or any(is_reply(inner) for inner in node.iter() if inner is not node):
        return Label(node)
    image = next(node.iter("img"), None)
    told = _FIRST.sub("", words).strip(" ,:…") or _called(image)
    return Label(node, told or None)


def _led(node: Element) -> Label | None:
    """A label that words of answering lead: the element around both, or the name alone."""
    if node.tag not in _TAGS or not is_small(node, _MOST_PARTS):
        return None
    if not _leads(_before(node)):
        return None
    words = text_of(node, most=_LONGEST + 1)
    if not words or len(words) > _LONGEST:
        return None
    whole = node
    for above in _around(node):
        line = text_of(above, most=2 * _LONGEST)
        if not line.endswith(words) or not _ONLY.match(line[: -len(words)]):
            break
        whole = above
    return Label(whole, words.lstrip("@").strip(" ,:") or None)


def _around(node: Element) -> Iterator[Element]:
    for n, above in enumerate(node.iterancestors()):
        if n >= _MOST_AROUND or not is_small(above, _MOST_PARTS):
            return
        yield above


@lru_cache(maxsize=4096)
def _leads(words: str) -> bool:
    """Whether words end in those after which stands whom one answers."""
    return _LED.search(words) is not None


def _before(node: Element) -> str:
    """The words right before an element, icons skipped."""
    for _ in range(_MOST_AROUND):
        above, before = node.getparent(), node.getprevious()
        if above is None:
            return ""
        led = (above.text if before is None else before.tail) or ""
        if led.strip():
            return led[-_LEAD:]
        if before is not None and (before.tag not in _BESIDE or not is_small(before, 5)):
            return ""
        if before is not None and (words := text_of(before, most=_LEAD + 1)):
            return words if len(words) <= _LEAD else ""
        if before is None and above.tag not in _TAGS:
            return ""
        node = above if before is None else before
    return ""


def _called(image: Element | None) -> str:
    """What a picture is called, if it is called anything."""
    return "" if image is None else (image.get("title") or image.get("alt") or "").strip()


def answered(posts: Sequence[RawPost], told: Sequence[Sequence[Label]]) -> tuple[RawPost, ...]:
    """Posts of a flat page with pointers to the nearest earlier posts of whom they answer.

    A quotation of the addressee's own words tells more, and is left to tell. `told` are each post's
    labels.
    """
    known = {post.native_id for post in posts if post.native_id}
    last: dict[str, str] = {}
    found: list[RawPost] = []
    for post, labels_ in zip(posts, told, strict=True):
        name = next((_folded(one.name) for one in labels_ if _folded(one.name) in last), "")
        quoted = any(
            quote.native_id in known and _folded(quote.author) == name for quote in post.quotes
        )
        if name and not quoted and post.parent_native_id is None:
            post = replace(post, parent_native_id=last[name])
        found.append(post)
        if post.native_id and post.author:
            last[_folded(post.author)] = post.native_id
    return tuple(found)


def _folded(name: str | None) -> str:
    return (name or "").casefold().strip()
