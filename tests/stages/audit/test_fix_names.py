"""One person, one placeholder: full names, surnames and given names alone, in every part of a record."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from clinft.stages.audit.fix.mentions import MOST_VALUES, Mentions
from clinft.stages.audit.fix.people import MOST_COMPARED, People, is_written_like, telling_parts
from tests.stages.audit.test_fix import fixed


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("Pt Jane Marston seen. Marston has pain.", "Pt [PERSON_1] seen. [PERSON_1] has pain."),
        ("Pt Jane Marston seen. Ms. Marston has pain.", "Pt [PERSON_1] seen. Ms. [PERSON_1] has pain."),
        ("Ms. Marston seen. Pt Jane Marston left.", "Ms. [PERSON_1] seen. Pt [PERSON_1] left."),
        ("Pt Jane Marston seen. MARSTON has pain.", "Pt [PERSON_1] seen. [PERSON_1] has pain."),
        ("Pt Jane Marston seen; marston has pain.", "Pt [PERSON_1] seen; [PERSON_1] has pain."),
        ("Mr. John Smith seen; smith has pain.", "Mr. [PERSON_1] seen; [PERSON_1] has pain."),
        ("Patient: Marston, Jane\nThen Jane Marston left.", "Patient: [PERSON_1]\nThen [PERSON_1] left."),
        ("Pt Jane Marston seen. Marston's knee hurts.", "Pt [PERSON_1] seen. [PERSON_1]'s knee hurts."),
        ("Ms. Quux seen. Then Quux left.", "Ms. [PERSON_1] seen. Then [PERSON_1] left."),
        ("Pt Maria de la Cruz seen. De la Cruz is well.", "Pt [PERSON_1] seen. [PERSON_1] is well."),
        ("Pt Jane O'Brien seen. O'Brien is well.", "Pt [PERSON_1] seen. [PERSON_1] is well."),
        ("Pt Jane Smith-Marston seen. Marston is well.", "Pt [PERSON_1] seen. [PERSON_1] is well."),
        ("Mr. John Smith, wife Mary Smith. Mary left.", "Mr. [PERSON_1], wife [PERSON_2]. [PERSON_2] left."),
        # Near misses: another word, another person's, a clinician's.
        ("Pt Jane Marston seen near Marstonville.", "Pt [PERSON_1] seen near [PLACE_1]."),
        ("Mr. John Park rose. Park here. Rose up.", "Mr. [PERSON_1] rose. Park here. Rose up."),
        ("Mr. Grant May left. May go home. Grant it.", "Mr. [PERSON_1] left. May go home. Grant it."),
        ("Mr. John Graves left with Graves.", "Mr. [PERSON_1] left with [PERSON_1]."),
        ("Pt Jane Marston seen by Dr. Marston.", "Pt [PERSON_1] seen by Dr. Marston."),
        ("Pt Jane Marston seen by A. Marston, MD.", "Pt [PERSON_1] seen by A. Marston, MD."),
        ("Patient name: mrn\nMRN none.", "Patient name: [PERSON_1]\nMRN none."),
        ("Ms. Tia Marston had no TIA.", "Ms. [PERSON_1] had no TIA."),
    ],
)  # fmt: skip
def test_a_name_alone_is_the_person(tmp_path: Path, note: str, expected: str) -> None:
    row = json.dumps({"note": note})
    assert json.loads(fixed(tmp_path, row, "a.jsonl")) == {"note": expected}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"name": "Jane Marston", "note": "Marston is well."}, {"name": "[PERSON_1]", "note": "[PERSON_1] is well."}),
        ({"note": "Marston is well.", "name": "Jane Marston"}, {"note": "[PERSON_1] is well.", "name": "[PERSON_1]"}),
        (
            {"patient": {"last_name": "Marston"}, "turns": [{"content": "Marston: yes"}, {"content": "Ms. Marston?"}]},
            {"patient": {"last_name": "[PERSON_1]"}, "turns": [{"content": "[PERSON_1]: yes"}, {"content": "Ms. [PERSON_1]?"}]},
        ),
        (
            {"name": "Jane Marston", "j": '{"note": "Marston\\nis well"}'},
            {"name": "[PERSON_1]", "j": '{"note": "[PERSON_1]\\nis well"}'},
        ),
    ],
)  # fmt: skip
def test_a_name_alone_is_the_person_elsewhere_in_the_row(tmp_path: Path, row: Any, expected: Any) -> None:
    assert json.loads(fixed(tmp_path, json.dumps(row), "a.jsonl")) == expected


def test_rows_are_different_records(tmp_path: Path) -> None:
    rows = '{"note": "Pt Jane Marston, wife of Mr. Tom Quux."}\n{"note": "Mr. Quux is well."}\n'
    first, second = rows.replace("Jane Marston", "[PERSON_1]").replace("Tom Quux", "[PERSON_2]").splitlines()
    again = second.replace("Quux", "[PERSON_1]")
    assert fixed(tmp_path, rows, "a.jsonl").decode().splitlines() == [first, again]


def test_a_text_file_is_one_record_whichever_comes_first(tmp_path: Path) -> None:
    text = "Then Marston left.\nMs. Marston slept.\nPatient: Jane Marston\nMr. John Smith too.\n"
    expected = "Then [PERSON_1] left.\nMs. [PERSON_1] slept.\nPatient: [PERSON_1]\nMr. [PERSON_2] too.\n"
    assert fixed(tmp_path, text, "a.txt").decode() == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Jane Marston", "Marston", "MARSTON, Jane R.", "Jane Ann Marston"], [0, 0, 0, 0]),
        (["Marston", "Jane Marston", "John Marston", "Marston"], [0, 0, 1, 0]),
        (["José Álvarez", "Jose Alvarez Jr."], [0, 0]),
        (["Jane Marston", "Jane Smith", "Smith"], [0, 1, 1]),
        (["J. R.", "the", '"Jane", "last": "Marston'], [None, None, None]),
    ],
)
def test_who_is_who(names: list[str], expected: list[int | None]) -> None:
    people = People()
    assert [people.person(name) for name in names] == expected


def test_many_people_of_one_surname_stay_apart() -> None:
    people = People()
    names = [
        f"Jane{'abcdefgh'[number % 8] * (number // 8 + 1)} Marston" for number in range(8 * MOST_COMPARED)
    ]
    assert [people.person(name) for name in names] == list(range(len(names)))
    assert [people.person(name) for name in names] == list(range(len(names)))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Jane R. Marston Jr.", ["jane", "marston", "jane marston", "marston jane"]),
        ("Rose Park", ["rose park", "park rose"]),
        ("Ng", []),
        ("van Dyck", ["dyck", "van dyck"]),
        ("Do", []),
    ],
)
def test_what_tells_a_person(name: str, parts: list[str]) -> None:
    assert telling_parts(name) == parts


@pytest.mark.parametrize(
    ("word", "found_so", "expected"),
    [
        ("Quux", False, True), ("QUUX", False, True), ("quux", False, False), ("quux", True, True),
        ("smith", False, True), ("Tia", False, True), ("TIA", False, False), ("TIA", True, True),
    ],
)  # fmt: skip
def test_case_tells_names_from_words(word: str, found_so: bool, expected: bool) -> None:
    assert is_written_like(word.lower(), word, found_so) is expected


def test_mentions_are_counted_limited_and_no_part_of_placeholders() -> None:
    mentions, counted = Mentions(), Counter[str]()
    assert not mentions
    mentions.add("PERSON", "A", "Ann Person", "[PERSON_1]")
    assert mentions.without("Person [PERSON_2] ann", counted) == "[PERSON_1] [PERSON_2] ann"
    assert counted == {"PERSON": 1}
    for number in range(2 * MOST_VALUES):
        mentions.add("MEDICAL_RECORD_NUMBER", "H", str(100_000 + number), "[MRN_1]")
    last = str(100_000 + 2 * MOST_VALUES - 1)
    assert mentions.without(f"100000 {last}", counted) == f"[MRN_1] {last}"
