"""What a machine lacks in the midst of training, in words of its own: disk, memory, memory of the card."""

import errno
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError

from clinft.errors import Interrupted, ServiceError

GOES_ON = "the same command goes on from the last checkpoint."
ANEW = "the next `clinft train` takes a new attempt. There was no checkpoint yet to go on from."
SMALLER = (
    "End other work, lower training.hyperparameters.batch_size, take lora in place of full, or a machine "
    "with more memory (clinft train --explain)."
)
# torch's allocator for processors, and CUDA's drivers, have no exception of their own.
NO_MEMORY = ("can't allocate memory", "Cannot allocate memory", "not enough memory")
NO_CARD_MEMORY = ("CUDA out of memory", "CUDA error: out of memory")
NO_ROOM = ("No space left on device", "Disk quota exceeded", "File too large", "os error 28")


@contextmanager
def told(folder: Path, begun: Callable[[], bool]) -> Iterator[None]:
    """Raises Interrupted in place of what says it in a foreign way; anything else passes.

    `folder`: what training writes to. `begun`: whether there is a checkpoint. Without one a lack ends the
    attempt, as a ServiceError: there is nothing to go on from, and the same work would lack it again.
    """
    try:
        yield
    except (OSError, MemoryError, RuntimeError, SafetensorError) as error:
        if _is_disk(error):
            raise _disk(folder, begun()) from None
        lack = _lack_of_memory(error)
        if lack is None:
            raise
        if begun():
            raise Interrupted(*lack, f"End the other work; {GOES_ON}") from None
        raise ServiceError(*lack, SMALLER) from None


def check_room(folder: Path, checkpoint_bytes: int, kept: int, result_bytes: int, begun: bool) -> None:
    """Before the first step: whether the disk will hold what is to come."""
    folder.mkdir(parents=True, exist_ok=True)
    # What earlier calls of this run left is kept in place of what would be written.
    free = shutil.disk_usage(folder).free
    there = sum(path.stat().st_size for path in folder.rglob("*.safetensors") if path.is_file())
    # One more than are kept: the oldest goes once the newest is whole.
    needed = (kept + 1) * checkpoint_bytes + result_bytes - min(there, kept * checkpoint_bytes)
    if free < needed:
        told = (
            # Without numbers: on GitHub what ends in the same words again and again is given up.
            "The disk is too small for the checkpoints and the result of this training.",
            f"{folder} has {_gb(free)} free and takes up to {_gb(needed)}: {kept + 1} checkpoints of "
            f"{_gb(checkpoint_bytes)}, with what the optimizer remembers of each weight, and the weights.",
        )
        if begun:
            raise Interrupted(*told, f"Free the disk; {GOES_ON}")
        raise ServiceError(*told, f"Free the disk or choose a larger one; {ANEW}")


def _is_disk(error: Exception) -> bool:
    number = error.errno if isinstance(error, OSError) else None
    return number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or any(said in str(error) for said in NO_ROOM)


def _disk(folder: Path, begun: bool) -> ServiceError:
    told = (
        "The disk is full: a checkpoint or the weights could not be written.",
        f"{folder} has {_gb(_free(folder))} free. What was half written is deleted, the rest is whole.",
    )
    if begun:
        return Interrupted(*told, f"Free the disk, or have the quota raised; {GOES_ON}")
    return ServiceError(*told, f"Free the disk, or have the quota raised; {ANEW}")


def _lack_of_memory(error: Exception) -> tuple[str, str] | None:
    number, words = error.errno if isinstance(error, OSError) else None, str(error)
    if type(error).__name__ == "OutOfMemoryError" or any(said in words for said in NO_CARD_MEMORY):
        return (
            "The graphics card has no memory left for training.",
            "Another process took part of it (nvidia-smi shows which), or the model is too large for it.",
        )
    if isinstance(error, MemoryError) or number == errno.ENOMEM or any(said in words for said in NO_MEMORY):
        return (
            "This machine has no memory left for training.",
            "Weights, gradients and what the optimizer remembers need more, or other work holds it.",
        )
    return None


def _free(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


def _gb(count: int) -> str:
    return f"{count / 1e9:,.1f} GB"
