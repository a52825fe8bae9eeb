"""What a machine can do, and how much of its memory training needs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clinft.artifacts.planning import Price

# Of the formula below, with all logits, against 42 points that others measured: from 27 % too little to
# 10 % too much. Against clinft's own loop on an H200: 2 and 3 % too much (docs/benchmarks.md).
UNDER, OVER = 0.27, 0.10
HEADROOM = 1.25
# As in adapters/training/answer_loss.py: float32 logits that exist at once.
LOGITS_BYTES = 512 * 2**20


@dataclass(frozen=True)
class ModelShape:
    """`tied`: the embedding serves as the output layer too."""

    parameters: int
    layers: int
    hidden: int
    ffn: int
    vocabulary: int
    tied: bool
    source: str

    @property
    def embedding_parameters(self) -> int:
        return self.vocabulary * self.hidden * (1 if self.tied else 2)


@dataclass(frozen=True)
class Gpu:
    """`mfu_*`: the share of the peak that training reaches, where it is not the usual one."""

    name: str
    bf16_tflops: float
    memory_gb: float
    source: str
    mfu_lora: float | None = None
    mfu_qlora: float | None = None


@dataclass(frozen=True)
class Machine:
    """`price` None: it is yours, and nobody here knows what it costs you."""

    name: str
    price: Price | None = None
    gpu: Gpu | None = None
    gpus: int = 1
    minimum_minutes: float = 0.0


@dataclass(frozen=True)
class Memory:
    """Gigabytes, with the band in which the measured points lie."""

    gb: float
    gb_low: float
    gb_high: float


def lora_parameters(shape: ModelShape, r: int, modules: Sequence[str], layers: int | None = None) -> int:
    """Grouped key and value heads are taken as full ones, so that this is never too little."""
    square, wide = 2 * shape.hidden, shape.hidden + shape.ffn
    sides = dict.fromkeys(("q_proj", "k_proj", "v_proj", "o_proj"), square)
    sides |= dict.fromkeys(("gate_proj", "up_proj", "down_proj"), wide)
    adapted = min(layers, shape.layers) if layers is not None else shape.layers
    return r * adapted * sum(sides.get(name.rsplit(".", maxsplit=1)[-1], wide) for name in modules)


def vram_gb(
    shape: ModelShape,
    trained: int,
    sequence: int,
    batch: int,
    *,
    quantised: bool = False,
    logits_in_parts: bool = True,
) -> Memory:
    """Of training with checkpointed activations: weights, optimizer, activations, logits.

    `trained`: parameters that have gradients, as of an adapter. `quantised`: weights in four bits (NF4),
    embeddings excepted. `logits_in_parts`: as clinft's loop computes them; other trainers hold those of all
    positions.
    """
    embedding = shape.embedding_parameters
    if quantised:
        weights = 2 * embedding + 0.56 * max(0, shape.parameters - embedding)
    else:
        weights = 2.0 * shape.parameters
    tokens = sequence * batch
    kept = 2 * shape.layers * tokens * shape.hidden
    recomputed = tokens * (34 * shape.hidden + 6 * shape.ffn)
    logits = 8.0 * tokens * shape.vocabulary
    if logits_in_parts:
        # In float32, with their softmax and its gradient.
        logits = min(3.0 * LOGITS_BYTES, 12.0 * tokens * shape.vocabulary)
    gb = (weights + 16 * trained + kept + recomputed + logits) / 1e9 + 1.5
    return Memory(gb, gb / (1 + OVER), gb / (1 - UNDER))


def card_notes(machine: Machine) -> Iterator[str]:
    if machine.gpus > 1:
        yield (
            f"Training uses the {machine.gpus} cards of the machine, at most one for each sample of a batch. "
            "What several gain was not measured: the time here is that of one card, and the machine is paid "
            "for whole."
        )


def memory_notes(memory: Memory, gpu: Gpu, batch: int, sequence: int) -> Iterator[str]:
    told = (
        f"{memory.gb:.0f} GB of graphics memory ({memory.gb_low:.0f} to {memory.gb_high:.0f}) for {batch} "
        f"samples of {sequence:,} tokens at once; {gpu.name} has {gpu.memory_gb:g} GB"
    )
    if memory.gb_low > gpu.memory_gb:
        yield f"Training needs about {told}: too little. Take a smaller batch, qlora, or a larger card."
    elif memory.gb * HEADROOM > gpu.memory_gb:
        yield f"Training needs about {told}: it may not fit. A smaller batch leaves room."
