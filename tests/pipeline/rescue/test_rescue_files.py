"""The files of the new project: valid as written, letter for letter, or refused before anything is paid."""

from pathlib import Path

import pytest

from clinft.errors import SpecError
from clinft.pipeline.rescue.old_model import OldModel
from clinft.pipeline.rescue.project_files import checked, prompt_text, spec_text
from clinft.spec.load import LoadedProject
from tests.fakes import rescue as fake

MODEL = OldModel(fake.OLD, fake.BASE)
COMMIT = "0123456789" * 4


def written(
    root: Path,
    labels: tuple[str, ...] = ("mental", "circulatory"),
    base_model: str = "builtin:smollm2-135m",
    system: str = fake.SYSTEM,
    longest: int = 100,
) -> LoadedProject:
    spec = spec_text("notes", MODEL, labels, 40, 1, base_model, longest)
    return checked(root, "notes", spec, prompt_text(system), base_model)


def test_the_spec_trains_an_open_weight_model_and_compares_with_the_record(tmp_path: Path) -> None:
    spec = written(tmp_path).spec
    assert (spec.training.provider, spec.training.base_model) == ("peft", "builtin:smollm2-135m")
    assert (spec.data.origin, spec.data.records, spec.regression.baseline) == ("frozen", 40, "recorded")
    assert [(one.metric, one.margin) for one in spec.regression.margins] == [("accuracy", 0.02)]
    assert list(tmp_path.iterdir()) == []


def test_whatever_people_must_look_at_is_marked() -> None:
    text = spec_text("notes", MODEL, ("a", "b"), 40, 1, "builtin:smollm2-135m", 100)
    lines = text.splitlines()
    for key in ("summary:", "owners:", "clinical_domain:", "intended_use:", "out_of_scope:"):
        (at,) = (number for number, line in enumerate(lines) if line.startswith(key))
        assert "REVIEW" in lines[at - 1], key


@pytest.mark.parametrize(
    "labels",
    [("no", "yes"), ("12", "13"), ('say "a"', "b: c"), ("# x", "ü ñ"), ("true", "null"), ("-", "[a]")],
)
def test_labels_stay_the_text_that_they_are(labels: tuple[str, ...], tmp_path: Path) -> None:
    assert written(tmp_path, labels).spec.task.labels == labels


def test_a_base_model_of_the_hub_is_pinned(tmp_path: Path) -> None:
    training = written(tmp_path, base_model=f"acme/model@{COMMIT}").spec.training
    assert (training.base_model, training.base_model_revision) == ("acme/model", COMMIT)


def test_a_folder_of_the_repository_is_a_base_model(tmp_path: Path) -> None:
    (tmp_path / "models" / "small").mkdir(parents=True)
    assert written(tmp_path, base_model="models/small").spec.training.base_model == "models/small"


@pytest.mark.parametrize("base_model", ["acme/model", "acme/model@main", "models/../../x", "builtin:"])
def test_a_base_model_that_cannot_be_trained_is_refused(base_model: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError) as refused:
        written(tmp_path, base_model=base_model)
    assert refused.value.problems
    assert {one.path for one in refused.value.problems} == {"project.yaml"}


@pytest.mark.parametrize(
    "system",
    ["# Rules\nAnswer.", "Answer.\n## Labels\nmental", "Answer.\u200b", "```\nnever closed", "x" * 70_000],
)
def test_a_prompt_that_the_file_cannot_hold_is_refused(system: str) -> None:
    with pytest.raises(SpecError, match="cannot stand in prompt"):
        prompt_text(system)


@pytest.mark.parametrize(
    "system", ["  Answer.\n\n", "#### Deep\nAnswer.", "```\n# in a block\n```", "a\r\nb"]
)
def test_another_prompt_is_kept_or_refused_but_never_changed(system: str, tmp_path: Path) -> None:
    try:
        loaded = written(tmp_path, system=system)
    except SpecError:
        assert "\r" in system
    else:
        assert loaded.prompt.system == system.strip()


def test_a_prompt_with_an_address_in_it_is_refused_at_its_line(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as refused:
        written(tmp_path, system="Answer.\nAsk jane.doe@clinic.org.")
    assert [(one.path, one.line) for one in refused.value.problems] == [("prompt/prompt.md", 3)]


@pytest.mark.parametrize(("longest", "room"), [(10, 1024), (1000, 1536), (100_000, 8192)])
def test_the_longest_example_fits(longest: int, room: int, tmp_path: Path) -> None:
    assert written(tmp_path, longest=longest).spec.training.hyperparameters.max_tokens == room
