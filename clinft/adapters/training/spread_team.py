"""How the processes of one training come together: a launcher started them, or the first one does.

The first process is clinft as always. It alone reads the project, asks the gate and writes files. The others
wait for its order, train along, and end with it: clinft.adapters.training.spread_follow.
"""

import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training import spread_cards
from clinft.adapters.training.spread import ALONE, Ranks
from clinft.adapters.training.spread_children import Children
from clinft.errors import EXIT_SERVICE, CheckpointWritten, MissingExtra, ServiceError, SpecError
from clinft.ports.progress import Progress
from clinft.ports.training import TrainingRequest

if TYPE_CHECKING:
    from torch.distributed import Store

# Until all have come: a launcher starts them together, but their machines may be busy.
MEETING = timedelta(minutes=10)
# For those who reach the first process at the last moment: to be counted.
COUNTED = timedelta(seconds=5)
# For one message: the first may load a large model before it says the next word.
PATIENCE = timedelta(hours=1)
END = b"end"
LEAVING_SECONDS, ASK_SECONDS = 10.0, 0.2
# What ends a training in all of its processes alike, and none of them.
IN_COMMON = (CheckpointWritten, FloatingPointError)


@dataclass(frozen=True)
class Launched:
    """What a launcher says of this process. `address`: of the first one, where all meet; on one machine it
    may be a file, `store`, instead.
    """

    rank: int
    world: int
    local_rank: int
    sharded: bool = False
    store: Path | None = None
    address: tuple[str, int] | None = None


@dataclass(frozen=True)
class Order:
    """What the first process tells the others before they train."""

    repository: Path
    cache: Path
    request: TrainingRequest
    sharded: bool


ORDER = TypeAdapter(Order)


class Team:
    """`launched`: by somebody else, all processes at once. `environment`: of those that this one starts
    itself, one for each card of the machine but the first; None: none. `processes`: instead of the cards;
    `sharded`: instead of what their memory asks for.
    """

    def __init__(
        self,
        launched: Launched | None = None,
        environment: Mapping[str, str] | None = None,
        processes: int | None = None,
        sharded: bool | None = None,
    ) -> None:
        self._launched, self._environment = launched, environment
        self._processes, self._sharded = processes, sharded
        self._store: Store | None = None
        self._orders = 0

    def join(self) -> None:
        """With all that a launcher started; returns once they are there."""
        assert self._launched is not None
        self._store = meet(self._launched)

    def leave(self) -> None:
        """The others may end."""
        if self._store is None or self._launched is None:
            return
        self._store.set(key(self._orders), END)
        until = time.monotonic() + LEAVING_SECONDS
        # The store may be this process's own, and the others ask it every second.
        while self._store.add(LEFT, 0) < self._launched.world - 1 and time.monotonic() < until:
            time.sleep(0.05)
        self._store = None

    @contextmanager
    def opened(
        self, request: TrainingRequest, models: LocalModelStore, progress: Progress
    ) -> Iterator[Ranks]:
        """The processes that train `request` together, this one as the first."""
        world = self._world(request)
        if world == 1:
            yield ALONE
            return
        # Checked, and converted where it has to be, before several ask at once.
        folder = models.folder(request.base_model)
        sharded = self._shards(request, folder)
        check_recipe(request, sharded)
        told = Order(models.repository, models.cache, request, sharded)
        way = "weights of the layers in shards (FSDP2)" if sharded else "the whole model in each"
        progress.note(f"Training in {world} processes: {way}.")
        if self._launched is not None:
            assert self._store is not None, "join() comes first"
            with self._told(self._store, told):
                yield from self._group(self._store, self._launched.local_rank, world, sharded)
            return
        assert self._environment is not None
        with tempfile.TemporaryDirectory(prefix="clinft-ranks-") as place:
            from torch.distributed import FileStore

            file = Path(place) / "store"
            store: Store = FileStore(str(file), -1)
            with Children(self._environment, file, world, progress), self._told(store, told):
                yield from self._group(store, 0, world, sharded)
                store.set(key(self._orders), END)

    @contextmanager
    def _told(self, store: "Store", order: Order) -> Iterator[None]:
        store.set(key(self._orders), ORDER.dump_json(order))
        self._orders += 1
        yield

    def _group(self, store: "Store", local_rank: int, world: int, sharded: bool) -> Iterator[Ranks]:
        order = self._orders - 1
        with group(store, order, Launched(0, world, local_rank)):
            try:
                yield Ranks(0, world, sharded)
            except IN_COMMON:
                raise
            except BaseException as error:
                # Before the group is gone, or the others would take that for an error of their own.
                with suppress(RuntimeError):
                    store.set(failure(order), f"{getattr(error, 'exit_code', EXIT_SERVICE)}")
                raise

    def _world(self, request: TrainingRequest) -> int:
        if self._launched is not None:
            return self._launched.world
        if self._environment is None:
            return 1
        cards = self._processes or spread_cards.count()
        # A process without a sample in the batch would only wait.
        return max(1, min(cards, request.spec.hyperparameters.batch_size))

    def _shards(self, request: TrainingRequest, folder: Path) -> bool:
        if self._sharded is not None:
            return self._sharded
        if self._launched is not None and self._launched.sharded:
            return True
        return not spread_cards.holds(folder, request.spec.method)


def check_recipe(request: TrainingRequest, sharded: bool) -> None:
    if sharded and request.spec.method != "lora":
        raise SpecError(
            f"training.method {request.spec.method} with a model that one card does not hold is not built.",
            "In shards clinft trains LoRA adapters; the others need each weight whole.",
            "Write method: lora, take cards with more memory, or a smaller model.",
        )


def key(order: int) -> str:
    return f"clinft/order/{order}"


def failure(order: int) -> str:
    """Where the first process leaves its exit code, if it fails while the others train along."""
    return f"clinft/failed/{order}"


LEFT = "clinft/left"


def meet(launched: Launched) -> "Store":
    """The store through which all are told; of a launcher's own making, or of the first process's."""
    try:
        from torch import distributed
    except ImportError:
        raise MissingExtra("train", "Training in several processes") from None
    if launched.store is not None:
        return distributed.FileStore(str(launched.store), -1)
    assert launched.address is not None, "a launcher names a file or an address"
    until = time.monotonic() + MEETING.total_seconds()
    try:
        if launched.rank:
            _await_first(launched.address, until)
        left = max(COUNTED, timedelta(seconds=until - time.monotonic()))
        with _killed_by_interrupt():
            # It reads RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT itself.
            store, _, _ = next(iter(distributed.rendezvous("env://", timeout=min(MEETING, left))))
    except (distributed.DistError, OSError, ValueError) as error:
        raise ServiceError(
            f"The {launched.world} processes of this training did not meet ({type(error).__name__}).",
            "One was never started, MASTER_ADDR and MASTER_PORT lead nowhere, a firewall lies between, or "
            "RANK and WORLD_SIZE are left over from another launch.",
            "Start all of them with one launcher (docs/training.md, Several GPUs); to train in one process "
            "unset RANK and WORLD_SIZE.",
        ) from None
    found: Store = store
    found.set_timeout(PATIENCE)
    return found


def _await_first(address: tuple[str, int], until: float) -> None:
    """torch would ask again and again too, but fills the log with its own stack, and hears no Ctrl-C."""
    while True:
        try:
            socket.create_connection(address, timeout=max(1.0, until - time.monotonic())).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(ASK_SECONDS)
        else:
            return


@contextmanager
def _killed_by_interrupt() -> Iterator[None]:
    """Ctrl-C, while a library waits that does not listen to Python's way of telling it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def group(store: "Store", order: int, launched: Launched) -> Iterator[None]:
    """Between all processes, while one order is worked on."""
    import torch
    from torch import distributed

    more: dict[str, Any] = {}
    if torch.cuda.is_available():
        torch.cuda.set_device(launched.local_rank)
        more = {"device_id": torch.device("cuda", launched.local_rank)}
    distributed.init_process_group(
        "nccl" if more else "gloo",
        store=distributed.PrefixStore(f"clinft/group/{order}", store),
        rank=launched.rank,
        world_size=launched.world,
        timeout=PATIENCE,
        **more,
    )
    try:
        yield
    finally:
        distributed.destroy_process_group()
