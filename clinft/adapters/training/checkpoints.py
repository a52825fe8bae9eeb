"""Checkpoints that are either whole or not there: safetensors and JSON, never pickles."""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from clinft.artifacts.canonical import digest_file
from clinft.errors import DigestMismatch
from clinft.run_folder import write_atomically

TENSORS, STATE = "tensors.safetensors", "state.json"
KEPT = 2


class Checkpoints:
    """Folders `step-00000040/` in `folder`. The state is written last and names the tensors' digest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(
        self,
        step: int,
        tensors: Mapping[str, torch.Tensor],
        state: Mapping[str, Any],
        keep: int | None = None,
    ) -> None:
        """`keep`: the step of another one that is needed to the end."""
        partial = self._folder / f".partial-{step:08d}"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        path = partial / TENSORS
        save_file({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, path)
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
        content = {"step": step, "tensors_sha256": digest_file(path), **state}
        write_atomically(partial / STATE, json.dumps(content, sort_keys=True).encode())
        final = self._at(step)
        shutil.rmtree(final, ignore_errors=True)
        partial.replace(final)
        for old in self._all()[:-KEPT]:
            if keep is None or old != self._at(keep):
                shutil.rmtree(old)

    def latest(self) -> tuple[dict[str, torch.Tensor], dict[str, Any]] | None:
        """The newest whole checkpoint; a damaged one is passed over for the one before."""
        for folder in reversed(self._all()):
            if found := _whole(folder):
                return found
        return None

    def of_step(self, step: int) -> dict[str, torch.Tensor]:
        found = _whole(self._at(step))
        if found is None:
            raise DigestMismatch(
                f"The checkpoint of step {step:,}, the best one, is missing or damaged.",
                "It was deleted or changed after it was written, or the disk lost it.",
                "Raise `revision` in project.yaml to train again.",
            )
        return found[0]

    def clear(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def _at(self, step: int) -> Path:
        return self._folder / f"step-{step:08d}"

    def _all(self) -> list[Path]:
        return sorted(self._folder.glob("step-*"))


def _whole(folder: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any]] | None:
    state_path, tensors_path = folder / STATE, folder / TENSORS
    if not state_path.exists() or not tensors_path.exists():
        return None
    state: dict[str, Any] = json.loads(state_path.read_bytes())
    if digest_file(tensors_path) != state["tensors_sha256"]:
        return None
    return load_file(tensors_path), state
