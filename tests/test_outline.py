"""Outlines as every extractor prints them, read back to the tree they came from."""

from __future__ import annotations

import io
import itertools
import json
from pathlib import Path

import pytest
from flattening import STYLES, Node, flatten, walk
from hypothesis import given, settings
from hypothesis import strategies as st

from community import ids, text, threads
from community.readers import article, outline
from community.types import Page, RawDocument

SEED = "seeds/002_c20bbf0ec0d9360d.txt"


def page(data: bytes | str, key: str = "page.txt") -> Page:
    data = data.encode() if isinstance(data, str) else data
    return Page(key=key, head=data[:65536], size=len(data), open=lambda: io.BytesIO(data))


def read(data: bytes | str) -> RawDocument:
    return next(iter(outline.make().read(page(data))))


WORDS = st.lists(
    st.sampled_from(
        [
            "my",
            "doctor",
            "thinks",
            "that",
            "walking",
            "helps",
            "but",
            "the",
            "scans",
            "stay",
            "quiet",
            "now",
        ]
    ),
    min_size=4,
    max_size=20,
).map(" ".join)
POSTS = st.lists(WORDS, min_size=1, max_size=3).map("\n\n".join)
TREES = st.recursive(
    st.builds(Node, POSTS),
    lambda inner: st.builds(Node, POSTS, st.lists(inner, max_size=3)),
    max_leaves=8,
)


@pytest.mark.parametrize("style", STYLES)
@settings(max_examples=25, deadline=None)
@given(nodes=st.lists(TREES, min_size=2, max_size=4))
def test_a_flattened_tree_is_read_back(style: str, nodes: list[Node]) -> None:
    raw = read(flatten(nodes, style))
    found = [(" ".join(post.span.of(raw.text).split()), post.level) for post in raw.posts]
    assert found == [(" ".join(words.split()), depth) for words, depth in walk(nodes)]
    assert all(post.author and post.posted_at == "2016-05-12T14:02:00" for post in raw.posts)
    assert not any(post.gap for post in raw.posts)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab1. •*+o□-\n\t\"'>:?[]()#"))
def test_any_text_gives_spans_that_stand_on_the_page(words: str) -> None:
    raw = read(words)
    thread, _ = threads.build(raw, source="x")
    for post in thread.posts:
        assert post.text == post.span.of(raw.text)
        assert post.text.strip() == post.text
    ends = [post.span for post in thread.posts]
    assert all(a.end <= b.start for a, b in itertools.pairwise(ends))


def test_bullets_typed_by_a_reader_stay_in_the_post() -> None:
    raw = read(
        "A title of some words\n\nAn article that says something at some length, as they do.\n\n"
        "3 comments\n\n"
        "  • I have a few questions for you, if you do not mind my asking them here:\n\n"
        "    o will my own treatment change?\n\n    2. and what about yours?\n\n"
        "    • I would think not, but you should ask your own doctor about that.\n\n"
        "      1 yes, my own view\n\n  • Thank you all, I am glad that I found this page today.\n"
    )
    assert [post.level for post in raw.posts] == [0, 1, 0]
    assert raw.posts[0].span.of(raw.text).endswith("what about yours?")


def test_replies_before_any_first_level_comment_have_a_gap() -> None:
    raw = read(
        "A title of some words\n\nAn article that says something at some length, as they do.\n\n"
        "About the author\n\n\n"
        "    • I agree with what you said about my clinic, it was just like that for me too.\n\n"
        "  • I was there last year and I can tell you that my own ward was quiet and clean.\n\n"
        "    • Thank you for telling us, I shall ask my own doctor whether I can go there.\n"
    )
    thread, _ = threads.build(raw, source="x")
    assert [(post.gap, post.depth) for post in thread.posts] == [(True, 1), (False, 0), (False, 1)]
    assert thread.posts[2].parent_id == thread.posts[1].id
    assert not raw.complete


def test_numbering_that_restarts_shows_a_lost_parent() -> None:
    raw = read(
        "A title of some words\n\n5 comments\n\n"
        "  1. I had this done and I am glad that I did, whatever my own doctor says now.\n\n"
        "    1. I am glad for you, and I hope that it lasts for you as it does for me.\n\n"
        "    2. And I was glad to read what you both wrote about it, thank you for that.\n\n"
        "    1. I do not agree with that at all, I think that you are quite wrong there.\n\n"
        "  3. My own story is another one, but I have no time to tell you all of it now.\n"
    )
    assert [post.gap for post in raw.posts] == [False, False, False, True, False]
    assert "numbering skips 1" in (raw.note or "")


def test_an_empty_bullet_leaves_a_gap() -> None:
    both = (
        "A title of some words\n\n2 comments\n\n"
        "  *     * Bo says:\n12 May 2016 at 14:02\n\nnot for me though\n\nReply\n\n"
        "  * Ann says:\n12 May 2016 at 15:00\n\nI agree\n\nLeave a reply\n"
    )
    posts = read(both).posts
    assert [(post.level, post.gap) for post in posts] == [(1, True), (0, False)]


@pytest.mark.parametrize(
    "words",
    [
        "A title\n\nFindings of the study, told in a paragraph that is long enough to be one.\n\n"
        "  • Relapse-free survival was 86.9 % at five years in this cohort\n"
        "  • Progression-free survival was 91.3 % at five years in this cohort\n"
        "  • No treatment-related deaths were observed in the cohort\n",
        "A title\n\nA paragraph that is long enough to be one, and that cites others.1,2\n\n"
        "  1. Atkins HL, Bowman M, Allan D, et al. A trial of something. Lancet. 2016;388:576-85.\n"
        "  2. Burman J, Iacobaeus E, Svenningsson A, et al. A series. JNNP. 2014;85:1116-21.\n",
    ],
)
def test_lists_of_findings_and_references_are_no_discussion(words: str) -> None:
    assert outline.make().sniff(page(words)) < article.make().sniff(page(words))


def test_markup_is_left_to_other_readers() -> None:
    assert outline.make().sniff(page("<!doctype html><ul><li>I say: yes?</ul>")) == 0.0


def test_a_german_date_line_is_no_numbered_item() -> None:
    raw = read(
        "Ein Titel aus Wörtern\n\n2 Kommentare\n\n"
        "  1. Uwe sagt:\n    23. Juni 2016 um 17:21 Uhr\n\n    Das ist bei mir anders.\n\n"
        "    Antworten\n"
        "    1. Ida sagt:\n      24. Juni 2016 um 9:00 Uhr\n\n      Bei mir auch.\n\n"
        "      Antworten\n"
    )
    assert [(p.author, p.posted_at, p.level) for p in raw.posts] == [
        ("Uwe", "2016-06-23T17:21:00", 0),
        ("Ida", "2016-06-24T09:00:00", 1),
    ]


def test_the_flattened_blog_page_has_its_posts(shared: Path) -> None:
    data = (shared / SEED).read_bytes()
    raw = read(data)
    assert raw.text == text.decode(data, "x")
    assert ids.sha256(raw.text) == ids.sha256(data.decode())
    assert len(raw.posts) == 23
    assert [post.level for post in raw.posts].count(0) == 6
    assert raw.posts[0].span.start == 3789
    assert raw.posts[-1].span.end == 20470
    assert min(len(post.span) for post in raw.posts) == 141
    assert not raw.complete
    assert "systematically missing" in (raw.note or "")
    thread, problems = threads.build(raw, source="x")
    assert problems == ()
    assert [post.gap for post in thread.posts[:4]] == [True, True, True, False]


def test_every_bulleted_extractor_keeps_its_posts(shared: Path) -> None:
    folder = shared / "pages" / "flattened"
    index = json.loads((folder / "index.json").read_text())
    found = present = 0
    for entry in index:
        if entry["tool"].startswith("trafilatura"):
            continue
        raw = read((folder / entry["file"]).read_bytes())
        found += len(raw.posts)
        present += entry["n_present"]
    assert 0.98 * present <= found <= 1.05 * present
