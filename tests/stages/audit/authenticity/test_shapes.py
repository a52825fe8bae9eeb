"""Formats of real records, whole in one record or spread over the lines of a file; and what only mentions them."""

import json

import pytest

from clinft.artifacts.audit import Provenance, Sign
from clinft.stages.audit.authenticity import Evidence
from tests.processor import seconds_of
from tests.stages.audit.authenticity.samples import CDA, DECLINING, DICOM, FHIR, HARMLESS, HL7, TEST_DATA

CASES = [(kind, text) for kind, texts in DECLINING.items() for text in texts]


def signs_of(*rows: tuple[str, object, str]) -> dict[str, Sign]:
    """`rows`: file, value, text; numbered from 1 in each file."""
    evidence, numbers = Evidence(), dict[str, int]()
    for file, value, text in rows:
        numbers[file] = numbers.get(file, 0) + 1
        evidence.add(file, numbers[file], value, text)  # type: ignore[arg-type]
    return {sign.kind: sign for sign in evidence.result(Provenance(origin="file")).signs}


def record(text: str) -> tuple[str, object, str]:
    value = {"text": text}
    return "a.jsonl", value, json.dumps(value)


@pytest.mark.parametrize(("kind", "text"), CASES)
def test_one_record_in_a_real_format_declines(kind: str, text: str) -> None:
    signs = signs_of(record("Cough for 3 days."), record(text))
    assert signs[kind].declines
    assert signs[kind].count == 1
    assert [(place.file, place.row) for place in signs[kind].places] == [("a.jsonl", 2)]


@pytest.mark.parametrize(("kind", "text"), CASES)
def test_a_text_file_in_a_real_format_declines(kind: str, text: str) -> None:
    lines = [("note.txt", None, line) for line in text.splitlines()]
    signs = signs_of(*lines, ("other.txt", None, "Cough for 3 days."))
    assert signs[kind].declines
    assert {place.file for place in signs[kind].places} == {"note.txt"}


@pytest.mark.parametrize("text", HARMLESS)
def test_a_mention_declines_nothing(text: str) -> None:
    signs = signs_of(record(text), *(("prompt.md", None, line) for line in text.splitlines()))
    assert not [sign for sign in signs.values() if sign.declines]


@pytest.mark.parametrize("text", TEST_DATA)
def test_marked_test_data_is_only_noted(text: str) -> None:
    signs = signs_of(record(text))
    assert list(signs) == ["marked-as-test"]
    assert not signs["marked-as-test"].declines


def test_a_mark_of_test_data_in_another_line_of_the_file_counts() -> None:
    lines = json.dumps(FHIR | {"identifier": [{"system": "synthea", "value": "1"}]}, indent=1).splitlines()
    assert list(signs_of(*(("p.json", None, line) for line in lines))) == ["marked-as-test"]


def test_parts_of_a_message_in_two_files_make_no_message() -> None:
    head, patient, *_ = HL7.replace("^^^", "-").split("\r")
    assert "hl7-v2" in signs_of(("a.hl7", None, head), ("a.hl7", None, patient))
    assert not signs_of(("a.hl7", None, head), ("b.hl7", None, patient))


def test_parts_of_a_message_in_two_records_make_no_message() -> None:
    head, patient, *_ = HL7.replace("^^^", "-").split("\r")
    assert not signs_of(record(head), record(patient))


def test_words_in_stars_decline_only_when_repeated() -> None:
    row = record("[**Name**] was seen")
    assert not signs_of(row)["deidentified-words"].declines
    assert signs_of(row, row, row)["deidentified-words"].declines


@pytest.mark.parametrize("text", ["[NAME] was seen", "<PATIENT>", "XXXX is 47", "Name: ___", "{PERSON_1}"])
def test_placeholders_are_noted(text: str) -> None:
    assert [(sign.kind, sign.declines) for sign in signs_of(record(text)).values()] == [
        ("placeholders", False)
    ]


@pytest.mark.parametrize("text", ["Answer with the label.", "[1] and <b>", "MAXXIMUM", "_____", "XXX"])
def test_other_brackets_are_not(text: str) -> None:
    assert not signs_of(record(text))


def test_only_the_first_twenty_places_are_kept() -> None:
    sign = signs_of(*[record("[** **]")] * 25)["deidentified-marks"]
    assert sign.count == 25
    assert [place.row for place in sign.places] == list(range(1, 21))


@pytest.mark.parametrize(
    "piece",
    ["[**", "[**name ", "[**a 1", "PID|1|", "PID|a|b^", "MSH|", '"value": ', "ISA*00*", "<ClinicalDocument",
     "Unit No: ", "| A Signed |", "\\" * 9 + '"identifier', "2019-", "1/1/", "signed ", "12 ", "a", "\0DICM"],
)  # fmt: skip
def test_a_long_hostile_line_is_read_quickly(piece: str) -> None:
    line = piece * (100_000 // len(piece))
    texts = ("a.txt", None, line), ("a.txt", None, line + CDA + DICOM)
    assert seconds_of(lambda: signs_of(record(line), *texts), enough=1) < 1
