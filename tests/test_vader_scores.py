"""Our scores are VADER's, to the last bit and the sign of zero: on every pair and triple of words
that a rule names, on mixtures made at random, and on real sentences."""

from __future__ import annotations

import csv
import gzip
import itertools
import json
import re
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from coding_threads import thread_of
from hypothesis import given, settings
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import (
    BOOSTER_DICT,
    NEGATE,
    SENTIMENT_LADEN_IDIOMS,
    SPECIAL_CASES,
    SentimentIntensityAnalyzer,
)

from community.coders import vader
from community.coding.vader_scores import compound, scores

ORIGINAL = SentimentIntensityAnalyzer()
RULED = [
    "no", "or", "nor", "but", "kind", "of", "sort", "least", "at", "very", "never", "so", "this",
    "without", "doubt", "not", "isn't", "barely", "really", "just", "enough", "the", "to", "die",
    "for", "bad", "ass", "good", "table",
]  # fmt: skip
PHRASES = [p for p in (*SPECIAL_CASES, *BOOSTER_DICT, *SENTIMENT_LADEN_IDIOMS) if " " in p]


def differing(texts: Iterable[str]) -> list[int]:
    """Numbers of the texts of which a score differs."""
    return [
        number
        for number, text in enumerate(texts)
        if repr(scores(text)) != repr(ORIGINAL.polarity_scores(text))
    ]


def assert_same(text: str) -> None:
    expected = ORIGINAL.polarity_scores(text)
    assert repr(scores(text)) == repr(expected)
    assert repr(compound(text)) == repr(expected["compound"])


@pytest.mark.parametrize(
    "text", ["", " \n", "good", "no", "but", "least good", "AB", "é", "!", "?"]
)
def test_the_shortest_texts_score_as_in_the_original(text: str) -> None:
    assert_same(text)


def test_all_triples_of_words_that_rules_name_act_on_the_next_word_as_in_the_original() -> None:
    assert not differing(f"{' '.join(words)} great" for words in itertools.product(RULED, repeat=3))


@pytest.mark.parametrize("form", ["{0} {1} GREAT", "the {0} {1}", "so {0} {1} end", "fine {0} {1}"])
def test_all_pairs_score_as_in_the_original_also_in_capitals(form: str) -> None:
    words = [*RULED, *map(str.upper, RULED)]
    assert not differing(form.format(*pair) for pair in itertools.product(words, repeat=2))


@pytest.mark.parametrize("phrase", PHRASES)
def test_idioms_score_as_in_the_original_before_around_and_after_a_word(phrase: str) -> None:
    forms = (
        "{0}",
        "{0} great",
        "{0} a great",
        "great {0}",
        "one two three {0} great day",
        "a {0}!",
    )
    cased = (phrase, phrase.upper(), phrase.title())
    assert not differing(form.format(p) for form in forms for p in cased)


def test_idioms_side_by_side_score_as_in_the_original() -> None:
    pairs = itertools.product(PHRASES, repeat=2)
    assert not differing(f"{one} {other} {one}" for one, other in pairs)


def test_every_word_of_the_lexicon_scores_as_in_the_original() -> None:
    words = [*ORIGINAL.lexicon, *BOOSTER_DICT, *NEGATE]
    assert not differing(f"{w} then not {w} and very {w.upper()}!" for w in words)


def test_every_emoji_scores_as_in_the_original() -> None:
    assert not differing(f"so{emoji} {emoji}good {emoji}{emoji}" for emoji in ORIGINAL.emojis)


@pytest.mark.parametrize("marks", ["!" * n + "?" * m for n in range(6) for m in range(6)])
def test_exclamation_and_question_marks_weigh_as_in_the_original(marks: str) -> None:
    assert not differing([f"good{marks}", f"bad {marks}", f"table{marks}"])


# --- mixtures ---------------------------------------------------------------------------------

WORDS = st.one_of(
    st.sampled_from(RULED),
    st.sampled_from(sorted(ORIGINAL.lexicon)),
    st.sampled_from([*BOOSTER_DICT, *NEGATE]),
    st.sampled_from([*PHRASES, "never so", "never this", "without a doubt", "at least"]),
    st.sampled_from(sorted(ORIGINAL.emojis)),
    st.sampled_from(
        ["walk", "the", "it’s", "don’t", "wouldn't've", "naïve", "İSTANBUL", "ß", "ΟΣ"]
    ),
    st.text(max_size=4),
)
CASES: tuple[Callable[[str], str], ...] = (str, str, str, str.upper, str.title, str.swapcase)
MARKS = st.sampled_from(["", "", "", "", ",", ".", "!", "?!", "...", "'", '"', "*", ":)", "’", "…"])
GAPS = st.sampled_from(
    [" "] * 8 + ["", "  ", "\n", "\t", "\r\n", "\xa0", "\u2028", "\x1c", "\u200b", "-"]
)
PIECES = st.builds(
    lambda word, case, before, after, gap: before + case(word) + after + gap,
    WORDS, st.sampled_from(CASES), MARKS, MARKS, GAPS,
)  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_mixtures_of_words_that_rules_name_score_as_in_the_original(text: str) -> None:
    assert_same(text)


def chained() -> list[str]:
    """Words of the lexicon that equal another of them halved, or raised by half."""
    words = {value: word for word, value in ORIGINAL.lexicon.items() if word.isalpha()}
    values = [v for v in sorted(words) if v > 0 and v / 2 in words and v * 1.5 in words]
    return [words[v] for v in sorted({v * f for v in values[:4] for f in (0.5, 1, 1.5)})]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*chained(), *chained(), "but", "But", "and"]), max_size=40))
def test_but_changes_the_first_of_equal_words_as_in_the_original(words: list[str]) -> None:
    assert_same(" ".join(words))


def test_more_words_than_are_remembered_score_as_in_the_original() -> None:
    many = " ".join(f"word{number}" for number in range(40_000))
    assert_same(f"GOOD but {many} not {'x' * 100} good, {many} BAD!")


def test_the_memory_for_words_is_bounded() -> None:
    tracemalloc.start()
    try:
        for number in range(30):
            scores(" ".join(f"new{number}word{n}" for n in range(10_000)))
            scores(f"{number}{'x' * 1_000_000}")
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 10_000_000


# --- real sentences ---------------------------------------------------------------------------

SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
JSON_LINES = {
    "psytar/sentences.jsonl": ("text",),
    "druglib/train.jsonl": ("benefits", "side_effects_text", "comments"),
    "vader_gold/tweets.jsonl": ("text",),
    "vader_gold/movieReviewSnippets.jsonl": ("text",),
    "rumoureval2019/dev.jsonl": ("text",),
    "rumoureval2019/train_pairs_no_stance.jsonl.gz": ("text",),
    "patient_threads/unlabelled.jsonl": ("text",),
}
TABLES = {
    "nhs_patient_feedback/fft_phase1_single_label.csv": "feedback",
    "nhs_patient_feedback/fft_phase2_NEAS.csv": "FFT answer",
}


def real_texts(folder: Path) -> Iterator[str]:
    for name, fields in JSON_LINES.items():
        data = (folder / name).read_bytes()
        for line in (gzip.decompress(data) if name.endswith(".gz") else data).splitlines():
            row = json.loads(line)
            yield from (row[field] for field in fields if row[field])
    for name, column in TABLES.items():
        with (folder / name).open(encoding="utf-8", newline="") as file:
            yield from (row[column] for row in csv.DictReader(file) if row[column])


def test_real_sentences_and_posts_score_as_in_the_original(shared: Path) -> None:
    missing = [n for n in (*JSON_LINES, *TABLES) if not (shared / "data" / n).is_file()]
    if missing:
        pytest.skip(f"not in ../shared/data: {', '.join(missing)}")
    posts = list(real_texts(shared / "data"))
    sentences = list(dict.fromkeys(s for post in posts for s in SENTENCE_END.split(post)))
    assert len(sentences) >= 50_000
    wrong = differing(sentences), differing(post for post in posts if len(post) > 400)
    assert wrong == ([], [])  # numbers alone: an assertion on the call would print the texts


# --- the coder --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("The nurses were lovely.", "The nurses were lovely."),
        ("  A bad day, truly  ", "A bad day, truly"),
        ("It hurts. I feel awful! It hurts.", "I feel awful!"),
        ("It hurts. Then it hurts. It hurts.", "It hurts."),
    ],
)
def test_the_coder_shows_the_strongest_sentence_and_the_first_of_equals(
    text: str, evidence: str
) -> None:
    thread = thread_of(text)
    (coding,) = vader.make()(thread).codings
    (span,) = coding.evidence
    assert span.of(thread.document.text) == evidence
    assert span.start == thread.document.text.index(evidence)
    assert coding.raw == ORIGINAL.polarity_scores(text)["compound"]
