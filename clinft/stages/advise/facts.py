"""What advice is given on."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from clinft.spec.project import TaskKind as Kind
from clinft.spec.training import TrainingSpec

__all__ = ["DataFacts", "Kind", "Memory"]

# Of one graphics card in GB, headroom included, for a method and a rank, at the spec's batch and length.
Memory = Callable[[Literal["lora", "qlora", "full"], int], float]


@dataclass(frozen=True)
class DataFacts:
    """The training split, formatted. Tokens are None where no tokenizer of the model is at hand."""

    kind: Kind
    samples: int
    tokens: int | None = None
    longest_tokens: int | None = None


@dataclass(frozen=True)
class ModelFacts:
    """`memory_gb` None: the rule of thumb for its parameters is taken."""

    parameters: int | None = None
    memory_gb: Memory | None = None


@dataclass(frozen=True)
class Card:
    """A machine as a table or the policy names it. `memory_gb` is one card's."""

    name: str
    gpu: str
    gpus: int
    memory_gb: float
    usd_per_hour: Decimal | None = None


@dataclass(frozen=True)
class Request:
    """`machines`: could be rented. `runner`: the card of the spec's own runner, where it is known."""

    training: TrainingSpec
    data: DataFacts
    model: ModelFacts = ModelFacts()
    machines: tuple[Card, ...] = ()
    runner: Card | None = None
