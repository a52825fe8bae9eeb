"""Recipes beside plain LoRA on a tiny random model: DoRA, and weights in four bits."""

import json
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open

from clinft.adapters.model.prefix import Trunk
from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training import lora, lora_product, packed
from clinft.adapters.training.padded import Padded
from clinft.adapters.training.peft import PeftProvider
from clinft.adapters.training.samples import Sample
from clinft.artifacts.model import TrainedModel
from clinft.ports.training import TrainingRequest
from clinft.spec.training import LoraSpec, TrainingSpec
from tests.adapters.training.contract import finish
from tests.fakes import lora_request

BATCH = [Sample([5, 6, 7, 8, 9, 10], 3), Sample([5, 6, 30, 31], 2), Sample([5, 9, 9, 4, 77, 3, 2, 60], 5)]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> LocalModelStore:
    return lora_request.store(tmp_path_factory.mktemp("repository"))


@pytest.fixture
def request_(tmp_path: Path, store: LocalModelStore) -> TrainingRequest:
    return lora_request.request(tmp_path, store)


def with_method(request: TrainingRequest, method: str, **changes: Any) -> TrainingRequest:
    spec = {**lora_request.SPEC, "method": method, **changes}
    return replace(request, spec=TrainingSpec.model_validate(spec, strict=False))


def trained(store: LocalModelStore, request: TrainingRequest) -> TrainedModel:
    provider = PeftProvider(store)
    provider.preflight(request)
    job = finish(provider, provider.submit(request), request)
    assert job.status == "succeeded", job.message
    return provider.result(job, request)


def test_dora_learns_the_length_of_each_weight_too(store: LocalModelStore, request_: TrainingRequest) -> None:
    model = trained(store, with_method(request_, "dora"))
    folder = request_.output_dir / "adapter"
    assert json.loads((folder / "adapter_config.json").read_text())["use_dora"] is True
    with safe_open(folder / "adapter_model.safetensors", framework="pt") as tensors:
        lengths = [name for name in tensors.keys() if "magnitude" in name]  # noqa: SIM118  # not a dict
    assert len(lengths) == 4 * 7
    first, last = model.loss[0], model.loss[-1]
    assert first.validation_loss is not None
    assert last.validation_loss is not None
    assert last.validation_loss < first.validation_loss
    # Evaluation merges the adapter into the weights.
    store.open(request_.base_model, folder)


def test_dora_is_never_multiplied_as_plain_lora(store: LocalModelStore) -> None:
    model = store.load(store.identify("tiny", None))
    wrapped, _ = lora.attach(model, LoraSpec(r=4), 0, dora=True)
    assert lora_product.use(wrapped) == 0


def test_packed_rows_of_dora_have_the_loss_of_padded_ones(store: LocalModelStore) -> None:
    model = store.load(store.identify("tiny", None))
    wrapped, trainable = lora.attach(model, LoraSpec(r=4), 0, dora=True)
    wrapped.train()
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in trainable.values():
            parameter.add_(torch.randn_like(parameter) * 0.05)
    trunk = Trunk(model)
    expected = Padded(trunk, 1).loss(BATCH)[0].item()
    assert packed.prepare(trunk)
    assert packed.Packed(trunk, 1, whole=True).loss(BATCH)[0].item() == pytest.approx(expected, rel=1e-5)


def test_an_adapter_that_drops_inputs_is_checked_without_dropping(store: LocalModelStore) -> None:
    model = store.load(store.identify("tiny", None))
    wrapped, trainable = lora.attach(model, LoraSpec(r=4, lora_dropout=0.5), 0)
    wrapped.train()
    with torch.no_grad():
        for parameter in trainable.values():
            parameter.normal_(std=0.5)
    assert packed.prepare(Trunk(model))
    assert all(module.training for module in model.modules())


@pytest.mark.skipif(find_spec("bitsandbytes") is None, reason="bitsandbytes (extra qlora) is not installed")
def test_packed_rows_of_four_bits_have_the_loss_of_padded_ones(store: LocalModelStore) -> None:
    """bitsandbytes also computes on processors, slowly."""
    model = store.load(store.identify("tiny", None), four_bits=True)
    wrapped, trainable = lora.attach(model, LoraSpec(r=4), 0)
    wrapped.train()
    trunk = Trunk(model)
    expected = Padded(trunk, 1).loss(BATCH)[0].item()
    assert packed.prepare(trunk)
    found = packed.Packed(trunk, 1, whole=True).loss(BATCH)[0]
    assert found.item() == pytest.approx(expected, rel=1e-3)
    found.backward()
    assert all(parameter.grad is not None for parameter in trainable.values())
