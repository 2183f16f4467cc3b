"""Texts are found by words, by words near in meaning and by vectors; same query, same answer."""

from __future__ import annotations

import hashlib
import json
import pickle
from importlib import resources
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from community.linking.retrieval import Entry, shelve
from community.linking.stems import content, pairs, stem

TEXTS = (
    "After three years 71 percent of transplanted patients were free of relapses.",
    "One patient died of an infection in the first hundred days.",
    "Seven women gave birth after the treatment.",
    "The mean disability score improved by half a point.",
    "Fatigue scores did not change during follow-up.",
)
SHELF = shelve(Entry(title="", sentences=(text,)) for text in TEXTS)


def test_words_find_the_text_that_holds_them_whatever_their_ending() -> None:
    assert [stem(w) for w in ("relapses", "relapsed", "relapsing")] == ["relaps"] * 3
    assert SHELF.find("did anybody relapse")[0].place == 0
    assert SHELF.find("improving disability scores")[0].place == 3


def test_words_near_in_meaning_find_it_without_a_word_in_common() -> None:
    assert SHELF.find("is the tiredness any better")[0].place == 4
    assert SHELF.find("can you still have babies, any pregnancies")[0].place == 2


def test_a_search_may_be_kept_within_some_places() -> None:
    assert {hit.place for hit in SHELF.find("relapses", within=[1, 3])} <= {1, 3}
    assert SHELF.find("relapses", within=[]) == []


def test_nothing_in_common_finds_nothing() -> None:
    assert SHELF.find("") == []
    assert SHELF.find("zzz qqqx") == []


def test_an_empty_shelf_finds_nothing() -> None:
    assert shelve([]).find("relapses") == []


def test_a_shelf_travels_and_answers_alike() -> None:
    other = pickle.loads(pickle.dumps(SHELF))
    assert other.find("infection and death") == SHELF.find("infection and death")


def test_function_words_are_not_searched_by() -> None:
    assert content("It was the case of an arm") == [("case", "case"), ("arm", "arm")]
    assert pairs(["a", "b", "c"]) == ["a b", "b c"]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_may_be_asked(text: str) -> None:
    found = SHELF.find(text)
    assert found == SHELF.find(text)
    assert all(0 <= hit.chance <= 1 for hit in found)
    assert [hit.score for hit in found] == sorted((h.score for h in found), reverse=True)


def test_the_packaged_model_is_what_its_metrics_say() -> None:
    data = resources.files("community").joinpath("data", "links.npz").read_bytes()
    file = Path(__file__).parent.parent / "models" / "links" / "metrics.json"
    metrics = json.loads(file.read_text(encoding="utf-8"))
    assert hashlib.sha256(data).hexdigest() == metrics["sha256"]


def test_what_was_asked_before_changes_no_answer_and_does_not_travel() -> None:
    texts = [Entry(title="", sentences=(text,)) for text in TEXTS]
    asked, fresh = shelve(texts), shelve(texts)
    empty = len(pickle.dumps(fresh))
    for words in ("infected by bugs", "tiring relapse", "improvement of the pregnant"):
        asked.find(words)
    assert len(pickle.dumps(asked)) == empty
    for words in ("infections and tiredness", "improved pregnancies", "relapses"):
        assert asked.find(words) == fresh.find(words)
