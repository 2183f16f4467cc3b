"""Whose results a text tells: its own study's, or another's that it names. All texts are our own."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community import threads
from community.reported import Reported
from community.results import claims, endpoints
from community.results.acronyms import Acronyms
from community.results.references import find
from community.results.trials import identified, registrations
from community.types import Mention, RawDocument, Span

VOCABULARY = endpoints.packaged()
WRITTEN = Path(__file__).parent.parent / "corpus" / "written" / "trials.jsonl"


def trials_of(text: str, title: str = "A page", study: Reported | None = None) -> dict[float, str]:
    """The trial of each value that a text states."""
    whole = f"{title}\n\n{text}"
    raw = RawDocument(
        reader="article",
        text=whole,
        title=title,
        title_span=Span(0, len(title)),
        article=(Span(len(title), len(whole)),),
        study=study,
    )
    thread, _ = threads.build(raw, source="page")
    found: tuple[Mention, ...] = claims.make()(thread)
    return {m.value: m.trial or "" for m in found if m.value is not None}


def test_what_follows_a_name_is_that_trials_until_another_is_named() -> None:
    text = """In ORBIT-2, nausea occurred in 8% of patients. Vomiting occurred in 5% of patients.

In CLARION-3, nausea occurred in 12% of patients. In that trial, vomiting occurred in 7% of patients."""
    assert trials_of(text) == {8: "ORBIT-2", 5: "ORBIT-2", 12: "CLARION-3", 7: "CLARION-3"}


def test_figures_side_by_side_belong_each_to_the_trial_named_after_it() -> None:
    text = """The ORBIT-2 trial and the CLARION-3 trial were alike. Nausea occurred in 8% of patients
in ORBIT-2 and in 12% of patients in CLARION-3."""
    assert trials_of(text) == {8: "ORBIT-2", 12: "CLARION-3"}


def test_ones_own_study_comes_back_with_we_and_with_a_new_paragraph() -> None:
    text = """In ORBIT-2 (NCT01234567) we treated 80 patients. Nausea occurred in 8% of patients.

Doe et al. (2017) reported nausea in 20% of patients. In our patients, vomiting occurred in 5%.

Fatigue occurred in 31% of patients."""
    found = trials_of(text, title="Zorglutide: results of the ORBIT-2 trial")
    assert (found[8], found[20], found[5], found[31]) == (
        "ORBIT-2",
        "Doe 2017",
        "ORBIT-2",
        "ORBIT-2",
    )


def test_the_former_and_the_latter_are_the_two_named_last() -> None:
    text = """ORBIT-2 enrolled 90 patients and CLARION-3 enrolled 95 patients. In the former, nausea
occurred in 8% of patients. In the latter, nausea occurred in 12% of patients."""
    found = trials_of(text)
    assert (found[8], found[12]) == ("ORBIT-2", "CLARION-3")


def test_a_country_stands_for_the_study_that_was_said_to_be_from_there() -> None:
    text = """In ORBIT-2, nausea occurred in 8% of patients. A Danish study by Holm et al. (2018) saw
nausea in 20% of patients.

Vomiting occurred in 9% of patients in the Danish study and in 5% of patients in ORBIT-2."""
    found = trials_of(text)
    assert (found[20], found[9], found[5]) == ("Holm 2018", "Holm 2018", "ORBIT-2")


def test_an_unnamed_other_study_is_not_the_articles_own() -> None:
    text = """The ORBIT-2 trial enrolled 90 patients. Nausea occurred in 8% of patients. It was preceded
by a pilot study, in which nausea occurred in 20% of patients."""
    found = trials_of(text, title="ORBIT-2 reports")
    assert (found[8], found[20]) == ("ORBIT-2", "ORBIT-2: pilot study")


def test_fields_of_a_source_name_the_study_before_its_words_do() -> None:
    study = Reported(doi="10.5555/x", author="Holm", year=2018, registrations=("NCT01234567",))
    text = "Nausea occurred in 8% of patients. In CLARION-3, nausea occurred in 12% of patients."
    assert trials_of(text, study=study) == {8: "Holm 2018", 12: "CLARION-3"}


@pytest.mark.parametrize(
    ("study", "name", "number"),
    [
        (Reported(doi="10.1001/jamaneurol.2016.5867"), "Muraro 2017", None),
        (Reported(registrations=("NCT00288626", "X-1")), "HALT-MS", "NCT00288626"),
        (Reported(name="PUMP-2", registrations=("NCT01234567", "2015-001234-56")), "PUMP-2", "NCT01234567"),
        (Reported(doi="10.5/a", registrations=("NCT01234567", "NCT07654321"), author="Doe", year=2020), "Doe 2020", None),
        (Reported(registrations=("ISRCTN12345678",), doi="10.5555/a"), "ISRCTN12345678", "ISRCTN12345678"),
    ],
)  # fmt: skip
def test_fields_give_name_and_number(study: Reported, name: str, number: str | None) -> None:
    found = identified(study, VOCABULARY)
    assert found is not None and (found.name, found.registration) == (name, number)


def test_registry_numbers_of_many_registers_are_read() -> None:
    told = """NCT 01234567, ISRCTN12345678, EudraCT number 2015-001234-56, CTIS 2022-501234-12-00,
ACTRN12612000123456, DRKS00012345, jRCTs031180123, KCT0001234, ChiCTR-TRC-10000001, CTRI/2019/01/012345"""
    assert registrations(told) == (
        "NCT01234567", "ISRCTN12345678", "2015-001234-56", "2022-501234-12-00", "ACTRN12612000123456",
        "DRKS00012345", "jRCTs031180123", "KCT0001234", "ChiCTR-TRC-10000001", "CTRI/2019/01/012345",
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Patients with relapsing–remitting multiple sclerosis (RRMS) had no evidence of disease activity (NEDA).",
        "In NSCLC, survival is short. An HSCT trial was done. The MRI study showed nothing.",
        "No evidence of disease activity (NEDA) was kept by 70% in NEDA.",
        "COVID-19 and EDSS were recorded in the US study.",
    ],
)
def test_abbreviations_are_no_trials(text: str) -> None:
    assert Acronyms(text, VOCABULARY).names == ()


def test_months_journals_and_countries_are_no_authors() -> None:
    text = "In March 2019 the French study began. Neurology 2017 printed it. Since 2016 (May 2016) nothing."
    assert [r.who for r in find(text) if r.kind == "author"] == []


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ABCabc12 -(),.%'\n’", max_size=200) | st.text(max_size=80))
def test_references_lie_within_the_sentence_and_do_not_overlap(text: str) -> None:
    last = 0
    for one in find(text):
        assert last <= one.start < one.end <= len(text)
        last = one.end
    for start, end, _ in Acronyms(text, VOCABULARY).find(text):
        assert 0 <= start < end <= len(text)


def test_written_passages_keep_their_figures() -> None:
    """The floor under `benchmarks/trial_identity.py`: nine results of ten with the right trial."""
    sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
    import trial_identity

    entries = [json.loads(line) for line in WRITTEN.read_text(encoding="utf-8").splitlines()]
    told = trial_identity.measure(entries, False)
    for name in ("found", "trial named", "pairs, F1"):
        right, of = told[name]
        assert right >= 0.9 * of, name
