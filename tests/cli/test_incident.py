"""`clinft incident`: the project stands still, the record says what to do, and nothing is deleted or quoted."""

from pathlib import Path

import pytest

from tests.fakes.cli import clinft
from tests.fakes.specs import write_repository

VERBS = ("prepare", "audit", "estimate", "gate", "train", "evaluate", "regress", "report", "run")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    made = write_repository(tmp_path)
    (made / "data").mkdir()
    (made / "data" / "note.txt").write_text("Zbigniew Kowalczyk, MRN 48291377")
    return made


def opened(project: Path, *options: str) -> str:
    done = clinft("incident", project, *options)
    assert done.exit_code == 0, done.output
    return (project / "incident" / "RECORD.md").read_text()


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_refuses_the_project(project: Path, verb: str) -> None:
    opened(project)
    done = clinft(verb, project)
    assert done.exit_code == 1
    assert "is in quarantine" in done.output


def test_validate_names_the_file_and_a_broken_link_counts_too(project: Path) -> None:
    assert clinft("validate", project).exit_code == 0
    (project / "QUARANTINE.yaml").symlink_to("nowhere")
    done = clinft("validate", project)
    assert done.exit_code == 2
    assert "QUARANTINE.yaml:1:1: This project is in quarantine." in done.output
    assert clinft("prepare", project).exit_code == 1


def test_the_record_counts_the_days_and_quotes_nothing(project: Path) -> None:
    record = opened(project, "--discovered", "2026-11-01")
    assert "Counted from 2026-11-01" in record
    assert "at the latest 2026-12-31" in record  # 60 days
    assert "at the latest 2027-03-01" in record  # 60 days after the year
    assert "there is something here" in record
    assert "Kowalczyk" not in record
    assert "48291377" not in record
    assert (project / "data" / "note.txt").exists()
    assert 'discovered: "2026-11-01"' in (project / "QUARANTINE.yaml").read_text()


def test_runs_and_jobs_at_providers_are_named(project: Path) -> None:
    run = project / "runs" / "0123456789ab-a1"
    run.mkdir(parents=True)
    (run / "job.json").write_text(
        '{"id": "ftjob-1", "provider": "openai", "run_id": "0123456789ab-a1", "status": "running"}'
    )
    (project / "runs" / "0123456789ab-a2").mkdir()
    (project / "runs" / "0123456789ab-a2" / "job.json").write_text("{")
    record = opened(project)
    assert "`job ftjob-1`" in record
    assert "`0123456789ab-a1, 0123456789ab-a2`" in record


def test_a_broken_spec_stops_nobody_from_stopping(project: Path) -> None:
    (project / "project.yaml").write_text("nonsense: [")
    assert "missing: project.yaml could not be read" in opened(project)


def test_a_record_is_never_written_over(project: Path) -> None:
    before = opened(project)
    assert clinft("incident", project).exit_code == 2
    (project / "QUARANTINE.yaml").unlink()
    done = clinft("incident", project)
    assert done.exit_code == 2
    assert "never written over" in done.output
    assert not (project / "QUARANTINE.yaml").exists()
    assert (project / "incident" / "RECORD.md").read_text() == before


@pytest.mark.parametrize("day", ["2999-01-01", "yesterday", "2026-02-30"])
def test_the_day_is_one_up_to_today(project: Path, day: str) -> None:
    done = clinft("incident", project, "--discovered", day)
    assert done.exit_code == 2
    assert "--discovered" in done.output
    assert not (project / "QUARANTINE.yaml").exists()


def test_only_a_projects_folder_is_taken(project: Path) -> None:
    assert clinft("incident", project.parent).exit_code == 2
    assert clinft("incident", project / "gone").exit_code == 2
