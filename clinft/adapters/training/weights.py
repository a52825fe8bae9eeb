"""What is trained of a model, by the spec's method, and how it is written."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training import full, lora, methods, troubles
from clinft.adapters.training.checkpoints import KEPT
from clinft.ports.training import TrainingRequest

if TYPE_CHECKING:
    import torch

ADAPTER, MODEL = "adapter", "model"


def load(models: LocalModelStore, request: TrainingRequest) -> Any:
    """In four bits, in float32 where the optimizer changes all of it, or as this machine runs it."""
    method = request.spec.method
    return models.load(request.base_model, four_bits=method == "qlora", wide=method == "full")


def attach(model: Any, request: TrainingRequest) -> "tuple[Any, dict[str, torch.nn.Parameter]]":
    """The model to write, and by name what is trained: of an adapter, or all of the model's."""
    spec = request.spec
    if spec.method == "full":
        return model, full.attach(model)
    return lora.attach(model, spec.lora, spec.hyperparameters.seed, dora=spec.method == "dora")


def check_room(request: TrainingRequest, trainable: "Mapping[str, torch.nn.Parameter]", begun: bool) -> None:
    """Whether the disk will hold the checkpoints and the result. `begun`: one checkpoint is there already."""
    numbers = sum(parameter.numel() for parameter in trainable.values())
    # The best one may be older than those that are kept anyway.
    kept = KEPT + (request.spec.hyperparameters.early_stopping is not None)
    size = numbers * methods.CHECKPOINT_BYTES
    troubles.check_room(request.output_dir, size, kept, numbers * 4, begun)


def write(
    models: LocalModelStore, request: TrainingRequest, model: Any, facts: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    """The folder's name in the run, and the sha256 of its files."""
    if request.spec.method != "full":
        return ADAPTER, lora.write(model, request.output_dir / ADAPTER, request.base_model, facts)
    base, folder = models.folder(request.base_model), request.output_dir / MODEL
    return MODEL, full.write(model, folder, request.base_model, base, facts)
