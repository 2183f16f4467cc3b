"""Figures: what counts, what leaves the denominators, and whose words stand for a claim."""

from __future__ import annotations

from typing import Any

import pytest
from hand_study import META, HandSnapshot, Page, study
from hypothesis import given
from hypothesis import strategies as st

from community.prevalence import wilson
from community.summaries import headline_coder
from community.units import moment


def rows(made: HandSnapshot, table: str, **where: Any) -> list[dict[str, Any]]:
    return [r for r in made.dicts(table) if all(r[k] == v for k, v in where.items())]


def figure(made: HandSnapshot, code: str, unit: str = "posts", **where: Any) -> dict[str, Any]:
    asked = {"coder": "rules", "polarity": None, "whose": None, "group_by": "all"} | where
    (row,) = rows(made, "summary_codes", code=code, unit=unit, **asked)
    return row


def test_posts_count_unless_their_site_or_author_took_them_away() -> None:
    row = figure(study(), "access")
    assert (row["n"], row["n_with"], row["prevalence"]) == (8, 2, 0.25)  # 10 - deleted - German


def test_a_post_in_a_language_the_coder_lacks_leaves_only_that_coders_denominators() -> None:
    made = study()
    assert figure(made, "positive")["n"] + figure(made, "positive")["n_abstained"] == 8
    assert figure(made, "positive", coder="vader")["n"] == 9


def test_authors_leave_out_shared_names_and_say_how_many_posts_are_covered() -> None:
    row = figure(study(), "efficacy", "authors")
    assert (row["n"], row["n_with"]) == (5, 2)
    assert "6 of 8 posts have a known author" in row["method"]


def test_an_abstention_bounds_the_figure_from_both_sides() -> None:
    row = figure(study(), "progression-concern")
    assert (row["n"], row["n_with"], row["n_abstained"]) == (7, 1, 1)
    assert (row["low_if_abstained"], row["high_if_abstained"]) == (1 / 8, 2 / 8)


def test_a_sentiment_abstention_leaves_every_sentiment_open() -> None:
    made = study()
    for code in ("positive", "negative", "mixed", "neutral"):
        assert figure(made, code)["n_abstained"] == 1


def test_stances_are_counted_by_polarity_and_by_whose() -> None:
    made = study()
    assert figure(made, "treatment-experience")["n_with"] == 2
    assert figure(made, "treatment-experience", polarity="good")["n_with"] == 1
    assert figure(made, "treatment-experience", polarity="good", whose="self")["n_with"] == 1


def test_experiences_of_two_people_in_one_post_count_the_post_once() -> None:
    made = HandSnapshot()
    page = Page(made, "one.txt", None)
    post = page.post("1", "Good for me, bad for my sister.", author="member-1")
    page.code(post, "stance", "treatment-experience", polarity="good", whose="self")
    page.code(post, "stance", "treatment-experience", polarity="bad", whose="close")
    page.done()
    assert figure(made, "treatment-experience")["n_with"] == 1


def test_groups_show_zeros_so_that_nothing_has_to_be_guessed() -> None:
    made = study()
    assert figure(made, "care", group_by="role", group="carer")["n_with"] == 0
    assert figure(made, "care", group_by="month", group="2024-02")["n_with"] == 0
    kinds = {row["group_by"] for row in made.dicts("summary_codes")}
    assert kinds == {"all", "role", "month", "document"}


def test_a_study_without_dates_has_no_months() -> None:
    made = HandSnapshot()
    page = Page(made, "one.txt", None)
    page.code(page.post("1", "Short.", posted_at="2024", time_precision="relative"), "topic", "x")
    page.done()
    assert {row["group_by"] for row in made.dicts("summary_codes")} == {"all", "role", "document"}


def test_a_person_who_coded_a_sample_is_measured_on_that_sample() -> None:
    made = HandSnapshot()
    page = Page(made, "one.txt", None)
    posts = [page.post(str(i), f"Words of post {i}.", author=f"member-{i}") for i in range(4)]
    page.code(posts[0], "sentiment", "positive", coder="human:a")
    page.code(posts[1], "sentiment", "neutral", coder="human:a")
    page.done()
    row = figure(made, "positive", coder="human:a")
    assert (row["n"], row["n_with"]) == (2, 1)


def test_the_same_name_on_two_sites_is_two_people_unless_it_is_a_pseudonym() -> None:
    counts = {}
    for identities in ("keep", "pseudonyms"):
        made = HandSnapshot(meta=META | {"options": {"identities": identities}})
        for host in ("a.example", "b.example"):
            page = Page(made, f"{host}.html", None, url=f"https://{host}/t")
            page.code(page.post("1", "Words.", author="Anna"), "topic", "living")
            page.done()
        counts[identities] = figure(made, "living", "authors")["n"]
    assert counts == {"keep": 2, "pseudonyms": 1}


def test_intervals_are_wilsons() -> None:
    low, high = wilson(3, 10)  # Wilson 1927, worked by hand
    assert (round(low, 4), round(high, 4)) == (0.1078, 0.6032)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_proportion(kn: tuple[int, int]) -> None:
    low, high = wilson(*kn)
    assert 0 <= low <= kn[0] / kn[1] <= high <= 1


def test_every_claim_has_a_row_even_if_nobody_speaks_to_it() -> None:
    made = study()
    (silent,) = rows(made, "summary_claims", claim_id="c-deaths")
    assert (silent["relation"], silent["posts"], silent["value"]) == (None, 0, 0.0)
    relations = [row["relation"] for row in rows(made, "summary_claims", claim_id="c-neda")]
    assert relations == ["supports", "experience-for"]


def test_a_claim_stands_in_the_words_of_the_mention_that_states_most() -> None:
    made = HandSnapshot()
    page = Page(made, "one.txt", None, kind="article")
    page.claim("c", "About six in ten.", endpoint="NEDA", value=60.0, unit="%")
    page.claim("c", "62% at 5 years.", endpoint="NEDA", value=62.0, unit="%", timepoint="5 years")
    page.claim("c", "62%.", endpoint="NEDA", value=62.0, unit="%")
    page.done()
    assert rows(made, "summary_claims")[0]["timepoint"] == "5 years"


def test_the_example_names_the_claim_in_its_own_words_where_one_does() -> None:
    made = HandSnapshot()
    page = Page(made, "one.txt", None)
    page.claim("c", "62%", endpoint="NEDA")
    for name, hops, score, at in (
        ("a", 2, 0.99, "2024-03"),
        ("b", 0, 0.6, "2023"),
        ("c", 0, 0.9, None),
    ):
        post = page.post(name, f"I agree, {name}", posted_at=at)
        page.link(post, "claim:c", "supports", f"agree, {name}", hops=hops, score=score)
        page.link(post, "claim:c", "supports", f"I agree, {name}", hops=hops + 1, score=score)
    page.done()
    (row,) = rows(made, "summary_claims")
    third = made.dicts("posts")[2]["post_id"]
    assert (row["posts"], row["example_post_id"]) == (3, third)
    assert (row["first_at"], row["last_at"]) == ("2023", "2024-03")


def test_threads_tell_their_questions_and_those_that_nobody_answers() -> None:
    forum, board = study().dicts("summary_threads")
    assert (forum["posts"], forum["authors"], forum["max_depth"]) == (5, 3, 2)
    assert (forum["questions"], forum["unanswered"]) == (1, 1)
    assert (board["questions"], board["unanswered"]) == (1, 0)
    assert forum["top_topics"] == "efficacy;access;care"
    assert [forum[f] for f in ("positive", "negative", "mixed", "neutral")] == [1, 2, 1, 0]
    assert board["authors"] == 3


def test_one_coder_stands_for_a_layer() -> None:
    assert headline_coder(["vader", "human:a", "rules"]) == "rules"
    assert headline_coder(["rules", "model:tfidf"]) == "model:tfidf"
    assert headline_coder([]) is None


def test_rows_out_of_order_are_refused_and_not_miscounted() -> None:
    made = study()
    made.tables["codings"].reverse()
    with pytest.raises(ValueError, match="document order"):
        made.dicts("summary_threads")


def test_times_of_every_precision_compare() -> None:
    times = ["2024", "2024-01-20T17:41:09+01:00", "2024-01-20T17:00:00Z", "2024-02"]
    found = [time for time in map(moment, times) if time]
    assert len(found) == 4
    assert sorted(found) == found
    assert moment("last week") is None
    assert moment(None) is None
