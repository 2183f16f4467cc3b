"""Measures of codings: published examples, the same figures as scikit-learn, and what must hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.measures import accuracy, agreement, calibration, clustered, overlap
from community.measures.clustered import FEWEST, Plan, estimate, summed
from community.types import Span

sklearn = pytest.importorskip("sklearn.metrics")
M = agreement.MISSING


def alpha(codings: list[list[int]], categories: int, ordinal: bool = False) -> float:
    """Alpha of codings, a list for each coder."""
    rows = agreement.coincidences(np.array(codings).T, categories)
    return float((agreement.ordinal if ordinal else agreement.nominal)(rows.sum(axis=0)))


# ---- published examples -----------------------------------------------------------------------

# Krippendorff (2011), example C: four observers, twelve units, codings missing; values 1 to 5
FOUR = [
    [0, 1, 2, 2, 1, 0, 3, 0, 1, M, M, M],
    [0, 1, 2, 2, 1, 1, 3, 0, 1, 4, M, 2],
    [M, 2, 2, 2, 1, 2, 3, 1, 1, 4, 0, M],
    [0, 1, 2, 2, 1, 3, 3, 0, 1, 4, 0, M],
]


def test_alpha_of_krippendorffs_four_observers_is_the_published_one() -> None:
    assert alpha(FOUR, 5) == pytest.approx(0.743, abs=0.0005)
    assert alpha(FOUR, 5, ordinal=True) == pytest.approx(0.815, abs=0.0005)


def test_alpha_of_krippendorffs_two_observers_is_the_published_one() -> None:
    """Example A (binary) and example B (nominal, five categories a to e) of the same paper."""
    binary = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
    assert alpha(binary, 2) == pytest.approx(0.095, abs=0.0005)
    a, b = "aabbdcccedda", "babbbccceddd"
    nominal = [["abcde".index(c) for c in word] for word in (a, b)]
    assert alpha(nominal, 5) == pytest.approx(0.692, abs=0.0005)


def test_kappa_by_hand() -> None:
    """20 and 15 agreements of 50, 5 and 10 disagreements: (0.7 - 0.5) / (1 - 0.5)."""
    assert float(agreement.kappa(np.array([20.0, 5.0, 10.0, 15.0]))) == pytest.approx(0.4)


def test_masi_distances_are_passonneaus() -> None:
    """Equal, one within the other, both with members of their own, nothing shared."""
    assert agreement.masi("ab", "ba") == 0
    assert agreement.masi("a", "ab") == pytest.approx(1 - 1 / 2 * 2 / 3)
    assert agreement.masi("ab", "bc") == pytest.approx(1 - 1 / 3 * 1 / 3)
    assert agreement.masi("a", "b") == 1
    assert agreement.masi("", "") == 0
    assert agreement.masi("", "a") == 1


def test_alpha_over_sets_by_hand() -> None:
    """Two coders, units {a}{a}, {a}{ab}, {b}{b}: observed (0 + 2/3 + 0) / 3 of a unit; expected from
    a, ab, b given 3, 1 and 2 times, with distances 2/3 (a, ab), 1 (a, b), 2/3 (ab, b)."""
    a, b, ab = frozenset("a"), frozenset("b"), frozenset("ab")
    rows, distance = agreement.set_rows([[a, a], [a, ab], [b, b]])
    seen = 2 * (2 / 3) / 6
    by_chance = 2 * (3 * 1 * 2 / 3 + 3 * 2 * 1 + 1 * 2 * 2 / 3) / (6 * 5)
    found = agreement.sets(rows.sum(axis=0), distance)
    assert float(found) == pytest.approx(1 - seen / by_chance)


def test_alpha_over_single_topics_is_nominal_alpha() -> None:
    """Sets of one member each are at distance 0 or 1, as categories are."""
    codings = [[0, 1, 2, 1, 0, 2, 2], [0, 1, 1, 1, 0, 2, 0]]
    units = [[frozenset(str(value)) for value in unit] for unit in zip(*codings, strict=True)]
    rows, distance = agreement.set_rows(units)
    assert float(agreement.sets(rows.sum(axis=0), distance)) == pytest.approx(alpha(codings, 3))


def test_a_calibration_error_by_hand() -> None:
    """Two bins of two: |0.2 - 0.5| and |0.8 - 1| for half of the posts each."""
    probability, gold = np.array([0.2, 0.8, 0.2, 0.8]), np.array([0.0, 1.0, 1.0, 1.0])
    at = calibration.equal_mass(probability, 2)
    found = calibration.ece(calibration.rows(probability, gold, at, 2).sum(axis=0))
    assert float(found) == pytest.approx(0.5 * 0.3 + 0.5 * 0.2)


def test_token_overlap_by_hand() -> None:
    text = "my legs are getting weaker every year"
    legs, weaker = Span(3, 7), Span(12, 26)
    assert overlap.token_f1(text, [legs, weaker], [weaker]) == pytest.approx(2 * 2 / (3 + 2))
    assert overlap.token_f1(text, [legs], [weaker]) == 0
    assert overlap.token_f1(text, [Span(4, 5)], [legs]) == 1, "a touched token is a marked one"
    assert overlap.token_f1("… !", [Span(0, 3)], [Span(0, 3)]) is None


# ---- the same as scikit-learn -----------------------------------------------------------------

pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=60)


@given(pairs)
def test_kappa_is_scikit_learns(values: list[tuple[int, int]]) -> None:
    one, other = (np.array(side) for side in zip(*values, strict=True))
    found = float(agreement.kappa(agreement.matrices(one, other, 4).sum(axis=0)))
    if one.min() == one.max() == other.min() == other.max():
        assert math.isnan(found), "who cannot disagree cannot agree"
    else:
        assert found == pytest.approx(sklearn.cohen_kappa_score(one, other), abs=1e-12)


@given(pairs)
def test_weighted_kappa_is_scikit_learns(values: list[tuple[int, int]]) -> None:
    one, other = (np.array(side) for side in zip(*values, strict=True))
    flat = agreement.matrices(one, other, 4).sum(axis=0)
    found = float(agreement.kappa(flat, agreement.quadratic(4)))
    if not math.isnan(found):
        told = sklearn.cohen_kappa_score(one, other, labels=range(4), weights="quadratic")
        assert found == pytest.approx(told, abs=1e-12)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_precision_recall_f1_and_mcc_are_scikit_learns(values: list[tuple[bool, bool]]) -> None:
    gold, given_ = (np.array(side) for side in zip(*values, strict=True))
    counts = accuracy.counts(gold, given_).sum(axis=0)
    told = {
        accuracy.precision: sklearn.precision_score(gold, given_, zero_division=np.nan),
        accuracy.recall: sklearn.recall_score(gold, given_, zero_division=np.nan),
        accuracy.f1: sklearn.f1_score(gold, given_, zero_division=np.nan),
        accuracy.accuracy: sklearn.accuracy_score(gold, given_),
    }
    for measure, expected in told.items():
        assert float(measure(counts)) == pytest.approx(expected, nan_ok=True)
    found = float(accuracy.mcc(counts))
    if math.isnan(found):  # scikit-learn says 0 where nothing can be said
        assert len(set(gold)) == 1 or len(set(given_)) == 1
    else:
        assert found == pytest.approx(sklearn.matthews_corrcoef(gold, given_))


# ---- what must hold ---------------------------------------------------------------------------

codings = st.integers(2, 4).flatmap(
    lambda coders: st.lists(
        st.lists(st.sampled_from([M, 0, 1, 2]), min_size=coders, max_size=coders),
        min_size=2,
        max_size=30,
    )
)


@given(st.lists(st.integers(0, 2), min_size=2, max_size=30), st.integers(2, 4))
def test_perfect_agreement_is_1(values: list[int], coders: int) -> None:
    grid = np.repeat(np.array(values)[:, None], coders, axis=1)
    flat = agreement.coincidences(grid, 3).sum(axis=0)
    assert float(agreement.percent(flat)) == 1
    for measure in (agreement.nominal, agreement.ordinal):
        found = float(measure(flat))
        assert found == 1 if len(set(values)) > 1 else math.isnan(found)


@given(codings, st.randoms())
def test_the_order_of_coders_and_of_posts_changes_nothing(
    units: list[list[int]], random: object
) -> None:
    grid = np.array(units)
    coders, posts = list(range(grid.shape[1])), list(range(len(grid)))
    random.shuffle(coders)  # type: ignore[attr-defined]
    random.shuffle(posts)  # type: ignore[attr-defined]
    one = agreement.coincidences(grid, 3).sum(axis=0)
    other = agreement.coincidences(grid[posts][:, coders], 3).sum(axis=0)
    for measure in (agreement.nominal, agreement.ordinal, agreement.percent):
        assert float(measure(one)) == pytest.approx(float(measure(other)), nan_ok=True)


@given(codings)
def test_an_ordinal_scale_may_be_turned_round(units: list[list[int]]) -> None:
    grid = np.array(units)
    turned = np.where(grid == M, M, 2 - grid)
    one, other = (
        float(agreement.ordinal(agreement.coincidences(g, 3).sum(axis=0))) for g in (grid, turned)
    )
    assert one == pytest.approx(other, nan_ok=True)


@given(codings)
def test_a_unit_that_one_coder_alone_coded_says_nothing(units: list[list[int]]) -> None:
    grid = np.array(units)
    alone = np.full((1, grid.shape[1]), M)
    alone[0, 0] = 1
    one = agreement.coincidences(grid, 3).sum(axis=0)
    other = agreement.coincidences(np.concatenate([grid, alone]), 3).sum(axis=0)
    assert (one == other).all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50), st.randoms())
def test_bins_do_not_depend_on_the_order_and_keep_ties_together(
    values: list[float], random: object
) -> None:
    probability = np.round(np.array(values), 1)
    order = list(range(len(values)))
    random.shuffle(order)  # type: ignore[attr-defined]
    at = calibration.equal_mass(probability)
    assert (calibration.equal_mass(probability[order]) == at[order]).all()
    for value in set(probability):
        assert len(set(at[probability == value])) == 1
    assert at.min() >= 0
    assert at.max() < calibration.BINS


def test_right_probabilities_have_about_the_error_that_chance_gives() -> None:
    random = np.random.default_rng(7)
    errors, expected = [], []
    for _ in range(40):
        probability = random.random(200)
        at = calibration.equal_mass(probability)
        gold = (random.random(200) < probability).astype(float)
        rows = calibration.rows(probability, gold, at)
        errors.append(float(calibration.ece(rows.sum(axis=0))))
        expected.append(calibration.by_chance(probability, at, Plan(draws=200)))
    assert np.mean(errors) == pytest.approx(np.mean(expected), rel=0.1)


# ---- intervals --------------------------------------------------------------------------------

threads = st.lists(
    st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=6),
    min_size=1,
    max_size=12,
)


def sums_of(posts: list[list[tuple[bool, bool]]]) -> clustered.Array:
    clusters = np.array([number for number, thread in enumerate(posts) for _ in thread])
    gold, given_ = zip(*(post for thread in posts for post in thread), strict=True)
    return summed(accuracy.counts(gold, given_), clusters, len(posts))


@settings(max_examples=60, deadline=None)
@given(threads)
def test_intervals_hold_their_estimate_and_stay_in_range(
    posts: list[list[tuple[bool, bool]]],
) -> None:
    sums = sums_of(posts)
    for measure, kind, least in (
        (accuracy.accuracy, "share", 0.0),
        (accuracy.f1, "index", 0.0),
        (accuracy.mcc, "index", -1.0),
    ):
        found = estimate(sums, measure, kind=kind)
        assert (found.low is None) == (found.high is None)
        assert found.method
        if found.low is not None and found.high is not None:
            assert found.value is not None
            assert least <= found.low <= found.value <= found.high <= 1
            assert found.threads >= FEWEST
        if found.value is None or len(posts) < FEWEST:
            assert found.low is None


def test_the_same_figures_give_the_same_interval() -> None:
    random = np.random.default_rng(1)
    sums = random.integers(0, 9, (20, 4)).astype(float)
    one, other = (estimate(sums, accuracy.f1) for _ in range(2))
    assert one == other
    assert "seed" in one.method


def test_a_hundred_alike_posts_in_ten_threads_are_no_hundred_posts() -> None:
    """Where all posts of a thread share their fate, the interval is that of ten things."""
    fate = np.array([1, 1, 1, 0, 0, 1, 0, 1, 1, 0], dtype=float)
    together = np.stack([fate * 10, np.full(10, 10.0)], axis=1)
    alone = np.stack([np.repeat(fate, 10), np.ones(100)], axis=1)
    wide, narrow = (estimate(rows, accuracy.mean, kind="share") for rows in (together, alone))
    assert wide.value == narrow.value == 0.6
    assert wide.high - wide.low > 2.5 * (narrow.high - narrow.low)  # type: ignore[operator]


def test_where_all_threads_agree_a_share_has_wilsons_interval() -> None:
    from scipy.stats import binomtest

    sums = np.stack([np.full(9, 3.0), np.full(9, 3.0)], axis=1)
    found = estimate(sums, accuracy.mean, kind="share")
    told = binomtest(9, 9).proportion_ci(method="wilson")
    assert (found.low, found.high) == (pytest.approx(told.low), 1.0)
    assert "Wilson" in found.method
    assert estimate(sums, accuracy.mean).low is None, "no other measure has one"


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """Ten threads of unequal size and prevalence; the true recall is 0.7."""
    random = np.random.default_rng(3)
    held = 0
    for _ in range(200):
        posts = []
        for _ in range(10):
            size, prevalence = 1 + random.geometric(0.1), random.beta(2, 3)
            gold = random.random(size) < prevalence
            found = np.where(gold, random.random(size) < random.beta(7, 3), False)
            posts.append(list(zip(gold.tolist(), found.tolist(), strict=True)))
        made = estimate(sums_of(posts), accuracy.recall, kind="share")
        held += made.low is not None and made.low <= 0.7 <= made.high  # type: ignore[operator]
    assert 0.87 <= held / 200 <= 0.99


def test_a_thread_that_tells_nothing_is_not_counted() -> None:
    sums = np.array([[2.0, 1.0, 0.0, 5.0]] * 4 + [[0.0, 0.0, 0.0, 9.0]] * 6)
    found = estimate(sums, accuracy.f1, telling=sums[:, :3].any(axis=1))
    assert found.threads == 4
    assert found.low is None
    assert "fewer than 5" in found.method
