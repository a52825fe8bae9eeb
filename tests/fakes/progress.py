"""Progress that nobody watches."""

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
