"""Estimate: tokens, money and minutes before anything is spent, with the formula and every source shown."""

import math
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from clinft.artifacts.planning import CostEstimate, PriceBasis, TrainingPlan
from clinft.spec.project import ProjectSpec

STAGE_VERSION = 2
# Spread between estimate and reality that the bound must cover.
MARGIN_TOKENIZER = Decimal("1.05")
# Without the tokenizer the bound is one token for each byte: a byte-level tokenizer never makes more of a
# text, in any script. The rest covers what a chat format adds to each sample.
EXTRA_TOKENS_PER_SAMPLE = 64
MINUTES_MARGIN = 3.0
# Measured 2026-11-24: 3.7 in the example project's conversations under SmolLM2's vocabulary of 49,152
# (its notes alone 3.9). 3 keeps the count, and so the price, on the high side.
CHARACTERS_PER_TOKEN = 3.0


@dataclass(frozen=True)
class Throughput:
    """Training speed as it was measured once: on which machine, when."""

    tokens_per_second: float
    basis: str


def estimate(
    spec: ProjectSpec,
    plan: TrainingPlan,
    training_tokens: int | None,
    training_characters: int,
    training_bytes: int,
    training_samples: int,
    price: PriceBasis,
    throughput: Throughput | None,
) -> CostEstimate:
    """`training_tokens` None: no tokenizer at hand, characters are counted instead."""
    exact = training_tokens is not None
    tokens = training_tokens if training_tokens is not None else _from_characters(training_characters)
    epochs = spec.training.hyperparameters.n_epochs
    passes = "epoch" if epochs == 1 else "epochs"
    billed = int(tokens * epochs * _share_of_steps(spec, training_samples))
    cost = _usd(Decimal(billed) * price.usd_per_million_training_tokens / Decimal(1_000_000))
    if exact:
        upper = _usd(cost * MARGIN_TOKENIZER)
    else:
        most = training_bytes + EXTRA_TOKENS_PER_SAMPLE * training_samples
        trained = math.ceil(most * epochs * _share_of_steps(spec, training_samples))
        upper = _usd(Decimal(trained) * price.usd_per_million_training_tokens / Decimal(1_000_000))
    minutes = billed / throughput.tokens_per_second / 60 if throughput else None
    minutes_upper = minutes * MINUTES_MARGIN if minutes is not None else None
    return CostEstimate(
        plan=plan,
        plan_digest=plan.digest,
        training_tokens=tokens,
        tokens_basis="tokenizer" if exact else "characters",
        n_epochs=epochs,
        billed_tokens=billed,
        price=price,
        cost_usd=cost,
        cost_usd_upper=upper,
        minutes=_tenth(minutes),
        minutes_upper=_tenth(minutes_upper),
        formula=(
            f"{tokens:,} tokens × {epochs} {passes}{_steps_note(spec)} = {billed:,} trained tokens; "
            f"× {price.usd_per_million_training_tokens} USD per million = {cost} USD"
        ),
        throughput_basis=throughput.basis if throughput else "missing: nothing measured for this recipe yet",
        within_budget=upper <= spec.budget.max_usd,
    )


def _from_characters(characters: int) -> int:
    return int(characters / CHARACTERS_PER_TOKEN) + 1


def _share_of_steps(spec: ProjectSpec, samples: int) -> float:
    hyper = spec.training.hyperparameters
    planned = math.ceil(samples / hyper.batch_size) * hyper.n_epochs
    return 1.0 if hyper.max_steps is None else min(1.0, hyper.max_steps / max(planned, 1))


def _steps_note(spec: ProjectSpec) -> str:
    max_steps = spec.training.hyperparameters.max_steps
    return "" if max_steps is None else f", stopped at step {max_steps}"


def _usd(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding=ROUND_UP)


def _tenth(minutes: float | None) -> float | None:
    return None if minutes is None else round(minutes, 1)
