"""Files that nobody should write: the audit reads what it can, blocks what it cannot, and never repeats it."""

import json
import tracemalloc
from pathlib import Path

import pytest

from clinft.artifacts.audit import AuditReport
from clinft.errors import SpecError
from clinft.stages.audit.reading.text import decoded
from clinft.stages.audit.scan import finds_in
from tests.fakes.audits import audited_files

NAME = "data/records/train.jsonl"
SSN = "219-09-9998"


def audited(tmp_path: Path, content: bytes, name: str = NAME) -> AuditReport:
    path = tmp_path / "file"
    path.write_bytes(content)
    return audited_files({name: path})


@pytest.mark.parametrize(
    "content",
    [
        f'\ufeff{{"text": "SSN {SSN}"}}\n'.encode(),
        f'{{"text": "SSN {SSN}"\n'.encode(),
        f"SSN {SSN}\n".encode(),
        f'"SSN {SSN}"\n'.encode(),
        f'[["SSN {SSN}"]]'.encode(),
        b'{"text": "SSN 219\\u00ad-09-\\u200b9998"}\n',
        b'{"text": "\\ud800 SSN 219-09-9998"}\n',
        b'{"text": "caf\xe9 \xff SSN 219-09-9998"}\r\n',
        b'\n\n{"text": "quiet"}\n{"ssn": 219099998}\n',
        b'{"big": 1' + b"0" * 5000 + b', "ssn": "219-09-9998"}',
        b"[" * 100_000 + b' "SSN 219-09-9998"',
        b'{"a": ' * 300 + b'"SSN 219-09-9998"' + b"}" * 300,
    ],
    ids=(
        "byte order mark", "cut off", "no JSON", "a string", "a list", "escapes", "half a surrogate", "Latin-1",
        "blank lines", "a huge number", "unclosed lists", "deep objects",
    ),
)  # fmt: skip
def test_an_identifier_in_a_broken_row_is_found_and_not_repeated(tmp_path: Path, content: bytes) -> None:
    report = audited(tmp_path, content)
    assert report.verdict == "FAIL"
    assert "US_SSN" in {finding.entity_type for finding in report.findings}
    assert "9998" not in report.model_dump_json()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_text_in_another_encoding_does_not_pass_unread(tmp_path: Path, encoding: str) -> None:
    for name in (NAME, "prompt/prompt.md"):
        report = audited(tmp_path, f'{{"text": "SSN {SSN}"}}\n'.encode(encoding), name)
        assert report.verdict == "FAIL"
        assert {finding.entity_type for finding in report.findings} == {"EMBEDDED_DATA"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (NAME, b'{"text": "a caf\xe9"}\n'),
        ("data/records/a.txt", b"Temp 38.5 \xb0C. Pt\x92s cough\n"),
        ("data/records/a.json", b'[{"text": "38.5 \xb0C"}]'),
        ("data/records/a.csv", b"id,text\n1,38.5 \xb0C\n"),
    ],
)
def test_windows_1252_is_read_and_the_report_says_so(tmp_path: Path, name: str, content: bytes) -> None:
    report = audited(tmp_path, content, name)
    assert report.findings == ()
    assert report.limits[0].startswith(f"{name}: not all rows are UTF-8")
    plain = audited(tmp_path, content.decode("cp1252").encode(), name)
    assert plain.limits == report.limits[1:]


@pytest.mark.parametrize(
    ("data", "recoded"),
    [
        (b"caf\xe9", True),
        (b"a caf\xe9 \xe0 la carte", True),
        (b"caf\xc3\xa9", False),
        (b"caf\xc3\xa9 and \xe9", False),
        (b"\x81", False),
        (b"\xff\xd8\xff\xe0 JFIF", False),
        (b"a\x00\xe9", False),
        ("\u041f\u0440\u0438\u0432\u0435\u0442 all".encode("cp1251"), False),
        (b"\xe9\xe8 \xe0", False),
    ],
)
def test_what_windows_1252_does_not_explain_stays_unread(data: bytes, recoded: bool) -> None:
    assert decoded(data) == (data.decode("cp1252" if recoded else "utf-8", "replace"), recoded)


def test_bytes_that_are_no_text_block_even_without_an_identifier(tmp_path: Path) -> None:
    (finding,) = audited(tmp_path, b'{"text": "a caf\x81"}\n').findings
    assert (finding.entity_type, finding.severity, finding.field) == ("EMBEDDED_DATA", "HIGH", "text")
    assert (finding.start, finding.end) == (5, 6)


def test_an_empty_file_has_nothing_and_still_a_digest(tmp_path: Path) -> None:
    report = audited(tmp_path, b"")
    assert (report.verdict, report.records_scanned, report.characters_scanned) == ("PASS", 0, 0)
    assert list(report.files_scanned) == [NAME]


def test_a_missing_file_is_an_error_and_not_a_pass(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="no such file"):
        audited_files({NAME: tmp_path / "gone"})


@pytest.mark.parametrize(
    "key",
    [
        "smith_jane",
        "John_Smith",
        "JaneMarston",
        "dob_3_14_61",
        "mrn_482_917",
        "p48291377",
        "id_00482913_x",
        "Zbigniew Kowalczyk",
        "a" * 70,
        "\x1b[31m",
        "<b>",
    ],
)
def test_a_key_that_may_identify_stands_as_its_position(tmp_path: Path, key: str) -> None:
    report = audited(tmp_path, json.dumps({"first": 1, key: "SSN 219-09-9998"}).encode())
    assert "#2" in {finding.field for finding in report.findings}
    assert json.dumps(key)[1:-1] not in report.model_dump_json()


def test_the_same_place_has_the_same_id_and_another_place_another(tmp_path: Path) -> None:
    line = b'{"text": "SSN 219-09-9998, then 219-09-9997"}\n'
    once, again = audited(tmp_path, line * 2), audited(tmp_path, line * 2)
    assert once == again
    assert len({finding.id for finding in once.findings}) == len(once.findings) == 4


def test_a_payload_behind_a_published_address_is_still_a_payload() -> None:
    payload = "aB3dE5gH7jK9mN1p/" * 10
    assert "EMBEDDED_DATA" in {find.entity_type for find in finds_in(f"https://doi.org/{payload}", "")}


def test_many_finds_in_one_line_do_not_take_long_nor_much_memory() -> None:
    tracemalloc.start()
    try:
        finds = finds_in("Mr. Okafor, " * 5_000, "")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(finds) == 5_000
    assert peak < 50e6
