"""An adapted linear layer in the model's own precision: x Wᵀ + scale · (x Aᵀ) Bᵀ, and its gradients.

PEFT keeps A and B in float32, as an optimizer needs them, and multiplies in float32 too: where weights are
bfloat16 that costs several copies of every activation. Here A and B are rounded for the product alone.
"""

from typing import Any

import torch
from peft.tuners.lora.layer import Linear
from torch.nn.functional import linear

NAME = "default"


class Adapted(Linear):
    """PEFT's layer with one adapter that is neither merged nor dropped out; `use` turns layers into it."""

    def forward(self, x: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        product: torch.Tensor = _Product.apply(
            x,
            self.base_layer.weight,
            self.base_layer.bias,
            self.lora_A[NAME].weight,
            self.lora_B[NAME].weight,
            self.scaling[NAME],
        )
        return product


def use(adapted: torch.nn.Module) -> int:
    """How many of PEFT's layers multiply in this way from now on; the others stay as they are."""
    chosen = [module for module in adapted.modules() if type(module) is Linear and _is_plain(module)]
    for module in chosen:
        # A class, and no function of each layer's own: layers that differ in nothing are compiled once.
        module.__class__ = Adapted
    return len(chosen)


def _is_plain(module: Any) -> bool:
    """Nothing in PEFT's forward would do more than the product. DoRA and its like are variants."""
    base = module.base_layer
    return (
        type(base) is torch.nn.Linear
        and not base.weight.requires_grad
        and list(module.lora_A) == [NAME]
        and not module.merged
        and NAME not in module.lora_variant
        and isinstance(module.lora_dropout[NAME], torch.nn.Identity)
        and module.lora_A[NAME].bias is None
        and module.lora_B[NAME].bias is None
    )


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        x: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        down: torch.Tensor,
        up: torch.Tensor,
        scale: float,
    ) -> torch.Tensor:
        rows = x.reshape(-1, x.shape[-1])
        low = rows @ down.to(x.dtype).t()
        out = linear(rows, weight, bias)
        out.addmm_(low, up.to(x.dtype).t(), alpha=scale)
        ctx.save_for_backward(rows, weight, down, up, low)
        ctx.scale, ctx.shape = scale, x.shape
        return out.view(*x.shape[:-1], -1)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        rows, weight, down, up, low = ctx.saved_tensors
        grad = gradients[0].reshape(-1, gradients[0].shape[-1])
        through = grad @ up.to(grad.dtype)
        grad_up = (grad.t() @ low).to(up.dtype).mul_(ctx.scale)
        grad_down = (through.t() @ rows).to(down.dtype).mul_(ctx.scale)
        grad_x = None
        if ctx.needs_input_grad[0]:
            grad_x = grad @ weight
            grad_x.addmm_(through, down.to(grad.dtype), alpha=ctx.scale)
            grad_x = grad_x.view(ctx.shape)
        return grad_x, None, None, grad_down, grad_up, None
