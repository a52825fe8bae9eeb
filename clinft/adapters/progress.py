"""Progress as people see it: a bar on a terminal, a line every few seconds in a log, or nothing."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as RichProgress
from rich.text import Text

from clinft.ports.progress import ProgressTask

SECONDS_BETWEEN_LINES = 5.0


def _shown(fields: dict[str, str | float]) -> str:
    return "  ".join(
        f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in fields.items()
    )


class Bars(RichProgress):
    """The fields of each task stand below its bar: on a narrow terminal they would leave no room for it."""

    def get_renderables(self) -> Iterable[RenderableType]:
        yield self.make_tasks_table(self.tasks)
        for task in self.tasks:
            if task.fields["fields"]:
                yield Text(f"  {task.fields['fields']}", style="dim")


class BarTask:
    def __init__(self, bars: RichProgress, task: TaskID) -> None:
        self._bars, self._task = bars, task

    def advance(self, amount: int = 1, **fields: str | float) -> None:
        self._bars.update(self._task, advance=amount, fields=_shown(fields))


class BarProgress:
    """For a terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def task(self, label: str, total: int, done: int = 0) -> Iterator[ProgressTask]:
        columns = (
            TextColumn("  {task.description}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        with Bars(*columns, console=self._console, transient=True) as bars:
            yield BarTask(bars, bars.add_task(label, total=total, completed=done, fields=""))

    def note(self, text: str) -> None:
        self._console.print(f"  {text}", style="dim", markup=False, highlight=False)


class LineTask:
    def __init__(self, label: str, total: int, done: int, write: Callable[[str], None]) -> None:
        self._label, self._total, self._done, self._write = label, total, done, write
        self._first = done
        self._started = self._last = time.monotonic()

    def advance(self, amount: int = 1, **fields: str | float) -> None:
        self._done += amount
        now = time.monotonic()
        if now - self._last < SECONDS_BETWEEN_LINES and self._done < self._total:
            return
        self._last = now
        self._write(
            f"  {self._label}: {self._done}/{self._total}{self._left(now)}  {_shown(fields)}".rstrip()
        )

    def _left(self, now: float) -> str:
        worked = self._done - self._first
        if worked <= 0 or self._done >= self._total:
            return ""
        seconds = (now - self._started) / worked * (self._total - self._done)
        return f", about {seconds / 60:.1f} min left" if seconds >= 60 else f", about {seconds:.0f} s left"


class LineProgress:
    """For a log: no carriage returns, no colours."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    @contextmanager
    def task(self, label: str, total: int, done: int = 0) -> Iterator[ProgressTask]:
        yield LineTask(label, total, done, self._write)

    def note(self, text: str) -> None:
        self._write(f"  {text}")
