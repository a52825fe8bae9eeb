"""Records to files, by one process or several: the bytes are the same, and no half file is left.

Each process makes whole blocks; the one that called writes them in order. All files take their names at the
end, together: until then older ones lie there untouched.
"""

import hashlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from clinft.errors import ServiceError
from clinft.ports.workers import Workers
from clinft.spec.data import SPLITS
from clinft.stages.prepare.checks import Tally
from clinft.stages.prepare.clinical.blocks import Made, make_block
from clinft.stages.prepare.clinical.by_others import made_by
from clinft.stages.prepare.clinical.generate import Generation, Job
from clinft.stages.prepare.digests import KEPT

# Below this many records, starting processes takes longer than they save.
FEWEST_FOR_SEVERAL = 20_000
MOST_BY_DEFAULT = 2
# Blocks that are made or wait to be written, for each process.
AHEAD = 2
LOOKS_SECONDS = 0.2


def processes_for(records: int) -> int:
    return min(MOST_BY_DEFAULT, os.cpu_count() or 1) if records >= FEWEST_FOR_SEVERAL else 1


def write_files(
    job: Job, folder: Path, processes: int | None = None, elsewhere: Workers | None = None
) -> tuple[dict[str, Tally], dict[str, str]]:
    """Writes `folder/{train,validation,dev,test}.jsonl`; what was counted, and each file's sha256.

    `elsewhere`: who makes the records, in place of processes of this machine.
    """
    generation = Generation(job)  # before anything is written: it refuses what cannot be met
    count = processes or processes_for(job.data.records)
    blocks = [(split, block) for split in SPLITS for block in range(generation.blocks(split))]
    if elsewhere is not None:
        made = made_by(elsewhere, job, blocks)
    elif count == 1:
        made = _here(generation, blocks)
    else:
        made = _by_processes(job, blocks, min(count, len(blocks)))
    folder.mkdir(parents=True, exist_ok=True)
    partial = {split: folder / f".{split}.jsonl.partial" for split in SPLITS}
    try:
        tallies, sha256 = _written(made, partial)
        for split, path in partial.items():
            path.replace(folder / f"{split}.jsonl")
    finally:
        made.close()
        for path in partial.values():
            path.unlink(missing_ok=True)
    return tallies, sha256


def _written(made: Iterator[Made], partial: dict[str, Path]) -> tuple[dict[str, Tally], dict[str, str]]:
    tallies = {split: Tally() for split in SPLITS}
    hashes = {split: hashlib.sha256() for split in SPLITS}
    for path in partial.values():
        path.write_bytes(b"")
    for block in made:
        with partial[block.split].open("ab") as stream:
            stream.write(block.lines)
        hashes[block.split].update(block.lines)
        tally = tallies[block.split]
        tally.scenarios.add(*_each(block.scenarios))
        tally.texts.add(*_each(block.texts))
        tally.by_label += block.by_label
        tally.by_style += block.by_style
        tally.by_template += block.by_template
    return tallies, {split: found.hexdigest() for split, found in hashes.items()}


def _each(digests: bytes) -> Iterator[bytes]:
    return (digests[start : start + KEPT] for start in range(0, len(digests), KEPT))


def _here(generation: Generation, blocks: list[tuple[str, int]]) -> Generator[Made, None, None]:
    for split, block in blocks:
        yield make_block(generation, split, block)


def _by_processes(job: Job, blocks: list[tuple[str, int]], processes: int) -> Generator[Made, None, None]:
    """In the blocks' order; only a few are asked for ahead, so that memory stays flat."""
    pool = ProcessPoolExecutor(
        processes, multiprocessing.get_context("spawn"), initializer=_start, initargs=(job,)
    )
    left = iter(blocks)
    try:
        with _interrupts_noted() as noted:
            with _interrupts_blocked():
                waiting: deque[Future[Made]] = deque(
                    pool.submit(_block, *block) for block in islice(left, processes * AHEAD)
                )
            while waiting:
                yield _result(waiting.popleft(), noted)
                waiting.extend(pool.submit(_block, *block) for block in islice(left, 1))
            if noted:
                raise KeyboardInterrupt
    except BrokenProcessPool:
        raise ServiceError(
            "A process that made records was ended from outside; no file was changed.",
            "Usually the machine had too little memory, or somebody stopped it.",
            "Prepare again, with one process if it comes again.",
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _result(made: Future[Made], noted: list[int]) -> Made:
    while True:
        if noted:
            raise KeyboardInterrupt
        try:
            return made.result(timeout=LOOKS_SECONDS)
        except TimeoutError:
            if made.done():
                return made.result()


@contextmanager
def _interrupts_noted() -> Iterator[list[int]]:
    """Ctrl-C is noted, and raised where nothing is half done: in the middle of the pool's own work it got
    lost, or left a lock behind."""
    noted: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield noted
        return
    before = signal.signal(signal.SIGINT, lambda number, _: noted.append(number))
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Processes that are started meanwhile never see Ctrl-C, not even before `_start` can say so."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# In each process of the pool: what it makes blocks of.
_generation: Generation | None = None


def _start(job: Job) -> None:
    global _generation  # noqa: PLW0603 - a pool hands its processes nothing else
    # Ctrl-C goes to all of them; the one that called tells the others to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _generation = Generation(job)


def _end_with_parent() -> None:
    """A caller that is killed tells nobody."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _block(split: str, block: int) -> Made:
    assert _generation is not None, "the pool's initializer ran"
    return make_block(_generation, split, block)
