"""What figures are made of: published rows, the posts that count, and what stands about each post.

Posts that their site removed or their author deleted are no units; withdrawn ones keep their
counts. Nobody can be counted by a missing or shared name (Anonymous, Guest, [deleted]).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, NamedTuple

from community.contracts import Snapshot
from community.privacy import is_shared, site_of
from community.tables import TABLES

Row = tuple[Any, ...]

COUNTED = ("present", "withdrawn")  # states in which a post counts
UNDATED = "undated"
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")


class Unit(NamedTuple):
    """A post as it is counted. `author` is None where nobody can be counted by the name."""

    post_id: str
    document_id: str
    thread_id: str
    depth: int
    author: tuple[str, str] | None
    role: str
    month: str
    at: str | None
    counts: bool


def picker(table: str, *names: str) -> Callable[[Row], Row]:
    """A function that picks the named columns out of a row of a published table."""
    places = [TABLES[table].names().index(name) for name in names]
    return lambda row: tuple(row[place] for place in places)


def moment(at: str | None) -> datetime | None:
    """A time as a point that can be compared; one without an offset is taken as UTC."""
    for text in (at or "", f"{at}-01", f"{at}-01-01"):
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


_COLUMNS = "post_id document_id thread_id depth author role posted_at status time_precision"


def _sites(source: Snapshot) -> dict[str, str]:
    """The site of each document where authors stand by their names; pseudonyms tell sites apart
    already, and in what is shared the addresses are gone."""
    options = source.meta.get("options")
    told = options if isinstance(options, dict) else {}
    if told.get("identities") == "pseudonyms" or told.get("profile") == "for-sharing":
        return {}
    pick = picker("documents", "document_id", "source", "url")
    return {doc: site_of(url, key) for doc, key, url in map(pick, source.rows("documents"))}


def units(source: Snapshot) -> Iterator[Unit]:
    """Every post in document order; `counts` is false for tombstones."""
    sites = _sites(source)
    for post in map(picker("posts", *_COLUMNS.split()), source.rows("posts")):
        post_id, document, thread, depth, author, role, at, status, precision = post
        known = None if not author or is_shared(author) else (sites.get(document, ""), author)
        month = _MONTH.match(at or "") if precision != "relative" else None
        when = month[0] if month else UNDATED
        counts = status in COUNTED
        yield Unit(post_id, document, thread, depth, known, role or "unknown", when, at, counts)


def by_document(
    source: Snapshot, table: str, *names: str
) -> Iterator[tuple[list[Unit], dict[str, list[Row]]]]:
    """Each document's counted posts, with the named columns of a table's rows about each post.

    Raises:
        ValueError: the source gives the table's rows in another order than its posts.
    """
    pick = picker(table, "post_id", *names)
    about = map(pick, source.rows(table))
    waiting = next(about, None)
    for _, posts in groupby(units(source), key=lambda unit: unit.document_id):
        here = list(posts)
        found: dict[str, list[Row]] = {unit.post_id: [] for unit in here}
        while waiting is not None and waiting[0] in found:
            found[waiting[0]].append(waiting[1:])
            waiting = next(about, None)
        if counted := [unit for unit in here if unit.counts]:
            yield counted, found
    if waiting is not None:
        raise ValueError(f"{table}: post {waiting[0]} is unknown or out of document order")
