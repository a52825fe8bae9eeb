"""Checkpoints that are either whole or not there: safetensors and JSON, never pickles."""

import errno
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from clinft.artifacts.canonical import digest_file, digest_json
from clinft.errors import DigestMismatch, Interrupted
from clinft.run_folder import write_atomically

TENSORS, STATE = "tensors.safetensors", "state.json"
FILE = re.compile(r"tensors(-[0-9]+)?\.safetensors")
# Other names are somebody else's.
NAME = re.compile(r"step-[0-9]{8,}")
KEPT = 2
# Of one file: while it is written, no more than this is copied from a card to the machine's memory.
PART_BYTES = 2 * 10**9
Tensors = dict[str, torch.Tensor]


class Checkpoints:
    """Folders `step-00000040/` in `folder`. The state is written last and names the digests of the others.

    `passed_over`: steps of checkpoints that `latest` found damaged. One that the system refuses to read is
    another matter: Interrupted is raised, and whoever mends that loses no step.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.passed_over: list[int] = []

    def save(
        self,
        step: int,
        tensors: Mapping[str, torch.Tensor],
        state: Mapping[str, Any],
        keep: int | None = None,
    ) -> None:
        """`keep`: the step of another one that is needed to the end.

        Where the disk refuses, the earlier ones stay and what was begun is gone.
        """
        partial = self._folder / f".partial-{step:08d}"
        shutil.rmtree(partial, ignore_errors=True)
        try:
            partial.mkdir(parents=True)
            files = {path.name: digest_file(path) for path in _write(partial, tensors)}
            content = {"step": step, "files": files, **state}
            written = {"sha256": digest_json(content), "content": content}
            write_atomically(partial / STATE, json.dumps(written, sort_keys=True).encode())
            final = self._at(step)
            _remove(final)
            partial.replace(final)
        except BaseException:  # also a stop by hand: nothing half-written stays
            shutil.rmtree(partial, ignore_errors=True)
            raise
        self._prune(step, keep)

    def _prune(self, step: int, keep: int | None) -> None:
        """Later ones go too. `latest` takes the newest whole one, so that they were passed over as damaged;
        counted among the newest they would push out the one just written.
        """
        ours = sorted((path for path in self._all() if NAME.fullmatch(path.name)), key=_step)
        earlier = [path for path in ours if _step(path) <= step]
        needed = {*earlier[-KEPT:], *([] if keep is None else [self._at(keep)])}
        for path in ours:
            if path not in needed:
                _remove(path)

    def latest(self) -> tuple[Tensors, dict[str, Any]] | None:
        """The newest whole checkpoint; a damaged one is passed over for the one before.

        None where there never was one. Where all are damaged nobody begins again at step 0 unasked.
        """
        self.passed_over = []
        for folder in reversed(self._all()):
            if found := _whole(folder):
                return found
            self.passed_over.append(_step(folder))
        if self.passed_over:
            steps = ", ".join(f"{step:,}" for step in sorted(self.passed_over))
            raise DigestMismatch(
                f"Every checkpoint of this run is damaged (of the steps {steps}).",
                "They were changed after they were written, or the disk loses what is written to it.",
                f"Restore {self._folder} from a copy; or delete it, and the same command trains from step 0.",
            )
        return None

    def of_step(self, step: int) -> Tensors:
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
        try:
            # glob() takes a folder that may not be read for an empty one.
            return sorted(path for path in self._folder.iterdir() if path.name.startswith("step-"))
        except FileNotFoundError:
            return []
        except OSError as refused:
            raise _unreadable(self._folder, refused) from None


def _write(folder: Path, tensors: Mapping[str, torch.Tensor]) -> Iterator[Path]:
    """Files of at most PART_BYTES, or of one tensor."""
    part: Tensors = {}
    number, taken = 1, 0
    for name, tensor in tensors.items():
        taken += _bytes(tensor)
        if part and taken > PART_BYTES:
            yield _save(folder, number, part)
            part, number, taken = {}, number + 1, _bytes(tensor)
        part[name] = tensor
    yield _save(folder, number, part)


def _save(folder: Path, number: int, part: Tensors) -> Path:
    path = folder / (TENSORS if number == 1 else f"tensors-{number}.safetensors")
    save_file({name: tensor.detach().cpu().contiguous() for name, tensor in part.items()}, path)
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
    return path


def _bytes(tensor: torch.Tensor) -> int:
    return tensor.numel() * tensor.element_size()


def _remove(path: Path) -> None:
    """Also where something else bears a checkpoint's name: a file that a repair of the disk left, a link."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _step(folder: Path) -> int:
    tail = folder.name.removeprefix("step-")
    return int(tail) if tail.isdecimal() else 0


def _whole(folder: Path) -> tuple[Tensors, dict[str, Any]] | None:
    """None: damaged."""
    try:
        files, state = _parts(json.loads((folder / STATE).read_bytes()))
        if state["step"] != _step(folder):
            return None
        tensors: Tensors = {}
        for name, sha256 in files.items():
            if not FILE.fullmatch(name) or digest_file(folder / name) != sha256:
                return None
            tensors |= load_file(folder / name)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as refused:
        if refused.errno in (None, errno.ENOMEM):
            raise
        raise _unreadable(folder, refused) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, SafetensorError):
        return None
    return tensors, state


def _parts(written: dict[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """Digests by file name, and the state. Raises ValueError where it is not the one that was written."""
    if "tensors_sha256" in written:
        # As clinft wrote them until 2026-11-27: one file, and no digest of the state.
        return {TENSORS: written["tensors_sha256"]}, {
            name: value for name, value in written.items() if name != "tensors_sha256"
        }
    content: dict[str, Any] = written["content"]
    if digest_json(content) != written["sha256"]:
        raise ValueError("the state was changed")
    return content["files"], {name: value for name, value in content.items() if name != "files"}


def _unreadable(folder: Path, refused: OSError) -> Interrupted:
    return Interrupted(
        f"The checkpoints cannot be read: {refused.strerror or type(refused).__name__}.",
        f"{folder} belongs to another user, or its disk or network share failed.",
        "Mend that and call again. If it cannot be mended, delete that folder: training goes on from the "
        "checkpoint before it, or begins at step 0 where there is none.",
    )
