"""A team's own domain pack: a project generates from it, and its mistakes are named by line."""

from pathlib import Path

import pytest

from clinft.pipeline.own_pack import own_pack_problems
from clinft.spec.load import load_project, validate_files
from clinft.spec.scaffold import new_project
from clinft.stages.prepare import stage

PACK = Path(__file__).parents[2] / "clinft" / "tables" / "domains" / "cardiology.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project that names a pack of its own, which is cardiology under another name."""
    new_project(tmp_path, "ward-notes", "cardiology")
    folder = tmp_path / "projects" / "ward-notes"
    edit(folder / "project.yaml", "clinical_domain: cardiology", "clinical_domain: our-ward")
    text = PACK.read_text()
    assert "\nname: cardiology\n" in text
    (folder / "domain.yaml").write_text(text.replace("\nname: cardiology\n", "\nname: our-ward\n"))
    return folder


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_project_generates_from_its_own_pack(folder: Path, tmp_path: Path) -> None:
    assert validate_files([folder]) == []
    assert [*own_pack_problems([folder, folder / "project.yaml"])] == []
    spec = load_project(folder).spec
    spec = spec.model_copy(update={"data": spec.data.model_copy(update={"records": 80})})
    made = stage.prepare(spec, tmp_path / "records", team=folder / "domain.yaml")
    assert sum(split.records for split in made.splits.values()) == 80
    assert stage.depends_on(spec, folder, folder / "domain.yaml") != stage.depends_on(
        spec.model_copy(update={"clinical_domain": "cardiology"}), folder
    )


def test_a_code_that_does_not_exist_is_named_with_its_line(folder: Path) -> None:
    pack = folder / "domain.yaml"
    edit(pack, "code: I21.4", "code: I21.XX")
    (problem,) = own_pack_problems([folder])
    number = next(n for n, line in enumerate(pack.read_text().splitlines(), start=1) if "I21.XX" in line)
    assert (problem.path, problem.line) == (str(pack), number)
    assert "I21.XX" in problem.message


def test_a_pack_with_the_name_of_ours_is_refused(folder: Path) -> None:
    edit(folder / "domain.yaml", "name: our-ward", "name: cardiology")
    (problem,) = own_pack_problems([folder])
    assert "bears the name" in problem.message


def test_a_broken_pack_is_named_and_no_traceback(folder: Path) -> None:
    (folder / "domain.yaml").write_text("version: 2\nname: our-ward\nconditions: no list\n")
    assert [problem.line for problem in own_pack_problems([folder])]


def test_a_project_without_a_pack_of_its_own_has_no_problems(tmp_path: Path) -> None:
    new_project(tmp_path, "ward-notes", "cardiology")
    assert [*own_pack_problems([tmp_path / "projects" / "ward-notes"])] == []
