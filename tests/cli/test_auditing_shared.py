"""A project's audit, shared by shards or by others' workers, is the artifact of one process; wrong calls are refused."""

import json
import shutil
from pathlib import Path

import pytest

from clinft.wiring import engines
from tests.fakes.cli import clinft
from tests.fakes.specs import write_repository
from tests.fakes.workers import PickledWorkers


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = write_repository(tmp_path_factory.mktemp("audited"))
    assert clinft("prepare", project).exit_code == 0
    assert clinft("audit", project).exit_code == 0
    return project


@pytest.fixture
def project(audited: Path, tmp_path: Path) -> Path:
    """The same one, prepared and not audited."""
    shutil.copytree(audited.parents[1], tmp_path / "copy")
    copy = tmp_path / "copy" / "projects" / audited.name
    (copy / "data" / "work" / "audit.json").unlink()
    return copy


def artifact(project: Path) -> dict[str, object]:
    value = json.loads((project / "data" / "work" / "audit.json").read_bytes())
    assert isinstance(value, dict)
    return {name: part for name, part in value.items() if name not in ("created_at", "measured")}


def test_shards_of_a_project_join_to_its_audit(audited: Path, project: Path, tmp_path: Path) -> None:
    parts = tmp_path / "parts"
    parts.mkdir()
    for index in range(2):
        done = clinft("audit", project, "--shard", f"{index}/2", "--part", parts / f"{index}.json")
        assert done.exit_code == 0, done.output
        assert not (project / "data" / "work" / "audit.json").exists()
    # As a workflow's artifacts are downloaded: a folder of them.
    done = clinft("audit", project, "--merge", parts)
    assert done.exit_code == 0, done.output
    assert artifact(project) == artifact(audited)
    refused = clinft("audit", project / "prompt" / "prompt.md", "--merge", parts)
    assert refused.exit_code == 2
    assert f"is about the project {project.name}" in " ".join(refused.output.split())


def test_a_shard_of_files_joins_no_project(project: Path, tmp_path: Path) -> None:
    part = tmp_path / "part.json"
    assert clinft("audit", project / "prompt" / "prompt.md", "--shard", "0/1", "--part", part).exit_code == 0
    refused = clinft("audit", project, "--merge", part)
    assert refused.exit_code == 2
    assert "is about files of no project" in " ".join(refused.output.split())
    assert not (project / "data" / "work" / "audit.json").exists()


def test_a_shard_of_other_files_joins_no_project(project: Path, tmp_path: Path) -> None:
    part = tmp_path / "part.json"
    assert clinft("audit", project, "--shard", "0/1", "--part", part).exit_code == 0
    prompt = project / "prompt" / "prompt.md"
    prompt.write_text(prompt.read_text().replace(".", ". Be brief.", 1))
    refused = clinft("audit", project, "--merge", part)
    assert refused.exit_code == 1
    assert "is not the file that the shards scanned" in refused.output
    assert not (project / "data" / "work" / "audit.json").exists()


def test_a_shard_of_records_of_another_spec_is_refused(project: Path, tmp_path: Path) -> None:
    spec = project / "project.yaml"
    spec.write_text(spec.read_text().replace("seed: ", "seed: 1"))
    refused = clinft("audit", project, "--shard", "0/1", "--part", tmp_path / "part.json")
    assert refused.exit_code == 1
    assert "prepared from another spec" in refused.output


def test_others_workers_give_the_projects_audit(
    audited: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = PickledWorkers()
    monkeypatch.setattr(engines, "_ray", lambda count: workers)
    done = clinft("audit", project, "--engine", "ray", "--workers", "2")
    assert done.exit_code == 0, done.output
    assert artifact(project) == artifact(audited)
    assert len(workers.answered) >= 6  # records and formatted files, each by its place


def test_others_workers_make_the_records_of_a_domain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workers = PickledWorkers()
    monkeypatch.setattr(engines, "_ray", lambda count: workers)
    asked = ("prepare", "--domain", "cardiology", "--records", "100", "--seed", "3", "--out")
    assert clinft(*asked, tmp_path / "here").exit_code == 0
    assert clinft(*asked, tmp_path / "there", "--engine", "ray").exit_code == 0
    assert workers.answered
    for path in (tmp_path / "here").iterdir():
        assert path.read_bytes() == (tmp_path / "there" / path.name).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("audit", "PROJECT", "--fix"), "are for files, not for a project"),
        (("audit", "PROJECT", "--resume", "x"), "are for files, not for a project"),
        (("audit", "PROJECT", "--engine", "spark"), "The engines are local and ray"),
        (("audit", "PROJECT", "--engine", "ray", "--shard", "0/2", "--part", "x"), "neither with --shard"),
        (("audit", "PROJECT", "--shard", "0/2"), "--shard and --part go together"),
        (("audit", "PROJECT", "--merge", "EMPTY"), "There is no part in"),
        (("audit", "PROJECT", "--merge", "/nonesuch"), "There is no /nonesuch."),
        (("audit", "--push", "--engine", "ray"), "--engine goes with a project or files"),
        (("prepare", "PROJECT", "--engine", "ray"), "--engine goes with --domain"),
    ],
)
def test_a_wrong_call_gets_one_clear_error(
    audited: Path, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    named: dict[str, str | Path] = {"PROJECT": audited, "EMPTY": tmp_path}
    done = clinft(*(named.get(argument, argument) for argument in arguments))
    assert done.exit_code == 2, done.output
    assert says in " ".join(done.output.split())
    assert "Traceback" not in done.output


def test_a_file_that_was_changed_after_its_shards_gets_no_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("Nothing to see.\n")
    for index in range(2):
        done = clinft("audit", "a.txt", "b.txt", "--shard", f"{index}/2", "--part", f"{index}.json")
        assert done.exit_code == 0, done.output
    (tmp_path / "b.txt").write_text("SSN 536-22-8714\n")
    done = clinft("audit", "a.txt", "b.txt", "--merge", "0.json", "--merge", "1.json")
    assert done.exit_code == 1, done.output
    assert "b.txt is not the file that the shards scanned" in " ".join(done.output.split())
    assert "PASS" not in done.output
