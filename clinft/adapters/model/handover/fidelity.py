"""How far written weights are from those that were evaluated: logits in float32, on the run's own prompt."""

from collections.abc import Sequence
from typing import Any

import torch

from clinft.adapters.model import quiet
from clinft.artifacts.handover import Fidelity
from clinft.errors import PolicyViolation

# Of the relative difference, by the type that the weights are written in. A wrong tensor gives about 1;
# rounding alone gave 3e-6 (f32), 0.002 (f16) and 0.07 (q8_0) with SmolLM2-135M (52 positions, 2026-11-27).
TOLERANCE = {"float32": 1e-4, "float16": 2e-2, "bfloat16": 1e-1, "f32": 1e-4, "f16": 2e-2, "q8_0": 2e-1}


@torch.no_grad()
def logits_of(model: Any, rows: Sequence[Sequence[int]]) -> list[torch.Tensor]:
    """At every position of each row; models lie on the processor, in float32."""
    with quiet.transformers():
        return [model(input_ids=torch.tensor([list(row)])).logits[0].float() for row in rows]


def compared(wanted: Sequence[torch.Tensor], found: Sequence[torch.Tensor], kind: str) -> Fidelity:
    """PolicyViolation above the tolerance of `kind`, or where a logit is no number."""
    reference, written = torch.cat(list(wanted)), torch.cat(list(found))
    gap = written - reference
    spread = reference - reference.mean(dim=-1, keepdim=True)
    relative = float((gap.norm() / spread.norm()).item())
    tolerance = TOLERANCE[kind]
    # A NaN is not at most anything.
    if not relative <= tolerance:
        raise PolicyViolation(
            f"What was written as {kind} does not answer as the model that was evaluated.",
            f"Relative difference of its logits: {relative:.3g}; at most {tolerance:g} is rounding.",
            "Hand the adapter over as it is, without --merge and --gguf, and tell us about the base model.",
        )
    same = reference.argmax(dim=-1) == written.argmax(dim=-1)
    return Fidelity(
        positions=len(reference),
        largest_difference=float(gap.abs().max().item()),
        relative_difference=relative,
        tolerance=tolerance,
        same_first_choice=int(same.sum().item()),
    )
