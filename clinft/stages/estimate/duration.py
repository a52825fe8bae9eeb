"""How long training takes: from a speed that was measured, or from the operations that it needs."""

from dataclasses import dataclass

from clinft.stages.estimate.machine import Gpu, ModelShape

MEASURED_MARGIN = 3.0
# Operations for each parameter and token. LoRA: torch's FlopCounter gave 4.28, and 6.20 with checkpointing,
# which the shares of the peak below include. Full: 6.00.
LORA_OPERATIONS, FULL_OPERATIONS = 4, 6
# Shares of the peak, from QwenLM's measurements on A100 (7B, 2,048 tokens). Samples of 512 tokens reach half
# of it; from there it rises no faster than they grow, so that more tokens never take less time.
MFU_LORA, MFU_QLORA = 0.30, 0.23
SHORT_SAMPLE_TOKENS, SHORT_SHARE = 512, 0.5
FASTER, SLOWER = 0.6, 1.6


@dataclass(frozen=True)
class Throughput:
    """Training speed as it was measured once: on which machine, when."""

    tokens_per_second: float
    basis: str


@dataclass(frozen=True)
class Duration:
    """Of training itself, without setting the machine up."""

    minutes: float
    minutes_upper: float
    basis: str


def measured(tokens: int, speed: Throughput) -> Duration:
    minutes = tokens / speed.tokens_per_second / 60
    return Duration(minutes, minutes * MEASURED_MARGIN, speed.basis)


@dataclass(frozen=True)
class Work:
    """Tokens over all epochs, and of one sample; `most` are their bounds."""

    tokens: int
    per_sample: float
    most: int
    most_per_sample: float


def by_operations(work: Work, shape: ModelShape, gpu: Gpu, method: str) -> Duration:
    """On one card, with the samples of a batch padded to the longest of them. Where several train it is not
    divided: what they gain was not measured.
    """
    operations = FULL_OPERATIONS if method == "full" else LORA_OPERATIONS
    each = operations * shape.parameters / (gpu.bf16_tflops * 1e12) / 60
    share = _share_of_peak(work.per_sample, gpu, method)
    minutes = each * work.tokens / share
    return Duration(
        minutes,
        each * work.most / _share_of_peak(work.most_per_sample, gpu, method) * SLOWER,
        f"{operations} × {shape.parameters:,} parameters × {work.tokens:,} tokens / ({gpu.bf16_tflops:g} "
        f"TFLOP/s of {gpu.name} × {share:.3g}) = {minutes:.1f} minutes, from {minutes * FASTER:.1f} to "
        f"{minutes * SLOWER:.1f}; computed, not measured",
    )


def _share_of_peak(tokens_per_sample: float, gpu: Gpu, method: str) -> float:
    if method == "qlora":
        share = MFU_QLORA if gpu.mfu_qlora is None else gpu.mfu_qlora
    else:
        share = MFU_LORA if gpu.mfu_lora is None else gpu.mfu_lora
    return share * min(1.0, max(SHORT_SHARE, SHORT_SHARE * tokens_per_sample / SHORT_SAMPLE_TOKENS))
