"""One LoRA training by clinft or a peer, in this process: what it took, and the loss of each step.

The trainers of bench/train_throughput.py and bench/loss_curves.py, each with the same model, samples and
adapter shape.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
PROJECT = REPOSITORY / "projects" / "icd10-chapter"
TRAINERS = ("clinft", "transformers", "trl", "llama_factory")
NAMES = {
    "clinft": "clinft",
    "transformers": "transformers Trainer",
    "trl": "TRL SFTTrainer",
    "llama_factory": "LLaMA-Factory",
}
PEAK_RATE = 1e-3


@dataclass(frozen=True)
class Wanted:
    """`top`: the last layers to adapt; 0: all. `same_batches`: clinft's, at its learning rates, for all; else
    each trainer draws its own. `seed`: of the adapter's first weights.
    """

    steps: int
    batch_size: int
    top: int = 0
    same_batches: bool = False
    seed: int = 0


@dataclass(frozen=True)
class Trained:
    """`tokens` of whole samples. `peak_gib`: of its process, where that is not this one."""

    tokens: int
    seconds: float
    losses: list[float]
    peak_gib: float | None = None


def train(wanted: Wanted, trainer: str) -> dict[str, Any]:
    """`tokens_per_second` of whole samples, `peak_gib` of the process, `losses` in nats per answer token."""
    with tempfile.TemporaryDirectory() as folder:
        done = BY_NAME[trainer](wanted, Path(folder))
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


def _hyperparameters(wanted: Wanted) -> Any:
    from clinft.spec.training import Hyperparameters

    return Hyperparameters(
        batch_size=wanted.batch_size,
        learning_rate=PEAK_RATE,
        max_steps=wanted.steps,
        checkpoint_every_steps=10**6,
    )


def _in_order(wanted: Wanted, samples: list[Any]) -> list[Any]:
    """For the peers. With the same batches for all: those of clinft's first epoch, in turn."""
    if not wanted.same_batches:
        return samples
    from clinft.adapters.training.samples import batches

    hyperparameters = _hyperparameters(wanted)
    cut = batches(samples, wanted.batch_size, hyperparameters.seed, 0)[: wanted.steps]
    if len(cut) < wanted.steps or any(len(batch) < wanted.batch_size for batch in cut):
        sys.exit(f"{wanted.steps} steps of {wanted.batch_size} are more than one epoch of whole batches.")
    return [samples[index] for batch in cut for index in batch]


def _rates(wanted: Wanted) -> list[float]:
    """Of each step, as shares of the highest; empty: each trainer's own."""
    if not wanted.same_batches:
        return []
    from clinft.adapters.training.loop import learning_rate

    hyperparameters = _hyperparameters(wanted)
    return [learning_rate(step, wanted.steps, hyperparameters) / PEAK_RATE for step in range(wanted.steps)]


def _lora(wanted: Wanted) -> Any:
    from clinft.spec.training import LoraSpec

    return LoraSpec(top_layers=wanted.top or None)


def _clinft(wanted: Wanted, folder: Path) -> Trained:
    from clinft.adapters.model.prefix import Trunk
    from clinft.adapters.progress import LineProgress
    from clinft.adapters.training import lora
    from clinft.adapters.training.checkpoints import Checkpoints
    from clinft.adapters.training.loop import Loop
    from clinft.adapters.training.samples import Data

    store, identity, _, samples = _samples(folder)
    model = store.load(identity)
    adapted, trainable = lora.attach(model, _lora(wanted), wanted.seed)
    adapted.train()
    data, hyperparameters = Data(samples, []), _hyperparameters(wanted)
    loop = Loop(Trunk(model), trainable, data, hyperparameters, Checkpoints(folder / "c"))
    state = loop.run(LineProgress(lambda text: None))
    losses = [point.training_loss for point in state.loss if point.training_loss is not None]
    return Trained(state.sample_tokens, state.seconds, losses)


def _peer(wanted: Wanted, folder: Path) -> tuple[Any, Any, list[Any], dict[str, Any]]:
    """Model with the same adapter, tokenizer, samples, and the settings both peers share."""
    from clinft.adapters.training import lora

    store, identity, _, samples = _samples(folder)
    adapted, _ = lora.attach(store.load(identity), _lora(wanted), wanted.seed)
    return adapted, store.chat(identity), _in_order(wanted, samples), _settings(wanted, folder)


def _settings(wanted: Wanted, folder: Path) -> dict[str, Any]:
    """As transformers' TrainingArguments, which all peers share, name them."""
    return {
        "output_dir": str(folder / "out"),
        "per_device_train_batch_size": wanted.batch_size,
        "max_steps": wanted.steps,
        "learning_rate": PEAK_RATE,
        "report_to": [],
        "save_strategy": "no",
        "logging_steps": 1,
        "disable_tqdm": True,
        "dataloader_num_workers": 0,
        "use_cpu": True,
        "bf16": False,
        "gradient_checkpointing": False,
        "train_sampling_strategy": "sequential" if wanted.same_batches else "group_by_length",
    }


def _transformers(wanted: Wanted, folder: Path) -> Trained:
    from datasets import Dataset
    from transformers import DataCollatorForSeq2Seq, Trainer, TrainingArguments

    adapted, chat, samples, settings = _peer(wanted, folder)
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
    return _finished(trainer, seen, wanted)


def _trl(wanted: Wanted, folder: Path) -> Trained:
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    adapted, chat, samples, settings = _peer(wanted, folder)
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
    return _finished(trainer, seen, wanted)


def _labelled(samples: list[Any]) -> list[dict[str, list[int]]]:
    return [
        {
            "input_ids": s.ids,
            "labels": [-100] * s.prompt + s.ids[s.prompt :],
            "attention_mask": [1] * len(s.ids),
        }
        for s in samples
    ]


def _llama_factory(wanted: Wanted, folder: Path) -> Trained:
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
        "seed": wanted.seed,
        "disable_shuffling": wanted.same_batches,
        **{name: value for name, value in _settings(wanted, folder).items() if name != "report_to"},
        "report_to": "none",
    }
    found = llama_factory_peer.train(
        folder, store.folder(identity), _labelled(_in_order(wanted, samples)), settings, _rates(wanted)
    )
    return Trained(found["tokens"], found["seconds"], found["losses"], found["peak_gib"])


def _finished(trainer: Any, seen: list[int], wanted: Wanted) -> Trained:
    if rates := _rates(wanted):
        from torch.optim.lr_scheduler import LambdaLR

        # A step beyond the last is asked for and not made.
        trainer.lr_scheduler = LambdaLR(trainer.create_optimizer(), lambda step: [*rates, 0.0][step])
    started = time.monotonic()
    trainer.train()
    seconds = time.monotonic() - started
    # The loader may have drawn a batch that was never trained.
    tokens = sum(seen[: wanted.steps * wanted.batch_size])
    return Trained(tokens, seconds, [entry["loss"] for entry in trainer.state.log_history if "loss" in entry])


BY_NAME: dict[str, Callable[[Wanted, Path], Trained]] = {
    "clinft": _clinft,
    "transformers": _transformers,
    "trl": _trl,
    "llama_factory": _llama_factory,
}


def in_process(wanted: Wanted, trainer: str) -> dict[str, Any]:
    """`train` in a process of its own: peak memory is a process's."""
    command = [sys.executable, __file__, json.dumps([trainer, asdict(wanted)])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{NAMES[trainer]} failed:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    name, given = json.loads(sys.argv[1])
    print(json.dumps(train(Wanted(**given), name)))
