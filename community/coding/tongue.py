"""Whether a post is written in a language that the codebook covers: a detector by stop words.

Short posts without any stop word count as covered: names, numbers and *lol* belong to no language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice

from community.codebook import Codebook
from community.coding.reading import Reading
from community.coding.wordlists import stop_words
from community.types import Coding, Post

_LOOK = 400  # tokens that are read
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_FEW = 3  # foreign stop words that it takes


def foreign(stated: str | None, reading: Reading, languages: Sequence[str]) -> bool:
    """Whether a post is in none of `languages` (BCP 47 primary tags, ``en`` or one we know).

    Args:
        stated: what the source says of the post's language; believed where it says anything.
        reading: the post.
        languages: what the codebook covers.
    """
    if stated:
        return stated.replace("_", "-").split("-")[0].lower() not in languages
    script = _other_script(reading.text)
    lettered = (token for token in reading.tokens[:_LOOK] if token.text.isalpha())
    if script or len(list(islice(lettered, 4))) < 4:
        return script
    strange = [tag for token in reading.tokens[:_LOOK] for tag in token.tongues]
    if len(strange) >= _FEW:
        counts = {tag: strange.count(tag) for tag in stop_words()}
        best = max(counts, key=lambda tag: counts[tag])
        if counts[best] >= _FEW and counts[best] > _english(reading.words[:_LOOK]):
            return best not in languages
    return "en" not in languages


def abstained(post: Post, codebook: Codebook, coder: str) -> Iterator[Coding]:
    """A foreign post's codings: no topic, stance or sentiment (under ``neutral``) is told."""
    codes = [code for code in codebook.codes if code.layer != "sentiment"]
    for code in (*codes, codebook.code("neutral")):
        yield Coding(
            post_id=post.id, layer=code.layer, code=code.code, coder=coder,
            abstained=True, reason="language",
        )  # fmt: skip


def _english(words: Sequence[str]) -> int:
    english = stop_words()["en"]
    return sum(word in english for word in words)


def _other_script(text: str) -> bool:
    """Whether most letters are not Latin ones."""
    if text.isascii():
        return False
    text = text[: 4 * _LOOK]
    marks = [c for c in _NOT_ASCII.findall(text) if c.isalpha()]
    strange = sum("LATIN" not in unicodedata.name(c, "") for c in marks)
    letters = sum(map(str.isalpha, text)) if strange else 0
    return letters >= 4 and letters - strange < letters / 2
