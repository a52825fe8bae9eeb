"""Any file without a project: the same identifier is found in every format, at the place a reader can use."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from clinft.artifacts.audit import FileAudit
from clinft.spec.audit_policy import AuditPolicy
from clinft.stages.audit.digests import data_digest
from clinft.stages.audit.file_audit import audit_files
from clinft.stages.audit.reading import lines as reading_lines
from clinft.stages.audit.reading import raw as reading_raw
from tests.fakes.audits import audited_paths
from tests.fakes.progress import Quiet

VALUE = "219-09-9998"
NUMBER = "00482913"
NOTE = f"Seen today, caf\u00e9, SSN {VALUE} on file."
ROWS = [{"id": "r1", "note": "no pain today"}, {"id": "r2", "note": NOTE}]


def jsonl(path: Path) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))


def document(path: Path) -> None:
    path.write_text(json.dumps(ROWS, indent=2))


def table(path: Path) -> None:
    mark = "\t" if ".tsv" in path.name else ","
    lines = [mark.join(("id", "note"))] + [f'{row["id"]}{mark}"{row["note"]}"' for row in ROWS]
    path.write_text("\r\n".join(lines))


def parquet(path: Path) -> None:
    import pyarrow
    from pyarrow import parquet as files

    files.write_table(pyarrow.Table.from_pylist(ROWS), path)


def lines(path: Path) -> None:
    path.write_text("\n".join(row["note"] for row in ROWS))


@pytest.mark.parametrize("packed", [False, True], ids=("plain", "packed"))
@pytest.mark.parametrize(
    ("name", "write", "field"),
    [
        ("a.jsonl", jsonl, "note"),
        ("a.ndjson", jsonl, "note"),
        ("a.json", document, "note"),
        ("a.csv", table, "note"),
        ("a.tsv", table, "note"),
        ("a.parquet", parquet, "note"),
        ("a.txt", lines, "line"),
        ("a.md", lines, "line"),
        ("notes", lines, "line"),
    ],
)
def test_an_identifier_is_found_in_every_format_at_its_place(
    tmp_path: Path, name: str, write: Callable[[Path], None], field: str, packed: bool
) -> None:
    path = tmp_path / name
    write(path)
    if packed:
        content = path.read_bytes()
        path = tmp_path / f"{name}.gz"
        path.write_bytes(gzip.compress(content))
    audit = audited_paths(path)
    (finding,) = audit.findings
    assert (finding.file, finding.record, finding.field) == (str(path), 1, field)
    assert NOTE[finding.start : finding.end] == VALUE
    assert (finding.identifier, finding.severity, audit.verdict) == ("G", "CRITICAL", "FAIL")
    assert audit.records == 2
    assert "9998" not in audit.model_dump_json()


def test_the_header_of_a_table_is_searched_once_and_not_repeated(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"id,SSN {VALUE}\n1,quiet\n2,MRN 00482913\n")
    audit = audited_paths(path)
    assert [(finding.record, finding.field) for finding in audit.findings] == [(0, "#2 (key)"), (1, "#2")]
    assert VALUE not in audit.model_dump_json()


def test_a_column_says_what_its_cells_are(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("patient_name,mrn\nZbigniew Kowalczyk,00482913\n")
    assert {finding.field for finding in audited_paths(path).findings} == {"patient_name", "mrn"}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            {"area": "617", "exchange": "736", "line": "5001", "note": "quiet"},
            [("D", "area", 0, 3), ("D", "exchange", 0, 3), ("D", "line", 0, 4)],
        ),
        ({"label": "MRN", "value": "1234567"}, [("H", "value", 0, 7)]),
        (
            {"ssn": ["219", "09", "9998"]},
            [("G", "ssn[0]", 0, 3), ("G", "ssn[1]", 0, 2), ("G", "ssn[2]", 0, 4)],
        ),
    ],
    ids=("a telephone number", "a label in another value", "a list"),
)
def test_values_that_identify_only_together_are_found_in_each_of_them(
    tmp_path: Path, row: object, expected: list[tuple[str, str, int, int]]
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(row) + "\n")
    audit = audited_paths(path)
    found = [(one.identifier, one.field, one.start, one.end) for one in audit.findings]
    assert sorted(found) == expected
    assert len({one.id for one in audit.findings}) == len(expected)
    assert audit.characters == sum(map(len, _texts(row)))


def _texts(row: object) -> list[str]:
    values = row.values() if isinstance(row, dict) else row if isinstance(row, list) else None
    return [str(row)] if values is None else [text for value in values for text in _texts(value)]


def test_the_line_before_says_what_a_line_is(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("MRN:\n00482913\n")
    (finding,) = audited_paths(path).findings
    assert (finding.record, finding.start, finding.end, finding.identifier) == (1, 0, 8, "H")


def test_a_file_name_that_identifies_is_found_and_not_repeated(tmp_path: Path) -> None:
    path = tmp_path / f"MRN_{NUMBER}_2026-11-24.txt"
    path.write_text("quiet\n")
    audit = audited_paths(path)
    (finding,) = audit.findings
    assert (finding.field, finding.identifier) == ("file name", "H")
    assert path.name[finding.start : finding.end] == NUMBER
    assert NUMBER not in audit.model_dump_json()


def test_a_date_in_a_file_name_is_not_a_patients(tmp_path: Path) -> None:
    path = tmp_path / "export_2026-11-24.txt"
    path.write_text("quiet\n")
    audit = audited_paths(path)
    assert (audit.verdict, audit.findings, list(audit.files)) == ("PASS", (), [str(path)])


@pytest.mark.parametrize(
    ("head", "entity_type", "severity"),
    [
        (b"\x89PNG\r\n\x1a\n", "IMAGE_DATA", "CRITICAL"),
        (b"\0" * 128 + b"DICM\x02\0", "IMAGE_DATA", "CRITICAL"),
        (b"PK\3\4", "EMBEDDED_DATA", "HIGH"),
        (b"%PDF-1.7\n", "EMBEDDED_DATA", "HIGH"),
        (b"\0\1" * 50, "EMBEDDED_DATA", "HIGH"),
    ],
    ids=("picture", "dicom", "zip", "pdf", "zero bytes"),
)
def test_what_no_rule_can_read_is_a_finding_beside_the_others(
    tmp_path: Path, head: bytes, entity_type: str, severity: str
) -> None:
    (tmp_path / "scan.bin").write_bytes(head + b"\0" * 100)
    (tmp_path / "note.txt").write_text(NOTE)
    found = {finding.file.split("/")[-1]: finding for finding in audited_paths(tmp_path).findings}
    assert set(found) == {"scan.bin", "note.txt"}
    unread = found["scan.bin"]
    assert (unread.entity_type, unread.severity, unread.record, unread.field) == (
        entity_type,
        severity,
        0,
        "file",
    )


def test_an_image_under_the_name_of_a_text_does_not_pass(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)))
    assert audited_paths(tmp_path / "a.txt").verdict == "FAIL"


def test_a_record_too_long_to_be_taken_apart_is_searched_and_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_lines, "LONGEST_ROW", 100_000)
    monkeypatch.setattr(reading_lines, "PIECE_BYTES", 50_000)
    path = tmp_path / "a.jsonl"
    # One stands where two parts of the row overlap.
    line = json.dumps({"note": "quiet " * 8_200 + f"SSN {VALUE}" + " quiet" * 20_000 + f" SSN {VALUE}"})
    path.write_text(f'{line}\n{{"note": "quiet"}}\n')
    monkeypatch.setattr(reading_raw, "PIECE_BYTES", 50_000)
    audit = audited_paths(path)
    first, second, unparsed = audit.findings
    assert unparsed.entity_type == "EMBEDDED_DATA"
    assert [line[finding.start : finding.end] for finding in (first, second)] == [VALUE, VALUE]
    assert first.end < second.start
    assert (audit.records, audit.characters) == (2, len(line) + len("quiet"))


def test_the_digest_is_the_files_own_or_of_all_names_and_digests(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / "b.txt").write_text("two")
    single, both = audited_paths(tmp_path / "a.txt"), audited_paths(tmp_path)
    assert single.digest == single.files[str(tmp_path / "a.txt")]
    assert both.digest == data_digest(both.files)
    assert data_digest(both.files) == data_digest(dict(reversed(both.files.items())))
    one, two = "0" * 64, "1" * 64
    assert (
        len(
            {
                data_digest(files)
                for files in ({"a": one, "b": two}, {"a": two, "b": one}, {"a": one, "c": two})
            }
        )
        == 3
    )


def test_a_team_pattern_of_the_policy_is_looked_for(tmp_path: Path) -> None:
    policy = AuditPolicy.model_validate(
        {"patterns": ({"name": "visit-number", "identifier": "R", "pattern": "VISIT-[A-Z]{4}"},)}
    )
    path = tmp_path / "a.txt"
    path.write_text("quiet\nVISIT-QXZK\n")
    assert audited_paths(path).verdict == "PASS"
    (finding,) = audited_paths(path, policy=policy).findings
    assert (finding.record, finding.identifier, finding.severity) == (1, "R", "HIGH")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> FileAudit:
    """With planted identifiers, as the command line audits."""
    path = tmp_path_factory.mktemp("data") / "a.jsonl"
    with path.open("w") as file:
        for number in range(40):
            text = f"Two days of cough since visit {number}, no fever, better with rest."
            file.write(json.dumps({"id": number, "note": text}) + "\n")
    return audit_files([path], AuditPolicy(), Quiet())


@pytest.mark.slow
def test_the_auditor_measures_itself_on_this_data(whole: FileAudit) -> None:
    assert [row.identifier for row in whole.sensitivity] == list("ABCDEFGHIJKLMNOPQR")
    measured = {row.identifier: row.canaries for row in whole.sensitivity}
    assert all(row is not None and row.n == 500 for row in measured.values())
    assert measured["G"] is not None
    assert measured["G"].found > 450
    assert whole.sensitivity_floor == AuditPolicy().sensitivity_floor


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("MRN_4482917.jsonl", True),
        ("MRN4482917.jsonl", True),
        ("523484471.jsonl", True),
        ("patient-4482917.csv", True),
        ("pt_4482917.json", True),
        ("John Smith MRN 4482917/notes.jsonl", True),
        ("notes_2026.jsonl", False),
        ("20240315.jsonl", False),
        ("part-00001-of-00010.jsonl", False),
        ("00000001.jsonl", False),
        ("1717171717.jsonl", False),
        ("checkpoint-12000.json", False),
    ],
)
def test_what_a_path_gives_away(tmp_path: Path, name: str, hidden: bool) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("[]\n")
    audit = audited_paths(path)
    assert (audit.verdict == "FAIL", name not in next(iter(audit.files))) == (hidden, hidden)


def test_a_file_without_rows_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").touch()
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b""))
    (tmp_path / "c.csv").write_text("a,b\n")
    (tmp_path / "d.txt").write_text("x")
    (said,) = audited_paths(tmp_path).because
    assert [name for name in "abcd" if f"{tmp_path}/{name}." in said] == ["a", "b", "c"]


def test_bytes_that_are_no_text_are_given_as_the_reason(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"broken \x81\n")
    assert any("neither UTF-8 nor Windows-1252" in said for said in audited_paths(tmp_path).because)


def test_what_a_parquet_file_says_of_itself_is_searched(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow import parquet as files

    about = {"patient": f"SSN {VALUE}", "made": "2026-11-24"}
    files.write_table(pyarrow.table({"a": [1]}).replace_schema_metadata(about), tmp_path / "a.parquet")
    audit = audited_paths(tmp_path)
    found = [(one.field, one.identifier) for one in audit.findings if one.severity != "INFO"]
    assert found == [("metadata.patient", "G")]
    assert audit.records == 1
