"""Progress of long work: a bar on a terminal, a line every few seconds in a log."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class ProgressTask(Protocol):
    def advance(self, amount: int = 1, **fields: str | float) -> None:
        """`fields` are shown beside the bar, e.g. loss=0.31."""


class Progress(Protocol):
    @contextmanager
    def task(self, label: str, total: int, done: int = 0) -> Iterator[ProgressTask]: ...

    def note(self, text: str) -> None:
        """One calm line."""
