"""Where a model runs on this machine, and in which precision."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Device:
    name: Literal["cuda", "mps", "cpu"]
    # fp32 on CPUs: without AMX bf16 is three times slower (measured 2026-11-23).
    dtype: Literal["bfloat16", "float32"]


def choose() -> Device:
    import torch

    if torch.cuda.is_available():
        return Device("cuda", "bfloat16" if torch.cuda.is_bf16_supported() else "float32")
    if torch.backends.mps.is_available():
        return Device("mps", "float32")
    return Device("cpu", "float32")


def current(device: Device) -> str:
    """Of several cards the one that this process works on."""
    if device.name != "cuda":
        return device.name
    import torch

    return f"cuda:{torch.cuda.current_device()}"
