"""Full fine-tuning from the spec to a second run that is compared with the deployed first; a disk that fills."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from clinft import pipeline, run_folder
from clinft.adapters.training.checkpoints import Checkpoints
from clinft.cli.opening import open_context
from clinft.cli.show import Screen, forget_surroundings
from clinft.errors import Interrupted
from tests.fakes import tiny_llama
from tests.fakes.cli import clinft
from tests.fakes.specs import write_repository

# Two whole runs with a real model.
pytestmark = pytest.mark.slow
HYPERPARAMETERS = {
    "batch_size": 8,
    "learning_rate": 0.003,
    "max_steps": 4,
    "checkpoint_every_steps": 2,
}
TRAINING = {"provider": "peft", "base_model": "tiny", "method": "full", "hyperparameters": HYPERPARAMETERS}


def again(project: Path, revision: int) -> Path:
    path = project / "project.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), "revision": revision}))
    before = set((project / "runs").glob("*"))
    done = clinft("run", project, "--yes")
    assert done.exit_code == 0, done.output
    (made,) = set((project / "runs").glob("*")) - before
    return made


def payload(run: Path, stage: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((run / f"{stage}.json").read_bytes())["payload"]
    return found


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The first is deployed and has filled a disk on its way; the second was compared with it."""
    root = tmp_path_factory.mktemp("full")
    tiny_llama.write(root / "tiny")
    project = write_repository(
        root,
        training=TRAINING,
        data={"records": 60},
        evaluation={"compare": ["tuned", "deployed"]},
        regression={"margins": [{"metric": "accuracy", "margin": 0.9}]},
    )
    _fill_once(project)
    done = clinft("run", project)
    assert done.exit_code == 0, done.output
    (first,) = (project / "runs").glob("*")
    (project / "deployment.yaml").write_text(f"run_id: {first.name}\n")
    return first, again(project, 2)


def _fill_once(project: Path) -> None:
    save = Checkpoints.save

    def full_at_the_end(self: Checkpoints, step: int, *others: Any, **named: Any) -> None:
        if step == HYPERPARAMETERS["max_steps"]:
            raise OSError(28, "No space left on device")
        save(self, step, *others, **named)

    forget_surroundings()
    context = open_context(project, True, Screen(json=False))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Checkpoints, "save", full_at_the_end)
        with pytest.raises(Interrupted, match="The disk is full"):
            list(pipeline.run(context, pipeline.NAMES))
    (run,) = (project / "runs").iterdir()
    record = run_folder.load_record(run)
    assert record is not None
    assert record.status == "running"


def test_an_attempt_that_lacked_a_disk_is_gone_on_with(runs: tuple[Path, Path]) -> None:
    assert runs[0].name.endswith("-a1")
    record = run_folder.load_record(runs[0])
    assert record is not None
    assert record.status == "succeeded"


def test_the_tuned_model_is_measured_from_its_own_folder(runs: tuple[Path, Path]) -> None:
    trained = payload(runs[0], "train")
    assert trained["fine_tuned_model"] == "model"
    assert {"model.safetensors", "config.json", "tokenizer.json"} <= set(trained["weights"])
    assert "tuned" in {one["system"] for one in payload(runs[0], "evaluate")["systems"]}


def test_a_second_run_asks_the_deployed_model_again(runs: tuple[Path, Path]) -> None:
    assert payload(runs[1], "regress")["baseline_run_id"] == runs[0].name
    asked = [one for one in payload(runs[1], "evaluate")["systems"] if one["system"] == "deployed"]
    assert {(one["of_run"], one["stored"]) for one in asked} == {(runs[0].name, None)}


def test_the_card_loads_the_folder_without_an_adapter(runs: tuple[Path, Path]) -> None:
    card = (runs[0].parents[1] / "MODEL_CARD.md").read_text()
    assert "PeftModel" not in card
    assert f"{runs[1].name}/data/model" in card
    assert "library_name: transformers" in card
