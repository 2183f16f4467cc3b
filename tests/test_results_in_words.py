"""Results in words beyond the vocabulary, and the direction of effect. All texts are our own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.errors import CodebookError
from community.results import compared, directions, endpoints, linear, telling
from community.results.claims import make
from community.types import Document, Mention, Span, Thread

VOCABULARY = endpoints.packaged()


def read(text: str) -> tuple[Mention, ...]:
    document = Document(
        id="d",
        source="d",
        text=text,
        reader="article",
        kind="article",
        article=(Span(0, len(text)),),
    )
    return make()(Thread(document=document, posts=()))


def in_words(text: str) -> list[tuple[str, str | None]]:
    return [(m.endpoint, m.direction) for m in read(text) if m.measure == "qualitative"]


@pytest.mark.parametrize(
    ("text", "endpoint", "direction"),
    [
        (
            "The ointment eased wrist stiffness in most of those who used it.",
            "stiffness",
            "favourable",
        ),
        ("Grip strength improved in the splint group.", "grip strength", "favourable"),
        ("Itching became worse during the first weeks.", "itch", "unfavourable"),
        (
            "There was no significant difference in healing time between the two dressings.",
            "healing time",
            "neutral",
        ),
        ("The implant reduced snoring compared with the sham device.", "snoring", "favourable"),
    ],
)
def test_a_result_names_an_outcome_that_the_vocabulary_lacks(
    text: str, endpoint: str, direction: str
) -> None:
    found = in_words(text)
    assert any(endpoint in name and way == direction for name, way in found), found


@pytest.mark.parametrize(
    "text",
    [
        "The study set out to learn whether the splint improves grip strength.",
        "Success was defined as a fall in itching by half.",
        "The ointment could one day replace steroids.",
        "Hay fever is a common allergy that troubles people in spring.",
        "The device sends weak pulses to the tongue.",
        "Participants were randomly assigned to one of two dressings.",
        "I find it hard to be impressed.",
        "Read more about living with eczema.",
    ],
)
def test_what_is_no_result_gives_none(text: str) -> None:
    assert in_words(text) == []


def test_a_list_of_outcomes_gives_each() -> None:
    names = [
        name for name, _ in in_words("Hearing, balance and mood improved after the operation.")
    ]
    assert len(names) == 3


def test_a_background_that_no_heading_closes_ends_with_its_paragraph() -> None:
    text = (
        "Background: Gout is caused by crystals in the joints.\n\n"
        "The tablets prevented gout attacks in most patients.\n\n"
        "Nobody had a serious reaction to the tablets."
    )
    assert in_words(text)


def test_weights_gathered_per_word_are_those_of_the_head() -> None:
    words = telling.folded(telling.tokens("In 40 patients, pain and sleep improved (P<0.01)."))
    head = linear.packaged()["outcome"]
    keys, vectors = telling.word_keys(words), telling.word_vectors(words)
    slow = head.chances(keys, np.ones(len(words)), vectors)[:, 0]
    assert np.abs(slow - telling.outcome_chances(words)).max() < 1e-5


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_outcomes_of_any_text_lie_within_it(text: str) -> None:
    assert 0 <= telling.result(text, VOCABULARY) <= 1
    for start, end, chance in telling.outcomes(text):
        assert 0 <= start < end <= len(text)
        assert 0 <= chance <= 1


PROMPT = compared.Prompt(outcome="pain", intervention="ketorelin", comparator="placebo")


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("Pain was significantly lower with ketorelin than with placebo (P<0.001).", "decreased"),
        ("Pain was significantly higher with ketorelin than with placebo (P<0.001).", "increased"),
        ("Pain did not differ between ketorelin and placebo (P=0.61).", "no difference"),
    ],
)
def test_an_outcome_is_higher_lower_or_no_different_with_a_treatment(
    text: str, change: str
) -> None:
    assert compared.direction(text, PROMPT, VOCABULARY)[0] == change


def test_the_evidence_for_a_prompt_is_found_among_sentences() -> None:
    sentences = [
        "Toothache is common.",
        "Patients were randomised to ketorelin or placebo.",
        "Pain was lower with ketorelin than with placebo (P<0.001).",
        "Sleep did not differ.",
    ]
    assert compared.evidence(sentences, PROMPT, VOCABULARY)[0][0] == 2


def test_less_of_a_bad_outcome_points_the_good_way() -> None:
    text = "Pain was significantly lower with ketorelin than with placebo (P<0.001)."
    assert compared.pointing(text, PROMPT, "unfavourable", VOCABULARY) == "favourable"
    assert compared.pointing(text, PROMPT, "neutral", VOCABULARY) is None
    assert compared.pointing("Pain was lower.", PROMPT, "unfavourable", VOCABULARY) is None


@pytest.mark.parametrize(
    ("name", "means"),
    [
        ("walking speed", "favourable"),
        ("wound infection", "unfavourable"),
        ("nosebleeds", "unfavourable"),
    ],
)
def test_the_words_of_an_outcome_tell_whether_more_of_it_is_good(name: str, means: str) -> None:
    assert directions.high(name) == means


def test_heads_survive_being_packed_and_a_file_without_arrays_is_refused() -> None:
    heads = linear.packaged()
    again = linear.unpack(linear.pack(heads))
    assert {n: h.classes for n, h in again.items()} == {n: h.classes for n, h in heads.items()}
    assert all(np.array_equal(again[n].rows, heads[n].rows) for n in heads)
    import io

    out = io.BytesIO()
    np.savez_compressed(out, other=np.zeros(1))
    with pytest.raises(CodebookError):
        linear.unpack(out.getvalue())
