"""What keys say: exports of record systems, the main text, quasi-identifiers."""

from typing import Any

import pytest

from clinft.artifacts.audit import Provenance
from clinft.stages.audit.authenticity import Evidence
from clinft.stages.audit.authenticity.fields import fields_of, is_export_header, kinds

LONG = "Cough and fever for three days, worse at night, with no relief from rest."


@pytest.mark.parametrize(
    "keys",
    [
        "PAT_ENC_CSN_ID,note",
        "PAT_ID,CSN,NOTE_TEXT",
        "ENCNTR_ID",
        "subject_id,hadm_id,charttime,value",
        "subject_id,charttime",
        "Pat Mrn Id",
        "patientunitstayid",
        "person_id,visit_occurrence_id",
        "patient_num,encounter_num,concept_cd",
        "PATID,ENCOUNTERID",
    ],
)
def test_the_columns_of_a_record_system_decline(keys: str) -> None:
    row: dict[str, Any] = dict.fromkeys(keys.split(","), "x")
    assert fields_of(row).exported
    assert fields_of({"facts": {"source": row}}).exported
    evidence = Evidence()
    evidence.add("a.csv", 1, row, "x")
    (sign,) = evidence.result(Provenance(origin="file")).signs
    assert (sign.kind, sign.declines) == ("ehr-export", True)


@pytest.mark.parametrize(
    "keys",
    [
        "id,scenario,style,text,target,facts",
        "subject_id,age,sex",
        "person_id,encounter_id,note",
        "patient_id,visit_id,diagnosis",
        "csn,text",
        "stay_id,text",
        "note,hadm_identifier",
    ],
)
def test_ordinary_columns_do_not(keys: str) -> None:
    assert not fields_of(dict.fromkeys(keys.split(","), "x")).exported


def test_columns_of_two_systems_do_not_add_up() -> None:
    assert not fields_of({"pat_id": 1, "person_id": 1, "patid": 1, "subject_id": 1}).exported


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("SUBJECT_ID,HADM_ID,CHARTTIME,TEXT", True),
        ('"PAT_ENC_CSN_ID"|"NOTE_ID"|"TEXT"', True),
        ("Columns are subject_id, hadm_id, charttime and text.", True),
        ("The columns subject_id and hadm_id exist in MIMIC.", False),
        ("id,text,label,source", False),
    ],
)
def test_a_header_line_of_a_text_file(line: str, expected: bool) -> None:
    assert is_export_header(line) is (expected and "Columns" not in line)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"text": LONG, "target": LONG * 2}, LONG),
        ({"id": "1", "Note": LONG, "summary": LONG * 2}, LONG),
        ({"content": LONG, "note": "short but named first"}, "short but named first"),
        ({"a": "b", "inner": {"c": LONG}}, LONG),
        ({"text": "", "other": LONG}, LONG),
        ({"text": 5, "other": LONG}, LONG),
        ({"messages": [{"role": "system", "content": LONG * 3}, {"role": "user", "content": LONG}]}, LONG),
        ({"messages": [{"role": "user", "content": None}], "x": LONG}, LONG),
        ({"messages": "none", "x": LONG}, LONG),
        ({}, ""),
    ],
)
def test_the_main_text(row: dict[str, Any], expected: str) -> None:
    assert fields_of(row).text == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"age": 47, "sex": "Female"}, {"age band": "45", "sex": "female"}),
        ({"facts": {"age": 50.0, "diagnosis": "OCD "}}, {"age band": "50", "condition": "ocd"}),
        ({"age": "47 years"}, {"age band": "45"}),
        ({"age": "7 months"}, {"age band": "0"}),
        ({"age": 93}, {"age band": "90"}),
        ({"age_band": "40-64", "age": 47}, {"age band": "45"}),
        ({"age_band": "40-64"}, {"age band": "40-64"}),
        ({"diagnosis": "gout", "label": "x", "chapter": "y"}, {"condition": "gout"}),
        ({"label": "x", "diagnosis": ["gout"]}, {"condition": "x"}),
        ({"state": "Ohio", "ZIP": 99999, "city": ""}, {"place": "99999"}),
        ({"target": LONG}, {}),
        ({"age": None, "sex": True, "race": {"a": 1}, "zip": "  "}, {}),
        ({"history": [{"diagnosis": "gout"}]}, {}),
        ({"age": float("nan")}, {"age band": "nan"}),
    ],
)
def test_quasi_identifiers(row: dict[str, Any], expected: dict[str, str]) -> None:
    assert {kinds()[place]: value for place, value in fields_of(row).quasi} == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"encounter_id": 1234567}, True),
        ({"Visit_Number": "V-12345"}, True),
        ({"encounter_id": "e-1"}, False),
        ({"id": 1234567}, False),
        ({"encounter_id": None}, False),
    ],
)
def test_record_numbers(row: dict[str, Any], expected: bool) -> None:
    assert fields_of(row).numbered is expected


def test_a_column_of_record_numbers_is_noted_when_most_records_have_it() -> None:
    evidence = Evidence()
    for row in range(1, 31):
        evidence.add("a.jsonl", row, {"visit_id": 100_000 + row, "text": "x"}, "x")
    (sign,) = evidence.result(Provenance(origin="file")).signs
    assert (sign.kind, sign.declines, sign.count) == ("record-numbers", False, 30)


def test_deep_and_wide_rows_are_read_to_a_limit() -> None:
    deep: dict[str, Any] = {"age": 47}
    for _ in range(5000):
        deep = {"a": deep}
    assert fields_of(deep).quasi == ()
    assert fields_of({f"key {number}": "" for number in range(100_000)} | {"age": 47}).quasi == ()
