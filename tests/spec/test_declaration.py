"""What a person says of a job, as strictly read as any other file: every mistake at its line."""

import json
from pathlib import Path
from typing import Any

import pytest

from clinft.errors import SpecError
from clinft.spec.declaration import Declaration, load_declaration, load_metrics, place

RUN = "0123456789ab-a1"
YAML = """fine_tuned_model: ft:gpt-4.1-mini:clinic::abc
steps: 20
trained_tokens: 9000
cost_usd: 12.50
loss:
- {step: 1, training_loss: 1.5}
- {step: 20, training_loss: 0, validation_loss: 0.5}
"""


def problems(path: Path) -> list[tuple[int, int, str]]:
    with pytest.raises(SpecError) as refused:
        load_metrics(path)
    return [(found.line, found.column, str(found)) for found in refused.value.problems]


def test_yaml_and_json_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(YAML)
    read = load_metrics(tmp_path / "m.yaml")
    assert (read.steps, str(read.cost_usd), read.loss[1].training_loss) == (20, "12.5", 0.0)
    (tmp_path / "m.json").write_text(json.dumps(read.model_dump(mode="json")))
    assert load_metrics(tmp_path / "m.json") == read


def test_only_steps_are_needed(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("steps: 1\n")
    assert load_metrics(tmp_path / "m.yaml").loss == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "said"),
    [
        ("steps: 20\n", "", 1, 1, "`steps` is missing"),
        ("steps: 20", "steps: '20'", 2, 8, "must be a whole number"),
        ("steps: 20", "steps: 0", 2, 8, "must be at least 1"),
        ("steps: 20", "step: 20", 2, 1, "Did you mean `steps`?"),
        ("trained_tokens: 9000", "trained_tokens: 9000.5", 3, 17, "must be a whole number"),
        ("cost_usd: 12.50", "cost_usd: -1", 4, 11, "must be at least 0"),
        ("cost_usd: 12.50", "cost_usd: $12", 4, 11, "must be an amount"),
        ("cost_usd: 12.50", "cost_usd: .nan", 4, 11, ""),
        ("training_loss: 1.5", "training_loss: -0.1", 6, 28, "must be at least 0"),
        ("{step: 20,", "{step: 1,", 7, 10, "the steps of the loss curve rise"),
        ("{step: 20,", "{step: 21,", 7, 10, "behind the last step"),
        ("ft:gpt-4.1-mini:clinic::abc", "a model", 1, 19, "not written as it must be"),
        ("ft:gpt-4.1-mini:clinic::abc", "'x\\ny'", 1, 19, "not written as it must be"),
        ("steps: 20", "steps: 20\nsteps: 21", 3, 1, "already given at line 2"),
    ],
)
def test_each_mistake_has_its_place(
    tmp_path: Path, old: str, new: str, line: int, column: int, said: str
) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(YAML.replace(old, new))
    found = problems(path)
    assert any((at, col) == (line, column) and said in text for at, col, text in found), found
    assert all(text.startswith(f"{path}:") for _, _, text in found)


@pytest.mark.parametrize("text", ["", "- steps: 1\n", "steps\n"])
def test_what_is_no_section_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "m.yaml").write_text(text)
    assert problems(tmp_path / "m.yaml")


def test_no_value_of_the_file_is_in_a_message(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("steps: Miller-Canary-4711\nfine_tuned_model: Miller Canary\n")
    assert "Canary" not in str(problems(tmp_path / "m.yaml"))


def test_a_missing_file_and_a_link_are_refused(tmp_path: Path) -> None:
    assert "does not exist" in problems(tmp_path / "none.yaml")[0][2]
    (tmp_path / "m.yaml").write_text(YAML)
    (tmp_path / "link.yaml").symlink_to(tmp_path / "m.yaml")
    assert "symbolic link" in problems(tmp_path / "link.yaml")[0][2]


def write(project: Path, run_id: str = RUN, **values: Any) -> None:
    path = place(project, run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"run_id": RUN, **values}))


def test_nothing_said_is_none_and_a_broken_link_is_no_nothing(tmp_path: Path) -> None:
    assert load_declaration(tmp_path, RUN) is None
    place(tmp_path, RUN).parent.mkdir()
    place(tmp_path, RUN).symlink_to(tmp_path / "nowhere")
    with pytest.raises(SpecError, match="1 problem"):
        load_declaration(tmp_path, RUN)


def test_a_file_of_another_run_does_not_count(tmp_path: Path) -> None:
    write(tmp_path)
    assert load_declaration(tmp_path, RUN) == Declaration(run_id=RUN)
    write(tmp_path, "0123456789ab-a2")
    with pytest.raises(SpecError) as refused:
        load_declaration(tmp_path, "0123456789ab-a2")
    assert "another run" in str(refused.value.problems[0])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"metrics": {"steps": 1, "fine_tuned_model": "ft:x"}, "samples": 3}, "who declares them"),
        ({"metrics": {"steps": 1, "fine_tuned_model": "ft:x"}, "declared_by": "Jane"}, "how many samples"),
        ({"metrics": {"steps": 1}, "declared_by": "Jane", "samples": 3}, "name the model"),
        ({"files_deleted": "2026-02-30"}, "files_deleted"),
        ({"job_id": "a b"}, "job_id"),
        ({"declared_by": "Jane, ghp_" + "a1B2" * 9}, "looks like"),
    ],
)
def test_half_a_declaration_is_refused(tmp_path: Path, values: dict[str, Any], said: str) -> None:
    write(tmp_path, **values)
    with pytest.raises(SpecError) as refused:
        load_declaration(tmp_path, RUN)
    assert said in str(refused.value.problems)
