"""The cards of this machine, and whether one of them holds a model that is trained on it."""

import math
from pathlib import Path

# Of a card's memory, what may be weights, gradients and the optimizer's numbers; activations need the rest.
SHARE = 0.7
# Of what is free after a sample went through, what more of them may take.
SPARE = 0.8
# Bytes for each parameter of the base model. LoRA: bfloat16, frozen. qlora is never in shards.
BYTES = {"lora": 2.0, "dora": 2.0, "qlora": 0.6, "full": 16.0}


def count() -> int:
    """1 where there is none: processors are shared by threads, not by processes."""
    import torch

    return max(1, torch.cuda.device_count())


def holds(folder: Path, method: str) -> bool:
    """Whether the smallest card holds the model in `folder` whole."""
    import torch

    if not torch.cuda.is_available():
        return True
    memory = min(
        torch.cuda.get_device_properties(card).total_memory for card in range(torch.cuda.device_count())
    )
    return fits(parameters(folder), method, memory)


def fits(parameters: int, method: str, memory_bytes: int) -> bool:
    return parameters * BYTES[method] <= SHARE * memory_bytes


def tokens_at_once(one: int, most: int, taken_bytes: int, free_bytes: int) -> int:
    """At `most` so many; a sample with `one` so many took `taken_bytes` beside the weights."""
    times = int(SPARE * free_bytes / max(1, taken_bytes))
    return min(most, max(1, times) * one)


def parameters(folder: Path) -> int:
    """Numbers in all weight files, whatever their precision."""
    from safetensors import safe_open

    total = 0
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, framework="pt") as tensors:
            names = tensors.keys()
            total += sum(math.prod(tensors.get_slice(name).get_shape()) for name in names)
    return total
