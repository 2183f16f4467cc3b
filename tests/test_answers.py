"""Whom posts answer, whose parent was lost, and authors known by greetings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from test_outline import SEED, read
from test_threads import build, raw

from community import threads
from community.ids import sha256
from community.judges import answers, authors
from community.types import Thread


def judged(*posts: tuple[str, dict[str, object]], complete: bool = True) -> Thread:
    return answers.judge(build(replace(raw(*posts), complete=complete))[0])


def targets(thread: Thread) -> list[int | None]:
    place = {post.id: post.position for post in thread.posts}
    return [None if post.answers_id is None else place[post.answers_id] for post in thread.posts]


def test_a_comment_on_the_article_answers_nobody_and_a_reply_its_parent() -> None:
    thread = judged(
        ("I walk ten kilometres a day again since my treatment.", {"level": 0}),
        ("How long after the treatment did you walk again?", {"level": 1}),
        ("The article is good, but the title is not.", {"level": 0}),
    )
    assert targets(thread) == [None, 0, None]
    assert thread.posts[1].answers_reason
    assert 0.5 < (thread.posts[1].answers_score or 0) <= 1.0


def test_nobody_answers_themselves_below_a_capped_thread() -> None:
    thread = judged(
        ("Does anybody here know the ward in Bergen?", {"level": 0, "author": "Ann"}),
        ("I was there for three weeks in May.", {"level": 1, "author": "Bo"}),
        ("And was the food as bad as they say?", {"level": 1, "author": "Ann"}),
        ("Worse than that.", {"level": 1, "author": "Bo"}),
    )
    assert targets(thread) == [None, 0, 1, 2]


def test_a_greeting_decides() -> None:
    thread = judged(
        ("Does anybody here know the ward in Bergen?", {"level": 0, "author": "Ann"}),
        ("I was there for three weeks in May.", {"level": 1, "author": "Bo Lind"}),
        ("My sister works there as a cook.", {"level": 1, "author": "Cy"}),
        ("@Bo was the food as bad as they say?", {"level": 1, "author": "Di"}),
        ("Bo, was it as bad as that?", {"level": 1, "author": "Ed"}),
    )
    assert targets(thread)[3:] == [1, 1]


def test_a_quotation_decides_also_across_branches() -> None:
    words = "the second year is always harder than the first one for most of us"
    thread = judged(
        (f"I think that {words}.", {"level": 0}),
        ("My doctor smiled.", {"level": 1}),
        (f'"{words}."\n\nNot for me.', {"level": 0}),
    )
    assert targets(thread) == [None, 0, 0]
    assert thread.posts[2].answers_reason == "quotes it"


def test_what_the_page_states_is_kept() -> None:
    thread = judged(
        ("One.", {"level": 0, "author": "Ann"}),
        ("Two.", {"level": 1, "author": "Bo"}),
        ("Three.", {"level": 1, "author": "Cy", "addressee": "Bo"}),
    )
    assert targets(thread)[2] == 1
    assert thread.posts[2].answers_reason == "the page names the addressee"


def test_a_header_names_the_author_of_the_post_it_answers() -> None:
    header = "AnnaSaturday, March 04, 2017 7:41:00 am"
    thread = judged(
        ("I had it done in Bergen and would do it again.", {"level": 0}),
        ("How did you get into the Bergen programme, after how many years?", {"level": 1}),
        (
            f"{header}\n\nThe Bergen programme takes people after two relapses in a year.",
            {"level": 1},
        ),
    )
    assert targets(thread)[2] == 1
    assert (thread.posts[1].author, thread.posts[1].posted_at) == ("Anna", "2017-03-04T07:41:00")
    assert thread.posts[2].author is None


LOST = (
    ("My clinic gave me rituximab after the transplant, and my scans are quiet.", {"level": 0}),
    ("Which dose of rituximab did your clinic choose for you?", {"level": 1}),
    ("I saw it too, and the documentary was an advertisement from start to end.", {"level": 1}),
    ("It was. The presenter never asked about prices.", {"level": 1}),
    ("A new comment about something else entirely: fertility.", {"level": 0}),
)


def test_replies_that_plainly_answer_a_lost_post_have_a_gap() -> None:
    thread = judged(*LOST, complete=False)
    assert [post.gap for post in thread.posts] == [False, False, True, True, False]
    assert [post.depth for post in thread.posts] == [0, 1, 1, 1, 0]
    assert thread.posts[2].parent_id is None
    assert targets(thread)[2:] == [None, 2, None]


def test_on_a_complete_page_no_parent_is_doubted() -> None:
    assert not any(post.gap for post in judged(*LOST).posts)


def test_a_reply_that_greets_by_name_gives_the_parent_an_author() -> None:
    thread, _ = build(
        raw(
            ("I was in the trial.", {"level": 0}),
            ("Thank you for telling us Ned and good luck with the rest of it.", {"level": 1}),
            ("Mine was easy.", {"level": 0}),
            ("Sadly, mine was not.", {"level": 1}),
            ("All done now.\n\n/Tor", {"level": 0}),
            ("Hi Mia, thank you.", {"level": 0}),
        )
    )
    named = authors.infer(thread)
    assert [post.author for post in named.posts] == ["Ned", None, None, None, "Tor", None]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("@rosa that is right", ["rosa"]),
        ("Rosa, that is right", ["Rosa"]),
        ("Hi Rosa! How are you?", ["Rosa"]),
        ("Rosa\nthat is right", ["Rosa"]),
        ("That is right, Rosa!", ["Rosa"]),
        ("Thanks for that Rosa", ["Rosa"]),
        ("However, that is right", []),
        ("Thanks, that is right", []),
        ("lol\nthat is right", []),
        ("write to me at rosa@example.org", []),
    ],
)
def test_names_are_found_where_they_address_somebody(words: str, names: list[str]) -> None:
    thread, _ = build(raw((words, {"level": 0})))
    assert [address.name for address in authors.addresses(thread.posts[0])] == names


def test_the_flattened_blog_page_is_judged(shared: Path) -> None:
    thread = threads.build(read((shared / SEED).read_bytes()), source="x")[0]
    thread = answers.judge(thread)
    assert [post.position for post in thread.posts if post.gap] == [0, 1, 2, 8, 9, 10, 11]
    assert sha256(thread.posts[16].author or "")[:12] == "809a72174335"
    assert targets(thread)[11] == 10
    assert targets(thread)[17:19] == [16, 16]
    assert answers.judge(thread) == thread
