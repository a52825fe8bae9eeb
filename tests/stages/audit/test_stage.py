"""Planted identifiers are found, named by place and letter, weighed, and never repeated."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.artifacts.audit import AuditReport
from clinft.artifacts.canonical import digest_file
from clinft.spec.audit_policy import AuditPolicy
from clinft.stages.audit import stage
from clinft.stages.audit.digests import rule_files
from clinft.stages.audit.examination import conclude
from clinft.stages.audit.safe_harbor import CATEGORIES
from clinft.stages.audit.scan import finds_in
from clinft.stages.audit.sensitivity import challenge_sha256
from clinft.stages.audit.severity import weights
from clinft.stages.audit.stage import SHOWN_FINDINGS, brought, rules_digest, sources_of_project
from tests.fakes.audits import PROVENANCE, audited_files, scanned_sources
from tests.fakes.identifiers import CLEAN, PLANTED, RESERVED
from tests.fakes.progress import Quiet

NAME = "data/records/train.jsonl"


def audited(tmp_path: Path, *rows: Any, name: str = NAME) -> AuditReport:
    """The audit of one file: rows that are not text become JSON lines."""
    path = tmp_path / "file"
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return audited_files({name: path})


def record(text: str) -> dict[str, Any]:
    return {"id": "train-1", "text": text, "facts": {"age_band": "60-69"}}


@pytest.mark.parametrize(("letter", "before", "value", "after"), PLANTED)
def test_a_planted_identifier_fails_the_audit_at_its_place(
    tmp_path: Path, letter: str, before: str, value: str, after: str
) -> None:
    text = f"Two days of cough. {before}{value}{after}."
    report = audited(tmp_path, record("A quiet note."), record(text))
    assert report.verdict == "FAIL"
    (finding,) = report.findings
    assert (finding.file, finding.row, finding.field, finding.safe_harbor) == (NAME, 2, "text", letter)
    assert text[finding.start : finding.end] == value
    assert finding.severity == weights()[finding.entity_type].severity
    assert finding.severity in ("CRITICAL", "HIGH")
    assert value not in report.model_dump_json()
    assert {row.letter: row.findings for row in report.categories if row.findings} == {letter: 1}
    (category,) = [row for row in report.categories if row.letter == letter]
    assert category.status == "found"
    assert finding.recognizer.split("/")[0] in category.recognizers


@pytest.mark.parametrize("text", CLEAN)
def test_clinical_text_without_identifiers_passes(tmp_path: Path, text: str) -> None:
    report = audited(tmp_path, record(text))
    assert report.verdict == "PASS", [(f.entity_type, text[f.start : f.end]) for f in report.findings]


@pytest.mark.parametrize(("letter", "text"), RESERVED)
def test_a_value_that_is_nobodys_is_counted_and_does_not_block(
    tmp_path: Path, letter: str, text: str
) -> None:
    report = audited(tmp_path, record(text))
    assert report.verdict == "PASS"
    assert {(finding.safe_harbor, finding.severity) for finding in report.findings} == {(letter, "INFO")}


def test_every_category_has_a_row_and_every_text_category_is_tried_here() -> None:
    assert [category.letter for category in CATEGORIES] == list("ABCDEFGHIJKLMNOPQR")
    assert {letter for letter, *_ in PLANTED} == set("ABCDEFGHIJKLMNOPQR")


def test_what_text_cannot_show_is_not_called_clean(tmp_path: Path) -> None:
    status = {row.letter: row.status for row in audited(tmp_path, record("A quiet note.")).categories}
    assert (status["P"], status["Q"]) == ("not_text_checkable", "not_text_checkable")
    assert {status[letter] for letter in "ABCDEFGHIJKLMNOR"} == {"none_found"}


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"messages": [{"role": "user", "content": "SSN 219-09-9998"}]}, "messages[0].content"),
        ({"facts": {"nested": [{"ssn": "219-09-9998"}]}}, "facts.nested[0].ssn"),
        ({"patient_ssn": 219099998}, "patient_ssn"),
        ({"note for 219-09-9998": "fine"}, "#1 (key)"),
        ({"fine": 1, "SSN 219-09-9998": {"text": "MRN 00482913"}}, "#2.text"),
        ({"patient": {"name": "Zbigniew Kowalczyk"}}, "patient.name"),
        ('{"note": "SSN 219-09-9998", "note": "fine"}', "note"),
        ("{broken json, SSN 219-09-9998", "line"),
    ],
    ids=("message", "nested", "number", "key", "below a key", "label above", "two equal keys", "broken"),
)
def test_identifiers_are_found_wherever_they_hide_in_a_row(tmp_path: Path, row: Any, field: str) -> None:
    report = audited(tmp_path, row)
    assert report.verdict == "FAIL"
    assert field in {finding.field for finding in report.findings}
    assert not re.search("9998|Kowalczyk|00482913", report.model_dump_json())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("SSN 219-09\u200b-9998 on file", "219-09\u200b-9998"),
        ("SSN \uff12\uff11\uff19-09-9998 on file", "\uff12\uff11\uff19-09-9998"),
        ("SSN 219\u201109\u20119998 on file", "219\u201109\u20119998"),
    ],
    ids=("zero-width", "full-width digits", "non-breaking hyphens"),
)
def test_disguised_characters_do_not_hide_an_identifier(tmp_path: Path, text: str, value: str) -> None:
    (finding,) = audited(tmp_path, record(text)).findings
    assert finding.entity_type == "US_SSN"
    assert text[finding.start : finding.end] == value


def test_text_files_are_read_by_line(tmp_path: Path) -> None:
    report = audited(tmp_path, "# System", "Write to jane.roe@stmarys-clinic.com.", name="prompt/prompt.md")
    (finding,) = report.findings
    assert (finding.file, finding.row, finding.start) == ("prompt/prompt.md", 2, 9)


def test_a_date_in_the_spec_is_not_a_patients(tmp_path: Path) -> None:
    line = "summary: notes as of 03/14/2024"
    assert audited(tmp_path, line, name="project.yaml").verdict == "PASS"
    assert audited(tmp_path, line, name="prompt/prompt.md").verdict == "FAIL"


def test_bytes_that_are_no_utf8_are_still_searched(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b'{"text": "caf\xe9, SSN 219-09-9998"}\n')
    assert audited_files({NAME: path}).verdict == "FAIL"


def test_the_report_counts_all_and_shows_the_first_thousand(tmp_path: Path) -> None:
    rows = [record(f"SSN 219-09-{number:04d} on file") for number in range(1, SHOWN_FINDINGS + 101)]
    report = audited(tmp_path, *rows)
    assert len(report.findings) == SHOWN_FINDINGS
    assert report.by_severity["CRITICAL"] == SHOWN_FINDINGS + 100
    assert [finding.row for finding in report.findings] == list(range(1, SHOWN_FINDINGS + 1))


def test_what_was_scanned_is_named_by_digest(tmp_path: Path) -> None:
    report = audited(tmp_path, record("A quiet note."), record("Another."))
    assert report.files_scanned == {NAME: digest_file(tmp_path / "file")}
    assert report.records_scanned == 2
    assert report.authenticity.provenance == PROVENANCE
    assert report.limits


def test_the_order_of_files_does_not_matter(tmp_path: Path) -> None:
    files = {}
    for number, (_, before, value, after) in enumerate(PLANTED):
        path = tmp_path / f"{number}.jsonl"
        path.write_text(json.dumps(record(f"{before}{value}{after}")) + "\n")
        files[f"data/records/{number}.jsonl"] = path
    backwards = dict(reversed(files.items()))
    report = audited_files(files)
    assert report.model_dump_json() == audited_files(backwards).model_dump_json()


WORDS = st.lists(
    st.sampled_from(["cough", "fever", "no", "rash", "since", "better", "the", "and", "with", "pain"]),
    max_size=12,
)


@settings(max_examples=100, deadline=None)
@given(WORDS, WORDS, st.sampled_from([row for row in PLANTED if row[0] in "CDFGHO"]))
def test_words_around_an_identifier_do_not_hide_it(
    before: list[str], after: list[str], planted: tuple[str, str, str, str]
) -> None:
    letter, label, value, _ = planted
    text = f"{' '.join(before)} {label}{value} {' '.join(after)}".strip()
    start = text.index(value)
    assert any(find.start <= start < find.end for find in finds_in(text, "")), (letter, text)


def test_rules_have_one_digest_over_all_that_decides_what_is_found() -> None:
    assert rules_digest() == rules_digest()
    assert len(rules_digest()) == 64
    files = rule_files()
    for name in (
        "audit/recognizers/dates.py",
        "audit/reading/table.py",
        "audit/sensitivity/plant.py",
        "audit/verdict.py",
        "tables/severities.yaml",
        "tables/challenge/G.jsonl",
        "spec/folding.py",
    ):
        assert files[name].is_file()
    assert not [name for name in files if "cache" in name]


def test_only_what_was_found_has_a_remedy(tmp_path: Path) -> None:
    report = audited(tmp_path, record("SSN 219-09-9998 on file."))
    assert set(report.remedies) <= {"US_SSN"}
    assert audited(tmp_path, record("A quiet note.")).remedies == {}


def test_brought_data_that_nobody_vouches_for_is_declined(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text(json.dumps(record("A quiet note.")) + "\n")
    frozen = PROVENANCE.model_copy(update={"origin": "frozen"})
    scanned = scanned_sources(sources_of_project({NAME: path, "synthetic/notes.jsonl": path}))
    examined = conclude(scanned, frozen, AuditPolicy(), (), brought(scanned.digests))
    assert examined.verdict == "DECLINED"
    assert "synthetic/notes.jsonl" in examined.because[0]
    assert brought({NAME: "0" * 64, "prompt/prompt.md": "1" * 64}) == {NAME: "0" * 64}
    assert brought({"prompt/prompt.md": "1" * 64}) == {}


def test_only_records_speak_of_their_origin(tmp_path: Path) -> None:
    """The formatted files repeat them, and would make every record a duplicate."""
    path = tmp_path / "file"
    path.write_text("".join(json.dumps(record(f"Quiet note {number}.")) + "\n" for number in range(3)))
    files = {NAME: path, "data/formatted/train.jsonl": path, "prompt/prompt.md": path}
    result = scanned_sources(sources_of_project(files)).result
    assert {donor.file for donor in result.chosen_donors()} == {NAME}
    assert list(result.evidence.files) == [NAME]
    assert result.rows == 6


def test_an_audit_measures_itself_and_says_by_what(tmp_path: Path) -> None:
    """Rows without a sentence take no planted identifiers, which would need seconds."""
    path = tmp_path / "file"
    path.write_text('{"id": "train-1", "text": "quiet"}\n')
    report = stage.audit("demo", {NAME: path}, PROVENANCE, AuditPolicy(), Quiet(), workers=1)
    assert [row.identifier for row in report.sensitivity] == list("ABCDEFGHIJKLMNOPQR")
    assert all(row.challenge and row.challenge.n >= 200 for row in report.sensitivity)
    assert all(row.canaries is None for row in report.sensitivity)
    assert report.challenge_sha256 == challenge_sha256()
    assert bool(report.because) == (report.verdict != "PASS")
