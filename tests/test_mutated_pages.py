"""Pages whose markup was changed under the reader still give their posts.

The changes are those of `benchmarks/mutations.py`; the pages are the saved ones of this folder and
of the corpus, all written here. What the reader finds on the page as it is, it has to find on the
changed one; other tests say that it is right.
"""

from __future__ import annotations

import sys
from functools import cache, partial
from io import BytesIO
from pathlib import Path

import pytest

from community import threads
from community.errors import SourceError
from community.readers import discussion_html
from community.types import Page, Post

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from benchmarks.mutations import CHANGES, mutated  # noqa: E402

PAGES = sorted(
    [*(ROOT / "tests/discussions").glob("*.html"), *(ROOT / "corpus/pages").glob("*.html")]
)
LEAST = 0.97  # of the posts are found again
HARD = ("classes renamed, no ids", "classes stripped", "wrappers dropped", "ids stripped")


def page(data: bytes) -> Page:
    return Page(key="p.html", head=data[: 1 << 16], size=len(data), open=partial(BytesIO, data))


def posts(data: bytes) -> tuple[Post, ...]:
    reader = discussion_html.make()
    source = page(data)
    if reader.sniff(source) <= 0.3:
        return ()
    try:
        (raw,) = reader.read(source)
    except SourceError:
        return ()
    return threads.build(raw, source="p.html")[0].posts


@cache
def untouched(path: Path) -> tuple[Post, ...]:
    return posts(path.read_bytes())


def plain(post: Post) -> str:
    return "".join(filter(str.isalnum, post.text))


def again(path: Path, change: str) -> tuple[int, int, int]:
    """Posts on the page, how many of them are found on the changed one, and how many others."""
    before = [plain(post) for post in untouched(path)]
    after = [plain(post) for post in posts(mutated(path.read_bytes(), CHANGES[change]))]
    found = 0
    rest = list(after)
    for words in before:
        hit = next((n for n, other in enumerate(rest) if words[:40] in other), None)
        if hit is not None:
            found += 1
            rest.pop(hit)
    return len(before), found, len(rest)


@pytest.mark.parametrize("change", CHANGES)
def test_the_posts_of_long_threads_are_found_again(change: str) -> None:
    long = [path for path in PAGES if len(untouched(path)) > 3]
    assert long
    total = found = more = 0
    for path in long:
        counts = again(path, change)
        total, found, more = total + counts[0], found + counts[1], more + counts[2]
    assert found >= LEAST * total
    assert more <= 0.03 * total


EASY = [change for change in CHANGES if change not in HARD and "classes" not in change]


@pytest.mark.parametrize("change", EASY)
def test_short_pages_keep_their_posts_while_names_say_something(change: str) -> None:
    short = [path for path in PAGES if 0 < len(untouched(path)) <= 3]
    lost = [path.name for path in short if again(path, change)[1] < again(path, change)[0]]
    assert len(lost) <= 0.1 * len(short), lost


def test_changed_pages_keep_parents_and_authors() -> None:
    path = ROOT / "corpus/pages/clinic_blog.html"
    before = untouched(path)
    for change in ("classes renamed", "classes renamed, no ids", "wrappers dropped", "minified"):
        after = posts(mutated(path.read_bytes(), CHANGES[change]))
        assert [post.author for post in after] == [post.author for post in before], change
        assert [post.depth for post in after] == [post.depth for post in before], change
        assert [post.posted_at for post in after] == [post.posted_at for post in before], change
