"""What a coder says of posts, whoever the coder is: the same for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from community.codebook import Codebook
from community.types import Layer

Base = Literal["document", "post"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Words that justify a code: offsets (half-open, code points, into the document's text or into
    the post's own, as `base` says), or the words themselves where nobody counted."""

    start: int = 0
    end: int = 0
    base: Base = "document"
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A code on a post. `polarity` is None where it is not stated, `whose` empty; experiences of
    several people are one code here: their polarity if they agree, else ``mixed``."""

    polarity: str | None = None
    whose: frozenset[str] = frozenset()
    evidence: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLabels:
    """One post by one coder. `unsure` are codes on which the coder abstained; a code that stands in
    neither was looked for and not found, if its layer is one that the coder codes."""

    given: Mapping[str, Given] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()
    role: str | None = None


NOTHING = PostLabels()


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """All that one coder coded: `layers` of the codebook, by post id. `threads` tells the thread of
    a post where the file does."""

    coder: str
    layers: frozenset[Layer]
    posts: Mapping[str, PostLabels]
    threads: Mapping[str, str] = field(default_factory=dict)

    def with_posts(self, ids: Iterable[str]) -> Labels:
        """The same with further posts, on which nothing was found."""
        return replace(self, posts=dict.fromkeys(ids, NOTHING) | dict(self.posts))


def feeling(post: PostLabels, book: Codebook) -> str | None:
    """The sentiment of a post; None where it was not coded, or the coder abstained."""
    values = [code.code for code in book.layer("sentiment") if code.code in post.given]
    return values[0] if values else None
