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


def flags_of(*mentions: Mention) -> list[tuple[str, ...]]:
    return [claim.flags for claim in merge(mentions).claims]


def test_a_document_that_states_two_figures_tells_them_apart() -> None:
    assert flags_of(said("a"), said("a", 55.0, 9)) == [(), ()]


def test_early_harms_in_one_report_against_late_ones_in_another_are_flagged() -> None:
    words: dict[str, object] = {
        "value": None,
        "unit": None,
        "endpoint": "neurologic adverse events",
    }
    early = said("a", flags=("acute",), **words)
    late = said("b", flags=("late",), **words)
    one, other = merge([early, late]).claims
    assert one.version_group == other.version_group
    assert f"contradicts:{other.id}" in one.flags and f"contradicts:{one.id}" in other.flags
    both = said("a", at=9, flags=("late",), **words)
    assert flags_of(early, late, both) == [(), ()]


def test_no_deaths_against_deaths_are_flagged_on_any_scale() -> None:
    none = said("a", 0.0, unit="patients", endpoint="mortality", timepoint_months=None)
    some = said("b", 2.8, endpoint="mortality", timepoint_months=None)
    assert all("contradicted" in told for told in flags_of(none, some))


def test_deaths_that_another_report_of_harms_leaves_out_are_flagged() -> None:
    died = said("news", 3.0, unit="patients", endpoint="mortality")
    told = [said("abstract", 10.0 + n, n, endpoint=e)
            for n, e in enumerate(("infection", "nausea", "relapse"))]  # fmt: skip
    flags = {c.mentions[0].endpoint: c.flags for c in merge([died, *told]).claims}
    assert flags["mortality"] == ("unreported-in:abstract",)


def test_shares_are_checked_against_their_counts() -> None:
    right = said("a", 69.0, numerator=20, denominator=29)
    assert flags_of(right) == [()]
    assert flags_of(said("a", 2.8, numerator=8, n=281, endpoint="mortality")) == [()]
    assert flags_of(said("a", 79.0, numerator=20, denominator=29)) == [("arithmetic",)]
    assert flags_of(said("a", 2.8, numerator=80, n=281)) == [("arithmetic",)]
    assert flags_of(said("a", 80.0, numerator=20, n=50)) == [()]  # of 25 who were analysed


def test_impossible_figures_are_flagged() -> None:
    assert flags_of(said("a", ci_low=70.0, ci_high=82.0)) == [("interval-without-value",)]
    assert flags_of(said("a", ci_low=82.0, ci_high=50.0)) == [("interval-reversed",)]
    assert flags_of(said("a", 30.0, unit="patients", numerator=30, n=24)) == [("more-than-n",)]
    assert flags_of(said("a", 104.0, measure="proportion")) == [("share-beyond-100",)]


def test_those_who_had_it_and_those_who_were_spared_are_not_more_than_all() -> None:
    free = said("a", 80.0, endpoint="relapse-free survival")
    had = said("a", 30.0, 9, endpoint="relapse")
    assert all(f[0].startswith("complement-over-100:") for f in flags_of(free, had))
    assert flags_of(free, said("a", 20.0, 9, endpoint="relapse")) == [(), ()]


def test_an_id_that_a_ledger_gives_is_kept_and_articles_join_it() -> None:
    (claim,) = merge([said("ledger", given_id="C-7"), said("a", 69.0)]).claims
    assert claim.id == "C-7" and len(claim.mentions) == 2
    apart = merge([said("ledger", given_id="C-7"), said("ledger", 69.0, 9, given_id="C-8")])
    assert ids(apart) == ["C-7", "C-8"]


def test_names_of_one_trial_meet_by_what_a_document_says_of_both() -> None:
    tied = said("a", known_as=("Doe 2017",))
    assert len(merge([tied, said("b", trial="Doe 2017")]).claims) == 1
    assert len(merge([tied, said("b", trial="Doe")]).claims) == 1
    assert len(merge([said("a", trial="Doe 2017"), said("b", trial="Doe")]).claims) == 1
    two = said("c", trial="TRIAL-B", known_as=("Doe 2017",))
    assert len(merge([tied, two, said("b", trial="Doe 2017")]).claims) == 3


def test_the_country_of_a_study_names_it_where_only_one_is_from_there() -> None:
    swiss = said("a", known_as=("@Switzerland",))
    loose: dict[str, object] = {"trial": "Swiss study", "flags": ("trial-unnamed",),
                                "known_as": ("@Switzerland",)}  # fmt: skip
    assert len(merge([swiss, said("b", **loose)]).claims) == 1
    assert len(merge([said("c", **loose), said("b", **loose)]).claims) == 2


# ---- ids survive ------------------------------------------------------------------------------

ENDPOINTS = ("event-free survival", "relapse", "mortality", "nausea", "EDSS change")
DOCUMENTS = ("a", "b", "c")


@st.composite
def results(draw: st.DrawFn) -> list[Mention]:
    """Results of a few trials as a few documents state them."""
    made = []
    for at in range(draw(st.integers(1, 8))):
        months = draw(st.sampled_from([None, 12.0, 36.0, 60.0]))
        made.append(
            said(
                draw(st.sampled_from(DOCUMENTS)),
                draw(st.sampled_from([0.0, 2.8, 8.0, 20.0, 69.2, 70.0, 91.3])),
                10 * at,
                trial=draw(st.sampled_from(["TRIAL-A", "Doe 2017", "Swiss series 2009–2016"])),
                endpoint=draw(st.sampled_from(ENDPOINTS)),
                timepoint_months=months,
                timepoint=None if months is None else f"{months:g} months",
                arm=draw(st.sampled_from([None, None, "placebo"])),
            )
        )
    return made


def of_each(ledger: Ledger) -> dict[tuple[object, ...], str]:
    """The claim of each mention, by what identifies the mention."""
    return {
        (m.document_id, m.endpoint, m.value, m.trial, m.timepoint_months, m.arm): claim.id
        for claim in ledger.claims
        for m in claim.mentions
    }


def last_run(ledger: Ledger) -> dict[Mention, tuple[str, str]]:
    return {m: (c.id, c.version_group) for c in ledger.claims for m in c.mentions}


@given(results(), st.integers(0, 500), st.randoms(use_true_random=False))
def test_ids_do_not_depend_on_place_wording_and_order(
    rows: list[Mention], shift: int, chance: object
) -> None:
    before = of_each(merge(rows))
    moved = [
        replace(
            m, span=Span(m.span.start + shift, m.span.end + shift), direction=None, p_value="0.04"
        )
        for m in rows
    ]
    chance.shuffle(moved)  # type: ignore[attr-defined]
    assert of_each(merge(moved)) == before


@given(results(), results())
def test_ids_of_the_last_run_survive_new_documents(old: list[Mention], new: list[Mention]) -> None:
    first = merge(old)
    more = [replace(m, document_id=f"new-{m.document_id}") for m in new]
    later = merge([*old, *more], last_run(first))
    kept = {claim.id for claim in later.claims}
    assert len(kept) == len(later.claims)
    now = {m: c.id for c in later.claims for m in c.mentions}
    # what was one claim may prove to be two, or two to be one; no other id changes
    for claim in first.claims:
        assert claim.id in {now[m] for m in claim.mentions} or all(
            now[m] in {c.id for c in first.claims} for m in claim.mentions
        )


@given(st.sampled_from([69.0, 8.0, 91.0, 3.0, 12.0]), st.integers(-4, 4))
def test_more_decimals_make_no_other_claim(value: float, tenths: int) -> None:
    exact = value + tenths / 10
    (before,) = merge([said("a", value)]).claims
    (after,) = merge([said("a", exact)]).claims
    assert before.id == after.id
    (both,) = merge([said("a", value), said("b", exact)]).claims
    assert both.id == before.id


@given(results())
def test_a_run_over_the_same_input_changes_nothing(rows: list[Mention]) -> None:
    first = merge(rows)
    assert merge(rows, last_run(first)) == first
    assert merge(rows) == first
