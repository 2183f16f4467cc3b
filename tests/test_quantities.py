"""Quantities: what is found, what is left alone, and that spans point at the words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.results.quantities import Quantity, find, number


def one(text: str, kind: str) -> Quantity:
    found = [q for q in find(text) if q.kind == kind]
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("nearly 40% relapsed", 40.0),
        ("a rate of 12.5 percent", 12.5),
        ("7,5 % of them", 7.5),
        ("sixty per cent", 60.0),
        ("−3.2% overall", -3.2),
    ],
)
def test_percentages_are_read_in_digits_and_words(text: str, value: float) -> None:
    assert one(text, "percent").value == value


@pytest.mark.parametrize(
    ("text", "k", "n"),
    [
        ("14 of the 31 women", 14, 31),
        ("5/17 recovered", 5, 17),
        ("six out of 40 volunteers", 6, 40),
        ("twenty-five of 110", 25, 110),
    ],
)
def test_counts_of_a_whole_keep_both_numbers(text: str, k: int, n: int) -> None:
    found = one(text, "fraction")
    assert (found.numerator, found.denominator) == (k, n)


@pytest.mark.parametrize(
    ("text", "share"),
    [("one in four", 25.0), ("two thirds of patients", 66.67), ("a fifth of people", 20.0)],
)
def test_proportions_in_words_are_no_counts(text: str, share: float) -> None:
    found = one(text, "proportion")
    assert found.value == pytest.approx(share, abs=0.01)
    assert found.numerator is None


@pytest.mark.parametrize(
    ("text", "name", "low", "high", "level"),
    [
        ("(90% CI 40.1-77.3)", "CI", 40.1, 77.3, 90.0),
        ("95% confidence interval [CI] 1.5 to 6.0", "CI", 1.5, 6.0, 95.0),
        ("95 percent confidence interval, −0.9 to −0.2", "CI", -0.9, -0.2, 95.0),
        ("(95% CI, 60%–71%)", "CI", 60.0, 71.0, 95.0),
        ("interquartile range −2.0 to 0.5", "IQR", -2.0, 0.5, None),
        ("range 3-48", "range", 3.0, 48.0, None),
        ("4.1 ± 0.7", "SD", 0.7, None, None),
    ],
)
def test_intervals_tell_their_kind_and_level(
    text: str, name: str, low: float, high: float | None, level: float | None
) -> None:
    found = one(text, "interval")
    assert (found.name, found.low, found.high, found.level) == (name, low, high, level)


@pytest.mark.parametrize(
    ("text", "sign", "value"),
    [("p = 0.04", "=", 0.04), ("P<.001", "<", 0.001), ("p=0·03", "=", 0.03)],
)
def test_p_values_keep_their_sign(text: str, sign: str, value: float) -> None:
    found = one(text, "p")
    assert (found.name, found.value) == (sign, value)


@pytest.mark.parametrize(
    ("text", "months", "cue"),
    [
        ("at 3 years", 36.0, "at"),
        ("five years after surgery", 60.0, "after"),
        ("for up to 2 years", 24.0, "up to"),
        ("Month 12", 12.0, "at"),
        ("the 5-year results", 60.0, "adjective"),
        ("in the 100 days following infusion", 3.29, "after"),
        ("52 weeks", 11.96, None),
    ],
)
def test_durations_know_their_months_and_what_makes_them_a_time_point(
    text: str, months: float, cue: str | None
) -> None:
    found = one(text, "duration")
    assert (found.months(), found.cue) == (months, cue)


@pytest.mark.parametrize(
    "text",
    [
        "doi: 10.1000/abc.12.345",
        "registered as NCT01234567",
        "on 12 May 2021",
        "between 2012 and 2015",
        "adults aged 18 to 65 years",
        "a phase 2 study",
        "call +44 20 7946 0000",
        "J Foo. 2011;12(3):44-51",
        "ACR20 and HbA1c",
        "see Table 3",
        "a 60-year-old",
    ],
)
def test_what_only_looks_like_a_quantity_is_left_alone(text: str) -> None:
    assert find(text) == ()


def test_ratios_are_named_and_their_intervals_stand_beside_them() -> None:
    ratio, interval = find("hazard ratio for death, 0.71; 95% CI, 0.60 to 0.84")
    assert (ratio.name, ratio.value) == ("hazard ratio", 0.71)
    assert (interval.low, interval.high) == (0.60, 0.84)


def test_a_multiple_sclerosis_abbreviation_is_no_risk_ratio() -> None:
    assert [q.kind for q in find("relapsing remitting (RR) disease at 3 years")] == ["duration"]


@given(st.integers(min_value=0, max_value=999_999))
def test_whole_numbers_survive_with_thousands_separators(n: int) -> None:
    assert number(f"{n:,}") == n == number(str(n))


@given(st.decimals(min_value=0, max_value=100, places=1))
def test_decimals_survive_in_percentages_with_either_mark(value: object) -> None:
    written = str(value)
    for mark in (".", "·"):
        assert one(f"about {written.replace('.', mark)}% of them", "percent").value == float(
            written
        )


_UNITS = "one two three four five six seven eight nine".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


@given(st.integers(min_value=0, max_value=7), st.integers(min_value=0, max_value=8))
def test_numbers_in_words_survive(ten: int, unit: int) -> None:
    assert number(f"{_TENS[ten]}-{_UNITS[unit]}") == 10 * (ten + 2) + unit + 1


@given(st.text(max_size=300))
def test_spans_lie_in_the_text_in_order_and_apart(text: str) -> None:
    end = 0
    for quantity in find(text):
        assert end <= quantity.span.start < quantity.span.end <= len(text)
        end = quantity.span.end


@given(st.text(alphabet="0123456789.,%-– /()ofinpP=<CI ", max_size=200))
def test_any_jumble_of_digits_and_marks_is_read_without_error(text: str) -> None:
    find(text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Five needed intensive care.", [5]),
        ("The rash was seen in 11.", [11]),
        ("Three people fell ill against 34 in the other group.", [3, 34]),
        ("Of the 21 women, 13 went through it.", [21, 13]),
        ("His score was 13.", []),
    ],
)
def test_people_left_unsaid_are_counts(text: str, values: list[float]) -> None:
    assert [q.value for q in find(text) if q.kind == "count"] == values


def test_from_to_is_a_change_and_no_range() -> None:
    (found,) = find("It fell from 64 to 31 points.")
    assert (found.value, found.unit, found.low) == (31, "points", None)


def test_not_one_counts_nobody() -> None:
    assert find("Not one patient was lost.") == ()
