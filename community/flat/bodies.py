"""Where a post's own words begin and end among its rows.

Buttons, counts, labels and notices at its ends are the page's; so are the writer's profile that
some forums print below, a signature below its mark, and lines that end many posts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from community import text as texts
from community.flat import rows as row_kinds
from community.flat.rows import Row
from community.types import Span

PLAIN = ("count", "button", "notice", "label")
SHORT = 60  # characters of a row that may be furniture
PROFILE = 8  # rows at the end of a post in which its writer's profile may stand
_OFTEN = 3  # times that a line occurs which is furniture where it ends posts
_PING = re.compile(r"(?:pingback|trackback)s?\s*:", re.IGNORECASE)
_SIGNATURE = re.compile(r"-- ?|_{5,}|-{10,}")


def is_ping(row: Row) -> bool:
    """Whether a row announces a link from another page, not a post."""
    return _PING.match(row.bare) is not None


def own(
    rows: Sequence[Row], author: str | None, counts: Counter[str], closing: frozenset[str]
) -> tuple[Row, ...]:
    """The rows of a post's own words.

    Args:
        rows: what stands between two bylines.
        author: the writer, whose profile may repeat the name.
        counts: how often each form of line occurs in the text.
        closing: forms of lines that end posts of this text.
    """
    body = _without_lead(list(rows), counts)
    for n, row in enumerate(body):
        if n and (row.norm in closing or is_ping(row)):
            body = body[:n]
            break
    body = _without_end(body, counts)
    body = _without_profile(body, (author or "").casefold())
    return tuple(_without_signature(_without_end(body, counts)))


def trimmed(text: str, span: Span, author: str | None = None) -> Span:
    """A post's stretch without the page's words at its ends, where each fills its line."""
    body = row_kinds.read(text, span)
    name = (author or "").casefold()
    while len(body) > 1 and (body[0].kind in PLAIN or (name and body[0].bare.casefold() == name)):
        body.pop(0)
    while len(body) > 1 and body[-1].kind in PLAIN:
        body.pop()
    body = _without_signature(body)
    return texts.trim(text, body[0].start, body[-1].end) if body else span


def _without_lead(body: list[Row], counts: Counter[str]) -> list[Row]:
    """Without the page's rows above a post: buttons, ranks, a profile up to its last label."""
    labels = [n for n, row in enumerate(body[:PROFILE]) if row.kind == "label"]
    if labels and len(labels) > 1 and all(len(row.bare) <= SHORT for row in body[: labels[-1]]):
        last = labels[-1]
        bare = ":" not in body[last].bare.rstrip(": ")
        valued = bare and last + 1 < len(body) and len(body[last + 1].bare) <= SHORT / 2
        body = body[last + 1 + valued :]
    while body and (body[0].kind in PLAIN or (len(body) > 1 and _is_rank(body[0], counts))):
        body.pop(0)
    return body


def _is_rank(row: Row, counts: Counter[str]) -> bool:
    """Whether a row above a post stands above others too: a rank, the thread's title."""
    often = row.kind == "text" and counts[row.norm] >= _OFTEN and len(row.bare) <= SHORT
    words = len(row.bare.split())
    told = row.is_name if words <= 2 else row.bare[-1:] not in ":?!…"
    return often and told and not friendly(row.bare)


def _without_end(body: list[Row], counts: Counter[str]) -> list[Row]:
    end = len(body)
    while end and (body[end - 1].kind in PLAIN or _is_furniture(body[end - 1], counts)):
        end -= 1
    return body[:end]


def _is_furniture(row: Row, counts: Counter[str]) -> bool:
    """Whether a row at the end of a post is a line that ends many: a title, a link to the top."""
    if row.kind != "text" or counts[row.norm] < _OFTEN or len(row.bare) > SHORT:
        return False
    return not friendly(row.bare)


def friendly(words: str) -> bool:
    """Whether a line is what people, not pages, write often: greetings, thanks, names."""
    groups = ("closing", "thanks", "greeting", "agreement")
    bare = words.lstrip(" \"'“„*_(")
    return bare.startswith("@") or any(row_kinds.starting(group).match(bare) for group in groups)


def _without_profile(body: list[Row], name: str) -> list[Row]:
    """Without the labels and the name again that some forums print below a post."""
    for n in range(max(1, len(body) - PROFILE), len(body)):
        row = body[n]
        again = bool(name) and row.bare.casefold().strip(" :") == name
        rest = body[n:]
        short = all(len(other.bare) <= SHORT for other in rest)
        if short and (row.kind == "label" or (again and any(r.kind == "label" for r in rest))):
            return body[:n]
    return body


def _without_signature(body: list[Row]) -> list[Row]:
    for n, row in enumerate(body):
        if n and _SIGNATURE.fullmatch(row.bare):
            return body[:n]
    return body
