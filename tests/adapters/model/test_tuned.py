"""Weights that do not belong to the model they are put on."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training import lora
from clinft.errors import ClinftError, DigestMismatch, SpecError
from clinft.spec.training import LoraSpec
from tests.fakes import tiny_llama
from tests.fakes.progress import Quiet


@dataclass(frozen=True)
class Made:
    """`adapter` was trained from `four`, of four layers; `two` has two."""

    models: LocalModelStore
    adapter: Path


@pytest.fixture
def made(tmp_path: Path) -> Made:
    tiny_llama.write(tmp_path / "four")
    tiny_llama.write(tmp_path / "two", layers=2)
    models = LocalModelStore(tmp_path, tmp_path / "cache", Quiet())
    base = models.identify("four", None)
    adapted, _ = lora.attach(models.load(base), LoraSpec(r=2), 0)
    lora.write(adapted, tmp_path / "adapter", base, {})
    return Made(models, tmp_path / "adapter")


def refusal(made: Made, base: str) -> ClinftError:
    with pytest.raises(ClinftError) as caught:
        made.models.open(made.models.identify(base, None), made.adapter)
    return caught.value


def test_its_own_base_model_takes_an_adapter(made: Made) -> None:
    made.models.open(made.models.identify("four", None), made.adapter)


def test_the_manifest_tells_another_base_model(made: Made) -> None:
    error = refusal(made, "two")
    assert isinstance(error, DigestMismatch)
    assert error.what == "The weights in adapter were trained from another base model than two."


def without_layers(made: Made) -> str:
    """The model has fewer layers than the adapter: PEFT would leave the rest out."""
    return "two"


def missing_layers(made: Made) -> str:
    """The model has more layers than the adapter: PEFT would leave them as they are."""
    base = made.models.identify("two", None)
    adapted, _ = lora.attach(made.models.load(base), LoraSpec(r=2), 0)
    lora.write(adapted, made.adapter, base, {})
    return "four"


def other_sizes(made: Made) -> str:
    config = made.adapter / "adapter_config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "r": 3}))
    return "four"


def unknown_layers(made: Made) -> str:
    config = made.adapter / "adapter_config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "target_modules": ["no_such"]}))
    return "four"


@pytest.mark.parametrize("prepare", [without_layers, missing_layers, other_sizes, unknown_layers])
def test_an_adapter_of_another_shape_is_refused(made: Made, prepare: Callable[[Made], str]) -> None:
    base = prepare(made)
    (made.adapter / "manifest.json").unlink()
    error = refusal(made, base)
    assert isinstance(error, SpecError)
    assert error.what == f"The adapter in adapter does not fit the base model {base}."


@pytest.mark.parametrize("size", [0, 100])
def test_an_adapter_that_is_cut_off_is_refused(made: Made, size: int) -> None:
    path = made.adapter / "adapter_model.safetensors"
    path.write_bytes(path.read_bytes()[:size])
    error = refusal(made, "four")
    assert isinstance(error, DigestMismatch)
    assert error.what == "The adapter in adapter cannot be read."
