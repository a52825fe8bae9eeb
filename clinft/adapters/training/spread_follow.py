"""A process that trains along: it waits for orders of the first one, writes nothing and says nothing."""

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training.spread import Ranks
from clinft.adapters.training.spread_team import (
    ASK_SECONDS,
    END,
    IN_COMMON,
    LEFT,
    ORDER,
    Launched,
    failure,
    group,
    key,
    meet,
)
from clinft.artifacts.canonical import digest_file
from clinft.errors import EXIT_OK, EXIT_SERVICE, DigestMismatch, ServiceError
from clinft.ports.progress import ProgressTask
from clinft.ports.training import TrainingRequest

if TYPE_CHECKING:
    from torch.distributed import Store

# Between two looks at whether the first process has failed; and then, for this one to notice it itself.
WATCH_SECONDS, GRACE_SECONDS = 1.0, 5.0


class Silent:
    """Progress is the first process's to tell."""

    @contextmanager
    def task(self, label: str, total: int, done: int = 0) -> Iterator[ProgressTask]:
        yield _SilentTask()

    def note(self, text: str) -> None: ...


class _SilentTask:
    def advance(self, amount: int = 1, **fields: str | float) -> None: ...


def follow(launched: Launched, train: Callable[[TrainingRequest, LocalModelStore, Ranks], None]) -> int:
    """Until the first process says that nothing is left to do; returns the exit code, which is that of the
    first one where it failed in the midst of training.
    """
    if launched.store is not None:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    store = meet(launched)
    for number in itertools.count():
        message = _next(store, number)
        if message == END:
            store.add(LEFT, 1)
            return EXIT_OK
        order = ORDER.validate_json(message)
        _check_files(order.request)
        models = LocalModelStore(order.repository, order.cache, Silent())
        watch = Watch(store, number, launched)
        with watch, group(store, number, launched):
            try:
                train(order.request, models, Ranks(launched.rank, launched.world, order.sharded))
            except IN_COMMON:
                # The first process has the same, and says it.
                continue
            except RuntimeError:
                # Of messages between processes: mostly another one's end.
                if (code := watch.first_failed()) is None:
                    raise
                store.add(LEFT, 1)
                return code
    raise AssertionError("counting has no end")


class Watch:
    """Ends this process where the first one failed and this one waits for its next word.

    `end`: of the process. The main thread may wait inside of a library, for a message that will not come.
    """

    def __init__(
        self, store: "Store", order: int, launched: Launched, end: Callable[[int], object] = os._exit
    ) -> None:
        self._store, self._order, self._launched, self._end = store, order, launched, end
        self._over = threading.Event()

    def __enter__(self) -> None:
        threading.Thread(target=self._watch, daemon=True).start()

    def __exit__(self, *error: object) -> None:
        self._over.set()

    def first_failed(self) -> int | None:
        """Its exit code. Those that clinft started itself are no culprits, and say so with 0."""
        from torch.distributed import DistError

        try:
            if not self._store.check([failure(self._order)]):
                return None
            code = int(self._store.get(failure(self._order)))
        except DistError:
            raise _gone() from None
        return code if self._launched.store is None else EXIT_OK

    def _watch(self) -> None:
        while not self._over.wait(WATCH_SECONDS):
            try:
                code = self.first_failed()
            except ServiceError as gone:
                code = gone.exit_code
            if code is None:
                continue
            if not self._over.wait(GRACE_SECONDS):
                with suppress(RuntimeError):
                    self._store.add(LEFT, 1)
                self._end(code)
            return


def _next(store: "Store", number: int) -> bytes:
    """However long the first process prepares, audits or evaluates before it trains."""
    from torch.distributed import DistError

    try:
        while not store.check([key(number)]):
            time.sleep(ASK_SECONDS)
        message: bytes = store.get(key(number))
    except DistError:
        raise _gone() from None
    return message


def _gone() -> ServiceError:
    """Where the store was its own."""
    return ServiceError(
        "The first process of this training is gone.",
        "It failed, or was ended, without a word to the others.",
        "Its own message says why; call again, and training goes on from its last checkpoint.",
    )


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
