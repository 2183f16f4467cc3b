"""Learned heads of relations: target-aware, calibrated numbers from words, without running code."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.errors import CodebookError
from community.linking import heads
from community.linking.aims import of_text, stated
from community.linking.links import make, relate
from community.linking.replies import replied
from community.linking.said import heard
from community.linking.signals import NUMBERS, clause_signals
from community.linking.weighing import CARRIED, Weighed
from community.types import Claim, Document, Ledger, Mention, Post, Span, Thread


def claim(sentence: str) -> Claim:
    return Claim(id="c", version_group="c", mentions=(stated(sentence),))


PAIN = claim("Pain was halved in 43% of patients.")
SKIN = claim("A rash occurred in 12% of patients.")


def test_the_same_words_do_another_thing_to_another_claim() -> None:
    text = "The 43% is impressive. The 12% with a rash is nonsense, we see far more."
    assert relate(text, PAIN, "Pain was halved in 43% of patients.").relation == "supports"
    assert relate(text, SKIN, "A rash occurred in 12% of patients.").relation == "disputes"


def test_a_sentence_gives_its_share_its_people_and_its_time() -> None:
    found = stated("After 2 years 69% of the 24 patients were free of relapses.")
    assert (found.value, found.unit, found.n, found.timepoint_months) == (69.0, "%", 24, 24.0)


def test_a_favourable_result_points_up_and_a_harm_down() -> None:
    assert of_text("Relapses were reduced by 60%.").direction > 0
    assert of_text("Three patients died of infections.").direction < 0


def test_being_fine_turns_a_harm_round() -> None:
    def fate(text: str) -> list[float]:
        return [value for _, name, value in heard(text).fates if name == "thyroid"]

    assert fate("My thyroid is fine.") == [1.0]
    assert fate("I lost my thyroid to it.") == [-1.0]


def test_a_question_is_heard_as_one() -> None:
    asked = replied(heard("Where did you read that?"), heard("It was in the news."), None)
    told = replied(heard("It was in the news."), heard("Where did you read that?"), None)
    assert asked["query"] > 0.5 > told["query"]


def test_chances_add_up_to_one_and_come_out_the_same_twice() -> None:
    post, aim = heard("No pain since March, and my skin is clear."), of_text("Pain was halved.")
    one, two = (Weighed(post, "spoken").tell(aim) for _ in range(2))
    assert one == two
    assert one is not None
    assert 0 <= one.link <= 1
    assert sum(one.relations.values()) == pytest.approx(1, abs=1e-4)


def test_a_packed_model_says_what_it_said_before() -> None:
    model = heads.packaged()
    again = heads.unpack(heads.pack(model))
    assert again.keys() == model.keys()
    for name, block in model.items():
        assert np.array_equal(again[name].rows, block.rows)
        assert again[name].answers == block.answers


def test_a_model_that_lacks_a_head_is_refused() -> None:
    model = dict(heads.packaged())
    del model["reply"]
    with pytest.raises(CodebookError, match="reply"):
        heads.unpack(heads.pack(model))


def test_a_head_whose_names_repeat_is_refused() -> None:
    with pytest.raises(CodebookError, match="twice"):
        heads.block(["a", "a"], np.zeros((2, 1), np.float32), np.zeros(1, np.float32), ("yes",))


def test_the_model_holds_arrays_and_no_code() -> None:
    with np.load(io.BytesIO(heads.pack(heads.packaged())), allow_pickle=False) as found:
        assert all(found[name].dtype != object for name in found.files)


def test_numbers_that_always_stand_have_names_of_their_own() -> None:
    assert len(set(NUMBERS)) == len(NUMBERS)
    assert len(set(CARRIED)) == len(CARRIED)


def thread(text: str) -> Thread:
    span = Span(0, len(text))
    post = Post(
        id="p", document_id="d", thread_id="t", position=0, span=span, text=text, own=(span,)
    )
    page = Document(id="d", source="d", reader="test", text=text, kind="both")
    return Thread(document=page, posts=(post,))


def ledger() -> Ledger:
    mention = Mention(
        document_id="d", span=Span(0, 1), endpoint="relapse-free survival", value=85.0, unit="%",
        trial="LARK-MS", intervention="HSCT", direction="favourable",
    )  # fmt: skip
    return Ledger(claims=(Claim(id="c", version_group="c", mentions=(mention,)),))


def test_links_say_whether_heads_or_rules_made_them() -> None:
    where = thread("The 85% without a relapse is impressive.")
    (learned,) = make()(where, ledger(), ())
    (ruled,) = make(learned=False)(where, ledger(), ())
    assert learned.coder == f"model:relations@{heads.digest()}"
    assert ruled.coder == "rules"
    assert learned.refers_to == ruled.refers_to == "claim:c"


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_held_against_a_claim_with_evidence_inside_it(text: str) -> None:
    found = relate(text, PAIN)
    assert 0 <= found.score <= 1
    assert (found.relation is None) == (found.evidence is None)
    assert found.evidence is None or found.evidence.end <= len(text)
    post = heard(text)
    if post.reading.clauses:
        assert np.isfinite(clause_signals(post, of_text(text))).all()
