"""A model that one card does not hold: each process keeps a part of every layer (FSDP2), the rest is whole.

Frozen weights are gathered layer by layer as they are read, in either direction, and let go again.
Embeddings, head and the adapters, which are put in afterwards, are whole on every card: steps and checkpoints
are those of a model in one piece.
"""

from typing import Any

import torch
from torch import distributed
from torch.distributed.device_mesh import DeviceMesh, init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import distribute_tensor

from clinft.adapters.model import device, quiet
from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training.spread import Ranks
from clinft.artifacts.planning import BaseModelIdentity


def load(models: LocalModelStore, identity: BaseModelIdentity, ranks: Ranks) -> Any:
    """As the store loads it, spread over the processes. Only the first one's machine needs memory for all."""
    place = torch.device(device.current(device.choose()))
    mesh = init_device_mesh(place.type, (ranks.world,))
    model = models.load(identity, in_memory=True) if ranks.first else _without_weights(models, identity)
    decoder = model.get_decoder()
    for layer in decoder.layers:
        _spread(layer, mesh, place, ranks)
    _same_everywhere(model, place, ranks)
    # The root, so that the next layer is fetched while one is at work; it has no weights of its own.
    outside = {parameter for parameter in decoder.parameters() if not hasattr(parameter, "full_tensor")}
    fully_shard(decoder, mesh=mesh, ignored_params=outside)
    return model


def _without_weights(models: LocalModelStore, identity: BaseModelIdentity) -> Any:
    """Its shapes, and what is computed from its configuration."""
    from accelerate import init_empty_weights

    with quiet.transformers() as transformers:
        config = transformers.AutoConfig.from_pretrained(
            models.folder(identity), local_files_only=True, trust_remote_code=False
        )
        with init_empty_weights(include_buffers=False):
            model = transformers.AutoModelForCausalLM.from_config(
                config, dtype=getattr(torch, device.choose().dtype), trust_remote_code=False
            )
    return model.eval()


def _spread(layer: torch.nn.Module, mesh: DeviceMesh, place: torch.device, ranks: Ranks) -> None:
    """What the first process has read is dealt out, one weight at a time."""
    whole = {name: parameter.detach() for name, parameter in layer.named_parameters()}
    fully_shard(layer, mesh=mesh, reshard_after_forward=True)
    if not ranks.first:
        layer.to_empty(device=place)
    with torch.no_grad():
        for name, parameter in layer.named_parameters():
            given = whole.pop(name)
            full = given.to(place) if ranks.first else torch.empty_like(given, device=place)
            parameter.copy_(distribute_tensor(full, mesh, parameter.placements))
            parameter.requires_grad_(False)
        for buffer in layer.buffers():
            distributed.broadcast(buffer, 0)


def _same_everywhere(model: Any, place: torch.device, ranks: Ranks) -> None:
    """Weights outside of the layers, and all buffers."""
    for module in model.modules():
        for name, parameter in module.named_parameters(recurse=False):
            if hasattr(parameter, "full_tensor"):
                continue
            value = parameter.detach().to(place) if ranks.first else torch.empty_like(parameter, device=place)
            setattr(module, name, torch.nn.Parameter(value, requires_grad=False))
        for name, buffer in module.named_buffers(recurse=False):
            setattr(module, name, buffer.to(place))
    model.tie_weights()
    for tensor in [*model.parameters(), *model.buffers()]:
        if not hasattr(tensor, "full_tensor"):
            distributed.broadcast(tensor.data, 0)
