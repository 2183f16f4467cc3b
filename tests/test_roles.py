"""Who writes, as their words tell."""

from __future__ import annotations

import hashlib
import io
import json
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_threads import build, raw

from community.errors import CodebookError
from community.judges import role_heads, roles
from community.types import Post

ROOT = Path(__file__).parent.parent


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


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("I have MS and walk with a stick.", "patient"),
        ("My wife has MS and walks with a stick.", "carer"),
        ("My neighbour has MS and walks with a stick.", "unknown"),
        ("As a nurse I see this every week.", "professional"),
        ("As a nurse's neighbour I hear this every week.", "unknown"),
        ("My nurse says that my lesions are stable.", "patient"),
        ("I prescribe this to patients with MS.", "professional"),
        ("I was prescribed this for my MS.", "patient"),
        ("Pharmacist here: never with grapefruit.", "professional"),
        ("The pharmacist here is very kind.", "unknown"),
    ],
)
def test_few_words_turn_the_role(words: str, role: str) -> None:
    assert judged((words, {"level": 0}))[0].role == role


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("I am a nurse, and I was diagnosed with MS four years ago.", "patient"),
        ("As a doctor with relapsing MS myself I took the strong drug.", "patient"),
        ("I'm a nurse, and my husband was diagnosed with MS in May.", "carer"),
    ],
)
def test_a_professional_who_is_ill_or_cares_for_somebody_writes_as_such(
    words: str, role: str
) -> None:
    assert judged((words, {"level": 0}))[0].role == role


@pytest.mark.parametrize(
    "words",
    [
        "Thanks!",
        "I read the paper twice, and I still think that I missed something.",
        "I know two people who had the transplant, years after their diagnosis.",
        "If you have had it for years, can you still get worse?",
        "Does anybody know when the results come out?",
    ],
)
def test_who_tells_nothing_of_himself_is_unknown(words: str) -> None:
    post = judged((words, {"level": 0}))[0]
    assert (post.role, post.role_score, post.role_span) == ("unknown", None, None)


def test_a_patient_is_told_without_any_word_that_a_rule_knows() -> None:
    words = (
        "Round two was worse than round one. My hair is coming back, the numbness in both hands "
        "never left, and I sleep in the afternoon to get through the evening."
    )
    post = judged((words, {"level": 0}))[0]
    assert (post.role, roles.read(post).chances) == ("patient", {})
    assert post.role_span is not None
    assert post.span.start <= post.role_span.start < post.role_span.end <= post.span.end


def test_what_other_posts_of_the_author_say_counts() -> None:
    plain = ("How long did it take you?", {"level": 1, "author": "Ann"})
    alone = judged(plain)
    told = judged(
        ("My husband was diagnosed with MS in May.", {"level": 0, "author": "Ann"}), plain
    )
    assert alone[0].role == "unknown"
    assert told[1].role == "carer"


TEXTS = [
    "I have SPMS.",
    "Our daughter had her transplant in June.",
    "As a nurse I see this every week.",
    "Thank you.",
    "Das ist bei uns nicht anders, und niemand hilft.",
    "How are you these days? My knees are swollen again.",
]


@given(
    st.lists(st.tuples(st.sampled_from(TEXTS), st.sampled_from(["Ann", "Bo", "Cy"])), min_size=1),
    st.sampled_from(TEXTS),
)
def test_a_comment_by_another_author_changes_no_role(
    posts: list[tuple[str, str]], added: str
) -> None:
    rows = [(words, {"level": 0, "author": author}) for words, author in posts]
    before = judged(*rows)
    after = judged(*rows, (added, {"level": 0, "author": "Somebody else"}))
    told = [(post.role, post.role_score, post.role_span) for post in before]
    assert [(post.role, post.role_score, post.role_span) for post in after[:-1]] == told


def test_the_packaged_model_is_what_its_metrics_say() -> None:
    data = resources.files("community").joinpath("data", "roles.npz").read_bytes()
    metrics = json.loads((ROOT / "models" / "roles" / "metrics.json").read_text(encoding="utf-8"))
    assert hashlib.sha256(data).hexdigest() == metrics["sha256"]
    assert role_heads.pack(role_heads.unpack(data)) == data


def test_a_model_that_lacks_an_array_is_refused() -> None:
    made = io.BytesIO()
    np.savez(made, words=np.zeros(1, np.uint8))
    with pytest.raises(CodebookError, match=r"lacks the arrays bias, pairs, rows, stack"):
        role_heads.unpack(made.getvalue())
