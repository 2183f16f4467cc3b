"""Claims in how news, blogs and press releases state results. All texts are our own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from community.results.claims import make
from community.types import Document, Mention, Span, Thread

ARTHRITIS = """Joint pain halved? What the new arthritis jab did in its first big test

By a staff reporter

An injection given every other week calmed inflamed joints in most people who tried it, doctors
told a
congress in Vienna on Monday. Three hundred and twelve people with rheumatoid arthritis took
part, and
208 of them were given the drug, called morvilimab; the other 104 got a dummy injection.

After six months roughly seven in ten of those on morvilimab met the ACR20 response, against
three in ten
on placebo. The exact figures were 68.8 % and 30.8 %. When they started, the average pain score
was 64.
Their pain score fell from 64 to 31 points in the drug group.

Side effects were mostly mild. Nine people on the drug developed a serious infection (4.3 %). Nobody
died. A participant counted as a responder if the number of swollen joints dropped by at least 20
%."""

HEART = """HEART FAILURE PILL KEEPS PATIENTS OUT OF HOSPITAL

Press release – 4 September

The TIDEMARK study followed 4,210 people with heart failure for a median of 27 months. Fewer of
those on
teldagliflozin had to be admitted to hospital for heart failure: 11,4 % against 15,9 % of those on
placebo (hazard ratio 0.70; 95 % CI 0.60–0.82; p < 0.001).

Death from any cause was no rarer. 382 people on the pill died, compared with 401 on placebo.

• Quality of life: no difference between the groups
• Dizziness: 6 % of the pill group, 5 % of the placebo group
• Not a single case of ketoacidosis was seen

"We hope that future trials will show 20 % fewer deaths," said the lead author."""

MIGRAINE = """My take on the migraine device

I have been asked about this gadget every week since spring, so here goes. Of the 86 volunteers,
81 made
it to the end. Half a year in, their attacks had gone down by 3.2 days a month. 41 % saw their
migraine
days cut by half or more, 38 % noticed no change, and one in five got worse.

Not one participant had to be taken to hospital. Two people gave up because of skin irritation.
Before
the study they had on average 11 migraine days a month.

The paper is by Okoro and colleagues, Cephalalgia Reports, 2021."""

VACCINE = """Second look at the Veloria jab: does protection last?

What happened? In the trial 15,100 adults were vaccinated and 15,088 received salt water. Over
the next
eight months 21 of the vaccinated fell ill with COVID-19, against 214 in the comparison group.
That makes
an efficacy of 90.2 % (95% CI 84.6 to 93.8). In people over 65 the figure was 86.4 %.

None of the vaccinated people needed intensive care. Seven people in the comparison group did. A
sore arm
was reported by more than half of the vaccinated. No deaths were put down to the vaccine."""


def read(text: str, title: bool = True) -> tuple[Mention, ...]:
    head = text.partition("\n")[0]
    span = Span(0, len(head))
    document = Document(
        id="news",
        source="news",
        text=text,
        reader="article",
        kind="article",
        title=head if title else None,
        title_span=span if title else None,
        article=(Span(len(head) + 1 if title else 0, len(text)),),
    )
    return make()(Thread(document=document, posts=()))


def numbers(text: str) -> set[tuple[str, float]]:
    return {(m.endpoint, m.value) for m in read(text) if m.value is not None}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (ARTHRITIS, [208, 70, 68.8, 30.8, 31, 9, 0]),
        (HEART, [27, 11.4, 15.9, 0.7, 382, 401, 6, 5, 0]),
        (MIGRAINE, [3.2, 41, 38, 20, 0, 2]),
        (VACCINE, [15100, 21, 214, 90.2, 86.4, 0, 7]),
    ],
)
def test_lay_reports_of_four_diseases_give_their_values(text: str, wanted: list[float]) -> None:
    given = {value for _, value in numbers(text)}
    given |= {m.numerator for m in read(text) if m.numerator is not None}
    missed = [value for value in wanted if value not in given]
    assert missed == []


@pytest.mark.parametrize(
    ("text", "unwanted"),
    [(ARTHRITIS, [64, 20]), (HEART, [20, 4210]), (MIGRAINE, [11, 86]), (VACCINE, [65])],
)
def test_baseline_forecast_definition_and_age_are_none(text: str, unwanted: list[float]) -> None:
    assert not {value for _, value in numbers(text)} & set(unwanted)


@pytest.mark.parametrize(
    ("text", "endpoint", "value"),
    [
        (ARTHRITIS, "ACR20 response", 68.8),
        (ARTHRITIS, "mortality", 0),
        (HEART, "mortality", 382),
        (HEART, "mortality", 401),
        (MIGRAINE, "treatment discontinuation", 2),
        (VACCINE, "vaccine efficacy", 90.2),
        (VACCINE, "vaccine efficacy", 86.4),
    ],
)
def test_the_endpoint_of_a_lay_value_is_the_vocabularys(
    text: str, endpoint: str, value: float
) -> None:
    assert (endpoint, value) in numbers(text)


def test_the_people_of_the_arm_come_with_its_result() -> None:
    told = {(m.value, m.n) for m in read(VACCINE)}
    assert {(15100, 15100), (0, 15100)} <= told


def test_a_source_line_outside_the_article_names_the_study() -> None:
    title = "New cells calm lupus"
    body = (
        f"{title}\n\nOf the 40 people treated, 25 (62.5 %) were in remission after two years.\n\n"
    )
    text = (
        f"{body}Source: Ostrander KL, Vey P. Blood Reports. 2018;12(3):44. doi:10.9999/br.18.77\n"
    )
    document = Document(
        id="d",
        source="s",
        reader="article",
        text=text,
        kind="article",
        title=title,
        title_span=Span(0, len(title)),
        article=(Span(len(title), len(body)),),
    )
    found = make()(Thread(document=document, posts=()))
    assert {(m.trial, m.doi) for m in found} == {("Ostrander 2018", "10.9999/br.18.77")}
    bare = replace(document, text=body)
    assert {m.trial for m in make()(Thread(document=bare, posts=()))} == {title}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Pain fell from 7.1 to 3.2 points.", ("pain", 3.2, "favourable")),
        ("Eleven people had a stroke, or 2.9 %.", ("stroke", 2.9, "unfavourable")),
        ("Put as a hazard ratio for death, that comes to 0.61.", ("mortality", 0.61, "favourable")),
        ("Some 12\u202f% had nausea.", ("nausea", 12, "unfavourable")),
        ("About 12,5\u00a0% had nausea.", ("nausea", 12.5, "unfavourable")),
    ],
)
def test_lay_wordings_of_values(sentence: str, expected: tuple[str, float, str]) -> None:
    (row,) = read(f"A headline\n\n{sentence}")
    assert (row.endpoint, row.value, row.direction) == expected


def test_shares_that_turn_in_mid_sentence_keep_their_own_outcome() -> None:
    text = "A headline\n\nDisability got better in 54 %, was unchanged in 37 % and worse in 9 %."
    told = [(m.endpoint, m.direction) for m in read(text)]
    assert told == [
        ("EDSS improvement", "favourable"),
        ("disability unchanged", "neutral"),
        ("disability worsening", "unfavourable"),
    ]


def test_a_long_line_of_one_kind_gives_no_more_than_a_sentence_holds() -> None:
    assert read("t\n\n" + "5%" * 20_000) == ()
    assert len(read("t\n\n" + "of " * 20_000)) == 0
