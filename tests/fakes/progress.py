"""Progress that nobody watches, and one that ends a training in its middle."""

from collections.abc import Iterator
from contextlib import contextmanager

from clinft.ports.progress import ProgressTask


class QuietTask:
    def advance(self, amount: int = 1, **fields: str | float) -> None:
        pass


class Quiet:
    @contextmanager
    def task(self, label: str, total: int, done: int = 0) -> Iterator[ProgressTask]:
        yield QuietTask()

    def note(self, text: str) -> None:
        pass


class Killed(BaseException):
    """Stands for a SIGKILL: nothing catches it."""


class Killer(Quiet):
    """Dies at the given advance of the bar."""

    def __init__(self, after: int) -> None:
        self.left = after

    @contextmanager
    def task(self, label: str, total: int, done: int = 0) -> Iterator[ProgressTask]:
        killer = self

        class Task(QuietTask):
            def advance(self, amount: int = 1, **fields: str | float) -> None:
                killer.left -= 1
                if killer.left < 0:
                    raise Killed

        yield Task()
