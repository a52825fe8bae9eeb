"""A tiny Llama with an adapter that changes its answers, written as training writes them; nothing is trained."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinft.adapters.model.store import LocalModelStore
from clinft.artifacts.planning import BaseModelIdentity
from tests.fakes import tiny_llama
from tests.fakes.progress import Quiet


@dataclass(frozen=True)
class Adapted:
    store: LocalModelStore
    base: BaseModelIdentity
    adapter: Path
    weights: dict[str, str]


def adapted(root: Path, dora: bool = False, **config: Any) -> Adapted:
    """`config`: what the base model's config.json has otherwise; its weights are written in its `dtype`."""
    import torch

    from clinft.adapters.training import lora
    from clinft.spec.training import LoraSpec

    tiny_llama.write(root / "tiny", layers=2, merges=tiny_llama.MERGES)
    if config:
        change(root / "tiny", **config)
    store = LocalModelStore(root, root / "cache", Quiet())
    base = store.identify("tiny", None)
    spec = LoraSpec(r=4, lora_alpha=8, target_modules=("q_proj", "k_proj", "v_proj", "down_proj"))
    model, trainable = lora.attach(store.load(base), spec, 3, dora=dora)
    torch.manual_seed(5)
    with torch.no_grad():
        for name, parameter in trainable.items():
            if "lora_" in name:
                parameter.copy_(torch.randn_like(parameter) * 0.3)
    weights = lora.write(model, root / "adapter", base, {"plan_digest": "a" * 64})
    return Adapted(store, base, root / "adapter", weights)


def change(folder: Path, **config: Any) -> None:
    """Saved anew, so that config.json and weights agree."""
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(folder, dtype="float32")
    dtype = config.pop("dtype", "float32")
    for name, value in config.items():
        setattr(model.config, name, value)
    if model.config.tie_word_embeddings:
        model.lm_head.weight = model.model.embed_tokens.weight
    model.to(getattr(torch, dtype)).save_pretrained(folder)
