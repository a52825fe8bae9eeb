"""Canaries are written as the row around them is."""

import json

import pytest

from clinft.stages.audit.sensitivity import Donor, plant
from clinft.stages.audit.sensitivity.style import case_of, in_case, key_like, places
from clinft.stages.audit.units import json_units


@pytest.mark.parametrize(
    ("text", "case"),
    [
        ("54f with cough for two weeks. lungs clear.", "lower"),
        ("54f with cough, bp 120/80 mmHg, hgb 9.1 g/dL, and a long tail of words that go on and on", "lower"),
        ("Cough for two weeks, no fever at all, and nothing else to be said of it today", "sentence"),
        ("COUGH FOR TWO WEEKS. LUNGS CLEAR.", "upper"),
        ("Cough.", "sentence"),
        ("患者主诉胸痛三天", "sentence"),
    ],
)
def test_letter_case_is_that_of_the_text(text: str, case: str) -> None:
    assert case_of(text) == case


def test_text_is_put_in_a_case() -> None:
    cases = ("lower", "upper", "sentence")
    assert [in_case("Seen by {}", case) for case in cases] == ["seen by {}", "SEEN BY {}", "Seen by {}"]


@pytest.mark.parametrize(
    ("text", "joints"),
    [
        ("Two weeks of cough. Lungs are clear.", [" "]),
        ("Two weeks of cough.  Lungs are clear.", ["  "]),
        ("Seen by Dr. Grey today", []),
        ("Mother is Mrs. Grey", []),
        ("Hgb 9.1 and rising", []),
        ("HPI: cough\nExam: clear", ["\n"]),
        ("- cough\n- reflux", ["\n- "]),
        ("  * cough\n  * reflux", ["\n  * "]),
        ("1. cough\n2. reflux", ["\n"]),
        ("HPI\r\n\r\nCough", ["\r\n\r\n"]),
        ("Cough\n", []),
    ],
)
def test_sentences_part_where_a_reader_parts_them(text: str, joints: list[str]) -> None:
    assert [place.joint for place in places(text)[:-1]] == joints


@pytest.mark.parametrize(
    ("text", "joint", "stop"),
    [
        ("Two weeks of cough. Lungs are clear.", " ", True),
        ("two weeks of cough", ". ", True),
        ("- cough\n- reflux", "\n- ", False),
        ("Cough.\nReflux.", "\n", True),
    ],
)
def test_what_comes_last_ends_as_the_others_do(text: str, joint: str, stop: bool) -> None:
    last = places(text)[-1]
    assert (last.at, last.joint, last.stop) == (len(text), joint, stop)


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ((), "medical_record_number"),
        (("id", "text"), "medical_record_number"),
        (("id", "visit_date"), "medical_record_number"),
        (("visitDate",), "medicalRecordNumber"),
        (("VisitDate",), "MedicalRecordNumber"),
        (("VISIT_DATE", "X"), "MEDICAL_RECORD_NUMBER"),
        (("visit-date",), "medical-record-number"),
        (("Visit date",), "Medical Record Number"),
        (("visit date",), "medical record number"),
        (("Note", "Age"), "Medical Record Number"),
        (("NOTE", "AGE"), "MEDICAL_RECORD_NUMBER"),
        (("", "文"), "medical_record_number"),
    ],
)
def test_a_key_is_spelled_as_its_neighbours_are(keys: tuple[str, ...], key: str) -> None:
    assert key_like("medical record number", keys) == key


def copies_of(note: str) -> list[tuple[str, list[str]]]:
    """The text of each copy with the sentences that were not in the note."""
    donor = Donor("x.jsonl", json.dumps({"text": note}))
    found = []
    for copy in plant([donor], "digest", 20):
        fields = {unit.field: unit.text for unit in json_units("x", 1, copy.line, lambda key: True)}
        # What is encoded keeps its letters.
        spans = [span for span in copy.spans if span.field == "text" and span.letter not in "NPQ"]
        found.append((fields["text"], [fields["text"][span.start : span.end] for span in spans]))
    return found


def test_a_note_in_lower_case_gets_carriers_and_values_in_lower_case() -> None:
    for _, values in copies_of("54f with cough for two weeks. lungs are clear. inhaler given."):
        assert values == [value.lower() for value in values]


def test_a_note_in_capitals_gets_capitals() -> None:
    for _, values in copies_of("WOMAN WITH COUGH FOR TWO WEEKS. LUNGS ARE CLEAR. INHALER GIVEN."):
        assert values == [value.upper() for value in values]


def test_a_list_stays_a_list_of_the_same_kind() -> None:
    for text, _ in copies_of("- cough for two weeks\n- lungs are clear\n- inhaler given"):
        lines = text.split("\n")
        assert all(line.startswith("- ") for line in lines)
        assert not any(line.endswith(".") for line in lines)
        assert len(lines) > 3


def test_sentences_end_once() -> None:
    for text, _ in copies_of("two weeks of cough and a clear chest"):
        assert ".." not in text
        assert ". ." not in text
