"""Names as exports give them, without the addresses that stand in for or beside them."""

from __future__ import annotations

import re

from community.ids import stable_id

_ADDRESS = re.compile(r"[^\s<>()\"',;:]{1,64}(?:@| at )[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}", re.I)
_EMPTY = re.compile(r"[<(\[{]\s*[>)\]}]|mailto:", re.I)
_LONGEST = 200  # characters; a longer "name" is something else, and is cut
_EDGES = " \t\n\r\"'<>()[],;:"


def name(value: str | None) -> str | None:
    """A name without contact data: an address beside it is dropped, and one that stands alone for
    it becomes "sender-" with a digest, the same wherever that address writes.

    Args:
        value: the name as a field holds it, perhaps ``Ann <ann@example.org>``.

    Returns:
        The name, or None where there is none.
    """
    words = " ".join((value or "").split())[:_LONGEST]
    found = _ADDRESS.search(words) if "@" in words or " at " in words else None
    if found is None:
        return words or None
    left = _EMPTY.sub("", _ADDRESS.sub("", words)).strip(_EDGES)
    return left or "sender-" + stable_id("sender", _plain(found[0]), size=4)


def _plain(address: str) -> str:
    return re.sub(r" at ", "@", address, flags=re.I).casefold()
