"""A number as written, in digits or in English words, as a float."""

from __future__ import annotations

import re

from community.results.patterns import SCALES, TENS, UNITS


def number(text: str) -> float | None:
    """The number that `text` writes, in digits (any minus, thousands separator, decimal comma) or
    in English words; None where it writes none."""
    bare = text.strip().lower().replace("−", "-").replace("–", "-").replace("·", ".")
    if re.fullmatch(r"[-+]?(?:\d{1,3}(?:[,\u202f\u2009]\d{3})+|\d+)?(?:[.,]\d+)?", bare) and any(
        c.isdigit() for c in bare
    ):
        bare = re.sub(r"[,\u202f\u2009](?=\d{3}(?!\d))", "", bare)
        return float(bare.replace(",", "."))
    return _spelt(re.split(r"[\s-]+", bare))


def _spelt(words: list[str]) -> float | None:
    total, group = 0, 0
    for word in words:
        if word in ("and", "a"):
            continue
        if word in SCALES:
            group = max(group, 1) * SCALES[word]
            if word != "hundred":
                total, group = total + group, 0
        elif word in UNITS or word in TENS:
            group += UNITS.get(word, 0) + TENS.get(word, 0)
        else:
            return None
    return float(total + group) if words and words != [""] else None


def decimals(text: str) -> int:
    found = re.search(r"[.,·](\d{1,2}|\d{4,})$", text.strip())
    return len(found[1]) if found else 0
