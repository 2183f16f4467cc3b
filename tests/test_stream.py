"""Discussions flattened without bullets: posts between bylines, and posts that are guessed."""

from __future__ import annotations

import io
import itertools
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community import threads
from community.flat import guessed, rows, when
from community.readers import article, outline, stream
from community.types import Page, RawDocument, RawPost, Span

ARTICLE = (
    "Walking after a long winter\n"
    "Twenty people walked for half an hour a day, and were asked in spring how they had fared.\n"
    "Most of them felt stronger than in autumn, and three had given up before the new year.\n"
)
BODIES = (
    "I did this too, and my legs were better for it.\nWhat shoes do you use?",
    "Plain boots. Nothing that you would notice.",
    "My own doctor was against it, so I asked another one.\nShe was for it.",
    "Thanks, I will try that in May!",
    "We walk as a group here, do come along if you are near.",
)
PEOPLE = ("Marit Holm", "tor_83", "Liv", "Marit Holm", "Odd K.")


def page(words: str) -> Page:
    data = words.encode()
    return Page(key="x", head=data[:65536], size=len(data), open=lambda: io.BytesIO(data))


def read(words: str) -> RawDocument:
    return next(iter(stream.make().read(page(words))))


def surest(words: str) -> str:
    made = {"article": article.make(), "outline": outline.make(), "stream": stream.make()}
    return max(sorted(made), key=lambda name: made[name].sniff(page(words)))


def told(raw: RawDocument) -> list[str]:
    return [post.span.of(raw.text) for post in raw.posts]


def wordpress(n: int, name: str, body: str) -> str:
    return f"{name} says:\nMarch {n + 3}, 2017 at 8:1{n} pm\n{body}\nReply"


def german(n: int, name: str, body: str) -> str:
    return f"{name}\nsagt:\n{n + 3}. März 2017 um 20:1{n} Uhr\n{body}\nAntworten"


def one_line(n: int, name: str, body: str) -> str:
    return f"{name} · {n + 3} March 2017 at 20:1{n}\n{body}\nLike\nReply · Share"


def polish_board(n: int, name: str, body: str) -> str:
    return f"Re: Chodzenie\nprzez {name} » {n + 3} mar 2017, o 20:1{n}\n{body}\nNa górę"


def profile(n: int, name: str, body: str) -> str:
    return (
        f"{name[0]}\n{name}\nSenior Member\nJoined:\nJan {n + 1}, 2011\nMessages:\n{n + 7}01\n"
        f"Mar {n + 3}, 2017\n#{n + 1}\n{body}"
    )


def date_first(n: int, name: str, body: str) -> str:
    return f"2017-03-0{n + 3} 20:1{n}\n{name}\n{body}\nBeantwoorden"


def relative(n: int, name: str, body: str) -> str:
    return f"{name} hace {n + 2} años\n{body}\nResponder"


SHAPES = (wordpress, german, one_line, polish_board, profile, date_first, relative)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_posts_stand_between_the_bylines_that_a_page_repeats(shape: object) -> None:
    blocks = [
        shape(n, name, body) for n, (name, body) in enumerate(zip(PEOPLE, BODIES, strict=True))
    ]  # type: ignore[operator]
    words = ARTICLE + "5 comments\n" + "\n".join(blocks) + "\nLeave a reply\nName\nEmail\n"
    raw = read(words)
    assert told(raw) == list(BODIES)
    assert [post.author for post in raw.posts] == list(PEOPLE)
    assert surest(words) == "stream"
    days = [f"2017-03-0{n + 3}" for n in range(5)]
    if shape is not relative:
        assert [(post.posted_at or "")[:10] for post in raw.posts] == days
    else:
        assert {post.time_precision for post in raw.posts} == {"relative"}
    assert raw.title == "Walking after a long winter"
    assert all(span.end <= raw.posts[0].span.start for span in raw.article)


def test_signatures_below_the_words_belong_to_the_words_above() -> None:
    blocks = [
        f"{body}\nPosted by: {name} | March 0{n + 3}, 2017 at 08:1{n} PM"
        for n, (name, body) in enumerate(zip(PEOPLE, BODIES, strict=True))
    ]
    words = ARTICLE + "Comments\n" + "\n".join(blocks)
    raw = read(words + "\nThe comments to this entry are closed.\nRecent Posts\nSnow\n")
    assert told(raw) == list(BODIES)
    assert [post.author for post in raw.posts] == list(PEOPLE)


def test_nesting_is_read_from_indents_where_the_text_keeps_them() -> None:
    words = ARTICLE + "3 comments\n\n"
    for depth, (name, body) in enumerate(zip(PEOPLE, BODIES[:3], strict=False)):
        block = wordpress(depth, name, body.replace("\n", " "))
        words += "".join(f"{'  ' * (1 + depth % 2)}{line}\n" for line in block.split("\n")) + "\n"
    raw = read(words)
    assert [post.level for post in raw.posts] == [0, 1, 0]
    assert "who answers whom" not in (raw.note or "")


def test_without_indents_nobody_is_said_to_answer_anybody() -> None:
    words = "\n".join(
        wordpress(n, *pair) for n, pair in enumerate(zip(PEOPLE, BODIES, strict=True))
    )
    raw = read(ARTICLE + words)
    assert {post.level for post in raw.posts} == {None}
    assert raw.complete
    assert "who answers whom" in (raw.note or "")


def test_posts_that_the_heading_counts_and_the_text_lacks_are_missed() -> None:
    words = "\n".join(
        wordpress(n, *pair) for n, pair in enumerate(zip(PEOPLE, BODIES, strict=True))
    )
    raw = read(ARTICLE + "9 comments\n" + words)
    assert not raw.complete
    assert "announces 9 comments; 5 are here" in (raw.note or "")


def test_furniture_and_signatures_are_no_part_of_a_post() -> None:
    blocks = [
        f"{name} says:\nMarch {n + 3}, 2017 at 8:1{n} pm\n{body}\n-- \nsent from my garden shed\n"
        f"{n + 2} people found this helpful\nLikeLiked by {n + 1} person\nLog in to reply\nShare"
        for n, (name, body) in enumerate(zip(PEOPLE, BODIES, strict=True))
    ]
    blocks.insert(2, "Pingback: Ten walks for spring | The other blog")
    raw = read(ARTICLE + "\n".join(blocks))
    assert told(raw) == list(BODIES)


def test_a_notice_of_removal_is_a_tombstone() -> None:
    bodies = [*BODIES[:2], "This comment has been removed by the author.", "[removed]", BODIES[4]]
    blocks = [wordpress(n, *pair) for n, pair in enumerate(zip(PEOPLE, bodies, strict=True))]
    raw = read(ARTICLE + "\n".join(blocks))
    assert [post.status for post in raw.posts] == [
        "present", "present", "deleted", "removed", "present",
    ]  # fmt: skip
    assert raw.posts[2].author == "Liv"


def test_the_addressee_in_a_byline_is_kept_and_is_no_words_of_the_post() -> None:
    bodies = [BODIES[0], f"Reply to\n{PEOPLE[0]}\n{BODIES[1]}", *BODIES[2:4]]
    blocks = [one_line(n, *pair) for n, pair in enumerate(zip(PEOPLE, bodies, strict=False))]
    words = ARTICLE + "4 comments\n" + "\n".join(blocks)
    raw = read(words)
    assert told(raw) == list(BODIES[:4])
    assert [post.addressee for post in raw.posts] == [None, PEOPLE[0], None, None]


def test_a_date_in_a_post_opens_no_post() -> None:
    bodies = (BODIES[0] + "\n12 March 2016:\nthat was my first walk.", *BODIES[1:])
    blocks = [wordpress(n, *pair) for n, pair in enumerate(zip(PEOPLE, bodies, strict=True))]
    assert told(read(ARTICLE + "\n".join(blocks))) == list(bodies)


def test_teasers_with_dates_are_no_discussion() -> None:
    words = ARTICLE + "Latest news\n"
    for n in range(6):
        words += (
            f"Study number {n} reports results\nMarch {n + 3}, 2017\nThe trial met its endpoint.\n"
        )
    assert surest(words) == "article"


# ---- guessed posts ------------------------------------------------------------------------------

BARE = (
    "Hi Marit,\nthank you so much for this, I have been waiting for it all winter!",
    "Hello Tor, so glad that you like it. Do tell us how your own walk went :)",
    "I tried it and it did not work for me at all. What did I do wrong?\nMy knees hurt for days.",
    "Hi Liv, sorry to hear that. You should start with ten minutes and see how you feel.",
    "Wow, love this!! Thanks for sharing.",
    "Thank you Odd! You are most welcome.",
)


def test_bare_paragraphs_of_talk_are_guessed_and_said_to_be() -> None:
    words = ARTICLE + "\n".join(BARE) + "\n"
    raw = read(words)
    assert surest(words) == "stream"
    assert not raw.complete
    assert "guesses" in (raw.note or "")
    assert {(post.author, post.level, post.posted_at) for post in raw.posts} == {(None, None, None)}
    assert raw.posts[0].span.of(words).startswith("Hi Marit")
    found = {post.span.start for post in raw.posts}
    wanted = {words.index(body) for body in BARE}
    assert len(found & wanted) >= 5
    assert len(found) <= 8
    assert all(span.end <= raw.posts[0].span.start for span in raw.article)


def test_names_on_lines_of_their_own_are_learned_as_bylines() -> None:
    names = ("yonna", "Karl", "yonna", "petzi", "Karl", "yonna")
    bodies = [
        "That is quite wrong, and you know it.", "Is it? I have seen it with my own eyes.",
        "Then show us what you saw.\n\nI shall wait.", "Me too, please.",
        "Well, I have no picture of it.\n\nBut my wife was there too!", "Of course she was.",
    ]  # fmt: skip
    words = ARTICLE + "6 comments\n"
    words += "\n".join(f"{name}\n{body}" for name, body in zip(names, bodies, strict=True))
    found = guessed.read(words)
    assert found is not None
    assert [post.author for post in found.posts] == list(names)


@pytest.mark.parametrize("words", [ARTICLE, "", "One line", "a\nb\nc\nd", ARTICLE * 3])
def test_an_article_is_no_discussion(words: str) -> None:
    assert guessed.read(words) is None
    assert surest(words) == "article"
    assert read(words).posts == ()


def test_plain_articles_of_the_study_stay_articles(shared: Path) -> None:
    for name in ("000_49d47effa147aa35", "001_7f17d2c96717bbbb", "003_f139b81a0fcb761f"):
        assert surest((shared / "seeds" / f"{name}.txt").read_text(encoding="utf-8")) == "article"


# ---- any text -----------------------------------------------------------------------------------

LINES = st.sampled_from(
    [
        "Ann says:", "Bo", "12 March 2014 at 10:11", "Reply", "#3", "2 days ago", "Joined:", "Hi Ann,",
        "I think so too.", "", "  -- ", "[removed]", "Posts: 12", "5 comments", "Leave a reply", "•",
        "in reply to", "Pingback: x", "03/04/2015 5:06 pm", "what do you mean?", "thanks\tall",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.lists(LINES, max_size=40).map("\n".join),
        st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=200),
    )
)
def test_any_text_gives_posts_that_stand_on_the_page_in_order(words: str) -> None:
    source = page(words)
    sure = stream.make().sniff(source)
    assert 0.0 <= sure <= 1.0
    if "\x00" in words or not words.strip():
        return
    raw = next(iter(stream.make().read(page("x" + words))))
    assert all(0 <= post.span.start < post.span.end <= len(raw.text) for post in raw.posts)
    assert all(a.span.end <= b.span.start for a, b in itertools.pairwise(raw.posts))
    thread, _ = threads.build(raw, source="x")
    assert all(post.text == post.span.of(raw.text).strip() for post in thread.posts)


def test_the_reader_can_be_sent_to_another_process() -> None:
    made = stream.make()
    assert pickle.loads(pickle.dumps(made)) == made


# ---- lines --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "kind", "author"),
    [
        ("Ann Lund says:", "said", "Ann Lund"),
        ("What Ann said.", "text", None),
        ("Ann Lund · 3 March 2014 at 10:11", "signed", "Ann Lund"),
        ("3 March 2014 by Ann", "signed", "Ann"),
        ("12 March 2014, Ann wrote:", "text", None),
        ("Posted on 3 March 2014", "date", None),
        ("Joined: 3 March 2014", "label", None),
        ("ReplyDelete", "button", None),
        ("12 Likes", "button", None),
        ("#14", "count", None),
        ("I was diagnosed on 3 March 2014 in town.", "text", None),
        ("[deleted]", "removed", None),
        ("removed", "text", None),
        ("From: Dr. Ada Lund", "signed", "Dr. Ada Lund"),
    ],
)
def test_a_line_is_told_by_what_it_is_made_of(line: str, kind: str, author: str | None) -> None:
    found = rows.classify(line, None)
    assert (found[0], found[1]) == (kind, author)


def test_months_and_days_are_told_apart_by_the_pages_own_dates() -> None:
    assert when.month_first(["3/4/2015", "3/14/2015"]) is True
    assert when.month_first(["3/4/2015", "14/3/2015"]) is False
    assert when.month_first(["3/4/2015"]) is None
    unsure = when.find("3/4/2015 10:11")
    assert unsure is not None
    assert unsure.iso is None
    sure = when.find("3/4/2015 10:11", us=True)
    assert sure is not None
    assert sure.iso == "2015-03-04T10:11:00"


@pytest.mark.parametrize("line", ["vor 3 Tagen", "il y a 2 mois", "2 lata temu", "hace un año"])
def test_relative_dates_are_found_and_have_no_value(line: str) -> None:
    found = when.find(line)
    assert found is not None
    assert (found.relative, found.iso) == (True, None)


def test_rows_know_where_they_stand() -> None:
    words = "  Ann says:\n\n [12 March 2014](http://x.example/#comment-123)\nmine\n"
    found = rows.read(words, Span(0, len(words)))
    assert [row.kind for row in found] == ["said", "date", "text"]
    assert [words[row.start : row.end].strip() for row in found][2] == "mine"
    assert found[1].native_id == "123"
    assert found[0].indent == 2
    assert isinstance(RawPost(span=Span(found[2].start, found[2].end)), RawPost)
