"""Quotations: what is one, whose words they are, and what remains the poster's own."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_threads import build, raw

from community import dates, headers
from community.types import Thread

FIRST = (
    "My own treatment was in the spring of that year, and the nurses were kind to me throughout. "
    "I would not go back to the old infusions for any money in the world."
)
ARTICLE = (
    "The team followed thirty people for five years and found no new lesions in most of them.\n\n"
)


def thread(second: str, **fields: object) -> Thread:
    return build(raw((FIRST, {"level": 0}), (second, {"level": 1, **fields}), head=ARTICLE))[0]


def quotes(second: str) -> list[tuple[str, str]]:
    found = thread(second)
    names = {post.id: str(post.position) for post in found.posts}
    text = found.document.text
    return [(names.get(q.of, q.of), q.span.of(text)) for q in found.posts[1].quotes]


PART = "I would not go back to the old infusions for any money in the world"


@pytest.mark.parametrize(
    "second",
    [
        f'"{PART}."\n\nNor would I.',
        f"“{PART}.”\n\nNor would I.",
        f"„{PART}.“\n\nNor would I.",
        f"« {PART}. »\n\nNor would I.",
        f"> {PART}.\n\nNor would I.",
        "> I would not go back to the old\n> infusions for any money in the world.\n\nNor would I.",
        f'{PART}."\n\nNor would I.',
        f'"{PART}.\n\nNor would I.',
        f"Re {PART}.\n\nNor would I.",
        f"{PART}.\nNor would I.",
    ],
)
def test_words_of_an_earlier_post_are_a_quotation_of_it(second: str) -> None:
    found = quotes(second)
    assert [of for of, _ in found] == ["0"]
    assert found[0][1].startswith(("I would", "“I"))
    assert thread(second).posts[1].own_text().split() == ["Nor", "would", "I."]


def test_words_of_the_article_are_a_quotation_of_the_article() -> None:
    assert [of for of, _ in quotes("> found no new lesions in most of them.\n\nReally?")] == [
        "article"
    ]


def test_a_block_from_elsewhere_is_external() -> None:
    second = (
        '"The minister said that the budget would be raised by a third next year."\n\nAbout time.'
    )
    assert [of for of, _ in quotes(second)] == ["external"]


@pytest.mark.parametrize(
    "second",
    [
        'They call it a "cure" and "a new life", and I laugh.',
        "The 'gold standard' they say.",
        "> 50 % of us walk with a stick",
        'My 6" cut healed, and the 8" one too, as far as I can see it from here now.',
        "I would go back. The nurses were kind.",
    ],
)
def test_scare_quotes_phrases_and_signs_are_no_quotations(second: str) -> None:
    assert quotes(second) == []


def test_a_post_sent_twice_quotes_nothing() -> None:
    found = thread(FIRST)
    assert found.posts[1].quotes == ()
    assert found.posts[1].own


def test_a_changed_word_does_not_hide_the_source() -> None:
    second = '"I would not go back to the old infusion for any money in the whole world."\n\nNo.'
    assert [of for of, _ in quotes(second)] == ["0"]


HEADER = "AnnaSaturday, March 04, 2017 7:41:00 am"


def test_a_header_in_a_quotation_names_who_wrote_it() -> None:
    found = thread(f'"{HEADER}\n{PART}."\n\nNor would I.')
    first, second = found.posts
    assert (first.author, first.posted_at, first.time_precision) == (
        "Anna",
        "2017-03-04T07:41:00",
        "second",
    )
    assert second.author is None
    assert second.own_text().strip() == "Nor would I."


def test_an_attribution_line_above_a_quotation_names_who_wrote_it() -> None:
    found = thread(f"Anna wrote:\n> {PART}.\n\nNor would I.")
    assert found.posts[0].author == "Anna"
    assert found.posts[1].own_text().strip() == "Nor would I."


def test_a_bare_header_names_the_addressee_and_nobody_else() -> None:
    found = thread(f"{HEADER}\n\nYou are right about that, and so am I.")
    assert [post.author for post in found.posts] == [None, None]
    assert found.posts[1].own_text().strip() == "You are right about that, and so am I."


@pytest.mark.parametrize(
    ("line", "author", "at"),
    [
        ("AnnaSaturday, March 04, 2017 7:41:00 am", "Anna", "2017-03-04T07:41:00"),
        ("IdaMittwoch, Mai 10, 2017 4:14:00 PM", "Ida", "2017-05-10T16:14:00"),
        ("Jo6. Juni 2015 um 10:33", "Jo", "2015-06-06T10:33:00"),
        ("Zoé - 8 août 2018 à 15:17", "Zoé", "2018-08-08T15:17:00"),
        ("Eva García, 5 de marzo de 2020 a las 9:05", "Eva García", "2020-03-05T09:05:00"),
        ("I saw them on July 11, 2011 at 2:54 pm, and they were kind.", None, None),
        ("Saturday, March 04, 2017 7:41:00 am", None, None),
        ("The paper came out on March 4, 2017", None, None),
    ],
)
def test_headers_are_read_in_several_languages(
    line: str, author: str | None, at: str | None
) -> None:
    header = headers.dated(line)
    assert (header and header.author, header and header.posted_at) == (author, at)


@pytest.mark.parametrize(
    ("words", "iso", "precision"),
    [
        ("August 3, 2019 at 4:11 am", "2019-08-03T04:11:00", "minute"),
        ("12 May 2016 at 14:02", "2016-05-12T14:02:00", "minute"),
        ("2017-02-10T04:22:00+01:00", "2017-02-10T04:22:00+01:00", "second"),
        ("01.02.2017, 12:30", "2017-02-01T12:30:00", "minute"),
        ("Feb 24, 2017", "2017-02-24", "day"),
        ("13/04/2020", "2020-04-13", "day"),
    ],
)
def test_dates_are_read_with_their_precision(words: str, iso: str, precision: str) -> None:
    stamp = dates.find(f"Posted {words}")
    assert stamp is not None
    assert (stamp.iso, stamp.precision) == (iso, precision)


@pytest.mark.parametrize("words", ["03/04/2020", "31 June 2020", "in 2020", "4 o'clock", "May 5"])
def test_what_is_no_date_or_an_ambiguous_one_is_none(words: str) -> None:
    assert dates.find(words) is None


@given(st.lists(st.text(alphabet="abc \n\"“”>'.«»„"), max_size=5))
def test_own_words_and_quotations_never_overlap(texts: list[str]) -> None:
    found, _ = build(raw(*((words, {"level": 0}) for words in texts), head=ARTICLE))
    for post in found.posts:
        spans = sorted([*post.own, *(quote.span for quote in post.quotes)])
        assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
        assert all(post.span.start <= s.start and s.end <= post.span.end for s in spans)
        assert len(post.own_text()) == len(post.text)
