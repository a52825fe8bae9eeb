"""Packed, compiled and checkpointed rows on a GPU against one sample at a time."""

import argparse
from typing import Any

from gpu_setup import Clock, attached, device_of, random_samples, tell


def exact(options: argparse.Namespace, shape: str) -> None:  # noqa: C901  # one experiment, told in order
    """Packed rows, the kernel's borders, compiled layers and checkpointing against one sample at a time.

    In bfloat16 all of them round, so the yardstick is the distance of the plain way from float32.
    """
    import torch

    from clinft.adapters.model.prefix import Trunk
    from clinft.adapters.training import lora_product, packed
    from clinft.adapters.training.accelerated import Accelerated
    from clinft.adapters.training.padded import Padded
    from clinft.adapters.training.samples import Sample

    beginning = random_samples(options, 1, 40)[0].ids
    own = [one.ids for one in random_samples(options, 6, 60)]
    lengths = (60, 7, 33, 48, 1, 20)
    batch = [
        Sample(beginning + ids[:n] + [7], 40 + (n + 1) // 2) for ids, n in zip(own, lengths, strict=True)
    ]
    device = device_of(options)
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=259 if options.smoke else 120_001,
        hidden_size=512,
        intermediate_size=1024,
        num_hidden_layers=4,
        num_attention_heads=8,
        num_key_value_heads=2,
        initializer_range=0.05,
        attn_implementation="sdpa",
    )
    with torch.device(device):
        torch.manual_seed(5)
        model = LlamaForCausalLM(config)
    _, trainable = attached(model)
    torch.manual_seed(6)
    with torch.no_grad():
        for parameter in trainable.values():
            parameter.normal_(std=0.05)

    def gradient(loss: Any) -> tuple[float, torch.Tensor]:
        model.zero_grad(set_to_none=True)
        total, _ = loss()
        return total.item(), torch.cat([p.grad.float().flatten() for p in trainable.values()])

    def away(found: tuple[float, torch.Tensor]) -> dict[str, float]:
        return {
            "loss_off": round(abs(found[0] - reference[0]) / abs(reference[0]), 8),
            "gradient_off": round(((found[1] - reference[1]).norm() / reference[1].norm()).item(), 6),
        }

    def backward(reading: Any, parts: list[Any]) -> tuple[torch.Tensor, int]:
        total, count = torch.zeros((), device=device), 0
        for part in parts:
            with torch.autocast(device, torch.bfloat16, enabled=not options.smoke and reading is plain):
                loss, tokens = reading.loss(part)
            loss.backward()
            total, count = total + loss.detach(), count + tokens
        return total, count

    trunk = Trunk(model)
    plain: Any = None
    alone = Padded(trunk, 0)
    reference = gradient(lambda: backward(alone, [[sample] for sample in batch]))
    if not options.smoke:
        for parameter in model.parameters():
            if not parameter.requires_grad:
                parameter.data = parameter.data.bfloat16()
    plain = alone
    tell(options, way="one by one, bf16", **away(gradient(lambda: backward(alone, [[s] for s in batch]))))
    assert packed.prepare(trunk), "packed rows are refused"
    lora_product.use(model)
    for shared in (0, 40):
        rows = packed.Packed(trunk, shared, whole=True)
        for compiled in (False, True):
            for twice in (False, True):
                clock = Clock()
                reading = Accelerated(
                    trunk,
                    rows,
                    clock,
                    compiled=compiled and not options.smoke,
                    tokens=400,
                    checkpointing=twice,
                )
                reading.fit(batch)
                found = gradient(lambda reading=reading: backward(reading, reading.parts(batch)))
                again = gradient(lambda reading=reading: backward(reading, reading.parts(batch)))
                tell(
                    options,
                    way=f"packed, shared {shared}, compiled {compiled}, checkpointing {twice}",
                    kernel=packed._has_kernel(trunk),
                    **away(found),
                    repeats_bit_for_bit=bool(found[0] == again[0] and torch.equal(found[1], again[1])),
                    notes=clock.notes,
                )
