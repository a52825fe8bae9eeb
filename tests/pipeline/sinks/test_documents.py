"""Documents go out only as committed evidence answers for them; one that does not keeps no other in."""

from pathlib import Path
from typing import Any

import pytest

from clinft.artifacts.audit import AuditReport
from clinft.artifacts.canonical import digest_file
from clinft.errors import ClinftError, PolicyViolation
from clinft.pipeline.sinks import documents
from clinft.pipeline.sinks.seen import project_at
from clinft.ports.sinks import Document
from tests.fakes.audit_reports import audit, failed_audit
from tests.fakes.committed_runs import commit_run, evaluate_again, seal
from tests.pipeline.sinks.conftest import RUN, Hospital, audit_of

BEFORE, AFTER = "2026-11-03T23:00:00+00:00", "2026-11-04T02:00:00+00:00"  # the first run's audit
ALL = ["model_card", "data_dictionary", "hipaa_report", "prompt"]


def going(hospital: Hospital, sealed: dict[str, Path] | None = None) -> tuple[list[str], list[ClinftError]]:
    kept: list[ClinftError] = []
    project = project_at(hospital.root / "projects" / "demo", None, sealed)
    dues = documents.of_project(hospital.seen(), project, lambda _, error: kept.append(error))
    return [due.parcel.name for due in dues if isinstance(due.parcel, Document)], kept


def another(hospital: Hospital, report: AuditReport, at: str, projects: str = "projects") -> Path:
    return commit_run(hospital.root / projects, "demo/bbbbbbbbbbbb-a1", at, audit=report)


def test_all_go_out_as_they_are_recorded_and_audited(hospital: Hospital) -> None:
    hospital.write()
    assert going(hospital) == (ALL, [])


@pytest.mark.parametrize("name", ["MODEL_CARD.md", "DATA_DICTIONARY.md", "HIPAA_REPORT.md"])
def test_what_no_record_names_stays_and_is_told_once(hospital: Hospital, name: str) -> None:
    project = hospital.write(notify=("docs",))
    (project / name).write_text("# Written by hand\n")
    left = [one for one in hospital.round() if one.state == "left"]
    assert [f"projects/demo/{name} stays here: no run's record names it" in one.what for one in left] == [
        True
    ]
    assert len(hospital.sinks["docs"].there) == 3


def test_another_project_s_or_an_unfinished_run_s_record_answers_for_nothing(hospital: Hospital) -> None:
    project = hospital.write()
    run = project / "runs" / RUN.rpartition("/")[2]
    for name, status in (("other", "succeeded"), ("demo", "running"), ("demo", "failed")):
        seal(run, name, run.name, status)
        assert going(hospital)[0] == ["prompt"]
    seal(run, "demo", run.name, "succeeded")
    assert going(hospital)[0] == ALL


def test_a_record_that_was_changed_answers_for_nothing(hospital: Hospital) -> None:
    project = hospital.write()
    record = project / "runs" / RUN.rpartition("/")[2] / "record.json"
    record.write_text(record.read_text().replace('"attempt": 1', '"attempt": 2'))
    named, kept = going(hospital)
    assert named == []
    assert [type(one) for one in kept] == [PolicyViolation] * 4


def test_what_an_evaluation_that_was_made_again_rendered_goes_out(hospital: Hospital) -> None:
    project = hospital.write()
    again = evaluate_again(project / "runs" / RUN.rpartition("/")[2])
    for folder in (again, project):
        (folder / "MODEL_CARD.md").write_text("# Evaluated again\n")
    seal(again, "demo", again.parents[1].name, "succeeded")
    assert going(hospital) == (ALL, [])


@pytest.mark.parametrize("data", [b"# \xff\xfe\n", b"# cut \xe2\x82", b"# \xed\xa0\x80\n"])
def test_what_is_not_utf_8_stays_and_the_rest_goes_on(hospital: Hospital, data: bytes) -> None:
    hospital.write(notify=("docs",))
    hospital.document("MODEL_CARD.md", data)
    told = hospital.round()
    assert [one.state for one in told].count("left") == 1
    assert "MODEL_CARD.md stays here: it is not valid UTF-8" in told[-1].what
    assert sorted(hospital.sinks["docs"].there) == [f"document/demo/{name}" for name in sorted(ALL[1:])]


# The prompt


def test_a_newer_audit_that_did_not_pass_keeps_the_prompt_in(hospital: Hospital) -> None:
    project = hospital.write(notify=("docs",))
    failed = failed_audit("").model_copy(update={"files_scanned": audit_of(project).files_scanned})
    another(hospital, failed, AFTER)
    left = [one for one in hospital.round() if one.state == "left"]
    assert ["the newest audit has not passed it" in one.what for one in left] == [True]
    assert "document/demo/prompt" not in hospital.sinks["docs"].there
    assert len(hospital.sinks["docs"].there) == 3


def scanned(**files: str) -> AuditReport:
    made = audit()
    return made.model_copy(update={"files_scanned": {**made.files_scanned, **files}})


def test_only_the_newest_audit_decides(hospital: Hospital) -> None:
    project = hospital.write()
    another(hospital, failed_audit(""), BEFORE)
    assert going(hospital)[0] == ALL
    another(hospital, scanned(**{"prompt/prompt.md": "0" * 64}), AFTER)
    assert going(hospital)[0] == ALL[:3]
    another(hospital, audit_of(project), AFTER)
    assert going(hospital)[0] == ALL


def test_of_two_audits_at_one_moment_both_decide(hospital: Hospital) -> None:
    hospital.write()
    another(hospital, failed_audit(""), "2026-11-04T02:00:00+01:00")
    assert going(hospital)[0] == ALL[:3]


@pytest.mark.parametrize("damage", ["moved back", "no record", "no time"])
def test_an_audit_whose_time_nobody_answers_for_may_be_the_newest(hospital: Hospital, damage: str) -> None:
    hospital.write()
    run = another(hospital, failed_audit(""), "some day" if damage == "no time" else AFTER)
    if damage == "moved back":
        # No part of the artifact's digest: the record alone can tell.
        text = (run / "audit.json").read_text()
        (run / "audit.json").write_text(text.replace(AFTER, BEFORE))
    elif damage == "no record":
        (run / "record.json").unlink()
    assert going(hospital)[0] == ALL[:3]


def test_an_older_audit_that_this_version_cannot_read_does_not_matter(hospital: Hospital) -> None:
    hospital.write()
    unreadable: Any = audit().model_copy(update={"verdict": "SPLENDID"})
    another(hospital, unreadable, BEFORE)
    assert going(hospital)[0] == ALL
    another(hospital, unreadable, AFTER)
    assert going(hospital)[0] == ALL[:3]


def test_evidence_that_waits_for_its_merge_keeps_in_and_lets_nothing_out(hospital: Hospital) -> None:
    project = hospital.write()
    waiting = another(hospital, failed_audit(""), AFTER, projects="sealed")
    assert going(hospital, {waiting.name: waiting})[0] == ALL[:3]
    prompt = project / "prompt" / "prompt.md"
    prompt.write_text(prompt.read_text().replace("the", "any", 1))
    waiting = another(
        hospital, scanned(**{"prompt/prompt.md": digest_file(prompt)}), AFTER, projects="sealed"
    )
    assert going(hospital, {waiting.name: waiting})[0] == ALL[:3]


def test_before_the_first_audit_nothing_is_said_of_the_prompt(hospital: Hospital) -> None:
    hospital.write()
    (hospital.root / "projects" / "demo" / "runs" / RUN.rpartition("/")[2] / "audit.json").unlink()
    assert going(hospital) == (ALL[:3], [])


def test_a_bug_with_one_document_keeps_no_other_in(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    hospital.write()

    def broken(*_: object) -> None:
        raise RuntimeError("Oduya")

    monkeypatch.setattr(documents, "refuse_unaudited", broken)
    named, (kept,) = going(hospital)
    assert named == ALL[:3]
    assert "RuntimeError" in str(kept)
    assert "Oduya" not in str(kept)
