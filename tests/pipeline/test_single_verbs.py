"""Verbs called one by one: none of them may build on what no longer belongs to the spec."""

from pathlib import Path

import pytest
import yaml

from tests.fakes.cli import clinft
from tests.fakes.specs import write_repository


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_repository(tmp_path)


def change_records(project: Path, records: int) -> None:
    path = project / "project.yaml"
    spec = yaml.safe_load(path.read_text())
    spec["data"]["records"] = records
    path.write_text(yaml.safe_dump(spec, sort_keys=False))


@pytest.mark.parametrize("verb", ["assess", "audit", "estimate", "gate", "train", "evaluate", "report"])
def test_records_of_another_spec_stop_every_later_verb(project: Path, verb: str) -> None:
    assert clinft("run", project, "--until", "gate", "--yes").exit_code == 0
    change_records(project, 300)
    refused = clinft(verb, project)
    assert refused.exit_code == 1
    assert "prepared from another spec" in refused.output
    assert not (project / "runs").exists()
    assert clinft("prepare", project).exit_code == 0
    assert clinft("audit", project).exit_code == 0


def test_an_audit_says_nothing_about_records_that_were_changed_since(project: Path) -> None:
    assert clinft("run", project, "--until", "audit").exit_code == 0
    with (project / "data" / "records" / "train.jsonl").open("a") as file:
        file.write('{"id": "x", "text": "SSN 219-09-9998"}\n')
    refused = clinft("audit", project)
    assert refused.exit_code == 1
    assert "train.jsonl is not the split that was prepared" in refused.output


def test_a_word_given_in_a_workflow_approves_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    refused = clinft("run", project, "--until", "gate", "--yes")
    assert refused.exit_code == 1
    assert "CLINFT-G015" in refused.output
    assert "✗ gate" in refused.output
    assert not (project / "runs").exists()


def test_a_local_run_does_not_become_an_approval_in_a_workflow(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert clinft("run", project, "--yes").exit_code == 0
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    refused = clinft("run", project)
    assert refused.exit_code == 1
    assert "CLINFT-G012" in refused.output


def test_what_verify_did_not_check_is_said(project: Path) -> None:
    assert clinft("run", project, "--yes").exit_code == 0
    (run,) = (project / "runs").iterdir()
    (run / "report.md").write_text("better numbers")
    changed = clinft("verify", run)
    assert changed.exit_code == 1
    assert "not checked, because bytes differ" in changed.output
