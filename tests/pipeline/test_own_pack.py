"""A team's own domain pack: a project generates from it, and its mistakes are named by line."""

import json
from pathlib import Path
from typing import Any

import pytest

from clinft.artifacts.canonical import digest_file
from clinft.pipeline import replay
from clinft.pipeline.own_pack import own_pack_problems
from clinft.spec.load import load_project, validate_files
from clinft.spec.private_text import private_text
from clinft.spec.scaffold import new_project
from clinft.stages.audit import stage as audit
from clinft.stages.prepare import stage
from tests.fakes.cli import clinft
from tests.fakes.progress import Quiet
from tests.fakes.specs import write_repository

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


@pytest.mark.parametrize("line", ["# Call (415) 867-5309.", 'summary: "Call (415) 867-\\x35309."'])
def test_what_looks_private_is_named_by_line_and_never_repeated(folder: Path, line: str) -> None:
    pack = folder / "domain.yaml"
    pack.write_text(f"{pack.read_text()}{line}\n")
    found = [one for one in own_pack_problems([folder]) if "a telephone number" in one.message]
    assert [(one.path, one.line) for one in found] == [(str(pack), len(pack.read_text().splitlines()))]
    assert found[0].column == (8 if line.startswith("#") else 10)
    assert "867" not in str(found[0])


@pytest.mark.parametrize("pack", sorted(PACK.parent.glob("*.yaml")), ids=lambda path: path.stem)
def test_our_packs_hold_nothing_private(pack: Path) -> None:
    assert private_text(str(pack), pack.read_text()) == []


@pytest.fixture
def audited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project beside whose spec a pack lies; measuring the rules has tests of its own."""
    monkeypatch.setattr(audit, "measured", lambda *_: ())
    project = write_repository(tmp_path, data={"records": 40})
    text = PACK.read_text().replace("\nname: cardiology\n", "\nname: our-ward\n")
    (project / "domain.yaml").write_text(text)
    assert clinft("prepare", project).exit_code == 0
    done = clinft("audit", project)
    assert done.exit_code == 0, done.output
    return project


def artifact_of(project: Path) -> dict[str, Any]:
    (found,) = (project / "data").rglob("audit.json")
    read: dict[str, Any] = json.loads(found.read_bytes())
    return read


def test_the_audit_reads_the_pack_and_a_name_in_it_stops_the_run(audited: Path) -> None:
    pack = audited / "domain.yaml"
    before = artifact_of(audited)
    assert before["payload"]["files_scanned"]["domain.yaml"] == digest_file(pack)
    pack.write_text(pack.read_text() + "# John Smith called about room 5.\n")
    done = clinft("audit", audited)
    assert done.exit_code == 1, done.output
    assert f"domain.yaml:{len(pack.read_text().splitlines())}" in done.output
    assert "John Smith" not in done.output


def test_a_replay_reads_the_pack_that_was_audited_or_says_that_it_cannot(audited: Path) -> None:
    pack, artifact = audited / "domain.yaml", artifact_of(audited)
    assert [status for _, status, _ in replay._audit(audited, artifact, pack, Quiet())] == ["same"]
    pack.write_text(pack.read_text() + "# Another word.\n")
    for _ in ("changed", "gone"):
        (found,) = replay._audit(audited, artifact, pack, Quiet())
        assert found == ("audit", "not_regenerable", "domain.yaml was changed since")
        pack.unlink(missing_ok=True)
