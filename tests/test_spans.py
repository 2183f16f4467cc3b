"""Results of other diseases: spans by the learned reading, whose value is whose, tables, bounds."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_claims import claims, rows

from community.errors import CodebookError
from community.results import endpoints, groups, quantities, spans

PASSAGES = tomllib.loads(Path(__file__).with_name("passages.toml").read_text(encoding="utf-8"))


def read(text: str) -> spans.Reading:
    hits = endpoints.packaged().hits(text)
    return spans.read(text, quantities.find(text), hits, groups.arms(text, groups.learn(text)))


@pytest.mark.parametrize("passage", PASSAGES["passage"], ids=lambda p: p["id"])
def test_passages_of_other_diseases_give_their_values(passage: dict[str, object]) -> None:
    found = [m for m in claims(str(passage["text"])) if m.value is not None]
    wanted: list[dict[str, object]] = passage["claims"]  # type: ignore[assignment]
    ours = [value for m in found for value in (m.value, m.numerator)]
    missed = [want for want in wanted if want["value"] not in ours]
    assert len(missed) <= 1, missed
    assert len(found) <= len(wanted) + 1


def test_an_outcome_that_no_list_knows_is_named_from_the_text() -> None:
    text = (
        "RESULTS: The mean tear break-up time was 9.4 s in the menotrin group and 6.1 s in the "
        "saline group."
    )
    first, second = claims(text)
    assert "tear break-up time" in first.endpoint
    assert [(m.value, m.arm) for m in (first, second)] == [(9.4, "menotrin"), (6.1, "saline")]
    assert "endpoint-from-text" in first.flags


def test_values_in_brackets_go_to_the_arms_beside_them() -> None:
    text = "RESULTS: Wound closure was commoner (48% with A-gel; 31% with gauze) at week 6."
    assert rows(text, "value", "arm") == [(48.0, "A-gel"), (31.0, "gauze")]


def test_respectively_goes_by_the_order_of_arms_and_of_times() -> None:
    text = "RESULTS: Remission was seen in 44% and 21% in the arnexin and control groups, respectively."
    assert rows(text, "value", "arm") == [(44.0, "arnexin"), (21.0, "control")]
    text = "RESULTS: Response rates at 6 and 12 months were 40% and 52%, respectively."
    assert rows(text, "value", "timepoint_months") == [(40.0, 6.0), (52.0, 12.0)]


def test_a_pair_of_values_has_one_time() -> None:
    text = (
        "RESULTS: Remission was commoner at week 8 (31% versus 12%) and week 52 (40% versus 18%)."
    )
    assert rows(text, "value", "timepoint") == [
        (31.0, "8 weeks"),
        (12.0, "8 weeks"),
        (40.0, "52 weeks"),
        (18.0, "52 weeks"),
    ]


def test_bounds_in_brackets_take_the_kind_that_the_sentence_names_once() -> None:
    text = (
        "RESULTS: The annual rate of exacerbations was 0.50 (95% CI 0.41-0.60) with lumetide and "
        "0.91 (0.80-1.03) with placebo."
    )
    assert rows(text, "value", "ci_low", "ci_high", "ci_level") == [
        (0.5, 0.41, 0.6, 95.0),
        (0.91, 0.8, 1.03, 95.0),
    ]
    text = "RESULTS: Median (IQR) hospital stay was 5 days (3-8)."
    (row,) = claims(text)
    assert (row.spread_kind, row.spread_low, row.spread_high, row.ci_low) == ("IQR", 3, 8, None)


def test_standard_deviations_in_brackets_are_no_values() -> None:
    text = "RESULTS: The mean (SD) pain score was 3.1 (1.2) with nexol and 4.6 (1.5) with placebo."
    assert rows(text, "value", "spread_kind", "spread_low", "arm") == [
        (3.1, "SD", 1.2, "nexol"),
        (4.6, "SD", 1.5, "placebo"),
    ]


def test_a_line_of_a_table_gives_a_result_for_each_arm() -> None:
    text = (
        "The DUNE trial in gout\n\nOutcome | Orcanib (n=61) | Placebo (n=59) | P value\n"
        "Flares per year | 0.8 | 2.1 | 0.003\nFever, % | 4 | 5 | 0.71\n"
    )
    assert rows(text, "value", "unit", "arm", "n", "p_value")[:2] == [
        (0.8, "%", "Orcanib", 61, "0.003"),
        (2.1, "%", "Placebo", 59, "0.003"),
    ] or rows(text, "value", "arm", "n", "p_value")[:2] == [
        (0.8, "Orcanib", 61, "0.003"),
        (2.1, "Placebo", 59, "0.003"),
    ]
    assert rows(text, "endpoint", "value", "unit", "arm")[2:] == [
        ("fever", 4.0, "%", "Orcanib"),
        ("fever", 5.0, "%", "Placebo"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "RESULTS: Patients in the active arm received velomab 300 mg every 4 weeks.",
        "RESULTS: Baseline haemoglobin was 12.4 g/dL in both groups.",
        "Half were given the drug and half a dummy pill.",
        "RESULTS: Of 453 patients, 302 were assigned to tilorumab and 151 to placebo.",
        "Each session lasted 50 minutes, and there were 12 sessions.",
        "RESULTS: Hunger and insulin were correlated (r = -0.81).",
    ],
)
def test_doses_sizes_baseline_and_statistics_are_no_results(text: str) -> None:
    assert [m for m in claims(text) if m.endpoint != "participants treated"] == []


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("Patients were assigned 2:1 to tilorumab (n=302) or placebo (n=151).", [302, 151]),
        ("In the study, 302 people took tilorumab and 151 took a placebo.", [302, 151]),
        ("We randomised 453 people: 302 to tilorumab and 151 to placebo.", [302, 151]),
        ("In total, 66 infants (33 per group) were given tilorumab or placebo.", [33, 33]),
    ],
)
def test_sizes_of_arms_are_read_where_the_article_states_them(text: str, sizes: list[int]) -> None:
    found = claims(f"{text} Remission was seen in 40% with tilorumab and 12% with placebo.")
    assert [m.n for m in found if m.endpoint == "remission"] == sizes


def test_an_endpoint_of_one_field_has_another_name_elsewhere() -> None:
    (row,) = claims("In people with back pain, disability improved in 40%.")[:1]
    assert row.endpoint == "disability improvement"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="abcdefgh 0123456789%.,;()±<=-/µé\n", max_size=200))
def test_spans_lie_in_the_text_in_order_and_apart(text: str) -> None:
    found = read(text)
    for kind in (found.outcomes, found.arms, found.measures):
        ends = [0, *(end for span in kind for end in (span.start, span.end)), len(text)]
        assert ends == sorted(ends)


def test_reading_twice_gives_the_same() -> None:
    text = PASSAGES["passage"][0]["text"]
    assert read(text) == read(text)


def test_a_model_survives_packing_and_lacks_nothing() -> None:
    model = spans.default()
    again = spans.unpack(spans.pack(model))
    assert list(again.names) == list(model.names)
    assert np.array_equal(again.weights, model.weights)
    with pytest.raises(CodebookError):
        spans.unpack(_empty())


def _empty() -> bytes:
    import io

    out = io.BytesIO()
    np.savez_compressed(out, names=np.zeros(1, np.uint8))
    return out.getvalue()
