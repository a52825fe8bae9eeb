"""`clinft propose` on real runs of a small project: the same evidence, the same proposal, and one file at most."""

from pathlib import Path

import pytest
import yaml

from clinft.artifacts.proposal import Proposal
from tests.fakes.cli import clinft
from tests.fakes.specs import write_repository

UNREACHED = {"thresholds": [{"metric": "accuracy", "min": 0.999}]}
COMMENT = "  # How many there are.\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """With one run whose verdict is iterate."""
    folder = write_repository(tmp_path, evaluation=UNREACHED)
    path = folder / "project.yaml"
    text = path.read_text().replace("  records: 240\n", f"{COMMENT}  records: 240\n")
    assert COMMENT in text
    path.write_text(text)
    assert clinft("run", folder, "--yes").exit_code == 0
    return folder


def proposal(folder: Path, *args: str) -> Proposal:
    found = clinft("propose", folder, "--json", *args)
    assert found.exit_code == 0, found.output
    return Proposal.model_validate_json(found.stdout)


def test_what_is_proposed_is_shown_and_nothing_is_written(project: Path) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    shown = clinft("propose", project)
    assert shown.exit_code == 0, shown.output
    assert "+  records: 384" in shown.output
    assert "Nothing was written" in shown.output
    after = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    assert after == before
    assert proposal(project).test_kept is True


def test_written_changes_are_valid_and_keep_the_test_split(project: Path) -> None:
    path = project / "project.yaml"
    before = yaml.safe_load(path.read_text())
    made = proposal(project)
    assert clinft("propose", project, "--write").exit_code == 0
    after = yaml.safe_load(path.read_text())
    assert COMMENT in path.read_text()
    assert {key: value for key, value in after.items() if key != "data"} == {
        key: value for key, value in before.items() if key != "data"
    }
    assert {change.setting for change in made.changes} == {"data.records", "data.splits"}
    assert clinft("validate", project).exit_code == 0
    # What the verdict of the next run rests on is what the verdict of this one did.
    assert clinft("run", project, "--yes").exit_code == 0
    reports = [path.read_text() for path in sorted(project.glob("runs/*/evaluate.json"))]
    assert len(reports) == 2
    assert len({yaml.safe_load(text)["payload"]["test_sha256"] for text in reports}) == 1


def test_three_runs_of_different_size_are_a_curve(project: Path) -> None:
    assert "3 different numbers of records" in (proposal(project).curve.missing or "")
    for _ in range(2):
        clinft("propose", project, "--write")
        assert clinft("run", project, "--yes").exit_code == 0
    made = proposal(project)
    assert [point.records for point in made.curve.points] == sorted({144, 288, 576})
    assert made.curve.missing is None
    # An earlier run is proposed after as it was: its evidence is what counts.
    assert proposal(project, "--run", made.curve.points[0].run_id).run_id == made.curve.points[0].run_id


def test_known_facts_of_the_records_count_where_the_records_lie_here(project: Path) -> None:
    looked_at = {group.fact for group in proposal(project).groups}
    (project / "data" / "records" / "test.jsonl").unlink()
    without = {group.fact for group in proposal(project).groups}
    assert looked_at - without == {"denied findings"}


def test_a_project_without_a_run_is_told_what_to_do(tmp_path: Path) -> None:
    refused = clinft("propose", write_repository(tmp_path))
    assert refused.exit_code == 2
    assert "no run that was evaluated" in refused.output
    assert "clinft run" in refused.output
