"""Work spread over processes: results come in the order of the work, and only a little of it waits."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import cached_property
from typing import Protocol, TypeVar

from clinft.errors import ServiceError
from clinft.ports.workers import Ready
from clinft.spec.audit_policy import AuditPolicy
from clinft.stages.audit import engine
from clinft.stages.audit.engine import Engine
from clinft.stages.audit.prefilter import Built

Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[[Engine, Item], Result]

# Less work than this is not worth another process.
SMALL_BYTES = 2 << 20
# So much is read in the time that the prefilter's database takes to build.
DATABASE_BYTES = 1 << 20
# Planted identifiers are so many that finding them is work like this, however small the data.
MEASURING_BYTES = 8 << 20
# Work handed out for each process: enough that none waits, little enough that memory stays flat.
AHEAD = 3


class Pool(Protocol):
    def map(self, work: Work[Item, Result], items: Iterable[Item | Ready[Result]]) -> Iterator[Result]:
        """Results in the order of `items`, whatever order they are done in."""


@contextmanager
def pools(policy: AuditPolicy, workers: int | None, size: int) -> Iterator[tuple[Pool, Pool]]:
    """To scan `size` bytes, and to find what is planted: one pool for both unless the data is small.

    `workers`: processes; None chooses. Small data starts no process: what is planted is often known already.
    """
    scanning = worker_count(workers, size)
    with pool(policy, scanning, size) as first:
        if scanning > 1:
            yield first, first
        else:
            with pool(policy, 1, MEASURING_BYTES) as second:
                yield first, second


@contextmanager
def pool(policy: AuditPolicy, workers: int, size: int = 0) -> Iterator[Pool]:
    """For `size` bytes of work. With one worker everything happens in this process.

    A process or a database comes into being only when there is work for it.
    """
    if workers <= 1:
        yield _InProcess(policy, size)
        return
    processes = _Processes(policy, workers, size)
    try:
        yield processes
    except BrokenProcessPool:
        raise ServiceError(
            "A process that scanned data ended before its work was done.",
            "Usually the machine ran out of memory, or somebody ended it.",
            "Call again with fewer workers; with a resume folder nothing is scanned twice.",
        ) from None
    finally:
        processes.close()


def worker_count(asked: int | None, size: int) -> int:
    """`size`: bytes to scan. Without a wish: a process for each processor, none for little work."""
    if asked is not None:
        return max(1, asked)
    can_tell = hasattr(os, "sched_getaffinity")
    processors = len(os.sched_getaffinity(0)) if can_tell else os.cpu_count() or 1
    return max(1, min(processors, size // SMALL_BYTES))


def _built(policy: AuditPolicy, size: int) -> Built | None:
    return engine.of(policy).built() if size >= DATABASE_BYTES else None


class _InProcess:
    def __init__(self, policy: AuditPolicy, size: int) -> None:
        self._policy, self._size = policy, size

    @cached_property
    def _engine(self) -> Engine:
        _built(self._policy, self._size)
        return engine.of(self._policy)

    def map(self, work: Work[Item, Result], items: Iterable[Item | Ready[Result]]) -> Iterator[Result]:
        for item in items:
            yield item.result if isinstance(item, Ready) else work(self._engine, item)


class _Processes:
    def __init__(self, policy: AuditPolicy, workers: int, size: int) -> None:
        self._policy, self._workers, self._size = policy, workers, size

    @cached_property
    def _executor(self) -> ProcessPoolExecutor:
        methods = multiprocessing.get_all_start_methods()
        context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
        # No preload: in Python 3.11 it would import from the folder that this is called in, and not from
        # where this process found clinft. A worker takes over this process's path first.
        context.set_forkserver_preload([])
        known = (self._policy, _built(self._policy, self._size))
        return ProcessPoolExecutor(self._workers, context, _start, known)

    def close(self) -> None:
        if "_executor" in self.__dict__:
            self._executor.shutdown(cancel_futures=True)

    def map(self, work: Work[Item, Result], items: Iterable[Item | Ready[Result]]) -> Iterator[Result]:
        waiting: deque[Future[Result]] = deque()
        for item in items:
            if isinstance(item, Ready):
                waiting.append(_known(item.result))
            else:
                waiting.append(self._executor.submit(_call, work, item))
            if len(waiting) >= self._workers * AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _known(result: Result) -> Future[Result]:
    future: Future[Result] = Future()
    future.set_result(result)
    return future


# Of one worker process.
_engine: list[Engine] = []


def _start(policy: AuditPolicy, built: Built | None) -> None:
    # Who interrupts means the parent, which then ends its workers in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A process whose parent was killed would wait for work for ever.
    threading.Thread(target=_end_with_parent, daemon=True).start()
    made = engine.of(policy)
    made.load(built)
    _engine.append(made)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _call(work: Work[Item, Result], item: Item) -> Result:
    return work(_engine[0], item)
