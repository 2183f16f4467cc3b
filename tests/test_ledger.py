"""The ledger: one result, one claim, with an id that nothing but the result decides."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from community.results.ledger import mention_id, merge
from community.types import Ledger, Mention, Span


def said(document: str, value: float | None = 69.2, at: int = 0, **more: object) -> Mention:
    base: dict[str, object] = {
        "trial": "TRIAL-A",
        "endpoint": "event-free survival",
        "unit": "%",
        "timepoint": "5 years",
        "timepoint_months": 60.0,
        "direction": "favourable",
    }
    return Mention(
        document_id=document,
        span=Span(at, at + 5),
        value=value,
        **{**base, **more},  # type: ignore[arg-type]
    )


def ids(ledger: Ledger) -> list[str]:
    return [claim.id for claim in ledger.claims]


def test_rounded_and_exact_figures_of_one_result_are_one_claim() -> None:
    rough = said("c", 70.0, flags=("approximate",))
    (claim,) = merge([said("a"), said("b", 69.0), rough]).claims
    assert len(claim.mentions) == 3


def test_other_times_are_other_claims_of_one_version_group() -> None:
    early = said("b", 78.4, timepoint="3 years", timepoint_months=36.0)
    ledger = merge([said("a"), early])
    assert len(ledger.claims) == 2
    assert len({claim.version_group for claim in ledger.claims}) == 1


def test_other_trials_and_parts_stay_apart() -> None:
    ledger = merge([said("a"), said("b", trial="TRIAL-B"), said("c", subgroup="women")])
    assert len(ledger.claims) == 3


def test_a_doi_or_registry_number_ties_two_names_of_a_trial() -> None:
    one = said("a", doi="10.1000/x")
    two = said("b", trial="Doe 2017", doi="10.1000/X")
    assert len(merge([one, two]).claims) == 1


def test_unknown_trials_of_two_documents_are_not_one() -> None:
    assert len(merge([said("a", trial=None), said("b", trial=None)]).claims) == 2


def test_a_count_and_its_percentage_are_one_claim() -> None:
    counted = said("b", 20.0, unit="patients", numerator=20, denominator=29)
    assert len(merge([said("a", 69.0), counted]).claims) == 1


def test_a_mention_without_a_time_joins_the_value_it_repeats() -> None:
    assert len(merge([said("a"), said("b", timepoint=None, timepoint_months=None)]).claims) == 1


def test_contradictions_stand_side_by_side_and_are_flagged() -> None:
    ledger = merge([said("a"), said("b", 55.0)])
    one, other = ledger.claims
    assert one.flags == ("contradicted", f"contradicts:{other.id}")
    assert other.flags == ("contradicted", f"contradicts:{one.id}")


def test_ids_ignore_wording_place_order_and_further_documents() -> None:
    first, second = said("a"), said("b", 91.3, endpoint="progression-free survival")
    before = set(ids(merge([first, second])))
    moved = replace(first, span=Span(40, 90), timepoint="five years")
    later = set(ids(merge([said("c", 69.0), second, moved, said("d", trial="TRIAL-B")])))
    assert before < later


def test_mention_ids_differ_by_place_and_agree_on_the_same() -> None:
    assert mention_id(said("a")) == mention_id(said("a"))
    assert len({mention_id(m) for m in (said("a"), said("b"), said("a", at=9))}) == 3


@given(st.permutations([said("a"), said("b", 69.0), said("c", 50.0), said("d", None, unit=None)]))
def test_the_order_of_mentions_decides_nothing(mentions: list[Mention]) -> None:
    expected = merge([said("a"), said("b", 69.0), said("c", 50.0), said("d", None, unit=None)])
    assert merge(mentions) == expected


def test_a_posters_figure_without_a_trial_joins_the_trial_that_reports_it() -> None:
    ledger = merge([said("d1"), said("d2", trial=None, post_id="p1", timepoint_months=None)])
    assert [len(claim.mentions) for claim in ledger.claims] == [2]


def test_a_figure_that_two_trials_report_tells_no_trial() -> None:
    rows = [said("d1"), said("d2", trial="TRIAL-B"), said("d3", trial=None, post_id="p1")]
    assert len(merge(rows).claims) == 3


def test_a_page_that_names_its_study_by_its_title_joins_the_trial_with_the_same_results() -> None:
    lent = {"trial": "A pill that works", "flags": ("trial-from-title",)}
    rows = [said("d1"), said("d1", 91.3, 9, endpoint="overall survival")]
    rows += [said("d2", **lent), said("d2", 91.3, 9, endpoint="overall survival", **lent)]
    assert [len(claim.mentions) for claim in merge(rows).claims] == [2, 2]


def test_one_like_figure_and_another_number_of_people_tie_no_pages_together() -> None:
    lent = {"trial": "A pill that works", "flags": ("trial-from-title",)}
    assert len(merge([said("d1", n=24), said("d2", n=300, **lent)]).claims) == 2
