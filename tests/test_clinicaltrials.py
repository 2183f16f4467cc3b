"""Records of ClinicalTrials.gov (API version 2). The study is invented."""

from __future__ import annotations

import copy
import json
from typing import Any

import mutated_json
import pytest
from export_pages import built, page, read, survives
from hypothesis import given, settings

from community.analysis import analyse_document
from community.assembly import load_codebook, steps
from community.errors import SourceError
from community.readers import clinicaltrials
from community.results.ledger import merge
from community.types import Mention, RawDocument

STUDY: dict[str, Any] = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT01234567",
            "orgStudyIdInfo": {"id": "ABC-1"},
            "secondaryIdInfos": [{"id": "2015-001234-56", "type": "EUDRACT_NUMBER"}, {"id": "U01"}],
            "briefTitle": "Pumps Against Oedema",
            "officialTitle": "A Randomized Trial of Pumps Against Oedema",
            "acronym": "PUMP-2",
        },
        "statusModule": {
            "overallStatus": "COMPLETED",
            "lastUpdatePostDateStruct": {"date": "2021-04-05", "type": "ACTUAL"},
        },
        "descriptionModule": {"briefSummary": "Pumps may help 50% of patients."},
        "conditionsModule": {"conditions": ["Oedema", "Heart Failure"]},
        "designModule": {"enrollmentInfo": {"count": 100, "type": "ACTUAL"}},
        "armsInterventionsModule": {
            "armGroups": [
                {"label": "Pump", "type": "EXPERIMENTAL", "description": "A pump."},
                {"label": "Placebo", "type": "PLACEBO_COMPARATOR"},
            ]
        },
    },
    "resultsSection": {
        "outcomeMeasuresModule": {
            "outcomeMeasures": [
                {
                    "type": "PRIMARY",
                    "title": "Event-free Survival",
                    "paramType": "NUMBER",
                    "dispersionType": "90% Confidence Interval",
                    "unitOfMeasure": "percentage of participants",
                    "timeFrame": "5 years post-pump",
                    "groups": [{"id": "OG000", "title": "Pump"}, {"id": "OG001", "title": "Placebo"}],
                    "denoms": [
                        {"units": "Participants",
                         "counts": [{"groupId": "OG000", "value": "48"}, {"groupId": "OG001", "value": "47"}]}
                    ],
                    "classes": [{"categories": [{"measurements": [
                        {"groupId": "OG000", "value": "69.2", "lowerLimit": "50.2", "upperLimit": "82.1"},
                        {"groupId": "OG001", "value": "NA", "comment": "too few"},
                    ]}]}],
                    "analyses": [
                        {"groupIds": ["OG000", "OG001"], "pValue": "<0.001", "paramType": "Hazard Ratio (HR)",
                         "paramValue": "0.45", "ciPctValue": "95", "ciNumSides": "TWO_SIDED",
                         "ciLowerLimit": "0.30", "ciUpperLimit": "0.68"}
                    ],
                },
                {
                    "type": "SECONDARY",
                    "title": "Change in Swelling",
                    "paramType": "MEAN",
                    "dispersionType": "Standard Deviation",
                    "unitOfMeasure": "mm",
                    "timeFrame": "Baseline, Week 12, Week 24",
                    "groups": [{"id": "OG000", "title": "Pump"}],
                    "denoms": [{"units": "Participants", "counts": [{"groupId": "OG000", "value": "40"}]}],
                    "classes": [
                        {"title": "Week 12", "categories": [{"measurements": [
                            {"groupId": "OG000", "value": "-1.5", "spread": "0.4"}]}]},
                        {"title": "Week 24", "categories": [{"measurements": [
                            {"groupId": "OG000", "value": "-2.5", "spread": "0.6"}]}]},
                    ],
                },
                {
                    "type": "SECONDARY",
                    "title": "Number of Participants With Relapse",
                    "paramType": "COUNT_OF_PARTICIPANTS",
                    "unitOfMeasure": "Participants",
                    "timeFrame": "2 years",
                    "groups": [{"id": "OG000", "title": "Pump"}, {"id": "OG001", "title": "Placebo"}],
                    "denoms": [{"units": "Participants",
                                "counts": [{"groupId": "OG000", "value": "48"}, {"groupId": "OG001", "value": "50"}]}],
                    "classes": [{"categories": [{"measurements": [
                        {"groupId": "OG000", "value": "0"}, {"groupId": "OG001", "value": "9"}]}]}],
                    "analyses": [{"groupIds": ["OG000", "OG001"], "pValue": "= 0.03", "statisticalMethod": "Fisher"}],
                },
            ]
        },
        "adverseEventsModule": {
            "timeFrame": "5 years",
            "eventGroups": [
                {"id": "EG000", "title": "Pump", "deathsNumAffected": 3, "deathsNumAtRisk": 48,
                 "seriousNumAffected": 12, "seriousNumAtRisk": 48, "otherNumAffected": 40, "otherNumAtRisk": 48}
            ],
            "seriousEvents": [
                {"term": "Sepsis", "organSystem": "Infections", "stats": [{"groupId": "EG000", "numAffected": 2, "numAtRisk": 48}]},
                {"term": "Rash", "organSystem": "Skin", "stats": [{"groupId": "EG000", "numAffected": 0, "numAtRisk": 48}]},
            ],
        },
    },
    "hasResults": True,
}  # fmt: skip


def one(study: Any = STUDY) -> RawDocument:
    (found,) = read(clinicaltrials.make(), json.dumps(study))
    return found


def of(document: RawDocument, endpoint: str, **more: Any) -> Mention:
    (found,) = (
        m
        for m in document.ledger
        if m.endpoint == endpoint and all(getattr(m, k) == v for k, v in more.items())
    )
    return found


def test_an_outcome_is_a_claim_with_arm_interval_and_number_analysed() -> None:
    found = one()
    claim = of(found, "event-free survival", arm="Pump", measure="proportion")
    assert (claim.value, claim.unit, claim.n, claim.timepoint, claim.timepoint_months) == (
        69.2, "%", 48, "5 years", 60.0)  # fmt: skip
    assert (claim.ci_low, claim.ci_high, claim.ci_level) == (50.2, 82.1, 90.0)
    assert (claim.trial, claim.registration, claim.direction) == (
        "PUMP-2",
        "NCT01234567",
        "favourable",
    )
    line = claim.span.of(found.text)
    assert (
        line
        == "Event-free Survival | Pump | 69.2% (90% CI 50.2 to 82.1) | n = 48 | 5 years post-pump"
    )
    assert not [m for m in found.ledger if m.endpoint == claim.endpoint and m.arm == "Placebo"]


def test_an_analysis_is_a_claim_against_the_comparator() -> None:
    claim = of(one(), "event-free survival", measure="hazard ratio")
    assert (claim.value, claim.ci_low, claim.ci_level, claim.p_value) == (
        0.45,
        0.30,
        95.0,
        "<0.001",
    )
    assert (claim.intervention, claim.comparator, claim.n) == ("Pump", "Placebo", 95)


def test_classes_that_are_times_are_times() -> None:
    early, late = (m for m in one().ledger if m.endpoint == "change in Swelling" or m.unit == "mm")
    assert (early.value, early.timepoint, early.spread_kind, early.spread_low) == (
        -1.5,
        "12 weeks",
        "SD",
        0.4,
    )
    assert (late.value, late.timepoint) == (-2.5, "24 weeks")


def test_a_count_has_its_denominator_zero_is_a_value_and_a_bare_p_belongs_to_both_arms() -> None:
    found = one()
    pump = of(found, "relapse", arm="Pump")
    placebo = of(found, "relapse", arm="Placebo")
    assert (pump.value, pump.numerator, pump.denominator, pump.direction) == (
        0,
        0,
        48,
        "favourable",
    )
    assert (placebo.value, placebo.unit, placebo.p_value) == (9, "patients", "0.03")


def test_adverse_events_are_claims_and_terms_that_no_one_had_are_none() -> None:
    found = one()
    assert (of(found, "mortality").numerator, of(found, "mortality").denominator) == (3, 48)
    assert of(found, "serious adverse events").value == 12
    assert "Sepsis" in found.text and "Rash" not in found.text


def test_a_record_tells_its_protocol_and_reads_no_claims_from_it() -> None:
    found = one()
    assert found.study is not None and found.study.name == "PUMP-2"
    assert found.study.registrations == ("NCT01234567", "2015-001234-56")
    assert (
        "Enrolment: 100 (actual)" in found.text and "Arm: Placebo. placebo comparator" in found.text
    )
    assert found.article == () and found.published_at == "2021-04-05"
    assert built(found).document.kind == "article"


def test_a_study_without_results_is_a_document_without_claims() -> None:
    bare = {"protocolSection": STUDY["protocolSection"]}
    found = one(bare)
    assert found.ledger == () and "no results" in (found.note or "")
    made = analyse_document(steps(load_codebook(None), coders=()), found, page(json.dumps(bare)))
    assert made.mentions == ()


def test_a_search_is_a_document_per_study_and_repeats_are_kept_apart() -> None:
    other = copy.deepcopy(STUDY)
    other["protocolSection"]["identificationModule"]["nctId"] = "NCT07654321"
    listed = {"studies": [STUDY, other, STUDY], "nextPageToken": "x"}
    found = read(clinicaltrials.make(), json.dumps(listed))
    assert [d.thread_key for d in found] == ["NCT01234567", "NCT07654321", "NCT01234567#2"]
    assert len({m.document_id for d in found for m in d.ledger}) == 3


def test_the_record_and_an_article_of_the_trial_are_one_claim() -> None:
    claim = of(one(), "event-free survival", measure="proportion")
    told = Mention(document_id="news", span=claim.span, trial="PUMP-2", endpoint="event-free survival",
                   value=69.0, unit="%", timepoint="5 years", timepoint_months=60.0)  # fmt: skip
    (merged,) = merge([claim, told]).claims
    assert len(merged.mentions) == 2


def test_json_without_a_study_is_told() -> None:
    with pytest.raises(SourceError, match="no study"):
        list(
            clinicaltrials.make().read(
                page('{"protocolSection": {"identificationModule": {"nctId": "7"}}}')
            )
        )


@settings(max_examples=100, deadline=None)
@given(mutated_json.mutated(STUDY))
def test_any_values_in_a_record_never_break_the_reader(found: Any) -> None:
    survives(clinicaltrials.make(), json.dumps(found).encode())
