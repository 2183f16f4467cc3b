"""Valid JSON documents with values replaced by any others, and the laws that hold for all input."""

from __future__ import annotations

import copy
import json
from functools import partial
from io import BytesIO
from typing import Any

import invariants
from hypothesis import strategies as st

from community.contracts import Reader
from community.errors import CommunityError
from community.types import Page, RawDocument

_ODD: list[Any] = [
    None, True, False, 0, -1, 10**30, 1e400, float("nan"), 1.5, "", " ", "0", "<b>", "</p>", "\x00",
    "\ud800", "1969", "2020-13-45T99:99:99+99:99", "9" * 400, "http://[", [], {}, [[]], [None],
    {"": None}, {"id": []}, [{}], "<blockquote cite='http://[x'>q</blockquote>", "root", "a@b.example",
]  # fmt: skip
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
_ANY = st.sampled_from(_ODD) | st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "text", "parent", "x", ""]), inner, max_size=3)
    ),
    max_leaves=6,
)


def page(found: Any, key: str = "page.json", url: str | None = None) -> Page:
    """A page of JSON: bytes as they are, other values written as JSON."""
    data = found if isinstance(found, bytes) else json.dumps(found).encode()
    opened = partial(BytesIO, data)
    return Page(key=key, head=data[: 64 * 1024], size=len(data), open=opened, url=url)


def _places(value: Any) -> list[tuple[Any, Any]]:
    found, stack = [], [value]
    while stack:
        one = stack.pop()
        inner = one.items() if isinstance(one, dict) else enumerate(one)
        for name, below in inner:
            found.append((one, name))
            if isinstance(below, (dict, list)):
                stack.append(below)
    return found


@st.composite
def mutated(draw: st.DrawFn, sample: Any) -> Any:
    """The sample with one to four of its values replaced, removed, or put in another's place."""
    value = copy.deepcopy(sample)
    for _ in range(draw(st.integers(1, 4))):
        places = _places(value)
        if not places:
            break
        holder, name = draw(st.sampled_from(places))
        how = draw(st.sampled_from(["any", "other", "gone"]))
        if how == "any":
            holder[name] = copy.deepcopy(draw(_ANY))  # what is drawn is shared, and may be changed
        elif how == "other":
            there, its = draw(st.sampled_from(places))
            holder[name] = copy.deepcopy(there[its])
        else:
            del holder[name]
    return value


def check(reader: Reader, found: Any) -> list[RawDocument]:
    """Reads a page; what comes out keeps the laws of threads, and only our own errors come.

    Returns:
        The documents; none where the page was refused.
    """
    given = page(found)
    assert 0.0 <= reader.sniff(given) <= 1.0
    try:
        documents = list(reader.read(given))
    except CommunityError:
        return []
    assert len({document.thread_key for document in documents}) == len(documents)
    for document in documents:
        invariants.built(document, given)
    return documents
