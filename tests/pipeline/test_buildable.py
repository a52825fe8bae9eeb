"""`clinft validate` says what `clinft prepare` would refuse."""

from pathlib import Path

import pytest

from clinft.pipeline.buildable import unbuildable
from clinft.spec.scaffold import new_project
from tests.fakes.cli import clinft
from tests.fakes.specs import write_repository


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    new_project(tmp_path, "ward-notes", "cardiology")
    return tmp_path / "projects" / "ward-notes"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("    - immediate\n", "    - immediate\n    - soon\n", "soon"),
        ("classify: acuity", "classify: condition", "condition"),
        (
            "  generator: clinical-notes\n",
            "  generator: clinical-notes\n  styles: [radiology-report]\n",
            "styles",
        ),
        ("  generator: clinical-notes\n", "  generator: diagnosis-notes\n", "generator"),
    ],
)
def test_what_cannot_be_made_is_refused_with_the_file(folder: Path, old: str, new: str, says: str) -> None:
    path = folder / "project.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    checked, prepared = clinft("validate", folder), clinft("prepare", folder)
    assert (checked.exit_code, prepared.exit_code) == (2, 2)
    assert "project.yaml" in checked.output
    assert says in checked.output


def test_what_can_be_made_is_valid(folder: Path) -> None:
    assert clinft("validate", folder).exit_code == 0


def test_a_benchmark_that_clinft_has_no_task_for_is_told(tmp_path: Path) -> None:
    folder = write_repository(tmp_path, evaluation={"benchmarks": ["pubmedqa", "hellaswag"]})
    (problem,) = unbuildable([folder])
    assert "hellaswag" in problem.message
    assert "pubmedqa" in problem.next_step
