"""Reads comments in JSON of any make: exports of comment systems, answers of APIs, scrapers' trees.

Commento, Isso, Remark42, Disqus, Lemmy and Stack Exchange are known by their names for things; of
other JSON, names in common use and what the objects hold tell which of them are posts, and what
answers what: lists of replies within a post, or pointers to parents. A flat list of posts without
any of this is a table, and is left to the reader of tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from community.errors import SourceError
from community.records import groves, trees
from community.records.documents import document
from community.records.json_pages import head_text, opening
from community.records.json_pages import values as read_values
from community.types import Page, RawDocument

_NAME = "comment_json"
# other readers' own: dumps of Reddit, corpora of conversations
_REDDIT = re.compile(r'"kind"\s*:\s*"(?:Listing|t[13]|more)"|"subreddit(?:_id)?"\s*:')
_CORPUS = re.compile(r'"(?:conversation_id|root)"\s*:')
_SPEAKER = re.compile(r'"(?:speaker|user)"\s*:')
_REPLY_TO = re.compile(r'"reply[_-]to"\s*:')
_GLANCE = 16 * 1024  # characters that tell most pages
_OWN = 0.93  # a platform whose names are known
_NESTED = 0.9
_DEEP = 0.85  # posts that a table cannot hold without loss
_ROWS = 0.1


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads comments in JSON, nested or with pointers."""

    def sniff(self, page: Page) -> float:
        """How surely the first bytes hold posts that are more than rows of a table."""
        text = head_text(page.head)
        if not text or _REDDIT.search(text):
            return 0.0
        if _CORPUS.search(text) and _SPEAKER.search(text) and _REPLY_TO.search(text):
            return 0.0
        forest = trees.find(opening(text[:_GLANCE]))
        if not forest.nodes and len(text) > _GLANCE:
            forest = trees.find(opening(text))
        if not forest.nodes:
            return 0.0
        if any(node.fields.known for node in forest.nodes):
            return _OWN
        if forest.nested():
            return _NESTED
        return _ROWS if forest.simple() else _DEEP

    def read(self, page: Page) -> Iterable[RawDocument]:
        """Each thread as a document.

        Raises:
            SourceError: not JSON, or no post in it.
        """
        found, problems = read_values(page)
        forest = trees.find(found)
        threads = groves.sorted_out(forest)
        if not threads:
            advice = "name its columns, or convert it to one JSON object per line with id and text"
            raise SourceError(page.key, "no comments found in it", advice)
        for at, grove in enumerate(threads):
            told = problems if at == 0 else ()
            head = groves.head(grove, _NAME, alone=len(threads) == 1, problems=told)
            yield document(replace(head, url=head.url or page.url), groves.records(grove))


def make() -> Reader:
    """A reader of comments in JSON."""
    return Reader()
