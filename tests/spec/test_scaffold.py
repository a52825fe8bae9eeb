"""`clinft new` writes a valid project, whole or not at all."""

from pathlib import Path

import pytest
import yaml

from clinft.errors import SpecError
from clinft.spec.checks import domains
from clinft.spec.load import load_project, validate_files
from clinft.spec.scaffold import TEMPLATES, new_project

KINDS = list(yaml.safe_load((TEMPLATES / "tasks.yaml").read_text()))


def test_a_new_project_is_valid(tmp_path: Path) -> None:
    written = new_project(tmp_path, "ward-notes", "general-medicine")
    folder = tmp_path / "projects" / "ward-notes"
    assert written == [folder / "project.yaml", folder / "prompt" / "prompt.md"]
    assert validate_files([folder]) == []
    loaded = load_project(folder)
    assert loaded.spec.name == "ward-notes"
    assert len(loaded.prompt.examples) == loaded.spec.prompt.few_shot_examples
    first_line = written[0].read_text().splitlines()[0]
    assert first_line == "# yaml-language-server: $schema=../../schemas/project.schema.json"


@pytest.mark.parametrize("domain", domains())
def test_a_new_project_of_any_domain_is_valid(tmp_path: Path, domain: str) -> None:
    new_project(tmp_path, "ward-notes", domain)
    folder = tmp_path / "projects" / "ward-notes"
    assert validate_files([folder]) == []
    loaded = load_project(folder)
    assert loaded.spec.clinical_domain == domain
    assert set(loaded.spec.regression.critical_labels) <= set(loaded.spec.task.labels)
    assert {example.output for example in loaded.prompt.examples} <= set(loaded.spec.task.labels)


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_project_of_any_kind_is_valid(tmp_path: Path, kind: str) -> None:
    new_project(tmp_path, "ward-notes", "cardiology", kind)
    folder = tmp_path / "projects" / "ward-notes"
    assert validate_files([folder]) == []
    assert load_project(folder).spec.task.kind == kind
    text = (folder / "project.yaml").read_text() + (folder / "prompt" / "prompt.md").read_text()
    assert "{{" not in text
    assert max(map(len, text.splitlines())) <= 110


@pytest.mark.parametrize(("domain", "kind"), [("cardiology", "haiku"), ("general-medicine", "coding")])
def test_a_kind_that_a_domain_cannot_have_is_refused(tmp_path: Path, domain: str, kind: str) -> None:
    with pytest.raises(SpecError):
        new_project(tmp_path, "ward-notes", domain, kind)
    assert list(tmp_path.rglob("*")) == []


def test_nothing_but_the_project_is_left_behind(tmp_path: Path) -> None:
    new_project(tmp_path, "ward-notes", "general-medicine")
    assert [path.name for path in (tmp_path / "projects").iterdir()] == ["ward-notes"]
    assert (tmp_path / "projects" / "ward-notes").stat().st_mode & 0o777 == 0o755


def test_an_existing_project_is_not_touched(tmp_path: Path) -> None:
    written = new_project(tmp_path, "ward-notes", "general-medicine")
    written[0].write_text("mine")
    with pytest.raises(SpecError, match="exists already"):
        new_project(tmp_path, "ward-notes", "general-medicine")
    assert written[0].read_text() == "mine"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a",
        "Ward",
        "ward notes",
        "../ward",
        "ward/notes",
        "-ward",
        "ward-",
        "$(id)",
        "ward\n",
        "w" * 61,
        "wärd",
    ],
)
def test_a_bad_name_is_refused_and_not_shown(tmp_path: Path, name: str) -> None:
    with pytest.raises(SpecError) as caught:
        new_project(tmp_path, name, "general-medicine")
    assert "cannot be used" in str(caught.value)
    assert len(name) < 3 or name not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("domain", ["", "../general-medicine", "astrology"])
def test_an_unknown_domain_is_refused(tmp_path: Path, domain: str) -> None:
    with pytest.raises(SpecError, match=r"Known: .*general-medicine"):
        new_project(tmp_path, "ward-notes", domain)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("domain", ["cardiology", "general-medicine"])
@pytest.mark.parametrize("kind", ["foo", "qa", "summarisation", "dialogue"])
def test_an_unknown_kind_is_told_as_unknown_whatever_the_domain(
    tmp_path: Path, domain: str, kind: str
) -> None:
    with pytest.raises(SpecError, match=f"no such kind of task. There are: {', '.join(KINDS)}"):
        new_project(tmp_path, "ward-notes", domain, kind)
