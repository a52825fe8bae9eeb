"""LoRA training side by side: clinft, transformers' Trainer, TRL's SFTTrainer and LLaMA-Factory, same tokens.

Each trainer runs in a process of its own (peak memory is a process's), all of them in turn, several rounds.
LLaMA-Factory pins other versions, so it has an environment of its own, made at first use (6 GB); it adapts
all layers, so it has no part in the rows of the top ones. Needs the extras `train` and `benchmarks`; `make
bench` installs both.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from statistics import mean
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
PROJECT = REPOSITORY / "projects" / "icd10-chapter"
TITLE, COMMAND = "LoRA training throughput", "bench/train_throughput.py --record"
TRAINERS = ("clinft", "transformers", "trl", "llama_factory")
NAMES = {
    "clinft": "clinft",
    "transformers": "transformers Trainer",
    "trl": "TRL SFTTrainer",
    "llama_factory": "LLaMA-Factory",
}


def main() -> None:
    options = _options()
    if options.worker:
        print(json.dumps(_worker(options)))
        return
    rows = []
    for layers in options.layers:
        chosen = [name for name in options.trainers if name != "llama_factory" or not layers]
        results: dict[str, list[dict[str, Any]]] = {name: [] for name in chosen}
        for turn in range(options.rounds):
            for name in chosen:
                found = _in_process(options, name, layers)
                results[name].append(found)
                print(
                    f"round {turn + 1}, {_layers(layers)}, {NAMES[name]}: {found}",
                    file=sys.stderr,
                    flush=True,
                )
        rows += [_row(name, layers, found) for name, found in results.items()]
    text = _section(rows, options)
    print(text)
    if options.record:
        from record import append

        append(TITLE, COMMAND, text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=12, help="optimizer steps of each run")
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=2, help="how often each trainer runs, in turn")
    parser.add_argument(
        "--layers", type=int, nargs="+", default=[0, 10], help="adapt the top N layers; 0: all of them"
    )
    parser.add_argument("--trainers", choices=TRAINERS, nargs="+", default=list(TRAINERS))
    parser.add_argument("--record", action="store_true", help="append a dated section to docs/benchmarks.md")
    parser.add_argument("--worker", choices=TRAINERS, help=argparse.SUPPRESS)
    parser.add_argument("--top", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


def _in_process(options: argparse.Namespace, name: str, layers: int) -> dict[str, Any]:
    command = [sys.executable, __file__, "--worker", name, "--top", str(layers)]
    command += ["--steps", str(options.steps), "--batch-size", str(options.batch_size)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{NAMES[name]} failed:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@dataclass(frozen=True)
class Trained:
    """`tokens` of whole samples. `peak_gib`: of its process, where that is not this one."""

    tokens: int
    seconds: float
    losses: list[float]
    peak_gib: float | None = None


def _worker(options: argparse.Namespace) -> dict[str, Any]:
    trainers = {
        "clinft": _clinft,
        "transformers": _transformers,
        "trl": _trl,
        "llama_factory": _llama_factory,
    }
    with tempfile.TemporaryDirectory() as folder:
        done = trainers[options.worker](options, Path(folder))
    return {
        "tokens_per_second": round(done.tokens / done.seconds, 1),
        "peak_gib": round(_peak_gib() if done.peak_gib is None else done.peak_gib, 2),
        "losses": [round(loss, 4) for loss in done.losses],
    }


def _peak_gib() -> float:
    """Of this process alone: what `getrusage` tells includes the one that started it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**30
    (kib,) = (int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return kib / 2**20


def _samples(folder: Path) -> tuple[Any, Any, Any, list[Any]]:
    """Store, identity, spec and the samples of the example project, cut to nothing."""
    from clinft.adapters.model.store import LocalModelStore
    from clinft.adapters.progress import LineProgress
    from clinft.adapters.training.samples import read_samples
    from clinft.artifacts.data import Record
    from clinft.artifacts.formatting import training_lines
    from clinft.artifacts.jsonl import iter_models, write_lines
    from clinft.spec.load import load_project
    from clinft.stages.prepare import stage as prepare
    from clinft.wiring import surroundings

    loaded = load_project(PROJECT)
    progress = LineProgress(lambda text: print(text, file=sys.stderr))
    store = LocalModelStore(REPOSITORY, surroundings().cache / "models", progress)
    identity = store.identify(loaded.spec.training.base_model, None)
    prepare.prepare(loaded.spec, folder / "records")
    records = iter_models(folder / "records" / "train.jsonl", Record)
    write_lines(folder / "train.jsonl", training_lines(loaded.prompt, records))
    samples = read_samples(folder / "train.jsonl", store.chat(identity), 2048)
    return store, identity, loaded.spec, samples


def _lora(options: argparse.Namespace) -> Any:
    from clinft.spec.training import LoraSpec

    return LoraSpec(top_layers=options.top or None)


def _clinft(options: argparse.Namespace, folder: Path) -> Trained:
    from clinft.adapters.model.prefix import Trunk
    from clinft.adapters.progress import LineProgress
    from clinft.adapters.training import lora
    from clinft.adapters.training.checkpoints import Checkpoints
    from clinft.adapters.training.loop import Loop
    from clinft.adapters.training.samples import Data
    from clinft.spec.training import Hyperparameters

    store, identity, _, samples = _samples(folder)
    model = store.load(identity)
    adapted, trainable = lora.attach(model, _lora(options), 0)
    adapted.train()
    hyperparameters = Hyperparameters(
        batch_size=options.batch_size,
        learning_rate=1e-3,
        max_steps=options.steps,
        checkpoint_every_steps=10**6,
    )
    loop = Loop(Trunk(model), trainable, Data(samples, []), hyperparameters, Checkpoints(folder / "c"))
    state = loop.run(LineProgress(lambda text: None))
    losses = [point.training_loss for point in state.loss if point.training_loss is not None]
    return Trained(state.sample_tokens, state.seconds, losses)


def _peer(options: argparse.Namespace, folder: Path) -> tuple[Any, Any, list[Any], dict[str, Any]]:
    """Model with the same adapter, tokenizer, samples, and the settings both peers share."""
    from clinft.adapters.training import lora

    store, identity, _, samples = _samples(folder)
    adapted, _ = lora.attach(store.load(identity), _lora(options), 0)
    return adapted, store.chat(identity), samples, _settings(options, folder)


def _settings(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """As transformers' TrainingArguments, which all peers share, name them."""
    return {
        "output_dir": str(folder / "out"),
        "per_device_train_batch_size": options.batch_size,
        "max_steps": options.steps,
        "learning_rate": 1e-3,
        "report_to": [],
        "save_strategy": "no",
        "logging_steps": 1,
        "disable_tqdm": True,
        "dataloader_num_workers": 0,
        "use_cpu": True,
        "bf16": False,
        "gradient_checkpointing": False,
        "train_sampling_strategy": "group_by_length",
    }


def _transformers(options: argparse.Namespace, folder: Path) -> Trained:
    from datasets import Dataset
    from transformers import DataCollatorForSeq2Seq, Trainer, TrainingArguments

    adapted, chat, samples, settings = _peer(options, folder)
    rows = _labelled(samples)
    seen: list[int] = []
    collate = DataCollatorForSeq2Seq(chat._tokenizer, padding=True)

    def counted(features: list[dict[str, Any]]) -> Any:
        seen.extend(len(feature["input_ids"]) for feature in features)
        return collate(features)

    trainer = Trainer(
        model=adapted,
        args=TrainingArguments(**settings),
        train_dataset=Dataset.from_list(rows),
        data_collator=counted,
    )
    return _finished(trainer, seen, options)


def _trl(options: argparse.Namespace, folder: Path) -> Trained:
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    adapted, chat, samples, settings = _peer(options, folder)
    rows = [
        {"input_ids": s.ids, "completion_mask": [0] * s.prompt + [1] * (len(s.ids) - s.prompt)}
        for s in samples
    ]
    trainer = SFTTrainer(
        model=adapted,
        args=SFTConfig(**settings, max_length=None, completion_only_loss=True, packing=False),
        train_dataset=Dataset.from_list(rows),
        processing_class=chat._tokenizer,
    )
    seen: list[int] = []
    collate = trainer.data_collator

    def counted(features: list[dict[str, Any]]) -> Any:
        seen.extend(len(feature["input_ids"]) for feature in features)
        return collate(features)

    trainer.data_collator = counted
    return _finished(trainer, seen, options)


def _labelled(samples: list[Any]) -> list[dict[str, list[int]]]:
    return [
        {
            "input_ids": s.ids,
            "labels": [-100] * s.prompt + s.ids[s.prompt :],
            "attention_mask": [1] * len(s.ids),
        }
        for s in samples
    ]


def _llama_factory(options: argparse.Namespace, folder: Path) -> Trained:
    import llama_factory_peer

    from clinft.spec.training import LoraSpec

    store, identity, _, samples = _samples(folder)
    lora = LoraSpec()
    settings = {
        "finetuning_type": "lora",
        "lora_rank": lora.r,
        "lora_alpha": lora.lora_alpha,
        "lora_dropout": lora.lora_dropout,
        "lora_target": ",".join(lora.target_modules),
        "disable_gradient_checkpointing": True,
        "overwrite_output_dir": True,
        "seed": 0,
        **{name: value for name, value in _settings(options, folder).items() if name != "report_to"},
        "report_to": "none",
    }
    found = llama_factory_peer.train(folder, store.folder(identity), _labelled(samples), settings)
    return Trained(found["tokens"], found["seconds"], found["losses"], found["peak_gib"])


def _finished(trainer: Any, seen: list[int], options: argparse.Namespace) -> Trained:
    started = time.monotonic()
    trainer.train()
    seconds = time.monotonic() - started
    # The loader may have drawn a batch that was never trained.
    tokens = sum(seen[: options.steps * options.batch_size])
    return Trained(tokens, seconds, [entry["loss"] for entry in trainer.state.log_history if "loss" in entry])


def _layers(layers: int) -> str:
    return f"top {layers} layers" if layers else "all layers"


def _row(name: str, layers: int, found: list[dict[str, Any]]) -> str:
    speeds = [result["tokens_per_second"] for result in found]
    losses = found[0]["losses"]
    quarter = max(1, len(losses) // 4)
    return (
        f"| {NAMES[name]} | {_layers(layers)} | {mean(speeds):.0f} | {min(speeds):.0f}–{max(speeds):.0f} | "
        f"{max(result['peak_gib'] for result in found):.1f} | {mean(losses[:quarter]):.2f} | "
        f"{mean(losses[-quarter:]):.2f} |"
    )


def _section(rows: list[str], options: argparse.Namespace) -> str:
    from record import processor

    packages = ("torch", "transformers", "peft", *(["trl"] if "trl" in options.trainers else []))
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in packages)
    setting = (
        f"{processor()}, {os.cpu_count()} cores, Python {platform.python_version()}, {versions}. "
        f"SmolLM2-135M, LoRA r = 16 on all linear layers, fp32, batch {options.batch_size}, "
        f"{options.steps} steps, the example project's samples, completion-only loss, like lengths batched "
        f"together; {options.rounds} rounds in turn. Tokens are those of whole samples, prompt and answer, "
        "without padding. Peak memory is that of the whole process (VmHWM). Losses, in nats per answer "
        "token, are means of the first and of the last quarter of the steps: each trainer draws its own "
        "batches and warms up in its own way, so they agree within noise and not in their digits."
    )
    if "llama_factory" in options.trainers:
        from llama_factory_peer import versions

        setting += f" LLaMA-Factory in an environment of its own: {versions()}."
    head = (
        "| trainer | adapted | tokens/s, mean | range | peak memory, GiB | loss at first | at last |\n"
        "|---|---|---|---|---|---|---|"
    )
    day = datetime.now(UTC).date().isoformat()
    return "\n".join([f"### {day}", "", setting, "", head, *rows, ""])


if __name__ == "__main__":
    main()
