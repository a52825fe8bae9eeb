"""Lines for a person on standard error; while a tool is at work also for the assistant, so that it waits."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from clinft.pipeline.assistant.desk import visible

Listener = Callable[[int, str], None]


class Log:
    """Standard output carries the protocol and nothing else."""

    def __init__(self) -> None:
        self._listener: Listener | None = None
        self._lines = 0

    def __call__(self, line: str) -> None:
        print(visible(line), file=sys.stderr, flush=True)  # noqa: T201  # the log is standard error
        if self._listener is not None:
            self._lines += 1
            self._listener(self._lines, visible(line.strip()))

    @contextmanager
    def heard_by(self, listener: Listener) -> Iterator[None]:
        """`listener` gets the number and the text of each line."""
        self._listener, self._lines = listener, 0
        try:
            yield
        finally:
            self._listener = None
