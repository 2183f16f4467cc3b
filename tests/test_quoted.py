"""Numbers that travel: what a poster's figure is, and where it comes from."""

from __future__ import annotations

import pickle
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_links import LEDGER, claim, thread

from community.linked import Linked, QuotedNumber
from community.linking.figures import figures
from community.linking.relations import read
from community.linking.spoken import make
from community.linking.targets import prepare
from community.types import Ledger, Thread

OTHER = claim(
    "other", "event-free survival", 46.0, trial="WREN", timepoint="3 years", timepoint_months=36.0
)
TREATED = claim("treated", "participants treated", 40.0, unit="patients", n=40)
HAZARD = claim("hr", "disability progression", 0.07, unit=None, ci_low=0.02, ci_high=0.24)
LEDGER_OF_TWO = Ledger(claims=(*LEDGER.claims, OTHER, TREATED, HAZARD))


def said(where: Thread, ledger: Ledger = LEDGER_OF_TWO) -> Linked:
    return make()(where, prepare(ledger), ())


def typed(*posts: str, parents: dict[int, int] | None = None) -> list[tuple[str, str | None, str]]:
    where = thread(*posts, parents=parents)
    text = where.document.text
    return [(n.span.of(text), n.claim_id, n.verdict) for n in said(where).numbers]


@pytest.mark.parametrize(
    ("words", "number", "verdict"),
    [
        ("72.4% were event free.", "72.4%", "exact"),
        ("72% were event free.", "72%", "rounded"),
        ("About 70 percent were event free.", "70 percent", "rounded"),
        ("Nearly three quarters were event free.", "three quarters", "rounded"),
        ("So 28% failed, they had an event.", "28%", "complement"),
    ],
)
def test_a_share_is_exact_rounded_or_the_rest(words: str, number: str, verdict: str) -> None:
    assert (number, "efs", verdict) in typed(words)


def test_a_count_of_people_comes_from_the_claim_that_counts_them() -> None:
    assert typed("7 of 40 had a broken thyroid.") == [("7 of 40", "thyroid", "exact")]
    assert typed("Only 40 people, that is a bus.") == [("40 people", "treated", "exact")]


def test_a_number_of_another_endpoint_than_the_words_say_is_told_apart() -> None:
    assert typed("88.1% had no relapse, says my mother.") == [("88.1%", "pfs", "other-endpoint")]


def test_a_number_of_another_trial_than_the_words_say_is_told_apart() -> None:
    assert typed("In the WREN trial 72.4% were event free.") == [("72.4%", "efs", "other-trial")]


def test_a_number_of_another_point_in_time_is_told_apart() -> None:
    assert typed("72.4% were event free at ten years.") == [("72.4%", "efs", "other-timepoint")]


def test_each_end_of_a_range_is_a_number_of_its_own() -> None:
    assert typed("They told us that 5 to 10 % die of it.") == [
        ("5", None, "no-source"),
        ("10 %", None, "no-source"),
    ]


def test_the_rest_of_a_hazard_ratio_is_its_complement() -> None:
    assert ("93%", "hr", "complement") in typed(
        "A hazard ratio of 0.07 for progression, so 93% fewer progressed."
    )


def test_a_bare_number_takes_what_the_post_above_speaks_of() -> None:
    found = typed("72.4% were event free.", "How does the 72 come about?", parents={1: 0})
    assert found[-1] == ("72", "efs", "rounded")


@pytest.mark.parametrize(
    "words",
    [
        "I'm 40 and the scan was clear.",
        "He is 72, she is 88.",
        "We paid 72,400 dollars for it in 2018.",
        "My EDSS is 3.",
        "I had 7 relapses in 40 months.",
        "I take 40 mg and walk 7 km.",
        "On day 28 I went home.",
        "I feel 50% better since.",
    ],
)
def test_ages_prices_doses_and_the_posters_own_story_are_no_quoted_numbers(words: str) -> None:
    assert typed(words) == []


def test_a_figure_of_a_group_that_nobody_reports_has_no_source() -> None:
    assert typed("One in ten die of it, he said.") == [("One in ten", None, "no-source")]


def test_what_only_posters_bring_is_no_source_for_others() -> None:
    posted = claim("posted", "treatment-related mortality", 8.0, post_id="p0")
    where = thread("8% die of it, I read.", "Not 8%, nobody died.", parents={1: 0})
    found = said(where, Ledger(claims=(posted,))).numbers
    assert {(n.claim_id, n.verdict) for n in found} == {(None, "no-source")}


def test_quoted_words_of_others_are_not_the_posters_numbers() -> None:
    where = thread("72.4% were event free.")
    silent = replace(where, posts=(replace(where.posts[0], own=()),))
    assert said(silent).numbers == ()


def test_the_same_thread_gives_the_same_numbers_also_from_another_process() -> None:
    where = thread("72% were event free and 88% did not progress.", "28% failed.", parents={1: 0})
    step = pickle.loads(pickle.dumps(make()))
    index = pickle.loads(pickle.dumps(prepare(LEDGER_OF_TWO)))
    assert step(where, index, ()) == said(where)


def test_a_post_added_below_changes_no_number_above() -> None:
    posts = ("72% were event free.", "So 28% failed?")
    before = said(thread(*posts, parents={1: 0})).numbers
    after = said(thread(*posts, "And 46% in WREN, 88.1% here.", parents={1: 0, 2: 1})).numbers
    assert after[: len(before)] == before


@given(st.text(alphabet="0123456789 %.,-/toinfa half third one of the 72.4\n()'", max_size=80))
def test_figures_lie_in_the_text_in_order_and_apart(text: str) -> None:
    found = figures(read(text))
    assert all(0 <= f.span.start < f.span.end <= len(text) for f in found)
    assert all(a.span.end <= b.span.start for a, b in pairwise(found))


def test_a_number_is_frozen() -> None:
    (one,) = said(thread("72% were event free.")).numbers
    assert isinstance(one, QuotedNumber)
    with pytest.raises(AttributeError):
        one.verdict = "exact"  # type: ignore[misc]
