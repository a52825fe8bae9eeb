"""Identifiers split over the fields of a row, in keys, and in rows inside values; values are invented or nobody's."""

import json
from collections.abc import Iterator

import pytest

from clinft.stages.audit.engine import default
from clinft.stages.audit.finds import Find
from clinft.stages.audit.scan import is_clean
from clinft.stages.audit.units import json_units

# Letter, the field where a part of it stands, the row.
ROWS: list[tuple[str, str, object]] = [
    ("A", "first", {"first": "Jane", "last": "Roe"}),
    ("A", "last_name", {"first_name": "jane", "last_name": "roe"}),
    ("A", "patient.family", {"patient": {"given": ["Jane"], "family": "Roe"}}),
    ("A", "lname", {"fname": "Zbigniew", "lname": "Kowalczyk", "age": 54}),
    ("A", "patient_last", {"patient_first": "Jane", "patient_last": "Roe"}),
    ("A", "patient_name[1]", {"patient_name": ["zbigniew", "kowalczyk"]}),
    ("D", "line", {"area": "617", "exchange": "736", "line": "5001"}),
    ("D", "phone.area_code", {"phone": {"area_code": 617, "number": "736-5001"}}),
    ("D", "local_number", {"area_code": "617", "local_number": "7365001"}),
    ("E", "fax.area", {"fax": {"area": "617", "line": "7365001"}}),
    ("G", "ssn[0]", {"ssn": ["219", "09", "9998"]}),
    ("G", "ssn[0]", {"ssn": [2, 1, 9, 0, 9, 9, 9, 9, 8]}),
    ("G", "ssn_1", {"ssn_1": "219", "ssn_2": "09", "ssn_3": "9998"}),
    ("G", "ssn_area", {"ssn_area": 219, "ssn_group": "09", "ssn_serial": 9998}),
    ("D", "phone[0]", {"phone": ["6", "1", "7", "7", "3", "6", "5", "0", "0", "1"]}),
    ("H", "mrn_part1", {"mrn_part1": "123", "mrn_part2": "4567"}),
    ("H", "mrn[6]", {"mrn": [1, 2, 3, 4, 5, 6, 8]}),
    ("C", "dob.day", {"dob": {"year": 1949, "month": 2, "day": 11}}),
    ("C", "birth_day", {"birth_year": 1949, "birth_month": "February", "birth_day": 11}),
    ("C", "day", {"month": "March", "day": 14, "year": 2024}),
    ("C", "dob[0]", {"dob": [2, 11, 1949]}),
    ("H", "value", {"label": "MRN", "value": "1234567"}),
    ("A", "answer", {"field": "Patient name", "answer": "zbigniew kowalczyk"}),
    ("D", "response", {"question": "Phone number", "response": "6177365001"}),
    ("D", "telecom[0].value", {"telecom": [{"system": "phone", "value": "6177365001"}]}),
    ("F", "user", {"user": "jane.roe", "domain": "stmarys.org"}),
    (
        "B",
        "street",
        {"street_number": "1428", "street": "Elm Street", "city": "Dayton", "state": "OH", "zip": "45402"},
    ),
    ("H", "data[0][0]", {"columns": ["mrn", "dob"], "data": [["1234567", "02/11/1949"]]}),
    ("C", "data[0][1]", {"columns": ["mrn", "dob"], "data": [["1234567", "02/11/1949"]]}),
    ("G", "rows[1][1]", {"rows": [["Name", "SSN"], ["Jane Roe", 219099998]]}),
    ("H", "[1][0]", [["MRN", "DOB"], ["1234567", "02/11/1949"]]),
    ("H", "[1]", ["MRN", "1234567"]),
    ("A", "[1]", ["Patient name:", "zbigniew kowalczyk"]),
    ("G", "#1 (key)", {"219-09-9998": "seen"}),
    ("H", "#1 (key)", {"MRN 1234567": {"bp": "120/80"}}),
    ("G", "#1 (key)", {"ssn_219099998": True}),
    ("A", "#1 (key)", {"Jane Roe": {"age": 54}}),
    ("F", "visits.#1 (key)", {"visits": {"jane.roe@stmarys.org": 3}}),
    ("H", "note", {"note": '{"mrn": "1234567"}'}),
    ("A", "note", {"note": '{"patient": {"name": "jane roe"}}'}),
    ("H", "note", {"note": '"{\\"mrn\\": \\"1234567\\"}"'}),
    ("G", "note", {"note": '{"a": "{\\"b\\": \\"{\\\\\\"ssn\\\\\\": \\\\\\"219099998\\\\\\"}\\"}"}'}),
    ("H", "note", {"note": "{'mrn': '1234567'}"}),
    ("G", "note", '{"note":"\\u0053\\u0053\\u004e \\u0032\\u0031\\u0039-09-9998"}'),
    ("G", "ssn", '{"\\u0073\\u0073n":"219099998"}'),
    ("G", "note", '{"note":"SSN 219\\u200b-09-9998"}'),
    ("G", "note", '{"note":"a","note":"SSN 219-09-9998"}'),
    ("G", "ssn", '{"ssn":219099998}'),
    ("H", "line", '{"mrn":00012345678}'),
    ("G", "ssn", '{"mrn":1.2345678e7,"ssn":"219-09-9998"}'),
    ("G", "ssn", '{"id":' + "9" * 5000 + ',"ssn":"219-09-9998"}'),
    ("G", "note", '{"note":"\\ud800 SSN 219-09-9998"}'),
    ("G", "note", '{"note":"x\\u0000 SSN 219-09-9998"}'),
    ("H", "line", '{"mrn": "1234567", "cut'),
    ("G", "line", "{'ssn': '219099998', 'age': None}"),
    ("H", "data", '{"data":"eyJtcm4iOiAiMTIzNDU2NyJ9"}'),
    ("G", "a[0][0][0][0][0][0]", {"a": [[[[[["SSN 219-09-9998"]]]]]]}),
    ("R", "x[100]", {"x": [*range(100), 219099998]}),
    ("C", "ages[30]", {"ages": [54] * 30 + [93]}),
    ("H", "html", {"html": "<td>MRN</td><td>1234567</td>"}),
    ("G", "ssn", {"ssn": "2 1 9 0 9 9 9 9 8"}),
    ("G", "ssn", {"ssn": "two one nine oh nine nine nine nine eight"}),
    ("H", "mrn", {"mrn": "123 45 68"}),
]
NEAR_MISSES: list[object] = [
    {"pain_scores": [3, 4, 5, 2, 1, 3, 4]},
    {"phq9": [2, 1, 3, 2, 1, 1, 0, 2, 1]},
    {"vitals": {"sbp": 120, "dbp": 80, "hr": 72, "temp": 98.6}},
    {"name": ["Folic", "Acid"]},
    {"drug_name": ["Folic", "Acid"]},
    {"first": "headache", "last": "nausea"},
    {"first": "12:00", "last": "13:00"},
    {"embedding": [0.12345678 * step for step in range(60)]},
    {"input_ids": [101, 2023, 1037, 30522, 2003, 1996] * 8},
    {"start": 120, "end": 135, "type": "DATE", "label": 1},
    {"year": 3, "month": 2, "day": 5},
    {"age": {"years": 3, "months": 2}},
    {"label": "sodium", "value": "140"},
    {"name": "Folic acid", "value": "1 mg"},
    {"key": "weight", "value": "70 kg"},
    {"house": "single", "street": "none"},
    {"user": "nurse", "domain": "cardiology"},
    {"number": "2", "prefix": "pre", "area": "left lung"},
    {"columns": ["test", "result"], "data": [["Na", "140"], ["K", "4.2"]]},
    [["Test", "Result"], ["Na", "140"]],
    {"role": "user", "content": "One or two tablets?"},
    {"question": "How many?", "answer": "Two"},
    {"doses": [500, 250, 1000]},
    {"record_1": 120, "record_2": 140},
    {"levels": ["L4", "L5"]},
    {"codes": ["E11.9", "I10"]},
    {"text": "Burn, right arm.", "label": "1"},
    {"spans": [{"start": 0, "end": 5, "type": "NAME"}]},
    ["one", "two"],
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
    {"scores": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]},
    {"given": "5 mg", "family": "history of asthma"},
    {"last": "dose", "first": "dose"},
]


def found(row: object) -> Iterator[tuple[str, str, Find]]:
    """Field, the value there that a find touches, and the find, for all above INFO."""
    line = row if isinstance(row, str) else json.dumps(row)
    texts: dict[str, str] = {}
    for unit in json_units("data/x.jsonl", 1, line, is_clean):
        texts |= {} if unit.segments else {unit.field: unit.text}
        for find in default().finds(unit.text, unit.context, detect=not unit.segments):
            if find.severity(settings=False) != "INFO":
                for field, start, end in unit.located(find.start, find.end):
                    yield field, texts.get(field, unit.text)[start:end], find


@pytest.mark.parametrize(("letter", "field", "row"), ROWS)
def test_a_split_or_hidden_identifier_is_found_in_its_field(letter: str, field: str, row: object) -> None:
    values = [value for place, value, find in found(row) if (place, find.weight.letter) == (field, letter)]
    assert values
    assert all(values)


@pytest.mark.parametrize("row", NEAR_MISSES)
def test_values_beside_each_other_are_not_always_one_number(row: object) -> None:
    assert [(field, find.recognizer) for field, _, find in found(row)] == []
