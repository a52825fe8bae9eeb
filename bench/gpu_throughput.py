"""LoRA training on one CUDA GPU: clinft's own loop beside transformers' Trainer and TRL's SFTTrainer.

Random weights in the shapes of Llama 3 serve for throughput. Each part runs in a process of its own, the most
important first, and prints JSON lines; what does not fit into --seconds is skipped and said. `--smoke` runs
the same code on a processor with a tiny model: its figures mean nothing.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))
# Dense bf16 of the SXM cards' datasheet; what a matrix product reaches is measured beside it.
PEAK = {"H100": 989.4e12, "H200": 989.4e12, "A100": 312e12}
SHAPES: dict[str, dict[str, Any]] = {
    "8b": {"hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32},
    "1b": {
        "hidden_size": 2048,
        "intermediate_size": 8192,
        "num_hidden_layers": 16,
        "tie_word_embeddings": True,
    },
    "tiny": {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2},
}
# Part → seconds after which it is ended.
PARTS = {
    "machine": 45,
    "ours-8b": 150,
    "exact": 75,
    "trainer-8b": 80,
    "trl-8b": 80,
    "short-1b": 90,
    "ours-1b": 80,
    "trainer-1b": 50,
    "trl-1b": 50,
    "eager-8b": 60,
    "memory-8b": 70,
    "qlora-8b": 90,
}
WARM = 3


def main() -> None:
    options = _options()
    if options.worker:
        _worker(options)
        return
    out = Path(os.environ.get("OUT") or tempfile.mkdtemp())
    started = time.monotonic()
    with (out / "gpu_throughput.jsonl").open("a") as log:

        def tell(line: str) -> None:
            print(line, flush=True)
            log.write(line + "\n")
            log.flush()

        for part in options.parts or PARTS:
            left = options.seconds - (time.monotonic() - started)
            if left < 25:
                tell(json.dumps({"part": part, "skipped": "no time left"}))
                continue
            began = time.monotonic()
            error = _in_process(
                part, options, min(left, PARTS[part] * (5 if options.smoke else 1)), out, tell
            )
            tell(json.dumps({"part": part, "wall_s": round(time.monotonic() - began, 1), "error": error}))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parts", nargs="+", choices=PARTS, help="these alone, in this order")
    parser.add_argument("--seconds", type=float, default=420, help="time for all parts")
    parser.add_argument(
        "--steps", type=int, default=10, help=f"optimizer steps of a run, {WARM} of them warm-up"
    )
    parser.add_argument("--smoke", action="store_true", help="a tiny model on the processor")
    parser.add_argument("--worker", choices=PARTS, help=argparse.SUPPRESS)
    return parser.parse_args()


def _in_process(part: str, options: argparse.Namespace, seconds: float, out: Path, tell: Any) -> str | None:
    command = [sys.executable, __file__, "--worker", part, "--steps", str(options.steps)]
    command += ["--smoke"] if options.smoke else []
    environment = {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "0",
    }
    with (out / f"{part}.err").open("w") as errors:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment, start_new_session=True
        )
        import threading

        timer = threading.Timer(seconds, process.kill)
        timer.start()
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith('{"'):
                tell(line.rstrip())
        code = process.wait()
        timer.cancel()
    if code == 0:
        return None
    tail = (out / f"{part}.err").read_text(errors="replace")[-1500:]
    return f"exit {code} (killed after {seconds:.0f} s)" if code == -9 else f"exit {code}: {tail}"


def _worker(options: argparse.Namespace) -> None:
    import torch

    kind, _, shape = options.worker.partition("-")
    shape = "tiny" if options.smoke else shape
    torch.manual_seed(0)
    work = {
        "machine": _machine,
        "exact": _exact,
        "ours": _ours,
        "eager": _eager,
        "memory": _memory,
        "short": _short,
        "trainer": _trainer,
        "trl": _trl,
        "qlora": _qlora,
    }
    work[kind](options, shape)


def _tell(options: argparse.Namespace, **facts: Any) -> None:
    print(json.dumps({"part": options.worker, **facts}), flush=True)


# --- models and samples


def _device(options: argparse.Namespace) -> str:
    return "cpu" if options.smoke else "cuda"


def _model(options: argparse.Namespace, shape: str) -> Any:
    import torch
    from transformers import AutoModelForCausalLM, LlamaConfig

    small = shape == "tiny"
    config = LlamaConfig(
        vocab_size=259 if small else 128256,
        num_attention_heads=4 if small else 32,
        num_key_value_heads=2 if small else 8,
        max_position_embeddings=8192,
        pad_token_id=0,
        **SHAPES[shape],
    )
    with torch.device(_device(options)):
        return AutoModelForCausalLM.from_config(
            config, dtype=torch.float32 if options.smoke else torch.bfloat16, attn_implementation="sdpa"
        )


def _samples(options: argparse.Namespace, rows: int, length: int, prompt: int = 1) -> list[Any]:
    import random

    from clinft.adapters.training.samples import Sample

    rng = random.Random(1)
    return [
        Sample([rng.randrange(5, 250 if options.smoke else 120_000) for _ in range(length)], prompt)
        for _ in range(rows)
    ]


def _length(options: argparse.Namespace) -> int:
    return 64 if options.smoke else 2048


def _attached(model: Any, r: int = 16) -> tuple[Any, dict[str, Any]]:
    from clinft.adapters.training import lora
    from clinft.spec.training import LoraSpec

    adapted, trainable = lora.attach(model, LoraSpec(r=r, lora_alpha=2 * r), 0)
    adapted.train()
    return adapted, trainable


# --- what is counted


def _flops(model: Any, trainable: int, length: int) -> float:
    """Of the model, per token, forward and backward of LoRA, nothing computed twice.

    4 for each weight of a matrix product (2 forward, 2 for the gradient of its input; the head included, the
    input embedding not), 6 for each adapter weight, and causal attention: 6 · layers · width · length.
    """
    import torch

    config = model.config
    weights = sum(
        module.in_features * module.out_features
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and "lora_" not in name
    )
    width = config.num_attention_heads * (config.head_dim or config.hidden_size // config.num_attention_heads)
    return 4.0 * weights + 6.0 * trainable + 6.0 * config.num_hidden_layers * width * length


def _rate(
    options: argparse.Namespace, model: Any, trainable: int, length: int, tokens: int, seconds: list[float]
) -> dict[str, Any]:
    import torch

    steady = seconds[WARM:] or seconds[-1:]
    speed = tokens / statistics.median(steady)
    per_token = _flops(model, trainable, length)
    facts: dict[str, Any] = {
        "tokens_per_s": round(speed, 1),
        "step_s": [round(one, 4) for one in seconds],
        "tokens_per_step": tokens,
        "gflop_per_token": round(per_token / 1e9, 3),
        "tflops": round(per_token * speed / 1e12, 1),
    }
    if not options.smoke:
        name = torch.cuda.get_device_name()
        peak = next((value for key, value in PEAK.items() if key in name), None)
        total = sum(parameter.numel() for parameter in model.parameters()) - trainable
        if peak:
            facts["mfu"] = round(per_token * speed / peak, 4)
            facts["mfu_by_4.28N"] = round(4.28 * total * speed / peak, 4)
        facts |= _gpu_memory()
    return facts


def _gpu_memory() -> dict[str, float]:
    import torch

    free, total = torch.cuda.mem_get_info()
    return {
        "allocated_gb": round(torch.cuda.max_memory_allocated() / 1e9, 2),
        "reserved_gb": round(torch.cuda.max_memory_reserved() / 1e9, 2),
        "device_used_gb": round((total - free) / 1e9, 2),
    }


class _Clock:
    """clinft's Progress: each advance is the end of a step, after the loss was read from the device."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.times: list[float] = []

    @contextmanager
    def task(self, label: str, total: int, done: int = 0) -> Any:
        self.times.append(time.monotonic())
        yield self

    def advance(self, amount: int = 1, **fields: Any) -> None:
        self.times.append(time.monotonic())

    def note(self, text: str) -> None:
        self.notes.append(text)

    def steps(self) -> list[float]:
        return [after - before for before, after in zip(self.times, self.times[1:], strict=False)]


# --- the parts


def _machine(options: argparse.Namespace, shape: str) -> None:
    import torch

    names = ("torch", "transformers", "peft", "accelerate", "triton", "trl", "bitsandbytes", "liger-kernel")
    versions = {}
    for name in names:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = None
    facts: dict[str, Any] = {"python": sys.version.split()[0], "versions": versions}
    if not options.smoke:
        properties = torch.cuda.get_device_properties(0)
        facts |= {"gpu": properties.name, "memory_gb": round(properties.total_memory / 1e9, 1)}
        side = 8192
        left, right = (torch.randn(side, side, device="cuda", dtype=torch.bfloat16) for _ in range(2))
        for _ in range(5):
            left @ right
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        begin.record()
        for _ in range(50):
            left @ right
        end.record()
        torch.cuda.synchronize()
        facts["matmul_tflops"] = round(50 * 2 * side**3 / (begin.elapsed_time(end) / 1e3) / 1e12, 1)
    _tell(options, **facts)


def _train(
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

    _, trainable = _attached(model)
    trunk, data, clock = Trunk(model), Data(samples, []), _Clock()
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
        **_rate(options, model, count, length, tokens, seconds),
        "before_first_step_s": round(clock.times[0] - began, 1),
        "losses": [round(point.training_loss, 4) for point in state.loss if point.training_loss is not None][
            -2:
        ],
        "tokens_at_once": getattr(reading, "tokens", None),
        "checkpointing": getattr(reading, "checkpointing", None),
        "notes": clock.notes,
    }


def _ours(options: argparse.Namespace, shape: str) -> None:
    rows = 8 if shape == "1b" else 4
    model = _model(options, shape)
    found = _train(options, model, _samples(options, rows * 4, _length(options)), rows)
    _tell(options, trainer="clinft", rows=rows, length=_length(options), **found)


def _eager(options: argparse.Namespace, shape: str) -> None:
    found = _train(options, _model(options, shape), _samples(options, 8, _length(options)), 2, compiled=False)
    _tell(options, trainer="clinft, not compiled", rows=2, length=_length(options), **found)


def _memory(options: argparse.Namespace, shape: str) -> None:
    """Against the formula of the estimate, which takes activations as computed twice."""
    from clinft.stages.estimate.machine import ModelShape, lora_parameters, vram_gb

    for rows in (1, 4):
        model = _model(options, shape)
        config, length = model.config, _length(options)
        _reset(options)
        found = _train(options, model, _samples(options, rows * 2, length), rows, False, checkpointing=True)
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
        _tell(options, trainer="clinft", rows=rows, estimate_gb=round(guess.gb, 2), **found)
        del model


def _reset(options: argparse.Namespace) -> None:
    import gc

    import torch

    gc.collect()
    if not options.smoke:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def _short(options: argparse.Namespace, shape: str) -> None:
    """Samples as clinical ones are: of mixed length, behind one system prompt."""
    import random

    from clinft.adapters.training.samples import Sample

    rng = random.Random(2)
    beginning = _samples(options, 1, _length(options) // 8)[0].ids
    samples = []
    for _ in range(256):
        own = _samples(options, 1, rng.randrange(_length(options) // 40, _length(options) // 4))[0].ids
        samples.append(Sample(beginning + own, len(beginning) + len(own) - len(own) // 4))
    for name, padded in (("clinft, packed", False), ("clinft, padded", True)):
        model = _model(options, shape)
        _reset(options)
        found = _train(options, model, samples, 32, padded=padded)
        _tell(options, trainer=name, rows=32, **found)
        del model


def _exact(options: argparse.Namespace, shape: str) -> None:  # noqa: C901  # one experiment, told in order
    """Packed rows, the kernel's borders, compiled layers and checkpointing against one sample at a time.

    In bfloat16 all of them round, so the yardstick is the distance of the plain way from float32.
    """
    import torch

    from clinft.adapters.model.prefix import Trunk
    from clinft.adapters.training import lora_product, packed
    from clinft.adapters.training.accelerated import Accelerated
    from clinft.adapters.training.padded import Padded
    from clinft.adapters.training.samples import Sample

    beginning = _samples(options, 1, 40)[0].ids
    own = [one.ids for one in _samples(options, 6, 60)]
    lengths = (60, 7, 33, 48, 1, 20)
    batch = [
        Sample(beginning + ids[:n] + [7], 40 + (n + 1) // 2) for ids, n in zip(own, lengths, strict=True)
    ]
    device = _device(options)
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
    _, trainable = _attached(model)
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
    _tell(options, way="one by one, bf16", **away(gradient(lambda: backward(alone, [[s] for s in batch]))))
    assert packed.prepare(trunk), "packed rows are refused"
    lora_product.use(model)
    for shared in (0, 40):
        rows = packed.Packed(trunk, shared, whole=True)
        for compiled in (False, True):
            for twice in (False, True):
                clock = _Clock()
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
                _tell(
                    options,
                    way=f"packed, shared {shared}, compiled {compiled}, checkpointing {twice}",
                    kernel=packed._has_kernel(trunk),
                    **away(found),
                    repeats_bit_for_bit=bool(found[0] == again[0] and torch.equal(found[1], again[1])),
                    notes=clock.notes,
                )


# --- peers


def _peers(options: argparse.Namespace, shape: str, make: Any, tries: list[tuple[int, bool]]) -> None:
    """Rows at once and checkpointing, one after the other; what does not fit is said."""
    import torch
    from transformers import TrainerCallback

    model = _model(options, shape)
    adapted, trainable = _attached(model)
    count = sum(parameter.numel() for parameter in trainable.values())
    length = _length(options)
    for rows, checkpointing in tries:
        _reset(options)
        clock = _Clock()

        class Timed(TrainerCallback):
            def on_step_begin(self, *args: Any, clock: _Clock = clock, **kwargs: Any) -> None:
                self._wait(clock)

            def on_train_end(self, *args: Any, clock: _Clock = clock, **kwargs: Any) -> None:
                self._wait(clock)

            def _wait(self, clock: _Clock) -> None:
                if not options.smoke:
                    torch.cuda.synchronize()
                clock.advance()

        setup = {"rows": rows, "checkpointing": checkpointing, "length": length}
        try:
            steps = min(options.steps, WARM + 4)
            settings = {
                "output_dir": tempfile.mkdtemp(),
                "per_device_train_batch_size": rows,
                "max_steps": steps,
                "learning_rate": 2e-4,
                "report_to": [],
                "save_strategy": "no",
                "logging_steps": 10**6,
                "disable_tqdm": True,
                "bf16": not options.smoke,
                "use_cpu": options.smoke,
                "gradient_checkpointing": checkpointing,
                "gradient_checkpointing_kwargs": {"use_reentrant": False},
            }
            trainer = make(adapted, settings, _samples(options, rows * steps, length))
            trainer.add_callback(Timed())
            trainer.train()
            facts = _rate(options, model, count, length, rows * length, clock.steps())
        except torch.OutOfMemoryError:
            facts = {"out_of_memory": True}
        except Exception as error:
            facts = {"failed": f"{type(error).__name__}: {error}"[:400]}
        if not checkpointing:
            adapted.gradient_checkpointing_disable()
        _tell(options, trainer=options.worker.split("-")[0], **setup, **facts)
        trainer = None


def _trainer(options: argparse.Namespace, shape: str) -> None:
    import torch
    from transformers import Trainer, TrainingArguments

    class Rows(torch.utils.data.Dataset):  # type: ignore[type-arg]
        def __init__(self, samples: list[Any]) -> None:
            self._samples = samples

        def __len__(self) -> int:
            return len(self._samples)

        def __getitem__(self, index: int) -> dict[str, Any]:
            ids = torch.tensor(self._samples[index].ids)
            return {"input_ids": ids, "labels": ids.clone()}

    def make(adapted: Any, settings: dict[str, Any], samples: list[Any]) -> Any:
        return Trainer(model=adapted, args=TrainingArguments(**settings), train_dataset=Rows(samples))

    _peers(options, shape, make, [(1, False), (2, False), (4, False), (4, True)])


def _trl(options: argparse.Namespace, shape: str) -> None:
    from datasets import Dataset
    from transformers import AutoTokenizer
    from trl import SFTConfig, SFTTrainer

    from tests.fakes import tiny_llama

    tokenizer = AutoTokenizer.from_pretrained(tiny_llama.write(Path(tempfile.mkdtemp())))

    def make(adapted: Any, settings: dict[str, Any], samples: list[Any]) -> Any:
        rows = [{"input_ids": one.ids, "completion_mask": [0] + [1] * (len(one.ids) - 1)} for one in samples]
        return SFTTrainer(
            model=adapted,
            args=SFTConfig(**settings, max_length=None, completion_only_loss=True, packing=False),
            train_dataset=Dataset.from_list(rows),
            processing_class=tokenizer,
        )

    # Checkpointing is TRL's own default.
    _peers(options, shape, make, [(4, True), (2, False), (4, False)])


def _qlora(options: argparse.Namespace, shape: str) -> None:
    import torch

    model = _model(options, shape)
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
        _reset(options)
    for rows in (1, 2, 4):
        found = _train(options, model, _samples(options, rows * 4, _length(options)), rows, compiled=False)
        _tell(options, trainer="clinft, NF4", rows=rows, length=_length(options), **found)
        break


if __name__ == "__main__":
    main()
