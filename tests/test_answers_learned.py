"""Whom posts answer where the layout does not tell: chats, flat forums, capped nestings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_threads import raw

from community import threads
from community.errors import CodebookError
from community.judges import answers, candidates, evidence, facts, naming, scorer, wording
from community.types import Span, Thread

Rows = tuple[tuple[str, str | None, str], ...]  # time, author, words

CHAT: Rows = (
    ("10:00", "ann_b", "has anybody here got the night brace to fit over a sock?"),
    ("10:01", "|kurt|", "what does the pharmacy in Voss charge for the strips these days"),
    ("10:02", "dee77", "ann_b: only the thin ones, the thick ones slip out at once"),
    ("10:03", "mo", "|kurt|: forty for a box when I was there"),
    ("10:03", "ann_b", "dee77: thanks, then I try the thin ones"),
    ("10:04", "|kurt|", "mo: that is less than here, thanks"),
)


def stream(rows: Rows, article: str = "") -> Thread:
    """A flat stream as a reader gives it: no level, no pointer."""
    posts = tuple(
        (words, {"author": author, "posted_at": f"2019-05-04T{time}:00+00:00"})
        for time, author, words in rows
    )
    made = replace(raw(*posts), flat=True)
    if article:
        shifted = tuple(
            replace(
                post,
                span=Span(post.span.start + len(article) + 2, post.span.end + len(article) + 2),
            )
            for post in made.posts
        )
        text = f"{article}\n\n{made.text}"
        made = replace(made, text=text, posts=shifted, article=(Span(0, len(article)),))
    return threads.build(made, source="x")[0]


def told(thread: Thread) -> list[tuple[int | None, float | None, str | None]]:
    place = {post.id: post.position for post in thread.posts}
    return [
        (place.get(post.answers_id or ""), post.answers_score, post.answers_reason)
        for post in thread.posts
    ]


def targets(thread: Thread) -> list[int | None]:
    return [place for place, _, _ in told(thread)]


def test_in_a_chat_names_tell_whom_a_message_answers() -> None:
    assert targets(answers.judge(stream(CHAT)))[2:] == [0, 1, 2, 3]


def test_reason_and_probability_go_with_every_addressee() -> None:
    for place, score, reason in told(answers.judge(stream(CHAT))):
        assert (place is None) == (score is None) == (reason is None)
        assert score is None or 0.0 < score <= 1.0
        assert reason is None or reason in evidence.REASONS


def test_in_a_forum_the_opener_is_answered_by_people_who_speak_to_it() -> None:
    thread = stream(
        (
            (
                "08:00",
                "Ingvild",
                "My knee swells whenever I climb stairs. Does anyone know a brace that helps?",
            ),
            (
                "09:30",
                "Pål",
                "I wear one with two hinges, it took the swelling down within a week for me.",
            ),
            (
                "11:10",
                "Runa",
                "Have you asked for an injection? Mine stopped swelling for half a year after it.",
            ),
        )
    )
    assert targets(answers.judge(thread))[1] == 0


def test_below_an_article_a_comment_answers_nobody_unless_something_speaks_for_it() -> None:
    article = "The clinic in Voss counted how many of its patients walked again after a year."
    thread = stream(
        (
            ("08:00", "Ingvild", "A fine piece, and about time that somebody counted."),
            ("09:30", "Pål", "Numbers of one clinic prove little, whatever the title says."),
            ("11:10", "Runa", "@Pål they prove more than none, and who else counts at all?"),
        ),
        article=article,
    )
    assert targets(answers.judge(thread)) == [None, None, 1]


def test_a_pointer_of_the_platform_is_kept() -> None:
    made = raw(
        ("Which of you had the long infusion?", {"native_id": "a", "author": "Ann"}),
        ("I had, twice.", {"native_id": "b", "parent_native_id": "a", "author": "Bo"}),
        ("Not me.", {"native_id": "c", "parent_native_id": "a", "author": "Cy"}),
        ("And was it boring?", {"native_id": "d", "parent_native_id": "b", "author": "Ann"}),
    )
    thread, _ = threads.build(replace(made, pointers=True), source="x")
    assert targets(answers.judge(thread)) == [None, 0, 0, 1]


WORDS = st.sampled_from(
    (
        "yes", "no", "thanks", "why?", "ann_b:", "@mo", "|kurt|,", "dee77", "brace", "sock", "you",
        "pharmacy", "infusion", "the", "I", "your", "knee", "above", "OP", "?", "!", "lol", "é", "#",
    )
)  # fmt: skip
POSTS = st.lists(
    st.tuples(
        st.sampled_from(("ann_b", "|kurt|", "dee77", "mo", "Guest", "Ann Lee")),
        st.lists(WORDS, min_size=1, max_size=9).map(" ".join),
    ),
    min_size=2,
    max_size=30,
)


def rows_of(posts: list[tuple[str, str]]) -> Rows:
    return tuple(
        (f"{8 + n // 60:02}:{n % 60:02}", author, words) for n, (author, words) in enumerate(posts)
    )


@settings(max_examples=60, deadline=None)
@given(posts=POSTS, data=st.data())
def test_later_posts_of_a_stream_change_nothing_above(
    posts: list[tuple[str, str]], data: st.DataObject
) -> None:
    rows = rows_of(posts)
    kept = data.draw(st.integers(1, len(rows)))
    whole, part = answers.judge(stream(rows)), answers.judge(stream(rows[:kept]))
    assert told(whole)[:kept] == told(part)


@settings(max_examples=40, deadline=None)
@given(posts=POSTS, levels=st.lists(st.integers(0, 4), min_size=30, max_size=30))
def test_any_nesting_gives_answers_above_and_none_of_oneself(
    posts: list[tuple[str, str]], levels: list[int]
) -> None:
    made = raw(
        *(
            (words, {"author": author, "level": level})
            for (author, words), level in zip(posts, levels, strict=False)
        )
    )
    thread = answers.judge(threads.build(made, source="x")[0])
    for n, (place, _, _) in enumerate(told(thread)):
        assert place is None or place < n
    assert answers.judge(thread) == thread


def test_how_many_posts_are_weighed_together_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = rows_of([(author or "", words) for _, author, words in CHAT * 20])
    whole = told(answers.judge(stream(rows)))
    monkeypatch.setattr(answers, "_AT_ONCE", 7)
    assert told(answers.judge(stream(rows))) == whole


@pytest.mark.parametrize(
    ("words", "opening", "passing"),
    [
        ("kurt: yes", [1], []),
        ("@ann_b and @dee77 yes", [0, 2], []),
        ("Hi Ann, yes", [3], []),
        ("thanks again dee77!", [2], []),
        ("what dee77 wrote is true", [], [2]),
        ("as in dee77's post", [], [2]),
        ("u/dee77 yes", [2], []),
        ("Ann Lee's idea", [3], []),
        ("will it hold?", [], []),
        ("will: does it hold?", [4], []),
        ("will and I met", [], []),
    ],
)
def test_names_are_looked_up_among_those_who_wrote(
    words: str, opening: list[int], passing: list[int]
) -> None:
    roll = naming.Roll()
    for name in ("ann_b", "|kurt|", "dee77", "Ann Lee", "will", None, "Anonymous"):
        roll.enter(name)
    named = roll.named(words, me=99)
    assert (list(named.opening), list(named.passing)) == (opening, passing)


def test_nobody_is_named_who_has_not_written_yet() -> None:
    known = facts.gather(stream(CHAT), wording.read(stream(CHAT)))
    assert known.opening[:2].max() == -2
    assert known.opening[2, 0] == known.author[0]


def test_replies_on_a_nested_page_are_looked_for_in_their_branch() -> None:
    made = raw(
        ("One.", {"level": 0}),
        ("Two.", {"level": 1}),
        ("Three.", {"level": 0}),
        ("Four.", {"level": 1}),
        ("Five.", {"level": 1}),
    )
    thread = threads.build(made, source="x")[0]
    known = facts.gather(thread, wording.read(thread))
    pairs = candidates.find(thread.posts, known, 4, 5)
    assert pairs.whom.tolist() == [candidates.NOBODY, 2, 3]


def test_long_threads_keep_few_candidates() -> None:
    rows = rows_of([("mo", "brace"), ("dee77", "sock")] * 300)
    thread = stream(rows)
    known = facts.gather(thread, wording.read(thread))
    pairs = candidates.find(thread.posts, known, 0, len(thread.posts))
    assert np.diff(pairs.starts).max() < 40


def test_features_and_weights_must_be_the_same() -> None:
    model = scorer.packaged()
    columns = {name: np.zeros(2) for name in model.names}
    assert scorer.stacked(columns, model.names).shape == (2, len(model.names))
    del columns[model.names[0]]
    with pytest.raises(CodebookError, match="differ in"):
        scorer.stacked(columns, model.names)


def test_weights_survive_being_written_and_read() -> None:
    model = scorer.packaged()
    again = scorer.model_of(scorer.arrays_of(model))
    values = np.random.default_rng(1).random((5, len(model.names)))
    assert again.names == model.names
    assert np.allclose(again.score(values), model.score(values))
    with pytest.raises(CodebookError, match="lacks"):
        scorer.model_of({"names": np.array(["x"])})


def test_probabilities_of_the_candidates_of_a_post_add_up() -> None:
    starts = np.array([0, 1, 4])
    chances = scorer.chances(np.array([2.0, 800.0, 1.0, 0.0, -900.0, 5.0]), starts)
    assert np.add.reduceat(chances, starts) == pytest.approx([1.0, 1.0, 1.0])
