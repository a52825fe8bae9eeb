"""`clinft audit FILE`: the contract of its JSON, shards that join byte for byte, copies, and one clear error each."""

import json
from pathlib import Path

import pytest

from tests.fakes.cli import clinft

# Invented; no value lies in a reserved range, except where that is meant.
LEAK = "Pt John Kowalczyk, MRN 48291377, call 617-736-5001 or 617-555-0134."
NOTES = [{"id": "a", "text": "BP 120/80, on metformin 500 mg."}, {"id": "b", "text": LEAK}]
FINDING = {"id", "record", "field", "start", "end", "identifier", "entity_type", "severity", "score"}


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "notes.jsonl"
    path.write_text("".join(json.dumps(note) + "\n" for note in NOTES))
    return path


def test_the_json_is_one_object_with_offsets_into_the_field_and_no_value(notes: Path) -> None:
    done = clinft("audit", notes, "--json")
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert {"findings", "sensitivity", "verdict", "digest"} <= found.keys()
    for finding in found["findings"]:
        assert finding.keys() >= FINDING
        assert (finding["record"], finding["field"]) == (1, "text")
    texts = {
        (one["identifier"], LEAK[one["start"] : one["end"]]): one["severity"] for one in found["findings"]
    }
    assert texts["H", "48291377"] == "CRITICAL"
    assert texts["D", "617-736-5001"] == "CRITICAL"
    assert texts["D", "617-555-0134"] == "INFO"  # held back for fiction: nobody's, and counted
    assert [row["identifier"] for row in found["sensitivity"]] == list("ABCDEFGHIJKLMNOPQR")
    for value in ("Kowalczyk", "48291377", "736-5001"):
        assert value not in done.stdout


def test_shards_join_to_what_one_call_says(notes: Path, tmp_path: Path) -> None:
    parts = [tmp_path / "0.json", tmp_path / "1.json"]
    for index, part in enumerate(parts):
        done = clinft("audit", notes, "--shard", f"{index}/2", "--part", part)
        assert done.exit_code == 0, done.output
        assert "48291377" not in part.read_text()
    joined = clinft("audit", notes, "--json", "--merge", parts[1], "--merge", parts[0])
    assert joined.stdout == clinft("audit", notes, "--json").stdout
    assert clinft("audit", notes, "--json", "--merge", parts[0]).exit_code == 2


def test_a_copy_is_written_beside_and_never_over(notes: Path) -> None:
    before = notes.read_bytes()
    assert clinft("audit", notes, "--fix").exit_code == 1
    copy = notes.with_name("notes.deidentified.jsonl")
    first, second = map(json.loads, copy.read_text().splitlines())
    assert first == NOTES[0]
    assert "48291377" not in second["text"]
    assert "617-555-0134" in second["text"]
    assert notes.read_bytes() == before
    again = clinft("audit", notes, "--fix")
    assert again.exit_code == 2
    assert json.loads(copy.read_text().splitlines()[0]) == NOTES[0]


def test_data_that_look_real_get_no_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "export.txt"
    path.write_text("MSH|^~\\&|ADT|H|||20240314||ADT^A01|1|P|2.5\rPID|1||48291377^^^H^MR||KOWALCZYK^JOHN\r\n")
    done = clinft("audit", path, "--fix")
    assert done.exit_code == 1
    assert "DECLINED" in done.output
    assert not path.with_name("export.deidentified.txt").exists()
    assert "KOWALCZYK" not in done.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "Name a project's folder, or files"),
        (("notes.jsonl", "--push"), "one of them"),
        (("notes.jsonl", "--shard", "0/2"), "--shard and --part go together"),
        (("notes.jsonl", "--shard", "2/2", "--part", "x.json"), "There is no shard 2/2"),
        (("notes.jsonl", "--shard", "0/1", "--part", "notes.jsonl"), "that no audit wrote"),
        (("notes.jsonl", "--shard", "0/1", "--part", "gone/0.json"), "its folder is not there"),
        (("notes.parquet", "--fix"), "no de-identified copy can be written of this format"),
        (("Smith, Jane.json", "--fix"), "#1: no de-identified copy"),
        (("lists.jsonl", "--fix"), "of a table in this form"),
        (("notes.jsonl", "--merge", "notes.jsonl"), "is no part of an audit"),
        (("gone.jsonl",), "gone.jsonl"),
    ],
)
def test_a_wrong_call_gets_one_clear_error(notes: Path, arguments: tuple[str, ...], says: str) -> None:
    notes.with_name("lists.jsonl").write_text('["mrn", "zip"]\n[1, 2]\n')
    before = notes.read_bytes()
    done = clinft("audit", *arguments)
    assert done.exit_code == 2
    assert notes.read_bytes() == before
    assert "Smith" not in done.output
    assert says in done.output
    assert "Traceback" not in done.output


def test_a_name_that_gives_somebody_away_is_not_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "Smith, Jane.txt"
    path.write_text("Lungs clear. MRN 48291377.\n")
    done = clinft("audit", path.name, "--fix")
    assert "wrote the copy of #1: 1 place in 1 of 1 row\n" in done.output
    assert "Smith" not in done.output
    assert "48291377" not in path.with_name("Smith, Jane.deidentified.txt").read_text()
