"""End to end with the embedded model: every stage real, the training cut to a few steps."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from clinft.artifacts.results import RunRecord
from clinft.pipeline import NAMES
from tests.fakes.cli import clinft
from tests.fakes.killing import digests

pytestmark = pytest.mark.slow
EXAMPLE = "icd10-chapter"


def shortened(repository: Path, root: Path) -> Path:
    """The example project with few records, three steps and one way to ask."""
    (root / ".github").mkdir(parents=True)
    shutil.copy(repository / ".github" / "clinft.yml", root / ".github")
    project = root / "projects" / EXAMPLE
    shutil.copytree(
        repository / "projects" / EXAMPLE,
        project,
        ignore=shutil.ignore_patterns("data", "runs", "*.md.partial"),
    )
    spec = yaml.safe_load((project / "project.yaml").read_text())
    spec["data"]["records"] = 48
    spec["prompt"] = {"strategies": ["zero_shot"]}
    spec["evaluation"]["compare"] = ["base_zero_shot", "tuned"]
    few = {"batch_size": 4, "max_steps": 3, "checkpoint_every_steps": 2}
    spec["training"]["hyperparameters"] |= few
    (project / "project.yaml").write_text(yaml.safe_dump(spec, sort_keys=False))
    return project


def run(project: Path) -> str:
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "clinft", "run", str(project), "--yes"],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_loop_trains_the_real_model_and_the_same_bytes_come_out_twice(
    repository: Path, tmp_path: Path
) -> None:
    first, second = shortened(repository, tmp_path / "one"), shortened(repository, tmp_path / "two")
    run(first)
    (folder,) = (first / "runs").iterdir()
    record = RunRecord.model_validate_json((folder / "record.json").read_bytes())
    assert record.status == "succeeded"
    assert {stage.stage for stage in record.stages} == set(NAMES)
    trained = json.loads((folder / "train.json").read_bytes())
    losses = [point["validation_loss"] for point in trained["payload"]["loss"] if point["validation_loss"]]
    assert losses[-1] < losses[0]
    assert trained["measured"]["tokens_per_second"] > 0
    assert clinft("verify", folder).exit_code == 0
    run(second)
    assert digests(second) == digests(first)


def test_the_audit_leaves_torch_and_transformers_usable(repository: Path) -> None:
    """It hides them while Presidio is imported; a training in the same process still needs them."""
    code = (
        "from clinft.stages.audit.engine import analyzer; analyzer()\n"
        "import torch, transformers, peft\n"
        "assert transformers.AutoModelForCausalLM and peft.LoraConfig and torch.ones(1).item() == 1\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
