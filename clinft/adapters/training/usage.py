"""Memory that this process has taken so far, at most."""

import resource
import sys

import torch


def process_peak_mib() -> int:
    # Linux counts kilobytes, macOS bytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10))


def device_peak_mib() -> int:
    return round(torch.cuda.max_memory_allocated() / 2**20)


def peak_mib(device: torch.device) -> int:
    """Where the model lies: on the card, else of the process."""
    return device_peak_mib() if device.type == "cuda" else process_peak_mib()
