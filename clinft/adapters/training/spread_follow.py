"""A process that trains along: it waits for orders of the first one, writes nothing and says nothing."""

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training.spread import Ranks
from clinft.adapters.training.spread_team import END, LEFT, ORDER, Launched, group, key, meet
from clinft.artifacts.canonical import digest_file
from clinft.errors import EXIT_SERVICE, CheckpointWritten, DigestMismatch, ServiceError
from clinft.ports.progress import ProgressTask
from clinft.ports.training import TrainingRequest

if TYPE_CHECKING:
    from torch.distributed import Store

ASK_SECONDS = 0.2


class Silent:
    """Progress is the first process's to tell."""

    @contextmanager
    def task(self, label: str, total: int, done: int = 0) -> Iterator[ProgressTask]:
        yield _SilentTask()

    def note(self, text: str) -> None: ...


class _SilentTask:
    def advance(self, amount: int = 1, **fields: str | float) -> None: ...


def follow(launched: Launched, train: Callable[[TrainingRequest, LocalModelStore, Ranks], None]) -> None:
    """Until the first process says that nothing is left to do."""
    if launched.store is not None:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    store = meet(launched)
    for number in itertools.count():
        message = _next(store, number)
        if message == END:
            store.add(LEFT, 1)
            return
        order = ORDER.validate_json(message)
        _check_files(order.request)
        models = LocalModelStore(order.repository, order.cache, Silent())
        with group(store, number, launched):
            try:
                train(order.request, models, Ranks(launched.rank, launched.world, order.sharded))
            except (CheckpointWritten, FloatingPointError):
                # The first process has the same, and says it.
                continue


def _next(store: "Store", number: int) -> bytes:
    """However long the first process prepares, audits or evaluates before it trains."""
    from torch.distributed import DistError

    try:
        while not store.check([key(number)]):
            time.sleep(ASK_SECONDS)
        message: bytes = store.get(key(number))
    except DistError:
        raise ServiceError(
            "The first process of this training is gone.",
            "It failed, or was ended, without a word to the others.",
            "Its own message says why; call again, and training goes on from its last checkpoint.",
        ) from None
    return message


def _check_files(request: TrainingRequest) -> None:
    """Other machines have other disks: what is trained on is what was audited, on each of them."""
    for path, sha256 in (
        (request.training_file, request.training_sha256),
        (request.validation_file, request.validation_sha256),
    ):
        if not path.exists() or digest_file(path) != sha256:
            raise DigestMismatch(
                f"{path.name} on this machine is missing, or is not the file that was audited.",
                "Processes on several machines read one shared folder, and this one sees another.",
                "Put repository, CLINFT_CACHE and models where all machines see the same files.",
            )


def _end_with_parent() -> None:
    # Not through Python's buffer: its lock would be held when this process ends.
    while os.read(0, 1024):
        pass
    # Its main thread may wait inside of a library for a message that will not come.
    os._exit(EXIT_SERVICE)
