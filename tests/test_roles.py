"""Who writes, as their words tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_threads import build, raw

from community.errors import CodebookError
from community.judges import roles
from community.types import Post


def judged(*posts: tuple[str, dict[str, object]]) -> tuple[Post, ...]:
    return roles.judge(build(raw(*posts))[0]).posts


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("I have SPMS and walk with two sticks.", "patient"),
        ("I’ve had RRMS for ten years now.", "patient"),
        ("I was diagnosed in 2009.", "patient"),
        ("I took part in a trial of it in Uppsala.", "patient"),
        ("My last relapse cost me the sight of one eye.", "patient"),
        ("I had a stem cell transplant in Mexico.", "patient"),
        ("I'm on ocrelizumab, and it does nothing.", "patient"),
        ("My husband was diagnosed with MS at thirty.", "carer"),
        ("Our daughter had her transplant in June.", "carer"),
        ("I am her carer and her chauffeur.", "carer"),
        ("We neurologists should read more of this.", "professional"),
        ("As a nurse I see this every week.", "professional"),
        ("In our paper we showed that the cells return.", "professional"),
        ("My patients ask me this every week.", "professional"),
        ("We do not usually allow advertisements here.", "professional"),
        ("Interesting numbers, but only twenty people.", "unknown"),
        ("My neighbour thinks that doctors are fools.", "unknown"),
        ("If I had MS I would try it.", "unknown"),
        ("I don't have MS.", "unknown"),
        ("People with MS deserve better.", "unknown"),
        ("According to our local paper it is free.", "unknown"),
        ("", "unknown"),
    ],
)
def test_words_tell_the_role(words: str, role: str) -> None:
    post = judged((words, {"level": 0}))[0]
    assert post.role == role
    if role == "unknown":
        assert post.role_score is None
        assert post.role_span is None
    else:
        assert post.role_span is not None
        assert post.span.start <= post.role_span.start < post.role_span.end <= post.span.end


def test_quoted_words_tell_nothing_of_who_quotes_them() -> None:
    first = "I have SPMS and walk with two sticks since the spring of last year."
    posts = judged((first, {"level": 0}), (f'"{first}"\n\nThat is hard.', {"level": 1}))
    assert [post.role for post in posts] == ["patient", "unknown"]


def test_a_role_holds_for_all_posts_of_an_author() -> None:
    posts = judged(
        ("I have SPMS.", {"level": 0, "author": "Ann"}),
        ("Good point.", {"level": 1, "author": "Bo"}),
        ("Thank you.", {"level": 1, "author": "Ann"}),
        ("I have SPMS.", {"level": 0, "author": "Anonymous"}),
        ("Thank you.", {"level": 1, "author": "Anonymous"}),
    )
    assert [post.role for post in posts] == ["patient", "unknown", "patient", "patient", "unknown"]
    assert (posts[2].role_score or 0) < (posts[0].role_score or 0)
    assert posts[2].role_span is None


def test_a_badge_alone_makes_nobody_a_professional() -> None:
    posts = judged(("Thank you all.", {"level": 0, "platform_role": "post author"}))
    assert posts[0].role == "unknown"
    assert posts[0].platform_role == "post author"


def test_a_title_before_the_name_counts() -> None:
    assert judged(("Not quite.", {"level": 0, "author": "Dr Ada Lund"}))[0].role == "professional"


@pytest.mark.parametrize(
    "text",
    [
        "[[pattern]]\nrole = 'king'\nweight = 0.5\nwords = 'x'",
        "[[pattern]]\nrole = 'carer'\nweight = 2\nwords = 'x'",
        "[[pattern]]\nrole = 'carer'\nweight = 0.5\nwords = '('",
        "[[pattern]]\nrole = 'carer'\nweight = 0.5\nwrods = 'x'",
        "[other]",
        "not toml",
    ],
)
def test_a_broken_pattern_file_is_refused(text: str) -> None:
    with pytest.raises(CodebookError, match=r"roles\.toml"):
        roles.parse(text, "roles.toml")


@given(st.text())
def test_any_words_are_judged(words: str) -> None:
    judged((words, {"level": 0}))
