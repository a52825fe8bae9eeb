"""Machines, cards and sizes of models: from the table, from the policy, from a folder of weights."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from clinft.artifacts.planning import BaseModelIdentity
from clinft.errors import SpecError
from clinft.pipeline import machines
from clinft.spec.policy import Runner
from tests.fakes.frozen_tables import freeze

TODAY = date(2026, 11, 26)
G6 = "aws:g6.xlarge:us-east-1"
TABLE = machines.machine_table()
CONFIG = {
    "hidden_size": 8,
    "num_hidden_layers": 2,
    "intermediate_size": 16,
    "vocab_size": 32,
    "tie_word_embeddings": True,
}


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)


def test_every_row_is_dated_and_sourced_and_every_card_is_known() -> None:
    for row in (*TABLE.instances, *TABLE.gpus, *TABLE.shapes):
        assert date(2026, 1, 1) <= date.fromisoformat(row.as_of) <= date(2030, 1, 1)
        assert len(row.source.split()) >= 4
    names = [row.name for row in TABLE.instances]
    assert len(set(names)) == len(names)
    for row in TABLE.instances:
        card = machines.gpu_named(row.gpu)
        assert card is not None
        assert card.memory_gb == row.memory_gb
        assert row.usd_per_hour > 0
        assert machines.instance_named(row.name).price is not None


@pytest.mark.usefixtures("frozen")
def test_an_instance_has_its_price_with_region_day_and_source() -> None:
    found = machines.instance_named(G6)
    assert found.price is not None
    assert (found.price.value, found.price.region, found.price.as_of) == (
        Decimal("0.8048"),
        "us-east-1",
        "2026-08-17",
    )
    assert found.gpu is not None
    assert found.gpu.name == "L4"
    with pytest.raises(SpecError, match="no such instance"):
        machines.instance_named("aws:g6.xlarge:eu-west-1")


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize(
    ("runner", "usd", "card"),
    [
        ({}, None, None),
        ({"gpu": "L40S"}, None, "L40S"),
        ({"gpu": "nobody's"}, None, None),
        ({"instance": G6}, "0.8048", "L4"),
        ({"instance": G6, "usd_per_hour": "0.5"}, "0.5", "L4"),
        (
            {"instance": G6, "usd_per_hour": "0"},
            None,
            "L4",
        ),  # a machine that is free is not priced by the table
        ({"usd_per_hour": "2", "gpu": "H100"}, "2", "H100"),
    ],
)
def test_what_the_policy_says_comes_before_the_table(
    runner: dict[str, Any], usd: str | None, card: str | None
) -> None:
    found = machines.runner_machine("box", Runner.model_validate(runner), TODAY)
    assert (None if found.price is None else str(found.price.value)) == usd
    assert (None if found.gpu is None else found.gpu.name) == card
    if "usd_per_hour" in runner and found.price is not None:
        assert found.price.as_of == "2026-11-26"
        assert ".github/clinft.yml" in found.price.source


def write_model(folder: Path, config: dict[str, Any], tensors: dict[str, list[int]]) -> Path:
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    header = {
        name: {"dtype": "F16", "shape": shape, "data_offsets": [0, 0]} for name, shape in tensors.items()
    }
    data = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
    (folder / "model.safetensors").write_bytes(len(data).to_bytes(8, "little") + data)
    return folder


def test_a_folder_says_how_large_its_model_is(tmp_path: Path) -> None:
    write_model(tmp_path / "model", CONFIG, {"a": [32, 8], "b": [8], "scalar": []})
    identity = BaseModelIdentity(ref="model", kind="folder", digest="0" * 64)
    found = machines.shape_of(identity, tmp_path)
    assert found is not None
    assert (found.parameters, found.layers, found.hidden, found.ffn, found.vocabulary, found.tied) == (
        32 * 8 + 8 + 1,
        2,
        8,
        16,
        32,
        True,
    )


@pytest.mark.parametrize(
    "config",
    [{**CONFIG, "hidden_size": "8"}, {**CONFIG, "num_local_experts": 8}, {"vocab_size": 32}, []],
    ids=["text", "a mixture of experts", "incomplete", "no object"],
)
def test_a_folder_that_does_not_say_it_has_no_size(tmp_path: Path, config: Any) -> None:
    assert machines.shape_of_folder(write_model(tmp_path / "model", config, {"a": [1]})) is None


@pytest.mark.parametrize("data", [b"", b"\xff" * 8, b"\x04\x00\x00\x00\x00\x00\x00\x00nope"])
def test_damaged_weights_have_no_size(tmp_path: Path, data: bytes) -> None:
    folder = write_model(tmp_path / "model", CONFIG, {"a": [1]})
    (folder / "model.safetensors").write_bytes(data)
    assert machines.shape_of_folder(folder) is None
    assert machines.shape_of_folder(tmp_path / "absent") is None


@pytest.mark.parametrize(
    ("ref", "kind", "parameters"),
    [
        ("builtin:smollm2-135m", "builtin", 134_515_008),
        ("Qwen/Qwen3-8B", "hub", 8_190_735_360),
        ("someone/else", "hub", None),
        ("gpt-4.1", "hosted", None),
    ],
)
def test_the_size_of_other_models_is_in_the_table_or_unknown(
    ref: str, kind: Any, parameters: int | None
) -> None:
    found = machines.shape_of(BaseModelIdentity(ref=ref, kind=kind, digest="0" * 64), Path())
    assert (None if found is None else found.parameters) == parameters
