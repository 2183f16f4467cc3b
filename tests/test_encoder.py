"""The encoder reads sentences in their order, each with the one before it."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from coding_threads import thread_of

from community.coders import encoder as coder
from community.coders import learned
from community.learned import encoder
from community.learned.files import digest
from community.types import Coded

HELPED = "The infusion did not hurt me, it helped."
HURT = "The infusion did not help me, it hurt."


def small(layers: int = 2, width: int = 8, attention: int = 2) -> encoder.Encoder:
    """An encoder with random weights."""
    rng = np.random.default_rng(0)

    def matrix(*shape: int) -> encoder.Matrix:
        return rng.normal(size=shape).astype(np.float32) * np.float32(0.3)

    norm = np.stack([np.ones(width), np.zeros(width)]).astype(np.float32)
    words = len(encoder.vectors.default().pieces) + 2
    weights = {
        "words": matrix(words, width),
        "places": matrix(128, width),
        "sides": matrix(2, width),
        "words.norm": norm,
        "heads": matrix(2, 2 * width),
        "heads.bias": matrix(2),
    }
    for n in range(layers):
        for name, (rows, columns) in {
            "q": (width, width), "k": (width, width), "v": (width, width), "o": (width, width),
            "in": (3 * width, width), "out": (width, 3 * width),
        }.items():  # fmt: skip
            weights |= {f"{n}.{name}": matrix(rows, columns), f"{n}.{name}.bias": matrix(rows)}
        weights |= {f"{n}.o.norm": norm, f"{n}.out.norm": norm}
    told = {"heads": ["a", "b"], "attention": attention, "layers": layers}
    return encoder.unpack(encoder.pack(weights, told))


def test_a_sentence_is_read_with_the_one_before_it_and_not_with_others() -> None:
    made = small()
    alone = made.logits(["No relapse since.", "It helped."])
    more = made.logits(["No relapse since.", "It helped.", "So what happens to the others now?"])
    other = made.logits(["They had chemo.", "It helped."])
    np.testing.assert_allclose(alone, more[:2], atol=1e-5)
    assert not np.allclose(alone[1], other[1], atol=1e-3)


@pytest.mark.parametrize("count", [0, 1, 31, 32, 33, 70])
def test_posts_of_any_number_of_sentences_are_read(count: int) -> None:
    made = small()
    assert made.logits(["It helped."] * count).shape == (count, 2)


def test_sentences_without_a_known_piece_and_endless_ones_are_read() -> None:
    told = small().logits(["", "\u2603" * 3, "tired " * 5000])
    assert np.isfinite(told).all()


def coded(text: str, name: str = "encoder") -> Coded:
    make = {"encoder": coder.make, "learned": learned.make}[name]
    return make()(thread_of(text))


def polarity(found: Coded) -> str | None:
    return next((c.polarity for c in found.codings if c.code == "treatment-experience"), None)


def test_the_same_words_in_another_order_are_another_experience() -> None:
    assert (polarity(coded(HELPED)), polarity(coded(HURT))) == ("good", "bad")


def test_the_coder_says_which_weights_it_has_and_can_be_sent_to_a_worker() -> None:
    made = coder.make()
    assert made.name == f"model:encoder@{digest('encoder')}"
    assert pickle.loads(pickle.dumps(made)).name == made.name


def test_both_coders_code_the_same_layers_with_evidence_inside_the_post() -> None:
    text = "My wife had the transplant in March. No relapses since, and her neurologist is amazed."
    for name in ("encoder", "learned"):
        found = coded(text, name)
        assert {c.layer for c in found.codings} == {"topic", "sentiment", "stance"}
        assert all(s.start < s.end for c in found.codings for s in c.evidence)
