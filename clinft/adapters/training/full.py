"""Full fine-tuning: every weight is trained, and the result is a model folder like any other."""

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch

from clinft.adapters.model import device, quiet
from clinft.adapters.model.tuned import MANIFEST
from clinft.artifacts.canonical import digest_file, digest_json
from clinft.artifacts.planning import BaseModelIdentity
from clinft.run_folder import write_atomically

# Of one file of weights.
SHARD = "2GB"
# Beside the weights, byte for byte as the base model has them: the tokenizer, and how answers are drawn.
BESIDE = (
    "tokenizer*",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.*",
    "merges.txt",
    "*.model",
    "*.jinja",
    "generation_config.json",
)


def attach(model: Any) -> dict[str, torch.nn.Parameter]:
    """Every parameter by name, once where embedding and head are the same."""
    trainable: dict[str, torch.nn.Parameter] = dict(model.named_parameters())
    for parameter in trainable.values():
        parameter.requires_grad_(True)
    return trainable


def write(
    model: Any,
    folder: Path,
    base_model: BaseModelIdentity,
    base_folder: Path,
    facts: Mapping[str, str],
) -> dict[str, str]:
    """File name to sha256. The folder is whole or not there; the same weights give the same bytes.

    In the precision in which this machine evaluates models, not the wider one of training.
    """
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    shapes = {name: list(value.shape) for name, value in model.named_parameters()}
    try:
        with quiet.transformers():
            narrow = model.to(getattr(torch, device.choose().dtype))
            narrow.save_pretrained(partial, max_shard_size=SHARD)
        for name in _beside(base_folder):
            shutil.copyfile(base_folder / name, partial / name)
        manifest = {
            **facts,
            "base_model": base_model.model_dump(mode="json"),
            "tensors": digest_json(shapes),
            "files": _digests(partial),
        }
        write_atomically(partial / MANIFEST, json.dumps(manifest, indent=2, sort_keys=True).encode())
        found = _digests(partial)
        _flush(partial / name for name in found)
        shutil.rmtree(folder, ignore_errors=True)
        partial.replace(folder)
    except BaseException:  # also a stop by hand: nothing half-written stays
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return found


def _beside(folder: Path) -> list[str]:
    return sorted({path.name for pattern in BESIDE for path in folder.glob(pattern) if path.is_file()})


def _digests(folder: Path) -> dict[str, str]:
    return {path.name: digest_file(path) for path in sorted(folder.iterdir())}


def _flush(paths: Iterable[Path]) -> None:
    for path in paths:
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
