"""How long work holds up a processor: for tests that no hostile text holds up clinft for ever."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import process_time

ATTEMPTS = 3


@contextmanager
def no_collection() -> Iterator[None]:
    """Of garbage: in a process that has run thousands of tests one takes most of a second."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def seconds_of(work: Callable[[], object], *, enough: float) -> float:
    """The least of a few attempts, or the first below `enough`. What else a machine does adds to one
    attempt, hardly to all of them; what grows without end is slow each time.
    """
    least = float("inf")
    for _ in range(ATTEMPTS):
        with no_collection():
            started = process_time()
            work()
            least = min(least, process_time() - started)
        if least < enough:
            break
    return least
