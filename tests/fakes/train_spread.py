"""A training in several processes: python -m tests.fakes.train_spread FOLDER-OF-THE-REQUEST [--alone].

Under a launcher it takes part as `clinft train` does. `--alone`: it starts a second process itself.
"""

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import torch
import typer

from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training.peft import PeftProvider
from clinft.adapters.training.spread_team import Team
from clinft.cli.boundary import guarded
from clinft.cli.ranks import shared
from clinft.ports.training import TrainingRequest
from clinft.spec.training import TrainingSpec
from clinft.stages import train
from clinft.wiring import ranks
from tests.fakes import lora_request
from tests.fakes.progress import Quiet

# Nothing is dropped: each process would drop other inputs than one alone does.
LORA = {"r": 4, "lora_alpha": 8}
LONG_STEPS = 90


def without_dropout(request: TrainingRequest, method: str = "lora", **changes: Any) -> TrainingRequest:
    hyperparameters = {**lora_request.SPEC["hyperparameters"], **changes}
    spec = {**lora_request.SPEC, "method": method, "lora": LORA, "hyperparameters": hyperparameters}
    return replace(request, spec=TrainingSpec.model_validate(spec, strict=False))


def long(folder: Path, store: LocalModelStore) -> TrainingRequest:
    """90 small steps: time for another process to send a signal."""
    request = lora_request.request(folder, store)
    return without_dropout(request, n_epochs=30, checkpoint_every_steps=15, learning_rate=1e-3)


@guarded
def work(folder: Path, alone: Annotated[bool, typer.Option("--alone")] = False) -> None:
    torch.set_num_threads(1)
    if alone:
        _train(folder, Team(environment=os.environ, processes=2))
    else:
        shared(lambda: True)(lambda: _train(folder, ranks.team()))()


def _train(folder: Path, team: Team) -> None:
    store = LocalModelStore(folder, folder / "cache", Quiet())
    train.train(long(folder, store), PeftProvider(store, team), Quiet(), lambda job: None)


if __name__ == "__main__":
    typer.run(work)
