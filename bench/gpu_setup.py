"""What all parts of the GPU benchmark share: random models and samples, the clock, what is counted."""

import argparse
import json
import statistics
import time
from contextlib import contextmanager
from typing import Any

# Dense bf16 of the SXM cards' datasheet; what a matrix product reaches is measured beside it.
PEAK = {"H100": 989.4e12, "H200": 989.4e12, "A100": 312e12}
SHAPES: dict[str, dict[str, Any]] = {
    "8b": {"hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32},
    "1b": {
        "hidden_size": 2048,
        "intermediate_size": 8192,
        "num_hidden_layers": 16,
        "tie_word_embeddings": True,
    },
    "tiny": {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2},
}
VOCABULARY = 128_256
WARM = 3


def tell(options: argparse.Namespace, **facts: Any) -> None:
    print(json.dumps({"part": options.worker, **facts}), flush=True)


def device_of(options: argparse.Namespace) -> str:
    return "cpu" if options.smoke else "cuda"


def random_model(options: argparse.Namespace, shape: str) -> Any:
    import torch
    from transformers import AutoModelForCausalLM, LlamaConfig

    small = shape == "tiny"
    config = LlamaConfig(
        vocab_size=259 if small else VOCABULARY,
        num_attention_heads=4 if small else 32,
        num_key_value_heads=2 if small else 8,
        max_position_embeddings=8192,
        pad_token_id=0,
        **SHAPES[shape],
    )
    with torch.device(device_of(options)):
        return AutoModelForCausalLM.from_config(
            config, dtype=torch.float32 if options.smoke else torch.bfloat16, attn_implementation="sdpa"
        )


def in_four_bits(model: Any) -> None:
    """As transformers reads a model with load_in_4bit: NF4, embeddings and head as they are."""
    import bitsandbytes
    import torch

    for layer in model.model.layers:
        for part in (layer.self_attn, layer.mlp):
            for name, linear in list(part.named_children()):
                if isinstance(linear, torch.nn.Linear):
                    narrow = bitsandbytes.nn.Linear4bit(
                        linear.in_features,
                        linear.out_features,
                        bias=False,
                        compute_dtype=linear.weight.dtype,
                        compress_statistics=False,
                        quant_type="nf4",
                        device="meta",
                    )
                    weight = bitsandbytes.nn.Params4bit(
                        linear.weight.data,
                        requires_grad=False,
                        compress_statistics=False,
                        quant_type="nf4",
                    )
                    narrow.weight = weight.to(linear.weight.device)
                    setattr(part, name, narrow)
    model.is_loaded_in_4bit = True


def random_samples(options: argparse.Namespace, rows: int, length: int, prompt: int = 1) -> list[Any]:
    import random

    from clinft.adapters.training.samples import Sample

    rng = random.Random(1)
    return [
        Sample([rng.randrange(5, 250 if options.smoke else 120_000) for _ in range(length)], prompt)
        for _ in range(rows)
    ]


def length_of(options: argparse.Namespace) -> int:
    return 64 if options.smoke else 2048


def attached(model: Any, r: int = 16) -> tuple[Any, dict[str, Any]]:
    from clinft.adapters.training import lora
    from clinft.spec.training import LoraSpec

    adapted, trainable = lora.attach(model, LoraSpec(r=r, lora_alpha=2 * r), 0)
    adapted.train()
    return adapted, trainable


def flops(model: Any, trainable: int, length: int) -> float:
    """Of the model, per token, forward and backward of LoRA, nothing computed twice.

    4 for each weight of a matrix product (2 forward, 2 for the gradient of its input; the head included, the
    input embedding not), 6 for each adapter weight, and causal attention: 6 · layers · width · length.
    """
    import torch

    config = model.config
    weights = sum(
        module.in_features * module.out_features
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and "lora_" not in name
    )
    width = config.num_attention_heads * (config.head_dim or config.hidden_size // config.num_attention_heads)
    return 4.0 * weights + 6.0 * trainable + 6.0 * config.num_hidden_layers * width * length


def rate(
    options: argparse.Namespace, model: Any, trainable: int, length: int, tokens: int, seconds: list[float]
) -> dict[str, Any]:
    import torch

    steady = seconds[WARM:] or seconds[-1:]
    speed = tokens / statistics.median(steady)
    per_token = flops(model, trainable, length)
    facts: dict[str, Any] = {
        "tokens_per_s": round(speed, 1),
        "step_s": [round(one, 4) for one in seconds],
        "tokens_per_step": tokens,
        "gflop_per_token": round(per_token / 1e9, 3),
        "tflops": round(per_token * speed / 1e12, 1),
    }
    if not options.smoke:
        name = torch.cuda.get_device_name()
        peak = next((value for key, value in PEAK.items() if key in name), None)
        total = sum(parameter.numel() for parameter in model.parameters()) - trainable
        if peak:
            facts["mfu"] = round(per_token * speed / peak, 4)
            facts["mfu_by_4.28N"] = round(4.28 * total * speed / peak, 4)
        facts |= gpu_memory()
    return facts


def gpu_memory() -> dict[str, float]:
    import torch

    free, total = torch.cuda.mem_get_info()
    return {
        "allocated_gb": round(torch.cuda.max_memory_allocated() / 1e9, 2),
        "reserved_gb": round(torch.cuda.max_memory_reserved() / 1e9, 2),
        "device_used_gb": round((total - free) / 1e9, 2),
    }


class Clock:
    """clinft's Progress: each advance is the end of a step, after the loss was read from the device."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.times: list[float] = []

    @contextmanager
    def task(self, label: str, total: int, done: int = 0) -> Any:
        self.times.append(time.monotonic())
        yield self

    def advance(self, amount: int = 1, **fields: Any) -> None:
        self.times.append(time.monotonic())

    def note(self, text: str) -> None:
        self.notes.append(text)

    def steps(self) -> list[float]:
        return [after - before for before, after in zip(self.times, self.times[1:], strict=False)]


def reset(options: argparse.Namespace) -> None:
    import gc

    import torch

    gc.collect()
    if not options.smoke:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
