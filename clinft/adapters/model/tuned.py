"""What training left: an adapter that is put on its base model, or a folder of full weights."""

import json
import warnings
from pathlib import Path
from typing import Any

from clinft.adapters.model import quiet
from clinft.artifacts.planning import BaseModelIdentity
from clinft.errors import DigestMismatch, SpecError

CONFIG = "config.json"
ADAPTER_WEIGHTS, ADAPTER_CONFIG = "adapter_model.safetensors", "adapter_config.json"
MANIFEST = "manifest.json"


def is_full(folder: Path) -> bool:
    """Whether it is a model by itself. An adapter has a configuration of another name."""
    return (folder / CONFIG).exists() and not (folder / ADAPTER_CONFIG).exists()


def check_base(folder: Path, base: BaseModelIdentity) -> None:
    """A manifest, where there is one, names the model that the weights were trained from."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        named = manifest["base_model"]["digest"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return
    if named != base.digest:
        raise DigestMismatch(
            f"The weights in {folder.name} were trained from another base model than {base.ref}.",
            "They were copied from another run, or the base model changed since.",
            "Take the weights of this run, or train again.",
        )


def with_adapter(model: Any, folder: Path, base: BaseModelIdentity) -> Any:
    """The adapter is merged: the same function with fewer operations."""
    for name in (ADAPTER_CONFIG, ADAPTER_WEIGHTS):
        if not (folder / name).exists():
            raise SpecError(f"{folder.name} holds no {name}.", "It is not a LoRA adapter.", "Train again.")
    from safetensors import SafetensorError

    try:
        with quiet.transformers(), warnings.catch_warnings():
            from peft import PeftModel

            # What PEFT would only warn of is refused below.
            warnings.simplefilter("ignore", UserWarning)
            adapted = PeftModel.from_pretrained(model, str(folder), local_files_only=True)
            stray = _stray(adapted, folder)
    except (RuntimeError, ValueError, KeyError):
        # A size that differs, or a layer that is not there: PEFT's words quote all of them.
        raise _of_another_model(folder, base) from None
    except (SafetensorError, TypeError):
        raise DigestMismatch(
            f"The adapter in {folder.name} cannot be read.",
            "A file of it is damaged, or written by a version that clinft does not know.",
            "Restore it from a copy, or train again.",
        ) from None
    if stray:
        raise _of_another_model(folder, base)
    return adapted.merge_and_unload().eval()


def _stray(adapted: Any, folder: Path) -> set[str]:
    """What one of file and model has alone, in adapted layers: PEFT passes over it silently."""
    from peft import get_peft_model_state_dict
    from safetensors import safe_open

    with safe_open(folder / ADAPTER_WEIGHTS, framework="pt") as tensors:
        written = set(tensors.keys())
    # Whether embeddings belong to it too PEFT would ask of the hub.
    there = get_peft_model_state_dict(adapted, save_embedding_layers=False)
    return {name for name in written ^ set(there) if ".lora_" in name}


def _of_another_model(folder: Path, base: BaseModelIdentity) -> SpecError:
    return SpecError(
        f"The adapter in {folder.name} does not fit the base model {base.ref}.",
        "It was trained for a model with other layers or sizes.",
        "Take the base model that its manifest.json names, or the adapter of this run.",
    )
