"""A limit on the processor time that reading one text may take: a slow pattern must not become a hang."""

import signal
from functools import cache
from threading import current_thread, main_thread
from types import FrameType

# Some hundred times what the rules need: only a pattern that does not end for this text reaches it.
SECONDS, SECONDS_PER_CHARACTER = 10.0, 10e-6


class TooSlow(BaseException):
    """The text took longer than it may. No Exception: a recogniser that catches those must not catch it."""


class Budget:
    """Raises TooSlow inside when the time is up. `re` looks for signals, so even one search can be ended.

    The time is the processor's, so that a busy machine changes no result. Without effect where Python
    has no such timer: on Windows, and outside the main thread.
    """

    def __init__(self, characters: int) -> None:
        self._seconds = SECONDS + characters * SECONDS_PER_CHARACTER
        self._possible = hasattr(signal, "setitimer") and current_thread() is main_thread()

    def __enter__(self) -> None:
        if self._possible:
            _listen()
            signal.setitimer(signal.ITIMER_VIRTUAL, self._seconds)

    def __exit__(self, *_: object) -> None:
        if self._possible:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)


# Once for the process: it costs more than reading a short text, and nothing else here uses this signal.
@cache
def _listen() -> None:
    signal.signal(signal.SIGVTALRM, _too_slow)


def _too_slow(number: int, frame: FrameType | None) -> None:
    raise TooSlow
