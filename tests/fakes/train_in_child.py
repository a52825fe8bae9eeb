"""A process that trains as a verb does: python -m tests.fakes.train_in_child FOLDER-OF-THE-REQUEST."""

from pathlib import Path

import torch
import typer

from clinft.adapters.training.peft import PeftProvider
from clinft.cli.boundary import guarded
from clinft.stages import train
from tests.fakes import lora_request
from tests.fakes.progress import Quiet


@guarded
def work(folder: Path) -> None:
    torch.set_num_threads(1)
    store = lora_request.store(folder / "repository")
    request = lora_request.long(lora_request.request(folder, store))
    train.train(request, PeftProvider(store), Quiet(), lambda job: None)


if __name__ == "__main__":
    typer.run(work)
