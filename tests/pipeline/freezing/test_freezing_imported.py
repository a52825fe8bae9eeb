"""`clinft freeze --import`: synthetic files with two people's word are taken, and what looks real is declined."""

import csv
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow
import pytest
import yaml
from pyarrow import parquet

from clinft.artifacts.canonical import digest_file
from clinft.artifacts.frozen_provenance import load
from clinft.spec.load import load_project
from clinft.spec.statement import load_statements
from clinft.stages.prepare.stage import prepare
from tests.fakes.freezing import Case
from tests.fakes.freezing_files import ROWS, jsonl, rows, statement

FHIR = json.dumps(
    {"resourceType": "Patient", "identifier": [{"system": "urn:oid:1.2.36", "value": "8003608166690503"}]}
)
HL7 = "MSH|^~\\&|ADT|HOSP|X|Y|2019||ADT^A01|1|P|2.3\rPID|1||4711^^^HOSP^MR||QUACKENBUSH^ZEBULON"
CDA = (
    '<ClinicalDocument xmlns="urn:hl7-org:v3"><recordTarget><patientRole/></recordTarget></ClinicalDocument>'
)
DICOM = "(0010,0010) PN [QUACKENBUSH^ZEBULON] (0010,0020) LO [4711]"
MIMIC = "Admission Date: [**2151-7-16**] Discharge Date: [**2151-8-4**] to [**Hospital1 18**]"


def as_csv(path: Path, found: Sequence[dict[str, Any]]) -> Path:
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, [*found[0]])
        writer.writeheader()
        writer.writerows(found)
    return path


def as_parquet(path: Path, found: Sequence[dict[str, Any]]) -> Path:
    parquet.write_table(pyarrow.Table.from_pylist(list(found)), path)
    return path


def as_chat(path: Path, found: Sequence[dict[str, Any]]) -> Path:
    turns = [
        [("system", "Name the chapter."), ("user", one["text"]), ("assistant", one["target"])]
        for one in found
    ]
    return jsonl(path, [{"messages": [{"role": r, "content": c} for r, c in said]} for said in turns])


WRITERS = {"jsonl": jsonl, "chat": as_chat, "csv": as_csv, "parquet": as_parquet}


@pytest.mark.parametrize("kind", WRITERS)
def test_a_synthetic_file_of_each_kind_becomes_four_splits(kind: str, case: Case, tmp_path: Path) -> None:
    given = rows()
    path = WRITERS[kind](tmp_path / f"brought.{'jsonl' if kind == 'chat' else kind}", given)
    done = case.bring(path, statement=statement(tmp_path / "word.yaml", path))
    assert done.exit_code == 0, done.output
    found = case.records()
    texts = [one.text for split in found.values() for one in split]
    assert Counter(texts) == Counter(one["text"] for one in given)
    assert {split: round(len(ones) / len(given), 1) for split, ones in found.items()} == {
        "train": 0.6,
        "validation": 0.1,
        "dev": 0.1,
        "test": 0.2,
    }
    told = load(case.synthetic)
    assert told is not None
    assert (told.origin, told.grouped_by, told.writer) == ("imported", "near repeats", None)
    assert [(one.kind, one.records, one.sha256) for one in told.sources] == [(kind, ROWS, digest_file(path))]
    assert case.asked == []


def test_prepare_takes_the_import_and_the_statements_are_about_its_splits(
    case: Case, brought: Path, signed: Path, tmp_path: Path
) -> None:
    assert case.bring(brought, statement=signed).exit_code == 0
    case.spec(origin="frozen", records=ROWS)
    made = prepare(load_project(case.project).spec, tmp_path / "records", case.synthetic)
    assert made.generator == "frozen"
    stated = {one.file_sha256: one for one in load_statements(case.synthetic)}
    assert {one.sha256 for one in made.splits.values()} == stated.keys()
    assert {(one.author, one.reviewer) for one in stated.values()} == {("ml-lead", "priv-officer")}


def test_cases_and_near_repeats_stay_together(case: Case, tmp_path: Path) -> None:
    given = rows()
    # Ten notes of one case, and ten that each differ from another note in one word.
    for one in given[:10]:
        one["scenario"] = "the same case"
    copies = [{**one, "text": one["text"] + " Seen."} for one in given[20:30]]
    path = jsonl(tmp_path / "brought.jsonl", [*given, *copies])
    done = case.bring(path, statement=statement(tmp_path / "word.yaml", path))
    assert done.exit_code == 0, done.output
    split_of = {one.text: split for split, ones in case.records().items() for one in ones}
    assert len({split_of[one["text"]] for one in given[:10]}) == 1
    for one in given[20:30]:
        assert split_of[one["text"]] == split_of[one["text"] + " Seen."]
    told = load(case.synthetic)
    assert told is not None
    assert told.grouped_by == "scenario and near repeats"
    assert not any("the same case" in one.read_text() for one in case.synthetic.iterdir())


def test_the_same_file_gives_the_same_bytes(case: Case, brought: Path, signed: Path) -> None:
    assert case.bring(brought, statement=signed).exit_code == 0
    before = {path.name: path.read_bytes() for path in case.synthetic.iterdir()}
    assert case.bring(brought, statement=signed).exit_code == 0
    assert {path.name: path.read_bytes() for path in case.synthetic.iterdir()} == before


def test_without_two_peoples_word_nothing_is_taken_and_it_is_said_what_to_write(
    case: Case, brought: Path, tmp_path: Path
) -> None:
    refused = case.bring(brought)
    assert refused.exit_code == 2
    assert "Nobody has vouched for brought.jsonl." in refused.output
    assert digest_file(brought) in refused.output
    other = jsonl(tmp_path / "other.jsonl", rows(40, seed=6))
    refused = case.bring(brought, statement=statement(tmp_path / "word.yaml", other))
    assert "Nobody has vouched" in refused.output
    refused = case.bring(brought, statement=statement(tmp_path / "word.yaml", brought, reviewer="somebody"))
    assert refused.exit_code == 2
    assert "somebody may not review a statement" in refused.output
    refused = case.bring(brought, statement=statement(tmp_path / "word.yaml", brought, reviewer="ml-lead"))
    assert refused.exit_code == 2
    assert not case.synthetic.exists()


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        (MIMIC, "deidentified-marks"),
        (HL7, "hl7-v2"),
        (CDA, "cda"),
        (FHIR, "fhir-identified"),
        (DICOM, "dicom-header"),
    ],
)
def test_signs_of_a_real_export_are_declined_with_the_risk(
    text: str, sign: str, case: Case, tmp_path: Path
) -> None:
    given = rows()
    given[41]["text"] = text
    path = jsonl(tmp_path / "brought.jsonl", given)
    declined = case.bring(path, statement=statement(tmp_path / "word.yaml", path))
    assert declined.exit_code == 1
    assert f"The data looks real: {sign}" in declined.output
    assert "row 42" in declined.output
    assert "45 CFR 164.502" in declined.output
    assert "QUACKENBUSH" not in declined.output.upper()
    assert not case.synthetic.exists()


def test_dense_dates_as_in_a_chart_are_declined(case: Case, tmp_path: Path) -> None:
    given = rows()
    for number, one in enumerate(given[:40]):
        days = [f"{1 + (number * 7 + step) % 12}/{1 + (number * 5 + step) % 28}/2021" for step in range(4)]
        one["text"] += " Seen " + ", ".join(days) + "."
    path = jsonl(tmp_path / "brought.jsonl", given)
    declined = case.bring(path, statement=statement(tmp_path / "word.yaml", path))
    assert declined.exit_code == 1
    assert "The data looks real: dense-dates, 40 times" in declined.output
    assert not case.synthetic.exists()


def test_a_file_of_another_kind_is_audited_before_it_is_refused(case: Case, tmp_path: Path) -> None:
    export = tmp_path / "export.hl7"
    export.write_text(HL7)
    declined = case.bring(export)
    assert declined.exit_code == 1
    assert "hl7-v2" in declined.output
    harmless = tmp_path / "notes.txt"
    harmless.write_text("Nothing of interest.\n")
    refused = case.bring(harmless, statement=statement(tmp_path / "word.yaml", harmless))
    assert refused.exit_code == 2
    assert "is of no kind that can be imported" in refused.output


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
@pytest.mark.parametrize(
    ("value", "letter"),
    [
        ("Call the daughter at (415) 867-5309.", "D"),
        ("Reach him at zebulon.quackenbush@gmail-mail.com.", "F"),
        ("SSN 219-09-9999.", "G"),
        ("MRN: 48291734.", "H"),
        ("Patient: Zebulon Quackenbush.", "A"),
    ],
)
def test_one_real_looking_identifier_is_enough(
    value: str, letter: str, kind: str, case: Case, tmp_path: Path
) -> None:
    given = rows()
    if kind == "csv":
        given[3]["text"] += "\non a second line"
    given[41]["text"] += f" {value}"
    path = WRITERS[kind](tmp_path / f"brought.{kind}", given)
    place = 42
    if kind == "csv":
        place = 1 + sum(one["text"].count("\n") + 1 for one in given[:42])
    declined = case.bring(path, statement=statement(tmp_path / "word.yaml", path))
    assert declined.exit_code == 1
    assert f"brought.{kind}:{place}:0:" in declined.output.replace("\n  ", "")
    assert f"class ({letter}) of 45 CFR" in declined.output
    for part in ("867-5309", "quackenbush", "219-09", "48291734"):
        assert part not in declined.output.lower()
    assert not case.synthetic.exists()


def test_an_older_folder_is_as_it_was_after_a_refusal(
    case: Case, brought: Path, signed: Path, tmp_path: Path
) -> None:
    assert case.bring(brought, statement=signed).exit_code == 0
    before = {path.name: path.read_bytes() for path in case.synthetic.iterdir()}
    given = rows(seed=5)
    given[7]["text"] += " SSN 219-09-9999."
    path = jsonl(tmp_path / "second.jsonl", given)
    assert case.bring(path, statement=statement(tmp_path / "second.yaml", path)).exit_code == 1
    assert {path.name: path.read_bytes() for path in case.synthetic.iterdir()} == before


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("not json", "The line is no JSON object in UTF-8."),
        ('{"text": "pain"}', "`target` is missing, empty or no text."),
        ('{"text": " ", "target": "mental"}', "`text` is missing, empty or no text."),
        ('{"text": "pain", "target": "mental", "note": "x"}', "The record has more than text, target"),
        (
            '{"text": "\\ud800", "target": "mental"}',
            "`text` is longer than 200,000 characters, or holds half a character.",
        ),
        ('{"text": "pain", "target": "mental", "style": 3}', "`style` is no text."),
        ('{"messages": [{"role": "user", "content": "pain"}]}', "`text` is missing, empty or no text."),
    ],
)
def test_a_line_that_is_no_record_is_named_without_its_data(
    line: str, message: str, case: Case, tmp_path: Path
) -> None:
    path = jsonl(tmp_path / "brought.jsonl", rows())
    path.write_text(path.read_text() + line + "\n")
    refused = case.bring(path, statement=statement(tmp_path / "word.yaml", path))
    assert refused.exit_code == 2, refused.output
    assert f"brought.jsonl:{ROWS + 1}:0: {message}" in refused.output
    assert not case.synthetic.exists()


def test_a_target_that_is_no_label_and_a_style_that_is_no_name_are_refused(
    case: Case, tmp_path: Path
) -> None:
    given = rows()
    given[5]["target"] = "nephrology"
    path = jsonl(tmp_path / "brought.jsonl", given)
    refused = case.bring(path, statement=statement(tmp_path / "word.yaml", path))
    assert refused.exit_code == 2
    assert "The target is not one of `task.labels`." in refused.output
    given = [{**one, "style": "Ward Round"} for one in rows()]
    path = jsonl(tmp_path / "brought.jsonl", given)
    refused = case.bring(path, statement=statement(tmp_path / "word.yaml", path))
    assert refused.exit_code == 2
    assert "brought.jsonl:" in refused.output
    assert "`style` is not as a record has it." in refused.output


def test_columns_that_nobody_knows_are_named_by_number(case: Case, tmp_path: Path) -> None:
    path = as_csv(tmp_path / "brought.csv", [{**one, "Quackenbush": "1"} for one in rows()])
    refused = case.bring(path, statement=statement(tmp_path / "word.yaml", path))
    assert refused.exit_code == 2
    assert "Nobody knows what these columns are: 3." in refused.output


def test_texts_that_are_all_one_cannot_be_split(case: Case, tmp_path: Path) -> None:
    text = rows()[0]["text"]
    given = [{"text": f"{text} Visit{'x' * number}.", "target": "mental"} for number in range(ROWS)]
    path = jsonl(tmp_path / "brought.jsonl", given)
    refused = case.bring(path, statement=statement(tmp_path / "word.yaml", path))
    assert refused.exit_code == 2
    assert "cannot be split: validation, dev, test would be empty" in refused.output


def test_nobody_vouches_for_what_they_wrote_or_never_saw(case: Case, tmp_path: Path) -> None:
    """Splits mix the rows of all files, so one pair of people must stand for all of them."""
    files = [jsonl(tmp_path / f"{name}.jsonl", rows(40, seed)) for name, seed in (("a", 4), ("b", 5))]
    word = statement(tmp_path / "word.yaml", *files)
    given = yaml.safe_load(word.read_text())
    given["statements"][1]["author"] = "somebody"
    word.write_text(yaml.safe_dump(given))
    done = case.bring(*files, statement=word)
    assert done.exit_code == 2
    assert "different authors or reviewers" in done.output
    assert not case.synthetic.exists()
