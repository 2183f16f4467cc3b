"""The coder vader is VADER, no more and no less."""

from __future__ import annotations

import pickle

import pytest
from coding_threads import thread_of
from hypothesis import given
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from community.coders import vader
from community.types import Post, Thread


@given(st.text(max_size=200))
def test_the_compound_is_that_of_the_original(text: str) -> None:
    assert vader.compound(text) == SentimentIntensityAnalyzer().polarity_scores(text)["compound"]


@pytest.mark.parametrize(
    ("score", "value"),
    [(0.05, "positive"), (0.0499, "neutral"), (-0.0499, "neutral"), (-0.05, "negative")],
)
def test_the_cuts_are_the_authors_own(score: float, value: str) -> None:
    assert vader.value_of(score) == value


def test_the_strongest_sentence_is_the_evidence_and_there_is_no_probability() -> None:
    thread = thread_of("It is Monday. I love this wonderful group! See you.")
    (coding,) = vader.make()(thread).codings
    assert coding.evidence[0].of(thread.document.text) == "I love this wonderful group!"
    assert (coding.code, coding.score, coding.coder) == ("positive", None, "vader")
    assert coding.raw == vader.compound(thread.posts[0].text)


def test_quoted_words_do_not_count() -> None:
    whole = thread_of("horrible awful terrible\nfine by me")
    post = whole.posts[0]
    own = type(post.span)(post.span.start + 24, post.span.end)
    replaced = Post(
        id="p",
        document_id="d",
        thread_id="d",
        position=0,
        span=post.span,
        text=post.text,
        own=(own,),
    )
    (coding,) = vader.make()(Thread(document=whole.document, posts=(replaced,))).codings
    assert coding.code == "positive"


def test_the_coder_pickles() -> None:
    assert pickle.loads(pickle.dumps(vader.make())) == vader.make()


def test_the_coder_asks_for_no_codebook(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise AssertionError("built a codebook's pipeline")

    monkeypatch.setattr("community.coding.language.make_nlp", refuse)
    assert vader.make()(thread_of("I love it.")).codings
