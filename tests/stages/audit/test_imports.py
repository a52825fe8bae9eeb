"""The audit loads Presidio without torch, and leaves torch usable for the stages after it."""

import subprocess
import sys

import pytest

from clinft.stages.audit.engine import absent

AUDITED = "from clinft.stages.audit.engine import analyze\nassert analyze('SSN 219-09-9998')\n"
LIGHT = """
import sys
assert not {'torch', 'transformers', 'matplotlib'} & set(sys.modules)
assert None not in sys.modules.values()
"""
THEN_TRAIN = """
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, LlamaConfig

config = LlamaConfig(
    vocab_size=16, hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=2,
    num_key_value_heads=2,
)
model = AutoModelForCausalLM.from_config(config)
model = get_peft_model(model, LoraConfig(r=2, target_modules=["q_proj"], task_type="CAUSAL_LM"))
tokens = torch.tensor([[1, 2, 3]])
loss = model(input_ids=tokens, labels=tokens).loss
loss.backward()
assert torch.isfinite(loss)
assert analyze('SSN 219-09-9998')
"""


def run(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_audit_loads_neither_torch_nor_transformers() -> None:
    run(AUDITED + LIGHT)


@pytest.mark.slow
def test_torch_transformers_and_peft_work_in_the_process_that_audited() -> None:
    run(AUDITED + LIGHT + THEN_TRAIN)


def test_a_hidden_module_cannot_be_imported_inside_and_is_forgotten_outside() -> None:
    name = "colorsys"
    sys.modules.pop(name, None)
    with absent((name, "json")):
        assert sys.modules["json"] is not None
        with pytest.raises(ModuleNotFoundError):
            __import__(name)
    assert __import__(name).rgb_to_hsv(0, 0, 0) == (0.0, 0.0, 0)
