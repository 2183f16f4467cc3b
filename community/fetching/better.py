"""What a better source than the page gives: one file that holds the whole discussion."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import httpx

from community.fetching.client import Answer
from community.fetching.outcomes import Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Better:
    """A discussion as a platform's interface gives it.

    `source` names the interface; `home` is the one address of the discussion, however the page was
    come to; `body` is one JSON file; `parts` are the addresses asked;
    `note` says what is missing.
    """

    source: str
    home: str
    body: bytes = field(repr=False)
    parts: tuple[str, ...]
    note: str | None = None


def on_site(url: str, page: str) -> bool:
    """Whether an address that a page names is one, and lies on the page's own host and port."""
    try:
        named, own = httpx.URL(url), httpx.URL(page)
    except (httpx.InvalidURL, ValueError, TypeError):  # whatever a page may write into a link
        return False
    return (named.scheme in ("http", "https")) and (named.host, named.port) == (own.host, own.port)


def json_of(answer: Answer) -> Any:
    """The JSON of an answer.

    Raises:
        Failed: it is none, or too deep.
    """
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise Failed(answer.url, "gave no JSON that can be read") from error


def one_file(told: Any) -> bytes:
    """JSON that is the same for the same content, for people to read as well."""
    return json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace")
