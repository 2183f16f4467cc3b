"""A thread as one plain text, each post under a line that says whose it is: what other tools code.

Nothing that a machine judged stands in it (roles, whom a post really answers), so that people who
code it are not led. Words keep their length: every character of a post has one place in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from community.interchange.bundles import Bundle, Values
from community.interchange.identities import guid

# code points that no UTF-8 file takes, or that end a line for one tool and not for another; each
# is replaced by one character, so that offsets stay
_UNWRITABLE = re.compile("[\ud800-\udfff\x00]")
# what XML 1.0 cannot hold (section 2.2), and what would break a line of an attribute
_NO_XML = re.compile("[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_NAME = re.compile(r'[\\/:*?"<>|]')  # tools make file names of the names of sources
_LONGEST_NAME = 80  # characters
_TAG = re.compile(r"\[([0-9a-f]{8})\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a post's words stand: `at` in the laid-out text, `start` in its document's."""

    post_id: str
    thread_id: str
    at: int
    start: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A thread laid out. Offsets are code points; lines end in ``\\n``."""

    guid: str
    name: str
    text: str
    places: tuple[Place, ...]

    def inside(self, place: Place, start: int, end: int) -> tuple[int, int] | None:
        """A stretch of the document as a stretch of the laid-out text; None outside the post."""
        first = max(start - place.start, 0)
        last = min(end - place.start, place.length)
        return (place.at + first, place.at + last) if first < last else None

    def posts_at(self, start: int, end: int) -> Iterator[tuple[Place, int, int]]:
        """The posts that a stretch of the laid-out text touches, with the stretch of each one's
        document; nothing for what stands between posts."""
        first = max(bisect_right(self.places, start, key=lambda place: place.at) - 1, 0)
        for place in self.places[first:]:
            if place.at >= end:
                return
            low, high = max(start, place.at), min(end, place.at + place.length)
            if low < high:
                yield place, place.start + low - place.at, place.start + high - place.at


def storable(text: str) -> str:
    """The words, one for one, without what no UTF-8 file takes."""
    return _UNWRITABLE.sub("\ufffd", text)


def writable(text: str) -> str:
    """The words, one for one, as every tool reads them."""
    return storable(text).replace("\r", " ")


def line(text: str) -> str:
    """Words on one line, without what XML cannot hold."""
    return _NO_XML.sub(" ", " ".join(_NO_XML.sub(" ", text).split()))


def tag_of(name: str) -> str | None:
    """The beginning of a document's id in the name of a source; tools may add to names."""
    found = _TAG.search(name)
    return found[1] if found else None


def name_of(document: Values) -> str:
    """The name of a source: its title and the beginning of its id, so that no two have one name."""
    title = line(_NO_NAME.sub(" ", document["title"] or document["source"] or "thread"))
    return f"{title[:_LONGEST_NAME].strip()} [{document['document_id'][:8]}]"


def laid_out(bundle: Bundle) -> Laid:
    """A thread as text, and where each post with words stands in it."""
    document = bundle.document
    numbers = {post["post_id"]: number for number, post in enumerate(bundle.posts, 1)}
    pieces = [line(document["title"] or ""), "\n"] if document["title"] else []
    size = sum(map(len, pieces))
    places = []
    for post in bundle.posts:
        head = ("\n" if size else "") + _header(post, numbers) + "\n"
        words = writable(post["text"] or "")
        if words and post["start"] is not None:
            places.append(
                Place(
                    post_id=post["post_id"],
                    thread_id=post["thread_id"],
                    at=size + len(head),
                    start=post["start"],
                    length=len(words),
                )
            )
        pieces += [head, words, "\n"]
        size += len(head) + len(words) + 1
    return Laid(
        guid=guid("source", document["document_id"]),
        name=name_of(document),
        text="".join(pieces),
        places=tuple(places),
    )


def _header(post: Values, numbers: dict[str, int]) -> str:
    told = [line(post["author"] or "(no name)")]
    if post["posted_at"]:
        told.append(post["posted_at"])
    if post["parent_id"] in numbers:
        told.append(f"answers [{numbers[post['parent_id']]}]")
    elif post["gap"]:
        told.append("answers a post that is not here")
    if post["status"] != "present":
        told.append(post["status"])
    return f"[{numbers[post['post_id']]}] {' · '.join(told)}"
