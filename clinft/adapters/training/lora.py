"""The LoRA adapter: put into a model, and written as safetensors with a manifest."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save

from clinft.adapters.model import quiet
from clinft.adapters.model.tuned import ADAPTER_CONFIG, ADAPTER_WEIGHTS, MANIFEST
from clinft.artifacts.canonical import digest_bytes, digest_json
from clinft.artifacts.planning import BaseModelIdentity
from clinft.errors import SpecError
from clinft.run_folder import write_atomically
from clinft.spec.training import LoraSpec

NAME = "default"


def attach(
    model: Any, lora: LoraSpec, seed: int, *, dora: bool = False
) -> tuple[Any, dict[str, torch.nn.Parameter]]:
    """The PEFT model and its trainable parameters by name; all else is frozen.

    `dora`: each adapted weight's length is learned too, apart from its direction.

    With `top_layers` the backward pass ends at the lowest adapted layer, because nothing below it has a
    gradient.
    """
    from peft import LoraConfig, get_peft_model

    layers = model.config.get_text_config(decoder=True).num_hidden_layers
    if lora.top_layers is not None and lora.top_layers > layers:
        raise SpecError(
            f"training.lora.top_layers is {lora.top_layers}, but the model has {layers} layers.",
            "The number was written for another model.",
            f"Write at most {layers}, or remove the line to adapt all layers.",
        )
    chosen = None if lora.top_layers is None else list(range(layers - lora.top_layers, layers))
    config = LoraConfig(
        task_type="CAUSAL_LM",
        r=lora.r,
        lora_alpha=lora.lora_alpha,
        lora_dropout=lora.lora_dropout,
        target_modules=list(lora.target_modules),
        layers_to_transform=chosen,
        use_dora=dora,
    )
    torch.manual_seed(seed)
    try:
        with quiet.transformers():
            adapted = get_peft_model(model, config, adapter_name=NAME)
    except ValueError:
        raise SpecError(
            "training.lora.target_modules names no layer of this model.",
            "Each architecture names its linear layers in its own way.",
            "Look the names up in the model's page or its model.safetensors.index.json.",
        ) from None
    trainable = {name: value for name, value in adapted.named_parameters() if value.requires_grad}
    return adapted, trainable


def write(
    adapted: Any, folder: Path, base_model: BaseModelIdentity, facts: Mapping[str, str]
) -> dict[str, str]:
    """File name to sha256. The same weights give the same bytes anywhere."""
    from peft import get_peft_model_state_dict

    tensors = get_peft_model_state_dict(adapted, adapter_name=NAME)
    cpu = {name: tensor.detach().cpu().contiguous() for name, tensor in sorted(tensors.items())}
    config = {
        name: sorted(value) if isinstance(value, set) else value
        for name, value in adapted.peft_config[NAME].to_dict().items()
    }
    # PEFT would write this machine's path to the base model.
    config |= {
        "base_model_name_or_path": base_model.ref,
        "revision": base_model.revision,
        "inference_mode": True,
    }
    files = {
        ADAPTER_WEIGHTS: save(cpu, metadata={"format": "pt"}),
        ADAPTER_CONFIG: json.dumps(config, indent=2, sort_keys=True, default=str).encode(),
    }
    manifest = {
        **facts,
        "base_model": base_model.model_dump(mode="json"),
        "tensors": digest_json({name: list(tensor.shape) for name, tensor in cpu.items()}),
        "files": {name: digest_bytes(data) for name, data in files.items()},
    }
    files[MANIFEST] = json.dumps(manifest, indent=2, sort_keys=True).encode()
    for name, data in files.items():
        write_atomically(folder / name, data)
    return {name: digest_bytes(data) for name, data in sorted(files.items())}
