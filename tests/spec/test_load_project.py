"""Valid projects, policies and prompts; what the digests cover; the examples of this repository."""

from pathlib import Path

import pytest
import yaml

from clinft.errors import SpecError
from clinft.spec.load import load_policy, load_project, validate_files
from clinft.spec.scaffold import new_project

ROOT = Path(__file__).parents[2]
PROJECTS = sorted(ROOT.glob("projects/*/project.yaml"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    new_project(tmp_path, "ward-notes", "general-medicine")
    return tmp_path / "projects" / "ward-notes"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def test_the_examples_are_there() -> None:
    names = {path.parent.name for path in PROJECTS}
    assert {"icd10-chapter", "example-openai-triage", "example-gpu-discharge"} <= names


@pytest.mark.parametrize("path", PROJECTS, ids=lambda path: path.parent.name)
def test_an_example_is_valid(path: Path) -> None:
    assert validate_files([path]) == []
    assert load_project(path.parent).spec.name == path.parent.name


def test_the_first_policy_is_valid_and_fits_the_main_example() -> None:
    policy = load_policy(ROOT / ".github" / "clinft.yml")
    training = load_project(ROOT / "projects" / "icd10-chapter").spec.training
    assert training.provider in policy.providers
    assert training.runner in policy.runners
    assert all(role.people == () for role in policy.roles.values())


def test_the_main_example_has_the_labels_of_its_domain() -> None:
    spec = load_project(ROOT / "projects" / "icd10-chapter").spec
    table = yaml.safe_load((ROOT / "clinft/tables/domains" / f"{spec.clinical_domain}.yaml").read_text())
    assert list(spec.task.labels) == [chapter["label"] for chapter in table["chapters"]]


def test_digests_ignore_newline_style_and_nothing_else(folder: Path) -> None:
    unix = load_project(folder)
    for name in ("project.yaml", "prompt/prompt.md"):
        path = folder / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    windows = load_project(folder)
    assert windows == unix
    edit(folder / "prompt" / "prompt.md", "You are", "You are ")
    changed = load_project(folder)
    assert changed.prompt_sha256 != unix.prompt_sha256
    assert changed.spec_sha256 == unix.spec_sha256


def test_the_spec_file_names_the_project_too(folder: Path) -> None:
    assert load_project(folder / "project.yaml") == load_project(folder)


def test_a_folder_of_the_repository_is_a_base_model_without_revision(folder: Path) -> None:
    (folder.parents[1] / "models" / "tiny").mkdir(parents=True)
    edit(folder / "project.yaml", "builtin:smollm2-135m", "models/tiny")
    assert validate_files([folder]) == []


def test_a_link_out_of_the_repository_is_no_base_model(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (folder.parents[1] / "outside").symlink_to(tmp_path_factory.mktemp("elsewhere"))
    edit(folder / "project.yaml", "builtin:smollm2-135m", "outside")
    assert ["base_model_revision" in str(problem) for problem in validate_files([folder])] == [True]


def test_a_pinned_hub_id_is_a_base_model(folder: Path) -> None:
    edit(folder / "project.yaml", "builtin:smollm2-135m", f"acme/model\n  base_model_revision: '{'0a' * 20}'")
    assert validate_files([folder]) == []


def test_a_run_of_the_project_is_a_baseline(folder: Path) -> None:
    (folder / "runs" / "0123456789ab-a1").mkdir(parents=True)
    edit(folder / "project.yaml", "regression:\n", "regression:\n  baseline: 0123456789ab-a1\n")
    assert validate_files([folder]) == []


def test_several_files_are_validated_together_and_each_problem_once(folder: Path, tmp_path: Path) -> None:
    edit(folder / "project.yaml", "records: 1000", "records: 1")
    edit(folder / "prompt" / "prompt.md", "### Input\nA short", "### In\nA short")
    policy = tmp_path / "clinft.yml"
    policy.write_text("version: 1\n")
    prompt = folder / "prompt" / "prompt.md"
    problems = validate_files([folder, folder / "project.yaml", prompt, policy])
    assert len(problems) == len(set(problems)) == 6
    assert problems == sorted(problems)
    assert {Path(problem.path).name for problem in problems} == {"project.yaml", "prompt.md", "clinft.yml"}


def test_a_folder_of_projects_is_validated_as_a_whole(folder: Path) -> None:
    new_project(folder.parents[1], "more-notes", "general-medicine")
    for name in ("ward-notes", "more-notes"):
        edit(folder.parent / name / "project.yaml", "seed: 1", "seed: -1")
    assert [Path(p.path).parent.name for p in validate_files([folder.parent])] == ["more-notes", "ward-notes"]


@pytest.mark.parametrize(("name", "text"), [("other.yaml", "version: 2"), ("rules.yml", "roles: {}\n")])
def test_a_file_of_another_name_is_known_by_its_keys(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    missing = [str(problem) for problem in validate_files([tmp_path / name]) if "missing" in problem.message]
    assert any("`budgets`" in problem for problem in missing) is (name == "rules.yml")
    assert any("`training`" in problem for problem in missing) is (name == "other.yaml")


def test_the_folder_of_the_tables_is_no_project(folder: Path) -> None:
    tables = folder.parent / "tracking"
    tables.mkdir()
    (tables / "runs.csv").write_text("row_id\n")
    assert validate_files([tables]) == []
    (tables / "project.yaml").write_text("version: 1\n")
    assert validate_files([tables]) != []


def test_a_spec_away_from_its_project_is_checked_by_itself(folder: Path, tmp_path: Path) -> None:
    (folder / "project.yaml").rename(tmp_path / "copy.yaml")
    assert validate_files([tmp_path / "copy.yaml"]) == []


@pytest.mark.parametrize("name", ["missing", "a\nb", "nul\0", "x" * 300])
def test_a_path_that_cannot_be_read_is_a_problem_on_one_line(tmp_path: Path, name: str) -> None:
    (problem,) = validate_files([tmp_path / f"{name}.yaml"])
    assert "\n" not in str(problem)
    assert (problem.line, problem.column) == (0, 0)


def test_loading_a_broken_policy_raises(tmp_path: Path) -> None:
    (tmp_path / "clinft.yml").write_text("version: 1\nroles: [ml]\n")
    with pytest.raises(SpecError) as caught:
        load_policy(tmp_path / "clinft.yml")
    assert len(caught.value.problems) == 3
