"""The loss of answers under large vocabularies: logits of a few positions at a time, never of all."""

from collections.abc import Callable
from typing import Any

import torch
from torch.nn.functional import cross_entropy
from torch.utils.checkpoint import checkpoint

# float32 logits that exist at once; their softmax and its gradient come on top.
LOGITS_BYTES = 512 * 2**20


def summed(
    logits_of: Callable[[torch.Tensor], torch.Tensor],
    hidden: torch.Tensor,
    targets: torch.Tensor,
    vocabulary: int,
    *,
    frozen: bool = True,
) -> torch.Tensor:
    """Summed negative log-likelihood (nats) of `targets` [positions], given `hidden` [positions, width].

    `frozen`: the head is, so that what flows back are gradients of `hidden` alone. Where it is trained too,
    its logits are computed once more on the way back.
    """
    positions = max(1, LOGITS_BYTES // (4 * vocabulary))
    if not frozen:
        return _with_head(logits_of, hidden, targets, positions)
    loss: torch.Tensor = _Summed.apply(hidden, targets, logits_of, positions)
    return loss


def _with_head(
    logits_of: Callable[[torch.Tensor], torch.Tensor],
    hidden: torch.Tensor,
    targets: torch.Tensor,
    positions: int,
) -> torch.Tensor:
    def of_part(states: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        return cross_entropy(logits_of(states), wanted, reduction="sum")

    total = hidden.new_zeros((), dtype=torch.float32)
    for states, wanted in zip(hidden.split(positions), targets.split(positions), strict=True):
        total = total + checkpoint(of_part, states, wanted, use_reentrant=False, preserve_rng_state=False)
    return total


class _Summed(torch.autograd.Function):
    """Computes the gradient on the way forward, so that each part's logits are needed once."""

    @staticmethod
    def forward(
        ctx: Any,
        hidden: torch.Tensor,
        targets: torch.Tensor,
        logits_of: Callable[[torch.Tensor], torch.Tensor],
        positions: int,
    ) -> torch.Tensor:
        wanted = ctx.needs_input_grad[0]
        gradient = torch.empty_like(hidden) if wanted else None
        total = hidden.new_zeros((), dtype=torch.float32)
        for start in range(0, len(targets), positions):
            part = slice(start, start + positions)
            leaf = hidden[part].detach().requires_grad_(wanted)
            with torch.set_grad_enabled(wanted):
                loss = cross_entropy(logits_of(leaf), targets[part], reduction="sum")
            total += loss.detach()
            if gradient is not None:
                (gradient[part],) = torch.autograd.grad(loss, leaf)
        if gradient is not None:
            ctx.save_for_backward(gradient)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, None, None, None]:
        (gradient,) = ctx.saved_tensors
        return gradient * gradients[0].to(gradient.dtype), None, None, None
