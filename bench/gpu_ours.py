"""The parts of the GPU benchmark that run clinft's own loop."""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from gpu_setup import Clock, attached, length_of, random_model, random_samples, rate, reset, tell


def train(
    options: argparse.Namespace,
    model: Any,
    samples: list[Any],
    rows: int,
    compiled: bool = True,
    checkpointing: bool = False,
    padded: bool = False,
) -> dict[str, Any]:
    """With the loop that `clinft train` runs; `padded`: the way it reads on a processor."""
    from clinft.adapters.model.prefix import Trunk
    from clinft.adapters.training import lora_product, packed
    from clinft.adapters.training.accelerated import Accelerated
    from clinft.adapters.training.checkpoints import Checkpoints
    from clinft.adapters.training.loop import Loop, shared_of
    from clinft.adapters.training.padded import Padded
    from clinft.adapters.training.samples import Data
    from clinft.spec.training import Hyperparameters

    _, trainable = attached(model)
    trunk, data, clock = Trunk(model), Data(samples, []), Clock()
    reading: Any = Padded(trunk, shared_of(data))
    if not padded:
        assert packed.prepare(trunk), "the model does not read packed rows as it reads them one by one"
        layers = lora_product.use(model)
        reading = Accelerated(
            trunk,
            packed.Packed(trunk, shared_of(data), whole=True),
            clock,
            compiled=compiled and not options.smoke,
            checkpointing=checkpointing,
        )
        clock.notes.append(f"{layers} adapted layers multiply in the model's precision")
    spec = Hyperparameters(
        batch_size=rows, n_epochs=50, max_steps=options.steps, checkpoint_every_steps=10**6, max_tokens=8192
    )
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        loop = Loop(trunk, trainable, data, spec, Checkpoints(Path(folder)), reading)
        state = loop.run(clock)
    # The last step also writes a checkpoint, which is no part of its time.
    seconds = clock.steps()
    tokens = round(state.sample_tokens / state.step)
    length = round(sum(len(sample.ids) for sample in samples) / len(samples))
    count = sum(parameter.numel() for parameter in trainable.values())
    return {
        **rate(options, model, count, length, tokens, seconds),
        "before_first_step_s": round(clock.times[0] - began, 1),
        "losses": [round(point.training_loss, 4) for point in state.loss if point.training_loss is not None][
            -2:
        ],
        "tokens_at_once": getattr(reading, "tokens", None),
        "checkpointing": getattr(reading, "checkpointing", None),
        "notes": clock.notes,
    }


def ours(options: argparse.Namespace, shape: str) -> None:
    rows = 8 if shape == "1b" else 4
    model = random_model(options, shape)
    found = train(options, model, random_samples(options, rows * 4, length_of(options)), rows)
    tell(options, trainer="clinft", rows=rows, length=length_of(options), **found)


def eager(options: argparse.Namespace, shape: str) -> None:
    found = train(
        options,
        random_model(options, shape),
        random_samples(options, 8, length_of(options)),
        2,
        compiled=False,
    )
    tell(options, trainer="clinft, not compiled", rows=2, length=length_of(options), **found)


def memory(options: argparse.Namespace, shape: str) -> None:
    """Against the formula of the estimate, which takes activations as computed twice."""
    from clinft.stages.estimate.machine import ModelShape, lora_parameters, vram_gb

    for rows in (1, 4):
        model = random_model(options, shape)
        config, length = model.config, length_of(options)
        reset(options)
        found = train(
            options, model, random_samples(options, rows * 2, length), rows, False, checkpointing=True
        )
        known = ModelShape(
            sum(parameter.numel() for name, parameter in model.named_parameters() if "lora_" not in name),
            config.num_hidden_layers,
            config.hidden_size,
            config.intermediate_size,
            config.vocab_size,
            bool(config.tie_word_embeddings),
            "bench",
        )
        modules = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
        guess = vram_gb(known, lora_parameters(known, 16, modules), length, rows)
        tell(options, trainer="clinft", rows=rows, estimate_gb=round(guess.gb, 2), **found)
        del model


def short(options: argparse.Namespace, shape: str) -> None:
    """Samples as clinical ones are: of mixed length, behind one system prompt."""
    import random

    from clinft.adapters.training.samples import Sample

    rng = random.Random(2)
    beginning = random_samples(options, 1, length_of(options) // 8)[0].ids
    samples = []
    for _ in range(256):
        own = random_samples(options, 1, rng.randrange(length_of(options) // 40, length_of(options) // 4))[
            0
        ].ids
        samples.append(Sample(beginning + own, len(beginning) + len(own) - len(own) // 4))
    for name, padded in (("clinft, packed", False), ("clinft, padded", True)):
        model = random_model(options, shape)
        reset(options)
        found = train(options, model, samples, 32, padded=padded)
        tell(options, trainer=name, rows=32, **found)
        del model


def qlora(options: argparse.Namespace, shape: str) -> None:
    import torch

    model = random_model(options, shape)
    if not options.smoke:
        import bitsandbytes

        for layer in model.model.layers:
            for part in (layer.self_attn, layer.mlp):
                for name, linear in list(part.named_children()):
                    if not isinstance(linear, torch.nn.Linear):
                        continue
                    narrow = bitsandbytes.nn.Linear4bit(
                        linear.in_features,
                        linear.out_features,
                        bias=False,
                        compute_dtype=torch.bfloat16,
                        quant_type="nf4",
                        device="meta",
                    )
                    weight = linear.weight.data.cpu()
                    narrow.weight = bitsandbytes.nn.Params4bit(
                        weight, requires_grad=False, quant_type="nf4"
                    ).to("cuda")
                    setattr(part, name, narrow)
        model.is_loaded_in_4bit = True
        reset(options)
    for rows in (1, 2, 4):
        found = train(
            options, model, random_samples(options, rows * 4, length_of(options)), rows, compiled=False
        )
        tell(options, trainer="clinft, NF4", rows=rows, length=length_of(options), **found)
        break
