"""The audit loads no Presidio unless it is asked to, then without torch, and leaves torch usable afterwards."""

import subprocess
import sys

import pytest

from clinft.stages.audit.light import absent

AUDITED = """
from clinft.stages.audit.scan import finds_in
assert finds_in('SSN 219-09-9998', '')
"""
ALONE = """
import sys
assert not {'presidio_analyzer', 'spacy', 'torch', 'transformers', 'hyperscan'} & set(sys.modules)
"""
WITH_PRESIDIO = """
from clinft.spec.audit_policy import AuditPolicy
from clinft.stages.audit import engine
assert engine.of(AuditPolicy(presidio=('UsItinRecognizer',))).finds('912-70-1234')
assert engine.analyzer().analyze('SSN 219-09-9998', 'en')
"""
LIGHT = """
import sys
assert 'presidio_analyzer' in sys.modules
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
assert engine.of(AuditPolicy(presidio=('UsItinRecognizer',))).finds('912-70-1235')
"""


def run(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_few_texts_are_searched_without_presidio_and_hyperscan() -> None:
    run(AUDITED + ALONE)


def test_presidio_is_loaded_without_torch_and_transformers() -> None:
    run(WITH_PRESIDIO + LIGHT)


@pytest.mark.slow
def test_torch_transformers_and_peft_work_in_the_process_that_audited() -> None:
    run(WITH_PRESIDIO + LIGHT + THEN_TRAIN)


def test_a_hidden_module_cannot_be_imported_inside_and_is_forgotten_outside() -> None:
    name = "colorsys"
    sys.modules.pop(name, None)
    with absent((name, "json")):
        assert sys.modules["json"] is not None
        with pytest.raises(ModuleNotFoundError):
            __import__(name)
    assert __import__(name).rgb_to_hsv(0, 0, 0) == (0.0, 0.0, 0)
