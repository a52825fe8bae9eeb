"""The orderly end of work that lasts hours: its time is up, or the machine asked with SIGTERM."""

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType

from clinft.errors import CheckpointWritten


class SoftStop:
    """Around a loop, which asks at the end of each step whether it is `due`.

    While it is entered SIGTERM is only noted, so that a step and its checkpoint become whole. Python lets
    none but the main thread take signals: in another one only the time counts. The time starts here.
    """

    def __init__(self, after_seconds: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._after_seconds, self._clock, self._started = after_seconds, clock, clock()
        self._signalled = False

    def __enter__(self) -> "SoftStop":
        self._mine = threading.current_thread() is threading.main_thread()
        if self._mine:
            self._previous = signal.signal(signal.SIGTERM, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._mine:
            return
        # None: a handler that Python did not set, and cannot set again.
        signal.signal(signal.SIGTERM, self._previous if self._previous is not None else signal.SIG_DFL)
        if self._signalled and kind is None:
            # It came after the last question. Swallowed, it would let the process go on unasked.
            signal.raise_signal(signal.SIGTERM)

    def due(self, finished: bool) -> bool:
        """`finished`: no step is left, so time that is up stops nothing; a signal stops what comes next."""
        return self._signalled or (not finished and self._time_is_up())

    def cut_off(self, done: int, steps: int) -> CheckpointWritten:
        """What to raise once the checkpoint is written."""
        cause = "The system asked the process to end (SIGTERM)."
        if not self._signalled and self._time_is_up():
            cause = f"The time for one call, {self._after_seconds:,.0f} seconds, is over."
        elif not self._signalled:
            cause = "The system asked another process of this run to end (SIGTERM), or its time was over."
        return CheckpointWritten(
            f"Training stopped in order after step {done:,} of {steps:,}; its checkpoint is written.",
            cause,
            "The next call of the same command goes on from there and ends with the same weights.",
        )

    def _time_is_up(self) -> bool:
        return self._after_seconds is not None and self._clock() - self._started >= self._after_seconds

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._signalled = True
