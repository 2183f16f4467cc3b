"""Claims: stated results of articles and posts, and what is none. All examples are our own."""

from __future__ import annotations

import pickle

import pytest

from community.errors import CodebookError
from community.results import endpoints
from community.results.claims import make
from community.types import Document, Mention, Post, Span, Thread

ARTHRITIS = """Efficacy of peficitumab in adults with rheumatoid arthritis: the CLARION trial

BACKGROUND: Many patients do not respond to methotrexate. METHODS: In this phase 3 trial, 498 patients
with active rheumatoid arthritis were randomly assigned to peficitumab 150 mg (n = 249) or placebo
(n = 249). The primary endpoint was ACR20 response at week 24. RESULTS: At week 24, an ACR20 response
was achieved by 61.4% (153/249) of patients receiving peficitumab versus 32.9% (82/249) of those
receiving placebo (p<0.001). ACR50 response rates were 38.2% and 14.5%, respectively. Serious adverse
events occurred in 12 patients (4.8%) in the peficitumab group and 9 patients (3.6%) in the placebo
group. No deaths were reported. Registration: NCT09876543."""
DIABETES = """Weekly zorglutide and glycaemic control in type 2 diabetes

In the multicentre ORBIT-2 trial, 612 adults with type 2 diabetes received once-weekly zorglutide or
insulin glargine for 52 weeks. HbA1c fell by 1.6 percentage points with zorglutide and by 0.9 percentage
points with insulin glargine (difference −0.7 percentage points; 95% CI −0.9 to −0.5; P<0.001). Severe
hypoglycaemia was reported in three patients on zorglutide and 11 patients on glargine. The researchers
hope that a longer study could show whether 30% fewer heart attacks occur."""
CANCER = """RESULTS: Median overall survival was 18.4 months (95% CI, 15.9 to 21.0) in the lenvotinib group
and 12.1 months (95% CI, 10.3 to 14.2) in the chemotherapy group (hazard ratio for death, 0.68; 95% CI,
0.55 to 0.84; P<0.001). The objective response rate was 41.2% with lenvotinib vs 22.7% with
chemotherapy. The median age was 63 years and 54% were women. At 2 years, 38% of the patients in the
lenvotinib group were alive."""
COVID = """Breathing course helps people with long COVID

The trial enrolled 150 people with long COVID. Of the 74 participants who completed the programme, 46
(62%) reported less breathlessness at 8 weeks, compared with 22 of 76 (29%) in the usual care group.
There was no significant difference in fatigue between the groups (p=0.34). No serious adverse events
were observed."""
MIGRAINE = """Findings: Over weeks 1-12, mean monthly migraine days decreased by 4.1 days with vurogepant
and by 2.3 days with placebo (p<0·0001). A 50% responder rate of 48.7% was seen with vurogepant versus
27.1% with placebo (odds ratio 2.55, 95% CI 1.90–3.42). The most common adverse events were
constipation (7.1% vs 2.2%) and nausea (5.0% vs 3.1%)."""
STROKE = """Clot removal helps stroke patients, study finds

Functional independence at 90 days was seen in 46.2% of patients in the thrombectomy group and 23.9% of
the medical care group. Mortality at 90 days was 14% versus 21% (P = 0.07). Symptomatic intracranial
hemorrhage occurred in 6 of 107 patients and 3 of 99 patients, respectively."""


def thread(text: str, *posts: str) -> Thread:
    head, _, _ = text.partition("\n\n")
    titled = "\n\n" in text
    whole = "\n".join((text, *posts))
    at, made = len(text) + 1, []
    for n, post in enumerate(posts):
        span = Span(at, at + len(post))
        made.append(
            Post(
                id=f"p{n}",
                document_id="d",
                thread_id="d",
                position=n,
                span=span,
                text=post,
                own=(span,),
            )
        )
        at += len(post) + 1
    document = Document(
        id="d",
        source="s",
        reader="r",
        text=whole,
        kind="both",
        title=head if titled else None,
        title_span=Span(0, len(head)) if titled else None,
        article=(Span(len(head) if titled else 0, len(text)),),
    )
    return Thread(document=document, posts=tuple(made))


def claims(text: str, *posts: str) -> tuple[Mention, ...]:
    return make()(thread(text, *posts))


def rows(text: str, *names: str) -> list[tuple[object, ...]]:
    return [tuple(getattr(m, name) for name in names) for m in claims(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            ARTHRITIS,
            [
                ("ACR20 response", 61.4, "peficitumab"),
                ("ACR20 response", 32.9, "placebo"),
                ("ACR50 response", 38.2, "peficitumab"),
                ("ACR50 response", 14.5, "placebo"),
                ("serious adverse events", 4.8, "peficitumab"),
                ("serious adverse events", 3.6, "placebo"),
                ("mortality", 0.0, None),
            ],
        ),
        (
            DIABETES,
            [
                ("participants treated", 612.0, None),
                ("HbA1c", 1.6, "zorglutide"),
                ("HbA1c", 0.9, "insulin glargine"),
                ("HbA1c", -0.7, "zorglutide"),
                ("hypoglycaemia", 3.0, "zorglutide"),
                ("hypoglycaemia", 11.0, "glargine"),
            ],
        ),
        (
            CANCER,
            [
                ("overall survival", 18.4, "lenvotinib"),
                ("overall survival", 12.1, "chemotherapy"),
                ("mortality", 0.68, "lenvotinib"),
                ("objective response", 41.2, "lenvotinib"),
                ("objective response", 22.7, "chemotherapy"),
                ("overall survival", 38.0, "lenvotinib"),
            ],
        ),
        (
            COVID,
            [
                ("breathlessness", 62.0, None),
                ("breathlessness", 29.0, "usual care"),
                ("fatigue", None, None),
                ("serious adverse events", 0.0, None),
            ],
        ),
        (
            MIGRAINE,
            [
                ("monthly migraine days", 4.1, "vurogepant"),
                ("monthly migraine days", 2.3, "placebo"),
                ("50% responder rate", 48.7, "vurogepant"),
                ("50% responder rate", 27.1, "placebo"),
                ("50% responder rate", 2.55, "vurogepant"),
                ("constipation", 7.1, "vurogepant"),
                ("constipation", 2.2, "placebo"),
                ("nausea", 5.0, "vurogepant"),
                ("nausea", 3.1, "placebo"),
            ],
        ),
        (
            STROKE,
            [
                ("functional independence", 46.2, "thrombectomy"),
                ("functional independence", 23.9, "medical care"),
                ("mortality", 14.0, "thrombectomy"),
                ("mortality", 21.0, "medical care"),
                ("major bleeding", 6.0, "thrombectomy"),
                ("major bleeding", 3.0, "medical care"),
            ],
        ),
    ],
    ids=["arthritis", "diabetes", "cancer", "long-covid", "migraine", "stroke"],
)
def test_reports_of_six_diseases_give_endpoint_value_and_arm(
    text: str, expected: list[tuple[object, ...]]
) -> None:
    assert rows(text, "endpoint", "value", "arm") == expected


def test_trial_registration_population_and_counts_come_with_the_row() -> None:
    first = claims(ARTHRITIS)[0]
    assert (first.trial, first.registration) == ("CLARION", "NCT09876543")
    assert (first.numerator, first.denominator, first.n) == (153, 249, 249)
    assert (first.timepoint, first.p_value, first.comparator) == ("24 weeks", "<0.001", "placebo")
    assert first.population == "rheumatoid arthritis"


def test_respectively_aligns_endpoints_values_and_intervals() -> None:
    text = (
        "RESULTS: Event-free survival, overall survival and progression-free survival were 61.0% "
        "(90% CI 44.0-74.0), 95.2% (90% CI 80.1-98.9) and 70.3% (90% CI 52.0-82.7), respectively."
    )
    assert rows(text, "endpoint", "value", "ci_low", "ci_high", "ci_level") == [
        ("event-free survival", 61.0, 44.0, 74.0, 90.0),
        ("overall survival", 95.2, 80.1, 98.9, 90.0),
        ("progression-free survival", 70.3, 52.0, 82.7, 90.0),
    ]


def test_ranges_and_quartiles_are_no_confidence_intervals() -> None:
    text = "RESULTS: Median change in EDSS was -1.0 (interquartile range -2.0 to 0.5; p = 0.02)."
    (row,) = claims(text)
    assert (row.ci_low, row.spread_kind, row.spread_low, row.spread_high) == (
        None,
        "IQR",
        -2.0,
        0.5,
    )
    assert (row.value, row.unit, row.direction, row.p_value) == (
        -1.0,
        "EDSS points",
        "favourable",
        "0.02",
    )


def test_follow_up_and_people_treated_are_claims_and_a_sample_size_is_none() -> None:
    text = (
        "We enrolled 33 patients with scleroderma. In all, 31 patients underwent transplantation. "
        "Median follow-up was 40 months (range 6-88)."
    )
    assert rows(text, "endpoint", "value", "unit") == [
        ("participants treated", 31.0, "patients"),
        ("follow-up", 40.0, "months"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The trial aims to find out whether 50% of patients reach remission.",
        "The primary endpoint was overall survival, defined as time to death from any cause.",
        "A future study could show that 90% of patients stay in remission.",
        "At baseline, 45% of patients had active lesions and the mean EDSS was 3.5.",
        "Patients were eligible if they had two relapses in 12 months.",
        "BACKGROUND: About 30% of patients relapse within 2 years.",
        "If 80% of people recover, is that a good result?",
        "References\n\n1. Doe JA, Roe B, Poe C. Relapse in 20% of patients. J Foo 2011;12(3):44-51.",
    ],
)
def test_aims_definitions_forecasts_and_baseline_are_no_claims(text: str) -> None:
    assert claims(text) == ()


@pytest.mark.parametrize(
    ("text", "endpoint", "direction"),
    [
        ("No late infections occurred.", "infection", "favourable"),
        ("Quality of life improved after surgery.", "quality of life", "favourable"),
        ("Pain scores did not differ between the groups.", "pain", "neutral"),
        ("Smokers had the highest risk of death.", "mortality", "unfavourable"),
    ],
)
def test_results_without_a_number_have_a_direction_and_no_value(
    text: str, endpoint: str, direction: str
) -> None:
    (row,) = claims(text)
    assert (row.endpoint, row.direction, row.value) == (endpoint, direction, None)


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("There were no treatment-related deaths.", "treatment-related mortality"),
        ("Not a single relapse was seen.", "relapse"),
        ("Nobody in the trial died.", "mortality"),
        ("No one needed intensive care.", "intensive care"),
        ("Four people died, none of them because of the operation.", "treatment-related mortality"),
        ("Not one case of jaundice was reported.", "jaundice"),
    ],
)
def test_what_happened_to_nobody_is_a_count_of_zero(text: str, endpoint: str) -> None:
    row = next(m for m in claims(text) if m.endpoint == endpoint)
    assert (row.value, row.unit, row.numerator, row.direction) == (0, "patients", 0, "favourable")


def test_the_time_in_the_sentence_wins_and_each_value_keeps_its_own() -> None:
    text = "RESULTS: Remission rates rose to 22% after 6 months and 41% by 2 years."
    assert rows(text, "value", "timepoint", "timepoint_months") == [
        (22.0, "6 months", 6.0),
        (41.0, "2 years", 24.0),
    ]


def test_a_subgroup_stays_with_its_own_value() -> None:
    text = (
        "Clinic reports results in multiple sclerosis\n\nIn patients with relapsing MS, 80% had no "
        "worsening of disability 4 years after treatment. In patients with progressive MS, one in "
        "four had no worsening of disability 4 years after treatment."
    )
    assert rows(text, "subgroup", "value", "timepoint_months") == [
        ("relapsing MS", 80.0, 48.0),
        ("progressive MS", 25.0, 48.0),
    ]


def test_counts_and_percentages_that_disagree_are_flagged() -> None:
    (row,) = claims("RESULTS: Relapse was seen in 30% (15/20) of patients.")
    assert "arithmetic" in row.flags


def test_a_rounded_lay_figure_takes_the_endpoint_of_the_exact_one() -> None:
    text = (
        "Transplant study\n\nFour years after treatment, nearly 80% of patients showed no signs of "
        "disease progression. Event-free survival at 4 years was 79.4%."
    )
    assert {m.endpoint for m in claims(text)} == {"event-free survival"}


def test_an_unknown_outcome_is_named_from_the_text() -> None:
    (row,) = claims("RESULTS: Corneal haze was seen in 9% of eyes treated.")
    assert "corneal haze" in row.endpoint.lower()
    assert "endpoint-from-text" in row.flags


def test_results_of_another_trial_named_in_the_text_keep_its_name() -> None:
    text = (
        "News on the BEAT-MS study\n\nIn BEAT-MS, relapse occurred in 4% of patients. In MIST, "
        "relapse occurred in 9% of patients."
    )
    assert rows(text, "trial", "value") == [("BEAT-MS", 4.0), ("MIST", 9.0)]


def test_a_document_without_a_name_for_its_study_lends_its_title() -> None:
    assert claims(STROKE)[0].trial == "Clot removal helps stroke patients, study finds"


def test_a_sentence_cut_by_an_empty_line_is_read_whole() -> None:
    text = "A trial\n\nRESULTS: There were no serious\n\nneurologic adverse events noted."
    (row,) = claims(text)
    assert row.endpoint == "neurologic adverse events"


def test_posts_bring_figures_about_groups_and_not_their_own_story() -> None:
    found = claims(
        "A page\n\nNothing here.",
        "I read a study where 40% of patients relapsed within 3 years.",
        "My EDSS went from 4 to 3 and I feel 50% better.",
    )
    assert [(m.post_id, m.endpoint, m.value) for m in found] == [("p0", "relapse", 40.0)]


def test_spans_are_offsets_into_the_document() -> None:
    for text in (ARTHRITIS, DIABETES, CANCER, COVID, MIGRAINE, STROKE):
        page = thread(text)
        for mention in make()(page):
            words = mention.span.of(page.document.text)
            assert words.strip()
            if mention.value is not None and mention.value % 1:
                assert f"{abs(mention.value):g}" in words


def test_the_step_can_be_sent_to_another_process() -> None:
    step = pickle.loads(pickle.dumps(make()))
    assert step(thread(STROKE)) == make()(thread(STROKE))


def test_a_vocabulary_with_an_unknown_key_is_refused() -> None:
    with pytest.raises(CodebookError, match="colour"):
        endpoints.parse('[[endpoint]]\nname = "x"\ncolour = "red"\n')


def test_every_endpoint_has_a_definition_and_points_somewhere() -> None:
    for endpoint in endpoints.packaged().endpoints:
        assert endpoint.definition and endpoint.family
        assert endpoint.high in ("favourable", "unfavourable", "neutral")
