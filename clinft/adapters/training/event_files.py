"""The curves of a training for TensorBoard: numbers of each step, in files that TensorBoard alone reads."""

from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

from clinft.ports.progress import Progress

FOLDER = "tensorboard"
SECONDS_BETWEEN_WRITES = 30


class Curves(Protocol):
    def add(self, step: int, **values: float | None) -> None:
        """None: not measured at this step, so there is no point."""

    def close(self) -> None: ...


class NoCurves:
    def add(self, step: int, **values: float | None) -> None:
        return

    def close(self) -> None:
        return


class EventFiles:
    """`done`: steps that a checkpoint holds. Points of later ones, of a call that was killed, are withdrawn:
    their steps come again.
    """

    def __init__(self, folder: Path, done: int) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self._writer: Any = SummaryWriter(str(folder), purge_step=done + 1, flush_secs=SECONDS_BETWEEN_WRITES)

    def add(self, step: int, **values: float | None) -> None:
        for name, value in values.items():
            if value is not None:
                self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        self._writer.close()


def opened(folder: Path, done: int, progress: Progress) -> Curves:
    try:
        metadata.version("tensorboard")
    except metadata.PackageNotFoundError:
        progress.note("No TensorBoard files are written: the extra tensorboard is not installed.")
        return NoCurves()
    return EventFiles(folder / FOLDER, done)
