"""Local LoRA training on a tiny random model: learning, repeating, resuming, refusing."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from clinft.adapters.model.prefix import Trunk
from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training import lora
from clinft.adapters.training.checkpoints import Checkpoints
from clinft.adapters.training.loop import Loop, learning_rate, steps_of
from clinft.adapters.training.peft import CHECKPOINTS, RESULT, PeftProvider
from clinft.adapters.training.samples import Data, Sample, batches, read_samples
from clinft.artifacts.model import TrainedModel
from clinft.errors import DigestMismatch, SpecError
from clinft.ports.progress import Progress
from clinft.ports.training import TrainingProvider, TrainingRequest
from clinft.spec.training import Hyperparameters, TrainingSpec
from tests.adapters.training.contract import CHECKS, finish
from tests.fakes import lora_request
from tests.fakes.progress import Killed, Killer, Quiet, QuietTask


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> LocalModelStore:
    return lora_request.store(tmp_path_factory.mktemp("repository"))


@pytest.fixture
def request_(tmp_path: Path, store: LocalModelStore) -> TrainingRequest:
    return lora_request.request(tmp_path, store)


def with_spec(request: TrainingRequest, **changes: Any) -> TrainingRequest:
    spec = {**lora_request.SPEC, **changes}
    return replace(request, spec=TrainingSpec.model_validate(spec, strict=False))


def trained(store: LocalModelStore, request: TrainingRequest) -> TrainedModel:
    provider = PeftProvider(store)
    job = finish(provider, provider.submit(request), request)
    assert job.status == "succeeded", job.message
    return provider.result(job, request)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract(
    check: Callable[[TrainingProvider, TrainingRequest], None],
    store: LocalModelStore,
    request_: TrainingRequest,
) -> None:
    check(PeftProvider(store), request_)


def test_it_learns_and_the_adapter_carries_what_was_learned(
    store: LocalModelStore, request_: TrainingRequest
) -> None:
    model = trained(store, request_)
    before, after = model.loss[0].validation_loss, model.loss[-1].validation_loss
    assert before is not None
    assert after is not None
    assert after < before / 2
    # The adapter, opened as evaluation opens it, gives the validation loss that training saw.
    opened = store.open(request_.base_model, request_.output_dir / "adapter")
    chat = store.chat(request_.base_model)
    samples = read_samples(request_.validation_file, chat, 256)
    nll, tokens = 0.0, 0
    for line, sample in zip(request_.validation_file.read_text().splitlines(), samples, strict=True):
        turns = json.loads(line)["messages"]
        from clinft.artifacts.data import Message

        asked = [Message.model_validate(turn) for turn in turns[:-1]]
        ((score,),) = opened.score_labels([asked], [turns[-1]["content"]], QuietTask())
        nll, tokens = nll - score.logprob_nats, tokens + score.tokens
        assert score.tokens == len(sample.ids) - sample.prompt
    assert nll / tokens == pytest.approx(after, abs=1e-4)


def test_the_same_request_gives_the_same_bytes(
    store: LocalModelStore, request_: TrainingRequest, tmp_path: Path
) -> None:
    first = trained(store, request_)
    second = trained(store, replace(request_, run_id="0123456789ab-a2", output_dir=tmp_path / "again"))
    assert first == second


@pytest.mark.parametrize("steps", [0, 1, 2, 5, 8])
def test_a_killed_run_continues_to_the_same_bytes(
    store: LocalModelStore, request_: TrainingRequest, tmp_path: Path, steps: int
) -> None:
    whole = trained(store, replace(request_, output_dir=tmp_path / "whole"))
    provider = PeftProvider(store)
    job = provider.poll(provider.submit(request_), request_, Quiet())
    killer: Progress = Killer(steps)
    with pytest.raises(Killed):
        provider.poll(job, request_, killer)
    again = PeftProvider(store)
    found = again.find(request_)
    assert found is not None
    assert found.status == "running"
    assert again.result(finish(again, found, request_), request_) == whole


def test_a_kill_after_the_result_does_not_train_again(
    store: LocalModelStore, request_: TrainingRequest
) -> None:
    provider = PeftProvider(store)
    first = trained(store, request_)
    job = provider.find(request_)
    assert job is not None
    before = (request_.output_dir / RESULT).stat().st_mtime_ns
    assert (
        provider.poll(job.model_copy(update={"status": "running"}), request_, Killer(0)).status == "succeeded"
    )
    assert (request_.output_dir / RESULT).stat().st_mtime_ns == before
    assert provider.result(job, request_) == first


def test_a_changed_adapter_is_refused(store: LocalModelStore, request_: TrainingRequest) -> None:
    trained(store, request_)
    path = request_.output_dir / "adapter" / "adapter_model.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    provider = PeftProvider(store)
    job = provider.find(request_)
    assert job is not None
    with pytest.raises(DigestMismatch, match=r"adapter_model\.safetensors"):
        provider.result(job, request_)


def test_the_adapter_names_no_path_of_this_machine(store: LocalModelStore, request_: TrainingRequest) -> None:
    trained(store, request_)
    for path in (request_.output_dir / "adapter").glob("*.json"):
        assert str(request_.output_dir) not in path.read_text()
        assert "/tmp" not in path.read_text()
    config = json.loads((request_.output_dir / "adapter" / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == "tiny"
    assert not (request_.output_dir / CHECKPOINTS).exists()


def test_top_layers_leaves_the_lower_ones_alone(store: LocalModelStore, request_: TrainingRequest) -> None:
    from safetensors import safe_open

    top = with_spec(request_, lora={"r": 2, "top_layers": 1})
    model = trained(store, top)
    with safe_open(top.output_dir / "adapter" / "adapter_model.safetensors", framework="pt") as tensors:
        layers = {name.split("layers.")[1].split(".")[0] for name in tensors.keys()}  # noqa: SIM118  # not a dict
    assert layers == {"3"}
    assert model.trainable_parameters is not None


def test_diverging_training_fails_with_advice(store: LocalModelStore, request_: TrainingRequest) -> None:
    wild = with_spec(
        request_, hyperparameters={"learning_rate": 1e30, "batch_size": 4, "max_grad_norm": 1e30}
    )
    provider = PeftProvider(store)
    job = finish(provider, provider.submit(wild), wild)
    assert job.status == "failed"
    assert "learning_rate" in job.message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"method": "supervised", "provider": "manual"}, "nothing that the provider peft does"),
        ({"method": "qlora"}, "needs a CUDA card"),
        ({"hyperparameters": {"max_tokens": 16}}, r"12 of 12 samples of train\.jsonl are longer"),
    ],
)
def test_preflight_refuses_what_would_fail_later(
    store: LocalModelStore, request_: TrainingRequest, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(SpecError, match=message):
        PeftProvider(store).preflight(with_spec(request_, **changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"lora": {"target_modules": ["no_such"]}}, "target_modules names no layer"),
        ({"lora": {"top_layers": 9}}, "top_layers is 9, but the model has 4 layers"),
    ],
)
def test_an_adapter_that_does_not_fit_the_model_is_refused(
    store: LocalModelStore, request_: TrainingRequest, changes: dict[str, Any], message: str
) -> None:
    spec = with_spec(request_, **changes).spec
    with pytest.raises(SpecError, match=message):
        lora.attach(store.load(request_.base_model), spec.lora, 0)


def test_the_loss_equals_that_of_transformers(store: LocalModelStore, request_: TrainingRequest) -> None:
    """Shared prompt, padding and logits at answers only change nothing of the completion-only loss."""
    chat = store.chat(request_.base_model)
    samples = read_samples(request_.training_file, chat, 256)
    plain = store.load(request_.base_model)
    with torch.no_grad():
        total, count = 0.0, 0
        for sample in samples:
            labels = [-100] * sample.prompt + sample.ids[sample.prompt :]
            found = plain(torch.tensor([sample.ids]), labels=torch.tensor([labels])).loss.item()
            tokens = len(sample.ids) - sample.prompt
            total, count = total + found * tokens, count + tokens
    model = store.load(request_.base_model)
    _, trainable = lora.attach(model, request_.spec.lora, 0)
    loop = Loop(
        Trunk(model),
        trainable,
        Data(samples, samples),
        request_.spec.hyperparameters,
        Checkpoints(request_.output_dir),
    )
    assert loop.validation_loss() == pytest.approx(total / count, abs=1e-5)


def test_a_damaged_checkpoint_is_passed_over(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    for step in (2, 4, 6):
        checkpoints.save(step, {"x": torch.full((3,), float(step))}, {"tokens": step})
    assert len(list(tmp_path.iterdir())) == 2  # the oldest is gone
    newest = tmp_path / "step-00000006" / "tensors.safetensors"
    newest.write_bytes(newest.read_bytes()[:-2])
    found = checkpoints.latest()
    assert found is not None
    assert found[1]["step"] == 4
    assert found[0]["x"].tolist() == [4.0, 4.0, 4.0]
    checkpoints.clear()
    assert checkpoints.latest() is None


def test_batches_hold_every_sample_once_and_depend_on_seed_and_epoch_alone() -> None:
    samples = [Sample([0] * (3 + number % 11), 1) for number in range(101)]
    first = batches(samples, 8, 5, 0)
    assert sorted(index for batch in first for index in batch) == list(range(101))
    assert max(len(batch) for batch in first) == 8
    assert first == batches(samples, 8, 5, 0)
    assert first != batches(samples, 8, 5, 1)
    assert first != batches(samples, 8, 6, 0)


def test_steps_and_learning_rate() -> None:
    spec = Hyperparameters(n_epochs=2, batch_size=8, learning_rate=0.1, warmup_fraction=0.2)
    assert steps_of(20, spec) == 6
    assert steps_of(20, spec.model_copy(update={"max_steps": 4})) == 4
    rates = [learning_rate(step, 10, spec) for step in range(10)]
    assert rates[:3] == pytest.approx([0.05, 0.1, 0.1])
    assert rates == sorted(rates[:2]) + sorted(rates[2:], reverse=True)
    assert rates[-1] == pytest.approx(0.1 / 8)
