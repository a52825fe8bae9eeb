"""The generator's notes pass the audit: a finding there would block every user."""

from pathlib import Path

import pytest

from clinft.artifacts.data import Record
from clinft.artifacts.formatting import training_lines
from clinft.artifacts.jsonl import iter_models, write_lines
from clinft.spec.load import load_project
from clinft.stages.prepare.stage import prepare
from tests.fakes.audits import audited_files
from tests.fakes.specs import project_spec


@pytest.mark.parametrize("seed", [1, 7, 31, 20261124])
def test_generated_records_have_no_identifier(tmp_path: Path, seed: int) -> None:
    spec = project_spec(data={"records": 240, "seed": seed})
    prepare(spec, tmp_path)
    files = {f"data/records/{path.name}": path for path in sorted(tmp_path.glob("*.jsonl"))}
    report = audited_files(files)
    assert report.records_scanned == 240
    shown = [(finding.entity_type, finding.row, finding.field) for finding in report.findings]
    assert report.verdict == "PASS", shown
    assert report.by_severity["CRITICAL"] == report.by_severity["HIGH"] == 0


@pytest.mark.parametrize("name", ["icd10-chapter", "example-gpu-discharge", "example-openai-triage"])
def test_what_an_example_project_would_train_on_has_no_identifier(
    tmp_path: Path, repository: Path, name: str
) -> None:
    folder = repository / "projects" / name
    loaded = load_project(folder / "project.yaml")
    files = {"prompt/prompt.md": folder / "prompt" / "prompt.md", "project.yaml": folder / "project.yaml"}
    if loaded.spec.task.kind == "classification" and loaded.spec.data.origin == "generated":
        prepare(loaded.spec, tmp_path)
        records = tmp_path / "train.jsonl"
        formatted = tmp_path / "formatted.jsonl"
        write_lines(formatted, training_lines(loaded.prompt, iter_models(records, Record)))
        files |= {"data/records/train.jsonl": records, "data/formatted/train.jsonl": formatted}
    report = audited_files(files)
    shown = [(finding.entity_type, finding.file, finding.row) for finding in report.findings]
    assert report.verdict == "PASS", shown
