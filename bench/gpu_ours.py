"""The parts of the GPU benchmark that run clinft's own loop."""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from gpu_setup import (
    Clock,
    attached,
    in_four_bits,
    length_of,
    random_model,
    random_samples,
    rate,
    reset,
    tell,
)


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

    adapted, trainable = attached(model)
    trunk, data, clock = Trunk(model), Data(samples, []), Clock()
    reading: Any = Padded(trunk, shared_of(data))
    if not padded and not packed.prepare(trunk):
        clock.notes.append("Packed rows differ from rows on their own; these were padded.")
    elif not padded:
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
    facts = {
        **rate(options, model, count, length, tokens, seconds),
        "before_first_step_s": round(clock.times[0] - began, 1),
        "losses": [round(point.training_loss, 4) for point in state.loss if point.training_loss is not None][
            -2:
        ],
        "reading": type(reading).__name__,
        "tokens_at_once": getattr(reading, "tokens", None),
        "checkpointing": getattr(reading, "checkpointing", None),
        "notes": clock.notes,
    }
    for layer in trunk.decoder.layers:
        # As it was compiled; the next run begins with the plain one.
        layer.__dict__.pop("forward", None)
    adapted.unload()
    return facts


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
    for rows in (1, 4):
        model = random_model(options, shape)
        reset(options)
        _against_the_estimate(options, model, rows, _parameters(model))
        del model


def _parameters(model: Any) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def _against_the_estimate(
    options: argparse.Namespace, model: Any, rows: int, parameters: int, quantised: bool = False
) -> None:
    """The formula takes activations as computed twice. `parameters`: of the model, not yet in four bits."""
    from clinft.spec.training import ALL_LINEAR
    from clinft.stages.estimate.machine import ModelShape, lora_parameters, vram_gb

    config, length = model.config, length_of(options)
    known = ModelShape(
        parameters,
        config.num_hidden_layers,
        config.hidden_size,
        config.intermediate_size,
        config.vocab_size,
        bool(config.tie_word_embeddings),
        "bench",
    )
    adapter = lora_parameters(known, 16, ALL_LINEAR)
    guess = vram_gb(known, adapter, length, rows, quantised=quantised)
    found = train(options, model, random_samples(options, rows * 2, length), rows, False, checkpointing=True)
    name = "clinft, NF4" if quantised else "clinft"
    tell(options, trainer=name, rows=rows, estimate_gb=round(guess.gb, 2), **found)


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
    model = random_model(options, shape)
    parameters, length = _parameters(model), length_of(options)
    if not options.smoke:
        in_four_bits(model)
    _how_far_packed_rows_are(options, model)
    for compiled in (False, True):
        reset(options)
        found = train(options, model, random_samples(options, 16, length), 4, compiled)
        tell(options, trainer="clinft, NF4", rows=4, length=length, compiled=compiled, **found)
        if not compiled:
            reset(options)
            _against_the_estimate(options, model, 1, parameters, quantised=True)


def _how_far_packed_rows_are(options: argparse.Namespace, model: Any) -> None:
    """From rows on their own as long as the packed row, and from short ones, which take other kernels."""
    from clinft.adapters.model.prefix import Trunk
    from clinft.adapters.training import packed

    trunk, found = Trunk(model), {}
    for length in (packed.MULTIPLE, 1):
        model.set_attn_implementation("sdpa")
        found[f"at_least_{length}"] = round(packed.difference(trunk, length), 6)
    tell(options, packed_rows_off=found)
