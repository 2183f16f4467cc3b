"""Plain articles without the furniture of their pages."""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community import text
from community.flat import furniture
from community.readers import article
from community.types import Page, RawDocument

PAGE = """Transplants at one hospital: ten years of results

By Ada Lund
March 3, 2019

Share  Tweet  Print

The hospital followed everybody whom it had treated, and has now published what became of them.

What they found

Of the forty people treated, thirty had no relapse in five years, the team writes in its report.

Newsletter

Sign up for our newsletter and get the latest from the clinic in your inbox every Monday morning.

Side effects were those that one would expect, and nobody died because of the treatment itself.1

Recent Videos
Ann Example, MD
Ann Example, MD
Bo Sample, PhD, a professor of neurology at the University of Somewhere and head of its clinic

References
1. Lund A, Berg B, Dahl C, et al. Ten years on. J Examples. 2019;12:34-56. doi: 10.1000/xyz

© 2019 Example Media. All rights reserved.
"""


def read(words: str) -> RawDocument:
    data = words.encode()
    page = Page(key="x", head=data, size=len(data), open=lambda: io.BytesIO(data))
    return next(iter(article.make().read(page)))


def test_furniture_is_left_out_and_the_article_kept() -> None:
    raw = read(PAGE)
    kept = " ".join(span.of(raw.text) for span in raw.article)
    for words in ("ten years of results", "followed everybody", "What they found", "nobody died"):
        assert words in kept
    for words in ("Sign up", "inbox", "Ann Example", "Bo Sample", "©", "Tweet", "Lund A", "March"):
        assert words not in kept
    assert "10.1000/xyz" in raw.text


def test_title_author_and_date_are_stated() -> None:
    raw = read(PAGE)
    assert raw.title == "Transplants at one hospital: ten years of results"
    assert raw.title_span is not None
    assert raw.title_span.of(raw.text) == raw.title
    assert (raw.published_at, raw.article_author) == ("2019-03-03", "Ada Lund")


def test_a_date_in_a_sentence_is_not_the_articles() -> None:
    assert (
        read("A title of words\n\nThe trial began on March 3, 2019 in two towns.").published_at
        is None
    )


def test_a_citation_near_the_top_does_not_end_the_article() -> None:
    raw = read(
        "A digest of one trial\n\nLund A, Berg B, et al. J Examples 2016. doi: 10.1000/xyz\n\n"
        "Thirty people were treated in this trial, and ten of them got better within two years.\n"
    )
    assert "Thirty people" in raw.article[-1].of(raw.text)


@given(st.text(alphabet="ab .\n•-©1RrSs:"))
def test_spans_stand_on_the_page_in_order(words: str) -> None:
    raw = read(words)
    assert all(span.of(raw.text).strip() == span.of(raw.text) for span in raw.article)
    spans = raw.article
    assert all(a.end < b.start for a, b in itertools.pairwise(spans))


def test_an_empty_page_is_an_empty_article() -> None:
    assert read("").article == ()


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("000_49d47effa147aa35", 114, 2205),
        ("001_7f17d2c96717bbbb", 82, 2602),
        ("004_cfa9fd1c564486ba", 232, 2566),
    ],
)
def test_the_articles_on_real_pages_end_where_their_furniture_begins(
    shared: Path, name: str, start: int, end: int
) -> None:
    words = text.decode((shared / "seeds" / f"{name}.txt").read_bytes(), name)
    found = furniture.article(words)
    assert found.spans[-1].end == end
    assert any(span.start == start for span in found.spans)


def test_a_signed_discussion_without_bullets_is_said_to_be_not_split() -> None:
    told = "\n\n".join(
        f"{name} says:\nMarch {day}, 2017 at 8:15 pm\nI had mine in spring, and it went well.\nReply"
        for day, name in enumerate(("Marit", "Tor", "Liv"), 3)
    )
    document = read(f"A headline\n\nThe article itself, in a line.\n\n{told}\n")
    assert not document.complete
    assert document.note is not None
    assert "3 lines look like bylines" in document.note
