"""A LoRA training of nine steps on the tiny Llama: three epochs of three batches, a checkpoint at every second."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from clinft.adapters.model.store import LocalModelStore
from clinft.artifacts.canonical import digest_file
from clinft.ports.training import TrainingRequest
from clinft.spec.training import TrainingSpec
from tests.adapters.training.contract import write_chat_files
from tests.fakes import tiny_llama
from tests.fakes.progress import Quiet

STEPS, LONG_STEPS = 9, 204
SPEC: dict[str, Any] = {
    "provider": "peft",
    "base_model": "tiny",
    "lora": {"r": 4, "lora_alpha": 8, "lora_dropout": 0.1},
    "hyperparameters": {
        "n_epochs": 3,
        "batch_size": 4,
        "learning_rate": 0.02,
        "checkpoint_every_steps": 2,
        "max_tokens": 256,
    },
}


def store(root: Path) -> LocalModelStore:
    tiny_llama.write(root / "tiny")
    return LocalModelStore(root, root / "cache", Quiet())


def request(folder: Path, models: LocalModelStore) -> TrainingRequest:
    train, validation = write_chat_files(folder / "formatted")
    return TrainingRequest(
        run_id="0123456789ab-a1",
        plan_digest="a" * 64,
        base_model=models.identify("tiny", None),
        spec=TrainingSpec.model_validate(SPEC, strict=False),
        training_file=train,
        validation_file=validation,
        training_sha256=digest_file(train),
        validation_sha256=digest_file(validation),
        output_dir=folder / "out",
    )


def long(request: TrainingRequest) -> TrainingRequest:
    """204 small steps: a loss point at every second, and time for another process to send a signal."""
    changes = {"n_epochs": 17, "batch_size": 1, "checkpoint_every_steps": 50}
    hyperparameters = {**SPEC["hyperparameters"], **changes}
    lora = {**SPEC["lora"], "top_layers": 1, "target_modules": ["q_proj", "v_proj"]}
    spec = {**SPEC, "lora": lora, "hyperparameters": hyperparameters}
    return replace(request, spec=TrainingSpec.model_validate(spec, strict=False))
