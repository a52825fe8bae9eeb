"""What advice rests on: the data as they will be sent, the model's own size, the policy's runner."""

from pathlib import Path
from typing import Any

import pytest

from clinft.cli import show
from clinft.cli.opening import open_context
from clinft.pipeline import costs
from clinft.pipeline.advising import HEADROOM, advice_of, by_hand_of, request_of
from clinft.pipeline.context import Context
from clinft.pipeline.machines import shape_named
from clinft.pipeline.plan import identify
from clinft.stages.estimate import Counted
from clinft.stages.estimate.machine import lora_parameters, vram_gb
from tests.fakes.cli import clinft
from tests.fakes.specs import write_repository

MODEL = "builtin:smollm2-135m"


def opened(root: Path, policy: dict[str, Any] | None = None, **training: Any) -> Context:
    project = write_repository(root, policy, training=training)
    done = clinft("prepare", project)
    assert done.exit_code == 0, done.output
    return open_context(project, False, show.Screen(json=False))


def trained_on(context: Context) -> Counted:
    return costs.counted_split(context, identify(context), "train")


def test_the_model_is_measured_by_the_estimates_formula(tmp_path: Path) -> None:
    context = opened(tmp_path, provider="peft", base_model=MODEL, lora={"r": 32})
    asked, shape = request_of(context, trained_on(context)), shape_named(MODEL)
    assert shape is not None
    assert asked.model.parameters == shape.parameters
    assert asked.model.memory_gb is not None
    spec = asked.training
    trained = lora_parameters(shape, 32, spec.lora.target_modules, None)
    hyper = spec.hyperparameters
    whole = vram_gb(shape, trained, hyper.max_tokens, hyper.batch_size).gb
    assert asked.model.memory_gb("lora", 32) == pytest.approx(whole * HEADROOM)
    assert asked.model.memory_gb("qlora", 32) < asked.model.memory_gb("lora", 32)
    assert asked.model.memory_gb("lora", 16) < asked.model.memory_gb("lora", 32)
    assert asked.runner is None  # nobody says what card this machine has
    assert asked.machines


def test_the_runners_card_comes_from_the_policy(tmp_path: Path) -> None:
    policy = {"runners": {"gpu-box": {"description": "ours", "gpu": "L40S"}}}
    context = opened(tmp_path, policy, provider="peft", base_model=MODEL, runner="gpu-box")
    card = request_of(context, trained_on(context)).runner
    assert card is not None
    assert (card.name, card.gpu, card.memory_gb) == ("gpu-box", "L40S", 48)


def test_samples_are_those_of_the_training_split(tmp_path: Path) -> None:
    context = opened(tmp_path, provider="manual", base_model="builtin:fake")
    found = advice_of(context, trained_on(context))
    assert found.samples == len(context.split_path("train").read_text().splitlines())
    assert {row.parameter for row in found.rows} >= {"hyperparameters.n_epochs", "data.records"}


def test_by_hand_names_what_the_audit_has_seen(tmp_path: Path) -> None:
    context = opened(tmp_path, provider="manual", base_model="builtin:fake")
    assert by_hand_of(context).training_sha256 == ""
    done = clinft("audit", context.paths.root)
    assert (context.paths.work / "audit.json").exists(), done.output
    assert len(by_hand_of(context).training_sha256) == 64
