"""Base and adapter in one: the same function, in the base model's own type, as safetensors alone."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM

from clinft.adapters.model import handover, quiet
from clinft.adapters.model.handover import LocalWeights
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.data import Message
from clinft.errors import PolicyViolation
from clinft.ports.handover import Made, Tuned
from tests.fakes.adapted import Adapted, adapted
from tests.fakes.progress import Quiet

ASKED = [
    (
        Message(role="system", content="Answer with one word."),
        Message(role="user", content="the other 12 hours"),
    )
]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Adapted:
    return adapted(tmp_path_factory.mktemp("tiny"))


def merge(tiny: Adapted, folder: Path) -> Made:
    folder.mkdir()
    tuned = Tuned(tiny.base, tiny.adapter, True, ASKED)
    return LocalWeights(tiny.store, Quiet()).merge(tuned, folder)


def logits(model: Any, tiny: Adapted) -> torch.Tensor:
    with torch.no_grad():
        ids = tiny.store.chat(tiny.base).prompt_ids(ASKED[0])
        found: torch.Tensor = model(input_ids=torch.tensor([ids])).logits[0].float()
    return found


def test_it_is_the_base_with_the_adapter(tiny: Adapted, tmp_path: Path) -> None:
    from peft import PeftModel

    made = merge(tiny, tmp_path / "out")
    base = tiny.store.load(tiny.base)
    plain = logits(base, tiny)
    with quiet.transformers():
        wanted = logits(PeftModel.from_pretrained(base, str(tiny.adapter)).eval(), tiny)
    found = logits(AutoModelForCausalLM.from_pretrained(tmp_path / "out", dtype="auto"), tiny)
    assert (found - wanted).abs().max() < 1e-4
    assert (plain - wanted).abs().max() > 0.1, "the adapter changes something"
    assert made.dtype == "float32"
    assert made.fidelity.positions == len(wanted)
    assert made.fidelity.same_first_choice == made.fidelity.positions
    assert made.fidelity.relative_difference < made.fidelity.tolerance


def test_the_folder_is_safetensors_and_the_base_models_own_tokenizer(tiny: Adapted, tmp_path: Path) -> None:
    made = merge(tiny, tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {Path(name).suffix for name in names} <= {".safetensors", ".json", ".jinja"}
    there = tiny.store.folder(tiny.base)
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        assert (tmp_path / "out" / name).read_bytes() == (there / name).read_bytes()
    assert made.base_files["model.safetensors"] == digest_file(there / "model.safetensors")


def test_large_weights_are_written_in_parts(
    tiny: Adapted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "SHARD", "50KB")
    merge(tiny, tmp_path / "out")
    index = json.loads((tmp_path / "out" / "model.safetensors.index.json").read_text())
    assert len(set(index["weight_map"].values())) > 1


@pytest.mark.parametrize(("dtype", "dora"), [("bfloat16", False), ("float16", False), ("float32", True)])
def test_it_is_written_in_the_type_of_the_base(tmp_path: Path, dtype: str, dora: bool) -> None:
    tiny = adapted(tmp_path, dora=dora, dtype=dtype)
    made = merge(tiny, tmp_path / "out")
    written = AutoModelForCausalLM.from_pretrained(tmp_path / "out", dtype="auto")
    assert made.dtype == dtype
    assert str(written.dtype) == f"torch.{dtype}"


def test_what_answers_otherwise_is_not_handed_over(
    tiny: Adapted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if merging had lost the adapter."""
    from peft import PeftModel

    monkeypatch.setattr(PeftModel, "merge_and_unload", lambda self: self.unload(), raising=False)
    with pytest.raises(PolicyViolation, match="does not answer as the model that was evaluated"):
        merge(tiny, tmp_path / "out")
