"""Text as read: decoding, lines with offsets, and folding on the side with a way back.

Offsets are Unicode code points into the text that `decode` returns: decoded, newlines ``\\n``,
otherwise untouched. Whatever a matcher needs folded (case, curly quotes, runs of white space) is
folded beside the text, never in it, and `Folded.span` leads back.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from charset_normalizer import from_bytes

from community.errors import SourceError
from community.types import Span

# what no UTF-8 file (half surrogates) or no reader of CSV (NUL) takes
UNWRITABLE = re.compile("[\ud800-\udfff\x00]")
# Control characters that no text contains; tab, line feed, form feed, return and escape may occur.
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_HIGH = re.compile(rb"[\x80-\xff]")
_FEW_HIGH = 8  # bytes beyond ASCII from which a guess by statistics can be made at all
_WESTERN = 0.03  # share of such bytes below which a text is Western: marks, a letter now and then
_MOST_CONTROL = 0.01  # of the sampled bytes; text with a stray one stays far below
_SAMPLE = 1 << 16  # bytes looked at to tell text from other data, and to guess a charset
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WORD = re.compile(r"[^\W_]+(?:['’ʼ`´][^\W_]+)*")
_SPACE = re.compile(r"\s+")
_FOLDS = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u02bc": "'", "`": "'",
        "\u00b4": "'", "\u2032": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"',
        "\u00ab": '"', "\u00bb": '"', "\u2033": '"', "\u2010": "-", "\u2011": "-", "\u2012": "-",
        "\u2013": "-", "\u2014": "-", "\u2015": "-", "\u2212": "-", "\u2026": "...",
        "\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\ufeff": "",
    }
)  # fmt: skip


def decode(data: bytes, subject: str) -> str:
    """The text in `data`, with newlines as ``\\n`` and nothing else changed.

    A byte order mark decides; else UTF-8, also with a few damaged bytes; else the likeliest legacy
    charset. `subject` names the source in errors.

    Raises:
        SourceError: the bytes are not text, or in no charset that can be told.
    """
    for mark, charset in _BOMS:
        if data.startswith(mark):
            return newlines(_strict(data[len(mark) :], charset, subject))
    _refuse_binary(data, subject)
    try:
        return newlines(data.decode("utf-8"))
    except UnicodeDecodeError:
        return newlines(_legacy(data, subject))


def _strict(data: bytes, charset: str, subject: str) -> str:
    try:
        return data.decode(charset)
    except UnicodeDecodeError as error:
        reason = f"announces {charset.upper()}, and breaks it at byte {error.start}"
        raise SourceError(subject, reason, "save it again as UTF-8") from error


def _refuse_binary(data: bytes, subject: str) -> None:
    nul = data.find(0)
    if nul >= 0:
        raise SourceError(subject, f"not text: NUL at byte {nul}", "give a text or HTML file")
    sample = data[:_SAMPLE]
    strange = len(_CONTROL.findall(sample))
    if strange > 1 and strange > _MOST_CONTROL * len(sample):
        reason = f"not text: {strange} control characters in its first {len(sample)} bytes"
        raise SourceError(subject, reason, "give a text or HTML file")


def _legacy(data: bytes, subject: str) -> str:
    """Text that is not clean UTF-8: damaged UTF-8, or a legacy charset."""
    patched = data.decode("utf-8", "replace")
    damaged = patched.count("\ufffd")
    multibyte = sum(char > "\x7f" for char in patched) - damaged
    if multibyte > damaged:  # by chance, legacy text hardly ever makes a sequence of UTF-8
        return patched
    charset = legacy_charset(data[:_SAMPLE])
    text = data.decode(charset or "cp1252", "replace")
    letters = sum(char.isalpha() or char.isspace() for char in text)
    if charset is None and letters < 0.6 * len(text):
        raise SourceError(subject, "not text: in no charset that can be told", "save it as UTF-8")
    return text


def legacy_charset(sample: bytes) -> str | None:
    """The likeliest charset of text that is not UTF-8, None where none is likely: where few letters
    lie beyond ASCII, they tell nothing to statistics, and Windows-1252 it is, as in browsers."""
    high = len(_HIGH.findall(sample))
    if high < max(_FEW_HIGH, _WESTERN * len(sample)):
        return "cp1252"
    best = from_bytes(sample).best()
    return best.encoding if best is not None else None


def newlines(text: str) -> str:
    """`text` with ``\\r\\n`` and ``\\r`` as ``\\n``; other separators are left as they are."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


class Line(NamedTuple):
    """A line and where it stands, its newline excluded."""

    start: int
    end: int
    text: str

    @property
    def indent(self) -> int:
        """White-space characters before the first other one."""
        return len(self.text) - len(self.text.lstrip())

    @property
    def blank(self) -> bool:
        """Whether there is nothing but white space."""
        return not self.text.strip()


def lines(text: str, span: Span | None = None) -> Iterator[Line]:
    """Lines of `text` (or of the stretch `span`), split at ``\\n`` only, with document offsets."""
    at, end = (span.start, span.end) if span is not None else (0, len(text))
    while at <= end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        yield Line(at, stop, text[at:stop])
        at = stop + 1


def trim(text: str, start: int, end: int) -> Span:
    """The stretch without white space at its ends; empty at `start` where nothing else is in it."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def subtract(text: str, span: Span, holes: list[Span]) -> tuple[Span, ...]:
    """What is left of `span` without `holes`, trimmed, in order, empty pieces left out."""
    left, at = [], span.start
    for hole in sorted(holes):
        if hole.start > at:
            left.append(trim(text, at, min(hole.start, span.end)))
        at = max(at, hole.end)
    if at < span.end:
        left.append(trim(text, at, span.end))
    return tuple(piece for piece in left if len(piece))


class Word(NamedTuple):
    """A word, folded, and where it stands."""

    folded: str
    start: int
    end: int


def words(text: str, span: Span | None = None) -> list[Word]:
    """Words of `text` (or of `span`), case and apostrophes folded, with document offsets."""
    a, b = (span.start, span.end) if span is not None else (0, len(text))
    return [
        Word(m.group().translate(_FOLDS).casefold(), m.start(), m.end())
        for m in _WORD.finditer(text, a, b)
    ]


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded copy and, for each of its characters, the offset that it comes from."""

    text: str
    offsets: tuple[int, ...]
    end: int

    def span(self, start: int, end: int) -> Span:
        """The document stretch behind characters `start` to `end` of the folded text."""
        if start >= end:
            at = self.offsets[start] if start < len(self.offsets) else self.end
            return Span(at, at)
        return Span(self.offsets[start], self.offsets[end - 1] + 1)


def fold(text: str, span: Span | None = None) -> Folded:
    """`text` (or its stretch `span`) with case, dashes, quotes and white space folded."""
    a, b = (span.start, span.end) if span is not None else (0, len(text))
    pieces: list[str] = []
    offsets: list[int] = []
    blank = True
    for at in range(a, b):
        char = text[at]
        out = " " if char.isspace() else char.translate(_FOLDS).casefold()
        if out == " " and blank:
            continue
        blank = out == " " if out else blank
        pieces.append(out)
        offsets.extend([at] * len(out))
    if pieces and pieces[-1] == " ":
        del pieces[-1], offsets[-1]
    return Folded("".join(pieces), tuple(offsets), b)


def squeeze(text: str) -> str:
    """`text` with runs of white space as one space, trimmed."""
    return _SPACE.sub(" ", text).strip()
