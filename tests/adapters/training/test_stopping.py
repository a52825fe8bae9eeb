"""Training that ends early: by the validation loss, with the best weights; and by a loss that rises."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training import stopping
from clinft.adapters.training.checkpoints import TENSORS, Checkpoints
from clinft.adapters.training.loop import Loop
from clinft.adapters.training.peft import CHECKPOINTS, PeftProvider
from clinft.artifacts.model import LossPoint, TrainedModel
from clinft.errors import DigestMismatch
from clinft.ports.training import TrainingRequest
from clinft.spec.training import TrainingSpec
from tests.adapters.training.contract import finish
from tests.fakes import lora_request


def points(*losses: tuple[float | None, float | None]) -> list[LossPoint]:
    return [
        LossPoint(step=10 * number, tokens=0, training_loss=training, validation_loss=validation)
        for number, (training, validation) in enumerate(losses)
    ]


VALIDATED = points((None, 0.1), (1.0, 0.9), (0.9, None), (0.8, 0.7), (0.7, 0.7), (0.6, 0.8))


def test_the_best_point_is_the_first_of_the_lowest_after_a_step() -> None:
    found = stopping.best(VALIDATED)
    assert found is not None
    assert found.step == 30
    assert stopping.best(VALIDATED[:1]) is None


@pytest.mark.parametrize(("validations", "enough"), [(None, False), (1, True), (2, True), (3, False)])
def test_only_validations_after_the_best_one_are_waited_for(validations: int | None, enough: bool) -> None:
    assert stopping.waited_enough(VALIDATED, validations) is enough
    assert not stopping.waited_enough(VALIDATED[:4], validations)


@pytest.mark.parametrize(
    ("losses", "diverges"),
    [
        ([1.0, 0.8, 2.5, 2.6], True),
        ([1.0, 0.8, 2.5, 1.9], False),
        ([1.0, 2.5], False),
        ([0.05, 0.04, 0.3, 0.5], False),
        ([4.0, 4.5, 7.9, 7.9], False),
        ([4.0, 4.5, 8.1, 8.1], True),
        ([], False),
    ],
)
def test_a_loss_diverges_where_it_stays_far_above_its_beginning(losses: list[float], diverges: bool) -> None:
    found = stopping.divergence(points(*((loss, None) for loss in losses)))
    assert (found is not None) is diverges


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> LocalModelStore:
    return lora_request.store(tmp_path_factory.mktemp("repository"))


def request_of(folder: Path, store: LocalModelStore, **changes: Any) -> TrainingRequest:
    hyper = {**lora_request.SPEC["hyperparameters"], "n_epochs": 8, **changes}
    spec = TrainingSpec.model_validate({**lora_request.SPEC, "hyperparameters": hyper}, strict=False)
    return replace(lora_request.request(folder, store), spec=spec)


def trained(store: LocalModelStore, request: TrainingRequest) -> TrainedModel:
    provider = PeftProvider(store)
    provider.preflight(request)
    job = finish(provider, provider.submit(request), request)
    assert job.status == "succeeded", job.message
    return provider.result(job, request)


def test_training_ends_early_with_the_best_weights_and_a_resumed_one_too(
    store: LocalModelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = request_of(tmp_path / "whole", store, early_stopping=2)
    # A model that learns too much from its sixth step on, checkpointed at every second one.
    monkeypatch.setattr(Loop, "validation_loss", lambda loop: 1 + abs(loop.state.step - 6) / 10)
    kept = keeping_checkpoints(monkeypatch)
    model = trained(store, whole)
    best = stopping.best(model.loss)
    assert best is not None
    assert (best.step, model.steps) == (6, 10)
    folder = whole.output_dir / "adapter"
    assert json.loads((folder / "manifest.json").read_text())["weights_of_step"] == str(best.step)
    saved = load_file(whole.output_dir / CHECKPOINTS / f"step-{best.step:08d}" / TENSORS)
    for name, tensor in load_file(folder / "adapter_model.safetensors").items():
        parameter = name.replace(".weight", ".default.weight")
        assert tensor.equal(saved[f"parameter.{parameter}"])

    # As after a kill past the best step: all but checkpoints is gone.
    again = request_of(tmp_path / "again", store, early_stopping=2)
    again.output_dir.mkdir(parents=True)
    (whole.output_dir / CHECKPOINTS).rename(again.output_dir / CHECKPOINTS)
    assert trained(store, again).weights == model.weights
    assert kept


def keeping_checkpoints(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    cleared: list[bool] = []
    monkeypatch.setattr(Checkpoints, "clear", lambda checkpoints: cleared.append(True))
    return cleared


def test_a_best_checkpoint_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(DigestMismatch, match="step 7"):
        Checkpoints(tmp_path).of_step(7)


def test_old_checkpoints_go_but_the_best_one_stays(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    for step in (2, 4, 6, 8):
        checkpoints.save(step, {}, {}, keep=2)
    assert sorted(path.name[-1] for path in tmp_path.glob("step-*")) == ["2", "6", "8"]
    checkpoints.save(10, {}, {}, keep=8)
    assert sorted(path.name[-2:] for path in tmp_path.glob("step-*")) == ["08", "10"]
