"""Where words that a browser marked stand: offsets that may count otherwise, told by the words."""

from __future__ import annotations


def found(text: str, start: int, end: int, words: str | None) -> tuple[int, int] | None:
    """A stretch of a text, in code points.

    Args:
        text: the text.
        start: first character, in code points or UTF-16 units.
        end: one past the last.
        words: what was marked, where the file says so.

    Returns:
        the stretch whose words these are; the offsets themselves where no words are told; None
        where neither stands in the text.
    """
    if words is None or not words.strip():
        return (start, end) if 0 <= start < end <= len(text) else None
    for first, last in ((start, end), (_points(text, start), _points(text, end))):
        if text[first:last] == words:
            return first, last
    places = []
    at = text.find(words)
    while at >= 0:
        places.append(at)
        at = text.find(words, at + 1)
    if not places:
        return None
    near = min(places, key=lambda place: abs(place - start))
    return near, near + len(words)


def _points(text: str, units: int) -> int:
    """Code points in so many UTF-16 units."""
    encoded = text.encode("utf-16-le", "surrogatepass")[: 2 * max(units, 0)]
    return len(encoded.decode("utf-16-le", "ignore"))
